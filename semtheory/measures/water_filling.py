"""Classical rate-distortion of a stable vector Gauss-Markov source, total squared error: water over the spectrum.

S(w) = (I - A e^{-iw})^{-1} W (I - A e^{-iw})^{-*} has eigenvalues s_i(w); with water level theta
    D = mean over w of sum_i min(theta, s_i),    R = mean over w of sum_i (1/2) ln max(1, s_i/theta)
(Kolmogorov 1956; Gray 1970). Below every eigenvalue R = (1/2) ln det W - (n/2) ln(D/n), since the mean of ln det S is ln det W.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from semtheory.errors import InputError
from semtheory.measures._arrays import Array
from semtheory.measures.gauss_markov_vector import source_matrices
from semtheory.values import Value

GRID = 4096  # frequencies on which the least eigenvalue of the spectrum is looked for
NODES = 16  # of Gauss and Legendre in each panel
FINE = 1e-14  # error of a panel below which it is not halved, nats
HALVINGS = 50
POINTS, WEIGHTS = np.polynomial.legendre.leggauss(NODES)
WHY = "water-filling by adaptive quadrature: the interval is its error estimate, not a proof"


def water_filling_rate(a: Any, noise: Any, distortion: float, unit: str) -> Value:
    """R(D) per step; D is the sum of the squared errors of the coordinates. Exact in closed form below every eigenvalue, else a bracket.

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
        return Value.exact(0.0, unit)
    spectrum = _Spectrum(a, w)
    least = spectrum.least()
    if distortion <= len(a) * least:
        return Value.exact(0.5 * float(np.linalg.slogdet(w)[1]) - len(a) / 2 * math.log(distortion / len(a)), unit)
    level = most = spectrum.most()
    if spectrum.means(most)[0][1] * 2 * most > distortion:
        level = math.exp(
            brentq(lambda t: spectrum.means(math.exp(t))[0][1] * 2 - distortion / math.exp(t), math.log(least), math.log(most), xtol=1e-15)
        )
    # The tangent at any level lies below the curve, and the curve falls: together they hold R(D) whatever the error of the level.
    (rate, spent), (off, more) = spectrum.means(level)
    over = spent - distortion / (2 * level)
    slack = 1e-13 * (1 + rate)
    lower = max(0.0, rate + over - off - more - slack)
    upper = rate + 1.01 * max(0.0, over + more) + off + slack
    return Value.bracket(lower, upper, unit, why=WHY)


class _Spectrum:
    """The eigenvalues s_i of S over [0, pi]; S(-w) is the conjugate of S(w).

    With W = L L^T, s_i is 1/sigma_i^2 for the singular values sigma_i of L^{-1} (I - A e^{-iw}): no inverse, and large and small ones
    alike to nearly full accuracy.
    """

    def __init__(self, a: Array, w: Array) -> None:
        root = np.linalg.cholesky(w)
        self.still, self.turned = np.linalg.inv(root), np.linalg.solve(root, a)
        self.edges = _edges(np.linalg.eigvals(a))
        self.seen: dict[tuple[float, float], Array] = {}

    def roots(self, frequencies: Array) -> Array:
        """1/sigma_i, the square roots of the eigenvalues, (..., n)."""
        turn = np.exp(-1j * frequencies)[..., None, None]
        return np.asarray(1 / np.linalg.svd(self.still - self.turned * turn, compute_uv=False))

    def least(self) -> float:
        """A number that no eigenvalue of S is below.

        v* S(w)^{-1} v is c + r cos(w - w_0) with r <= 2 |W^{-1} A|, so its largest value is hardly above that at the nearest frequency.
        """
        found = self.roots(np.linspace(0, math.pi, GRID + 1)).min()
        between = float(np.linalg.norm(self.still.T @ self.turned, 2)) * (math.pi / GRID) ** 2 / 4
        return float(1 / (found**-2 + between)) * (1 - 1e-12)

    def most(self) -> float:
        """A number that no eigenvalue of S is above: twice the largest at the nodes of the panels."""
        self._see(list(zip(self.edges, self.edges[1:], strict=False)))
        return 2 * max(float(values.max()) for values in self.seen.values()) ** 2

    def means(self, level: float) -> tuple[Array, Array]:
        """Mean over w of sum_i (1/2) ln max(1, s_i/level) and of sum_i min(1, s_i/level)/2, each with an error estimate.

        A panel is halved until its halves agree with it.
        """
        root = math.sqrt(level)

        def of(values: Array) -> Array:
            ratio = values / root
            return np.stack([np.log(np.maximum(1.0, ratio)), np.minimum(1.0, ratio) ** 2 / 2]).sum(axis=-1)

        total, off = np.zeros(2), np.zeros(2)
        panels = list(zip(self.edges, self.edges[1:], strict=False))
        for halving in range(HALVINGS + 1):
            ends = np.array(panels)
            middle = ends.mean(axis=1)
            halves = [half for (low, high), cut in zip(panels, middle.tolist(), strict=True) for half in ((low, cut), (cut, high))]
            whole, parts = self._integrals(panels, of), self._integrals(halves, of).reshape(2, -1, 2).sum(axis=2)
            error = np.abs(parts - whole)
            good = (error <= FINE + 1e-15 * parts).all(axis=0) | (halving == HALVINGS)
            total, off = total + parts[:, good].sum(axis=1), off + error[:, good].sum(axis=1)
            panels = [half for k in np.flatnonzero(~good) for half in halves[2 * k : 2 * k + 2]]
            if not panels:
                break
        return total / math.pi, off / math.pi

    def _integrals(self, panels: list[tuple[float, float]], of: Callable[[Array], Array]) -> Array:
        """(2, panels)."""
        self._see(panels)
        widths = np.array([high - low for low, high in panels])
        return np.asarray(of(np.array([self.seen[panel] for panel in panels])) @ WEIGHTS * widths / 2)

    def _see(self, panels: list[tuple[float, float]]) -> None:
        new = [panel for panel in panels if panel not in self.seen]
        if new:
            ends = np.array(new)
            at = (ends[:, :1] + ends[:, 1:] + (ends[:, 1:] - ends[:, :1]) * POINTS) / 2
            self.seen.update(zip(new, self.roots(at), strict=True))


def _edges(eigenvalues: Any) -> list[float]:
    """Panels over [0, pi] that grow with their distance from the poles of S, which lie at w = arg z + i ln |z| for an eigenvalue z of A."""
    found = {0.0, math.pi}
    for angle, size in zip(np.abs(np.angle(eigenvalues)).tolist(), np.abs(eigenvalues).tolist(), strict=True):
        step = max(-math.log(size), 1e-12) if size > 0 else math.inf
        found.add(angle)
        while step < math.pi:
            found |= {angle - step, angle + step}
            step *= 2
    return sorted(edge for edge in found if 0 <= edge <= math.pi)
