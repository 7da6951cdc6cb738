"""Vector autoregressions: X_t = A_1 X_{t-1} + ... + A_p X_{t-p} + noise, Gaussian, stable."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import solve_discrete_lyapunov

from semtheory.errors import InputError
from semtheory.processes._checks import Array, count, frozen, real_array


class VectorAutoregression:
    """A stable Gaussian vector autoregression.

    Args:
        coefficients: shape (lags, d, d), or (d, d) for a single lag; coefficients[l, i, j] is the weight of component j,
            l + 1 steps back, in component i.
        noise_covariance: shape (d, d), symmetric, no negative eigenvalue. It may be singular; what needs it not to be says so.

    Attributes:
        coefficients (lags, d, d), noise_covariance: as given, read-only. dimension, order: d and the lags.

    Raises:
        InputError: shapes that do not fit, a covariance that is not one, or an unstable process, with the modulus.
    """

    def __init__(self, coefficients: ArrayLike, noise_covariance: ArrayLike) -> None:
        lags = real_array("coefficients", coefficients)
        lags = lags[None] if lags.ndim == 2 else lags
        if lags.ndim != 3 or lags.shape[1] != lags.shape[2]:
            raise InputError(f"coefficients has shape {lags.shape}: expected (d, d) or (lags, d, d)")
        noise = real_array("noise_covariance", noise_covariance, 2)
        if noise.shape != lags.shape[1:]:
            raise InputError(f"noise_covariance has shape {noise.shape}: expected {lags.shape[1:]}")
        scale = float(np.abs(noise).max())
        if np.abs(noise - noise.T).max() > 1e-12 * scale:
            raise InputError("noise_covariance is not symmetric: expected S[i, j] = S[j, i]")
        least = float(np.linalg.eigvalsh((noise + noise.T) / 2)[0])
        if least < -1e-12 * scale:
            raise InputError(f"noise_covariance has the eigenvalue {least:.6g}: a covariance has none below 0")
        self.coefficients: Array = frozen(lags)
        self.noise_covariance: Array = frozen((noise + noise.T) / 2)
        self.order, self.dimension = lags.shape[:2]
        self.is_singular = least <= 1e-12 * scale
        if self.spectral_radius >= 1:
            raise InputError(
                f"unstable: the companion matrix has an eigenvalue of modulus {self.spectral_radius:.6g}; expected below 1, "
                "else there is no stationary law"
            )

    @property
    def companion(self) -> Array:
        """(lags * d, lags * d): the first-order form, newest block first."""
        d, lags = self.dimension, self.order
        matrix = np.eye(lags * d, k=-d)
        matrix[:d] = np.concatenate(list(self.coefficients), axis=1)
        return matrix

    @property
    def spectral_radius(self) -> float:
        """The greatest modulus of an eigenvalue of the companion matrix; below 1 when stable."""
        return float(np.abs(np.linalg.eigvals(self.companion)).max())

    def stationary_covariance(self) -> Array:
        """(lags * d, lags * d): covariance of (X_t, X_{t-1}, ..., X_{t-lags+1})."""
        d = self.dimension
        noise = np.zeros((self.order * d, self.order * d))
        noise[:d, :d] = self.noise_covariance
        found = np.asarray(solve_discrete_lyapunov(self.companion, noise))
        return (found + found.T) / 2

    def autocovariance(self, lag: int) -> Array:
        """(d, d): E[X_{t+lag} X_t^T], for lag >= 0."""
        d = self.dimension
        power = np.linalg.matrix_power(self.companion, count("lag", lag))
        return np.asarray((power @ self.stationary_covariance())[:d, :d])

    def sample(self, length: int, seed: int) -> Array:
        """Shape (length, d), drawn from the stationary law; the same seed gives the same numbers."""
        rng = np.random.default_rng(count("seed", seed))
        d = self.dimension
        values, vectors = np.linalg.eigh(self.noise_covariance)
        shocks = rng.standard_normal((count("length", length), d)) @ (vectors * np.sqrt(np.maximum(values, 0))).T
        values, vectors = np.linalg.eigh(self.stationary_covariance())
        state = (vectors * np.sqrt(np.maximum(values, 0))) @ rng.standard_normal(self.order * d)
        drawn = np.empty((length, d))
        for t in range(length):
            new = self.coefficients.transpose(1, 0, 2).reshape(d, -1) @ state + shocks[t]
            state = np.concatenate([new, state[:-d]])
            drawn[t] = new
        return drawn

    def __repr__(self) -> str:
        return f"<vector autoregression: {self.dimension} components, {self.order} lags>"
