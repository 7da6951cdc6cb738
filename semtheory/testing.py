"""Hypothesis strategies for laws, sources and channels, edge cases included: public, for your own property tests.

Probabilities are small whole numbers over their sum, so zeros, ties, point masses, deterministic rows, periodic and reducible
chains come up by themselves, and each strategy also offers them outright.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from numpy.typing import NDArray

from semtheory.processes import (
    Channel,
    FeedbackSource,
    FiniteStateChannel,
    HiddenMarkov,
    MarkovChain,
    VectorAutoregression,
)
from semtheory.processes._structure import closed_classes

Array = NDArray[np.float64]


def distributions(size: int | None = None, most: int = 4, positive: bool = False) -> SearchStrategy[Array]:
    """Laws on `size` outcomes (1 to `most` if None): point masses and zeros included, unless `positive`."""
    sizes = st.integers(1, most) if size is None else st.just(size)
    return sizes.flatmap(lambda n: _law(n, positive))


def _law(size: int, positive: bool) -> SearchStrategy[Array]:
    weights = st.lists(st.integers(1 if positive else 0, 9), min_size=size, max_size=size).filter(any)
    drawn = weights.map(lambda found: np.array(found, dtype=float) / sum(found))
    if positive:
        return drawn
    return st.one_of(drawn, st.integers(0, size - 1).map(lambda k: np.eye(size)[k]))


@st.composite
def _laws(draw: DrawFn, rows: int, size: int, positive: bool) -> Array:
    return np.array([draw(_law(size, positive)) for _ in range(rows)])


@st.composite
def markov_chains(
    draw: DrawFn, symbols: int = 3, order: int = 1, irreducible: bool = True, with_initial: bool | None = False
) -> MarkovChain:
    """Chains on 1 to `symbols` letters, periodic ones included; reducible ones too unless `irreducible`.

    `with_initial`: whether they start from a law of their own (None: either). A reducible chain always does.
    """
    size = draw(st.integers(1, symbols))
    contexts = size**order
    if draw(st.booleans()) and order == 1:
        table = np.eye(size)[draw(st.permutations(range(size)))]  # deterministic: periodic, or reducible
    else:
        table = draw(_laws(contexts, size, False))
    chain = MarkovChain(table.reshape((size,) * (order + 1)))
    single = len(closed_classes(chain.transition)) == 1
    if irreducible and not chain.is_irreducible():
        table = (table + 1) / (table + 1).sum(axis=-1, keepdims=True)
        single = True
    first = with_initial if with_initial is not None else draw(st.booleans())
    initial = draw(_law(contexts, False)).reshape((size,) * order) if order and (first or not single) else None
    return MarkovChain(table.reshape((size,) * (order + 1)), initial)


@st.composite
def hidden_markov(
    draw: DrawFn,
    symbols: int = 2,
    states: int = 3,
    positive: bool = False,
    unifilar: bool = False,
    with_initial: bool | None = False,
) -> HiddenMarkov:
    """Hidden Markov processes with one stationary law, up to so many symbols and states; symbols that never occur included.

    `positive`: no zeros. `unifilar`: state and symbol fix the next state. `with_initial` as for `markov_chains`.
    """
    letters, size = draw(st.integers(1, symbols)), draw(st.integers(1, states))
    if unifilar:
        kernel = np.zeros((letters, size, size))
        emit = draw(_laws(size, letters, positive))
        for i in range(size):
            for k in range(letters):
                kernel[k, i, draw(st.integers(0, size - 1))] = emit[i, k]
    else:
        kernel = draw(_laws(size, letters * size, positive)).reshape(size, letters, size).transpose(1, 0, 2)
    first = with_initial if with_initial is not None else draw(st.booleans())
    if len(closed_classes(kernel.sum(axis=0))) > 1:
        first = first or with_initial is None
        if not first:  # lead every state to 0 now and then, with the last symbol
            kernel = kernel / 2
            spare = 1 - kernel.sum(axis=(0, 2))
            if unifilar:
                kernel = np.concatenate([kernel, np.zeros((1, size, size))])
            kernel[-1, :, 0] += spare
    return HiddenMarkov(kernel, draw(_law(size, False)) if first else None)


@st.composite
def channels(draw: DrawFn, inputs: int = 3, outputs: int = 3) -> Channel:
    """Memoryless channels, noiseless and useless ones included."""
    xs, ys = draw(st.integers(1, inputs)), draw(st.integers(1, outputs))
    return Channel(draw(_laws(xs, ys, False)))


@st.composite
def finite_state_channels(
    draw: DrawFn, inputs: int | None = None, states: int = 2, outputs: int = 2, unifilar: bool = False
) -> FiniteStateChannel:
    """Finite-state channels with an initial law. `inputs` fixes the number of inputs (1 to 2 if None)."""
    xs = inputs if inputs is not None else draw(st.integers(1, 2))
    size, ys = draw(st.integers(1, states)), draw(st.integers(1, outputs))
    if unifilar:
        kernel = np.zeros((xs, size, ys, size))
        for x in range(xs):
            for s in range(size):
                answer = draw(_law(ys, False))
                for y in range(ys):
                    kernel[x, s, y, draw(st.integers(0, size - 1))] = answer[y]
    else:
        kernel = draw(_laws(xs * size, ys * size, False)).reshape(xs, size, ys, size)
    return FiniteStateChannel(kernel, draw(_law(size, False)))


@st.composite
def feedback_sources(draw: DrawFn, inputs: int, outputs: int, states: int = 2) -> FeedbackSource:
    """Sources that hear the last output, for a channel with so many inputs and outputs."""
    size = draw(st.integers(1, states))
    kernel = draw(_laws(size * outputs, inputs * size, False)).reshape(size, outputs, inputs, size)
    return FeedbackSource(kernel, draw(_law(inputs * size, False)).reshape(inputs, size))


@st.composite
def vector_autoregressions(
    draw: DrawFn, dimension: int = 2, lags: int = 2, radius: float = 0.9
) -> VectorAutoregression:
    """Stable vector autoregressions with positive definite noise; white noise and absent links included."""
    order = draw(st.integers(1, lags))
    entries = st.integers(-8, 8).map(lambda k: k / 8)
    flat = draw(st.lists(entries, min_size=order * dimension**2, max_size=order * dimension**2))
    coefficients = np.array(flat).reshape(order, dimension, dimension)
    companion = np.eye(order * dimension, k=-dimension)
    companion[:dimension] = np.concatenate(list(coefficients), axis=1)
    modulus = float(np.abs(np.linalg.eigvals(companion)).max())
    if modulus > radius:  # lag l scaled by c^l scales every eigenvalue by c
        coefficients = coefficients * (radius / modulus) ** np.arange(1, order + 1)[:, None, None]
    low = np.tril(
        np.array(draw(st.lists(entries, min_size=dimension**2, max_size=dimension**2))).reshape(dimension, -1)
    )
    np.fill_diagonal(low, 1 + np.abs(np.diag(low)))
    return VectorAutoregression(coefficients, low @ low.T)


def words(process: Any, length: int) -> NDArray[np.int64]:
    """Every word of that length over the alphabet of `process`, one a row: for checks by enumeration."""
    if length == 0:
        return np.zeros((1, 0), dtype=np.int64)
    grid = np.indices((process.symbols,) * length)
    return np.asarray(grid.reshape(length, process.symbols**length).T, dtype=np.int64)
