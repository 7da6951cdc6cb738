"""Holds, scans and the three forms of duality, against definitions written out in numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from semtheory.errors import InputError  # noqa: E402
from semtheory.models import selective_scan, ssd  # noqa: E402
from semtheory.models.scans import Scan  # noqa: E402
from semtheory.models.state_space import (  # noqa: E402
    FORMS,
    SCANS,
    matrix_zero_order_hold,
    phi,
    segment_products,
    segment_sums,
    zero_order_hold,
)


def recurrence(a: Any, b: Any, c: Any, x: Any) -> Any:
    """One sequence, by the definition."""
    h, ys = np.zeros((b.shape[1], x.shape[1])), []
    for t in range(len(a)):
        h = a[t] * h + np.outer(b[t], x[t])
        ys.append(c[t] @ h)
    return np.array(ys)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.integers(1, 40), st.integers(1, 12))
def test_three_forms_agree_with_the_definition(seed: int, length: int, chunk: int) -> None:
    chance = np.random.default_rng(seed)
    a = chance.uniform(-1, 1, length) * (chance.random(length) > 0.1)  # negative and zero decays too
    b, c, x = chance.normal(size=(length, 3)), chance.normal(size=(length, 3)), chance.normal(size=(length, 2))
    wanted = recurrence(a, b, c, x)
    for form in FORMS:
        assert np.abs(ssd(a, b, c, x, form=form, chunk=chunk) - wanted).max() < 1e-10


@pytest.mark.parametrize("form", FORMS)
def test_ground_truth_f_half_decay(form: str) -> None:
    ones = np.ones(3)
    np.testing.assert_array_equal(ssd(ones / 2, ones, ones, ones, form=form, chunk=2), [1, 3 / 2, 7 / 4])
    row = [ssd(ones / 2, ones, ones, e, form=form, chunk=2)[2] for e in np.eye(3)]
    np.testing.assert_array_equal(row, [1 / 4, 1 / 2, 1])


@pytest.mark.parametrize("form", FORMS)
def test_first_multiplier_never_appears(form: str) -> None:
    chance = np.random.default_rng(0)
    a, b, x = chance.normal(size=5), chance.normal(size=(5, 2)), chance.normal(size=(5, 2))
    moved = np.concatenate([[1e6], a[1:]])
    np.testing.assert_array_equal(ssd(a, b, b, x, form=form, chunk=2), ssd(moved, b, b, x, form=form, chunk=2))


@pytest.mark.parametrize("form", FORMS)
def test_batches_broadcast_and_tensors_stay_tensors(form: str) -> None:
    chance = torch.Generator().manual_seed(0)
    a = torch.rand(2, 3, 7, generator=chance, dtype=torch.float64)
    b = torch.randn(2, 1, 7, 4, generator=chance, dtype=torch.float64)
    x = torch.randn(2, 3, 7, 5, generator=chance, dtype=torch.float64, requires_grad=True)
    y = ssd(a, b, b, x, form=form, chunk=3)
    assert isinstance(y, torch.Tensor)
    wanted = recurrence(a[1, 2].numpy(), b[1, 0].numpy(), b[1, 0].numpy(), x[1, 2].detach().numpy())
    np.testing.assert_allclose(y[1, 2].detach().numpy(), wanted, atol=1e-12)
    (slope,) = torch.autograd.grad(y[:, :, 3].sum(), x)
    assert float(slope[:, :, 4:].detach().abs().max()) == 0  # causal
    assert float(slope[:, :, :4].detach().abs().min()) > 0


def test_all_decays_one_is_linear_attention() -> None:
    chance = np.random.default_rng(1)
    b, c, x = chance.normal(size=(3, 6, 2))
    np.testing.assert_allclose(ssd(np.ones(6), b, c, x, form="quadratic"), np.tril(c @ b.T) @ x, atol=1e-13)


def test_blocks_have_rank_of_the_state_in_double_precision() -> None:
    chance = np.random.default_rng(2)
    a, b, c = chance.uniform(0.8, 1, 64), chance.normal(size=(64, 16)), chance.normal(size=(64, 16))
    whole = ssd(a, b, c, np.eye(64))
    assert np.linalg.matrix_rank(whole[32:, :32], tol=1e-10) == 16
    assert np.abs(np.triu(whole, 1)).max() == 0
    softmax = np.exp(c @ b.T)
    softmax = np.tril(softmax) / np.tril(softmax).sum(1, keepdims=True)
    assert np.linalg.matrix_rank(softmax[32:, :32], tol=1e-10) > 16  # must fail: attention has no such state


def test_segments_are_sums_of_their_own_terms_and_running_sums_lose() -> None:
    log_a = -10 * torch.rand(64, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    exact = segment_sums(log_a).exp().tril()
    for t, j in ((5, 2), (40, 39), (7, 7)):
        assert float(exact[t, j]) == pytest.approx(float(log_a[j + 1 : t + 1].sum().exp()), rel=1e-13)
    np.testing.assert_allclose(segment_products(log_a.exp()), exact, rtol=1e-12, atol=0)
    running = log_a.float().cumsum(0)
    naive = float(((running[:, None] - running[None, :]).exp().tril() - exact).detach().abs().max())
    stable = float((segment_sums(log_a.float()).exp().tril() - exact).detach().abs().max())
    assert stable < 1e-7
    assert naive > 100 * stable


def test_phi_near_zero_and_its_slope() -> None:
    z = torch.tensor([0.0, 1e-300, -1e-12, 1e-4, -1.0, 3.0, -800.0], dtype=torch.float64, requires_grad=True)
    wanted = [1, 1, 1 - 0.5e-12, 1 + 0.5e-4 + 1e-8 / 6, 1 - np.exp(-1), np.expm1(3) / 3, 1 / 800]
    np.testing.assert_allclose(phi(z).detach().numpy(), wanted, rtol=1e-12)
    (slope,) = torch.autograd.grad(phi(z)[[0, 4, 5]].sum(), z)
    assert float(slope[0]) == 0.5
    assert float(slope[5]) == pytest.approx((np.exp(3) - np.expm1(3) / 3) / 3)


def test_holds_compose_and_singular_matrices_are_welcome() -> None:
    decay, weight = zero_order_hold(0.5, [0.0, -2.0], 3.0)
    np.testing.assert_allclose(decay, [1, np.exp(-1)])
    np.testing.assert_allclose(weight, [1.5, 3 * (1 - np.exp(-1)) / 2])
    whole, source = matrix_zero_order_hold(0.5, [[0, 1], [0, 0]], [[0], [1]])
    np.testing.assert_allclose(whole, [[1, 0.5], [0, 1]])
    np.testing.assert_allclose(source, [[0.125], [0.5]])
    half, half_source = matrix_zero_order_hold(0.25, [[0, 1], [0, 0]], [[0], [1]])
    np.testing.assert_allclose(half @ half_source + half_source, source)
    assert abs(float(zero_order_hold(0.5, -2.0, 1.0)[1]) - 0.5) > 0.1  # Euler's Delta b is not it


def scan_inputs(seed: int, length: int = 9, states: int = 3, channels: int = 4) -> list[Any]:
    chance = torch.Generator().manual_seed(seed)

    def normal(*shape: int) -> Any:
        return torch.randn(*shape, generator=chance, dtype=torch.float64)

    sizes = [(2, length, channels), (channels, states), (2, length, states), (2, length, states), (2, length, channels)]
    delta, a, b, c, x = (normal(*size) for size in sizes)
    return [value.requires_grad_() for value in (delta.exp() / 3, -a.exp(), b, c, x)]


@pytest.mark.parametrize("hold", ["exact", "euler"])
def test_scans_and_their_gradients_agree(hold: str) -> None:
    inputs = scan_inputs(0)
    values = [selective_scan(*inputs, hold=hold, form=form) for form in SCANS]
    weight = torch.randn(values[0].shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    slopes = [torch.autograd.grad((value * weight).sum(), inputs) for value in values]
    for value, slope in zip(values[1:], slopes[1:], strict=True):
        assert float((value - values[0]).detach().abs().max()) < 1e-12
        for one, other in zip(slopes[0], slope, strict=True):
            assert float((one - other).detach().abs().max()) < 1e-11


def test_exact_hold_and_euler_differ_and_meet_for_small_steps() -> None:
    delta, *rest = scan_inputs(2)

    def gap(scale: float) -> float:
        values = [selective_scan(delta * scale, *rest, hold=hold) / scale for hold in ("exact", "euler")]
        return float((values[0] - values[1]).detach().abs().max())

    assert gap(1) > 0.1
    assert gap(1e-5) < 1e-3


def test_fused_scan_keeps_small_increments_in_single_precision() -> None:
    delta, a, b, c, x = (value.detach() for value in scan_inputs(3))
    a = a * 1e-6
    a[0, 0] = 0
    exact = selective_scan(delta, a, b, c, x, form="sequential")
    single = selective_scan(*(value.float() for value in (delta, a, b, c, x)), form="fused")
    assert float((single - exact).detach().abs().max() / exact.detach().abs().max()) < 1e-5


def test_buffers_are_not_shared_by_two_living_graphs() -> None:
    inputs = [value.detach().requires_grad_() for value in scan_inputs(4)]
    first, second = (selective_scan(*inputs, form="fused") for _ in range(2))
    alone = torch.autograd.grad(selective_scan(*inputs, form="fused").sum(), inputs)
    selective_scan(*[2 * value.detach() for value in inputs], form="fused")
    for graph in (first, second):
        for _ in range(2):  # a kept graph may be used twice
            for one, other in zip(alone, torch.autograd.grad(graph.sum(), inputs, retain_graph=True), strict=True):
                assert torch.equal(one, other)


def test_second_derivative_of_the_fused_scan_is_refused() -> None:
    inputs = scan_inputs(5)
    (slope,) = torch.autograd.grad(selective_scan(*inputs, form="fused").pow(2).sum(), inputs[4], create_graph=True)
    with pytest.raises(RuntimeError):
        torch.autograd.grad(slope.sum(), inputs[4])
    assert Scan.__doc__


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"form": "parallel"}, "recurrent, quadratic, chunked"),
        ({"chunk": 0}, "at least 1"),
        ({"chunk": True}, "at least 1"),
        ({"b": np.ones((4, 2))}, "equally long"),
        ({"c": np.ones((3, 5))}, "equally many states"),
        ({"x": np.ones((2, 3, 1))}, "expected a"),
        ({"a": np.array([1.0, np.nan, 1.0])}, "finite"),
        ({"a": np.array(["x", "y", "z"])}, "numbers"),
        ({"x": np.ones(3, dtype=complex)}, "real numbers"),
        ({"a": 0.5}, "expected a"),
    ],
)
def test_bad_input_to_ssd(change: dict[str, Any], said: str) -> None:
    arguments: dict[str, Any] = {"a": np.ones(3), "b": np.ones((3, 2)), "c": np.ones((3, 2)), "x": np.ones((3, 1))}
    with pytest.raises(InputError, match=said):
        ssd(**(arguments | change))


def test_bad_input_to_the_scan() -> None:
    delta, a, b, c, x = (value.detach() for value in scan_inputs(6))
    for change, said in (
        ({"hold": "midpoint"}, "exact, euler"),
        ({"form": "loop"}, "fused, sequential, associative"),
        ({"a": -a}, "rates <= 0"),
        ({"b": b[:, :2]}, "expected delta and x"),
    ):
        with pytest.raises(InputError, match=said):
            selective_scan(**({"delta": delta, "a": a, "b": b, "c": c, "x": x} | change))  # type: ignore[arg-type]


@pytest.mark.parametrize("form", ["fused", "sequential", "associative"])
@pytest.mark.parametrize("hold", ["exact", "euler"])
def test_the_slope_in_a_rate_near_zero_is_right(form, hold):
    """Against the limit: the slope is smooth in the rate, whatever divides by it."""
    chance = torch.Generator().manual_seed(0)
    delta, x = torch.rand(2, 1, 6, 2, generator=chance, dtype=torch.float64)[:2]
    b, c = torch.randn(2, 1, 6, 1, generator=chance, dtype=torch.float64)

    def slope(rate):
        a = torch.full((2, 1), -rate, dtype=torch.float64, requires_grad=True)
        return torch.autograd.grad(selective_scan(delta, a, b, c, x, hold=hold, form=form).sum(), a)[0]

    step = 1e-4
    for rate in (0.0, 1e-20, 1e-16, 1e-12, 1e-9, 1e-7):
        assert torch.allclose(slope(rate), slope(step) + (step - rate) * (slope(step) - slope(2 * step)) / step, rtol=1e-6), rate


def test_steps_below_zero_are_refused():
    a, b = np.array([[-1.0]]), np.ones((1, 2, 1))
    with pytest.raises(InputError, match="delta holds -5"):
        selective_scan(np.full((1, 2, 1), -5.0), a, b, b, np.ones((1, 2, 1)))
    with pytest.raises(InputError, match="delta"):
        matrix_zero_order_hold(float("nan"), np.eye(2), np.ones((2, 1)))
    with pytest.raises(InputError, match="steps >= 0"):
        zero_order_hold(-1.0, -1.0, 1.0)
