import json

import pytest

from semtheory import Variant
from semtheory.errors import RecordError, TheoremError, TimedOut
from semtheory.logic.evidence import level_of
from semtheory.logic.observed import Observation, Observed, Setting
from semtheory.logic.result import Deadline, Result
from semtheory.logic.verification import PROFILES, Options, verify_theorem
from tests.logic.fakes import Fake, theorem

STEPS = {"quick": 10, "full": 1000}


def configure(setting, steps=STEPS):
    return {"source": "coin", "architecture": "none", "steps": steps[setting.profile], "seed": setting.seed}


def learner(gain=1.0, steps=STEPS):
    """A training whose excess falls as gain / steps; with gain=None nothing is learnt."""

    def measure(setting):
        excess = 0.5 if gain is None else gain / steps[setting.profile]
        made = configure(setting, steps)
        return Observation(excess, excess - 0.001, excess + 0.001, "nats", (setting.seed,), made, {"device": "cpu"})

    return measure


def small(observation):
    return None if observation.upper < 0.2 else f"excess up to {observation.upper:.3f} nats, not below 0.2"


LEARNS = Observed("training learns", "l", learner(), small)
IDLES = Observed("training without steps learns", "i", learner(None), small)


def run(*claims, options=None, **settings):
    return verify_theorem(theorem("ZZ1", *claims, **{"target": "observed", **settings}), options or Options())


@pytest.fixture
def kept(tmp_path):
    """A statement with a record at full size, and the file of the record."""
    file = tmp_path / "record.json"
    statement = Observed("training learns", "l", learner(), small, str(file), configure)
    made = statement.with_setting("quick", fresh=True, record="semtheory verify ZZ1 --fresh --record").decide(seed=3)
    assert level_of(made) == "observed"
    assert "no record" in made.method
    return statement, file


def edit(file, *path, to):
    data = inner = json.loads(file.read_text())
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = to
    file.write_text(json.dumps(data))


def test_what_was_seen_is_evidence_and_no_proof():
    result = LEARNS.decide(seed=4)
    assert (result.verdict, result.certificate, level_of(result)) == ("undecided", None, "observed")
    assert "quick run: 0.1 in [0.099, 0.101] nats, seed 4" in result.method
    assert result.observed[0]["configuration"]["steps"] == 10


def test_an_observed_theorem_reaches_observed_and_no_more():
    report = run(LEARNS)
    assert (report.level, report.ok, report.examples) == ("observed", True, 0)
    assert report.steps[0].to_json()["observations"][0]["from"] == "quick run"
    assert run(LEARNS, Fake()).level == "observed"
    assert "observed, below its target proved" in run(LEARNS, target="proved").problems[0]
    assert "never compared" not in str(run(LEARNS, options=Options(strict=True)).problems)


def test_a_run_that_learns_nothing_fails_the_same_check():
    result = IDLES.decide()
    assert result.verdict == "refuted"
    assert "excess up to 0.501" in result.counterexample.describe()
    report = run(IDLES)
    assert (report.level, report.ok) == ("refuted", False)
    assert run(LEARNS, variants=[Variant(IDLES, "nothing is trained")]).ok
    report = run(LEARNS, variants=[Variant(LEARNS, "it learns")])
    assert not report.ok
    assert "false by its own word, but came out undecided" in report.problems[0]


def test_the_full_profile_reads_the_record_and_the_quick_one_both(kept):
    statement, _ = kept
    quick = statement.with_setting("quick").decide()
    assert [seen["from"].split()[0] for seen in quick.observed] == ["record", "quick"]
    full = statement.with_setting("full").decide()
    assert [seen["from"].split()[0] for seen in full.observed] == ["record"]
    record = full.observed[0]
    assert record["command"] == "semtheory verify ZZ1 --fresh --record"
    assert (record["seed"], record["source"], record["architecture"]) == (3, "coin", "none")
    assert record["versions"]["python"]
    assert record["hardware"]["cpus"]
    assert len(record["configuration_hash"]) == 64


def test_fresh_measures_again_and_compares(kept):
    statement, _ = kept
    result = statement.with_setting("quick", fresh=True).decide(seed=5)
    assert [seen["from"] for seen in result.observed][1:] == ["full run"]
    assert "against the record: +0 nats, the intervals overlap" in result.method


def test_a_record_of_another_configuration_is_stale_and_not_used(kept):
    statement, file = kept
    longer = {"quick": 10, "full": 2000}
    changed = Observed(
        statement.text, "l", learner(steps=longer), small, str(file), lambda s: configure(s, longer), quick=False
    )
    result = changed.decide()
    assert (level_of(result), result.observed) == ("undecided", ())
    assert "is stale (not used): configuration" in result.note
    assert "full run" in changed.with_setting("full").decide().method
    other = Observed("another claim", "l", learner(), small, str(file), configure).decide()
    assert "is stale (not used): it is about 'training learns'" in other.method


