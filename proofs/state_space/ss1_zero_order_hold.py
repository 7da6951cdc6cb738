"""Zero-order hold: with the input held over a step, the state-space equation becomes an exact recursion.

    dh/dt = A h + B x, x constant on [0, Delta]:   h(Delta) = e^{Delta A} h(0) + Delta phi(Delta A) B x,   phi(z) = (e^z - 1)/z

for every square A; for an invertible one the second factor is A^{-1}(e^{Delta A} - I) B, and as A -> 0 it tends to Delta B.

*Why.* e^{Delta A} and Delta phi(Delta A) are power series in the one matrix A, with terms Delta^k A^k/k! and Delta^{k+1} A^k/(k+1)!.
Term by term, for every k, the derivative of the second series is the first, and A times the second is the first less its
term k = 0. So h' = A e^{Delta A} h(0) + e^{Delta A} B x = A h + B x, and h(0) is right; a linear equation has one solution. No inverse of A is used.
For a rate a = -r < 0 the closed form is shown directly, and 0 <= Delta - (1 - e^{-r Delta})/r <= r Delta^2/2 gives the limit.

*False:* Bbar = Delta B, as most code has it, is exact: it is so at r = 0 only. Nor is it a lower bound, nor does it keep to the hold's
bound 1/r. *Limits.* Series are differentiated term by term inside their (infinite) radius of convergence.
Gu, Goel and Re 2022; Gu and Dao 2023, equation 4.
"""

import sympy

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Derivative, Identity, Sign

s, r, b, x, k, P, F, h, g, z, d, a, v = sympy.symbols("s r b x k P F h g z d a v")
exp, log = sympy.exp, sympy.log

solution = exp(-r * s) * h + (1 - exp(-r * s)) / r * b * x
held = (1 - exp(-r * d)) / r
RATE = [r > 0, d > 0]
POWERS = [s > 0, F > 0, k >= 0]

tangent = Sign("v - 1 - log v >= 0 for v > 0", v - 1 - log(v), "v", facts=[v > 0])
above = Sign(
    "z^2/2 - z + 1 - e^{-z} >= 0 for z >= 0",
    z**2 / 2 - z + 1 - exp(-z),
    "z",
    facts=[z >= 0],
    at=0,
    lemmas=[(tangent, {"v": exp(-z)})],
)

SS1 = Theorem(
    "SS1",
    title="Zero-order hold: Abar = e^{Delta A}, Bbar = Delta phi(Delta A) B, exact for every A",
    steps=[
        Step(tangent, "as in F1; at v = e^{-z} it is z - 1 + e^{-z} >= 0"),
        Step(above, "0 at 0, and its slope is the line above at v = e^{-z}"),
    ],
    claims=[
        Derivative(
            "any A, every k: d/ds of s^{k+1} A^k/((k+1) k!) is s^k A^k/k! (P = A^k, F = k!, s^k = e^{k log s})",
            exp((k + 1) * log(s)) * P / (F * (k + 1)),
            "s",
            exp(k * log(s)) * P / F,
            facts=POWERS,
            latex=r"\frac{d}{ds}\, s\varphi(sA) = e^{sA}",
        ),
        Identity(
            "any A, every k: A times term k of s phi(sA) is term k + 1 of e^{sA}: a P s^{k+1}/((k+1) F) = s^{k+1} (a P)/((k+1) F)",
            a * (exp((k + 1) * log(s)) * P / (F * (k + 1))),
            exp((k + 1) * log(s)) * (a * P) / ((k + 1) * F),
            facts=POWERS,
            latex=r"A\, s\varphi(sA) = e^{sA} - I",
        ),
        Derivative(
            "a = -r: h(s) = e^{-rs} h + (1 - e^{-rs})/r b x solves h' = -r h + b x",
            solution,
            "s",
            -r * solution + b * x,
            facts=[r > 0],
            latex=r"\dot h = a h + b x",
        ),
        Identity("and starts at h", solution.subs(s, 0), h, facts=[r > 0], latex=r"h(0) = h"),
        Identity(
            "it is the only one: for the difference D of two solutions, D' = -r D, so (e^{rs} D)' = r e^{rs} D + e^{rs} D' = 0",
            r * exp(r * s) * g + exp(r * s) * (-r * g),
            sympy.Integer(0),
            latex=r"\frac{d}{ds}\, e^{rs}(h_1 - h_2) = 0",
        ),
        Identity(
            "two steps of length Delta are one of 2 Delta: Abar Bbar + Bbar = Bbar(2 Delta)",
            exp(-r * d) * held + held,
            held.subs(d, 2 * d),
            facts=RATE,
            latex=r"\bar A_{\Delta}\bar B_{\Delta} + \bar B_{\Delta} = \bar B_{2\Delta}",
        ),
        Sign(
            "Bbar <= Delta b: Delta - (1 - e^{-r Delta})/r >= 0",
            d - held,
            facts=RATE,
            lemmas=[(tangent, {"v": exp(-r * d)})],
            shown=(r * d - 1 + exp(-r * d)) / r,
            latex=r"\bar B \le \Delta b",
        ),
        Sign(
            "limit: (1 - e^{-r Delta})/r >= Delta - r Delta^2/2, so Bbar -> Delta b as r -> 0",
            held - d + r * d**2 / 2,
            facts=RATE,
            lemmas=[(above, {"z": r * d})],
            shown=(r**2 * d**2 / 2 - r * d + 1 - exp(-r * d)) / r,
            latex=r"\bar B \ge \Delta b\,(1 - r\Delta/2)",
        ),
    ],
    variants=[
        Variant(
            Identity("Bbar = Delta b, the usual code, is exact", held, d, facts=RATE),
            why="the state decays while the input is held: only r = 0 makes it exact",
        ),
        Variant(
            Sign("Delta b keeps to the steady state: Delta <= 1/r", 1 / r - d, facts=RATE),
            why="the held input settles at b x/r; a long Euler step overshoots",
        ),
        Variant(
            Identity("Abar = 1 - r Delta, Euler's step of the state", exp(-r * d), 1 - r * d, facts=RATE),
            why="first order only",
        ),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Gu, Goel and Re 2022; Gu and Dao 2023, equation 4",
        paper="Mamba as a case of the general autoregressive model: discretisation",
    ),
)
