"""KL-penalised policies: published values, optimality against every other policy, limits, and what must be refused."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from semtheory.errors import InputError
from semtheory.measures import (
    gibbs_policy,
    implied_reward,
    linear_control,
    mutual_information,
    preference,
    relative_entropy,
    rlhf,
    soft_bellman,
    soft_control,
)

SEEDS = range(8)


def instance(seed: int, prompts: int = 3, answers: int = 4) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    reference = rng.dirichlet(np.full(answers, 0.6), size=prompts)
    return reference, rng.normal(size=(prompts, answers)), rng.dirichlet(np.ones(prompts)), rng


@pytest.mark.parametrize(("contexts", "beta", "value"), [(4, 1, 0.3573740), (4, 5, 0.7267436), (7, 2, None)])
def test_one_rewarded_action_in_each_context(contexts: int, beta: float, value: float | None) -> None:
    """Tishby and Polani 2011: reward 1 iff action = context; the uniform marginal is the optimal reference."""
    found = gibbs_policy(np.full(contexts, 1 / contexts), np.eye(contexts), beta)
    assert float(found) == pytest.approx(math.log((math.exp(beta) + contexts - 1) / contexts) / beta, rel=1e-14)
    if value is not None:
        assert float(found) == pytest.approx(value, abs=5e-8)
    assert float(found.divergence) == pytest.approx(float(found.information), abs=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_gap_is_a_divergence_for_every_policy(seed: int) -> None:
    """RR2: J(pi*) - J(pi) = (1/beta) D(pi||pi*) >= 0, and J(pi*) = (1/beta) E log Z."""
    reference, reward, prompts, rng = instance(seed)
    beta = float(rng.uniform(0.1, 5))
    best = gibbs_policy(reference, reward, beta, prompts=prompts)
    assert best.value == pytest.approx(best.objective(best.policy), rel=1e-12)
    assert best.log_partition is not None
    assert best.value == pytest.approx(float(prompts @ best.log_partition) / beta, rel=1e-12)
    for _ in range(20):
        other = rng.dirichlet(np.ones(4), size=3)
        gap = best.value - best.objective(other)
        assert gap == pytest.approx(best.gap(other), rel=1e-9)
        assert gap >= 0
        wrong = math.fsum(prompts * [float(relative_entropy(a, b)) for a, b in zip(other, best.policy, strict=True)])
        assert abs(gap - wrong) > 1e-6 or beta == pytest.approx(1, abs=1e-3)  # without 1/beta


@pytest.mark.parametrize("seed", SEEDS)
def test_measures_of_the_best_policy(seed: int) -> None:
    reference, reward, prompts, _ = instance(seed)
    best = gibbs_policy(reference, reward, 1.3, prompts=prompts, unit="bits")
    joint = prompts[:, None] * best.policy
    assert float(best.information) == pytest.approx(float(mutual_information(joint, unit="bits")), abs=1e-12)
    assert best.reward == pytest.approx(float((joint * reward).sum()), rel=1e-12)
    assert best.divergence.unit == "bits"
    assert best.value == pytest.approx(best.reward - float(best.divergence.to("nats")) / 1.3, rel=1e-10)


def test_a_kl_to_a_reference_that_reads_the_prompt_is_no_rate() -> None:
    """RR5: pi = ref has KL 0 and I > 0; against a prompt-free reference KL = I + D(marginal||ref)."""
    reference, reward, prompts, _ = instance(0)
    same = gibbs_policy(reference, reward, 0, prompts=prompts)
    assert float(same.divergence) == 0
    assert float(same.information) > 0.01
    free = gibbs_policy(reference[0], reward, 2.0, prompts=prompts)
    excess = relative_entropy(prompts @ free.policy, reference[0])
    assert float(free.divergence) == pytest.approx(float(free.information) + float(excess), rel=1e-12)


def test_limits_of_beta() -> None:
    reference, reward = [0.5, 0.3, 0.2, 0.0], [1.0, 2.0, 2.0, 9.0]
    cold, warm = gibbs_policy(reference, reward, math.inf), gibbs_policy(reference, reward, 0)
    assert cold.policy.tolist() == pytest.approx([0, 0.6, 0.4, 0])
    assert float(cold) == 2
    assert warm.policy.tolist() == pytest.approx(reference)
    assert float(warm) == pytest.approx(1.5)
    assert float(gibbs_policy(reference, reward, 1e-14)) == pytest.approx(1.5, rel=1e-12)
    assert float(gibbs_policy(reference, reward, 1e9)) == pytest.approx(2, abs=1e-8)
    values = [float(gibbs_policy(reference, reward, b)) for b in (0, 0.1, 1, 10, 1e300, math.inf)]
    assert values == sorted(values)
    for rare in (1e-20, 1e-16, 1e-300):  # the best answer, all but never given by the reference
        law, closed = [rare, 1 - rare], math.log1p(rare * math.expm1(100)) / 100
        assert float(gibbs_policy(law, [1.0, 0.0], 100.0)) == pytest.approx(closed, rel=1e-12, abs=1e-15)
        assert float(soft_bellman(law, [1.0, 0.0], 100.0)) == pytest.approx(closed, rel=1e-12, abs=1e-15)
    assert cold.unreachable == 7  # the best answer lies outside the reference's support
    assert cold.objective([0, 0, 0, 1]) == -math.inf


def test_rlhf_in_closed_form() -> None:
    """max E r - c KL = c log E_ref e^{r/c}."""
    reference, reward = np.array([0.2, 0.5, 0.3]), np.array([1.0, -1.0, 0.5])
    for c in (0.1, 1.0, 3.0):
        assert float(rlhf(reference, reward, c)) == pytest.approx(
            c * math.log(reference @ np.exp(reward / c)), rel=1e-12
        )
    assert float(rlhf(reference, reward, 0)) == 1.0
    assert float(rlhf(reference, reward, math.inf)) == pytest.approx(reference @ reward)


def test_beta_is_not_its_inverse() -> None:
    """The false form of RR2: the policy of beta loses when the penalty is beta instead of 1/beta."""
    reference, reward = [0.7, 0.3], [0.3, 1.3]
    tilted, other = gibbs_policy(reference, reward, 0.8), gibbs_policy(reference, reward, 1 / 0.8)
    assert other.objective(tilted.policy) < other.value - 1e-4
    assert 0.8 * float(tilted.log_partition[0]) < other.value - 0.1  # type: ignore[index]


def test_dpo_reward_is_right_up_to_the_prompt() -> None:
    reference, reward, prompts, _ = instance(3)
    best = gibbs_policy(reference, reward, 0.7, prompts=prompts)
    implied = implied_reward(best.policy, reference, 0.7)
    short = reward - implied
    assert short == pytest.approx(np.repeat(short[:, :1], 4, axis=1), abs=1e-9)  # (1/beta) log Z(s)
    assert short[:, 0] == pytest.approx(best.log_partition / 0.7)
    assert np.ptp(short[:, 0]) > 0.1  # but not the same for all prompts: across prompts Z does not cancel
    assert preference(implied) == pytest.approx(preference(reward), abs=1e-9)
    assert preference([0.0, 1.0])[1, 0] == pytest.approx(1 / (1 + math.exp(-1)))


def test_reward_per_nat() -> None:
    """RR8: gain <= B sqrt(D/2); not B D: (.6, .4) against a fair coin gains .1 for .0201 nats."""
    small = float(relative_entropy([0.6, 0.4], [0.5, 0.5]))
    assert small == pytest.approx(0.0201355, abs=1e-7)
    assert small < 0.1 <= math.sqrt(small / 2) + 1e-3
    rng = np.random.default_rng(5)
    for _ in range(200):
        p, ref = rng.dirichlet(np.full(4, 0.7)), rng.dirichlet(np.full(4, 0.7))
        r = rng.uniform(-1, 2, size=4)
        assert (p - ref) @ r <= np.ptp(r) * math.sqrt(float(relative_entropy(p, ref)) / 2) + 1e-12


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("beta", [0.0, 0.3, 4.0, math.inf])
def test_token_level_is_sequence_level(seed: int, beta: float) -> None:
    """RR3 for vocabularies of different sizes along time, total and per-token rewards."""
    rng = np.random.default_rng(seed)
    shape = (2, 3, 2)
    kernels = [rng.dirichlet(np.ones(shape[t]), size=shape[:t]) for t in range(3)]
    rewards = [rng.normal(size=shape[: t + 1]) for t in range(3)]
    joint = kernels[0][:, None, None] * kernels[1][:, :, None] * kernels[2]
    total = rewards[0][:, None, None] + rewards[1][:, :, None] + rewards[2]
    whole = gibbs_policy(joint.ravel(), total.ravel(), beta)
    for found in (soft_bellman(kernels, rewards, beta), soft_bellman(joint, total, beta)):
        assert float(found) == pytest.approx(whole.value, rel=1e-12)
        assert found.sequence_policy.ravel() == pytest.approx(whole.policy, abs=1e-12)


def test_sequences_that_the_reference_excludes() -> None:
    joint = np.zeros((2, 2))
    joint[0] = [0.25, 0.75]
    found = soft_bellman(joint, np.array([[0.0, 1.0], [50.0, 50.0]]), 1.0)
    assert found.sequence_policy[1].sum() == 0
    assert float(found) == pytest.approx(math.log(0.25 + 0.75 * math.e))


def test_random_replies_are_not_tilted() -> None:
    """An arm that pays a fair 0/1 against a sure 1/2, beta = 2: the optimum is 1/2, tilting the trajectory says .607."""
    world = np.zeros((4, 2, 4))
    world[0, 0, [1, 2]] = 0.5
    world[0, 1, 3] = 1
    world[1:] = np.eye(4)[1:, None, :]
    found = soft_control(
        np.full((4, 2), 0.5), np.zeros((4, 2)), world, 2.0, horizon=1, terminal=[0, 1, 0, 0.5], initial=[1, 0, 0, 0]
    )
    assert found.policies[0][0].tolist() == pytest.approx([0.5, 0.5])
    assert float(found) == pytest.approx(0.5)
    trajectories = gibbs_policy([0.25, 0.25, 0.5], [1, 0, 0.5], 2.0)
    assert trajectories.policy[:2].sum() == pytest.approx(0.607, abs=5e-4)
    arm = gibbs_policy([0.5, 0.5], [0.5, 0.5], 2.0)
    assert arm.objective([0.607, 0.393]) < 0.5


@pytest.mark.parametrize("seed", SEEDS)
def test_soft_control_beats_every_deterministic_and_random_policy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    world, base, gain = (
        rng.dirichlet(np.ones(2), size=(2, 2)),
        rng.dirichlet(np.ones(2), size=2),
        rng.normal(size=(2, 2)),
    )
    best = soft_control(base, gain, world, 1.5, horizon=2)

    def value(plan: list[np.ndarray]) -> float:
        later = np.zeros(2)
        for kernel in reversed(plan):
            cost = np.array([float(relative_entropy(a, b)) for a, b in zip(kernel, base, strict=True)]) / 1.5
            later = (kernel * (gain + world @ later)).sum(axis=1) - cost
        return float(later.mean())

    assert float(best) == pytest.approx(value(list(best.policies)), rel=1e-12)
    pure = [np.eye(2)[list(rows)] for rows in itertools.product((0, 1), repeat=2)]
    plans = [list(plan) for plan in itertools.product(pure, repeat=2)]
    plans += [[rng.dirichlet(np.ones(2), size=2) for _ in range(2)] for _ in range(50)]
    assert max(value(plan) for plan in plans) <= float(best) + 1e-12


def test_linearly_solvable_control_average_cost() -> None:
    """Todorov: uniform passive dynamics on two states, q = (0, 1): -ln((1 + 1/e)/2)."""
    found = linear_control([[0.5, 0.5], [0.5, 0.5]], [0, 1])
    assert float(found) == pytest.approx(0.3798855, abs=5e-8)
    assert found.cost.lower <= -math.log((1 + math.exp(-1)) / 2) <= found.cost.upper
    assert found.cost.width < 1e-9
    rng = np.random.default_rng(0)
    for _ in range(10):
        passive, cost = rng.dirichlet(np.ones(4), size=4), rng.uniform(0, 3, size=4)
        found = linear_control(passive, cost)
        root = max(np.linalg.eigvals(np.exp(-cost)[:, None] * passive).real)
        assert found.cost.lower <= -math.log(root) <= found.cost.upper
        stationary = np.linalg.matrix_power(found.policy, 2000)[0]
        paid = cost + [float(relative_entropy(a, b)) for a, b in zip(found.policy, passive, strict=True)]
        assert float(stationary @ paid) == pytest.approx(float(found), rel=1e-9)


def test_linearly_solvable_control_first_exit() -> None:
    passive = np.array([[0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0, 1]])
    found = linear_control(passive, [1, 1, 0], exits=[2])
    values = found.values
    for x in (0, 1):
        kl = float(relative_entropy(found.policy[x], passive[x]))
        assert values[x] == pytest.approx(1 + kl + found.policy[x] @ values, rel=1e-12)
        assert values[x] == pytest.approx(1 - math.log(passive[x] @ np.exp(-values)), rel=1e-12)


def test_linearly_solvable_control_with_costs_that_exp_cannot_hold() -> None:
    found = linear_control([[0.5, 0.5], [0, 1]], [1000, 0], exits=[1])
    assert found.values == pytest.approx([1000 + math.log(2), 0], rel=1e-15)
    assert found.policy.tolist() == [[0, 1], [0, 1]]
    found = linear_control([[0.5, 0.5], [0.5, 0.5]], [1000, 0])
    assert found.cost.lower <= math.log(2) <= found.cost.upper
    assert found.cost.width < 1e-9
    assert found.values == pytest.approx([0, -1000])
    found = linear_control([[0, 1], [1, 0]], [1000, 0])  # there and back
    assert found.cost.lower <= 500 <= found.cost.upper
    assert found.cost.width < 1e-9
    assert found.values == pytest.approx([0, -500])
    ring = np.roll(np.eye(200), 1, axis=1)
    assert float(linear_control(0.5 * ring + 0.5 * np.eye(200), np.ones(200))) == pytest.approx(1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: gibbs_policy([0.5, 0.5], [1, 0], -1), "beta=-1"),
        (lambda: gibbs_policy([0.5, 0.5], [1, 0], math.nan), "beta=nan"),
        (lambda: gibbs_policy([0.5, 0.5], [1, 0], "much"), "beta='much'"),
        (lambda: gibbs_policy([0.5, 0.5], [math.nan, 0], 1), r"reward\[0\] is nan"),
        (lambda: gibbs_policy([0.5, 0.6], [1, 0], 1), "sums to 1.1"),
        (lambda: gibbs_policy([0.5, 0.5], [1, 0, 2], 1), "expected laws on 3 answers"),
        (lambda: gibbs_policy([[0.5, 0.5]] * 2, [[1, 0]] * 3, 1), "reference has 2 rows"),
        (lambda: gibbs_policy([0.5, 0.5], [1, 0], 1, unit="hartleys"), "unit 'hartleys'"),
        (lambda: gibbs_policy([0.5, 0.5], [1, 0], 0).gap([0.5, 0.5]), "gap at beta=0"),
        (lambda: rlhf([0.5, 0.5], [1, 0], -0.1), "coefficient=-0.1"),
        (lambda: implied_reward([0.5, 0.5], [1, 0], 1), "reference has none"),
        (lambda: implied_reward([0.5, 0.5], [0.5, 0.5], 0), "beta=0"),
        (lambda: soft_bellman([[0.5, 0.5], [0.0, 0.0]], [1, 0], 1), "reward"),
        (lambda: soft_control([[0.5, 0.5]], [[1, 0]], np.ones((1, 2, 1)), 1, horizon=0), "horizon=0"),
        (lambda: linear_control([[1, 0], [0, 1]], [0, 1]), "never reaches"),
        (lambda: linear_control([[1, 0], [0, 1]], [0, 1], exits=[1]), "reaches none of the exits"),
        (lambda: linear_control([[0.5, 0.5], [0, 1]], [-3, 0], exits=[1]), "staying for ever"),
    ],
)
def test_what_is_refused(call: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()  # type: ignore[operator]
