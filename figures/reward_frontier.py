"""What reward a policy can buy with information: Gibbs policies, best-of-n, and the frontier.

(a) One prompt: the Gibbs policy is the frontier of reward against D(policy || reference); best-of-n lies below it. Its divergence is often
quoted as log n - (n-1)/n, which exceeds the exact one where answers are atoms. (b) Several prompts: the least rate R(W) with its certified
bracket, beside Gibbs policies of a uniform reference, whose divergence is more than their information.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from semtheory.drawing.figure import Figure, Setting
from semtheory.drawing.style import BAND, BLACK, BLUE, BOUND, FALSE, GREEN, POINTS, TRUTH, VERMILION, letter
from semtheory.drawing.tables import Table, Tables

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas


def data(setting: Setting) -> Tables:
    from semtheory.measures import best_of_n, gibbs_policy, rate_reward

    answers, betas = setting["answers"], np.geomspace(0.05, 60, setting["points"])
    reference = np.full(answers, 1 / answers)
    reward = np.linspace(0, 1, answers)
    gibbs = [gibbs_policy(reference, reward, float(beta)) for beta in betas]
    best = [(n, best_of_n(reference, n, reward)) for n in setting["n"]]
    prompts, actions = setting["prompts"], setting["prompts"]
    table = np.random.default_rng(setting.seed).uniform(0, 1, (prompts, actions)) * 0.5 + 0.5 * np.eye(prompts)
    law = np.full(prompts, 1 / prompts)
    tuned = [gibbs_policy(np.full(actions, 1 / actions), table, float(b), prompts=law) for b in betas]
    blind, top = float((law @ table).max()), float(law @ table.max(axis=1))
    wanted = [float(w) for w in np.linspace(blind, blind + 0.995 * (top - blind), setting["points"])]
    least = [rate_reward(law, table, reward=w) for w in wanted]
    return {
        "gibbs": Table(
            {
                "beta [nats per unit of reward]": betas,
                "divergence [nats]": [float(g.divergence) for g in gibbs],
                "reward [1]": [g.reward for g in gibbs],
            }
        ),
        "best_of_n": Table(
            {
                "n [answers]": [n for n, _ in best],
                "divergence [nats]": [float(b.kl) for _, b in best],
                "log n - (n-1)/n [nats]": [b.kl_bound for _, b in best],
                "reward [1]": [float(np.dot(np.asarray(b.policy, dtype=float), reward)) for _, b in best],
            }
        ),
        "frontier": Table(
            {
                "reward [1]": wanted,
                "rate lower [nats]": [value.lower for value in least],
                "rate upper [nats]": [value.upper for value in least],
            }
        ),
        "tuned": Table(
            {
                "divergence [nats]": [float(g.divergence) for g in tuned],
                "information [nats]": [float(g.information) for g in tuned],
                "reward [1]": [g.reward for g in tuned],
            }
        ),
    }


def draw(canvas: Canvas, tables: Tables) -> None:
    left, right = canvas.subplots(1, 2)
    gibbs, best = tables["gibbs"], tables["best_of_n"]
    x = np.asarray(gibbs["divergence"])
    left.plot(x, gibbs["reward"], **TRUTH, label="Gibbs policies: the frontier")
    left.plot(x, 0.5 + np.sqrt(x / 2), **BOUND, label=r"$\mathrm{E}_{\rm ref}\,r+B\sqrt{D/2}$")
    left.plot(best["divergence"], best["reward"], **POINTS, label="best-of-$n$, exact $D$")
    quoted = best["log n - (n-1)/n"]
    left.plot(
        quoted, best["reward"], **{**FALSE, "marker": "x", "ms": 3.5}, label=r"best-of-$n$ at $\log n-\frac{n-1}{n}$"
    )
    for n, d, r in zip(best["n"], best["divergence"], best["reward"], strict=True):
        if n in (2, 4, 16):
            left.annotate(f"$n={n:.0f}$", (d, r), xytext=(5, -8), textcoords="offset points", fontsize=7)
    left.set(
        xlabel=r"divergence $D(\pi\|\mathrm{ref})$ (nats)", ylabel="expected reward", ylim=(0.48, 1.12), xlim=(0, None)
    )
    left.legend(loc="lower right")
    letter(left, "a", "one prompt")
    frontier, tuned = tables["frontier"], tables["tuned"]
    right.fill_betweenx(frontier["reward"], frontier["rate lower"], frontier["rate upper"], color=BLUE, **BAND)
    right.plot(frontier["rate upper"], frontier["reward"], **TRUTH, label="least rate $R(W)$, bracket")
    right.plot(
        tuned["information"],
        tuned["reward"],
        color=GREEN,
        ls="none",
        marker="^",
        ms=3,
        label="Gibbs policy at $I(S;U)$",
    )
    right.plot(
        tuned["divergence"],
        tuned["reward"],
        color=VERMILION,
        ls="none",
        marker="s",
        mfc="none",
        ms=3,
        label="Gibbs policy at $D(\\pi\\|\\mathrm{ref})$",
    )
    right.set(xlabel="rate (nats)", ylabel="expected reward $W$", xlim=(-0.02, None))
    right.axhline(frontier["reward"][0], color=BLACK, lw=0.5)
    low = min(tuned["reward"])
    right.set_ylim(low - 0.42 * (max(frontier["reward"]) - low), None)
    said = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points", "ha": "right", "fontsize": 7}
    right.annotate("best without looking at the prompt", (0.98, frontier["reward"][0]), xytext=(0, 3), **said)
    right.legend(loc="lower right")
    letter(right, "b", "several prompts")


FIGURE = Figure(
    "reward_frontier",
    "Reward against information: Gibbs policies, best-of-n and the least rate",
    ("RR1", "RR2", "RR5", "RR6", "RR7", "RR8"),
    data,
    draw,
    configuration={"answers": 6, "n": [1, 2, 3, 4, 6, 8, 16, 32], "points": 30, "prompts": 4},
    full={"points": 120},
    smoke={"points": 4, "n": [1, 2, 4]},
    width="page",
    height=2.6,
    caption="Rewards in [0, 1]. Every policy lies on or below the frontier; the quoted divergence of best-of-n is only an upper bound.",
)
