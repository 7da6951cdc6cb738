"""From slopes to a distortion: R(D) between its tangents and its chords.

A solver answers, for a slope s, with an achievable pair (D_s, R_s) and a bound `dual` <= min(R + s D). Then for every D

    max_s (dual_s - s D)  <=  R(D)  <=  the chord between two achievable pairs on either side of D,

because R is convex. The slope is searched until the two meet to the tolerance, also where R is a straight line, on which no
single slope has a solution at the D asked.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

SEARCH = 200


@dataclass(frozen=True)
class Point:
    """What a solver found at one slope; nats.

    Attributes:
        slope: s >= 0, `math.inf` at the least distortion.
        distortion, rate: of a solution that exists.
        dual: a certified lower bound of min(R + s D); -inf at infinite slope.
        solution: the channel or policy, in the solver's own form.
    """

    slope: float
    distortion: float
    rate: float
    dual: float
    solution: Any = None

    @property
    def value(self) -> float:
        """R + s D of the solution, an upper bound of the least."""
        return self.rate + self.slope * self.distortion

    def tangent(self, distortion: float) -> float:
        """The lower bound that this point puts on R(distortion)."""
        return -math.inf if math.isinf(self.slope) else self.dual - self.slope * distortion


@dataclass(frozen=True)
class Meeting:
    """Bounds on R(D), and the two achievable points whose mixture has distortion at most D.

    Attributes:
        share: weight of `right` (the smaller slope, the larger distortion); `left` has the rest.
    """

    lower: float
    upper: float
    left: Point
    right: Point
    share: float


def meet(
    solve: Callable[[float, Point | None], Point],
    distortion: float,
    free: Point,
    least: Callable[[], Point],
    scale: float,
    tolerance: float,
    known: list[Point] | None = None,
) -> Meeting:
    """Search the slope for R(distortion).

    Args:
        solve: (slope, a point nearby or None) -> Point.
        free: the point at slope 0, whose distortion exceeds the one asked.
        least: makes the point at infinite slope; called only when finite slopes do not reach down to `distortion`.
        scale: a typical distortion, for the first guess. tolerance: on upper - lower, nats.
        known: points found before for the same problem; new ones are added.
    """
    points = [] if known is None else known
    right, left = free, None
    lower = max(0.0, free.tangent(distortion))
    solved = lower  # what `lower` would be if the points found were optimal
    for point in points:
        lower, solved = max(lower, point.tangent(distortion)), max(solved, point.value - point.slope * distortion)
        if point.distortion > distortion and point.slope > right.slope:
            right = point
        elif point.distortion <= distortion and (left is None or point.slope < left.slope):
            left = point
    slope, near = 1.0 / scale, None
    slope = max(slope, 2 * right.slope)
    for _ in range(60 if left is None else 0):
        point = solve(slope, near)
        points.append(point)
        lower = max(lower, point.tangent(distortion))
        solved = max(solved, point.value - slope * distortion)
        near = point
        if point.distortion <= distortion:
            left = point
            break
        right = point
        slope *= 4
    if left is None:
        left = least()
        share, upper = _chord(left, right, distortion)
        return Meeting(min(lower, upper), upper, left, right, share)
    pull = 1.0  # Illinois: halve the weight of an end that stays
    last = 0
    for step in range(SEARCH):
        share, upper = _chord(left, right, distortion)
        if upper - max(lower, solved) <= tolerance / 2 or left.slope - right.slope <= 4e-16 * left.slope:
            break
        slope = _next(left, right, distortion, pull, last, step)
        point = solve(slope, left)
        points.append(point)
        lower = max(lower, point.tangent(distortion))
        solved = max(solved, point.value - slope * distortion)
        side = 1 if point.distortion > distortion else -1
        pull = pull / 2 if side == last else 1.0
        last = side
        if side == 1:
            right = point
        else:
            left = point
    share, upper = _chord(left, right, distortion)
    return Meeting(min(lower, upper), upper, left, right, share)


def _next(left: Point, right: Point, distortion: float, pull: float, last: int, step: int) -> float:
    """Between the two slopes: by false position, every fourth time the middle."""
    above, below = right.distortion - distortion, distortion - left.distortion
    if step % 4 == 3 or not 0 < above + below < math.inf:
        return (left.slope + right.slope) / 2
    if last == 1:
        below *= pull
    elif last == -1:
        above *= pull
    part = above / (above + below) if above + below > 0 else 0.5
    part = min(max(part, 1e-3 if step < 12 else 1e-9), 1 - (1e-3 if step < 12 else 1e-9))
    return right.slope + part * (left.slope - right.slope)


def _chord(left: Point, right: Point, distortion: float) -> tuple[float, float]:
    """The share of `right` in the mixture that has the distortion asked, and the rate of the mixture at most."""
    width = right.distortion - left.distortion
    share = 0.0 if width <= 0 else min(1.0, max(0.0, (distortion - left.distortion) / width))
    while share > 0 and (1 - share) * left.distortion + share * right.distortion > distortion:
        share = max(0.0, math.nextafter(share, 0.0) - 1e-16)
    return share, (1 - share) * left.rate + share * right.rate
