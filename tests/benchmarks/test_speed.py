"""Speed on one core, certificates included, beside psitip where it is installed. Not part of the default run.

    pytest tests/benchmarks --benchmark-columns=min,median,rounds

psitip needs `pip install --no-deps psitip` and `pip install ortools pulp pyomo ipython matplotlib`; without it its rows are
skipped. Nothing is asserted about time: read the table. Han's inequality at 12 and chains of 16 and more take psitip
minutes or all memory, so its rows stop before.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest

import semtheory

Benchmark = Any


def names(count: int) -> list[str]:
    return [f"X{k}" for k in range(1, count + 1)]


def han(count: int) -> tuple[str, list[str]]:
    """Han's inequality: (n - 1) H(all) <= sum of H(all but one)."""
    parts = " + ".join(f"H({','.join(kept)})" for kept in combinations(names(count), count - 1))
    return f"{count - 1} H({','.join(names(count))}) <= {parts}", []


def chain(count: int) -> tuple[str, list[str]]:
    """End-to-end data processing along a Markov chain."""
    middle = count // 2
    return f"I(X1;X{count}) <= I(X{middle};X{middle + 1})", ["->".join(names(count))]


OURS = {
    "han 6": han(6),
    "han 8": han(8),
    "han 10": han(10),
    "han 12": han(12),
    "chain 8": chain(8),
    "chain 12": chain(12),
    "chain 16": chain(16),
    "chain 30": chain(30),
    "DI <= MI, every n": ("DI(X^n->Y^n) <= I(X^n;Y^n)", []),
}
PEER = ["han 6", "han 8", "han 10", "chain 8", "chain 12"]


@pytest.mark.parametrize("name", OURS)
def test_semtheory(benchmark: Benchmark, name: str) -> None:
    benchmark.group = name
    claim, given = OURS[name]
    semtheory.prove("H(X) >= 0")  # imports are not what is measured
    answer = benchmark.pedantic(lambda: semtheory.prove(claim, given=given), rounds=3)
    assert answer.verdict == "proved"
    assert answer.certificate


@pytest.mark.parametrize("name", PEER)
def test_psitip(benchmark: Benchmark, name: str) -> None:
    benchmark.group = name
    question = _psitip(name)
    assert benchmark.pedantic(question, rounds=1)


def _psitip(name: str) -> Callable[[], bool]:
    psitip = pytest.importorskip("psitip", reason="psitip is not installed")
    psitip.PsiOpts.setting(solver="ortools.GLOP")
    kind, count = name.split()
    xs = [psitip.rv(label) for label in names(int(count))]

    def joint(parts: list[Any]) -> Any:
        whole = parts[0]
        for part in parts[1:]:
            whole = whole + part
        return whole

    if kind == "han":
        total = sum((psitip.H(joint(list(kept))) for kept in combinations(xs, len(xs) - 1)), start=psitip.H(xs[0]) * 0)
        return lambda: bool((len(xs) - 1) * psitip.H(joint(xs)) <= total)
    middle = len(xs) // 2
    claim = psitip.I(xs[0] & xs[-1]) <= psitip.I(xs[middle - 1] & xs[middle])
    return lambda: bool(psitip.markov(*xs) >> claim)


@pytest.mark.parametrize("command", [("semtheory --help", ["-m", "semtheory", "--help"]), ("import sympy", ["-c", "import sympy"])], ids=lambda c: c[0])
def test_start(benchmark: Benchmark, command: tuple[str, list[str]]) -> None:
    benchmark.group = "start"
    benchmark.pedantic(lambda: subprocess.run([sys.executable, *command[1]], check=True, capture_output=True), rounds=7)
