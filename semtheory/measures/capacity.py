"""Feedback capacity of a finite-state channel, between a policy that attains the lower end and a Q-graph bound (see `qgraph`).

Graphs tried: the last k outputs; then graphs whose nodes are the decoder's beliefs under the best policy so far, beliefs closer than a
tolerance being one node. Any graph gives a bound; the good ones are found by this search, and judged by the gap alone. The lower end
is the certified directed information rate of a policy p(x | s, q): the encoder knows the state s, having its own inputs and the outputs,
so that all of it is carried by what feedback allows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import entr

from semtheory.errors import InputError
from semtheory.measures import systems
from semtheory.measures.adapters import as_channel
from semtheory.measures.filters import SAME, Filter, Points, merge
from semtheory.measures.greedy import greedy
from semtheory.measures.qgraph import Ints, Solved, Unifilar, last_outputs, solve
from semtheory.measures.quotients import NODES, TOLERANCES, policy_chain, quotient
from semtheory.measures.recursion import Updates, rate
from semtheory.measures.systems import System
from semtheory.processes._checks import count
from semtheory.values import Value


def feedback_capacity(
    channel: Any, *, allowed: ArrayLike | None = None, unit: str = "nats", gap: float = 2e-6, nodes: int = 400
) -> Value:
    """Capacity per use with noiseless feedback delayed by one use, as a bracket.

    Args:
        channel: a unifilar FiniteStateChannel in which every state can be reached from every other; a memoryless channel; or a
            channel with additive noise whose state does not depend on the input, such as Gilbert-Elliott (there feedback does
            not help, Alajaji 1995, and the capacity is log of the alphabet less the entropy rate of the noise).
        allowed: `allowed[x, s]`, which inputs may be used in which state; all by default.
        gap: in nats, between the ends, that ends the search.
        nodes: of all Q-graphs solved together, which end the search too. Time is no limit: the same call gives the same bracket.

    Raises:
        InputError: a channel that is neither unifilar nor additive, or that is not connected, or a state with no input.
    """
    kernel, _ = as_channel(channel)
    noise = _additive(kernel) if allowed is None else None
    if noise is not None:
        return _additive_capacity(noise, unit, gap)
    described = unifilar(channel, allowed)
    return _search(described, unit, gap, count("nodes", nodes, 1))


def unifilar(channel: Any, allowed: ArrayLike | None = None) -> Unifilar:
    """The channel in the form that Q-graph bounds need. Raises `InputError`."""
    kernel, _ = as_channel(channel)
    law = kernel.sum(axis=3)
    many = np.argwhere((kernel > 0).sum(axis=3) > 1)
    if len(many):
        s, x, y = (int(i) for i in many[0])
        after = np.flatnonzero(kernel[s, x, y]).tolist()
        raise InputError(
            f"{channel!r} is not unifilar: after input {x} in state {s} and output {y} the states {after} are possible; expected "
            "the next state to be a function of the three (or additive noise with a state of its own)"
        )
    states, inputs, _ = law.shape
    mask = np.ones((states, inputs), dtype=bool) if allowed is None else np.asarray(allowed, dtype=bool).T
    if mask.shape != (states, inputs):
        raise InputError(f"allowed has shape {mask.T.shape}: expected (inputs, states) = {(inputs, states)}")
    if not mask.any(axis=1).all():
        closed = np.flatnonzero(~mask.any(axis=1)).tolist()
        raise InputError(f"allowed: no input may be used in states {closed}: expected at least one in each")
    _connected(kernel, mask, channel)
    return Unifilar(law, np.where(law > 0, kernel.argmax(axis=3), -1), mask)


def _connected(kernel: NDArray[np.float64], mask: NDArray[np.bool_], channel: Any) -> None:
    from scipy.sparse.csgraph import connected_components

    edges = (kernel.sum(axis=2) * mask[:, :, None]).sum(axis=1) > 0
    number, label = connected_components(edges, directed=True, connection="strong")
    if number > 1:
        parts = [np.flatnonzero(label == c).tolist() for c in range(number)]
        raise InputError(
            f"{channel!r} is not connected: no inputs lead between all of the state sets {parts}, so that capacity depends on the start"
        )


def _search(channel: Unifilar, unit: str, gap: float, most: int) -> Value:
    upper, lower, nodes = math.inf, 0.0, 0
    solved: list[tuple[Solved, Ints]] = []
    for graph in _graphs(channel, solved):
        found = solve(channel, graph)
        solved.append((found, graph))
        upper = min(upper, found.upper)
        if found.upper < upper + 0.01:  # others have no good policy, as a rule
            reached = policy_rate(channel, found, graph, gap / 2)
            if reached > lower:
                lower, nodes = reached, len(graph)
        if upper - lower <= gap or _spent(solved) >= most:
            break
    for tolerance in (3e-2, 1e-2, 3e-3, 1e-3, 1e-4):
        if upper - lower <= gap:
            break
        best, _ = min((pair for pair in solved if pair[0].heights.size), key=lambda pair: pair[0].upper)
        policy, graph = greedy(channel, best, tolerance)
        tries = [policy]
        if len(graph) <= 2 * NODES and _spent(solved) < most:  # the beliefs of a good policy are a good graph
            tries.append(solve(channel, graph))
            solved.append((tries[-1], graph))
            upper = min(upper, tries[-1].upper)
        for candidate in tries:
            reached = policy_rate(channel, candidate, graph, gap / 2)
            if reached > lower:
                lower, nodes = reached, len(graph)
    lower = min(lower, upper)
    why = f"policy and Q-graph of {nodes} node{'s' if nodes > 1 else ''}"
    if upper - lower > gap:
        advice = "allow more nodes" if _spent(solved) >= most else "no better Q-graph or policy was found"
        why = f"gap {upper - lower:.1e} nats, not {gap:.1e}: {advice}"
    return Value.bracket(lower, upper, unit, why=why)


def _spent(solved: list[tuple[Solved, Ints]]) -> int:
    return sum(len(graph) for _, graph in solved)


def _graphs(channel: Unifilar, solved: list[tuple[Solved, Ints]]) -> Iterator[Ints]:
    """Last outputs, then quotients of beliefs; reads what was solved so far."""
    outputs, k = channel.law.shape[2], 0
    while outputs**k <= (NODES if channel.law.shape[0] > 1 else 1):
        yield last_outputs(outputs, k)
        k += 1
    if channel.law.shape[0] == 1:
        return
    tried: set[bytes] = set()
    stalled = 0
    for tolerance in TOLERANCES:
        result, graph = min(solved, key=lambda pair: pair[0].upper)
        before = result.upper
        for _ in range(6):
            graph = quotient(channel, result, graph, tolerance)
            if graph.tobytes() in tried:
                break
            tried.add(graph.tobytes())
            yield graph
            result = solved[-1][0]
        stalled = stalled + 1 if min(found.upper for found, _ in solved) > before - 1e-9 else 0
        if stalled == 2:
            return


def policy_rate(channel: Unifilar, found: Solved, graph: Ints, width: float, most: int = 2048) -> float:
    """A lower bound on the directed information rate (nats) of the policy; 0 when its chain has no single stationary law.

    H(Y_t | Y^{t-1}, S_0, Q_0) rises to the entropy rate of the outputs; the node is known to whoever knows it once and the outputs.
    """
    source = policy_chain(channel, found, graph)
    states, nodes = channel.law.shape[0], len(graph)
    answers = np.repeat(channel.law, nodes, axis=0)
    outputs = np.einsum("rxyq,rxy->ryq", source, answers)  # (S*Q, Y, S*Q)
    try:
        law = System(outputs[:, None], np.ones((1, 1, channel.law.shape[2], 1))).stationary().reshape(-1)
    except InputError:
        return 0.0
    inputs = source[:, :, 0, :].sum(axis=2)
    noise = float(law @ (inputs * entr(answers).sum(axis=2)).sum(axis=1))
    # moves[q, y, s, s_next], the next node being graph[q, y]
    whole = outputs.reshape(states, nodes, -1, states, nodes).sum(axis=4).transpose(1, 2, 0, 3)
    pairs = np.flatnonzero(law)
    points = Points(pairs % nodes, np.eye(states)[pairs // nodes], law[pairs])
    sums, lost, best, size, quiet = [0.0], 0.0, 0.0, SAME, 0
    for t in range(1, 400):
        moved = np.einsum("ns,nyst->nyt", points.beliefs, whole[points.modes])
        mass = moved.sum(axis=2)
        sums.append(sums[-1] + float(points.weights @ entr(mass).sum(axis=1)))
        means = (sums[t] - np.array(sums[:t]) - lost) / (t - np.arange(t))
        now = max(float(means.max()), sums[t] - sums[t - 1] - lost)
        quiet = 0 if now > best + width / 20 else quiet + 1
        best = max(best, now)
        if quiet > 8:
            break
        weights = (points.weights[:, None] * mass).reshape(-1)
        alive = np.flatnonzero(weights > 0)
        beliefs = moved.reshape(-1, states)[alive] / mass.reshape(-1)[alive, None]
        points, more, used = merge(Points(graph[points.modes].reshape(-1)[alive], beliefs, weights[alive]), most, size)
        size, lost = (used if used > SAME else max(SAME, size / 2)), lost + more
    return max(0.0, best - noise - 1e-12)


def _additive(kernel: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """noise[z, s, s_next] when y = x + z modulo the alphabet and (z, s_next) does not depend on x, and s does matter; else None."""
    states, inputs, outputs, _ = kernel.shape
    if inputs != outputs or states == 1:
        return None
    shifted = np.stack([np.roll(kernel[:, x], -x, axis=1) for x in range(inputs)])
    if np.abs(shifted - shifted[:1]).max() > 1e-14:
        return None
    return np.asarray(shifted[0].transpose(1, 0, 2))


def _additive_capacity(noise: NDArray[np.float64], unit: str, width: float) -> Value:
    letters = len(noise)
    system = System(noise.transpose(1, 0, 2)[:, None], np.ones((1, 1, letters, 1)))
    law = system.stationary().reshape(1, -1)
    filter = Filter(np.ones((1, letters, 1)), noise, np.ones((1, 1)), noise.sum(axis=2).T[None])
    ends = systems.starts(law, None), systems.knowing(law, None)
    found, _ = rate(filter, *ends, width=width, most=1 << 14, updates=Updates(1 << 23))
    most = math.log(letters)
    why = "additive noise: log of the alphabet less the entropy rate of the noise; feedback does not help"
    return Value.bracket(max(0.0, most - found.upper), max(0.0, most - found.lower), unit, why=why)
