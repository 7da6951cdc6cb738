"""The semantic flow by enumeration of all paths: means, drifts, tails beside their bounds, and what breaks them, with numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from semtheory.errors import InputError
from semtheory.measures import MarkovPrompts, TokenModel, entropy, mutual_information, relative_entropy, semantic_flow
from semtheory.measures.token_models import tempered, top_k_laws, top_p_laws

SEEDS = range(6)
TWO = np.array([[0.6, 0.4], [0.9, 0.1]])  # two prompts, one token; the marginal is (.75, .25)


def instance(
    seed: int, horizon: int = 3, prompts: int = 3, size: int = 3
) -> tuple[np.ndarray, np.ndarray, np.random.Generator]:
    rng = np.random.default_rng(seed)
    table = rng.dirichlet(np.full(size**horizon, 0.5), size=prompts).reshape(prompts, *[size] * horizon)
    return rng.dirichlet(np.ones(prompts)), table, rng


@pytest.mark.parametrize("seed", SEEDS)
def test_mean_is_information_and_more_for_another_reference(seed: int) -> None:
    """SF1, with I(S;U^T) and D(p_U||q) from the joint law."""
    prompts, table, rng = instance(seed)
    joint = prompts[:, None] * table.reshape(3, -1)
    flow = semantic_flow(prompts, table)
    assert float(flow) == pytest.approx(float(mutual_information(joint)), abs=1e-12)
    assert float(flow.information) == pytest.approx(float(flow), abs=1e-12)
    other = rng.dirichlet(np.ones(27)).reshape(3, 3, 3)
    foreign = semantic_flow(prompts, table, reference=other, unit="bits")
    excess = float(relative_entropy(joint.sum(axis=0), other.ravel(), unit="bits"))
    assert float(foreign) == pytest.approx(float(foreign.information) + excess, abs=1e-11)
    assert float(foreign) > float(foreign.information) + 0.01  # the false form: E i_T = I


@pytest.mark.parametrize("seed", SEEDS)
def test_doob_decomposition(seed: int) -> None:
    """SF2, SF4: drifts >= 0, the rest a martingale given every past, i = A + M."""
    prompts, table, rng = instance(seed)
    for reference in (None, rng.dirichlet(np.ones(27)).reshape(3, 3, 3)):
        flow = semantic_flow(prompts, table, reference=reference)
        assert flow.smallest_drift >= -1e-15
        assert flow.flow == pytest.approx(flow.compensator + flow.martingale)
        steps = np.diff(flow.martingale, axis=1)
        for t in range(3):
            past: dict[tuple[int, ...], float] = {}
            for s, u, w, d in zip(flow.prompt, flow.tokens, flow.weight, steps[:, t], strict=True):
                key = (int(s), *map(int, u[:t]))
                past[key] = past.get(key, 0.0) + w * d
            assert max(map(abs, past.values())) < 1e-12


@pytest.mark.parametrize("seed", SEEDS)
def test_tails_are_within_their_bounds(seed: int) -> None:
    """SF3, SF4 with exact tails, for any reference."""
    prompts, table, rng = instance(seed)
    for reference in (None, rng.dirichlet(np.full(27, 0.4)).reshape(3, 3, 3)):
        flow = semantic_flow(prompts, table, reference=reference)
        for a in (0.0, 0.05, 0.3, 1.0, 2.0):
            assert flow.ville(a).holds
            assert flow.azuma(a).holds
            assert flow.freedman(a).holds
        wealth = flow.weight @ np.exp(-flow.flow)
        assert np.all(np.diff(wealth) <= 1e-12)  # e^{-i} is a supermartingale
        if reference is None and np.all(flow.logit_range < math.inf):
            assert flow.spread.max() <= 2 * flow.logit_range + 1e-12
            assert flow.azuma(0.7, spread=2 * flow.logit_range).bound == pytest.approx(
                math.exp(-(0.7**2) / (2 * 3 * flow.logit_range**2))
            )


def test_ville_has_the_constant_one() -> None:
    """GROUND_TRUTH SF3: two mirrored prompts, a = 1: .184, within e^{-1}, above e^{-2}."""
    wrong = math.exp(-1) / 2
    flow = semantic_flow([0.5, 0.5], [[1 - wrong, wrong], [wrong, 1 - wrong]])
    tail = flow.ville(1)
    assert tail.probability == pytest.approx(0.1839397, abs=5e-8)
    assert tail.holds
    assert math.exp(-2) == pytest.approx(0.1353353, abs=5e-8)
    assert tail.probability > math.exp(-2)
    assert float(flow.at_minimum()) == pytest.approx(-wrong)  # looking ahead: negative


def test_other_sampling_laws_have_negative_drift() -> None:
    """SF2's false forms: temperature, top-p, top-k and a mismatched model, the numerator unchanged."""
    honest = semantic_flow([0.5, 0.5], TWO)
    assert honest.smallest_drift == pytest.approx(float(relative_entropy(TWO[0], [0.75, 0.25])))
    cold = semantic_flow([0.5, 0.5], TWO, temperature=0.5)
    assert cold.smallest_drift == pytest.approx(-0.0098675, abs=5e-8)
    for greedy in ({"top_p": 0.6}, {"top_k": 1}, {"temperature": 0.0}):
        flow = semantic_flow([0.5, 0.5], TWO, **greedy)
        assert flow.smallest_drift == pytest.approx(math.log(0.8))
        assert float(flow) == pytest.approx(math.log(0.8 * 1.2) / 2)
        assert float(flow) < 0
    foreign = semantic_flow([0.5, 0.5], TWO, sampler=[[0.75, 0.25]] * 2)
    assert foreign.smallest_drift < 0
    assert foreign.drift.min(initial=0, where=foreign.prompt[:, None] == 0) == pytest.approx(
        -float(relative_entropy([0.75, 0.25], TWO[0]))
    )
    with pytest.raises(InputError, match="not drawn from the model"):
        _ = foreign.information


