"""The frontier of reward against rate is computed with a certified gap, and no policy lies beyond it.

R(W) = min I(S;U) with E r >= W, and its price form max E r - I/beta, by Blahut-Arimoto on d = -r (RD7). With m prompts and reward 1 for the
matching answer the optimum is (1/beta) ln((e^beta + m - 1)/m).

*Why no policy lies beyond:* it is one of those minimised over; the certificate bounds them all.

*False:* that reward is bought at a constant price: the chord from no reward to all of it lies above the curve, not on it.

*Trained policies* (a Transformer fine-tuned on 4 prompts, 5 answers, random rewards; exact gradients): every policy met while training for
reward, with a price on rate, with a price on divergence from a reference (RLHF), or on preferences (DPO) stays inside, and the one
with a price on rate ends on the frontier. *False:* that RLHF ends there: it pays for leaving its reference, not for rate.

Tishby and Polani 2011; Blahut 1972; Rafailov et al. 2023.
"""

import math
from functools import partial
from typing import Any

import numpy as np

from semtheory import Fidelity, Theorem, Variant
from semtheory.logic.observed import Observation, Observed, Setting
from semtheory.logic.tested import Tested

ROUNDING, NEAR = 1e-9, 2e-3


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


def configure(methods: tuple[str, ...], steps: int, setting: Setting) -> dict[str, Any]:
    """Prompts, answers, price and steps of the trainings; the rewards are drawn with their seed."""
    full = setting.profile == "full"
    return {
        "source": "rewards", "architecture": "Transformer", "methods": list(methods), "prompts": 4, "answers": 5,
        "beta": 2.0, "steps": steps * (2 if full else 1), "seeds": [setting.seed + k for k in range(5 if full else 1)],
    }  # fmt: skip


def slack(methods: tuple[str, ...], steps: int, last: bool, setting: Setting) -> Observation:
    """rate - R(reward) of the policies met, at least over all of them; or E r - I/beta below its optimum, at the last."""
    from semtheory.experiments import fine_tune
    from semtheory.measures import rate_reward

    made = configure(methods, steps, setting)
    found = []
    for seed in made["seeds"]:
        chance = np.random.default_rng(seed)
        law, reward = chance.dirichlet(np.full(4, 3.0)), chance.normal(size=(4, 5))
        best = float(rate_reward(law, reward, made["beta"]))
        for method in methods:
            tuned = fine_tune(method, reward, law, beta=made["beta"], steps=made["steps"], every=25, seed=seed)
            if last:
                found.append(best - (tuned.points[-1].reward - tuned.points[-1].rate / made["beta"]))
            else:
                found += [met.rate - rate_reward(law, reward, reward=met.reward).lower for met in tuned.points]
    value = max(found) if last else min(found)
    details = {"policies": len(found), "largest": max(found)}
    return Observation(value, value, value, "nats", tuple(made["seeds"]), made, details)


def not_beyond(observation: Observation) -> str | None:
    return None if observation.value >= -ROUNDING else f"a policy {-observation.value:.3g} nats beyond the frontier"


def on_it(observation: Observation) -> str | None:
    return None if observation.value <= NEAR else f"{observation.value:.4f} below the largest E r - I/beta"


def all_on_it(observation: Observation) -> str | None:
    least = observation.details["largest"]
    return None if least <= NEAR else f"a policy of rate {least:.4f} nats above R of its reward"


ALL = ("reward", "rate", "rlhf", "dpo")


def trained(
    text: str, latex: str, methods: tuple[str, ...], steps: int, last: bool, check: Any, recorded: str | None = None
) -> Observed:
    configured = partial(configure, methods, steps)
    return Observed(text, latex, partial(slack, methods, steps, last), check, recorded, configured)


RR7 = Theorem(
    "RR7",
    title="Solver for R(W): certified gap; no policy beyond the frontier",
    target="observed",
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
        trained(
            "no policy met while fine-tuning a Transformer (reward, price on rate, RLHF, DPO) lies beyond the frontier",
            r"I(S;U) \ge R(\mathbb{E}\,r)\text{ for trained policies}",
            ALL,
            150,
            False,
            not_beyond,
            "RR7/frontier",
        ),
        trained(
            f"trained with a price on rate, it ends within {NEAR} of the largest E r - I/beta",
            r"\mathbb{E}r - I/\beta \to \max",
            ("rate",),
            300,
            True,
            on_it,
            "RR7/optimum",
        ),
    ],
    variants=[
        Variant(
            Tested(
                "reward has a constant price: R is a straight line", r"R\text{ linear}", constant_price, instances=[4]
            ),
            why="the first nats buy the most",
        ),
        Variant(
            trained(
                f"untrained, it is within {NEAR} of the largest E r - I/beta",
                r"\mathbb{E}r - I/\beta \approx \max\text{ untrained}",
                ("rate",),
                0,
                True,
                on_it,
            ),
            why="nothing has been learnt",
        ),
        Variant(
            trained(
                "every policy met in RLHF lies on the frontier R(W)",
                r"I(S;U) = R(\mathbb{E}\,r)\text{ under RLHF}",
                ("rlhf",),
                150,
                False,
                all_on_it,
            ),
            why="the price is on leaving the reference, which is more than rate",
        ),
    ],
    fidelity=Fidelity(
        "specialisation",
        source="Tishby and Polani 2011; Blahut 1972",
        paper="the directed rate-reward function, computed",
        differences="finite prompts and answers, the law of the prompt known; trained policies are tiny Transformers",
    ),
)
