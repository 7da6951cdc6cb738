"""The policy that looks one step ahead, with a Q-graph's potential as the value of what follows.

For every node q, sum_s z(s) h(s, q) bounds from above what a belief z is worth; V(z) is their minimum, concave and piecewise linear.
At a belief z the policy maximises I(X, S; Y | z) + E V(next belief), a concave program; its own beliefs are the nodes of its graph.
Nothing here is trusted: the policy is judged by its certified rate.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from scipy.special import entr, xlogy

from semtheory.measures._arrays import Array
from semtheory.measures.qgraph import Ints, Solved, Unifilar
from semtheory.measures.quotients import successors

MOST = 200


def greedy(channel: Unifilar, found: Solved, tolerance: float) -> tuple[Solved, Ints]:
    """Policy and graph, with beliefs closer than `tolerance` as one node."""
    states = channel.law.shape[0]
    beliefs: list[Array] = [np.eye(states)[0]]
    rows: list[list[int]] = []
    choices: list[Array] = []
    uniform = channel.allowed / channel.allowed.sum(axis=1, keepdims=True)
    while len(rows) < len(beliefs):
        here = beliefs[len(rows)]
        choice = _choose(channel, here, found.heights, uniform)
        choices.append(choice)
        rows.append(successors(channel, beliefs, here[:, None] * choice, tolerance, MOST))
    policy = np.stack(choices, axis=1)
    return replace(found, policy=policy), np.array(rows)


def _choose(channel: Unifilar, belief: Array, heights: Array, start: Array) -> Array:
    from scipy.optimize import LinearConstraint, minimize

    states, inputs, outputs = channel.law.shape
    free = [(s, x) for s in range(states) for x in range(inputs) if channel.allowed[s, x] and belief[s] > 1e-12]
    size = len(free)
    answer = np.array([belief[s] * channel.law[s, x] for s, x in free])  # (size, Y): joint with the belief
    spent = np.array([belief[s] * entr(channel.law[s, x]).sum() for s, x in free])
    ahead = np.zeros((outputs, heights.shape[1], size))
    for j, (s, x) in enumerate(free):
        for y in np.flatnonzero(channel.law[s, x]):
            ahead[y, :, j] = answer[j, y] * heights[channel.after[s, x, y]]

    def loss(v: Array) -> tuple[float, Array]:
        output = np.maximum(v[:size] @ answer, 1e-300)
        value = float(-xlogy(output, output).sum() - spent @ v[:size] + v[size:].sum())
        slope = answer @ (-np.log(output) - 1) - spent
        return -value, -np.concatenate([slope, np.ones(outputs)])

    sums = np.zeros((states, size + outputs))
    for j, (s, _) in enumerate(free):
        sums[s, j] = 1
    used = sums.any(axis=1)
    below = np.hstack([ahead.reshape(-1, size), -np.repeat(np.eye(outputs), heights.shape[1], axis=0)])
    first = np.array([start[s, x] for s, x in free])
    guess = np.concatenate([first, (ahead @ first).min(axis=1)])
    rules: list[Any] = [LinearConstraint(sums[used], 1, 1), LinearConstraint(below, 0, np.inf)]
    box = [(0.0, 1.0)] * size + [(None, None)] * outputs
    best = minimize(loss, guess, jac=True, method="SLSQP", bounds=box, constraints=rules, options={"ftol": 1e-13, "maxiter": 200})
    choice = start.copy()
    for j, (s, x) in enumerate(free):
        choice[s, x] = max(best.x[j], 0.0)
    total = choice.sum(axis=1, keepdims=True)
    return np.asarray(np.where(total > 0, choice / np.where(total > 0, total, 1), start))
