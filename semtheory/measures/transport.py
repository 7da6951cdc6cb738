"""Gromov-Wasserstein: how far two embeddings are from being the same shape, whatever their coordinates and labels.

The least mean squared distortion, over couplings T of the two weightings,
    GW(T) = sum T_ij T_kl (d(x_i, x_k) - d'(y_j, y_l))^2,
which is what POT's `gromov_wasserstein2` returns; Memoli's distance of order 2 is half its square root. Zero exactly when some coupling matches all
distances. The problem is not convex: POT's solver is local, its value an upper bound. Lower bounds are optimal-transport problems (Memoli 2011,
section 6): of eccentricities (first), of all distances (second), of the local distributions of distances (third, the largest).
"""

from __future__ import annotations

import math
from importlib import import_module
from itertools import permutations
from typing import Any

import numpy as np

from semtheory.errors import InputError, MissingExtra
from semtheory.measures._arrays import Array
from semtheory.processes._checks import count, frozen, probabilities, real_array

MOST_PERMUTED = 8  # letters whose permutations are all tried
MOST_LOCAL = 4_000_000  # entries of the table of the third lower bound when weights are not uniform


class GromovWasserstein(float):
    """The least distortion found, a float, with what is known of the least there is.

    Attributes:
        lower, upper: the true minimum lies between them; the float is `upper`, the distortion of `plan`.
        method: "exact" (the ends differ by rounding) or "bracket". unit: "squared distance". why: how both ends were found.
        plan: the coupling, n by m. distance: half the square root, Memoli's distance of order 2, with `distance_lower` below it.
    """

    lower: float
    upper: float
    method: str
    why: str
    plan: Array
    unit = "squared distance"

    def __new__(cls, lower: float, upper: float, method: str, why: str, plan: Array) -> GromovWasserstein:
        self = super().__new__(cls, upper)
        self.lower, self.upper, self.method, self.why, self.plan = lower, upper, method, why, frozen(plan)
        return self

    @property
    def distance(self) -> float:
        return math.sqrt(self.upper) / 2

    @property
    def distance_lower(self) -> float:
        return math.sqrt(self.lower) / 2

    def __repr__(self) -> str:
        span = "" if self.method == "exact" else f" in [{self.lower:.10g}, {self.upper:.10g}]"
        return f"<{float(self):.10g} {self.unit}, {self.method}{span}; {self.why}>"

    __str__ = __repr__


def gromov_wasserstein(
    first: Any,
    second: Any,
    first_weights: Any = None,
    second_weights: Any = None,
    *,
    metric: str = "euclidean",
    starts: int = 2,
    seed: int = 0,
) -> GromovWasserstein:
    """The Gromov-Wasserstein distortion of two embeddings, bracketed.

    Args:
        first, second: points, (n, d) and (m, d'); with metric="precomputed" symmetric matrices of distances, (n, n) and (m, m).
        first_weights, second_weights: of the points; uniform by default.
        starts: how many random couplings the local solver starts from, beside the ones that the bounds suggest.
        seed: of those starts.

    Returns:
        "exact" for up to eight points each with uniform weights and distances of negative type (Euclidean ones are): the objective is
        then concave, so a permutation is best, and all are tried; also when the ends meet. Else a "bracket".

    Raises:
        InputError: not matrices of finite numbers; negative or asymmetric distances, or a diagonal that is not 0; weights that are no law.
        MissingExtra: POT is not installed.
    """
    if metric not in ("euclidean", "precomputed"):
        raise InputError(f"metric={metric!r}: expected 'euclidean' or 'precomputed'")
    starts = count("starts", starts)
    a, b = _distances("first", first, metric), _distances("second", second, metric)
    p, q = _weights("first_weights", first_weights, len(a)), _weights("second_weights", second_weights, len(b))
    uniform = len(a) == len(b) and bool(np.ptp(p) == 0 and np.ptp(q) == 0)
    if uniform and len(a) <= MOST_PERMUTED and _negative_type(a) and _negative_type(b):
        value, plan = _permuted(a, b)
        slack = 1e-13 * _scale(a, b)
        return GromovWasserstein(
            max(value - slack, 0.0),
            value,
            "exact",
            "least over all permutations, which is least for distances of negative type",
            plan,
        )
    ot = pot()
    bounds, suggested = _bounds(ot, a, b, p, q)
    which = max(bounds, key=lambda name: bounds[name])
    plans = ([] if suggested is None else [suggested]) + ([np.diag(p)] if uniform else []) + [np.outer(p, q)]
    chance = np.random.default_rng(seed)
    plans += [ot.emd(p, q, chance.random((len(p), len(q)))) for _ in range(starts)]
    best, plan = min(((distortion(a, b, t), t) for t in plans), key=lambda pair: pair[0])
    slack = 1e-12 * _scale(a, b)
    for start in plans:
        if best <= bounds[which] + slack:
            break
        found = ot.gromov.gromov_wasserstein(
            a, b, p, q, "square_loss", G0=start, max_iter=200, tol_rel=1e-9, tol_abs=1e-9
        )
        value = distortion(a, b, found)
        if value < best:
            best, plan = value, found
    lower = min(max(bounds[which] - slack, 0.0), best)
    met = best - lower <= 2 * slack
    why = f"below by Memoli's {which} lower bound, above by " + ("the same coupling" if met else "a local solver (POT)")
    return GromovWasserstein(lower, best, "exact" if met else "bracket", why, plan)


