"""Conservation: what X and Y share is what X tells Y, plus what Y's past tells X.

I(X^n; Y^n) = I(X^n -> Y^n) + I(0 Y^{n-1} -> X^n) for every n.

*Why.* Write the joint law in the order X_1, Y_1, X_2, Y_2, ...: each X_t is drawn given both pasts, each Y_t given both
pasts and X_t. The two directed terms are exactly the two families of factors; the potential of the proof is the mutual
information I(X^t; Y^t) itself.

*The delay matters.* X_t may see Y^{t-1}, never Y_t. Without the delay in the reverse term an instantaneous exchange is
counted twice: with X_t = Y_t fair bits and n = 2 the mutual information is 2 bits, the undelayed sum 4.

Massey and Massey 2005, Proposition 2.
"""

from semtheory import Fidelity, Theorem, Variant

DI1 = Theorem(
    "DI1",
    title="Conservation of information between two processes",
    claims=["I(X^n;Y^n) = DI(X^n->Y^n) + DI(Y^{n-1}->X^n)"],
    variants=[
        Variant("I(X^n;Y^n) = DI(X^n->Y^n) + DI(Y^n->X^n)", why="undelayed: X_t = Y_t is counted in both directions"),
        Variant("I(X^n;Y^n) >= DI(X^n->Y^n) + DI(Y^n->X^n)", why="the undelayed sum is not even a lower bound"),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Massey and Massey 2005",
        paper="mutual information between prompt and response splits into what flows forward and what is fed back",
    ),
)
