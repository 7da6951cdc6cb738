"""The shape of the directed rate-distortion function: nonincreasing, convex, zero exactly where distortion is free.

R_T(D) = inf over causal kernels P(u_t | u^{t-1}, x^t) with (1/T) sum E d(x_t, u_t) <= D of (1/T) I(X^T -> U^T), X not driven by U.

*Why.* More distortion allowed leaves more kernels. A mixture of causal kernels, by a coin Q tossed once and independent of X^T, is
causal; its distortion is the mean; and forgetting the coin loses information, I(X^T;U^T) <= I(X^T;U^T|Q). Without feedback directed
and mutual information are the same (DI2). The rate is zero iff U is independent of X, and then at each t the distortion is a mean
over u of E d(X_t, u), at least the least of them; a constant reproduction attains it.

*False:* that directed information is jointly convex in the stage kernels P(u_t | u^{t-1}, x^t). The coin must be tossed once, not at every
step: two blind kernels whose second stage would tell, after a first output that each of them never makes, tell when mixed.
Shannon 1959; Charalambous, Stavrou and Ahmed 2014.
"""

import itertools
import math
from typing import TypeAlias

import sympy

from semtheory import Fidelity, Given, Step, Theorem, Variant
from semtheory.logic.calculus import Sign
from semtheory.logic.expectation import Expectation
from semtheory.logic.tested import Tested

a, D, E, V, Da, Db, Ea, Eb, m, d = sympy.symbols("a D E V Da Db Ea Eb m d")

coin = Given("I(X^T;Q) = 0", met_by="a coin tossed before the source is seen", broken_by="the coin is X_1")
causal_each = Given(
    "I(U^{t-1};X_t|X^{t-1},Q) = 0 for t=1..T", met_by="each kernel is causal", broken_by="X_2 = U_1 under both coins"
)
no_feedback = Given("I(U^{t-1};X_t|X^{t-1}) = 0 for t=1..T", met_by="an open loop", broken_by="X_2 = U_1")
no_rate = Given("I(X^T;U^T) = 0", met_by="a constant reproduction", broken_by="U_1 = X_1")


Kernels: TypeAlias = tuple[list[float], list[list[float]]]


def stage_information(kernels: Kernels) -> float:
    """I(X;U_1,U_2) in bits, X a fair bit: first[u1] = P(u1), second[u1][x] = P(u2 = 1)."""
    first, second = kernels
    joint = {
        (x, u1, u2): 0.5 * first[u1] * (second[u1][x] if u2 else 1 - second[u1][x])
        for x, u1, u2 in itertools.product((0, 1), repeat=3)
    }
    total = 0.0
    for (_, u1, u2), weight in joint.items():
        out = joint[0, u1, u2] + joint[1, u1, u2]
        if weight > 0:
            total += weight * math.log2(weight / (0.5 * out))
    return total


def stagewise(pair: tuple[Kernels, Kernels]) -> str | None:
    (f, g), (k, h) = pair
    middle = (
        [(x + y) / 2 for x, y in zip(f, k, strict=True)],
        [[(x + y) / 2 for x, y in zip(*rows, strict=True)] for rows in zip(g, h, strict=True)],
    )
    mixed = stage_information(middle)
    mean = (stage_information((f, g)) + stage_information((k, h))) / 2
    return None if mixed <= mean + 1e-9 else f"mixed stage by stage {mixed:.6f} bits, on average {mean:.6f}"


tells_after_1 = ([1.0, 0.0], [[0.0, 0.0], [0.0, 1.0]])  # U_1 = 0 always; after 1 it would repeat X
tells_after_0 = ([0.0, 1.0], [[0.0, 1.0], [0.0, 0.0]])  # U_1 = 1 always; after 0 it would repeat X

RD1 = Theorem(
    "RD1",
    title="Directed rate-distortion: nonincreasing, convex, zero iff D >= D_max",
    depends=["DI2"],
    steps=[
        Step(
            Sign(
                "a kernel with distortion E <= D meets every V >= D",
                V - E,
                facts=[D - E >= 0, V - D >= 0],
                shown=(D - E) + (V - D),
            ),
            "so the infimum never rises",
        ),
        Step(
            Sign(
                "mixing: a Ea + (1-a) Eb <= a Da + (1-a) Db",
                a * Da + (1 - a) * Db - a * Ea - (1 - a) * Eb,
                facts=[a >= 0, 1 - a >= 0, Da - Ea >= 0, Db - Eb >= 0],
                shown=a * (Da - Ea) + (1 - a) * (Db - Eb),
            ),
            "distortion is a mean",
        ),
    ],
    claims=[
        ("I(X^T;U^T) <= I(X^T;U^T|Q)", coin),
        ("sum(t=1..T) I(U^{t-1};X_t|X^{t-1}) = 0", coin, causal_each),
        ("DI(X^T->U^T) = I(X^T;U^T)", no_feedback),
        ("sum(t=1..T) I(X_t;U_t) = 0", no_rate),
        Expectation(
            "U_t independent of X_t: the mean over u of d = E d(X_t,u) is at least m = min_u E d(X_t,u)",
            d - m,
            laws={"p": "U"},
            point=["d"],
            facts=[d - m >= 0],
            latex=r"\mathbb{E}\,d(X_t,U_t) \ge \min_u \mathbb{E}\,d(X_t,u)",
        ),
    ],
    variants=[
        Variant("I(X^T;U^T) <= I(X^T;U^T|Q)", why="a coin that sees the source may carry all of it"),
        Variant(
            "I(X^T;U^T) >= I(X^T;U^T|Q)",
            given=(coin,),
            why="concave: U = X xor Q says nothing once the coin is forgotten",
        ),
        Variant(
            Tested(
                "directed information is jointly convex in the stage kernels, T = 2",
                r"I(X^2\to U^2) \text{ jointly convex in } P(u_t|u^{t-1},x^t)",
                stagewise,
                instances=[(tells_after_1, tells_after_0)],
            ),
            why="a fresh coin at each step reaches histories that neither kernel makes",
        ),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Shannon 1959; Charalambous, Stavrou and Ahmed 2014",
        paper="the directed rate-distortion function of pre-training",
    ),
)
