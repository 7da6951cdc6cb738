"""Thermodynamics of the softmax: what temperature does to energy and entropy.

For p = e^{-E/T}/Z on a finite alphabet, beta = 1/T:   d<E>/dbeta = -Var(E);   dH/dT = Var(E)/T^3 >= 0;   and as T -> 0 the law
tends to the uniform law on the letters of least energy (the arg max of the logits -E): if m of V letters have the least energy and
the next energy is delta above it, then   0 <= 1/m - p <= (V-m) / (m^2 (1 + beta delta))   there, and p <= 1/(m (1 + beta delta))
at every other letter.

*Why.* With M_k = sum E^k e^{-beta E}, each letter gives M_k' = -M_{k+1}; then <E> = M_1/M_0 and H = log M_0 + <E>/T are
differentiated as quotients. The variance is a sum of squares. For the limit divide by e^{-beta min E}: p = 1/(m + r) with
r = sum over the other letters of e^{-beta (E - min E)}, and e^{-y} <= 1/(1 + y), which is the tangent of F1 at r = e^y.

(If all letters share the least energy, V = m and p = 1/m at once: the sums are over at least one letter.)

*Equality* in dH/dT >= 0 iff all energies are equal. *False:* the opposite sign; the variance without its square. Gibbs 1902.
"""

from typing import Any

import sympy

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Derivative, Identity, Sign, Termwise
from semtheory.logic.expectation import Expectation

E, T, beta, U, Z, p = sympy.symbols("E T beta U Z p")
M0, M1, M2 = sympy.symbols("M0 M1 M2")
m, n, r, delta, Delta, least, x = sympy.symbols("m n r delta Delta least x")
exp, log = sympy.exp, sympy.log

mean, variance = M1 / M0, M2 / M0 - (M1 / M0) ** 2
cold = {f"M{i}": E**i * exp(-beta * E) for i in range(3)}  # moments in beta
warm = {f"M{i}": E**i * exp(-E / T) for i in range(3)}  # the same in T
entropy = log(M0) + mean / T

gibbs_entropy = Expectation(
    "H(p) = log Z + <E>/T",
    -log(exp(-E / T) / Z) - log(Z) - U / T,
    laws={"p": "X"},
    point=["E"],
    normalisers={"Z": (exp(-E / T), "X")},
    means={"U": E},
    facts=[T > 0],
    relation="=",
    latex=r"H(p) = \log Z + \langle E\rangle/T",
)
squares = Termwise("M2 - 2 U M1 + U^2 M0 >= 0", M2 - 2 * U * M1 + U**2 * M0, sums=warm, point=["E"], facts=[T > 0])
tangent = Sign("x - 1 - log x >= 0", x - 1 - log(x), "x", facts=[x > 0])
shift = Identity(
    "e^{-beta E} = e^{-beta min E} e^{-beta Delta}, Delta = E - min E",
    exp(-beta * (least + Delta)),
    exp(-beta * least) * exp(-beta * Delta),
)
above: dict[str, Any] = {
    "sums": {"n": sympy.Integer(1), "r": exp(-beta * Delta)},
    "point": ["Delta"],
}  # the n = V - m letters above
GAP = [m > 0, beta > 0, delta > 0, Delta - delta >= 0]
fading = Termwise(
    "r <= (V-m)/(1 + beta delta), r the sum of e^{-beta Delta} over the V-m letters above the least energy, Delta >= delta",
    n / (1 + beta * delta) - r,
    **above,
    facts=GAP,
    lemmas=[(tangent, {"x": exp(beta * Delta)})],
)


F7 = Theorem(
    "F7",
    title="Boltzmann thermodynamics: d<E>/dbeta = -Var, dH/dT = Var/T^3, T -> 0",
    steps=[
        Step(gibbs_entropy, "-log p = log Z + E/T, and the mean of E is <E>"),
        Step(squares, "it is the sum of (E - U)^2 e^{-E/T}; at U = <E> it is Z Var(E)"),
        Step(tangent, "as in F1"),
        Step(shift, "so that p = 1/(m + r) at a letter of least energy, e^{-beta Delta}/(m + r) at the others"),
        Step(fading, "e^{beta Delta} >= 1 + beta Delta >= 1 + beta delta"),
    ],
    claims=[
        Derivative(
            "d<E>/dbeta = -Var(E)",
            mean,
            "beta",
            -variance,
            sums=cold,
            point=["E"],
            latex=r"\frac{d\langle E\rangle}{d\beta} = -\mathrm{Var}(E)",
        ),
        Derivative(
            "d log Z/dbeta = -<E>",
            log(M0),
            "beta",
            -mean,
            sums=cold,
            point=["E"],
            latex=r"\frac{d\log Z}{d\beta} = -\langle E\rangle",
        ),
        Derivative(
            "dH/dT = Var(E)/T^3",
            entropy,
            "T",
            variance / T**3,
            sums=warm,
            point=["E"],
            facts=[T > 0],
            latex=r"\frac{dH}{dT} = \mathrm{Var}(E)/T^3",
        ),
        Sign(
            "Var(E)/T^3 >= 0",
            variance / T**3,
            facts=[T > 0],
            sums=warm,
            point=["E"],
            lemmas=[(squares, {"U": mean})],
            latex=r"\mathrm{Var}(E)/T^3 \ge 0",
        ),
        Sign("p <= 1/m at a letter of least energy", 1 / m - 1 / (m + r), **above, facts=GAP, latex=r"p \le 1/m"),
        Sign(
            "1/m - p <= (V-m)/(m^2 (1 + beta delta)) at a letter of least energy",
            n / (m**2 * (1 + beta * delta)) - (1 / m - 1 / (m + r)),
            **above,
            facts=GAP,
            lemmas=[(fading, {})],
            latex=r"\frac1m - p \le \frac{V-m}{m^2(1+\beta\delta)}",
        ),
        Sign(
            "p <= 1/(m (1 + beta delta)) at every other letter",
            1 / (m * (1 + beta * delta)) - exp(-beta * Delta) / (m + r),
            facts=[*GAP, r >= 0],
            lemmas=[(tangent, {"x": exp(beta * Delta)})],
            latex=r"p \le \frac{1}{m(1+\beta\delta)}",
        ),
    ],
    depends=["F1"],
    variants=[
        Variant(
            Derivative("dH/dT = -Var(E)/T^3", entropy, "T", -variance / T**3, sums=warm, point=["E"], facts=[T > 0]),
            why="heat spreads the law out",
        ),
        Variant(
            Derivative("d<E>/dbeta = -(<E^2> - <E>)", mean, "beta", -(M2 / M0 - M1 / M0), sums=cold, point=["E"]),
            why="the mean must be squared",
        ),
        Variant(
            Derivative("dH/dT = Var(E)/T^2", entropy, "T", variance / T**2, sums=warm, point=["E"], facts=[T > 0]),
            why="Var/T^2 is the heat capacity d<E>/dT; dH = d<E>/T has one more T",
        ),
        Variant(
            Sign(
                "p = 1 in the limit, also with m ties: 1 - p <= (V-m)/(m^2 (1 + beta delta))",
                n / (m**2 * (1 + beta * delta)) - (1 - 1 / (m + r)),
                **above,
                facts=GAP,
            ),
            why="cooling does not break ties: greedy decoding chooses, the limit does not",
        ),
    ],
    fidelity=Fidelity(
        "variant",
        source="Gibbs 1902; textbook statistical mechanics",
        paper="temperature of the softmax as a thermodynamic temperature",
        differences="the limit T -> 0 is stated with an explicit rate",
    ),
)
