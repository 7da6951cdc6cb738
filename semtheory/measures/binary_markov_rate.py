"""The classical rate-distortion function of the binary symmetric Markov source, where it is known and where it is bracketed."""

from __future__ import annotations

import math

import numpy as np

from semtheory.errors import InputError
from semtheory.measures.classical_rate import number, rate_distortion
from semtheory.processes._checks import count
from semtheory.values import Value, require_unit

MOST_BLOCK = 10


def gray_critical_distortion(p: float) -> float:
    """D_c = (1 - sqrt(1 - (p/(1-p))^2))/2 for flip probability 0 < p <= 1/2, up to which R(D) = h(p) - h(D) (Gray 1970).

    Raises:
        InputError: p outside (0, 1/2].
    """
    p = number("p", p)
    if not 0 < p <= 0.5:
        raise InputError(f"p = {p}: expected a flip probability in (0, 1/2]; above 1/2 relabel every other letter")
    return (1 - math.sqrt(1 - (p / (1 - p)) ** 2)) / 2


def binary_markov_rate_distortion(p: float, distortion: float, *, block: int = 6, unit: str = "nats") -> Value:
    """R(D) of the symmetric binary Markov source with flip probability p, Hamming distortion, in `unit` a letter.

    Exact up to Gray's critical distortion. Beyond it only bounds are known: R_n - (log 2 - h(p))/n <= R <= R_n with R_n the
    rate-distortion function of blocks of n letters (Wyner and Ziv 1971), and h(p) - h(D) from below.

    Args:
        p: flip probability in (0, 1/2].
        distortion: mean Hamming distortion a letter, >= 0.
        block: n, at most 10; the bracket narrows as 1/n, the work grows as 4^n.

    Raises:
        InputError: an argument outside its domain.
    """
    critical = gray_critical_distortion(p)
    distortion = number("distortion", distortion, 0.0)
    if count("block", block, 1) > MOST_BLOCK:
        raise InputError(f"block = {block}: expected a whole number from 1 to {MOST_BLOCK}")
    require_unit(unit)
    shannon = _h(p) - _h(distortion) if distortion < 0.5 else 0.0
    if distortion <= critical:
        return Value.exact(shannon, unit, why="h(p) - h(D), D up to Gray's critical distortion")
    words = np.array(list(np.ndindex(*(2,) * block)))
    flips = (words[:, 1:] != words[:, :-1]).sum(axis=1)
    pmf = 0.5 * p**flips * (1 - p) ** (block - 1 - flips)
    distances = (words[:, None, :] != words[None, :, :]).sum(axis=2)
    found = rate_distortion(pmf / pmf.sum(), distances.astype(float), distortion * block)
    lower = max(0.0, shannon, (found.lower - (math.log(2) - _h(p))) / block)
    return Value.bracket(lower, found.upper / block, unit, why=f"blocks of {block}: the truth beyond D_c = {critical:.6g} is not known in closed form")


def _h(p: float) -> float:
    return 0.0 if p in (0, 1) else -p * math.log(p) - (1 - p) * math.log(1 - p)
