"""Stopping, and how far the flow strays from its drift: Doob's decomposition, optional stopping, Azuma's bound.

i_t = A_t + M_t, with A_t the sum of the drifts D_k = D(p||q) given the past (never falling) and M a martingale.
*Stopping.* For a stopping time tau <= T: 0 <= E i_tau = E sum over t <= tau of D_t <= E sum over t <= T of D_t = I(S -> U^T).
*Deviation.* If max - min logit <= rho always, an increment has conditional range <= 2 rho, and P(M_T <= -x) <= exp(-x^2/(2 T rho^2)) (Azuma). If
no increment of M falls by more than b and the conditional variances add up to at most v, P(M_T <= -x) <= exp(-x^2/(2 (v + b x/3))) (Freedman).

*Why.* Whether tau >= t is known from the past: a factor c_t in {0, 1} before the divergence D_t >= 0 (F1). Logits in a band of width rho
make p(u) <= e^rho p(v) for every prompt, hence q(u) <= e^rho q(v) for their mixture, and log p/q moves within 2 rho. For X in
[l, h] of mean U inside, e^{bX} lies below its chord; the chord's mean is e^{bU} e^{-y g/(1+g)} (1 + g e^y)/(1 + g), y = b(h-l), g = (U-l)/(h-U);
and y^2/8 + y g/(1+g) - log((1 + g e^y)/(1 + g)) starts at 0 with slope 0 and bends upwards, by the square (1 - g e^y)^2/(4 (1 + g e^y)^2)
(Hoeffding's lemma; at U = l or h, X is constant). The factors e^{b^2 R^2/8} multiply over t, by the tower of conditional means; Markov's
inequality and b = 4x/(T R^2) give exp(-2 x^2/(T R^2)), and R = 2 rho.

Freedman: phi(y) = (e^y - 1 - y)/y^2 rises, so e^w <= 1 + w + w^2 phi(y) for w <= y (also for w <= 0, where phi <= 1/2 <= phi(y)), and phi(y) <=
1/(2(1 - y/3)) for 0 <= y < 3. With w = -l (increment of M) and y = l b, the factors e^{phi(y) l^2 variance} multiply; take l = x/(v + b x/3).

*How tight:* tau = 0 and tau = T meet the two ends of optional stopping. A fair coin p against another q has P(M_1 <= -R/2) = 1/2, where the
bound is exp(-2 x^2/R^2) = e^{-1/2} = .607. SF4.exact enumerates all paths of small models, with rational probabilities: means are exact
sums of logarithms, tails exact fractions at levels computed in floats.

*False:* for tau that looks ahead, such as the time of the minimum; with 4 in place of 2 in Azuma. Doob 1953; Hoeffding 1963; Azuma 1967;
Freedman 1975.
"""

import itertools
import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

import sympy

from semtheory import Distribution, Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Identity, Sign, Termwise
from semtheory.logic.exact import ExactLog, evaluate
from semtheory.logic.expectation import Expectation
from semtheory.logic.tested import Tested
from semtheory.notation.linear import information

p, q, c, d, w, x, b, l, h, U, y, g = sympy.symbols("p q c d w x b l h U y g")
pu, pv, qu, qv, E, k, R, A, B, H, T, v = sympy.symbols("pu pv qu qv E k R A B H T v")
exp, log = sympy.exp, sympy.log
below, above = sympy.symbols("below above")
N = sympy.Rational

tangent = Sign("v - 1 - log v >= 0", v - 1 - log(v), "v", facts=[v > 0])
CHORD = [x - l >= 0, h - x >= 0, h - l > 0]
chord = Sign(
    "(h - x) e^{bl} + (x - l) e^{bh} >= (h - l) e^{bx} for l <= x <= h",
    (h - x) * exp(b * l) + (x - l) * exp(b * h) - (h - l) * exp(b * x),
    facts=CHORD,
    lemmas=[(tangent, {"v": exp(b * (l - x))}), (tangent, {"v": exp(b * (h - x))})],
    shown=exp(b * x)
    * ((h - x) * (exp(b * (l - x)) - 1 - b * (l - x)) + (x - l) * (exp(b * (h - x)) - 1 - b * (h - x))),
)
CURVE = [g > 0, y >= 0]
weight = g * exp(y) / (1 + g * exp(y))
slope = Sign(
    "y/4 + g/(1+g) - g e^y/(1 + g e^y) >= 0 for y >= 0, g > 0", y / 4 + g / (1 + g) - weight, "y", facts=CURVE, at=0
)
hoeffding = Sign(
    "y^2/8 + y g/(1+g) - log((1 + g e^y)/(1 + g)) >= 0 for y >= 0, g > 0",
    y**2 / 8 + y * g / (1 + g) - log(1 + g * exp(y)) + log(1 + g),
    "y",
    facts=CURVE,
    at=0,
    lemmas=[(slope, {})],
)
INSIDE = [U - l > 0, h - U > 0]
span = h - l
mean_of_chord = ((h - U) * exp(b * (l - U)) + (U - l) * exp(b * (h - U))) / span

