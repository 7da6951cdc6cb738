"""Without the prompt the same flow drifts down: E_q[increment] = -D(q||p) <= 0.

Tokens drawn from the prompt-blind law q, scored by log p/q, lose D(q||p) nats a token on average (it may be -infinity).

*Why.* Minus the increment is log q/p, whose mean under q is a relative entropy (F1). Zero only where p = q. So the sign of the drift tells
whether a text was written with the prompt in view: a sequential test (Wald 1945).

*False:* that i_t drifts up under any sampling law; that the two drifts have the same size.
"""

import sympy

from semtheory import Fidelity, Theorem, Variant
from semtheory.logic.expectation import Equality, Expectation

p, q = sympy.symbols("p q")
log = sympy.log
LAWS = {"q": "U", "p": "U"}

SF5 = Theorem(
    "SF5",
    title="Under the prompt-blind law the flow drifts down: E_q[increment] = -D(q||p) <= 0",
    depends=["F1"],
    claims=[
        Expectation(
            "E_q[log p - log q] <= 0, with equality only when p = q",
            log(q) - log(p),
            laws=LAWS,
            true=("q",),
            equality=Equality(q, p, {"q": p}),
            latex=r"\mathbb{E}_q[i_t - i_{t-1} \mid u^{t-1}] = -D(q\|p) \le 0",
        ),
        "sum(t=1..T) D(q(U_t|S,U^{t-1})||p(U_t|S,U^{t-1})) = D(q(U^T|S)||p(U^T|S))",
    ],
    variants=[
        Variant(
            Expectation(
                "E_q[log p - log q] >= 0",
                log(p) - log(q),
                laws=LAWS,
                true=("q",),
                latex=r"\mathbb{E}_q[i_t - i_{t-1}] \ge 0",
            ),
            why="tokens that ignore the prompt are unlikely under it",
        ),
        Variant(
            Expectation(
                "the two drifts are equal and opposite: D(p||q) = D(q||p)",
                log(q) - log(p) - p / q * (log(p) - log(q)),
                laws=LAWS,
                true=("q",),
                relation="=",
                latex=r"D(q\|p) = D(p\|q)",
            ),
            why="relative entropy is not symmetric",
        ),
    ],
    fidelity=Fidelity(
        "reproduction", source="Wald 1945", paper="inference without a prompt as the reference of the flow"
    ),
)