def gromov_bounds(
    first: Any, second: Any, first_weights: Any = None, second_weights: Any = None, *, metric: str = "euclidean"
) -> dict[str, float]:
    """Memoli's lower bounds of the distortion by name, "first", "second" and, where its table is not too large, "third"; args as above."""
    a, b = _distances("first", first, metric), _distances("second", second, metric)
    p, q = _weights("first_weights", first_weights, len(a)), _weights("second_weights", second_weights, len(b))
    return _bounds(pot(), a, b, p, q)[0]


def distortion(a: Array, b: Array, plan: Array) -> float:
    """The mean squared distortion of a coupling of two matrices of distances."""
    rows, columns = np.nonzero(plan)
    if len(rows) <= 2 * (len(a) + len(b)):  # sparse: without cancellation
        weight = plan[rows, columns]
        return float(weight @ (a[np.ix_(rows, rows)] - b[np.ix_(columns, columns)]) ** 2 @ weight)
    p, q = plan.sum(axis=1), plan.sum(axis=0)
    return max(float(p @ a**2 @ p + q @ b**2 @ q - 2 * np.sum((a @ plan @ b) * plan)), 0.0)


def pot() -> Any:
    """POT, loaded when first needed. Raises `MissingExtra`."""
    try:
        return import_module("ot")
    except ImportError:
        raise MissingExtra("gromov_wasserstein needs POT: pip install 'semtheory[embedding]'") from None


def _distances(name: str, given: Any, metric: str) -> Array:
    points = real_array(name, given, 2)
    if metric == "euclidean":
        from scipy.spatial.distance import pdist, squareform

        return np.asarray(squareform(pdist(points)))
    if points.shape[0] != points.shape[1]:
        raise InputError(f"{name} has shape {points.shape}: expected a square matrix of distances")
    if np.any(points < 0):
        raise InputError(f"{name} has the entry {points.min():.10g}: a distance cannot be negative")
    if np.any(np.diag(points) != 0):
        raise InputError(
            f"{name} has {np.diag(points).max():.10g} on its diagonal: expected 0, a point is at distance 0 from itself"
        )
    if np.abs(points - points.T).max() > 1e-9 * max(points.max(), 1e-300):
        raise InputError(f"{name} is not symmetric, off by {np.abs(points - points.T).max():.3g}: expected distances")
    return (points + points.T) / 2


