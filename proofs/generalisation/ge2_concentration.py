"""Concentration and the complexity of simple classes: McDiarmid, Massart's finite class, linear classes.

*McDiarmid.* X_1..X_n independent, f changes by at most c_i with its i-th argument: P(f - E f >= x) <= exp(-2 x^2/|c|^2).
*Massart.* N members a of norm at most r: E max_a <sigma, a> <= r sqrt(2 ln N).   *Linear.* E sup_{|w| <= B} <w, sum sigma_i x_i> <= B R sqrt n.

*Why, McDiarmid.* f - E f is the sum of the martingale differences d_i = E[f|X^i] - E[f|X^{i-1}]. Since X_i does not tell about the later ones, changing it changes
E[f|X^i] by a mean of changes of f: d_i has conditional range <= c_i, and E[e^{b d_i}|past] <= e^{b^2 c_i^2/8} (Hoeffding's lemma, SF4). The factors multiply;
Markov's inequality at b = 4x/|c|^2.
*Massart.* e^{s max} <= sum_a e^{s <sigma, a>}; each has mean prod cosh(s a_i) <= e^{s^2 r^2/2}; Jensen; s = sqrt(2 ln N)/r. *Linear.* The supremum is B |sum sigma_i x_i|
(Cauchy and Schwarz), and E|Y| <= sqrt(E|Y|^2), where the cross terms have mean 0.

*How tight:* McDiarmid's and Massart's exponents are those of the normal law. On the cube {-1, 1}^n Massart's bound is n sqrt(2 ln 2) = 1.18 n against n; orthogonal
points meet the linear bound exactly. *False:* ln N for 2 ln N in Massart (on the cube .83 n < n); 4 for 2 in McDiarmid (one fair sign).

*Limits:* the tower property joins the steps of the martingale; Hoeffding 1963; McDiarmid 1989; Massart 2000; Mohri, Rostamizadeh and Talwalkar 2018.
"""

import itertools
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import sympy

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Identity, Sign, Termwise
from semtheory.logic.expectation import Expectation
from semtheory.logic.tested import Tested

f, f2, c, x, y, b, s, r, k, n, N, B, R = sympy.symbols("f f2 c x y b s r k n N B R")
E, E0, m, H, A, C, S, e, u, w, W, V, top = sympy.symbols("E E0 m H A C S e u w W V top")
exp, log = sympy.exp, sympy.log

tangent = Sign("x - 1 - log x >= 0", x - 1 - log(x), "x", facts=[x > 0])
bend = Sign(
    "y + 1 - 2 e^{2y}/(1 + e^{2y}) >= 0 for y >= 0",
    y + 1 - 2 * exp(2 * y) / (1 + exp(2 * y)),
    "y",
    facts=[y >= 0],
    at=0,
)
cosh = Sign(
    "cosh y <= e^{y^2/2} for y >= 0 (it is even): y^2/2 + y - log((1 + e^{2y})/2) >= 0",
    y**2 / 2 + y - log(1 + exp(2 * y)) + log(2),
    "y",
    facts=[y >= 0],
    at=0,
    lemmas=[(bend, {})],
)


def mcdiarmid_with(factor: float) -> Callable[[tuple[list[int], list[int]]], str | None]:
    """P(f - E f >= x) <= exp(-factor x^2/|c|^2) at every x, for f = max or sum of weighted independent bits, by enumeration."""

    def check(case: tuple[list[int], list[int]]) -> str | None:
        from semtheory.bounds import mcdiarmid

        weights, odds = case
        chance = [Fraction(o, 10) for o in odds]
        for name, function in (("sum", sum), ("max", lambda v: max(v, default=0))):
            law: dict[int, Fraction] = {}
            for bits in itertools.product((0, 1), repeat=len(weights)):
                value = function([w * bit for w, bit in zip(weights, bits, strict=True)])
                mass = math.prod((p if bit else 1 - p for p, bit in zip(chance, bits, strict=True)), start=Fraction(1))
                law[value] = law.get(value, Fraction(0)) + mass
            mean = sum(value * mass for value, mass in law.items())
            for value in law:
                if value > mean and any(weights):
                    tail = float(sum(mass for v, mass in law.items() if v >= value))
                    bound = float(mcdiarmid(float(value - mean) * math.sqrt(factor / 2), weights))
                    if tail > bound + 1e-12:
                        return f"{name}: P(f - Ef >= {float(value - mean):.4g}) = {tail:.6g}, bound {bound:.6g}"
        return None

    return check


