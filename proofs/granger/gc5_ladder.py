"""Prediction is not intervention: transfer entropy neither shows nor misses an effect.

*A hidden common cause.* Z is a stream of fair bits, X_t = Z_t, Y_{t+1} = Z_t. X's past tells Y's next bit entirely: transfer entropy
H(Y) per step. But Y is made of Z; a W that is set, that is drawn independently of Z in place of X, tells nothing of Y.

*The other way.* X_t = Y_{t-1} and Y_{t+1} = X_t: X is known from Y's past, so both transfer entropy and directed information are 0
for every n, and yet Y_{t+1} is whatever X_t is set to: a W that is set is all of the next bit, V.

In the claims: Z the cause, X and Y as observed, W the input when it is set, V the output then. *False:* "transfer entropy above 0
implies that setting x changes y", and its converse.

Pearl 2009, chapter 1; Ay and Polani 2008.
"""

from semtheory import Fidelity, Given, Theorem, Variant

made_of_cause = Given("H(Y|Z) = 0", met_by="Y_{t+1} = Z_t", broken_by="Y = W: set by hand")
cause_shown = Given("H(Z|X) = 0", met_by="X_t = Z_t", broken_by="X is a constant")
set_by_hand = Given("I(W;Z) = 0", met_by="W drawn by a coin of its own", broken_by="W = Z: not set but observed")
heard = Given("H(X_t|Y^{t-1}) = 0 for t=1..n", met_by="X_t = Y_{t-1}", broken_by="X a source of its own, Y_t = X_{t-1}")
obeys = Given("H(W|V) = 0", met_by="Y_{t+1} = X_t, X_t set to W", broken_by="V is a constant")

GC5 = Theorem(
    "GC5",
    title="Ladder of causation: transfer entropy without effect, effect without transfer entropy",
    depends=["DI6"],
    claims=[
        ("I(X;Y) = H(Y)", made_of_cause, cause_shown),
        ("I(W;Y) = 0", made_of_cause, set_by_hand),
        ("TE(X^n->Y^n) = 0", heard),
        ("DI(X^n->Y^n) = 0", heard),
        ("I(W;V) = H(W)", obeys),
    ],
    variants=[
        Variant(
            "I(X;Y) <= I(W;Y)",
            given=(made_of_cause, cause_shown, set_by_hand),
            why="transfer entropy above 0, and setting x changes nothing: a hidden common cause",
        ),
        Variant(
            "I(W;V) <= I(X;Y|P)",
            given=(Given("H(X|P) = 0"), obeys),
            why="transfer entropy 0, and y is whatever x is set to: a copy of the past",
        ),
    ],
    fidelity=Fidelity(
        "correction",
        source="Pearl 2009; Ay and Polani 2008",
        paper="Granger causality between tokens as causation",
        differences="prediction only; neither implication to an effect of setting a token holds",
    ),
)