def test_blind_tokens_drift_down() -> None:
    """SF5: under q the same flow has drift -D(q||p)."""
    prompts, table, _ = instance(1)
    marginal = np.tensordot(prompts, table, axes=1)
    flow = semantic_flow(prompts, table, sampler=np.repeat(marginal[None], 3, axis=0))
    assert flow.drift.max() <= 1e-15
    expected = -sum(
        p * float(relative_entropy(marginal.ravel(), row.ravel())) for p, row in zip(prompts, table, strict=True)
    )
    assert float(flow) == pytest.approx(expected, rel=1e-10)


def test_wrong_sampling_breaks_ville() -> None:
    """Top-1 sampling from an unlikely best token: e^{-a} is exceeded for sure."""
    table = np.full((2, 2, 2, 2), 1 / 8)
    table[0] = np.array([0.51, 0.49])[:, None, None] * np.array([0.51, 0.49])[:, None] * np.array([0.51, 0.49])
    table[1] = np.array([0.99, 0.01])[:, None, None] * np.array([0.99, 0.01])[:, None] * np.array([0.99, 0.01])
    flow = semantic_flow([0.5, 0.5], table, top_k=1)
    tail = flow.ville(0.5)
    assert tail.probability == pytest.approx(1)
    assert not tail.holds
    assert semantic_flow([0.5, 0.5], table).ville(0.5).holds


@pytest.mark.parametrize("seed", SEEDS)
def test_optional_stopping(seed: int) -> None:
    """SF4: 0 <= E i_tau <= I for rules that see the past; the time of the minimum is none."""
    prompts, table, _ = instance(seed)
    flow = semantic_flow(prompts, table)
    for rule in (
        lambda s, u, i: i > 0.2,
        lambda s, u, i: i < -0.2,
        lambda s, u, i: len(u) > 0 and u[-1] == 0,
        lambda s, u, i: s == 1 or len(u) == 2,
        lambda s, u, i: False,
    ):
        assert -1e-12 <= float(flow.stopped(rule)) <= float(flow) + 1e-12
    assert float(flow.at_minimum()) < -0.01
    assert float(flow.stopped(lambda s, u, i: True)) == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_filtering_and_the_price_of_learning(seed: int) -> None:
    """SF6, SF7: prompts are sources; the posterior of a source, e^{i_t} pi, and the regret."""
    rng = np.random.default_rng(seed)
    prior, chains = rng.dirichlet(np.ones(3)), MarkovPrompts(rng.dirichlet(np.ones(2), size=(3, 2)))
    flow = semantic_flow(prior, chains, horizon=6)
    assert flow.flow.max() <= -math.log(prior.min()) + 1e-12
    regret = flow.flow.max(axis=1) + np.log(prior[flow.prompt])
    assert regret.max() <= 1e-12  # log 1/pi on each path and prefix
    price = [float(semantic_flow(prior, chains, horizon=n)) for n in range(1, 7)]
    assert price == sorted(price)
    assert price[-1] <= float(entropy(prior))
    for theta in range(3):
        own = flow.prompt == theta
        posterior = prior[theta] * np.exp(flow.flow[own])  # of theta, on paths of theta
        mean = flow.weight[own] @ posterior / prior[theta]
        assert np.all(np.diff(mean) >= -1e-12)
        assert mean[-1] > prior[theta] + 1e-4
        mixed = np.zeros(7)
        marginal = {
            tuple(u): w for u, w in zip(flow.tokens[own].tolist(), flow.weight[own] / prior[theta], strict=True)
        }
        assert sum(marginal.values()) == pytest.approx(1)
        mixed = (flow.weight[own] / np.exp(flow.flow[own, -1]) / prior[theta]) @ posterior  # under the mixture
        assert mixed[-1] == pytest.approx(prior[theta])


