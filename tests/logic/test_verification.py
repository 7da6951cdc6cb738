import sys
from types import ModuleType

import pytest

from semtheory import Citation, Claim, Given, Step
from semtheory.errors import SemtheoryError, TimedOut
from semtheory.logic.records import VariantReport
from semtheory.logic.verification import PROFILES, Options, verify_theorem
from tests.logic.fakes import FALSE, NEAR_MISS, Fake, Law, Shadowed, shannon_certificate, theorem


def run(*claims, strict=False, **settings):
    return verify_theorem(theorem("ZZ1", *claims, **settings), Options(strict=strict))


def test_a_proved_theorem_with_a_refuted_variant_is_ok():
    report = run()
    assert (report.level, report.ok, report.problems) == ("proved", True, ())
    assert report.steps[0].certificate["kind"] == "identity"
    assert report.variants[0].counterexample["kind"] == "counterexample"


@pytest.mark.parametrize("times", ["2", "-1", "1/2", "x"])
def test_a_certificate_the_checker_rejects_proves_nothing(times):
    report = run(Fake(certificate=shannon_certificate("I(X;Y) >= 0", times)))
    assert (report.level, report.ok) == ("undecided", False)
    assert "the checker does not accept the evidence" in report.problems[0]
    assert report.steps[0].certificate is None


def test_a_certificate_of_another_statement_proves_nothing():
    report = run(Fake("H(X) >= 7", certificate=shannon_certificate("I(X;Y) >= 0")))
    assert (report.level, report.ok) == ("undecided", False)
    assert "the certificate is about 'I(X;Y) >= 0', the statement is 'H(X) >= 7'" in report.problems[0]


def test_the_weakest_step_decides():
    assert (
        run(Fake(), steps=[Step(Fake(verdict="undecided", note="a polymatroid violates it"), "why")]).level
        == "undecided"
    )
    report = run(Fake(), Fake(cited=("Lemma 3",)), target="cited")
    assert (report.level, report.ok, report.cited) == ("cited", True, ("Lemma 3",))
    assert not run(Fake(cited=("Lemma 3",))).ok


def test_a_cited_lemma_of_the_theorem_caps_its_level():
    report = run(Fake(), cites=[Citation("Massey", 1990)])
    assert (report.level, report.ok, report.cited) == ("cited", False, ("Massey 1990",))
    assert "cited, below its target proved" in report.problems[-1]


def test_a_false_claim_shows_its_counterexample():
    report = run(FALSE)
    assert (report.level, report.ok) == ("refuted", False)
    assert "coin of 1/2" in report.steps[0].detail


@pytest.mark.parametrize("verdict", ["proved", "undecided"])
def test_a_variant_that_is_not_refuted_fails_the_theorem(verdict):
    report = run(variants=[NEAR_MISS, type(NEAR_MISS)(Fake("H(X) >= 0", verdict), why="it is true")])
    assert report.level == "proved"
    assert not report.ok
    assert f"false by its own word, but came out {verdict}" in report.problems[0]


@pytest.mark.parametrize(("heads", "tails"), [("1", "0"), ("1/2", "1/3"), ("-1/2", "3/2")])
def test_a_counterexample_the_checker_rejects_refutes_nothing(heads, tails):
    false = Fake("H(X) <= 0", "refuted", law=Law("H(X) <= 0", heads, tails))
    report = run(variants=[type(NEAR_MISS)(false, why="w")])
    assert (report.variants[0].level, report.ok) == ("undecided", False)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ZeroDivisionError("division by zero"), r"raised ZeroDivisionError: division by zero (fakes.py:"),
        (SemtheoryError("give p < 1"), "give p < 1"),
        (TimedOut("the time is over"), "the time is over"),
    ],
)
def test_what_raises_is_reported_never_swallowed(error, message):
    report = run(Fake(raises=error), variants=[type(NEAR_MISS)(Fake("v", raises=error), why="w")])
    assert (report.level, report.ok) == ("undecided", False)
    assert all(message in problem for problem in report.problems[:2])
    assert message in report.to_json()["steps"][0]["method"]


def test_an_interrupt_is_not_swallowed():
    with pytest.raises(KeyboardInterrupt):
        run(Fake(raises=KeyboardInterrupt()))


def test_numbers_are_counted_and_can_contradict():
    report = run(Shadowed())
    assert (report.examples, report.ok) == (PROFILES["quick"].examples, True)
    report = run(Shadowed(outcome=Law("I(X;Y) >= 0")))
    assert (report.level, report.ok) == ("refuted", False)
    assert "a random instance contradicts it" in report.problems[0]


def test_strict_asks_for_numbers_and_honest_targets():
    assert run(Shadowed(), strict=True).ok
    assert "never" not in str(run(strict=False).problems)
    assert "never compared with numbers" in run(Shadowed(), Fake(), strict=True).problems[0]
    report = run(Shadowed(), target="tested", strict=True)
    assert "proved, above its target tested" in report.problems[0]


