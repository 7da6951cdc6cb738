"""Gromov-Wasserstein against enumeration, POT and shapes whose distance is known."""

from __future__ import annotations

import importlib
import itertools
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semtheory.errors import InputError, MissingExtra
from semtheory.measures import gromov_wasserstein, transport

pytest.importorskip("ot", reason="pip install 'semtheory[embedding]'")

clouds = st.tuples(st.integers(0, 10**6), st.integers(1, 5), st.integers(1, 3))


def cloud(seed: int, points: int, width: int) -> Any:
    return np.random.default_rng(seed).normal(size=(points, width))


def by_hand(x: Any, y: Any) -> float:
    a, b = (np.linalg.norm(z[:, None] - z, axis=-1) for z in (x, y))
    n = len(a)
    return min(
        sum((a[i, k] - b[o[i], o[k]]) ** 2 for i in range(n) for k in range(n)) / n**2
        for o in itertools.permutations(range(n))
    )


@settings(max_examples=30, deadline=None)
@given(clouds, st.integers(0, 10**6))
def test_least_over_permutations(first: tuple[int, int, int], seed: int) -> None:
    x, y = cloud(*first), cloud(seed, first[1], 2)
    found = gromov_wasserstein(x, y)
    assert found.method == "exact"
    assert found == pytest.approx(by_hand(x, y), abs=1e-12)
    assert transport.distortion(
        *(np.linalg.norm(z[:, None] - z, axis=-1) for z in (x, y)), found.plan
    ) == pytest.approx(float(found), abs=1e-12)
    assert found.distance == pytest.approx(np.sqrt(float(found)) / 2)


