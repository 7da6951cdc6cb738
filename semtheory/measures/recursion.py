"""Block entropies and entropy rates from a filter: exact, or a bracket that holds.

Three answers, and each says which it is: "exact recursion" when only equal beliefs were merged (the bracket is rounding alone),
"certified bracket" when beliefs were merged that differ (see `filters` for why it holds), and, in `sampling`, an estimate.
For rates: H(Y_t | Y^{t-1}) of the stationary process falls to the rate and H(Y_t | Y^{t-1}, S_0) rises to it (Birch 1962).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from semtheory.measures.filters import Filter, Points, Step, run

EXACT, BRACKET = "exact recursion", "certified bracket"


class Updates:
    """What a search may still spend: belief updates, not seconds, so that the same call gives the same bracket."""

    def __init__(self, left: float = math.inf) -> None:
        self.left = left

    def spend(self, points: int) -> None:
        """One step of so many points."""
        self.left -= points

    @property
    def over(self) -> bool:
        """Whether nothing is left."""
        return self.left <= 0


@dataclass(frozen=True)
class Bracket:
    """lower <= value <= upper in nats, rounding included, and how it was found."""

    lower: float
    upper: float
    method: str
    points: int

    @property
    def width(self) -> float:
        """upper - lower."""
        return self.upper - self.lower

    def minus(self, other: Bracket) -> Bracket:
        """The bracket of a difference; exact when both are."""
        method = EXACT if self.method == other.method == EXACT else BRACKET
        return Bracket(
            self.lower - other.upper, self.upper - other.lower, method, max(self.points, other.points)
        )


def block(filter: Filter, start: Points, n: int, most: int) -> Bracket:
    """sum over t = 1..n of H(value_t | past): O(most) memory whatever n is."""
    entropies, lost, points, exact = [], 0.0, 1, True
    slack, letters = 0.0, math.log(filter.emits.shape[2]) + 1
    for t, step in enumerate(run(filter, start, most), 1):
        entropies.append(step.entropy)
        slack += t * filter.rounding * letters
        if t == n:
            break
        lost, points, exact = lost + step.lost, max(points, len(step.after.weights)), exact and step.exact
    total = math.fsum(entropies)
    return Bracket(max(0.0, total - lost - slack), total + slack, EXACT if exact else BRACKET, points)


def rate(
    filter: Filter, ignorant: Points, knowing: Points, *, width: float, most: int, updates: Updates
) -> tuple[Bracket, int]:
    """The limit of H(value_t | past) of a stationary process, between a filter that starts ignorant and one that knows the state.

    More points are kept until the bracket is as narrow as `width`, `most` points are reached or `updates` are over.

    Returns:
        The bracket, and the number of steps after the start that it looked at.
    """
    best, kept, steps = None, min(256, most), 0
    while True:
        found, taken = _rate(filter, ignorant, knowing, width, kept, updates)
        steps = max(steps, taken)
        if best is not None:
            method = EXACT if EXACT in (best.method, found.method) else BRACKET
            found = Bracket(max(best.lower, found.lower), min(best.upper, found.upper), method, found.points)
        best = found
        if found.width <= width or kept >= most or found.points < kept / 2 or updates.over:
            return best, steps
        kept = min(most, 4 * kept)


def _rate(
    filter: Filter, ignorant: Points, knowing: Points, width: float, most: int, updates: Updates
) -> tuple[Bracket, int]:
    above, below = run(filter, ignorant, most), run(filter, knowing, most)
    sums, lost = [0.0], 0.0
    lower, upper, points, improved = 0.0, math.inf, 1, 0
    letters = math.log(filter.emits.shape[2]) + 1
    exact = True
    t = 0
    while True:
        t += 1
        high, low = next(above), next(below)
        updates.spend(len(high.after.weights) + len(low.after.weights))
        sums.append(sums[-1] + low.entropy)
        slack = t * filter.rounding * letters + 1e-14
        # Mean over t0 < s <= t of the lower terms; what was lost before t bounds their excess all together.
        burn = np.arange(t)
        means = (sums[t] - np.array(sums[:t]) - lost) / (t - burn)
        single = low.entropy - lost
        before = upper - lower
        lower = max(lower, float(means.max()) - 2 * slack, single - slack)
        upper = min(upper, high.entropy + slack)
        lost += low.lost
        exact = exact and high.exact and low.exact
        points = max(points, len(high.after.weights), len(low.after.weights))
        if before - (upper - lower) > 0.01 * (upper - lower):
            improved = t
        if upper - lower <= max(width, 8 * slack) or t - improved > 12 or t > 5000 or updates.over:
            return Bracket(max(0.0, lower), upper, _which(exact, upper - lower, slack), points), t


def _which(exact: bool, width: float, slack: float) -> str:
    return EXACT if exact and width <= 64 * slack else BRACKET


def trace(filter: Filter, start: Points, n: int, most: int) -> list[Step]:
    """The first n steps, for those who want every t."""
    steps = run(filter, start, most)
    return [next(steps) for _ in range(n)]
