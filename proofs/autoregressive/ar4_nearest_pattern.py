"""Energies of the nearest pattern, and three corrections to the scaling argument built on them.

Patterns rho_1..rho_d in R^n, r_i = |x - rho_i|^2, g = min r_i, E = -log sum e^{-r_i}, 2 E_MCHN = -log sum e^{2 rho_i.x} + |x|^2 + log d + max |rho|^2,
Delta = max |rho|^2 - min |rho|^2. For every d, n and x:
    g - log d <= E <= g,     -Delta <= E - (2 E_MCHN - log d) <= 0,     hence     -Delta - log d <= g - 2 E_MCHN <= 0.

*Why.* e^{-g} <= sum e^{-r_i} <= d e^{-g}. With a_i = 2 rho_i.x and n_i = |rho_i|^2: E - (2 E_MCHN - log d) = log(A/B) - max n, A = sum e^a, B = sum e^{a-n}, and
e^{-max n} A <= B <= e^{-min n} A term by term.

*Three corrections.* (1) The integral of e^{-|x|^2} over an r-ball is pi^{n/2} gamma(n/2, r^2)/Gamma(n/2) (u = s^2 in the radial integral), at least e^{-r^2} V_n(r), not
e^{-r} V_n(r): n = 100, r^2 = n/(2 pi e): logs -8.61 < -5.30. (2) "Cross-entropy L >= 1": L = E_t(rho) + log of the integral of e^{-E_t} over the d balls; for n = 1, r = .05,
d = 10 it is -.0008 with E_t = g, and .0008 with E_t = e^{-g}/Z. (3) "N = O(D^2)": with N = l d_emb^2 parameters and D patterns, D^2 ~ n = T_max d_emb, N/D^2 = l d_emb/T_max: only
where that stays bounded; with T_max and l fixed N grows as D^4.

*Limits.* Polar coordinates (the sphere's area 2 pi^{n/2}/Gamma(n/2)) and the change of variable are used as known. The constants of proportionality in (3) are 1.
Ramsauer et al. 2021; Niu, Bai, Deng and Han 2024 (arXiv 2405.08707, Proposition 3 and its use).
"""

import math

import sympy

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Derivative, Identity, Sign, Termwise
from semtheory.logic.tested import Tested

g, r, s, d, E, H, a, n, M, m, A, B, S, x, u, w, z, h, k = sympy.symbols("g r s d E H a n M m A B S x u w z h k")
dim, rho, v, l, D, T, e, c = sympy.symbols("dim rho v l D T e c")
log, exp = sympy.log, sympy.exp

tangent = Sign("x - 1 - log x >= 0", x - 1 - log(x), "x", facts=[x > 0])
far = {"sums": {"d": sympy.Integer(1), "S": exp(-r)}, "point": ["r"], "facts": [r - g >= 0]}
crowd = Termwise(
    "sum of e^{-r} <= d e^{-g}, g <= r",
    d * exp(-g) - S,
    **far,  # type: ignore[arg-type]
    lemmas=[(tangent, {"x": exp(r - g)})],
)
pair = {"A": exp(a), "B": exp(a - n)}
above = Termwise(
    "A <= e^M B for n <= M = max |rho|^2",
    exp(M) * B - A,
    sums=pair,
    point=["a", "n"],
    facts=[M - n >= 0],
    lemmas=[(tangent, {"x": exp(M - n)})],
)
below = Termwise(
    "e^m B <= A for n >= m = min |rho|^2",
    A - exp(m) * B,
    sums=pair,
    point=["a", "n"],
    facts=[n - m >= 0],
    lemmas=[(tangent, {"x": exp(n - m)})],
    shown=exp(a - n + m) * (exp(n - m) - 1),
)


def ball_share(dimension: int, square: sympy.Rational) -> sympy.Expr:
    """Integral of e^{-|x|^2} over the ball over its volume: (n/2) gamma(n/2, r^2)/r^n, n even; pi has cancelled."""
    half = dimension // 2
    tail = sum((square**j / sympy.factorial(j) for j in range(half)), sympy.Integer(0))
    return sympy.factorial(half) * (1 - exp(-square) * tail) / square**half


radius = sympy.Rational(5, 2)  # r^2 = 6.25, near n/(2 pi e) = 5.855 for n = 100


