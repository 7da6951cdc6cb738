"""The masked-diffusion bound is the autoregressive loss averaged over all orders.

Mask each of L tokens independently with probability t. In E_t[(1/t) sum over masked i of c(i, revealed)], t uniform on (0,1), c = -log p_theta, a
masked set of l tokens weighs B = integral of t^{l-1} (1-t)^{L-l}. In the mean over the L! orders of the sum of c(next, those before), it weighs 1/(l C(L,l)).
The two are equal for every L and l, so the losses are equal for every predictor that is free of t.

*Why.* Integral: with a = l-1, b = L-l, the primitive t^{a+1} (1-t)^b/(a+1) vanishes at both ends when b >= 1, so B(a,b) = b/(a+1) B(a+1,b-1), and
B(a,0) = 1/(a+1): by induction over b, B(a,b) = a! b!/(a+b+1)!. Orders: each set of k tokens is the set of the first k with probability 1/C(L,k),
by induction over k (the last of them came from a set of k-1, with chance 1/(L-k+1)), and the next is uniform among the l = L-k left. Both weights are 1/(l C(L,l)).

*Limits.* Three sentences join the checked steps: a polynomial with the factor t^{a+1} (1-t)^b is 0 at 0 and 1; a definite integral is the difference of a
primitive's ends; 1/(l C(L,l)) = (l-1)! (L-l)!/L! by the definition of C. L <= 4 is also checked whole, all orders listed, the integrals as the sums that
expanding the binomial gives. Both sides are handed to the checker as they are written: it adds the orders and the fractions, not SymPy.

*False:* without the weight 1/t (no bound any more); a uniform count without the factor L/l. Uria, Murray and Larochelle 2014; Ou et al. 2025.
"""

import itertools
import math

import sympy

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Derivative, Identity, Sign, Termwise, as_written

t, a, b, l, L, k, C, F, G, D, c, w, A, B = sympy.symbols("t a b l L k C F G D c w A B")
log, exp = sympy.log, sympy.exp


def power(base: sympy.Expr, exponent: sympy.Expr) -> sympy.Expr:
    """base^exponent for a real exponent, base > 0."""
    return exp(exponent * log(base))


def integral(masked: int, length: int) -> sympy.Expr:
    """The integral of t^{l-1} (1-t)^{L-l} over (0,1): the binomial expanded, each power of t integrated, not yet added."""
    terms = (
        sympy.Rational((-1) ** j * math.comb(length - masked, j), masked + j) for j in range(length - masked + 1)
    )
    return sympy.Add(*terms, evaluate=False)


def cost(token: int, revealed: frozenset[int]) -> sympy.Symbol:
    """c(i, R), any number at all: i is told from R."""
    return sympy.Symbol(f"c_{token}_" + "".join(map(str, sorted(revealed))))


def over_orders(length: int) -> sympy.Expr:
    """The mean over all orders of the sum of c(next, those before), a term for each order and place."""
    orders = list(itertools.permutations(range(length)))
    terms = [cost(o[j], frozenset(o[:j])) for o in orders for j in range(length)]
    return sympy.Mul(sympy.Rational(1, len(orders)), sympy.Add(*terms, evaluate=False), evaluate=False)


def over_masks(length: int) -> sympy.Expr:
    """The sum over masked sets of their integral times the sum over the masked of c(i, the others)."""
    everything = frozenset(range(length))
    hidden = [frozenset(s) for n in range(1, length + 1) for s in itertools.combinations(range(length), n)]
    terms = (sympy.Mul(integral(len(h), length), cost(i, everything - h), evaluate=False) for h in hidden for i in h)
    return sympy.Add(*terms, evaluate=False)


def enumerated(length: int) -> Identity:
    return Identity(
        f"L = {length}: the mean over all {math.factorial(length)} orders is the integral, for any losses c(i, revealed)",
        over_orders(length),
        over_masks(length),
        latex=rf"L={length}:\ \frac{{1}}{{L!}}\sum_\sigma \sum_k c(\sigma_k|\sigma_{{<k}}) = \int_0^1 \frac1t\, \mathbb{{E}}\sum_{{i\ \mathrm{{masked}}}} c(i|\mathrm{{revealed}})\,dt",
    )


INSIDE = [t > 0, 1 - t > 0, a + 1 > 0]
PLACES = [L - k + 1 > 0, k > 0, C > 0]

