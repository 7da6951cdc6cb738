"""The channels that the literature knows by name."""

from __future__ import annotations

import numpy as np

from semtheory.errors import InputError
from semtheory.processes._checks import probability
from semtheory.processes.channels import Channel, FiniteStateChannel


def bsc(e: float) -> Channel:
    """Binary symmetric channel: the input bit, flipped with probability `e`."""
    e = probability("e", e)
    return Channel([[1 - e, e], [e, 1 - e]], name=f"BSC({e:g})")


def bec(e: float) -> Channel:
    """Binary erasure channel: the input bit, lost with probability `e`; output 2 says that it was."""
    e = probability("e", e)
    return Channel([[1 - e, 0, e], [0, 1 - e, e]], name=f"BEC({e:g})")


def trapdoor() -> FiniteStateChannel:
    """Trapdoor channel (Blackwell 1961): a ball in the box, one put in, one of the two falls out with probability 1/2.

    State: the ball in the box. Unifilar, s_next = s + x + y modulo 2.
    """
    kernel = np.zeros((2, 2, 2, 2))
    for x in range(2):
        for s in range(2):
            kernel[x, s, x, s] += 0.5
            kernel[x, s, s, x] += 0.5
    return FiniteStateChannel(kernel, name="trapdoor channel")


def ising() -> FiniteStateChannel:
    """Ising channel (Berger and Bonomi 1990): the output is this input or the one before, each with probability 1/2.

    State: the input before. Unifilar.
    """
    kernel = np.zeros((2, 2, 2, 2))
    for x in range(2):
        for s in range(2):
            kernel[x, s, x, x] += 0.5
            kernel[x, s, s, x] += 0.5
    return FiniteStateChannel(kernel, name="Ising channel")


def post(alpha: float) -> FiniteStateChannel:
    """POST channel (Permuter, Asnani, Weissman 2014): the previous output is the state.

    An input equal to the state passes; one that differs turns into the state with probability `alpha`: a Z channel or
    its mirror image. Unifilar.
    """
    alpha = probability("alpha", alpha)
    kernel = np.zeros((2, 2, 2, 2))
    for x in range(2):
        for s in range(2):
            kernel[x, s, x, x] += 1 if x == s else 1 - alpha
            kernel[x, s, s, s] += 0 if x == s else alpha
    return FiniteStateChannel(kernel, name=f"POST({alpha:g})")


def gilbert_elliott(p_gb: float, p_bg: float, e_good: float, e_bad: float) -> FiniteStateChannel:
    """Gilbert-Elliott channel: a binary symmetric channel whose flip probability follows a two-state chain.

    Args:
        p_gb, p_bg: probabilities of turning bad and of turning good, per use. They are not both 0: the chain would
            keep its first state for ever and have no unique stationary law.
        e_good, e_bad: flip probabilities in state 0 (good) and 1 (bad).

    The channel starts in its stationary law. Not unifilar: the state is not seen.
    """
    p_gb, p_bg = probability("p_gb", p_gb), probability("p_bg", p_bg)
    flips = probability("e_good", e_good), probability("e_bad", e_bad)
    if p_gb + p_bg == 0:
        raise InputError(
            "p_gb=0 and p_bg=0: the state never changes, so it has no unique stationary law; give one above 0"
        )
    move = np.array([[1 - p_gb, p_gb], [p_bg, 1 - p_bg]])
    kernel = np.zeros((2, 2, 2, 2))
    for s, e in enumerate(flips):
        for x in range(2):
            kernel[x, s, x] = (1 - e) * move[s]
            kernel[x, s, 1 - x] = e * move[s]
    start = np.array([p_bg, p_gb]) / (p_gb + p_bg)
    return FiniteStateChannel(kernel, start, name="Gilbert-Elliott channel")
