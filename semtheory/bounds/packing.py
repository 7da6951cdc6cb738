"""Vectors in a space of few dimensions: Johnson and Lindenstrauss, Welch; and what parameters can hold."""

from __future__ import annotations

import math
from typing import Any

import sympy

from semtheory.bounds.formula import Formula, Parameter
from semtheory.values import Value

POINTS = Parameter("n", "points", least=2, whole=True)
EPS = Parameter("eps", "relative error of squared distances", above=0, below=1, latex=r"\varepsilon")
M = Parameter("m", "dimension after projection", least=1, whole=True)
_n, _e, _m = POINTS.symbol, EPS.symbol, M.symbol
JOHNSON_LINDENSTRAUSS = Formula(
    "dimension of Johnson and Lindenstrauss, before rounding up",
    [POINTS, EPS],
    4 * sympy.log(_n) / (_e**2 / 2 - _e**3 / 3),
    unit="dimensions",
    source="Dasgupta and Gupta 2003",
    label="m",
)
CERTIFICATE = Formula(
    "union bound on the probability that some squared distance is off by more than eps",
    [POINTS, M, EPS],
    _n * (_n - 1) * sympy.exp(-_m * (_e**2 / 4 - _e**3 / 6)),
    source="Dasgupta and Gupta 2003",
)
EXACT_TAILS = Formula(
    "sum over the pairs of the exact probability that a squared distance is off by more than eps",
    [POINTS, M, EPS],
    _n
    * (_n - 1)
    / 2
    * (sympy.lowergamma(_m / 2, _m * (1 - _e) / 2) + sympy.uppergamma(_m / 2, _m * (1 + _e) / 2))
    / sympy.gamma(_m / 2),
    source="chi-square law with m degrees of freedom",
)
_N, _d = sympy.symbols("N d")
WELCH = Formula(
    "Welch bound",
    [Parameter("N", "unit vectors", least=2, whole=True), Parameter("d", "dimension", least=1, whole=True)],
    sympy.sqrt((_N - _d) / (_d * (_N - 1))),
    source="Welch 1974",
    conditions=[(_d < _N, "as many vectors as dimensions can be orthogonal")],
    label=r"\max|\langle x,y\rangle|",
)
_c = sympy.Symbol("c")
SPHERICAL_PACKING = Formula(
    "unit vectors with all inner products at most c that exist",
    [
        Parameter("d", "dimension", least=2, whole=True),
        Parameter("c", "largest inner product, the cosine of the smallest angle", above=0, below=1),
    ],
    sympy.sqrt(2 * sympy.pi * (_d - 1)) * _c / (1 - _c**2) ** ((_d - 1) / 2),
    unit="vectors",
    source="Chabauty 1953; Shannon 1959; Wyner 1965",
    note="a lower bound: as long as the caps of that angle do not cover the sphere, another vector fits",
)
_k, _w = sympy.symbols("k w")
MADDEN = Formula(
    "next-token distributions that can be interpolated, up to a constant factor",
    [Parameter("k", "parameters", least=1, whole=True), Parameter("w", "vocabulary", least=2, whole=True)],
    _k / (_w - 1),
    unit="contexts",
    source="Madden, Fox and Thrampoulidis 2024",
    note="an order, Theta(k/(w-1)): constants are not claimed",
)
BITS_PER_PARAMETER: dict[str, tuple[float, str]] = {
    "facts": (2.0, "Allen-Zhu and Li 2024: knowledge, after long training"),
    "random strings": (3.6, "Morris et al. 2025: unintended memorisation"),
}


def johnson_lindenstrauss_dimension(points: int, eps: Any) -> int:
    """The dimension m >= 4 ln n/(eps^2/2 - eps^3/3), rounded *up*, at which n points keep all squared distances within 1 +- eps.

    Rounding is decided by a ball, not by a float; a common library truncates (GROUND_TRUTH: 11841 for 11842 at n = 10^6, eps = .1).

    Raises:
        InputError: fewer than two points; eps outside (0, 1).
    """
    JOHNSON_LINDENSTRAUSS(points, eps)  # the domain
    for bits in (60, 200, 800):
        whole = JOHNSON_LINDENSTRAUSS.enclose(n=points, eps=eps, bits=bits).ceil().unique_fmpz()
        if whole is not None:
            return int(whole)
    raise ArithmeticError(f"points={points}, eps={eps}: the dimension is too close to a whole number to round")


def johnson_lindenstrauss_failure(points: int, dimension: int, eps: Any, *, exact: bool = True) -> Value:
    """The sum over all pairs of the probability that a squared distance is off by more than eps: exact chi-square tails, or Chernoff's bound."""
    return (EXACT_TAILS if exact else CERTIFICATE)(points, dimension, eps)


def welch_bound(vectors: Any, dimension: Any) -> Any:
    """The least possible max |<x,y>| among N > d unit vectors is at least sqrt((N-d)/(d(N-1))) (Welch 1974)."""
    return WELCH(vectors, dimension)


def spherical_packing_bound(dimension: Any, cosine: Any) -> Any:
    """Unit vectors that surely exist with inner products <= `cosine`, in (0, 1): patterns of radius M, separated by
    Delta = M^2 (1 - cosine), as `separation` asks.

    A cap of angle arccos(c) has at most the share (1-c^2)^{(d-1)/2}/(c sqrt(2 pi (d-1))) of the sphere, so fewer vectors leave room for one more.
    """
    return SPHERICAL_PACKING(dimension, cosine)


def madden_capacity(parameters: Any, vocabulary: Any) -> Any:
    """k/(w-1): how many next-token distributions k parameters interpolate over w tokens, up to constants (Madden et al. 2024)."""
    return MADDEN(parameters, vocabulary)


def bits_per_parameter(kind: str = "random strings") -> float:
    """Measured anchors from the literature, bits per parameter: "facts" 2 (Allen-Zhu and Li 2024), "random strings" 3.6 (Morris et al. 2025)."""
    from semtheory.errors import InputError

    if kind not in BITS_PER_PARAMETER:
        raise InputError(f"kind={kind!r}: expected {' or '.join(map(repr, BITS_PER_PARAMETER))}")
    return BITS_PER_PARAMETER[kind][0]


def gaussian_projection(points: Any, dimension: int, seed: int = 0) -> Any:
    """The points (rows) times a matrix of normals of variance 1/dimension: what the theorem is about."""
    import numpy as np

    from semtheory.processes._checks import count, real_array

    x = real_array("points", points, 2)
    matrix = np.random.default_rng(seed).normal(size=(x.shape[1], count("dimension", dimension, 1)))
    return x @ matrix / math.sqrt(dimension)
