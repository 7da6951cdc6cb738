"""Bounds on feedback capacity from a Q-graph: a finite machine driven by the outputs that stands for what the decoder knows.

*Upper bound, and why it is one.* Let q_t = g(q_{t-1}, y_t), T(y|q) any kernel, h(s, q) any numbers. For every way of using a unifilar
channel with feedback, I(X^n -> Y^n) <= E sum_t log p(y_t | x_t, s_{t-1}) / T(y_t | q_{t-1}), since the product of T is a law of y^n and
relative entropy is >= 0. Adding h(s_t, q_t) - h(s_{t-1}, q_{t-1}), which telescopes, does not change the limit of the mean; so
    C <= max over (s, q, x) of sum_y p(y|x,s) [log p(y|x,s)/T(y|q) + h(s', q')] - h(s, q),    s' = f(x, s, y), q' = g(q, y).
It needs no optimality of T and h, only that the maximum is taken (Sabag and Permuter 2020; Sabag, Permuter and Pfister 2017).

*The best T and h* for a graph come from a concave program over the stationary laws of (s, q, x), solved here by Newton's method on a
logarithmic barrier; its multipliers are h.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semtheory.measures._arrays import Array

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Unifilar:
    """A unifilar channel: `law[s, x, y]`, next state `after[s, x, y]` (-1 where the output cannot occur), `allowed[s, x]`."""

    law: Array
    after: Ints
    allowed: NDArray[np.bool_]


@dataclass(frozen=True)
class Solved:
    """A certified upper bound (nats) with the test law and potential that certify it, and the policy that suggested them."""

    upper: float
    value: float
    test: Array
    potential: Array
    policy: Array  # (S, Q, X)

    @property
    def heights(self) -> Array:
        """The potential at the nodes that occur with every state: (S, how many). The others say nothing of some beliefs."""
        return np.asarray(self.potential[:, ~np.isnan(self.potential).any(axis=0)])


def last_outputs(outputs: int, k: int) -> Ints:
    """The graph whose node is the last k outputs: next node by (node, output)."""
    nodes = np.arange(outputs**k)
    return (nodes[:, None] * outputs + np.arange(outputs)) % outputs**k


def solve(channel: Unifilar, graph: Ints, gap: float = 1e-11) -> Solved:
    """The best upper bound of this graph, up to about `gap`."""
    pairs = _closed(channel, graph)
    index = {pair: i for i, pair in enumerate(pairs)}
    columns = [(s, q, x) for s, q in pairs for x in np.flatnonzero(channel.allowed[s])]
    size, nodes = len(columns), len(graph)
    where = np.array([index[s, q] for s, q, _ in columns])
    flow = np.zeros((len(pairs), size))
    flow[where, np.arange(size)] -= 1
    answer = np.array([channel.law[s, x] for s, _, x in columns])  # P(y | column)
    node = np.array([q for _, q, _ in columns])
    for j, (s, q, x) in enumerate(columns):
        for y in np.flatnonzero(answer[j]):
            flow[index[int(channel.after[s, x, y]), int(graph[q, y])], j] += answer[j, y]
    equal = np.vstack([flow[1:], np.ones(size)])  # one balance equation is redundant
    inner = np.sum(np.where(answer > 0, answer * np.log(np.where(answer > 0, answer, 1)), 0), axis=1)
    law = _start(flow, where, len(pairs))
    multipliers = np.zeros(len(equal))
    barrier = 0.1
    while True:
        for _ in range(40):
            gradient, _, mass = _objective(law, node, answer, inner, nodes)
            curve = _curvature(node, answer, mass) + np.diag(barrier / law**2)
            slope = gradient + barrier / law
            system = np.block([[curve, equal.T], [equal, np.zeros((len(equal), len(equal)))]])
            aim = np.concatenate([slope, equal @ -law + np.append(np.zeros(len(pairs) - 1), 1.0)])
            try:
                found = np.linalg.solve(system, aim)
            except np.linalg.LinAlgError:
                found = np.linalg.lstsq(system, aim, rcond=None)[0]
            step, multipliers = found[:size], found[size:]
            falling = step < 0
            length = min(1.0, 0.95 * float(np.min(-law[falling] / step[falling], initial=np.inf)))
            law = law + length * step
            if float(np.max(np.abs(step / law))) < 0.05:
                break
        if barrier * size < gap:
            break
        barrier *= 0.2
    gradient, test, _ = _objective(law, node, answer, inner, nodes)
    potential = np.concatenate([[0.0], -multipliers[: len(pairs) - 1]])
    upper = certified(channel, graph, pairs, test, potential)
    policy = np.zeros((channel.law.shape[0], nodes, channel.law.shape[1]))
    for j, (s, q, x) in enumerate(columns):
        policy[s, q, x] = law[j]
    total = policy.sum(axis=2, keepdims=True)
    share = channel.allowed[:, None, :] / channel.allowed.sum(axis=1)[:, None, None]
    policy = np.where(total > 0, policy / np.where(total > 0, total, 1), share)
    table = np.full((channel.law.shape[0], nodes), np.nan)
    for (s, q), height in zip(pairs, potential, strict=True):
        table[s, q] = height
    return Solved(upper, float(gradient @ law), test, table, policy)


def certified(
    channel: Unifilar, graph: Ints, pairs: list[tuple[int, int]], test: Array, potential: Array
) -> float:
    """The maximum of the module's formula over the pairs, which any start in them never leaves; rounded up."""
    height = dict(zip(pairs, potential, strict=True))
    best = -np.inf
    for s, q in pairs:
        for x in np.flatnonzero(channel.allowed[s]):
            total = -height[s, q]
            for y in np.flatnonzero(channel.law[s, x]):
                p = channel.law[s, x, y]
                total += p * (np.log(p / test[q, y]) + height[int(channel.after[s, x, y]), int(graph[q, y])])
            best = max(best, float(total))
    return best + 1e-14 * (1 + float(np.abs(potential).max()) + float(np.abs(np.log(test[test > 0])).max()))


