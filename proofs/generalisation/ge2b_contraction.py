"""Contraction: what a Lipschitz map does to the Rademacher complexity of a class, and which constants are true.

*Scalar* (Ledoux and Talagrand 1991): if every phi_i is 1-Lipschitz, E sup_a sum sigma_i phi_i(a_i) <= E sup_a sum sigma_i a_i. No absolute values.
*Vector* (Maurer 2016): if every h_i is 1-Lipschitz in the Euclidean norm, E sup_f sum_i sigma_i h_i(f_i) <= sqrt2 E sup_f sum_{i,k} sigma_ik f_ik.

*Why.* One sign at a time, the others fixed inside u: 2 E_sigma sup[u + sigma phi(t)] is the largest of u + u' + phi(t) - phi(t') over pairs, and phi(t) - phi(t') <= |t - t'|,
so it is at most the largest of u + t plus the largest of u' - t', whichever of t, t' is larger. For vectors |v| <= sqrt2 E|<eps, v>| stands between (Khintchine
with Szarek's constant): h - h' <= |f - f'| <= sqrt2 E|<eps, f - f'>|, then the same for each eps.

*Khintchine* (Szarek 1976; this proof by Latala and Oleszkiewicz 1994). Let g(eps) = |s|, s = sum eps_i v_i, and let g_i be g with sign i turned.
(1) sum_i |s - 2 eps_i v_i| >= |(n - 2) s|, so half of n g - sum g_i is at most g. (2) Energy Q = (1/4) sum_i E (g - g_i)^2 >= 2 (E g^2 - (E g)^2) for even g. Hence
2 E g^2 - 2 (E g)^2 <= Q = E g (n g - sum g_i)/2 <= E g^2, that is |v|^2 = E g^2 <= 2 (E g)^2. For (2), split on the last sign, g = a + eps b: E g^2 and Q are sums of
those of a and b, plus E b^2 in Q. By induction Q >= E g^2 - (E g)^2 for all g; for even g, a is even, b is odd and so of mean 0: Q >= 2 (E a^2 - (E a)^2) + 2 E b^2.

*Attained:* sqrt2, by {(0,0), (-1,-1)}, one point, the Euclidean norm. *False:* factor 1 for vectors; factor 1 for the largest *absolute value* of the sum
(there 2 is needed, and phi(0) = 0): A = {(-1,-1,0), (-1,0,-1), (0,-1,1)}, phi = |.|, gives 2.0 against 1.5.
"""

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import sympy

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Identity, Sign, Termwise
from semtheory.logic.expectation import Expectation
from semtheory.logic.tested import Tested

u, u2, t, t2, h, h2, P, Q, r, z, Z = sympy.symbols("u u2 t t2 h h2 P Q r z Z")
s, w, a, n, F, W, x, y, d = sympy.symbols("s w a n F W x y d")
a1, a2, b2, qa, qb, g1, g2, q, g, gi = sympy.symbols("a1 a2 b2 qa qb g1 g2 q g gi")
SUPREMA = [P - u - t >= 0, P - u2 - t2 >= 0, Q - u + t >= 0, Q - u2 + t2 >= 0]


def whole(*terms: sympy.Expr) -> sympy.Expr:
    """Their sum, kept apart, so that the sign of each is seen."""
    return sympy.Add(*terms, evaluate=False)


def turned(side: int) -> Termwise:
    return Termwise(
        f"sum over i of |s - 2 w_i| >= {'' if side > 0 else '-'}(n - 2) s, where sum w_i = s and w_i = eps_i v_i",
        F - side * (n * s - 2 * W),
        sums={"F": a, "n": sympy.Integer(1), "W": w},
        point=["a", "w"],
        facts=[a - (s - 2 * w) >= 0, a + (s - 2 * w) >= 0],
        shown=a - side * (s - 2 * w),
    )


