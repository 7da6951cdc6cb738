import pytest

from semtheory import Variant
from semtheory.errors import TheoremError, TimedOut
from semtheory.logic.evidence import level_of
from semtheory.logic.result import Deadline, Result
from semtheory.logic.tested import Tested
from semtheory.logic.verification import PROFILES, Options, verify_theorem
from tests.logic.fakes import NEAR_MISS, Fake, theorem


def integers():
    from hypothesis import strategies as st

    return st.integers(0, 10_000)


def below(limit):
    return lambda k: None if k < limit else f"{k} >= {limit}"


HOLDS = Tested("k < 10001", "k < 10001", below(10_001), integers)
FAILS = Tested("k < 100", "k < 100", below(100), integers)


def run(*claims, target="tested", examples="quick", **settings):
    return verify_theorem(theorem("ZZ1", *claims, target=target, **settings), Options(PROFILES[examples]))


def test_instances_that_agree_are_evidence_and_no_proof():
    result = HOLDS.decide()
    assert (result.verdict, result.certificate, result.tested) == ("undecided", None, 20)
    assert level_of(result) == "tested"
    assert result.method == "instances compared: 20 drawn by Hypothesis, seed 0"


def test_tested_is_not_proved():
    report = run(HOLDS, target="proved")
    assert (report.level, report.ok) == ("tested", False)
    assert "tested, below its target proved" in report.problems[0]


def test_a_tested_theorem_counts_its_instances():
    report = run(HOLDS, variants=[NEAR_MISS])
    assert (report.level, report.ok, report.examples) == ("tested", True, 20)
    assert run(HOLDS, Fake()).level == "tested"
    assert run(HOLDS, examples="full").examples == 500


def test_a_failing_check_is_refuted_with_the_smallest_instance():
    result = FAILS.decide(seed=3)
    assert (result.verdict, result.tested) == ("refuted", 0)
    assert result.counterexample.describe() == "instance 100\nfound    100 >= 100"
    report = run(FAILS)
    assert (report.level, report.ok) == ("refuted", False)
    assert "100 >= 100" in report.steps[0].detail


def test_nothing_is_printed_about_the_instance(capsys):
    FAILS.decide()
    assert capsys.readouterr() == ("", "")


def test_a_false_variant_must_fail():
    assert run(HOLDS, variants=[Variant(FAILS, "100 is not below 100")]).ok
    report = run(HOLDS, variants=[Variant(HOLDS, "it holds")])
    assert not report.ok
    assert "false by its own word, but came out undecided" in report.problems[0]


def test_the_seed_decides_what_is_drawn():
    def seen(seed):
        found = []
        Tested("s", "s", found.append, integers).decide(seed=seed)
        return found

    assert seen(1) == seen(1) != seen(2)


def test_instances_by_hand_come_first_and_count():
    found = []
    result = Tested("s", "s", found.append, integers, instances=(7, 5)).decide()
    assert found[:2] == [7, 5]
    assert result.tested == 22
    assert Tested("s", "s", below(6), instances=(5, 7)).decide().counterexample.instance == "7"


def test_a_check_that_compares_nothing_is_nothing():
    def never(_):
        from hypothesis import assume

        assume(False)

    result = Tested("s", "s", never, integers).decide()
    assert (level_of(result), result.tested) == ("undecided", 0)
    assert "met the conditions" in result.note
    with pytest.raises(TheoremError, match="compares nothing"):
        Tested("s", "s", below(1))


def test_an_exception_in_the_check_is_not_a_counterexample():
    report = run(Tested("s", "s", lambda k: 1 // 0, integers))
    assert (report.level, report.ok) == ("undecided", False)
    assert "ZeroDivisionError" in report.problems[0]


def test_time_over_is_no_answer():
    with pytest.raises(TimedOut, match="after 0 instances"):
        HOLDS.decide(deadline=Deadline(0))


@pytest.mark.parametrize("verdict", ["proved", "refuted"])
def test_a_result_cannot_be_tested_and_decided(verdict):
    decided = Fake(verdict=verdict).decide()
    with pytest.raises(ValueError, match="instances decide nothing"):
        Result(verdict, "s", "m", decided.certificate, decided.counterexample, tested=3)
