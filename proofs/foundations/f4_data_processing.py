"""Data processing: no processing of Y can increase what Y says about X, nor tell two laws apart better.

If X - Y - Z then I(X; Z) <= I(X; Y). If p(Y|X) = q(Y|X) is the same kernel for both laws then D(p(Y)||q(Y)) <= D(p(X)||q(X)).

*Why.* I(X; Y) - I(X; Z) = I(X; Y | Z) - I(X; Z | Y), and the last is zero by the chain. Likewise D of the pair (X, Y) splits in two ways:
D(X) + D(Y|X) = D(Y) + D(X|Y), where D(Y|X) = 0 and D(X|Y) >= 0 (F1).

*Equality* iff Z is sufficient for X (I(X; Y | Z) = 0), respectively iff p(X|Y) = q(X|Y).

Cover and Thomas 2006, Theorem 2.8.1; for D, Csiszar and Korner 2011, Lemma 3.11.
"""

from semtheory import Fidelity, Given, Theorem, Variant

chain = Given("X->Y->Z", met_by="Z is Y through a noisy channel", broken_by="Z = X and Y is constant")
same_kernel = Given(
    "D(p(Y|X)||q(Y|X)) = 0",
    met_by="two inputs to one channel",
    broken_by="the same X, two channels",
)
sufficient = Given("I(X;Y|Z) = 0", met_by="Z = Y", broken_by="Z is constant and Y = X")

F4 = Theorem(
    "F4",
    title="Data processing for I and for D",
    depends=["F1"],
    claims=[
        ("I(X;Z) <= I(X;Y)", chain),
        ("I(X;Z) = I(X;Y)", chain, sufficient),
        ("D(p(Y)||q(Y)) <= D(p(X)||q(X))", same_kernel),
    ],
    variants=[
        Variant("I(X;Z) <= I(X;Y)", why="no chain: Z = X and Y is constant"),
        Variant("I(X;Z|Y) <= I(X;Z)", why="conditioning can raise information: Y = X xor Z"),
        Variant("D(p(Y)||q(Y)) <= D(p(X)||q(X))", why="two different kernels"),
    ],
    fidelity=Fidelity("reproduction", source="Cover and Thomas 2006, Theorem 2.8.1", paper="embedding and decoding cannot create information"),
)
