"""GROUND_TRUTH E through the public API; each bound on small problems, counted or simulated, and a smaller constant refuted by the same test."""

from __future__ import annotations

import itertools
import math
import time
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semtheory import bounds
from semtheory.errors import InputError

FEW = settings(max_examples=25, deadline=None, derandomize=True, database=None)


def labellings(points: np.ndarray) -> int:
    """How many labellings a hyperplane through the origin realises, one linear programme each."""
    signs = itertools.product((1, -1), repeat=len(points) - 1)
    return 2 * sum(bounds.separable(points * np.array((1, *rest))[:, None]) for rest in signs)


def test_cover() -> None:
    assert (bounds.cover_count(7, 3), bounds.cover_count(6, 3)) == (44, 32)
    assert [bounds.separable_fraction(2 * d, d) for d in (1, 5, 50)] == [Fraction(1, 2)] * 3
    assert bounds.cover_count(3, 10) == 8
    rng = np.random.default_rng(0)
    for points, dimension in [(1, 1), (3, 1), (3, 2), (5, 2), (6, 3), (7, 3), (5, 4)]:
        assert labellings(rng.normal(size=(points, dimension))) == bounds.cover_count(points, dimension)
    assert labellings(rng.normal(size=(6, 3))) > bounds.cover_count(6, 2)  # a smaller count is refuted


@FEW
@given(st.integers(1, 60), st.integers(1, 60))
def test_cover_recursion(points: int, dimension: int) -> None:
    smaller = bounds.cover_count(points, dimension - 1) if dimension > 1 else 0
    assert bounds.cover_count(points + 1, dimension) == bounds.cover_count(points, dimension) + smaller


def test_gardner_and_krauth_mezard() -> None:
    table = {0: 2, 0.1: 1.7096315, 0.5: 0.9612051, 1: 0.5195722, 2: 0.2002310, -0.5: 4.7701}
    for kappa, value in table.items():
        found = bounds.gardner_capacity(kappa)
        assert float(found) == pytest.approx(value, abs=5e-5 if kappa < 0 else 5e-8)
        assert ("only an upper bound" in found.why) == (kappa < 0)
    assert np.all(np.diff(bounds.gardner_capacity(np.linspace(-5, 5, 500))) < 0)
    assert float(bounds.krauth_mezard_capacity()) == pytest.approx(0.833079, abs=1e-6)
    kappas = np.linspace(-1, 5, 10**5)
    bounds.gardner_capacity(kappas)
    times = []
    for _ in range(3):
        start = time.perf_counter()
        bounds.gardner_capacity(kappas)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.1
    for kappa in (-10.0, -20.0):
        assert bounds.gardner_upper_bound(kappa).upper < bounds.gardner_capacity(kappa).lower
    with pytest.raises(InputError, match="kappa=0"):
        bounds.gardner_upper_bound(0.0)


