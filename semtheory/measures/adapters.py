"""Sources and channels of `semtheory.processes` as one `System`."""

from __future__ import annotations

from typing import Any

import numpy as np

from semtheory.errors import InputError
from semtheory.measures._arrays import Array
from semtheory.measures.systems import System


def as_channel(channel: Any) -> tuple[Array, Array | None]:
    """The kernel as (S, X, Y, S), and the initial law of the state or None."""
    kernel = getattr(channel, "kernel", None)
    if kernel is None or np.ndim(kernel) != 4 or hasattr(channel, "first"):
        raise InputError(f"channel {channel!r}: expected a Channel or FiniteStateChannel of semtheory.processes")
    initial = channel.initial
    if initial is None and channel.states == 1:
        initial = np.ones(1)
    return np.asarray(kernel).transpose(1, 0, 2, 3), initial


def as_system(source: Any, channel: Any, *, initial: bool) -> System:
    """The two together.

    Args:
        initial: whether the law of the states before the first step is needed.

    Raises:
        InputError: alphabets that do not fit, a missing initial law, or something that is no source or channel.
    """
    kernel, state = as_channel(channel)
    _, xs, ys, _ = kernel.shape
    feedback = hasattr(source, "first") and np.ndim(getattr(source, "kernel", 0)) == 4
    law, start = _listening(source, ys) if feedback else _plain(source, ys)
    if law.shape[1] != xs:
        raise InputError(f"{source!r} sends {law.shape[1]} letters, {channel!r} takes {xs}: expected the same number")
    if not initial:
        return System(law, kernel)
    if state is None:
        raise InputError(
            f"{channel!r} has no law of its first state: give FiniteStateChannel(kernel, initial=...), or ask for the rate"
        )
    return System(law, kernel, np.outer(start, state))


def _plain(source: Any, ys: int) -> tuple[Array, Array]:
    """A source without feedback: P(x, r_next | r), the same whatever the output."""
    hidden = source.as_hidden_markov() if hasattr(source, "as_hidden_markov") else source
    kernel = getattr(hidden, "kernel", None)
    if kernel is None or np.ndim(kernel) != 3:
        raise InputError(
            f"source {source!r}: expected a MarkovChain, HiddenMarkov or FeedbackSource of semtheory.processes"
        )
    moves = np.asarray(kernel).transpose(1, 0, 2)  # (r, x, r_next)
    start = hidden.initial if hidden.initial is not None else hidden.stationary()
    return np.repeat(moves[:, :, None, :], ys, axis=2), np.asarray(start, dtype=float)


def _listening(source: Any, ys: int) -> tuple[Array, Array]:
    """State (r, previous output), and one more in which nothing has been heard yet."""
    if source.outputs != ys:
        raise InputError(f"{source!r} hears {source.outputs} outputs, the channel has {ys}: expected the same number")
    states, _, xs, _ = source.kernel.shape
    law = np.zeros((states * ys + 1, xs, ys, states * ys + 1))
    for y in range(ys):
        after = np.arange(states) * ys + y
        law[np.ix_(*_places([states * ys], range(xs), [y], after))] = source.first[None, :, None, :]
        for heard in range(ys):
            here = np.arange(states) * ys + heard
            law[np.ix_(*_places(here, range(xs), [y], after))] = source.kernel[:, heard][:, :, None, :]
    start = np.zeros(states * ys + 1)
    start[-1] = 1.0
    return law, start


def _places(*axes: Any) -> list[Any]:
    return [np.asarray(axis) for axis in axes]
