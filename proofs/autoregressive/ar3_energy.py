"""Attention to stored patterns never raises an energy.

E(x) = -beta^{-1} log sum_mu e^{beta m_mu.x} + |x|^2/2, m_mu the rows of M, beta > 0, p = softmax(beta M x), g = grad E(x) = x - M^T p. The attention update
x <- M^T p is the CCCP step; and E(x - eta g) <= E(x) - eta (1 - eta/2) |g|^2 for every step size eta (eta = 1: the update), any number of patterns and dimensions.

*Why.* The slope along v is x.v - <m.v>_p. CCCP keeps |x|^2/2 and linearises the concave rest: it minimises |y|^2/2 - y.u, u = M^T p, and that exceeds its value at u by
|y - u|^2/2. Descent: the log-sum moves from x to x - eta g by beta^{-1} log Z_b, Z_b = sum_mu p_mu e^{-beta eta m_mu.g}, at least -eta <m.g>_p (Jensen, as Gibbs'
inequality for p against p e^{...}/Z_b); <m.g>_p = (x - g).g, and the square moves by -eta x.g + eta^2 |g|^2/2.

*Limits.* One sentence joins: the sums over patterns and coordinates in <m.g>_p = (M^T p).g are interchanged. Compared with arrays as well, hence `tested`.

*False:* descent for eta > 2 (one pattern: E rises); eta (1 - eta/4) in place of eta (1 - eta/2); an energy for free values: keys e_1..e_N, values shifted cyclically, beta = 10: the
iteration runs round a cycle, along which no energy falls. Yuille and Rangarajan 2003; Ramsauer et al. 2021.
"""

from typing import Any

import numpy as np
import sympy

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Derivative, Identity, Sign, Termwise
from semtheory.logic.expectation import Expectation
from semtheory.logic.tested import Tested

beta, eta, t, mx, mv, S0, S1, x2, xv, v2 = sympy.symbols("beta eta t mx mv S0 S1 x2 xv v2")
p, r, N, Zb, Z, a, Zn, m, x, y, u = sympy.symbols("p r N Zb Z a Zn m x y u")
Y, C, Q = sympy.symbols("Y C Q")
log, exp = sympy.log, sympy.exp


def one(point: sympy.Expr) -> sympy.Expr:
    """E for a single pattern m on the line."""
    return -m * point + point**2 / 2


stepped = x - eta * (x - m)  # x - eta grad E there


def sides(text: str, sign: int) -> Termwise:
    return Termwise(
        text,
        sign * (Zn - Z * Zb),
        sums={"Zn": exp(a - eta * beta * r), "Zb": exp(a) / Z * exp(-eta * beta * r)},
        point=["a", "r"],
        facts=[Z > 0],
        shown=sympy.Integer(0),
    )


def descends(case: tuple[int, int, int, float, float]) -> str | None:
    """Random patterns and a random point: the bound for this step size, the update as eta = 1, and ten updates in a row."""
    from semtheory.measures import attention_energy, attention_update

    seed, patterns, dimension, sharpness, step = case
    chance = np.random.default_rng(seed)
    stored, point = chance.normal(size=(patterns, dimension)), 2 * chance.normal(size=dimension)
    slope = point - attention_update(point, stored, sharpness)
    before = float(attention_energy(point, stored, sharpness))
    after = float(attention_energy(point - step * slope, stored, sharpness))
    bound = before - step * (1 - step / 2) * float(slope @ slope)
    if not after <= bound + 1e-9 * (1 + abs(before)):
        return f"E moves from {before:.9f} to {after:.9f}, bound {bound:.9f}"
    for _ in range(10):
        following = attention_update(point, stored, sharpness)
        now, then = (
            float(attention_energy(point, stored, sharpness)),
            float(attention_energy(following, stored, sharpness)),
        )
        if not then <= now + 1e-12 * (1 + abs(now)):
            return f"an update raises E from {now:.12f} to {then:.12f}"
        point = following
    return None


def free_values(case: tuple[int, float]) -> str | None:
    """Keys e_1..e_N, values e_2..e_N, e_1: from near e_1, does the iteration settle? Along a cycle no energy can fall."""
    from semtheory.measures import attention_update

    size, sharpness = case
    keys, values = np.eye(size), np.roll(np.eye(size), 1, axis=1)
    point = np.full(size, 0.0)
    point[0] = 1.0
    for _ in range(100 * size):  # to the cycle
        point = attention_update(point, keys, sharpness, values=values)
    orbit = [point]
    for _ in range(size):
        orbit.append(attention_update(orbit[-1], keys, sharpness, values=values))
    back, moved = np.abs(orbit[-1] - orbit[0]).max(), np.abs(orbit[1] - orbit[0]).max()
    if moved > 1e-6 and back < 1e-12:
        return f"after {size} updates back at the start (to {back:.1e}), each having moved {moved:.3f}"
    return None


