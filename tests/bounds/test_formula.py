"""One formula, three readings: floats, balls and mpmath agree; domains are enforced by name."""

from __future__ import annotations

import math
import random
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy

from semtheory.bounds import Formula, Parameter
from semtheory.bounds.attention_memories import GAUSSIAN_ALL, RAMSAUER_COUNT, SPHERICAL
from semtheory.bounds.balls import enclose_expression
from semtheory.bounds.functions import Phi, XLogX
from semtheory.bounds.hopfield_memories import DENSE_PATTERNS, DENSE_RATE, LOAD_AT
from semtheory.bounds.packing import CERTIFICATE, EXACT_TAILS, JOHNSON_LINDENSTRAUSS, WELCH
from semtheory.bounds.perceptron_capacity import GARDNER
from semtheory.errors import InputError

x, y = sympy.symbols("x y")
FUNCTIONS = {
    "erf": (sympy.erf(x), mpmath.erf, (-4, 4)),
    "erfc": (sympy.erfc(x), mpmath.erfc, (-4, 8)),
    "Phi": (Phi(x), mpmath.ncdf, (-8, 4)),
    "LambertW": (sympy.LambertW(x), mpmath.lambertw, (-0.36, 9)),
    "gamma": (sympy.gamma(x), mpmath.gamma, (0.1, 9)),
    "loggamma": (sympy.loggamma(x), mpmath.loggamma, (0.1, 90)),
    "uppergamma": (sympy.uppergamma(sympy.Rational(7, 2), x), lambda v: mpmath.gammainc(3.5, v), (0.1, 20)),
    "lowergamma": (sympy.lowergamma(sympy.Rational(7, 2), x), lambda v: mpmath.gammainc(3.5, 0, v), (0.1, 20)),
    "XLogX": (XLogX(x), lambda v: v * mpmath.log(v), (0.001, 3)),
    "sqrt": (sympy.sqrt(x), mpmath.sqrt, (0.1, 9)),
    "power": (x ** sympy.Rational(7, 3), lambda v: v ** (mpmath.mpf(7) / 3), (0.1, 9)),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_balls_hold_what_mpmath_finds(name: str) -> None:
    expression, reference, (low, high) = FUNCTIONS[name]
    chance = random.Random(name)
    with mpmath.workdps(60):
        for _ in range(40):
            value = Fraction(chance.uniform(low, high))
            ball = enclose_expression(expression, {"x": (value, value)})
            true = mpmath.re(reference(mpmath.mpf(value.numerator) / value.denominator))
            assert (
                abs(mpmath.mpf(ball.mid().str(50, radius=False)) - true)
                <= abs(true) * mpmath.mpf(2) ** -55 + mpmath.mpf(10) ** -40
            )
            wide = enclose_expression(expression, {"x": (value, value + Fraction(1, 100))})
            assert wide.contains(ball) is True  # a wider argument, a wider ball


FORMULAS = {
    GARDNER: lambda r: [r.uniform(-3, 5)],
    SPHERICAL: lambda r: [r.uniform(0, 4)],
    GAUSSIAN_ALL: lambda r: [r.uniform(0.01, 2)],
    DENSE_RATE: lambda r: [r.uniform(0, 0.499)],
    LOAD_AT: lambda r: [r.uniform(0.5, 4)],
    JOHNSON_LINDENSTRAUSS: lambda r: [r.randint(2, 10**6), r.uniform(0.01, 0.99)],
    CERTIFICATE: lambda r: [r.randint(2, 1000), r.randint(1, 500), r.uniform(0.01, 0.99)],
    EXACT_TAILS: lambda r: [r.randint(2, 1000), r.randint(1, 200), r.uniform(0.01, 0.99)],
    RAMSAUER_COUNT: lambda r: [r.randint(10, 90), r.uniform(0.5, 2), r.uniform(0.5, 3), r.uniform(0.001, 0.5)],
    DENSE_PATTERNS: lambda r: [r.randint(10, 200), r.randint(2, 6)],
    WELCH: lambda r: [r.randint(20, 90), r.randint(1, 19)],
}


@pytest.mark.parametrize("formula", FORMULAS, ids=lambda f: f.name)
def test_floats_arrays_and_balls_agree(formula: Formula) -> None:
    chance = random.Random(1)
    points = [FORMULAS[formula](chance) for _ in range(20)]
    array = formula(*(np.array(column) for column in zip(*points, strict=True)))
    for point, found in zip(points, array, strict=True):
        value = formula(*point)
        assert value.lower <= float(value) <= value.upper
        assert found == pytest.approx(float(value), rel=1e-9, abs=1e-300)
        names = [p.name for p in formula.parameters]
        assert formula.enclose(**dict(zip(names, point, strict=True))).overlaps(
            formula.enclose(**dict(zip(names, point, strict=True)), bits=120)
        )
    assert formula.latex
    assert formula.source
    assert formula.name in formula.axis


def test_broadcasting_and_units() -> None:
    n = Parameter("n", "how many", least=1, whole=True)
    eps = Parameter("eps", "error", above=0, below=1)
    f = Formula("rate", [n, eps], sympy.log(n.symbol) / eps.symbol, unit="nats", source="here", note="as said")
    table = f([[1], [2], [4]], [0.25, 0.5])
    assert table.shape == (3, 2)
    assert table[1, 1] == pytest.approx(2 * math.log(2))
    assert f(2, "1/2", unit="bits") == pytest.approx(2)
    assert f(2, "1/2").why == "as said"
    assert f([2, 4], 0.5, unit="bits") == pytest.approx([2, 4])
    assert f.facts == [n.symbol >= 1, eps.symbol > 0, eps.symbol < 1]
    assert f.enclose(n=2, eps=("1/4", "1/2")).contains(f.enclose(n=2, eps="1/3"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 0.5), "n=0: expected a whole number, at least 1"),
        ((1.5, 0.5), "n=1.5"),
        ((2, 1), "eps=1: expected a finite number, above 0 and below 1"),
        ((2, math.nan), "eps=nan"),
        ((2, "x"), "eps='x'"),
        (([1, 2], [0.1, 0.2, 0.3]), "shapes do not fit"),
        (([1, -2], 0.1), r"n\[1\]=-2"),
        (([], 0.1), "n is empty"),
        ((2,), "no value for eps"),
        ((2, 0.5, 3), "3 arguments"),
    ],
)
def test_what_is_refused(arguments: tuple[object, ...], message: str) -> None:
    n, eps = Parameter("n", "how many", least=1, whole=True), Parameter("eps", "error", above=0, below=1)
    f = Formula("rate", [n, eps], sympy.log(n.symbol) / eps.symbol, source="here")
    with pytest.raises(InputError, match=message):
        f(*arguments)
    with pytest.raises(InputError, match="does not convert"):
        f(2, 0.5, unit="bits")
    with pytest.raises(InputError, match="argument m is unknown"):
        f(2, m=1)


def test_a_formula_must_declare_its_symbols_and_be_exact() -> None:
    p = Parameter("x", "x")
    with pytest.raises(InputError, match="no parameter for y"):
        Formula("f", [p], x + y, source="here")
    with pytest.raises(InputError, match="are floats"):
        Formula("f", [p], x * 0.1, source="here")
    with pytest.raises(InputError, match="is not finite"):
        Formula("f", [p], sympy.log(x), source="here")(-1)
    with pytest.raises(InputError, match="no enclosure"):
        Formula("f", [p], sympy.zeta(x), source="here").enclose(x=2)
