"""What was proved, in plain terms: the headline theorems, each with the false claim next to it.

Read this file first. A line is a claim as an information theorist would write it, then the verdict that a run must give.
Behind every "proved" stands a certificate that the small checker accepts, behind every "refuted" a joint distribution
with rational entries that the same checker evaluates exactly.
"""

from __future__ import annotations

import pytest

import semtheory
from semtheory.logic.checker import check

NO_FEEDBACK = "I(Y^{t-1};X_t|X^{t-1}) = 0 for t=1..n"
MEMORYLESS = "Y_t -> X_t -> X^{t-1},Y^{t-1} for t=1..n"
ZHANG_YEUNG = "2 I(C;D) <= I(A;B) + I(A;C,D) + 3 I(C;D|A) + I(C;D|B)"

HEADLINES = [
    # Relative entropy is never negative, and it is not a distance.
    ("D(p||q) >= 0", [], "proved"),
    ("D(p||q) = D(q||p)", [], "refuted"),
    # Processing cannot add information, along a Markov chain and only there.
    ("I(X;Z) <= I(X;Y)", ["X->Y->Z"], "proved"),
    ("I(X;Z) <= I(X;Y)", [], "refuted"),
    # Two laws through the same channel become harder to tell apart.
    ("D(p(Y)||q(Y)) <= D(p(X)||q(X))", ["D(p(Y|X)||q(Y|X)) = 0"], "proved"),
    # The loss of a sequence is the sum of the losses of its tokens, however long it is.
    ("D(p(X^n)||q(X^n)) = sum(t=1..n) D(p(X_t|X^{t-1})||q(X_t|X^{t-1}))", [], "proved"),
    # What X and Y share is what X tells Y, plus what Y's past tells X. The delay matters.
    ("I(X^n;Y^n) = DI(X^n->Y^n) + DI(Y^{n-1}->X^n)", [], "proved"),
    ("I(X^n;Y^n) = DI(X^n->Y^n) + DI(Y^n->X^n)", [], "refuted"),
    # Directed information is at most mutual information, and equal to it exactly without feedback.
    ("DI(X^n->Y^n) <= I(X^n;Y^n)", [], "proved"),
    ("DI(X^n->Y^n) = I(X^n;Y^n)", [NO_FEEDBACK], "proved"),
    ("DI(X^n->Y^n) = I(X^n;Y^n)", [], "refuted"),
    # Directed information is uncertainty removed causally.
    ("DI(X^n->Y^n) = H(Y^n) - H(Y^n||X^n)", [], "proved"),
    ("DI(X^n->Y^n) = H(Y^n) - H(Y^n|X^n)", [], "refuted"),
    # A prompt that is complete before the first token is not fed back into.
    ("sum(t=1..T) I(S;U_t|U^{t-1}) = I(S;U^T)", [], "proved"),
    # Data processing for directed information needs the absence of feedback.
    ("DI(X^n->Z^n) <= DI(X^n->Y^n)", ["X^n->Y^n->Z^n", NO_FEEDBACK], "proved"),
    ("DI(X^n->Z^n) <= DI(X^n->Y^n)", ["H(Z_t|Y_t) = 0 for t=1..n"], "refuted"),
    # A memoryless channel carries at most the sum of what its letters carry, feedback or not.
    ("DI(X^n->Y^n) <= sum(t=1..n) I(X_t;Y_t)", [MEMORYLESS], "proved"),
    ("I(X^n;Y^n) <= sum(t=1..n) I(X_t;Y_t)", [MEMORYLESS], "refuted"),
    # True of every law, and beyond Shannon's inequalities: neither proved nor refuted.
    (ZHANG_YEUNG, [], "undecided"),
    # False by a part in 10^12, which no floating-point prover sees.
    ("H(X|Z) + H(Y|Z) >= 1.000000000001*H(X,Y|Z)", [], "refuted"),
]


@pytest.mark.parametrize(("claim", "given", "verdict"), HEADLINES)
def test_headline(claim: str, given: list[str], verdict: str) -> None:
    answer = semtheory.prove(claim, given)
    assert answer.verdict == verdict
    evidence = answer.certificate or (answer.counterexample and answer.counterexample.to_json())
    if verdict == "undecided":
        assert evidence is None
    else:
        assert check(evidence)


def test_zhang_yeung_from_the_published_lemma() -> None:
    answer = semtheory.prove(ZHANG_YEUNG, axioms=["zhang-yeung"])
    assert (answer.verdict, answer.cited) == ("proved", ("zhang-yeung",))


@pytest.mark.parametrize("name", ["F1", "F2", "F5", "F6", "F7", "F8"])
def test_analytic_headlines(name: str) -> None:
    """Gibbs, the variational principle, Fano, Pinsker, Boltzmann's thermodynamics, log-sum-exp: for every finite alphabet."""
    run = semtheory.verify(name)
    (theorem,) = run.theorems
    assert theorem.ok, theorem.problems
    assert theorem.level == "proved"
