"""Policies under a KL penalty: the Gibbs policy, RLHF's optimum, rewards implied by a policy (DPO).

For J(pi) = E r - (1/beta) E D(pi||ref) the best policy is ref e^{beta r}/Z, of value (1/beta) E log Z (Donsker and Varadhan 1975; Ziegler et al.
2019; Rafailov et al. 2023). Here beta is the inverse temperature; RLHF's coefficient of the KL is 1/beta (`rlhf`). Rewards have their own
unit; divergences are in nats or bits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from semtheory.errors import InputError
from semtheory.measures._arrays import Array, exact
from semtheory.processes._checks import frozen, law, probabilities, real_array
from semtheory.values import Value, require_unit


@dataclass(frozen=True)
class GibbsPolicy:
    """The best policy of a KL-penalised objective; `float()` gives its value J, in the unit of the reward.

    Attributes:
        policy: pi*(u|s), shape (prompts, answers), or (answers,) when there was no prompt.
        value: J(pi*), = (1/beta) E log Z; the limit where beta is 0 or infinite.
        reward: E r under pi*. divergence: E D(pi*(.|S)||ref(.|S)). information: I(S;U) under pi*.
        log_partition: log Z(s), in nats; None where beta is infinite.
        unreachable: by how much the best reward outside the reference's support beats the best inside, 0 when it does not:
            no policy with a finite KL to the reference earns it.
        beta, reference, rewards, prompts: what was asked.
    """

    policy: Array
    value: float
    reward: float
    divergence: Value
    information: Value
    log_partition: Array | None
    unreachable: float
    beta: float
    reference: Array
    rewards: Array
    prompts: Array

    def __float__(self) -> float:
        return self.value

    def objective(self, policy: Any) -> float:
        """J(policy) = E r - (1/beta) E D(policy||ref); -inf off the reference's support (beta > 0 finite)."""
        other = np.broadcast_to(_kernel("policy", policy, self.rewards.shape), self.rewards.shape)
        earned = float(self.prompts @ (other * self.rewards).sum(axis=1))
        paid = float(self.prompts @ divergences(other, self.reference))
        if math.isinf(paid):
            return -math.inf
        if self.beta == 0:
            return earned if paid == 0 else -math.inf
        return earned - paid / self.beta

    def gap(self, policy: Any) -> float:
        """J(pi*) - J(policy), computed as (1/beta) E D(policy||pi*) >= 0; needs 0 < beta < infinity."""
        if not 0 < self.beta < math.inf:
            raise InputError(f"gap at beta={self.beta}: expected 0 < beta < inf, where it is a divergence")
        other = np.broadcast_to(_kernel("policy", policy, self.rewards.shape), self.rewards.shape)
        best = self.policy.reshape(self.rewards.shape)
        return float(self.prompts @ divergences(other, best)) / self.beta


def gibbs_policy(reference: Any, reward: Any, beta: float, *, prompts: Any = None, unit: str = "nats") -> GibbsPolicy:
    """The policy ref e^{beta r}/Z that maximises E r - (1/beta) E D(pi||ref).

    Args:
        reference: ref(u) or ref(u|s), shape (answers,) or (prompts, answers).
        reward: r(u) or r(s, u), finite; the same shapes. Forbid an answer by a zero of the reference.
        beta: >= 0. 0 gives the reference (the penalty is infinite); inf the best answers that the reference can give, each in the
            reference's proportion.
        prompts: the law of the prompts, uniform by default.
        unit: of the divergences.

    Raises:
        InputError: a reference that is no law, a reward that is not finite, beta negative or NaN, shapes that do not match.
    """
    require_unit(unit)
    strength = inverse_temperature(beta)
    rewards = real_array("reward", reward)
    alone = rewards.ndim == 1 and np.ndim(reference) == 1 and prompts is None
    if rewards.ndim not in (1, 2):
        raise InputError(f"reward has shape {rewards.shape}: expected (answers,) or (prompts, answers)")
    rewards = np.atleast_2d(rewards)
    base = _kernel("reference", reference, rewards.shape)
    count = max(len(base), len(rewards))
    if prompts is not None:
        count = max(count, np.size(prompts))
    for name, array in (("reference", base), ("reward", rewards)):
        if len(array) not in (1, count):
            raise InputError(f"{name} has {len(array)} rows: expected 1 or {count}, one for each prompt")
    rewards, base = (np.broadcast_to(a, (count, rewards.shape[1])) for a in (rewards, base))
    weights = law("prompts", prompts, count)
    weights = np.full(count, 1 / count) if weights is None else weights

    inside = base > 0
    top = np.where(inside, rewards, -np.inf).max(axis=1, keepdims=True)
    beyond = float(np.max(rewards.max(axis=1) - top[:, 0], initial=0.0, where=weights > 0))
    log_partition: Array | None = None
    if math.isinf(strength):
        tilted = np.where(inside & (rewards == top), base, 0.0)
        policy = tilted / tilted.sum(axis=1, keepdims=True)
        value = float(weights @ top[:, 0])
    else:
        tilted = np.where(inside, base * np.exp(strength * np.minimum(rewards - top, 0.0)), 0.0)
        total = tilted.sum(axis=1, keepdims=True)
        policy = tilted / total
        log_partition = np.log(total[:, 0]) + strength * top[:, 0]
        value = float(weights @ (policy * rewards).sum(axis=1))
        if strength > 0:
            value = float(weights @ (top[:, 0] + soft_maximum(base, np.minimum(rewards - top, 0.0), strength)))
    shape = (rewards.shape[1],) if alone else rewards.shape
    return GibbsPolicy(
        policy=frozen(policy.reshape(shape)),
        value=value,
        reward=float(weights @ (policy * rewards).sum(axis=1)),
        divergence=exact(float(weights @ divergences(policy, base)), unit),
        information=exact(float(weights @ divergences(policy, (weights @ policy)[None])), unit),
        log_partition=None if log_partition is None else frozen(log_partition),
        unreachable=beyond,
        beta=strength,
        reference=base,
        rewards=rewards,
        prompts=weights,
    )


