"""Directed information lies between zero and mutual information.

0 <= I(X^n -> Y^n) <= I(X^n; Y^n) for every n, and the upper bound is met exactly when X is not driven by Y:
I(Y^{t-1}; X_t | X^{t-1}) = 0 for every t.

*Why.* The gap is what Y's past tells X (DI1), a sum of conditional mutual informations; it is zero exactly when each is.

*With feedback* mutual information overstates what the channel carries. Let X_1 be a fair bit, X_t = Y_{t-1}, and Y pure
noise: nothing gets through, I(X^n -> Y^n) = 0, and yet I(X^3; Y^3) is 2 bits.

Massey 1990, Theorems 1 and 2.
"""

from semtheory import Fidelity, Given, Theorem, Variant

no_feedback = Given(
    "I(Y^{t-1};X_t|X^{t-1}) = 0 for t=1..n",
    met_by="an open loop: X is drawn before Y answers",
    broken_by="an echo: X_2 = Y_1, and Y is noise",
)
all_of_it = Given(
    "DI(X^n->Y^n) = I(X^n;Y^n)",
    met_by="a channel used without feedback",
    broken_by="an echo: X_2 = Y_1, and Y is noise",
)

DI2 = Theorem(
    "DI2",
    title="0 <= I(X^n -> Y^n) <= I(X^n;Y^n), with equality above iff there is no feedback",
    depends=["DI1"],
    claims=[
        "DI(X^n->Y^n) >= 0",
        "DI(X^n->Y^n) <= I(X^n;Y^n)",
        ("DI(X^n->Y^n) = I(X^n;Y^n)", no_feedback),
        ("sum(t=1..n) I(Y^{t-1};X_t|X^{t-1}) = 0", all_of_it),
    ],
    variants=[
        Variant("DI(X^n->Y^n) = I(X^n;Y^n)", why="feedback: X_2 = Y_1 and Y is pure noise"),
        Variant("I(X^n;Y^n) <= DI(X^n->Y^n)", why="mutual information also counts what is fed back"),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Massey 1990",
        paper="the language model as a channel with state and feedback; directed information is what it carries",
    ),
)
