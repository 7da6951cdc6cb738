"""The rate-distortion, control and alignment numbers of the literature, through the public names alone."""

import math

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from semtheory.measures import (
    directed_rate_distortion,
    gauss_markov_rate_distortion,
    log_loss_rate_distortion,
    rate_distortion,
    rate_reward,
)

BITS = math.log(2)


def hamming(n):
    return 1 - np.eye(n)


def flip(p):
    return [[1 - p, p], [p, 1 - p]]


def h(x):
    return 0.0 if x in (0, 1) else -(x * math.log2(x) + (1 - x) * math.log2(1 - x))


def star(a, b):
    return a * (1 - b) + b * (1 - a)


def agrees(value, expected, printed=1e-7, gap=2e-8):
    assert float(value) == pytest.approx(expected, abs=printed)
    assert value.lower - printed <= expected <= value.upper + printed
    assert value.upper - value.lower <= gap


@pytest.mark.parametrize(
    ("pmf", "distortion", "expected"),
    [
        ((0.7, 0.3), 0.1, 0.4122953),
        ((0.25,) * 4, 0.2, 0.9610794),
        ((0.5, 0.3, 0.2), 0.1, 0.9164797),
        ((0.5, 0.3, 0.2), 0.3, 0.3041844),
        ((0.5, 0.3, 0.2), 0.4, 0.1145247),
        ((0.5, 0.3, 0.2), 0.45, 0.04671662),
    ],
)
def test_hamming(pmf, distortion, expected):
    agrees(rate_distortion(pmf, hamming(len(pmf)), distortion, unit="bits"), expected, gap=1e-9)


def test_binary_below_the_critical_slope():
    """p = .3 at D = .3, where iterations from random starts report .003 to .004 bits: the rate is exactly 0."""
    value = rate_distortion([0.7, 0.3], hamming(2), 0.3)
    assert float(value) == value.lower == value.upper == 0.0
    near = rate_distortion([0.7, 0.3], hamming(2), 0.3 - 1e-7, unit="bits")
    assert near.lower <= h(0.3) - h(0.3 - 1e-7) + 1e-12
    assert near.upper >= h(0.3) - h(0.3 - 1e-7) - 1e-12
    assert near.gap < 1e-9


@pytest.mark.parametrize(
    ("p", "distortion", "expected"),
    [(0.1, 0.05, 0.29784185), (0.25, 0.1, 0.41229531), (0.25, 0.02, 0.68530583), (0.25, 0.6, 0.0)],
)
def test_nonanticipative_binary_markov(p, distortion, expected):
    agrees(directed_rate_distortion(flip(p), hamming(2), distortion, unit="bits"), expected, printed=1e-8)


@pytest.mark.parametrize("p", [0.05, 0.3, 0.45])
@pytest.mark.parametrize("distortion", [0.01, 0.2, 0.4])
def test_nonanticipative_binary_markov_elsewhere(p, distortion):
    expected = h(star(p, distortion)) - h(distortion)
    agrees(directed_rate_distortion(flip(p), hamming(2), distortion, unit="bits"), expected, printed=1e-9)


def test_two_steps_of_the_binary_markov_source():
    """Two steps: the least over (D_1, D_2) with mean D of log 2 - h(D_2) + h(p*D_1) - h(D_1)."""
    p, mean = 0.25, 0.03821

    def total(first):
        second = 2 * mean - first
        return 1 - h(second) + h(star(p, first)) - h(first)

    best = minimize_scalar(total, bounds=(1e-6, 2 * mean - 1e-6), method="bounded", options={"xatol": 1e-13})
    value = directed_rate_distortion(flip(p), hamming(2), mean, 2, unit="bits")
    agrees(value, best.fun / 2, printed=1e-10)
    assert float(value) == pytest.approx(0.684395, abs=1e-5)


@pytest.mark.parametrize(
    ("a", "noise", "distortion", "causal", "classical"),
    [
        (0.9, 0.19, 0.05, 0.7641139, 0.6675005),
        (0.9, 0.19, 0.2, 0.2826569, 0.1600953),
        (2, 1, 0.5, 0.8958797, math.log(2)),
    ],
)
def test_gauss_markov(a, noise, distortion, causal, classical):
    agrees(gauss_markov_rate_distortion(a, noise, distortion), causal)
    agrees(gauss_markov_rate_distortion(a, noise, distortion, causal=False), classical)


def test_unstable_source_at_low_distortion():
    """The usual water-filling says 1.0924 here; it misses ln|a|."""
    agrees(gauss_markov_rate_distortion(1.5, 1, 0.05, causal=False), 0.5 * math.log(20))


def test_binary_markov_classical_threshold():
    """Beyond D_c the formula h(p) - h(D) is too small: at p = D = .25 it says 0; the block function is positive."""
    law = {2: 0.5 * np.array([0.75, 0.25, 0.25, 0.75])}
    n = 2
    d = np.array(
        [[sum(a != b for a, b in zip(f"{i:02b}", f"{j:02b}", strict=True)) / n for j in range(4)] for i in range(4)]
    )
    block = rate_distortion(law[2], d, 0.25, unit="bits")
    assert block.lower / n - (1 - h(0.25)) / n <= 0.1005
    assert block.lower / n > 0.0769


@pytest.mark.parametrize(("m", "beta", "expected"), [(4, 1, 0.3573740), (4, 5, 0.7267436)])
def test_contexts_and_actions(m, beta, expected):
    value = rate_reward([1 / m] * m, np.eye(m), beta)
    agrees(value, expected)
    assert expected == pytest.approx(math.log((math.exp(beta) + m - 1) / m) / beta, abs=1e-7)


@pytest.mark.parametrize("distortion", [0.0, 0.3, 0.9, 5.0])
def test_log_loss(distortion):
    expected = max(h(0.3) - distortion, 0)
    agrees(log_loss_rate_distortion([0.3, 0.7], distortion, unit="bits"), expected, printed=1e-12)


def test_laplace():
    """Laplace with absolute error, -ln(lambda D), on a fine grid."""
    rate = 2.0
    x = np.arange(-120, 121) / 12 / rate
    p = np.exp(-rate * abs(x))
    p /= p.sum()
    value = rate_distortion(p, abs(x[:, None] - x), 0.4 / rate)
    assert float(value) == pytest.approx(-math.log(0.4), abs=0.02)
