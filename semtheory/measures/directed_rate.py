"""The directed (nonanticipative, sequential) rate-distortion function, over T steps or stationary.

    R_T(D) = min over causal kernels P(u_t | u^{t-1}, x^t) with (1/T) sum E d(x_t, u_t) <= D of (1/T) I(X^T -> U^T).

Over T steps by causal Blahut-Arimoto, with a certified gap. The stationary value, the limit for T to infinity, lies in a bracket
from a single-letter bound below and a policy above (see `stationary_rate`), narrow where the two meet, and honest where not.
Gorbunov and Pinsker 1973; Tatikonda, Sahai and Mitter 2004; Charalambous, Stavrou and Ahmed 2014.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from semtheory.errors import InputError
from semtheory.measures._arrays import Array
from semtheory.measures.causal_blahut_arimoto import CausalProblem
from semtheory.measures.classical_rate import ALLOWANCE, as_distortions, number
from semtheory.measures.slopes import Meeting, Point, meet
from semtheory.measures.source_trees import Source, as_source, stationary
from semtheory.measures.stationary_rate import LowerBound, UpperBound
from semtheory.processes._checks import count
from semtheory.values import UNITS, Value, require_unit

Memo = dict[tuple[str, int], list[Point]]  # points of each problem solved so far
TOLERANCE = 1e-9  # nats per step
TABLE = 100  # entries of the tables of the stationary bounds; their blocks and memories grow until that, unless told otherwise


class DirectedRateDistortion(Value):
    """A rate per step with its bracket and what attains the upper end.

    Attributes:
        policies: [(share, kernels)], run one of them throughout, each with the probability `share`. Over T steps `kernels` is a list
            of arrays (nodes, |U|^{t-1}, |U|); stationary, one array (nodes, |U|^m, |U|), or empty for a constant reproduction.
        distortion: of that mixture, per step. slope: -dR/dD. horizon: T, or None.
    """

    policies: list[tuple[float, Any]]
    distortion: float
    slope: float
    horizon: int | None

    @property
    def gap(self) -> float:
        """The certified gap, in `unit`."""
        return self.width

    def __reduce__(self) -> tuple[Any, ...]:
        return *super().__reduce__()[:2], dict(self.__dict__)


def directed_rate_distortion(
    source: Any,
    distortion_matrix: ArrayLike,
    distortion: float,
    horizon: int | None = None,
    *,
    unit: str = "nats",
    tolerance: float = TOLERANCE,
    memory: int | None = None,
) -> DirectedRateDistortion:
    """R_T(D) for `horizon=T`, or its limit for T to infinity, per step.

    Args:
        source: a MarkovChain, HiddenMarkov, transition matrix, hidden-Markov kernel, or a law (memoryless). Over T steps it starts
            from its own initial law, where it has none from the stationary one; the limit is that of the stationary source.
        distortion_matrix: (X, U), finite. distortion: D, per step on average. unit: of the rate.
        tolerance: on upper - lower, nats per step; the stationary bracket may be wider, and says so.
        memory: how many outputs the stationary bounds may keep at most; more is narrower and slower.

    Raises:
        InputError: D below the least possible, a matrix of the wrong shape or with NaN, a horizon whose tables do not fit.
    """
    return directed_rate_distortion_curve(
        source, distortion_matrix, [distortion], horizon, unit=unit, tolerance=tolerance, memory=memory
    )[0]


def directed_rate_distortion_curve(
    source: Any,
    distortion_matrix: ArrayLike,
    distortions: Sequence[float],
    horizon: int | None = None,
    *,
    unit: str = "nats",
    tolerance: float = TOLERANCE,
    memory: int | None = None,
) -> list[DirectedRateDistortion]:
    """`directed_rate_distortion` at many D; what was found for one D serves the others. Raises `InputError` as that does."""
    require_unit(unit)
    known = as_source(source)
    d = as_distortions(distortion_matrix, known.chain.letters, forbidden=math.nan)
    targets = [number("distortion", value) for value in distortions]
    memo: Memo = {}
    if horizon is None:
        most = None if memory is None else count("memory", memory, 1)
        return [_stationary(known, d, target, unit, tolerance, most, memo) for target in targets]
    steps = count("horizon", horizon, 1)
    return [_finite(known, d, target, steps, unit, tolerance, memo) for target in targets]


def _finite(
    source: Source, d: Array, target: float, horizon: int, unit: str, tolerance: float, memo: Memo
) -> DirectedRateDistortion:
    problem = CausalProblem(source.levels(horizon), d)
    laws = [problem.levels.first]
    for step in problem.levels.steps:
        laws.append(laws[-1] @ step)
    floor = sum(float(law @ table.min(axis=1)) for law, table in zip(laws, problem.distortions, strict=True)) / horizon
    best = [int(np.argmin(law @ table)) for law, table in zip(laws, problem.distortions, strict=True)]
    free = sum(float((law @ table).min()) for law, table in zip(laws, problem.distortions, strict=True)) / horizon
    constant = _constant(problem, best)
    at_zero = Point(0.0, free, 0.0, 0.0, (None, constant))

    def solve(s: float, near: Point | None) -> Point:
        found = problem.least(s, None if near is None else near.solution[0], horizon * min(tolerance / 4, 1e-10))
        return Point(
            s, found.distortion / horizon, found.rate / horizon, found.lower / horizon, (found.law, found.kernels)
        )

    def least() -> Point:
        masked = CausalProblem(problem.levels, np.where(d <= d.min(axis=1, keepdims=True), 0.0, np.inf))
        found = masked.least(1.0, None, horizon * min(tolerance / 4, 1e-10))
        return Point(math.inf, floor, found.rate / horizon, found.lower / horizon, (found.law, found.kernels))

    found = _search(solve, target, at_zero, least, floor, _scale(d), tolerance, memo.setdefault(("steps", horizon), []))
    return _result(found, [p.solution[1] for p in (found.left, found.right)], unit, horizon, "")


def _constant(problem: CausalProblem, best: list[int]) -> list[Array]:
    """The kernels that always say the same."""
    kernels = []
    for t, u in enumerate(best):
        kernel = np.zeros((len(problem.distortions[t]), problem.letters**t, problem.letters))
        kernel[:, :, u] = 1.0
        kernels.append(kernel)
    return kernels


def _stationary(
    source: Source, d: Array, target: float, unit: str, tolerance: float, memory: int | None, memo: Memo
) -> DirectedRateDistortion:
    chain = source.chain
    law = stationary(chain.transition)
    table = d[chain.symbols]
    floor, free = float(law @ table.min(axis=1)), float((law @ table).min())
    at_zero = Point(0.0, free, 0.0, 0.0, None)
    masked = np.where(d <= d.min(axis=1, keepdims=True), 0.0, np.inf)
    fine = min(tolerance / 4, 1e-10)
    best: Meeting | None = None
    lower = 0.0
    size = 1

    def more(size: int) -> bool:
        return len(law) * d.shape[1] ** size <= TABLE if memory is None else size <= memory

    while best is None or (best.upper - lower > tolerance and more(size)):
        below = LowerBound(chain, law, d, size)
        beneath = _search(
            lambda s, near, b=below: b.point(s, near, fine), target, at_zero,
            lambda k=size: _at_floor(LowerBound(chain, law, masked, k).point(1.0, None, fine), floor), floor, _scale(d), tolerance, memo.setdefault(("below", size), []),
        )  # fmt: skip
        lower = max(lower, beneath.lower)
        if chain.known:
            above = UpperBound(chain, d, size)
            found = _search(
                lambda s, near, a=above: a.point(s, near, fine), target, at_zero,
                lambda k=size: _at_floor(UpperBound(chain, np.where(masked > 0, 1e6, 0.0), k).point(1.0, None, fine), floor),
                floor, _scale(d), tolerance, memo.setdefault(("above", size), []),
            )  # fmt: skip
        else:
            found = _restart(source, d, target, size + 2, tolerance, memo)
        best = found if best is None or found.upper < best.upper else best
        size += 1
    lower = min(lower, best.upper)
    why = (
        ""
        if best.upper - lower <= 2 * tolerance
        else "single-letter or block bound below, a policy with finite memory above; they do not meet here"
    )
    policies = [
        p.solution.kernel if hasattr(p.solution, "kernel") else (p.solution or []) for p in (best.left, best.right)
    ]
    return _result(Meeting(lower, best.upper, best.left, best.right, best.share), policies, unit, None, why)


def _restart(source: Source, d: Array, target: float, horizon: int, tolerance: float, memo: Memo) -> Meeting:
    """Blocks of T steps, each coded as if nothing had been before: achievable for the stationary source at rate R_T."""
    start = None if source.start is None else stationary(np.asarray(source.kernel).sum(axis=0))
    value = _finite(Source(source.chain, source.kernel, start, source.closed), d, target, horizon, "nats", tolerance, memo)
    point = Point(value.slope, value.distortion, value.upper, -math.inf, value.policies)
    return Meeting(0.0, value.upper, point, point, 0.0)


def _at_floor(point: Point, floor: float) -> Point:
    """A point found at infinite slope: its dual is a bound on the rate itself."""
    return Point(math.inf, floor, point.rate, point.dual, point.solution)


def _search(
    solve: Any,
    target: float,
    at_zero: Point,
    least: Any,
    floor: float,
    scale: float,
    tolerance: float,
    points: list[Point],
) -> Meeting:
    near = 1e-14 * (1 + abs(floor))
    if target < floor - near:
        raise InputError(
            f"distortion={target:.17g} is below the least possible, {floor:.17g}: no kernel reaches it; ask for that or more"
        )
    if target >= at_zero.distortion:
        return Meeting(0.0, 0.0, at_zero, at_zero, 0.0)
    if target <= floor + near:
        point = least()
        return Meeting(max(0.0, point.dual), point.rate, point, point, 0.0)

    def from_here(s: float, nearby: Point | None) -> Point:
        return solve(s, None if nearby is None or nearby.slope == 0 else nearby)

    return meet(from_here, target, at_zero, least, scale, tolerance, points)


def _scale(d: Array) -> float:
    return max(float(np.ptp(d)), 1e-300)


def _result(found: Meeting, policies: list[Any], unit: str, horizon: int | None, why: str) -> DirectedRateDistortion:
    slack = 100 * ALLOWANCE * (1 + abs(found.upper)) if found.upper > 0 else 0.0
    lower, upper = max(0.0, found.lower - slack), max(found.upper, found.lower) + slack
    scale = 1 / UNITS[unit]
    method = "exact" if found.upper == found.lower == 0.0 else "bracket"
    value = DirectedRateDistortion((lower + upper) / 2 * scale, lower * scale, upper * scale, unit, method, why)  # type: ignore[arg-type]
    shares = [(1 - found.share, policies[0]), (found.share, policies[1])]
    value.policies = [(share, kernels) for share, kernels in shares if share > 0]
    value.distortion = (1 - found.share) * found.left.distortion + found.share * found.right.distortion
    value.slope = found.left.slope * scale
    value.horizon = horizon
    return value
