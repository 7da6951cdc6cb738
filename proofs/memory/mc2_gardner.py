"""Gardner's integral in closed form: 1/((1 + kappa^2) Phi(kappa) + kappa phi(kappa)) patterns per weight.

    alpha_c(kappa) = 1/G(kappa),   G(kappa) = integral over t from -kappa of (t + kappa)^2 phi(t) dt = (1 + kappa^2) Phi(kappa) + kappa phi(kappa).
alpha_c(0) = 2, and alpha_c decreases.

*Why.* d/dt [-(t + 2 kappa) phi(t)] = ((t + kappa)^2 - (1 + kappa^2)) phi(t): the integral is (1 + kappa^2) Phi(kappa) plus the bracket from t = -kappa, where it is
-kappa phi, to infinity, where it vanishes (t e^{-t^2/2} < 2/t). With (kappa phi)' = (1 - kappa^2) phi, and Phi' = phi, which defines Phi, the slope of G is 2 (kappa Phi + phi) > 0 for
kappa >= 0; likewise under the integral, where the slope of (t + kappa)^2 phi(t) is 2 (t + kappa) phi(t) > 0 and nothing comes from the end t = -kappa.

*The table* (kappa = .1, .5, 1, 2: 1.7096315, .9612051, .5195722, .2002310) is enclosed in MC2.table: each value lies within half a unit of the last digit. There
Phi(x) - 1/2 = c Q(x), c = 1/sqrt(2 pi), with the partial sums of the series of e^{-t^2/2}, integrated, above and below Q in turn. MC2.exact compares `gardner_capacity` with the integral by
rigorous quadrature.

*Limits.* Proved here is the closed form. That 1/G is the capacity is Gardner's replica result (1988), a theorem for kappa >= 0 (Shcherbina and Tirozzi 2003), cited in MC2.capacity and not
proved again. Binary weights: `krauth_mezard_capacity()`, 0.8331.
*False:* exact for kappa < 0. At kappa = -10 a first moment over a net of the sphere (`gardner_upper_bound`) already gives a smaller upper bound; at -1/2 the formula's 4.7701
is an upper bound too (Stojnic 2013), which the first moment is too coarse to improve.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import sympy

from semtheory import Citation, Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Derivative, Identity, Sign
from semtheory.logic.enclosure import Enclosed
from semtheory.logic.tested import Tested

t, k, P, h, w = sympy.symbols("t kappa Phi phi w")
exp, log = sympy.exp, sympy.log
bell = exp(-(t**2) / 2)  # phi up to its constant
tangent = Sign("w - 1 - log w >= 0 for w > 0", w - 1 - log(w), "w", facts=[w > 0])
G = (1 + k**2) * P + k * h


def exact_below_zero(kappa: float) -> str | None:
    """The formula against a rigorous upper bound on the capacity."""
    from semtheory.bounds import gardner_capacity, gardner_upper_bound

    formula, bound = gardner_capacity(kappa), gardner_upper_bound(kappa)
    return (
        None
        if formula.lower <= bound.upper
        else f"the formula says {float(formula):.6g}, the capacity is at most {float(bound):.6g} (first moment over a net)"
    )


def same_at_half(case: tuple[str, float]) -> str | None:
    from semtheory.bounds import gardner_capacity

    kappa, claimed = case
    found = gardner_capacity(kappa)
    return None if abs(found - claimed) < 1e-6 else f"alpha_c({kappa}) = {float(found):.7f}, not {claimed:.7f}"


MC2 = Theorem(
    "MC2",
    title="Gardner 1988: integral of (t + kappa)^2 over t > -kappa in closed form; alpha_c(0) = 2, decreasing",
    steps=[
        Step(tangent, "as in F1"),
        Step(
            Sign("t e^{-t^2/2} <= 2/t for t > 0", 2 / t - t * bell, facts=[t > 0], lemmas=[(tangent, {"w": exp(t**2 / 2)})], shown=2 / t * bell * (exp(t**2 / 2) - 1 - t**2 / 2) + 2 / t * bell),
            "the bracket vanishes at infinity: e^x >= 1 + x at x = t^2/2",
        ),
        Step(Identity("at t = -kappa the bracket is -kappa phi(kappa)", (-(t + 2 * k) * bell).subs(t, -k), -k * exp(-(k**2) / 2)), "phi is even"),
        Step(Derivative("phi' = -t phi", bell, "t", -t * bell), "school calculus"),
    ],
    claims=[
        Derivative(
            "d/dt [-(t + 2 kappa) phi(t)] = ((t + kappa)^2 - (1 + kappa^2)) phi(t)", -(t + 2 * k) * bell, "t", ((t + k) ** 2 - (1 + k**2)) * bell,
            latex=r"\int_{-\kappa}^\infty (t+\kappa)^2 \varphi(t)\,dt = (1+\kappa^2)\Phi(\kappa) + \kappa\varphi(\kappa)",
        ),
        Derivative("d/dkappa of kappa phi(kappa) is (1 - kappa^2) phi(kappa)", k * bell.subs(t, k), "kappa", (1 - k**2) * bell.subs(t, k)),
        Identity("slope of G, with Phi' = phi: 2 kappa Phi + (1 + kappa^2) phi + (1 - kappa^2) phi = 2 (kappa Phi + phi)", 2 * k * P + (1 + k**2) * h + (1 - k**2) * h, 2 * (k * P + h)),
        Derivative("under the integral: d/dkappa of (t + kappa)^2 phi(t) is 2 (t + kappa) phi(t)", (t + k) ** 2 * bell, "kappa", 2 * (t + k) * bell),
        Sign("which is > 0 for t > -kappa: G increases, at every kappa", 2 * (t + k) * bell, facts=[t + k > 0], relation=">"),
        Sign("-alpha_c' = G'/G^2 > 0 for kappa >= 0: alpha_c decreases", 2 * (k * P + h) / G**2, facts=[P > 0, h > 0, k >= 0], relation=">", latex=r"\alpha_c' < 0"),
        Identity("alpha_c(0) = 2: G(0) = Phi(0) = 1/2", 1 / G.subs({k: 0, P: sympy.Rational(1, 2)}), sympy.Integer(2), latex=r"\alpha_c(0) = 2"),
    ],
    variants=[
        Variant(Tested("the formula is exact for kappa < 0", r"\alpha_c(\kappa) = 1/G(\kappa),\ \kappa < 0", exact_below_zero, instances=[-10.0, -20.0]), why="replica symmetry breaks there: an upper bound only (GROUND_TRUTH 0.21)"),
        Variant(Derivative("without the middle term: d/dt [-t phi(t)] = ((t + kappa)^2 - (1 + kappa^2)) phi(t)", -t * bell, "t", ((t + k) ** 2 - (1 + k**2)) * bell), why="2 kappa t has the primitive -2 kappa phi"),
        Variant(Tested("1/((1 + kappa^2) Phi(kappa)): the boundary left out", r"\alpha_c(\tfrac12)", same_at_half, instances=[("1/2", 1 / (1.25 * (1 + math.erf(0.5 / math.sqrt(2))) / 2))]), why=".9612 at kappa = 1/2, not 1.1569"),
    ],
    fidelity=Fidelity("specialisation", source="Gardner 1988; Shcherbina and Tirozzi 2003", paper="memory capacity with a margin", differences="the closed form is proved; that it is the capacity is taken from the literature, for kappa >= 0 (MC2.capacity); Phi' = phi is the definition of Phi"),
)  # fmt: skip

x, y, u = sympy.symbols("x y u")
TERMS = 12
ROWS = (("1/10", "1.7096315"), ("1/2", "0.9612051"), ("1", "0.5195722"), ("2", "0.2002310"))
DIGITS = 39894228040
c = (DIGITS + u) / sympy.Integer(10) ** 11  # 1/sqrt(2 pi) = .398942280401... for some u in [0, 1]
UNIT = {"u": (0, 1)}


def series(last: int, at: sympy.Expr) -> sympy.Expr:
    """S(y), the sum of (-y)^j/j! up to j = last."""
    return sympy.Add(*((-at) ** j / sympy.factorial(j) for j in range(last + 1)))


def remainder(last: int) -> sympy.Expr:
    """r of that order: e^{-y} - S(y), its sign turned so that it is >= 0 for y >= 0."""
    return (-1) ** (last + 1) * (exp(-y) - series(last, y))


def integrated(last: int, at: Any) -> sympy.Expr:
    """Q: the integral of S(t^2/2) from 0."""
    return sympy.Add(*((-1) ** j * at ** (2 * j + 1) / (2**j * sympy.factorial(j) * (2 * j + 1)) for j in range(last + 1)))


def row(kappa: str, value: str, side: int) -> Enclosed:
    """Half of a row: 1/G above (side 1) or below (-1) the end of the interval that rounds to the value, Phi replaced by a bound from above or below."""
    at, last = sympy.Rational(kappa), TERMS if side > 0 else TERMS + 1
    end = sympy.Rational(value) - side * sympy.Rational(1, 2 * 10**7)
    inside = (1 + at**2) * (sympy.Rational(1, 2) + c * integrated(last, at)) + at * c * exp(-(at**2) / 2)
    sign, word = (">", "at most") if side > 0 else ("<", "at least")
    decimals = f"{float(end):.8f}"
    return Enclosed(
        f"alpha_c({kappa}) {sign} {decimals}: 1/((1 + kappa^2)(1/2 + c Q) + kappa c e^{{-kappa^2/2}}), Phi {word} 1/2 + c Q to order {last}, c = .39894228040 + 1e-11 u, 0 <= u <= 1",
        side * (1 / inside - end), UNIT, latex=rf"\alpha_c({kappa}) {sign} {decimals}",
    )  # fmt: skip


MC2_TABLE = Theorem(
    "MC2.table",
    title="Gardner's capacity at kappa = .1, .5, 1, 2 enclosed: 1.7096315, .9612051, .5195722, .2002310",
    target="enclosed",
    depends=["MC2"],
    steps=[
        Step(Sign("r_0 = 1 - e^{-y} >= 0 for y >= 0", remainder(0), "y", facts=[y >= 0], at=0), "it rises from 0"),
        *(
            Step(Derivative(f"r_{j}' = r_{j - 1}, r_j = (-1)^{{j+1}} (e^{{-y}} - S_j(y)), S_j the series of e^{{-y}} up to y^j", remainder(j), "y", remainder(j - 1)), f"r_{j}(0) = 0, so r_{j} >= 0 for y >= 0")
            for j in range(1, TERMS + 2)
        ),
        *(Step(Derivative(f"Q' = S(x^2/2) up to order {j}", integrated(j, x), "x", series(j, x**2 / 2)), f"Q(0) = 0: c Q(x) is at {word} Phi(x) - 1/2 for x >= 0") for j, word in ((TERMS, "least"), (TERMS + 1, "most"))),
    ],
    claims=[row(kappa, value, side) for kappa, value in ROWS for side in (1, -1)],
    variants=[
        Variant(
            Enclosed("without the boundary term: 1/((1 + kappa^2)(1/2 + c Q)) < .51957225 at kappa = 1", sympy.Rational("0.51957225") - 1 / (2 * (sympy.Rational(1, 2) + c * integrated(TERMS, sympy.Integer(1)))), UNIT),
            why=".5943 there",
        ),
    ],
    fidelity=Fidelity("specialisation", source="Gardner 1988", paper="memory capacity with a margin", differences="four rows; c = 1/sqrt(2 pi) is given by eleven digits (compared in MC2.exact); that r and Q, of known slope, lie on one side of 0 and of Phi - 1/2 is the reason of a step"),
)  # fmt: skip


def by_quadrature(case: tuple[str, float | None]) -> str | None:
    """The package's interval against the integral over t from -kappa to 40 in balls, the rest being below 1e-300; and the published value, to half a unit of the last digit."""
    import flint

    from semtheory.bounds import gardner_capacity

    kappa, value = case
    before = flint.ctx.prec
    try:
        flint.ctx.prec = 120
        at = flint.arb(flint.fmpq(*Fraction(kappa).as_integer_ratio()))
        total = flint.acb.integral(lambda z, _: (z + at) ** 2 * (-z * z / 2).exp(), -at, 40).real
        capacity = (2 * flint.arb.pi()).sqrt() / (total + flint.arb(0, "1e-300"))
        low, high = float(capacity.lower()), float(capacity.upper())
    finally:
        flint.ctx.prec = before
    found = gardner_capacity(kappa)
    if not (found.lower <= high and low <= found.upper and found.upper - found.lower < 1e-12):
        return f"by quadrature [{low!r}, {high!r}], the package says [{found.lower!r}, {found.upper!r}]"
    return None if value is None or abs(low - value) <= 0.5e-7 else f"alpha_c({kappa}) = {low:.9f}, published {value}"


