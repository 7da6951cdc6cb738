"""The chain rule of directed information: a second source adds what it says causally given the first.

I(X^n, Z^n -> Y^n) = I(Z^n -> Y^n) + I(X^n -> Y^n || Z^n), with I(X^n -> Y^n || Z^n) = sum_t I(X^t; Y_t | Y^{t-1}, Z^t).

*Why.* The chain rule in each term. The conditioning is causal: at time t on Z^t, not on all of Z^n.

*False:* with I(X^n -> Y^n), unconditioned, as the last term: two sources that say the same would be counted twice.

Kramer 1998, chapter 3.
"""

from semtheory import Fidelity, Theorem, Variant

DI9 = Theorem(
    "DI9",
    title="Chain rule with causal conditioning",
    claims=["DI(X^n,Z^n->Y^n) = DI(Z^n->Y^n) + DI(X^n->Y^n||Z^n)", "DI(Z^n->Y^n) <= DI(X^n,Z^n->Y^n)"],
    variants=[
        Variant("DI(X^n,Z^n->Y^n) = DI(Z^n->Y^n) + DI(X^n->Y^n)", why="X = Z = Y: the same bit counted twice"),
        Variant("DI(X^n->Y^n||Z^n) <= DI(X^n->Y^n)", why="conditioning can raise information: Y = X xor Z"),
    ],
    fidelity=Fidelity("reproduction", source="Kramer 1998", paper="the information flow from one stream, given another"),
)
