"""Cover's count: how many labellings a hyperplane through the origin realises.

P points in general position in R^N (every N of them independent): of the 2^P labellings,
    C(P, N) = 2 sum over k < N of binomial(P - 1, k)
are separable, and exactly one half of them at P = 2N, for every N. With a bias the count is that of N + 1.

*Why.* Add a point x. A separable labelling of the first P points extends in one way or in both. If w and w' separate with opposite signs at x, then
(-w'.x) w + (w.x) w' separates too and vanishes at x; and if a w with w.x = 0 separates, so do w + e x and w - e x for small e > 0. So those that extend in
both ways are the labellings that a hyperplane through x separates: of the P points seen along x in R^{N-1}, where they are again in general position. Hence
C(P+1, N) = C(P, N) + C(P, N-1), with C(1, N) = 2 and C(P, 0) = 0. The sum of binomials does the same by Pascal's rule.
At P = 2N, with b(k) = binomial(2N-1, k) and S(N) the sum of b(k) over k < N: Pascal's rule twice gives binomial(2N+1, k) = b(k) + 2 b(k-1) + b(k-2), summed over 0 < k <= N
S(N+1) - 1 = (S(N) - 1 + b(N)) + 2 S(N) + (S(N) - b(N-1)), and b(N) = b(N-1): so S(N+1) = 4 S(N), S(1) = 1, and C(2N, N) = 2 S(N) = 2^{2N-1} for every N.

*Limits.* That the points seen along x are in general position again, and the inductions over P and over N, are this paragraph's; MC1.exact counts the labellings of
points in general position by linear programmes. *False:* at P = 3N at least one half; "one half only in the limit"; a bias for free. Cover 1965.
"""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from itertools import product

import sympy

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Identity, Sign, Termwise
from semtheory.logic.tested import Tested

a, b, u, v, m, s, t, e, P, N, k, x, y, S = sympy.symbols("a b u v m s t e P N k x y S")
A, B, D, W = sympy.symbols("A B D W")
# In units of x = b(k-1) = binomial(2N-1, k-1); i = 2N - k + 1 > 0 and k + i - 1 = 2N.
i = sympy.Symbol("i")
TWICE = {"W": x * (k + i - 1) * (k + i) / (k * i), "A": x * (i - 1) / k, "B": x, "D": x * (k - 1) / i}
PASCAL = {"A": x * P / k, "B": x * (P - k) / k, "D": x}


def whole(*terms: sympy.Expr) -> sympy.Expr:
    """Their sum, kept apart, so that the checker adds it up."""
    return sympy.Add(*terms, evaluate=False)


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
        Termwise(
            "P = 2N, sum over 0 < k <= N: binomial(2N+1,k) >= b(k) + 2 b(k-1) + b(k-2), b(k) = binomial(2N-1,k); x = b(k-1), i = 2N - k + 1",
            W - A - 2 * B - D, sums=TWICE, point=["x", "k", "i"], facts=[x > 0, k > 0, i > 0],
            latex=r"S(N+1) - 1 \ge \textstyle\sum_{0<k\le N} b(k) + 2b(k-1) + b(k-2)",
        ),
        Termwise(
            "P = 2N, sum over 0 < k <= N: binomial(2N+1,k) <= b(k) + 2 b(k-1) + b(k-2)",
            A + 2 * B + D - W, sums=TWICE, point=["x", "k", "i"], facts=[x > 0, k > 0, i > 0],
            latex=r"S(N+1) - 1 \le \textstyle\sum_{0<k\le N} b(k) + 2b(k-1) + b(k-2)",
        ),
        Identity("b(N) = b(N-1) (2N-1 - (N-1))/N is b(N-1)", x * whole(2 * N, -1, -N, 1) / N, x, facts=[N > 0], latex=r"\tbinom{2N-1}{N} = \tbinom{2N-1}{N-1}"),
        Identity(
            "so the sum S(N) of b(k) over k < N has S(N+1) = 4 S(N): 1 + (S - 1 + b(N)) + 2 S + (S - b(N-1)) = 4 S, b(N) as above",
            whole(1, S - 1 + x * whole(2 * N, -1, -N, 1) / N, 2 * S, S - x), 4 * S, facts=[N > 0],
            latex=r"C(2N+2,N+1) = 4\,C(2N,N), \quad C(2,1) = 2: \quad C(2N,N) = 2^{2N-1}",
        ),
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


