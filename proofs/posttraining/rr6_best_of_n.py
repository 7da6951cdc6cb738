"""Best-of-n moves away from the reference by at most log n - (n-1)/n nats.

Draw n answers from the reference, keep the one of highest reward. Put the answers in the order of reward; an atom takes the ranks from a
to b, so it has probability b - a under the reference and b^n - a^n under best-of-n:
    KL = sum over atoms of (b^n - a^n) log((b^n - a^n)/(b - a)) <= log n - (n-1)/n.

*Why.* Without atoms the rank is uniform, best-of-n has density f(y) = n y^{n-1}, and KL is the integral of f log f: its primitive is
G(y) = y^n log n + (n-1) y^n log y - ((n-1)/n) y^n, with G(0) = 0 and G(1) = log n - (n-1)/n. An atom merges the ranks from a to b,
which loses divergence (F4): (b^n - a^n) log mu <= G(b) - G(a), mu = (b^n - a^n)/(b - a). Directly: the function
G(y) - G(a) - (y^n - a^n) log mu - (y^n - a^n) + mu (y - a) starts at 0 and has slope f log(f/mu) - f + mu >= 0 (F1's tangent at
mu/f); at y = b its last two terms cancel. For the lowest atom a = 0 the difference is b^n (log n - 1 + 1/n) >= 0. The G(b) - G(a) add up to
G(1).

*Equality,* n > 1: only without atoms. A lowest atom (a = 0) loses b^n (log n - 1 + 1/n) > 0. An atom from a > 0 to b, cut at any c between:
x^n bends upwards, so its upper half has the larger slope, (b^n - c^n)/(b - c) > (c^n - a^n)/(c - a); each half loses g, h >= 0, and
merging two parts of different slope loses more (log x < x - 1 for x > 1). Answers of equal reward count as one atom when the kept one
is drawn among them as the reference would.

*False:* equality for discrete rewards. Two equally likely outcomes, n = 2: .1308 against .1931. RR6.exact draws all n answers in every way.
The formula is from Stiennon et al. 2020; the correction from Beirami et al. 2024.
"""

import itertools
import math
from fractions import Fraction
from typing import Any

import sympy

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Derivative, Identity, Sign, Termwise
from semtheory.logic.tested import Tested

n, a, b, y, mu, x, K, S, P, M = sympy.symbols("n a b y mu x K S P M")
log, exp = sympy.log, sympy.exp


def power(base: sympy.Expr) -> sympy.Expr:
    """base^n for real n, base > 0."""
    return exp(n * log(base))


def primitive(at: sympy.Expr) -> sympy.Expr:
    return power(at) * (log(n) + (n - 1) * log(at) - (n - 1) / n)


tangent = Sign("x - 1 - log x >= 0 for x > 0", x - 1 - log(x), "x", facts=[x > 0])
density = n * power(y) / y
gap = primitive(y) - primitive(a) - (power(y) - power(a)) * log(mu) - (power(y) - power(a)) + mu * (y - a)
ATOM = [n > 0, a > 0, mu > 0, y - a >= 0, y > 0]

slope = Derivative(
    "the slope in y is f log f - f log mu - f + mu, f = n y^{n-1}",
    gap,
    "y",
    density * (log(n) + (n - 1) * log(y)) - density * log(mu) - density + mu,
    facts=[n > 0, a > 0, mu > 0, y > 0],
)
merged = Sign(
    "G(y) - G(a) - (y^n - a^n) log mu - (y^n - a^n) + mu (y - a) >= 0 for y >= a > 0",
    gap,
    "y",
    facts=ATOM,
    at=a,
    lemmas=[(tangent, {"x": mu / density})],
)
atoms = Termwise(
    "sum (b^n - a^n) log mu + [sum (b^n - a^n) - sum mu (b - a)] <= sum (G(b) - G(a)) over the atoms with a > 0; [...] = 0",
    S - K - (P - M),
    sums={
        "S": primitive(b) - primitive(a),
        "K": (power(b) - power(a)) * log(mu),
        "P": power(b) - power(a),
        "M": mu * (b - a),
    },
    point=["a", "b", "mu"],
    facts=[n > 0, a > 0, b > 0, mu > 0, b - a >= 0],
    lemmas=[(merged, {"y": b})],
    shown=gap.subs(y, b),
    latex=r"\sum (b^n - a^n) \log\frac{b^n - a^n}{b - a} \le \sum (G(b) - G(a))",
)
lowest = Sign(
    "(b^n log(b^n/b)) <= G(b) for the lowest atom, a = 0",
    primitive(b) - power(b) * (n - 1) * log(b),
    facts=[n > 0, b > 0],
    lemmas=[(tangent, {"x": 1 / n})],
    shown=power(b) * (1 / n - 1 - log(1 / n)),
    latex=r"b^n \log b^{n-1} \le G(b)",
)

