"""A softmax memory keeps well separated patterns: one attention step lands within B(r) of the pattern.

P patterns x_i, M = max |x_i|, Delta_i = min over j of x_i.(x_i - x_j), |x - x_i| <= r, x+ = sum_j p_j x_j with p = softmax(beta x_j.x):
    |x+ - x_i| <= B(r) = 2 M (P-1) e^{-beta (Delta_i - 2 M r)}.
If B(r) <= r the step maps the r-ball around x_i into itself. At r = 1/(beta P M) that is Delta_i >= 2/(beta P) + log(2 (P-1) P beta M^2)/beta, Ramsauer's separation condition.

*Why.* For every unit vector u, u.(x+ - x_i) is a mean of u.(x_j - x_i), which is 0 at j = i and at most 2M elsewhere: |x+ - x_i| <= 2M (1 - p_i). The weights of the others
against that of x_i are e^{-beta g_j} with g_j = x.(x_i - x_j) >= Delta_i - 2 M r (Cauchy-Schwarz), so 1 - p_i = R/(1 + R) <= R <= (P-1) e^{-beta (Delta_i - 2 M r)}.

*Packing.* A cap of angle arccos(c) has at most the share (1-c^2)^{(d-1)/2}/(c sqrt(2 pi (d-1))) of the unit sphere: for cos t >= c its area is at most the integral of sin^{d-2} t cos t/c,
which is sin^{d-1}/((d-1) c). As long as such caps around the vectors taken do not cover the sphere another fits, so sqrt(2 pi (d-1)) c/(1-c^2)^{(d-1)/2} unit vectors with inner products
<= c exist: exponentially many separated patterns.

*Limits.* That a continuous map of a ball into itself has a fixed point is Brouwer's theorem, not proved here. The packing bound is not proved for every d either: MC4.exact compares the cap with
quadrature and exhibits vectors. How many random patterns are separated is Ramsauer's
count (2021, Theorem 3), computed by `ramsauer_capacity`. *False:* M in place of 2M; "exponentially many" read off the base at the paper's own sizes: c = 3.1546 at d = 20 guarantees
7.41 patterns, c = 1.3718 at d = 75 guarantees 10.97.
Ramsauer et al. 2021, Theorems 3-5.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any

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
    fidelity=Fidelity("reproduction", source="Ramsauer et al. 2021, Theorems 4 and 5", paper="attention as an associative memory of exponential capacity", differences="the fixed point is Brouwer's theorem, taken over; the count of random patterns (Theorem 3) is computed, not proved; the packing bound is compared with numbers in MC4.exact"),
)  # fmt: skip


def attention(state: list[float], patterns: list[list[float]], beta: float) -> list[float]:
    """One step by its definition, term by term."""
    scores = [beta * math.fsum(a * b for a, b in zip(x, state, strict=True)) for x in patterns]
    weights = [math.exp(score - max(scores)) for score in scores]
    total = math.fsum(weights)
    return [math.fsum(w * x[k] for w, x in zip(weights, patterns, strict=True)) / total for k in range(len(state))]


def stepped(case: tuple[list[list[float]], float, float, list[float]], factor: float = 2) -> str | None:
    """|x+ - x_i| <= factor * M (P-1) e^{-beta (Delta_i - 2 M r)} for every pattern, x at distance r in the given direction; and the package's step and bound."""
    from semtheory.bounds import attention_step
    from semtheory.bounds.attention_memories import RETRIEVAL_ERROR

    patterns, beta, far, way = case
    largest = max(math.hypot(*x) for x in patterns)
    length = math.hypot(*way)
    if largest == 0 or (far > 0 and length == 0):
        return None
    for i, x in enumerate(patterns):
        delta = min(math.fsum(a * (a - b) for a, b in zip(x, y, strict=True)) for j, y in enumerate(patterns) if j != i)
        state = [a + far * b / length for a, b in zip(x, way, strict=True)] if far else x
        after = attention(state, patterns, beta)
        found = math.dist(after, x)
        bound = factor * largest * (len(patterns) - 1) * math.exp(-beta * (delta - 2 * largest * far))
        if found > bound * (1 + 1e-9) + 1e-12:
            return f"|x+ - x_i| = {found:.9g} > {bound:.9g}, M = {largest:.4g}, Delta = {delta:.4g}, r = {far}"
        if math.dist(attention_step(state, patterns, beta), after) > 1e-9 * (1 + largest):
            return f"the package's step is {attention_step(state, patterns, beta)}, by definition {after}"
        stated = float(RETRIEVAL_ERROR(beta, len(patterns), largest, delta, far))
        if abs(stated - bound * 2 / factor) > 1e-9 * stated:
            return f"the package's bound is {stated:.9g}, written out {bound * 2 / factor:.9g}"
    return None


