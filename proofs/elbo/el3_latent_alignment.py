"""Attention as a latent alignment: its marginal, its bound, and what soft attention is a bound of.

Attention weights pi over positions j, vectors x_j, decoder p(u|x). The latent model draws the position: p(u) = sum_j pi_j p(u|x_j), and by EL1
    log sum_j pi_j p(u|x_j) >= sum_j q_j log(pi_j p(u|x_j)/q_j)   for every law q of the position.
Soft attention averages the vectors instead: log p(u|sum_j pi_j x_j). For a softmax decoder with linear logits theta_j = W x_j + b it is at least the
bound at q = pi, sum_j pi_j log p(u|x_j).

*Why.* The logit of u is linear. The normaliser is not: with r the softmax at the mean logits and v = theta_j - their mean, Z_j/Z = sum r e^v =: W_j, and
Gibbs' inequality for r against r e^v/W gives log W_j >= mean of v under r. The mean over j of v is 0 at every token, so sum_j pi_j log Z_j >= log Z.

*No bound of the marginal.* Two tokens, positions at log-odds log(g k) and log(g/k), pi = 1/2: soft attention has the probability g/(1+g), the marginal is
less than that when g > 1 and more when g < 1. At x = -3, -1 soft attention is below (.119 < .158), at x = 1, 3 above (.881 > .842).

*Limits.* Finite alphabets, positive likelihoods. One sentence joins the steps: as r does not depend on j, the mean of v over j and token is 0.
*False:* that soft attention bounds the marginal, from either side. Deng, Kim, Chiu, Guo and Rush 2018.
"""

import sympy

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Identity, Sign
from semtheory.logic.expectation import Equality, Expectation

q, m, l, P, r, v, W, U, g, k = sympy.symbols("q m l P r v W U g k")
Z, Zbar, theta = sympy.symbols("Z Zbar theta")
log, exp = sympy.log, sympy.exp
HALF = sympy.Rational(1, 2)

soft = g / (1 + g)  # at log-odds log g, half way between those of the two positions
marginal = HALF * (g * k / (1 + g * k)) + HALF * (g / k / (1 + g / k))
gap = g * (g - 1) * (k - 1) ** 2 / (2 * (1 + g) * (1 + g * k) * (k + g))  # soft - marginal
TWO = [g > 0, k > 0]


def alignment(text: str, integrand: sympy.Expr, **more: object) -> Expectation:
    """A claim on a law q of the position, attention m (the pi of the text), likelihoods l = p(u|x_j), P = sum m l."""
    return Expectation(
        text,
        integrand,
        laws={"q": "J", "m": "J"},
        true=("q",),
        point=["l"],
        normalisers={"P": (m * l, "J")},
        facts=[l > 0],
        **more,  # type: ignore[arg-type]
    )


EL3 = Theorem(
    "EL3",
    title="Latent alignment: marginal >= bound; soft attention >= bound at q = pi, and no bound of the marginal",
    depends=["F1", "EL1"],
    steps=[
        Step(
            Identity(
                "log p(u|x) = theta - log Z is logit minus normaliser; with W = Z_j/Z their difference is v - log W",
                (theta + v - log(Zbar * W)) - (theta - log(Zbar)),
                v - log(W),
                facts=[Zbar > 0, W > 0],
            ),
            "v the logit at x_j minus the mean logit",
        ),
        Step(
            Identity(
                "two positions: soft attention - marginal = g (g-1)(k-1)^2/(2(1+g)(1+gk)(k+g))",
                soft - marginal,
                gap,
                facts=TWO,
            ),
            "school algebra",
        ),
    ],
    claims=[
        alignment(
            "log sum_j pi_j p(u|x_j) >= sum_j q_j log(pi_j p(u|x_j)/q_j), equality only at q = pi_j p(u|x_j)/p(u)",
            log(P) - (log(m) + log(l) - log(q)),
            equality=Equality(q, m * l / P, {"q": m * l / P}),
            latex=r"\log \sum_j \pi_j p(u|x_j) \ge \sum_j q_j \log\frac{\pi_j p(u|x_j)}{q_j}",
        ),
        Expectation(
            "at q = pi: log sum_j pi_j p(u|x_j) >= sum_j pi_j log p(u|x_j)",
            log(P) - log(l),
            laws={"q": "J"},
            true=("q",),
            point=["l"],
            normalisers={"P": (q * l, "J")},
            facts=[l > 0],
            latex=r"\log \sum_j \pi_j p(u|x_j) \ge \sum_j \pi_j \log p(u|x_j)",
        ),
        Expectation(
            "soft attention: E log(Z_J/Z) >= U = E v_{J,V} (= 0), J ~ pi, V ~ softmax of the mean logits, v = theta_J - mean logit",
            log(W) - U,
            laws={"r": "V|J"},
            true=("r",),
            point=["v"],
            normalisers={"W": (r * exp(v), "V|J")},
            means={"U": v},
            latex=r"\log p(u|\textstyle\sum_j \pi_j x_j) \ge \sum_j \pi_j \log p(u|x_j)",
        ),
        Sign(
            "soft attention >= marginal for two positions of mean log-odds log g >= 0",
            soft - marginal,
            facts=[*TWO, g - 1 >= 0],
            shown=gap,
        ),
        Sign(
            "soft attention <= marginal for two positions of mean log-odds log g <= 0",
            marginal - soft,
            facts=[*TWO, 1 - g >= 0],
            shown=g * (1 - g) * (k - 1) ** 2 / (2 * (1 + g) * (1 + g * k) * (k + g)),
        ),
    ],
    variants=[
        Variant(
            Sign("soft attention bounds the marginal from below", marginal - soft, facts=TWO),
            why="x = 1, 3: .881 > .842",
        ),
        Variant(
            Sign("soft attention bounds the marginal from above", soft - marginal, facts=TWO),
            why="x = -3, -1: .119 < .158",
        ),
        Variant(
            alignment(
                "without the entropy of q: log sum_j pi_j p(u|x_j) <= sum_j q_j log(pi_j p(u|x_j)) + D(q||pi)",
                log(l) - log(P),
                latex=r"\log \sum_j \pi_j p(u|x_j) \le \sum_j q_j \log p(u|x_j)",
            ),
            why="a q on unlikely positions earns less than the marginal",
        ),
    ],
    fidelity=Fidelity(
        "correction",
        source="Deng, Kim, Chiu, Guo and Rush 2018",
        paper="attention as a latent variable, trained by an ELBO",
        differences="soft attention is placed: above the bound at q = pi for linear-logit softmax decoders, on neither side of the marginal",
    ),
)
