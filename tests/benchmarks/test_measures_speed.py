"""Directed information of a binary Markov source through a BSC, beside dit in one run. Not part of the default run.

    pytest tests/benchmarks/test_measures_speed.py --benchmark-columns=min,median,rounds

Nothing is asserted about time: read the table. dit enumerates 4^T outcomes, so its rows stop at T = 8 here (PEERS: 2.3 to 29 s at 10).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from semtheory.measures import directed_information, feedback_capacity
from semtheory.processes import binary_symmetric_markov, bsc, joint_process, trapdoor

Benchmark = Any


@pytest.mark.parametrize("n", [6, 8, 10, 14, 1000])
def test_directed_information_by_filters(benchmark: Benchmark, n: int) -> None:
    found = benchmark(directed_information, binary_symmetric_markov(0.1), bsc(0.2), n)
    assert found > 0


def test_trapdoor_feedback_capacity(benchmark: Benchmark) -> None:
    assert benchmark(feedback_capacity, trapdoor(), unit="bits") == pytest.approx(0.694242, abs=1e-5)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("n", [6, 8])
def test_directed_information_by_dit(benchmark: Benchmark, n: int) -> None:
    dit = pytest.importorskip("dit", reason="pip install 'semtheory[peers]'", exc_type=ImportError)
    pair = joint_process(binary_symmetric_markov(0.1), bsc(0.2))

    def run() -> float:
        law = pair.stationary()[None, :]
        for _ in range(n):
            law = np.einsum("ws,ksz->wkz", law, pair.kernel).reshape(-1, pair.states)
        joint = law.sum(axis=1).reshape((2, 2) * n)
        peer = dit.Distribution(["".join(map(str, word)) for word in np.ndindex(joint.shape)], joint.ravel().tolist())
        x, y = [list(range(k, 2 * n, 2)) for k in (0, 1)]
        h = dit.shannon.conditional_entropy
        return float(sum(h(peer, [y[t]], y[:t]) - h(peer, [y[t]], y[:t] + x[: t + 1]) for t in range(n)))

    ours = directed_information(binary_symmetric_markov(0.1), bsc(0.2), n, unit="bits")
    assert benchmark.pedantic(run, rounds=1) == pytest.approx(float(ours), abs=1e-9)
