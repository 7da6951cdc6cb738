"""What must hold for random sources: shape, brackets, constraints, order of the directed and the classical function; bad input."""

import math
from fractions import Fraction

import numpy as np
import pytest

from semtheory.errors import InputError
from semtheory.measures import (
    directed_rate_distortion,
    directed_rate_reward,
    gauss_markov_rate_distortion,
    information_bottleneck,
    rate_distortion,
    rate_distortion_at_slope,
    rate_distortion_curve,
    rate_reward,
)

SEEDS = range(6)


def random_problem(seed):
    rng = np.random.default_rng(seed)
    letters, outputs = rng.integers(2, 8, 2)
    return rng.dirichlet(np.ones(letters)), rng.random((letters, outputs))


def information(p, channel):
    joint = p[:, None] * channel
    out = joint.sum(axis=0)
    kept = joint > 0
    return float((joint[kept] * np.log((joint / (p[:, None] * out + 1e-300))[kept])).sum())


@pytest.mark.parametrize("seed", SEEDS)
def test_curve_is_convex_nonincreasing_and_attained(seed):
    p, d = random_problem(seed)
    curve = rate_distortion_curve(p, d, 12)
    rates = np.array([float(v) for v in curve])
    assert np.all(np.diff(rates) <= 1e-9)
    assert np.all(np.diff(rates, 2) >= -1e-8)
    least, most = p @ d.min(axis=1), (p @ d).min()
    for value, asked in zip(curve, np.linspace(least, most, 12), strict=True):
        assert (p[:, None] * value.channel * d).sum() <= asked + 1e-12
        assert information(p, value.channel) == pytest.approx(value.upper, abs=1e-9)
        assert value.gap <= 2e-10


@pytest.mark.parametrize("seed", SEEDS)
def test_no_random_channel_does_better(seed):
    """The lower end is below every channel that meets the distortion."""
    p, d = random_problem(seed)
    rng = np.random.default_rng(seed + 100)
    for _ in range(50):
        channel = rng.dirichlet(np.full(d.shape[1], 0.5), len(p))
        distortion = float((p[:, None] * channel * d).sum())
        if distortion >= p @ d.min(axis=1):
            assert rate_distortion(p, d, distortion).lower <= information(p, channel) + 1e-12


@pytest.mark.parametrize("seed", SEEDS)
def test_slope_and_distortion_agree(seed):
    p, d = random_problem(seed)
    at = rate_distortion_at_slope(p, d, 4.0)
    again = rate_distortion(p, d, at.distortion + 1e-15)
    assert float(again) == pytest.approx(float(at), abs=1e-8)


@pytest.mark.parametrize("distortion", [0.05, 0.3, 0.45, 0.5, 0.9])
def test_every_reproduction_forbidden_to_some_letter(distortion):
    """Each letter has two reproductions: three numbers say the channel."""
    from scipy.optimize import minimize

    p, d = np.array([0.2, 0.3, 0.5]), np.array([[0, 1, math.inf], [math.inf, 0, 1], [1, math.inf, 0]])

    def channel(b):
        return np.array([[1 - b[0], b[0], 0], [0, 1 - b[1], b[1]], [b[2], 0, 1 - b[2]]])

    found = minimize(
        lambda b: information(p, channel(b)), [distortion / 2] * 3, method="SLSQP", bounds=[(1e-9, 1 - 1e-9)] * 3, tol=1e-12,
        constraints={"type": "ineq", "fun": lambda b: distortion - p @ b},
    )  # fmt: skip
    value = rate_distortion(p, d, distortion)
    assert value.lower <= found.fun + 1e-9
    assert float(value) == pytest.approx(found.fun, abs=1e-6)
    assert value.width < 1e-9
    assert value.distortion <= distortion + 1e-15
    assert float(rate_distortion_curve(p, d, [distortion])[0]) == float(value)
    assert float(rate_reward(p, -d, reward=-distortion)) == pytest.approx(float(value), abs=1e-9)


@pytest.mark.parametrize("offset", [[0, 0], [1, 1], [1e3, 1e3], [1e9, 1e9], [-1e9, -1e9], [1e9, 0]])
@pytest.mark.parametrize("distortion", [2.4e-7, 0.1, 0.3])
def test_what_every_reproduction_costs_takes_no_digits(offset, distortion):
    """Fair bits, one distortion more for each letter: log 2 - h(D) of what is left, to rounding."""
    asked = sum(offset) / 2 + distortion
    left = float(Fraction(asked) - Fraction(sum(offset)) / 2)
    value = rate_distortion([0.5, 0.5], np.array(offset)[:, None] + np.array([[0, 1.0], [1, 0]]), asked)
    truth = math.log(2) + left * math.log(left) + (1 - left) * math.log1p(-left)
    assert value.lower <= truth <= value.upper
    assert value.distortion <= asked
    assert value.width < (1e-10 if offset[0] == offset[1] else 1e-5)


