"""Pinsker's inequality: small relative entropy means small total variation.

TV(p, q) <= sqrt(D(p||q)/2) in nats, where TV = max over events A of p(A) - q(A) = half the sum of |p - q|.

*Why.* Fix A, P = p(A), Q = q(A). The law q P/Q on A, q (1-P)/(1-Q) off A shows by Gibbs' inequality that D(p||q) is at least the
divergence of the two letters, P log(P/Q) + (1-P) log((1-P)/(1-Q)) (data processing, F4). As a function of Q that minus 2(P - Q)^2
is 0 at Q = P, and its slope (Q - P)(1 - 2Q)^2 / (Q(1-Q)) has the sign of Q - P. So D >= 2(P - Q)^2 for every A; take the best.

*Cases.* With TV > 0 and p << q the best event has 0 < Q < P <= 1: 0 < P < 1 and P = 1 are proved apart. TV = 0 and D = +infinity are
plain. *Equality* only at p = q, but the constant is best: D/(2 TV^2) -> 1 for two letters near (1/2, 1/2), and any factor below
1/2 fails, as the variant shows. Pinsker 1964 (worse constant); Csiszar 1967, Kullback 1967.
"""

import sympy

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Sign, Termwise
from semtheory.logic.expectation import Cells, Expectation

p, q, a, P, Q, s, t = sympy.symbols("p q a P Q s t")
log = sympy.log
LAWS = {"p": "X", "q": "X"}
INSIDE = [P > 0, 1 - P > 0, Q > 0, 1 - Q > 0]
two_letters = P * log(P / Q) + (1 - P) * log((1 - P) / (1 - Q))
tilted = sympy.exp(a * log(P / Q) + (1 - a) * log((1 - P) / (1 - Q)))
event = {"A": Cells("X", "q", [({"a": 1}, Q), ({"a": 0}, 1 - Q)], [tilted])}

bernoulli = Sign(
    "P log(P/Q) + (1-P) log((1-P)/(1-Q)) >= 2 (P-Q)^2, equality only at Q = P",
    two_letters - 2 * (P - Q) ** 2,
    "Q",
    facts=INSIDE,
    at=P,
    strict=True,
)
certain = Sign("log(1/Q) >= 2 (1-Q)^2 for 0 < Q <= 1", -log(Q) - 2 * (1 - Q) ** 2, "Q", facts=[Q > 0, 1 - Q >= 0], at=1)


def half_l1(text: str, side: int) -> Termwise:
    """Sum |p - q| against 2(P - Q) - (sum p - sum q), for A = {p > q}: |p - q| = (2a - 1)(p - q), a = 1 on A and 0 off it."""
    sums = {"L": (2 * a - 1) * (p - q), "P": a * p, "Q": a * q, "massP": p, "massQ": q}
    L, massP, massQ = sympy.symbols("L massP massQ")
    return Termwise(text, side * (L - 2 * (P - Q) + (massP - massQ)), sums=sums, point=["p", "q", "a"])


F6 = Theorem(
    "F6",
    title="Pinsker: TV <= sqrt(D/2)",
    steps=[
        Step(bernoulli, "the slope in Q has the sign of Q - P"),
        Step(certain, "the same at P = 1, where the second letter has gone"),
        Step(half_l1("sum |p-q| >= 2(P-Q) for A = {p > q}", 1), "letter by letter; both masses are 1"),
        Step(half_l1("sum |p-q| <= 2(P-Q) for A = {p > q}", -1), "so that half the sum is P - Q"),
    ],
    claims=[
        Expectation(
            "D(p||q) >= P log(P/Q) + (1-P) log((1-P)/(1-Q)), P = p(A), Q = q(A)",
            log(p) - log(q) - two_letters,
            laws=LAWS,
            point=["a"],
            means={"P": a},
            cells=event,
            facts=INSIDE,
            latex=r"D(p\|q) \ge P\log\frac{P}{Q} + (1-P)\log\frac{1-P}{1-Q}",
        ),
        Expectation(
            "D(p||q) >= 2 (p(A) - q(A))^2, 0 < p(A) < 1",
            log(p) - log(q) - 2 * (P - Q) ** 2,
            laws=LAWS,
            point=["a"],
            means={"P": a},
            cells=event,
            facts=INSIDE,
            lemmas=[(bernoulli, {})],
            latex=r"D(p\|q) \ge 2 (p(A) - q(A))^2",
        ),
        Expectation(
            "D(p||q) >= 2 (1 - q(A))^2 when p(A) = 1",
            log(p) - log(q) - 2 * (1 - Q) ** 2,
            laws=LAWS,
            point=["a"],
            cells={"A": Cells("X", "q", [({"a": 1}, Q)], [1 / Q])},
            facts=[Q > 0, 1 - Q >= 0],
            lemmas=[(certain, {})],
            latex=r"p(A) = 1 \implies D(p\|q) \ge 2 (1 - q(A))^2",
        ),
        Sign(
            "TV <= sqrt(D/2): s >= t for s = sqrt(D/2) > 0, t = TV, from 2 s^2 >= 2 t^2",
            s - t,
            facts=[s > 0, t >= 0, 2 * s**2 - 2 * t**2 >= 0],
            shown=(2 * s**2 - 2 * t**2) / (2 * (s + t)),
            latex=r"\mathrm{TV}(p,q) \le \sqrt{D(p\|q)/2}",
        ),
    ],
    depends=["F1", "F4"],
    variants=[
        Variant(
            Expectation(
                "TV <= sqrt(0.49 D)",
                sympy.Rational(49, 100) * (log(p) - log(q)) - (P - Q) ** 2,
                laws=LAWS,
                point=["a"],
                means={"P": a},
                cells=event,
                facts=INSIDE,
                latex=r"\mathrm{TV}(p,q) \le \sqrt{0.49\,D(p\|q)}",
            ),
            why="near (1/2, 1/2) the factor 1/2 is needed",
        ),
        Variant(
            Sign("TV <= D for two letters", two_letters - (P - Q), facts=INSIDE),
            why="without the root: D is quadratic in small differences",
        ),
    ],
    fidelity=Fidelity(
        "reproduction", source="Csiszar 1967; Kullback 1967", paper="divergence of laws as the loss of generation"
    ),
)