# Freedman: y = l b, w = -l (increment of M) <= y, Ew = e^w, F = phi(y)
Ew, F, s2, m, var, fall, t = sympy.symbols("Ew F s2 m var fall t")  # t >= 0: slack; t = 0 is what is used
nonneg = [y >= 0]
below_zero = Sign(
    "e^w <= 1 + w + w^2/2 for w = -y <= 0",
    1 - y + y**2 / 2 - exp(-y),
    "y",
    facts=nonneg,
    at=0,
    lemmas=[(tangent, {"v": exp(-y)})],
)
above_zero = Sign(
    "1/2 <= phi(y): e^y >= 1 + y + y^2/2 for y >= 0",
    exp(y) - 1 - y - y**2 / 2,
    "y",
    facts=nonneg,
    at=0,
    lemmas=[(tangent, {"v": exp(y)})],
)
bend = Sign(
    "y e^y + y - 2 e^y + 2 >= 0 for y >= 0",
    y * exp(y) + y - 2 * exp(y) + 2,
    "y",
    facts=nonneg,
    at=0,
    lemmas=[(tangent, {"v": exp(-y)})],
)
rising = Sign(
    "phi(w) <= phi(y) + t for 0 < w <= y, t >= 0",
    (exp(y) - 1 - y) / y**2 - (exp(w) - 1 - w) / w**2 + t,
    "y",
    facts=[w > 0, y > 0, y - w >= 0, t >= 0],
    at=w,
    lemmas=[(bend, {})],
    shown=-y,  # of no evident sign: straight to calculus
)
excess = y**2 - 2 * (1 - y / 3) * (exp(y) - 1 - y)
flat = Sign(
    "the slope of y^2 - 2 (1 - y/3)(e^y - 1 - y) is >= 0",
    sympy.diff(excess, y),
    "y",
    facts=nonneg,
    at=0,
    lemmas=[(tangent, {"v": exp(-y)})],
)
bernstein = Sign(
    "2 (1 - y/3)(e^y - 1 - y) <= y^2 + t for y >= 0, t >= 0",
    excess + t,
    "y",
    facts=[*nonneg, t >= 0],
    at=0,
    lemmas=[(flat, {})],
)
rate = x / (var + fall * x / 3)


