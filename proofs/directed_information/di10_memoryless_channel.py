"""On a memoryless channel directed information is at most the sum of the single-letter informations.

If Y_t - X_t - (X^{t-1}, Y^{t-1}) for every t, then I(X^n -> Y^n) <= sum_t I(X_t; Y_t), with equality iff the Y_t are independent;
the gap is sum_t H(Y_t) - H(Y^n).

*Why.* The channel fixes H(Y_t | Y^{t-1}, X^t) = H(Y_t | X_t), so only H(Y_t | Y^{t-1}) <= H(Y_t) is lost (DI3).

*This is why* feedback does not raise the capacity of a memoryless channel, though mutual information with feedback exceeds
the bound: with Y pure noise and X_t = Y_{t-1} the sum is 0 and I(X^n; Y^n) = n - 1 bits.

Massey 1990, Theorem 3.
"""

from semtheory import Fidelity, Given, Theorem, Variant

memoryless = Given(
    "Y_t -> X_t -> X^{t-1},Y^{t-1} for t=1..n",
    met_by="each Y_t is X_t through the same noisy channel",
    broken_by="Y_2 = X_1: the channel remembers",
)
independent = Given(
    "H(Y^n) = sum(t=1..n) H(Y_t)",
    met_by="independent inputs",
    broken_by="the same bit sent twice",
)
tight = Given(
    "DI(X^n->Y^n) = sum(t=1..n) I(X_t;Y_t)",
    met_by="independent inputs",
    broken_by="the same bit sent twice",
)

DI10 = Theorem(
    "DI10",
    title="Memoryless channel: I(X^n -> Y^n) <= sum_t I(X_t;Y_t), equality iff the outputs are independent",
    depends=["DI3"],
    claims=[
        ("DI(X^n->Y^n) <= sum(t=1..n) I(X_t;Y_t)", memoryless),
        ("sum(t=1..n) I(X_t;Y_t) - DI(X^n->Y^n) = sum(t=1..n) H(Y_t) - H(Y^n)", memoryless),
        ("DI(X^n->Y^n) = sum(t=1..n) I(X_t;Y_t)", memoryless, independent),
        ("H(Y^n) = sum(t=1..n) H(Y_t)", memoryless, tight),
    ],
    variants=[
        Variant("I(X^n;Y^n) <= sum(t=1..n) I(X_t;Y_t)", given=(memoryless,), why="feedback: X_2 = Y_1 and Y pure noise"),
        Variant("DI(X^n->Y^n) = sum(t=1..n) I(X_t;Y_t)", given=(memoryless,), why="the same bit sent twice"),
    ],
    fidelity=Fidelity("reproduction", source="Massey 1990", paper="capacity of the model as a channel, letter by letter"),
)
