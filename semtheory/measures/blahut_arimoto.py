"""One slope of a rate-distortion function: the least of I(X;U) + s E d(X,U), with a certificate.

As a function of the law r of the reproduction, L(r) = -sum_x p(x) log sum_u r(u) e^{-s d(x,u)} is convex, and its least value is
the answer. Blahut's and Arimoto's step r <- r c, with c(u) = sum_x p(x) e^{-s d(x,u)} / Z(x), always goes down but crawls where a
letter is about to be dropped; Newton steps on the letters still in use finish the work. Whatever found r,

    L(r) - log max_u c(u)  <=  min L  <=  L(r)        (Blahut 1972),

so the answer does not depend on trusting the search.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from semtheory.processes._checks import Array

ROUNDS = 200
FLOOR = 1e-15  # a certified gap cannot be told from rounding below this


@dataclass(frozen=True)
class Output:
    """A law of the reproduction and what it certifies.

    Attributes:
        law: (U,), r.
        value: L(r), an upper bound of min L in nats. lower: L(r) - log max c.
        partition: (X,), Z(x) = sum_u r(u) e^{-s d(x,u)}.
    """

    law: Array
    value: float
    lower: float
    partition: Array


def least_output(p: Array, weight: Array, start: Array | None = None, tolerance: float = 1e-13) -> Output:
    """The law r that minimises L(r) for `weight[x, u]` = e^{-s d(x,u)}, every row with a positive entry.

    Args:
        p: (X,), positive, sum 1. weight: (X, U). start: where to begin.
        tolerance: of the certified gap, in nats.
    """
    letters = weight.shape[1]
    r = np.full(letters, 1.0 / letters) if start is None else start / start.sum()
    r = 0.999 * r + 0.001 / letters if start is not None else r
    best: Output | None = None
    for step in range(ROUNDS):
        z = weight @ r
        c = (p / z) @ weight
        found = Output(r, float(-(p @ np.log(z))), 0.0, z)
        top = float(c.max())
        # Rounding in L is a few units in the last place; the bound below is stated to that accuracy.
        found = Output(r, found.value, found.value - max(0.0, float(np.log(top))), z)
        if best is None or found.value - found.lower < best.value - best.lower:
            best = found
        if top - 1 <= max(tolerance, FLOOR):
            break
        r = _newton(p, weight, r) if step % 3 else r
        c = (p / (weight @ r)) @ weight
        r = r * c
        r /= r.sum()
    assert best is not None
    return best


def _newton(p: Array, weight: Array, r: Array) -> Array:
    """A Newton step on the simplex, halved until L goes down.

    With B = weight sqrt(p)/Z the model of L + sum(r) is |B y - 2 sqrt(p)|^2/2 + sum(y) over y >= 0; adding (sum(y) - 1)^2/2 leaves the
    fixed points where they are and makes it a problem of non-negative least squares.
    """
    z = weight @ r
    rows = np.vstack([weight * (np.sqrt(p) / z)[:, None], np.ones(len(r))])
    target = _non_negative(rows, np.append(2 * np.sqrt(p), 0.0), r > 1e-12 * r.max())
    here = float(-(p @ np.log(z)) + r.sum())
    move, part = target - r, 1.0
    for _ in range(30):
        trial = r + part * move
        with np.errstate(divide="ignore", invalid="ignore"):
            there = float(-(p @ np.log(weight @ trial)) + trial.sum())
        if there <= here:
            return trial
        part /= 2
    return r


def _non_negative(rows: Array, goal: Array, used: Any) -> Array:
    """argmin |rows y - goal|, y >= 0: first on the coordinates in use alone, which near the end is all there is to it."""
    from scipy.optimize import nnls

    if int(used.sum()) <= len(rows):
        part = rows[:, used]
        inner = np.linalg.lstsq(part, goal, rcond=None)[0]
        if np.all(inner >= 0):
            slope = rows.T @ (goal - part @ inner)
            if np.all(slope[~used] <= 1e-12):
                y = np.zeros(rows.shape[1])
                y[used] = inner
                return y
    try:
        return np.asarray(nnls(rows, goal, maxiter=20 * rows.shape[1])[0])
    except RuntimeError:  # its own limit of rounds: no step, and the bound says how far we got
        return np.full(rows.shape[1], np.nan)