@pytest.mark.parametrize("seed", SEEDS)
def test_directed_is_at_least_classical(seed):
    rng = np.random.default_rng(seed)
    transition = rng.dirichlet(np.ones(2), 2)
    law = np.linalg.matrix_power(transition, 200)[0]
    d = 1 - np.eye(2)
    most = float((law @ d).min())
    for share in (0.2, 0.6):
        asked = share * most
        directed = directed_rate_distortion(transition, d, asked, 2)
        joint = (law[:, None] * transition).ravel()
        pairs = (d[:, None, :, None] + d[None, :, None, :]).reshape(4, 4) / 2
        block = rate_distortion(joint, pairs, asked)
        assert directed.upper >= block.lower / 2
        assert directed.gap < 1e-7


@pytest.mark.parametrize("seed", SEEDS)
def test_stationary_bracket_meets_finite_horizons(seed):
    """R_T for a stationary start is at least the limit, and T R_T is at most T times the limit plus the entropy of the start."""
    rng = np.random.default_rng(seed)
    transition = rng.dirichlet(np.ones(3), 3)
    d = rng.random((3, 2))
    law = np.linalg.matrix_power(transition, 200)[0]
    least, most = float(law @ d.min(axis=1)), float((law @ d).min())
    asked = 0.6 * least + 0.4 * most
    limit = directed_rate_distortion(transition, d, asked, memory=1)
    steps = [directed_rate_distortion(transition, d, asked, t) for t in (2, 4)]
    assert limit.lower <= limit.upper
    assert limit.lower <= steps[1].upper + 1e-9
    assert steps[1].lower <= steps[0].upper + 1e-9  # subadditive


def test_memoryless_source_directed_is_classical():
    p, d = [0.5, 0.3, 0.2], 1 - np.eye(3)
    classical = rate_distortion(p, d, 0.2)
    assert float(directed_rate_distortion(p, d, 0.2, 3)) == pytest.approx(float(classical), abs=1e-8)
    assert float(directed_rate_distortion(p, d, 0.2)) == pytest.approx(float(classical), abs=1e-8)


def test_directed_curve_is_convex_and_nonincreasing():
    transition, d = [[0.9, 0.1], [0.3, 0.7]], 1 - np.eye(2)
    rates = [float(directed_rate_distortion(transition, d, v, 3)) for v in np.linspace(0, 0.25, 9)]
    assert np.all(np.diff(rates) <= 1e-8)
    assert np.all(np.diff(rates, 2) >= -1e-7)


def test_hidden_source_lies_between_its_bounds():
    """A hidden-Markov source whose encoder does not know the state: R_2 by hand over its joint law of symbols."""
    kernel = np.array([[[0.45, 0.05], [0.1, 0.1]], [[0.4, 0.1], [0.2, 0.6]]])
    d = 1 - np.eye(2)
    value = directed_rate_distortion(kernel, d, 0.1, 3)
    longer = directed_rate_distortion(kernel, d, 0.1, 4)
    limit = directed_rate_distortion(kernel, d, 0.1)
    assert value.gap < 1e-7
    assert longer.lower <= value.upper
    assert limit.lower <= longer.upper


def test_finite_policies_attain_what_they_say():
    """The law of (X^T, U^T) under the policies, by enumeration: distortion and directed information."""
    transition, d, steps = np.array([[0.8, 0.2], [0.4, 0.6]]), 1 - np.eye(2), 3
    value = directed_rate_distortion(transition, d, 0.1, steps)
    first = np.linalg.matrix_power(transition, 200)[0]
    distortion = rate = 0.0
    for share, kernels in value.policies:
        joint = first[:, None]  # (x_t, u^{t-1}); x^{t-1} is not needed for either
        for t, kernel in enumerate(kernels):
            cells = joint[:, :, None] * kernel
            distortion += share * float((cells.sum(axis=1) * d).sum()) / steps
            out = cells.sum(axis=0)
            past = joint.sum(axis=0)
            predicted = out / np.maximum(past[:, None], 1e-300)
            with np.errstate(divide="ignore", invalid="ignore"):
                rate += share * float(np.where(cells > 0, cells * np.log(kernel / predicted[None]), 0).sum()) / steps
            joint = cells.reshape(2, -1)
            if t < steps - 1:
                joint = transition.T @ joint
    assert distortion <= 0.1 + 1e-9
    assert value.lower - 1e-9 <= rate <= value.upper + 1e-9


