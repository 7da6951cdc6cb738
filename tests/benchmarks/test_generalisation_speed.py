"""Exact Rademacher complexity of 20 points, on one core, beside the plain product with all 2^20 sign vectors. Not part of the default run.

pytest tests/benchmarks/test_generalisation_speed.py --benchmark-columns=min,median,rounds
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from semtheory.bounds import rademacher

POINTS = 20
SIZES = (10, 100)


def members(size: int) -> Any:
    return np.random.default_rng(size).normal(size=(size, POINTS))


def plain(rows: Any) -> float:
    """All sign vectors at once, 2^15 at a time for the memory."""
    total = 0.0
    for start in range(0, 1 << POINTS, 1 << 15):
        codes = np.arange(start, start + (1 << 15))
        signs = np.where((codes[:, None] >> np.arange(POINTS)) & 1, -1.0, 1.0)
        total += float((signs @ rows.T).max(axis=1).sum())
    return total / (1 << POINTS) / POINTS


@pytest.mark.parametrize("size", SIZES)
def test_ours(benchmark: Any, size: int) -> None:
    rows = members(size)
    assert benchmark(rademacher, rows) == pytest.approx(plain(rows), abs=1e-12)


@pytest.mark.parametrize("size", SIZES)
def test_plain_product(benchmark: Any, size: int) -> None:
    benchmark.pedantic(plain, (members(size),), rounds=3)
