"""Occam's bound: a model that can be written in few bits generalises, and pays for nothing but its bits.

A prefix code gives predictor theta b(theta) bits, fixed before n iid examples are seen; losses in [0, B] (B = log V + Lambda for softmax models, GE1). With probability >= 1 - delta,
for all theta at once:  risk - empirical risk <= B sqrt((b(theta) ln 2 + ln(1/delta))/(2n)).

*Why.* Each theta fails with probability at most exp(-2 n x^2/B^2) = delta 2^{-b(theta)} (Hoeffding, GE2 with differences B/n); the sum over theta is at most delta sum 2^{-b} <= delta by Kraft's
inequality. Kraft: the codewords that start with 0, and those that start with 1, are prefix codes one bit shorter, so K = (K_0 + K_1)/2 <= 1 by induction; a code with the empty word
has no other.

*How tight:* with one predictor the bound is Hoeffding's; at n = 1, delta = .6 it allows .505 where .4 occurs. Trained models: GE5b.
*False:* without b(theta): 2^8 memorisers. *False:* with 4 for 2; lengths of Kraft sum 2.
Blumer, Ehrenfeucht, Haussler and Warmuth 1987; Langford 2005; for language models Lotfi et al. 2024.
"""

import math
from collections.abc import Callable
from typing import Any

import sympy

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Identity, Sign, Termwise
from semtheory.logic.tested import Tested

B, n, x, y, k, K, P, f, delta, K0, K1, b = sympy.symbols("B n x y k K P f delta K0 K1 b")
exp, log = sympy.exp, sympy.log
Case = tuple[list[int], list[list[int]], list[int], int]


def kraft(lengths: list[int]) -> list[int]:
    """The lengths, each one bit longer until their Kraft sum is at most 1: then a prefix code with them exists."""
    while sum(2.0**-length for length in lengths) > 1:
        lengths = [length + 1 for length in lengths]
    return lengths


def failures_with(*, code: bool = True, factor: float = 2, fit: bool = True) -> Callable[[Case], str | None]:
    """The exact probability that some predictor breaks the bound is at most delta.

    Without `code` every length counts as 0; `factor` stands before n; without `fit` the lengths are taken as they are.
    """

    def check(case: Case) -> str | None:
        import numpy as np

        from semtheory.bounds import failure_probability, occam

        law, losses, n = np.array(case[0]) / sum(case[0]), np.array(case[1], dtype=float), case[3]
        lengths = np.array(kraft(case[2]) if fit else case[2], dtype=float)
        span = max(float(losses.max()), 1.0)
        for delta in (0.01, 0.1, 0.3, 0.6):
            bound = np.asarray(occam(lengths if code else 0 * lengths, n, delta, span)) * math.sqrt(2 / factor)
            found = failure_probability(law, losses, n, bound)
            if not found <= delta:
                return f"at delta = {delta} it fails with probability {found:.6g}"
        return None

    return check


def draw() -> Any:
    from hypothesis import strategies as st

    def problems(shape: tuple[int, int]) -> Any:
        points, size = shape
        return st.tuples(
            st.lists(st.integers(1, 5), min_size=points, max_size=points),
            st.lists(st.lists(st.integers(0, 3), min_size=points, max_size=points), min_size=size, max_size=size),
            st.lists(st.integers(0, 6), min_size=size, max_size=size),
            st.integers(1, 12),
        )

    return st.tuples(st.integers(1, 4), st.integers(1, 8)).flatmap(problems)


def memorisers(points: int, n: int, bits: int) -> Case:
    """Every 0/1 loss on so many equally likely points, each with a codeword of so many bits."""
    tables = [[(code >> j) & 1 for j in range(points)] for code in range(2**points)]
    return [1] * points, tables, [bits] * len(tables), n


def named(case: Case) -> str:
    return f"{len(case[1])} predictors on {len(case[0])} equally likely points, {case[2][0]} bits each, n = {case[3]}"


COIN: Case = ([1, 1], [[0, 1]], [0], 1)
LUCKY: Case = ([31, 19], [[0, 1]], [0], 1)

GE7 = Theorem(
    "GE7",
    title="Occam: gap <= (log V + Lambda) sqrt((b ln 2 + ln(1/delta))/(2n)) for all predictors at once",
    depends=["GE1", "GE2"],
    steps=[
        Step(
            Identity(
                "-2 n (B y)^2/B^2 = -(b log 2 + log(1/delta)) when y^2 = (b log 2 + log(1/delta))/(2n): each fails with probability <= delta 2^{-b}",
                exp(-2 * n * B**2 * ((b * log(2) - log(delta)) / (2 * n)) / B**2),
                delta * exp(-b * log(2)),
                facts=[n > 0, B > 0, delta > 0],
            ),
            "Hoeffding",
        ),
        Step(
            Sign(
                "Kraft, one step: K = (K0 + K1)/2 <= 1",
                1 - (K0 + K1) / 2,
                facts=[1 - K0 >= 0, 1 - K1 >= 0],
            ),
            "the words that start with 0 and with 1; the empty word alone has K = 1",
        ),
    ],
    claims=[
        Termwise(
            "P(some theta fails) <= sum of the f <= delta sum 2^{-b}, k = 2^{-b}",
            delta * K - P,
            sums={"K": k, "P": f},
            point=["k", "f"],
            facts=[delta > 0, delta * k - f >= 0],
            shown=delta * k - f,
            latex=r"P(\exists\theta) \le \delta \sum 2^{-b(\theta)}",
        ),
        Sign(
            "and that is <= delta, by Kraft's inequality K <= 1",
            delta - P,
            facts=[delta > 0, delta * K - P >= 0, 1 - K >= 0],
            shown=sympy.Add(delta * K - P, delta * (1 - K), evaluate=False),
            latex=r"P(\exists\theta) \le \delta",
        ),
    ],
    variants=[
        Variant(
            Tested(
                "Occam's bound without b(theta)",
                r"B\sqrt{\ln(1/\delta)/2n}",
                failures_with(code=False),
                draw=draw,
                instances=[memorisers(8, 4, 8)],
                show=named,
            ),
            why="2^8 predictors memorise eight points from four: at delta = .1 it fails with probability .59",
        ),
        Variant(
            Sign(
                "the sum of 2^{-b} may be 2: P <= delta from P <= delta K, K <= 2",
                delta - P,
                facts=[delta > 0, 1 - delta > 0, delta * K - P >= 0, 2 - K >= 0],
            ),
            why="no prefix code has such lengths",
        ),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Blumer, Ehrenfeucht, Haussler and Warmuth 1987; Langford 2005",
        paper="generalisation of a model that compresses",
        differences="B = log V + Lambda for softmax models with bounded logits",
    ),
)

GE7_EXACT = Theorem(
    "GE7.exact",
    title="Occam: exact probability of failure on finite sources",
    target="tested",
    depends=["GE7"],
    claims=[
        Tested(
            "the bound fails with probability at most delta, all samples enumerated",
            r"P(\exists\theta: L - \hat L > \text{bound}) \le \delta",
            failures_with(),
            draw=draw,
            instances=[COIN, memorisers(3, 2, 3), memorisers(6, 4, 6)],
            show=named,
        ),
    ],
    variants=[
        Variant(
            Tested(
                "4 for 2 before n",
                r"B\sqrt{(b\ln2 + \ln(1/\delta))/4n}",
                failures_with(factor=4),
                instances=[LUCKY],
                show=named,
            ),
            why="one predictor, n = 1, no loss with probability .62: off by .38, where .357 is allowed at delta = .6",
        ),
    ],
    fidelity=GE7.fidelity,
)
