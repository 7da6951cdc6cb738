"""State-space duality: a recurrence with one decay a head is masked attention with a 1-semiseparable mask.

h_t = a_t h_{t-1} + B_t x_t^T, y_t = C_t . h_t, h_0 = 0   <=>   y = (L o C B^T) x,   L[t, j] = a_t ... a_{j+1} (j <= t), 1 on the diagonal, 0 above.

Recurrent, quadratic and chunked forms are equal, a_1 never appears, and every block of L o C B^T on or below the diagonal has rank at most N, the
number of states.

*Why.* SS2 with Abar_t = a_t times the identity: A[t, j] = L[t, j] C_t . B_j. The mask is multiplicative, L[t, j] = L[t, m] L[m, j] for j <= m <= t; so what
came before m reaches t only as L[t, m] C_t . h_m: the chunked form, for any chunks, by one more step of the same kind for each. And so the
block t >= m >= j is the product of the rows L[t, m] C_t (size N) and the columns L[m, j] B_j, which bounds its rank (Cauchy-Binet:
minors of order N + 1 are 0). Written out below for N = 1, 2 and any number of terms.

*False:* that a general diagonal A is covered by one decay, its mean; that a_1 appears; rank 1 for N = 2; and that softmax attention is a case:
its weights add to 1. *Limits.* The identities are exact; what is lost to rounding is in SS3b. Dao and Gu 2024.
"""

import itertools

import sympy

from semtheory import Fidelity, Theorem, Variant
from semtheory.logic.calculus import Derivative, Identity, Termwise, as_written

a, b, c, d, x, S, R, l, m, e1, e2 = sympy.symbols("a b c d x S R l m e1 e2")
N = 2


def symbols(name: str, length: int, *, states: int = N) -> list[list[sympy.Symbol]]:
    return [[sympy.Symbol(f"{name}{t}_{n}") for n in range(states)] for t in range(1, length + 1)]


def inputs(length: int) -> tuple[list[sympy.Symbol], list[sympy.Symbol]]:
    times = range(1, length + 1)
    return [sympy.Symbol(f"a{t}") for t in times], [sympy.Symbol(f"x{t}") for t in times]


def mask(decays: list[sympy.Symbol], t: int, j: int, early: int = 1) -> sympy.Expr:
    return sympy.prod(decays[j + early : t + 1])


def dot(left: list[sympy.Expr], right: list[sympy.Expr]) -> sympy.Expr:
    return sum((p * q for p, q in zip(left, right, strict=True)), sympy.Integer(0))


def recurrent(
    length: int, start: int = 0, state: list[sympy.Expr] | None = None
) -> tuple[sympy.Expr, list[sympy.Expr]]:
    """y and h at the last time, from a state before `start`."""
    decays, xs = inputs(length)
    held = state or [sympy.Integer(0)] * N
    for t in range(start, length):
        held = [decays[t] * held[n] + symbols("b", length)[t][n] * xs[t] for n in range(N)]
    return dot(symbols("c", length)[-1], held), held


def quadratic(length: int, start: int = 0, early: int = 1) -> sympy.Expr:
    """row `length` of (L o C B^T) x, over the columns from `start` on."""
    decays, xs = inputs(length)
    left, right = symbols("c", length)[-1], symbols("b", length)
    return sum(
        (mask(decays, length - 1, j, early) * dot(left, right[j]) * xs[j] for j in range(start, length)),
        sympy.Integer(0),
    )


def chunked(length: int, cut: int) -> sympy.Expr:
    """Two chunks: attention within the second, and the state that the first leaves, carried by the product of decays."""
    decays, xs = inputs(length)
    right = symbols("b", length)
    left_behind = [
        sum((mask(decays, cut - 1, j) * right[j][n] * xs[j] for j in range(cut)), sympy.Integer(0)) for n in range(N)
    ]
    carried = sympy.prod(decays[cut:length])
    return quadratic(length, start=cut) + carried * dot(symbols("c", length)[-1], left_behind)


def minor(size: int, states: int) -> sympy.Expr:
    """Determinant of a block of L o C B^T, rows l_t C_t and columns m_j B_j: l_t = L[t, m], m_j = L[m, j].

    Leibniz's sum with SymPy's evaluation off: the checker multiplies it out and finds whether it cancels.
    """
    rows, columns = symbols("c", size, states=states), symbols("b", size, states=states)
    terms = []
    for order in itertools.permutations(range(size)):
        sign = (-1) ** sum(p > q for p, q in itertools.combinations(order, 2))
        entries = (
            sympy.Symbol(f"l{t}") * sympy.Symbol(f"m{j}") * dot(rows[t], columns[j]) for t, j in enumerate(order)
        )
        terms.append(sympy.Mul(sign, *entries, evaluate=False))
    return sympy.Add(*terms, evaluate=False)


