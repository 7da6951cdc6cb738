"""Rademacher complexity of a finite class, exactly: the mean over every vector of signs, and the bounds that stand in for it.

    R(A) = (1/n) E max over a in A of <sigma, a>,  sigma uniform on {-1, 1}^n.

The signs are split in two halves: 2^n inner products are sums of 2^{n/2} + 2^{n/2} of them. Sources: Massart 2000, Lemma 5.2; Mohri,
Rostamizadeh and Talwalkar 2018, Definition 3.1 and Theorem 5.10; Maurer 2016 for classes of vectors.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from semtheory.bounds.finite_samples import sample_counts
from semtheory.errors import InputError
from semtheory.processes._checks import Array, count, probabilities, real_array

MOST_SIGNS = 26


def rademacher(values: Any, *, absolute: bool = False) -> float:
    """The exact Rademacher complexity of a finite class on a sample, in the unit of the values.

    Args:
        values: `values[f, i]`, what member f takes at point i: (1/n) E max_f sum_i sigma_i values[f, i]. With a third axis,
            `values[f, i, k]`, the complexity of a class of vectors with independent, doubly indexed signs:
            (1/n) E max_f sum_{i,k} sigma_ik values[f, i, k].
        absolute: the largest absolute value in place of the largest value. The two differ, and the contraction lemmas need the second.

    Raises:
        InputError: another shape, an empty class or sample, something not finite, or more than 26 signs.
    """
    array = real_array("values", values)
    if array.ndim not in (2, 3):
        raise InputError(
            f"values has shape {array.shape}: expected (members, points) or (members, points, coordinates)"
        )
    points = array.shape[1]
    return _mean_largest(array.reshape(len(array), -1), absolute) / int(points)


def expected_rademacher(law: Any, values: Any, n: int, *, absolute: bool = False) -> float:
    """The mean over samples of size n of `rademacher` on the sample, exactly.

    Args:
        law: probabilities of the k examples.
        values: `values[f, z]` or `values[f, z, c]`, what member f takes on example z.
        n: size of the sample.
        absolute: as in `rademacher`.

    Raises:
        InputError: as `rademacher` and `sample_counts`.
    """
    p, array = probabilities("law", law, 1), real_array("values", values)
    if array.ndim not in (2, 3) or array.shape[1] != len(p):
        raise InputError(
            f"values has shape {array.shape}: expected (members, {len(p)}) or (members, {len(p)}, coordinates)"
        )
    counts, chance = sample_counts(p, n)
    drawn = [np.repeat(np.arange(len(p)), row) for row in counts]
    return math.fsum(
        weight * rademacher(array[:, at], absolute=absolute) for at, weight in zip(drawn, chance, strict=True)
    )


def massart(values: Any, *, centred: bool = False, absolute: bool = False) -> float:
    """Massart's bound on `rademacher(values)`: max |a| sqrt(2 ln N)/n for N members a.

    Args:
        values: `values[f, i]`, or `values[f, i, k]` for doubly indexed signs.
        centred: |a - mean of the class| in place of |a|: the complexity does not see a shift. Not with `absolute`, which does.
        absolute: the bound for the largest absolute value: 2N members, a and -a.

    Raises:
        InputError: as `rademacher`; `centred` and `absolute` together.
    """
    array = real_array("values", values)
    if array.ndim not in (2, 3):
        raise InputError(
            f"values has shape {array.shape}: expected (members, points) or (members, points, coordinates)"
        )
    if centred and absolute:
        raise InputError("centred=True with absolute=True: a shift changes the largest absolute value; choose one")
    flat = array.reshape(len(array), -1)
    if centred:
        flat = flat - flat.mean(axis=0)
    from semtheory.bounds.generalisation_formulas import MASSART

    members = len(flat) * (2 if absolute else 1)
    return float(MASSART(float(np.linalg.norm(flat, axis=1).max()), members, array.shape[1]))


def linear_rademacher(points: Any, weight_norm: float) -> float:
    """The exact complexity of x -> <w, x> with |w| <= B on a sample: (B/n) E |sum sigma_i x_i|, by enumeration.

    Args:
        points: x_i as rows. weight_norm: B >= 0.

    Raises:
        InputError: no matrix, B negative, more than 26 points. `linear_class_bound` is its bound B R/sqrt(n).
    """
    rows = real_array("points", points, 2)
    if not weight_norm >= 0:
        raise InputError(f"weight_norm={weight_norm!r}: expected a number >= 0")
    n = len(rows)
    _affordable(n)
    # One choice of the first signs against all of the others; the first of all is 1, by symmetry.
    half = (n + 1) // 2
    first = sign_vectors(half)[: 1 << (half - 1)] @ rows[:half]
    second = sign_vectors(n - half) @ rows[half:] if n > half else np.zeros((1, rows.shape[1]))
    total = math.fsum(float(np.linalg.norm(second + row, axis=1).sum()) for row in first)
    return float(weight_norm * math.ldexp(total, 1 - n) / n)


def sign_vectors(n: int) -> Array:
    """All 2^n vectors of signs, as rows. Raises `InputError` for n outside 1..26."""
    size = count("n", n, 1)
    _affordable(size)
    return np.where((np.arange(1 << size)[:, None] >> np.arange(size)) & 1, -1.0, 1.0)


def _affordable(signs: int) -> None:
    if signs > MOST_SIGNS:
        raise InputError(f"{signs} signs: enumeration takes at most {MOST_SIGNS}; use a bound, such as massart")


def _mean_largest(rows: Array, absolute: bool) -> float:
    """E max over rows of <sigma, row> (or of its absolute value)."""
    rows = np.unique(np.concatenate([rows, -rows]) if absolute else rows, axis=0)
    n = rows.shape[1]
    _affordable(n)
    half = n // 2
    if half == 0:
        return float(np.max(rows @ sign_vectors(n).T, axis=0).mean())
    first, second = rows[:, :half] @ sign_vectors(half).T, rows[:, half:] @ sign_vectors(n - half).T
    total = 0.0
    for column in first.T:  # one choice of the first signs against all of the others
        total += _largest(second, column)
    return math.ldexp(total, -n)


def _largest(second: Array, column: Array) -> float:
    """The sum over columns of the largest of second[f] + column[f]."""
    best = second[0] + column[0]
    for row, start in zip(second[1:], column[1:], strict=True):
        np.maximum(best, row + start, out=best)
    return float(best.sum())