def stays(case: tuple[int, int, int, float, float], separated: bool = True) -> str | None:
    """Random +-1 patterns: every step from the edge of the ball of radius 1/(beta P M) around a pattern that fulfils Ramsauer's condition stays in it.

    With `separated` off, the patterns that do not fulfil it are looked at too.
    """
    import numpy as np

    from semtheory.bounds import separation

    seed, count, size, beta, noise = case
    rng = np.random.default_rng(seed)
    x = rng.choice([-1.0, 1.0], size=(count, size)) + noise * rng.normal(size=(count, size))
    largest = max(math.hypot(*row) for row in x)
    radius = 1 / (beta * count * largest)
    needed = 2 / (beta * count) + math.log(2 * (count - 1) * count * beta * largest**2) / beta
    kept, looked = separation(x, beta).kept, 0
    for i, pattern in enumerate(x):
        delta = min(float(pattern @ (pattern - other)) for j, other in enumerate(x) if j != i)
        if bool(kept[i]) != (delta >= needed):
            return f"pattern {i}: Delta = {delta:.9g}, needed {needed:.9g}, the package says kept = {kept[i]}"
        if separated and delta < needed:
            continue
        looked += 1
        away = rng.normal(size=size)
        state = list(pattern + radius * away / np.linalg.norm(away))
        for step in range(1, 5):
            state = attention(state, x.tolist(), beta)
            if math.dist(state, pattern) > radius * (1 + 1e-9):
                return f"pattern {i}: at distance {math.dist(state, pattern):.6g} after step {step}, radius {radius:.6g}"
    return None if looked else "no pattern fulfils the condition: nothing was looked at"


def cap_share(dimension: int, cosine: float) -> float:
    """Share of the unit sphere within the angle arccos(cosine) of a point, by Gauss-Legendre quadrature of sin^{d-2}."""
    import numpy as np

    nodes, weights = np.polynomial.legendre.leggauss(400)

    def area(top: float) -> float:
        return float(top / 2 * (weights @ np.sin(top / 2 * (nodes + 1)) ** (dimension - 2)))

    return area(math.acos(cosine)) / area(math.pi)


def cap_with(case: tuple[int, float], factor: float = 1) -> str | None:
    """So many caps do not cover more than the sphere: factor * bound * share <= 1."""
    from semtheory.bounds import spherical_packing_bound

    covered = factor * float(spherical_packing_bound(*case)) * cap_share(*case)
    return None if covered <= 1 + 1e-12 else f"the caps cover {covered:.9f} of the sphere"


def packed(dimension: int, cosine: float, wanted: int) -> Any:
    """Up to `wanted` unit vectors with inner products <= cosine, taken one after the other from random ones."""
    import numpy as np

    rng = np.random.default_rng(0)
    taken = np.zeros((0, dimension))
    for _ in range(400):
        for vector in rng.normal(size=(50, dimension)):
            unit = vector / np.linalg.norm(vector)
            if len(taken) < wanted and (len(taken) == 0 or (taken @ unit).max() <= cosine):
                taken = np.vstack([taken, unit])
        if len(taken) == wanted:
            break
    return taken


