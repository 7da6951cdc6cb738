"""Energies of stored patterns: from the definitions, their bounds, and refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from semtheory.errors import InputError
from semtheory.measures import attention_energy, attention_update, log_gaussian_ball, pattern_energies


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.integers(1, 6), st.integers(1, 5))
def test_definitions_and_bounds(seed: int, patterns: int, dimension: int) -> None:
    chance = np.random.default_rng(seed)
    stored, x = chance.normal(size=(patterns, dimension)), chance.normal(size=dimension)
    found = pattern_energies(x, stored)
    far = [float((x - row) @ (x - row)) for row in stored]
    assert found.nearest == pytest.approx(min(far))
    assert found.soft == pytest.approx(-math.log(sum(math.exp(-r) for r in far)))
    norms = [float(row @ row) for row in stored]
    hopfield = -math.log(sum(math.exp(2 * float(row @ x)) for row in stored)) + x @ x + math.log(patterns) + max(norms)
    assert found.hopfield == pytest.approx(hopfield)
    assert found.spread == pytest.approx(max(norms) - min(norms))
    log_d = math.log(found.patterns)
    assert found.nearest - log_d - 1e-9 <= found.soft <= found.nearest + 1e-9
    assert -found.spread - 1e-9 <= found.soft - (found.hopfield - log_d) <= 1e-9
    assert -found.spread - log_d - 1e-9 <= found.nearest - found.hopfield <= 1e-9


def test_the_update_is_the_slope() -> None:
    chance = np.random.default_rng(0)
    stored, x, step = chance.normal(size=(4, 3)), chance.normal(size=3), 1e-6
    slope = [
        (attention_energy(x + step * e, stored, 2.5) - attention_energy(x - step * e, stored, 2.5)) / (2 * step)
        for e in np.eye(3)
    ]
    assert np.allclose(x - attention_update(x, stored, 2.5), slope, atol=1e-8)
    assert np.allclose(attention_update(x, stored, 1e4), stored[(stored @ x).argmax()])


def test_gaussian_ball() -> None:
    size = math.sqrt(100 / (2 * math.pi * math.e))
    assert log_gaussian_ball(100, size) == pytest.approx(-8.61, abs=5e-3)
    assert log_gaussian_ball(1, 0.05) == pytest.approx(math.log(math.sqrt(math.pi) * math.erf(0.05)), rel=1e-13)
    assert log_gaussian_ball(7, 40.0) == pytest.approx(3.5 * math.log(math.pi), rel=1e-12)
    radial = quad(lambda s: s**2 * math.exp(-(s**2)), 0, 1.3)[0] * 4 * math.pi
    assert log_gaussian_ball(3, 1.3) == pytest.approx(math.log(radial), rel=1e-10)
    assert math.isfinite(log_gaussian_ball(3000, 0.1))
    for n in (1000, 10_000, 10**6):  # far inside: 1F1 is nearly a geometric series
        a, u = n / 2, n / 8
        rest = log_gaussian_ball(n, math.sqrt(u)) - (a * math.log(math.pi * u) - u - math.lgamma(a + 1))
        assert math.exp(rest) == pytest.approx(1 / (1 - u / (a + 1)), abs=1 / n)
    for n in (1000, 10_000, 10**6):  # half of the mass lies inside r^2 = n/2, but for about 1/sqrt(n)
        inside = math.exp(log_gaussian_ball(n, math.sqrt(n / 2)) - n / 2 * math.log(math.pi))
        assert 0.5 < inside < 0.5 + 0.4 / math.sqrt(n)
    for radius in (8.0, 1e3, 1e6, 1e9, 1e300):  # all of space, but for e^{-64}
        assert log_gaussian_ball(3, radius) == pytest.approx(1.5 * math.log(math.pi), rel=1e-14)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: pattern_energies([0.0, 1.0], [[1.0]]), "2 entries"),
        (lambda: pattern_energies([0.0], np.zeros((0, 1))), "empty"),
        (lambda: pattern_energies([float("nan")], [[1.0]]), "finite"),
        (lambda: attention_energy([0.0], [[1.0]], 0.0), "beta"),
        (lambda: attention_energy([0.0], [[1.0]], -1.0), "beta"),
        (lambda: attention_update([0.0], [[1.0], [2.0]], values=[[1.0]]), "values has 1 rows"),
        (lambda: log_gaussian_ball(0, 1.0), "dimension=0"),
        (lambda: log_gaussian_ball(3, 0.0), "radius"),
        (lambda: log_gaussian_ball(10**400, 1.0), "a smaller dimension"),
        (lambda: log_gaussian_ball(3, float("nan")), "radius"),
    ],
)
def test_refusals(call, says: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError, match=says):
        call()
