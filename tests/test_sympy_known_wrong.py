"""Answers of SymPy 1.14 and mpmath that are wrong or missing, pinned: an upgrade that mends one is reported here.

None of them is relied on anywhere; beside each stands how this package gets it right.
"""

from __future__ import annotations

import flint
import mpmath
import pytest
import sympy
from sympy.calculus.util import is_convex

from semtheory.logic.calculus import Derivative, Sign

x = sympy.Symbol("x")
p = sympy.Symbol("p", positive=True)


def test_integral_of_a_reciprocal_quadratic() -> None:
    """SymPy says 0. Here an integral is believed after differentiating back: 0 does not pass."""
    a, b, c, t = sympy.symbols("a b c t", real=True)
    claimed = sympy.integrate(1 / (a * t**2 + b * t + c), t)
    assert claimed == 0
    back = Derivative("antiderivative", sympy.Integer(0), "x", 1 / (1 + x + x**2), facts=[1 + x + x**2 > 0])
    assert back.decide().verdict == "refuted"


def test_convexity_of_minus_log() -> None:
    """SymPy says not convex. The second derivative is 1/x^2 > 0."""
    assert is_convex(-sympy.log(p), p) is False
    assert Derivative("slope", -sympy.log(x), "x", -1 / x, facts=[x > 0]).decide().verdict == "proved"
    assert Derivative("bend", -1 / x, "x", x**-2, facts=[x > 0]).decide().verdict == "proved"
    assert Sign("convex", x**-2, facts=[x > 0], relation=">").decide().verdict == "proved"


def test_sign_of_the_tangent_gap() -> None:
    """SymPy does not know the sign of p - 1 - log p."""
    assert (p - 1 - sympy.log(p)).is_nonnegative is None
    assert Sign("gap", x - 1 - sympy.log(x), "x", facts=[x > 0]).decide().verdict == "proved"


@pytest.mark.parametrize(
    ("numerator", "denominator", "bits"),
    [(3893924827815215, 1125899906842624, 53), (1381846513289487, 70368744177664, 113)],
)
def test_intervals_of_mpmath_are_not_enclosures(numerator: int, denominator: int, bits: int) -> None:
    """The upper end of mpmath.iv.exp lies below the true value at these dyadic inputs (mpmath issue 1181); Arb's does not."""
    with mpmath.workprec(400):
        exact = mpmath.exp(mpmath.mpf(numerator) / denominator)
        before = mpmath.iv.prec
        try:
            mpmath.iv.prec = bits
            wrong = mpmath.iv.exp(mpmath.iv.mpf(numerator) / denominator)
        finally:
            mpmath.iv.prec = before
        assert mpmath.mpf(wrong.b) < exact
        upper = mpmath.mpf(wrong.b)
        mantissa, exponent = int(upper.man), int(upper.exp)
    with flint.ctx.workprec(400):
        ball = flint.arb(flint.fmpq(numerator, denominator)).exp()
        assert (ball > flint.arb(flint.fmpz(mantissa)) * flint.arb(2) ** exponent) is True
    with flint.ctx.workprec(bits):
        same = flint.arb(flint.fmpq(numerator, denominator)).exp()
    assert same.contains(ball), "at the same precision Arb's ball holds the true value"