def rlhf(reference: Any, reward: Any, coefficient: float, *, prompts: Any = None, unit: str = "nats") -> GibbsPolicy:
    """The optimum of E r - coefficient * E D(pi||ref), the objective of RLHF: `gibbs_policy` at beta = 1/coefficient.

    Raises:
        InputError: also for a negative coefficient; 0 and inf give the limits.
    """
    cost = _number("coefficient", coefficient)
    if math.isnan(cost) or cost < 0:
        raise InputError(
            f"coefficient={coefficient!r}: expected a number >= 0, what a nat of divergence costs in reward"
        )
    return gibbs_policy(reference, reward, math.inf if cost == 0 else 1 / cost, prompts=prompts, unit=unit)


def implied_reward(policy: Any, reference: Any, beta: float) -> Array:
    """(1/beta) log(policy/reference): the reward a policy is optimal for, up to a function of the prompt (Rafailov et al. 2023).

    -inf where the policy gives up an answer, NaN where neither law has mass: nothing is implied there.

    Raises:
        InputError: beta not positive and finite, shapes that differ, a policy with mass where the reference has none.
    """
    strength = inverse_temperature(beta)
    if not 0 < strength < math.inf:
        raise InputError(f"beta={beta!r}: expected 0 < beta < inf, where a policy has an implied reward")
    chosen, base = probabilities("policy", policy, None), probabilities("reference", reference, None)
    if chosen.shape != base.shape:
        raise InputError(f"policy has shape {chosen.shape}, reference {base.shape}: expected the same")
    if np.any((chosen > 0) & (base == 0)):
        raise InputError("policy has mass where the reference has none: no finite reward does that")
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((np.log(chosen) - np.log(base)) / strength)


def preference(reward: Any) -> Array:
    """Bradley-Terry: P(answer i preferred to answer j) = 1/(1 + e^{r_j - r_i}), shape (..., answers, answers)."""
    rewards = real_array("reward", reward)
    margin = rewards[..., :, None] - rewards[..., None, :]
    return np.asarray(np.exp(-np.logaddexp(0.0, -margin)))


def divergences(policy: Array, reference: Array) -> Array:
    """D(policy||reference) of each row, in nats; inf where a row leaves the support."""
    inside = policy > 0
    base = np.broadcast_to(reference, policy.shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(inside, policy * (np.log(policy) - np.log(base)), 0.0)
    return np.asarray(np.maximum(terms.sum(axis=-1), 0.0))


def inverse_temperature(beta: Any) -> float:
    """beta as a number >= 0, infinity included. Raises `InputError`."""
    number = _number("beta", beta)
    if math.isnan(number) or number < 0:
        raise InputError(
            f"beta={beta!r}: expected a number >= 0, the weight of reward against nats; for the least reward, negate the reward"
        )
    return number


def soft_maximum(base: Array, shifted: Array, beta: float) -> Array:
    """(1/beta) log sum base e^{beta shifted} over the last axis, for laws `base` and shifted <= 0 with a 0 in the support.

    For small beta log1p of a mean of expm1, which keeps the digits; from beta times the range = 1 on a plain log of the sum, which does
    when the best answer is rare.
    """
    with np.errstate(over="ignore"):
        scaled = beta * np.where(base > 0, shifted, 0.0)
    near = scaled.min(axis=-1) > -1
    small = np.log1p(np.where(near, (base * np.expm1(scaled)).sum(axis=-1), 0.0))
    return np.asarray(np.where(near, small, np.log((base * np.exp(scaled)).sum(axis=-1))) / beta)


def _kernel(name: str, value: Any, shape: tuple[int, ...]) -> Array:
    array = probabilities(name, value, None)
    if array.ndim not in (1, 2) or array.shape[-1] != shape[-1]:
        raise InputError(f"{name} has shape {array.shape}: expected laws on {shape[-1]} answers, as the reward has")
    return np.atleast_2d(array)


def _number(name: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise InputError(f"{name}={value!r}: expected a number") from None
