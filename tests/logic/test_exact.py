"""Exact values of entropies: zero is decided, signs are rigorous, infinities are explicit."""

from fractions import Fraction
from math import inf, isnan, log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semtheory.logic.distribution import Distribution
from semtheory.logic.exact import ExactLog, evaluate
from semtheory.notation.linear import CONSTANT, add, divergence, entropy, information

XOR = Distribution("XYZ", {(0, 0, 0): "1/4", (0, 1, 1): "1/4", (1, 0, 1): "1/4", (1, 1, 0): "1/4"})
integers = st.integers(1, 10**30)
sums = st.dictionaries(integers, st.fractions(-5, 5, max_denominator=30), max_size=6)


def test_entropy_of_a_fair_bit_is_one_log_2():
    assert evaluate(entropy("X"), {"p": XOR}) == ExactLog(((2, Fraction(1)),))
    assert str(evaluate(entropy("XY"), {"p": XOR})) == "2 log 2"


def test_pairs_of_xor_are_independent_and_the_triple_is_not():
    assert evaluate(information("X", "Y"), {"p": XOR}).is_zero
    assert evaluate(information("X", "Y", "Z"), {"p": XOR}).sign() == 1


def test_point_mass_has_entropy_zero():
    value = evaluate(entropy("X"), {"p": Distribution("X", {(3,): 1})})
    assert value.is_zero
    assert value.enclosure() == "0"
    assert str(value) == "0"


def test_cross_entropy_is_infinite_off_the_support():
    laws = {"p": Distribution("X", {(0,): "1/2", (1,): "1/2"}), "q": Distribution("X", {(0,): 1})}
    assert float(evaluate(divergence("X", "", "p", "q"), laws)) == inf
    assert evaluate(divergence("X", "", "p", "q"), laws).sign() == 1
    assert evaluate({k: -v for k, v in divergence("X", "", "p", "q").items()}, laws).sign() == -1
    assert float(evaluate(divergence("X", "", "q", "p"), laws)) == pytest.approx(log(2), rel=1e-15)


def test_infinity_minus_infinity_has_no_sign():
    p = Distribution("XY", {(0, 0): "1/2", (1, 1): "1/2"})
    q = Distribution("XY", {(0, 0): 1})
    value = evaluate(divergence("Y", "X", "p", "q"), {"p": p, "q": q})
    assert isnan(float(value))
    assert not value.is_zero
    assert value.enclosure() == "undefined"
    with pytest.raises(ArithmeticError, match="no sign"):
        value.sign()


def test_near_ties_are_decided():
    tiny = ExactLog.build({2: Fraction(1, 10**40)})
    assert tiny.sign() == 1
    assert float(tiny) == pytest.approx(log(2) * 1e-40, rel=1e-14)
    power, other = 3**100, 2**158  # 3^100 < 2^159, and 100 log 3 - 158.496... log 2 nearly cancels
    assert ExactLog.build({power: Fraction(1), other: Fraction(-1)}).sign() == 1
    near = ExactLog.build({2: Fraction(301029995663981195213738894724, 10**30), 10: Fraction(-1) / 1})
    assert near.sign() == -1
    # log10(2) = 0.30102999566398119521373889472449302676818988146210854131..., truncated and rounded up
    assert ExactLog.build({10: Fraction(301029995663981195213738894724, 10**30), 2: Fraction(-1)}).sign() == -1
    assert ExactLog.build({10: Fraction(301029995663981195213738894725, 10**30), 2: Fraction(-1)}).sign() == 1


def test_the_constant_is_one_nat():
    form = add({CONSTANT: Fraction(7, 10)}, entropy("X"), Fraction(-1))
    assert evaluate(form, {"p": XOR}).sign() == 1
    form[CONSTANT] = Fraction(69, 100)
    assert evaluate(form, {"p": XOR}).sign() == -1


def test_units():
    assert evaluate(entropy("X"), {"p": XOR}).enclosure("bits").startswith("[1.000000")
    assert evaluate(entropy("X"), {"p": XOR}).enclosure("nats").startswith("[0.693147")
    with pytest.raises(ValueError, match="furlongs"):
        evaluate(entropy("X"), {"p": XOR}).enclosure("furlongs")


@settings(deadline=None)
@given(sums, sums)
def test_sums_agree_with_floats_and_subtract_to_zero(left, right):
    x, y = ExactLog.build(left), ExactLog.build(right)
    expected = sum(float(c) * log(n) for n, c in left.items()) + sum(float(c) * log(n) for n, c in right.items())
    assert float(x + y) == pytest.approx(expected, abs=1e-10)
    assert (x + y - y - x).is_zero
    assert (x - y).sign() == -(y - x).sign()


@settings(deadline=None)
@given(integers, integers, st.integers(1, 9), st.integers(1, 9))
def test_logarithms_of_products_split(a, b, r, s):
    product = ExactLog.build({a**r * b**s: Fraction(1)})
    parts = ExactLog.build({a: Fraction(r)}) + ExactLog.build({b: Fraction(s)})
    assert (product - parts).is_zero


@settings(deadline=None)
@given(st.lists(st.integers(1, 50), min_size=1, max_size=8))
def test_entropy_agrees_with_its_definition(weights):
    total = sum(weights)
    law = Distribution("X", {(i,): Fraction(w, total) for i, w in enumerate(weights)})
    expected = -sum(w / total * log(w / total) for w in weights)
    assert float(evaluate(entropy("X"), {"p": law})) == pytest.approx(expected, abs=1e-12)
