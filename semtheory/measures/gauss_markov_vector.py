"""Directed rate-distortion of the vector Gauss-Markov source X_{t+1} = A X_t + W_t, total squared error, with a certified gap.

    R(D) = min over P of (1/2) log det(A P A' + W) - (1/2) log det P,   0 < P <= A P A' + W,   tr P <= D,

P the error covariance after the reproduction (Tanaka, Kim, Parrilo and Mitter 2017, where it is written as a semidefinite programme).
The function is convex in P. A barrier method finds P; the Lagrangian at it, whose slope is nearly 0, bounds R(D) from below.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from semtheory.errors import InputError
from semtheory.measures._arrays import Array
from semtheory.processes._checks import real_array
from semtheory.values import Value

END = 1e-9  # of the barrier, nats
WIDE = 1e-7  # relative width from which the answer says why
WHY = "sizes of a, noise_variance and distortion that differ much, or a nearly singular one: digits were lost in the search or its certificate"
LARGE = 1e9  # times tr W: from there on R(D) is within about 1e-9 of its limit, and R(D) <= R(LARGE tr W) will do


def vector_rate(a: Any, noise: Any, distortion: float, unit: str) -> Value:
    """R(D) per step, as a bracket that says why where it is wide; D is the sum of the squared errors of the coordinates.

    Raises:
        InputError: matrices that do not fit, a noise covariance that is not symmetric and positive definite.
    """
    a, w = source_matrices(a, noise)
    if np.abs(np.linalg.eigvals(a)).max() < 1:
        from scipy.linalg import solve_discrete_lyapunov

        if distortion >= float(np.trace(solve_discrete_lyapunov(a, w))):
            return Value.exact(0.0, unit)
    size = len(a)
    limit = float(np.log(np.maximum(np.abs(np.linalg.eigvals(a)), 1.0)).sum())  # R(D) is never less (Tatikonda and Mitter 2004)
    most = LARGE * float(np.trace(w))
    asked, distortion = distortion, min(distortion, most)
    p = np.eye(size) * min(distortion / size, float(np.linalg.eigvalsh(w).min())) / 2
    basis = _basis(size)
    t = 1.0
    while True:
        p = _centre(a, w, p, distortion, t, basis)
        if 2 * size / t < END:
            break
        t *= 5
    lower, upper = _bounds(a, w, p, distortion, t)
    limit -= 1e-12 * (1 + limit)
    lower = max(0.0, limit, lower if asked <= most else 0.0)
    upper = max(upper, lower)
    wide = upper - lower > WIDE * (1 + upper)
    why = WHY if wide else ""
    return Value.bracket(lower, upper, unit, why=why)


def source_matrices(a: Any, noise: Any) -> tuple[Array, Array]:
    """A and the covariance of W, checked."""
    a, w = real_array("a", a, 2), real_array("noise_variance", noise, 2)
    if a.shape[0] != a.shape[1] or w.shape != a.shape:
        raise InputError(f"a has shape {a.shape}, noise_variance {w.shape}: expected two square matrices of one size")
    if np.abs(w - w.T).max() > 1e-12 * np.abs(w).max() or np.linalg.eigvalsh(w).min() <= 0:
        raise InputError("noise_variance: expected a symmetric positive definite matrix")
    return a, w


def _basis(size: int) -> Array:
    """Symmetric matrices that span all."""
    found = []
    for i in range(size):
        for j in range(i, size):
            e = np.zeros((size, size))
            e[i, j] = e[j, i] = 1.0
            found.append(e)
    return np.array(found)


def _value(a: Array, w: Array, p: Array, d: float, t: float) -> float:
    """t R - log det(slack) - log(D - tr P), infinite outside."""
    ahead = a @ p @ a.T + w
    slack, room = ahead - p, d - float(np.trace(p))
    if room <= 0 or np.linalg.eigvalsh(p).min() <= 0 or np.linalg.eigvalsh(slack).min() <= 0:
        return math.inf
    logs = [float(np.linalg.slogdet(m)[1]) for m in (ahead, p, slack)]
    return t * (logs[0] - logs[1]) / 2 - logs[2] - math.log(room)


def _centre(a: Array, w: Array, p: Array, d: float, t: float, plain: Array) -> Array:
    """Newton's method on the barrier function."""
    for _ in range(60):
        root = np.linalg.cholesky(p)
        basis = root @ plain @ root.T  # coordinates in which P is the identity, whatever its scales
        ahead = a @ p @ a.T + w
        ends = np.linalg.inv(ahead), np.linalg.inv(p), np.linalg.inv(ahead - p)
        moved = a @ basis @ a.T
        parts = [ends[0] @ moved, ends[1] @ basis, ends[2] @ (moved - basis)]
        traces = [np.trace(m, axis1=1, axis2=2) for m in parts]
        room = d - float(np.trace(p))
        widths = np.trace(basis, axis1=1, axis2=2)
        slope = t * (traces[0] - traces[1]) / 2 - traces[2] + widths / room
        squares = [np.einsum("iab,jba->ij", m, m) for m in parts]
        curve = t * (squares[1] - squares[0]) / 2 + squares[2] + np.outer(widths / room, widths / room)
        step = -np.linalg.solve(curve, slope)
        fall = -float(slope @ step)
        move = np.einsum("i,iab->ab", step, basis)
        # Near the centre the fall drowns in rounding, and the full step is the right one.
        here, part = math.inf if fall < 1e-3 else _value(a, w, p, d, t) - 0.1 * fall, 1.0
        while part > 1e-12 and not _value(a, w, p + part * move, d, t) < here + 0.1 * (1 - part) * fall:
            part /= 2
        if part <= 1e-12:
            break
        p = p + part * move
        if fall < 1e-20:
            break
    return p


