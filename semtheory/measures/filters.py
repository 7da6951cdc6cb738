"""The law of a filter's belief, step by step: what the past says of a hidden state, with the entropy of the next symbol.

A filter holds weighted points (mode, belief): the mode is known, the belief is the law of the hidden state given the past. Each
step sends a point to its children, one a symbol, and merges beliefs that are equal.

Merging beliefs that differ, at their mean, forgets which of them it was. The means are still true posteriors, given less, so every
entropy computed afterwards is an upper bound. What is forgotten is known too: the merge loses sum_i w_i D(b_i || mean) nats of
information on the state, and by the chain rule and data processing the upper bounds on H(Y_1), H(Y_2|Y_1), ..., all of them
together, exceed the truth by at most the sum of these losses:
    I(Y_t; past | kept) + I(S_t; past | kept, Y_t) = I(Y_t, S_t; past | kept) <= I(S_{t-1}; past | kept).
So one pass gives a bracket whose width is of second order in the distance of merged beliefs, with as many points as one likes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import entr

from semtheory.measures._arrays import Array

Ints = NDArray[np.int64]
SAME = 1e-12  # beliefs this close in every coordinate (square root scale) are equal up to rounding


@dataclass(frozen=True)
class Filter:
    """How a filter moves, and what it says of the next symbol.

    Attributes:
        moves: weight of a symbol and the next mode, given the mode: `moves[mode, symbol, mode_next]`.
        steps: `steps[symbol, s, s_next]`: joint weight of the symbol and the next hidden state given the hidden state.
        groups: what is known of the next symbol beyond the past: `groups[mode, group]` is its probability.
        emits: `emits[group, s, value]`: probability of the value whose entropy is taken, given the hidden state.
    """

    moves: Array
    steps: Array
    groups: Array
    emits: Array

    @property
    def rounding(self) -> float:
        """Relative rounding error of one step: entries are non-negative, so sums and products never cancel."""
        modes, symbols, _ = self.moves.shape
        return 2.0 * float(np.finfo(float).eps) * (self.steps.shape[1] + modes + symbols + self.emits.shape[2] + 16)


@dataclass(frozen=True)
class Points:
    """Weighted points: `modes` (N,), `beliefs` (N, d) with rows of sum 1, `weights` (N,)."""

    modes: Ints
    beliefs: Array
    weights: Array


@dataclass(frozen=True)
class Step:
    """One step: an upper bound on the conditional entropy (nats), what the merge after it lost, the points that are left.

    `exact` says that only equal beliefs were merged, here and before.
    """

    entropy: float
    lost: float
    after: Points
    exact: bool


def run(filter: Filter, start: Points, most: int) -> Iterator[Step]:
    """The steps t = 1, 2, ... without end, never keeping more than `most` points; memory does not grow with t."""
    points, size, exact = start, SAME, True
    while True:
        entropy = predictive(filter, points)
        points, lost, used = merge(advance(filter, points), most, size)
        exact = exact and used == SAME
        size = used if used > SAME else max(SAME, size / 2)
        yield Step(entropy, lost, points, exact)


def predictive(filter: Filter, points: Points) -> float:
    """H(next value | mode, belief, group), nats."""
    total = 0.0
    for group in range(filter.emits.shape[0]):
        share = points.weights * filter.groups[points.modes, group]
        total += float(share @ entr(points.beliefs @ filter.emits[group]).sum(axis=1))
    return total


def advance(filter: Filter, points: Points) -> Points:
    """All children of positive weight."""
    modes, beliefs, weights = [], [], []
    for symbol, step in enumerate(filter.steps):
        moved = points.beliefs @ step
        mass = moved.sum(axis=1)
        for after in range(filter.moves.shape[0]):
            weight = points.weights * filter.moves[points.modes, symbol, after] * mass
            alive = np.flatnonzero(weight > 0)
            if len(alive):
                modes.append(np.full(len(alive), after))
                beliefs.append(moved[alive] / mass[alive, None])
                weights.append(weight[alive])
    return Points(np.concatenate(modes), np.concatenate(beliefs), np.concatenate(weights))


def merge(points: Points, most: int, size: float) -> tuple[Points, float, float]:
    """Merge equal beliefs; when more than `most` are left, merge those in a common cell, of about `size` or larger.

    At least one point a mode is kept, even if that is more than `most`.

    Returns:
        The points, the information lost (nats), and the cell size used: `SAME` when only equal beliefs were merged.
    """
    if len(points.weights) == 1:
        return points, 0.0, SAME
    same = _cells(points.modes, np.rint(np.sqrt(points.beliefs) / SAME))
    count = int(same.max()) + 1
    if count <= most:
        return (*_averaged(points, same, count), SAME)
    points, lost = _averaged(points, same, count)
    # Square roots make the loss even over the simplex; rare beliefs may be merged more coarsely than frequent ones.
    rare = np.clip(np.round(-0.5 * np.log2(points.weights * len(points.weights))), -3, 12)
    roots, size = np.sqrt(points.beliefs), max(size / 1.6, 4 * SAME)
    while True:
        whole = size > 1  # one cell a mode
        keys = np.zeros((len(rare), 1)) if whole else np.floor(roots / (size * 2.0 ** rare[:, None]))
        cells = _cells(points.modes, keys if whole else np.column_stack([keys, rare]))
        count = int(cells.max()) + 1
        if count <= most or whole:
            break
        size *= 1.25 if count < 1.3 * most else 2.0
    points, more = _averaged(points, cells, count)
    return points, lost + more, size


def _cells(modes: Ints, keys: Array) -> Ints:
    """A number for each distinct (mode, key); two keys share one only when they are equal."""
    mixed = np.asarray(modes, dtype=np.uint64)
    for column in keys.T:
        # View, not cast: a float's bits tell it apart from every other; adding 0.0 makes -0.0 one with 0.0.
        mixed = (mixed * np.uint64(0x9E3779B97F4A7C15)) ^ np.ascontiguousarray(column + 0.0).view(np.uint64)
        mixed ^= mixed >> np.uint64(29)
        mixed *= np.uint64(0xBF58476D1CE4E5B9)
        mixed ^= mixed >> np.uint64(32)
    _, first, cells = np.unique(mixed, return_index=True, return_inverse=True)
    cells = cells.reshape(-1)
    if not (np.array_equal(modes, modes[first[cells]]) and np.array_equal(keys, keys[first[cells]])):
        # Two keys with one hash: number the rows themselves.
        _, cells = np.unique(np.column_stack([modes, keys]), axis=0, return_inverse=True)
        cells = cells.reshape(-1)
    return cells.astype(np.int64)


def _averaged(points: Points, cells: Ints, count: int) -> tuple[Points, float]:
    """The cells' means, and sum_i w_i D(b_i || mean of its cell)."""
    if count == len(points.weights):
        return points, 0.0
    weights = np.asarray(np.bincount(cells, weights=points.weights, minlength=count), dtype=float)
    beliefs: Array = np.column_stack(
        [np.bincount(cells, weights=points.weights * column, minlength=count) for column in points.beliefs.T]
    )
    beliefs = beliefs / beliefs.sum(axis=1, keepdims=True)
    modes = np.zeros(count, dtype=np.int64)
    modes[cells] = points.modes
    lost = float(
        weights @ entr(beliefs).sum(axis=1) - points.weights @ entr(points.beliefs).sum(axis=1)
    )
    return Points(modes, beliefs, weights), max(lost, 0.0)
