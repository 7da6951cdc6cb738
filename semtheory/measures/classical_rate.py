"""The classical rate-distortion function R(D) = min I(X;U) over channels with E d(X,U) <= D, certified at every call.

The bounds come from the dual (see `blahut_arimoto`) and from a channel that exists, so they hold whether or not the search
converged; also below the critical slope, where one letter takes all and iterations that stop when nothing moves go wrong.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from semtheory.errors import InputError
from semtheory.measures._arrays import Array, as_pmf
from semtheory.measures.blahut_arimoto import least_output
from semtheory.measures.slopes import Meeting, Point, meet
from semtheory.values import UNITS, Value, require_unit

TOLERANCE = 1e-10  # nats, the gap asked for unless told otherwise
ALLOWANCE = 1e-14  # nats per (1 + |value|): rounding in the bounds themselves


class RateDistortion(Value):
    """A rate with its bracket and what attains the upper end.

    Attributes:
        channel: (X, U), P(u | x); rows of letters that never occur are uniform over their best reproductions.
        distortion: of that channel, at most what was asked. slope: -dR/dD in `unit` per unit of distortion.
        gap: upper - lower.
    """

    channel: Array
    distortion: float
    slope: float

    @property
    def gap(self) -> float:
        """The certified gap, in `unit`."""
        return self.width

    def __reduce__(self) -> tuple[Any, ...]:
        return *super().__reduce__()[:2], {
            "channel": self.channel, "distortion": self.distortion, "slope": self.slope
        }  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """A law without letters of probability zero, and a distortion matrix that has been checked.

    Attributes:
        p: (X,). d: (X, U), >= its row minimum `least`, +inf where forbidden. kept: which letters of the source occur.
    """

    p: Array
    d: Array
    kept: Any
    whole: Array

    @property
    def least(self) -> float:
        """The least distortion of any channel."""
        return float(self.p @ self.d.min(axis=1))

    @property
    def free(self) -> float:
        """The least distortion of a reproduction that does not look at the source."""
        return float((self.p @ self.d).min())

    def lowered(self) -> tuple[Problem, Fraction, float]:
        """The same with 0 for the least entry of each row; the distortion that this takes off, exactly; its doubt, by rounding of the law."""
        base = self.d.min(axis=1)
        if not base.any():
            return self, Fraction(0), 0.0
        law = [Fraction(v) for v in self.p.tolist()]
        off = sum((q * Fraction(b) for q, b in zip(law, base.tolist(), strict=True)), Fraction(0)) / sum(law)
        doubt = 4e-16 * float(self.p @ (base - base.min()))
        return Problem(self.p, self.d - base[:, None], self.kept, self.whole), off, doubt


def as_distortions(
    values: ArrayLike, letters: int, name: str = "distortion_matrix", forbidden: float = math.inf
) -> Array:
    """A matrix with a row for every letter; `forbidden` entries are allowed, a row of nothing else is not. Raises `InputError`."""
    try:
        d = np.array(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"{name}: {values!r} is not a matrix of numbers ({error})") from None
    if d.ndim != 2 or d.shape[0] != letters or d.shape[1] == 0:
        raise InputError(
            f"{name} has shape {d.shape}: expected ({letters}, U), a row for each of the {letters} source letters"
        )
    wrong = ~np.isfinite(d) & (d != forbidden)
    if np.any(wrong):
        x, u = (int(k) for k in np.argwhere(wrong)[0])
        raise InputError(f"{name}[{x}, {u}] is {d[x, u]}: expected a number, or {forbidden} where forbidden")
    empty = ~np.isfinite(d).any(axis=1)
    if np.any(empty):
        raise InputError(
            f"{name}[{int(np.argmax(empty))}] forbids every reproduction: expected a finite entry in every row"
        )
    return d


def number(name: str, value: Any, least: float = -math.inf) -> float:
    """A finite number, at least `least`. Raises `InputError`."""
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"{name}={value!r}: expected a number") from None
    if not math.isfinite(found) or found < least:
        raise InputError(
            f"{name}={value!r}: expected a finite number" + ("" if math.isinf(least) else f", at least {least:g}")
        )
    return found


def as_problem(pmf: ArrayLike, distortion_matrix: ArrayLike) -> Problem:
    """Check a source and a distortion matrix. Raises `InputError`."""
    p = as_pmf(pmf)
    if p.ndim != 1:
        raise InputError(f"pmf has shape {p.shape}: expected one axis, the letters of the source")
    d = as_distortions(distortion_matrix, len(p))
    kept = p > 0
    return Problem(p[kept], d[kept], kept, d)


def rate_distortion(
    pmf: ArrayLike,
    distortion_matrix: ArrayLike,
    distortion: float,
    *,
    unit: str = "nats",
    tolerance: float = TOLERANCE,
) -> RateDistortion:
    """R(D) with a certified bracket and a channel that meets the distortion (Shannon 1959; Blahut 1972).

    Args:
        pmf: (X,), law of the source.
        distortion_matrix: (X, U), finite, or +inf for a reproduction that is forbidden.
        distortion: D. unit: of the rate. tolerance: on upper - lower, nats.

    Returns:
        `.lower <= R(D) <= .upper`, `.channel` attaining the upper end with distortion <= D, `.slope`.

    Raises:
        InputError: a law that does not sum to 1, a matrix of the wrong shape or with NaN, D below the least possible.
    """
    problem = as_problem(pmf, distortion_matrix)
    return solve_problem(problem, number("distortion", distortion), unit, tolerance)


def rate_distortion_at_slope(
    pmf: ArrayLike, distortion_matrix: ArrayLike, slope: float, *, unit: str = "nats", tolerance: float = 1e-12
) -> RateDistortion:
    """The point of the curve where -dR/dD = slope (nats per unit of distortion), slope > 0; `.distortion` says which D it is.

    On a straight piece of the curve it is one of the ends or a point between.

    Raises:
        InputError: as `rate_distortion`; a slope that is not a positive number.
    """
    problem = as_problem(pmf, distortion_matrix)
    s = number("slope", slope, 0.0)
    if s == 0:
        raise InputError(
            "slope=0: the rate is 0 there for every distortion from the largest on; expected a positive slope"
        )
    lowered, off, doubt = problem.lowered()
    point = _at_slope(lowered, s, None, tolerance)
    return _result(lowered, Meeting(point.tangent(point.distortion), point.rate, point, point, 0.0), unit, off, doubt)


def rate_distortion_curve(
    pmf: ArrayLike,
    distortion_matrix: ArrayLike,
    distortions: Sequence[float] | int = 50,
    *,
    unit: str = "nats",
    tolerance: float = TOLERANCE,
) -> list[RateDistortion]:
    """R(D) at many D: those given, or so many at equal steps from the least distortion to the largest useful one.

    Raises:
        InputError: as `rate_distortion`.
    """
    problem = as_problem(pmf, distortion_matrix)
    if np.ndim(distortions) == 0:
        if isinstance(distortions, bool) or not isinstance(distortions, (int, np.integer)) or distortions < 2:
            raise InputError(
                f"distortions={distortions!r}: expected a list of distortions, or how many (2 or more) to spread evenly"
            )
        at = [float(v) for v in np.linspace(problem.least, _free_point(problem).distortion, int(distortions))]
    else:
        at = [number("distortion", v) for v in distortions]  # type: ignore[union-attr]
    return [solve_problem(problem, v, unit, tolerance) for v in at]


def solve_problem(problem: Problem, distortion: float, unit: str, tolerance: float) -> RateDistortion:
    """R(D) of a checked problem."""
    require_unit(unit)
    lowered, off, doubt = problem.lowered()
    floor = float(off)
    d = distortion if math.isinf(distortion) else _below(Fraction(distortion) - off)  # the channel meets what was asked
    if d < -4e-16 * (1 + abs(floor)):
        raise InputError(
            f"distortion={distortion:.17g} is below the least possible, {floor:.17g}: no channel reaches it; ask for that or more"
        )
    at_zero = _free_point(lowered)
    if d >= at_zero.distortion:
        found = Meeting(at_zero.dual, at_zero.rate, at_zero, at_zero, 0.0)
    elif d <= 0:
        point = _least_point(lowered)
        found = Meeting(point.dual, point.rate, point, point, 0.0)
    else:
        finite = lowered.d[np.isfinite(lowered.d)]
        found = meet(
            lambda s, near: _at_slope(lowered, s, near, min(1e-12, tolerance / 4)),
            d, at_zero, lambda: _least_point(lowered), max(float(finite.max()), 1e-300), tolerance,
        )  # fmt: skip
    return _result(lowered, found, unit, off, doubt)


def _below(exact: Fraction) -> float:
    """Rounded down."""
    near = float(exact)
    return math.nextafter(near, -math.inf) if Fraction(near) > exact else near


def mutual_information_of(p: Array, channel: Array) -> float:
    """I(X;U) in nats, from the definition."""
    out = p @ channel
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(channel > 0, channel * np.log(channel / out), 0.0)
    return max(0.0, float(p @ terms.sum(axis=1)))


def _mean(p: Array, channel: Array, d: Array) -> float:
    return float(p @ np.where(channel > 0, channel * np.where(channel > 0, d, 0.0), 0.0).sum(axis=1))


def _at_slope(problem: Problem, s: float, near: Point | None, tolerance: float) -> Point:
    p, d = problem.p, problem.d
    base = d.min(axis=1)
    weight = np.exp(-s * (d - base[:, None]))
    start = None if near is None or near.solution is None else p @ near.solution
    out = least_output(p, weight, start, tolerance)
    channel = weight * out.law / out.partition[:, None]
    channel /= channel.sum(axis=1, keepdims=True)
    return Point(s, _mean(p, channel, d), mutual_information_of(p, channel), out.lower + s * float(p @ base), channel)


def _free_point(problem: Problem) -> Point:
    """Always the same reproduction, the best for a source unseen; where each is forbidden to some letter, the least rate that serves all."""
    if math.isinf(problem.free):
        return _among(problem, np.isfinite(problem.d), 0.0)
    u = int(np.argmin(problem.p @ problem.d))
    channel = np.zeros_like(problem.d)
    channel[:, u] = 1.0
    return Point(0.0, problem.free, 0.0, 0.0, channel)


def _least_point(problem: Problem) -> Point:
    """The least rate among channels that use the best reproductions only; `dual` is then the bound on the rate."""
    return _among(problem, problem.d <= problem.d.min(axis=1, keepdims=True), math.inf)


def _among(problem: Problem, allowed: Any, slope: float) -> Point:
    """The least rate among channels that use the reproductions allowed; `dual` is the bound on it."""
    weight = allowed.astype(float)
    out = least_output(problem.p, weight)
    channel = weight * out.law / out.partition[:, None]
    channel /= channel.sum(axis=1, keepdims=True)
    distortion = _mean(problem.p, channel, problem.d)
    return Point(slope, distortion, mutual_information_of(problem.p, channel), out.lower, channel)


def _result(
    problem: Problem, found: Meeting, unit: str, off: Fraction = Fraction(0), doubt: float = 0.0
) -> RateDistortion:
    channel = (1 - found.share) * found.left.solution + found.share * found.right.solution
    distortion = _mean(problem.p, channel, problem.d)
    upper = min(found.upper, mutual_information_of(problem.p, channel))
    slope = found.left.slope if math.isfinite(found.left.slope) else 0.0
    slack = ALLOWANCE * (1 + abs(upper) + slope * abs(distortion)) + slope * doubt if upper > 0 else 0.0
    lower = max(0.0, min(found.lower, upper) - slack)
    upper += slack
    scale = 1 / UNITS[require_unit(unit)]
    method = "exact" if found.upper == found.lower == 0.0 else "bracket"
    value = RateDistortion((lower + upper) / 2 * scale, lower * scale, upper * scale, unit, method)  # type: ignore[arg-type]
    best = problem.whole <= problem.whole.min(axis=1, keepdims=True)
    whole = best / best.sum(axis=1, keepdims=True)
    whole[problem.kept] = channel
    value.channel = whole
    value.distortion = float(off + Fraction(distortion))
    value.slope = found.left.slope * scale
    return value
