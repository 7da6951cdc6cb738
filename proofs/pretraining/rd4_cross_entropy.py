"""The loss of pre-training is an entropy plus a divergence, and only the divergence can be trained away.

E[-log p_theta(X_t|X^{t-1})] = H(X_t|X^{t-1}) + E D(p||p_theta) for P << P_theta (else +infinity). Summed over t, for every T:
loss = H(X^T) + D(P^T||P_theta^T).

*Why.* -log q = -log p + log(p/q) at each point; the chain rules of H and D add the terms up (F3); D >= 0 with equality iff equal (F1).

*So* least loss, least divergence and largest expected log-likelihood are one thing, and the floor is the entropy rate.

*False:* a population loss below the entropy rate. *False too:* the same floor for the training loss: a model that has memorised its
sample has loss 0 on it. Shannon 1948; Cover and Thomas 2006, section 5.4.
"""

import sympy

from semtheory import Fidelity, Theorem, Variant
from semtheory.logic.calculus import Sign
from semtheory.logic.expectation import Equality, Expectation

p, q = sympy.symbols("p q")
log = sympy.log
LAWS = {"p": "X|A", "q": "X|A"}

RD4 = Theorem(
    "RD4",
    title="Cross-entropy = entropy + relative entropy, for every T",
    depends=["F1", "F3"],
    claims=[
        Expectation(
            "E[-log q(X|A)] = H(X|A) + E D(p||q), A the past",
            -log(q) - (-log(p) + (log(p) - log(q))),
            laws=LAWS,
            relation="=",
            latex=r"\mathbb{E}[-\log q(X|A)] = H(X|A) + \mathbb{E}\,D(p\|q)",
        ),
        Expectation(
            "E[-log q(X|A)] >= H(X|A), with equality only when q = p",
            log(p) - log(q),
            laws=LAWS,
            equality=Equality(p, q, {"p": q}),
            latex=r"\mathbb{E}[-\log q(X|A)] \ge H(X|A), \quad \text{equality iff } q = p",
        ),
        "sum(t=1..T) H(X_t|X^{t-1}) = H(X^T)",
        "sum(t=1..T) D(p(X_t|X^{t-1})||q(X_t|X^{t-1})) = D(p(X^T)||q(X^T))",
        "sum(t=1..T) H(X_t|X^{t-1}) + sum(t=1..T) D(p(X_t|X^{t-1})||q(X_t|X^{t-1})) >= H(X^T)",
    ],
    variants=[
        Variant(
            Expectation(
                "a population loss below the entropy: E[-log q] <= H",
                log(q) - log(p),
                laws={"p": "X", "q": "X"},
                latex=r"\mathbb{E}[-\log q] \le H",
            ),
            why="the divergence is never negative",
        ),
        Variant(
            Sign(
                "the training loss has the floor log 2 too: one fair bit, memorised, -log 1 >= log 2",
                -log(sympy.Integer(1)) - log(sympy.Integer(2)),
            ),
            why="the mean over the sample is not the mean over the source",
        ),
    ],
    fidelity=Fidelity(
        "reproduction", source="Shannon 1948; Cover and Thomas 2006, section 5.4", paper="the pre-training loss"
    ),
)
