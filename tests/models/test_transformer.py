"""The Transformer: a law of sequences, causal, its coefficients and memories rebuilt, its written-out gradient."""

from __future__ import annotations

import itertools

import pytest

torch = pytest.importorskip("torch", reason="pip install 'semtheory[models]'")

from semtheory.errors import InputError  # noqa: E402
from semtheory.models import LLaDA, Transformer  # noqa: E402


def lively(kind, *, vocabulary=3, context=6, scale=25.0, **arguments):
    """Float64, with weights large enough that attention is far from even."""
    model = kind(vocabulary, context, **{"width": 12, "layers": 2, "heads": 3, "seed": 4} | arguments).double()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.mul_(scale if parameter.ndim == 2 else 1.0)
            if "gain" in name:
                parameter.mul_(1 + 0.3 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(1)))
    return model


def some_tokens(batch=4, length=6, vocabulary=3, seed=0):
    return torch.randint(0, vocabulary, (batch, length), generator=torch.Generator().manual_seed(seed))


def dependence(model, tokens):
    """(T, T) booleans: whether the logits at t change with the embedded symbol at j, by autograd."""
    letters = model.embedding[model.seen(tokens)].detach().requires_grad_()
    s = letters + model.position[: tokens.shape[1]]
    for block in model.stacked:
        s = block(s)
    rows = [torch.autograd.grad(s[:, t].square().sum(), letters, retain_graph=True)[0] for t in range(tokens.shape[1])]
    return torch.stack([row.abs().amax((0, 2)) > 0 for row in rows])


@torch.no_grad()
@pytest.mark.parametrize("arguments", [{}, {"bias": True}, {"tied": False}, {"layers": 0}, {"heads": 1}])
def test_probabilities_of_all_sequences_sum_to_one(arguments):
    model = lively(Transformer, context=4, **arguments)
    every = torch.tensor(list(itertools.product(range(3), repeat=4)))
    assert float(model.sequence_log_probability(every).logsumexp(0)) == pytest.approx(0.0, abs=1e-12)


def test_shorter_sequences_are_marginals():
    model = lively(Transformer, context=4)
    pairs = torch.tensor(list(itertools.product(range(3), repeat=2)))
    longer = torch.tensor(list(itertools.product(range(3), repeat=4)))
    sums = model.sequence_log_probability(longer).view(9, 9).logsumexp(1)
    torch.testing.assert_close(model.sequence_log_probability(pairs), sums)
    ahead = model.next_log_probabilities(pairs)
    torch.testing.assert_close(ahead, model.log_probabilities(longer[::9])[:, 2])


def test_causal_by_autograd():
    found = dependence(lively(Transformer), some_tokens())
    assert torch.equal(found, torch.ones(6, 6).tril().bool())


def test_llada_is_not_causal():
    assert bool(dependence(lively(LLaDA), some_tokens()).all())


@pytest.mark.parametrize("kind", [Transformer, LLaDA])
@pytest.mark.parametrize("residual", [False, True])
def test_coefficients_rebuild_attention(kind, residual):
    model = lively(kind)
    for layer in model.coefficients(some_tokens(), residual=residual):
        assert layer.error() < 1e-12
        ahead = torch.ones(6, 6).triu(1).bool()
        assert bool((layer.matrix[:, ahead] == 0).all()) == (kind is Transformer)


def test_the_residual_adds_the_identity():
    model = lively(Transformer)
    bare, full = (model.coefficients(some_tokens(), residual=r)[0] for r in (False, True))
    torch.testing.assert_close(full.outputs, bare.outputs + full.inputs)
    wrong = full.matrix.clone()
    wrong[:, range(6), range(6)] -= torch.eye(12, dtype=torch.float64)
    assert type(full)(wrong, full.inputs, full.outputs).error() > 1e-3


def test_coefficients_need_a_linear_attention():
    with pytest.raises(InputError, match="affine"):
        lively(Transformer, bias=True).coefficients(some_tokens())