def scalar_with(factor: float, absolute: bool = False) -> Callable[[Sequence[Sequence[int]]], str | None]:
    """Every 1-Lipschitz map of a list, coordinate by coordinate, against the class itself."""

    def check(rows: Sequence[Sequence[int]]) -> str | None:
        import numpy as np

        from semtheory.bounds import rademacher

        values = np.array(rows, dtype=float)
        maps: dict[str, Callable[[Any], Any]] = {
            "abs": np.abs,
            "clip": lambda v: np.clip(v, -1, 1),
            "relu": lambda v: np.maximum(v, 0),
            "sin": np.sin,
        }
        before = rademacher(values, absolute=absolute)
        for name, phi in maps.items():
            after = rademacher(phi(values), absolute=absolute)
            if after > factor * before + 1e-12:
                return f"{name}: {after:.9g} after, {before:.9g} before"
        return None

    return check


def vector_with(factor: float) -> Callable[[Sequence[Sequence[Sequence[int]]]], str | None]:
    """Euclidean norm, largest coordinate and log-sum-exp of each vector, against the doubly indexed complexity."""

    def check(rows: Sequence[Sequence[Sequence[int]]]) -> str | None:
        import numpy as np

        from semtheory.bounds import rademacher

        values = np.array(rows, dtype=float)  # (members, points, coordinates)
        maps: dict[str, Callable[[Any], Any]] = {
            "norm": lambda v: np.linalg.norm(v, axis=-1),
            "max": lambda v: v.max(axis=-1),
            "log-sum-exp": lambda v: np.log(np.exp(v).sum(axis=-1)),
        }
        before = rademacher(values)
        for name, function in maps.items():
            after = rademacher(function(values))
            if after > factor * before + 1e-12:
                return f"{name}: {after:.9g} after, {before:.9g} before, ratio {after / before:.9g}"
        return None

    return check


def khintchine_with(square: float) -> Callable[[Sequence[int]], str | None]:
    def check(vector: Sequence[int]) -> str | None:
        sums = [
            abs(sum(e * v for e, v in zip(eps, vector, strict=True)))
            for eps in itertools.product((-1, 1), repeat=len(vector))
        ]
        mean, norm2 = sum(sums) / len(sums), sum(v * v for v in vector)
        return None if norm2 <= square * mean**2 + 1e-9 else f"|v|^2 = {norm2}, (E|<eps, v>|)^2 = {mean**2:.6g}"

    return check


def draw_scalar() -> Any:
    from hypothesis import strategies as st

    return st.integers(1, 6).flatmap(
        lambda size: st.lists(st.lists(st.integers(-3, 3), min_size=size, max_size=size), min_size=1, max_size=7)
    )


def draw_vector() -> Any:
    from hypothesis import strategies as st

    def classes(shape: tuple[int, int]) -> Any:
        vector = st.lists(st.integers(-2, 2), min_size=shape[1], max_size=shape[1])
        return st.lists(st.lists(vector, min_size=shape[0], max_size=shape[0]), min_size=1, max_size=6)

    return st.tuples(st.integers(1, 3), st.integers(1, 3)).flatmap(classes)


def draw_numbers() -> Any:
    from hypothesis import strategies as st

    return st.lists(st.integers(-9, 9), min_size=1, max_size=9)


DIAGONAL = [[[0, 0]], [[-1, -1]]]
LOUD = [[-1, -1, 0], [-1, 0, -1], [0, -1, 1]]

