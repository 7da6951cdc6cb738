"""Predicting the next token well enough, with a state that updates itself, predicts the whole future.

*The target.* Of what S tells, the best prediction of the next token X is p(X|S), its log-loss H(X|S): any other q costs
D(p||q) more. Since I(S;X) = H(X) - H(X|S), to maximise I(S;X) is to minimise that loss.

*The horizon.* Let P be the past, S_1 = f(P) and S_t the state before X_t. If S is sufficient for the next token at every t,
I(P,X^{t-1};X_t|S_t) = 0, and unifilar, S_t a function of S_{t-1} and X_{t-1}, then S_1 is sufficient for the whole future:
I(P;X^n|S_1) = 0 for every n.

*Why.* By the chain rule I(P;X^n|S_1) = sum_t I(P;X_t|X^{t-1},S_1). Unifilarity makes S_t a function of what stands behind the
bar, and given S_t the past says nothing more of X_t.

*Not without unifilarity.* RRXOR (two random bits, then their exclusive or), in phase: the classes {fair, 0, 1} of its five causal
states predict the next token as well as they do, 1/3 bit. On three tokens they tell 0.3774 bit, the causal states 0.9183.
"""

from __future__ import annotations

from semtheory import Fidelity, Given, Theorem, Variant
from semtheory.logic.tested import Tested

encoder = Given("H(S_1|P) = 0", met_by="S_1 is a part of the past", broken_by="S_1 has seen the future")
next_token = Given(
    "I(P,X^{t-1};X_t|S_t) = 0 for t=1..n",
    met_by="tokens drawn afresh each time",
    broken_by="S is constant and the token repeats the past",
)
unifilar = Given(
    "H(S_t|S_{t-1},X_{t-1}) = 0 for t=2..n",
    met_by="a state machine that reads the tokens",
    broken_by="RRXOR by classes: fair, then whatever the exclusive or will be",
)


def classes_suffice(horizon: int) -> str | None:
    """Information on the next `horizon` tokens: in the classes {fair, 0, 1} of RRXOR's states, and in the states."""
    import numpy as np

    from semtheory.processes import rrxor
    from semtheory.testing import words

    process = rrxor(0.5, 0.5)
    law = process.stationary()
    ahead = np.zeros((process.states, 2**horizon))
    for k, word in enumerate(words(process, horizon)):
        column = np.ones(process.states)
        for symbol in word[::-1]:
            column = process.kernel[symbol] @ column
        ahead[:, k] = column
    joint = law[:, None] * ahead
    by_class = np.array([joint[:3].sum(axis=0), joint[3], joint[4]])

    def information(table: np.ndarray) -> float:
        product = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True)
        mask = table > 0
        return float((table[mask] * np.log2(table[mask] / product[mask])).sum())

    few, all_five = information(by_class), information(joint)
    return None if few >= all_five - 1e-12 else f"{few:.4f} < {all_five:.4f} bit on {horizon} tokens"


SE4 = Theorem(
    "SE4",
    title="Next-token sufficient and unifilar: sufficient for the whole future",
    depends=["F1", "F3"],
    claims=[
        "D(p(X|S)||q(X|S)) >= 0",
        "I(S;X) = H(X) - H(X|S)",
        ("I(P;X^n|S_1) = 0", encoder, unifilar, next_token),
    ],
    variants=[
        Variant(
            "I(P;X^n|S_1) = 0",
            given=(encoder, next_token),
            why="without unifilarity the state forgets what it will need",
        ),
        Variant(
            Tested(
                "RRXOR: classes that match the causal states on the next token match them on three",
                r"I(\mathrm{class};X^3) = I(S;X^3)",
                classes_suffice,
                instances=[1, 3],
            ),
            why="the classes are not unifilar: .3774 < .9183 bit",
        ),
        Variant("I(S;X) = H(X|S)", why="information is what the loss falls short of H(X), not the loss"),
    ],
    fidelity=Fidelity(
        "variant",
        source="Shalizi and Crutchfield 2001; Cover and Thomas 2006, section 2.8",
        paper="training on the next token makes the vector maximise the information it holds about what follows",
        differences="stated with the condition that makes it true for more than one token: the state must be unifilar",
    ),
)