def ball_is_larger(dimension: int) -> str | None:
    """log of the integral against log(e^{-r} V_n(r)) at r^2 = n/(2 pi e)."""
    from semtheory.measures import log_gaussian_ball

    size = math.sqrt(dimension / (2 * math.pi * math.e))
    volume = dimension / 2 * math.log(math.pi) + dimension * math.log(size) - math.lgamma(dimension / 2 + 1)
    integral = log_gaussian_ball(dimension, size)
    if integral >= volume - size - 1e-12:
        return None
    return f"n = {dimension}: log of the integral {integral:.2f}, log(e^-r V_n(r)) {volume - size:.2f}"


def loss_at_least_one(case: tuple[str, int, float]) -> str | None:
    """L = E_t(rho) + log of the integral of e^{-E_t} over d disjoint intervals of half-width r, by Arb quadrature."""
    import flint

    form, patterns, size = case
    Z = patterns * (flint.arb.pi().sqrt() * flint.arb(size).erf())  # the integral of e^{-g} over the intervals

    def energy(square: object) -> object:
        return square if form == "g" else (-square).exp() / Z  # type: ignore[operator]

    whole = flint.acb.integral(lambda y, _: (-energy(y * y)).exp(), -size, size)  # type: ignore[operator]
    loss = (energy(flint.acb(0)) + (patterns * whole).log()).real  # type: ignore[operator]
    if (loss < 1) is not True:
        return None
    return f"E_t = {form}: L = {float(loss):.4f} nats, n = 1, d = {patterns}, r = {size}"


