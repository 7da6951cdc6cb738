"""The evidence is its lower bound plus the divergence of the guess from the posterior.

For a latent Z of prior m, a likelihood l(z) = p(x|z) of what was seen, p(x) = sum_z m(z) l(z), and any law q of Z:
    log p(x) = ELBO(q) + D(q||p(z|x)),    ELBO(q) = E_q[log m + log l - log q],
so ELBO(q) <= log p(x), with equality only at the posterior p(z|x) = m l/p(x).

*Why.* Pointwise, log p(x) - (log m + log l - log q) = log q - log(m l/p(x)): the definition of the posterior, rearranged. Its mean under q is
the divergence, and Gibbs' inequality (F1) gives the sign. It is F2 with energy -log(m l) at temperature 1. With many x, all of it holds
for each of them, and so on average.

*Limits.* Finite latent alphabet. Letters of likelihood zero are left out: a q that uses one has ELBO = -infinity.
*False:* the bound without the entropy of q. Jordan, Ghahramani, Jaakkola and Saul 1999; Neal and Hinton 1998.
"""

import sympy

from semtheory import Fidelity, Theorem, Variant
from semtheory.logic.expectation import Equality, Expectation

q, m, l, P = sympy.symbols("q m l P")
log = sympy.log
posterior = m * l / P
elbo = log(m) + log(l) - log(q)  # its mean under q


def evidence(text: str, integrand: sympy.Expr, of: str = "Z", **more: object) -> Expectation:
    """A claim on a law q of the latent, a prior m and a likelihood l > 0, with P = p(x) the sum of m l."""
    return Expectation(
        text,
        integrand,
        laws={"q": of, "m": of},
        true=("q",),
        point=["l"],
        normalisers={"P": (m * l, of)},
        facts=[l > 0],
        **more,  # type: ignore[arg-type]
    )


EL1 = Theorem(
    "EL1",
    title="log p(x) = ELBO(q) + D(q||posterior); equality iff q is the posterior",
    depends=["F1"],
    claims=[
        evidence(
            "log p(x) = ELBO(q) + D(q||p(z|x))",
            log(P) - elbo - (log(q) - log(posterior)),
            relation="=",
            latex=r"\log p(x) = \mathrm{ELBO}(q) + D(q\|p(z|x))",
        ),
        evidence(
            "ELBO(q) <= log p(x) for every law q of the latent, with equality only at the posterior",
            log(P) - elbo,
            equality=Equality(q, posterior, {"q": posterior}),
            latex=r"\mathrm{ELBO}(q) \le \log p(x), \quad \text{equality iff } q = p(z|x)",
        ),
        evidence(
            "over data: E ELBO(q(.|X)) <= E log p(X), with equality only at q(z|x) = p(z|x)",
            log(P) - elbo,
            of="Z|X",
            equality=Equality(q, posterior, {"q": posterior}),
            latex=r"\mathbb{E}\,\mathrm{ELBO}(q(\cdot|X)) \le \mathbb{E}\log p(X)",
        ),
    ],
    variants=[
        Variant(
            evidence(
                "without the entropy of q: log p(x) = E_q log p(x,z) + D(q||p(z|x))",
                log(P) - (log(m) + log(l)) - (log(q) - log(posterior)),
                relation="=",
                latex=r"\log p(x) = \mathbb{E}_q \log p(x,z) + D(q\|p(z|x))",
            ),
            why="the entropy of q is missing; it is zero only for a guess that is certain",
        ),
        Variant(
            evidence("ELBO(q) >= log p(x)", elbo - log(P), latex=r"\mathrm{ELBO}(q) \ge \log p(x)"),
            why="a divergence is never negative",
        ),
        Variant(
            evidence(
                "at half the divergence: ELBO(q) + D(q||p(z|x))/2 >= log p(x)",
                elbo + (log(q) - log(posterior)) / 2 - log(P),
                latex=r"\mathrm{ELBO}(q) + \tfrac12 D(q\|p(z|x)) \ge \log p(x)",
            ),
            why="the whole divergence is needed, not half of it",
        ),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Neal and Hinton 1998; Jordan, Ghahramani, Jaakkola and Saul 1999",
        paper="the ELBO of the LLM",
    ),
)
