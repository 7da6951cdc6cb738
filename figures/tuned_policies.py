"""Fine-tuned tiny policies against the frontier of rate and reward: none lies beyond it.

Each path is a tiny Transformer on the way from its first policy; expectations are exact sums. Trained for reward less I(S;U)/beta it ends on the
frontier R(W), the certified least rate; trained with RLHF's penalty, or by DPO, it ends at the Gibbs policy of its reference, which pays more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from semtheory.drawing.figure import Figure, Setting
from semtheory.drawing.style import BAND, BLACK, BLUE, GREEN, ORANGE, PURPLE
from semtheory.drawing.tables import Table, Tables

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

SHOWN = {
    "rate": (GREEN, "o", "$-I(S;U)/\\beta$"),
    "rlhf": (ORANGE, "s", "$-D(\\pi\\|\\mathrm{ref})/\\beta$"),
    "dpo": (PURPLE, "^", "DPO"),
}


def data(setting: Setting) -> Tables:
    from semtheory.experiments import fine_tune
    from semtheory.measures import rate_reward

    size = setting["prompts"]
    table = 0.5 * np.random.default_rng(setting.seed).uniform(0, 1, (size, size)) + 0.5 * np.eye(size)
    law = np.full(size, 1 / size)
    blind, top = float((law @ table).max()), float(law @ table.max(axis=1))
    wanted = [float(w) for w in np.linspace(blind, blind + 0.995 * (top - blind), setting["points"])]
    least = [rate_reward(law, table, reward=w) for w in wanted]
    rows = []
    for method in setting["methods"]:
        for beta in setting["betas"]:
            made = fine_tune(
                method, table, law, beta=beta, steps=setting["steps"], every=setting["every"], seed=setting.seed
            )
            last = made.points[-1].step
            rows += [(method, beta, p.step, p.rate, p.reward, p.divergence, float(p.step == last)) for p in made.points]
    names = (
        "method [name]",
        "beta [nats per unit of reward]",
        "step [steps]",
        "rate [nats]",
        "reward [1]",
        "divergence [nats]",
        "last [1]",
    )
    return {
        "frontier": Table(
            {
                "reward [1]": wanted,
                "rate lower [nats]": [value.lower for value in least],
                "rate upper [nats]": [value.upper for value in least],
            }
        ),
        "policies": Table(dict(zip(names, zip(*rows, strict=True), strict=True))),
    }


def draw(canvas: Canvas, tables: Tables) -> None:
    axes = canvas.subplots()
    frontier, policies = tables["frontier"], tables["policies"]
    axes.fill_betweenx(frontier["reward"], frontier["rate lower"], frontier["rate upper"], color=BLUE, **BAND)
    axes.plot(frontier["rate upper"], frontier["reward"], color=BLUE, lw=1.4, label="least rate $R(W)$, bracket")
    for method in dict.fromkeys(policies["method"]):
        colour, mark, label = SHOWN[method]
        for beta in dict.fromkeys(policies["beta"]):
            rows = policies.rows(method=method, beta=beta)
            axes.plot(rows["rate"], rows["reward"], color=colour, lw=0.6)
        ends = policies.rows(method=method, last=1.0)
        axes.plot(
            ends["rate"],
            ends["reward"],
            color=colour,
            ls="none",
            marker=mark,
            ms=4,
            mec=BLACK,
            mew=0.4,
            label=f"trained: {label}",
        )
    axes.set(xlabel="rate $I(S;U)$ (nats)", ylabel="expected reward", xlim=(-0.03, None))
    axes.legend(loc="lower right")


FIGURE = Figure(
    "tuned_policies",
    "Fine-tuned tiny policies never pass the frontier of rate and reward",
    ("RR1", "RR2", "RR4", "RR7"),
    data,
    draw,
    configuration={
        "prompts": 4,
        "points": 40,
        "methods": ["rate", "rlhf", "dpo"],
        "betas": [2.0, 5.0, 15.0],
        "steps": 300,
        "every": 5,
    },
    full={"betas": [1.0, 2.0, 5.0, 10.0, 20.0, 50.0], "steps": 2000},
    smoke={"prompts": 2, "points": 3, "betas": [2.0], "steps": 2, "every": 1, "methods": ["rate"]},
    height=2.6,
    caption="Thin lines: the way there. Marks: the trained policies, at three prices of a nat.",
)
