"""Gauss-Markov sources: the scalar forms at their limits, and the vector form against them."""

import math

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from semtheory.errors import InputError
from semtheory.measures import gauss_markov_rate_distortion as rate


@pytest.mark.parametrize(
    ("a", "noise", "distortion"), [(0.9, 0.19, 0.05), (0.9, 0.19, 0.2), (2, 1, 0.5), (2, 1, 50), (-0.7, 1, 0.4)]
)
def test_one_coordinate(a, noise, distortion):
    value = rate([[a]], [[noise]], distortion)
    exact = float(rate(a, noise, distortion))
    assert value.lower <= exact + 1e-11
    assert exact <= value.upper + 1e-11
    assert value.width < 1e-8


def test_two_independent_coordinates_share_the_distortion():
    best = minimize_scalar(
        lambda d: float(rate(0.9, 0.3, d)) + float(rate(1.5, 1, 1 - d)),
        bounds=(1e-3, 0.999),
        method="bounded",
        options={"xatol": 1e-11},
    )
    value = rate(np.diag([0.9, 1.5]), np.diag([0.3, 1.0]), 1.0)
    assert value.lower - 1e-10 <= best.fun <= value.upper + 1e-10
    assert value.width < 1e-8


def test_unstable_vector_never_below_its_unstable_modes():
    a = np.array([[1.5, 0.3], [0.0, 1.2]])
    assert rate(a, np.eye(2), 1e4).upper >= math.log(1.8)
    assert float(rate(a, np.eye(2), 1e4)) == pytest.approx(math.log(1.8), abs=1e-2)
    assert rate(0.5 * a / 1.5, np.eye(2), 1e4) == 0.0


@pytest.mark.parametrize("a", [0.0, 0.5, -0.5, 1.0, 1.5])
def test_classical_at_most_causal_and_nonincreasing(a):
    at = (0.05, 0.2, 0.5, 0.9, 1.5, 4.0)
    classical = [float(rate(a, 1.0, d, causal=False)) for d in at]
    assert classical == sorted(classical, reverse=True)
    assert all(c <= float(rate(a, 1.0, d)) + 1e-10 for c, d in zip(classical, at, strict=True))


def test_water_filling_by_the_midpoint_rule():
    a, noise, distortion = 0.9, 0.19, 0.2
    w = (np.arange(200_000) + 0.5) * math.pi / 200_000
    spectrum = noise / (1 + a * a - 2 * a * np.cos(w))
    low, high = 0.0, 10.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if np.minimum(middle, spectrum).mean() < distortion else (low, middle)
    by_sum = float(np.maximum(0, 0.5 * np.log(spectrum / low)).mean())
    assert float(rate(a, noise, distortion, causal=False)) == pytest.approx(by_sum, abs=1e-8)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: rate([[0.5, 0]], [[1]], 1), "square"),
        (lambda: rate(np.eye(2), [[1, 0], [0.5, 1]], 1), "symmetric"),
        (lambda: rate(np.eye(2), np.eye(2), 1, causal=False), "causal=True"),
        (lambda: rate(0.9, -1, 0.1), "noise_variance=-1"),
        (lambda: rate(math.nan, 1, 0.1), "a=nan"),
    ],
)
def test_bad_input(call, says):
    with pytest.raises(InputError, match=says):
        call()


@pytest.mark.parametrize("distortion", [0.05, 0.2, 0.5, 0.9, 1.0])
def test_classical_vector_of_one_coordinate_is_the_scalar(distortion):
    vector = rate([[0.9]], [[0.19]], distortion, causal=False)
    assert float(vector) == pytest.approx(float(rate(0.9, 0.19, distortion, False)), abs=1e-11)


@pytest.mark.parametrize("distortion", [0.3, 1.0, 2.0, 4.0])
def test_classical_vector_turns_with_its_coordinates_and_lies_below_the_causal_rate(distortion):
    a = np.array([[0.6, 0.3, 0], [-0.2, 0.5, 0.1], [0, 0.2, 0.7]])
    noise = np.array([[1, 0.3, 0], [0.3, 0.5, 0.1], [0, 0.1, 0.8]])
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]
    here = float(rate(a, noise, distortion, causal=False))
    turned = rate(turn @ a @ turn.T, turn @ noise @ turn.T, distortion, causal=False)
    assert float(turned) == pytest.approx(here, abs=1e-10)
    assert rate(a, noise, distortion, causal=True).lower > here


def test_classical_vector_shares_the_distortion_best():
    def split(part):
        first = rate(0.9, 0.19, part, False)
        return float(first) + float(rate(0.3, 1.0, 0.6 - part, False))

    best = minimize_scalar(split, bounds=(1e-3, 0.599), method="bounded", options={"xatol": 1e-9}).fun
    whole = rate(np.diag([0.9, 0.3]), np.diag([0.19, 1.0]), 0.6, causal=False)
    assert float(whole) == pytest.approx(best, abs=1e-9)


@pytest.mark.parametrize(
    ("a", "noise", "distortion", "truth"),
    [
        # The small coordinate costs at most 1e-8; the free one at most 1e-6.
        ([[0.9, 0], [0, 0.5]], [1, 1e-8], 0.5, 0.5 * math.log(0.81 + 1 / 0.5)),
        ([[2, 0], [0, 0.5]], [1, 1], 1e6, math.log(2)),
        ([[2, 0], [0, 0.5]], [1, 1], 1e300, math.log(2)),
    ],
)
def test_vector_of_very_different_sizes(a, noise, distortion, truth):
    found = rate(a, np.diag(noise), distortion)
    assert found.lower - 1e-7 <= truth <= found.upper
    assert found.width < 2e-7


def test_a_wide_bracket_says_why():
    found = rate([[0.9, 0.3], [0.1, 0.5]], [[1, 0.999999], [0.999999, 1]], 0.5)
    assert (found.width > 1e-7 * (1 + found.upper)) == ("digits were lost" in found.why)


@pytest.mark.parametrize(("size", "angle", "distortion"), [(0.99, 2.2, 1.0), (0.999, 1.0, 1.0), (1 - 1e-9, 0.7, 2.0)])
def test_classical_vector_with_a_narrow_peak(size, angle, distortion):
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    found = rate(size * turn, np.eye(2), distortion, causal=False)
    scalar = 2 * float(rate(size, 1.0, distortion / 2, causal=False))  # the spectra differ by a shift of the frequency
    assert found.method == "bracket"
    assert "error estimate" in found.why
    assert found.lower <= scalar <= found.upper
    assert found.width < 1e-12


def test_classical_scalar_near_the_unit_circle():
    # mpmath, 30 digits
    assert rate(0.99999, 1.0, 0.5, causal=False) == pytest.approx(0.3881291574667, abs=1e-13)


def test_classical_vector_of_an_unstable_source_is_refused():
    with pytest.raises(InputError, match="spectral radius"):
        rate([[1.2, 0], [0, 0.5]], np.eye(2), 1.0, causal=False)
