"""What it costs to unmask several tokens at once: exactly their total correlation given what is revealed.

A sampler with the data's exact conditionals that fills in n tokens at once draws them independently given the revealed R. Its divergence from the data at
that step is D(p(X^n|R)||prod p(X_t|R)) = sum_t H(X_t|R) - H(X^n|R) = TC(X^n|R), for every n; over a schedule of blocks it is the sum of these; and in one step
it is the total correlation of the whole text.

*Why.* The product law gives X_t, after X^{t-1} and R, its law p(X_t|R); the divergence of that step is I(X_t;X^{t-1}|R), and divergences add up by
the chain rule, as do these informations. In a schedule let B_t be the block of step t: sum_t H(B_t|B^{t-1}) = H(B^T) adds the steps up. Sets chosen by the
revealed tokens are fixed once R = r is known, so the statement is used at each r; `cost` is that form.

*Assumptions.* Exact conditionals; sets fixed in advance, or chosen by what is revealed (a sampler sees nothing else).
*False:* the sum of pairwise informations: three bits of even parity cost one bit at once, and every pair is independent. Watanabe 1960; Austin et al. 2021.
"""

import sympy

from semtheory import Fidelity, Given, Theorem, Variant
from semtheory.logic.expectation import Equality, Expectation

p, q = sympy.symbols("p q")
log = sympy.log

independent = Given(
    "D(p(X_t|R,X^{t-1})||q(X_t|R,X^{t-1})) = I(X_t;X^{t-1}|R) for t=1..n",
    met_by="q draws each token from p(X_t|R), whatever the others are",
    broken_by="q = p: one token at a time costs nothing",
)

LD4 = Theorem(
    "LD4",
    title="Unmasking n tokens at once costs their conditional total correlation",
    depends=["F1", "F3"],
    claims=[
        ("D(p(X^n|R)||q(X^n|R)) = sum(t=1..n) H(X_t|R) - H(X^n|R)", independent),
        "sum(t=1..n) H(X_t|R) - H(X^n|R) = sum(t=1..n) I(X_t;X^{t-1}|R)",
        "sum(t=1..n) H(X_t) >= H(X^n)",
        "sum(t=1..T) H(B_t|B^{t-1}) = H(B^T)",
        Expectation(
            "cost: E[log p(x_A|r) - log q(x_A|r)] >= 0 at every revealed r, zero only when the tokens are independent there",
            log(p) - log(q),
            laws={"p": "A|R", "q": "A|R"},
            equality=Equality(p, q, {"p": q}),
            latex=r"\mathbb{E}\log\frac{p(x_A|r)}{\prod_{i\in A} p(x_i|r)} \ge 0",
        ),
    ],
    variants=[
        Variant(
            "H(X) + H(Y) + H(Z) - H(X,Y,Z) <= I(X;Y) + I(X;Z) + I(Y;Z)",
            why="parity of three bits: total correlation 1 bit, every pair independent",
        ),
        Variant(
            "H(X) + H(Y) + H(Z) - H(X,Y,Z) >= I(X;Y) + I(X;Z) + I(Y;Z)",
            why="three copies of a bit: 2 bits against 3",
        ),
        Variant("sum(t=1..n) H(X_t|R) = H(X^n|R)", why="free only for tokens independent given what is revealed"),
        Variant(
            "sum(t=1..n) H(X_t|R) - H(X^n|R) <= sum(t=1..n) H(X_t) - H(X^n)",
            why="what is revealed may tie tokens together: R the parity of two free bits",
        ),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Watanabe 1960; Austin et al. 2021; Wu et al. 2025",
        paper="parallel decoding of masked diffusion models",
        differences="exact cost, for predictors with exact conditionals",
    ),
)