def root_in_box(digits: int) -> str | None:
    """Whether 1/sqrt(2 pi), by Arb's pi, lies between these digits and the next."""
    import flint

    found = 10**11 / (2 * flint.arb.pi()).sqrt()
    return None if (found > digits) is True and (found < digits + 1) is True else f"10^11/sqrt(2 pi) = {found}"


def draw_margin() -> Any:
    from hypothesis import strategies as st

    return st.tuples(st.integers(0, 60).map(lambda tenths: f"{tenths}/10"), st.none())


MC2_EXACT = Theorem(
    "MC2.exact",
    title="Gardner's integral by rigorous quadrature against the closed form",
    target="tested",
    depends=["MC2"],
    claims=[
        Tested("`gardner_capacity` and the integral by quadrature agree, and round to the published values", r"\alpha_c(\kappa) = 1/\textstyle\int_{-\kappa}^\infty (t+\kappa)^2\varphi(t)\,dt", by_quadrature, draw=draw_margin, instances=[("0", 2.0), *((kappa, float(value)) for kappa, value in ROWS)]),
        Tested("1/sqrt(2 pi) lies in the box of MC2.table", r"1/\sqrt{2\pi}", root_in_box, instances=[DIGITS]),
    ],
    variants=[
        Variant(Tested("alpha_c(.5) is .9612050, the digits cut off", r"\alpha_c(\tfrac12)", by_quadrature, instances=[("1/2", 0.961205)]), why=".96120505 and a little more: it rounds up"),
    ],
    fidelity=MC2.fidelity,
)  # fmt: skip