def _weights(name: str, given: Any, size: int) -> Array:
    if given is None:
        return np.full(size, 1 / size)
    law = probabilities(name, given, 1)
    if len(law) != size:
        raise InputError(f"{name} has {len(law)} entries: expected {size}, one for each point")
    return law


def _scale(a: Array, b: Array) -> float:
    return float(max(a.max(), b.max()) ** 2)


def _negative_type(a: Array) -> bool:
    """sum x_i x_j d_ij <= 0 whenever sum x_i = 0, up to rounding."""
    n = len(a)
    centre = np.eye(n) - 1 / n
    return bool(np.linalg.eigvalsh(centre @ a @ centre).max() <= 1e-12 * n * max(a.max(), 1e-300))


def _permuted(a: Array, b: Array) -> tuple[float, Array]:
    n = len(a)
    orders = np.array(list(permutations(range(n))))
    costs = ((a[None] - b[orders[:, :, None], orders[:, None, :]]) ** 2).sum(axis=(1, 2)) / n**2
    best = int(costs.argmin())
    return float(costs[best]), np.eye(n)[orders[best]] / n


def _bounds(ot: Any, a: Array, b: Array, p: Array, q: Array) -> tuple[dict[str, float], Array | None]:
    """Every lower bound, and the coupling that the third suggests."""
    third, suggested = _third(ot, a, b, p, q)
    bounds = {"second": _second(a, b, p, q), "first": _first(a, b, p, q)}
    return (bounds if third is None else bounds | {"third": third}), suggested


def _second(a: Array, b: Array, p: Array, q: Array) -> float:
    return _line(a.ravel(), np.outer(p, p).ravel(), b.ravel(), np.outer(q, q).ravel())


def _first(a: Array, b: Array, p: Array, q: Array) -> float:
    return _line(np.sqrt(a**2 @ p), p, np.sqrt(b**2 @ q), q)


def _line(x: Array, p: Array, y: Array, q: Array) -> float:
    """Squared Wasserstein distance of order 2 of two laws on the line: quantiles against quantiles."""
    i, j = np.argsort(x), np.argsort(y)
    up, uq = np.cumsum(p[i]), np.cumsum(q[j])
    ends = np.sort(np.concatenate([up, uq]))
    ends = np.minimum(ends, min(up[-1], uq[-1]))
    steps = np.diff(ends, prepend=0.0)
    middle = ends - steps / 2
    at_x = np.minimum(np.searchsorted(up, middle), len(x) - 1)
    at_y = np.minimum(np.searchsorted(uq, middle), len(y) - 1)
    return float(steps @ (x[i][at_x] - y[j][at_y]) ** 2)


def _third(ot: Any, a: Array, b: Array, p: Array, q: Array) -> tuple[float | None, Array | None]:
    """Least mean cost of a coupling, the cost of (i, j) that of the distances from i against those from j. Certified by its dual."""
    n, m = len(a), len(b)
    if np.ptp(p) == 0 and np.ptp(q) == 0:
        ends = np.union1d(np.arange(1, n + 1) * m, np.arange(1, m + 1) * n)
        steps = np.diff(ends, prepend=0) / (n * m)
        rows = np.sort(a, axis=1)[:, (ends - 1) // m] * np.sqrt(steps)
        columns = np.sort(b, axis=1)[:, (ends - 1) // n] * np.sqrt(steps)
        cost = (rows**2).sum(axis=1)[:, None] + (columns**2).sum(axis=1) - 2 * rows @ columns.T
    elif n * m * (n + m) <= MOST_LOCAL:
        cost = np.array([[_line(row, p, column, q) for column in b] for row in a])
    else:
        return None, None
    cost = np.maximum(cost, 0.0)
    plan, log = ot.emd(p, q, cost, numItermax=10_000_000, log=True)
    u = np.asarray(log["u"])
    v = (cost - u[:, None]).min(axis=0)  # feasible by construction, whatever the solver says
    return float(p @ u + q @ v), np.asarray(plan)