SF4 = Theorem(
    "SF4",
    title="Doob decomposition: 0 <= E i_tau <= I(S -> U^T); P(M_T <= -x) <= exp(-x^2/(2 T rho^2))",
    depends=["SF1", "SF2"],
    steps=[
        Step(tangent, "as in F1"),
        Step(chord, "the tangent at x, taken at l and at h"),
        Step(slope, "it is 0 at y = 0, and its slope is a square"),
        Step(hoeffding, "it is 0 at y = 0, and its slope is the line above"),
        Step(
            Identity(
                "((h - U) e^{b(l-U)} + (U - l) e^{b(h-U)})/(h - l) = e^{-y g/(1+g)} (1 + g e^y)/(1 + g), y = b(h-l), g = (U-l)/(h-U)",
                mean_of_chord,
                exp(-b * (U - l)) * (1 + (U - l) / (h - U) * exp(b * span)) / (1 + (U - l) / (h - U)),
                facts=[*INSIDE, h - l > 0],
            ),
            "y g/(1+g) = b (U - l)",
        ),
        Step(
            Termwise(
                "q(u) <= R q(v) for a mixture q = sum w p, when p(u) <= R p(v) for every prompt, R = e^rho",
                R * qv - qu,
                sums={"qu": w * pu, "qv": w * pv},
                point=["w", "pu", "pv"],
                facts=[w >= 0, R * pv - pu >= 0],
            ),
            "prompt by prompt",
        ),
        Step(
            Identity(
                "at b = 4x/(T R^2): -b x + T b^2 R^2/8 = -2 x^2/(T R^2)",
                -(4 * x / (T * R**2)) * x + T * (4 * x / (T * R**2)) ** 2 * R**2 / 8,
                -2 * x**2 / (T * R**2),
                facts=[T > 0, R > 0],
            ),
            "and with R = 2 rho it is -x^2/(2 T rho^2)",
        ),
        Step(below_zero, "Freedman: its slope is e^{-y} - 1 + y"),
        Step(above_zero, "its slope is e^y - 1 - y"),
        Step(bend, "its slope is e^y (e^{-y} - 1 + y)"),
        Step(rising, "its slope is the line above over y^3"),
        Step(flat, "its slope is (2/3) e^y (e^{-y} - 1 + y)"),
        Step(bernstein, "so phi(y) <= 1/(2 (1 - y/3)) for y < 3"),
    ],
    claims=[
        Expectation(
            "E i_tau >= 0: E[c_t D_t] >= 0, c_t = 1 while tau >= t, else 0: known from the past",
            c * d,
            laws={"p": "H"},
            point=["c", "d"],
            facts=[c >= 0, 1 - c >= 0, d >= 0],
            latex=r"\mathbb{E}\, i_\tau = \mathbb{E}\sum_{t \le \tau} D_t \ge 0",
        ),
        Expectation(
            "E i_tau <= E i_T = I(S -> U^T): E[c_t D_t] <= E[D_t]",
            d - c * d,
            laws={"p": "H"},
            point=["c", "d"],
            facts=[c >= 0, 1 - c >= 0, d >= 0],
            hints=[d * (1 - c)],
            latex=r"\mathbb{E}\, i_\tau \le I(S \to U^T)",
        ),
        Expectation(
            "given the past, E[c (log p - log q)] = c D(p||q) >= 0 for a factor c >= 0 that the past fixes",
            c * (log(p) - log(q)),
            laws={"p": "U", "q": "U"},
            facts=[c >= 0],
            latex=r"\mathbb{E}[c_t (i_t - i_{t-1}) \mid \text{past}] = c_t D_t \ge 0",
        ),
        Sign(
            "an increment has conditional range <= 2 rho = log R^2",
            2 * log(R) - (log(pu) - log(qu) - log(pv) + log(qv)),
            facts=[R > 0, pu > 0, pv > 0, qu > 0, qv > 0, R * pv - pu >= 0, R * qu - qv >= 0],
            shown=log(R * pv / pu) + log(R * qu / qv),
            latex=r"\mathrm{range} \log\frac{p}{q} \le 2\rho",
        ),
        Expectation(
            "E e^{b(X-U)} <= ((h - U) e^{b(l-U)} + (U - l) e^{b(h-U)})/(h - l) for l <= X <= h of mean U",
            mean_of_chord - exp(b * (x - U)),
            laws={"p": "X"},
            point=["x"],
            means={"U": x},
            facts=[*INSIDE, x - l >= 0, h - x >= 0, h - l > 0],
            lemmas=[(chord, {"x": x - U, "l": l - U, "h": h - U})],
            hints=[(h - x) * exp(b * (l - U)) + (x - l) * exp(b * (h - U)) - (h - l) * exp(b * (x - U))],
            latex=r"\mathbb{E} e^{b(X - U)} \le \frac{(h-U)e^{b(l-U)} + (U-l)e^{b(h-U)}}{h-l}",
        ),
        Sign(
            "Hoeffding's lemma: its log is at most b^2 (h-l)^2/8, b >= 0, where l = U - below, h = U + above, g = below/above",
            b**2 * (below + above) ** 2 / 8
            + b * below
            - log(1 + below / above * exp(b * (below + above)))
            + log(1 + below / above),
            facts=[below > 0, above > 0, b >= 0],
            lemmas=[(hoeffding, {"y": b * (below + above), "g": below / above})],
            latex=r"\mathbb{E} e^{b(X - U)} \le e^{b^2 (h-l)^2/8}",
        ),
        Expectation(
            "P(M_T <= -x) = E k <= B/A, for E = e^{-b M_T} >= 0 of mean H <= B, and E >= A = e^{bx} where M_T <= -x (k = 1)",
            B / A - k,
            laws={"p": "X"},
            point=["k", "E"],
            means={"H": E},
            facts=[A > 0, E - k * A >= 0, B - H >= 0],
            latex=r"P(M_T \le -x) \le e^{-bx} \prod_t e^{b^2 R^2/8} = e^{-x^2/(2T\rho^2)}",
        ),
        Expectation(
            "Freedman: E e^w <= 1 + E w + F E w^2 when e^w <= 1 + w + F w^2 at every point (Ew = e^w, F = phi(y))",
            1 + m + F * s2 - Ew,
            laws={"p": "X"},
            point=["w", "Ew"],
            means={"m": w, "s2": w**2},
            facts=[F >= 0, 1 + w + F * w**2 - Ew >= 0],
            latex=r"\mathbb{E} e^w \le 1 + \mathbb{E} w + \varphi(y)\, \mathbb{E} w^2",
        ),
        Identity(
            "Freedman: -l x + l^2 v/(2 (1 - l b/3)) = -x^2/(2 (v + b x/3)) at l = x/(v + b x/3), where 1 - l b/3 > 0",
            -rate * x + rate**2 * var / (2 * (1 - rate * fall / 3)),
            -(x**2) / (2 * (var + fall * x / 3)),
            facts=[var > 0, fall > 0, x > 0],
            latex=r"P(M_T \le -x) \le e^{-x^2/(2(v + bx/3))}",
        ),
    ],
    variants=[
        Variant(
            Sign(
                "E i_tau >= 0 for tau the time of the minimum: w log(2w) >= 0, two mirrored prompts, w = p(wrong token) < 1/2",
                w * log(2 * w),
                facts=[w > 0, 1 - 2 * w > 0],
            ),
            why="looking ahead, one always stops at the worst",
        ),
        Variant(
            Sign(
                "Azuma with 4 for 2: exp(-4 x^2/(T R^2)) >= P for a fair step of +-1, T = 1, R = 2, x = 1: e^{-1} >= 1/2",
                exp(-1) - N(1, 2),
            ),
            why=".368 < .5",
        ),
        Variant(
            Sign(
                "Freedman without b: exp(-x^2/(2v)) >= P for one step of mean 0: -3 with chance 1/10, x = 3, v = 1: e^{-9/2} >= .1",
                exp(-N(9, 2)) - N(1, 10),
            ),
            why="a rare deep fall: .011 < .1",
        ),
        Variant(
            Sign(
                "an increment has conditional range <= rho = log R",
                log(R) - (log(pu) - log(qu) - log(pv) + log(qv)),
                facts=[R > 0, pu > 0, pv > 0, qu > 0, qv > 0, R * pv - pu >= 0, R * qu - qv >= 0],
            ),
            why="p and q may move against each other: 2 rho",
        ),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Doob 1953; Hoeffding 1963; Azuma 1967; Freedman 1975",
        paper="the semantic information flow: decomposition and concentration",
        differences="Azuma's and Freedman's forms, for the increments' conditional range and variance",
    ),
)

