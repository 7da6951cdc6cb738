"""Log-sum-exp: its slope is the softmax, its curvature a variance.

For L(theta) = log sum_j e^{theta_j} with V terms and p = softmax(theta): grad L = p; the Hessian diag(p) - p p^T is positive
semidefinite with largest eigenvalue <= 1/2 for every V; and max <= L <= max + log V.

*Why.* Along theta + t v, with S_k = sum v^k e^{theta + t v}, each term gives S_k' = S_{k+1}. So L' = S_1/S_0 = <v>_p for every
direction v (that is grad L = p), and L'' = S_2/S_0 - (S_1/S_0)^2 = Var_p(v) (that is the Hessian, since v^T (diag(p) - p p^T) v =
Var_p(v)). A variance is a sum of squares, hence >= 0. With a <= v <= b, (b - v)(v - a) >= 0 gives Var <= (b - a)^2/4 (Popoviciu
1935), and (b - a)^2 <= 2(a^2 + b^2) <= 2|v|^2, since a and b are attained at different coordinates when they differ.

*Equality:* p = (1/2, 1/2), v = (1, -1). So the softmax map is 1/2-Lipschitz in l2, and that is tight; often quoted as 1.
At p = (.7, .2, .1) the norm is 0.33440. *False:* 1/4, which is the largest variance of a bit; a bit moves by |v|^2 = 2.
"""

from typing import Any

import sympy

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Derivative, Identity, Sign, Termwise
from semtheory.logic.expectation import Expectation

v, theta, t, U, a, b, N, p, w, x, m, r, S, V, lam = sympy.symbols("v theta t U a b N p w x m r S V lam")
S0, S1, S2 = sympy.symbols("S0 S1 S2")
exp, log = sympy.exp, sympy.log

sums = {f"S{i}": v**i * exp(theta + t * v) for i in range(3)}
POINT = ["v", "theta"]
variance = S2 / S0 - (S1 / S0) ** 2

squares = Termwise("S2 - 2 U S1 + U^2 S0 >= 0", S2 - 2 * U * S1 + U**2 * S0, sums=sums, point=POINT)
spread: dict[str, Any] = {"laws": {"p": "X"}, "point": ["v"], "means": {"U": v}, "facts": [b - v >= 0, v - a >= 0]}
popoviciu = Expectation("Var(v) <= (b-a)^2/4 for a <= v <= b", (b - a) ** 2 / 4 - (v - U) ** 2, **spread,
                        latex=r"\mathrm{Var}_p(v) \le (\max v - \min v)^2/4")  # fmt: skip
norm = Sign("(b-a)^2/4 <= N/2 for N = |v|^2 >= a^2 + b^2", N / 2 - (b - a) ** 2 / 4, facts=[N - a**2 - b**2 >= 0])  # fmt: skip
half = Sign(
    "N/2 - (b-U)(U-a) >= 0",
    N / 2 - (b - U) * (U - a),
    facts=[N - a**2 - b**2 >= 0],
)
tangent = Sign("x - 1 - log x >= 0", x - 1 - log(x), "x", facts=[x > 0])
crowd = Termwise(
    "sum of e^theta <= V e^m for theta <= m",
    V * exp(m) - S,
    sums={"V": sympy.Integer(1), "S": exp(theta)},
    point=["theta"],
    facts=[m - theta >= 0],
    lemmas=[(tangent, {"x": exp(m - theta)})],
)

probabilities = [sympy.Rational(7, 10), sympy.Rational(2, 10), sympy.Rational(1, 10)]
jacobian = sympy.diag(*probabilities) - sympy.Matrix(probabilities) * sympy.Matrix(probabilities).T
quadratic = lam**2 - sympy.Rational(46, 100) * lam + sympy.Rational(42, 1000)

