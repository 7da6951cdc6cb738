"""Hopfield's network and the dense memories: what one step gets wrong, exactly, and how many patterns that allows.

Patterns of fair +-1 signs, N neurons, P patterns. In a stored pattern a given bit is turned by the first step exactly when (P-1)(N-1) independent fair signs add up to
more than N-1 against it: about Q(sqrt(N/P)). With interactions of degree k the load is of order N^{k-1}; with e^x it is e^{alpha N} (Demircigil et al. 2017).

*Why.* Bit i feels (N-1) x_i plus the sum over j /= i, mu > 1 of x_mu,i x_mu,j x_j: given pattern 1 these products are fair and independent.

*False:* that 0.138 N patterns are stored: they are stored with 1.6 % wrong bits (overlap .967); without errors N/(2 ln N) for one given pattern and N/(4 ln N) for all
(McEliece et al. 1987), 72 and 36 for N = 1000. *False:* N fair signs in place of (P-1)(N-1).
"""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Any

from semtheory import Fidelity, Theorem, Variant
from semtheory.logic.tested import Tested


def enumerated(case: tuple[int, int]) -> str | None:
    """One step of the network itself, over all patterns; the first pattern may be all ones, by symmetry."""
    import numpy as np

    from semtheory.bounds import hopfield_one_step_error

    patterns, neurons = case
    turned = 0
    others = itertools.product((1, -1), repeat=(patterns - 1) * neurons)
    for signs in others:
        x = np.vstack([np.ones(neurons, dtype=int), np.reshape(signs, (patterns - 1, neurons))])
        weights = x.T @ x
        np.fill_diagonal(weights, 0)
        turned += int(weights[0].sum() < 0)
    share = Fraction(turned, 2 ** ((patterns - 1) * neurons))
    found = hopfield_one_step_error(patterns, neurons)
    return None if found == share else f"tail {found}, enumeration {share}"


def near_gaussian(case: tuple[int, int]) -> str | None:
    """Berry and Esseen: within .4748/sqrt(n) (Shevtsova 2011) of Q(sqrt((N-1)/(P-1))), n fair signs; strict or not is within it too."""
    from semtheory.bounds import hopfield_one_step_error

    patterns, neurons = case
    signs = (patterns - 1) * (neurons - 1)
    normal = math.erfc(math.sqrt((neurons - 1) / (patterns - 1) / 2)) / 2
    gap = abs(float(hopfield_one_step_error(patterns, neurons)) - normal)
    return None if gap <= 0.4748 / math.sqrt(signs) else f"off by {gap:.5f}, allowed {0.4748 / math.sqrt(signs):.5f}"


def draw_sizes() -> Any:
    from hypothesis import strategies as st

    return st.tuples(st.integers(2, 40), st.integers(3, 60))


def loads(case: tuple[int | None, int, int, float, float, float]) -> str | None:
    """A simulated memory of a degree (None: exponential), size, load and corruption ends with a mean overlap in [low, high]."""
    from semtheory.bounds import simulate_memory

    degree, neurons, patterns, corruption, low, high = case
    found = simulate_memory(neurons, patterns, degree=degree, corruption=corruption, steps=8, trials=3, seed=1)
    return (
        None
        if low <= found.overlap <= high
        else f"overlap {found.overlap:.4f} +- {found.error:.4f}, expected {low} to {high}"
    )


def without_errors(case: tuple[int, float]) -> str | None:
    from semtheory.bounds import hopfield_one_step_error, simulate_memory

    neurons, load = case
    patterns = round(load * neurons)
    found = simulate_memory(neurons, patterns, trials=4, seed=2)
    first = float(hopfield_one_step_error(patterns, neurons))
    if found.wrong_bits == 0:
        return None
    return f"{patterns} patterns, N = {neurons}: {100 * found.wrong_bits:.2f} % wrong bits after the dynamics, {100 * first:.3f} % after one step (exact)"


