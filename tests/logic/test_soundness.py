"""No false proof and no false refutation, on random claims far from the textbook.

A proof is contradicted if any random law violates the claim; a refutation is checked exactly by the small checker.
The evaluation used here (`semtheory.logic.shadow`) shares nothing with the provers' canonical form.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from semtheory.errors import GivenError
from semtheory.logic.checker import check
from semtheory.logic.claim import InformationClaim
from semtheory.logic.decide import Concrete, Question
from semtheory.logic.result import Deadline
from semtheory.logic.sampling import random_models
from semtheory.logic.shadow import Contradiction, _random, _under_assumptions, holds

EXAMPLES = 120
NAMES = ["X", "Y", "Z", "W"]
COEFFICIENTS = ["1", "2", "3", "1/2", "0.75", "1.0001"]
PIECES = ["X^n", "Y^n", "S"]
RUNNING = ["X_t", "Y_t", "X^{t-1}", "Y^{t-1}", "X^t", "Y^t", "S"]

subsets = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True).map(",".join)


@st.composite
def measures(draw: Any, names: Any = subsets) -> str:
    bar = f"|{draw(names)}" if draw(st.booleans()) else ""
    if draw(st.booleans()):
        return f"H({draw(names)}{bar})"
    return f"I({draw(names)};{draw(names)}{bar})"


@st.composite
def sides(draw: Any, measure: Any) -> str:
    count = draw(st.integers(1, 3))
    return " + ".join(f"{draw(st.sampled_from(COEFFICIENTS))} {draw(measure)}" for _ in range(count))


@st.composite
def concrete_claims(draw: Any) -> tuple[str, list[str]]:
    claim = f"{draw(sides(measures()))} {draw(st.sampled_from(['<=', '>=', '=']))} {draw(sides(measures()))}"
    kinds = ["X->Y->Z", "X->Y->Z->W", "H(Z|X,Y) = 0", "I(X;Y) = 0", "H(W|Z) = 0", "I(X,Y;W|Z) = 0"]
    return claim, draw(st.lists(st.sampled_from(kinds), max_size=2, unique=True))


running = st.lists(st.sampled_from(RUNNING), min_size=1, max_size=3, unique=True).map(",".join)
whole = st.lists(st.sampled_from(PIECES), min_size=1, max_size=3, unique=True).map(",".join)


@st.composite
def horizon_claims(draw: Any) -> tuple[str, list[str]]:
    def side() -> str:
        parts = draw(st.lists(st.sampled_from(["whole", "sum", "DI", "TE"]), min_size=1, max_size=2))
        made = {
            "whole": lambda: draw(measures(whole)),
            "sum": lambda: f"sum(t=1..n) {draw(measures(running))}",
            "DI": lambda: draw(st.sampled_from(["DI(X^n->Y^n)", "DI(Y^{n-1}->X^n)", "DI(S,X^n->Y^n)"])),
            "TE": lambda: "TE(X^n->Y^n)",
        }
        return " + ".join(made[part]() for part in parts)

    claim = f"{side()} {draw(st.sampled_from(['<=', '>=', '=']))} {side()}"
    kinds = ["I(Y^{t-1};X_t|X^{t-1}) = 0 for t=1..n", "Y_t -> X_t -> X^{t-1},Y^{t-1} for t=1..n", "X^n -> Y^n -> S"]
    return claim, draw(st.lists(st.sampled_from(kinds), max_size=1))


def judge(claim: str, givens: list[str], *, seed: int = 0) -> str:
    """The verdict, after trying to contradict it."""
    try:
        statement = InformationClaim(claim, givens)
    except GivenError:
        reject()  # the claim's variables and an assumption's have nothing to do with each other: refused, not judged
    result = statement.decide(seed=seed, deadline=Deadline(20))
    if result.certificate is not None:
        check(result.certificate)
        for n in (1, 2, 3) if statement.horizon else (None,):
            question = Question(statement.relations[0], statement.givens, statement.horizon, "")
            problem = Concrete(question, n).problem()
            names = problem.variables
            tables = _under_assumptions(problem, names, seed, 12) if givens else _random(names, problem.laws, seed, 12)
            for table in tables:
                answer = holds(statement.relations[0], table, {} if n is None else {str(statement.horizon): n})
                assert not isinstance(answer, Contradiction), f"{claim} given {givens} was proved, yet\n{answer.describe()}"
    if result.counterexample is not None:
        check(result.counterexample.to_json())
    return result.verdict


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(concrete_claims())
def test_concrete_claims(claim: tuple[str, list[str]]) -> None:
    judge(*claim)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(horizon_claims())
def test_claims_for_every_n(claim: tuple[str, list[str]]) -> None:
    judge(*claim)


@pytest.mark.parametrize(
    ("claim", "givens"),
    [
        ("H(X|Z) + H(Y|Z) >= 1.00000001*H(X,Y|Z)", []),
        ("H(X|Z) + H(Y|Z) >= 1.000000000001*H(X,Y|Z)", []),
        ("0.999999999*H(X|Z) + 0.999999999*H(Y|Z) >= H(X,Y|Z)", []),
        ("I(A;D) <= 0.9999999999 I(B;C)", ["A->B->C->D"]),
        ("H(X) >= 1.0000000001*H(X)", []),
    ],
)
def test_nearly_tight_false_claims_that_floating_point_provers_accept(claim: str, givens: list[str]) -> None:
    assert judge(claim, givens) == "refuted"


@pytest.mark.parametrize(
    "claim",
    ["H(X,Y) >= 0.9999999999*H(X)", "H(X) + H(Y) >= 0.999999999999 H(X,Y)", "1.0000000001 I(X;Y) >= I(X;Y)"],
)
def test_nearly_tight_true_claims(claim: str) -> None:
    assert judge(claim, []) == "proved"


def test_the_models_used_here_can_contradict() -> None:
    """The net has no hole: a false claim, had it been proved, would have been caught."""
    statement = InformationClaim("I(X;Z) <= I(X;Y)")
    problem = Concrete(Question(statement.relations[0], [], None, ""), None).problem()
    answers = [holds(statement.relations[0], table, {}) for table in _random(problem.variables, ("p",), 0, 12)]
    assert any(isinstance(answer, Contradiction) for answer in answers)
    assert sum(1 for _ in random_models(problem, 0, 5)) == 5
