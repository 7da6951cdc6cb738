"""Three numbers that are often called one: the T-step bound, the any-order loss, and the loss of the order mixture.

*Any order against mixture.* any-order loss - (-log p_theta(x)) = log M - E log v >= 0, v = p(x|order), M its mean over orders; zero iff every order
gives x the same probability, as it does when the conditionals are those of one joint.

*T steps, exact conditionals.* With the data's conditionals the expected T-step bound is R_T = sum_s (1/T) g(s/T), g(t) = sum_i E H(X_i|revealed), each
other token revealed with probability 1-t; the any-order loss is I = integral of g. g never falls in t, so R_T >= R_{mT} >= I and R_T - I <= (g(1)-g(0))/T.

*Why.* Raise the masking probability of one token j from t to t': the mean over its mask, t H(X_i|R) + (1-t) H(X_i|R,X_j), moves by
(t'-t) I(X_i;X_j|R) >= 0; all tokens one after another. A right Riemann sum of a nondecreasing function falls under refinement, cell by cell; I is the limit of
R_{mT}, so it is below; and a cell loses at most its width times the rise of g over it, which adds up to (g(1)-g(0))/T.

*Limits.* Joined by prose: g is a polynomial, so its right sums converge to its integral; -log p(x_i|revealed) has mean H(X_i|revealed) under the data.

*False:* T-step bound = loss (an example with numbers); T-step >= any-order for every predictor (L = 2, p = .9 blind, .1 with context: .211 < 2.408 at T = 1) or for
every x; falling at every T -> T+1: for a [25,10] MDS code a token is uniform until 10 are seen, then known; .5769 of the maximum at T = 2, .5831 at T = 3.
Uria, Murray and Larochelle 2014; Ou et al. 2025; Kim et al. 2025.
"""

import math
from fractions import Fraction

import sympy

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Identity, Sign, Termwise
from semtheory.logic.expectation import Equality, Expectation
from semtheory.logic.tested import Tested

p, v, M = sympy.symbols("p v M")
t, r, h, k, w, g, G, low = sympy.symbols("t r h k w g G low")
W, R, S, D, T, x, y, z = sympy.symbols("W R S D T x y z")
log = sympy.log

X = (1, 0, 1)


def network(revealed: tuple[int | None, ...]) -> list[list[float]]:
    """Three bits whose conditionals come from no joint law: logistic of a sine of what is revealed."""
    signs = [0 if token is None else 2 * token - 1 for token in revealed]
    rows = []
    for i in range(3):
        angle = 0.4 + 1.7 * i + sum((j + 1) * c * (0.37 + 0.11 * ((3 * i + 5 * j) % 4)) for j, c in enumerate(signs))
        one = 1 / (1 + math.exp(-1.3 * math.sin(angle)))
        rows.append([1 - one, one])
    return rows


def steps_are_the_loss(steps: int) -> str | None:
    from semtheory.bounds import any_order_loss, masked_diffusion_bound, order_mixture_loss

    bound, mean, mixture = (
        float(masked_diffusion_bound(network, X, steps)),
        float(any_order_loss(network, X)),
        float(order_mixture_loss(network, X)),
    )
    if abs(bound - mixture) < 1e-9:
        return None
    return f"T = {steps}: {bound:.5f}, any order {mean:.5f}, -log of the order mixture {mixture:.5f} nats"


def mds_share(steps: int, length: int = 25, dimension: int = 10) -> sympy.Rational:
    """R_T over its largest value: a token is uniform while fewer than `dimension` are revealed, else known."""
    total = Fraction(0)
    for s in range(1, steps + 1):
        hidden = Fraction(s, steps)
        for m in range(length - dimension + 1, length + 1):  # masked tokens that leave fewer than `dimension` revealed
            total += Fraction(m, s) * math.comb(length, m) * hidden**m * (1 - hidden) ** (length - m)
    return sympy.Rational(total.numerator, total.denominator * length)


def over_orders(text: str, integrand: sympy.Expr, latex: str, equality: Equality | None = None) -> Expectation:
    return Expectation(
        text,
        integrand,
        laws={"p": "order"},
        point=["v"],
        normalisers={"M": (p * v, "order")},
        facts=[v > 0],
        equality=equality,
        latex=latex,
    )


tenth = sympy.Rational(1, 10)
blind, context = -log(1 - tenth), -log(tenth)  # losses of one of two tokens: nothing revealed, the other revealed

