"""Direct preference optimisation: a policy is its own reward model.

For p* = ref e^{beta r}/Z(s):   r = (1/beta) log(p*/ref) + (1/beta) log Z(s). Between two answers to the same prompt Z(s) cancels:
r_w - r_l = (1/beta) [log(p*_w/ref_w) - log(p*_l/ref_l)], which is all that the Bradley-Terry probability of a preference needs.

*Why.* Take the logarithm of the definition of p*. A reward is thereby fixed up to a function of the prompt, which preferences between
answers to one prompt never see, and which does not change the policy.

*False:* without the term log Z(s); comparing answers to different prompts, whose Z differ. Rafailov et al. 2023.
"""

import sympy

from semtheory import Fidelity, Theorem, Variant
from semtheory.logic.calculus import Identity

beta, r, ref, Z, rw, rl, fw, fl, Zw, Zl = sympy.symbols("beta r ref Z rw rl fw fl Zw Zl")
log, exp = sympy.log, sympy.exp
POSITIVE = [beta > 0, Z > 0]


def policy(reference: sympy.Expr, reward: sympy.Expr, total: sympy.Expr = Z) -> sympy.Expr:
    return reference * exp(beta * reward) / total


def implied(reference: sympy.Expr, reward: sympy.Expr, total: sympy.Expr = Z) -> sympy.Expr:
    """(1/beta) log(p*/ref): the implicit reward."""
    return log(policy(reference, reward, total) / reference) / beta


margin = implied(fw, rw) - implied(fl, rl)

RR4 = Theorem(
    "RR4",
    title="DPO: r = (1/beta) log(p*/ref) + (1/beta) log Z, and Z cancels in preferences",
    depends=["RR2"],
    claims=[
        Identity(
            "r = (1/beta) log(p*/ref) + (1/beta) log Z(s)",
            implied(ref, r) + log(Z) / beta,
            r,
            facts=[*POSITIVE, ref > 0],
            latex=r"r = \tfrac1\beta \log\frac{\pi^*}{\mathrm{ref}} + \tfrac1\beta \log Z(s)",
        ),
        Identity(
            "r_w - r_l = (1/beta) [log(p*_w/ref_w) - log(p*_l/ref_l)] for two answers to one prompt",
            margin,
            rw - rl,
            facts=[*POSITIVE, fw > 0, fl > 0],
            latex=r"r_w - r_l = \tfrac1\beta\Big[\log\frac{\pi^*_w}{\mathrm{ref}_w} - \log\frac{\pi^*_l}{\mathrm{ref}_l}\Big]",
        ),
        Identity(
            "Bradley-Terry: e^{r_w}/(e^{r_w} + e^{r_l}) = 1/(1 + e^{-margin}), the margin being that of the implied rewards",
            1 / (1 + exp(-margin)),
            exp(rw) / (exp(rw) + exp(rl)),
            facts=[*POSITIVE, fw > 0, fl > 0],
            latex=r"P(w \succ l) = \sigma\Big(\tfrac1\beta\log\frac{\pi^*_w}{\mathrm{ref}_w} - \tfrac1\beta\log\frac{\pi^*_l}{\mathrm{ref}_l}\Big)",
        ),
    ],
    variants=[
        Variant(
            Identity("r = (1/beta) log(p*/ref)", implied(ref, r), r, facts=[*POSITIVE, ref > 0]),
            why="the implied reward is short of r by (1/beta) log Z(s)",
        ),
        Variant(
            Identity(
                "Z cancels between answers to different prompts",
                implied(fw, rw, Zw) - implied(fl, rl, Zl),
                rw - rl,
                facts=[beta > 0, Zw > 0, Zl > 0, fw > 0, fl > 0],
            ),
            why="each prompt has its own Z",
        ),
    ],
    fidelity=Fidelity(
        "reproduction", source="Rafailov et al. 2023", paper="preference optimisation without a reward model"
    ),
)
