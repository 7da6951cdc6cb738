"""A source as its encoder sees it: nodes, each with the symbol just sent, and the law of the next node.

The encoder of a directed rate-distortion problem knows x^t. All that matters of it is the law of what comes after: for a Markov
chain the symbol itself, for a hidden-Markov source the belief about its state. Equal beliefs are one node.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from semtheory.errors import InputError
from semtheory.measures._arrays import Array, as_pmf
from semtheory.processes._checks import probabilities

SAME = 1e-12  # beliefs closer than this in every entry are one
MOST_NODES = 20000


@dataclass(frozen=True)
class Levels:
    """The source over T steps.

    Attributes:
        first: law of the nodes at time 1. steps[t]: (n_t, n_{t+1}) transition to the next level. symbols[t]: symbol of each node.
    """

    first: Array
    steps: tuple[Array, ...]
    symbols: tuple[Any, ...]


@dataclass(frozen=True)
class Chain:
    """A source whose nodes are finitely many: a Markov chain on nodes, each with a symbol.

    Attributes:
        transition: (n, n). symbols: (n,). first: (n,), law at time 1. letters: size of the source's alphabet.
        known: whether the encoder, who sees symbols only, knows the node in the long run.
    """

    transition: Array
    symbols: Any
    first: Array
    letters: int
    known: bool = True

    def levels(self, horizon: int) -> Levels:
        """The same over so many steps."""
        return Levels(self.first, (self.transition,) * (horizon - 1), (self.symbols,) * horizon)


@dataclass(frozen=True)
class Source:
    """What can be asked of any source: its levels over T steps, and its chain of nodes.

    Attributes:
        chain: of nodes; for a hidden-Markov source whose beliefs never close, of its edges (state, symbol, next state). An
            encoder comes to know those of a unifilar source (Travers and Crutchfield 2011); of others it does not.
        closed: whether the nodes are the encoder's from the first step on.
        kernel: (symbols, states, states) or None for a Markov chain. start: law of the state before the first symbol.
    """

    chain: Chain
    kernel: Array | None = None
    start: Array | None = None
    closed: bool = True

    def levels(self, horizon: int) -> Levels:
        """Nodes of the encoder at times 1 to horizon. Raises `InputError` when they are too many."""
        if self.kernel is None or self.start is None or self.closed:
            return self.chain.levels(horizon)
        return _belief_levels(self.kernel, self.start, horizon)


def as_source(source: Any) -> Source:
    """A MarkovChain, a HiddenMarkov, a transition matrix, a hidden-Markov kernel, or a law (then memoryless).

    Raises:
        InputError: anything else, or an array that is no law.
    """
    kernel = getattr(source, "kernel", None)
    if kernel is not None and np.ndim(kernel) == 3:
        return _hidden(np.asarray(kernel), getattr(source, "initial", None))
    if kernel is None and hasattr(source, "transition"):
        return _markov(np.asarray(source.transition), getattr(source, "initial", None))
    if hasattr(source, "kernel") or isinstance(source, str):
        raise InputError(f"source {source!r}: expected a MarkovChain, a HiddenMarkov, a transition matrix or a law")
    try:
        dimensions = np.ndim(source)
    except ValueError:
        dimensions = -1
    if dimensions == 1:
        law = as_pmf(source, "source")
        return Source(Chain(np.tile(law, (len(law), 1)), np.arange(len(law)), law, len(law)))
    if dimensions == 2:
        return _markov(probabilities("transition", source, 2), None)
    if dimensions == 3:
        return _hidden(probabilities("kernel", source, 3, over=(0, 2)), None)
    raise InputError(f"source {source!r}: expected a MarkovChain, a HiddenMarkov, a transition matrix or a law")


def stationary(transition: Array) -> Array:
    """The one stationary law. Raises `InputError` when there are several."""
    from semtheory.processes._structure import stationary_law

    return stationary_law(transition, "source")


def _markov(transition: Array, initial: Any) -> Source:
    if transition.shape[0] != transition.shape[1]:
        raise InputError(
            f"transition has shape {transition.shape}: expected a square matrix, row i the law after symbol i"
        )
    first = stationary(transition) if initial is None else np.asarray(initial, dtype=float)
    return Source(Chain(transition, np.arange(len(transition)), first, len(transition)))


def _hidden(kernel: Array, initial: Any) -> Source:
    move = kernel.sum(axis=0)
    start = stationary(move) if initial is None else np.asarray(initial, dtype=float)
    closed = _close(kernel, start)
    return Source(closed if closed is not None else _edges(kernel, start), kernel, start, closed is not None)


def _children(kernel: Array, belief: Array) -> list[tuple[int, float, Array]]:
    found = []
    for symbol, matrix in enumerate(kernel):
        after = belief @ matrix
        mass = float(after.sum())
        if mass > 0:
            found.append((symbol, mass, after / mass))
    return found


class _Nodes:
    """Beliefs with the symbol that led there, numbered as they come."""

    def __init__(self) -> None:
        self.beliefs: list[Array] = []
        self.symbols: list[int] = []
        self._index: dict[tuple[Any, ...], int] = {}

    def number(self, symbol: int, belief: Array) -> int:
        key = (symbol, *np.round(belief / SAME / 16).astype(np.int64).tolist())
        if key not in self._index:
            self._index[key] = len(self.beliefs)
            self.beliefs.append(belief)
            self.symbols.append(symbol)
        return self._index[key]


def _close(kernel: Array, start: Array, most: int = 64) -> Chain | None:
    """The chain of beliefs when there are few; the encoder then knows its node. None otherwise."""
    nodes = _Nodes()
    first: dict[int, float] = {}
    for symbol, mass, after in _children(kernel, start):
        node = nodes.number(symbol, after)
        first[node] = first.get(node, 0.0) + mass
    moves: list[dict[int, float]] = []
    done = 0
    while done < len(nodes.beliefs):
        if len(nodes.beliefs) > most:
            return None
        row: dict[int, float] = {}
        for symbol, mass, after in _children(kernel, nodes.beliefs[done]):
            node = nodes.number(symbol, after)
            row[node] = row.get(node, 0.0) + mass
        moves.append(row)
        done += 1
    size = len(nodes.beliefs)
    transition, law = np.zeros((size, size)), np.zeros(size)
    for i, row in enumerate(moves):
        for j, mass in row.items():
            transition[i, j] = mass
    for node, mass in first.items():
        law[node] = mass
    return Chain(transition, np.array(nodes.symbols), law, len(kernel))


def _edges(kernel: Array, start: Array) -> Chain:
    """Nodes (symbol, state before, state after): more than the encoder knows."""
    symbols, before, after = np.nonzero(kernel > 0)
    masses = kernel[symbols, before, after]
    transition = np.where(after[:, None] == before[None, :], masses[None, :], 0.0)
    return Chain(transition, symbols, start[before] * masses, len(kernel), known=bool(np.all((kernel > 0).sum(axis=2) <= 1)))


def _belief_levels(kernel: Array, start: Array, horizon: int) -> Levels:
    beliefs: list[Array] = [start]
    steps: list[Array] = []
    symbols: list[Any] = []
    for t in range(horizon):
        nodes = _Nodes()
        rows = [[(nodes.number(s, b), m) for s, m, b in _children(kernel, belief)] for belief in beliefs]
        if len(nodes.beliefs) > MOST_NODES:
            raise InputError(
                f"horizon={horizon}: at time {t + 1} the encoder has {len(nodes.beliefs)} different beliefs, more than {MOST_NODES}; ask for a shorter horizon"
            )
        step = np.zeros((len(beliefs), len(nodes.beliefs)))
        for i, row in enumerate(rows):
            for j, mass in row:
                step[i, j] += mass
        steps.append(step)
        symbols.append(np.array(nodes.symbols))
        beliefs = nodes.beliefs
    return Levels(steps[0][0], tuple(steps[1:]), tuple(symbols))
