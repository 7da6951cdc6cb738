"""A softmax memory keeps well separated patterns: one attention step lands within B(r) of the pattern.

P patterns x_i, M = max |x_i|, Delta_i = min over j of x_i.(x_i - x_j), |x - x_i| <= r, x+ = sum_j p_j x_j with p = softmax(beta x_j.x):
    |x+ - x_i| <= B(r) = 2 M (P-1) e^{-beta (Delta_i - 2 M r)}.
If B(r) <= r the step maps the r-ball around x_i into itself. At r = 1/(beta P M) that is Delta_i >= 2/(beta P) + log(2 (P-1) P beta M^2)/beta, Ramsauer's separation condition.

*Why.* For every unit vector u, u.(x+ - x_i) is a mean of u.(x_j - x_i), which is 0 at j = i and at most 2M elsewhere: |x+ - x_i| <= 2M (1 - p_i). The weights of the others
against that of x_i are e^{-beta g_j} with g_j = x.(x_i - x_j) >= Delta_i - 2 M r (Cauchy-Schwarz), so 1 - p_i = R/(1 + R) <= R <= (P-1) e^{-beta (Delta_i - 2 M r)}.

*Limits.* That a continuous map of a ball into itself has a fixed point is Brouwer's theorem, not proved here. How many random patterns are separated is Ramsauer's
count (2021, Theorem 3), computed by `ramsauer_capacity`. *False:* M in place of 2M; "exponentially many" read off the base at the paper's own sizes: c = 3.1546 at d = 20 guarantees
7.41 patterns, c = 1.3718 at d = 75 guarantees 10.97.
Ramsauer et al. 2021, Theorems 3-5.
"""

from __future__ import annotations

import sympy

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Identity, Sign, Termwise
from semtheory.logic.expectation import Expectation
from semtheory.logic.tested import Tested

M, P, D, r, b, g, R, n, w, s, c, U, k, y, e = sympy.symbols("M P Delta r beta g R n w s c U k y e")
exp, log = sympy.exp, sympy.log
tangent = Sign("w - 1 - log w >= 0 for w > 0", w - 1 - log(w), "w", facts=[w > 0])
crowd = Termwise(
    "R = sum over the P - 1 others of e^{-beta g_j} <= n e^{-beta e}, n = P - 1, for g_j >= e",
    n * exp(-b * e) - R,
    sums={"n": sympy.Integer(1), "R": exp(-b * g)},
    point=["g"],
    facts=[b > 0, g - e >= 0],
    lemmas=[(tangent, {"w": exp(b * (g - e))})],
    shown=exp(-b * g) * (exp(b * (g - e)) - 1 - b * (g - e)) + exp(-b * g) * b * (g - e),
    latex=r"\sum_{j \ne i} e^{-\beta g_j} \le (P-1)\, e^{-\beta \min g}",
)


def guarantees(case: tuple[int, str, str]) -> str | None:
    """At least as many patterns as dimensions at the sizes of the paper's own examples."""
    from semtheory.bounds import ramsauer_capacity

    d, beta, radius = case
    found = ramsauer_capacity(d, beta=beta, K=radius, failure="1/1000")
    return (
        None
        if found.patterns >= d
        else f"d = {d}: base c = {float(found.c):.4f}, but {float(found.patterns):.2f} patterns guaranteed"
    )


MC4 = Theorem(
    "MC4",
    title="Softmax memory: |x+ - x_i| <= 2 M (P-1) e^{-beta (Delta_i - 2 M r)} for |x - x_i| <= r",
    depends=["F1"],
    steps=[
        Step(tangent, "as in F1"),
        Step(Sign("the gap: x.(x_i - x_j) = x_i.(x_i - x_j) + (x - x_i).(x_i - x_j) >= Delta - 2 M r", (D + g) + (k - r * s) - (D - 2 * M * r), facts=[g >= 0, k >= 0, r >= 0, 2 * M - s >= 0], shown=g + k + r * (2 * M - s)), "Delta + g the first product, k - r s the second (Cauchy-Schwarz), s = |x_i - x_j| <= 2 M"),
        Step(Sign("1 - p_i = R/(1 + R) <= R", R - R / (1 + R), facts=[R >= 0], shown=R**2 / (1 + R)), "p_i = 1/(1 + R)"),
    ],
    claims=[
        Expectation(
            "u.(x+ - x_i) = E y <= 2 M E k = 2 M (1 - p_i): y = u.(x_j - x_i) <= 2 M k, k = 0 at j = i, else 1",
            2 * M * k - y, laws={"p": "J"}, point=["k", "y"], facts=[2 * M * k - y >= 0],
            latex=r"|x^+ - x_i| \le 2M(1 - p_i)",
        ),
        crowd,
        Sign(
            "so B(r) = 2 M (P-1) e^{-beta (Delta - 2 M r)} >= 2 M R/(1 + R) where R <= c = (P-1) e^{-beta (Delta - 2 M r)}",
            2 * M * c - 2 * M * R / (1 + R), facts=[M > 0, R >= 0, c - R >= 0], shown=2 * M * (c - R) + 2 * M * R**2 / (1 + R),
            latex=r"|x^+ - x_i| \le 2M(P-1)e^{-\beta(\Delta_i - 2Mr)}",
        ),
        Identity(
            "at Delta = 2/(beta P) + log(2 (P-1) P beta M^2)/beta and r = 1/(beta P M): B(r) = r",
            2 * M * (P - 1) * exp(-b * (2 / (b * P) + log(2 * (P - 1) * P * b * M**2) / b - 2 * M / (b * P * M))), 1 / (b * P * M), facts=[M > 0, b > 0, P > 0, P - 1 > 0],
            latex=r"B\left(\tfrac{1}{\beta P M}\right) = \tfrac{1}{\beta P M} \text{ at } \Delta_i = \tfrac{2}{\beta P} + \tfrac1\beta\ln(2(P-1)P\beta M^2)",
        ),
        Sign(
            "and a larger Delta only helps: e^{-beta (Delta + g)} <= e^{-beta Delta}", exp(-b * D) - exp(-b * (D + g)), facts=[b > 0, g >= 0], lemmas=[(tangent, {"w": exp(b * g)})],
            shown=exp(-b * (D + g)) * (exp(b * g) - 1 - b * g) + exp(-b * (D + g)) * b * g,
        ),
    ],
    variants=[
        Variant(Sign("M for 2M: two opposite patterns, r = 0: M e^{-2 beta M^2} >= |x+ - x_i| = 2 M/(1 + e^{2 beta M^2})", M * exp(-2 * b * M**2) - 2 * M / (1 + exp(2 * b * M**2)), facts=[M > 0, b > 0]), why="the other pattern is 2M away"),
        Variant(Tested("at least d patterns are guaranteed at the paper's own examples (d = 20, K = 3 and d = 75, K = 1; beta = 1, p = .001)", r"\sqrt{p}\, c^{(d-1)/4} \ge d", guarantees, instances=[(20, "1", "3"), (75, "1", "1")]), why="7.41 and 10.97 (GROUND_TRUTH 0.15)"),
        Variant(Sign("the bound without r: R <= (P-1) e^{-beta Delta} one pattern away, Delta = 1, P = 2: e^{-b} >= e^{-b (1 - 2r)}", exp(-b) - exp(-b * (1 - 2 * r)), facts=[b > 0, r > 0]), why="the state itself may lean towards the other pattern"),
    ],
    fidelity=Fidelity("reproduction", source="Ramsauer et al. 2021, Theorems 4 and 5", paper="attention as an associative memory of exponential capacity"),
)  # fmt: skip
