"""Ville's inequality: the flow may dip below -a with probability at most e^{-a}, at any time of any horizon.

Given s, M_t = e^{-i_t} is a non-negative supermartingale under p, so P(min over t <= T of i_t <= -a | s) <= e^{-a}, a >= 0, for every T.

*Why.* E[M_t/M_{t-1} | past] = sum over {p > 0} of q <= 1 (and = 1 iff q << p: then M is a martingale). Stop M when it first reaches
e^a: with c = 1 while running and 0 once stopped, the stopped process still never rises in mean, so its mean at T is at most M_0 = 1.
Where it was stopped it is at least e^a, and it is never negative: e^a P(stopped) <= 1 (Markov). Letting T grow gives the infimum.

*The constant is best:* with one token, p(u) = e^{-a} q(u) on an event of q-probability near 1, the bound is nearly met. With fair coins
for p and a q that is sure of one sequence, M doubles or ends at 0, and the bound is met at a = k log 2, k <= T. SF3.exact enumerates
all paths of small models in fractions: e^{-i_t} = q(u^t)/p(u^t|s) is rational, and so is every tail.

*False:* e^{-2a}. Two mirrored prompts with p(u|s) = e^{-1}/2 on the wrong token, q uniform, a = 1: .184 > .135. Ville 1939.
"""

import itertools
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any, TypeAlias

import sympy

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Sign, Termwise
from semtheory.logic.expectation import Expectation
from semtheory.logic.tested import Tested

p, q, c, M, h, A, U, mean, mass = sympy.symbols("p q c M h A U mean mass")
exp = sympy.exp


def ratio(text: str, side: int) -> Termwise:
    return Termwise(text, side * (mean - mass), sums={"mean": p * (q / p), "mass": q}, point=["p", "q"], facts=[p > 0])


SF3 = Theorem(
    "SF3",
    title="Ville: P(inf i_t <= -a | s) <= e^{-a}, every horizon",
    depends=["SF2"],
    steps=[
        Step(ratio("E[q/p] >= the mass of q where p > 0", 1), "token by token"),
        Step(ratio("E[q/p] <= the mass of q where p > 0: it is 1 iff q << p", -1), "token by token"),
        Step(
            Expectation(
                "stopping: E[c M q/p + (1 - c) M | past] <= M, c = 1 while running, 0 once stopped",
                M - c * M * q / p - (1 - c) * M,
                laws={"p": "U", "q": "U"},
                facts=[M >= 0, c >= 0, 1 - c >= 0],
                elementary=True,
                latex=r"\mathbb{E}[M^\tau_t \mid \text{past}] \le M^\tau_{t-1}",
            ),
            "so the mean of the stopped process at T is at most 1, by induction over t",
        ),
    ],
    claims=[
        Expectation(
            "supermartingale: E[q/p] <= 1 for u ~ p, any q",
            1 - q / p,
            laws={"p": "U", "q": "U"},
            elementary=True,
            latex=r"\mathbb{E}[e^{-(i_t - i_{t-1})} \mid s, u^{t-1}] \le 1",
        ),
        Expectation(
            "P(reached A) = E h <= 1/A for M >= 0 of mean U <= 1 with M >= A where A = e^a was reached (h = 1)",
            1 / A - h,
            laws={"p": "X"},
            point=["h", "M"],
            means={"U": M},
            facts=[A > 0, M - h * A >= 0, 1 - U >= 0],
            latex=r"P(\inf_t i_t \le -a \mid s) \le e^{-a}",
        ),
    ],
    variants=[
        Variant(
            Sign("e^{-2a} >= P for two mirrored prompts, a = 1, P = e^{-1}/2: .135 >= .184", exp(-2) - exp(-1) / 2),
            why="2a in Ville: .184 > .135",
        ),
        Variant(
            Expectation(
                "E[q/p] <= 1 for tokens drawn from q",
                1 - q / p,
                laws={"q": "U", "p": "U"},
                true=("q",),
                latex=r"\mathbb{E}_q[q/p] \le 1",
            ),
            why="tokens of another law than the numerator: no supermartingale",
        ),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Ville 1939; Howard et al. 2020",
        paper="concentration of the semantic information flow",
        differences="finite horizons by induction, then the limit; the constant 1 in the exponent",
    ),
)

# Weights of the prompts, of the 2^T sequences of bits for each prompt, and of the sequences under q; None: q is the mixture.
Case: TypeAlias = tuple[list[int], list[list[int]], list[int] | None]
Law: TypeAlias = dict[tuple[int, ...], Fraction]


def law(weights: list[int]) -> Law:
    """A law of T bits, its sequences in lexicographic order."""
    bits = itertools.product((0, 1), repeat=len(weights).bit_length() - 1)
    return {u: Fraction(w, sum(weights)) for u, w in zip(bits, weights, strict=True)}


def chance(of: Law, prefix: tuple[int, ...]) -> Fraction:
    return sum((mass for u, mass in of.items() if u[: len(prefix)] == prefix), Fraction(0))


def laws(case: Case) -> tuple[list[Fraction], list[Law], Law]:
    """The prompts, p for each of them, and q."""
    prior, rows, reference = case
    prompts, model = [Fraction(w, sum(prior)) for w in prior], [law(row) for row in rows]
    if reference is not None:
        return prompts, model, law(reference)
    return prompts, model, {u: sum((w * p[u] for w, p in zip(prompts, model, strict=True)), Fraction(0)) for u in model[0]}


