"""Gromov-Wasserstein of two embeddings of 500 tokens, beside POT alone in one run. Not part of the default run.

    pytest tests/benchmarks/test_transport_speed.py --benchmark-columns=min,median,rounds

Nothing is asserted about time: read the table. Ours brackets the minimum from several starts; POT's row is one local solve, an upper end alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from semtheory.measures import gromov_wasserstein, info_nce

ot = pytest.importorskip("ot", reason="pip install 'semtheory[embedding]'")
Benchmark = Any
TOKENS = 500


def embeddings() -> tuple[Any, Any]:
    chance = np.random.default_rng(0)
    return chance.normal(size=(TOKENS, 8)), chance.normal(size=(TOKENS, 16))


def test_bracket(benchmark: Benchmark) -> None:
    found = benchmark.pedantic(gromov_wasserstein, embeddings(), rounds=3)
    assert 0 < found.lower < found.upper


def test_turned_copy(benchmark: Benchmark) -> None:
    x, chance = embeddings()[0], np.random.default_rng(1)
    turned = (x @ np.linalg.qr(chance.normal(size=(8, 8)))[0])[chance.permutation(TOKENS)]
    assert benchmark.pedantic(gromov_wasserstein, (x, turned), rounds=3) < 1e-15


def test_pot_alone(benchmark: Benchmark) -> None:
    a, b = (np.linalg.norm(z[:, None] - z, axis=-1) for z in embeddings())
    p = np.full(TOKENS, 1 / TOKENS)
    assert benchmark.pedantic(ot.gromov.gromov_wasserstein2, (a, b, p, p, "square_loss"), rounds=3) > 0


def test_info_nce_of_a_million_letters(benchmark: Benchmark) -> None:
    assert benchmark(info_nce, 10**6, 128) == pytest.approx(4.8519422, abs=5e-8)
