"""What "pre-training minimises directed information, hence maximises an ELBO" can mean.

True (a): for an encoder e(z|a), a decoder q(x|z) and a prior m(z), A the past and X the next token,
    I(A;Z) + H(X|Z) <= E D(e||m) + E[-log q(X|Z)] = -ELBO,
with equality iff m and q are the true marginal and posterior: the negative ELBO bounds the Lagrangian of RD5 from above.
True (b): what a model gains on the true unigram law, E log[p_theta(X|A)/p(X)], is I(A;X) - E D(p||p_theta): less loss is *more* information.

*Why.* (a) E D(e||m) = I(A;Z) + D(p_Z||m) for a prior that does not look at A, and RD4 for the decoder. (b) insert p(x|a) between the two.

*False:* the slogan without its constraint. Least information is what a constant predictor has: for a binary Markov source with flip .1
it is 0 at loss .693 nats, and the source's own law has loss .325. Alemi et al. 2017; Barber and Agakov 2003.
"""

import math

import sympy

from semtheory import Fidelity, Given, Theorem, Variant
from semtheory.logic.expectation import Equality, Expectation
from semtheory.logic.tested import Tested

p, q, theta, m = sympy.symbols("p q theta m")
log = sympy.log

blind_prior = Given(
    "D(p(A|Z)||q(A|Z)) = I(A;Z) + D(p(A)||q(A))",  # q(a, z) = q(a) m(z), whatever pasts q has
    met_by="a prior m(z) that does not look at A",
    broken_by="m = e: no divergence, whatever I(A;Z)",
)


def slogan(flip: float) -> str | None:
    """Predictors of a binary symmetric Markov source that believe in another flip probability f: information and loss."""

    def h(x: float) -> float:
        return -sum(v * math.log(v) for v in (x, 1 - x) if v > 0)

    found = [(math.log(2) - h(f), -flip * math.log(f) - (1 - flip) * math.log(1 - f)) for f in (0.5, 0.3, 0.2, flip)]
    least_information, least_loss = min(found), min(found, key=lambda pair: pair[1])
    if least_information[1] > least_loss[1] + 1e-9:
        return f"least information {least_information[0]:.3f} has loss {least_information[1]:.3f}; least loss {least_loss[1]:.3f} has information {least_loss[0]:.3f}"
    return None


RD6 = Theorem(
    "RD6",
    title="Pre-training and information: -ELBO bounds the Lagrangian; less loss is more information",
    depends=["F1", "F3", "RD4"],
    claims=[
        ("D(p(Z|A)||q(Z|A)) = I(A;Z) + D(p(Z)||q(Z))", blind_prior),
        ("I(A;Z) + H(X|Z) <= D(p(Z|A)||q(Z|A)) + H(X|Z) + D(p(X|Z)||q(X|Z))", blind_prior),
        Expectation(
            "E[-log q(X|Z)] >= H(X|Z), equality only at the true posterior",
            log(p) - log(q),
            laws={"p": "X|Z", "q": "X|Z"},
            equality=Equality(p, q, {"p": q}),
            latex=r"\mathbb{E}[-\log q(X|Z)] \ge H(X|Z)",
        ),
        Expectation(
            "E log[theta(X|A)/m(X)] = I(A;X) - E D(p||theta), m the unigram law of p",
            (log(theta) - log(m)) - ((log(p) - log(m)) - (log(p) - log(theta))),
            laws={"p": "X|A", "theta": "X|A", "m": "X|A"},
            relation="=",
            latex=r"\mathbb{E}\log\frac{p_\theta(X|A)}{p(X)} = I(A;X) - \mathbb{E}\,D(p\|p_\theta)",
        ),
        "sum(t=1..T) [H(X_t) - H(X_t|X^{t-1})] = sum(t=1..T) I(X^{t-1};X_t)",
    ],
    variants=[
        Variant(
            Tested(
                "the predictor with the least information has the least loss: pre-training minimises directed information",
                r"\arg\min I = \arg\min \text{loss}",
                slogan,
                instances=[0.1],
            ),
            why="the constant predictor has no information at all",
        ),
        Variant(
            "D(p(Z|A)||q(Z|A)) = I(A;Z)",
            given=(blind_prior,),
            why="equality needs the prior to be the marginal of Z",
        ),
    ],
    fidelity=Fidelity(
        "correction",
        source="Alemi et al. 2017; Barber and Agakov 2003",
        paper="pre-training as minimal directed information and maximal ELBO",
        differences="the bound holds for the Lagrangian of compression and prediction; the slogan without the loss is refuted",
    ),
)