# Weights > 0 of the prompts and of the 2^T sequences of bits for each; where the rule stops, bit by bit, over prompts and prefixes.
Case: TypeAlias = tuple[list[int], list[list[int]], int]
Bits: TypeAlias = tuple[int, ...]


@dataclass(frozen=True)
class Flow:
    """The flow of a model on sequences of bits, q the mixture, in fractions: the joint law of prompt and sequence."""

    joint: dict[tuple[int, Bits], Fraction]
    horizon: int

    def mass(self, s: int | None, prefix: Bits) -> Fraction:
        """P(S = s, U^t = prefix), or P(U^t = prefix)."""
        return sum(
            (w for (k, u), w in self.joint.items() if s in (None, k) and u[: len(prefix)] == prefix), Fraction(0)
        )

    def ratio(self, s: int, prefix: Bits) -> Fraction:
        """p/q of a prefix: e^{i_t}."""
        return self.mass(s, prefix) / (self.mass(s, ()) * self.mass(None, prefix))

    def law(self, s: int | None, prefix: Bits) -> list[Fraction]:
        """The law of the next bit, given the prompt or blind."""
        return [self.mass(s, (*prefix, v)) / self.mass(s, prefix) for v in (0, 1)]

    def mean(self, ends: dict[tuple[int, Bits], Bits]) -> ExactLog:
        """E of i at the prefix of each path that `ends` names."""
        terms: dict[int, Fraction] = {}
        for (s, u), mass in self.joint.items():
            ratio = self.ratio(s, ends[s, u])
            for number, sign in ((ratio.numerator, 1), (ratio.denominator, -1)):
                terms[number] = terms.get(number, Fraction(0)) + sign * mass
        return ExactLog.build(terms)


