"""The frontier of reward against rate is computed with a certified gap, and no policy lies beyond it.

R(W) = min I(S;U) with E r >= W, and its price form max E r - I/beta, by Blahut-Arimoto on d = -r (RD7). With m prompts and reward 1 for the
matching answer the optimum is (1/beta) ln((e^beta + m - 1)/m).

*Why no policy lies beyond:* it is one of those minimised over; the certificate bounds them all.

*False:* that reward is bought at a constant price: the chord from no reward to all of it lies above the curve, not on it.
That frontiers of *trained* policies stay inside is observed with the models. Tishby and Polani 2011; Blahut 1972.
"""

import math
from typing import Any

import numpy as np

from semtheory import Fidelity, Theorem, Variant
from semtheory.logic.tested import Tested


def matching(case: tuple[int, float]) -> str | None:
    from semtheory.measures import rate_reward

    m, beta = case
    value = rate_reward(np.full(m, 1 / m), np.eye(m), beta)
    closed = math.log((math.exp(beta) + m - 1) / m) / beta
    if not value.lower - 1e-11 <= closed <= value.upper + 1e-11:
        return f"solver [{value.lower:.12g}, {value.upper:.12g}], closed form {closed:.12g}"
    return None if value.upper - value.lower < 1e-9 else f"gap {value.upper - value.lower:.3g}"


def inside(case: tuple[int, int, int, float]) -> str | None:
    """Random policies on random rewards: never a smaller rate than R of their own reward, never more than the price allows."""
    from semtheory.measures import rate_reward

    seed, prompts, answers, beta = case
    chance = np.random.default_rng(seed)
    law, reward = chance.dirichlet(np.ones(prompts)), chance.normal(size=(prompts, answers))
    best = rate_reward(law, reward, beta)
    for k in range(4):
        policy = chance.dirichlet(np.full(answers, 0.3), prompts)
        if k % 2:  # near the frontier: a Gibbs policy
            policy = np.exp(beta * reward) / np.exp(beta * reward).sum(axis=1, keepdims=True)
        out = law @ policy
        rate = float((law[:, None] * policy * np.log(policy / out)).sum())
        earned = float((law[:, None] * policy * reward).sum())
        if earned - rate / beta > best.upper + 1e-9:
            return f"a policy with E r - I/beta = {earned - rate / beta:.9f}, bound {best.upper:.9f}"
        least = rate_reward(law, reward, reward=earned)
        if rate < least.lower - 1e-9:
            return f"a policy of rate {rate:.9f} at reward {earned:.6f}, R(W) >= {least.lower:.9f}"
        if least.reward < earned - 1e-9 or least.upper - least.lower > 1e-8:
            return f"the policy returned earns {least.reward:.9f} of {earned:.9f}, gap {least.upper - least.lower:.3g}"
    return None


def constant_price(m: int) -> str | None:
    """Half of the way from the blind reward 1/m to 1 at half the rate ln m."""
    from semtheory.measures import rate_reward

    value = rate_reward(np.full(m, 1 / m), np.eye(m), reward=(1 + 1 / m) / 2)
    chord = math.log(m) / 2
    return None if value.upper >= chord - 1e-9 else f"R(W) = {float(value):.6f}, the chord {chord:.6f} nats"


def draw_matching() -> Any:
    from hypothesis import strategies as st

    return st.tuples(st.integers(2, 12), st.floats(0.1, 20))


def draw_inside() -> Any:
    from hypothesis import strategies as st

    return st.tuples(st.integers(0, 10**6), st.integers(2, 6), st.integers(2, 6), st.floats(0.1, 10))


RR7 = Theorem(
    "RR7",
    title="Solver for R(W): certified gap; no policy beyond the frontier",
    target="tested",
    depends=["RR1", "RD7"],
    claims=[
        Tested(
            "m prompts, reward for the match: solver = (1/beta) ln((e^beta + m - 1)/m)",
            r"\max \mathbb{E}r - I/\beta = \tfrac1\beta\ln\frac{e^\beta + m - 1}{m}",
            matching,
            draw=draw_matching,
            instances=[(4, 1.0), (4, 5.0)],
        ),
        Tested(
            "no policy lies beyond the frontier, and the one returned lies on it",
            r"I(S;U) \ge R(\mathbb{E}\,r)",
            inside,
            draw=draw_inside,
            most=100,
        ),
    ],
    variants=[
        Variant(
            Tested(
                "reward has a constant price: R is a straight line", r"R\text{ linear}", constant_price, instances=[4]
            ),
            why="the first nats buy the most",
        ),
    ],
    fidelity=Fidelity(
        "specialisation",
        source="Tishby and Polani 2011; Blahut 1972",
        paper="the directed rate-reward function, computed",
        differences="finite prompts and answers, the law of the prompt known; trained policies come with the models",
    ),
)
