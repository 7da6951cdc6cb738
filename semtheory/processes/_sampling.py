"""Drawing symbols from a kernel."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np
from numpy.typing import NDArray

from semtheory.processes._checks import Array


def _walk(table: list[list[float]], state: int, states: int, levels: list[float]) -> list[int]:
    """One sequence, without arrays: faster a symbol at a time."""
    drawn = []
    for level in levels:
        symbol, state = divmod(bisect_right(table[state], level), states)
        drawn.append(symbol)
    return drawn


def cumulative(weights: Array) -> Array:
    """Running sums along the last axis, the last possible outcome taking whatever rounding leaves over."""
    sums = np.cumsum(weights, axis=-1)
    last = weights.shape[-1] - 1 - np.argmax(weights[..., ::-1] > 0, axis=-1)
    return np.where(np.arange(weights.shape[-1]) >= last[..., None], 2.0, sums)


def sample_symbols(kernel: Array, start: Array, length: int, runs: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Shape (runs, length). An outcome of probability 0 never occurs."""
    symbols, states, _ = kernel.shape
    table = cumulative(kernel.transpose(1, 0, 2).reshape(states, symbols * states))
    state = np.searchsorted(cumulative(start), rng.random(runs), side="right")
    if runs == 1:
        return np.array([_walk(table.tolist(), int(state[0]), states, rng.random(length).tolist())], dtype=np.int64)
    borders = np.ascontiguousarray(table.T[:-1])  # the last is never reached
    symbol_of, state_of = np.divmod(np.arange(symbols * states), states)
    drawn = np.empty((length, runs), dtype=np.int64)
    for t in range(length):
        passed = borders.take(state, axis=1) <= rng.random(runs)
        pair = passed.sum(axis=0, dtype=np.min_scalar_type(symbols * states))
        symbol_of.take(pair, out=drawn[t])
        state = state_of.take(pair)
    return np.ascontiguousarray(drawn.T)
