import numpy as np
import pytest

pytest.importorskip("torch")

from semtheory.errors import InputError
from semtheory.experiments.fine_tuning import METHODS, fine_tune, point
from semtheory.measures import rate_reward

REWARD = np.random.default_rng(0).normal(size=(4, 5))
LAW = np.array([0.4, 0.3, 0.2, 0.1])
MADE = {}


def made(method):
    if method not in MADE:
        MADE[method] = fine_tune(method, REWARD, LAW, beta=2.0, steps=200, every=20)
    return MADE[method]


@pytest.mark.parametrize("method", METHODS)
def test_no_policy_lies_beyond_the_frontier(method):
    for met in made(method).points:
        assert met.rate >= rate_reward(LAW, REWARD, reward=met.reward).lower - 1e-9


@pytest.mark.parametrize("method", METHODS)
def test_the_reward_rises_and_the_reference_costs_nothing(method):
    points = made(method).points
    assert points[0].divergence == pytest.approx(0, abs=1e-12)
    assert points[-1].reward > points[0].reward + 0.2


def test_preferences_and_penalty_end_at_the_gibbs_policy():
    for method in ("rlhf", "dpo"):
        assert np.abs(made(method).policy - made(method).optimum).max() < 0.02
    assert np.abs(made("reward").policy - made("rlhf").optimum).max() > 0.1


def test_the_price_of_rate_ends_on_the_frontier():
    last = made("rate").points[-1]
    assert last.reward - last.rate / 2 == pytest.approx(float(rate_reward(LAW, REWARD, 2.0)), abs=1e-3)
    far = made("rlhf").points[-1]
    assert far.reward - far.rate / 2 < float(rate_reward(LAW, REWARD, 2.0)) - 1e-3


def test_points_of_known_policies():
    blind = point(0, np.full((2, 2), 0.5), np.full((2, 2), 0.5), np.eye(2), np.full(2, 0.5))
    assert (blind.rate, blind.reward, blind.divergence) == (0, 0.5, 0)
    sure = point(0, np.eye(2), np.full((2, 2), 0.5), np.eye(2), np.full(2, 0.5))
    assert (sure.rate, sure.reward, sure.divergence) == pytest.approx((np.log(2), 1, np.log(2)))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("ppo", REWARD), "expected one of reward, rate, rlhf, dpo"),
        (("rlhf", [1, 2]), "shape"),
        (("rlhf", [[1, np.nan]]), "finite"),
        (("rlhf", REWARD, [0.5, 0.5]), "4 positive numbers"),
    ],
)
def test_wrong_input(arguments, message):
    with pytest.raises(InputError, match=message):
        fine_tune(*arguments)
    with pytest.raises(InputError, match="beta"):
        fine_tune("rlhf", REWARD, beta=0)
    for wrong in ({"every": 0}, {"steps": -1}, {"learning_rate": float("nan")}):
        with pytest.raises(InputError, match=next(iter(wrong))):
            fine_tune("rlhf", REWARD, **wrong)
