"""Fano's inequality: guessing well needs little conditional entropy.

For X on V >= 2 letters, any guess x^(Y), and Pe = P(x^(Y) != X):   H(X|Y) <= h(Pe) + Pe log(V - 1).

*Why.* Compare p(x|y) with the kernel that gives 1 - Pe to the guess and shares Pe among the other V - 1 letters. It is a law for
every y, so by Gibbs' inequality (F1) the mean of -log of it is at least H(X|Y); and that mean is h(Pe) + Pe log(V - 1), because
an error occurs with probability Pe. No chain rule is needed.

*Equality* iff p(x|y) is that kernel: errors independent of Y, spread evenly. *Ends:* at Pe = 0 the bound is 0, at Pe = 1 it is
log(V - 1); both are proved apart, since the kernel then has zeros. A randomised guess is covered: let Y carry its coin.

*False:* log(V - 2). Fano 1961; Cover and Thomas 2006, Theorem 2.10.1.
"""

import sympy

from semtheory import Fidelity, Theorem, Variant
from semtheory.logic.expectation import Cells, Equality, Expectation

p, e, Pe, V = sympy.symbols("p e Pe V")
log = sympy.log
h = -Pe * log(Pe) - (1 - Pe) * log(1 - Pe)
shared_evenly = sympy.exp((1 - e) * log(1 - Pe) + e * log(Pe / (V - 1)))  # 1 - Pe where e = 0, Pe/(V - 1) where e = 1
guess = Cells(
    "X|Y", "1", [({"e": 0}, 1), ({"e": 1}, V - 1)], [shared_evenly]
)  # given y: one letter is the guess, V - 1 are not


def fano(text: str, bound: sympy.Expr, facts: list[sympy.Basic], latex: str, **more: object) -> Expectation:
    """H(X|Y) <= bound, as a mean under p(x|y); e = 1 marks an error."""
    return Expectation(
        text,
        log(p) + bound,
        laws={"p": "X|Y"},
        point=["e"],
        means={"Pe": e},
        cells={"guess": guess},
        facts=facts,
        latex=latex,
        **more,  # type: ignore[arg-type]
    )


INSIDE = [Pe > 0, 1 - Pe > 0]

F5 = Theorem(
    "F5",
    title="Fano: H(X|Y) <= h(Pe) + Pe log(V-1)",
    claims=[
        fano(
            "H(X|Y) <= h(Pe) + Pe log(V-1) for 0 < Pe < 1, V >= 2, equality only when errors are spread evenly",
            h + Pe * log(V - 1),
            [*INSIDE, V >= 2, V > 1],
            r"H(X|Y) \le h(P_e) + P_e \log(V-1)",
            equality=Equality(p, shared_evenly, {"p": shared_evenly}),
        ),
        Expectation(
            "H(X|Y) <= 0 when Pe = 0",
            log(p),
            laws={"p": "X|Y"},
            cells={"guess": Cells("X|Y", "1", [({"e": 0}, 1)], [sympy.Integer(1)])},
            latex=r"P_e = 0 \implies H(X|Y) = 0",
        ),
        Expectation(
            "H(X|Y) <= log(V-1) when Pe = 1, V >= 2",
            log(p) + log(V - 1),
            laws={"p": "X|Y"},
            cells={"guess": Cells("X|Y", "1", [({"e": 1}, V - 1)], [1 / (V - 1)])},
            facts=[V >= 2, V > 1],
            latex=r"P_e = 1 \implies H(X|Y) \le \log(V-1)",
        ),
    ],
    depends=["F1"],
    variants=[
        Variant(
            fano(
                "H(X|Y) <= h(Pe) + Pe log(V-2), V > 2",
                h + Pe * log(V - 2),
                [*INSIDE, V > 2],
                r"H(X|Y) \le h(P_e) + P_e \log(V-2)",
            ),
            why="V - 1 letters are left after a wrong guess, not V - 2",
        ),
        Variant(
            fano(
                "H(X|Y) <= Pe log(V-1)",
                Pe * log(V - 1),
                [*INSIDE, V > 1],
                r"H(X|Y) \le P_e \log(V-1)",
            ),
            why="whether an error occurred is news too: h(Pe)",
        ),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Fano 1961; Cover and Thomas 2006, Theorem 2.10.1",
        paper="what a token error rate says of information",
    ),
)
