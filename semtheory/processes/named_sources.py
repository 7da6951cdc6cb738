"""The sources that the literature knows by name. Generators as in Crutchfield and Feldman 2003 unless said."""

from __future__ import annotations

import numpy as np

from semtheory.errors import InputError
from semtheory.processes._checks import probability
from semtheory.processes.hidden_markov import HiddenMarkov
from semtheory.processes.markov_chain import MarkovChain


def binary_symmetric_markov(p: float) -> MarkovChain:
    """Two symbols; the next differs from the last with probability `p`."""
    p = probability("p", p)
    return MarkovChain([[1 - p, p], [p, 1 - p]], name=f"binary symmetric Markov chain({p:g})")


def golden_mean(p: float = 0.5) -> HiddenMarkov:
    """No two zeros in a row: from A a one (stay) or, with probability `p`, a zero (to B); from B a one, back to A."""
    p = probability("p", p)
    kernel = np.zeros((2, 2, 2))
    kernel[1, 0, 0], kernel[0, 0, 1], kernel[1, 1, 0] = 1 - p, p, 1
    return HiddenMarkov(kernel, name=f"golden mean process({p:g})")


def even_process(p: float = 0.5) -> HiddenMarkov:
    """Ones come in runs of even length: from A a zero (stay) or, with probability `p`, a one (to B); from B a one, back to A."""
    p = probability("p", p)
    kernel = np.zeros((2, 2, 2))
    kernel[0, 0, 0], kernel[1, 0, 1], kernel[1, 1, 0] = 1 - p, p, 1
    return HiddenMarkov(kernel, name=f"even process({p:g})")


def zero_one_random(p: float = 0.5) -> HiddenMarkov:
    """0, 1, then a bit that is one with probability `p`, and over again; the phase is not told."""
    p = probability("p", p)
    kernel = np.zeros((2, 3, 3))
    kernel[0, 0, 1] = kernel[1, 1, 2] = 1
    kernel[0, 2, 0], kernel[1, 2, 0] = 1 - p, p
    return HiddenMarkov(kernel, name=f"zero-one-random process({p:g})")


def rrxor(p1: float = 0.5, p2: float = 0.5) -> HiddenMarkov:
    """Two random bits, ones with probabilities `p1` and `p2`, then their exclusive or, and over again.

    States: S (start), after 0, after 1, xor is 0, xor is 1.
    """
    p1, p2 = probability("p1", p1), probability("p2", p2)
    kernel = np.zeros((2, 5, 5))
    kernel[0, 0, 1], kernel[1, 0, 2] = 1 - p1, p1
    kernel[0, 1, 3], kernel[1, 1, 4] = 1 - p2, p2
    kernel[0, 2, 4], kernel[1, 2, 3] = 1 - p2, p2
    kernel[0, 3, 0] = kernel[1, 4, 0] = 1
    return HiddenMarkov(kernel, name=f"RRXOR process({p1:g}, {p2:g})")


def mess3(x: float = 0.05, alpha: float = 0.85) -> HiddenMarkov:
    """Mess3: three states, stay with probability 1 - 2x, go to either other with x; the symbol names the *destination*
    with probability `alpha`, each other with (1 - alpha)/2. Not unifilar. Raises `InputError` for x above 1/2.
    """
    x, alpha = probability("x", x), probability("alpha", alpha)
    if x > 0.5:
        raise InputError(f"x={x!r}: expected at most 1/2, since both other states are entered with probability x")
    move = np.full((3, 3), x)
    np.fill_diagonal(move, 1 - 2 * x)
    show = np.full((3, 3), (1 - alpha) / 2)
    np.fill_diagonal(show, alpha)
    return HiddenMarkov([move * show[:, k] for k in range(3)], name=f"Mess3({x:g}, {alpha:g})")


def simple_nonunifilar(p: float = 0.5, q: float = 0.5) -> HiddenMarkov:
    """Simple nonunifilar source: from A a zero, to B with probability `p`, else stay; from B a zero and stay, or with
    probability `q` a one and back to A. Countably many causal states, one for each number of zeros since the last one.
    """
    p, q = probability("p", p), probability("q", q)
    kernel = np.zeros((2, 2, 2))
    kernel[0, 0] = 1 - p, p
    kernel[0, 1, 1], kernel[1, 1, 0] = 1 - q, q
    return HiddenMarkov(kernel, name=f"simple nonunifilar source({p:g}, {q:g})")
