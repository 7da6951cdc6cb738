"""Symmetrisation: how far the empirical risk of a whole class can be off, by the class's Rademacher complexity.

n iid examples, losses in [0, B], G = sup_f (risk - empirical risk):
    E G <= 2 Rad_n;   with probability >= 1 - delta, G <= 2 Rad_n + B sqrt(log(1/delta)/(2n)), and G <= 2 (Rad on the sample) + 3 B sqrt(log(2/delta)/(2n)).

*Why.* The risk is the mean loss on a second sample Z', so sup_f is at most its mean over Z' of sup_f sum (l(Z'_i) - l(Z_i))/n. Z_i and Z'_i are exchangeable: any sign may stand
before each difference; and sup(x' - x) <= sup x' + sup(-x), twice the complexity since -sigma is distributed as sigma. Changing one example changes G, and the complexity on the
sample, by at most B/n: McDiarmid (GE2). Two events of delta/2 each give the second form.

*How tight:* 2 is approached: m equally likely points, n = 1, one member for each point with loss 0 there and 1 elsewhere: E G = 1 - 1/m against Rad = 1/2.
*False:* with 1.9 for 2; without the complexity. *Limits:* that exchangeable examples may be exchanged joins the steps.
Mohri, Rostamizadeh and Talwalkar 2018, Theorem 3.3; Bartlett and Mendelson 2002.
"""

from collections.abc import Callable
from typing import Any

import sympy

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Identity, Sign
from semtheory.logic.expectation import Expectation
from semtheory.logic.tested import Tested

M, m, x, x2, a, b, n, B, y, D, G, R, Rhat, eps, l, l2 = sympy.symbols("M m x x2 a b n B y D G R Rhat eps l l2")
Case = tuple[list[int], list[list[int]], int]


def whole(*terms: sympy.Expr) -> sympy.Expr:
    """Their sum, kept apart, so that the sign of each is seen."""
    return sympy.Add(*terms, evaluate=False)


def mean_gap_with(factor: float) -> Callable[[Case], str | None]:
    """E sup (risk - empirical risk) <= factor * expected complexity, all samples and signs enumerated."""

    def check(case: Case) -> str | None:
        import numpy as np

        from semtheory.bounds import expected_rademacher, sample_counts

        law, losses, n = np.array(case[0]) / sum(case[0]), np.array(case[1], dtype=float), case[2]
        counts, chance = sample_counts(law, n)
        gap = float(chance @ (losses @ law - counts @ losses.T / n).max(axis=1))
        bound = factor * expected_rademacher(law, losses, n)
        return None if gap <= bound + 1e-12 else f"E sup = {gap:.9g}, bound {bound:.9g}"

    return check


def failures_with(complexity: float) -> Callable[[Case], str | None]:
    """The exact probability of failure of both uniform bounds is at most delta; `complexity` scales the complexity in them."""

    def check(case: Case) -> str | None:
        import numpy as np

        from semtheory.bounds import expected_rademacher, failure_probability, rademacher, uniform_bound

        law, losses, n = np.array(case[0]) / sum(case[0]), np.array(case[1], dtype=float), case[2]
        span = max(float(losses.max()), 1.0)
        expected = complexity * expected_rademacher(law, losses, n)

        def on_sample(counts: Any) -> Any:
            drawn = [rademacher(losses[:, np.repeat(np.arange(len(law)), row)]) for row in counts]
            return uniform_bound(complexity * np.array(drawn), n, delta, span, empirical=True)[:, None]

        for delta in (0.05, 0.2, 0.6):
            for name, bound in (("expected", float(uniform_bound(expected, n, delta, span))), ("empirical", on_sample)):
                found = failure_probability(law, losses, n, bound)
                if not found <= delta:
                    return f"{name} bound at delta = {delta} fails with probability {found:.6g}"
        return None

    return check


def draw() -> Any:
    from hypothesis import strategies as st

    def problems(size: int) -> Any:
        row = st.lists(st.integers(0, 3), min_size=size, max_size=size)
        return st.tuples(
            st.lists(st.integers(1, 5), min_size=size, max_size=size),
            st.lists(row, min_size=1, max_size=5),
            st.integers(1, 4),
        )

    return st.integers(1, 4).flatmap(problems)


def elsewhere(points: int) -> Case:
    """One draw from so many equally likely points; one member for each, with loss 0 there and 1 elsewhere."""
    return [1] * points, [[int(i != j) for j in range(points)] for i in range(points)], 1


def memorisers(points: int, n: int) -> Case:
    """Every 0/1 loss on so many equally likely points."""
    return [1] * points, [[(code >> j) & 1 for j in range(points)] for code in range(2**points)], n


