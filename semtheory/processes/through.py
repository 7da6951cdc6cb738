"""A source and a channel together, as one hidden Markov process."""

from __future__ import annotations

import numpy as np

from semtheory.errors import InputError
from semtheory.processes._checks import Array
from semtheory.processes.channels import FeedbackSource, FiniteStateChannel
from semtheory.processes.hidden_markov import HiddenMarkov


def joint_process(source: HiddenMarkov | FeedbackSource, channel: FiniteStateChannel) -> HiddenMarkov:
    """The pairs (X_t, Y_t), numbered x * outputs + y.

    States: the source's and the channel's (and, with feedback, the last output, and one state for the beginning). It starts
    from both initial laws; without one of the channel, or of the source, from the stationary law of the pair.

    Raises:
        InputError: alphabets that do not fit; a listening source with a channel that has no initial law.
    """
    if not isinstance(source, (HiddenMarkov, FeedbackSource)) or not isinstance(channel, FiniteStateChannel):
        raise InputError(
            f"joint_process of {source!r} and {channel!r}: expected a process such as HiddenMarkov, and a channel"
        )
    if isinstance(source, FeedbackSource):
        return _listening(source, channel)
    if source.symbols != channel.inputs:
        raise InputError(f"{source!r} sends {source.symbols} symbols, {channel!r} takes {channel.inputs}")
    kernel = np.einsum("xrq,xsyz->xyrsqz", source.kernel, channel.kernel)
    states = source.states * channel.states
    start: Array | None = None
    if channel.initial is not None and (source.initial is not None or channel.states > 1):
        law = source.initial if source.initial is not None else np.ravel(source.stationary())
        start = np.outer(law, channel.initial).ravel()
    return HiddenMarkov(kernel.reshape(-1, states, states), start, name=f"{source.name} through {channel.name}")


def output_process(source: HiddenMarkov | FeedbackSource, channel: FiniteStateChannel) -> HiddenMarkov:
    """The outputs Y_t alone."""
    joint = joint_process(source, channel)
    kernel = joint.kernel.reshape(channel.inputs, channel.outputs, joint.states, joint.states).sum(axis=0)
    return HiddenMarkov(kernel, joint.initial, name=f"output of {joint.name}")


def _listening(source: FeedbackSource, channel: FiniteStateChannel) -> HiddenMarkov:
    if source.inputs != channel.inputs or source.outputs != channel.outputs:
        raise InputError(
            f"{source!r} does not fit {channel!r}: expected {channel.inputs} inputs and {channel.outputs} outputs"
        )
    if channel.initial is None:
        raise InputError(f"{channel!r} has no law of its first state: give FiniteStateChannel(kernel, initial=...)")
    heard = source.states * channel.outputs
    moves = np.zeros((source.inputs, channel.outputs, heard + 1, heard + 1))  # source part, given that Y = y comes out
    for y in range(channel.outputs):
        after = np.arange(source.states) * channel.outputs + y
        moves[:, y, heard, after] = source.first
        for before in range(channel.outputs):
            here = np.arange(source.states) * channel.outputs + before
            for r, state in enumerate(here):
                moves[:, y, state, after] = source.kernel[r, before]
    kernel = np.einsum("xyrq,xsyz->xyrsqz", moves, channel.kernel)
    states = (heard + 1) * channel.states
    start = np.outer(np.eye(heard + 1)[heard], channel.initial).ravel()
    return HiddenMarkov(kernel.reshape(-1, states, states), start, name=f"listening source and {channel.name}")
