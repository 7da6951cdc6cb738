"""How many patterns a perceptron can label: Cover's count, Gardner's capacity, and Krauth and Mezard's for binary weights."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from semtheory.bounds.formula import Formula, Parameter
from semtheory.bounds.functions import Phi, density
from semtheory.errors import InputError
from semtheory.processes._checks import count
from semtheory.values import PURE, Value

KAPPA = Parameter("kappa", "margin, in units where |w|^2 = N and pattern entries have variance 1", latex=r"\kappa")
_k = KAPPA.symbol
BELOW_ZERO = (
    "for kappa < 0 only an upper bound: replica symmetry breaks there (Stojnic 2013), and the true capacity is smaller"
)
GARDNER = Formula(
    "Gardner capacity",
    [KAPPA],
    1 / ((1 + _k**2) * Phi(_k) + _k * density(_k)),
    unit="patterns per weight",
    source="Gardner 1988; rigorous for kappa >= 0: Shcherbina and Tirozzi 2003",
    note=lambda values: BELOW_ZERO if values["kappa"] < 0 else "",
    label=r"\alpha_c",
)


def cover_count(points: int, dimension: int) -> int:
    """How many of the 2^points labellings of points in general position a homogeneous hyperplane realises, exactly.

    C(P, N) = 2 sum_{k < N} binomial(P - 1, k) (Cover 1965). With a bias use `dimension` + 1.

    Raises:
        InputError: points or dimension below 1.
    """
    total, dimensions = count("points", points, 1), count("dimension", dimension, 1)
    term, found = 1, 0
    for k in range(min(dimensions, total)):
        found += term
        term = term * (total - 1 - k) // (k + 1)
    return 2 * found


def separable_fraction(points: int, dimension: int) -> Fraction:
    """The probability that a random labelling is separable: `cover_count` / 2^points; 1/2 exactly at points = 2 dimension."""
    return Fraction(cover_count(points, dimension), 2**points)


def gardner_capacity(kappa: Any) -> Any:
    """Patterns per weight storable with margin kappa: 1/((1 + kappa^2) Phi(kappa) + kappa phi(kappa)) (Gardner 1988).

    Args:
        kappa: a number (then a `Value` with rigorous ends) or an array (then an array). For kappa < 0 it is only an upper bound; a
            `Value` says so in `.why`.
    """
    return GARDNER(kappa)


def _log_tail(u: Any) -> Any:
    from scipy import special

    return special.log_ndtr(-u)


def _replica_symmetric_entropy(alpha: float, nodes: int) -> float:
    """Entropy per weight of the binary perceptron at margin 0, replica symmetric, at its saddle point (Krauth and Mezard 1989)."""
    z, weights = np.polynomial.hermite_e.hermegauss(nodes)
    weights = weights / math.sqrt(2 * math.pi)
    q = 0.5
    for _ in range(5000):
        u = z * math.sqrt(q / (1 - q))
        ratio = np.exp(-(u**2) / 2 - 0.5 * math.log(2 * math.pi) - _log_tail(u))
        conjugate = alpha / (1 - q) * float(weights @ ratio**2)
        fresh = float(weights @ np.tanh(z * math.sqrt(conjugate)) ** 2)
        if abs(fresh - q) < 1e-14:
            break
        q = fresh
    u = z * math.sqrt(q / (1 - q))
    cosh = np.logaddexp(z * math.sqrt(conjugate), -z * math.sqrt(conjugate))
    return float(-conjugate * (1 - q) / 2 + weights @ cosh + alpha * (weights @ _log_tail(u)))


@cache
def krauth_mezard_capacity() -> Value:
    """Patterns per weight of a perceptron with weights +-1, margin 0: the zero of the replica-symmetric entropy, 0.8331.

    Found numerically (Gauss-Hermite quadrature, fixed point, Brent); the interval is the difference of two quadratures, not a proof.
    Krauth and Mezard 1989; that the capacity is at least this is due to Ding and Sun 2019. First moment alone gives 1.
    """
    from scipy.optimize import brentq

    found = [brentq(_replica_symmetric_entropy, 0.7, 0.95, args=(nodes,), xtol=1e-12) for nodes in (80, 120)]
    slack = abs(found[0] - found[1]) + 1e-10
    why = "zero of the replica-symmetric entropy, computed numerically; a lower bound on the capacity by Ding and Sun 2019"
    return Value(found[1], found[1] - slack, found[1] + slack, PURE, why=why)


def gardner_upper_bound(kappa: float) -> Value:
    """A rigorous upper bound on the capacity for kappa < 0 and Gaussian patterns, by a first moment over a net of the sphere; balls throughout.

    A net of (1 + 2/e)^N directions comes within e of every w, |w| = 1. If w has margin kappa on all P patterns, its neighbour misses kappa - h on at
    most (e |X|/h)^2 of them, and |X| <= sqrt P + sqrt N up to any factor above 1 (Davidson and Szarek 2001), so on a share t = (2 e/h)^2 (1 + 1e-6) of them
    when P >= N. For one direction that has probability at most exp(-P KL(t || q)), q = P(Z < kappa - h) > t. So beyond
    ln(1 + 2/e)/KL(t || q) patterns per weight none remains, with probability tending to 1. At kappa = -10 and below it is smaller than Gardner's formula.

    Raises:
        InputError: kappa not below 0.
    """
    import flint

    Parameter("kappa", "margin", below=0).check(kappa)
    before, best = flint.ctx.prec, None
    try:
        flint.ctx.prec = 256
        edge = -flint.arb(kappa)
        for ratio in (3, 10, 30, 100, 300):  # t = q/ratio
            for scale in (1, 2, 4, 8, 16):  # h = 1/(scale |kappa|)
                h = 1 / (scale * edge)
                q = ((edge + h) / flint.arb(2).sqrt()).erfc() / 2
                t = q / ratio
                e = h * (t / (1 + flint.arb("1e-6"))).sqrt() / 2
                divergence = t * (t / q).log() + (1 - t) * (-t).log1p() - (1 - t) * (-q).log1p()
                found = (1 + 2 / e).log() / divergence
                if found.is_finite() and (found > 1) is True and (best is None or (found < best) is True):
                    best = found
    finally:
        flint.ctx.prec = before
    if best is None:
        raise ArithmeticError(f"kappa={kappa}: no finite bound was found")
    ends = math.nextafter(float(best.lower()), -math.inf), math.nextafter(float(best.upper()), math.inf)
    return Value(float(best.mid()), *ends, PURE, why="first moment over a net: an upper bound, far from tight")


def gardner_margin(patterns: Any) -> float:
    """The largest kappa with w.x_mu >= kappa sqrt(N), |w|^2 = N, over the patterns x_mu (labels multiplied in); -inf when it is not positive.

    A least-squares problem over a cone (Lawson and Hanson 1974), solved to rounding, then again on the patterns that press on w. A margin
    is returned only when some w was seen to have it; one below about 1e-8 of the largest entry may be missed. Margins below 0 are
    not a convex problem, and no method is offered for them.

    Args:
        patterns: (P, N) numbers.
    """
    from scipy.optimize import nnls

    from semtheory.processes._checks import real_array

    x = real_array("patterns", patterns, 2)
    size = float(np.abs(x).max())
    if size == 0:
        return -math.inf
    x = x / size
    stacked = np.vstack([x.T, np.ones(len(x))])
    target = np.zeros(len(stacked))
    target[-1] = 1.0
    solution, _ = nnls(stacked, target, maxiter=30 * max(stacked.shape))
    pressing = solution > 0
    best = 0.0
    for w in (x.T @ solution, np.linalg.lstsq(x[pressing], np.ones(int(pressing.sum())), rcond=None)[0]):
        length = float(np.linalg.norm(w))
        if length > 0:
            best = max(best, float((x @ w).min()) / length)
    return best * size if best > 0 else -math.inf


def separable(patterns: Any) -> bool:
    """Whether some w has w.x_mu > 0 for every row, by a linear programme (HiGHS) on rows of length 1; a margin below about 1e-7 counts as none."""
    from scipy.optimize import linprog

    from semtheory.processes._checks import real_array

    x = real_array("patterns", patterns, 2)
    size = np.abs(x).max(axis=1, keepdims=True)
    if np.any(size == 0):
        return False
    x = x / size
    x = x / np.linalg.norm(x, axis=1, keepdims=True)
    found = linprog(np.zeros(x.shape[1]), A_ub=-x, b_ub=-np.ones(len(x)), bounds=(None, None), method="highs")
    if found.status not in (0, 2):
        raise InputError(f"the linear programme for {x.shape} patterns was not solved: {found.message}")
    return bool(found.status == 0)