def test_bracket_holds_the_exact_value(monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(6):
        x, y = cloud(seed, 6, 2), cloud(seed + 100, 6, 3)
        exact = gromov_wasserstein(x, y)
        with monkeypatch.context() as patched:
            patched.setattr(transport, "MOST_PERMUTED", 0)
            found = gromov_wasserstein(x, y)
        assert found.lower - 1e-12 <= exact <= found.upper + 1e-12
        assert found.upper == float(found)
    assert found.method == "bracket"
    assert "third lower bound" in found.why


def test_zero_for_a_turned_and_relabelled_copy() -> None:
    x, chance = cloud(1, 60, 4), np.random.default_rng(2)
    turned = (x @ np.linalg.qr(chance.normal(size=(4, 4)))[0] + 7)[chance.permutation(60)]
    found = gromov_wasserstein(x, turned)
    assert (found.method, found.lower) == ("exact", 0.0)
    assert found < 1e-20


def test_bounded_by_the_distortion_of_an_embedding() -> None:
    x = cloud(3, 40, 5)
    y = x[:, :3]  # a projection
    a, b = (np.linalg.norm(z[:, None] - z, axis=-1) for z in (x, y))
    found, e = gromov_wasserstein(x, y), np.abs(a - b).max()
    assert found <= e**2
    assert found <= ((a - b) ** 2).mean() + 1e-12


def test_equidistant_points_are_the_tight_case() -> None:
    simplex = 1 - np.eye(8)
    found = gromov_wasserstein(simplex, 3 * simplex, metric="precomputed")  # e = 2, (1 - 1/8) e^2
    assert found == pytest.approx(3.5, abs=1e-12)
    assert found > 0.8 * 2**2  # so 0.8 e^2 is no bound


def test_unequal_sizes_and_weights() -> None:
    two, one = gromov_wasserstein([[0.0], [1.0]], [[0.0]]), gromov_wasserstein([[0.0], [1.0]], [[0.0]], [0.9, 0.1])
    assert two == pytest.approx(0.5)
    assert one == pytest.approx(0.18)  # 2 * .9 * .1
    assert (two.method, one.method) == ("exact", "exact")
    split = gromov_wasserstein([[0.0], [1.0]], [[0.0], [1.0], [1.0]], [0.5, 0.5], [0.5, 0.2, 0.3])
    assert split < 1e-15  # one point cut in two is the same measured space


def test_agrees_with_pot_from_its_own_start() -> None:
    ot = importlib.import_module("ot")
    x, y = cloud(5, 30, 3), cloud(6, 25, 2)
    a, b = (np.linalg.norm(z[:, None] - z, axis=-1) for z in (x, y))
    p, q = np.full(30, 1 / 30), np.full(25, 1 / 25)
    plan = ot.gromov.gromov_wasserstein(a, b, p, q, "square_loss")
    peer = float(ot.gromov.gromov_wasserstein2(a, b, p, q, "square_loss"))
    assert transport.distortion(a, b, plan) == pytest.approx(peer, rel=1e-6)
    found = gromov_wasserstein(x, y)
    assert found.lower <= found <= peer + 1e-9


def test_lower_bounds_are_optimal_transport_values() -> None:
    ot = importlib.import_module("ot")
    x, y = cloud(7, 9, 2), cloud(8, 7, 2)
    chance = np.random.default_rng(9)
    p, q = chance.dirichlet(np.ones(9)), chance.dirichlet(np.ones(7))
    a, b = (np.linalg.norm(z[:, None] - z, axis=-1) for z in (x, y))
    found = transport.gromov_bounds(x, y, p, q)
    line = ot.emd2_1d(a.ravel(), b.ravel(), np.outer(p, p).ravel(), np.outer(q, q).ravel())
    assert found["second"] == pytest.approx(float(line), abs=1e-9)
    far = ot.emd2_1d(np.sqrt(a**2 @ p), np.sqrt(b**2 @ q), p, q)
    assert found["first"] == pytest.approx(float(far), abs=1e-9)
    local = np.array([[float(ot.emd2_1d(r, s, p, q)) for s in b] for r in a])
    assert found["third"] == pytest.approx(float(ot.emd2(p, q, local)), abs=1e-9)
    even = transport.gromov_bounds(x, y)
    u, v = np.full(9, 1 / 9), np.full(7, 1 / 7)
    local = np.array([[float(ot.emd2_1d(r, s, u, v)) for s in b] for r in a])
    assert even["third"] == pytest.approx(float(ot.emd2(u, v, local)), abs=1e-9)
    assert max(even.values()) == even["third"]


def test_without_pot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ot", None)
    with pytest.raises(MissingExtra, match=r"pip install 'semtheory\[embedding\]'"):
        gromov_wasserstein(cloud(1, 9, 2), cloud(2, 9, 2))
    assert gromov_wasserstein(cloud(1, 4, 2), cloud(2, 4, 2)).method == "exact"  # enumeration needs none


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: gromov_wasserstein([], [[0.0]]), "first"),
        (lambda: gromov_wasserstein([1.0, 2.0], [[0.0]]), "first has shape"),
        (lambda: gromov_wasserstein([[np.nan]], [[0.0]]), "nan"),
        (lambda: gromov_wasserstein([[0.0]], np.zeros((2, 0))), "second is empty"),
        (lambda: gromov_wasserstein([[0.0]], [[0.0]], [0.5]), "first_weights.*sums to 0.5"),
        (lambda: gromov_wasserstein([[0.0]], [[0.0]], None, [0.5, 0.5]), "second_weights has 2 entries: expected 1"),
        (lambda: gromov_wasserstein([[0.0]], [[0.0]], metric="cosine"), "metric='cosine'"),
        (lambda: gromov_wasserstein([[0.0]], [[0.0]], starts=-1), "starts=-1"),
        (lambda: gromov_wasserstein([[0.0, 1.0]], [[0.0]], metric="precomputed"), "square matrix"),
        (lambda: gromov_wasserstein([[0, 1], [2, 0]], [[0.0]], metric="precomputed"), "not symmetric"),
        (lambda: gromov_wasserstein([[0, -1], [-1, 0]], [[0.0]], metric="precomputed"), "cannot be negative"),
        (lambda: gromov_wasserstein([[1.0]], [[0.0]], metric="precomputed"), "on its diagonal"),
    ],
)
def test_bad_input_is_named(call: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()