def test_gardner_margin_at_finite_size() -> None:
    """The margin of P = N random patterns is near the kappa at which the capacity is 1 (0.4697), and solves its problem."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=(120, 120))
    margin = bounds.gardner_margin(x)
    assert float(bounds.gardner_capacity(margin)) == pytest.approx(1, abs=0.15)
    assert bounds.gardner_margin(np.vstack([x, -x[:1]])) == -math.inf
    assert bounds.gardner_margin([[3.0, 4.0]]) == pytest.approx(5)
    for size in (1.0, 1e-10, 1e-300, 1e200):
        assert bounds.gardner_margin([[size, 0.0], [0.0, size]]) == pytest.approx(size * math.sqrt(0.5))
        assert bounds.separable([[size, 0.0], [0.0, size]])
    assert bounds.gardner_margin([[1.0, 0.0], [-1.0, 1e-6]]) == pytest.approx(5e-7)
    assert bounds.gardner_margin([[1.0, 0.0], [-1.0, 0.0]]) == bounds.gardner_margin([[0.0, 0.0]]) == -math.inf
    assert not bounds.separable([[0.0, 0.0], [1.0, 1.0]])


def test_hopfield() -> None:
    found = bounds.hopfield_capacity(1000)
    assert float(found) == pytest.approx(0.1379056, abs=1e-7)
    assert found.with_errors.width < 1e-11
    assert float(found.overlap) == pytest.approx(0.967, abs=5e-4)
    assert float(found.wrong_bits) == pytest.approx(0.0163, abs=5e-5)
    assert [round(float(v)) for v in (found.one_without_error, found.all_without_error)] == [72, 36]  # type: ignore[arg-type]
    grid = np.linspace(0.1, 6, 20000)
    from semtheory.bounds.hopfield_memories import LOAD_AT

    assert LOAD_AT(grid).max() <= found.with_errors.upper
    assert bounds.hopfield_one_step_error(1, 50) == 0
    assert bounds.hopfield_one_step_error(4, 2) == Fraction(1, 8)  # three signs, all against
    with pytest.raises(InputError, match="neurons=2"):
        bounds.hopfield_capacity(2)
    with pytest.raises(InputError, match="at most 100000"):
        bounds.hopfield_one_step_error(1000, 1000)


def test_dense_memories() -> None:
    for rho, value in ((0, 0.3465736), (0.1, 0.1840321), (0.25, 0.0654060)):
        assert float(bounds.dense_memory_rate(rho)) == pytest.approx(value, abs=5e-8)
    assert float(bounds.dense_memory_rate(0, unit="bits")) == pytest.approx(0.5)
    assert float(bounds.dense_memory_patterns(100, 3)) == pytest.approx(100**2 / (2 * 3 * math.log(100)))
    assert float(bounds.dense_memory_patterns(100, 4)) == pytest.approx(100**3 / (2 * 15 * math.log(100)))
    for bad in (0.5, -0.1, math.nan):
        with pytest.raises(InputError, match="rho="):
            bounds.dense_memory_rate(bad)
    with pytest.raises(InputError, match="degree=1"):
        bounds.simulate_memory(10, 2, degree=1)


def test_ramsauer() -> None:
    first, second = (
        bounds.ramsauer_capacity(20, beta=1, K=3, failure="1/1000"),
        bounds.ramsauer_capacity(75, beta=1, K=1),
    )
    assert float(first.c) == pytest.approx(3.1546, abs=5e-5)
    assert float(first) == pytest.approx(7.41, abs=5e-3)
    assert math.floor(float(second.c) * 1e4) / 1e4 == 1.3718
    assert float(second) == pytest.approx(10.97, abs=5e-3)
    for bad, message in (
        ({"dimension": 1}, "d=1"),
        ({"dimension": 9, "beta": 0}, "beta=0"),
        ({"dimension": 9, "failure": 1}, "p=1"),
    ):
        with pytest.raises(InputError, match=message):
            bounds.ramsauer_capacity(**bad)


@FEW
@given(st.integers(0, 10**6), st.integers(2, 8), st.integers(2, 30), st.floats(0.2, 4), st.floats(0, 1))
def test_one_attention_step_stays_within_the_bound(
    seed: int, patterns: int, dimension: int, beta: float, share: float
) -> None:
    from semtheory.bounds.attention_memories import RETRIEVAL_ERROR

    rng = np.random.default_rng(seed)
    x = rng.normal(size=(patterns, dimension))
    found = bounds.separation(x, beta)
    r = share * found.radius
    push = rng.normal(size=dimension)
    after = bounds.attention_step(x + r * push / np.linalg.norm(push), x, beta)
    error = np.linalg.norm(after - x, axis=1)
    limit = RETRIEVAL_ERROR(beta, patterns, found.largest, found.deltas, r)
    assert np.all(error <= limit + 1e-12)
    for i in np.flatnonzero(found.kept):  # a fixed point within the radius
        state = x[i]
        for _ in range(200):
            state = bounds.attention_step(state, x, beta)
        assert np.linalg.norm(state - x[i]) <= found.radius + 1e-12


def test_half_the_attention_bound_fails() -> None:
    x = np.array([[2.0], [-2.0]])
    found = bounds.separation(x, 1.0)
    error = abs(float(bounds.attention_step(x[0], x, 1.0)[0]) - 2.0)
    assert error <= 4 * math.exp(-found.deltas[0])
    assert error > 2 * math.exp(-found.deltas[0])


def test_exponential_capacities() -> None:
    for lam, value in ((0.5, 0.3870064), (1, 0.6225719), (2, 0.9087540)):
        assert float(bounds.spherical_memory_capacity(lam)) == pytest.approx(value, abs=5e-8)
        q = (math.sqrt(1 + 4 * lam**2) - 1) / (2 * lam)
        assert float(bounds.spherical_memory_capacity(lam)) == pytest.approx(lam * (1 - q) - math.log(1 - q**2) / 2)
    assert bounds.gaussian_memory_capacity([0.5, 1, 3]) == pytest.approx([0.375, 0.5, 0.5])
    assert bounds.gaussian_memory_capacity([0.5, 1, 3], every=True) == pytest.approx(
        [0.1527426, 1 / (2 * math.e), 1 / (2 * math.e)], abs=5e-8
    )
    assert bounds.kept_fraction(24, 0.2, 0.5) == 1  # below .387
    assert bounds.kept_fraction(24, 0.47, 0.5) < 0.2  # above
    with pytest.raises(InputError, match="lam=-1"):
        bounds.spherical_memory_capacity(-1)
    with pytest.raises(InputError, match="patterns, expected 1 to 2 million"):
        bounds.kept_fraction(100, 1.0, 1.0)
