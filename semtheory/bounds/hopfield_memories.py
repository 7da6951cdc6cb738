"""Associative memories of +-1 spins: the classical Hopfield model and the dense ones, formulas and simulations.

Hopfield's network stores about 0.138 N patterns *with errors* (1.6 % wrong bits); without errors N/(2 ln N) for one given pattern and
N/(4 ln N) for all (McEliece et al. 1987).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import sympy

from semtheory.bounds.balls import ball_of
from semtheory.bounds.formula import Formula, Parameter
from semtheory.bounds.functions import XLogX
from semtheory.errors import InputError
from semtheory.processes._checks import count
from semtheory.values import PURE, Value

Y = Parameter("y", "overlap field", above=0)
N = Parameter("N", "neurons", least=3, whole=True)
RHO = Parameter("rho", "fraction of wrong bits at the start", least=0, below=sympy.Rational(1, 2), latex=r"\rho")
DEGREE = Parameter("n", "degree of the interaction", least=2, whole=True)

_y, _N, _rho, _n = Y.symbol, N.symbol, RHO.symbol, DEGREE.symbol
LOAD_AT = Formula(
    "load of the replica-symmetric Hopfield memory",
    [Y],
    (sympy.erf(_y) / _y - 2 / sympy.sqrt(sympy.pi) * sympy.exp(-(_y**2))) ** 2 / 2,
    unit="patterns per neuron",
    source="Amit, Gutfreund and Sompolinsky 1985, 1987, zero temperature",
    label=r"\alpha(y)",
)
ONE_WITHOUT_ERROR = Formula(
    "patterns, one given pattern recalled without error",
    [N],
    _N / (2 * sympy.log(_N)),
    unit="patterns",
    source="McEliece, Posner, Rodemich and Venkatesh 1987, as N grows",
)
ALL_WITHOUT_ERROR = Formula(
    "patterns, all recalled without error",
    [N],
    _N / (4 * sympy.log(_N)),
    unit="patterns",
    source="McEliece, Posner, Rodemich and Venkatesh 1987, as N grows",
)
DENSE_RATE = Formula(
    "rate of the exponential dense memory",
    [RHO],
    (XLogX(2 - 2 * _rho) + XLogX(2 * _rho)) / 4,
    unit="nats",
    source="Demircigil et al. 2017: I(1 - 2 rho)/2, I(a) = ((1+a) ln(1+a) + (1-a) ln(1-a))/2",
    label=r"\alpha",
)
DENSE_PATTERNS = Formula(
    "patterns of the dense memory of degree n, the guaranteed order",
    [N, DEGREE],
    _N ** (_n - 1) * sympy.sqrt(sympy.pi) / (2**_n * sympy.gamma(_n - sympy.Rational(1, 2)) * sympy.log(_N)),
    unit="patterns",
    source="Demircigil et al. 2017: N^(n-1)/(c ln N) for every c > 2 (2n-3)!!; c = 2 (2n-3)!! here",
    note="a supremum over the constants c, as N grows",
)


@dataclass(frozen=True)
class HopfieldCapacity:
    """Two capacities that are often taken for one. `float()` gives the first.

    Attributes:
        with_errors: patterns per neuron at which retrieval breaks down, 0.138. overlap: m = erf(y) there, 0.967; wrong_bits: (1 - m)/2.
        one_without_error, all_without_error: N/(2 ln N) and N/(4 ln N) patterns; None when no number of neurons was given.
    """

    with_errors: Value
    overlap: Value
    wrong_bits: Value
    one_without_error: Value | None
    all_without_error: Value | None

    def __float__(self) -> float:
        return float(self.with_errors)


def hopfield_capacity(neurons: int | None = None) -> HopfieldCapacity:
    """The capacity of Hopfield's network with errors, by a maximum enclosed in balls, and without, for `neurons` >= 3.

    Raises:
        InputError: fewer than 3 neurons.
    """
    load, overlap = _breakdown()
    if neurons is not None:
        count("neurons", neurons, 3)
    wrong = Value((1 - overlap) / 2, (1 - overlap.upper) / 2, (1 - overlap.lower) / 2, PURE)
    return HopfieldCapacity(
        load,
        overlap,
        wrong,
        None if neurons is None else ONE_WITHOUT_ERROR(neurons),
        None if neurons is None else ALL_WITHOUT_ERROR(neurons),
    )


@cache
def _breakdown() -> tuple[Value, Value]:
    """The maximum of `LOAD_AT`, and erf(y) there.

    Its root g = erf(y)/y - (2/sqrt pi) e^{-y^2} has y^2 g' = h = (2/sqrt pi) e^{-y^2} (y + 2 y^3) - erf(y). Balls show h > 0 on [1/2, a] and
    h < 0 on [b, 4]; below 1/2, g <= (2/sqrt pi)(1 - e^{-1/4}) < g(1); beyond 4, g <= 1/4 < g(1). So the maximum lies in [a, b].
    """
    import flint

    rise = 2 / sympy.sqrt(sympy.pi) * sympy.exp(-(_y**2)) * (_y + 2 * _y**3) - sympy.erf(_y)
    low, high = Fraction(1, 2), Fraction(4)
    before = flint.ctx.prec
    try:
        flint.ctx.prec = 160

        def sign(left: Fraction, right: Fraction) -> int:
            ends = [flint.arb(flint.fmpq(end.numerator, end.denominator)) for end in (left, right)]
            value = ball_of(rise, {"y": ends[0].union(ends[1])})
            return 1 if (value > 0) is True else -1 if (value < 0) is True else 0

        a, b = Fraction(3, 2), Fraction(38, 25)
        while b - a > Fraction(1, 10**14):
            middle = (a + b) / 2
            a, b = (middle, b) if sign(middle, middle) > 0 else (a, middle)
        width = Fraction(1, 10**13)
        a, b = a - width, b + width
        for left, right, wanted in ((low, a, 1), (b, high, -1)):
            parts = [(left, right)]
            while parts:
                u, v = parts.pop()
                if sign(u, v) != wanted:
                    if v - u < Fraction(1, 10**20):
                        raise ArithmeticError(f"the sign of the slope of the load is not shown on [{u}, {v}]")
                    parts += [(u, (u + v) / 2), ((u + v) / 2, v)]
    finally:
        flint.ctx.prec = before
    load = LOAD_AT.enclose(y=(a, b), parts=1)
    centre = float((a + b) / 2)
    overlap = Value(math.erf(centre), math.erf(float(a)) - 1e-15, math.erf(float(b)) + 1e-15, PURE)
    ends = math.nextafter(float(load.lower()), 0), math.nextafter(float(load.upper()), 1)
    return Value(float(load.mid()), *ends, PURE, why="with about 1.6 % wrong bits; replica symmetric, T = 0"), overlap


def hopfield_one_step_error(patterns: int, neurons: int) -> Fraction:
    """The exact probability that one given bit of a stored pattern is turned by the first step.

    Patterns of fair signs; the bit turns when (P-1)(N-1) independent fair signs add up to more than N-1 against it (at a tie it stays).
    About Q(sqrt(N/P)). Exact; up to 10^5 signs.

    Raises:
        InputError: patterns < 1, neurons < 2, more than 10^5 signs.
    """
    signs = (count("patterns", patterns, 1) - 1) * (count("neurons", neurons, 2) - 1)
    if signs > 10**5:
        raise InputError(
            f"patterns={patterns}, neurons={neurons}: {signs} signs, expected at most 100000; use Q(sqrt(N/P))"
        )
    total, term = 0, 1
    for k in range(signs + 1):  # k signs for the bit, signs - 2k > N - 1
        if signs - 2 * k <= neurons - 1:
            break
        total += term
        term = term * (signs - k) // (k + 1)
    return Fraction(total, 2**signs)


def dense_memory_rate(corruption: Any, *, unit: str | None = None) -> Any:
    """The rate alpha below which e^(alpha N) patterns are each recalled from a fraction `corruption` of wrong bits: (ln 2 - H(rho))/2.

    Exponential interaction (Demircigil et al. 2017). A `Value` in nats for a number, an array for an array; 0 <= corruption < 1/2.
    """
    return DENSE_RATE(corruption, unit=unit)


def dense_memory_patterns(neurons: Any, degree: Any) -> Any:
    """Patterns of the dense memory of degree n >= 2: N^(n-1)/(2 (2n-3)!! ln N) (Demircigil et al. 2017), one given pattern kept."""
    return DENSE_PATTERNS(neurons, degree)


@dataclass(frozen=True)
class Retrieval:
    """What a simulated memory did. `overlap`, `wrong_bits`: means over the trials, with a standard error `error`; `trials`."""

    overlap: float
    wrong_bits: float
    error: float
    trials: int


def simulate_memory(
    neurons: int,
    patterns: int,
    *,
    degree: int | None = 2,
    corruption: float = 0.0,
    steps: int = 20,
    trials: int = 10,
    seed: int = 0,
) -> Retrieval:
    """Store fair +-1 patterns, start from one of them with wrong bits, update all bits in parallel, and compare with it.

    A bit becomes the sign of sum_mu [F(m_mu + x_mu,i) - F(m_mu - x_mu,i)], where m_mu is the overlap (sum over the other bits) with pattern mu:
    F(z) = z^degree, or e^z for `degree=None`; ties keep the bit. Degree 2 is Hopfield's network.

    Args:
        neurons, patterns: N >= 2 and P >= 1. corruption: fraction of bits turned at the start, rounded to whole bits. steps: at most.
    """
    size, stored = count("neurons", neurons, 2), count("patterns", patterns, 1)
    if degree is not None:
        count("degree", degree, 2)
    if not 0 <= corruption <= 0.5:
        raise InputError(f"corruption={corruption!r}: expected a fraction of bits, 0 to 0.5")
    rng = np.random.default_rng(seed)
    overlaps = []
    for _ in range(count("trials", trials, 1)):
        x = rng.choice([-1.0, 1.0], size=(stored, size))
        state = x[0].copy()
        state[rng.permutation(size)[: round(corruption * size)]] *= -1
        for _ in range(count("steps", steps, 1)):
            others = (x @ state)[:, None] - x * state  # (P, N): overlap without the bit itself
            if degree is None:
                shift = others.max()
                field = 2 * math.sinh(1) * (np.exp(others - shift) * x).sum(axis=0)
            else:
                field = ((others + x) ** degree - (others - x) ** degree).sum(axis=0)
            fresh = np.where(field == 0, state, np.sign(field))
            if np.array_equal(fresh, state):
                break
            state = fresh
        overlaps.append(float(x[0] @ state) / size)
    mean = float(np.mean(overlaps))
    error = float(np.std(overlaps, ddof=1) / math.sqrt(trials)) if trials > 1 else math.nan
    return Retrieval(mean, (1 - mean) / 2, error, trials)
