"""The shape of a transition matrix: closed classes, periods, and the stationary law without cancellation."""

from __future__ import annotations

from collections import deque
from math import gcd

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from semtheory.errors import InputError
from semtheory.processes._checks import Array


def closed_classes(transition: Array) -> list[list[int]]:
    """The sets of states that, once entered, are never left and are visited for ever."""
    count, label = connected_components(csr_matrix(transition > 0), connection="strong")
    sources, targets = np.nonzero(transition > 0)
    leaving = set(label[sources][label[sources] != label[targets]].tolist())
    classes = [np.flatnonzero(label == k).tolist() for k in range(count) if k not in leaving]
    return sorted(classes)


def period(transition: Array) -> int:
    """The period of an irreducible chain: 1 when it is aperiodic."""
    distance = {0: 0}
    found = 0
    queue = deque([0])
    while queue:
        state = queue.popleft()
        for after in np.flatnonzero(transition[state] > 0).tolist():
            if after in distance:
                found = gcd(found, distance[state] + 1 - distance[after])
            else:
                distance[after] = distance[state] + 1
                queue.append(after)
    return abs(found)


def irreducible_law(transition: Array) -> Array:
    """The stationary law of an irreducible chain, every entry to full relative accuracy.

    Elimination by Grassmann, Taksar and Heyman 1985: sums and quotients of non-negative numbers only, no subtraction.
    """
    a = np.array(transition, dtype=np.float64)
    size = len(a)
    for k in range(size - 1, 0, -1):
        a[:k, k] /= a[k, :k].sum()
        a[:k, :k] += np.outer(a[:k, k], a[k, :k])
    weights = np.zeros(size)
    weights[0] = 1.0
    for k in range(1, size):
        weights[k] = weights[:k] @ a[:k, k]
    return weights / weights.sum()


def stationary_law(transition: Array, what: str = "chain") -> Array:
    """The stationary law of a chain that has only one.

    Raises:
        InputError: reducible, with more than one closed class, each named.
    """
    classes = closed_classes(transition)
    if len(classes) > 1:
        raise InputError(
            f"the {what} is reducible: from {_named(classes)} it never leaves, so it has no unique stationary law; "
            "give initial=, or keep one of these classes"
        )
    law = np.zeros(len(transition))
    kept = classes[0]
    law[kept] = irreducible_law(transition[np.ix_(kept, kept)])
    return law


def long_run_law(transition: Array, initial: Array) -> Array:
    """The average law of the state over a long time, started from `initial`."""
    classes = closed_classes(transition)
    law = np.zeros(len(transition))
    inside = sorted(state for kept in classes for state in kept)
    outside = sorted(set(range(len(transition))) - set(inside))
    into = np.array([transition[:, kept].sum(axis=1) for kept in classes]).T
    reach = np.zeros((len(transition), len(classes)))
    for k, kept in enumerate(classes):
        reach[kept, k] = 1.0
    if outside:
        stay = np.eye(len(outside)) - transition[np.ix_(outside, outside)]
        reach[outside] = np.linalg.solve(stay, into[outside])
    for share, kept in zip(initial @ reach, classes, strict=True):
        law[kept] = share * irreducible_law(transition[np.ix_(kept, kept)])
    return law / law.sum()


def _named(classes: list[list[int]]) -> str:
    shown = ["{" + ", ".join(map(str, kept[:8])) + (", ..." if len(kept) > 8 else "") + "}" for kept in classes[:4]]
    return " or ".join(shown) + (" or others" if len(classes) > 4 else "")