def massart_with(factor: float) -> Callable[[list[list[int]]], str | None]:
    """The exact complexity is at most max |a| sqrt(factor ln N)/n, for plain, centred and absolute classes."""

    def check(rows: list[list[int]]) -> str | None:
        from semtheory.bounds import massart, rademacher

        for options in ({}, {"centred": True}, {"absolute": True}):
            exact = rademacher(rows, absolute="absolute" in options)
            bound = massart(rows, **options) * math.sqrt(factor / 2)
            if exact > bound + 1e-12:
                return f"exact {exact:.9g}, bound {bound:.9g} {options}"
        return None

    return check


def linear_with(factor: float) -> Callable[[list[list[int]]], str | None]:
    """(B/n) E|sum sigma_i x_i| <= factor B sqrt(sum |x_i|^2)/n <= factor B R/sqrt n."""

    def check(points: list[list[int]]) -> str | None:
        from semtheory.bounds import linear_class_bound, linear_rademacher

        exact, size = linear_rademacher(points, 2.0), len(points)
        total = math.sqrt(sum(v * v for point in points for v in point))
        radius = max(math.sqrt(sum(v * v for v in point)) for point in points)
        bounds = (2 * total / size, float(linear_class_bound(2.0, radius, size)))
        found = [bound for bound in bounds if exact > factor * bound + 1e-12]
        return f"exact {exact:.9g}, bound {factor * found[0]:.9g}" if found else None

    return check


def draw_bits() -> Any:
    from hypothesis import strategies as st

    return st.integers(1, 6).flatmap(
        lambda size: st.tuples(
            st.lists(st.integers(0, 4), min_size=size, max_size=size),
            st.lists(st.integers(1, 9), min_size=size, max_size=size),
        )
    )


def draw_class() -> Any:
    from hypothesis import strategies as st

    def members(size: int) -> Any:
        return st.lists(st.lists(st.integers(-3, 3), min_size=size, max_size=size), min_size=1, max_size=8)

    return st.integers(1, 7).flatmap(members)


CUBE = [list(signs) for signs in itertools.product((-1, 1), repeat=4)]
AXES = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]

GE2 = Theorem(
    "GE2",
    title="McDiarmid; Massart: max|a| sqrt(2 ln N)/n; linear class: B R/sqrt n",
    depends=["SF4"],
    steps=[
        Step(tangent, "as in F1"),
        Step(bend, "0 at 0, and its slope is ((1 - e^{2y})/(1 + e^{2y}))^2"),
        Step(
            Identity(
                "at b = 4x/C: -b x + b^2 C/8 = -2 x^2/C",
                -(4 * x / C) * x + (4 * x / C) ** 2 * C / 8,
                -2 * x**2 / C,
                facts=[C > 0],
            ),
            "C = |c|^2",
        ),
        Step(
            Identity(
                "at s = k/r with k^2 = 2 ln N: (ln N + s^2 r^2/2)/s = k r",
                (k**2 / 2 + (k / r) ** 2 * r**2 / 2) / (k / r),
                k * r,
                facts=[k > 0, r > 0],
            ),
            "the best s",
        ),
        Step(
            Identity(
                "one more sign: the mean of e^{u + s a sigma} over sigma is e^u cosh(s a)",
                (exp(u + y) + exp(u - y)) / 2,
                exp(u) * (exp(y) + exp(-y)) / 2,
            ),
            "y = s a; so the mean of all is the product",
        ),
        Step(
            Identity(
                "one more sign: the mean of (u + sigma x)^2 is u^2 + x^2",
                ((u + x) ** 2 + (u - x) ** 2) / 2,
                u**2 + x**2,
            ),
            "coordinate by coordinate: the cross terms vanish",
        ),
    ],
    claims=[
        Expectation(
            "McDiarmid: for X_i = x and = x', E[f|X^{i-1}, x] - E[f|X^{i-1}, x'] = E[f - f2] <= c_i, one law of the later ones for both",
            c - (f - f2),
            laws={"p": "X"},
            point=["f", "f2"],
            facts=[c - (f - f2) >= 0],
            latex=r"\mathrm{range}\, \mathbb{E}[f \mid X^i] \le c_i",
        ),
        Expectation(
            "McDiarmid: E e^{b M_i} <= e^{b^2 c_i^2/8} E e^{b M_{i-1}}: E0 = e^{b M_{i-1}}, m = E[e^{b d_i}|past] <= B",
            B * E0 - E0 * m,
            laws={"p": "X"},
            point=["E0", "m"],
            facts=[E0 >= 0, B - m >= 0],
            hints=[E0 * (B - m)],
            latex=r"\mathbb{E} e^{b M_i} \le e^{b^2 c_i^2/8}\, \mathbb{E} e^{b M_{i-1}}",
        ),
        Expectation(
            "McDiarmid: P(f - Ef >= x) = E k <= B/A, for E = e^{b(f - Ef)} of mean H <= B = e^{b^2 C/8}, E >= A = e^{bx} where k = 1",
            B / A - k,
            laws={"p": "X"},
            point=["k", "E"],
            means={"H": E},
            facts=[A > 0, E - k * A >= 0, B - H >= 0],
            latex=r"P(f - \mathbb{E}f \ge x) \le e^{-2x^2/|c|^2}",
        ),
        cosh,
        Termwise(
            "Massart: sum over a of E e^{s <sigma, a>} <= N B, B = e^{s^2 r^2/2}",
            N * B - S,
            sums={"N": sympy.Integer(1), "S": e},
            point=["e"],
            facts=[B - e >= 0],
            shown=B - e,
            latex=r"\mathbb{E} \sum_a e^{s\langle\sigma,a\rangle} \le N e^{s^2r^2/2}",
        ),
        Expectation(
            "Massart: s E max = E log e <= log A (Jensen), e = e^{s max} of mean A",
            log(A) - log(e),
            laws={"p": "X"},
            point=["e"],
            means={"A": e},
            facts=[A > 0, e > 0],
            lemmas=[(tangent, {"x": e / A})],
            hints=[e / A - 1 - log(e) + log(A)],
            latex=r"s\, \mathbb{E} \max_a \langle\sigma,a\rangle \le \log \mathbb{E} e^{s \max}",
        ),
        Expectation(
            "linear: E|Y| <= s for every s > 0 with E|Y|^2 = V <= s^2; y = |Y|",
            s - y,
            laws={"p": "X"},
            point=["y"],
            means={"V": y**2},
            facts=[s > 0, s**2 - V >= 0],
            hints=[(y - s) ** 2],
            latex=r"\mathbb{E}|Y| \le \sqrt{\mathbb{E}|Y|^2}",
        ),
    ],
    variants=[
        Variant(
            Sign(
                "cosh y <= e^{y^2/3}: y^2/3 + y - log((1 + e^{2y})/2) >= 0",
                y**2 / 3 + y - log(1 + exp(2 * y)) + log(2),
                facts=[y >= 0],
            ),
            why="1/2 is the curvature at 0",
        ),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="McDiarmid 1989; Massart 2000; Mohri, Rostamizadeh and Talwalkar 2018, section 3 and Theorem 5.10",
        paper="the concentration and complexity lemmas behind the bound on the generalisation error",
    ),
)

