"""Estimates from data against the truth of the process that made them."""

import numpy as np
import pytest

from semtheory.errors import InputError
from semtheory.measures import estimate_directed_information, estimate_transfer_entropy


def coupled(length, seed, noise=0.1):
    """X fair bits, Y_t = X_{t-1} flipped with probability `noise`: transfer entropy log 2 - h(noise)."""
    chance = np.random.default_rng(seed)
    x = chance.integers(0, 2, length)
    y = np.roll(x, 1) ^ (chance.random(length) < noise)
    return x, y.astype(int)


TRUTH = np.log(2) + 0.1 * np.log(0.1) + 0.9 * np.log(0.9)


@pytest.mark.parametrize("method", ["plug-in", "context-tree"])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_interval_is_near_the_truth(method, seed):
    x, y = coupled(4000, seed)
    found = estimate_transfer_entropy(x, y, method=method, history=1, confidence=0.999)
    assert found.method == "sampled"
    assert found.lower < TRUTH < found.upper
    assert found.upper - found.lower < 0.1
    back = estimate_transfer_entropy(y, x, method=method, history=1)
    assert float(back) < 0.01


def test_the_present_counts_for_directed_information_alone():
    chance = np.random.default_rng(3)
    x = chance.integers(0, 2, 3000)
    assert float(estimate_directed_information(x, x, history=1, unit="bits")) == pytest.approx(1, abs=0.01)
    assert float(estimate_transfer_entropy(x, x, history=1, unit="bits")) == pytest.approx(0, abs=0.01)


def test_undersampled_plug_in_is_biased_and_says_so():
    chance = np.random.default_rng(4)
    x, y = chance.integers(0, 2, 2000), chance.integers(0, 2, 2000)
    found = estimate_transfer_entropy(x, y, history=5, shifts=99)
    assert found.bias > 0.05
    assert found.p_value > 0.05
    joined = estimate_transfer_entropy(*coupled(2000, 5), history=2, shifts=99)
    assert joined.p_value == pytest.approx(0.01)


def test_the_same_seed_gives_the_same_interval():
    x, y = coupled(500, 6)
    assert estimate_transfer_entropy(x, y, seed=7) == estimate_transfer_entropy(x, y, seed=7)


REFUSED = [
    (lambda: estimate_transfer_entropy([0.5, 1], [0, 1]), "integers"),
    (lambda: estimate_transfer_entropy([0, 1] * 50, [0, 1] * 49), "98"),
    (lambda: estimate_transfer_entropy([0, 1], [0, 1]), "more than"),
    (lambda: estimate_transfer_entropy([0, 1] * 50, [0, 1] * 50, method="guess"), "guess"),
    (lambda: estimate_transfer_entropy([0, 1] * 50, [0, 1] * 50, confidence=1), "confidence=1"),
]


@pytest.mark.parametrize(("call", "words"), REFUSED)
def test_bad_input_is_named(call, words):
    with pytest.raises(InputError, match=words):
        call()
