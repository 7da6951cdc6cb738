"""Gibbs' inequality: relative entropy is never negative, and is zero only between equal laws.

D(p||q) >= 0, with equality iff p = q.

*Why.* log r <= r - 1, with equality at r = 1 alone: the function r - 1 - log r is 0 at 1 and its slope (r - 1)/r has the sign of
r - 1. Put r = q(x)/p(x) and take the mean under p: D(p||q) >= 1 - q(support of p) >= 0. That is all; on it rest the sign of every
mutual information, the variational principle F2, Fano F5 and Pinsker F6.

*Equality.* If the mean of r - 1 - log r >= 0 is zero then r = 1 at every letter of positive probability, so p = q.

*Where p is not << q*, D(p||q) = +infinity by definition. It is the only value that fits: for an event A with p(A) = P and
q(A) = Q, D(p||q) >= P log(1/Q) - 1, which grows without bound as Q -> 0 while P > 0 stays.

*False:* that D is symmetric. Gibbs 1902; Kullback and Leibler 1951.
"""

import sympy

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Sign
from semtheory.logic.expectation import Cells, Equality, Expectation

p, q, r, a, P, Q = sympy.symbols("p q r a P Q")
log = sympy.log
LAWS = {"p": "X", "q": "X"}

tangent = Sign("r - 1 - log r >= 0 for r > 0, = 0 only at r = 1", r - 1 - log(r), "r", facts=[r > 0], strict=True)

PROBABILITIES = [P > 0, 1 - P > 0, Q > 0, 1 - Q > 0]
two_letters = P * log(P / Q) + (1 - P) * log((1 - P) / (1 - Q))
blow_up = Sign(
    "P log(P/Q) + (1-P) log((1-P)/(1-Q)) >= P log(1/Q) - 1",
    two_letters + P * log(Q) + 1,
    facts=PROBABILITIES,
    lemmas=[(tangent, {"r": 1 / P}), (tangent, {"r": 1 / (1 - P)})],
    shown=P * (1 / P - 1 - log(1 / P)) + (1 - P) * (1 / (1 - P) - 1 - log(1 / (1 - P))) + (1 - P) * log(1 / (1 - Q)),
)

F1 = Theorem(
    "F1",
    title="Gibbs inequality: D(p||q) >= 0, equality iff p = q",
    steps=[
        Step(tangent, "the slope (r - 1)/r has the sign of r - 1"),
        Step(blow_up, "x log x >= x - 1 at x = P and x = 1 - P, and 1 - Q < 1"),
    ],
    claims=[
        Expectation(
            "D(p||q) >= 0, with equality only when p = q",
            log(p) - log(q),
            laws=LAWS,
            elementary=True,
            equality=Equality(p, q, {"p": q}),
            latex=r"D(p\|q) \ge 0, \quad D(p\|q) = 0 \iff p = q",
        ),
        Expectation(
            "D(p||q) >= p(A) log(1/q(A)) - 1 for every event A, 0 < p(A) < 1: D is +infinity when p(A) > 0 = q(A)",
            log(p) - log(q) + 1 + P * log(Q),
            laws=LAWS,
            point=["a"],
            means={"P": a},
            cells={
                "A": Cells(
                    "X",
                    "q",
                    [({"a": 1}, Q), ({"a": 0}, 1 - Q)],
                    [sympy.exp(a * log(P / Q) + (1 - a) * log((1 - P) / (1 - Q)))],
                )
            },
            facts=PROBABILITIES,
            lemmas=[(blow_up, {})],
            latex=r"D(p\|q) \ge p(A) \log \frac{1}{q(A)} - 1",
        ),
        Expectation(
            "D(p||q) >= log(1/q(A)) when p(A) = 1",
            log(p) - log(q) + log(Q),
            laws=LAWS,
            point=["a"],
            cells={"A": Cells("X", "q", [({"a": 1}, Q)], [1 / Q])},
            facts=[Q > 0, 1 - Q >= 0],
            latex=r"p(A) = 1 \implies D(p\|q) \ge \log \frac{1}{q(A)}",
        ),
    ],
    variants=[
        Variant(
            Expectation(
                "D(p||q) = D(q||p)",
                log(p) - log(q) - q / p * (log(q) - log(p)),
                laws=LAWS,
                relation="=",
                latex=r"D(p\|q) = D(q\|p)",
            ),
            why="each side averages the same log ratio under its own first law",
        ),
        Variant(
            Sign("log r >= r - 1 for r > 0", log(r) - (r - 1), facts=[r > 0]),
            why="the tangent lies above the logarithm",
        ),
    ],
    fidelity=Fidelity(
        "reproduction", source="Gibbs 1902; Cover and Thomas 2006, Theorem 2.6.3", paper="relative entropy as the loss"
    ),
)