F8 = Theorem(
    "F8",
    title="Log-sum-exp: gradient softmax, Hessian norm <= 1/2, max <= LSE <= max + log V",
    steps=[
        Step(squares, "it is the sum of (v - U)^2 e^{theta + t v}; at U = <v> it is S0 Var(v)"),
        Step(popoviciu, "(b - v)(v - a) >= 0 has mean (b - U)(U - a) - Var(v)"),
        Step(norm, "(a + b)^2 >= 0"),
        Step(half, "the two together"),
        Step(crowd, "term by term"),
    ],
    claims=[
        Derivative(
            "d/dt LSE(theta + t v) = <v>_p for every direction v: the gradient is the softmax",
            log(S0),
            "t",
            S1 / S0,
            sums=sums,
            point=POINT,
            latex=r"\nabla \mathrm{LSE} = \mathrm{softmax}",
        ),
        Derivative(
            "d/dt <v>_p = Var_p(v) for every direction v: the Hessian is diag(p) - p p^T",
            S1 / S0,
            "t",
            variance,
            sums=sums,
            point=POINT,
            latex=r"v^\top \nabla^2 \mathrm{LSE}\, v = \mathrm{Var}_p(v)",
        ),
        Sign(
            "Var_p(v) >= 0: the Hessian is positive semidefinite",
            variance,
            sums=sums,
            point=POINT,
            lemmas=[(squares, {"U": S1 / S0})],
            latex=r"\nabla^2 \mathrm{LSE} \succeq 0",
        ),
        Expectation(
            "Var_p(v) <= |v|^2/2: the largest eigenvalue is <= 1/2 for every V",
            N / 2 - (v - U) ** 2,
            laws={"p": "X"},
            point=["v"],
            means={"U": v},
            facts=[b - v >= 0, v - a >= 0, N - a**2 - b**2 >= 0],
            lemmas=[(half, {})],
            latex=r"\lambda_{\max}(\nabla^2 \mathrm{LSE}) \le \tfrac12",
        ),
        Identity(
            "Var(v) = |v|^2/2 at p = (1/2, 1/2), v = (1, -1): 1/2 is attained",
            sympy.Rational(1, 2) * 1**2 + sympy.Rational(1, 2) * (-1) ** 2 - 0,
            sympy.Rational(1**2 + (-1) ** 2, 2),
            latex=r"\lambda_{\max} = \tfrac12 \text{ at } p = (\tfrac12,\tfrac12)",
        ),
        Identity(
            "det(J - lam) at p = (.7, .2, .1) is -lam (lam^2 - .46 lam + .042)",
            (jacobian - lam * sympy.eye(3)).det(),
            -lam * quadratic,
        ),
        Sign(
            "lam^2 - .46 lam + .042 < 0 at lam = .33440",
            -quadratic.subs(lam, sympy.Rational(33440, 100000)),
            relation=">",
        ),
        Sign(
            "lam^2 - .46 lam + .042 > 0 for lam >= .33441: the norm at (.7, .2, .1) is 0.33440",
            quadratic,
            "lam",
            facts=[lam - sympy.Rational(33441, 100000) >= 0],
            at=sympy.Rational(33441, 100000),
        ),
        Sign(
            "max <= LSE: log(e^m + r) - m >= 0, r >= 0 the other terms",
            log(exp(m) + r) - m,
            facts=[r >= 0],
            shown=log(1 + r * exp(-m)),
            latex=r"\max \le \mathrm{LSE}",
        ),
        Sign(
            "LSE <= max + log V",
            m + log(V) - log(S),
            sums={"V": sympy.Integer(1), "S": exp(theta)},
            point=["theta"],
            facts=[m - theta >= 0],
            lemmas=[(crowd, {})],
            shown=log(1 + (V * exp(m) - S) / S),
            latex=r"\mathrm{LSE} \le \max + \log V",
        ),
    ],
    variants=[
        Variant(
            Sign(
                "largest eigenvalue <= 1/4: Var <= |v|^2/4 for two letters",
                (a**2 + b**2) / 4 - w * (1 - w) * (a - b) ** 2,
                facts=[w > 0, 1 - w > 0],
            ),
            why="p = (1/2, 1/2), v = (1, -1): Var = 1, |v|^2 = 2",
        ),
        Variant(
            Identity(
                "the softmax map is 1-Lipschitz and that is tight: Var = |v|^2 for p = (w, 1-w), v = (1, -1)",
                4 * w * (1 - w),
                sympy.Integer(2),
                facts=[w > 0, 1 - w > 0],
            ),
            why="the l2 constant is 1/2",
        ),
        Variant(
            Sign("LSE <= max", -log(1 + r * exp(-m)), facts=[r >= 0]),
            why="the other terms count: up to log V",
        ),
    ],
    fidelity=Fidelity(
        "correction",
        source="Popoviciu 1935; Gao and Pavel 2017",
        paper="the softmax output layer and its smoothness",
        differences="the l2 constant of the softmax map is 1/2, often quoted as 1",
    ),
)