GE2B = Theorem(
    "GE2b",
    title="Contraction: factor 1 for scalars without absolute values, sqrt2 for vectors",
    steps=[
        Step(turned(1), "|x| >= x, term by term"),
        Step(turned(-1), "|x| >= -x; the two give sum |s - 2 w_i| >= |(n - 2) s|"),
        Step(
            Identity(
                "(1/4) E(g - g_i)^2 = (1/2) E g (g - g_i), as E g_i^2 = E g^2: pointwise, both turned",
                ((g - gi) ** 2 + (gi - g) ** 2) / 4,
                (g * (g - gi) + gi * (gi - g)) / 2,
            ),
            "the sum of the two members of a pair",
        ),
        Step(
            Identity(
                "splitting g = a + eps b: the mean over eps of (x + eps y)^2 is x^2 + y^2",
                ((x + y) ** 2 + (x - y) ** 2) / 2,
                x**2 + y**2,
            ),
            "x, y = a, b for E g^2; their differences a - a_i, b - b_i for the energy",
        ),
        Step(
            Identity(
                "the last sign's share of the energy: (1/4) ((a + b) - (a - b))^2 = b^2",
                ((x + y) - (x - y)) ** 2 / 4,
                y**2,
            ),
            "so Q(g) = Q(a) + Q(b) + E b^2",
        ),
        Step(
            Sign(
                "Q(g) >= E g^2 - (E g)^2 for all g: qa + qb + b2 >= a2 + b2 - a1^2, from Q(a) >= E a^2 - (E a)^2, Q(b) >= 0",
                qa + qb + b2 - (a2 + b2 - a1**2),
                facts=[qa - (a2 - a1**2) >= 0, qb >= 0],
                shown=whole(qa - (a2 - a1**2), qb),
            ),
            "induction over the signs; for none both sides are 0",
        ),
        Step(
            Sign(
                "Q(g) >= 2 (E g^2 - (E g)^2) for even g: from Q(a) >= 2 (E a^2 - (E a)^2), a even, and Q(b) >= E b^2, b odd",
                qa + qb + b2 - 2 * (a2 + b2 - a1**2),
                facts=[qa - 2 * (a2 - a1**2) >= 0, qb - b2 >= 0],
                shown=whole(qa - 2 * (a2 - a1**2), qb - b2),
            ),
            "an odd b has mean 0, so the line above gives Q(b) >= E b^2",
        ),
    ],
    claims=[
        Sign(
            "scalar, t >= t2: u + u2 + h - h2 <= P + Q when h - h2 <= t - t2; P, Q the suprema of u + t and of u - t",
            P + Q - (u + u2 + h - h2),
            facts=[*SUPREMA, t - t2 - (h - h2) >= 0],
            shown=whole(P - u - t, Q - u2 + t2, t - t2 - (h - h2)),
            latex=r"\sup[u + \varphi] + \sup[u - \varphi] \le \sup[u + t] + \sup[u - t]",
        ),
        Sign(
            "scalar, t2 >= t: the same when h - h2 <= t2 - t",
            P + Q - (u + u2 + h - h2),
            facts=[*SUPREMA, t2 - t - (h - h2) >= 0],
            shown=whole(P - u2 - t2, Q - u + t, t2 - t - (h - h2)),
        ),
        Sign(
            "Khintchine: |v|^2 = E g^2 <= 2 (E g)^2 from Q <= E g^2 and Q >= 2 (E g^2 - (E g)^2); g1 = E g, g2 = E g^2, q = Q",
            2 * g1**2 - g2,
            facts=[g2 - q >= 0, q - 2 * (g2 - g1**2) >= 0],
            shown=whole(g2 - q, q - 2 * (g2 - g1**2)),
            latex=r"|v|^2 \le 2\, (\mathbb{E}|\langle\varepsilon,v\rangle|)^2",
        ),
        Expectation(
            "vector: u + u2 + h - h2 <= E[P + Q], for h - h2 <= r E z (Khintchine, r = sqrt2, z = |<eps, f - f2>|) and P + Q >= u + u2 + r z at every eps",
            P + Q - (u + u2 + h - h2),
            laws={"p": "eps"},
            point=["P", "Q", "z"],
            means={"Z": z},
            facts=[P + Q - u - u2 - r * z >= 0, r * Z - (h - h2) >= 0],
            latex=r"\sup[u + h] + \sup[u - h] \le \mathbb{E}_\varepsilon \sup[u + \sqrt2\langle\varepsilon,f\rangle] + \ldots",
        ),
        Sign(
            "vector: P + Q >= u + u2 + r z for P, Q the suprema of u + r y and u - r y, y = <eps, f>, where z = x - d, the larger less the smaller",
            P + Q - (u + u2 + r * (x - d)),
            facts=[P - u - r * x >= 0, Q - u2 + r * d >= 0],
            shown=whole(P - u - r * x, Q - u2 + r * d),
        ),
    ],
    variants=[
        Variant(
            Tested(
                "vector contraction with factor 1",
                r"\hat{\mathfrak{R}}(h \circ F) \le \hat{\mathfrak{R}}(F)",
                vector_with(1),
                draw=draw_vector,
                instances=[DIAGONAL],
            ),
            why="{(0,0), (-1,-1)}, one point, the norm: the ratio is sqrt2",
        ),
        Variant(
            Tested(
                "scalar contraction with factor 1 for the largest absolute value",
                r"\mathbb{E} \sup |\textstyle\sum \sigma_i \varphi(a_i)| \le \mathbb{E} \sup |\sum \sigma_i a_i|",
                scalar_with(1, absolute=True),
                instances=[LOUD],
            ),
            why="A = {(-1,-1,0), (-1,0,-1), (0,-1,1)}, phi = abs: 2.0 against 1.5",
        ),
    ],
    fidelity=Fidelity(
        "correction",
        source="Ledoux and Talagrand 1991, Theorem 4.12; Maurer 2016, Corollary 4; Szarek 1976; Latala and Oleszkiewicz 1994",
        paper="from the complexity of the loss to that of the logits",
        differences="factor sqrt2 and doubly indexed signs for vectors; factor 1 only without absolute values",
    ),
)