# Strictness: a = c e^{-r} < c < y = c e^s, n = 1 + m.
m, r, s, A, B, p, q, d, g, h = sympy.symbols("m r s A B p q d g h")
grown, shrunk = exp((1 + m) * s), exp(-(1 + m) * r)
grow = Sign(
    "e^{(1+m)s} - e^s - m s >= 0 for s, m >= 0",
    grown - exp(s) - m * s,
    facts=[s >= 0, m >= 0],
    lemmas=[(tangent, {"x": exp(m * s)}), (tangent, {"x": exp(s)})],
    shown=exp(s) * (exp(m * s) - 1 - m * s) + m * s * (exp(s) - 1 - s) + m * s**2,
)
bent = Sign(
    "e^{ns} - 1 - n (e^s - 1) >= n m s^2/2 for s >= 0, n = 1 + m >= 1",
    grown - 1 - (1 + m) * (exp(s) - 1) - (1 + m) * m * s**2 / 2,
    "s",
    facts=[s >= 0, m >= 0],
    at=0,
    lemmas=[(grow, {})],
)
fall = Sign(
    "e^{-r} >= e^{-(1+m)r} for r, m >= 0",
    exp(-r) - shrunk,
    facts=[r >= 0, m >= 0],
    lemmas=[(tangent, {"x": exp(m * r)})],
    shown=shrunk * (exp(m * r) - 1 - m * r) + shrunk * m * r,
)
flat = Sign(
    "n (1 - e^{-r}) >= 1 - e^{-nr} for r >= 0, n = 1 + m >= 1",
    (1 + m) * (1 - exp(-r)) - 1 + shrunk,
    "r",
    facts=[r >= 0, m >= 0],
    at=0,
    lemmas=[(fall, {})],
)
excess, square = grown - 1 - (1 + m) * (exp(s) - 1) - (1 + m) * m * s**2 / 2, (1 + m) * m * s**2 / 2
steeper = Sign(
    "(y^n - c^n)(c - a) > (c^n - a^n)(y - c), over c^{n+1}, for a = c e^{-r} < c < y = c e^s, n = 1 + m > 1",
    (grown - 1) * (1 - exp(-r)) - (1 - shrunk) * (exp(s) - 1),
    facts=[s > 0, r > 0, m > 0],
    relation=">",
    lemmas=[(bent, {}), (flat, {}), (tangent, {"x": exp(s)}), (tangent, {"x": exp(r)})],
    shown=exp(-r) * excess * (exp(r) - 1 - r)
    + exp(-r) * r * excess
    + exp(-r) * square * (exp(r) - 1 - r)
    + exp(-r) * r * square
    + (exp(s) - 1 - s) * ((1 + m) * (1 - exp(-r)) - 1 + shrunk)
    + s * ((1 + m) * (1 - exp(-r)) - 1 + shrunk),
    latex=r"\frac{y^n - c^n}{y - c} > \frac{c^n - a^n}{c - a}",
)
sharp = Sign(
    "x - 1 - log x >= (x-1)^2/(2x) for x >= 1",
    x - 1 - log(x) - (x - 1) ** 2 / (2 * x),
    "x",
    facts=[x > 0, x - 1 >= 0],
    at=1,
)
upper = q * (A / p + d)
below, above = 1 + q * d * p / ((p + q) * A), (A + upper) * q / ((p + q) * upper)
strictly = Sign(
    "g + A log(A/p) + h + B log(B/q) > (A+B) log((A+B)/(p+q)), B/q = A/p + d with d > 0, for g, h >= 0: an atom with a > 0 loses",
    g + h + A * log(A / p) + upper * log(upper / q) - (A + upper) * log((A + upper) / (p + q)),
    facts=[A > 0, p > 0, q > 0, d > 0, g >= 0, h >= 0],
    relation=">",
    lemmas=[(sharp, {"x": below}), (tangent, {"x": above})],
    shown=g
    + h
    + A * (below - 1 - log(below) - (below - 1) ** 2 / (2 * below))
    + A * (below - 1) ** 2 / (2 * below)
    + upper * (above - 1 - log(above)),
    latex=r"G(y) - G(a) > (y^n - a^n) \log\frac{y^n - a^n}{y - a}",
)
two = sympy.Rational(1, 4) * log(sympy.Rational(1, 2)) + sympy.Rational(3, 4) * log(sympy.Rational(3, 2))