def _closed(channel: Unifilar, graph: Ints) -> list[tuple[int, int]]:
    """A set of (state, node) that no input leaves and in which every one can be brought to every other."""
    from scipy.sparse.csgraph import connected_components

    states, nodes = channel.law.shape[0], len(graph)
    edges = np.zeros((states * nodes, states * nodes), dtype=bool)
    for s in range(states):
        for x in np.flatnonzero(channel.allowed[s]):
            for y in np.flatnonzero(channel.law[s, x]):
                edges[s * nodes + np.arange(nodes), channel.after[s, x, y] * nodes + graph[:, y]] = True
    _, label = connected_components(edges, directed=True, connection="strong")
    for c in np.unique(label):
        if not edges[np.ix_(label == c, label != c)].any():
            return [(int(i) // nodes, int(i) % nodes) for i in np.flatnonzero(label == c)]
    raise AssertionError("a finite graph has a closed class")


def _start(flow: Array, where: Ints, pairs: int) -> Array:
    """The stationary law of inputs drawn uniformly from the allowed ones: positive everywhere."""
    share = 1 / np.bincount(where, minlength=pairs)[where]
    spread = np.zeros((len(where), pairs))
    spread[np.arange(len(where)), where] = share
    system = np.vstack([flow @ spread, np.ones(pairs)])
    pair = np.linalg.lstsq(system, np.append(np.zeros(pairs), 1.0), rcond=None)[0]
    return np.asarray(np.maximum(pair, 1e-12)[where] * share)


def _objective(law: Array, node: Ints, answer: Array, inner: Array, nodes: int) -> tuple[Array, Array, Array]:
    """Gradient of I(X, S; Y | Q), the test law T(y|q) of this law, and the joint mass of (q, y)."""
    mass = np.zeros((nodes, answer.shape[1]))
    np.add.at(mass, node, law[:, None] * answer)
    total = mass.sum(axis=1, keepdims=True)
    test = mass / np.where(total > 0, total, 1)
    logs = np.log(np.where(test > 0, test, 1))
    return inner - np.sum(answer * logs[node], axis=1), test, mass


def _curvature(node: Ints, answer: Array, mass: Array) -> Array:
    """Minus the Hessian: within a node, sum_y a_i a_j / mass(q, y) - 1 / mass(q)."""
    share = answer / np.sqrt(np.where(mass > 0, mass, 1))[node]
    total = 1 / np.where(mass.sum(axis=1) > 0, mass.sum(axis=1), 1)
    same = node[:, None] == node[None, :]
    return np.asarray(np.where(same, share @ share.T - total[node][:, None], 0.0))