GE2_EXACT = Theorem(
    "GE2.exact",
    title="Concentration and simple classes, by exact enumeration of outcomes and signs",
    target="tested",
    depends=["GE2"],
    claims=[
        Tested(
            "McDiarmid's bound holds at every x for sums and maxima of independent bits, all outcomes enumerated",
            r"P(f - \mathbb{E} f \ge x) \le e^{-2x^2/|c|^2}",
            mcdiarmid_with(2),
            draw=draw_bits,
            instances=[([1], [5]), ([1, 1, 1], [5, 5, 5])],
        ),
        Tested(
            "Massart's bound holds on finite classes, all sign vectors enumerated; also centred, and with absolute values and 2N",
            r"\hat{\mathfrak{R}}(A) \le \max|a| \sqrt{2 \ln N}/n",
            massart_with(2),
            draw=draw_class,
            instances=[[[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]], CUBE],
        ),
        Tested(
            "the linear bound holds, all sign vectors enumerated",
            r"\hat{\mathfrak{R}} \le BR/\sqrt n",
            linear_with(1),
            draw=draw_class,
            instances=[AXES],
        ),
    ],
    variants=[
        Variant(
            Tested(
                "Massart with ln N for 2 ln N",
                r"\max|a| \sqrt{\ln N}/n",
                massart_with(1),
                draw=draw_class,
                instances=[CUBE],
            ),
            why="on the cube the complexity is 1, that bound .83",
        ),
        Variant(
            Tested(
                "the linear bound with .99", r"0.99\, BR/\sqrt n", linear_with(0.99), draw=draw_class, instances=[AXES]
            ),
            why="orthogonal points meet it",
        ),
        Variant(
            Tested(
                "McDiarmid with 4 for 2: exp(-4 x^2/|c|^2)",
                r"e^{-4x^2/|c|^2}",
                mcdiarmid_with(4),
                draw=draw_bits,
                instances=[([1], [5])],
            ),
            why="a fair bit: 1/2 against e^{-1} = .368",
        ),
    ],
    fidelity=GE2.fidelity,
)
