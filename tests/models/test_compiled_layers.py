"""The compiled loops of the state-space models against their plain forms: values and every gradient, over sizes down to 1."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from semtheory.models import LLaDA, Mamba, Mamba2, Transformer, compiled_layers, selective_scan  # noqa: E402
from semtheory.models.compiled import compiled  # noqa: E402
from semtheory.models.powers import exp2m1, log1p  # noqa: E402

SIZES = (  # batch, length, width, state, expand, conv
    (1, 1, 1, 1, 1, 1),
    (2, 7, 5, 3, 1, 4),
    (3, 2, 8, 1, 2, 3),
    (1, 13, 17, 5, 2, 2),
    (5, 4, 32, 16, 2, 4),
)
KINDS = pytest.mark.parametrize("kind", [Mamba, Mamba2])
HOLDS = pytest.mark.parametrize("hold", ["exact", "euler"])


def moved(kind: Any, size: tuple[int, ...], hold: str, dtype: Any = torch.float64) -> tuple[Any, Any]:
    """A model with weights far from their start, and tokens."""
    batch, length, width, state, expand, conv = size
    more = {"head": 1 if width % 2 else 2} if kind is Mamba2 else {}
    model = kind(3, length, width=width, state=state, expand=expand, conv=conv, hold=hold, **more)
    chance = torch.Generator().manual_seed(sum(size))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.3 * torch.randn(parameter.shape, generator=chance))
    return model.to(dtype), torch.randint(3, (batch, length), generator=chance)


def disagreement(model: Any, tokens: Any) -> float:
    """The largest difference of losses and of gradients between the forms, beside the largest number in each."""
    parameters = list(model.parameters())
    plain, fast = model.objective(tokens), model.fast_objective(tokens)
    worst = abs(float(plain.detach() - fast.detach()))
    slopes = [torch.autograd.grad(loss, parameters, materialize_grads=True) for loss in (plain, fast)]
    pairs = zip(*slopes, strict=True)
    scale = [(one, other, max(float(one.abs().max()), 1e-3)) for one, other in pairs]
    return max(worst, *(float((one - other).abs().max()) / size for one, other, size in scale))


@KINDS
@HOLDS
@pytest.mark.parametrize("size", SIZES)
def test_forms_agree(kind: Any, hold: str, size: tuple[int, ...]) -> None:
    assert disagreement(*moved(kind, size, hold)) < 1e-12
    model, tokens = moved(kind, size, hold, torch.float32)
    assert disagreement(model, tokens) < 3e-5
    plain = torch.log_softmax(model(tokens), -1)
    assert float((model.log_probabilities(tokens) - plain).detach().abs().max()) < 1e-5


@settings(deadline=None, max_examples=25)
@given(st.sampled_from([Mamba, Mamba2]), st.sampled_from(["exact", "euler"]), st.tuples(*[st.integers(1, 9)] * 4))
def test_forms_agree_for_any_size(kind: Any, hold: str, size: tuple[int, ...]) -> None:
    assert disagreement(*moved(kind, (*size, 2, 4), hold)) < 1e-12


@KINDS
@pytest.mark.parametrize("name", ["inside", "convolution", "spread", "step_bias", "rate", "skip", "outside"])
def test_a_wrong_gradient_is_noticed(kind: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model, tokens = moved(kind, SIZES[1], "exact")
    right = compiled_layers.block_backward

    def wrong(*given: Any) -> None:
        right(*given)
        found, wide = given[7:9]
        into = getattr(wide, f"{name}_t") if name in ("inside", "outside") else getattr(found, name)
        into *= 1 + 1e-6

    monkeypatch.setattr(compiled_layers, "block_backward", wrong)
    if (kind, name) != (Mamba2, "spread"):  # which is no parameter
        assert disagreement(model, tokens) > 1e-8  # must fail: one part in a million


@KINDS
def test_nan_stays_nan_and_in_its_sequence(kind: Any) -> None:
    model, _ = moved(kind, SIZES[4], "exact", torch.float32)
    s = torch.randn(3, 4, 32)
    clean = model.stacked[0](s, True)
    s[1, 2, 5] = torch.nan
    found = model.stacked[0](s, True)
    assert bool(found[1, 2:].isnan().all())
    assert torch.equal(found[[0, 2]], clean[[0, 2]])
    assert torch.equal(found[1, :2], clean[1, :2])
    with torch.no_grad():
        model.embedding[-1, 0] = torch.nan  # before the first token
    loss = model.fast_objective(torch.zeros(2, 4, dtype=torch.int64))
    assert bool(loss.isnan())
    assert all(bool(slope.isnan().any()) for slope in torch.autograd.grad(loss, list(model.parameters())))


@KINDS
def test_other_precisions_take_the_plain_form(kind: Any) -> None:
    model, tokens = moved(kind, SIZES[1], "euler", torch.bfloat16)
    assert torch.equal(model.fast_objective(tokens), model.objective(tokens))


@KINDS
def test_a_change_in_place_before_backward_is_refused(kind: Any) -> None:
    model, tokens = moved(kind, SIZES[1], "exact")
    loss = model.fast_objective(tokens)
    with torch.no_grad():
        model.stacked[1].convolution.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


@HOLDS
@pytest.mark.parametrize("sizes", [(1, 1, 1, 1), (2, 5, 3, 4), (1, 33, 17, 2)])
@pytest.mark.parametrize(("dtype", "allowed"), [(torch.float64, 1e-12), (torch.float32, 3e-5)])
def test_scan_agrees_in_both_precisions(hold: str, sizes: tuple[int, ...], dtype: Any, allowed: float) -> None:
    batch, length, channels, states = sizes
    chance = torch.Generator().manual_seed(length)
    shapes = (batch, length, channels), (channels, states), (batch, length, states), (batch, length, states), sizes[:3]
    delta, a, b, c, x = (torch.randn(shape, generator=chance, dtype=torch.float64) for shape in shapes)
    inputs = [value.requires_grad_() for value in (delta.exp() / 3, -a.exp(), b, c, x)]
    given = [value.detach().to(dtype).requires_grad_() for value in inputs]
    wanted, found = selective_scan(*inputs, hold=hold, form="sequential"), selective_scan(*given, hold=hold)
    pairs = zip(
        (wanted, *torch.autograd.grad(wanted.sum(), inputs)),
        (found, *torch.autograd.grad(found.sum(), given)),
        strict=True,
    )
    for one, other in pairs:
        assert float((one - other).detach().abs().max()) <= allowed * max(1.0, float(one.detach().abs().max()))


@compiled
def both(w: Any, q: Any, grown: Any, logs: Any) -> None:
    for i in range(len(w)):
        grown[i] = exp2m1(w[i])
        logs[i] = log1p(q[i])


@pytest.mark.parametrize(("dtype", "allowed"), [(np.float32, 3e-7), (np.float64, 2e-14)])
def test_powers(dtype: Any, allowed: float) -> None:
    size = np.geomspace(1e-12, 125, 20001).astype(dtype)
    w, q = np.concatenate([-size, size, [0]]).astype(dtype), np.linspace(1e-9, 1, 40003).astype(dtype)
    grown, logs = np.empty_like(w), np.empty_like(q)
    both(w, q, grown, logs)
    exact = np.expm1(w.astype(np.longdouble) * np.log(np.longdouble(2)))
    assert np.abs(grown[:-1] / exact[:-1] - 1).max() < allowed
    assert grown[-1] == 0
    assert np.abs(logs / np.log1p(q.astype(np.longdouble)) - 1).max() < allowed
    w[:], q[:] = np.nan, np.nan
    both(w, q, grown, logs)
    assert np.isnan(grown).all()
    assert np.isnan(logs).all()


@pytest.mark.parametrize("kind", [Transformer, LLaDA, Mamba, Mamba2])
@pytest.mark.parametrize("wrong", [-1, 3, 4, 10**6])
def test_a_token_that_is_none_is_an_error_and_not_what_lies_there(kind: Any, wrong: int) -> None:
    model, tokens = kind(3, 5), torch.zeros(2, 5, dtype=torch.int64)
    tokens[1, 2] = wrong
    with pytest.raises(IndexError):
        model.fast_objective(*model.draw(tokens, torch.Generator().manual_seed(0)))


def test_places_beyond_the_context_are_an_error() -> None:
    model = Transformer(3, 5)
    with pytest.raises(IndexError, match="places from 0 to 6: expected 0 to 4"):
        model.fast_objective(*model.draw(torch.zeros(2, 7, dtype=torch.int64)))
