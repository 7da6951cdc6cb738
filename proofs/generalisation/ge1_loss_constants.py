"""What the softmax cross-entropy can do: it moves by at most sqrt2 of the logits' Euclidean change, and lies in [0, log V + max - min].

loss_y(l) = log sum_v e^{l_v} - l_y. With p = softmax(l): its gradient is p - e_y, so
    |grad|_1 = 2 (1 - p_y) < 2,    |grad|_2^2 <= 2 (1 - p_y)^2 < 2,    |loss_y(l') - loss_y(l)| <= sqrt2 |l' - l|,
    0 <= loss <= log V + (max logit - min logit) <= log V + 2 |l|_inf.

*Why.* The others have mass r = 1 - p_y, and sum p_v^2 <= r sum p_v = r^2 over them. The Lipschitz bound needs no path between l and l': Gibbs'
variational principle (F2) gives LSE(l) >= <p', l> + H(p'), with equality at l' for p' = softmax(l'), so loss_y(l') - loss_y(l) <= <p' - e_y, l' - l>;
then g v <= s g^2/2 + v^2/(2s) for every s > 0, summed, with |g|^2 <= 2 and s = |v|/sqrt2.

*The constant:* sqrt2 is the supremum, not attained (p -> (0, 1), y = 0). In other norms: 1 for the l1 norm of the logits (|grad|_inf <= 1), 2 for l_inf.
*False:* that the loss is 1-Lipschitz in l2. Zero logits already lose log V: *false* too that the loss is at most max - min.
"""

import sympy

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Derivative, Sign, Termwise
from semtheory.logic.expectation import Expectation

p, q, r, s, t, g, v, x, m, low, M, V, S, Z = sympy.symbols("p q r s t g v x m low M V S Z")
l, ly, vy, theta, R, Q, G, W, N, S0, S1, rest = sympy.symbols("l ly vy theta R Q G W N S0 S1 rest")
exp, log = sympy.exp, sympy.log
OTHERS = [p >= 0, r - p >= 0]


def whole(*terms: sympy.Expr) -> sympy.Expr:
    """Their sum, kept apart, so that the sign of each is seen."""
    return sympy.Add(*terms, evaluate=False)


tangent = Sign("x - 1 - log x >= 0", x - 1 - log(x), "x", facts=[x > 0])
squares = Termwise(
    "sum of p_v^2 <= r sum of p_v over v != y, each p_v <= r = 1 - p_y",
    r * R - Q,
    sums={"R": p, "Q": p**2},
    point=["p"],
    facts=OTHERS,
    shown=p * (r - p),
)
crowd = Termwise(
    "sum of e^theta <= V e^m for theta <= m",
    V * exp(m) - S,
    sums={"V": sympy.Integer(1), "S": exp(theta)},
    point=["theta"],
    facts=[m - theta >= 0],
    lemmas=[(tangent, {"x": exp(m - theta)})],
)
young = Termwise(
    "sum g v <= s |g|^2/2 + |v|^2/(2s) for s > 0",
    s * G / 2 - W + N / (2 * s),
    sums={"G": g**2, "W": g * v, "N": v**2},
    point=["g", "v"],
    facts=[s > 0],
    shown=(s * g - v) ** 2 / (2 * s),
)

