"""Concentration for Markov chains: Dobrushin's coefficient, the martingale bound with the matrix Gamma, Paulin's tau_min.

Sources: Dobrushin 1956; Kontorovich and Ramanan 2008; Paulin 2015, Corollary 2.10.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from semtheory.errors import InputError
from semtheory.processes._checks import Array, count, probabilities, real_array

MOST_STEPS = 10_000_000


def dobrushin_coefficient(transition: Any) -> float:
    """theta = the largest total variation between two rows of a transition matrix: 0 for iid, 1 when two rows do not overlap.

    Raises:
        InputError: no square stochastic matrix.
    """
    return _distance(_matrix(transition))


def dobrushin_matrix(theta: float, n: int) -> Array:
    """Gamma of shape (n, n): theta^{j-i} for j >= i, else 0. Raises `InputError` for theta outside [0, 1] or n < 1."""
    size = count("n", n, 1)
    _coefficient(theta)
    steps = np.arange(size)[None, :] - np.arange(size)[:, None]
    return np.where(steps >= 0, float(theta) ** np.maximum(steps, 0), 0.0)


def markov_mcdiarmid(deviation: Any, differences: Any, theta: float) -> Any:
    """exp(-2 x^2/|Gamma c|^2), a bound on P(f - E f >= x) for a Markov chain of Dobrushin coefficient theta.

    For one fixed function f of X_1..X_n that changes by at most c_i when X_i alone does; any initial law. theta = 0 is McDiarmid's bound.

    Args:
        deviation: x >= 0, a number or an array. differences: c_1..c_n >= 0. theta: in [0, 1].

    Raises:
        InputError: something outside its domain, or all differences 0.
    """
    from semtheory.bounds.risk_bounds import mcdiarmid

    c = real_array("differences", differences, 1)
    if np.any(c < 0):
        raise InputError(f"differences {c.tolist()}: expected numbers >= 0")
    _coefficient(theta)
    spread = c.copy()  # Gamma c, from its last entry backwards
    for i in range(len(c) - 2, -1, -1):
        spread[i] += theta * spread[i + 1]
    return mcdiarmid(deviation, spread)


def paulin_tau_min(chain: Any) -> float:
    """Paulin's mixing time tau_min = min over t of t ((2 - d(t))/(1 - d(t)))^2, d(t) the worst total variation after t steps.

    In P(|f - E f| >= x) <= 2 exp(-2 x^2/(|c|^2 tau_min)). For iid data it is 4, so this form is not McDiarmid's there.

    Args:
        chain: a transition matrix, or the flip probability of the symmetric chain of two states.

    Returns:
        Infinity when the chain never forgets its start.

    Raises:
        InputError: neither a probability nor a square stochastic matrix.
    """
    array = real_array("chain", chain)
    if array.ndim == 0:
        flip = float(array)
        if not 0 <= flip <= 1:
            raise InputError(f"chain={chain!r}: expected a flip probability from 0 to 1, or a transition matrix")
        array = np.array([[1 - flip, flip], [flip, 1 - flip]])
    kernel = _matrix(array)
    best, t, power = math.inf, 0, np.eye(len(kernel))
    jump = kernel
    # d never rises, and t (2 - d)^2/(1 - d)^2 >= 4 t: nothing is left to find once 4 t reaches the best.
    while 4 * (t + 1) < best or t == 0:
        t, power = t + 1, power @ jump
        distance = _distance(power)
        if distance < 1 - 1e-15:
            best = min(best, t * ((2 - distance) / (1 - distance)) ** 2)
        elif t > 2 * len(kernel) ** 2 and distance >= 1:
            return math.inf  # rows that share nothing after so many steps never will (Wielandt)
        if t > MOST_STEPS:
            raise InputError(f"the chain has not mixed after {MOST_STEPS} steps: it forgets too slowly to be computed")
    return best


def _coefficient(theta: float) -> None:
    if not 0 <= theta <= 1:
        raise InputError(f"theta={theta!r}: expected a Dobrushin coefficient, a number from 0 to 1")


def _matrix(transition: Any) -> Array:
    kernel = probabilities("transition", transition, 2)
    if kernel.shape[0] != kernel.shape[1]:
        raise InputError(f"transition has shape {kernel.shape}: expected a square matrix")
    return kernel


def _distance(kernel: Array) -> float:
    return float(max(abs(kernel - row).sum(axis=1).max() for row in kernel) / 2)