GE2B_EXACT = Theorem(
    "GE2b.exact",
    title="Contraction and Khintchine, by exact enumeration of signs",
    target="tested",
    depends=["GE2b"],
    claims=[
        Tested(
            "scalar contraction, all sign vectors enumerated: abs, clip, relu, sin",
            r"\hat{\mathfrak{R}}(\varphi \circ A) \le \hat{\mathfrak{R}}(A)",
            scalar_with(1),
            draw=draw_scalar,
            instances=[LOUD],
        ),
        Tested(
            "vector contraction with sqrt2, all doubly indexed signs enumerated: norm, max, log-sum-exp",
            r"\hat{\mathfrak{R}}(h \circ F) \le \sqrt2\, \hat{\mathfrak{R}}(F)",
            vector_with(math.sqrt(2)),
            draw=draw_vector,
            instances=[DIAGONAL],
        ),
        Tested(
            "Khintchine with sqrt2, all signs enumerated",
            r"|v| \le \sqrt2\, \mathbb{E}|\langle\varepsilon,v\rangle|",
            khintchine_with(2),
            draw=draw_numbers,
            instances=[[1, 1]],
        ),
    ],
    variants=[
        Variant(
            Tested(
                "vector contraction with factor 1.414",
                r"1.414\, \hat{\mathfrak{R}}(F)",
                vector_with(1.414),
                instances=[DIAGONAL],
            ),
            why="sqrt2 = 1.41421 is attained",
        ),
        Variant(
            Tested(
                "scalar contraction with factor .99",
                r"0.99\, \hat{\mathfrak{R}}(A)",
                scalar_with(0.99),
                instances=[[[0], [1]]],
            ),
            why="the identity contracts nothing",
        ),
        Variant(
            Tested(
                "Khintchine with 1.4 for sqrt2",
                r"|v| \le 1.4\, \mathbb{E}|\langle\varepsilon,v\rangle|",
                khintchine_with(1.96),
                instances=[[1, 1]],
            ),
            why="v = (1, 1): |v| = sqrt2, E|<eps, v>| = 1",
        ),
    ],
    fidelity=GE2B.fidelity,
)