def counted(points: tuple[tuple[int, ...], ...], general: bool = True) -> str | None:
    """Labellings with a separating hyperplane through the origin, one linear programme each, against C(P, N); with `general`, all N x N minors are checked first."""
    from itertools import combinations

    from semtheory.bounds import cover_count, separable

    dimension = len(points[0])
    if general and any(sympy.Matrix(rows).det() == 0 for rows in combinations(points, dimension)):
        raise ValueError(f"not in general position: {points}")
    # A labelling and its negative are separated by w and -w: the first label is +1 and the count is doubled.
    found = 2 * sum(
        separable([[c * l for c in row] for row, l in zip(points, (1, *labels), strict=True)])
        for labels in product((1, -1), repeat=len(points) - 1)
    )
    stated = cover_count(len(points), dimension)
    return None if found == stated else f"{found} labellings by linear programmes, C({len(points)}, {dimension}) = {stated}"


def exactly_half(dimension: int) -> str | None:
    """C(2N, N) as a whole number against 2^{2N-1}, and the fraction."""
    from semtheory.bounds import cover_count, separable_fraction

    found = cover_count(2 * dimension, dimension)
    if found != 2 ** (2 * dimension - 1):
        return f"C({2 * dimension}, {dimension}) = {found}, 2^{2 * dimension - 1} = {2 ** (2 * dimension - 1)}"
    return None if separable_fraction(2 * dimension, dimension) == Fraction(1, 2) else "the fraction is not 1/2"


def by_pascal(case: tuple[int, int]) -> str | None:
    """The closed sum against the recursion C(P+1, N) = C(P, N) + C(P, N-1) run from C(1, N) = 2, C(P, 0) = 0."""
    from semtheory.bounds import cover_count

    points, dimension = case
    row = [0] + [2] * dimension
    for _ in range(points - 1):
        row = [0, *(row[d] + row[d - 1] for d in range(1, dimension + 1))]
    found = cover_count(points, dimension)
    return None if found == row[dimension] else f"C{case} = {found}, by the recursion {row[dimension]}"


PLANE = ((2, 1), (-1, 3), (4, -3), (1, 1), (-5, 2))
SPACE = ((2, 1, -3), (-1, 3, 2), (4, -3, 1), (1, 1, 1), (-5, 2, 3), (3, 7, -2))

MC1_EXACT = Theorem(
    "MC1.exact",
    title="Cover's count by linear programmes, by its recursion, and one half at P = 2N",
    target="tested",
    depends=["MC1"],
    claims=[
        Tested("points in general position have C(P,N) separable labellings, each decided by a linear programme", r"C(P,N)", counted, instances=[PLANE, SPACE, tuple((1, t, t * t) for t in range(7)), ((1,), (-2,), (3,))]),
        Tested("C(P,N) is what the recursion C(P+1,N) = C(P,N) + C(P,N-1) gives", r"C(P+1,N) = C(P,N) + C(P,N-1)", by_pascal, instances=list(product((1, 2, 7, 30), (1, 3, 12)))),
        Tested("C(2N,N) = 2^{2N-1}, exactly one half", r"C(2N,N) = 2^{2N-1}", exactly_half, instances=[1, 2, 3, 5, 50, 400]),
    ],
    variants=[
        Variant(Tested("any distinct points will do: three of the plane, two of them on a line through the origin", r"C(3,2) \text{ without general position}", partial(counted, general=False), instances=[((1, 1), (2, 2), (1, -1))]), why="4, not 6: points on such a line share their sign or have opposite ones"),
    ],
    fidelity=MC1.fidelity,
)  # fmt: skip
