"""Causality costs: R_T(D) >= the T-block classical function >= R(D).

*Why.* Causal kernels are kernels, and without feedback I(X^T -> U^T) = I(X^T;U^T) (DI2): the same function minimised over fewer. For
a stationary source two blocks coded apart have I(X, X'; U, U') <= I(X;U) + I(X';U'), so the block function is subadditive and R(D), its
limit, is its infimum. For a memoryless source I(X^T;U^T) >= sum I(X_t;U_t), each at least R of its own distortion, and R is convex (RD1): all
of them are equal to R(D), attained letter by letter.

*False:* equality for Markov sources; already for two steps of a binary symmetric one the causal function is larger.
Gorbunov and Pinsker 1973; Gray 1970.
"""

import numpy as np

from semtheory import Fidelity, Given, Theorem, Variant
from semtheory.logic.tested import Tested

no_feedback = Given("I(U^{t-1};X_t|X^{t-1}) = 0 for t=1..T", met_by="an open loop", broken_by="X_2 = U_1")
apart = Given("U -> X -> Y,V", met_by="U made from its own block X", broken_by="U sees the other block")
apart_too = Given("V -> Y -> X,U", met_by="V made from its own block Y", broken_by="V sees the other block")
memoryless = Given("H(X^T) = sum(t=1..T) H(X_t)", met_by="independent letters", broken_by="the same bit sent twice")


def two_steps(case: tuple[float, float]) -> str | None:
    """R_2(D) against the 2-block function, both certified."""
    from semtheory.measures import directed_rate_distortion, rate_distortion

    p, distortion = case
    step, d = np.array([[1 - p, p], [p, 1 - p]]), 1 - np.eye(2)
    causal = directed_rate_distortion(step, d, distortion, 2, unit="bits")
    pairs = (d[:, None, :, None] + d[None, :, None, :]).reshape(4, 4) / 2
    block = rate_distortion((step / 2).ravel(), pairs, distortion, unit="bits")
    if causal.lower > block.upper / 2 + 1e-9:
        return f"R_2 is at least {causal.lower:.6f} bits per step, the 2-block function at most {block.upper / 2:.6f}"
    return None


RD2 = Theorem(
    "RD2",
    title="R_T(D) >= block R(D) >= R(D); equal for memoryless sources",
    depends=["DI2", "RD1"],
    claims=[
        ("DI(X^T->U^T) = I(X^T;U^T)", no_feedback),
        ("I(X,Y;U,V) <= I(X;U) + I(Y;V)", apart, apart_too),
        ("I(X^T;U^T) >= sum(t=1..T) I(X_t;U_t)", memoryless),
    ],
    variants=[
        Variant(
            Tested(
                "R_2(D) equals the 2-block classical function for a binary symmetric Markov source",
                r"R_2(D) = \tfrac12 R^{(2)}(D)",
                two_steps,
                instances=[(0.25, 0.1)],
            ),
            why="the first output cannot wait for the second letter",
        ),
        Variant("I(X^T;U^T) >= sum(t=1..T) I(X_t;U_t)", why="letters that repeat each other are counted twice"),
        Variant("I(X,Y;U,V) <= I(X;U) + I(Y;V)", why="coded together, two blocks may share: U = X xor Y, V = Y"),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Gorbunov and Pinsker 1973; Gray 1970",
        paper="directed against classical rate-distortion",
    ),
)
