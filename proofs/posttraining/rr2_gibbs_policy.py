"""The best policy under a KL penalty is the reference, tilted by the reward.

For J(p) = E_p r - (1/beta) D(p||ref), beta > 0:   p* = ref e^{beta r}/Z with Z = sum ref e^{beta r},   J(p*) = (1/beta) log Z, and
J(p*) - J(p) = (1/beta) D(p||p*) >= 0 for every p, with equality only at p*.

*Why.* Pointwise, log p* = log ref + beta r - log Z; put this into D(p||p*). The sign is Gibbs' inequality (F1).

With a prompt s all of this holds for each s, with Z(s); the mean over prompts is the objective of RLHF, whose coefficient
on the KL is 1/beta. Support: p* never leaves that of the reference, where J = -infinity. *Limits:* beta -> 0 gives the reference,
beta -> infinity the reference restricted to the best answers it can give.

*False:* beta in place of 1/beta: the penalty must be small when beta is large.
Donsker and Varadhan 1975; Ziegler et al. 2019.
"""

import sympy

from semtheory import Fidelity, Theorem, Variant
from semtheory.logic.expectation import Equality, Expectation

p, ref, r, beta, Z = sympy.symbols("p ref r beta Z")
log, exp = sympy.log, sympy.exp
tilted = ref * exp(beta * r) / Z


def objective(text: str, integrand: sympy.Expr, of: str = "U", **more: object) -> Expectation:
    """A claim on a policy p and a reference ref, with Z the sum of ref e^{beta r} (for each prompt, when there is one)."""
    return Expectation(
        text,
        integrand,
        laws={"p": of, "ref": of},
        point=["r"],
        normalisers={"Z": (ref * exp(beta * r), of)},
        facts=[beta > 0],
        **more,  # type: ignore[arg-type]
    )


loss = r - (log(p) - log(ref)) / beta  # its mean is J(p)

RR2 = Theorem(
    "RR2",
    title="Gibbs policy: J(p*) - J(p) = (1/beta) D(p||p*), p* = ref e^{beta r}/Z",
    depends=["F1"],
    claims=[
        objective(
            "(1/beta) log Z - J(p) = (1/beta) D(p||p*)",
            log(Z) / beta - loss - (log(p) - log(tilted)) / beta,
            relation="=",
            latex=r"\tfrac1\beta \log Z - J(\pi) = \tfrac1\beta D(\pi\|\pi^*)",
        ),
        objective(
            "J(p) <= (1/beta) log Z for every policy p, with equality only at p = ref e^{beta r}/Z",
            log(Z) / beta - loss,
            equality=Equality(p, tilted, {"p": tilted}),
            latex=r"J(\pi) \le \tfrac1\beta \log Z, \quad \text{equality iff } \pi = \mathrm{ref}\, e^{\beta r}/Z",
        ),
        objective(
            "with prompts: J(p) <= (1/beta) E log Z(S), with equality only at p(u|s) = ref(u|s) e^{beta r(s,u)}/Z(s)",
            log(Z) / beta - loss,
            of="U|S",
            equality=Equality(p, tilted, {"p": tilted}),
            latex=r"J(\pi) \le \tfrac1\beta \mathbb{E} \log Z(S)",
        ),
    ],
    variants=[
        Variant(
            objective(
                "with beta in place of 1/beta: E_p r - beta D(p||ref) <= beta log Z",
                beta * log(Z) - r + beta * (log(p) - log(ref)),
                latex=r"\mathbb{E}_\pi r - \beta D(\pi\|\mathrm{ref}) \le \beta \log Z",
            ),
            why="the policy ref e^{beta r}/Z belongs to the penalty 1/beta",
        ),
        Variant(
            objective(
                "J(p*) - J(p) = D(p||p*)",
                log(Z) / beta - loss - (log(p) - log(tilted)),
                relation="=",
                latex=r"J(\pi^*) - J(\pi) = D(\pi\|\pi^*)",
            ),
            why="the gap is in units of reward: (1/beta) of it",
        ),
        Variant(
            objective(
                "J(p) <= E_ref r: the reference is already best",
                log(p) - log(ref) - beta * r,
                latex=r"\mathbb{E}_\pi[\beta r] \le D(\pi\|\mathrm{ref})",
            ),
            why="a small tilt earns reward at first order and pays at second",
        ),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Donsker and Varadhan 1975; Ziegler et al. 2019; Rafailov et al. 2023",
        paper="post-training as maximal reward at limited information",
    ),
)
