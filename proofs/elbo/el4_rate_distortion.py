"""The two terms of the ELBO enclose the information: H - D <= I(X;Z) <= R.

For data X, an encoder e(z|x), a prior m(z) and a decoder d(x|z): rate R = E D(e||m), distortion D = E[-log d(X|Z)], both as trained, and -ELBO = R + D. Then
    H(X) - D <= I(X;Z) <= R,     so  R + D >= H(X).

*Why.* With s the true law of Z, R = I(X;Z) + D(s||m): a prior that is not the marginal costs its divergence. With p the true posterior of x given z,
H(X) - D = I(X;Z) - E D(p||d): a decoder that is not it loses its divergence. Both are Gibbs' inequality (F1).

*Equality:* above iff m = s, below iff d = p. *Limits.* Finite alphabets; D is infinite where the decoder excludes what happens.
*False:* that one of the two is the information: a powerful decoder drives R to 0 whatever H. Alemi et al. 2018, eq. 3-5.
"""

from typing import Any

import sympy

from semtheory import Fidelity, Theorem, Variant
from semtheory.logic.expectation import Equality, Expectation

e, s, m, p, d, h = sympy.symbols("e s m p d h")
log = sympy.log

rate = log(e) - log(m)
information = log(e) - log(s)  # = log p - log h, h the law of X: Bayes


def encoded(chance: Any) -> tuple[Any, dict[str, Any]]:
    """A random source and encoder over (x, z), the true law of Z, a random prior."""
    x, e, m = chance.dirichlet(chance.uniform(0.2, 2, 3)), chance.dirichlet([0.5, 1, 2], 3), chance.dirichlet([1, 1, 1])
    return x[:, None] * e, {"e": e, "s": x @ e, "m": m}


def decoded(chance: Any) -> tuple[Any, dict[str, Any]]:
    """A random joint law over (x, z), its posterior and marginal, a random decoder."""
    joint = chance.dirichlet([0.7] * 12).reshape(3, 4)
    return joint, {
        "p": joint / joint.sum(axis=0),
        "h": joint.sum(axis=1)[:, None],
        "d": chance.dirichlet([1, 1, 1], 4).T,
    }


def encoder(text: str, integrand: sympy.Expr, **more: Any) -> Expectation:
    """A claim on the encoder e and the true law s of Z, against any prior m."""
    return Expectation(text, integrand, laws={"e": "Z|X", "s": "Z", "m": "Z"}, true=("e", "s"), numbers=encoded, **more)


def decoder(text: str, integrand: sympy.Expr, **more: Any) -> Expectation:
    """A claim on the true posterior p and the law h of X, against any decoder d."""
    return Expectation(
        text, integrand, laws={"p": "X|Z", "h": "X", "d": "X|Z"}, true=("p", "h"), numbers=decoded, **more
    )


EL4 = Theorem(
    "EL4",
    title="Rate, distortion, information: H - D <= I(X;Z) <= R",
    depends=["F1", "EL1"],
    claims=[
        encoder(
            "I(X;Z) <= R, with equality only when the prior is the law of Z",
            rate - information,
            equality=Equality(s, m, {"s": m}),
            latex=r"I(X;Z) \le R, \quad \text{equality iff } m = p_Z",
        ),
        encoder(
            "R = I(X;Z) + D(p_Z||m)",
            rate - information - (log(s) - log(m)),
            relation="=",
            latex=r"R = I(X;Z) + D(p_Z\|m)",
        ),
        decoder(
            "H(X) - D <= I(X;Z), with equality only when the decoder is the posterior",
            (log(p) - log(h)) - (log(d) - log(h)),
            equality=Equality(p, d, {"p": d}),
            latex=r"H(X) - D \le I(X;Z), \quad \text{equality iff } d = p(x|z)",
        ),
        decoder(
            "H(X) - D = I(X;Z) - E D(p||d)",
            (log(d) - log(h)) - (log(p) - log(h)) + (log(p) - log(d)),
            relation="=",
            latex=r"H(X) - D = I(X;Z) - \mathbb{E}\,D(p\|d)",
        ),
        "I(X;Z) = H(X) - H(X|Z)",
    ],
    variants=[
        Variant(
            Expectation(
                "R <= I(X;Z): the prior for nothing",
                log(m) - log(s),
                laws={"s": "Z", "m": "Z"},
                true=("s",),
                latex=r"R \le I(X;Z)",
            ),
            why="a prior that is not the law of Z costs its divergence",
        ),
        Variant(
            Expectation(
                "I(X;Z) <= H(X) - D: what the decoder says is all there is",
                log(d) - log(p),
                laws={"p": "X", "d": "X"},
                true=("p",),
                latex=r"I(X;Z) \le H(X) - D",
            ),
            why="a decoder that is not the posterior loses its divergence",
        ),
        Variant("I(X;Z) >= H(X)", why="Z may say nothing: a decoder that ignores it, at R = 0, has D = H(X)"),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Alemi, Poole, Fischer, Dillon, Saurous and Murphy 2018",
        paper="the ELBO as a trade between rate and distortion",
    ),
)