AR4 = Theorem(
    "AR4",
    title="Nearest-pattern energies: bounds, and three corrections to arXiv 2405.08707",
    depends=["F1", "F8"],
    steps=[
        Step(crowd, "term by term"),
        Step(above, "e^y >= 1 for y >= 0, term by term"),
        Step(below, "likewise"),
        Step(
            Identity(
                "E - (2 E_MCHN - log d) = log(A/B) - M: e^{-r} = e^{-|x|^2} e^{a-n}, v = |x|^2",
                -log(exp(-v) * B) - (-log(A) + v + log(d) + M - log(d)),
                log(A) - log(B) - M,
                facts=[A > 0, B > 0, d > 0],
            ),
            "the common -|x|^2 and log d cancel",
        ),
    ],
    claims=[
        Sign(
            "E <= g: log(e^{-g} + s) + g >= 0, s >= 0 the other terms",
            log(exp(-g) + s) + g,
            facts=[s >= 0],
            shown=log(1 + s * exp(g)),
            latex=r"E \le g",
        ),
        Sign(
            "g - log d <= E",
            -log(S) - g + log(d),
            **far,  # type: ignore[arg-type]
            lemmas=[(crowd, {})],
            shown=log(1 + (d * exp(-g) - S) / S),
            latex=r"g - \log d \le E",
        ),
        Sign(
            "E - (2 E_MCHN - log d) = log(A/B) - M <= 0",
            M + log(B) - log(A),
            sums=pair,
            point=["a", "n"],
            facts=[M - n >= 0],
            lemmas=[(above, {})],
            shown=log(1 + (exp(M) * B - A) / A),
            latex=r"E \le 2E_{\mathrm{MCHN}} - \log d",
        ),
        Sign(
            "-Delta <= E - (2 E_MCHN - log d): log(A/B) - m >= 0, Delta = M - m",
            log(A) - log(B) - M + (M - m),
            sums=pair,
            point=["a", "n"],
            facts=[n - m >= 0],
            lemmas=[(below, {})],
            shown=log(1 + (A - exp(m) * B) / (exp(m) * B)),
            latex=r"-\Delta \le E - (2E_{\mathrm{MCHN}} - \log d)",
        ),
        Sign(
            "g - 2 E_MCHN <= 0, for g <= E + log d (h = 2 E_MCHN, k = log d) and E <= h - k",
            h - g,
            facts=[E + k - g >= 0, h - k - E >= 0],
            shown=(E + k - g) + (h - k - E),
            latex=r"g - 2E_{\mathrm{MCHN}} \le 0",
        ),
        Sign(
            "-Delta - log d <= g - 2 E_MCHN, for E <= g and -Delta <= E - (h - k), w = Delta",
            g - h + w + k,
            facts=[g - E >= 0, E - h + k + w >= 0],
            shown=(g - E) + (E - h + k + w),
            latex=r"-\Delta - \log d \le g - 2E_{\mathrm{MCHN}}",
        ),
        Identity(
            "(1) u = s^2: (1/2) u^{n/2-1} e^{-u} du/ds = s^{n-1} e^{-s^2}, so the ball integral is pi^{n/2} gamma(n/2, r^2)/Gamma(n/2)",
            exp((dim / 2 - 1) * log(s**2)) * exp(-(s**2)) * (2 * s) / 2,
            exp((dim - 1) * log(s)) * exp(-(s**2)),
            facts=[s > 0],
            latex=r"\int_{|x|\le r} e^{-|x|^2}dx = \pi^{n/2}\,\gamma(n/2, r^2)/\Gamma(n/2)",
        ),
        Derivative(
            "(1) n even: d/du of -e^{-u}(1 + u) is u e^{-u}, so gamma(2, u) = 1 - e^{-u}(1 + u): n = 4",
            -exp(-u) * (1 + u),
            "u",
            u * exp(-u),
        ),
        Sign(
            "(1) the true floor e^{-r^2} V_n(r): e^{-v} >= e^{-r^2} for v = |x|^2 <= r^2 = s, by e^y >= 1 + y, y = s - v",
            exp(-v) - exp(-s),
            facts=[v >= 0, s - v >= 0],
            lemmas=[(tangent, {"x": exp(s - v)})],
            shown=exp(-s) * ((exp(s - v) - 1 - (s - v)) + (s - v)),
            latex=r"\int_{|x|\le r} e^{-|x|^2}dx \ge e^{-r^2} V_n(r)",
        ),
        Identity(
            "(3) N/D^2 = l d_emb/T_max for N = l d_emb^2, D^2 = T_max d_emb",
            l * e**2 / (T * e),
            l * e / T,
            facts=[T > 0, e > 0],
            latex=r"N/D^2 = l\,d_{\mathrm{emb}}/T_{\max}",
        ),
        Identity(
            "(3) T_max and l fixed: N = l D^4/T_max^2",
            l * e**2,
            l * (T * e) ** 2 / T**2,
            facts=[T > 0, e > 0],
            latex=r"N = l D^4/T_{\max}^2",
        ),
        Sign(
            "(3) so no constant c will do: at d_emb = 2 c T_max/l, l d_emb^2 > c T_max d_emb",
            l * (2 * c * T / l) ** 2 - c * T * (2 * c * T / l),
            facts=[c > 0, T > 0, l > 0],
            relation=">",
            latex=r"\forall c\ \exists d_{\mathrm{emb}}:\ N > c D^2",
        ),
    ],
    variants=[
        Variant(
            Sign(
                "the integral of e^{-|x|^2} over the ball is at least e^{-r} V_n(r): n = 100, r = 5/2",
                ball_share(100, radius**2) - exp(-radius),
            ),
            why="|x|^2 > r over most of the ball: its mass lies near r > 1",
        ),
        Variant(
            Tested(
                "the integral of e^{-|x|^2} over the ball is at least e^{-r} V_n(r), r^2 = n/(2 pi e)",
                r"\int_{|x|\le r} e^{-|x|^2}dx \ge e^{-r} V_n(r)",
                ball_is_larger,
                instances=[1, 100],
            ),
            why="n = 100: -8.61 < -5.30",
        ),
        Variant(
            Tested(
                "L >= 1 with E_t = g_t",
                r"L = g_t(\rho) + \log \int e^{-g_t} \ge 1",
                loss_at_least_one,
                instances=[("g", 10, 0.05)],
            ),
            why="the law may have density above 1 at a pattern: L = -.0008",
        ),
        Variant(
            Tested(
                "L >= 1 with E_t = e^{-g_t}/Z",
                r"L = e^{-g_t(\rho)}/Z + \log \int e^{-e^{-g_t}/Z} \ge 1",
                loss_at_least_one,
                instances=[("e^{-g}/Z", 10, 0.05)],
            ),
            why="the partition function belongs to the same energy: L = .0008",
        ),
        Variant(
            Sign(
                "N <= c D^2 for T_max and l fixed: l d_emb^2 <= c T_max d_emb at every d_emb",
                c * T * e - l * e**2,
                facts=[c > 0, T > 0, l > 0, e > 0],
            ),
            why="N grows as D^4",
        ),
        Variant(
            Sign(
                "E = g for two patterns",
                log(1 / (exp(-g) + s)) - g,
                facts=[s > 0],
            ),
            why="equality only without other patterns; the gap is up to log d",
        ),
    ],
    fidelity=Fidelity(
        "correction",
        source="Niu, Bai, Deng and Han 2024 (arXiv 2405.08707); Ramsauer et al. 2021",
        paper="the nearest-pattern energy of the Transformer and the scaling laws derived from it",
        differences="Proposition 3 holds; the ball integral, L >= 1 and N = O(D^2) are corrected",
    ),
)
