"""The information bottleneck beyond binary tokens, and rate-distortion under log loss seen through the past."""

import math

import numpy as np
import pytest

from semtheory.errors import InputError
from semtheory.measures import bottleneck_rate_distortion, information_bottleneck, mutual_information


def h(x):
    return -sum(v * math.log(v) for v in (x, 1 - x) if v > 0)


@pytest.mark.parametrize("crossover", [0.05, 0.2, 0.35])
@pytest.mark.parametrize("inner", [0.02, 0.11, 0.3])
def test_binary_symmetric_pair_against_mrs_gerber(crossover, inner):
    """Fair A, X through a BSC(e): at I(A;Z) = ln 2 - h(x) the most relevance is ln 2 - h(x * e) (Witsenhausen and Wyner 1975)."""
    joint = np.array([[1 - crossover, crossover], [crossover, 1 - crossover]]) / 2
    value = bottleneck_rate_distortion(joint, h(inner * (1 - crossover) + crossover * (1 - inner)))
    assert value.lower - 1e-9 <= math.log(2) - h(inner) <= value.upper + 1e-9
    assert value.upper - value.lower < 1e-8


@pytest.mark.parametrize("letters", [2, 3, 4, 6])
def test_token_told_by_the_past(letters):
    """X a function of A: nothing of A is wasted, so the Lagrangian is (1 - beta) H(X) for beta > 1."""
    chance = np.random.default_rng(letters)
    law = chance.dirichlet(np.ones(2 * letters))
    joint = law[:, None] * np.eye(letters)[np.arange(2 * letters) % letters]
    x = joint.sum(axis=0)
    entropy = float(-(x * np.log(x)).sum())
    value = information_bottleneck(joint, 2.5)
    assert value.lower - 1e-9 <= -1.5 * entropy <= value.upper + 1e-9
    assert value.upper - value.lower < 1e-8


@pytest.mark.parametrize("seed", range(4))
def test_three_and_four_letters_bracket_every_encoder(seed):
    chance = np.random.default_rng(seed)
    joint = chance.dirichlet(np.full(15, 0.5)).reshape(5, 3)
    beta = float(chance.uniform(1.5, 12))
    value = information_bottleneck(joint, beta)
    assert value.upper - value.lower < 1e-9
    law = joint.sum(axis=1)
    for _ in range(30):
        encoder = chance.dirichlet(np.full(4, 0.3), 5)
        found = mutual_information(law[:, None] * encoder) - beta * mutual_information(encoder.T @ joint)
        assert found >= value.lower - 1e-12
    assert value.compression - beta * value.relevance == pytest.approx(value.upper, abs=1e-9)


def test_rate_is_convex_and_ends_where_it_must():
    joint = np.random.default_rng(7).dirichlet(np.ones(12)).reshape(4, 3)
    x = joint.sum(axis=0)
    entropy, information = float(-(x * np.log(x)).sum()), float(mutual_information(joint))
    rates = [float(bottleneck_rate_distortion(joint, entropy - s * information)) for s in np.linspace(0, 1, 9)]
    assert rates[0] == pytest.approx(0, abs=1e-12)
    assert np.all(np.diff(rates) > 0)
    assert np.all(np.diff(rates, 2) > -1e-8)
    law = joint.sum(axis=1)
    assert rates[-1] <= float(-(law * np.log(law)).sum()) + 1e-9
    assert rates[-1] >= information - 1e-9
    bits = bottleneck_rate_distortion(joint, (entropy - information / 2) / math.log(2), unit="bits")
    assert float(bits) * math.log(2) == pytest.approx(rates[4], abs=1e-8)


def h_of(law):
    return -np.sum(law * np.log(np.where(law > 0, law, 1.0)), axis=0)


@pytest.mark.parametrize("joint", [[[0.3, 0.2], [0, 0.5]], [[0.5, 0], [0, 0.5]], [[0.3, 0], [0.2, 0.5]]])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_joints_with_zeros_against_a_grid_of_posteriors(joint, share):
    """Two letters of A: choosing the law of P(a|z) is a linear programme, here on a grid."""
    from scipy.optimize import linprog

    joint = np.array(joint)
    law = joint.sum(axis=1)
    t = np.linspace(0, 1, 2001)
    posterior = np.stack([t, 1 - t])
    left = h_of((joint / law[:, None]).T @ posterior)  # H(X|z)
    least, most = float(law @ h_of((joint / law[:, None]).T)), float(h_of(joint.sum(axis=0)))
    distortion = least + share * (most - least)
    found = linprog(-h_of(posterior), [left], [distortion + 1e-12], [np.ones(len(t)), t], [1, law[0]])
    value = bottleneck_rate_distortion(joint, distortion)
    assert float(h_of(law)) + found.fun == pytest.approx(float(value), abs=1e-6)
    assert value.lower <= float(h_of(law)) + found.fun + 1e-9
    assert value.width < 1e-9
    assert information_bottleneck(joint, 0.0) == 0


@pytest.mark.parametrize("distortion", [0.0, 0.1, 0.6])
def test_token_told_by_the_past_costs_what_it_lacks(distortion):
    """X a function of A: R(D) = H(X) - D, whatever else A holds."""
    joint = [[0.2, 0], [0.1, 0], [0, 0.3], [0, 0.4], [0, 0]]
    value = bottleneck_rate_distortion(joint, distortion)
    assert value.lower <= h(0.3) - distortion <= value.upper
    assert value.width < 1e-9


def test_at_the_least_distortion_letters_alike_are_one():
    joint = np.array([[0.2, 0.1], [0.2, 0.1], [0.3, 0.1]])
    law = joint.sum(axis=1)
    value = bottleneck_rate_distortion(joint, float(law @ h_of((joint / law[:, None]).T)))
    assert value.lower <= h(0.4) <= value.upper
    assert value.width < 1e-6


def test_a_wide_bracket_says_so():
    joint = np.random.default_rng(3).dirichlet(np.full(48, 0.4)).reshape(8, 6)
    value = information_bottleneck(joint, 4.0)
    assert value.lower <= value.upper
    assert (value.upper - value.lower < 1e-6) == (value.why == "")


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: information_bottleneck([0.5, 0.5], 1), r"shape \(2,\)"),
        (lambda: information_bottleneck(np.eye(2) / 2, -1), "beta"),
        (lambda: information_bottleneck(np.eye(2) / 2, math.inf), "beta"),
        (lambda: bottleneck_rate_distortion([[0.4, 0.1], [0.1, 0.4]], 0.1), r"below H\(X\|A\)"),
    ],
)
def test_bad_input(call, says):
    with pytest.raises(InputError, match=says):
        call()
