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

*False:* for tau that looks ahead, such as the time of the minimum; with 4 in place of 2 in Azuma. Doob 1953; Hoeffding 1963; Azuma 1967;
Freedman 1975.
"""

import sympy

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Identity, Sign, Termwise
from semtheory.logic.expectation import Expectation

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
