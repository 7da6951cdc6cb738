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
from semtheory.measures.blahut_arimoto import least_output
from semtheory.measures.causal_blahut_arimoto import CausalProblem
from semtheory.measures.classical_rate import (
    Problem,
    RateDistortion,
    as_problem,
    mutual_information_of,
    number,
    solve_problem,
)
from semtheory.measures.directed_rate import DirectedRateDistortion, _constant, directed_rate_distortion
from semtheory.measures.policies import soft_maximum
from semtheory.measures.source_trees import as_source
from semtheory.processes._checks import count
from semtheory.values import PURE, UNITS, Value, require_unit

ALLOWANCE = 1e-13  # rounding, relative to the rewards
LOGS = 2e-14  # rounding of sums of logarithms, nats per step and unit of their size


class RateReward(Value):
    """The optimum with its bracket, and a policy that attains the lower end (the upper one, for a least rate).

    At a price the value is in the unit of the rewards: `.unit` is "1", and nothing converts. A least rate is in nats or bits.

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
        beta: price 1/beta per nat of information, whatever the unit; 0 gives the limit, the best reward of a policy that does not look
            at the prompt, infinity the best reward of all. unit: of `.rate`, and of the value when it is a rate.

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
        return _rate(found, found.channel)
    price = as_beta(beta)
    if price == 0 or math.isinf(price):
        end = solve_problem(problem, problem.free if price == 0 else problem.least, unit, tolerance)
        best = -problem.free if price == 0 else -problem.least
        return _reward(best, best, _size(problem.p, r[problem.kept]), "exact", end.channel, best, end.upper)
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
        return _rate(found, found.policies)
    price = as_beta(beta)
    known = as_source(source)
    if np.any(~np.isfinite(r)) or r.shape[0] != known.chain.letters:
        raise InputError(f"reward_matrix has shape {r.shape}: expected ({known.chain.letters}, U), finite")
    steps = count("horizon", horizon, 1)
    problem = CausalProblem(known.levels(steps), -r)
    laws = [problem.levels.first]
    for step in problem.levels.steps:
        laws.append(laws[-1] @ step)
    tables = [-table for table in problem.distortions]
    size = float(np.abs(r).max())
    blind = float(sum((law @ t).max() for law, t in zip(laws, tables, strict=True))) / steps
    if price == 0 or math.isinf(price):
        seen = float(sum(law @ t.max(axis=1) for law, t in zip(laws, tables, strict=True))) / steps
        best = blind if price == 0 else seen
        end = directed_rate_distortion(source, -r, -best, steps, unit=unit, tolerance=tolerance)
        return _reward(best, best, size, "exact", end.policies, best, end.upper)
    least = problem.least(price, None, steps * tolerance * price)
    slack = LOGS * ((1 + math.log(r.shape[1])) / price + size)
    lower = -(least.rate + price * least.distortion) / price / steps - slack
    upper = min(-least.lower / price / steps + slack, blind + price * steps * float(np.ptp(r, axis=1).max()) ** 2 / 8)
    if blind >= lower:
        kernels = _constant(problem, [int(np.argmax(law @ t)) for law, t in zip(laws, tables, strict=True)])
        return _reward(blind, max(blind, upper), size, "bracket", kernels, blind, 0.0)
    rate = least.rate / steps / UNITS[unit]
    return _reward(lower, upper, size, "bracket", list(least.kernels), -least.distortion / steps, rate)


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
    """With law q of the action and Z = sum_u q e^{beta r}, c = sum_s p e^{beta r}/Z: E log Z <= beta * optimum <= E log Z + log max c (Blahut
    1972), in forms that keep their digits for small beta. There Hoeffding's lemma bounds it too, by the best blind reward and
    beta E (range of r)^2/8.
    """
    p, r = problem.p, -problem.d
    top = r.max(axis=1, keepdims=True)
    below = r - top
    weight = np.exp(beta * below)
    q = p @ _tilted(least_output(p, weight, tolerance=max(1e-14, 1e-12 * min(1.0, beta))).law, weight)
    lower = float(p @ (top[:, 0] + soft_maximum(q, below, beta)))
    grown = np.expm1(beta * below)
    past = (p / (weight @ q)) @ (grown - (grown @ q)[:, None])  # c - 1
    most = -problem.free + beta * float(p @ np.ptp(r, axis=1) ** 2) / 8
    upper = min(lower + max(0.0, math.log1p(float(past.max()))) / beta, most)
    used = _tilted(q, weight)
    if -problem.free > lower:
        lower = -problem.free
        used = np.broadcast_to(np.eye(r.shape[1])[int(np.argmax(p @ r))], r.shape)
    channel = np.full((len(problem.kept), r.shape[1]), 1 / r.shape[1])
    channel[problem.kept] = used
    earned = float(p @ np.where(used > 0, used * np.where(used > 0, r, 0.0), 0.0).sum(axis=1))
    rate = mutual_information_of(p, used) / UNITS[unit]
    return _reward(lower, max(lower, upper), _size(p, r), "bracket", channel, earned, rate)


def _tilted(law: Array, weight: Array) -> Array:
    channel = weight * law
    return np.asarray(channel / channel.sum(axis=1, keepdims=True))


def _size(p: Array, r: Array) -> float:
    """The mean over prompts of the largest finite reward, in absolute value."""
    return float(p @ np.where(np.isfinite(r), np.abs(r), 0.0).max(axis=1))


def _reward(lower: float, upper: float, size: float, method: Any, policy: Any, reward: float, rate: float) -> RateReward:
    slack = 0.0 if math.isinf(lower) else ALLOWANCE * (1 + size)
    result = RateReward((lower + upper) / 2, lower - slack, upper + slack, PURE, method)
    result.policy, result.reward, result.rate = policy, reward, rate
    return result


def _rate(found: RateDistortion | DirectedRateDistortion, policy: Any) -> RateReward:
    result = RateReward(float(found), found.lower, found.upper, found.unit, found.method, found.why)
    result.policy, result.reward, result.rate = policy, -found.distortion, found.upper
    return result