GE1 = Theorem(
    "GE1",
    title="Softmax cross-entropy: |grad|_1 <= 2, |grad|_2 <= sqrt2, 0 <= loss <= log V + max - min",
    depends=["F2", "F8"],
    steps=[
        Step(tangent, "as in F1"),
        Step(squares, "p (r - p) >= 0"),
        Step(crowd, "term by term"),
        Step(young, "(s g - v)^2 >= 0"),
    ],
    claims=[
        Derivative(
            "d/dt loss_y(theta + t v) = <p, v> - v_y: the gradient is p - e_y",
            log(S0) - ly - t * vy,
            "t",
            S1 / S0 - vy,
            sums={"S0": exp(theta + t * v), "S1": v * exp(theta + t * v)},
            point=["v", "theta"],
            latex=r"\nabla \ell_y = p - e_y",
        ),
        Sign(
            "|grad|_1 = (1 - p_y) + (the mass of the others, r = 1 - p_y) < 2, for p_y > 0",
            2 - (r + r),
            facts=[r >= 0, 1 - r > 0],
            relation=">",
            latex=r"|\nabla \ell|_1 = 2(1 - p_y) < 2",
        ),
        Sign(
            "|grad|_2^2 = (1 - p_y)^2 + Q < 2, where Q = sum over v != y of p_v^2 <= r^2 (the line above at sum p_v = r)",
            2 - (r**2 + Q),
            facts=[r >= 0, 1 - r > 0, r**2 - Q >= 0],
            relation=">",
            shown=2 * (1 - r) * (1 + r) + (r**2 - Q),
            latex=r"|\nabla \ell|_2^2 \le 2(1 - p_y)^2 < 2",
        ),
        Expectation(
            "LSE(l) >= <p', l> + H(p') for every law p': with p' = softmax(l'), loss_y(l') - loss_y(l) <= <p' - e_y, l' - l>",
            log(p) - l + log(Z),
            laws={"p": "V"},
            point=["l"],
            normalisers={"Z": (exp(l), "V")},
            latex=r"\mathrm{LSE}(l) \ge \langle p', l\rangle + H(p')",
        ),
        Sign(
            "<g, v> <= sqrt2 |v| when |g|^2 <= 2: W <= 2s for |v| = sqrt2 s",
            2 * s - W,
            facts=[s > 0, 2 - G >= 0, 2 * s**2 - N >= 0, s * G / 2 - W + N / (2 * s) >= 0],
            shown=whole(s * G / 2 - W + N / (2 * s), s * (2 - G) / 2, (2 * s**2 - N) / (2 * s)),
            latex=r"|\ell_y(l') - \ell_y(l)| \le \sqrt2\, |l' - l|_2",
        ),
        Sign(
            "loss >= 0: LSE >= every logit, r >= 0 the other terms",
            log(exp(ly) + r) - ly,
            facts=[r >= 0],
            shown=log(1 + r * exp(-ly)),
            latex=r"\ell_y \ge 0",
        ),
        Sign(
            "loss <= log V + max - min",
            log(V) + m - low - (log(S) - ly),
            sums={"V": sympy.Integer(1), "S": exp(theta)},
            point=["theta"],
            facts=[m - theta >= 0, ly - low >= 0],
            lemmas=[(crowd, {})],
            shown=whole(log(1 + (V * exp(m) - S) / S), ly - low),
            latex=r"\ell_y \le \log V + \max l - \min l",
        ),
        Sign(
            "max - min <= 2 |l|_inf, and max - min <= sum over v of |l_v| = R + |max| + |min|",
            2 * M - (m - low),
            facts=[M - m >= 0, M + low >= 0],
            shown=whole(M - m, M + low),
            latex=r"\max l - \min l \le 2 |l|_\infty",
        ),
    ],
    variants=[
        Variant(
            Sign(
                "softmax cross-entropy is 1-Lipschitz in l2: |grad|_2^2 = 2 r^2 <= 1 for two letters, r = 1 - p_y",
                1 - 2 * r**2,
                facts=[r > 0, 1 - r > 0],
            ),
            why="p -> (0, 1), y = 0: the norm tends to sqrt2",
        ),
        Variant(
            Sign(
                "|grad|_2 <= sqrt1.99 for every softmax",
                sympy.Rational(199, 100) - 2 * r**2,
                facts=[r > 0, 1 - r > 0],
            ),
            why="sqrt2 is the supremum: a smaller constant fails close to p_y = 0",
        ),
        Variant(
            Sign(
                "loss <= max - min, without log V, for two letters: x - log(1 + e^x) >= 0 for x = max - min, y the smaller",
                x - log(1 + exp(x)),
                facts=[x >= 0],
            ),
            why="equal logits lose log 2",
        ),
    ],
    fidelity=Fidelity(
        "correction",
        source="Mohri, Rostamizadeh and Talwalkar 2018; Gao and Pavel 2017",
        paper="the Lipschitz constant and the range of the loss in the bound from the logits",
        differences="sqrt2 in l2, often quoted as 1; the Lipschitz bound from Gibbs' principle, without a path",
    ),
)