@pytest.mark.parametrize("bias", [False, True])
def test_memory_is_a_sum_over_keys(bias):
    for parts in lively(Transformer, bias=bias).memories(some_tokens()):
        by_hand = sum(parts["activations"][..., i, None] * parts["values"][i] for i in range(parts["keys"].shape[0]))
        torch.testing.assert_close(by_hand + parts["bias"], parts["outputs"], rtol=1e-12, atol=1e-12)
        assert bool((parts["activations"] >= 0).all())


SHAPES = [
    {"tied": False},
    {"layers": 0},
    {"layers": 1, "heads": 1, "width": 5, "context": 7},
    {"heads": 2, "width": 32, "context": 32},
    {"heads": 4, "width": 64, "context": 19, "vocabulary": 20},
]


def gradients(loss, model):
    """Parameter name -> gradient."""
    return dict(zip(dict(model.named_parameters()), torch.autograd.grad(loss, list(model.parameters())), strict=True))


def difference(one, other):
    """The largest difference of two gradients, for each parameter relative to its largest number."""
    return max(float((one[k] - other[k]).abs().max() / (1e-9 + one[k].abs().max())) for k in one)


@pytest.mark.parametrize("kind", [Transformer, LLaDA])
@pytest.mark.parametrize("arguments", SHAPES)
@pytest.mark.parametrize(("precision", "within"), [("double", 1e-11), ("float", 2e-4)])
def test_compiled_loops_give_the_loss_and_the_gradient_of_the_plain_operations(kind, arguments, precision, within):
    model = getattr(lively(kind, scale=10.0, **arguments), precision)()
    tokens = some_tokens(5, model.context, model.vocabulary)
    drawn = model.draw(tokens, torch.Generator().manual_seed(3))
    plain, fast = model.objective(*drawn), model.fast_objective(*drawn)
    assert fast.item() == pytest.approx(plain.item(), rel=within)
    one, other = gradients(plain, model), gradients(fast, model)
    assert difference(one, other) < within
    for name in one:  # and the comparison sees a gradient that is wrong by a thousandth
        assert difference(one, {**other, name: other[name] * 1.001}) > within


def test_shorter_sequences_leave_later_positions_alone():
    model = lively(Transformer, context=9)
    drawn = model.draw(some_tokens(3, 5))
    one, other = gradients(model.objective(*drawn), model), gradients(model.fast_objective(*drawn), model)
    assert difference(one, other) < 1e-11
    assert not bool(other["position"][5:].any())


def test_a_loss_that_is_no_number_stays_none():
    model = Transformer(3, 6)
    with torch.no_grad():
        model.stacked[0].keys.weight[0, 0] = torch.nan
    loss = model.fast_objective(*model.draw(some_tokens()))
    assert bool(loss.isnan())
    loss.backward()
    assert bool(model.embedding.grad.isnan().any())


def test_the_loss_has_second_derivatives():
    model = lively(Transformer)
    gradient = torch.autograd.grad(model.loss(some_tokens()), [model.embedding], create_graph=True)[0]
    assert float(torch.autograd.grad(gradient.square().sum(), [model.embedding])[0].abs().max()) > 0


def test_the_same_seed_gives_the_same_weights():
    one, same, other = (Transformer(3, 4, seed=s).embedding for s in (1, 1, 2))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"vocabulary": 1}, "vocabulary=1"),
        ({"context": 0}, "context=0"),
        ({"heads": 3, "width": 32}, "heads=3 does not divide width=32"),
        ({"width": 4.0}, "width=4.0"),
    ],
)
def test_bad_sizes(arguments, said):
    with pytest.raises(InputError, match=said):
        Transformer(**{"vocabulary": 3, "context": 4} | arguments)


@pytest.mark.parametrize(
    ("tokens", "said"),
    [
        (torch.zeros(1, 5, dtype=torch.int64), "5 tokens are more than the model's context, 4"),
        (torch.full((1, 4), 3), "tokens hold 3: expected 0 to 2"),
        (torch.full((1, 4), -1), "tokens hold -1"),
        (torch.zeros(4, dtype=torch.int64), "expected an int64 tensor"),
        (torch.zeros(1, 4), "float32"),
        ([[0, 1]], "list"),
    ],
)
def test_bad_tokens(tokens, said):
    with pytest.raises(InputError, match=said):
        Transformer(3, 4, width=4, layers=1).log_probabilities(tokens)
