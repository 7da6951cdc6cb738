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

import itertools
import math
from fractions import Fraction
from typing import Any

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


def listed(predict: Any, tokens: tuple[int, ...], steps: tuple[int, ...]) -> dict[str, float]:
    """Any-order loss and order mixture over every order, the T-step bounds over every mask and step, from the definitions."""
    size = len(tokens)

    def loss(i: int, hidden: frozenset[int]) -> float:
        rows = predict(tuple(None if k in hidden else token for k, token in enumerate(tokens)))
        return -math.log(rows[i][tokens[i]])

    losses = [
        math.fsum(loss(i, frozenset(order[k:])) for k, i in enumerate(order))
        for order in itertools.permutations(range(size))
    ]
    found = {
        "any order": math.fsum(losses) / len(losses),
        "mixture": -math.log(math.fsum(math.exp(-value) for value in losses) / len(losses)),
    }
    masks = [frozenset(s) for k in range(1, size + 1) for s in itertools.combinations(range(size), k)]
    sums = {hidden: math.fsum(loss(i, hidden) for i in hidden) for hidden in masks}
    for total in steps:
        found[f"T = {total}"] = math.fsum(
            (s / total) ** len(hidden) * (1 - s / total) ** (size - len(hidden)) / s * value
            for s in range(1, total + 1)
            for hidden, value in sums.items()
        )
    return found


PUBLISHED = {
    "T = 1": 3.0436799,
    "T = 2": 2.6231273,
    "T = 4": 2.3985455,
    "T = 64": 2.1793387,
    "any order": 2.1644269,
    "mixture": 2.08416,
}


def as_published(name: str) -> str | None:
    """One number of the sine network: published, listed from the definitions, and by the package."""
    from semtheory.bounds import any_order_loss, masked_diffusion_bound, order_mixture_loss

    if name.startswith("T"):
        steps = int(name.split()[-1])
        plain, found = listed(network, X, (steps,))[name], float(masked_diffusion_bound(network, X, steps))
    else:
        whole = any_order_loss if name == "any order" else order_mixture_loss
        plain, found = listed(network, X, ())[name], float(whole(network, X))
    near = abs(plain - PUBLISHED[name]) < 6e-8 and abs(found - plain) < 1e-12
    return None if near else f"{name}: {found:.9f}, listed {plain:.9f}, published {PUBLISHED[name]}"


def many_steps_are_the_mixture(steps: int) -> str | None:
    found = listed(network, X, (steps,))
    gap = found[f"T = {steps}"] - found["mixture"]
    return None if gap < 0.02 else f"T = {steps}: {gap:.4f} nats above the mixture, {found['any order']:.4f} the any-order loss"


def conditionals(joint: dict[tuple[int, ...], float]) -> Any:
    """The rows p(X_i = . | revealed) of a law on bits, summed from the law."""

    def predict(revealed: tuple[int | None, ...]) -> list[list[float]]:
        fits = {x: p for x, p in joint.items() if all(r in (None, v) for r, v in zip(revealed, x, strict=True))}
        total = sum(fits.values())
        return [[sum(p for x, p in fits.items() if x[i] == v) / total for v in (0, 1)] for i in range(len(revealed))]

    return predict


def steps_of_a_law(weights: list[int]) -> str | None:
    """Three bits with their own conditionals: R_T in the mean over x, listed, against the package, H(X), refinement and (g(1)-g(0))/T."""
    import numpy as np

    from semtheory.bounds import any_order_loss, exact_conditionals, expected_masked_bound, order_mixture_loss

    words = list(itertools.product((0, 1), repeat=3))
    law = {word: w / sum(weights) for word, w in zip(words, weights, strict=True)}
    steps = (1, 2, 3, 4, 6)
    each = {word: listed(conditionals(law), word, steps) for word in words}
    array = np.reshape([law[word] for word in words], (2, 2, 2))
    known = exact_conditionals(array)
    for word, found in each.items():
        packaged = (float(any_order_loss(known, word)), float(order_mixture_loss(known, word)))
        if max(abs(v + math.log(law[word])) for v in (found["any order"], found["mixture"], *packaged)) > 1e-10:
            return f"{word}: any order {found['any order']:.12f}, mixture {found['mixture']:.12f}, by the package {packaged}, -log p {-math.log(law[word]):.12f}"
    entropy = -math.fsum(p * math.log(p) for p in law.values())
    mean = {total: math.fsum(law[word] * each[word][f"T = {total}"] for word in words) for total in steps}
    for total, value in mean.items():
        if abs(float(expected_masked_bound(array, total)) - value) > 1e-10:
            return f"R_{total} = {float(expected_masked_bound(array, total)):.12f}, listed {value:.12f}"
    # g(1): nothing revealed; g(0): all others revealed
    ends = [0.0, 0.0]
    for word, p in law.items():
        for i in range(3):
            others = tuple(None if k == i else v for k, v in enumerate(word))
            for end, revealed in enumerate((others, (None,) * 3)):
                ends[end] -= p * math.log(conditionals(law)(revealed)[i][word[i]])
    for total, value in mean.items():
        if not entropy - 1e-10 <= value <= entropy + (ends[1] - ends[0]) / total + 1e-10:
            return f"R_{total} = {value:.9f}, H = {entropy:.9f}, (g(1) - g(0))/T = {(ends[1] - ends[0]) / total:.9f}"
    for coarse, fine in ((1, 2), (1, 3), (2, 4), (2, 6), (3, 6)):
        if mean[fine] > mean[coarse] + 1e-10:
            return f"R_{fine} = {mean[fine]:.9f} > R_{coarse} = {mean[coarse]:.9f}"
    return None


def draw_law() -> Any:
    from hypothesis import strategies as st

    return st.lists(st.integers(1, 9), min_size=8, max_size=8)


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

LD3_EXACT = Theorem(
    "LD3.exact",
    title="T steps, any order and order mixture by listing every order and mask: published numbers, and laws of three bits",
    target="tested",
    depends=["LD3"],
    claims=[
        Tested(
            "sine network, L = 3: T = 1 3.0436799, T = 2 2.6231273, T = 4 2.3985455, T = 64 2.1793387, any order 2.1644269, mixture 2.0841600 nats",
            r"R_1, R_2, R_4, R_{64}, I, -\log \mathbb{E}_\sigma p(x|\sigma)",
            as_published,
            instances=list(PUBLISHED),
        ),
        Tested(
            "laws of three bits with their own conditionals: any order = mixture = -log p(x) for every x; in the mean R_T >= R_{mT} >= H(X) and R_T - H(X) <= (g(1) - g(0))/T, T = 1, 2, 3, 4, 6",
            r"H(X) \le R_{mT} \le R_T \le H(X) + (g(1) - g(0))/T",
            steps_of_a_law,
            draw=draw_law,
            instances=[[9, 1, 1, 9, 1, 9, 9, 1], [1] * 8],
            examples=10,
            most=200,
        ),
    ],
    variants=[
        Variant(
            Tested(
                "many steps make the T-step bound the loss of the order mixture: within .02 at T = 64",
                r"R_{64} \approx -\log \mathbb{E}_\sigma\, p(x|\sigma)",
                many_steps_are_the_mixture,
                instances=[64],
            ),
            why="it tends to the any-order loss, 2.1644 against 2.0842",
        ),
    ],
    fidelity=Fidelity(
        "specialisation",
        source="Uria, Murray and Larochelle 2014; Ou et al. 2025",
        paper="the masked-diffusion loss, in numbers",
        differences="three bits; one network without a joint law, and positive laws",
    ),
)
