"""LLaDA's bound is an ELBO whose latent is the order of unmasking.

A masked-diffusion model that reveals one token at a time in an order s of law u gives x the probability p(x) = sum_s u(s) p(x|s). Its training loss, the mean over
orders of -log p(x|s), is -ELBO (EL1) with the order as latent and its law u as the guess:
    log p(x) >= sum_s u(s) log p(x|s),   equality iff every order that occurs gives x the same probability.

*Why.* EL1 at q = the prior: the two log u cancel. One joint law for all conditionals suffices for equality.

*Limits.* That the loss with a random share of masks is this mean over uniform orders is chapter LD (Beta integral); here the order is given, of any law.
*False:* that the loss is the negative log-likelihood of the mixture; that each single order bounds it. Uria, Murray and Larochelle 2014; Nie et al. 2025.
"""

import sympy

from semtheory import Fidelity, Theorem, Variant
from semtheory.logic.expectation import Equality, Expectation

u, l, P = sympy.symbols("u l P")
log = sympy.log


def orders(text: str, integrand: sympy.Expr, **more: object) -> Expectation:
    """A claim on the law u of the order, l = p(x|order) > 0, P = p(x) the sum of u l."""
    return Expectation(
        text,
        integrand,
        laws={"u": "S"},
        true=("u",),
        point=["l"],
        normalisers={"P": (u * l, "S")},
        facts=[l > 0],
        **more,  # type: ignore[arg-type]
    )


EL6 = Theorem(
    "EL6",
    title="LLaDA's any-order loss is an ELBO with the order as latent",
    depends=["F1", "EL1"],
    claims=[
        orders(
            "log p(x) >= sum_s u(s) log p(x|s), equality only when every order gives x the same probability",
            log(P) - log(l),
            equality=Equality(l, P, {"l": P}),
            latex=r"\log p(x) \ge \sum_s u(s) \log p(x|s), \quad \text{equality iff } p(x|s) = p(x)",
        ),
        orders(
            "log p(x) - sum_s u(s) log p(x|s) = D(u||p(s|x))",
            log(P) - log(l) - (log(u) - log(u * l / P)),
            relation="=",
            latex=r"\log p(x) - \sum_s u(s)\log p(x|s) = D(u\|p(s|x))",
        ),
    ],
    variants=[
        Variant(
            orders(
                "the any-order loss is the negative log-likelihood",
                log(P) - log(l),
                relation="=",
                latex=r"\log p(x) = \sum_s u(s) \log p(x|s)",
            ),
            why="only when the conditionals come from one joint law",
        ),
        Variant(
            orders(
                "the mixture never exceeds the mean order: log p(x) <= sum_s u(s) log p(x|s)",
                log(l) - log(P),
                latex=r"\log p(x) \le \sum_s u(s) \log p(x|s)",
            ),
            why="the logarithm is concave",
        ),
    ],
    fidelity=Fidelity(
        "specialisation",
        source="Uria, Murray and Larochelle 2014; Nie et al. 2025",
        paper="LLaDA trained by an ELBO",
        differences="EL1 with the order as latent; the identity with the masked loss is chapter LD",
    ),
)
