"""Speed on one core, certificates included. Not part of the default run: `pytest tests/benchmarks`."""

import subprocess
import sys
import time
from itertools import combinations

import pytest

import semtheory


def seconds(*command, rounds=5):
    """The least wall time of a command."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return min(times)


def test_help_takes_under_half_of_importing_sympy():
    shown = seconds(sys.executable, "-m", "semtheory", "--help")
    imported = seconds(sys.executable, "-c", "import sympy")
    print(f"--help {shown:.3f} s, import sympy {imported:.3f} s")  # noqa: T201
    assert shown < imported / 2


def han(n):
    """Han's inequality: (n - 1) H(all) <= sum of H(all but one)."""
    names = [f"X{k}" for k in range(1, n + 1)]
    parts = " + ".join(f"H({','.join(kept)})" for kept in combinations(names, n - 1))
    return f"{n - 1} H({','.join(names)}) <= {parts}", []


def chain(n):
    """End-to-end data processing along a Markov chain of n variables."""
    names = [f"X{k}" for k in range(1, n + 1)]
    return f"I({names[0]};{names[-1]}) <= I({names[0]};{names[1]})", ["->".join(names)]


CASES = {
    "han 10": (*han(10), 0.5),
    "han 12": (*han(12), 5.0),
    "chain 16": (*chain(16), 1.0),
    "chain 30": (*chain(30), 10.0),
    "DI <= MI": ("DI(X^n->Y^n) <= I(X^n;Y^n)", [], 0.2),
}


@pytest.mark.parametrize("name", CASES)
def test_proofs(benchmark, name):
    claim, given, limit = CASES[name]
    semtheory.prove("H(X) >= 0")  # imports are not what is measured
    answer = benchmark.pedantic(lambda: semtheory.prove(claim, given=given), rounds=3)
    assert answer.verdict == "proved"
    assert benchmark.stats.stats.max < limit  # the first round too: nothing is cached for it
