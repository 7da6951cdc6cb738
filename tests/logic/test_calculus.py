"""Statements on functions: identities, derivatives, signs, sums; proofs found, false ones refuted, neither guessed."""

from __future__ import annotations

import time

import pytest
import sympy

from semtheory.errors import CertificateError, TheoremError
from semtheory.logic.calculus import Derivative, Identity, Sign, Termwise
from semtheory.logic.checker_analysis import check_analysis
from semtheory.logic.result import Deadline
from semtheory.logic.trees import from_tree, to_tree, witness

x, y, p, q, a, b, E, T, U, M0, M1, M2 = sympy.symbols("x y p q a b E T U M0 M1 M2")
log, exp = sympy.log, sympy.exp
UNIT = [p > 0, 1 - p > 0, q > 0, 1 - q > 0]
DIVERGENCE = p * log(p / q) + (1 - p) * log((1 - p) / (1 - q))
tangent = Sign("x - 1 - log x >= 0", x - 1 - log(x), "x", facts=[x > 0])

TRUE = [
    tangent,
    Sign("x log x >= x - 1", x * log(x) - x + 1, facts=[x > 0], lemmas=[(tangent, {"x": 1 / x})]),
    Sign("e^x >= 1 + x", exp(x) - 1 - x, lemmas=[(tangent, {"x": exp(x)})]),
    Sign("two letters", DIVERGENCE, "q", facts=UNIT),
    Sign("Pinsker", DIVERGENCE - 2 * (p - q) ** 2, "q", facts=UNIT, strict=True),
    Sign("log(1 + x) >= x/(1 + x)", log(1 + x) - x / (1 + x), "x", facts=[x >= 0, 1 + x > 0]),
    Sign("log(1 + x) <= x", x - log(1 + x), "x", facts=[x >= 0]),
    Sign("4 p (1 - p) <= 1", 1 - 4 * p * (1 - p)),
    Sign("a^4 + b^4 >= 2 a^2 b^2", a**4 + b**4 - 2 * a**2 * b**2),
    Sign("squares", a**2 + a * b + b**2),
    Sign("strictly", a**2 + 1, relation=">"),
    Identity("log of a product", log(x * y**2), log(x) + 2 * log(y), facts=[x > 0, y > 0]),
    Identity("telescope", 1 / x - 1 / (x + 1), 1 / (x * (x + 1)), facts=[x > 0]),
    Derivative(
        "h' = log((1-p)/p)", -p * log(p) - (1 - p) * log(1 - p), "p", log((1 - p) / p), facts=[p > 0, 1 - p > 0]
    ),
    Derivative("logistic", 1 / (1 + exp(-x)), "x", exp(-x) / (1 + exp(-x)) ** 2),
    Termwise("sum of squares", M2 - 2 * U * M1 + U**2 * M0, sums={"M0": 1, "M1": E, "M2": E**2}, point=["E"]),
]


@pytest.mark.parametrize("statement", TRUE, ids=lambda s: s.text)
def test_proved_and_not_contradicted_by_numbers(statement: Sign) -> None:
    result = statement.decide()
    assert result.verdict == "proved", result
    assert result.certificate is not None
    assert check_analysis(result.certificate)
    assert statement.shadow(seed=3, examples=40) >= 10  # type: ignore[operator]


FALSE = [
    Sign("x - 1 - log x > 0", x - 1 - log(x), facts=[x > 0], relation=">"),
    Sign("x - 1 - log x >= 1/1000", x - 1 - log(x) - sympy.Rational(1, 1000), "x", facts=[x > 0]),
    Sign("Pinsker with 2.01", DIVERGENCE - sympy.Rational(201, 100) * (p - q) ** 2, "q", facts=UNIT),
    Sign("Pinsker with 2 + 10^-6", DIVERGENCE - (2 + sympy.Rational(1, 10**6)) * (p - q) ** 2, "q", facts=UNIT),
    Sign("squares", a**2 + 3 * a * b + b**2),
    Sign("e^x >= 1 + 2x", exp(x) - 1 - 2 * x),
    Sign("log(1 + x) >= x/2", log(1 + x) - x / 2, "x", facts=[x >= 0]),
    Identity("log of a sum", log(x + y), log(x) + log(y), facts=[x > 0, y > 0]),
    Derivative("h' flipped", -p * log(p) - (1 - p) * log(1 - p), "p", log(p / (1 - p)), facts=[p > 0, 1 - p > 0]),
    Derivative("Var with plus", M1 / M0, "b", M2 / M0 + (M1 / M0) ** 2,
               sums={"M0": exp(-b * E), "M1": E * exp(-b * E), "M2": E**2 * exp(-b * E)}, point=["E"]),
    Termwise("sum of differences", M2 - M1, sums={"M1": E, "M2": E**2}, point=["E"]),
]  # fmt: skip


