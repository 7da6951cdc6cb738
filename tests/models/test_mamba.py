"""Both state-space models: laws of sequences, causal, with coefficients that rebuild them, step by step as in parallel."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from semtheory.errors import InputError  # noqa: E402
from semtheory.models import Mamba, Mamba2, build, load  # noqa: E402

BOTH = pytest.mark.parametrize(
    ("kind", "more"),
    [
        (Mamba, {}),
        (Mamba, {"hold": "euler", "tied": False}),
        (Mamba2, {"head": 4, "chunk": 3}),
        (Mamba2, {"head": 8, "hold": "exact", "tied": False}),
    ],
)


def small(kind: Any, more: dict[str, Any], *, context: int = 7, seed: int = 0) -> Any:
    """Weights far from their start, double precision."""
    model = kind(3, context, width=8, state=3, **more, seed=seed).double()
    chance = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.3 * torch.randn(parameter.shape, generator=chance, dtype=torch.float64))
    return model


def tokens_of(seed: int, batch: int = 4, length: int = 7) -> Any:
    return torch.randint(3, (batch, length), generator=torch.Generator().manual_seed(seed))


@BOTH
def test_the_law_of_sequences_sums_to_one(kind: Any, more: dict[str, Any]) -> None:
    model = small(kind, more)
    everything = torch.tensor(list(itertools.product(range(3), repeat=5)))
    assert float(model.sequence_log_probability(everything).detach().exp().sum()) == pytest.approx(1, abs=1e-12)


@BOTH
def test_causal_by_autograd(kind: Any, more: dict[str, Any]) -> None:
    model = small(kind, more)
    s = torch.randn(2, 7, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(1)).requires_grad_()
    for fused in (False, True):
        out = s
        for block in model.stacked:
            out = block(out, fused)
        for t in range(7):
            (slope,) = torch.autograd.grad(out[:, t].pow(2).sum(), s, retain_graph=True)
            assert float(slope[:, t + 1 :].abs().sum()) == 0
            assert all(float(slope[:, j].detach().abs().max()) > 0 for j in range(t + 1))


@BOTH
def test_a_later_token_changes_no_earlier_law(kind: Any, more: dict[str, Any]) -> None:
    model, tokens = small(kind, more), tokens_of(2)
    other = tokens.clone()
    other[:, 4] = (other[:, 4] + 1) % 3
    one, two = model.log_probabilities(tokens), model.log_probabilities(other)
    assert torch.equal(one[:, :5], two[:, :5])
    assert float((one[:, 5:] - two[:, 5:]).detach().abs().min()) > 0


@BOTH
def test_coefficients_rebuild_the_layer(kind: Any, more: dict[str, Any]) -> None:
    model, tokens = small(kind, more), tokens_of(3)
    layers = model.coefficients(tokens)
    assert len(layers) == 2
    for layer in layers:
        assert layer.matrix.shape == (4, 7, 7, 16)
        assert layer.error() < 1e-12
        later = torch.ones(7, 7, dtype=torch.bool).triu(1)
        assert float(layer.matrix[:, later].detach().abs().max()) == 0


def test_coefficients_of_another_hold_do_not_rebuild_it() -> None:
    tokens = tokens_of(4)
    exact, euler = (small(Mamba, {"hold": hold}).coefficients(tokens)[0] for hold in ("exact", "euler"))
    assert torch.equal(exact.inputs, euler.inputs)
    assert float((euler.rebuilt() - exact.outputs).detach().abs().max() / exact.outputs.detach().abs().max()) > 0.01


@BOTH
def test_fused_and_plain_forms_agree_with_their_gradients(kind: Any, more: dict[str, Any]) -> None:
    model, tokens = small(kind, more), tokens_of(5)
    values = model.objective(tokens), model.fast_objective(tokens)
    assert float(values[0].detach()) == pytest.approx(float(values[1].detach()), abs=1e-13)
    slopes = [torch.autograd.grad(value, list(model.parameters())) for value in values]
    for one, other in zip(*slopes, strict=True):
        assert float((one - other).detach().abs().max()) < 1e-12
    likelihood = float(model.sequence_log_probability(tokens).detach().mean())
    assert float(model.loss(tokens).detach()) == pytest.approx(-likelihood / 7, abs=1e-13)


@BOTH
def test_step_by_step_equals_the_parallel_forward(kind: Any, more: dict[str, Any]) -> None:
    model, tokens = small(kind, more), tokens_of(6)
    wanted = model.log_probabilities(tokens)
    memory, last = model.memory(4), None
    size = sum(part.numel() for held in memory for part in held)
    for t in range(7):
        found, memory = model.step(last, memory)
        assert float((found - wanted[:, t]).detach().abs().max()) < 1e-12
        last = tokens[:, t]
    assert sum(part.numel() for held in memory for part in held) == size  # memory does not grow
    assert (
        float((found - model.step(last, memory)[0]).detach().abs().max()) > 1e-6
    )  # must fail: another time, another law


@BOTH
def test_ensembles_by_vmap(kind: Any, more: dict[str, Any]) -> None:
    models = [small(kind, more, seed=seed) for seed in range(3)]
    tokens = tokens_of(7)
    stacked, buffers = torch.func.stack_module_state(models)

    def loss(parameters: Any) -> Any:
        return torch.func.functional_call(models[0], (parameters, {}), (tokens,)).square().mean()

    together = torch.func.vmap(torch.func.grad(loss))(stacked)
    assert not buffers
    for k, model in enumerate(models):
        names, parameters = zip(*model.named_parameters(), strict=True)
        for name, slope in zip(names, torch.autograd.grad(model(tokens).square().mean(), parameters), strict=True):
            assert float((together[name][k] - slope).detach().abs().max()) < 1e-10


@BOTH
def test_saved_and_built_again(kind: Any, more: dict[str, Any], tmp_path: Path) -> None:
    model, tokens = small(kind, more), tokens_of(8)
    model.save(tmp_path / "model.safetensors")
    again = load(tmp_path / "model.safetensors")
    assert again.configuration == model.configuration
    assert torch.equal(again.log_probabilities(tokens), model.log_probabilities(tokens))
    assert build(model.configuration, seed=1).parameter_count == model.parameter_count


@pytest.mark.parametrize("kind", [Mamba, Mamba2])
def test_the_same_seed_gives_the_same_weights(kind: Any) -> None:
    one, two, three = (kind(3, 4, seed=seed).state_dict() for seed in (0, 0, 1))
    assert all(torch.equal(value, two[name]) for name, value in one.items())
    assert not torch.equal(one["embedding"], three["embedding"])


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        (Mamba, {"state": 0}, "state=0"),
        (Mamba, {"conv": 2.5}, "conv=2.5"),
        (Mamba, {"hold": "midpoint"}, "exact, euler"),
        (Mamba2, {"head": 7}, "head=7 does not divide"),
        (Mamba2, {"chunk": 0}, "chunk=0"),
        (Mamba2, {"layers": -1}, "layers=-1"),
    ],
)
def test_bad_sizes(kind: Any, change: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        kind(3, 8, **change)


@pytest.mark.parametrize("kind", [Mamba, Mamba2])
def test_bad_tokens(kind: Any) -> None:
    model = kind(3, 4)
    with pytest.raises(InputError, match="context, 4"):
        model.log_probabilities(torch.zeros(1, 5, dtype=torch.int64))
    with pytest.raises(InputError, match="tokens hold 3"):
        model.log_probabilities(torch.full((1, 2), 3))
    with pytest.raises(InputError, match="expected 0 to 2"):
        model.step(torch.tensor([3]), model.memory())
