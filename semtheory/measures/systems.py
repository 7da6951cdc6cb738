"""A source and a finite-state channel as one system, and the filters that its entropies need.

A source is `source[r, x, y, r_next] = P(x | r) P(r_next | r, x, y)`: the next state may see the output, which is feedback. A channel is
`channel[s, x, y, s_next]`. Joint states are numbered r * S + s.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from semtheory.errors import InputError
from semtheory.measures._arrays import Array
from semtheory.measures.filters import Filter, Points
from semtheory.processes._structure import closed_classes, irreducible_law


@dataclass(frozen=True)
class System:
    """Source, channel and the law of their states before the first step.

    Attributes:
        source: (R, X, Y, R).
        channel: (S, X, Y, S).
        start: (R, S), or None where only rates are asked for.
    """

    source: Array
    channel: Array
    start: Array | None = None

    @property
    def joint(self) -> Array:
        """(R*S, X, Y, R*S): P(x, y, next states | states)."""
        both = np.einsum("rxyq,sxyz->rsxyqz", self.source, self.channel)
        states = self.source.shape[0] * self.channel.shape[0]
        return np.asarray(both.reshape(states, *self.source.shape[1:3], states))

    @property
    def inputs(self) -> Array:
        """(R, X): P(x | r)."""
        return np.asarray(self.source[:, :, 0, :].sum(axis=2))

    @property
    def feedback(self) -> bool:
        """Whether the source's next state depends on the output."""
        return bool(np.any(np.abs(self.source - self.source[:, :, :1]) > 0))

    def before(self) -> Array:
        """The law of the states before the first step; raises when there is none."""
        if self.start is None:
            raise InputError("no initial law is given, and the stationary one was not asked for")
        return self.start

    def stationary(self) -> Array:
        """(R, S): the one stationary law of the joint states, each entry to full relative accuracy however slowly the chain mixes.

        Raises:
            InputError: there are several, named by their closed classes.
        """
        law = self.joint.sum(axis=(1, 2))
        classes = closed_classes(law)
        if len(classes) > 1:
            raise InputError(
                f"the joint chain of source and channel is reducible: states (numbered source * {self.channel.shape[0]} + channel) "
                f"fall into closed classes {classes}, so the rate depends on where it starts; restrict the source or channel to one class"
            )
        kept = classes[0]
        whole = np.zeros(len(law))
        whole[kept] = irreducible_law(law[np.ix_(kept, kept)])
        return whole.reshape(self.source.shape[0], self.channel.shape[0])


def of_outputs(system: System) -> Filter:
    """States given y^{t-1}: H(Y_t | Y^{t-1})."""
    joint = system.joint
    steps = joint.sum(axis=1).transpose(1, 0, 2)
    emits = joint.sum(axis=(1, 3))[None]
    return Filter(np.ones((1, steps.shape[0], 1)), steps, np.ones((1, 1)), emits)


def of_inputs(system: System) -> Filter:
    """States given x^{t-1}: H(X_t | X^{t-1})."""
    joint = system.joint
    steps = joint.sum(axis=2).transpose(1, 0, 2)
    emits = joint.sum(axis=(2, 3))[None]
    return Filter(np.ones((1, steps.shape[0], 1)), steps, np.ones((1, 1)), emits)


def of_outputs_given_inputs(system: System) -> Filter:
    """Channel state given x^t, y^{t-1}: H(Y_t | Y^{t-1}, X^t). The source's state says no more of it, and is the mode."""
    source, channel = system.source, system.channel
    states, xs, ys, _ = source.shape
    moves = source.reshape(states, xs * ys, states)
    steps = channel.transpose(1, 2, 0, 3).reshape(xs * ys, channel.shape[0], channel.shape[0])
    emits = channel.sum(axis=3).transpose(1, 0, 2)
    return Filter(moves, steps, system.inputs, emits)


def of_inputs_given_outputs(system: System) -> Filter:
    """Source state given x^{t-1}, y^{t-1}: H(X_t | X^{t-1}, Y^{t-1}). The channel's state is the mode."""
    source, channel = system.source, system.channel
    states, xs, ys, _ = channel.shape
    moves = channel.reshape(states, xs * ys, states)
    steps = source.transpose(1, 2, 0, 3).reshape(xs * ys, source.shape[0], source.shape[0])
    return Filter(moves, steps, np.ones((states, 1)), system.inputs[None])


def of_outputs_given_past(system: System) -> Filter:
    """Both states given x^{t-1}, y^{t-1}: H(Y_t | Y^{t-1}, X^{t-1}), for transfer entropy."""
    joint = system.joint
    states, xs, ys, _ = joint.shape
    steps = joint.transpose(1, 2, 0, 3).reshape(xs * ys, states, states)
    return Filter(np.ones((1, xs * ys, 1)), steps, np.ones((1, 1)), joint.sum(axis=(1, 3))[None])


def starts(law: Array, mode_axis: int | None) -> Points:
    """Points that know only the mode: of the joint law (R, S), axis `mode_axis` is the mode, or None."""
    if mode_axis is None:
        return Points(np.zeros(1, dtype=np.int64), law.reshape(1, -1), np.ones(1))
    table = law if mode_axis == 0 else law.T
    weights = table.sum(axis=1)
    alive = np.flatnonzero(weights > 0)
    return Points(alive, table[alive] / weights[alive, None], weights[alive])


def knowing(law: Array, mode_axis: int | None) -> Points:
    """Points that know the mode and the hidden state."""
    table = law.reshape(1, -1) if mode_axis is None else law if mode_axis == 0 else law.T
    modes, states = np.nonzero(table > 0)
    return Points(modes, np.eye(table.shape[1])[states], table[modes, states])
