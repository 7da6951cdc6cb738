"""The scan: steps of a linear recurrence combine by an associative law, so a parallel scan is the sequential one.

A step h -> A h + u is the pair (A, u); first (A, u), then (A', u') is (A' A, A' u + u'), the left one first. This law is associative, for matrices of
every size; so any bracketing of t steps, in particular that of a parallel scan in log2 t sweeps, gives h_t.

*Why.* Both bracketings of three steps have the first part A'' A' A, since matrix products are associative: entry (o, q) of either is the sum over (k, l) of
A''[o, k] A'[k, l] A[l, q]. The second parts are A'' (A' u + u') + u'' and (A'' A') u + (A'' u' + u''): the same sum over pairs. That the last part of
(A_t, u_t) after (P, h_{t-1}) is A_t h_{t-1} + u_t = h_t is the definition; by induction on t every bracketing gives it.

*False:* A A' in place of A' A, for matrices; the law is commutative; A'u' + u. Blelloch 1990.
"""

import sympy

from semtheory import Fidelity, Theorem, Variant
from semtheory.logic.calculus import Identity, Termwise

p, q, r, S, R = sympy.symbols("p q r S R")
Pair = tuple[sympy.Matrix, sympy.Matrix]


def step(name: str, n: int) -> Pair:
    """(A, u) of free symbols, n x n and n x 1."""
    return (
        sympy.Matrix(n, n, lambda i, k: sympy.Symbol(f"{name}_{i}{k}")),
        sympy.Matrix(n, 1, lambda i, _: sympy.Symbol(f"u{name}_{i}")),
    )


def then(first: Pair, second: Pair) -> Pair:
    return second[0] * first[0], second[0] * first[1] + second[1]


def swapped(first: Pair, second: Pair) -> Pair:
    return first[0] * second[0], second[0] * first[1] + second[1]


def crossed(first: Pair, second: Pair) -> Pair:
    return second[0] * first[0], second[0] * second[1] + first[1]


def probed(pair: Pair) -> sympy.Expr:
    """All entries at once: free numbers times them."""
    entries = [*pair[0], *pair[1]]
    return sum((sympy.Symbol(f"e{i}") * entry for i, entry in enumerate(entries)), sympy.Integer(0))


def applied(pair: Pair, n: int) -> sympy.Expr:
    """The step on a state of free symbols, all entries at once."""
    state = sympy.Matrix(n, 1, lambda i, _: sympy.Symbol(f"h_{i}"))
    return probed((sympy.zeros(n, n), pair[0] * state + pair[1]))


def entry(text: str, sign: int) -> Termwise:
    return Termwise(
        text,
        sign * (S - R),
        sums={"S": p * (q * r), "R": (p * q) * r},
        point=["p", "q", "r"],
        shown=sympy.Integer(0),
        latex=r"\sum_k A''_{ok}\sum_l A'_{kl}A_{lq} = \sum_l\Big(\sum_k A''_{ok}A'_{kl}\Big)A_{lq}",
    )


one, two, three = (step(name, 2) for name in ("a", "b", "c"))

SS4 = Theorem(
    "SS4",
    title="Scan: (A, u) then (A', u') = (A'A, A'u + u') is associative: parallel = sequential",
    claims=[
        entry(
            "any size: entry (o, q) of A''(A'A) >= that of (A''A')A, sums over pairs (k, l); with u for A, the second part",
            1,
        ),
        entry("and <=: the two are equal", -1),
        Identity(
            "2 x 2 matrices: (1 then 2) then 3 = 1 then (2 then 3)",
            probed(then(then(one, two), three)),
            probed(then(one, then(two, three))),
            latex=r"(s_1 \circ s_2)\circ s_3 = s_1\circ(s_2\circ s_3)",
        ),
        Identity(
            "the combined pair does what the steps do: A'(A h + u) + u' = (A'A) h + (A'u + u')",
            probed((sympy.zeros(2, 2), two[0] * (one[0] * sympy.Matrix(sympy.symbols("h_0:2")) + one[1]) + two[1])),
            applied(then(one, two), 2),
            latex=r"A'(Ah + u) + u' = (A'A)h + (A'u + u')",
        ),
    ],
    variants=[
        Variant(
            Identity(
                "A A' for matrices does what the steps do",
                probed((sympy.zeros(2, 2), two[0] * one[0] * sympy.Matrix(sympy.symbols("h_0:2")))),
                probed((sympy.zeros(2, 2), swapped(one, two)[0] * sympy.Matrix(sympy.symbols("h_0:2")))),
            ),
            why="matrices do not commute: the later one stands on the left",
        ),
        Variant(
            Identity(
                "the law is commutative, numbers",
                probed(then(step("a", 1), step("b", 1))),
                probed(then(step("b", 1), step("a", 1))),
            ),
            why="time has an order, even where products have none",
        ),
        Variant(
            Identity(
                "(A'A, A'u' + u) is associative, numbers",
                probed(crossed(crossed(step("a", 1), step("b", 1)), step("c", 1))),
                probed(crossed(step("a", 1), crossed(step("b", 1), step("c", 1)))),
            ),
            why="the input that decays is the earlier one",
        ),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Blelloch 1990; Gu and Dao 2023, section 3.3",
        paper="Mamba's selective scan",
    ),
)