def highest(p: Law, q: Law) -> list[tuple[Fraction, Fraction]]:
    """(probability, max over t of e^{-i_t}) of every path that p can take."""
    return [
        (mass, max(chance(q, u[:t]) / chance(p, u[:t]) for t in range(len(u) + 1))) for u, mass in p.items() if mass
    ]


def tail(paths: list[tuple[Fraction, Fraction]], level: Fraction) -> Fraction:
    return sum((mass for mass, top in paths if top >= level), Fraction(0))


def within(factor: Fraction, power: int = 1) -> Callable[[Case], str | None]:
    """P(max e^{-i_t} >= A | s) <= factor A^{-power} at every level A that a path reaches, in fractions."""

    def check(case: Case) -> str | None:
        _, model, q = laws(case)
        for s, p in enumerate(model):
            paths = highest(p, q)
            for level in {top for _, top in paths}:
                if tail(paths, level) > factor / level**power:
                    bound = f"{float(factor / level**power):.6g}"
                    return f"prompt {s}: P(inf i_t <= -log {level}) = {tail(paths, level)}, bound {bound}"
        return None

    return check


def package_tail(case: Case) -> str | None:
    """The package's tail of the worst prompt, and its bound e^{-a}, between the levels that paths reach."""
    import numpy as np

    from semtheory.measures import semantic_flow

    prompts, model, q = laws(case)
    shape = (2,) * (len(case[1][0]).bit_length() - 1)
    table = np.array([[float(mass) for mass in p.values()] for p in model]).reshape(-1, *shape)
    blind = None if case[2] is None else np.array([float(mass) for mass in q.values()]).reshape(shape)
    flow = semantic_flow([float(w) for w in prompts], table, reference=blind)
    every = [highest(p, q) for p in model]
    levels = sorted({top for paths in every for _, top in paths})
    for low, high in itertools.pairwise([Fraction(1), *levels[1:], 2 * levels[-1]]):
        if high - low < Fraction(1, 10**6):
            continue
        a = math.log((low + high) / 2)
        found, wanted = flow.ville(a), max(float(tail(paths, high)) for paths in every)
        if abs(found.probability - wanted) > 1e-12 or abs(found.bound - 2 / (low + high)) > 1e-12:
            return f"a = {a:.6g}: P = {found.probability!r}, bound {found.bound!r}; by paths {wanted!r}, {2 / (low + high)}"
    return None


def attained(case: tuple[Case, Fraction]) -> str | None:
    """P A >= share for prompt 0, at the highest level and, for a share of 1, at every one."""
    (_, model, q), share = laws(case[0]), case[1]
    paths = highest(model[0], q)
    levels = sorted({top for _, top in paths})
    for level in levels if share == 1 else levels[-1:]:
        if not share <= level * tail(paths, level) <= 1:
            return f"P(inf i_t <= -log {level}) = {tail(paths, level)}, times {level} not in [{share}, 1]"
    return None


MIRRORED: Case = ([1, 1], [[4, 1], [1, 4]], None)
DOUBLING: Case = ([1], [[1] * 8], [1] + [0] * 7)
RARE: Case = ([1, 999], [[1, 9], [1, 0]], None)  # a rare prompt that says 0 with chance 1/10; all others say 0
PREFIXED: Case = ([1, 2, 3], [[1, 2, 0, 3, 4, 1, 1, 1], [2, 2, 1, 1, 0, 5, 1, 1], [1, 1, 1, 1, 3, 1, 2, 0]], None)


def draw() -> Any:
    from hypothesis import strategies as st

    def sequences(low: int) -> Any:
        return st.lists(st.integers(low, 5), min_size=8, max_size=8).filter(any)

    return st.integers(1, 3).flatmap(
        lambda k: st.tuples(
            st.lists(st.integers(1, 4), min_size=k, max_size=k),
            st.lists(sequences(0), min_size=k, max_size=k),
            st.none() | sequences(1),
        )
    )


SF3_EXACT = Theorem(
    "SF3.exact",
    title="Ville's constants, by exact enumeration of all paths",
    target="tested",
    depends=["SF3"],
    claims=[
        Tested(
            "P(inf i_t <= -a | s) <= e^{-a} at every a that a path reaches, in fractions: up to 3 prompts, 3 bits, q the mixture or another law",
            r"P(\inf_t i_t \le -a \mid s) \le e^{-a}",
            within(Fraction(1)),
            draw,
            [MIRRORED, DOUBLING, RARE, PREFIXED],
        ),
        Tested(
            "the package's tail of the worst prompt is the one by paths, and its bound e^{-a}, to 1e-12",
            r"P(\inf_t i_t \le -a \mid s)",
            package_tail,
            draw,
            [MIRRORED, DOUBLING, RARE, PREFIXED],
        ),
        Tested(
            "the bound is met: fair coins, q sure of one sequence, at a = 0, log 2, log 4, log 8; and to .9991 with q a mixture",
            r"P(\inf_t i_t \le -k \log 2) = 2^{-k}",
            attained,
            instances=[(DOUBLING, Fraction(1)), (RARE, Fraction(9991, 10000))],
        ),
    ],
    variants=[
        Variant(
            Tested("e^{-2a}", r"e^{-2a}", within(Fraction(1), 2), draw, [MIRRORED]),
            why="two mirrored prompts, 1/5 for the wrong token: e^{-a} = 2/5, P = 1/5 > 4/25",
        ),
        Variant(
            Tested(".99 e^{-a}", r"0.99\, e^{-a}", within(Fraction(99, 100)), instances=[DOUBLING]),
            why="fair coins against a law that is sure meet e^{-a}",
        ),
    ],
    fidelity=SF3.fidelity,
)
