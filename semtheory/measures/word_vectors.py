"""What word vectors factorise, and how much a softmax can say: pointwise mutual information, and ranks of log-probabilities.

Skip-gram with k negatives drawn from the unigram law has its optimum at <x_w, y_v> = PMI(w, v) - log k when the dimension does not bind (Levy and
Goldberg 2014). A softmax on d hidden units makes log-probability matrices of rank at most d + 1 (Yang et al. 2018).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from semtheory.errors import InputError
from semtheory.measures._arrays import Array
from semtheory.processes._checks import count, probabilities, real_array
from semtheory.values import UNITS, require_unit


def pointwise_mutual_information(joint: Any, *, unit: str = "nats") -> Array:
    """log p(w,v)/(p(w) p(v)) of each pair, a matrix; minus infinity for pairs that never occur, also of words that never do.

    Its mean under `joint` is the mutual information.

    Raises:
        InputError: `joint` is no law on a matrix of pairs.
    """
    scale = UNITS[require_unit(unit)]
    law = probabilities("joint", joint, 2, over=(0, 1))
    found = np.full(law.shape, -np.inf)
    seen = law > 0
    product = np.outer(law.sum(axis=1), law.sum(axis=0))
    found[seen] = np.log(law[seen] / product[seen]) / scale
    return found


def word2vec_optimum(joint: Any, negatives: int) -> Array:
    """The best score of each pair under skip-gram with so many negatives from the unigram law: PMI - log k, natural logs.

    Raises:
        InputError: `joint` is no law on pairs, or negatives < 1.
    """
    return pointwise_mutual_information(joint) - math.log(count("negatives", negatives, 1))


def word2vec_loss(joint: Any, negatives: int, scores: Any) -> float:
    """Mean loss of skip-gram at given scores: -sum p(w,v) log s(x) - k sum p(w) p(v) log s(-x), s the sigmoid.

    Raises:
        InputError: `joint` is no law on pairs, negatives < 1, or scores of another shape.
    """
    law = probabilities("joint", joint, 2, over=(0, 1))
    k = count("negatives", negatives, 1)
    x = real_array("scores", scores, 2)
    if x.shape != law.shape:
        raise InputError(f"scores has shape {x.shape}: expected {law.shape}, that of joint")
    product = np.outer(law.sum(axis=1), law.sum(axis=0))
    return float(np.sum(law * np.logaddexp(0, -x)) + k * np.sum(product * np.logaddexp(0, x)))


def log_probability_rank(rows: Any, base: int = 2) -> int:
    """The exact rank of the matrix log p(v|c), one context a row, when every probability is a power of `base`.

    A softmax without output bias needs d >= rank - 1 hidden units for it; with an output bias d >= rank - 2.

    Args:
        rows: laws of positive probabilities, as `Fraction` or as floats that are exactly powers (of 2).
        base: an integer >= 2, or the probabilities' common base.

    Raises:
        InputError: rows of unequal length or that do not sum to exactly 1; a probability that is no power of `base`: then the entries
            are logarithms of different numbers, and rational arithmetic does not decide the rank.
    """
    count("base", base, 2)
    if not isinstance(rows, (list, tuple, np.ndarray)) or len(rows) == 0:
        raise InputError(f"rows={rows!r}: expected laws, one for each context")
    matrix = [[_exponent(value, base, c, v) for v, value in enumerate(row)] for c, row in enumerate(rows)]
    if len({len(row) for row in matrix}) != 1 or not matrix[0]:
        raise InputError(f"rows of {sorted({len(row) for row in matrix})} entries: expected the same tokens in each")
    for c, row in enumerate(matrix):
        total = sum((Fraction(base) ** k for k in row), Fraction(0))
        if total != 1:
            raise InputError(f"rows[{c}] sums to {total}: expected exactly 1")
    return exact_rank(matrix)


def exact_rank(matrix: Sequence[Sequence[int]]) -> int:
    """The rank of a matrix of whole numbers, by elimination in rationals."""
    left = [[Fraction(value) for value in row] for row in matrix]
    rank = 0
    for column in range(len(left[0]) if left else 0):
        pivot = next((i for i in range(rank, len(left)) if left[i][column]), None)
        if pivot is None:
            continue
        left[rank], left[pivot] = left[pivot], left[rank]
        for i in range(rank + 1, len(left)):
            factor = left[i][column] / left[rank][column]
            left[i] = [x - factor * y for x, y in zip(left[i], left[rank], strict=True)]
        rank += 1
    return rank


def _exponent(value: Any, base: int, c: int, v: int) -> int:
    try:
        exact = Fraction(value)
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"rows[{c}][{v}] is {value!r}: expected a probability") from None
    if not 0 < exact <= 1:
        raise InputError(f"rows[{c}][{v}] is {exact}: expected a positive probability, its logarithm is an entry")
    power, k = Fraction(1), 0
    while power > exact:
        power, k = power / base, k - 1
    if power != exact:
        raise InputError(f"rows[{c}][{v}] is {exact}, no power of {base}: expected 1, 1/{base}, 1/{base**2}, ...")
    return k
