"""The evidence bound and its kin, against enumeration from the definitions; a smaller constant must fail."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from semtheory.bounds import (
    elbo,
    evidence,
    expectation_maximisation,
    iwae,
    latent_alignment,
    posterior,
    rate_distortion_elbo,
)
from semtheory.errors import InputError
from semtheory.measures import log_sums, mutual_information
from semtheory.testing import distributions


@st.composite
def models(draw: st.DrawFn, zeros: bool = False) -> tuple[Any, Any]:
    """p(x, z) at one x, and a guess, on 1 to 4 latent values."""
    size = draw(st.integers(1, 4))
    joint = np.array(draw(st.lists(st.integers(0 if zeros else 1, 9), min_size=size, max_size=size)), dtype=float)
    assume(joint.any())
    share = draw(st.floats(0.05, 1.0))
    return joint / joint.sum() * share, draw(distributions(size, positive=not zeros))


def enumerated(joint: Any, q: Any, samples: int) -> float:
    """E log mean weight over every tuple of draws."""
    total = 0.0
    for draws in itertools.product(range(len(q)), repeat=samples):
        chance = math.prod(q[z] for z in draws)
        if chance > 0:
            mean = sum(joint[z] / q[z] for z in draws) / samples
            total += chance * (math.log(mean) if mean > 0 else -math.inf)
    return total


@settings(max_examples=40, deadline=None)
@given(models())
def test_evidence_is_bound_plus_divergence(model: tuple[Any, Any]) -> None:
    joint, q = model
    p = posterior(joint)
    divergence = float(np.sum(q * np.log(q / p)))
    assert elbo(joint, q) == pytest.approx(float(evidence(joint)) - divergence, abs=1e-10)
    assert elbo(joint) == pytest.approx(float(evidence(joint)), abs=1e-12)
    assert elbo(joint, q, unit="bits") == pytest.approx(float(elbo(joint, q)) / math.log(2), abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(models(zeros=True), st.integers(1, 4))
def test_iwae_by_enumeration(model: tuple[Any, Any], samples: int) -> None:
    joint, q = model
    assert iwae(joint, q, samples) == pytest.approx(enumerated(joint, q, samples), abs=1e-10)


@settings(max_examples=30, deadline=None)
@given(models())
def test_iwae_rises_and_stays_below(model: tuple[Any, Any]) -> None:
    joint, q = model
    values = [float(elbo(joint, q)), *(float(iwae(joint, q, k)) for k in range(1, 9)), float(evidence(joint))]
    assert values[0] == pytest.approx(values[1], abs=1e-12)
    assert all(a <= b + 1e-12 for a, b in itertools.pairwise(values))


def test_the_tests_refute_a_bound_tightened_a_little() -> None:
    joint, q = np.array([0.1, 0.05, 0.2]), np.array([0.3, 0.3, 0.4])
    gap = float(evidence(joint) - elbo(joint, q))
    assert elbo(joint, q) + 1.01 * gap > evidence(joint)  # 1.01 of the divergence is too much
    assert iwae(joint, q, 3) > iwae(joint, q, 2)  # so "falls with K" is false


@pytest.mark.parametrize("samples", [2, 7, 40])
def test_counting_and_integrating_agree(monkeypatch: pytest.MonkeyPatch, samples: int) -> None:
    joint, q = [0.1, 0.05, 0.2, 0.01], [0.3, 0.3, 0.3, 0.1]
    counted = iwae(joint, q, samples)
    monkeypatch.setattr(log_sums, "MOST_COUNTS", 0)
    integrated = iwae(joint, q, samples)
    assert (counted.method, integrated.method) == ("exact", "bracket")
    assert integrated.width < 1e-12
    assert integrated.lower - 1e-13 <= counted <= integrated.upper + 1e-13


def test_zeros() -> None:
    assert elbo([0.2, 0.0], [0.5, 0.5]) == -math.inf
    assert iwae([0.2, 0.0], [0.5, 0.5], 3) == -math.inf  # all three draws may miss
    assert iwae([0.2, 0.0], [0.0, 1.0], 3) == -math.inf
    assert elbo([0.2, 0.0], [1.0, 0.0]) == pytest.approx(math.log(0.2))
    assert iwae([0.3, 0.3], [1.0, 0.0], 5) == pytest.approx(math.log(0.3))  # what q covers, not p(x)


# ---- alignment


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(1, 3), st.integers(2, 4))
def test_latent_alignment(seed: int, positions: int, width: int, tokens: int) -> None:
    chance = np.random.default_rng(seed)
    pi, x = chance.dirichlet(np.ones(positions)), chance.normal(size=(positions, width))
    w, b, u = chance.normal(size=(tokens, width)), chance.normal(size=tokens), int(chance.integers(tokens))
    logits = x @ w.T + b
    likelihood = (np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True))[:, u]
    found = latent_alignment(pi, x, w, u, b)
    assert found.log_marginal == pytest.approx(math.log(pi @ likelihood), abs=1e-12)
    assert found.bound == pytest.approx(float(pi @ np.log(likelihood)), abs=1e-12)
    assert found.bound <= found.log_marginal + 1e-12
    assert found.soft >= found.bound - 1e-12
    at_best = latent_alignment(pi, x, w, u, b, found.posterior)
    assert at_best.bound == pytest.approx(float(at_best.log_marginal), abs=1e-12)


@pytest.mark.parametrize(("points", "soft", "marginal"), [((-3, -1), 0.1192, 0.1582), ((1, 3), 0.8808, 0.8418)])
def test_soft_attention_is_on_neither_side(points: tuple[int, int], soft: float, marginal: float) -> None:
    found = latent_alignment([0.5, 0.5], [[p] for p in points], [[1.0], [0.0]], 0)
    assert math.exp(found.soft) == pytest.approx(soft, abs=1e-4)
    assert math.exp(found.log_marginal) == pytest.approx(marginal, abs=1e-4)


def test_alignment_far_below_underflow() -> None:
    found = latent_alignment([0.5, 0.5], [[-2000.0], [2000.0]], [[1.0], [0.0]], 0)
    assert found.bound == pytest.approx(-1000.0)
    assert found.log_marginal == pytest.approx(-math.log(2))
    found = latent_alignment([0.0, 1.0], [[0.0], [1000.0]], [[1.0], [0.0]], 1)  # the likelier position has no attention
    assert (found.log_marginal, found.bound, found.soft) == pytest.approx((-1000, -1000, -1000))
    assert found.posterior.tolist() == [0, 1]


# ---- rate and distortion


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(1, 4))
def test_rate_and_distortion_enclose_information(seed: int, letters: int, latents: int) -> None:
    chance = np.random.default_rng(seed)
    law, encoder = chance.dirichlet(np.ones(letters)), chance.dirichlet(np.ones(latents), letters)
    prior, decoder = chance.dirichlet(np.ones(latents)), chance.dirichlet(np.ones(letters), latents)
    found = rate_distortion_elbo(law, encoder, prior, decoder)
    information = float(mutual_information(law[:, None] * encoder))
    assert found.information == pytest.approx(information, abs=1e-12)
    assert found.entropy - found.distortion <= information + 1e-12 <= found.rate + 2e-12
    assert found.elbo <= -found.entropy + 1e-12
    tight = rate_distortion_elbo(law, encoder)
    assert tight.rate == pytest.approx(information, abs=1e-12)
    assert tight.entropy - tight.distortion == pytest.approx(information, abs=1e-12)


# ---- EM


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 3), st.integers(1, 4))
def test_em_never_lowers_the_likelihood(seed: int, classes: int, tokens: int) -> None:
    chance = np.random.default_rng(seed)
    counts = chance.integers(0, 4, (6, tokens))
    prior, emission = chance.dirichlet(np.ones(classes)), chance.dirichlet(np.ones(tokens), classes)
    found = expectation_maximisation(counts, prior, emission, 6)
    by_hand = sum(math.log(prior @ np.prod(emission**row, axis=1)) for row in counts)
    assert found.log_likelihoods[0] == pytest.approx(by_hand, abs=1e-9)
    assert all(a <= b + 1e-9 for a, b in itertools.pairwise(found.log_likelihoods))
    assert float(found) == found.log_likelihoods[-1]


def test_em_stays_at_a_symmetric_point() -> None:
    found = expectation_maximisation([[3, 0], [0, 3]], [0.5, 0.5], [[0.5, 0.5], [0.5, 0.5]], 5)
    assert found.log_likelihoods[0] == pytest.approx(found.log_likelihoods[-1])  # it need not move


# ---- bad input


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: elbo([0.5, 0.6]), "joint sums to 1.1: expected p"),
        (lambda: elbo([0.5, -0.1]), "joint has the entry -0.1"),
        (lambda: elbo([]), "joint is empty"),
        (lambda: elbo([0.0, 0.0]), "joint is 0 for every latent"),
        (lambda: elbo([0.5, 0.1], [1.0]), "guess has 1 entries: expected 2"),
        (lambda: elbo([0.5, 0.1], [0.5, 0.6]), "guess"),
        (lambda: elbo([0.5, math.nan]), "nan"),
        (lambda: elbo([0.5], [1.0], unit="bans"), "unit 'bans'"),
        (lambda: iwae([0.5], [1.0], 0), "samples=0"),
        (lambda: iwae([0.5], [1.0], 1.5), "samples=1.5"),  # type: ignore[arg-type]
        (lambda: latent_alignment([0.5, 0.5], [[1.0]], [[1.0]], 0), "vectors has 1 rows: expected 2"),
        (lambda: latent_alignment([1.0], [[1.0]], [[1.0, 2.0]], 0), "readout has shape"),
        (lambda: latent_alignment([1.0], [[1.0]], [[1.0]], 1), "token=1: expected 0 to 0"),
        (lambda: latent_alignment([1.0], [[1.0]], [[1.0]], 0, [1.0, 2.0]), "bias has 2 entries"),
        (lambda: latent_alignment([1.0], [[1.0]], [[1.0]], 0, guess=[0.5, 0.5]), "guess has 2 entries"),
        (lambda: rate_distortion_elbo([1.0], [[0.5, 0.5], [1, 0]]), "encoder has 2 rows"),
        (lambda: rate_distortion_elbo([1.0], [[0.5, 0.5]], [1.0]), "prior has 1 entries"),
        (lambda: rate_distortion_elbo([1.0], [[0.5, 0.5]], None, [[1.0]]), "decoder has shape"),
        (lambda: expectation_maximisation([[0.5]], [1.0], [[1.0]], 1), "whole numbers"),
        (lambda: expectation_maximisation([[1, 1]], [1.0], [[1.0]], 1), "emission has shape"),
        (lambda: expectation_maximisation([[1, 1]], [1.0], [[1.0, 0.0]], 1), "probability 0 in every class"),
        (lambda: expectation_maximisation([[1, 1]], [1.0], [[0.5, 0.5]], -1), "steps=-1"),
    ],
)
def test_bad_input_is_named(call: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()


def test_infinite_rate_and_distortion() -> None:
    found = rate_distortion_elbo([0.5, 0.5], [[1, 0], [0, 1]], [1.0, 0.0], [[1, 0], [1, 0]])
    assert (found.rate, found.distortion) == (math.inf, math.inf)