def exhibited(case: tuple[int, float]) -> str | None:
    """At least as many vectors as the bound says, each pair looked at."""
    from semtheory.bounds import spherical_packing_bound

    bound = float(spherical_packing_bound(*case))
    taken = packed(*case, math.ceil(bound))
    products = [float(a @ b) for i, a in enumerate(taken) for b in taken[:i]]
    return None if len(taken) >= bound and max(products) <= case[1] + 1e-12 else f"{len(taken)} vectors found, {bound:.2f} promised"


def no_more_than_dimensions(case: tuple[int, float]) -> str | None:
    dimension, cosine = case
    taken = packed(dimension, cosine, dimension + 1)
    return None if len(taken) <= dimension else f"{len(taken)} vectors in {dimension} dimensions"


def draw_patterns() -> Any:
    from hypothesis import strategies as st

    entry = st.integers(-8, 8).map(lambda quarters: quarters / 4)

    def problems(size: int) -> Any:
        vector = st.lists(entry, min_size=size, max_size=size)
        return st.tuples(st.lists(vector, min_size=2, max_size=6), st.sampled_from([0.25, 1.0, 4.0]), st.sampled_from([0.0, 0.125, 0.5]), vector)

    return st.integers(1, 5).flatmap(problems)


def draw_caps() -> Any:
    from hypothesis import strategies as st

    return st.tuples(st.integers(2, 200), st.integers(1, 99).map(lambda percent: percent / 100))


OPPOSITE = ([[1.0, 0.0], [-1.0, 0.0]], 4.0, 0.0, [0.0, 0.0])

MC4_EXACT = Theorem(
    "MC4.exact",
    title="One attention step within B(r), balls kept, and the packing bound, by numbers",
    target="tested",
    depends=["MC4"],
    claims=[
        Tested("|x+ - x_i| <= 2 M (P-1) e^{-beta (Delta_i - 2 M r)} for every pattern, the softmax written out", r"|x^+ - x_i| \le 2M(P-1)e^{-\beta(\Delta_i - 2Mr)}", stepped, draw=draw_patterns, examples=40, instances=[OPPOSITE]),
        Tested("a pattern that fulfils the separation condition keeps the ball of radius 1/(beta P M): four steps from its edge", r"B(r) \le r \Rightarrow |x^+ - x_i| \le r", stays, instances=[(0, 5, 12, 1.0, 0.0), (1, 20, 24, 1.0, 0.2), (2, 8, 10, 2.0, 0.3), (3, 4, 30, 0.5, 0.1)]),
        Tested("packing: as many caps as the bound says cover at most the sphere, the cap by quadrature", r"\sqrt{2\pi(d-1)}\, c\, (1-c^2)^{-(d-1)/2} \cdot \text{share} \le 1", cap_with, draw=draw_caps, instances=[(2, 0.5), (200, 0.9)]),
        Tested("packing: so many vectors with inner products <= c are exhibited", r"\sqrt{2\pi(d-1)}\, c\, (1-c^2)^{-(d-1)/2}", exhibited, instances=[(2, 0.5), (3, 0.8), (8, 0.5), (16, 0.5), (20, 0.4)]),
    ],
    variants=[
        Variant(Tested("1.99 M for 2 M", r"1.99\, M(P-1)e^{-\beta\Delta}", partial(stepped, factor=1.99), instances=[OPPOSITE]), why="two opposite patterns: the ratio tends to 2"),
        Variant(Tested("every pattern keeps its ball, separated or not", r"|x^+ - x_i| \le r", partial(stays, separated=False), instances=[(0, 20, 6, 0.5, 0.0)]), why="close patterns pull the state away"),
        Variant(Tested("the cap argument gives a hundredth more", r"1.01\sqrt{2\pi(d-1)}\, c\, (1-c^2)^{-(d-1)/2}", partial(cap_with, factor=1.01), instances=[(200, 0.9)]), why="the cap bound is tight as d grows"),
        Variant(Tested("no more vectors than dimensions have inner products <= 2/5 (d = 20)", r"N \le d", no_more_than_dimensions, instances=[(20, 0.4)]), why="nearly orthogonal vectors are many"),
    ],
    fidelity=MC4.fidelity,
)  # fmt: skip