def flow_of(case: Case) -> Flow:
    prior, rows, _ = case
    horizon = len(rows[0]).bit_length() - 1
    every = list(itertools.product((0, 1), repeat=horizon))
    joint = {
        (s, u): Fraction(w, sum(prior)) * Fraction(k, sum(row))
        for s, (w, row) in enumerate(zip(prior, rows, strict=True))
        for u, k in zip(every, row, strict=True)
    }
    return Flow(joint, horizon)


def stopped(flow: Flow, rule: int) -> dict[tuple[int, Bits], Bits]:
    """Each path cut where the rule stops: it knows the prompt and the prefix alone. At T at the latest."""
    prefixes = [u for t in range(flow.horizon) for u in itertools.product((0, 1), repeat=t)]
    asked = {(s, u): k for k, (s, u) in enumerate(itertools.product(sorted({s for s, _ in flow.joint}), prefixes))}
    return {
        (s, u): next((u[:t] for t in range(flow.horizon) if rule >> asked[s, u[:t]] & 1), u) for s, u in flow.joint
    }


def package_flow(case: Case) -> Any:
    import numpy as np

    from semtheory.measures import semantic_flow

    prior, rows, _ = case
    shape = (2,) * (len(rows[0]).bit_length() - 1)
    table = np.array([[k / sum(row) for k in row] for row in rows]).reshape(-1, *shape)
    return semantic_flow([w / sum(prior) for w in prior], table)


def stopping(case: Case) -> str | None:
    """0 <= E i_tau <= I(S;U^T), signs exact; I from the joint law; E i_0 = 0 and E i_T = I exactly. The package's E i_tau is the same."""
    flow, rule = flow_of(case), case[2]
    names = [f"u{t}" for t in range(flow.horizon)]
    joint = Distribution(["s", *names], {(s, *u): mass for (s, u), mass in flow.joint.items()})
    whole = evaluate(information(frozenset({"s"}), frozenset(names), frozenset()), {"p": joint})
    found = flow.mean(stopped(flow, rule))
    if found.sign() < 0 or (whole - found).sign() < 0:
        return f"E i_tau = {float(found):.9g}, I = {float(whole):.9g}"
    last, first = flow.mean(stopped(flow, 0)), flow.mean(stopped(flow, -1))
    if not (whole - last).is_zero or not first.is_zero:
        return f"E i_0 = {first}, E i_T = {last}, I = {whole}"
    ends = stopped(flow, rule)
    cut = {(s, end) for (s, _), end in ends.items()}
    package = package_flow(case).stopped(lambda s, prefix, _: (s, prefix) in cut)
    return None if abs(package - float(found)) < 1e-12 else f"E i_tau = {package} in the package, {float(found)!r} by paths"


def tails(case: Case) -> str | None:
    """Ranges, and P(M_T <= -x) at every x that a path reaches, beside Azuma's and Freedman's bounds; the package's tails are these."""
    flow = flow_of(case)
    ends: dict[tuple[int, Bits], float] = {}
    width = most = fall = variance = 0.0
    for (s, u), _ in flow.joint.items():
        value = spent = 0.0
        for t in range(flow.horizon):
            p, q = flow.law(s, u[:t]), flow.law(None, u[:t])
            steps = [math.log(a / b) for a, b in zip(p, q, strict=True)]
            drift = sum(float(a) * step for a, step in zip(p, steps, strict=True))
            value += steps[u[t]] - drift
            spent += sum(float(a) * (step - drift) ** 2 for a, step in zip(p, steps, strict=True))
            width = max(width, abs(math.log(p[0] / p[1])))
            most, fall = max(most, max(steps) - min(steps)), max(fall, drift - min(steps))
        ends[s, u], variance = value, max(variance, spent)
    if most > 2 * width + 1e-12:
        return f"range {most!r} of an increment, logits within {width!r}"
    package = package_flow(case)
    for x in sorted({-value for value in ends.values() if value < -1e-9}):
        found = float(sum(mass for key, mass in flow.joint.items() if ends[key] <= -x + 1e-12))
        azuma = math.exp(-(x**2) / (2 * flow.horizon * width**2))
        freedman = math.exp(-(x**2) / (2 * (variance + fall * x / 3)))
        if found > min(azuma, freedman) + 1e-12:
            return f"P(M_T <= -{x:.6g}) = {found:.6g}, Azuma {azuma:.6g}, Freedman {freedman:.6g}"
        seen = (package.azuma(x - 1e-10, spread=2 * width), package.freedman(x - 1e-10))
        for name, tail, bound in zip(("Azuma", "Freedman"), seen, (azuma, freedman), strict=True):
            if abs(tail.probability - found) > 1e-12 or abs(tail.bound - bound) > 1e-8:
                return f"{name} at x = {x:.6g}: {tail} in the package, {found!r} and {bound!r} by paths"
    return None


