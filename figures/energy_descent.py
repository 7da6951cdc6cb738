"""Attention to stored patterns lowers an energy; with the step too long, or with values that are not the patterns, it need not.

(a) The energy along updates from several starts (one step size: the attention update), and with steps of more than twice that size on one
pattern, where it rises. (b) Retrieval: overlap with the stored pattern after the update, against noise and inverse temperature, with the
spread over trials.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from semtheory.drawing.figure import Figure, Setting
from semtheory.drawing.style import BLUE, FALSE, GREEN, ORANGE, letter
from semtheory.drawing.tables import Table, Tables

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas


def data(setting: Setting) -> Tables:
    from semtheory.bounds import attention_step
    from semtheory.measures import attention_energy, attention_update

    draw = np.random.default_rng(setting.seed)
    stored = draw.normal(size=(setting["patterns"], setting["dimension"]))
    beta, steps = setting["beta"], setting["steps"]
    rows = []
    for start in range(setting["starts"]):
        x = 2 * draw.normal(size=setting["dimension"])
        for step in range(steps + 1):
            rows.append((start, step, attention_energy(x, stored, beta)))
            x = attention_update(x, stored, beta)
    one, long_step = np.array([[1.0]]), setting["long step"]
    x = np.array([1.2])
    rising = []
    for step in range(steps + 1):
        rising.append((step, attention_energy(x, one, beta)))
        x = x + long_step * (attention_update(x, one, beta) - x)
    recalled = []
    for b in setting["betas"]:
        for sigma in setting["noise"]:
            noisy = stored + sigma * draw.normal(size=(setting["trials"], *stored.shape))
            found = np.array([attention_step(part, stored, b) for part in noisy])
            cosine = (found * stored).sum(axis=2) / np.linalg.norm(found, axis=2) / np.linalg.norm(stored, axis=1)
            means = cosine.mean(axis=1)
            recalled.append((b, sigma, float(cosine.mean()), float(means.std(ddof=1)) if len(means) > 1 else 0.0))
    a, b_, c = (list(zip(*part, strict=True)) for part in (rows, rising, recalled))
    return {
        "descent": Table({"start [1]": a[0], "step [1]": a[1], "energy [1]": a[2]}),
        "long_steps": Table({"step [1]": b_[0], "energy [1]": b_[1]}),
        "retrieval": Table({"beta [1]": c[0], "noise [1]": c[1], "cosine [1]": c[2], "spread [1]": c[3]}),
    }


def draw(canvas: Canvas, tables: Tables) -> None:
    left, right = canvas.subplots(1, 2)
    descent, long_steps, retrieval = tables["descent"], tables["long_steps"], tables["retrieval"]
    for start in sorted(set(descent["start"])):
        rows = descent.rows(start=start)
        label = "attention, each start" if start == 0 else None
        left.plot(
            rows["step"],
            np.subtract(rows["energy"], rows["energy"][0]),
            color=BLUE,
            lw=0.9,
            marker="o",
            ms=2,
            label=label,
        )
    left.plot(
        long_steps["step"],
        np.subtract(long_steps["energy"], long_steps["energy"][0]),
        **FALSE,
        marker="x",
        ms=3.5,
        label="step over twice too long",
    )
    left.set(xlabel="updates", ylabel="change of the energy")
    left.set_yscale("symlog", linthresh=0.1)
    left.legend(loc="center right")
    letter(left, "a", "energy")
    for beta, colour, mark in zip(sorted(set(retrieval["beta"])), (ORANGE, GREEN, BLUE), "s^o", strict=False):
        rows = retrieval.rows(beta=beta)
        right.errorbar(
            rows["noise"],
            rows["cosine"],
            yerr=rows["spread"],
            color=colour,
            marker=mark,
            ms=3,
            elinewidth=0.7,
            label=rf"$\beta={beta:g}$",
        )
    right.set(xlabel="noise (standard deviation per entry)", ylabel="cosine with the pattern", ylim=(0, 1.05))
    right.legend(loc="lower left")
    letter(right, "b", "one-step retrieval")


FIGURE = Figure(
    "energy_descent",
    "Attention to stored patterns lowers an energy, and retrieves",
    ("AR3", "MC4"),
    data,
    draw,
    configuration={
        "patterns": 30, "dimension": 16, "beta": 0.5, "steps": 8, "starts": 6, "long step": 2.2, "betas": [0.1, 0.3, 1.0],
        "noise": [0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0], "trials": 20,
    },
    full={"trials": 200},
    smoke={"patterns": 2, "dimension": 2, "steps": 2, "starts": 1, "betas": [1.0], "noise": [0.0, 1.0], "trials": 2},
    width="page",
    height=2.5,
    caption="(a) The attention update never raises the energy; a step 2.2 times as long, on a single pattern, does. (b) 30 patterns.",
)  # fmt: skip