GE2C = Theorem(
    "GE2c",
    title="Symmetrisation: sup (risk - empirical risk) <= 2 Rad_n + B sqrt(log(1/delta)/(2n))",
    depends=["GE2"],
    steps=[
        Step(
            Sign(
                "sup (x' - x) <= sup x' + sup (-x): for every member, x2 - x <= a + b",
                a + b - (x2 - x),
                facts=[a - x2 >= 0, b + x >= 0],
                shown=whole(a - x2, b + x),
            ),
            "a = sup x', b = sup (-x)",
        ),
        Step(
            Identity(
                "exp(-2 d^2/(n (B/n)^2)) = e^{-2 n y^2} at d = B y: with 2 n y^2 = log(1/delta) it is delta",
                -2 * (B * y) ** 2 / (n * (B / n) ** 2),
                -2 * n * y**2,
                facts=[B > 0, n > 0],
            ),
            "McDiarmid (GE2) with differences B/n",
        ),
    ],
    claims=[
        Expectation(
            "for every f: E over Z' of [M - (x2 - x)] >= 0, M = sup_f (x2 - x): the supremum of a mean is at most the mean of the supremum",
            M - (x2 - x),
            laws={"p": "Z"},
            point=["M", "x2", "x"],
            facts=[M - (x2 - x) >= 0],
            latex=r"\sup_f \mathbb{E}'[\hat L' - \hat L] \le \mathbb{E}' \sup_f [\hat L' - \hat L]",
        ),
        Sign(
            "another example in one place changes sup_f by at most B/n: m + (l2 - l)/n <= M + B/n for the best member's m <= M",
            M + B / n - (m + (l2 - l) / n),
            facts=[n > 0, M - m >= 0, B - l2 >= 0, l2 >= 0, B - l >= 0, l >= 0],
            shown=whole(M - m, (B - l2) / n, l / n),
            latex=r"|G(S) - G(S')| \le B/n",
        ),
        Sign(
            "G <= 2 Rad_n + B eps, from E G = M <= 2 R and G - E G <= B eps (McDiarmid, eps = sqrt(log(1/delta)/(2n)))",
            2 * R + B * eps - G,
            facts=[2 * R - M >= 0, B * eps - (G - M) >= 0],
            shown=whole(2 * R - M, B * eps - (G - M)),
            latex=r"G \le 2\mathfrak{R}_n + B\sqrt{\ln(1/\delta)/2n}",
        ),
        Sign(
            "G <= 2 Rhat + 3 B eps, with R - Rhat <= B eps too (McDiarmid for the complexity), eps = sqrt(log(2/delta)/(2n))",
            2 * Rhat + 3 * B * eps - G,
            facts=[2 * R - M >= 0, B * eps - (G - M) >= 0, B * eps - (R - Rhat) >= 0],
            shown=whole(2 * R - M, B * eps - (G - M), 2 * (B * eps - (R - Rhat))),
            latex=r"G \le 2\hat{\mathfrak{R}} + 3B\sqrt{\ln(2/\delta)/2n}",
        ),
    ],
    variants=[
        Variant(
            Tested(
                "E sup (risk - empirical risk) <= 1.9 Rad_n",
                r"\mathbb{E} G \le 1.9\, \mathfrak{R}_n",
                mean_gap_with(1.9),
                instances=[elsewhere(40)],
                show=lambda case: (
                    f"{len(case[0])} points, a member for each with loss 0 there and 1 elsewhere, n = {case[2]}"
                ),
            ),
            why="39/40 against .95: the factor 2 is approached",
        ),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Mohri, Rostamizadeh and Talwalkar 2018, Theorem 3.3; Bartlett and Mendelson 2002",
        paper="generalisation from the complexity of the class",
    ),
)

GE2C_EXACT = Theorem(
    "GE2c.exact",
    title="Uniform bounds: exact probability of failure on finite sources",
    target="tested",
    depends=["GE2c"],
    claims=[
        Tested(
            "E sup (risk - empirical risk) <= 2 Rad_n on finite problems, all samples and signs enumerated",
            r"\mathbb{E} \sup_f (L - \hat L) \le 2\mathfrak{R}_n",
            mean_gap_with(2),
            draw=draw,
            instances=[elsewhere(40), memorisers(4, 2)],
            most=200,
        ),
        Tested(
            "both uniform bounds fail with probability at most delta, all samples enumerated",
            r"P(G > \text{bound}) \le \delta",
            failures_with(1),
            draw=draw,
            instances=[elsewhere(4), memorisers(4, 2)],
            most=100,
        ),
    ],
    variants=[
        Variant(
            Tested(
                "the uniform bound without the complexity",
                r"G \le B\sqrt{\ln(1/\delta)/2n}",
                failures_with(0),
                instances=[memorisers(6, 3)],
                show=lambda case: f"all {len(case[1])} losses on {len(case[0])} points, n = {case[2]}",
            ),
            why="a class that memorises six points from three fails at delta = .2 with probability .44",
        ),
    ],
    fidelity=GE2C.fidelity,
)
