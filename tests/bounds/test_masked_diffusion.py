"""Masked diffusion by enumeration: published values, orders listed one by one, data whose bound is known, refusals."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semtheory.bounds import (
    any_order_loss,
    exact_conditionals,
    expected_masked_bound,
    mask_weight,
    masked_diffusion_bound,
    order_loss,
    order_mixture_loss,
)
from semtheory.errors import InputError
from semtheory.measures import entropy

X = (1, 0, 1)


def network(seed: float, length: int = 3):  # type: ignore[no-untyped-def]
    """The test network of GROUND_TRUTH F: no joint law has these conditionals."""

    def predict(revealed: tuple[int | None, ...]) -> list[list[float]]:
        signs = [0 if token is None else 2 * token - 1 for token in revealed]
        rows = []
        for i in range(length):
            angle = (
                seed + 1.7 * i + sum((j + 1) * c * (0.37 + 0.11 * ((3 * i + 5 * j) % 4)) for j, c in enumerate(signs))
            )
            one = 1 / (1 + math.exp(-1.3 * math.sin(angle)))
            rows.append([1 - one, one])
        return rows

    return predict


def test_published_values() -> None:
    predict = network(0.4)
    assert float(any_order_loss(predict, X)) == pytest.approx(2.1644269, abs=5e-8)
    assert float(masked_diffusion_bound(predict, X)) == pytest.approx(2.1644269, abs=5e-8)
    assert float(masked_diffusion_bound(predict, X, form="count")) == pytest.approx(2.1644269, abs=5e-8)
    for steps, value in ((1, 3.0436799), (2, 2.6231273), (4, 2.3985455), (64, 2.1793387)):
        assert float(masked_diffusion_bound(predict, X, steps)) == pytest.approx(value, abs=5e-8)
    assert float(order_mixture_loss(predict, X)) == pytest.approx(2.0841600, abs=5e-8)
    bits = any_order_loss(predict, X, unit="bits")
    assert bits.unit == "bits"
    assert float(bits) == pytest.approx(2.1644269 / math.log(2), abs=1e-7)


@settings(deadline=None, max_examples=25)
@given(st.floats(-3, 3), st.integers(1, 4), st.data())
def test_orders_one_by_one(seed: float, length: int, data: st.DataObject) -> None:
    predict = network(seed, length)
    x = data.draw(st.tuples(*[st.integers(0, 1)] * length))
    losses = [float(order_loss(predict, x, order)) for order in itertools.permutations(range(length))]
    assert float(any_order_loss(predict, x)) == pytest.approx(sum(losses) / len(losses), rel=1e-12)
    assert float(masked_diffusion_bound(predict, x)) == pytest.approx(sum(losses) / len(losses), rel=1e-12)
    mixture = -math.log(sum(math.exp(-loss) for loss in losses) / len(losses))
    assert float(order_mixture_loss(predict, x)) == pytest.approx(mixture, rel=1e-12)
    assert mixture <= sum(losses) / len(losses) + 1e-12


def test_weights_by_integration_and_by_the_text_of_the_sum() -> None:
    t = (np.arange(200_000) + 0.5) / 200_000
    for length, masked in ((1, 1), (4, 1), (4, 3), (7, 2)):
        integral = float(np.mean(t ** (masked - 1) * (1 - t) ** (length - masked)))
        assert float(mask_weight(length, masked)) == pytest.approx(integral, rel=1e-8)
        steps = sum((1 / s) * (s / 5) ** masked * (1 - s / 5) ** (length - masked) for s in range(1, 6))
        assert mask_weight(length, masked) == mask_weight(length, masked, form="count")
        assert float(mask_weight(length, masked, 5)) == pytest.approx(steps, rel=1e-12)


@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(0, 9), min_size=12, max_size=12).filter(any), st.integers(1, 4), st.integers(2, 3))
def test_expected_bound_of_exact_conditionals(weights: list[int], steps: int, factor: int) -> None:
    joint = np.array(weights, dtype=float).reshape(2, 3, 2) / sum(weights)
    h, coarse, fine = (
        float(entropy(joint)),
        expected_masked_bound(joint, steps),
        expected_masked_bound(joint, steps * factor),
    )
    assert float(expected_masked_bound(joint)) == pytest.approx(h, abs=1e-10)
    assert float(coarse) >= float(fine) - 1e-10 >= h - 2e-10
    predict = exact_conditionals(joint)
    listed = [(x, float(joint[x])) for x in itertools.product(range(2), range(3), range(2)) if joint[x] > 0]
    mean = sum(p * float(masked_diffusion_bound(predict, x, steps)) for x, p in listed)
    assert mean == pytest.approx(float(coarse), abs=1e-10)
    for x, p in listed:
        for loss in (any_order_loss, order_mixture_loss):  # one joint: every order gives x its probability
            assert float(loss(predict, x)) == pytest.approx(-math.log(p), abs=1e-10)


def test_a_token_of_probability_zero_is_infinite() -> None:
    value = masked_diffusion_bound(lambda revealed: [[1.0, 0.0]] * 2, (0, 1))
    assert float(value) == math.inf
    assert "probability 0" in value.why
    assert float(any_order_loss(lambda revealed: [[1.0, 0.0]] * 2, (0, 1))) == math.inf
    assert float(order_mixture_loss(lambda revealed: [[1.0, 0.0]] * 2, (0, 1))) == math.inf


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: any_order_loss(network(0.4), ()), "0 tokens"),
        (lambda: any_order_loss(network(0.4), (0,) * 17), "17 tokens"),
        (lambda: any_order_loss(network(0.4), (0, 0, 2)), r"tokens\[2\]=2"),
        (lambda: any_order_loss(network(0.4), (0, -1, 0)), r"tokens\[1\]=-1"),
        (lambda: masked_diffusion_bound(network(0.4), X, 0), "steps=0"),
        (lambda: masked_diffusion_bound(network(0.4), X, unit="hartley"), "hartley"),
        (lambda: masked_diffusion_bound(lambda revealed: [[0.5, 0.6]] * 3, X), "sums to 1.1"),
        (lambda: masked_diffusion_bound(lambda revealed: [0.5, 0.5, 0.5], X), r"expected \(3, vocabulary\)"),
        (lambda: masked_diffusion_bound("network", X), "expected a function"),  # type: ignore[arg-type]
        (lambda: order_loss(network(0.4), X, (0, 1, 1)), "permutation"),
        (lambda: mask_weight(3, 4), "masked=4"),
        (lambda: masked_diffusion_bound(network(0.4), X, form="sum"), "form='sum'"),
        (lambda: masked_diffusion_bound(network(0.4), X, 4, form="count"), "steps=4"),
        (lambda: expected_masked_bound([0.5, 0.6]), "sums to 1.1"),
    ],
)
def test_refusals(call, says: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError, match=says):
        call()
