"""Gray's critical distortion, and the bracket beyond it (GROUND_TRUTH 0.5 and section B)."""

from __future__ import annotations

import math

import pytest

from semtheory.errors import InputError
from semtheory.measures import binary_markov_rate_distortion, gray_critical_distortion


def h(p: float) -> float:
    return -p * math.log2(p) - (1 - p) * math.log2(1 - p)


@pytest.mark.parametrize(("p", "value"), [(0.05, 0.00069300), (0.1, 0.00309601), (0.25, 0.02859548), (0.4, 0.127322), (0.5, 0.5)])
def test_published_critical_distortions(p: float, value: float) -> None:
    assert gray_critical_distortion(p) == pytest.approx(value, abs=5e-7)


def test_exact_up_to_the_critical_distortion() -> None:
    found = binary_markov_rate_distortion(0.25, 0.02, unit="bits")
    assert found.method == "exact"
    assert found == pytest.approx(h(0.25) - h(0.02), abs=1e-12)


def test_the_formula_is_not_the_truth_beyond_it() -> None:
    """At D = p the formula says 0; the truth lies in [0.0769, 0.1005] bits."""
    found = binary_markov_rate_distortion(0.25, 0.25, block=8, unit="bits")
    assert found.method == "bracket"
    assert found.lower > 0.07
    assert found.lower <= 0.1005
    assert found.upper >= 0.0769
    assert found.width == pytest.approx((1 - h(0.25)) / 8, abs=1e-6)


def test_longer_blocks_nest() -> None:
    wide, narrow = (binary_markov_rate_distortion(0.25, 0.1, block=n) for n in (2, 6))
    assert wide.lower - 1e-9 <= narrow.lower <= narrow.upper <= wide.upper + 1e-9


def test_no_rate_is_needed_at_one_half() -> None:
    assert binary_markov_rate_distortion(0.25, 0.5, block=3).upper == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(("p", "distortion", "block"), [(0.6, 0.1, 4), (0, 0.1, 4), (0.2, -0.1, 4), (0.2, 0.1, 0), (0.2, 0.1, 11), (0.2, 0.1, 2.0), (math.nan, 0.1, 4)])
def test_bad_arguments_are_named(p: float, distortion: float, block: int) -> None:
    with pytest.raises(InputError):
        binary_markov_rate_distortion(p, distortion, block=block)