def test_the_record_has_the_fixed_keys():
    record = run().to_json()
    assert list(record) == [
        "id", "title", "chapter", "target", "level", "ok", "seconds", "cited", "depends", "steps", "variants", "fidelity",
        "examples",
    ]  # fmt: skip
    assert list(record["steps"][0]) == ["claim", "method", "level", "certificate"]
    assert list(record["variants"][0]) == ["statement", "level", "counterexample"]


@pytest.fixture
def claims(monkeypatch):
    """Text claims answered from a table: (text, assumptions, axioms) -> verdict; proved where the table is silent."""
    table = {}

    def information_claim(text, given=(), axioms=()):
        statement = text + "".join(f" | {item}" for item in given)
        return Fake(statement, table.get((text, tuple(given), tuple(axioms)), "proved"))

    fake = ModuleType("semtheory.logic.claim")
    fake.InformationClaim = information_claim
    monkeypatch.setitem(sys.modules, "semtheory.logic.claim", fake)
    return table


CLAIM, MARKOV, OTHER = "I(X;Z) <= I(X;Y)", "X->Y->Z", "H(Y|X) = 0"


def assumptions(report, kind="assumption"):
    return [variant for variant in report.variants if variant.kind == kind]


def test_a_needed_and_satisfiable_assumption(claims):
    claims[CLAIM, (), ()] = "refuted"
    claims["H(X,Y,Z) = 0", (MARKOV,), ()] = "refuted"
    report = run((CLAIM, MARKOV))
    assert (report.ok, report.problems) == (True, ())
    (dropped,) = assumptions(report)
    assert (dropped.statement, dropped.level) == (f"{CLAIM} without {MARKOV}", "refuted")
    (instance,) = assumptions(report, "instance")
    assert instance.level == "refuted"
    # The instance is a witness for the assumptions, no variant of the theorem; the record lists variants alone.
    assert [v["statement"] for v in report.to_json()["variants"]] == ["H(X) <= 0", f"{CLAIM} without {MARKOV}"]


@pytest.mark.parametrize("verdict", ["proved", "undecided"])
def test_an_assumption_that_is_not_shown_to_be_needed_fails(claims, verdict):
    claims[CLAIM, (), ()] = verdict
    claims["H(X,Y,Z) = 0", (MARKOV,), ()] = "refuted"
    report = run((CLAIM, MARKOV))
    assert (report.level, report.ok) == ("proved", False)
    assert f"not shown to be needed: without it the claim came out {verdict}" in report.problems[0]


def test_assumptions_that_nothing_satisfies_fail(claims):
    claims[CLAIM, (), ()] = "refuted"
    report = run((CLAIM, MARKOV))
    assert not report.ok
    assert "no law but a trivial one is known to meet the assumptions" in report.problems[0]


def test_each_of_two_assumptions_is_dropped_in_turn(claims):
    claims[CLAIM, (OTHER,), ()] = "refuted"
    claims["H(X,Y,Z) = 0", (MARKOV, OTHER), ()] = "refuted"
    report = run((CLAIM, MARKOV, OTHER))
    assert [variant.level for variant in assumptions(report)] == ["refuted", "proved"]
    assert not report.ok


def test_assumptions_of_steps_are_tried_too(claims):
    report = run(Fake(), steps=[Step(Claim(CLAIM, given=(MARKOV,)), "processing")])
    assert len(assumptions(report)) == 1
    assert not report.ok


def test_an_instance_by_hand_is_believed_only_after_the_checker(claims):
    claims["H(X,Y,Z) = 0", (MARKOV,), ()] = "refuted"
    assert run((CLAIM, Given(MARKOV, broken_by=lambda: Law(CLAIM)))).ok
    for broken in (Law(CLAIM, "1", "0"), Law("another statement"), lambda: 3):
        report = run((CLAIM, Given(MARKOV, broken_by=broken)))
        assert (assumptions(report)[0].level, report.ok) == ("undecided", False)


def test_an_axiom_must_be_needed_and_not_contradicted(claims):
    claim = Claim("2 I(C;D) <= I(A;B)", axioms=("zhang-yeung",))
    for verdict, ok in (("undecided", True), ("proved", False), ("refuted", False)):
        claims[claim.text, (), ()] = verdict
        report = run(claim)
        assert [type(v) for v in assumptions(report, "axiom")] == [VariantReport]
        assert report.ok is ok


def test_a_proof_on_measures_needs_a_claim_whose_relations_can_be_compared():
    """A statement that says one thing while its certificate proves another: once this was `proved`."""
    report = run(Fake("H(X) <= 0", certificate=shannon_certificate("H(X) <= 0")))
    assert not report.ok
    assert "whose relations can be compared" in report.problems[0]
