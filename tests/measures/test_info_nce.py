"""InfoNCE by three paths: the public function, plain enumeration of the candidates, rigorous integration; published values."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semtheory.errors import InputError
from semtheory.measures import info_nce, log_sums, mutual_information
from semtheory.testing import distributions

P = [[0.4, 0.1], [0.1, 0.4]]


def enumerated(joint: Any, candidates: int, critic: Any) -> float:
    """Every context, positive and tuple of negatives."""
    targets, total = joint.sum(axis=0), 0.0
    for x, y in zip(*np.nonzero(joint), strict=True):
        for others in itertools.product(range(joint.shape[1]), repeat=candidates - 1):
            chance = joint[x, y] * math.prod(targets[k] for k in others)
            if chance > 0:
                total += chance * math.log(
                    candidates * critic[x, y] / (critic[x, y] + sum(critic[x, k] for k in others))
                )
    return total


joints = st.tuples(st.integers(1, 3), st.integers(1, 3)).flatmap(
    lambda shape: distributions(shape[0] * shape[1]).map(lambda law: law.reshape(shape))
)


@pytest.mark.parametrize(
    ("letters", "candidates", "value"),
    [(16, 8, 1.7983974), (2, 8, 0.6255253), (10**6, 8, 2.0794367), (10**6, 128, 4.8519422)],
)
def test_published_values_for_equal_pairs(letters: int, candidates: int, value: float) -> None:
    found = info_nce(letters, candidates)
    assert found == pytest.approx(value, abs=5e-8)
    assert found < min(math.log(letters), math.log(candidates))
    if letters <= 16:
        assert info_nce(np.eye(letters) / letters, candidates) == pytest.approx(float(found), abs=1e-12)
        assert info_nce(np.full(letters, 1 / letters), candidates) == pytest.approx(float(found), abs=1e-12)


@pytest.mark.parametrize(("candidates", "value"), [(2, 0.0963724), (4, 0.1458014), (8, 0.1697403)])
def test_published_values_for_a_correlated_pair(candidates: int, value: float) -> None:
    assert info_nce(P, candidates) == pytest.approx(value, abs=5e-8)
    assert info_nce(P, candidates, unit="bits") == pytest.approx(value / math.log(2), abs=1e-7)


def test_without_the_positive_it_is_no_bound() -> None:
    information = float(mutual_information(P))
    assert information == pytest.approx(0.1927448, abs=5e-8)
    found = info_nce(P, 2, denominator="negatives")
    assert found == pytest.approx(0.4158883, abs=5e-8)
    assert "no bound" in found.why
    lautum = -sum(0.25 * math.log(4 * p) for row in P for p in row)
    assert found == pytest.approx(information + lautum, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(joints, st.integers(1, 4), st.integers(0, 10**6))
def test_against_enumeration_with_any_critic(joint: Any, candidates: int, seed: int) -> None:
    critic = np.random.default_rng(seed).exponential(size=joint.shape) + 0.01
    found = info_nce(joint, candidates, critic)
    assert found == pytest.approx(enumerated(joint, candidates, critic), abs=1e-10)
    scaled = critic * np.arange(1, len(critic) + 1)[:, None]  # a factor of the context alone
    assert info_nce(joint, candidates, scaled) == pytest.approx(float(found), abs=1e-10)


@settings(max_examples=40, deadline=None)
@given(joints, st.integers(1, 8), st.integers(0, 10**6))
def test_a_lower_bound_and_the_ratio_the_best_critic(joint: Any, candidates: int, seed: int) -> None:
    best, information = info_nce(joint, candidates), float(mutual_information(joint))
    assert -1e-12 <= best <= min(information, math.log(candidates)) + 1e-12
    other = np.random.default_rng(seed).exponential(size=joint.shape) + 0.01
    assert info_nce(joint, candidates, other) <= best + 1e-12
    assert info_nce(joint, candidates + 1) >= best - 1e-12


def test_a_smaller_constant_is_refuted() -> None:
    information = float(mutual_information(P))
    assert info_nce(P, 8) > 0.88 * information  # how tight; so 0.88 I is no upper bound
    assert info_nce(10**6, 8) > 0.99999 * math.log(8)


@pytest.mark.parametrize("candidates", [2, 9, 64])
def test_counting_and_integrating_agree(monkeypatch: pytest.MonkeyPatch, candidates: int) -> None:
    joint = np.random.default_rng(3).dirichlet(np.ones(6)).reshape(2, 3)
    counted = info_nce(joint, candidates)
    monkeypatch.setattr(log_sums, "MOST_COUNTS", 0)
    integrated = info_nce(joint, candidates)
    assert (counted.method, integrated.method) == ("exact", "bracket")
    assert integrated.width < 1e-12
    assert integrated.lower - 1e-12 <= counted <= integrated.upper + 1e-12


@pytest.mark.parametrize(("law", "candidates"), [(2, 1000), (2, 100_000), ([0.1, 0.9], 300_000)])
def test_many_candidates_are_counted_without_losing_digits(
    monkeypatch: pytest.MonkeyPatch, law: Any, candidates: int
) -> None:
    counted = info_nce(law, candidates)
    monkeypatch.setattr(log_sums, "MOST_COUNTS", 0)
    integrated = info_nce(law, candidates)
    assert (counted.method, integrated.method) == ("exact", "bracket")
    assert integrated.width < 3e-13
    assert integrated.lower - 1e-14 <= counted <= integrated.upper + 1e-14


def test_many_letters_are_integrated_not_refused() -> None:
    joint = np.random.default_rng(0).dirichlet(np.ones(400)).reshape(20, 20)
    found = info_nce(joint, 64)
    assert found.method == "bracket"
    assert 0 < found < float(mutual_information(joint))


def test_infinite_values() -> None:
    assert info_nce(P, 2, [[0.0, 1.0], [1.0, 1.0]]) == -math.inf
    assert info_nce(2, 2, denominator="negatives") == math.inf  # the best critic may give 0 to every negative


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: info_nce([[0.5, 0.6]], 2), "joint.* sums to 1.1"),
        (lambda: info_nce([[0.5, -0.5], [0.5, 0.5]], 2), "cannot be negative"),
        (lambda: info_nce(P, 0), "candidates=0"),
        (lambda: info_nce(P, 2.0), "candidates=2.0"),  # type: ignore[arg-type]
        (lambda: info_nce(P, 2, [[1.0]]), "critic has shape"),
        (lambda: info_nce(P, 2, [[1.0, -1.0], [1.0, 1.0]]), "critic has the entry -1"),
        (lambda: info_nce(P, 2, [[0.0, 0.0], [1.0, 1.0]]), "critic.0. is 0 for every candidate"),
        (lambda: info_nce(P, 2, denominator="positives"), "denominator='positives'"),
        (lambda: info_nce(P, 1, denominator="negatives"), "candidates=1"),
        (lambda: info_nce(0, 2), "number of letters"),
        (lambda: info_nce([0.5, 0.5], 2, P), "critic with a law of X alone"),
        (lambda: info_nce([[[1.0]]], 2), "expected 2 axes"),
        (lambda: info_nce([[0.5], [0.2, 0.3]], 2), "joint: .* is not an array"),
        (lambda: info_nce(P, 2, unit="dits"), "unit 'dits'"),
    ],
)
def test_bad_input_is_named(call: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()
