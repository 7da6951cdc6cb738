"""E log(A + V_1 + ... + V_n) for independent V_i of one finite law and an independent A: exact by counting, else enclosed.

Few values or few draws: the numbers of draws of each value are multinomial, and all of them are enumerated. Otherwise
E log X = integral over t > 0 of (e^{-t} - E e^{-tX})/t, with E e^{-tX} a product, enclosed by Arb's rigorous integration.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from semtheory.measures._arrays import Array

MOST_COUNTS = 1_000_000  # enumerated at once; beyond it the integral is used
Interval: TypeAlias = tuple[float, float]
CLOSE = 1e-15  # relative: values that differ by rounding alone are one value


def distinct(values: Array, law: Array) -> tuple[Array, Array]:
    """Values of positive probability in increasing order, those equal but for rounding taken together."""
    kept = law > 0
    order = np.argsort(values[kept], kind="stable")
    v, p = values[kept][order], law[kept][order]
    new = np.concatenate([[True], np.diff(v) > CLOSE * np.abs(v[1:])])
    group = np.cumsum(new) - 1
    return v[new], np.asarray(np.bincount(group, weights=p), dtype=np.float64)


def number_of_counts(values: int, draws: int) -> int:
    """How many ways there are for `draws` draws to fall on `values` values."""
    return math.comb(draws + values - 1, values - 1)


def sums(values: Array, law: Array, draws: int) -> tuple[Array, Array]:
    """Every sum of `draws` independent draws, and its probability (one entry for each way to fall on the values)."""
    left, total, chance = np.array([draws]), np.zeros(1), np.ones(1)
    ahead = np.cumsum(law[::-1])[::-1]  # of each value and those after it
    for value, share, others in zip(values[:-1], law[:-1], ahead[1:], strict=True):
        table, first = _binomials(np.unique(left), float(share), float(others))
        repeats = left + 1
        rest = np.repeat(left, repeats)
        taken = np.arange(repeats.sum()) - np.repeat(np.cumsum(repeats) - repeats, repeats)
        here = table[first[rest] + taken]
        total, chance = np.repeat(total, repeats) + taken * value, np.repeat(chance, repeats) * here
        left = rest - taken
    return total + left * values[-1], chance


def _binomials(draws: NDArray[np.int64], share: float, others: float) -> tuple[Array, NDArray[np.int64]]:
    """The binomial laws of so many draws each (sorted), odds share to others, one after the other; and where the law of n draws begins.

    From the mode outwards by ratios, then divided by their sum: log-factorials would lose the digits of n log n.
    """
    laws = []
    for n in draws.tolist():
        mode = min(n, int((n + 1) * (share / (share + others))))
        up, down = np.arange(mode, n), np.arange(mode, 0, -1)
        above = np.cumprod((n - up) * share / ((up + 1) * others))
        below = np.cumprod(down * others / ((n - down + 1) * share))
        weights = np.concatenate([below[::-1], [1.0], above])
        laws.append(weights / weights.sum())
    first = np.zeros(int(draws[-1]) + 1, dtype=np.int64)
    first[draws] = np.cumsum(draws + 1) - (draws + 1)
    return np.concatenate(laws), first


def mean_log_sum(values: Array, law: Array, draws: int, starts: Array, weights: Array) -> tuple[Interval, bool]:
    """E log(A + V_1 + ... + V_n), A = `starts` with probabilities `weights`, V of `law` on `values`, all >= 0.

    Returns:
        An interval around the mean, and whether it was counted (its ends are then equal, right up to rounding);
        minus infinity when the sum is 0 with positive probability.
    """
    v, p = distinct(values, law)
    a, w = distinct(starts, weights)
    if draws == 0:
        v, p = np.zeros(1), np.ones(1)
    if a[0] + draws * v[0] == 0:
        return (-math.inf, -math.inf), True
    if number_of_counts(len(v), draws) * len(a) <= MOST_COUNTS:
        total, chance = sums(v, p, draws)
        seen = chance > 0
        found = float(
            sum(weight * (chance[seen] @ np.log(start + total[seen])) for start, weight in zip(a, w, strict=True))
        )
        return (found, found), True
    return _integral(v, p, draws, a, w), False


def _integral(values: Array, law: Array, draws: int, starts: Array, weights: Array) -> Interval:
    """By Frullani's integral in u = log t, scaled to mean 1. Both tails are bounded by hand, the middle by Arb."""
    import flint

    scale = float(weights @ starts + draws * (law @ values))
    v, a = values / scale, starts / scale
    least = float(a.min() + draws * v.min())
    low, high = math.log(1e-17), math.log(45 / min(least, 1.0))
    before = flint.ctx.prec
    flint.ctx.prec = 100
    try:

        def balls(at: Array, law: Array) -> list[tuple[flint.arb, flint.arb]]:
            whole = sum(
                (flint.arb(float(p)) for p in law), flint.arb(0)
            )  # 1 but for rounding, which the integral would feel
            return [(flint.arb(float(x)), flint.arb(float(p)) / whole) for x, p in zip(at, law, strict=True)]

        terms, heads = balls(v, law), balls(a, weights)

        def integrand(u: flint.acb, _analytic: bool) -> flint.acb:
            t = u.exp()
            one = sum((p * (-t * x).exp() for x, p in terms), flint.acb(0))
            head = sum((p * (-t * x).exp() for x, p in heads), flint.acb(0))
            return (-t).exp() - head * one**draws

        found = flint.acb.integral(integrand, flint.acb(low), flint.acb(high), abs_tol=flint.arb("1e-16")).real
        middle, radius = float(found.mid()), float(found.rad())
    finally:
        flint.ctx.prec = before
    # Left of t0 = e^low the integrand is at most (1 + E X) t = 2t; right of t1 it is at most e^{-t} + e^{-t least}, over t.
    right = math.exp(-math.exp(high) * min(least, 1.0))
    slack = radius + 2e-17 + 2 * right + 4e-15 * (1 + abs(middle) + abs(math.log(scale)))
    centre = math.log(scale) + middle
    return centre - slack, centre + slack
