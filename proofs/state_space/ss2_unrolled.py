"""A selective state-space layer is a time-varying vector autoregression with coefficients A[t, j] = C_t (Abar_t ... Abar_{j+1}) Bbar_j.

h_t = Abar_t h_{t-1} + Bbar_t x_t, y_t = C_t h_t, h_0 = 0, before gate, convolution and skip: y_t = sum_{j <= t} A[t, j] x_j for every t. The
coefficients depend on the tokens (selection) and A[t, j] = 0 for j > t.

*Why.* By induction on t. h_1 = Bbar_1 x_1, with an empty product. If h_{t-1}[k] = sum_j P_j[k] x_j, P_j = Abar_{t-1} ... Abar_{j+1} Bbar_j, then entry o
of h_t is sum_k Abar_t[o, k] sum_j P_j[k] x_j + Bbar_t[o] x_t: a sum over pairs (k, j), whichever is summed first, and sum_k Abar_t[o, k] P_j[k] is
entry o of the next P_j; the new term has P_t = Bbar_t. C_t goes in likewise. Nothing is asked of the matrices: diagonal (Mamba),
scalar (Mamba-2) or full.

*False:* the product in the order of time (matrices do not commute); the product from j on (Abar_j comes before x_j); constant
coefficients under selection. Gu and Dao 2023; Dao and Gu 2024, section 2.
"""

import sympy

from semtheory import Fidelity, Theorem, Variant
from semtheory.logic.calculus import Identity, Sign, Termwise

A, P, x, c, S, R, u, H = sympy.symbols("A P x c S R u H")


def pairs(text: str, sign: int) -> Termwise:
    return Termwise(
        text,
        sign * (S - R),
        sums={"S": A * (P * x), "R": (A * P) * x},
        point=["A", "P", "x"],
        shown=sympy.Integer(0),
        latex=r"\sum_k \bar A_t[o,k] \sum_j P_j[k] x_j = \sum_j \Big(\sum_k \bar A_t[o,k] P_j[k]\Big) x_j",
    )


def explicit(
    n: int, length: int
) -> tuple[list[sympy.Matrix], list[sympy.Matrix], list[sympy.Matrix], list[sympy.Symbol]]:
    """Abar_t (n x n), Bbar_t (n x 1), C_t (1 x n), x_t of free symbols, t = 1..length at index t - 1."""
    times = range(1, length + 1)
    a = [sympy.Matrix(n, n, lambda i, k, t=t: sympy.Symbol(f"a{t}_{i}{k}")) for t in times]
    b = [sympy.Matrix(n, 1, lambda i, _, t=t: sympy.Symbol(f"b{t}_{i}")) for t in times]
    c = [sympy.Matrix(1, n, lambda _, i, t=t: sympy.Symbol(f"c{t}_{i}")) for t in times]
    return a, b, c, [sympy.Symbol(f"x{t}") for t in times]


def recursion(n: int, length: int) -> sympy.Expr:
    """y at the last time, by the recursion."""
    a, b, c, x = explicit(n, length)
    h = sympy.zeros(n, 1)
    for t in range(length):
        h = a[t] * h + b[t] * x[t]
    return (c[-1] * h)[0]


def unrolled(n: int, length: int, *, backwards: bool = True, early: int = 1) -> sympy.Expr:
    """sum over j of C (product of Abar_s, j < s <= t) Bbar_j x_j; `early` = 0 lets the product start at s = j."""
    a, b, c, x = explicit(n, length)
    total = sympy.Integer(0)
    for j in range(length):
        product = sympy.eye(n)
        for s in range(j + early, length):
            product = a[s] * product if backwards else product * a[s]
        total += (c[-1] * product * b[j])[0] * x[j]
    return total


FULL = "y_3 = C_3 (Bbar_3 x_3 + Abar_3 Bbar_2 x_2 + Abar_3 Abar_2 Bbar_1 x_1), full 2 x 2 matrices"
gate, other = sympy.symbols("gate other")

SS2 = Theorem(
    "SS2",
    title="A selective state-space layer unrolled: A[t, j] = C_t (Abar_t ... Abar_{j+1}) Bbar_j",
    claims=[
        Identity(
            "base: h_1 = Abar_1 0 + Bbar_1 x_1 has the one coefficient Bbar_1",
            A * 0 + c * x,
            c * x,
            latex=r"h_1 = \bar B_1 x_1",
        ),
        pairs("step, any size and any t: entry o of Abar_t h_{t-1}, summed over pairs (k, j): j last >= k last", 1),
        pairs("and <=: the two are equal", -1),
        Termwise(
            "step, diagonal Abar_t: Abar_t sum_j P_j x_j + u >= sum_j (Abar_t P_j) x_j + u, u = Bbar_t x_t the new term",
            A * S + u - (R + u),
            sums={"S": P * x, "R": A * P * x},
            point=["P", "x"],
            shown=sympy.Integer(0),
            latex=r"\bar A_t h_{t-1} + \bar B_t x_t = \sum_{j \le t} P_j x_j",
        ),
        Termwise(
            "and <=",
            R + u - (A * S + u),
            sums={"S": P * x, "R": A * P * x},
            point=["P", "x"],
            shown=sympy.Integer(0),
        ),
        Identity(
            FULL,
            recursion(2, 3),
            unrolled(2, 3),
            latex=r"y_t = \sum_{j \le t} C_t \bar A_t \cdots \bar A_{j+1} \bar B_j\, x_j",
        ),
        Identity(
            "three states, four tokens, diagonal",
            *(
                value.subs({f"a{t}_{i}{k}": 0 for t in range(1, 5) for i in range(3) for k in range(3) if i != k})
                for value in (recursion(3, 4), unrolled(3, 4))
            ),
        ),
    ],
    variants=[
        Variant(
            Identity(
                "the product in the order of time, Abar_{j+1} ... Abar_t",
                recursion(2, 3),
                unrolled(2, 3, backwards=False),
            ),
            why="full matrices do not commute",
        ),
        Variant(
            Identity("the product from j on, Abar_t ... Abar_j", recursion(1, 2), unrolled(1, 2, early=0)),
            why="Abar_j acts on h_{j-1}, before x_j comes in",
        ),
        Variant(
            Identity(
                "selection leaves the coefficient of x_1 alone: Abar_2 = gate or other, the same A[2, 1]",
                gate * c * x,
                other * c * x,
            ),
            why="A[t, j] depends on the tokens after j: nonlinear, time-varying",
        ),
        Variant(
            Sign("older inputs weigh less: A[t, j]^2 <= Bbar_j^2 for any Abar", c**2 - (A * c) ** 2),
            why="only for |Abar| <= 1, which a < 0 gives",
        ),
    ],
    fidelity=Fidelity(
        "specialisation",
        source="Gu and Dao 2023; Dao and Gu 2024, section 2",
        paper="Mamba and Mamba-2 as nonlinear time-varying vector autoregressions",
        differences="one state-space layer, before gate, convolution and skip",
    ),
)
