"""PAC-Bayes: the bound by the inverse of the binary divergence, and its constant xi(n).

    kl(empirical risk || risk) <= (KL(posterior || prior) + ln(xi(n)/delta))/n,   sqrt(n) <= xi(n) <= 2 sqrt(n),

with probability >= 1 - delta, for all posteriors at once; losses in [0, 1], iid examples, the prior chosen before the data.
Seeger 2002; Maurer 2004, Theorems 1 and 5.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from semtheory.bounds.generalisation_formulas import DELTA, KL, N
from semtheory.errors import InputError
from semtheory.processes._checks import Array

ROUNDING = 1e-14  # relative, of a divergence and of the budget


def binary_divergence(q: Any, p: Any) -> Any:
    """kl(q||p) = q ln(q/p) + (1-q) ln((1-q)/(1-p)) in nats; numbers or arrays, which broadcast; infinite when p cuts q off."""
    a, b = _together(q=_unit_interval("q", q), p=_unit_interval("p", p))
    return _plain(_excess(a, b, b - a) + _excess(1 - a, 1 - b, a - b))


def _excess(a: Array, b: Array, step: Array) -> Array:
    """b - a - a ln(b/a) >= 0 to full relative accuracy, `step` being b - a: kl is this of q and p and of 1 - q and 1 - p."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = np.where(a > 0, step / a, 0.0)
        far = np.where(a > 0, step + a * (np.log(a) - np.log(b)), step)
    s = np.where(np.abs(ratio) < 0.5, ratio, 0.0)
    s = s / (2 + s)  # ln(1 + ratio) = 2 artanh s
    tail = np.zeros_like(s)
    for k in range(35, 1, -2):
        tail = s * s * (1 / k + tail)
    near = 2 * a * s * (s / (1 - s) - tail)
    return np.asarray(np.where((a > 0) & (np.abs(ratio) < 0.5), near, far))


def kl_inverse(q: Any, budget: Any, *, lower: bool = False) -> Any:
    """The largest p with kl(q||p) <= budget (with `lower`, the smallest), by bisection; it is returned from outside.

    Args:
        q: in [0, 1]. budget: >= 0, nats; infinity gives 1 (0). Numbers or arrays, which broadcast.

    Raises:
        InputError: q outside [0, 1], a negative budget or NaN, shapes that do not broadcast.
    """
    a = _unit_interval("q", q)
    c = np.asarray(budget, dtype=np.float64)
    if np.any(np.isnan(c)) or np.any(c < 0):
        raise InputError(f"budget={budget!r}: expected nats >= 0")
    a, c = _together(q=a, budget=c)
    c = c * (1 + ROUNDING)
    inside, outside = a.copy(), np.full(a.shape, 0.0 if lower else 1.0)
    everything = binary_divergence(a, outside) <= c
    for _ in range(1100):  # until neighbours, also among the smallest floats
        middle = (inside + outside) / 2
        moving = (middle != inside) & (middle != outside)
        if not np.any(moving):
            break
        within = binary_divergence(a, middle) <= c
        inside = np.where(moving & within, middle, inside)
        outside = np.where(moving & ~within, middle, outside)
    return _plain(np.where(everything, 0.0 if lower else 1.0, outside))


def maurer_xi(n: int) -> float:
    """xi(n) = sum_k C(n,k) (k/n)^k (1-k/n)^{n-k}, the constant of the PAC-Bayes bound: E e^{n kl(mean||p)} for n coins.

    Computed as the sum over j of n!/((n-j)! n^j), which is the same number (Abel; Ramanujan's Q).

    Raises:
        InputError: n no whole number >= 1.
    """
    N.check(n)
    size = int(n)
    term, terms = 1.0, [1.0]
    for j in range(size):
        term *= (size - j) / size
        terms.append(term)
        if term < 1e-40:
            break
    return math.fsum(terms)


def pac_bayes_kl(
    empirical_risk: Any,
    divergence: Any,
    n: Any,
    delta: Any,
    *,
    span: float = 1.0,
    sharp: bool = False,
) -> Any:
    """The bound on the risk of the posterior by kl inversion; at most `mcallester`'s.

    Args:
        empirical_risk: of the posterior, in [0, span]. divergence: KL(posterior || prior), nats. n: examples. delta: of failure.
        span: losses lie in [0, span].
        sharp: xi(n) itself in place of its bound 2 sqrt(n); n must then be one number.

    Returns:
        A float, or an array when some argument is one.

    Raises:
        InputError: losses outside [0, span], an infinite or negative divergence, n < 1, delta outside (0, 1), shapes that do not broadcast.
    """
    if not 0 < span < math.inf:
        raise InputError(f"span={span!r}: expected the range of the loss, a number > 0")
    risk = _unit_interval("empirical_risk", empirical_risk, span)
    for parameter, value in ((KL, divergence), (N, n), (DELTA, delta)):
        parameter.check(value)
    if sharp and np.ndim(n) > 0:
        raise InputError(f"n has shape {np.shape(n)}, sharp=True: expected one number; call it for each n")
    kl, size, failure = (np.asarray(value, dtype=np.float64) for value in (divergence, n, delta))
    risk, kl, size, failure = _together(empirical_risk=risk, divergence=kl, n=size, delta=failure)
    logs = math.log(maurer_xi(n)) if sharp else np.log(2 * np.sqrt(size))
    found = np.asarray(kl_inverse(risk / span, (kl + logs - np.log(failure)) / size))
    return _plain(found if span == 1 else np.minimum(span * found * (1 + ROUNDING), span))


def _together(**arrays: Array) -> list[Array]:
    """The arrays broadcast to one shape. Raises `InputError`."""
    try:
        return [np.asarray(array) for array in np.broadcast_arrays(*arrays.values())]
    except ValueError:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise InputError(f"shapes do not fit together: {shapes}") from None


def _unit_interval(name: str, value: Any, span: float = 1.0) -> Array:
    array = np.asarray(value, dtype=np.float64)
    if not np.all((array >= 0) & (array <= span)):
        wrong = array[~((array >= 0) & (array <= span))].flat[0]
        raise InputError(
            f"{name}={float(wrong)!r}: expected a number from 0 to {span:g}; rescale the loss, or give span= its range"
        )
    return array


def _plain(array: Any) -> Any:
    return float(array) if np.ndim(array) == 0 else np.asarray(array)
