"""In-context learning as filtering: what the posterior over sources does as tokens arrive.

Tokens come from one of several sources theta, prior pi. Under the mixture m the posterior of every theta is a martingale. Under source
theta its expected log-odds against any other theta' never fall, by D(p_theta||p_theta') per token, and its own posterior never falls in mean.

*Why.* The posterior moves by the factor p_theta/m, whose mean under m is the mass of p_theta where m > 0, which is all of it, since m >= pi
p_theta. The log-odds move by log p_theta/p_theta', a relative entropy in mean (F1). And E_theta[p_theta/m] >= 1, as x - 1 >= log x and the mean of log
p_theta/m is a relative entropy. All laws are next-token laws given the same past, so the sources may be Markov, or anything else.

*False:* that the posterior is a martingale under theta: it learns. Doob 1949 (consistency needs more than this: distinguishable sources).
"""

import sympy

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Sign, Termwise
from semtheory.logic.expectation import Equality, Expectation

p, q, m, pi, rest, x, mean, mass = sympy.symbols("p q m pi rest x mean mass")
log = sympy.log
mixture = pi * p + (1 - pi) * rest
PRIOR = [pi > 0, 1 - pi > 0]

tangent = Sign("x - 1 - log x >= 0 for x > 0", x - 1 - log(x), "x", facts=[x > 0])


def moved(text: str, side: int) -> Termwise:
    """Sum of m (pi p/m) against pi times the mass of p, over the tokens with m > 0."""
    return Termwise(
        text,
        side * (mean - pi * mass),
        sums={"mean": m * (pi * p / m), "mass": p},
        point=["p", "m"],
        facts=[m > 0, pi > 0],
        latex=r"\mathbb{E}_m[\pi' \mid \text{past}] " + (r"\ge \pi" if side > 0 else r"\le \pi"),
    )


SF6 = Theorem(
    "SF6",
    title="In-context learning as filtering: posterior a martingale under the mixture, log-odds rising under theta",
    depends=["F1"],
    steps=[Step(tangent, "as in F1")],
    claims=[
        moved("under the mixture m, E[pi p/m] >= pi times the mass of p where m > 0, which is 1", 1),
        moved("under the mixture m, E[pi p/m] <= pi times the mass of p where m > 0: a martingale", -1),
        Expectation(
            "under source theta, E[log p - log q] >= 0: log-odds against any other source never fall, and stay only if p = q",
            log(p) - log(q),
            laws={"p": "U", "q": "U"},
            equality=Equality(p, q, {"p": q}),
            latex=r"\mathbb{E}_\theta\Big[\log\frac{p_\theta}{p_{\theta'}}\Big] \ge 0",
        ),
        Expectation(
            "under source theta, E[p/m] >= 1: its own posterior never falls in mean",
            p / m - 1,
            laws={"p": "U", "m": "U"},
            lemmas=[(tangent, {"x": p / m})],
            hints=[p / m - 1 - log(p / m)],
            latex=r"\mathbb{E}_\theta[\pi'_\theta \mid \text{past}] \ge \pi_\theta",
        ),
    ],
    variants=[
        Variant(
            Expectation(
                "posterior a martingale under theta: E_theta[p/m] = 1, m = pi p + (1 - pi) rest",
                p / mixture - 1,
                laws={"p": "U", "rest": "U"},
                facts=PRIOR,
                relation="=",
                latex=r"\mathbb{E}_\theta[\pi'_\theta] = \pi_\theta",
            ),
            why="data from theta favour theta",
        ),
        Variant(
            Expectation(
                "log-odds of theta never fall under the mixture: E_m[log p - log rest] >= 0",
                (pi * p + (1 - pi) * rest) / p * (log(p) - log(rest)),
                laws={"p": "U", "rest": "U"},
                facts=PRIOR,
                latex=r"\mathbb{E}_m[\log p_\theta/p_{\theta'}] \ge 0",
            ),
            why="the mixture may be mostly the other source",
        ),
    ],
    fidelity=Fidelity(
        "specialisation",
        source="Doob 1949; Xie et al. 2022",
        paper="in-context learning as inference over latent sources",
        differences="the filtering part, for exact mixtures; how near a trained model comes is measured elsewhere",
    ),
)