LD3 = Theorem(
    "LD3",
    title="T-step bound >= any-order loss >= order mixture: when, and when not",
    depends=["F1", "LD1", "LD2"],
    steps=[
        Step("H(X|R,Y) <= H(X|R)", "what is revealed more tells more: h = H(X_i|R), k = H(X_i|R,X_j), k <= h"),
        Step(
            Sign(
                "raising one mask probability from t to r: r h + (1-r) k - [t h + (1-t) k] = (r-t) (h-k) >= 0",
                r * h + (1 - r) * k - (t * h + (1 - t) * k),
                facts=[r - t >= 0, h - k >= 0],
                shown=(r - t) * (h - k),
                latex=r"g(t') \ge g(t) \text{ for } t' \ge t",
            ),
            "so g never falls, one token at a time",
        ),
        Step(
            Identity(
                "the right minus the left sum telescopes: D_s = (g(s/T) - g(0))/T, step x -> y",
                (x - z) / T + (y - x) / T,
                (y - z) / T,
                facts=[T > 0],
            ),
            "induction over s: at s = T it is (g(1) - g(0))/T",
        ),
    ],
    claims=[
        over_orders(
            "any-order loss >= -log of the order mixture, equal only when every order gives x the same probability, v = M",
            log(M) - log(v),
            r"\mathbb{E}_\sigma[-\log p(x|\sigma)] \ge -\log \mathbb{E}_\sigma\, p(x|\sigma)",
            Equality(v, M, {"v": M}),
        ),
        "H(X) + H(Y|X) = H(Y) + H(X|Y)",
        "sum(t=1..L) H(X_t|X^{t-1}) = H(X^L)",
        Termwise(
            "T -> mT: over a cell, sum of widths times g at finer right ends <= width times g at the cell's right end, g <= G",
            G * W - R,
            sums={"W": w, "R": w * g},
            point=["w", "g"],
            facts=[w >= 0, G - g >= 0],
            shown=w * (G - g),
            latex=r"R_{mT} \le R_T",
        ),
        Termwise(
            "R_T - R_{mT} <= (g(1) - g(0))/T: over a cell from low to G it loses at most width times (G - low), whatever m",
            (G - low) * W - (G * W - R),
            sums={"W": w, "R": w * g},
            point=["w", "g"],
            facts=[w >= 0, g - low >= 0],
            shown=w * (g - low),
            latex=r"0 \le R_T - \int_0^1 g \le (g(1) - g(0))/T",
        ),
    ],
    variants=[
        Variant(
            Tested(
                "T-step bound = loss of the order mixture, three bits of a sine network",
                r"R_T = -\log p_\theta(x)",
                steps_are_the_loss,
                instances=[4, 1],
            ),
            why="T = 1 3.04368, T = 4 2.39855, any order 2.16443, mixture 2.08416",
        ),
        Variant(
            Sign(
                "the T-step bound is at least the any-order loss for every predictor: L = 2, p = .9 blind, .1 with context, T = 1",
                2 * blind - (blind + context),
            ),
            why=".211 < 2.408: one step never sees the context in which the predictor is bad",
        ),
        Variant(
            Sign(
                "with exact conditionals the T-step bound is at least the any-order loss for every x: two bits, T = 1, x = P(1,1), y = P(X_1 = 1), z = P(X_2 = 1)",
                -log(y) - log(z) + log(x),
                facts=[x > 0, y - x > 0, z - x > 0, 1 - y - z + x > 0],
            ),
            why="in the mean only: a pair rarer than independence is overrated by one step",
        ),
        Variant(
            Sign(
                "the expected bound falls at every T -> T+1: [25,10] MDS code, T = 2 to 3, share of its maximum",
                mds_share(2) - mds_share(3),
            ),
            why=".5769 at T = 2, .5831 at T = 3: the steps fall on either side of the threshold",
        ),
        Variant(
            over_orders(
                "any-order loss <= -log of the order mixture",
                log(v) - log(M),
                r"\mathbb{E}_\sigma[-\log p(x|\sigma)] \le -\log \mathbb{E}_\sigma\, p(x|\sigma)",
            ),
            why="equality needs orders that agree",
        ),
    ],
    fidelity=Fidelity(
        "correction",
        source="Uria, Murray and Larochelle 2014; Ou et al. 2025",
        paper="the masked-diffusion loss quoted as the negative log-likelihood",
        differences="three quantities kept apart; the T-step bound falls from T to multiples of T, with exact conditionals, in the mean",
    ),
)
