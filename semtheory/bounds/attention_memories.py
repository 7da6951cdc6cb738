"""Continuous memories read by softmax attention: Ramsauer's guarantee, the separation bound, exponential capacities of Lucibello and Mezard."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy

from semtheory.bounds.formula import Formula, Parameter
from semtheory.errors import InputError
from semtheory.processes._checks import real_array
from semtheory.values import Value

BETA = Parameter("beta", "inverse temperature", above=0, latex=r"\beta")
RADIUS = Parameter("K", "patterns lie on a sphere of radius K sqrt(d - 1)", above=0)
DIMENSION = Parameter("d", "dimension", least=2, whole=True)
FAILURE = Parameter("p", "probability of failure", above=0, below=1)
_b, _K, _d, _p = BETA.symbol, RADIUS.symbol, DIMENSION.symbol, FAILURE.symbol
_slope = 2 * _K**2 * _b / 5
_shift = 2 / (_d - 1) * (1 + sympy.log(2 * _b * _K**2 * _p * (_d - 1)))
_c = _slope / sympy.LambertW(sympy.exp(_shift + sympy.log(_slope)))
RAMSAUER_BASE = Formula(
    "base of Ramsauer's capacity",
    [DIMENSION, BETA, RADIUS, FAILURE],
    _c,
    source="Ramsauer et al. 2021, Theorem 3: c = b/W0(exp(a + ln b)), b = 2 K^2 beta/5, a = (2/(d-1))(1 + ln(2 beta K^2 p (d-1)))",
    label="c",
)
RAMSAUER_COUNT = Formula(
    "patterns guaranteed by Ramsauer's theorem",
    [DIMENSION, BETA, RADIUS, FAILURE],
    sympy.sqrt(_p) * _c ** ((_d - 1) / 4),
    unit="patterns",
    source="Ramsauer et al. 2021, Theorem 3: sqrt(p) c^((d-1)/4)",
    label="P",
)

LAMBDA = Parameter("lam", "inverse temperature per dimension", least=0, latex=r"\lambda")
_l = LAMBDA.symbol
_root = sympy.sqrt(1 + 4 * _l**2)
SPHERICAL = Formula(
    "capacity of spherical patterns",
    [LAMBDA],
    (1 + 2 * _l - _root + sympy.log((1 + _root) / 2)) / 2,  # (s - 1)/(2 lam^2) = 2/(s + 1)
    unit="nats",
    source="Lucibello and Mezard 2024; random-energy argument, |xi|^2 = N",
    label=r"\alpha_c",
)
_m = sympy.Min(_l, 1)
GAUSSIAN_TYPICAL = Formula(
    "capacity of Gaussian patterns, a typical one kept",
    [LAMBDA],
    _m - _m**2 / 2,
    unit="nats",
    source="Lucibello and Mezard 2024; random-energy argument, |xi|^2 = N on average",
    label=r"\alpha_1",
)
_far = (1 - _m) ** 2
GAUSSIAN_ALL = Formula(
    "capacity of Gaussian patterns, all kept",
    [Parameter("lam", LAMBDA.meaning, above=0, latex=r"\lambda")],
    (1 - _far) / 2 * sympy.exp(-1 - sympy.LambertW(-_far / sympy.E)),
    unit="nats",
    source="Lucibello and Mezard 2024: rho (lam - lam^2/2) = (rho - 1 - ln rho)/2, rho < 1; 1/(2e) for lam >= 1",
    label=r"\alpha_c",
)

_M, _P, _D, _r = sympy.symbols("M P Delta r")
RETRIEVAL_ERROR = Formula(
    "distance to a pattern after one attention step",
    [
        BETA,
        Parameter("P", "patterns", least=1, whole=True),
        Parameter("M", "largest norm of a pattern", above=0),
        Parameter("Delta", "separation min over j of x_i.(x_i - x_j)", latex=r"\Delta"),
        Parameter("r", "distance before the step", least=0),
    ],
    2 * _M * (_P - 1) * sympy.exp(-_b * (_D - 2 * _M * _r)),
    source="Ramsauer et al. 2021, from |softmax - e_i|_1 = 2 (1 - softmax_i)",
    label="B(r)",
)


@dataclass(frozen=True)
class RamsauerCapacity:
    """`c`: the base. `patterns`: sqrt(p) c^((d-1)/4), how many random patterns the theorem guarantees; `float()` gives it. `radius`: K sqrt(d-1)."""

    c: Value
    patterns: Value
    radius: float

    def __float__(self) -> float:
        return float(self.patterns)


def ramsauer_capacity(dimension: int, *, beta: Any = 1, K: Any = 1, failure: Any = "1/1000") -> RamsauerCapacity:
    """Random patterns on a sphere of radius K sqrt(d-1) that a modern Hopfield network is guaranteed to store, with probability 1 - failure.

    The base c is exponential's; the count is sqrt(p) c^((d-1)/4), and small at the sizes of the paper's own examples (3.1546: 7.41 patterns).

    Raises:
        InputError: dimension < 2, beta or K not above 0, failure outside (0, 1).
    """
    values = {"d": dimension, "beta": beta, "K": K, "p": failure}
    c, patterns = RAMSAUER_BASE(**values), RAMSAUER_COUNT(**values)
    return RamsauerCapacity(c, patterns, float(K) * math.sqrt(dimension - 1))


def spherical_memory_capacity(lam: Any, *, unit: str | None = None) -> Any:
    """alpha_c such that e^(alpha N) patterns uniform on |xi|^2 = N are kept for alpha < alpha_c at N -> infinity; in nats per dimension.

    (1 + 2 lam - s - ln((s-1)/(2 lam^2)))/2 with s = sqrt(1 + 4 lam^2) (Lucibello and Mezard 2024). Number or array, lam >= 0.
    """
    return SPHERICAL(lam, unit=unit)


def gaussian_memory_capacity(lam: Any, *, every: bool = False, unit: str | None = None) -> Any:
    """The same for Gaussian patterns: a typical one kept (lam - lam^2/2, 1/2 beyond lam = 1), or `every` pattern (1/(2e) beyond)."""
    return (GAUSSIAN_ALL if every else GAUSSIAN_TYPICAL)(lam, unit=unit)


@dataclass(frozen=True)
class Separation:
    """Of a set of patterns at inverse temperature beta.

    Attributes:
        largest: M. deltas: Delta_i. radius: r = 1/(beta P M). bounds: B(r) for each pattern; kept: B(r) <= r, a fixed point within r of it.
    """

    largest: float
    deltas: Any
    radius: float
    bounds: Any
    kept: Any


def separation(patterns: Any, beta: float) -> Separation:
    """Which patterns (rows) the separation condition guarantees: B(1/(beta P M)) <= 1/(beta P M).

    Raises:
        InputError: not two axes, fewer than two patterns, all zero, beta not above 0.
    """
    x = real_array("patterns", patterns, 2)
    BETA.check(beta)
    if len(x) < 2 or not np.any(x):
        raise InputError(f"patterns of shape {x.shape}: expected at least two, not all zero")
    gram = x @ x.T
    largest = math.sqrt(float(gram.diagonal().max()))
    np.fill_diagonal(others := gram.copy(), -np.inf)
    deltas = gram.diagonal() - others.max(axis=1)
    radius = 1 / (beta * len(x) * largest)
    bounds = RETRIEVAL_ERROR(beta, len(x), largest, deltas, radius)
    return Separation(largest, deltas, radius, bounds, bounds <= radius)


def attention_step(state: Any, patterns: Any, beta: float) -> Any:
    """x <- patterns^T softmax(beta patterns x), for one state (d,) or many (n, d)."""
    x, rows = np.asarray(state, dtype=np.float64), real_array("patterns", patterns, 2)
    scores = beta * (x @ rows.T)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True) @ rows


def kept_fraction(
    dimension: int, alpha: float, lam: float, *, kind: str = "spherical", trials: int = 20, seed: int = 0
) -> float:
    """How often pattern 1 of e^(alpha N) random ones satisfies lam |xi|^2 > log sum over the others of e^(lam xi.xi_mu), at finite N.

    Args:
        dimension: N, with e^(alpha N) at most 2 million. kind: "spherical" or "gaussian".
    """
    others = math.exp(alpha * dimension)
    if not 1 <= others <= 2e6:
        raise InputError(f"alpha={alpha}, dimension={dimension}: {others:.3g} patterns, expected 1 to 2 million")
    if kind not in ("spherical", "gaussian"):
        raise InputError(f"kind={kind!r}: expected 'spherical' or 'gaussian'")
    rng = np.random.default_rng(seed)
    kept = 0
    for _ in range(trials):
        first = rng.normal(size=dimension)
        norm = math.sqrt(dimension) if kind == "spherical" else float(np.linalg.norm(first))
        # only xi_mu.xi_1/|xi_1| matters: a normal, or for the sphere sqrt(N) times one coordinate of a uniform direction
        along = rng.normal(size=round(others))
        if kind == "spherical":
            along *= math.sqrt(dimension) / np.sqrt(along**2 + rng.chisquare(dimension - 1, size=along.size))
        scores = lam * norm * along
        top = scores.max()
        kept += lam * norm**2 > top + math.log(np.exp(scores - top).sum())
    return kept / trials