RR6 = Theorem(
    "RR6",
    title="Best-of-n: KL <= log n - (n-1)/n, for n >= 2 equal exactly when the reward has no atoms",
    depends=["F1", "F4"],
    steps=[
        Step(tangent, "as in F1"),
        Step(slope, "school calculus"),
        Step(merged, "from 0 at y = a upwards: the slope is f (mu/f - 1 - log(mu/f)) >= 0"),
        Step(steeper, "e^{ns} - 1 > n (e^s - 1) above c, 1 - e^{-nr} <= n (1 - e^{-r}) below"),
        Step(sharp, "0 at x = 1, and its slope is (x-1)^2/(2 x^2)"),
    ],
    claims=[
        Derivative(
            "no atoms: G' = f log f, f = n y^{n-1} the density of the rank of the best of n",
            primitive(y),
            "y",
            density * (log(n) + (n - 1) * log(y)),
            facts=[n > 0, y > 0],
            latex=r"G'(y) = n y^{n-1} \log(n y^{n-1})",
        ),
        Identity(
            "no atoms: KL = G(1) - G(0) = log n - (n-1)/n",
            primitive(y).subs(y, 1),
            log(n) - (n - 1) / n,
            facts=[n > 0],
            latex=r"\mathrm{KL} = \log n - \frac{n-1}{n}",
        ),
        atoms,
        lowest,
        Sign(
            "strict at the lowest atom: log n - 1 + 1/n >= 0, = 0 only at n = 1",
            log(n) - 1 + 1 / n,
            "n",
            facts=[n > 0],
            at=1,
            strict=True,
            latex=r"\log n - \frac{n-1}{n} > 0 \text{ for } n > 1",
        ),
        strictly,
    ],
    variants=[
        Variant(
            Identity(
                "equality for discrete rewards: two equally likely outcomes, n = 2: 1/4 log 1/2 + 3/4 log 3/2 = log 2 - 1/2",
                two,
                log(2) - sympy.Rational(1, 2),
            ),
            why=".1308 against .1931: ties waste draws",
        ),
        Variant(
            Sign(
                "KL <= log n - 1, without atoms",
                log(n) - 1 - (log(n) - (n - 1) / n),
                facts=[n > 0],
            ),
            why="(n-1)/n is less than 1",
        ),
        Variant(
            Sign(
                "at least log n - (n-1)/n for an atom that is all: 0 >= log n - (n-1)/n",
                (n - 1) / n - log(n),
                facts=[n >= 1],
            ),
            why="a constant reward: best-of-n is the reference",
        ),
    ],
    fidelity=Fidelity(
        "correction",
        source="Stiennon et al. 2020; Beirami et al. 2024",
        paper="best-of-n sampling as post-training without training",
        differences="an upper bound; n >= 2: equality exactly where the reward has no atoms. The sum over the atoms, and their union with "
        "a part without atoms, adds up claims made atom by atom; g and h, A and B of the strict claim are those of the halves a..c and c..y",
    ),
)


Case = tuple[list[tuple[int, int]], int]  # (weight, reward) of each answer, n


def enumerated(law: list[Fraction], reward: list[int], n: int) -> tuple[list[Fraction], Fraction]:
    """Policy and win rate from all n-tuples of answers: the first drawn among those of highest reward is kept."""
    policy = [Fraction(0)] * len(law)
    for drawn in itertools.product(range(len(law)), repeat=n):
        policy[max(drawn, key=lambda k: reward[k])] += math.prod((law[k] for k in drawn), start=Fraction(1))
    half = {-1: Fraction(0), 0: Fraction(1, 2), 1: Fraction(1)}
    wins = (
        kept * other * half[(reward[i] > reward[j]) - (reward[i] < reward[j])]
        for i, kept in enumerate(policy)
        for j, other in enumerate(law)
    )
    return policy, sum(wins, Fraction(0))


