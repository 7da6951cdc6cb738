"""The information flow drifts upwards: i_t is a sub-martingale, when its numerator is the law that tokens are drawn from.

E[i_t - i_{t-1} | s, u^{t-1}] = D(p(.|s,u^{t-1})||q(.|u^{t-1})) >= 0 for any q.

*Why.* The increment is log p/q; its mean under p is the relative entropy, and that is never negative (F1), whatever q is. Zero only
where the prompt makes no difference to the next token: p = q.

*False* when tokens are drawn from another law than the numerator: the mean of log p/q under w is D(w||q) - D(w||p), negative as soon as w
is nearer to q than to p. That happens at another temperature, with top-p or top-k, and with a mismatched model. Two prompts
with p = (.6, .4) and (.9, .1), q = (.75, .25) their marginal: under the first, greedy or top-p sampling draws the first token only, and
the drift is log .8 = -.223; at temperature 1/2 it is -.0099.
"""

import sympy

from semtheory import Fidelity, Theorem, Variant
from semtheory.logic.calculus import Sign
from semtheory.logic.expectation import Equality, Expectation

p, q, w, T, Z = sympy.symbols("p q w T Z")
log, exp = sympy.log, sympy.exp
N = sympy.Rational

SF2 = Theorem(
    "SF2",
    title="Sub-martingale: E[increment | past] = D(p||q) >= 0, for tokens drawn from p",
    depends=["F1"],
    claims=[
        Expectation(
            "given the past, E[log p - log q] >= 0 for u ~ p and any q, with equality only when p = q",
            log(p) - log(q),
            laws={"p": "U|H", "q": "U|H"},
            equality=Equality(p, q, {"p": q}),
            latex=r"\mathbb{E}[i_t - i_{t-1} \mid s, u^{t-1}] = D(p\|q) \ge 0",
        ),
        "D(p(U|S)||q(U|S)) >= 0",
        "sum(t=1..T) D(p(U_t|S,U^{t-1})||q(U_t|S,U^{t-1})) >= 0",
    ],
    variants=[
        Variant(
            Expectation(
                "E_w[log p - log q] >= 0 for tokens drawn from another law w",
                log(p) - log(q),
                laws={"w": "U", "p": "U", "q": "U"},
                true=("w",),
                latex=r"\mathbb{E}_w[\log p - \log q] \ge 0",
            ),
            why="a mismatched model nearer to q than to p",
        ),
        Variant(
            Expectation(
                "E_w[log p - log q] >= 0 for w = p^{1/T}/Z, any temperature T > 0",
                exp((1 / T - 1) * log(p)) / Z * (log(p) - log(q)),
                laws={"p": "U", "q": "U"},
                normalisers={"Z": (exp(log(p) / T), "U")},
                facts=[T > 0],
                latex=r"\mathbb{E}_w[\log p - \log q] \ge 0, \quad w \propto p^{1/T}",
            ),
            why="sharper or flatter sampling than the numerator",
        ),
        Variant(
            Sign(
                "temperature 1/2, p = (.6, .4), q = (.75, .25) the marginal with (.9, .1): 9/13 log .8 + 4/13 log 1.6 >= 0",
                N(9, 13) * log(N(4, 5)) + N(4, 13) * log(N(8, 5)),
            ),
            why="drift -.0099 nats",
        ),
        Variant(
            Sign("top-p with p <= .6, same laws: only the first token is drawn, log(.6/.75) >= 0", log(N(4, 5))),
            why="drift -.223 nats",
        ),
        Variant(
            Sign(
                "tokens of a mismatched model (.75, .25) = q, same p and q: .75 log(.6/.75) + .25 log(.4/.25) >= 0",
                N(3, 4) * log(N(4, 5)) + N(1, 4) * log(N(8, 5)),
            ),
            why="drift -D(q||p) = -.0499 nats",
        ),
    ],
    fidelity=Fidelity(
        "correction",
        source="Doob 1953; Cover and Thomas 2006, Theorem 2.6.3",
        paper="the semantic information flow is a sub-martingale",
        differences="the numerator must be the sampling law: refuted at another temperature, with top-p, and for a mismatched model",
    ),
)