def fair_coin(odds: int) -> str | None:
    """p a fair coin, q of odds `odds` to 1: P(M_1 <= -R/2) is 1/2, the bound e^{-1/2}, by the package."""
    from semtheory.measures import semantic_flow

    flow = semantic_flow([1.0], [[0.5, 0.5]], reference=[odds / (odds + 1), 1 / (odds + 1)])
    tail = flow.azuma(math.log(odds) / 2)
    right = tail.probability == 0.5 and abs(tail.bound - math.exp(-0.5)) < 1e-12
    return None if right else f"P = {tail.probability!r}, bound {tail.bound!r}"


def looking_ahead(case: Case) -> str | None:
    """The false form: E i_tau >= 0 for the time of the minimum."""
    flow = flow_of(case)
    ends = {(s, u): min((u[:t] for t in range(flow.horizon + 1)), key=lambda v: flow.ratio(s, v)) for s, u in flow.joint}
    found = flow.mean(ends)
    return None if found.sign() >= 0 else f"E min i_t = {found}, {found.enclosure()} nats"


def four_for_two(odds: int) -> str | None:
    """The false form: P(M_T <= -x) <= exp(-4 x^2/(T R^2))."""
    wrong = fair_coin(odds)
    if wrong:
        raise ArithmeticError(wrong)
    return f"P(M_1 <= -R/2) = 1/2, e^{{-1}} = {math.exp(-1):.6g}" if math.exp(-1) < 0.5 else None


MIRRORED: Case = ([1, 1], [[4, 1], [1, 4]], 0)
LONGER: Case = ([1, 2], [[1, 2, 5, 3, 4, 1, 1, 1], [2, 2, 1, 1, 3, 5, 1, 1]], 0b00100110010010)
STEADY: Case = ([1, 3], [[8, 4, 4, 2, 4, 2, 2, 1], [1, 2, 2, 4, 2, 4, 4, 8]], 0b1000010)


def draw() -> Any:
    from hypothesis import strategies as st

    def model(prompts: int) -> Any:
        sequences = st.lists(st.integers(1, 6), min_size=8, max_size=8)
        return st.tuples(
            st.lists(st.integers(1, 4), min_size=prompts, max_size=prompts),
            st.lists(sequences, min_size=prompts, max_size=prompts),
            st.integers(0, 2 ** (7 * prompts) - 1),
        )

    return st.integers(1, 3).flatmap(model)


SF4_EXACT = Theorem(
    "SF4.exact",
    title="Optional stopping and the two deviation bounds, by exact enumeration of all paths",
    target="tested",
    depends=["SF4"],
    claims=[
        Tested(
            "0 <= E i_tau <= I(S;U^T), exactly, for stopping rules drawn as tables: up to 3 prompts, 3 bits; met at tau = 0 and tau = T; "
            "the package's E i_tau is the same to 1e-12",
            r"0 \le \mathbb{E}\, i_\tau \le I(S;U^T)",
            stopping,
            draw,
            [MIRRORED, LONGER, STEADY],
        ),
        Tested(
            "increments have range <= 2 rho, and P(M_T <= -x) is within Azuma's and Freedman's bounds at every x reached; the package's are the same",
            r"P(M_T \le -x) \le e^{-x^2/(2T\rho^2)},\; e^{-x^2/(2(v + bx/3))}",
            tails,
            draw,
            [MIRRORED, LONGER, STEADY],
        ),
        Tested(
            "nearly met: a fair coin against odds of 2, 5, 100 to 1 has P(M_1 <= -R/2) = 1/2, the bound is e^{-1/2} = .607",
            r"P(M_1 \le -R/2) = \tfrac12 \le e^{-1/2}",
            fair_coin,
            instances=[2, 5, 100],
        ),
    ],
    variants=[
        Variant(
            Tested(
                "E i_tau >= 0 for the time of the minimum",
                r"\mathbb{E} \min_t i_t \ge 0",
                looking_ahead,
                instances=[MIRRORED],
            ),
            why="looking ahead, one always stops at the worst",
        ),
        Variant(
            Tested("Azuma with 4 for 2", r"e^{-4x^2/(TR^2)}", four_for_two, instances=[5]),
            why="a fair coin: 1/2 > e^{-1} = .368",
        ),
    ],
    fidelity=SF4.fidelity,
)
