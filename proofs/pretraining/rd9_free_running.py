"""Errors of single steps add up in free-running generation, in total variation at most linearly.

TV(P^T, Q^T) <= sum_t E_P TV_t, TV_t that of the two laws of the next token given a past drawn from P; and <= sqrt((1/2) sum_t E_P D_t).

*Why.* p a - q b = p (a - b) + (p - q) b for a past of probabilities p, q and a token of conditional probabilities a, b. Take absolute
values and sum over the token, where b sums to 1, then the past: one step adds E_P TV_t at most; so by induction on the number of steps.
An absolute value |v| is the largest e v with -1 <= e <= 1, and so it is written. The second is Pinsker (F6) for D(P^T||Q^T), which is the
sum of the E_P D_t (F3).

*False:* that the error of the whole is at most the largest error of a step: coins of bias .5 and .6, 20 tosses. Levin and Peres 2017.
"""

import math

import sympy

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Sign, Termwise
from semtheory.logic.tested import Tested

p, q, a, b, m, n, s, t, e = sympy.symbols("p q a b m n s t e")
A, B, N, S, W, f, g, v, v2 = sympy.symbols("A B N S W f g v v2")
SIZES = [p >= 0, b >= 0, m - (a - b) >= 0, m + (a - b) >= 0, n - (p - q) >= 0, n + (p - q) >= 0]


def tosses(case: tuple[float, float, int]) -> str | None:
    """Total variation of two product laws, by counting heads."""
    x, y, length = case
    total = (
        sum(
            math.comb(length, k) * abs(x**k * (1 - x) ** (length - k) - y**k * (1 - y) ** (length - k))
            for k in range(length + 1)
        )
        / 2
    )
    return None if total <= abs(x - y) + 1e-12 else f"total variation {total:.4f}, one step {abs(x - y):.4f}"


def one_step(text: str, side: int) -> Sign:
    shown = p * (m - side * (a - b)) + b * (n - side * (p - q))
    return Sign(text, p * m + n * b - side * (p * a - q * b), facts=SIZES, shown=shown)


RD9 = Theorem(
    "RD9",
    title="Free-running error: TV(P^T,Q^T) <= sum of E_P TV_t, and <= sqrt(sum of E_P D_t / 2)",
    depends=["F3", "F6"],
    steps=[
        Step(
            one_step("p a - q b <= p |a - b| + |p - q| b (m = |a - b|, n = |p - q|)", 1),
            "p a - q b = p (a - b) + (p - q) b",
        ),
        Step(one_step("q b - p a <= p |a - b| + |p - q| b", -1), "the same turned"),
        Step(
            Termwise(
                "sum over pasts of |p - q| W <= sum |p - q|, W <= 1 the sum of b over tokens",
                N - B,
                sums={"N": n, "B": n * W},
                point=["n", "W"],
                facts=[n >= 0, 1 - W >= 0],
                shown=n * (1 - W),
            ),
            "b is a law of the token",
        ),
    ],
    claims=[
        Termwise(
            "sum |p a - q b| <= sum p |a - b| + sum |p - q| b over pasts and tokens: sum e (p a - q b) is, for every e in [-1, 1] at each; "
            "m = |a - b|, n = |p - q|",
            A + B - S,
            sums={"A": p * m, "B": n * b, "S": e * (p * a - q * b)},
            point=["p", "q", "a", "b", "m", "n", "e"],
            facts=[*SIZES, 1 - e >= 0, 1 + e >= 0],
            shown=(1 + e) / 2 * (p * (m - (a - b)) + b * (n - (p - q)))
            + (1 - e) / 2 * (p * (m + (a - b)) + b * (n + (p - q))),
            latex=r"\sum |pa - qb| \le \sum p\,|a-b| + \sum |p-q|\,b",
        ),
        Sign(
            "induction: TV_{t-1} = v <= f, the sum so far, gives TV_t = v2 <= f + g, g = E_P TV_t: from 2 v2 <= 2 g + B (A = 2 g) and B <= 2 v",
            f + g - v2,
            facts=[f - v >= 0, 2 * g + B - 2 * v2 >= 0, 2 * v - B >= 0],
            shown=(f - v) + (2 * g + B - 2 * v2) / 2 + (2 * v - B) / 2,
            latex=r"\mathrm{TV}(P^{t},Q^{t}) \le \mathrm{TV}(P^{t-1},Q^{t-1}) + \mathbb{E}_P \mathrm{TV}_t",
        ),
        "sum(t=1..T) D(p(X_t|X^{t-1})||q(X_t|X^{t-1})) = D(p(X^T)||q(X^T))",
        Sign(
            "TV <= sqrt(D/2): s >= t for s = sqrt(D/2) > 0, t = TV, from 2 s^2 >= 2 t^2 (F6)",
            s - t,
            facts=[s > 0, t >= 0, 2 * s**2 - 2 * t**2 >= 0],
            shown=(2 * s**2 - 2 * t**2) / (2 * (s + t)),
            latex=r"\mathrm{TV}(P^T,Q^T) \le \sqrt{\tfrac12 \sum_t \mathbb{E}\,D_t}",
        ),
    ],
    variants=[
        Variant(
            Tested(
                "TV(P^T,Q^T) is at most the largest one-step TV",
                r"\mathrm{TV}(P^T,Q^T) \le \max_t \mathrm{TV}_t",
                tosses,
                instances=[(0.5, 0.6, 20)],
            ),
            why="coins of bias .5 and .6, 20 tosses: small errors add up",
        ),
        Variant(
            Sign(
                "p a - q b <= p (a - b): the error of the past is forgotten",
                p * (a - b) - (p * a - q * b),
                facts=[p >= 0, q >= 0, b >= 0, a >= 0],
            ),
            why="(p - q) b is what the past left",
        ),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Levin and Peres 2017, section 4",
        paper="errors of the model as it generates from its own output",
        differences="the step of the induction is proved; its start, TV = 0 for the empty past, and the passage from all e to |p a - q b| are prose",
    ),
)
