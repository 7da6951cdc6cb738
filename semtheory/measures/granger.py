"""Granger causality of a stable vector autoregression, exactly, from the state-space (Riccati) form.

The reduced process, a VAR seen without one component, is a VARMA: a regression on finitely many of its own lags leaves too much
variance, and its F is too large (GROUND_TRUTH 0.3). The innovation variance of the reduced process is instead that of a Kalman filter, the
stabilising solution of a discrete algebraic Riccati equation with correlated state and observation noise
(Barnett and Seth 2015). F_{X->Y} = log(det reduced / det full), in nats; transfer entropy is F/2 (Barnett, Barrett, Seth 2009).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from semtheory.errors import InputError
from semtheory.measures._arrays import Array, Axes, as_axes
from semtheory.values import Value

SINGULAR = 1e-12  # relative size of the least eigenvalue of a noise covariance that counts as singular


@dataclass(frozen=True)
class Model:
    """A stable VAR with positive definite noise: lag matrices (lags, k, k), noise covariance (k, k)."""

    lags: Array
    noise: Array

    @property
    def size(self) -> int:
        """The number of components."""
        return int(self.noise.shape[0])

    def companion(self) -> Array:
        """The transition matrix of (z_t, ..., z_{t-p+1})."""
        order, k, _ = self.lags.shape
        top = np.concatenate(list(self.lags), axis=1)
        return np.vstack([top, np.eye(k * (order - 1), k * order)])


def as_model(var: Any) -> Model:
    """A VectorAutoregression as a model fit for Granger causality.

    Raises:
        InputError: unstable coefficients (the modulus is named), or a noise covariance that is not positive definite.
    """
    lags = np.asarray(getattr(var, "coefficients", None), dtype=float)
    noise = np.asarray(getattr(var, "noise_covariance", None), dtype=float)
    if lags.ndim == 2:
        lags = lags[None]
    if lags.ndim != 3 or noise.shape != lags.shape[1:]:
        raise InputError(f"var={var!r}: expected a VectorAutoregression(coefficients, noise_covariance)")
    model = Model(lags, noise)
    radius = float(np.abs(np.linalg.eigvals(model.companion())).max())
    if radius >= 1:
        raise InputError(f"unstable VAR: the companion matrix has an eigenvalue of modulus {radius:.6g}: expected all below 1")
    least, *_, most = np.linalg.eigvalsh(noise) if len(noise) > 1 else (noise[0, 0], noise[0, 0])
    if least <= SINGULAR * max(most, 0) or most <= 0:
        raise InputError(
            f"singular noise: the least eigenvalue of noise_covariance is {least:.3g} (the largest {most:.3g}): expected a positive "
            "definite matrix. With singular innovations F may be 0 although the lagged coefficients are not"
        )
    return model


def innovation(model: Model, kept: Iterable[int]) -> tuple[Array, float]:
    """Covariance of the one-step prediction error of the components `kept` from their own infinite past, and its error.

    The error is how far the Riccati equation is from holding, relative to the covariance.
    """
    from scipy.linalg import solve_discrete_are

    rows = list(kept)
    k, order = model.size, len(model.lags)
    if len(rows) == k:
        return model.noise[np.ix_(rows, rows)], 0.0
    move, observe = model.companion(), np.concatenate(list(model.lags[:, rows]), axis=1)
    state = np.zeros((k * order, k * order))
    state[:k, :k] = model.noise
    cross = np.zeros((k * order, len(rows)))
    cross[:k] = model.noise[:, rows]
    part = model.noise[np.ix_(rows, rows)]
    # Balancing fails where an entry is tiny; the residual below tells whether the solution is good without it.
    with np.errstate(over="ignore", invalid="ignore"):  # quotients beyond double precision; the residual judges the solution
        error = solve_discrete_are(move.T, observe.T, state, part, s=cross, balanced=False)
    gain = (move @ error @ observe.T + cross) @ np.linalg.inv(observe @ error @ observe.T + part)
    again = move @ error @ move.T + state - gain @ (observe @ error @ observe.T + part) @ gain.T
    residual = float(np.abs(again - error).max() / (np.abs(error).max() + np.abs(part).max()))
    found = observe @ error @ observe.T + part
    return np.asarray((found + found.T) / 2), residual


def log_determinant(matrix: Array) -> float:
    """log det of a positive definite matrix."""
    return float(np.linalg.slogdet(matrix)[1])


def granger_causality(var: Any, source: Axes, target: Axes, *, given: Axes = (), unit: str = "nats") -> Value:
    """F_{source -> target}, given the components `given` (by default none: the other components are left out).

    Args:
        var: a stable VectorAutoregression with positive definite noise.
        source, target, given: indices of components, single or several, disjoint.

    Raises:
        InputError: unstable VAR, singular noise, indices that overlap or do not exist.
    """
    model = as_model(var)
    cause, effect, base = _sets(model, source, target, given)
    full, slip = innovation(model, sorted({*cause, *effect, *base}))
    reduced, other = innovation(model, sorted({*effect, *base}))
    value = log_determinant(_rows(reduced, effect, {*effect, *base})) - log_determinant(
        _rows(full, effect, {*cause, *effect, *base})
    )
    return _answer(value, len(effect) * (slip + other), unit)


@dataclass(frozen=True)
class Dependence:
    """Geweke's decomposition: total = forward + backward + instantaneous, and the total is twice the mutual information rate."""

    total: Value
    forward: Value
    backward: Value
    instantaneous: Value


