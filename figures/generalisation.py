"""Generalisation gaps, exact by enumeration of all samples, beside the bounds.

(a) The largest gap of a finite class that is exceeded with probability at most delta, found exactly, beside the Rademacher bound with the exact
complexity, Massart's in its place, and the bound of one predictor, which fails for the class. (b) The Gibbs algorithm: its exact gap, the identity
(I + lautum)/gamma, and Xu and Raginsky's bound.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from semtheory.drawing.figure import Figure, Setting
from semtheory.drawing.style import BLACK, BOUND, FALSE, GREEN, POINTS, TRUTH, letter
from semtheory.drawing.tables import Table, Tables

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas


def _quantile(law: list[float], losses: np.ndarray, n: int, delta: float) -> float:
    """The least number that the largest gap exceeds with probability at most delta, over all samples of size n."""
    from semtheory.bounds import sample_counts

    counts, chance = sample_counts(law, n)
    gaps = (losses @ np.asarray(law) - counts @ losses.T / n).max(axis=1)
    order = np.argsort(gaps, kind="stable")
    above = 1 - np.cumsum(chance[order])
    return float(gaps[order][int(np.argmax(above <= delta + 1e-12))])


def data(setting: Setting) -> Tables:
    from semtheory.bounds import expected_rademacher, gibbs_generalization, hoeffding_gap, uniform_bound
    from semtheory.bounds.generalisation_formulas import MASSART

    law, delta = setting["law"], setting["delta"]
    letters = len(law)
    losses = np.array([[(f >> z) & 1 for z in range(letters)] for f in range(2**letters)], dtype=float)
    sizes = setting["n"]
    # Signs are enumerated: the exact complexity stops where there are too many.
    complexity = [float(expected_rademacher(law, losses, n)) if n <= setting["signs"] else math.nan for n in sizes]
    massart = [float(MASSART(math.sqrt(n) / 2, len(losses), n)) for n in sizes]  # |a - 1/2| = sqrt(n)/2 on every sample
    table = np.array(setting["losses"])
    gibbs = [gibbs_generalization(law, table, n, setting["gamma"]) for n in sizes]
    return {
        "class": Table(
            {
                "n [examples]": sizes,
                "exact quantile of the largest gap [loss]": [_quantile(law, losses, n, delta) for n in sizes],
                "Rademacher bound [loss]": [
                    r if math.isnan(r) else float(uniform_bound(r, n, delta))
                    for r, n in zip(complexity, sizes, strict=True)
                ],
                "Massart bound [loss]": [
                    float(uniform_bound(r, n, delta)) for r, n in zip(massart, sizes, strict=True)
                ],
                "bound of one predictor [loss]": [float(hoeffding_gap(n, delta)) for n in sizes],
            }
        ),
        "gibbs": Table(
            {
                "n [examples]": sizes,
                "gap [loss]": [g.generalization for g in gibbs],
                "identity [loss]": [g.identity for g in gibbs],
                "Xu-Raginsky [loss]": [g.xu_raginsky for g in gibbs],
                "I(W;S) [nats]": [float(g.information) for g in gibbs],
            }
        ),
    }


def draw(canvas: Canvas, tables: Tables) -> None:
    left, right = canvas.subplots(1, 2)
    table = tables["class"]
    n = table["n"]
    left.plot(n, table["exact quantile of the largest gap"], **TRUTH, marker="o", ms=3, label="exact, exceeded with 5%")
    left.plot(n, table["Rademacher bound"], color=BLACK, lw=1.0, label="Rademacher, exact complexity")
    left.plot(n, table["Massart bound"], **BOUND, label="Rademacher by Massart")
    left.plot(n, table["bound of one predictor"], **FALSE, label="one predictor's bound (false here)")
    left.set(xlabel="examples $n$", ylabel="risk less empirical risk", ylim=(0, None))
    left.legend(loc="upper right")
    letter(left, "a", "all predictors of a class")
    gibbs = tables["gibbs"]
    right.plot(n, gibbs["Xu-Raginsky"], color=GREEN, label="Xu and Raginsky")
    right.plot(n, gibbs["identity"], **TRUTH, label=r"$(I+\mathrm{lautum})/\gamma$")
    right.plot(n, gibbs["gap"], **POINTS, label="gap, exact")
    right.set_yscale("log")
    right.set(xlabel="examples $n$", ylabel="expected gap (loss)")
    for axes in (left, right):
        axes.set_xticks([2, 5, 10, 15, 20])
    right.set_yticks([0.02, 0.05, 0.1, 0.2], ["0.02", "0.05", "0.1", "0.2"])
    right.minorticks_off()
    right.legend(loc="upper right")
    letter(right, "b", "Gibbs algorithm")


FIGURE = Figure(
    "generalisation",
    "Generalisation gaps, exact, beside the bounds",
    ("GE2", "GE2c", "GE6"),
    data,
    draw,
    configuration={
        "law": [1 / 6] * 6, "delta": 0.05, "gamma": 4.0, "signs": 8, "n": [2, 3, 5, 8, 12, 16, 20],
        "losses": [[0.0, 0.2, 0.9, 1.0, 0.4, 0.6], [0.5, 0.1, 0.3, 0.8, 0.2, 0.9], [1.0, 0.7, 0.0, 0.1, 0.5, 0.3]],
    },
    full={"n": [2, 3, 4, 5, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24], "signs": 10},
    smoke={"n": [2], "law": [0.5, 0.5], "losses": [[0.0, 1.0], [0.5, 0.2]]},
    width="page",
    height=2.6,
    caption="(a) All 64 predictors with losses 0 and 1 on six equally likely letters, delta 0.05. (b) gamma 4. Exact over all samples.",
)  # fmt: skip
