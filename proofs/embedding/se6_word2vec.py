"""What word2vec factorises: pointwise mutual information, shifted by log k.

Skip-gram with k negatives drawn from the unigram law. A pair of word w and context v has the true weight a = p(w,v) and, as a negative, b = k p(w) p(v). With the
score s = <x_w, y_v>, y = e^s, its share of the loss is -a log(y/(1+y)) - b log(1/(1+y)). Where the dimension does not bind every score is free, and the
optimum is
    s* = log(a/b) = PMI(w,v) - log k,        PMI = log p(w,v)/(p(w) p(v)).

*Why.* The loss of a pair minus that at y = a/b vanishes there, and its slope b (y - a/b)/(y(1+y)) has the sign of y - a/b. The pairs add up.

*Limits.* Every pair possible, p(w,v) > 0 (else s* = -infinity); dimension at least the rank of the matrix; negatives from p(v) itself (with p(v)^{3/4}, as the
program does, the shift depends on v).
*False:* the optimum without the shift; a dimension that binds. Levy and Goldberg 2014.
"""

import sympy

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Identity, Sign, Termwise

a, b, y, k, P, p, q, r, L, M = sympy.symbols("a b y k P p q r L M")
log = sympy.log


def loss(at: sympy.Expr) -> sympy.Expr:
    """The share of one pair in the loss at score log `at`."""
    return -a * log(at / (1 + at)) - b * log(1 / (1 + at))


WEIGHTS = [a > 0, b > 0, y > 0]
excess = a * log(a / (a + b)) + b * log(b / (a + b)) - a * log(y) + (a + b) * log(1 + y)
best = Sign(
    "loss of a pair at y >= loss at y = a/b, equal only there", excess, "y", facts=WEIGHTS, at=a / b, strict=True
)

SE6 = Theorem(
    "SE6",
    title="Word2vec with k negatives: optimum <x,y> = PMI - log k",
    depends=["F1"],
    steps=[
        Step(
            Identity("loss(y) - loss(a/b), written out", loss(y) - loss(a / b), excess, facts=WEIGHTS), "school algebra"
        ),
    ],
    claims=[
        best,
        Termwise(
            "sum over all pairs: L(any scores) >= L(s* = log(a/b))",
            L - M,
            sums={"L": loss(y), "M": -a * log(a / (a + b)) - b * log(b / (a + b))},
            point=["a", "b", "y"],
            facts=WEIGHTS,
            lemmas=[(best, {})],
            shown=excess,
            latex=r"\sum_{w,v} \mathrm{loss}(s_{wv}) \ge \sum_{w,v} \mathrm{loss}(\log(a/b))",
        ),
        Identity(
            "log(a/b) = PMI - log k for a = p(w,v), b = k p(w) p(v)",
            log(P / (k * p * q)),
            log(P / (p * q)) - log(k),
            facts=[P > 0, k > 0, p > 0, q > 0],
            latex=r"s^* = \mathrm{PMI}(w,v) - \log k",
        ),
    ],
    variants=[
        Variant(
            Identity(
                "without the shift: the optimum is PMI for every k",
                log(P / (k * p * q)),
                log(P / (p * q)),
                facts=[P > 0, k > 0, p > 0, q > 0],
                latex=r"s^* = \mathrm{PMI}(w,v)",
            ),
            why="k negatives for one positive: right for k = 1 only",
        ),
        Variant(
            Sign(
                "the scores PMI are at least as good as any: loss(PMI) <= loss(y), a = P, b = k P/r, r = e^PMI",
                (excess - excess.subs(y, r)).subs({a: P, b: k * P / r}),
                facts=[P > 0, k > 0, r > 0, y > 0],
            ),
            why="the same, as a loss",
        ),
        Variant(
            Identity(
                "negatives from another law r of contexts, still PMI - log k",
                log(P / (k * p * r)),
                log(P / (p * q)) - log(k),
                facts=[P > 0, k > 0, p > 0, q > 0, r > 0],
            ),
            why="with p(v)^{3/4} the shift depends on the context",
        ),
        Variant(
            Identity(
                "one dimension suffices: the scores of P = [[.4, .1], [.1, .4]], k = 1, have determinant 0",
                log(sympy.Rational(8, 5)) ** 2 - log(sympy.Rational(2, 5)) ** 2,
                sympy.Integer(0),
                latex=r"\operatorname{rank}(\mathrm{PMI} - \log k) \le 1",
            ),
            why="PMI - log k has rank 2 there: a dimension below the rank binds",
        ),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Levy and Goldberg 2014, section 3",
        paper="word vectors as the first semantic embedding",
    ),
)
