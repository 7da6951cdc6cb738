"""Clouds of beliefs: what an observer may know about the hidden state, and how likely each.

A belief is the law of the hidden state given what was seen; a cloud is a finite law on beliefs. One symbol later each
belief has a child for every symbol. Children multiply, so they are brought together in one of two ways, and each keeps
a rigorous bound on the entropy of anything seen later:

- `average` puts beliefs of a cell in one, at their weighted mean. The observer forgets which it was; the rest is exact
  conditional probability. Forgetting can only raise H(next symbol | what is known): an *upper* bound.
- `split` replaces a belief by corners of a grid cell whose weighted mean it is. It is as if somebody told the observer
  which corner; being told can only lower the entropy: a *lower* bound.

Both change a concave function of the belief by the square of the spacing, and later symbols wear the change off.
Birch's bounds (1962) are the case without either: start from the stationary law, or from known states.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semtheory.processes._checks import Array

Integers = NDArray[np.int64]


def plogp_sum(p: Array, axis: int = -1) -> Array:
    """The entropy in nats along an axis, 0 log 0 = 0."""
    logs = np.zeros_like(p)
    np.log(p, out=logs, where=p > 0)
    return np.asarray(-(p * logs).sum(axis=axis))


@dataclass(frozen=True)
class Cloud:
    """Beliefs (count, states) and their weights (count,), which sum to 1."""

    beliefs: Array
    weights: Array

    @classmethod
    def at(cls, belief: Array) -> Cloud:
        """One belief, certain."""
        return cls(belief[None, :].copy(), np.ones(1))

    @classmethod
    def known(cls, law: Array) -> Cloud:
        """The state is known, and has that law."""
        kept = np.flatnonzero(law)
        return cls(np.eye(len(law))[kept], law[kept])

    def __len__(self) -> int:
        return len(self.weights)

    def symbol_entropy(self, kernel: Array) -> float:
        """H(next symbol | belief) in nats; `kernel` has shape (symbols, states, states)."""
        return float(self.weights @ plogp_sum(self.beliefs @ kernel.sum(axis=2).T))

    def state_entropy(self) -> float:
        """H(hidden state | belief) in nats."""
        return float(self.weights @ plogp_sum(self.beliefs))

    def children(self, kernel: Array) -> Cloud:
        """The cloud one symbol later; children of probability zero are left out."""
        joint = np.concatenate([self.beliefs @ matrix for matrix in kernel])
        mass = joint.sum(axis=1)
        weights = np.tile(self.weights, len(kernel)) * mass
        kept = weights > 0
        return Cloud(joint[kept] / mass[kept, None], weights[kept])

    def average(self, spacing: float) -> Cloud:
        """Beliefs in one cell of that spacing become one, at their mean."""
        # The offset keeps cell borders away from 0, 1/2 and other likely values.
        cells = np.floor(self.beliefs[:, :-1] / spacing + 0.37).astype(np.int64)
        return self._gather(cells)

    def without_dust(self, least: float) -> tuple[Cloud, float]:
        """Beliefs of weight below `least` become one, at their mean; and how much weight that was.

        H(next symbol | belief) rises by at most that weight times log(symbols).
        """
        dust = self.weights < least
        mass = float(self.weights[dust].sum())
        if dust.sum() < 2:
            return self, 0.0
        mean = self.weights[dust] @ self.beliefs[dust] / mass
        beliefs = np.concatenate([self.beliefs[~dust], mean[None]])
        return Cloud(beliefs, np.append(self.weights[~dust], mass)), mass

    def split(self, spacing: float) -> Cloud:
        """Beliefs become corners of the grid with that spacing, weighted so that the mean stays where it was.

        Freudenthal's triangulation in the coordinates z_j = b_1 + ... + b_j, which keeps 0 <= z_1 <= z_2 <= ... <= 1.
        """
        steps = round(1 / spacing)
        states = self.beliefs.shape[1]
        if states == 1:
            return self
        place = np.clip(np.cumsum(self.beliefs, axis=1)[:, :-1], 0.0, 1.0) * steps
        base = np.floor(place).astype(np.int64)
        rest = place - base
        if states == 2:  # the two ends of the step
            corners, shares = np.hstack([base, base + 1]).reshape(-1, 1), np.hstack([1 - rest, rest])
        else:
            corners, shares = _corners(base, rest)
        weights = (self.weights[:, None] * shares).ravel()
        kept = weights > 0
        corners, weights = corners[kept], weights[kept]
        ends = np.concatenate([np.zeros((len(corners), 1)), corners, np.full((len(corners), 1), steps)], axis=1)
        return Cloud(np.diff(ends, axis=1) / steps, weights)._gather(corners)

    def _gather(self, cells: Integers) -> Cloud:
        """Beliefs with the same row of `cells` become one, at their mean."""
        if cells.shape[1] == 0:
            return Cloud(np.ones((1, 1)), np.array([self.weights.sum()]))
        group = _groups(cells)
        size = int(group.max()) + 1
        weights = np.bincount(group, self.weights, size).astype(np.float64)
        columns = [np.bincount(group, self.weights * column, size) for column in self.beliefs.T]
        beliefs = np.stack(columns, axis=1)
        return Cloud(beliefs / beliefs.sum(axis=1, keepdims=True), weights)


def _corners(base: Integers, rest: Array) -> tuple[Integers, Array]:
    """The corners of the simplex in which base + rest lies, those of one place after the other, and the share of each."""
    count, moves = base.shape
    # On ties the later coordinate moves first, so that z stays sorted.
    order = moves - 1 - np.argsort(-rest[:, ::-1], axis=1, kind="stable")
    shares = -np.diff(np.take_along_axis(rest, order, axis=1), axis=1, prepend=1.0, append=0.0)
    moved = np.zeros((count, moves + 1, moves), dtype=np.int64)
    for k in range(1, moves + 1):
        moved[:, k] = moved[:, k - 1]
        np.put_along_axis(moved[:, k], order[:, k - 1 : k], 1, axis=1)
    return (base[:, None, :] + moved).reshape(-1, moves), shares


def _groups(cells: Integers) -> Integers:
    """A number for every distinct row."""
    low, span = cells.min(axis=0), np.ptp(cells, axis=0) + 1
    if float(np.prod(span.astype(float))) < 2.0**62:
        key = np.zeros(len(cells), dtype=np.int64)
        for column, start, width in zip(cells.T, low, span, strict=True):
            key = key * width + (column - start)
        if float(np.prod(span.astype(float))) <= 8 * len(cells):  # counting them off is faster than sorting
            seen = np.zeros(int(np.prod(span)), dtype=np.int64)
            seen[key] = 1
            return np.asarray((np.cumsum(seen) - 1)[key])
        return np.unique(key, return_inverse=True)[1].astype(np.int64)
    return np.unique(cells, axis=0, return_inverse=True)[1].ravel().astype(np.int64)
