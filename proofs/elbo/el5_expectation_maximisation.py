"""Expectation-maximisation never lowers the likelihood.

One step from parameters with joint law p(x,z) to p'(x,z): r = p(z|x), the old posterior; then p' with Q(p') = E_r log p'(x,Z) >= Q(p), for instance its
maximiser. Then log p'(x) >= log p(x); over data, sum_i log p'(x_i) >= sum_i log p(x_i).

*Why.* Let l = p'(x,z)/p(x,z) on the old posterior. p'(x)/p(x) is at least G = sum_z r l, and Gibbs' inequality for r against r l/G gives log G >= E_r log l, which is
Q(p') - Q(p) >= 0. Exactly: log G = [Q(p') - Q(p)] + D(r||r l/G), the last the divergence of the old posterior from the new: the likelihood gains at
least what Q gains. It is EL1 used twice: the E-step makes the bound touch, the M-step raises it.

*Limits.* Finite latent alphabet. p' may also give mass where p gave none, which only adds. A step need not move: stationary points and local maxima are kept.
*False:* that the likelihood gains no more than Q; that any rise of the likelihood is a rise of Q; that the E-step may use the prior.
Dempster, Laird and Rubin 1977; Neal and Hinton 1998.
"""

from typing import Any

import numpy as np
import sympy

from semtheory import Fidelity, Theorem, Variant
from semtheory.logic.calculus import Sign
from semtheory.logic.expectation import Expectation

r, l, G, U, b, c, s, P = sympy.symbols("r l G U b c s P")
log = sympy.log


def data(chance: Any) -> tuple[Any, dict[str, Any]]:
    """Random data x, old posteriors, and ratios l for which Q does not fall on the average."""
    x, r = chance.dirichlet([1, 1, 1]), chance.dirichlet([0.5, 1, 2], 3)
    ratio = np.exp(chance.normal(size=(3, 3)))
    rise = float((x[:, None] * r * np.log(ratio)).sum())
    ratio = ratio * np.exp(max(0.0, -rise))
    return x[:, None] * r, {"G": (r * ratio).sum(axis=1)[:, None]}


def step(text: str, integrand: sympy.Expr, of: str = "Z", **more: object) -> Expectation:
    """A claim on the old posterior r and the ratio l > 0 of new and old joint law, G = sum r l = p'(x)/p(x), U = Q(p') - Q(p)."""
    more = {"facts": [l > 0], "means": {"U": log(l)}} | more
    return Expectation(
        text,
        integrand,
        laws={"r": of},
        true=("r",),
        point=["l"],
        normalisers={"G": (r * l, of)},
        **more,  # type: ignore[arg-type]
    )


EL5 = Theorem(
    "EL5",
    title="EM never lowers log p(x)",
    depends=["F1", "EL1"],
    claims=[
        step(
            "log p'(x) - log p(x) = [Q(p') - Q(p)] + D(old posterior||new posterior)",
            log(G) - log(l) - (log(r) - log(r * l / G)),
            relation="=",
            latex=r"\log\frac{p'(x)}{p(x)} = Q(p') - Q(p) + D(p(z|x)\|p'(z|x))",
        ),
        step(
            "log p'(x) - log p(x) >= Q(p') - Q(p) = E log l",
            log(G) - log(l),
            means={},
            latex=r"\log\frac{p'(x)}{p(x)} \ge Q(p') - Q(p)",
        ),
        step(
            "over data (one x included): E Q(p') >= E Q(p) gives E log p'(X) >= E log p(X)",
            log(G),
            of="Z|X",
            facts=[l > 0, U >= 0],
            numbers=data,
            latex=r"\sum_i \log p'(x_i) \ge \sum_i \log p(x_i)",
        ),
        Sign(
            "mass where the old law had none only adds: p'(x)/p(x) = G + s/P >= G",
            log(G + s / P) - log(G),
            facts=[G > 0, s >= 0, P > 0],
            shown=log(1 + s / (P * G)),
        ),
    ],
    variants=[
        Variant(
            step(
                "the likelihood gains no more than Q: log p'(x) - log p(x) <= Q(p') - Q(p)",
                log(l) - log(G),
                latex=r"\log\frac{p'(x)}{p(x)} \le Q(p') - Q(p)",
            ),
            why="it also gains the divergence of the old posterior from the new",
        ),
        Variant(
            Sign(
                "a step that lowers Q lowers the likelihood: old posterior (1/2, 1/2), ratios c and b/c with b < 1",
                -log((c + b / c) / 2),
                facts=[c > 0, b > 0, 1 - b > 0],
                latex=r"Q(p') < Q(p) \implies p'(x) \le p(x)",
            ),
            why="the divergence of the posteriors may be more than what Q loses",
        ),
        Variant(
            Sign(
                "an E-step with the prior (1/2, 1/2) in place of the posterior (s, 1-s): ratios c and 1/c, E_prior log l = 0",
                log(s * c + (1 - s) / c),
                facts=[c > 0, s > 0, 1 - s > 0],
                latex=r"\mathbb{E}_m\log\frac{p'}{p} \ge 0 \implies p'(x) \ge p(x)",
            ),
            why="what is gained where the prior lies is lost where the posterior lies",
        ),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Dempster, Laird and Rubin 1977; Neal and Hinton 1998",
        paper="maximal ELBO as training",
    ),
)
