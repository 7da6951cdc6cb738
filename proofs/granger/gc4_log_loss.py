"""Log-loss Granger causality: what the other stream's past takes off the best next-token loss is transfer entropy.

The least mean log-loss of predicting Y_t from what is known, K, is H(Y_t | K): a prediction q costs D(p||q) more (second claim,
for every kernel q, equality iff q = p). So the best loss without X's past, minus the best loss with it, is
H(Y_t|Y^{t-1}) - H(Y_t|Y^{t-1},X^{t-1}); summed, transfer entropy, for every n.

*Trained models* miss the best by divergences of their own: the measured difference is TE + KL_without - KL_with, of either sign (third
claim). A negative one is no negative information, but a worse fit of the larger model.

*False:* that the measured difference is never negative; that it is directed information, which also counts the present of X.

Granger 1969 in log-loss; Barnett and Bossomaier 2012.
"""

import sympy

from semtheory import Fidelity, Theorem, Variant
from semtheory.logic.calculus import Identity, Sign
from semtheory.logic.expectation import Equality, Expectation

p, q = sympy.symbols("p q")
less, more, DL, DM = sympy.symbols("less more DL DM")

GC4 = Theorem(
    "GC4",
    title="Best next-token loss without minus with the other stream = transfer entropy",
    depends=["F1", "DI6"],
    claims=[
        "TE(X^n->Y^n) = sum(t=1..n) H(Y_t|Y^{t-1}) - sum(t=1..n) H(Y_t|Y^{t-1},X^{t-1})",
        Expectation(
            "E[-log q(Y|K)] >= H(Y|K) for every kernel q, with equality only at q = p",
            sympy.log(p) - sympy.log(q),
            laws={"p": "Y|K", "q": "Y|K"},
            equality=Equality(p, q, {"p": q}),
            latex=r"\mathbb{E}[-\log q(Y|K)] \ge H(Y|K)",
        ),
        Identity(
            "(less + DL) - (more + DM) = (less - more) + DL - DM: measured = TE + KL_without - KL_with",
            (less + DL) - (more + DM),
            (less - more) + DL - DM,
            latex=r"\hat L_{\setminus X} - \hat L_X = \mathrm{TE} + \mathrm{KL}_{\setminus X} - \mathrm{KL}_X",
        ),
    ],
    variants=[
        Variant(
            Sign(
                "the measured difference (less - more) + DL - DM is >= 0 for less >= more",
                (less - more) + DL - DM,
                facts=[less - more >= 0, more >= 0, DL >= 0, DM >= 0],
            ),
            why="a larger model that fits worse",
        ),
        Variant(
            "DI(X^n->Y^n) = sum(t=1..n) H(Y_t|Y^{t-1}) - sum(t=1..n) H(Y_t|Y^{t-1},X^{t-1})",
            why="directed information also counts what X_t tells Y_t within the step",
        ),
    ],
    fidelity=Fidelity(
        "variant",
        source="Barnett and Bossomaier 2012",
        paper="next-token prediction measures Granger causality between token streams",
        differences="the exact part: best predictors; trained models add divergences of either sign",
    ),
)
