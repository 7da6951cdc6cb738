"""The price of learning in context is the information that the tokens hold about their source.

sum_t E D(P_theta||P_mix)(X_t|X^{t-1}), averaged over the prior pi, is I(Theta;X^n) <= H(Theta), for every n: it does not grow with n. And on
every path the regret of the mixture against theta is at most log 1/pi(theta).

*Why.* The mean of log P_theta/P_mix at time t, over theta and the past, is I(Theta;X_t|X^{t-1}); the chain rule adds these up, and
I(Theta;X^n) <= H(Theta) whatever n. On a path, P_mix(x^n) >= pi(theta) P_theta(x^n): one term of the sum.

*False:* a bound free of pi. A source of prior pi that shares no path with the others costs log 1/pi on its own path, so that whatever the
constant C > 0, the prior e^{-2C} breaks it (last claim, for every C); log 1/pi itself cannot be lowered. Clarke and Barron 1990; Cover and Thomas
2006, section 13.
"""

import sympy

from semtheory import Fidelity, Given, Theorem, Variant
from semtheory.logic.calculus import Sign
from semtheory.logic.expectation import Expectation

P, rest, pi, p, r, C, c = sympy.symbols("P rest pi p r C c")
log, exp = sympy.log, sympy.exp
mixture = pi * P + rest
PATH = [P > 0, pi > 0, rest >= 0]

same_prior = Given("D(p(Theta)||q(Theta)) = 0", met_by="one prior", broken_by="q holds another prior")
one_mixture = Given(
    "D(p(Theta|X^n)||q(Theta|X^n)) = I(Theta;X^n)",
    met_by="q does not look at theta",
    broken_by="q knows theta: no price at all",
)

SF7 = Theorem(
    "SF7",
    title="Price of learning in context: sum of E D(P_theta||P_mix) = I(Theta;X^n) <= H(Theta); regret <= log 1/pi",
    depends=["F1", "F3"],
    claims=[
        "sum(t=1..n) I(Theta;X_t|X^{t-1}) = I(Theta;X^n)",
        "I(Theta;X^n) <= H(Theta)",
        (
            "sum(t=1..n) D(p(X_t|Theta,X^{t-1})||q(X_t|Theta,X^{t-1})) = I(Theta;X^n) + D(p(X^n)||q(X^n))",
            one_mixture,
            same_prior,
        ),
        Sign(
            "on every path log P_theta/P_mix <= log 1/pi, P_mix = pi P_theta + rest, rest >= 0",
            -log(pi) - (log(P) - log(mixture)),
            facts=PATH,
            shown=log(1 + rest / (pi * P)),
            latex=r"\log\frac{P_\theta(x^n)}{P_{\mathrm{mix}}(x^n)} \le \log\frac{1}{\pi(\theta)}",
        ),
        Expectation(
            "D(P_theta||P_mix) <= log 1/pi for each theta",
            -log(pi) - log(p) + log(pi * p + r),
            laws={"p": "X"},
            point=["r"],
            facts=[pi > 0, r >= 0],
            hints=[log(1 + r / (pi * p))],
            latex=r"D(P_\theta\|P_{\mathrm{mix}}) \le \log\frac{1}{\pi(\theta)}",
        ),
        Sign(
            "for every C > 0: at pi = e^{-2C}, rest = 0 (no other source makes the path) the regret is log 1/pi = 2C > C",
            (log(P) - log(mixture)).subs({pi: exp(-2 * C), rest: 0}) - C,
            facts=[P > 0, C > 0],
            relation=">",
            shown=C,
            latex=r"\forall C > 0\; \exists \pi: \log\frac{P_\theta}{P_{\mathrm{mix}}} > C",
        ),
    ],
    variants=[
        Variant(
            Sign(
                "a bound free of pi: regret <= C for a constant C > 0",
                C - (log(P) - log(mixture)),
                facts=[*PATH, 1 - P >= 0, 1 - mixture >= 0, C > 0],
            ),
            why="a source that shares no path with the others costs log 1/pi; shown at one C, the last claim has a prior for every C",
        ),
        Variant(
            Sign(
                "a share of log 1/pi: regret <= c log 1/pi for a c < 1",
                -c * log(pi) - (log(P) - log(mixture)),
                facts=[*PATH, 1 - P >= 0, 1 - pi > 0, 1 - mixture >= 0, c > 0, 1 - c > 0],
            ),
            why="with rest = 0 the regret is log 1/pi",
        ),
        Variant("I(Theta;X^n) <= I(Theta;X_1)", why="later tokens teach too"),
        Variant("sum(t=1..n) I(Theta;X_t) = I(Theta;X^n)", why="tokens that repeat each other are counted twice"),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Clarke and Barron 1990; Cover and Thomas 2006, section 13.1",
        paper="learning in context as universal coding",
    ),
)
