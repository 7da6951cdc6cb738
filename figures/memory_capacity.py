"""How much a perceptron and a Hopfield network hold: Cover's curves and Gardner's, with random patterns at finite size beside them.

(a) The share of labellings of P points in N dimensions that a plane separates: one half at P = 2N for every N; the points are linear programmes
on random patterns, with a 95% interval. (b) Patterns per weight at a margin; the points are largest margins of random patterns at finite size
(spread: one standard deviation). (c) Hopfield's network: wrong bits at the fixed point; 0.138 N is a breakdown with errors, not error-free storage.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from semtheory.drawing.figure import Figure, Setting
from semtheory.drawing.style import BLACK, BLUE, BOUND, FALSE, GREEN, ORANGE, POINTS, TRUTH, letter
from semtheory.drawing.tables import Table, Tables

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas


def data(setting: Setting) -> Tables:
    from scipy.stats import beta

    from semtheory.bounds import (
        gardner_capacity,
        gardner_margin,
        hopfield_capacity,
        hopfield_one_step_error,
        separable,
        separable_fraction,
        simulate_memory,
    )

    draw = np.random.default_rng(setting.seed)
    cover = [
        (n, p / n, float(separable_fraction(p, n)))
        for n in setting["dimensions"]
        for p in range(1, 4 * n + 1, max(1, n // 10))
    ]
    trials, n = setting["trials"], setting["separated"]
    counted = []
    for load in setting["loads"]:
        p = round(load * n)
        hits = sum(separable(draw.normal(size=(p, n))) for _ in range(trials))
        low = float(beta.ppf(0.025, hits, trials - hits + 1)) if hits else 0.0
        high = float(beta.ppf(0.975, hits + 1, trials - hits)) if hits < trials else 1.0
        counted.append((n, p / n, hits / trials, low, high))
    kappas = np.linspace(0, 2.3, setting["points"])
    margins = []
    for load in setting["margin_loads"]:
        size = setting["margin_size"]
        found = [gardner_margin(draw.normal(size=(round(load * size), size))) for _ in range(setting["margin_trials"])]
        kept = [kappa for kappa in found if np.isfinite(kappa)]
        if len(kept) == len(found):  # a mean over the separable ones alone would be too large
            margins.append((load, float(np.mean(kept)), float(np.std(kept))))
    neurons, capacity = setting["neurons"], hopfield_capacity(setting["neurons"])
    recalled = []
    for load in setting["hopfield_loads"]:
        patterns = max(1, round(load * neurons))
        run = simulate_memory(neurons, patterns, trials=setting["recalls"], seed=setting.seed)
        recalled.append(
            (patterns / neurons, run.wrong_bits, run.error / 2, float(hopfield_one_step_error(patterns, neurons)))
        )
    a, b, c, d = (list(zip(*rows, strict=True)) for rows in (cover, counted, margins, recalled))
    return {
        "cover": Table({"N [dimensions]": a[0], "P/N [points per dimension]": a[1], "separable [1]": a[2]}),
        "counted": Table(
            {
                "N [dimensions]": b[0],
                "P/N [points per dimension]": b[1],
                "separable [1]": b[2],
                "lower [1]": b[3],
                "upper [1]": b[4],
            }
        ),
        "gardner": Table({"kappa [1]": kappas, "alpha [patterns per weight]": gardner_capacity(kappas)}),
        "margins": Table({"alpha [patterns per weight]": c[0], "kappa [1]": c[1], "spread [1]": c[2]}),
        "hopfield": Table(
            {
                "P/N [patterns per neuron]": d[0],
                "wrong bits [1]": d[1],
                "standard error [1]": d[2],
                "first step exact [1]": d[3],
            }
        ),
        "breakdown": Table(
            {
                "with errors [patterns per neuron]": [float(capacity.with_errors)],
                "one without error [patterns]": [float(capacity.one_without_error or np.nan)],
                "N [neurons]": [neurons],
            }
        ),
    }


def draw(canvas: Canvas, tables: Tables) -> None:
    left, middle, right = canvas.subplots(1, 3)
    cover, counted = tables["cover"], tables["counted"]
    for n, colour in zip(sorted(set(cover["N"])), (ORANGE, GREEN, BLUE), strict=False):
        rows = cover.rows(N=n)
        left.plot(rows["P/N"], rows["separable"], color=colour, label=f"Cover, $N={n}$")
    share = np.asarray(counted["separable"])
    bars = np.maximum([share - counted["lower"], np.asarray(counted["upper"]) - share], 0)
    left.errorbar(
        counted["P/N"], share, yerr=bars, **POINTS, elinewidth=0.6, label=f"random, $N={counted['N'][0]}$, 95%"
    )
    left.vlines(2, 0, 1, color=BLACK, lw=0.5)
    left.set(xlabel="points per dimension $P/N$", ylabel="share separable", xlim=(0, 4), ylim=(0, 1.75))
    left.set_yticks([0, 0.5, 1])
    left.legend(loc="upper right")
    letter(left, "a", "Cover")
    gardner, margins = tables["gardner"], tables["margins"]
    middle.plot(gardner["kappa"], gardner["alpha"], **TRUTH, label="Gardner, $N\\to\\infty$")
    middle.errorbar(
        margins["kappa"], margins["alpha"], xerr=margins["spread"], **POINTS, elinewidth=0.6, label="random patterns"
    )
    middle.set(xlabel=r"margin $\kappa$", ylabel="patterns per weight", xlim=(0, 2.3), ylim=(0, 2.4))
    middle.legend(loc="upper right")
    letter(middle, "b", "Gardner")
    hopfield, breakdown = tables["hopfield"], tables["breakdown"]
    right.plot(hopfield["P/N"], hopfield["first step exact"], **BOUND, label="first step, exact")
    right.errorbar(
        hopfield["P/N"],
        hopfield["wrong bits"],
        yerr=hopfield["standard error"],
        **POINTS,
        elinewidth=0.6,
        label="at the end, simulated",
    )
    right.vlines(breakdown["with errors"][0], 0, 0.32, color=BLUE, lw=1.0, label="$0.138\\,N$: with errors")
    right.vlines(
        breakdown["one without error"][0] / breakdown["N"][0], 0, 0.32, **FALSE, label="$N/(2\\ln N)$: without"
    )
    right.set(xlabel="patterns per neuron $P/N$", ylabel="wrong bits", xlim=(0, None), ylim=(-0.005, 0.62))
    right.legend(loc="upper left")
    letter(right, "c", "Hopfield")


FIGURE = Figure(
    "memory_capacity",
    "Capacities: Cover's and Gardner's curves with random patterns, and Hopfield's two capacities",
    ("MC1", "MC2", "MC3"),
    data,
    draw,
    configuration={
        "dimensions": [5, 20, 100],
        "separated": 20,
        "loads": [1.0, 1.4, 1.7, 2.0, 2.3, 2.6, 3.0],
        "trials": 60,
        "points": 41,
        "margin_loads": [0.2, 0.4, 0.6, 0.8, 1.0, 1.3],
        "margin_size": 60,
        "margin_trials": 10,
        "neurons": 300,
        "hopfield_loads": [0.02, 0.05, 0.08, 0.1, 0.12, 0.138, 0.15, 0.17, 0.2, 0.25],
        "recalls": 12,
    },
    full={"trials": 400, "margin_size": 150, "margin_trials": 40, "recalls": 60},
    smoke={
        "dimensions": [3], "separated": 3, "loads": [2.0], "trials": 4, "points": 3, "margin_loads": [0.5], "margin_size": 6,
        "margin_trials": 2, "neurons": 20, "hopfield_loads": [0.1], "recalls": 2,
    },
    width="page",
    height=2.6,
    caption="At P = 2N one half of all labellings is separable, for every N. Hopfield's 0.138 N holds only with wrong bits.",
)  # fmt: skip