def geweke(var: Any, source: Axes, target: Axes, *, unit: str = "nats") -> Dependence:
    """F_{X,Y} = F_{X->Y} + F_{Y->X} + F_{X.Y} for X the components `source` and Y the components `target` (Geweke 1982).

    Each is computed by itself, so that the sum is a check.
    """
    model = as_model(var)
    cause, effect, _ = _sets(model, source, target, ())
    both = sorted({*cause, *effect})
    joint, slip = innovation(model, both)
    alone = [innovation(model, part) for part in (cause, effect)]
    inside = [_rows(joint, part, set(both)) for part in (cause, effect)]
    total = sum(log_determinant(matrix) for matrix, _ in alone) - log_determinant(joint)
    at_once = sum(log_determinant(matrix) for matrix in inside) - log_determinant(joint)
    error = len(both) * (slip + sum(other for _, other in alone))
    return Dependence(
        total=_answer(total, error, unit),
        forward=granger_causality(var, cause, effect, unit=unit),
        backward=granger_causality(var, effect, cause, unit=unit),
        instantaneous=_answer(at_once, error, unit),
    )


def lagged_regression(var: Any, source: Axes, target: Axes, lags: int, *, unit: str = "nats") -> Value:
    """What two regressions on `lags` lags give in place of F, from the exact covariances: too large unless lags is infinite.

    For comparison only: this is the popular form, which is not the Granger causality of the process.
    """
    model = as_model(var)
    cause, effect, _ = _sets(model, source, target, ())
    covariance = autocovariance(model, lags)
    both = sorted({*cause, *effect})

    def left(rows: list[int]) -> Array:
        past = np.block([[_lag(covariance, j - i)[np.ix_(rows, rows)] for j in range(lags)] for i in range(lags)])
        cross = np.hstack([covariance[i + 1][np.ix_(effect, rows)] for i in range(lags)])
        return np.asarray(covariance[0][np.ix_(effect, effect)] - cross @ np.linalg.solve(past, cross.T))

    return _answer(log_determinant(left(effect)) - log_determinant(left(both)), 1e-12, unit)


def autocovariance(model: Model, most: int) -> list[Array]:
    """E z_t z_{t-h}^T for h = 0..most."""
    from scipy.linalg import solve_discrete_lyapunov

    move, k = model.companion(), model.size
    noise = np.zeros_like(move)
    noise[:k, :k] = model.noise
    now = solve_discrete_lyapunov(move, noise)
    out = []
    for _ in range(most + 1):
        out.append(np.asarray(now[:k, :k]))
        now = move @ now
    return out


def _lag(covariance: list[Array], h: int) -> Array:
    """E z_{t-i} z_{t-j}^T for h = j - i."""
    return covariance[h] if h >= 0 else np.asarray(covariance[-h].T)


def _rows(matrix: Array, wanted: Iterable[int], among: set[int]) -> Array:
    order = sorted(among)
    place = [order.index(i) for i in wanted]
    return np.asarray(matrix[np.ix_(place, place)])


def _sets(model: Model, source: Axes, target: Axes, given: Axes) -> tuple[list[int], list[int], list[int]]:
    if source is None or target is None:
        raise InputError("name the components: granger_causality(var, source=0, target=1)")
    found = [list(as_axes(part, model.size, name)) for part, name in ((source, "source"), (target, "target"), (given, "given"))]
    cause, effect, base = found
    if not cause or not effect:
        raise InputError(f"source={source!r}, target={target!r}: expected at least one component each")
    if len({*cause, *effect, *base}) < len(cause) + len(effect) + len(base):
        raise InputError(f"source={source!r}, target={target!r}, given={given!r}: a component occurs twice")
    return cause, effect, base


def _answer(nats: float, residual: float, unit: str) -> Value:
    """F is at least 0; the allowance is the Riccati residual with room to spare."""
    return Value.exact(max(nats, 0.0), unit, rounding=1e-11 + 100 * residual)
