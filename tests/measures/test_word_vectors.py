"""Pointwise mutual information, the optimum of skip-gram, and exact ranks of log-probabilities."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semtheory.errors import InputError
from semtheory.measures import (
    log_probability_rank,
    mutual_information,
    pointwise_mutual_information,
    word2vec_loss,
    word2vec_optimum,
)
from semtheory.testing import distributions

P = [[0.4, 0.1], [0.1, 0.4]]
positive = distributions(6, positive=True).map(lambda law: law.reshape(2, 3))


@settings(max_examples=30, deadline=None)
@given(distributions(6).map(lambda law: law.reshape(3, 2)))
def test_its_mean_is_the_mutual_information(joint: Any) -> None:
    found = pointwise_mutual_information(joint)
    seen = joint > 0
    assert np.sum(joint[seen] * found[seen]) == pytest.approx(float(mutual_information(joint)), abs=1e-12)
    assert np.all(np.isneginf(found[~seen]))


def test_units() -> None:
    assert pointwise_mutual_information(P, unit="bits")[0, 0] == pytest.approx(math.log2(1.6))


@settings(max_examples=30, deadline=None)
@given(positive, st.integers(1, 20), st.integers(0, 10**6))
def test_no_scores_do_better(joint: Any, negatives: int, seed: int) -> None:
    best = word2vec_optimum(joint, negatives)
    least, chance = word2vec_loss(joint, negatives, best), np.random.default_rng(seed)
    for size in (1e-3, 0.1, 2.0):
        assert word2vec_loss(joint, negatives, best + size * chance.normal(size=best.shape)) >= least - 1e-12


def test_without_the_shift_it_is_worse() -> None:
    least = word2vec_loss(P, 5, word2vec_optimum(P, 5))
    assert word2vec_loss(P, 5, pointwise_mutual_information(P)) > least + 0.1


def powers(exponents: list[list[int]]) -> list[list[Fraction]]:
    return [[Fraction(1, 2**k) for k in row] for row in exponents]


HIDDEN_1 = powers([[2, 2, 3, 3, 3, 4, 4], [4, 4, 3, 3, 3, 2, 2]])


@pytest.mark.parametrize(
    ("rows", "rank"),
    [
        (powers([[1, 1]]), 1),
        (powers([[0]]), 0),  # a sure token: log 1 = 0
        (HIDDEN_1, 2),  # one hidden unit, rank d + 1
        (powers([[1, 2, 2], [2, 1, 2], [2, 2, 1]]), 3),
        (powers([[1, 2, 2], [1, 2, 2]]), 1),
        ([[0.5, 0.25, 0.25], [0.25, 0.25, 0.5]], 2),
    ],
)
def test_exact_rank(rows: Any, rank: int) -> None:
    assert log_probability_rank(rows) == rank
    logs = np.log2(np.array([[float(v) for v in row] for row in rows]))
    assert np.linalg.matrix_rank(logs) == rank


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 3))
def test_softmax_models_have_rank_at_most_d_plus_1(seed: int, width: int) -> None:
    chance = np.random.default_rng(seed)
    logits = chance.normal(size=(8, width)) @ chance.normal(size=(width, 9))
    logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    assert np.linalg.matrix_rank(logs, tol=1e-9) == width + 1  # d is not enough


def test_another_base() -> None:
    assert log_probability_rank([[Fraction(1, 3)] * 3, [Fraction(1, 3)] * 3], base=3) == 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: log_probability_rank([]), "expected laws"),
        (lambda: log_probability_rank([[]]), "entries"),
        (lambda: log_probability_rank([[0.5, 0.5], [1.0]]), "expected the same tokens"),
        (lambda: log_probability_rank([[0.5, 0.25]]), "sums to 3/4"),
        (lambda: log_probability_rank([[0.3, 0.7]]), "no power of 2"),
        (lambda: log_probability_rank([[1.0, 0.0]]), "positive probability"),
        (lambda: log_probability_rank([["a"]]), "expected a probability"),
        (lambda: log_probability_rank([[1.0]], base=1), "base=1"),
        (lambda: word2vec_optimum(P, 0), "negatives=0"),
        (lambda: word2vec_loss(P, 1, [[0.0]]), "scores has shape"),
        (lambda: pointwise_mutual_information([0.5, 0.5]), "expected 2 axes"),
    ],
)
def test_bad_input_is_named(call: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()
