"""Gardner's integral in closed form: 1/((1 + kappa^2) Phi(kappa) + kappa phi(kappa)) patterns per weight.

    alpha_c(kappa) = 1/G(kappa),   G(kappa) = integral over t from -kappa of (t + kappa)^2 phi(t) dt = (1 + kappa^2) Phi(kappa) + kappa phi(kappa).
alpha_c(0) = 2, and alpha_c decreases.

*Why.* d/dt [-(t + 2 kappa) phi(t)] = ((t + kappa)^2 - (1 + kappa^2)) phi(t): the integral is (1 + kappa^2) Phi(kappa) plus the bracket from t = -kappa, where it is
-kappa phi, to infinity, where it vanishes (t e^{-t^2/2} < 2/t). With Phi' = phi, phi' = -kappa phi the slope of G is 2 (kappa Phi + phi) > 0.

*Limits.* Proved here is the closed form. That 1/G is the capacity is Gardner's replica result (1988), a theorem for kappa >= 0 (Shcherbina and Tirozzi 2003), and is not
proved again. Binary weights: `krauth_mezard_capacity()`, 0.8331.
*False:* exact for kappa < 0. At kappa = -10 a first moment over a net of the sphere (`gardner_upper_bound`) already gives a smaller upper bound; at -1/2 the formula's 4.7701
is an upper bound too (Stojnic 2013), which the first moment is too coarse to improve.
"""

from __future__ import annotations

import math

import sympy

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Derivative, Identity, Sign
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
        Identity("slope of G: 2 kappa Phi + (1 + kappa^2) phi + phi - kappa^2 phi = 2 (kappa Phi + phi)", 2 * k * P + (1 + k**2) * h + h - k**2 * h, 2 * (k * P + h)),
        Sign("which is > 0 for kappa >= 0: alpha_c decreases", 2 * (k * P + h) / G**2, facts=[P > 0, h > 0, k >= 0], relation=">", latex=r"\alpha_c' < 0"),
        Identity("alpha_c(0) = 2: G(0) = Phi(0) = 1/2", 1 / G.subs({k: 0, P: sympy.Rational(1, 2)}), sympy.Integer(2), latex=r"\alpha_c(0) = 2"),
    ],
    variants=[
        Variant(Tested("the formula is exact for kappa < 0", r"\alpha_c(\kappa) = 1/G(\kappa),\ \kappa < 0", exact_below_zero, instances=[-10.0, -20.0]), why="replica symmetry breaks there: an upper bound only (GROUND_TRUTH 0.21)"),
        Variant(Derivative("without the middle term: d/dt [-t phi(t)] = ((t + kappa)^2 - (1 + kappa^2)) phi(t)", -t * bell, "t", ((t + k) ** 2 - (1 + k**2)) * bell), why="2 kappa t has the primitive -2 kappa phi"),
        Variant(Tested("1/((1 + kappa^2) Phi(kappa)): the boundary left out", r"\alpha_c(\tfrac12)", same_at_half, instances=[("1/2", 1 / (1.25 * (1 + math.erf(0.5 / math.sqrt(2))) / 2))]), why=".9612 at kappa = 1/2, not 1.1569"),
    ],
    fidelity=Fidelity("specialisation", source="Gardner 1988; Shcherbina and Tirozzi 2003", paper="memory capacity with a margin", differences="the closed form is proved; that it is the capacity is taken from the literature, for kappa >= 0"),
)  # fmt: skip
