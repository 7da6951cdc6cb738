"""Cover's count: how many labellings a hyperplane through the origin realises.

P points in general position in R^N (every N of them independent): of the 2^P labellings,
    C(P, N) = 2 sum over k < N of binomial(P - 1, k)
are separable, and exactly one half of them at P = 2N, for every N. With a bias the count is that of N + 1.

*Why.* Add a point x. A separable labelling of the first P points extends in one way or in both. If w and w' separate with opposite signs at x, then
(-w'.x) w + (w.x) w' separates too and vanishes at x; and if a w with w.x = 0 separates, so do w + e x and w - e x for small e > 0. So those that extend in
both ways are the labellings that a hyperplane through x separates: of the P points seen along x in R^{N-1}, where they are again in general position. Hence
C(P+1, N) = C(P, N) + C(P, N-1), with C(1, N) = 2 and C(P, 0) = 0. The sum of binomials does the same by Pascal's rule, and at P = 2N it is half of 2^{2N-1}, doubled,
since binomial(2N-1, k) = binomial(2N-1, 2N-1-k).

*Limits.* That the points seen along x are in general position again, and the induction over P, are this paragraph's; linear programmes count the labellings of
random points in the tests. *False:* at P = 3N at least one half; "one half only in the limit"; a bias for free. Cover 1965.
"""

from __future__ import annotations

from fractions import Fraction

import sympy

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Identity, Sign, Termwise
from semtheory.logic.tested import Tested

a, b, u, v, m, s, t, e, P, k, x, F, f, g = sympy.symbols("a b u v m s t e P k x F f g")
A, B, D = sympy.symbols("A B D")
PASCAL = {"A": x * P / k, "B": x * (P - k) / k, "D": x}


def half_at(case: tuple[int, int]) -> str | None:
    """At least half of the labellings of case[0] points in case[1] dimensions."""
    from semtheory.bounds import separable_fraction

    found = separable_fraction(*case)
    return None if found >= Fraction(1, 2) else f"the fraction is {found} = {float(found):.4f}"


def only_near_half(dimension: int) -> str | None:
    from semtheory.bounds import separable_fraction

    found = separable_fraction(2 * dimension, dimension)
    return None if found != Fraction(1, 2) else f"at d = {dimension} the fraction at 2d points is exactly 1/2"


def bias_for_free(points: tuple[tuple[int, int], ...]) -> str | None:
    """Count by linear programmes the labellings of points in the plane that a line with a bias separates, against C(P, 2)."""
    from itertools import product

    from semtheory.bounds import cover_count, separable

    rows = [(p, q, 1) for p, q in points]
    found = sum(
        separable([[c * l for c in row] for row, l in zip(rows, labels, strict=True)])
        for labels in product((1, -1), repeat=len(rows))
    )
    return (
        None
        if found == cover_count(len(rows), 2)
        else f"{found} labellings, C(P, 2) = {cover_count(len(rows), 2)}, C(P, 3) = {cover_count(len(rows), 3)}"
    )


MC1 = Theorem(
    "MC1",
    title="Cover 1965: C(P,N) = 2 sum_{k<N} binomial(P-1,k); exactly one half at P = 2N",
    steps=[
        Step(Identity("the combination vanishes at x: (-w'.x)(w.x) + (w.x)(w'.x) = 0", -v * u + u * v, sympy.Integer(0)), "u = w.x > 0, v = w'.x < 0"),
        Step(
            Sign("and separates: a u + b v > 0 for weights a, b > 0 and margins u, v > 0", a * u + b * v, facts=[a > 0, b > 0, u > 0, v > 0], relation=">"),
            "at every old point both margins are positive",
        ),
        Step(
            Sign("margin m > 0, |x.x_mu| <= s, 0 < e, e s < m: m + e t > 0 for |t| <= s", m + e * t, facts=[e > 0, m - e * s > 0, s + t >= 0], relation=">", shown=(m - e * s) + e * (s + t)),
            "w + e x and w - e x still separate the old points",
        ),
    ],
    claims=[
        Termwise(
            "sum over 0 < k < N: binomial(P,k) >= binomial(P-1,k) + binomial(P-1,k-1); x = binomial(P-1,k-1)",
            A - B - D, sums=PASCAL, point=["x", "k"], facts=[x > 0, k > 0, P > 0],
            latex=r"C(P+1,N) = C(P,N) + C(P,N-1) \ (\ge)",
        ),
        Termwise(
            "sum over 0 < k < N: binomial(P,k) <= binomial(P-1,k) + binomial(P-1,k-1)",
            B + D - A, sums=PASCAL, point=["x", "k"], facts=[x > 0, k > 0, P > 0],
            latex=r"C(P+1,N) = C(P,N) + C(P,N-1) \ (\le)",
        ),
        Identity("binomial(2N-1,k) = binomial(2N-1,2N-1-k): F/(f g) = F/(g f)", F / (f * g), F / (g * f), facts=[F > 0, f > 0, g > 0]),
    ],
    variants=[
        Variant(Tested("P = 3N gives at least one half", r"C(3N,N) \ge 2^{3N-1}", half_at, instances=[(15, 5), (3, 1)]), why=".0898 at N = 5, .25 at N = 1"),
        Variant(Tested("one half at P = 2N only in the limit", r"C(2N,N) \ne 2^{2N-1}", only_near_half, instances=[1, 5, 50]), why="it is exact for every N (GROUND_TRUTH 0.22)"),
        Variant(
            Tested("a bias does not change the count: four points of the plane, lines anywhere", r"C(P,N) \text{ with a bias}", bias_for_free, instances=[((0, 0), (3, 1), (1, 4), (5, 6))]),
            why="14, not 8: use N + 1",
        ),
        Variant(Sign("C(P+1,N) <= C(P,N): the new point adds nothing", -x, facts=[x > 0]), why="a hyperplane through it splits labellings"),
    ],
    fidelity=Fidelity("reproduction", source="Cover 1965, Theorem 1", paper="memory capacity of a linear unit, the starting point of capacity counts"),
)  # fmt: skip