def draw() -> Any:
    from hypothesis import strategies as st

    return st.tuples(st.integers(0, 10**6), st.integers(1, 8), st.integers(1, 6), st.floats(0.05, 10), st.floats(0, 5))


AR3 = Theorem(
    "AR3",
    title="Attention to stored patterns: the CCCP step of an energy, which never rises",
    target="tested",
    depends=["F1", "F8"],
    steps=[
        Step(sides("sum e^{a - eta beta m.g} >= Z Z_b, a = beta m.x, p = e^a/Z", 1), "term by term"),
        Step(sides("sum e^{a - eta beta m.g} <= Z Z_b", -1), "so log Z moves by log Z_b"),
        Step(
            Identity(
                "|x - eta g|^2/2 - |x|^2/2 = -eta x.g + eta^2 |g|^2/2, in one coordinate",
                (x - eta * y) ** 2 / 2 - x**2 / 2,
                -eta * x * y + eta**2 * y**2 / 2,
            ),
            "the square, coordinate by coordinate",
        ),
    ],
    claims=[
        Derivative(
            "d/dt E(x + t v) = x.v + t |v|^2 - <m.v>_p: grad E = x - M^T p",
            -log(S0) / beta + (x2 + 2 * t * xv + t**2 * v2) / 2,
            "t",
            xv + t * v2 - S1 / S0,
            sums={"S0": exp(beta * (mx + t * mv)), "S1": mv * exp(beta * (mx + t * mv))},
            point=["mx", "mv"],
            facts=[beta > 0],
            latex=r"\nabla E(x) = x - M^\top \mathrm{softmax}(\beta M x)",
        ),
        Termwise(
            "CCCP: |y|^2/2 - y.u is least at y = u, by |y - u|^2/2: the step is u = M^T p, the attention update",
            Y / 2 - C + Q / 2,
            sums={"Y": y**2, "C": y * u, "Q": u**2},
            point=["y", "u"],
            shown=(y - u) ** 2 / 2,
            latex=r"\arg\min_y \tfrac12|y|^2 - y\cdot M^\top p = M^\top p",
        ),
        Expectation(
            "E(x) - eta (1 - eta/2) |g|^2 - E(x - eta g) = log(Z_b)/beta + E[eta r] >= 0, any step size; r = m.g, whose mean is x.g - |g|^2 ",
            log(Zb) / beta - (-2 * eta * (r + N) + eta**2 * N) / 2 - eta * (1 - eta / 2) * N,
            laws={"p": "mu"},
            point=["r"],
            normalisers={"Zb": (p * exp(-beta * eta * r), "mu")},
            facts=[beta > 0],
            latex=r"E(x - \eta\nabla E) \le E(x) - \eta(1 - \tfrac\eta2)|\nabla E|^2",
        ),
        Sign(
            "eta (1 - eta/2) |g|^2 >= 0 for 0 <= eta <= 2; |g|^2/2 at eta = 1, the update",
            eta * (1 - eta / 2) * N,
            facts=[eta >= 0, 2 - eta >= 0, N >= 0],
            shown=eta * (2 - eta) / 2 * N,
            latex=r"0 \le \eta \le 2:\ E \text{ does not rise}",
        ),
        Tested(
            "arrays: the bound at any eta in [0, 5], and ten updates that never raise E",
            r"E(x_{t+1}) \le E(x_t)",
            descends,
            draw=draw,
            instances=[(0, 1, 1, 1.0, 1.0), (1, 5, 3, 4.0, 2.0)],
            most=300,
        ),
    ],
    variants=[
        Variant(
            Sign(
                "E does not rise for eta > 2: one pattern on the line",
                one(x) - one(stepped),
                facts=[eta - 2 > 0],
            ),
            why="E is then |x - m|^2/2 up to a constant, and x - eta g lies further from m",
        ),
        Variant(
            Sign(
                "E(x - eta g) <= E(x) - eta (1 - eta/4) |g|^2: one pattern",
                one(x) - eta * (1 - eta / 4) * (x - m) ** 2 - one(stepped),
                facts=[eta > 0, 1 - eta > 0],
            ),
            why="1/2 is exact for one pattern",
        ),
        Variant(
            Tested(
                "free values: the iteration settles, keys e_1..e_N, values shifted cyclically, beta = 10",
                r"E(x_{t+1}) < E(x_t) \text{ for some } E \text{, values} \ne \text{keys}",
                free_values,
                instances=[(3, 10.0), (5, 10.0)],
            ),
            why="a cycle: an energy that falls at every step would end below where it began, at the same point",
        ),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Ramsauer et al. 2021; Yuille and Rangarajan 2003",
        paper="the Transformer as an energy-based model",
        differences="all step sizes; values must be the keys",
    ),
)
