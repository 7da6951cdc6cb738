"""The semantic flow i_t along generated tokens: a sub-martingale when tokens come from the model, and how rarely it dips.

(a) Paths, the exact mean and the exact 80% range, and the mean when the decoder draws at another temperature, which may fall.
(b) The exact probability, over all paths, that the flow ever dips below -a, for the worst prompt, beside Ville's e^{-a} and the false e^{-2a}.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from semtheory.drawing.figure import Figure, Setting
from semtheory.drawing.style import BLACK, BLUE, FALSE, GREY, POINTS, SKY, TRUTH, letter
from semtheory.drawing.tables import Table, Tables

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

PROMPTS = [[[0.65, 0.35], [0.3, 0.7]], [[0.35, 0.65], [0.7, 0.3]], [[0.5, 0.5], [0.15, 0.85]]]


def _range(flow: np.ndarray, weight: np.ndarray, share: float) -> list[float]:
    """The `share` quantile of each column under the weights."""
    found = []
    for column in flow.T:
        order = np.argsort(column, kind="stable")
        reached = np.cumsum(weight[order]) >= share - 1e-12
        found.append(float(column[order][int(np.argmax(reached))]))
    return found


def data(setting: Setting) -> Tables:
    from semtheory.measures import MarkovPrompts, semantic_flow

    model, law, horizon = MarkovPrompts(setting["prompts"]), np.full(3, 1 / 3), setting["horizon"]
    exact = semantic_flow(law, model, horizon=horizon)
    drawn = semantic_flow(law, model, horizon=horizon, samples=setting["samples"], seed=setting.seed)
    hot = semantic_flow(law, model, horizon=horizon, sampler=lambda s, prefix: [0.9, 0.1])
    time = np.arange(horizon + 1)
    mean = exact.weight @ exact.flow
    paths = {f"path {k} [nats]": drawn.flow[k] for k in range(setting["paths"])}
    # Two mirrored prompts, one token: the case that separates e^{-a} from e^{-2a}.
    levels = np.linspace(0, setting["deepest"], setting["levels"])
    tails = [exact.ville(float(a)) for a in levels]
    sampled = [drawn.ville(float(a)) for a in levels]
    mirrored = []
    for a in levels:
        small = float(np.exp(-a) / 2)
        two = semantic_flow([0.5, 0.5], np.array([[small, 1 - small], [1 - small, small]]))
        mirrored.append(float(two.ville(float(a))))
    return {
        "flow": Table(
            {
                "t [tokens]": time,
                "mean [nats]": mean,
                "10% [nats]": _range(exact.flow, exact.weight, 0.1),
                "90% [nats]": _range(exact.flow, exact.weight, 0.9),
                "mean of another sampler [nats]": hot.weight @ hot.flow,
                **paths,
            }
        ),
        "ville": Table(
            {
                "a [nats]": levels,
                "worst prompt [1]": [float(t) for t in tails],
                "mirrored prompts [1]": mirrored,
                "e^-a [1]": [t.bound for t in tails],
                "e^-2a [1]": [t.bound**2 for t in tails],
                "sampled [1]": [t.probability for t in sampled],
                "sampled lower [1]": [t.lower for t in sampled],
                "sampled upper [1]": [t.upper for t in sampled],
            }
        ),
    }


def draw(canvas: Canvas, tables: Tables) -> None:
    left, right = canvas.subplots(1, 2)
    flow, ville = tables["flow"], tables["ville"]
    t = flow["t"]
    left.fill_between(t, flow["10%"], flow["90%"], color=SKY, alpha=0.3, lw=0, label="10% to 90% of paths, exact")
    for name in flow.columns:
        if name.startswith("path"):
            left.plot(t, flow.columns[name], color=GREY, lw=0.4, alpha=0.8)
    left.plot([], [], color=GREY, lw=0.6, label="paths")
    left.plot(t, flow["mean"], **TRUTH, label=r"$\mathrm{E}\,i_t=I(S;U^t)$, exact")
    left.plot(t, flow["mean of another sampler"], **FALSE, label="mean, tokens drawn by another law")
    left.axhline(0, color=BLACK, lw=0.5)
    left.set(xlabel="tokens $t$", ylabel="semantic flow $i_t$ (nats)", xlim=(0, t[-1]))
    low, high = left.get_ylim()
    left.set_ylim(low, high + 0.6 * (high - low))
    left.legend(loc="upper left")
    letter(left, "a")
    a = np.asarray(ville["a"])
    right.plot(a, ville["e^-a"], color=BLACK, lw=1.2, label="Ville: $e^{-a}$")
    right.plot(a, ville["e^-2a"], **FALSE, label="$e^{-2a}$ (false)")
    few = slice(5, None, 5)
    right.plot(
        a[few],
        ville["mirrored prompts"][few],
        color=BLUE,
        ls="none",
        marker="^",
        ms=3,
        label="two mirrored prompts, exact",
    )
    right.plot(a, ville["worst prompt"], color=BLUE, drawstyle="steps-pre", label="panel (a), worst prompt, exact")
    sampled = np.asarray(ville["sampled"])
    bars = [sampled - np.asarray(ville["sampled lower"]), np.asarray(ville["sampled upper"]) - sampled]
    right.errorbar(
        a[few],
        sampled[few],
        yerr=np.maximum(bars, 0)[:, few],
        **{**POINTS, "ms": 2.6},
        elinewidth=0.6,
        label="panel (a), all prompts, sampled, 95%",
    )
    right.set(xlabel="depth $a$ (nats)", ylabel=r"$\mathrm{P}(\min_t i_t\leq -a)$", ylim=(0, 1.6), xlim=(-0.03, None))
    right.set_yticks([0, 0.25, 0.5, 0.75, 1])
    right.legend(loc="upper right")
    letter(right, "b")


FIGURE = Figure(
    "semantic_flow",
    "Semantic flow: paths, the mean that never falls, and Ville's bound beside exact tails",
    ("SF1", "SF2", "SF3"),
    data,
    draw,
    configuration={"prompts": PROMPTS, "horizon": 10, "samples": 2000, "paths": 25, "levels": 61, "deepest": 1.5},
    full={"horizon": 14, "samples": 20000},
    smoke={"horizon": 3, "samples": 20, "paths": 3, "levels": 7},
    width="page",
    height=2.7,
    caption="Three prompts, each a Markov chain. Another sampling law than the model makes the mean flow fall.",
)
