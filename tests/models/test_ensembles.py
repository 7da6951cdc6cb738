"""A member of an ensemble is the model trained alone; the recipe that goes silently wrong is seen."""

from __future__ import annotations

import copy

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="pip install 'semtheory[models]'")

from semtheory.errors import InputError  # noqa: E402
from semtheory.models import build, train, train_ensemble  # noqa: E402
from semtheory.models.base import SequenceModel  # noqa: E402
from semtheory.models.ensembles import require_agreement  # noqa: E402
from semtheory.models.optimiser import FlatAdamW  # noqa: E402
from semtheory.processes import mess3  # noqa: E402

SOURCE = mess3(0.05, 0.85)
SIZES = {"vocabulary": 3, "context": 8, "width": 8, "layers": 2}
SETTINGS = {"steps": 30, "batch": 8, "learning_rate": 1e-2}
SEEDS = [0, 1, 5]


def solo(architecture, seed):
    return train(build({"architecture": architecture, **SIZES}, seed=seed), SOURCE, seed=seed, **SETTINGS)


def distance(one, other):
    return max(float((p - q).detach().abs().max()) for p, q in zip(one.parameters(), other.parameters(), strict=True))


@pytest.mark.parametrize("architecture", ["Transformer", "LLaDA"])
def test_batched_members_equal_solo_training(architecture):
    found = train_ensemble({"architecture": architecture, **SIZES}, SOURCE, seeds=SEEDS, method="batched", **SETTINGS)
    alone = [solo(architecture, seed) for seed in SEEDS]
    for member, one in zip(found, alone, strict=True):
        np.testing.assert_allclose(member.losses, one.losses, rtol=2e-5)
        assert distance(member.model, one.model) < 2e-4
    assert distance(alone[0].model, alone[1].model) > 0.02  # so that the agreement says something


def test_processes_give_the_same_bits():
    found = train_ensemble({"architecture": "Transformer", **SIZES}, SOURCE, seeds=SEEDS, workers=1, **SETTINGS)
    for member, seed in zip(found, SEEDS, strict=True):
        assert distance(member.model, solo("Transformer", seed).model) == 0
        assert np.array_equal(member.losses, solo("Transformer", seed).losses)


class Tied(SequenceModel):
    """A head and an embedding that are one parameter under two names, as small GPTs often have them."""

    def coefficients(self, tokens):
        raise AssertionError("not asked for here")

    def __init__(self, vocabulary, context, width=8, seed=0):
        super().__init__(vocabulary, context, width=width)
        torch.manual_seed(seed)
        self.embedding = torch.nn.Embedding(vocabulary, width)
        self.head = torch.nn.Linear(width, vocabulary, bias=False)
        self.embedding.weight = self.head.weight

    def forward(self, tokens):
        return self.head(self.embedding(torch.nn.functional.pad(tokens[:, :-1], (1, 0))))


def test_weights_tied_under_two_names_are_refused():
    with pytest.raises(InputError, match="two names"):
        FlatAdamW([Tied(3, 8), Tied(3, 8, seed=1)])


def test_the_meta_recipe_is_wrong_and_seen():
    # copy.deepcopy(model).to("meta") unties the head; functional_call then leaves it behind (torch 2.13).
    models = [Tied(3, 8, seed=seed) for seed in (0, 1)]
    skeleton = copy.deepcopy(models[0]).to("meta")
    assert skeleton.embedding.weight is not skeleton.head.weight
    parameters, _ = torch.func.stack_module_state(models)
    assert "head.weight" not in parameters  # no name, so nothing to replace
    drawn = [(torch.randint(0, 3, (4, 8), generator=torch.Generator().manual_seed(k)),) for k in (0, 1)]
    # The same recipe from a copy on the CPU whose tie is broken: its head keeps the copy's numbers.
    broken = copy.deepcopy(models[0])
    broken.head.weight = torch.nn.Parameter(models[0].head.weight.detach().clone())

    def objective(own, tokens):
        logits = torch.func.functional_call(broken, own, (tokens,))
        return torch.nn.functional.cross_entropy(logits.reshape(-1, 3), tokens.reshape(-1))

    together = torch.func.vmap(objective)(parameters, torch.stack([tokens for (tokens,) in drawn]))
    assert float(together[0].detach()) == pytest.approx(float(models[0].objective(*drawn[0]).detach()), rel=1e-5)
    with pytest.raises(InputError, match=r"member 1: loss .* alone"):
        require_agreement(models, drawn, together.detach())
    right = torch.stack([model.objective(*mine).detach() for model, mine in zip(models, drawn, strict=True)])
    require_agreement(models, drawn, right)
    with pytest.raises(InputError, match="member 0: loss nan"):
        require_agreement(models, drawn, right * torch.tensor([float("nan"), 1.0]))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"seeds": []}, "seeds is empty"),
        ({"method": "threads"}, "method='threads'"),
        ({"workers": 0}, "workers=0"),
        ({"length": 9}, "9 tokens are more than"),
        ({"source": lambda rng, runs, length: rng.integers(0, 3, (runs, length))}, "cannot be sent to another process"),
    ],
)
def test_bad_input(change, said):
    arguments = {"source": SOURCE, "seeds": [0], **SETTINGS} | change
    with pytest.raises(InputError, match=said):
        train_ensemble({"architecture": "Transformer", **SIZES}, **arguments)