@pytest.mark.parametrize("path", [("observation", "details", "device"), ("hardware", "cpus"), ("commit",)])
def test_a_record_edited_by_hand_is_an_error(kept, path):
    statement, file = kept
    edit(file, *path, to="changed")
    with pytest.raises(RecordError, match="was changed after it was made"):
        statement.decide()
    report = run(statement)
    assert (report.level, report.ok) == ("undecided", False)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"claim": 1, "observation": 3}', None])
def test_a_damaged_record_is_an_error(kept, content):
    statement, file = kept
    file.write_text(file.read_text()[:200] if content is None else content)
    with pytest.raises(RecordError, match="is damaged"):
        statement.decide()


def test_a_record_that_fails_the_check_makes_it_refuted(kept):
    statement, file = kept
    strict = Observed(
        statement.text, "l", learner(), lambda o: "too much" if o.value < 0.01 else None, str(file), configure
    )
    report = run(strict)
    assert (report.level, report.ok) == ("refuted", False)
    assert "record " in report.steps[0].detail
    assert "too much" in report.steps[0].detail


def test_without_torch_it_is_undecided_and_says_what_to_install():
    def measure(_setting):
        raise ModuleNotFoundError("No module named 'torch'", name="torch")

    report = run(Observed("needs torch", "t", measure, small))
    assert (report.level, report.ok) == ("undecided", False)
    assert "needs torch: pip install 'semtheory[models]'" in report.problems[0]


def test_another_missing_module_is_an_error_of_the_theorem():
    def measure(_setting):
        import no_such_module_anywhere  # noqa: F401

    report = run(Observed("s", "s", measure, small))
    assert "raised ModuleNotFoundError" in report.problems[0]


def test_measure_must_use_the_configuration_it_promises(tmp_path):
    other = Observed("s", "s", learner(), small, str(tmp_path / "r.json"), lambda _: {"steps": 3})
    with pytest.raises(TheoremError, match="another configuration than configure= says"):
        other.decide()


@pytest.mark.parametrize("numbers", [(float("nan"), 0, 1), (1, 2, 3), (0, 0, float("inf"))])
def test_an_observation_is_finite_and_within_its_interval(numbers):
    with pytest.raises(RecordError, match="observation"):
        Observation(*numbers, "nats", (0,), {})
    with pytest.raises(RecordError, match="expected plain JSON"):
        Observation(1, 0, 2, "nats", (0,), {"a": object()})


def test_what_cannot_be_stated():
    with pytest.raises(TheoremError, match="needs configure="):
        Observed("s", "s", learner(), small, "name")
    with pytest.raises(TheoremError, match="sees nothing"):
        Observed("s", "s", learner(), small, quick=False)
    assert "measure gave 3" in run(Observed("s", "s", lambda _: 3, small)).problems[0]
    with pytest.raises(TimedOut):
        LEARNS.decide(deadline=Deadline(0))
    with pytest.raises(ValueError, match="they decide nothing"):
        Result("undecided", "s", tested=3, observed=({},))


def test_the_run_says_device_profile_and_seed():
    seen = []

    def measure(setting):
        seen.append(setting)
        return learner()(setting)

    run(Observed("s", "s", measure, small), options=Options(PROFILES["full"], 7, device="cpu"))
    assert seen == [Setting("full", "cpu", 7)]


def test_command_line(kept, tmp_path):
    from typer.testing import CliRunner

    from semtheory.cli.app import app

    _, file = kept
    module = tmp_path / "observed_theorem.py"
    module.write_text(
        '"""A page."""\nfrom semtheory.logic.observed import Observed\n'
        "from tests.logic.fakes import theorem\nfrom tests.logic.test_observed import configure, learner, small\n"
        f"A = theorem('QO1', Observed('training learns', 'l', learner(), small, {str(file)!r}, configure), target='observed')\n"
    )

    def call(*arguments):
        return CliRunner().invoke(app, [*arguments], prog_name="semtheory")

    assert call("verify", str(module), "--jobs", "1").exit_code == 0
    shown = call("show", str(module)).stdout
    assert "made by semtheory verify ZZ1 --fresh --record" in shown
    target = tmp_path / "run.json"
    assert call("verify", str(module), "--jobs", "1", "--fresh", "--json", str(target)).exit_code == 0
    step = json.loads(target.read_text())["theorems"][0]["steps"][0]
    assert "intervals overlap" in step["method"]
    assert len(step["observations"]) == 2
    result = call("verify", str(module), "--record")
    assert result.exit_code == 2
    assert "ask for --fresh with --record" in result.stderr