def test_sampled_paths_agree_with_enumeration() -> None:
    rng = np.random.default_rng(2)
    prior, chains = np.array([0.2, 0.3, 0.5]), MarkovPrompts(rng.dirichlet(np.ones(2), size=(3, 2)))
    exact, drawn = (
        semantic_flow(prior, chains, horizon=8),
        semantic_flow(prior, chains, horizon=8, samples=4000, seed=1),
    )
    assert drawn.mean.method == "sampled"
    assert drawn.mean.confidence == 0.95
    assert abs(float(drawn) - float(exact)) < 3 * drawn.mean.width
    tail, truth = drawn.ville(0.3), exact.weight[exact.flow.min(axis=1) <= -0.3].sum()
    assert tail.lower - 0.02 <= truth <= tail.upper + 0.02
    again = semantic_flow(prior, chains, horizon=8, samples=4000, seed=1)
    assert np.array_equal(drawn.tokens, again.tokens)


def test_long_horizons() -> None:
    chains = MarkovPrompts([[[0.9, 0.1], [0.2, 0.8]], [[0.6, 0.4], [0.3, 0.7]]])
    flow = semantic_flow([0.5, 0.5], chains, horizon=400, samples=300)
    assert float(flow) == pytest.approx(math.log(2), abs=0.05)  # both sources told apart
    assert flow.ville(2).holds
    assert flow.logit_range == pytest.approx(math.log(9))
    assert flow.azuma(30, spread=2 * flow.logit_range).holds
    assert "no guarantee" in flow.azuma(30).why


def test_models_as_callables_and_objects() -> None:
    prompts, table, _ = instance(4)
    kernels = [table.sum(axis=(2, 3)), table.sum(axis=3), table]

    def model(s: int, prefix: tuple[int, ...]) -> np.ndarray:
        row = kernels[len(prefix)][(s, *prefix)]
        return np.asarray(row / row.sum())

    same = semantic_flow(prompts, model, horizon=3)
    assert float(same) == pytest.approx(float(semantic_flow(prompts, table)), abs=1e-12)
    shorter = semantic_flow(prompts, table, horizon=2, reference=lambda prefix: [0.5, 0.3, 0.2])
    assert float(shorter) > float(shorter.information)
    assert isinstance(MarkovPrompts(np.full((1, 2, 2), 0.5)), TokenModel)


def test_impossible_tokens() -> None:
    flow = semantic_flow([0.5, 0.5], [[1.0, 0.0], [0.0, 1.0]])
    assert float(flow) == pytest.approx(math.log(2))
    assert flow.logit_range == math.inf
    excluded = semantic_flow([1.0], [[0.5, 0.5]], reference=[1.0, 0.0])
    assert float(excluded) == math.inf
    assert "excludes" in excluded.mean.why
    blocked = semantic_flow([1.0], [[1.0, 0.0]], sampler=[[0.5, 0.5]])
    assert float(blocked) == -math.inf
    assert blocked.smallest_drift == -math.inf


def test_decoders() -> None:
    law = np.array([0.5, 0.3, 0.2])
    assert tempered(law, 0.5) == pytest.approx(law**2 / (law**2).sum())
    assert tempered(np.array([0.4, 0.4, 0.2]), 0).tolist() == [0.5, 0.5, 0]
    assert tempered(np.array([0.5, 0.5, 0.0]), math.inf).tolist() == [0.5, 0.5, 0]
    assert top_k_laws(law, 2) == pytest.approx([0.625, 0.375, 0])
    assert top_p_laws(law, 0.8) == pytest.approx([0.625, 0.375, 0])
    assert top_p_laws(law, 0.81) == pytest.approx(law)
    assert top_p_laws(law, 0.0).tolist() == [1, 0, 0]
    assert top_p_laws(law, 1.0) == pytest.approx(law)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: semantic_flow([0.5, 0.6], TWO), "sums to 1.1"),
        (lambda: semantic_flow([0.5, 0.5], TWO[:1]), "model has 1 prompts"),
        (lambda: semantic_flow([0.5, 0.5], [[0.5, 0.6], [1, 0]]), "sums to 1.1"),
        (lambda: semantic_flow([0.5, 0.5], TWO, horizon=2), "ends after 1 tokens"),
        (lambda: semantic_flow([0.5, 0.5], lambda s, u: [0.5, 0.5]), "horizon"),
        (lambda: semantic_flow([0.5, 0.5], TWO, reference=[0.2, 0.3, 0.5]), "vocabularies differ"),
        (lambda: semantic_flow([0.5, 0.5], TWO, temperature=-1), "temperature=-1"),
        (lambda: semantic_flow([0.5, 0.5], TWO, top_k=0), "top_k=0"),
        (lambda: semantic_flow([0.5, 0.5], TWO, top_p=1.5), "top_p=1.5"),
        (lambda: semantic_flow([0.5, 0.5], TWO, samples=1), "samples=1"),
        (lambda: semantic_flow([0.5, 0.5], MarkovPrompts(np.full((2, 4, 4), 0.25)), horizon=40), "give samples="),
        (lambda: semantic_flow([0.5, 0.5], TWO).ville(-1), "a=-1"),
        (lambda: semantic_flow([0.5, 0.5], TWO).azuma(math.nan), "x=nan"),
    ],
)
def test_what_is_refused(call: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()  # type: ignore[operator]
