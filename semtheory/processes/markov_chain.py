"""Markov chains of any order."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import ArrayLike

from semtheory.errors import InputError
from semtheory.processes import _structure
from semtheory.processes._checks import Array, frozen, probabilities, real_array
from semtheory.processes.hidden_markov import HiddenMarkov


class MarkovChain(HiddenMarkov):
    """A Markov chain of order k: the next symbol depends on the last k.

    Args:
        transition: shape (V,) * (k + 1), transition[x_1, ..., x_k, y] = P(next is y | the last were x_1, ..., x_k);
            (V, V) for the usual chain, (V,) for independent symbols.
        initial: law of the first k symbols, shape (V,) * k; None for the stationary one.

    Attributes:
        table: the transition probabilities as given. order, symbols: k and V.
        As a hidden Markov process its states are the last k symbols, read as a number in base V, the oldest first.
        With an initial law, states for the first, shorter pasts come after them.

    Raises:
        InputError: wrong shape, a negative or missing entry, a row that does not sum to 1.
    """

    def __init__(self, transition: ArrayLike, initial: ArrayLike | None = None, *, name: str = "Markov chain") -> None:
        table = probabilities("transition", transition, None)
        size = table.shape[-1]
        if any(axis != size for axis in table.shape):
            raise InputError(
                f"transition has shape {table.shape}: expected (V, V), or V on every axis for a longer memory"
            )
        self.table: Array = frozen(table)
        self.order = table.ndim - 1
        self.first: Array | None = None
        if initial is not None and self.order:
            given = real_array("initial", initial)
            first = probabilities("initial", given, None, over=tuple(range(given.ndim)))
            if first.size != size**self.order:
                raise InputError(f"initial has shape {first.shape}: expected {(size,) * self.order}")
            self.first = frozen(first.reshape((size,) * self.order))
        kernel = _kernel(table, self.first)
        start = None if self.first is None else np.eye(len(kernel[0]))[size**self.order]
        super().__init__(kernel, start, name=name)

    @property
    def contexts(self) -> int:
        """How many pasts of length k there are."""
        return int(self.symbols**self.order)

    def stationary(self) -> Array:
        """The stationary law of the last k symbols: shape (V,) for the usual chain, (V,) * k in general.

        Raises:
            InputError: reducible, the closed classes named.
        """
        inner = self.transition[: self.contexts, : self.contexts]
        law = _structure.stationary_law(inner, self.name)
        return law if self.order < 2 else law.reshape((self.symbols,) * self.order)

    @property
    def _start(self) -> Array:
        return self.stationary().ravel() if self.initial is None else self.initial

    @property
    def _recurrent(self) -> tuple[Array, Array]:
        weights = self.stationary().ravel()
        kept = np.flatnonzero(weights)
        return self.kernel[:, kept][:, :, kept], weights[kept]

    def as_hidden_markov(self) -> HiddenMarkov:
        """The same process as a `HiddenMarkov` whose states are contexts."""
        return HiddenMarkov(self.kernel, self.initial, name=self.name)

    def is_irreducible(self) -> bool:
        """Whether every context leads to every other."""
        inner = self.transition[: self.contexts, : self.contexts]
        classes = _structure.closed_classes(inner)
        return len(classes) == 1 and len(classes[0]) == self.contexts

    def period(self) -> int:
        """The period of an irreducible chain. Raises `InputError` for a reducible one."""
        if not self.is_irreducible():
            raise InputError(f"the {self.name} is reducible: it has no single period")
        return _structure.period(self.transition[: self.contexts, : self.contexts])


def _kernel(table: Array, first: Array | None) -> Array:
    """Contexts as states; then, with a law of the first symbols, the shorter pasts."""
    size, order = table.shape[-1], table.ndim - 1
    contexts = size**order
    flat = table.reshape(contexts, size)
    short = (
        [past for k in range(order) for past in itertools.product(range(size), repeat=k)] if first is not None else []
    )
    number = {past: contexts + k for k, past in enumerate(short)}
    kernel = np.zeros((size, contexts + len(short), contexts + len(short)))
    for context in range(contexts):
        for symbol in range(size):
            kernel[symbol, context, (context * size + symbol) % contexts] = flat[context, symbol]
    for past in short:
        assert first is not None
        ahead = first[past].reshape(size, -1).sum(axis=1)
        shares = ahead / ahead.sum() if ahead.sum() > 0 else np.full(size, 1 / size)
        for symbol in range(size):
            longer = (*past, symbol)
            after = number.get(longer, int(sum(x * size**k for k, x in enumerate(reversed(longer)))))
            kernel[symbol, number[past], after] = shares[symbol]
    return kernel
