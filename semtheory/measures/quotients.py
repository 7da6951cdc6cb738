"""Graphs whose nodes are the beliefs of a decoder: the next Q-graph to try, found from the policy of the last."""

from __future__ import annotations

import numpy as np

from semtheory.measures._arrays import Array
from semtheory.measures.qgraph import Ints, Solved, Unifilar

TOLERANCES = (0.1, 0.05, 0.02, 0.01, 0.005, 0.002)  # of beliefs that become one node
NODES = 48


def policy_chain(channel: Unifilar, found: Solved, graph: Ints) -> Array:
    """(S*Q, X, Y, S*Q): a feedback source whose state is the channel's and the graph's, as `System.source` wants it."""
    states, inputs, outputs = channel.law.shape
    nodes = len(graph)
    source = np.zeros((states, nodes, inputs, outputs, states, nodes))
    for s in range(states):
        for q in range(nodes):
            for x in np.flatnonzero(found.policy[s, q]):
                for y in range(outputs):
                    after = int(channel.after[s, x, y])  # where y cannot occur the source may do anything
                    source[s, q, x, y, max(after, 0), graph[q, y]] = found.policy[s, q, x]
    return source.reshape(states * nodes, inputs, outputs, states * nodes)


def quotient(channel: Unifilar, found: Solved, graph: Ints, tolerance: float) -> Ints:
    """The graph of the decoder's beliefs on the state under a policy; a belief is sent the way of the node nearest to it."""
    source = policy_chain(channel, found, graph)
    states, nodes = channel.law.shape[0], len(graph)
    walk = np.einsum("rxyq,rxy->rq", source, np.repeat(channel.law, nodes, axis=0))
    lazy = np.linalg.matrix_power((walk + np.eye(len(walk))) / 2, 1 << 14).mean(axis=0).reshape(states, nodes)
    mass = lazy.sum(axis=0)
    seen = mass > 1e-9
    known, policy = (lazy[:, seen] / mass[seen]).T, found.policy[:, seen].transpose(1, 0, 2)
    beliefs = [known[int(np.argmax(mass[seen]))]]
    rows: list[list[int]] = []
    while len(rows) < len(beliefs):
        here = beliefs[len(rows)]
        inputs = policy[int(np.argmin(np.abs(known - here).max(axis=1)))]
        rows.append(successors(channel, beliefs, here[:, None] * inputs, tolerance, NODES))
    return np.array(rows)


def successors(channel: Unifilar, beliefs: list[Array], sent: Array, tolerance: float, most: int) -> list[int]:
    """The node after each output; new beliefs are appended while there is room. `sent` is the law of (s, x)."""
    return [_node(channel, beliefs, sent, y, tolerance, most) for y in range(channel.law.shape[2])]


def _node(channel: Unifilar, beliefs: list[Array], sent: Array, y: int, tolerance: float, most: int) -> int:
    moved = np.zeros(len(sent))
    for s, x in np.argwhere(sent * channel.law[:, :, y] > 0):
        moved[channel.after[s, x, y]] += sent[s, x] * channel.law[s, x, y]
    if moved.sum() < 1e-12:
        return 0
    moved /= moved.sum()
    distance = [float(np.abs(moved - other).max()) for other in beliefs]
    nearest = int(np.argmin(distance))
    if distance[nearest] > tolerance and len(beliefs) < most:
        beliefs.append(moved)
        return len(beliefs) - 1
    return nearest
