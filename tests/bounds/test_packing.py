"""Johnson-Lindenstrauss by exact tails and by projections; Welch on random and on equiangular vectors."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from semtheory import bounds
from semtheory.errors import InputError


def test_dimensions_are_rounded_up() -> None:
    for points, eps, dimension in ((1000, 0.1, 5921), (10**6, 0.1, 11842), (10**6, 0.5, 664)):
        assert bounds.johnson_lindenstrauss_dimension(points, eps) == dimension
        assert bounds.johnson_lindenstrauss_failure(points, dimension, eps, exact=False).upper < 1
        assert (
            bounds.johnson_lindenstrauss_failure(points, dimension - 1, eps, exact=False).lower > 1
        )  # truncated: no certificate


def test_the_certificate_is_sufficient_only() -> None:
    assert float(bounds.johnson_lindenstrauss_failure(1000, 5920, "1/10", exact=False)) == pytest.approx(
        1.0012, abs=5e-5
    )
    assert float(bounds.johnson_lindenstrauss_failure(1000, 5920, "1/10")) == pytest.approx(0.038, abs=5e-4)


@settings(max_examples=30, deadline=None, derandomize=True, database=None)
@given(st.integers(2, 10**4), st.integers(1, 400), st.floats(0.05, 0.9))
def test_exact_tails(points: int, dimension: int, eps: float) -> None:
    law = stats.chi2(dimension)
    pair = law.sf((1 + eps) * dimension) + law.cdf((1 - eps) * dimension)
    exact = bounds.johnson_lindenstrauss_failure(points, dimension, eps)
    assert float(exact) == pytest.approx(points * (points - 1) / 2 * pair, rel=1e-8)
    assert float(exact) <= float(bounds.johnson_lindenstrauss_failure(points, dimension, eps, exact=False))


def test_projections_keep_distances() -> None:
    x = np.random.default_rng(0).normal(size=(40, 3000))
    m = bounds.johnson_lindenstrauss_dimension(40, 0.3)

    def worst(dimension: int) -> float:
        y = bounds.gaussian_projection(x, dimension, seed=1)
        i, j = np.triu_indices(40, 1)
        ratio = ((y[i] - y[j]) ** 2).sum(axis=1) / ((x[i] - x[j]) ** 2).sum(axis=1)
        return float(np.abs(ratio - 1).max())

    assert worst(m) <= 0.3
    assert worst(20) > 0.3  # a dimension independent of the number of points is refuted


@settings(max_examples=30, deadline=None, derandomize=True, database=None)
@given(st.integers(0, 10**6), st.integers(1, 12), st.integers(1, 20))
def test_welch(seed: int, dimension: int, more: int) -> None:
    x = np.random.default_rng(seed).normal(size=(dimension + more, dimension))
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    gram = np.abs(x @ x.T) - np.eye(len(x))
    assert gram.max() >= float(bounds.welch_bound(len(x), dimension)) - 1e-12


def test_welch_is_attained_by_a_simplex() -> None:
    for d in (2, 5, 10):
        gram = (1 + 1 / d) * np.eye(d + 1) - 1 / d
        assert np.linalg.matrix_rank(gram) == d
        assert float(bounds.welch_bound(d + 1, d)) == pytest.approx(1 / d)


def test_counts_per_parameter() -> None:
    assert float(bounds.madden_capacity(1000, 11)) == 100
    assert "order" in bounds.madden_capacity(1000, 11).why
    assert (bounds.bits_per_parameter("facts"), bounds.bits_per_parameter()) == (2.0, 3.6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: bounds.johnson_lindenstrauss_dimension(1000, 1), "eps=1"),
        (lambda: bounds.johnson_lindenstrauss_dimension(1000, 0), "eps=0"),
        (lambda: bounds.johnson_lindenstrauss_dimension(0, 0.1), "n=0"),
        (lambda: bounds.johnson_lindenstrauss_dimension(1000, math.nan), "eps=nan"),
        (lambda: bounds.welch_bound(3, 0), "d=0"),
        (lambda: bounds.welch_bound(3, 4), "can be orthogonal"),
        (lambda: bounds.cover_count(0, 3), "points=0"),
        (lambda: bounds.cover_count(3, 0), "dimension=0"),
        (lambda: bounds.gardner_capacity(math.nan), "kappa=nan"),
        (lambda: bounds.madden_capacity(10, 1), "w=1"),
        (lambda: bounds.bits_per_parameter("poems"), "kind='poems'"),
        (lambda: bounds.separation([[1.0, 0.0]], 1.0), "at least two"),
        (lambda: bounds.gardner_margin([]), "axes|empty"),
    ],
)
def test_what_is_refused(call: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()  # type: ignore[operator]


@pytest.mark.parametrize("dimension", [2, 3, 5, 20, 75])
@pytest.mark.parametrize("angle", [0.2, 0.7, 1.2, 1.5])
def test_spherical_packing_is_below_one_over_the_exact_cap(dimension: int, angle: float) -> None:
    """A cap has the share I_{sin^2}((d-1)/2, 1/2)/2 of the sphere; the bound is close to its inverse for narrow caps."""
    from scipy.special import betainc

    cap = betainc((dimension - 1) / 2, 0.5, math.sin(angle) ** 2) / 2
    bound = float(bounds.spherical_packing_bound(dimension, math.cos(angle)))
    assert bound <= 1 / cap * (1 + 1e-12)
    assert bound >= math.cos(angle) ** 2 / cap * 0.75


def test_vectors_of_a_greedy_packing_are_as_many_and_separated() -> None:
    chance = np.random.default_rng(0)
    kept: list[np.ndarray] = []
    for vector in chance.normal(size=(4000, 4)):
        unit = vector / np.linalg.norm(vector)
        if all(unit @ other <= math.cos(0.6) for other in kept):
            kept.append(unit)
    assert len(kept) >= float(bounds.spherical_packing_bound(4, math.cos(0.6)))


def test_spherical_packing_of_bad_cosines() -> None:
    for cosine in (0.0, 1.0, math.nan):
        with pytest.raises(InputError, match="c="):
            bounds.spherical_packing_bound(3, cosine)