def enumeration(case: Case) -> str | None:
    """Policy and win rate exactly, KL to 1e-12; KL <= log n - (n-1)/n, by more than rounding for n >= 2."""
    from semtheory.measures.best_of import best_of_n

    answers, draws = case
    total = sum(weight for weight, _ in answers)
    law, reward = [Fraction(weight, total) for weight, _ in answers], [rank for _, rank in answers]
    found = best_of_n(law, draws, reward)
    policy, wins = enumerated(law, reward, draws)
    kl = math.fsum(float(kept) * math.log(kept / was) for kept, was in zip(policy, law, strict=True) if kept)
    bound = math.log(draws) - (draws - 1) / draws
    if list(found.policy) != policy or found.win_rate != wins:
        return f"policy {found.policy}, win rate {found.win_rate}; by enumeration {policy}, {wins}"
    if abs(found.kl - kl) > 1e-12:
        return f"KL = {float(found.kl)!r}, by enumeration {kl!r}"
    if abs(found.kl_bound - bound) > 1e-12 or kl > bound + 1e-12 or (draws > 1 and kl > bound - 1e-9):
        return f"KL = {kl!r} by enumeration, bound {bound!r}"
    return None


Printed = tuple[int, int, float, float]  # K equally likely answers of different reward, n, KL, half a unit of its last digit
PRINTED: list[Printed] = [
    (2, 4, 0.4593555, 5e-8),
    (10, 4, 0.6288251, 5e-8),
    (100, 4, 0.6362194, 5e-8),
    (2, 2, 0.1308120, 5e-8),
    (2, 16, 0.69296, 5e-6),
]


def published(case: Printed) -> str | None:
    from semtheory.measures.best_of import best_of_n

    size, draws, wanted, within = case
    found = best_of_n([Fraction(1, size)] * size, draws)
    return None if abs(found.kl - wanted) <= within else f"KL = {float(found.kl)!r}, published {wanted}"


def equality_for_many(case: Printed) -> str | None:
    """The false form; the KL must be the published one."""
    from semtheory.measures.best_of import best_of_n

    wrong = published(case)
    if wrong:
        raise ArithmeticError(wrong)
    size, draws, _, _ = case
    kl, bound = float(best_of_n([Fraction(1, size)] * size, draws).kl), math.log(draws) - (draws - 1) / draws
    return None if abs(kl - bound) < 1e-9 else f"{size} equally likely answers, n = {draws}: KL = {kl:.7f}, log n - (n-1)/n = {bound:.7f}"


def draw() -> Any:
    from hypothesis import strategies as st

    answers = st.lists(st.tuples(st.integers(1, 6), st.integers(0, 2)), min_size=1, max_size=4)
    return st.tuples(answers, st.integers(1, 4))


RR6_EXACT = Theorem(
    "RR6.exact",
    title="Best-of-n by enumeration of all draws, ties included",
    target="tested",
    depends=["RR6"],
    claims=[
        Tested(
            "policy and win rate exactly, KL to 1e-12, by enumeration of all n-tuples, rewards with ties; KL < log n - (n-1)/n for n >= 2",
            r"\mathrm{KL} = \sum (b^n - a^n) \log\frac{b^n - a^n}{b - a} < \log n - \frac{n-1}{n}",
            enumeration,
            draw,
            [([(1, 0), (1, 1)], 2), ([(1, 0), (2, 1), (3, 1), (1, 2)], 4), ([(1, k) for k in range(10)], 3), ([(1, 0), (2, 0)], 3)],
        ),
        Tested(
            "K equally likely answers: the published KL for (K, n) = (2, 4), (10, 4), (100, 4), (2, 2), (2, 16), to their last digit",
            r"\mathrm{KL}(K, n)",
            published,
            instances=PRINTED,
        ),
    ],
    variants=[
        Variant(
            Tested(
                "equality once the vocabulary is large, K = 100",
                r"\mathrm{KL} = \log n - \frac{n-1}{n}",
                equality_for_many,
                instances=[PRINTED[2]],
            ),
            why="0.9: .6362194 against .6362944; only the limit of no atoms has equality",
        ),
    ],
    fidelity=RR6.fidelity,
)
