"""The unit sphere: how orthogonal many vectors can be, and when the softmax is a posterior.

Welch: N > d unit vectors in R^d have max |<x,y>| >= sqrt((N-d)/(d(N-1))) over different pairs.
Posterior: token v a priori equally likely and h from a von Mises-Fisher law around x_v with common concentration kappa: P(v|h) = softmax(kappa <x_v,h>).

*Why.* The Gram matrix has trace N and at most d eigenvalues l /= 0; sum (l - N/d)^2 >= 0 gives sum l^2 >= N^2/d; and sum l^2 = sum <x,y>^2 is N on the diagonal and at most
N(N-1) c^2 off it. For the posterior the common normaliser cancels, by Bayes' rule.

*Sharp:* three vectors at 120 degrees in the plane: 1/2. *False:* a posterior with unequal kappa_v (the normalisers do not cancel); Welch with d + 1 for d.
Welch 1974; Mardia and Jupp 2000 for the law.
"""

from __future__ import annotations

import math

import sympy

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Identity, Sign, Termwise, as_written
from semtheory.logic.tested import Tested

l, u, S1, S2, n, N, d, C, g, Q, c, w, W, K, a, b, q = sympy.symbols("l u S1 S2 n N d C g Q c w W K a b q")
squares = Termwise("sum over d eigenvalues of (l - u)^2 = S2 - 2 u S1 + u^2 n >= 0", S2 - 2 * u * S1 + u**2 * n, sums={"S2": l**2, "S1": l, "n": sympy.Integer(1)}, point=["l"])  # fmt: skip


def larger_than(case: tuple[int, float]) -> str | None:
    """N vectors at equal angles over the full circle, against a claimed least maximum of |<x,y>|."""
    count, claimed = case
    angles = [2 * math.pi * k / count for k in range(count)]
    found = max(abs(math.cos(s - t)) for i, s in enumerate(angles) for t in angles[:i])
    return (
        None
        if found >= claimed - 1e-12
        else f"{count} vectors in the plane with max |<x,y>| = {found:.6f} < {claimed:.6f}"
    )


SE8 = Theorem(
    "SE8",
    title="Unit sphere: Welch's bound; softmax(kappa <x_v,h>) is the von Mises-Fisher posterior for a common kappa",
    steps=[
        Step(squares, "squares"),
        Step(Identity("at u = N/d, S1 = N, n = d: S2 - N^2/d", as_written(lambda: S2 - 2 * (N / d) * N + (N / d) ** 2 * d), S2 - N**2 / d, facts=[d > 0]), "trace N; fewer than d eigenvalues are filled up with zeros"),
    ],
    claims=[
        Termwise("sum of <x,y>^2 over the n ordered pairs <= n C when each is <= C = c^2", n * C - Q, sums={"n": sympy.Integer(1), "Q": g**2}, point=["g"], facts=[C - g**2 >= 0], latex=r"\sum_{x \ne y} \langle x,y\rangle^2 \le N(N-1)\,c^2"),
        Sign(
            "N + N(N-1) C >= S2 >= N^2/d gives C >= (N-d)/(d(N-1))",
            C - (N - d) / (d * (N - 1)), facts=[N - 1 > 0, d > 0, N > 0, N + N * (N - 1) * C - N**2 / d >= 0],
            shown=(N + N * (N - 1) * C - N**2 / d) / (N * (N - 1)),
            latex=r"\max |\langle x,y\rangle| \ge \sqrt{\frac{N-d}{d(N-1)}}",
        ),
        Termwise("posterior: sum over tokens of c w >= c sum of w, c the common normaliser", K - c * W, sums={"K": c * w, "W": w}, point=["w"], facts=[c > 0, w > 0]),
        Termwise("and <=", c * W - K, sums={"K": c * w, "W": w}, point=["w"], facts=[c > 0, w > 0]),
        Identity("so P(v|h) = c w_v/(c W) = w_v/W: the softmax of kappa <x_v,h>", as_written(lambda: c * a / (c * W)), a / W, facts=[c > 0, W > 0, a > 0], latex=r"P(v|h) = \mathrm{softmax}(\kappa\langle x_v, h\rangle)_v"),
    ],
    variants=[
        Variant(Identity("posterior with unequal kappa_v: c a/(c a + q b) = a/(a + b)", c * a / (c * a + q * b), a / (a + b), facts=[c > 0, q > 0, a > 0, b > 0]), why="the normalisers of the laws depend on kappa and stay"),
        Variant(Tested("Welch with N - d + 1: max |<x,y>| >= sqrt((N-d+1)/(d(N-1)))", r"\sqrt{\tfrac{N-d+1}{d(N-1)}}", larger_than, instances=[(3, math.sqrt(2 / 4))]), why="three vectors at 120 degrees: 1/2 is attained"),
        Variant(Sign("without the diagonal: N(N-1) C >= N^2/d for C = (N-d)/(d(N-1))", N * (N - d) / d - N**2 / d, facts=[N - d > 0, d > 0]), why="the N ones on the diagonal count"),
    ],
    fidelity=Fidelity("reproduction", source="Welch 1974; Mardia and Jupp 2000", paper="token embeddings on the unit sphere"),
)  # fmt: skip
