"""Statements that are often quoted, against what is true: four panels of counterexamples.

(a) Gaussian AR(1): log(noise/D)/2 beyond its range. (b) Best-of-n of two equal answers: log n - (n-1)/n grows without end, the divergence does
not exceed log 2. (c) The bound for independent data, on a sticky chain. (d) InfoNCE without the positive in the denominator, past I(X;Y).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from semtheory.drawing.figure import Figure, Setting
from semtheory.drawing.style import BLACK, BOUND, FALSE, TRUTH, letter
from semtheory.drawing.tables import Table, Tables

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas


def _mean_tail(flip: float, n: int, deviations: list[float]) -> list[float]:
    """P(mean of n letters of the symmetric chain of two states - 1/2 >= x), exactly, by the law of the number of ones."""
    law = {(0, 0): 0.5, (1, 1): 0.5}  # (last letter, ones so far)
    for _ in range(n - 1):
        after: dict[tuple[int, int], float] = {}
        for (last, ones), weight in law.items():
            for fresh in (0, 1):
                key = (fresh, ones + fresh)
                after[key] = after.get(key, 0.0) + weight * (flip if fresh != last else 1 - flip)
        law = after
    return [sum(w for (_, ones), w in law.items() if ones / n - 0.5 >= x - 1e-12) for x in deviations]


def data(setting: Setting) -> Tables:
    from semtheory.bounds import dobrushin_coefficient, markov_mcdiarmid, mcdiarmid
    from semtheory.measures import best_of_n, gauss_markov_rate_distortion, info_nce, mutual_information

    a, noise = setting["a"], 1 - setting["a"] ** 2
    grid = [float(d) for d in np.geomspace(0.01, 0.99, setting["points"])]
    classical = [gauss_markov_rate_distortion(a, noise, d, causal=False) for d in grid]
    causal = [gauss_markov_rate_distortion(a, noise, d) for d in grid]
    counts = setting["n"]
    best = [best_of_n([0.5, 0.5], n) for n in counts]
    flip, length = setting["flip"], setting["length"]
    deviations = [float(x) for x in np.arange(0, length // 2 + 1) / length]
    changes = [1 / length] * length
    theta = dobrushin_coefficient([[1 - flip, flip], [flip, 1 - flip]])
    joint = np.array(setting["joint"])
    candidates = setting["candidates"]
    return {
        "autoregression": Table(
            {
                "D [variance]": grid,
                "classical R lower [nats per step]": [value.lower for value in classical],
                "classical R upper [nats per step]": [value.upper for value in classical],
                "causal R [nats per step]": [float(value) for value in causal],
                "log(noise/D)/2 [nats per step]": [0.5 * np.log(noise / d) for d in grid],
            }
        ),
        "best_of_n": Table(
            {
                "n [answers]": counts,
                "divergence [nats]": [float(value.kl) for value in best],
                "log n - (n-1)/n [nats]": [value.kl_bound for value in best],
            }
        ),
        "chain": Table(
            {
                "deviation [1]": deviations,
                "exact [1]": _mean_tail(flip, length, deviations),
                "bound for independent data [1]": [float(mcdiarmid(x, changes)) for x in deviations],
                "bound for the chain [1]": [float(markov_mcdiarmid(x, changes, theta)) for x in deviations],
            }
        ),
        "contrast": Table(
            {
                "K [candidates]": candidates,
                "all in the denominator [nats]": [float(info_nce(joint, k)) for k in candidates],
                "negatives alone [nats]": [float(info_nce(joint, k, denominator="negatives")) for k in candidates],
                "I(X;Y) [nats]": [float(mutual_information(joint))] * len(candidates),
            }
        ),
    }


def draw(canvas: Canvas, tables: Tables) -> None:
    (one, two), (three, four) = canvas.subplots(2, 2)
    table = tables["autoregression"]
    one.plot(table["D"], table["classical R upper"], **TRUTH, label="$R(D)$, water-filling")
    one.plot(table["D"], table["causal R"], color=BLACK, lw=0.9, label="causal $R(D)$")
    one.plot(table["D"], table["log(noise/D)/2"], **FALSE, label=r"$\frac{1}{2}\log(\sigma^2/D)$")
    one.axhline(0, color=BLACK, lw=0.4)
    one.set_xscale("log")
    one.set(xlabel="distortion $D$ (variance)", ylabel="rate (nats per step)")
    one.legend(loc="upper right")
    letter(one, "a", "Gaussian AR(1)")
    table = tables["best_of_n"]
    two.plot(table["n"], table["divergence"], **TRUTH, marker="o", ms=3, label="exact, two equal answers")
    two.plot(table["n"], table["log n - (n-1)/n"], **FALSE, marker="x", ms=3.5, label=r"$\log n-\frac{n-1}{n}$")
    two.set_xscale("log", base=2)
    two.set(xlabel="answers $n$", ylabel="divergence (nats)")
    two.legend(loc="upper left")
    letter(two, "b", "best-of-$n$")
    table = tables["chain"]
    three.plot(table["deviation"], table["exact"], **TRUTH, marker="o", ms=2.5, label="exact")
    three.plot(table["deviation"], table["bound for the chain"], **BOUND, label="bound for the chain")
    three.plot(table["deviation"], table["bound for independent data"], **FALSE, label="bound for independent data")
    three.set_yscale("log")
    three.set(xlabel="deviation of the mean", ylabel="probability")
    three.legend(loc="lower left")
    letter(three, "c", "sticky chain")
    table = tables["contrast"]
    four.axhline(table["I(X;Y)"][0], color=BLACK, lw=1.0, label="$I(X;Y)$")
    four.plot(table["K"], table["all in the denominator"], **TRUTH, marker="o", ms=3, label="InfoNCE")
    four.plot(table["K"], table["negatives alone"], **FALSE, marker="x", ms=3.5, label="negatives alone")
    four.set_xscale("log", base=2)
    four.set(xlabel="candidates $K$", ylabel="value (nats)", ylim=(0, None))
    four.legend(loc="upper right")
    letter(four, "d", "InfoNCE")


FIGURE = Figure(
    "false_claims",
    "Often quoted and false: four counterexamples",
    ("RD3", "RR6", "GE4", "SE5"),
    data,
    draw,
    configuration={
        "a": 0.9,
        "points": 60,
        "n": [1, 2, 4, 8, 16, 32],
        "flip": 0.05,
        "length": 20,
        "joint": [[0.4, 0.1], [0.1, 0.4]],
        "candidates": [2, 4, 8, 16, 32, 64],
    },
    smoke={"points": 4, "n": [1, 2], "length": 4, "candidates": [2]},
    width="page",
    height=4.2,
    caption="Solid: true. Dashed: quoted. The quoted forms fall below zero, pass log 2, fail for a chain and pass the information.",
)
