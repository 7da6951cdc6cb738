"""Best-of-n against enumeration of all n-tuples of draws, and against the published values."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semtheory.errors import InputError
from semtheory.measures import best_of_n


def enumerated(law: list[Fraction], reward: list[int], n: int) -> tuple[list[Fraction], Fraction]:
    """Law of the kept answer (uniform among the best draws) and win rate, over all draws."""
    kept = [Fraction(0)] * len(law)
    for draws in itertools.product(range(len(law)), repeat=n):
        best = [k for k in draws if reward[k] == max(reward[j] for j in draws)]
        for k in best:
            kept[k] += math.prod((law[j] for j in draws), start=Fraction(1)) / len(best)
    wins = sum(
        a * b * (1 if reward[i] > reward[j] else Fraction(1, 2) if reward[i] == reward[j] else 0)
        for (i, a), (j, b) in itertools.product(enumerate(kept), enumerate(law))
    )
    return kept, Fraction(wins)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2)), min_size=1, max_size=4).filter(lambda x: any(w for w, _ in x)),
       st.integers(1, 4))  # fmt: skip
def test_exact_with_ties(answers: list[tuple[int, int]], n: int) -> None:
    total = sum(w for w, _ in answers)
    law, reward = [Fraction(w, total) for w, _ in answers], [r for _, r in answers]
    found = best_of_n(law, n, reward)
    policy, wins = enumerated(law, reward, n)
    assert list(found.policy) == policy
    assert found.win_rate == wins
    kl = math.fsum(float(k) * math.log(k / p) for k, p in zip(policy, law, strict=True) if k)
    assert float(found.kl) == pytest.approx(kl, abs=1e-13)
    assert float(found.kl) <= found.kl_bound + 1e-15
    assert found.win_rate <= found.win_rate_bound
    if n >= 2:
        assert float(found.kl) < found.kl_bound  # strict on every finite alphabet
    floats = best_of_n([float(p) for p in law], n, reward)
    assert floats.policy == pytest.approx([float(k) for k in policy], abs=1e-12)
    assert float(floats.win_rate) == pytest.approx(float(wins), abs=1e-12)


def test_published_values() -> None:
    """GROUND_TRUTH 0.9 and B (Beirami et al. 2024): the usual formula is an upper bound."""
    half = [Fraction(1, 2)] * 2
    two = best_of_n(half, 2)
    assert float(two.kl) == pytest.approx(0.1308120, abs=5e-8)
    assert two.kl_bound == pytest.approx(0.1931472, abs=5e-8)
    assert two.win_rate == Fraction(5, 8)
    assert two.win_rate_bound == Fraction(2, 3)
    sixteen = best_of_n(half, 16)
    assert float(sixteen.kl) == pytest.approx(0.69296, abs=5e-6)
    assert sixteen.kl_bound == pytest.approx(1.83509, abs=5e-6)
    assert float(best_of_n(half, 4000).kl) <= math.log(2) + 1e-15
    for outcomes, value in ((2, 0.4593555), (10, 0.6288251), (100, 0.6362194)):
        assert float(best_of_n([1 / outcomes] * outcomes, 4).kl) == pytest.approx(value, abs=5e-8)
    assert best_of_n(half, 4).kl_bound == pytest.approx(0.6362944, abs=5e-8)


def test_limits() -> None:
    kl, wins = best_of_n([0.2, 0.3, 0.5], 1)
    assert float(kl) == 0
    assert wins == pytest.approx(0.5)
    tied = best_of_n([0.2, 0.3, 0.5], 7, [3, 3, 3])
    assert float(tied.kl) == pytest.approx(0, abs=1e-15)
    assert tied.policy == pytest.approx((0.2, 0.3, 0.5))
    fine = best_of_n(np.full(20000, 1 / 20000), 16)
    assert fine.kl_bound - float(fine.kl) == pytest.approx(0, abs=1e-3)  # equality in the limit of no atoms
    assert float(best_of_n([0.5, 0.5], 2, unit="bits").kl) == pytest.approx(0.1308120 / math.log(2), abs=1e-7)
    rare = best_of_n([1 - 1e-9, 1e-9], 1000)
    assert rare.policy[1] == pytest.approx(1e-6, rel=1e-6)


@pytest.mark.parametrize("n", [10**6, 10**15, 10**400])
def test_many_draws_find_the_best(n: int) -> None:
    """Ten equal answers: the top one is kept but for 0.9^n, whatever the sum of ten floats 0.1 is."""
    many = best_of_n([0.1] * 10, n)
    assert many.kl.lower <= math.log(10) <= many.kl.upper
    assert many.win_rate == pytest.approx(0.95, abs=1e-15)
    rare = best_of_n([1 - 1e-9, 1e-9], n)
    assert rare.policy[1] == pytest.approx(-math.expm1(max(-n * 1e-9, -50)) if n < 10**300 else 1, rel=1e-9)


def test_what_is_refused() -> None:
    for call, message in (
        (lambda: best_of_n([0.5, 0.6], 2), "sums to 1.1"),
        (lambda: best_of_n([Fraction(1, 3)] * 2, 2), "add to exactly 1"),
        (lambda: best_of_n([0.5, 0.5], 0), "n=0"),
        (lambda: best_of_n([0.5, 0.5], 2, [1, math.nan]), "nan"),
        (lambda: best_of_n([0.5, 0.5], 2, [1]), "1 entries"),
        (lambda: best_of_n([], 2), "empty"),
    ):
        with pytest.raises(InputError, match=message):
            call()
