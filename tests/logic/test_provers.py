"""What the Shannon and horizon provers must prove, must refute and must leave open; at the sizes people need."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import pytest

import semtheory
from semtheory.errors import CertificateError, ClaimError, GivenError
from semtheory.logic.checker import check
from semtheory.logic.claim import InformationClaim
from semtheory.logic.decide import Concrete, Question
from semtheory.logic.result import Deadline
from semtheory.notation.canonical import HorizonForm, Sum
from semtheory.notation.variables import processes, variables

NO_FEEDBACK = "I(Y^{t-1};X_t|X^{t-1}) = 0 for t=1..n"
MEMORYLESS = "Y_t -> X_t -> X^{t-1},Y^{t-1} for t=1..n"

PROVED = [
    ("I(X;Z) <= I(X;Y)", ["X->Y->Z"]),
    ("I(A;E) <= I(B;D)", ["A->B->C->D->E"]),
    ("H(X,Y,Z) + H(Y) <= H(X,Y) + H(Y,Z)", []),
    ("H(X|Z) <= H(X|Y) + H(Y|Z)", []),
    ("I(X;Y;Z) <= I(X;Y)", []),
    ("H(Z) <= H(X) + H(Y)", ["H(Z|X,Y) = 0"]),
    ("I(X;Y) <= I(X;Y|Z)", ["I(X;Z) = 0"]),
    ("I(X;Y|Z) <= I(X;Y)", ["Z -> X -> Y"]),
    ("H(X) <= H(Y) + 1", ["H(X) <= 1"]),
    ("X -> Y -> Z", ["W,X -> Y -> Z"]),
    ("2 H(X,Y,Z) <= H(X,Y) + H(Y,Z) + H(X,Z)", []),
    ("H(X_1,X_2) <= H(X^2)", []),
    ("sum(t=1..3) H(X_t|X^{t-1}) = H(X^3)", []),
    ("D(p(X)||q(X)) <= D(p(X,Y)||q(X,Y))", []),
    ("D(p(X,Y)||q(X,Y)) = D(p(X)||q(X)) + D(p(Y|X)||q(Y|X))", []),
    ("DI(X^n->Y^n) <= I(X^n;Y^n)", []),
    ("DI(X^n->Y^n) = I(X^n;Y^n)", [NO_FEEDBACK]),
    ("I(X^n;Y^n) = DI(X^n->Y^n) + DI(Y^{n-1}->X^n)", []),
    ("DI(X^n->Z^n) <= DI(X^n->Y^n)", ["X^n->Y^n->Z^n", NO_FEEDBACK]),
    ("DI(X^n->Y^n) <= sum(t=1..n) I(X_t;Y_t)", [MEMORYLESS]),
    ("I(X^n;Y^n) <= sum(t=1..n) I(X_t;Y_t)", [MEMORYLESS, NO_FEEDBACK]),
    # the sum identity of Csiszar: its potential looks both ways
    ("sum(t=1..n) I(X_{t+1:n};Y_t|Y^{t-1}) = sum(t=1..n) I(Y^{t-1};X_t|X_{t+1:n})", []),
    # converse of the channel coding theorem with feedback: W the message, X_t a function of W and Y^{t-1}
    ("I(W;Y^n) <= sum(t=1..n) I(X_t;Y_t)", ["H(X_t|W,Y^{t-1}) = 0 for t=1..n", "W,Y^{t-1} -> X_t -> Y_t for t=1..n"]),
    # single-letterisation for a memoryless source
    ("I(X^n;Y^n) >= sum(t=1..n) I(X_t;Y_t)", ["H(X^n) = sum(t=1..n) H(X_t)"]),
    ("H(X^n) <= sum(t=1..n) H(X_t)", []),
    ("H(X_1) + sum(t=2..n) H(X_t|X_{t-1}) >= H(X^n)", []),
    ("H(X^n) = H(X_1) + sum(t=2..n) H(X_t|X_{t-1})", ["X_t -> X_{t-1} -> X^{t-2} for t=2..n"]),
    ("sum(t=1..n) I(X_t;Y^n|X^{t-1}) = I(X^n;Y^n)", []),
    ("sum(t=1..n) H(X_t|X_{t+1:n}) = H(X^n)", []),
    ("H(X^n) >= H(X_n)", []),
    ("sum(t=1..n-1) H(X_t|X^{t-1}) = H(X^{n-1})", []),
    ("sum(t=1..n) H(X_t) >= H(X_n)", []),
    ("DI(X^n->Y^n|S) <= I(X^n;Y^n|S)", []),
    ("sum(t=3..n) H(X_t|X_{t-2}) >= H(X_{3:n}|X^2)", []),
    ("H(X^n) <= H(X_1)", ["H(X_t|X^{t-1}) = 0 for t=2..n"]),
]

REFUTED = [
    ("I(X;Z) <= I(X;Y)", []),
    ("I(X;Y|Z) <= I(X;Y)", []),
    ("I(X;Y) <= I(X;Y|Z)", []),
    ("I(X;Y;Z) >= 0", []),
    ("H(X) <= 1", []),
    ("I(X;Y) = 0", ["I(X;Z) = 0", "I(Y;Z) = 0"]),
    ("I(X;Z) = 0", ["X -> Y -> Z"]),
    ("I(A;B) <= I(A;B|C) + I(A;B|D) + I(C;D)", []),
    ("D(p||q) = D(q||p)", []),
    ("D(p(X,Y)||q(X,Y)) <= D(p(X)||q(X)) + D(p(Y)||q(Y))", []),
    ("DI(X^n->Y^n) = I(X^n;Y^n)", []),
    ("I(X^n;Y^n) = DI(X^n->Y^n) + DI(Y^n->X^n)", []),
    ("I(X^n;Y^n) <= sum(t=1..n) I(X_t;Y_t)", [MEMORYLESS]),
    ("DI(X^n->Z^n) <= DI(X^n->Y^n)", ["X^n->Y^n->Z^n"]),
    ("DI(X^n->Z^n) <= DI(X^n->Y^n)", ["H(Z_t|Y_t) = 0 for t=1..n"]),
    ("H(X^n) = H(X_1) + sum(t=2..n) H(X_t|X_{t-1})", []),
    ("sum(t=1..n) I(X_{t+1:n};Y_t|Y^{t-1}) = sum(t=1..n) I(Y^{t-1};X_t)", []),
    ("W,Y^2 -> X_1 -> Y_1", ["H(X_1) = H(Y_1)"]),
]


@pytest.mark.parametrize(("claim", "givens"), PROVED)
def test_proved(claim: str, givens: list[str]) -> None:
    answer = semtheory.prove(claim, givens)
    assert answer.verdict == "proved", answer.note
    assert check(answer.certificate)
    assert answer.proof_text()
    assert answer.proof_latex().startswith(r"\begin{align*}")


@pytest.mark.parametrize(("claim", "givens"), REFUTED)
def test_refuted_by_a_law_that_the_checker_accepts(claim: str, givens: list[str]) -> None:
    answer = semtheory.prove(claim, givens)
    assert answer.verdict == "refuted", answer.note
    assert answer.counterexample is not None
    assert check(answer.counterexample.to_json())


def test_zhang_yeung_is_undecided_and_proved_from_the_axiom() -> None:
    claim = "2 I(C;D) <= I(A;B) + I(A;C,D) + 3 I(C;D|A) + I(C;D|B)"
    plain = semtheory.prove(claim)
    assert plain.verdict == "undecided"
    assert "a violating polymatroid does" in plain.note
    with_lemma = semtheory.prove(claim, axioms=["zhang-yeung"])
    assert with_lemma.verdict == "proved"
    assert with_lemma.cited == ("zhang-yeung",)
    assert any("rests on the cited lemma zhang-yeung" in line for line in check(with_lemma.certificate))


def test_a_lemma_of_ones_own_is_cited_in_full() -> None:
    # Ingleton's inequality as an axiom, false as it is, is what the proof then rests on, and the checker says so.
    axiom = "ingleton: I(A;B) <= I(A;B|C) + I(A;B|D) + I(C;D)"
    answer = semtheory.prove("I(X;Y) <= I(X;Y|U) + I(X;Y|V) + I(U;V)", axioms=[axiom])
    assert answer.cited == ("ingleton",)
    assert "rests on the cited lemma ingleton" in check(answer.certificate)[-1]


@pytest.mark.parametrize("axiom", ["zhang-yong", "zhang-yeung: H(A) >= 0", "mine: H(A) = 0", "mine: H(X^n) >= 0"])
def test_axioms_that_are_none(axiom: str) -> None:
    with pytest.raises(ClaimError, match="axiom"):
        semtheory.prove("H(X) >= 0", axioms=[axiom])


def names(count: int) -> list[str]:
    return [f"X{k}" for k in range(1, count + 1)]


def han(count: int, sign: str = "<=") -> str:
    parts = " + ".join(f"H({','.join(kept)})" for kept in combinations(names(count), count - 1))
    return f"{count - 1} H({','.join(names(count))}) {sign} {parts}"


@pytest.mark.parametrize("count", [3, 6, 12, 20])
def test_han(count: int) -> None:
    assert semtheory.prove(han(count)).verdict == "proved"


@pytest.mark.parametrize("count", [3, 6, 8])
def test_han_reversed(count: int) -> None:
    assert semtheory.prove(han(count, ">=")).verdict == "refuted"


@pytest.mark.parametrize("count", [4, 16, 30])
def test_data_processing_along_a_chain(count: int) -> None:
    chain, last, middle = "->".join(names(count)), f"X{count}", count // 2
    pairwise = [f"{','.join(names(k))} -> X{k + 1} -> X{k + 2}" for k in range(1, count - 1)]
    assert semtheory.prove(f"I(X1;{last}) <= I(X1;X2)", [chain]).verdict == "proved"
    assert semtheory.prove(f"I(X1;{last}) <= I(X{middle};X{middle + 1})", [chain]).verdict == "proved"
    assert semtheory.prove(f"I(X1;{last}) <= I(X1;X2)", pairwise).verdict == "proved"
    assert semtheory.prove(f"I(X1;X2) <= I(X1;{last})", [chain]).verdict == "refuted"


def test_a_weighted_sum_over_a_long_chain() -> None:
    links = " + ".join(f"I(X{k};X{k + 1})" for k in range(1, 16))
    assert semtheory.prove(f"15 I(X1;X16) <= {links}", ["->".join(names(16))]).verdict == "proved"


def test_names_in_any_order_follow_the_chain() -> None:
    assert semtheory.prove("I(M;A) <= I(Q;B)", ["M->Q->Z->B->A"]).verdict == "proved"


def test_a_claim_of_many_variables_is_refused_or_answered_and_never_hangs() -> None:
    with pytest.raises(ClaimError, match="70 variables; at most 64"):
        semtheory.prove(f"H({','.join(names(70))}) <= 0")
    assert semtheory.prove(f"H({','.join(names(40))}) <= " + " + ".join(f"H({x})" for x in names(40))).verdict == "proved"


def test_running_out_of_time_is_undecided() -> None:
    answer = semtheory.prove(han(10, ">="), timeout=0.01)
    assert answer.verdict == "undecided"
    assert "--timeout" in answer.note


@pytest.mark.parametrize(
    "givens",
    [
        ["H(X) = 1", "H(X) = 2"],
        ["H(X) >= 1", "H(X,Y) <= 1/2"],
        ["H(X) <= -1"],
        ["H(X) = 2*H(X)", "H(Y) <= H(X)"],
        ["H(X,Y) <= 0.5*H(X,Y)"],
    ],
)
def test_contradictory_assumptions_prove_nothing(givens: list[str]) -> None:
    with pytest.raises(GivenError, match="contradict each other|hold only when"):
        semtheory.prove("H(X) <= H(Y)", givens)


def test_assumptions_that_say_a_variable_is_constant_are_fine() -> None:
    assert semtheory.prove("I(X;Y) = 0", ["H(X) = 0"]).verdict == "proved"


def test_an_assumption_about_nothing_in_the_claim() -> None:
    with pytest.raises(GivenError, match="speaks of Q, W"):
        semtheory.prove("I(X;Z) <= I(X;Y)", ["H(Q|W) = 0"])


def test_a_name_that_only_an_assumption_mentions_is_noted() -> None:
    answer = semtheory.prove("I(X;Z) <= I(X;Y)", ["X->y->Z"])
    assert answer.verdict == "refuted"
    assert "y occurs only in the assumption" in answer.note
    assert "did you mean Y?" in answer.note


def test_claims_given_as_sympy_relations() -> None:
    x, y, z = variables("X Y Z")
    a, b = processes("X Y")
    from semtheory.notation.measures import DI, I

    assert semtheory.prove(I(x, z) <= I(x, y), ["X->Y->Z"]).verdict == "proved"
    assert semtheory.prove(DI(a[1:3], b[1:3]) <= I(a[1:3], b[1:3])).verdict == "proved"
    with pytest.raises(ClaimError, match="not a claim"):
        semtheory.prove(I(x, y) < 1)


def test_one_wrong_relation_of_several_refutes_the_claim() -> None:
    answer = semtheory.prove("H(X) <= H(X,Y) = H(X) + H(Y)")
    assert [result.verdict for result in answer.results] == ["proved", "refuted"]
    assert answer.verdict == "refuted"


def test_what_cancels_is_still_given_a_value() -> None:
    answer = semtheory.prove("H(Y^n|S) + DI(S->X^n) = DI(S->X^n)")
    assert answer.verdict == "refuted"


def test_the_seed_and_the_claim_decide_the_answer() -> None:
    first, second = (semtheory.prove("I(X;Y|Z) <= I(X;Y)", seed=3) for _ in range(2))
    assert first.counterexample.to_json() == second.counterexample.to_json()


def test_quantified_assumptions_hold_at_their_times_only() -> None:
    claim = InformationClaim("I(X_1;Y_1) = 0", ["I(X_t;Y_t) = 0 for t=2..3"])
    assert claim.decide(deadline=Deadline(10)).verdict == "refuted"
    assert semtheory.prove("I(X_2;Y_2) = 0", ["I(X_t;Y_t) = 0 for t=2..3"]).verdict == "proved"


def test_the_refuter_sees_every_assumption() -> None:
    claim = InformationClaim("I(X;Z) <= I(X;Y)", ["X->Y->Z", "H(Z|Y) = 0", "H(X) <= 1"])
    problem = Concrete(Question(claim.relations[0], claim.givens, None, ""), None).problem()
    assert len(problem.independences) == 1
    assert len(problem.functions) == 1
    assert len(problem.nonneg) == 1


@pytest.mark.parametrize(
    "claim",
    ["I(S,U^{T-1};U_T) = I(U^{T-1};U_T) + I(S;U_T|U^{T-1})", "I(X^{n-2};X_n) = I(X_n;X^{n-2})", "H(X_3) >= H(X_3)"],
)
def test_blocks_that_cancel_still_have_their_cuts(claim: str) -> None:
    """Once proved with a certificate that did not fit its own claim."""
    answer = semtheory.prove(claim)
    assert answer.verdict == "proved"
    check(answer.certificate)


def test_a_proof_that_the_checker_rejects_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    import semtheory.logic.decide as decide

    monkeypatch.setattr(decide, "_lines", lambda answer, grid: [])
    answer = semtheory.prove("I(X;Y) >= 0")
    assert answer.verdict == "undecided"
    assert "does not accept" in answer.note


@pytest.mark.parametrize(
    ("claim", "given"),
    [
        ("sum(t=1..3) H(X_t) >= 0", []),
        ("DI(X^3->Y^3) >= 0", []),
        ("TE(X^2->Y^2) >= 0", []),
        ("H(X_1|Y) + H(X_2|Y) <= 1", ["sum(t=1..2) H(X_t) <= 1"]),
        ("H(X_1) = 0", ["sum(t=1..2) H(X_t) = 0"]),
        ("H(X_1|Z_1) = 0", ["sum(s=1..2) H(X_s|Z_t) = 0 for t=1..2"]),
        ("I(X_1;Y_1|Z_1) = 0", ["DI(X^2->Y^2|Z_t) = 0 for t=1..2"]),
        ("sum(t=1..n) H(X_1|Z_t) = 0", ["sum(s=1..2) H(X_s|Z_t) = 0 for t=1..n"]),
    ],
)
def test_sums_between_fixed_times(claim: str, given: list[str]) -> None:
    answer = semtheory.prove(claim, given)
    assert answer.verdict == "proved"
    assert check(answer.certificate)


def test_a_sum_in_a_quantified_assumption_is_not_dropped() -> None:
    """Once refuted by constants Z and X_2, with X_1 free."""
    answer = semtheory.prove("I(X_1;Y_1|Z_1) = 0", ["DI(X^n->Y^n|Z_t) = 0 for t=1..n"], timeout=10)
    assert answer.verdict != "refuted"


def test_sums_are_merged_without_catching_an_outer_index() -> None:
    form = HorizonForm()
    inner = {("p", "p", frozenset({("X", ("s", 0), ("s", 0)), ("Y", ("t", 0), ("t", 0))})): Fraction(1)}
    outer = {("p", "p", frozenset({("X", ("t", 0), ("t", 0))})): Fraction(1)}
    for index, body in (("t", outer), ("s", inner)):
        form.add(HorizonForm({}, [Sum(index, ("", 1), ("", 2), body)]), Fraction(1))
    assert [part.index for part in form.sums] == ["t", "s"]


def test_a_law_that_the_checker_rejects_refutes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    import semtheory.logic.checker as checker

    def reject(certificate: object) -> None:
        raise CertificateError("no")

    monkeypatch.setattr(checker, "check", reject)
    answer = semtheory.prove("H(X) <= H(Y)")
    assert answer.verdict == "undecided"
    assert "does not accept" in answer.note


def test_divergences_are_said_to_be_finite() -> None:
    """With p uniform on two bits and q without (0, 0) and (0, 1), both sides of the assumption are infinite."""
    answer = semtheory.prove("D(p(Y|X)||q(Y|X)) = 0", ["D(p(X,Y)||q(X,Y)) = D(p(X)||q(X))"])
    words = "assuming every D here is finite (p << q)"
    assert words in answer.note
    assert words in answer.proof_text()
    assert words in check(answer.certificate)
    assert words not in semtheory.prove("D(p||p) = 0").proof_text()


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        ("I(A;B;C;D;E;F;G;J;K;M;O;P;Q) >= 0", "13 parts"),
        ("sum(t=1..n) H(X_{t+1}) >= 0", "speaks of time n\\+1, beyond the horizon"),
        ("H(X_100) >= 0", "every time from 1 to 100"),
    ],
)
def test_what_is_too_large_or_beyond_the_horizon(claim: str, message: str) -> None:
    with pytest.raises(ClaimError, match=message):
        semtheory.prove(claim)
