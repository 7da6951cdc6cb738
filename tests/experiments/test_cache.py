import json

import numpy as np
import pytest

pytest.importorskip("torch")

from semtheory.experiments import cache
from semtheory.experiments.cache import cache_folder, cache_key, trained
from semtheory.experiments.runs import run_configuration

TINY = run_configuration(steps=3, batch=4, context=4, width=8, layers=1, sequences=2)


@pytest.fixture
def trainings(monkeypatch, tmp_path):
    """The configurations that were trained, the cache being a folder of its own."""
    monkeypatch.setenv("SEMTHEORY_CACHE", str(tmp_path / "cache"))
    seen, train = [], cache.train_run

    def counted(configuration, **settings):
        seen.append(configuration)
        return train(configuration, **settings)

    monkeypatch.setattr(cache, "train_run", counted)
    return seen


def weights(model):
    return np.concatenate([p.detach().numpy().ravel() for p in model.parameters()])


def test_trained_once(trainings, tmp_path):
    first, second = trained(TINY), trained(dict(TINY))
    assert len(trainings) == 1
    assert np.array_equal(weights(first), weights(second))
    trained({**TINY, "seed": 1})
    assert len(trainings) == 2


@pytest.mark.parametrize("suffix", [".safetensors", ".json"])
@pytest.mark.parametrize("damage", [lambda b: b[: len(b) // 2], lambda b: b"", lambda b: b[:-3] + b"abc"])
def test_a_damaged_entry_is_made_again(trainings, tmp_path, suffix, damage):
    first = trained(TINY)
    (file,) = (tmp_path / "cache").glob(f"*{suffix}")
    file.write_bytes(damage(file.read_bytes()))
    assert np.array_equal(weights(trained(TINY)), weights(first))
    assert len(trainings) == 2
    trained(TINY)
    assert len(trainings) == 2


def test_changed_code_or_versions_are_another_key(trainings, monkeypatch):
    trained(TINY)
    before = cache_key(TINY)
    monkeypatch.setattr(cache, "_code", lambda: "edited")
    assert cache_key(TINY) != before
    trained(TINY)
    assert len(trainings) == 2
    monkeypatch.setattr(cache.importlib.metadata, "version", lambda name: "99")
    trained(TINY)
    assert len(trainings) == 3


def test_an_entry_under_a_wrong_name_is_not_believed(trainings, tmp_path):
    trained(TINY)
    other = {**TINY, "seed": 5}
    for file in list((tmp_path / "cache").iterdir()):
        file.rename(file.with_name(cache_key(other) + file.suffix))
    trained(other)
    assert len(trainings) == 2


def test_it_is_never_needed(trainings, monkeypatch, tmp_path):
    blocked = tmp_path / "a_file"
    blocked.write_text("")
    for place in ("off", "", str(blocked / "below")):
        monkeypatch.setenv("SEMTHEORY_CACHE", place)
        trained(TINY)
    assert len(trainings) == 3
    assert list(tmp_path.iterdir()) == [blocked]


def test_where_it_lies(monkeypatch, tmp_path):
    monkeypatch.delenv("SEMTHEORY_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "semtheory"


def test_the_note_says_what_it_is(trainings, tmp_path):
    trained(TINY)
    (note,) = (tmp_path / "cache").glob("*.json")
    assert json.loads(note.read_text())["configuration"] == TINY
