"""Channels with finitely many states, memoryless ones among them, and the sources that listen to their output.

At time t the channel in state S_{t-1} takes X_t, answers Y_t and moves to S_t with probability
kernel[x, s, y, s_next] = P(Y_t = y, S_t = s_next | X_t = x, S_{t-1} = s). Whether there is feedback is the source's
affair, not the channel's: a `HiddenMarkov` or `MarkovChain` source does not listen, a `FeedbackSource` does.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from semtheory.errors import InputError
from semtheory.processes._checks import Array, frozen, law, probabilities


class FiniteStateChannel:
    """A finite-state channel.

    Args:
        kernel: shape (inputs, states, outputs, states), P(y, s_next | x, s); sums to 1 over the last two axes.
        initial: law of the state before the first use, or None when it is left open.
        name: for messages.

    Attributes:
        kernel, initial: as given, read-only. inputs, states, outputs: the counts.

    Raises:
        InputError: wrong shape, a negative or missing entry, a row that does not sum to 1.
    """

    def __init__(self, kernel: ArrayLike, initial: ArrayLike | None = None, *, name: str = "channel") -> None:
        array = probabilities("kernel", kernel, 4, over=(2, 3))
        if array.shape[1] != array.shape[3]:
            raise InputError(
                f"kernel has shape {array.shape}: expected (inputs, states, outputs, states), "
                f"but it starts from {array.shape[1]} states and ends in {array.shape[3]}"
            )
        self.kernel: Array = frozen(array)
        self.inputs, self.states, self.outputs = array.shape[:3]
        start = law("initial", initial, self.states)
        self.initial: Array | None = start if start is None else frozen(start)
        self.name = name

    @cached_property
    def is_unifilar(self) -> bool:
        """Whether input, state and output fix the next state: kernel[x, s, y] has at most one entry above zero."""
        return bool(np.all((self.kernel > 0).sum(axis=3) <= 1))

    @property
    def is_memoryless(self) -> bool:
        """Whether the output law depends on the input alone."""
        answers = self.kernel.sum(axis=3)
        return bool(np.all(answers == answers[:, :1]))

    def next_state(self, x: int, s: int, y: int) -> int:
        """The state that follows. Raises `InputError` when it is not fixed, or when that output is impossible."""
        row = self.kernel[x, s, y]
        after = np.flatnonzero(row)
        if len(after) != 1:
            found = f"states {after.tolist()} may follow" if len(after) else "that output has probability 0"
            raise InputError(
                f"{self.name}: next_state(x={x}, s={s}, y={y}): {found}; "
                "expected a unifilar channel and an output that can occur"
            )
        return int(after[0])

    def __repr__(self) -> str:
        return f"<{self.name}: {self.inputs} inputs, {self.states} states, {self.outputs} outputs>"


class Channel(FiniteStateChannel):
    """A memoryless channel: `matrix[x, y]` = P(Y = y | X = x). It is a finite-state channel with a single state.

    Raises:
        InputError: wrong shape, a negative or missing entry, a row that does not sum to 1.
    """

    def __init__(self, matrix: ArrayLike, *, name: str = "memoryless channel") -> None:
        array = probabilities("matrix", matrix, 2)
        super().__init__(array[:, None, :, None], [1.0], name=name)
        self.matrix: Array = frozen(array)


class FeedbackSource:
    """A source that hears the previous output of the channel.

    Args:
        kernel: shape (states, outputs, inputs, states), kernel[r, y, x, r_next] = P(X_t = x, R_t = r_next | R_{t-1} = r,
            Y_{t-1} = y): the source's own state r, the output just heard, the symbol sent, the next state.
        first: shape (inputs, states), the law of (X_1, R_1), when there is nothing to hear yet.

    Attributes:
        kernel, first: as given, read-only. states, outputs, inputs: the counts.

    Raises:
        InputError: wrong shapes, a negative or missing entry, a row that does not sum to 1.
    """

    def __init__(self, kernel: ArrayLike, first: ArrayLike) -> None:
        array = probabilities("kernel", kernel, 4, over=(2, 3))
        states, outputs, inputs, after = array.shape
        if states != after:
            raise InputError(
                f"kernel has shape {array.shape}: expected (states, outputs, inputs, states), "
                f"but it starts from {states} states and ends in {after}"
            )
        start = probabilities("first", first, 2, over=(0, 1))
        if start.shape != (inputs, states):
            raise InputError(f"first has shape {start.shape}: expected (inputs, states) = {(inputs, states)}")
        self.kernel: Array = frozen(array)
        self.first: Array = frozen(start)
        self.states, self.outputs, self.inputs = states, outputs, inputs

    def __repr__(self) -> str:
        return f"<source with feedback: {self.states} states, hears {self.outputs} outputs, sends {self.inputs} inputs>"