def as_many(neurons: int) -> str | None:
    from semtheory.bounds import hopfield_capacity

    found = hopfield_capacity(neurons)
    assert found.one_without_error is not None
    assert found.all_without_error is not None
    gap = neurons * float(found) - float(found.all_without_error)
    return (
        None
        if gap <= 0
        else f"N = {neurons}: {neurons * float(found):.1f} with {100 * float(found.wrong_bits):.2f} % wrong bits, {float(found.one_without_error):.1f} and {float(found.all_without_error):.1f} without"
    )


def fewer_signs(case: tuple[int, int]) -> str | None:
    """The tail of P-1 fair signs in place of (P-1)(N-1): no error could occur for P <= N."""
    from semtheory.bounds import hopfield_one_step_error

    found = hopfield_one_step_error(*case)
    return None if found == 0 else f"one-step error {found} > 0"


MC3 = Theorem(
    "MC3",
    title="Hopfield and dense memories: exact one-step error; loads N^{k-1}, e^{alpha N}; 0.138 N only with errors",
    target="tested",
    claims=[
        Tested("one-step error = tail of (P-1)(N-1) fair signs against N-1, all patterns enumerated", r"P(\text{bit turns}) = P\left(\textstyle\sum_{(P-1)(N-1)} \pm 1 > N-1\right)", enumerated, instances=[(2, 3), (2, 7), (3, 3), (3, 5), (4, 4), (5, 3)]),
        Tested("and within Berry-Esseen's distance of Q(sqrt((N-1)/(P-1)))", r"P(\text{bit turns}) \approx Q(\sqrt{N/P})", near_gaussian, draw=draw_sizes, examples=40),
        Tested(
            "simulated loads: degree 2 below and above 0.138 N, degree 3 at N^2/18 and N^2; 600 = e^{.32 N} patterns at N = 20 destroy degree 4, not the exponential",
            r"P \sim 0.138 N,\ N^{k-1},\ e^{\alpha N}", loads,
            instances=[
                (2, 600, 60, 0.0, 0.97, 1), (2, 600, 150, 0.0, -1, 0.75), (2, 600, 60, 0.1, 0.97, 1),
                (3, 60, 200, 0.0, 0.97, 1), (3, 40, 1600, 0.0, -1, 0.75),
                (4, 20, 600, 0.0, -1, 0.75), (None, 20, 600, 0.0, 0.97, 1),
                (None, 40, 1500, 0.1, 0.97, 1), (None, 16, 3000, 0.25, -1, 0.9),
            ],
        ),
    ],
    variants=[
        Variant(Tested("69 of 500: 0.138 N patterns are stored without error", r"P = 0.138 N \text{ without errors}", without_errors, instances=[(500, 0.138)]), why="wrong bits remain: about 1.6 % as N grows (GROUND_TRUTH 0.16)"),
        Variant(Tested("error-free recall allows as many patterns", r"0.138 N \le N/(4\ln N)", as_many, instances=[1000]), why="138 against 72 and 36 at N = 1000"),
        Variant(Tested("P - 1 patterns can turn no bit as long as P <= N", r"P \le N \Rightarrow P(\text{bit turns}) = 0", fewer_signs, instances=[(5, 11)]), why="each pattern brings N - 1 signs, not one"),
        Variant(Tested("degree 4 holds what the exponential holds: 600 patterns at N = 20", r"k = 4", loads, instances=[(4, 20, 600, 0.0, 0.97, 1)]), why="its load is of order N^3/(30 ln N), which is 89 there"),
        Variant(Tested("degree 3 holds no more than degree 2: 200 patterns at N = 60 destroy it", r"k = 3", loads, instances=[(3, 60, 200, 0.0, -1, 0.75)]), why="the load is of order N^2 there"),
    ],
    fidelity=Fidelity("correction", source="Amit, Gutfreund and Sompolinsky 1985; McEliece et al. 1987; Krotov and Hopfield 2016; Demircigil et al. 2017", paper="associative memory as a model of what attention stores", differences="0.138 N is a capacity with errors; loads of the dense memories are simulated at finite size"),
)  # fmt: skip