LD2 = Theorem(
    "LD2",
    title="Masked-diffusion bound = autoregressive loss averaged over all orders, for every L",
    steps=[
        Step(
            Derivative(
                "d/dt [t^{a+1} (1-t)^b/(a+1)] = t^a (1-t)^b - b/(a+1) t^{a+1} (1-t)^{b-1}",
                power(t, a + 1) * power(1 - t, b) / (a + 1),
                "t",
                power(t, a) * power(1 - t, b) - b / (a + 1) * power(t, a + 1) * power(1 - t, b - 1),
                facts=INSIDE,
                latex=r"\frac{d}{dt}\frac{t^{a+1}(1-t)^b}{a+1} = t^a(1-t)^b - \frac{b}{a+1}t^{a+1}(1-t)^{b-1}",
            ),
            "integrated over (0,1), b >= 1: B(a,b) = b/(a+1) B(a+1,b-1)",
        ),
        Step(
            Derivative(
                "d/dt [t^{a+1}/(a+1)] = t^a: B(a,0) = 1/(a+1)",
                power(t, a + 1) / (a + 1),
                "t",
                power(t, a),
                facts=[t > 0, a + 1 > 0],
            ),
            "induction over b, base",
        ),
        Step(
            Identity(
                "a!/(a+1)! = 1/(a+1), F = a!",
                as_written(lambda: F / ((a + 1) * F)),
                1 / (a + 1),
                facts=[F > 0, a + 1 > 0],
            ),
            "the formula at b = 0",
        ),
        Step(
            Identity(
                "b/(a+1) (a+1)! (b-1)!/(a+b+1)! = a! b!/(a+b+1)!, F = a!, G = (b-1)!, D = (a+b+1)!",
                as_written(lambda: b / (a + 1) * ((a + 1) * F) * G / D),
                as_written(lambda: F * (b * G) / D),
                facts=[F > 0, G > 0, D > 0, a + 1 > 0],
            ),
            "induction over b, step",
        ),
        Step(
            Identity(
                "(l-1)! (L-l)!/L! = 1/(l C(L,l)) with C(L,l) = L!/(l! (L-l)!), F = (l-1)!, G = (L-l)!, D = L!",
                F * G / D,
                as_written(lambda: 1 / (l * (D / ((l * F) * G)))),
                facts=[F > 0, G > 0, D > 0, l > 0],
            ),
            "a + b + 1 = L",
        ),
    ],
    claims=[
        Identity(
            "orders: k (1/C(L,k-1)) (1/(L-k+1)) = 1/C(L,k), C(L,k) = C(L,k-1) (L-k+1)/k: each set of k comes first equally often",
            as_written(lambda: k * (1 / C) * (1 / (L - k + 1))),
            as_written(lambda: 1 / (C * (L - k + 1) / k)),
            facts=PLACES,
            latex=r"P(\text{first } k = R) = \binom Lk^{-1}",
        ),
        Termwise(
            "any L: mean over orders = integral: each (masked set, i) weighs 1/C(L,l) 1/l in one and (l-1)! (L-l)!/L! in the other",
            A - B,
            sums={"A": as_written(lambda: c / (D / ((l * F) * G)) / l), "B": c * F * G / D},
            point=["c", "l", "F", "G"],
            facts=[F > 0, G > 0, D > 0, l > 0],
            shown=sympy.Integer(0),
            latex=r"\int_0^1 \frac1t\,\mathbb{E}\sum_{i\ \mathrm{masked}} c_i\,dt = \frac{1}{L!}\sum_\sigma\sum_k c(\sigma_k|\sigma_{<k})",
        ),
        Identity(
            "uniform count: l uniform on 1..L, l masked tokens at random, factor L/l: weight (1/L) (L/l)/C(L,l) = 1/(l C(L,l))",
            as_written(lambda: (1 / L) * (L / l) / C),
            as_written(lambda: 1 / (l * C)),
            facts=[L > 0, l > 0, C > 0],
            latex=r"\frac1L\,\frac Ll\,\binom Ll^{-1} = \frac{1}{l\binom Ll}",
        ),
        *(enumerated(length) for length in (1, 2, 3, 4)),
    ],
    variants=[
        Variant(
            Sign(
                "without the weight 1/t, L = 1: integral of t c >= c, c > 0 the loss",
                c / 2 - c,
                facts=[c > 0],
                latex=r"\int_0^1 \mathbb{E}\sum_{i\ \mathrm{masked}} c_i\,dt \ge c",
            ),
            why="half of the loss is no bound on it",
        ),
        Variant(
            Identity(
                "a uniform count without the factor L/l, L = 2: (1/2) (mean of c(i, the other)) + (1/2) (c_0 + c_1) is the any-order loss",
                (cost(0, frozenset({1})) + cost(1, frozenset({0}))) / 4
                + (cost(0, frozenset()) + cost(1, frozenset())) / 2,
                over_orders(2),
            ),
            why="one masked token of two stands for both: it weighs twice",
        ),
        Variant(
            Identity(
                "every order has the same loss, L = 2, any predictor",
                cost(0, frozenset()) + cost(1, frozenset({0})),
                cost(1, frozenset()) + cost(0, frozenset({1})),
            ),
            why="only conditionals of one joint agree; the bound is the mean",
        ),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Uria, Murray and Larochelle 2014; Hoogeboom et al. 2022; Ou et al. 2025",
        paper="masked diffusion language models (LLaDA) as a case of the autoregressive definition",
        differences="predictor free of t; masking independent at each position; schedule-free",
    ),
)
