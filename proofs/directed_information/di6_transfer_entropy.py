"""Directed information is transfer entropy plus the instantaneous exchange.

I(X^n -> Y^n) = sum_t I(X^{t-1}; Y_t | Y^{t-1}) + sum_t I(X_t; Y_t | X^{t-1}, Y^{t-1}) for every n.

*Why.* The chain rule in each term, X^t = (X^{t-1}, X_t).

*So* transfer entropy is at most directed information, with equality iff nothing passes within the same step. Which of the two is
meant decides whether a token may inform the one printed beside it.

Amblard and Michel 2011; transfer entropy is Schreiber 2000, here with the whole past.
"""

from semtheory import Fidelity, Given, Theorem, Variant

nothing_at_once = Given(
    "I(X_t;Y_t|X^{t-1},Y^{t-1}) = 0 for t=1..n",
    met_by="Y_t depends on earlier X only",
    broken_by="Y_t = X_t",
)

DI6 = Theorem(
    "DI6",
    title="Directed information = transfer entropy + instantaneous exchange",
    claims=[
        "DI(X^n->Y^n) = TE(X^n->Y^n) + sum(t=1..n) I(X_t;Y_t|X^{t-1},Y^{t-1})",
        "TE(X^n->Y^n) <= DI(X^n->Y^n)",
        ("TE(X^n->Y^n) = DI(X^n->Y^n)", nothing_at_once),
    ],
    variants=[
        Variant("DI(X^n->Y^n) = TE(X^n->Y^n)", why="Y_t = X_t: everything passes within the step"),
        Variant(
            "DI(X^n->Y^n) = TE(X^n->Y^n) + sum(t=1..n) I(X_t;Y_t|Y^{t-1})",
            why="the instantaneous term must also condition on the past of X",
        ),
    ],
    fidelity=Fidelity("reproduction", source="Amblard and Michel 2011", paper="Granger causality between tokens as transfer entropy"),
)
