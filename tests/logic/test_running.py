import os
import textwrap

import pytest

from semtheory import verify
from semtheory.errors import SemtheoryError, TheoremError, UnknownTheorem
from semtheory.logic.blame import blame
from semtheory.logic.registry import Registered, Registry
from semtheory.logic.running import _in_pool
from semtheory.logic.verification import Options
from tests.logic.fakes import FALSE, Fake, theorem


def registry(*theorems):
    return Registry([Registered(made, "a_module", "", "") for made in theorems])


def chain():
    """F1 is cited, F2 undecided, F3 and F4 are proved by themselves; F4 rests on all."""
    return registry(
        theorem("F1", Fake(cited=("Lemma A",)), target="cited"),
        theorem("F2", Fake(verdict="undecided")),
        theorem("F3", depends=["F1"]),
        theorem("F4", depends=["F3", "F2"]),
    )


def test_a_level_is_the_weakest_of_the_ancestors():
    run = verify(registry=chain())
    levels = {report.id: (report.own, report.level, report.ok) for report in run.theorems}
    assert levels == {
        "F1": ("cited", "cited", True),
        "F2": ("undecided", "undecided", False),
        "F3": ("proved", "cited", False),
        "F4": ("proved", "undecided", False),
    }
    reports = {report.id: report for report in run.theorems}
    assert "cited, below its target proved (rests on F1, which is cited)" in reports["F3"].problems
    assert reports["F4"].cited == ("Lemma A",)
    assert (run.ok, run.exit_code) == (False, 1)


def test_ancestors_are_run_along_and_kept_apart():
    run = verify("F3", registry=chain())
    assert [report.id for report in run.theorems] == ["F3"]
    assert [report.id for report in run.ancestors] == ["F1"]
    assert [record["id"] for record in run.to_json()["theorems"]] == ["F3"]


def test_blame_walks_to_the_weakest_ancestor():
    run = verify(registry=chain())
    reports = {report.id: report for report in run.theorems}
    found = blame("F4", reports)
    assert found.path == (("F4", "proved"), ("F2", "undecided"))
    assert found.weakest == ("I(X;Y) >= 0",)
    assert found.cited == (("Lemma A", "F1"),)
    assert blame("F3", reports).path == (("F3", "proved"), ("F1", "cited"))
    assert blame("F1", reports).path == (("F1", "cited"),)


def test_theorem_objects_can_be_run_directly():
    run = verify(theorem("ZZ9"), registry=registry())
    assert run.ok
    assert run.theorems[0].id == "ZZ9"


def test_nothing_to_run_is_no_success():
    with pytest.raises(TheoremError, match="no theorem package is installed"):
        verify(registry=registry())


@pytest.mark.parametrize("setting", [{"profile": "fast"}, {"unit": "dits"}, {"device": "tpu"}, {"jobs": 0}])
def test_settings_are_checked(setting):
    with pytest.raises(SemtheoryError, match="expected"):
        verify(registry=chain(), **setting)


def test_unknown_names_are_errors():
    with pytest.raises(UnknownTheorem, match="near: F4"):
        verify("F44", registry=chain())


def test_an_interrupt_keeps_what_was_done():
    run = verify(registry=registry(theorem("F1"), theorem("F2", Fake(raises=KeyboardInterrupt())), theorem("F3")))
    assert [report.id for report in run.theorems] == ["F1"]
    assert (run.interrupted, run.missing, run.ok) == (True, ("F2", "F3"), False)


def test_an_unfinished_ancestor_is_no_evidence():
    theorems = [theorem("F1", Fake(raises=KeyboardInterrupt())), theorem("F2", depends=["F1"])]
    assert verify("F2", registry=registry(*theorems)).missing == ("F2",)


def test_progress_is_told():
    seen = []
    verify(registry=chain(), progress=lambda *event: seen.append((event[0], event[1], event[3], event[4])))
    assert seen[:2] == [("start", "F1", 0, 4), ("done", "F1", 1, 4)]
    assert len(seen) == 8


def test_the_environment_is_recorded():
    environment = verify("F1", registry=chain(), seed=7).environment
    assert environment["seed"] == 7
    assert environment["packages"]["sympy"].startswith("1.14")
    assert environment["profile"] == "quick"


FILE = """
from tests.logic.fakes import FALSE, Fake, theorem
import os
from dataclasses import dataclass

@dataclass(frozen=True)
class Dies(Fake):
    def decide(self, **_):
        os._exit(9)

A = theorem("QA1")
B = theorem("QA2", FALSE)
C = theorem("QA3", depends=["QA1"])
D = theorem("QA4", Fake(raises=ZeroDivisionError("oh")))
"""


@pytest.fixture
def workers(monkeypatch):
    """Worker processes find this folder's helpers as this process does."""
    monkeypatch.setenv("PYTHONPATH", os.getcwd())


def test_processes_give_what_one_process_gives(tmp_path, workers):
    file = tmp_path / "four.py"
    file.write_text(textwrap.dedent(FILE), encoding="utf-8")
    alone, together = (verify(str(file), jobs=jobs, registry=registry()) for jobs in (1, 2))

    def plain(run):
        return [{**record, "seconds": 0} for record in run.to_json()["theorems"]]

    assert plain(alone) == plain(together)
    assert [report.ok for report in together.theorems] == [True, False, True, False]
    assert together.environment["jobs"] == 2


def test_a_worker_that_dies_is_reported(tmp_path, workers):
    file = tmp_path / "five.py"
    file.write_text(textwrap.dedent(FILE) + 'E = theorem("QA5", Dies())\n', encoding="utf-8")
    run = verify(str(file), jobs=2, registry=registry())
    last = run.theorems[-1]
    assert (last.id, last.ok) == ("QA5", False)
    assert "a worker process ended abruptly" in last.problems[0]
    assert len(run.theorems) == 5


def test_without_processes_it_runs_in_turn(monkeypatch):
    def refuse(*_args, **_settings):
        raise OSError("no semaphores here")

    monkeypatch.setattr("semtheory.workers.ProcessPoolExecutor", refuse)
    tasks = list(registry(theorem("F1"), theorem("F2", FALSE)))
    assert [report.id for report in _in_pool(tasks, Options(), 2, None)] == ["F1", "F2"]
