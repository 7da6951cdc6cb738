"""Rate-reward: how much reward a nat of information about the prompt buys.

    R(W) = min I(S;U) over policies P(u|s) with E r(S,U) >= W,        and at a price 1/beta per nat    max E r - I(S;U)/beta.

It is rate-distortion with d = -r, solved and certified by the same code. Over T steps, directed: policies P(u_t | u^{t-1}, s^t), reward
sum_t r(s_t, u_t), information I(S^T -> U^T). Tishby and Polani 2011; Rubin, Shamir and Tishby 2012.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from semtheory.errors import InputError
from semtheory.measures._arrays import Array
from semtheory.measures.causal_blahut_arimoto import CausalProblem
from semtheory.measures.classical_rate import Problem, _at_slope, as_problem, number, solve_problem
from semtheory.measures.directed_rate import directed_rate_distortion
from semtheory.measures.source_trees import as_source
from semtheory.processes._checks import count
from semtheory.values import UNITS, Value, require_unit

ALLOWANCE = 1e-13


class RateReward(Value):
    """The optimum with its bracket, and a policy that attains the lower end (the upper one, for a least rate).

    Attributes:
        policy: (S, U), P(u|s); over T steps a list of arrays (nodes, |U|^{t-1}, |U|).
        reward, rate: of that policy, per step; the rate in `unit`.
    """

    policy: Any
    reward: float
    rate: float

    def __reduce__(self) -> tuple[Any, ...]:
        return *super().__reduce__()[:2], dict(self.__dict__)


def rate_reward(
    pmf: ArrayLike,
    reward_matrix: ArrayLike,
    beta: float | None = None,
    *,
    reward: float | None = None,
    unit: str = "nats",
    tolerance: float = 1e-10,
) -> RateReward:
    """max E r - I(S;U)/beta, in units of reward; or, given `reward=W` in place of beta, the least rate R(W).

    Args:
        pmf: (S,), law of the prompt. reward_matrix: (S, U), finite, or -inf for an action that is forbidden.
        beta: price 1/beta per nat of information; 0 gives the limit, the best reward of a policy that does not look at the prompt,
            infinity the best reward of all. unit: of `.rate`, and of the value when it is a rate.

    Raises:
        InputError: neither or both of beta and reward, beta negative or NaN, a reward above the largest possible, NaN in the rewards.
    """
    require_unit(unit)
    r = _rewards(reward_matrix)
    problem = as_problem(pmf, -r)
    if (beta is None) == (reward is None):
        raise InputError("give beta=, the price of information, or reward=, the reward wanted: one of them")
    if reward is not None:
        wanted = number("reward", reward)
        if wanted > -problem.least + 1e-14 * (1 + abs(problem.least)):
            raise InputError(
                f"reward={wanted:.17g} is above the largest possible, {-problem.least:.17g}: no policy earns it; ask for that or less"
            )
        found = solve_problem(problem, -wanted, unit, tolerance)
        return _made(float(found), found.lower, found.upper, unit, found.channel, -found.distortion, found.upper)
    price = as_beta(beta)
    if price == 0 or math.isinf(price):
        end = solve_problem(problem, problem.free if price == 0 else problem.least, unit, tolerance)
        best = -problem.free if price == 0 else -problem.least
        return _made(best, best, best, unit, end.channel, best, end.upper)
    return _at_price(problem, price, unit)


def directed_rate_reward(
    source: Any,
    reward_matrix: ArrayLike,
    beta: float | None = None,
    horizon: int | None = None,
    *,
    reward: float | None = None,
    unit: str = "nats",
    tolerance: float = 1e-9,
) -> RateReward:
    """max (1/T) (E sum_t r(S_t, U_t) - I(S^T -> U^T)/beta) over causal policies; or, given `reward=W`, the least rate R_T(W) per step.

    Args:
        source: as for `directed_rate_distortion`. reward_matrix: (S, U), finite. horizon: T; None only with reward=: the stationary bracket.
        beta, reward, unit: as for `rate_reward`.

    Raises:
        InputError: as `rate_reward`; no horizon with beta.
    """
    require_unit(unit)
    r = _rewards(reward_matrix)
    if (beta is None) == (reward is None):
        raise InputError("give beta=, the price of information, or reward=, the reward wanted: one of them")
    if reward is not None:
        wanted = number("reward", reward)
        try:
            found = directed_rate_distortion(source, -r, -wanted, horizon, unit=unit, tolerance=tolerance)
        except InputError as error:
            if "below the least possible" not in str(error):
                raise
            raise InputError(f"reward={wanted:.17g} is above the largest that any policy earns; ask for less") from None
        return _made(float(found), found.lower, found.upper, unit, found.policies, -found.distortion, found.upper)
    price = as_beta(beta)
    known = as_source(source)
    if np.any(~np.isfinite(r)) or r.shape[0] != known.chain.letters:
        raise InputError(f"reward_matrix has shape {r.shape}: expected ({known.chain.letters}, U), finite")
    steps = count("horizon", horizon, 1)
    problem = CausalProblem(known.levels(steps), -r)
    if price == 0 or math.isinf(price):
        laws = [problem.levels.first]
        for step in problem.levels.steps:
            laws.append(laws[-1] @ step)
        tables = [-table for table in problem.distortions]
        each = [(law @ t).max() if price == 0 else law @ t.max(axis=1) for law, t in zip(laws, tables, strict=True)]
        best = float(sum(each)) / steps
        end = directed_rate_distortion(source, -r, -best, steps, unit=unit, tolerance=tolerance)
        return _made(best, best, best, unit, end.policies, best, end.upper)
    found_at = problem.least(price, None, steps * tolerance * price)
    upper, lower = -found_at.lower / price / steps, -(found_at.rate + price * found_at.distortion) / price / steps
    rate = found_at.rate / steps / UNITS[unit]
    return _made((lower + upper) / 2, lower, upper, unit, list(found_at.kernels), -found_at.distortion / steps, rate)


def as_beta(beta: Any) -> float:
    """An inverse temperature, 0 and infinity included. Raises `InputError`."""
    try:
        price = float(beta)
    except (TypeError, ValueError):
        raise InputError(f"beta={beta!r}: expected a number, 0 or more, or infinity") from None
    if not price >= 0:
        raise InputError(f"beta={beta!r}: expected 0 or more; a negative price of information would pay for it")
    return price


def _rewards(reward_matrix: ArrayLike) -> Array:
    try:
        r = np.array(reward_matrix, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"reward_matrix: {reward_matrix!r} is not a matrix of numbers ({error})") from None
    if r.ndim != 2:
        raise InputError(f"reward_matrix has shape {r.shape}: expected (S, U), a row for each prompt")
    wrong = np.isnan(r) | (r == np.inf)
    if np.any(wrong):
        s, u = (int(k) for k in np.argwhere(wrong)[0])
        raise InputError(
            f"reward_matrix[{s}, {u}] is {r[s, u]}: expected a number, or -inf where the action is forbidden"
        )
    return r


def _at_price(problem: Problem, beta: float, unit: str) -> RateReward:
    point = _at_slope(problem, beta, None, 1e-12)
    upper, lower = -point.dual / beta, -(point.rate + beta * point.distortion) / beta
    channel = np.empty((len(problem.kept), problem.d.shape[1]))
    channel[np.logical_not(problem.kept)] = 1 / problem.d.shape[1]
    channel[problem.kept] = point.solution
    return _made((lower + upper) / 2, lower, upper, unit, channel, -point.distortion, point.rate / UNITS[unit])


def _made(value: float, lower: float, upper: float, unit: str, policy: Any, reward: float, rate: float) -> RateReward:
    exact = lower == upper
    slack = 0.0 if exact else ALLOWANCE * (1 + abs(value))
    lower, upper = min(lower, value) - slack, max(upper, value) + slack
    result = RateReward(value, lower, upper, unit, "exact" if exact else "bracket")
    result.policy, result.reward, result.rate = policy, reward, rate
    return result
