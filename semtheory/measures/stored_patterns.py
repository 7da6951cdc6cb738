"""Energies of stored patterns, and the attention update that lowers one of them.

With patterns rho_1..rho_d in R^n and r_i = |x - rho_i|^2:

    nearest   g(x) = min r_i
    soft      E(x) = -log sum e^{-r_i}
    hopfield  2 E_MCHN(x) = -log sum e^{2 rho_i.x} + |x|^2 + log d + max |rho|^2      (the modern continuous Hopfield energy, times 2, at beta = 2)

and, with Delta = max |rho|^2 - min |rho|^2, g - log d <= E <= g and -Delta <= E - (2 E_MCHN - log d) <= 0 (AR4). Ramsauer et al. 2021; Niu, Bai, Deng
and Han 2024 (arXiv 2405.08707).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from semtheory.errors import InputError
from semtheory.measures._arrays import Array
from semtheory.processes._checks import count, real_array

MOST_TERMS = 100_000


@dataclass(frozen=True)
class PatternEnergies:
    """The three energies at a point, pure numbers.

    Attributes:
        nearest: g. soft: E. hopfield: 2 E_MCHN. spread: Delta. patterns: d.
    """

    nearest: float
    soft: float
    hopfield: float
    spread: float
    patterns: int


def pattern_energies(point: Any, patterns: Any) -> PatternEnergies:
    """The nearest-pattern, soft and Hopfield energies of `point` (n) for `patterns` (d, n).

    Raises:
        InputError: shapes that do not fit, no pattern, or a number that is not finite.
    """
    x, stored = _read(point, patterns)
    far = ((x - stored) ** 2).sum(axis=1)
    sizes = (stored**2).sum(axis=1)
    hopfield = -_log_sum_exp(2 * stored @ x) + float(x @ x) + math.log(len(stored)) + float(sizes.max())
    return PatternEnergies(
        float(far.min()), -_log_sum_exp(-far), hopfield, float(sizes.max() - sizes.min()), len(stored)
    )


def attention_energy(point: Any, patterns: Any, beta: float = 1.0) -> float:
    """-beta^{-1} log sum_mu e^{beta m_mu.x} + |x|^2/2, x `point` (n), m_mu the rows of `patterns` (d, n).

    Raises:
        InputError: beta not above 0, and as in `pattern_energies`.
    """
    x, stored = _read(point, patterns)
    return -_log_sum_exp(_sharpness(beta) * (stored @ x)) / beta + float(x @ x) / 2


def attention_update(point: Any, patterns: Any, beta: float = 1.0, *, values: Any = None) -> Array:
    """sum_mu softmax(beta M x)_mu v_mu: what attention with query x reads. Values are the patterns unless given, (d, k).

    With the patterns as values it never raises `attention_energy` (AR3); with other values it may run round a cycle.

    Raises:
        InputError: another number of values than patterns, and as in `attention_energy`.
    """
    x, stored = _read(point, patterns)
    read = stored if values is None else real_array("values", values, 2)
    if len(read) != len(stored):
        raise InputError(f"values has {len(read)} rows: expected {len(stored)}, one for each pattern")
    scores = _sharpness(beta) * (stored @ x)
    weights = np.exp(scores - scores.max())
    return np.asarray(weights @ read / weights.sum())


def log_gaussian_ball(dimension: int, radius: float) -> float:
    """log of the integral of e^{-|x|^2} over the ball of `radius` r in R^n: log[pi^{n/2} gamma(n/2, r^2)/Gamma(n/2)].

    gamma(a, u) = u^a e^{-u}/a 1F1(1; a+1; u), a sum of positive terms, so small balls in many dimensions lose no digits; enclosed, to the
    last digit or so.

    Args:
        dimension: n >= 1. radius: r > 0.

    Raises:
        InputError: n < 1, r not a number above 0, or so many dimensions that no float can be given.
    """
    import flint

    n = count("dimension", dimension, 1)
    if isinstance(radius, bool) or not isinstance(radius, (int, float, np.number)) or not 0 < float(radius) < math.inf:
        raise InputError(f"radius={radius!r}: expected a number above 0")
    before = flint.ctx.prec
    bits = 128 + max(0, 2 * math.frexp(radius)[1])  # log 1F1 nearly cancels r^2 in a large ball
    try:
        for precision in (bits, 2 * bits):
            flint.ctx.prec = precision
            half, square = flint.arb(n) / 2, flint.arb(float(radius)) ** 2
            series = _confluent(half, square, precision)
            found = half * (flint.arb.pi() * square).log() - square + series.log() - (half + 1).lgamma()
            if found.rad() < flint.arb(2) ** -60 * (1 + abs(found.mid())) and math.isfinite(float(found)):
                return float(found)
    finally:
        flint.ctx.prec = before
    raise InputError(
        f"dimension={dimension!r}, radius={radius!r}: no float, or a series that does not settle; expected a smaller dimension"
    )


def _confluent(a: Any, u: Any, bits: int) -> Any:
    """1F1(1; a+1; u) = 1 + u/(a+1) + u^2/((a+1)(a+2)) + ..., a ball. For u < a by its terms, on which Arb may give up."""
    import flint

    term = total = flint.arb(1)
    for k in range(1, MOST_TERMS if u < a else 1):
        term *= u / (a + k)
        total += term
        rest = term * u / (a + k + 1 - u)  # a geometric series is larger
        if k % 16 == 0 and rest < flint.arb(2) ** -bits:
            return total.union(total + rest)
    return u.hypgeom([flint.arb(1)], [a + 1])


def _read(point: Any, patterns: Any) -> tuple[Array, Array]:
    x, stored = real_array("point", point, 1), real_array("patterns", patterns, 2)
    if not len(stored):
        raise InputError("patterns is empty: expected at least one row")
    if stored.shape[1] != len(x):
        raise InputError(f"point has {len(x)} entries, patterns {stored.shape[1]} columns: expected as many")
    return x, stored


def _sharpness(beta: float) -> float:
    if not (isinstance(beta, (int, float, np.number)) and 0 < float(beta) < math.inf):
        raise InputError(f"beta={beta!r}: expected a number above 0")
    return float(beta)


def _log_sum_exp(values: Array) -> float:
    top = float(values.max())
    return top + math.log(float(np.exp(values - top).sum()))