MC2_CAPACITY = Theorem(
    "MC2.capacity",
    title="A perceptron with margin kappa >= 0 stores at most 2 patterns per weight",
    target="cited",
    depends=["MC2"],
    cites=[Citation("Shcherbina and Tirozzi", 2003, title="Rigorous solution of the Gardner problem")],
    claims=[
        Sign("1/G, the capacity for kappa >= 0 (cited), is at most 2: G - 1/2 >= 0 as Phi >= 1/2", G - sympy.Rational(1, 2), facts=[P - sympy.Rational(1, 2) >= 0, h > 0, k >= 0], shown=k**2 * P + (P - sympy.Rational(1, 2)) + k * h, latex=r"\alpha_c(\kappa) \le 2"),
    ],
    variants=[
        Variant(Sign("one pattern per weight is all that fits: 1/G <= 1, G - 1 >= 0 for kappa >= 0", G - 1, facts=[P - sympy.Rational(1, 2) >= 0, 1 - P >= 0, h > 0, 1 - h > 0, k >= 0]), why="two fit at kappa = 0"),
    ],
    fidelity=Fidelity("specialisation", source="Gardner 1988; Shcherbina and Tirozzi 2003", paper="memory capacity with a margin", differences="that 1/G is the capacity for kappa >= 0 is the cited theorem; proved is what follows from the closed form"),
)  # fmt: skip
