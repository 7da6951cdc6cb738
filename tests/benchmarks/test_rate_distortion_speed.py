"""Rate-distortion beside dit, one slope of Hamming distortion, on one core. Not part of the default run.

    pytest tests/benchmarks/test_rate_distortion_speed.py --benchmark-columns=min,median,rounds

dit's rows are skipped where it is not installed. dit starts from 100 random channels and stops when two distortions agree; it
gives no bound. Ours comes with one: `gap` in extra_info. `error` is the distance of R + s D from our certified interval, in nats.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from semtheory.measures import directed_rate_distortion_curve, rate_distortion, rate_distortion_at_slope

SIZES = (4, 8, 16, 32, 64)
SLOPE = 3.0  # nats per unit of distortion


def law(letters: int) -> Any:
    return np.random.default_rng(letters).dirichlet(np.ones(letters))


@pytest.mark.parametrize("letters", SIZES)
def test_slope(benchmark: Any, letters: int) -> None:
    p, d = law(letters), 1 - np.eye(letters)
    value = benchmark(rate_distortion_at_slope, p, d, SLOPE)
    benchmark.extra_info["gap"] = value.gap
    assert value.gap <= 1e-9


@pytest.mark.parametrize("letters", SIZES)
def test_distortion(benchmark: Any, letters: int) -> None:
    p, d = law(letters), 1 - np.eye(letters)
    value = benchmark(rate_distortion, p, d, 0.5 * (1 - p.max()))
    assert value.gap <= 1e-9


@pytest.mark.parametrize("letters", SIZES)
def test_dit_slope(benchmark: Any, letters: int) -> None:
    module = pytest.importorskip("dit.rate_distortion.blahut_arimoto")
    p, d = law(letters), 1 - np.eye(letters)
    ours = rate_distortion_at_slope(p, d, SLOPE)
    found, _ = benchmark(module.blahut_arimoto, p, SLOPE / math.log(2))
    error = found.rate * math.log(2) + SLOPE * found.distortion - (ours.upper + SLOPE * ours.distortion)
    benchmark.extra_info["error"] = error
    assert error >= -1e-9  # nobody is below a certified bound


def test_directed_curve_of_four_states(benchmark: Any) -> None:
    """20 points over four steps."""
    transition = np.random.default_rng(3).dirichlet(np.ones(4), 4)
    at = np.linspace(0.01, 0.6, 20)
    curve = benchmark.pedantic(
        directed_rate_distortion_curve, (transition, 1 - np.eye(4), list(at), 4), rounds=1, iterations=1
    )
    assert max(value.gap for value in curve) < 1e-6
