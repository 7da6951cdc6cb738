"""Soft Bellman recursion: KL-penalised control over token sequences, over states with random replies, and Todorov's linear case.

V_t = (1/beta) log sum ref e^{beta Q_t}, Q_t = r_t + E[V_{t+1}], pi*_t = ref e^{beta (Q_t - V_t)} (Ziebart 2010; Levine 2018). For token
sequences the next state is the prefix with the token appended, and the product of the pi*_t is the Gibbs policy of the whole answer.
Linearly solvable control (Todorov 2007, 2009): cost q(x) + KL(u||P), desirability z = e^{-V} solves a linear equation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from semtheory.errors import InputError
from semtheory.measures._arrays import Array
from semtheory.measures.policies import inverse_temperature, soft_maximum
from semtheory.processes._checks import count, frozen, law, probabilities, real_array
from semtheory.values import Value

ITERATIONS = 100_000
GAP = 1e-13  # relative width at which the bracket of an average cost is narrow enough


@dataclass(frozen=True)
class SoftOptimum:
    """Best policies and values by time; `float()` gives the value at the start, in the unit of the reward.

    Attributes:
        value: V_1 of the empty prefix, or the mean of V_1 over the starting law.
        policies: pi*_t, one array a time: axes (u_1, ..., u_t) with laws over the last, or (state, action).
        values: V_t before the step: axes (u_1, ..., u_{t-1}), or (state,).
    """

    value: float
    policies: tuple[Array, ...]
    values: tuple[Array, ...]

    def __float__(self) -> float:
        return self.value

    @property
    def sequence_policy(self) -> Array:
        """The law of whole answers, axes (u_1, ..., u_T): the product of the token policies. Only for token sequences."""
        if any(policy.ndim != t + 1 for t, policy in enumerate(self.policies)):
            raise InputError("sequence_policy: these are policies over states, not over prefixes of tokens")
        joint: Array = np.ones(())
        for policy in self.policies:
            joint = joint[..., None] * policy
        return joint


def soft_bellman(reference: Any, reward: Any, beta: float) -> SoftOptimum:
    """The best token-by-token policy over sequences of length T on an enumerable vocabulary.

    Args:
        reference: the law of whole sequences, axes (u_1, ..., u_T); or a list of T kernels, the t-th with axes (u_1, ..., u_t) and laws over
            the last.
        reward: of whole sequences, axes (u_1, ..., u_T); or a list of T arrays r_t(u_1, ..., u_t), added up.
        beta: >= 0; 0 gives the reference, inf the best sequences in its support.

    Raises:
        InputError: shapes that do not match, a reference that is no law, rewards that are not finite, beta negative or NaN.
    """
    strength = inverse_temperature(beta)
    kernels = _kernels(reference)
    horizon = len(kernels)
    rewards = _token_rewards(reward, kernels)
    follow: Array = np.zeros(kernels[-1].shape)
    policies: list[Array] = []
    values: list[Array] = []
    for t in range(horizon - 1, -1, -1):
        policy, value = soft_step(kernels[t], rewards[t] + follow, strength)
        policies.append(frozen(policy))
        values.append(frozen(value))
        follow = value
    return SoftOptimum(float(values[-1]), tuple(policies[::-1]), tuple(values[::-1]))


def soft_control(
    reference: Any,
    reward: Any,
    transition: Any,
    beta: float,
    *,
    horizon: int,
    terminal: Any = None,
    initial: Any = None,
) -> SoftOptimum:
    """KL-penalised control over states, the next state drawn by the world: a tool's reply, a user's answer.

    The penalty is on the actions alone: the world's dice are not tilted, Q = r + E[V of the next state].

    Args:
        reference: ref(action|state), shape (states, actions). reward: the same shape.
        transition: P(next | state, action), shape (states, actions, states).
        horizon: number of actions. terminal: reward of the last state, 0 by default. initial: law of the first state, uniform by default.
        beta: as in `soft_bellman`.

    Raises:
        InputError: as `soft_bellman`.
    """
    strength = inverse_temperature(beta)
    steps = count("horizon", horizon, 1)
    world = probabilities("transition", transition, 3)
    states, actions = world.shape[:2]
    if world.shape[2] != states:
        raise InputError(f"transition has shape {world.shape}: expected (states, actions, states)")
    base, gain = probabilities("reference", reference, 2), real_array("reward", reward, 2)
    for name, array in (("reference", base), ("reward", gain)):
        if array.shape != (states, actions):
            raise InputError(f"{name} has shape {array.shape}: expected {(states, actions)}, as the transition has")
    value = np.zeros(states) if terminal is None else real_array("terminal", terminal, 1)
    if len(value) != states:
        raise InputError(f"terminal has {len(value)} entries: expected {states}, one for each state")
    start = law("initial", initial, states)
    policies, values = [], []
    for _ in range(steps):
        policy, value = soft_step(base, gain + world @ value, strength)
        policies.append(frozen(policy))
        values.append(frozen(value))
    first = float(value.mean() if start is None else start @ value)
    return SoftOptimum(first, tuple(policies[::-1]), tuple(values[::-1]))


def soft_step(reference: Array, quality: Array, beta: float) -> tuple[Array, Array]:
    """pi* and V over the last axis, for Q = `quality`; the limits at beta = 0 and inf."""
    inside = reference > 0
    top = np.where(inside, quality, -np.inf).max(axis=-1, keepdims=True)
    shifted = np.where(inside, np.minimum(quality - top, 0.0), 0.0)
    if math.isinf(beta):
        weight = np.where(inside & (quality == top), reference, 0.0)
        return weight / weight.sum(axis=-1, keepdims=True), np.asarray(top[..., 0])
    weight = reference * np.exp(beta * shifted)
    policy = weight / weight.sum(axis=-1, keepdims=True)
    if beta == 0:
        return policy, np.asarray((reference * np.where(inside, quality, 0.0)).sum(axis=-1))
    return policy, np.asarray(top[..., 0] + soft_maximum(reference, shifted, beta))


@dataclass(frozen=True)
class LinearControl:
    """Todorov's linearly solvable control.

    Attributes:
        cost: the average cost a step in nats, a bracket by Collatz and Wielandt; 0 when there are exits.
        values: cost to go V(x) in nats; without exits relative to the first state. desirability: e^{-V}, 0 or infinite where floats end.
        policy: u*(y|x), proportional to P(y|x) z(y); rows of exits are the passive ones.
    """

    cost: Value
    values: Array
    desirability: Array
    policy: Array

    def __float__(self) -> float:
        return float(self.cost)


def linear_control(passive: Any, cost: Any, exits: Sequence[int] = (), *, unit: str = "nats") -> LinearControl:
    """Control with cost q(x) + KL(u(.|x)||P(.|x)) a step, u free to be any law where P has mass.

    With `exits`, first exit: q is paid until an exit is reached, and its own q is the cost of ending there: z = e^{-q} P z inside. Without, the
    least average cost is -log of the Perron root of diag(e^{-q}) P.

    Args:
        passive: P, shape (states, states). cost: q(x), finite, shape (states,). exits: the exits, absorbing.

    Raises:
        InputError: no transition matrix, a cost that is not finite, an exit that is no state, no exit in reach of some state, or, without
            exits, a chain in which not every state reaches every other.
    """
    matrix, price = probabilities("passive", passive, 2), real_array("cost", cost, 1)
    states = len(matrix)
    if matrix.shape != (states, states) or len(price) != states:
        raise InputError(f"passive has shape {matrix.shape}, cost {price.shape}: expected (n, n) and (n,)")
    ends = sorted({count("exits", x) for x in exits})
    if any(x >= states for x in ends):
        raise InputError(f"exits {ends}: expected states from 0 to {states - 1}")
    from scipy.sparse.csgraph import shortest_path

    reach = np.isfinite(shortest_path(matrix > 0, unweighted=True))
    return _first_exit(matrix, price, ends, reach, unit) if ends else _average_cost(matrix, price, reach, unit)


def _first_exit(matrix: Array, price: Array, ends: list[int], reach: Any, unit: str) -> LinearControl:
    stuck = ~reach[:, ends].any(axis=1)
    if stuck.any():
        raise InputError(f"state {int(np.argmax(stuck))} reaches none of the exits {ends}: its cost is not finite")
    inner = [x for x in range(len(matrix)) if x not in ends]
    values = price.copy()
    if inner:
        steps, endless = _steps(matrix, price), False
        values[inner] = math.inf
        for _ in range(len(matrix)):  # the cheapest path to an exit, in q - log P
            nearer = values.copy()
            nearer[inner] = (steps[inner] + values).min(axis=1)
            if not (endless := bool(np.any(nearer < values))):
                break
            values = nearer
        tilted = np.exp(values[inner, None] - steps[inner] - values)  # at most 1, and 1 along those paths: nothing that counts underflows
        stay = tilted[:, inner]
        if endless or max(abs(np.linalg.eigvals(stay))) >= 1:
            raise InputError(
                "negative costs make staying for ever pay: no finite cost to go; raise them, or ask without exits"
            )
        values[inner] -= np.log(np.linalg.solve(np.eye(len(inner)) - stay, tilted[:, ends].sum(axis=1)))
    policy = _policy(matrix, values)
    policy[ends] = matrix[ends]
    return LinearControl(Value.exact(0.0, unit), values, _desirability(values), policy)


def _average_cost(matrix: Array, price: Array, reach: Any, unit: str) -> LinearControl:
    if not reach.all():
        x, y = (int(k) for k in np.argwhere(~reach)[0])
        raise InputError(
            f"state {x} never reaches state {y}: the average cost depends on the start; give exits= or split the chain"
        )
    steps = _steps(matrix, price)
    mean, values = _cheapest_cycle(steps)
    tilted = np.exp(mean + values[:, None] - steps - values)  # at most 1, and 1 along that cycle and the paths to it
    lazy = tilted + np.eye(len(matrix))  # same eigenvectors, and no period
    z = np.ones(len(matrix))
    low = high = 0.0
    for _ in range(ITERATIONS):
        ratio = (lazy @ z) / z
        low, high = float(ratio.min()) - 1, float(ratio.max()) - 1  # Collatz-Wielandt: the Perron root lies between
        if high - low <= GAP * high:
            break
        z = lazy @ z
        z /= z.max()
    slack = GAP * (1 + abs(mean) + float(np.ptp(values)))
    average = Value.bracket(mean - math.log(high) - slack, mean - math.log(low) + slack if low > 0 else math.inf, unit)
    values = values - np.log(z)
    values -= values[0]
    return LinearControl(average, values, _desirability(values), _policy(matrix, values))


def _steps(matrix: Array, price: Array) -> Array:
    """q(x) - log P(y|x), infinite where there is no move."""
    with np.errstate(divide="ignore"):
        return np.asarray(price[:, None] - np.log(matrix))


def _cheapest_cycle(steps: Array) -> tuple[float, Array]:
    """The least mean m of a cycle (Karp 1978) and the cost v of the cheapest path to it at steps - m: steps[x, y] - m + v[y] >= v[x]."""
    size = len(steps)
    walks = np.full((size + 1, size), math.inf)
    walks[0, 0] = 0.0
    for k in range(size):
        walks[k + 1] = (walks[k][:, None] + steps).min(axis=0)
    alive, ends = np.isfinite(walks[:-1]), np.isfinite(walks[-1])
    means = (np.where(ends, walks[-1], 0.0) - np.where(alive, walks[:-1], 0.0)) / (size - np.arange(size))[:, None]
    mean = float(np.where(alive, means, -math.inf).max(axis=0)[ends].min())
    paths = steps - mean
    for k in range(size):
        paths = np.minimum(paths, paths[:, k : k + 1] + paths[k : k + 1])
    centre = int(np.argmin(np.diag(paths)))
    values = paths[:, centre].copy()
    values[centre] = 0.0
    return mean, values


def _desirability(values: Array) -> Array:
    with np.errstate(over="ignore"):
        return np.exp(-values)


def _policy(matrix: Array, values: Array) -> Array:
    near = np.where(matrix > 0, values, math.inf).min(axis=1, keepdims=True)
    policy = matrix * np.exp(np.minimum(near - values, 0.0))
    return np.asarray(policy / policy.sum(axis=1, keepdims=True))


def _kernels(reference: Any) -> list[Array]:
    if isinstance(reference, (list, tuple)) and reference and all(np.ndim(k) == t + 1 for t, k in enumerate(reference)):
        kernels = [probabilities(f"reference[{t}]", k, t + 1) for t, k in enumerate(reference)]
        for t, kernel in enumerate(kernels):
            if kernel.shape != kernels[-1].shape[: t + 1]:
                raise InputError(f"reference[{t}] has shape {kernel.shape}: expected {kernels[-1].shape[: t + 1]}")
        return kernels
    joint = real_array("reference", reference)
    joint = probabilities("reference", joint, None, over=tuple(range(joint.ndim)))
    if joint.ndim == 0:
        raise InputError("reference is a number: expected a law over sequences of tokens")
    kernels = []
    for t in range(joint.ndim):
        upto = joint.sum(axis=tuple(range(t + 1, joint.ndim)))
        total = upto.sum(axis=-1, keepdims=True)
        # After a prefix of probability 0 any law will do: it is never used.
        kernels.append(np.where(total > 0, upto / np.where(total > 0, total, 1.0), 1 / upto.shape[-1]))
    return kernels


def _token_rewards(reward: Any, kernels: list[Array]) -> list[Array]:
    horizon, shape = len(kernels), kernels[-1].shape
    if (
        isinstance(reward, (list, tuple))
        and len(reward) == horizon
        and all(np.ndim(r) == t + 1 for t, r in enumerate(reward))
    ):
        rewards = [real_array(f"reward[{t}]", r, t + 1) for t, r in enumerate(reward)]
    else:
        whole = real_array("reward", reward)
        rewards = [np.zeros(shape[: t + 1]) for t in range(horizon - 1)] + [whole]
    for t, r in enumerate(rewards):
        if r.shape != shape[: t + 1]:
            raise InputError(f"reward[{t}] has shape {r.shape}: expected {shape[: t + 1]}, as the reference has")
    return rewards
