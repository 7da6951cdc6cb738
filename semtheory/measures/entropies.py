"""Entropy, mutual information and relative entropy of laws given as arrays; 0 log 0 = 0.

The axes of a joint array are its variables. Cover and Thomas 2006, chapter 2.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from semtheory.errors import InputError
from semtheory.measures._arrays import Array, Axes, as_axes, as_pmf, exact
from semtheory.processes._checks import real_array
from semtheory.values import Value


def nats(array: Array) -> float:
    """-sum a log a of non-negative numbers, summed pairwise."""
    positive = array[array > 0]
    return float(-np.sum(positive * np.log(positive))) + 0.0


def marginal(joint: Array, keep: Iterable[int]) -> Array:
    """The law of the axes in `keep`, in the order of the array."""
    kept = set(keep)
    return np.asarray(joint.sum(axis=tuple(i for i in range(joint.ndim) if i not in kept)))


def entropy(pmf: Any, *, unit: str = "nats") -> Value:
    """H of the joint law of all axes of `pmf`.

    Args:
        pmf: probabilities of any shape, total 1.
        unit: "nats" or "bits".

    Raises:
        InputError: a negative or non-finite entry, a total that is not 1, an empty array.
    """
    return exact(nats(as_pmf(pmf)), unit)


def conditional_entropy(joint: Any, of: Axes, given: Axes = (), *, unit: str = "nats") -> Value:
    """H(of | given), both axes of `joint`."""
    law = as_pmf(joint, "joint")
    of, given = as_axes(of, law.ndim, "of"), as_axes(given, law.ndim, "given")
    return exact(nats(marginal(law, of + given)) - nats(marginal(law, given)), unit)


def mutual_information(
    joint: Any, x: Axes | None = None, y: Axes | None = None, given: Axes = (), *, unit: str = "nats"
) -> Value:
    """I(x; y | given) of axes of `joint`; for a matrix, I(row; column) without naming them.

    Summed as p log(p p_z / (p_xz p_yz)), so that small values keep their digits.
    """
    law = as_pmf(joint, "joint")
    if x is None and y is None and law.ndim == 2 and not as_axes(given, 2, "given"):
        x, y = 0, 1
    if x is None or y is None:
        raise InputError(
            f"mutual_information of a law with {law.ndim} axes: name the axes, as in mutual_information(joint, x=0, y=(1, 2))"
        )
    left, right, base = as_axes(x, law.ndim, "x"), as_axes(y, law.ndim, "y"), as_axes(given, law.ndim, "given")
    others = tuple(i for i in range(law.ndim) if i not in {*left, *right, *base})
    kept = law.sum(axis=others, keepdims=True)

    def onto(axes: Iterable[int]) -> Array:
        drop = tuple(i for i in range(law.ndim) if i not in {*axes})
        return np.asarray(law.sum(axis=drop, keepdims=True))

    inside = kept > 0
    top = np.broadcast_to(onto(base), kept.shape)[inside]
    bottom = (onto(left + base) * onto(right + base))[inside]
    p = kept[inside]
    return exact(float(np.sum(p * np.log(p * top / bottom))), unit)


def relative_entropy(p: Any, q: Any, *, unit: str = "nats") -> Value:
    """D(p||q); inf when p has mass where q has none.

    Raises:
        InputError: laws of different shapes, or no laws.
    """
    left, right = as_pmf(p, "p"), as_pmf(q, "q")
    if left.shape != right.shape:
        raise InputError(f"p has shape {left.shape}, q has shape {right.shape}: expected laws on the same alphabet")
    inside = left > 0
    if np.any(right[inside] == 0):
        return Value.exact(math.inf, unit, why="p has mass where q has none")
    return exact(float(np.sum(left[inside] * np.log(left[inside] / right[inside]))), unit)


def conditional_relative_entropy(p: Any, q: Any, weights: Any, *, unit: str = "nats") -> Value:
    """D(p||q | weights): the mean over the first axis of the relative entropies of the rows of two kernels."""
    law = as_pmf(weights, "weights")
    left, right = real_array("p", p), real_array("q", q)
    for name, rows in (("p", left), ("q", right)):
        if rows.ndim < 2 or len(rows) != len(law):
            raise InputError(f"{name} has shape {rows.shape}: expected {len(law)} rows, one for each weight")
    values = [float(relative_entropy(a, b)) for a, b in zip(left, right, strict=True)]
    return exact(math.fsum(w * value for w, value in zip(law, values, strict=True) if w > 0), unit)
