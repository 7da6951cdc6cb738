"""The masked-diffusion loss bounds -log p_theta from above, for the sampler that unmasks one token at a time in random order.

-log p_theta(x) <= E_t[(1/t) sum over masked i of -log p_theta(x_i|revealed)], t uniform on (0,1), each token masked independently with probability t.
p_theta(x) is the mean over orders of p(x|order), the product of the predictor's conditionals along the order.

*Why.* By LD2 the right side is the mean over uniformly random orders of -log p(x|order). The logarithm of a mean is at least the mean of the logarithms
(Jensen): with M = sum over orders of p v, it is Gibbs' inequality for p against p v/M. Orders of probability 0 make the right side infinite.

*Assumptions.* Masks independent at each position; the predictor does not look at t (else LD2 has no single loss c(i, revealed) to average).

*False:* without the weight 1/t; for a predictor that looks at t; for masks that come together; that the bound holds for the left-to-right law of the same predictor; that it is met whatever the predictor.
Nie et al. 2025; Sahoo et al. 2024; Shi et al. 2024.
"""

import sympy

from semtheory import Fidelity, Theorem, Variant
from semtheory.logic.calculus import Sign
from semtheory.logic.expectation import Expectation

p, v, M, c, a, b = sympy.symbols("p v M c a b")
log = sympy.log


def over_orders(text: str, integrand: sympy.Expr, latex: str) -> Expectation:
    """A claim on the mean over orders (law p) of v = p(x|order) > 0, M their mean."""
    return Expectation(
        text,
        integrand,
        laws={"p": "order"},
        point=["v"],
        normalisers={"M": (p * v, "order")},
        facts=[v > 0],
        latex=latex,
    )


LD1 = Theorem(
    "LD1",
    title="Masked diffusion: E_t[(1/t) sum over masked of -log p] >= -log p(x) of the random-order sampler",
    depends=["F1", "LD2"],
    claims=[
        over_orders(
            "-log M <= E[-log v], v = p(x|order), M = E v = p_theta(x), orders of any law",
            log(M) - log(v),
            r"-\log p_\theta(x) \le \mathbb{E}_\sigma[-\log p_\theta(x|\sigma)] = \int_0^1 \frac1t\,\mathbb{E}\sum_{i\ \mathrm{masked}} -\log p_\theta(x_i|\mathrm{revealed})\,dt",
        ),
    ],
    variants=[
        Variant(
            Sign(
                "without the weight 1/t, L = 1: the integral over t of t c, c = -log p(x) > 0, is at least c",
                c / 2 - c,
                facts=[c > 0],
                latex=r"-\log p_\theta(x) \le \int_0^1 \mathbb{E}\sum_{i\ \mathrm{masked}} -\log p_\theta(x_i)\,dt",
            ),
            why="the mean of t is 1/2",
        ),
        Variant(
            Sign(
                "it bounds the loss of the left-to-right order, L = 2: (a + b)/2 >= a, a and b the losses of the two orders",
                (a + b) / 2 - a,
                facts=[a > 0, b > 0],
            ),
            why="the predictor may be better from right to left",
        ),
        Variant(
            Sign(
                "for a predictor that looks at t, L = 1: loss a for t < 1/2, b for t > 1/2; (a + b)/2 >= b, the loss of unmasking at t = 1",
                (a + b) / 2 - b,
                facts=[a > 0, b > 0],
            ),
            why="then there is no single law that the mean over t speaks of",
        ),
        Variant(
            Sign(
                "for masks that come together, all or none, L = 2: a + a >= a + b, a the loss blind, b with the other token seen, in either order",
                2 * a - (a + b),
                facts=[a > 0, b > 0],
            ),
            why="what the sampler meets, one token seen, is then never trained on",
        ),
        Variant(
            over_orders(
                "-log M >= E[-log v]: the bound is met whatever the predictor",
                log(v) - log(M),
                r"-\log p_\theta(x) \ge \mathbb{E}_\sigma[-\log p_\theta(x|\sigma)]",
            ),
            why="orders that disagree leave a gap (LD3)",
        ),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Nie et al. 2025 (LLaDA); Sahoo et al. 2024 (MDLM); Shi et al. 2024",
        paper="the ELBO that LLaDA is trained on",
        differences="p_theta named: the law of the sampler that unmasks one token at a time in uniformly random order",
    ),
)
