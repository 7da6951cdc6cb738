"""Classical rate-distortion of a stable vector Gauss-Markov source, total squared error: water over the spectrum.

S(w) = (I - A e^{-iw})^{-1} W (I - A e^{-iw})^{-*} has eigenvalues s_i(w); with water level theta
    D = mean over w of sum_i min(theta, s_i),    R = mean over w of sum_i (1/2) ln max(1, s_i/theta)
(Kolmogorov 1956; Gray 1970). Below every eigenvalue R = (1/2) ln det W - (n/2) ln(D/n), since the mean of ln det S is ln det W.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from semtheory.errors import InputError
from semtheory.measures._arrays import Array
from semtheory.measures.gauss_markov_vector import source_matrices

GRID = 4096  # frequencies on which the places where the water meets the spectrum are looked for


def water_filling_rate(a: Any, noise: Any, distortion: float) -> float:
    """R(D) in nats per step; D is the sum of the squared errors of the coordinates.

    Raises:
        InputError: matrices that do not fit, a noise covariance that is not positive definite, an unstable A.
    """
    from scipy.linalg import solve_discrete_lyapunov
    from scipy.optimize import brentq

    a, w = source_matrices(a, noise)
    radius = float(np.abs(np.linalg.eigvals(a)).max())
    if radius >= 1:
        raise InputError(
            f"a has spectral radius {radius:.6g}, causal=False: the classical function of a vector is known here for stable sources; "
            "ask for causal=True, or for each coordinate by itself"
        )
    if distortion >= float(np.trace(solve_discrete_lyapunov(a, w))):
        return 0.0
    spectrum = _Spectrum(a, w)
    if distortion <= len(a) * spectrum.least:
        return 0.5 * float(np.linalg.slogdet(w)[1]) - len(a) / 2 * math.log(distortion / len(a))

    def short(theta: float) -> float:
        return spectrum.mean(lambda s: np.minimum(theta, s), theta) - distortion

    level = brentq(short, spectrum.least / 2, spectrum.most * 2, xtol=1e-14 * spectrum.least, rtol=1e-13)
    return max(0.0, spectrum.mean(lambda s: np.log(np.maximum(1.0, s / level)) / 2, level))


class _Spectrum:
    """Eigenvalues of S over [0, pi]; S(-w) is the conjugate of S(w)."""

    def __init__(self, a: Array, w: Array) -> None:
        self.a, self.w = a, w
        self.grid = np.linspace(0, math.pi, GRID + 1)
        self.values = self.at(self.grid)
        # The extremes lie between the frequencies looked at; a margin keeps the closed form to where it surely holds.
        self.least = float(self.values.min()) * (1 - 1e-4)
        self.most = float(self.values.max())

    def at(self, frequencies: Array) -> Array:
        """(frequencies, n), rising."""
        size = len(self.a)
        inverse = np.linalg.inv(np.eye(size) - self.a * np.exp(-1j * np.asarray(frequencies))[:, None, None])
        return np.asarray(np.linalg.eigvalsh(inverse @ self.w @ inverse.conj().transpose(0, 2, 1)))

    def mean(self, of: Callable[[Array], Array], theta: float) -> float:
        """Mean over w of sum_i of(s_i(w)), integrated between the frequencies where some eigenvalue meets the water."""
        ends = [0.0, *self._meetings(theta), math.pi]
        nodes, weights = np.polynomial.legendre.leggauss(48)
        total = 0.0
        for low, high in pairwise(ends):
            parts = np.linspace(low, high, 9)
            for left, right in pairwise(parts):
                points = (right - left) / 2 * nodes + (right + left) / 2
                total += (right - left) / 2 * float(weights @ of(self.at(points)).sum(axis=1))
        return total / math.pi

    def _meetings(self, theta: float) -> list[float]:
        from scipy.optimize import brentq

        found = []
        above = self.values > theta
        for k, i in zip(*np.nonzero(above[1:] != above[:-1]), strict=True):
            left, right = self.grid[k], self.grid[k + 1]
            found.append(
                float(brentq(lambda f, i=i: self.at(np.array([f]))[0, i] - theta, left, right, xtol=1e-15, rtol=1e-14))
            )
        return sorted(found)