@pytest.mark.parametrize("statement", FALSE, ids=lambda s: s.text)
def test_refuted_at_a_point_that_the_checker_confirms(statement: Sign) -> None:
    result = statement.decide()
    assert result.verdict == "refuted", result
    assert result.counterexample is not None
    assert check_analysis(result.counterexample.to_json())


def test_strictness_is_asked_for() -> None:
    """x^2 (x - 1)^2: the minimum is attained twice, so `strict` finds no proof, and nothing false is said."""
    twice = Sign("twice", x**2 * (x - 1) ** 2, "x", strict=True)
    assert twice.decide().verdict == "undecided"
    once = Sign("once", (x - 1) ** 2, "x", strict=True).decide()
    assert once.verdict == "proved"
    assert "only at" in once.note


def test_wrong_place_of_the_minimum() -> None:
    assert Sign("at 2", x - 1 - log(x), "x", facts=[x > 0], at=2).decide().verdict == "undecided"


def test_a_missing_fact_costs_the_proof() -> None:
    assert Sign("no domain", x - 1 - log(x), "x").decide().verdict == "undecided"
    assert Identity("no domain", log(x * y), log(x) + log(y)).decide().verdict == "undecided"


def test_an_argument_of_false_lemma_is_not_used() -> None:
    false = Sign("x >= 1", x - 1, facts=[x > 0])
    assert Sign("from it", y, lemmas=[(false, {"x": y + 1})]).decide().verdict != "proved"


def test_contradictory_facts_are_said_so() -> None:
    with pytest.raises(TheoremError, match="no rational point was found that satisfies all facts"):
        Sign("vacuous", -(x**2) - 1, facts=[x > 0, -x > 0]).decide()


def test_a_sum_of_terms_that_may_be_undefined_has_no_sign() -> None:
    """sum sqrt(a_i) is 0 at a = 0, and sum a_i^b is negative at a = -1, b = 3."""
    S = sympy.Symbol("S")
    roots = Sign("roots", S, sums={"S": sympy.sqrt(a)}, point=["a"], facts=[a >= 0], relation=">").decide()
    powers = Sign("powers", S, sums={"S": a**b}, point=["a"], relation=">").decide()
    assert roots.verdict == powers.verdict == "undecided"
    assert "log of a, which is not shown to be > 0" in powers.note
    assert Sign("roots", S, sums={"S": sympy.sqrt(a)}, point=["a"], facts=[a > 0], relation=">").decide().verdict == "proved"
    with pytest.raises(TheoremError, match="a fact on S"):
        Sign("squares", S, sums={"S": -(a**2)}, point=["a"], facts=[S > 0], relation=">")


@pytest.mark.parametrize(
    "function", [exp(sympy.Rational(314159, 100000)) - 23, exp(sympy.Rational(123456, 1000)) * x - 1, x ** sympy.Rational(31415, 10000) - x, exp(10**6) - x], ids=str
)
def test_large_exponents_do_not_hold_up_an_answer(function: sympy.Expr) -> None:
    start = time.perf_counter()
    assert Sign("large", function, "x", facts=[x > 1]).decide(deadline=Deadline(3)).verdict in ("undecided", "refuted")
    assert time.perf_counter() - start < 10


@pytest.mark.parametrize(
    "statement",
    [
        Sign("a pole", (x**2 - 1) / (x - 1), facts=[x > 0], relation=">"),
        Sign("a high power", x**100),
        Identity("a high power", x**100, x**100),
        Sign("far away", x, facts=[x > 1000]),
    ],
    ids=lambda s: s.text,
)
def test_what_the_checker_does_not_take_is_undecided(statement: Sign) -> None:
    assert statement.decide().verdict == "undecided"


def test_what_cannot_be_read_is_said_so() -> None:
    with pytest.raises(TheoremError, match="no formula"):
        Sign("a slip", "x +* 1")
    with pytest.raises(TheoremError, match="without log or exp"):
        Sign("a fact", x, facts=[log(x) > 0])


def test_a_wrong_derivative_in_a_certificate() -> None:
    result = Derivative("x^3", x**3, "x", 3 * x**2).decide()
    assert result.certificate is not None
    with pytest.raises(CertificateError, match="derivative: the derivative of"):
        check_analysis({**result.certificate, "result": to_tree(3 * x)})


def test_trees_there_and_back() -> None:
    for e in (x - 1 - log(x), exp(-x / 2) / (1 + x) ** 3, DIVERGENCE, sympy.Rational(-3, 4), sympy.sqrt(2) * x, 2**x):
        back = from_tree(to_tree(e))
        values = {x: sympy.Rational(1, 3), p: sympy.Rational(1, 5), q: sympy.Rational(2, 7)}
        assert abs(sympy.N(back.subs(values) - e.subs(values), 30)) < 1e-25


def test_witness_is_exact() -> None:
    facts = [(to_tree(x - 1), ">"), (to_tree(2 - x), ">=")]
    found = witness(facts, ["x"])
    assert 1 < sympy.Rational(found["x"]) <= 2
