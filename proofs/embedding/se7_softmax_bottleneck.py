"""The softmax bottleneck: d hidden units reach log-probability matrices of rank d + 1 at most.

Rows: contexts c with hidden vectors h_c in R^d; columns: tokens v with vectors w_v. log p(v|c) = h_c . w_v - log Z_c, so the matrix A of log-probabilities is
(H, -log Z)(W, 1)^T: d + 1 columns times d + 1 rows, of rank <= d + 1; with an output bias b_v one more, d + 2.

*Why.* The identity is the definition of the softmax. For the rank: every column of A is a combination of the d columns of H and of the column log Z. Rank is
non-negative, monotone and submodular, as joint entropy is, so what has a Shannon proof holds for ranks; the claims below, read with H(.) the rank of a family
of columns, say: families that depend on d + 1 columns of rank <= 1 have rank <= d + 1. And every minor of order d + 2 vanishes: written out for d = 1 and 2.

*Sharp.* d = 1: seven tokens with w = (1, 1, 0, 0, 0, -1, -1) log 2 and contexts h = 1, -1 have the laws (4, 4, 2, 2, 2, 1, 1)/16 and its reverse: rank 2. Probabilities
that are powers of 2 make the rank exact in rationals.
So a language whose A has rank r needs d >= r - 1, whatever the training.

*Limits.* Positive probabilities, one softmax. The step from Shannon proofs to ranks is this paragraph's. *False:* rank <= d.
Yang, Dai, Salakhutdinov and Cohen 2018, Property 1 and Corollary 1.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from semtheory import Fidelity, Given, Step, Theorem, Variant
from semtheory.logic.calculus import Identity, Sign
from semtheory.logic.tested import Tested

theta, Z = sympy.symbols("theta Z")
log, exp = sympy.log, sympy.exp


def minor(size: int, width: int) -> sympy.Expr:
    """Determinant of `size` contexts and tokens of the matrix h_c . w_v - z_c in dimension `width`."""
    h = sympy.Matrix(size, width, lambda c, k: sympy.Symbol(f"h{c + 1}_{k + 1}"))
    w = sympy.Matrix(size, width, lambda v, k: sympy.Symbol(f"w{v + 1}_{k + 1}"))
    z = sympy.Matrix(size, size, lambda c, v: sympy.Symbol(f"z{c + 1}"))
    return (h * w.T - z).det(method="berkowitz")


spanned = Given(
    "H(A|R^n,Z) = 0",
    met_by="A made of the columns R_1..R_n and Z",
    broken_by="a logit that no hidden unit makes",
)
LAW = [Fraction(1, 2**k) for k in (2, 2, 3, 3, 3, 4, 4)]  # logits (1, 1, 0, 0, 0, -1, -1) log 2, and Z = 8
LAWS = [LAW, LAW[::-1]]  # h = 1 and h = -1


def rank_at_most(case: tuple[Any, int]) -> str | None:
    """The exact rank of log2 p against a claimed bound."""
    from semtheory.measures import log_probability_rank

    rows, bound = case
    found = log_probability_rank(rows)
    return None if found <= bound else f"rank {found} > {bound}"


SE7 = Theorem(
    "SE7",
    title="Softmax bottleneck: rank of the log-probabilities <= d + 1, and d + 1 is reached",
    steps=[
        Step(
            Identity(
                "log of e^theta/Z = theta + (-log Z) 1: one more column than the logits have",
                log(exp(theta) / Z),
                theta - log(Z),
                facts=[Z > 0],
            ),
            "the definition of the softmax",
        ),
        Step(Identity("d = 1: minors of order 3 vanish", minor(3, 1), sympy.Integer(0)), "exactly, for all entries"),
        Step(Identity("d = 2: minors of order 4 vanish", minor(4, 2), sympy.Integer(0)), "exactly, for all entries"),
    ],
    claims=[
        ("H(A) <= sum(t=1..n) H(R_t) + H(Z)", spanned),
        ("H(A) <= H(R^n,Z)", spanned),
        Sign(
            "d + 1 is reached at d = 1: log2 of (4,4,2,2,2,1,1)/16 and of its reverse, first and last token, determinant not 0",
            sympy.Matrix([[-2, -4], [-4, -2]]).det() ** 2,
            relation=">",
            latex=r"\det \begin{pmatrix} -2 & -4 \\ -4 & -2 \end{pmatrix} \ne 0",
        ),
    ],
    variants=[
        Variant(
            Identity(
                "rank <= d: minors of order d + 1 = 2 vanish at d = 1",
                minor(2, 1),
                sympy.Integer(0),
                latex=r"\operatorname{rank} \log P \le d",
            ),
            why="the normaliser adds a column of its own",
        ),
        Variant(
            Tested(
                "one hidden unit h = 1, -1 and seven tokens, laws in powers of 2: rank <= 1",
                r"\operatorname{rank} \log_2 P \le 1",
                rank_at_most,
                instances=[(LAWS, 1)],
            ),
            why="rank 2, exactly: the normaliser is a column of its own",
        ),
        Variant(
            "H(A) <= sum(t=1..n) H(R_t)",
            given=(spanned,),
            why="the same in the claim language: the normaliser forgotten",
        ),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Yang, Dai, Salakhutdinov and Cohen 2018, Property 1, Corollary 1",
        paper="the output layer of the LLM as a Boltzmann law of inner products",
    ),
)
