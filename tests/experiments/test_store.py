import multiprocessing
import sqlite3

import pytest

from semtheory.errors import StoreError
from semtheory.experiments.store import Store


def test_a_result_is_kept_once(tmp_path):
    file = tmp_path / "s.sqlite"
    with Store(file) as store:
        assert store.add({"seed": 1, "source": "a"}, {"excess": 0.1})
        assert not store.add({"source": "a", "seed": 1}, {"excess": 0.2})
        assert store.get({"seed": 2}) is None
    with Store(file) as store:
        assert list(store) == [({"seed": 1, "source": "a"}, {"excess": 0.1})]
        assert len(store) == 1


def fill(path, first, together=None):
    if together is not None:
        together.wait()
    with Store(path) as store:
        for number in range(60):
            store.add({"run": first + number}, {"excess": (first + number) / 7})


@pytest.mark.parametrize("time", range(8))  # who comes first differs
def test_processes_make_a_store_and_write_at_once(tmp_path, time):
    file = tmp_path / "s.sqlite"
    context = multiprocessing.get_context("fork")
    together = context.Barrier(4)
    every = [context.Process(target=fill, args=(file, first, together)) for first in (0, 0, 30, 30)]
    for process in every:
        process.start()
    for process in every:
        process.join(60)
    assert [process.exitcode for process in every] == [0, 0, 0, 0]
    with Store(file) as store:
        assert {c["run"]: r["excess"] for c, r in store} == {k: k / 7 for k in range(90)}


@pytest.mark.parametrize("content", [b"not a database at all, but long enough to look at" * 9, None])
def test_a_damaged_store_is_an_error_and_is_left_alone(tmp_path, content):
    file = tmp_path / "s.sqlite"
    if content is None:
        fill(file, 0)
        whole = file.read_bytes()
        content = whole[:100] + b"\xff" * 4000 + whole[4100:]
    file.write_bytes(content)
    with pytest.raises(StoreError, match="damaged or no store.*move it away"), Store(file) as store:
        list(store)
    assert file.read_bytes()[:4100] == content[:4100]


def test_another_programs_file_is_refused(tmp_path):
    file = tmp_path / "other.sqlite"
    with sqlite3.connect(file) as other:
        other.execute("CREATE TABLE things (a)")
    other.close()
    with pytest.raises(StoreError, match="of another program"):
        Store(file)


def test_a_row_that_does_not_fit_its_key(tmp_path):
    file = tmp_path / "s.sqlite"
    fill(file, 0)
    with sqlite3.connect(file) as other:
        other.execute("UPDATE runs SET configuration = '{\"run\": 999}' WHERE key = (SELECT min(key) FROM runs)")
    other.close()
    with Store(file) as store, pytest.raises(StoreError, match="has another hash"):
        list(store)


def test_places_that_cannot_be(tmp_path):
    with pytest.raises(StoreError, match="there is no directory"):
        Store(tmp_path / "no" / "s.sqlite")
    with pytest.raises(StoreError, match="is the place writable"):
        Store(tmp_path)
    newer = tmp_path / "newer.sqlite"
    fill(newer, 0)
    with sqlite3.connect(newer) as other:
        other.execute("PRAGMA user_version = 9")
    other.close()
    with pytest.raises(StoreError, match="newer semtheory"):
        Store(newer)


def test_a_result_that_is_no_result(tmp_path):
    file = tmp_path / "s.sqlite"
    fill(file, 0)
    with sqlite3.connect(file) as other:
        other.execute("UPDATE runs SET result = 'null'")
    other.close()
    with Store(file) as store, pytest.raises(StoreError, match="a result is null"):
        list(store)
