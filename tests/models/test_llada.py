"""LLaDA against enumeration: masks, orders, the law from left to right, intervals."""

from __future__ import annotations

import itertools
import math

import pytest

torch = pytest.importorskip("torch", reason="pip install 'semtheory[models]'")

from semtheory.errors import InputError  # noqa: E402
from semtheory.models import LLaDA  # noqa: E402


@pytest.fixture(autouse=True)
def numbers_only():
    with torch.no_grad():
        yield


def lively(length, vocabulary=2):
    model = LLaDA(vocabulary, length, width=8, layers=2, heads=2, seed=2).double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(20.0 if parameter.ndim == 2 else 1.0)
    return model


TOKENS = torch.tensor([1, 0, 1, 1, 0])


@pytest.mark.parametrize("length", [1, 2, 4, 5])
def test_mask_sum_is_the_average_over_orders(length):
    model, tokens = lively(5), TOKENS[:length]
    orders = list(itertools.permutations(range(length)))
    losses = [-float(model.order_log_probability(tokens[None], order)) for order in orders]
    bound = model.likelihood_bound(tokens)
    assert bound.method == "exact"
    assert float(bound) == pytest.approx(sum(losses) / len(losses), abs=1e-10)
    mixture = -math.log(sum(math.exp(-loss) for loss in losses) / len(losses))
    assert float(bound) >= mixture - 1e-12  # Jensen
    if length > 1:
        assert max(losses) - min(losses) > 0.01  # the orders differ: the equality above is not an idle one
        assert float(bound) > mixture + 1e-6


def test_the_weight_matters():
    model = lively(5)
    masks = torch.tensor(list(itertools.product([False, True], repeat=5))[1:])
    unweighted = float(model._hidden_loss(TOKENS, masks).sum()) / 32  # every token masked with probability 1/2, no 1/t
    assert abs(unweighted - float(model.likelihood_bound(TOKENS))) > 0.1


@pytest.mark.parametrize("form", ["count", "time"])
def test_both_losses_average_to_the_bound(form):
    model = lively(5)
    exact = float(model.likelihood_bound(TOKENS)) / 5
    rows, rng = 40_000, torch.Generator().manual_seed(1)
    symbols, targets, weight = model.draw(TOKENS.expand(rows, 5), rng, form=form)
    hidden = symbols == model.mask
    assert bool(((weight > 0) == hidden).all())
    with torch.no_grad():
        logs = model(symbols).log_softmax(-1).gather(-1, targets[..., None])[..., 0]
    each = -(logs * weight).sum(1) * rows
    assert abs(float(each.mean()) - exact) < 5 * float(each.std()) / math.sqrt(rows)
    assert float(model.objective(symbols, targets, weight)) == pytest.approx(float(each.mean()), rel=1e-9)


def test_sampled_intervals_cover_the_exact_sum():
    model, tokens = lively(8), torch.tensor([1, 0, 1, 1, 0, 0, 1, 0])
    exact = float(model.likelihood_bound(tokens))
    found = [model.likelihood_bound(tokens, samples=10, seed=seed) for seed in range(60)]
    assert {value.method for value in found} == {"sampled"}
    covered = sum(value.lower <= exact <= value.upper for value in found)
    assert covered >= 51  # 95 % nominal; fewer than 51 of 60 has probability 0.001
    assert all(value.width > 0 for value in found)
    narrow = [model.likelihood_bound(tokens, samples=10, seed=seed, confidence=0.2) for seed in range(60)]
    assert sum(value.lower <= exact <= value.upper for value in narrow) <= 30  # so that the interval can miss


def test_few_masks_are_summed_whole():
    model = lively(5)
    assert model.likelihood_bound(TOKENS, samples=10).method == "exact"  # C(5, 2) = 10
    assert float(model.likelihood_bound(TOKENS, samples=10)) == pytest.approx(float(model.likelihood_bound(TOKENS)))
    assert float(model.likelihood_bound(TOKENS, unit="bits")) == pytest.approx(
        float(model.likelihood_bound(TOKENS)) / math.log(2)
    )


def test_left_to_right_is_a_law_and_one_of_the_orders():
    model = lively(5)
    every = torch.tensor(list(itertools.product(range(2), repeat=5)))
    logs = model.sequence_log_probability(every)
    assert float(logs.logsumexp(0)) == pytest.approx(0.0, abs=1e-12)
    torch.testing.assert_close(logs, model.order_log_probability(every, range(5)))
    backwards = model.order_log_probability(every, [4, 3, 2, 1, 0])
    assert float(backwards.logsumexp(0)) == pytest.approx(0.0, abs=1e-12)
    assert float((backwards - logs).abs().max()) > 0.01


def test_conditionals_look_only_at_what_is_revealed():
    model, revealed = lively(5), torch.tensor([True, False, False, True, False])
    other = torch.tensor([1, 1, 0, 1, 1])
    torch.testing.assert_close(model.conditionals(TOKENS[None], revealed), model.conditionals(other[None], revealed))
    third = torch.tensor([0, 0, 1, 1, 0])
    assert (
        float((model.conditionals(third[None], revealed) - model.conditionals(TOKENS[None], revealed)).abs().max())
        > 1e-3
    )


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda m: m.likelihood_bound(TOKENS[None]), "expected one sequence"),
        (lambda m: m.likelihood_bound(TOKENS, samples=1), "samples=1"),
        (lambda m: m.likelihood_bound(TOKENS, samples=4, confidence=1.0), "confidence=1.0"),
        (lambda m: m.order_log_probability(TOKENS[None], [0, 1, 2, 3, 3]), "permutation"),
        (lambda m: m.draw(TOKENS[None], form="cosine"), "form='cosine'"),
        (lambda m: m.log_probabilities(torch.full((1, 5), 2)), "tokens hold 2"),
    ],
)
def test_bad_input(call, said):
    with pytest.raises(InputError, match=said):
        call(lively(5))