def test_rate_reward_limits_and_shape():
    p, r = [0.5, 0.5], np.array([[1.0, 0.0, 0.6], [0.0, 1.0, 0.6]])
    assert float(rate_reward(p, r, 0)) == 0.6
    assert float(rate_reward(p, r, math.inf)) == 1.0
    assert rate_reward(p, r, reward=0.6) == 0.0
    values = [float(rate_reward(p, r, beta)) for beta in (0.01, 1, 5, 20, 1e4)]
    assert np.all(np.diff(values) >= -1e-12)
    assert values[0] == pytest.approx(0.6, abs=1e-6)
    assert values[-1] == pytest.approx(1.0, abs=1e-3)
    rates = [float(rate_reward(p, r, reward=w)) for w in np.linspace(0.6, 1, 9)]
    assert np.all(np.diff(rates) >= -1e-9)
    assert np.all(np.diff(rates, 2) >= -1e-8)
    directed = directed_rate_reward([[0.8, 0.2], [0.2, 0.8]], np.eye(2), 2.0, 3)
    assert directed.lower <= float(directed) <= directed.upper
    assert directed.reward - directed.rate / 2.0 == pytest.approx(float(directed), abs=1e-8)


@pytest.mark.parametrize(("m", "beta"), [(4, 1e-9), (3, 1e-5), (4, 1e-3), (4, 1e4)])
def test_rate_reward_is_in_units_of_reward_and_holds_the_truth_at_any_price(m, beta):
    truth = 1 / m + beta * (m - 1) / (2 * m * m) if beta < 0.01 else 1 + math.log1p((m - 1) * math.exp(-beta)) / beta - math.log(m) / beta
    off = beta**2 if beta < 0.01 else 0.0  # what the series leaves out, at most
    for value in (rate_reward([1 / m] * m, np.eye(m), beta, unit="bits"), directed_rate_reward([1 / m] * m, np.eye(m), beta, 2)):
        assert value.lower - off <= truth <= value.upper + off
        assert (value.unit, value.method) == ("1", "bracket")
    assert rate_reward([1 / m] * m, np.eye(m), beta).width < 1e-12
    with pytest.raises(InputError, match="no unit"):
        rate_reward([1 / m] * m, np.eye(m), beta, unit="bits").to("nats")
    least = rate_reward([1 / m] * m, np.eye(m), reward=(1 + 1 / m) / 2, unit="bits")
    assert least.unit == "bits"
    assert least.to("nats") == pytest.approx(float(least) * math.log(2))


def test_bottleneck_of_a_binary_pair():
    """The start that other software is lost in: rate 0 with all the relevance is impossible."""
    value = information_bottleneck([[0.4, 0.1], [0.1, 0.4]], 5.0, unit="bits")
    assert value.lower <= value.upper
    assert value.upper - value.lower < 1e-6
    assert 0 < value.relevance <= min(value.compression, 0.2780719 + 1e-7)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: rate_distortion([0.5, 0.5], [[1, 2], [2, 1]], 0.5), "below the least possible, 1"),
        (lambda: rate_distortion([0.5, 0.5], [[0, 1]], 0.5), "shape"),
        (lambda: rate_distortion([0.5, 0.4], 1 - np.eye(2), 0.1), "sums to 0.9"),
        (lambda: rate_distortion([0.5, 0.5], [[0, math.nan], [1, 0]], 0.1), "nan"),
        (lambda: rate_distortion([0.5, 0.5], 1 - np.eye(2), math.nan), "distortion=nan"),
        (lambda: rate_distortion([0.5, 0.5], 1 - np.eye(2), 0.1, unit="bans"), "bans"),
        (lambda: directed_rate_distortion([[0.5, 0.5], [0.5, 0.5]], 1 - np.eye(2), -0.1, 2), "below the least"),
        (lambda: directed_rate_distortion([[0.5, 0.5], [0.5, 0.5]], 1 - np.eye(3), 0.1, 2), "shape"),
        (lambda: directed_rate_distortion([[0.5, 0.5], [0.5, 0.5]], 1 - np.eye(2), 0.1, 40), "shorter horizon"),
        (lambda: directed_rate_distortion([[1, 0], [0, 1]], 1 - np.eye(2), 0.1), "reducible"),
        (lambda: rate_reward([0.5, 0.5], np.eye(2), -1), "beta=-1"),
        (lambda: rate_reward([0.5, 0.5], np.eye(2), math.nan), "beta=nan"),
        (lambda: rate_reward([0.5, 0.5], [[math.nan, 1], [0, 1]], 1), "nan"),
        (lambda: rate_reward([0.5, 0.5], np.eye(2), reward=1.1), "above the largest"),
        (lambda: gauss_markov_rate_distortion(0.9, 0, 0.1), "noise_variance"),
        (lambda: gauss_markov_rate_distortion(0.9, 1, 0), "distortion"),
    ],
)
def test_bad_input(call, says):
    with pytest.raises(InputError, match=says):
        call()