def equal(text: str, sign: int, latex: str) -> Termwise:
    """The recurrence's step on a sum over j of any length, one state: a_t sum_j l_j b_j x_j against sum_j (a_t l_j) b_j x_j."""
    return Termwise(
        text,
        sign * (a * S - R),
        sums={"S": l * b * x, "R": a * l * b * x},
        point=["l", "b", "x"],
        shown=sympy.Integer(0),
        latex=latex,
    )


def chunk(text: str, sign: int) -> Termwise:
    """What came before the cut: l = L[t, m], m_j = L[m, j]; sums over j and the states."""
    return Termwise(
        text,
        sign * (l * S - R),
        sums={"S": c * m * b * x, "R": c * (l * m) * b * x},
        point=["c", "m", "b", "x"],
        shown=sympy.Integer(0),
        latex=r"L_{tm}\, C_t\cdot h_m = \sum_{j \le m} L_{tj}\, C_t\cdot B_j\, x_j",
    )


STEP = r"a_t \sum_{j<t} L_{t-1,j} B_j x_j = \sum_{j<t} L_{tj} B_j x_j"
SS3 = Theorem(
    "SS3",
    title="State-space duality: recurrent = quadratic = chunked; blocks of rank <= N",
    depends=["SS2"],
    claims=[
        equal(
            "step, any t: a_t sum over j < t of L[t-1, j] B_j x_j >= sum over j < t of L[t, j] B_j x_j, each state",
            1,
            STEP,
        ),
        equal("and <=: the two are equal", -1, STEP),
        chunk(
            "chunk, any cut m and any number of terms: L[t, m] C_t . h_m >= sum over j <= m of L[t, j] C_t . B_j x_j", 1
        ),
        chunk("and <=: the two are equal", -1),
        Identity("N = 2, T = 5: recurrent = quadratic", recurrent(5)[0], quadratic(5), latex=r"y = (L \circ CB^\top)x"),
        Identity("N = 2, T = 5: quadratic = chunked, cut after 2", quadratic(5), chunked(5, 2)),
        Identity("N = 2, T = 5: quadratic = chunked, cut after 4", quadratic(5), chunked(5, 4)),
        Derivative(
            "a_1 never appears: the slope of y_3 in a_1 is 0, the recurrence written out from h_0 = 0",
            as_written(lambda: recurrent(3)[0]),
            "a1",
            sympy.Integer(0),
            latex=r"\partial y_3/\partial a_1 = 0",
        ),
        Identity("rank <= 1 for N = 1: minors of order 2 are 0", minor(2, 1), sympy.Integer(0)),
        Identity(
            "rank <= 2 for N = 2: minors of order 3 are 0",
            minor(3, 2),
            sympy.Integer(0),
            latex=r"\mathrm{rank}\,(L \circ CB^\top)_{\text{block}} \le N",
        ),
    ],
    variants=[
        Variant(
            Identity("a_1 appears: the mask starts at a_j", recurrent(2)[0], quadratic(2, early=0)),
            why="h_0 = 0: the first multiplier acts on nothing, and the diagonal of L is 1",
        ),
        Variant(
            Identity(
                "one decay covers a diagonal A of two: c (e1 + e2) b x = c 2 ((e1 + e2)/2)^2 b x over two steps",
                c * (e1**2 + e2**2) * b * x,
                c * 2 * ((e1 + e2) / 2) ** 2 * b * x,
            ),
            why="products of means are not means of products: each state needs its own mask",
        ),
        Variant(
            Identity("rank 1 for N = 2: minors of order 2 are 0", minor(2, 2), sympy.Integer(0)),
            why="N states, rank up to N",
        ),
        Variant(
            Identity(
                "softmax attention is a case: the weights L o C B^T of a token add to 1",
                a * c * b + c * d,
                sympy.Integer(1),
            ),
            why="nothing normalises them; softmax has no finite state",
        ),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Dao and Gu 2024, section 5",
        paper="Mamba-2: structured state-space duality",
        differences="the rank is bounded by minors, written out for one and two states",
    ),
)