def _bounds(a: Array, w: Array, p: Array, d: float, t: float) -> tuple[float, float]:
    """The value at p, and the Lagrangian there less what its slope can still give on tr P <= D."""
    ahead = a @ p @ a.T + w
    slack, room = ahead - p, d - float(np.trace(p))
    value = (float(np.linalg.slogdet(ahead)[1]) - float(np.linalg.slogdet(p)[1])) / 2
    m, s = np.linalg.inv(slack) / t, 1 / (t * room)
    slope = (a.T @ np.linalg.inv(ahead) @ a - np.linalg.inv(p)) / 2 - a.T @ m @ a + m + s * np.eye(len(p))
    # Room is a small difference, known to few digits: any s >= 0 gives a bound, so take the one that levels the slope.
    shift = max(-s, -float(np.trace(slope @ p)) / float(np.trace(p)))
    s, slope = s + shift, slope + shift * np.eye(len(p))
    # For Q with tr Q <= D and Q <= A Q A' + W, and axes v of P: v'Q v <= b, hence <slope, Q> >= n times the least eigenvalue of the slope so scaled.
    axes = np.linalg.eigh(p)[1]
    scaled = axes * np.sqrt(_reach(a, w, axes, d))
    rest = float(np.trace(slope @ p)) - len(p) * min(0.0, float(np.linalg.eigvalsh(scaled.T @ slope @ scaled)[0]))
    slackness = float(np.trace(m @ slack)) + s * room
    return value - slackness - rest - 1e-12 * (1 + abs(value)), max(0.0, value) + 1e-12 * (1 + abs(value))


def _reach(a: Array, w: Array, axes: Array, d: float) -> Array:
    """For each column v an upper bound on v'Q v: v'Q v <= D |A'^k v|^2 + sum_{j < k} v'A^j W A'^j v for every k."""
    moved, gathered = axes, np.zeros(axes.shape[1])
    best = np.full(axes.shape[1], d)
    for _ in range(200):
        gathered = gathered + (moved * (w @ moved)).sum(axis=0)
        moved = a.T @ moved
        best = np.minimum(best, gathered + d * (moved**2).sum(axis=0))
        if not np.any(gathered < best):
            break
    return best
