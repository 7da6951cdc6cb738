"""Directed information is uncertainty removed causally.

I(X^n -> Y^n) = H(Y^n) - H(Y^n || X^n), where H(Y^n || X^n) = sum_t H(Y_t | Y^{t-1}, X^t) conditions each Y_t on the past of X and
its present, never on its future.

*Why.* Both sides are sums over t of H(Y_t | Y^{t-1}) - H(Y_t | Y^{t-1}, X^t).

*Not* the ordinary conditional entropy: H(Y^n | X^n) lets Y_t see X_{t+1}, which feedback may have made out of Y_t.

Kramer 1998, chapter 2.
"""

from semtheory import Fidelity, Theorem, Variant

DI3 = Theorem(
    "DI3",
    title="I(X^n -> Y^n) = H(Y^n) - H(Y^n || X^n)",
    claims=["DI(X^n->Y^n) = H(Y^n) - H(Y^n||X^n)", "H(Y^n||X^n) >= H(Y^n|X^n)"],
    variants=[
        Variant("DI(X^n->Y^n) = H(Y^n) - H(Y^n|X^n)", why="ordinary conditioning looks into the future of X"),
        Variant("H(Y^n||X^n) = H(Y^n|X^n)", why="a later X_t may have been made out of Y: conditioning on it is not causal"),
    ],
    fidelity=Fidelity("reproduction", source="Kramer 1998", paper="entropy of the response, causally conditioned on the prompt"),
)
