"""Granger causality: what short regressions and spectra give in place of it, and a map of five series.

(a) Two regressions with k lags against the value of the process: one lag is far off. (b) Geweke's spectral measure averages to F only if the
target's own transfer factor is minimum phase; here it does not. (c) Who drives whom, given all others: F of every pair.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from semtheory.drawing.figure import Figure, Setting
from semtheory.drawing.style import BLACK, FALSE, POINTS, TRUTH, letter
from semtheory.drawing.tables import Table, Tables

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

RING = [
    [0.5, 0, 0, 0, 0.3],
    [0.4, 0.4, 0, 0, 0],
    [0, 0.5, 0.3, 0, 0],
    [0, 0, -0.4, 0.5, 0],
    [0, 0, 0, 0.6, 0.2],
]


def data(setting: Setting) -> Tables:
    from semtheory.measures import granger_causality, spectral_granger
    from semtheory.measures.granger import lagged_regression
    from semtheory.processes import VectorAutoregression

    lagged = VectorAutoregression(setting["regressed"], np.eye(2))
    lags = range(1, setting["lags"] + 1)
    true = granger_causality(lagged, 1, 0)
    spectrum = spectral_granger(
        VectorAutoregression(setting["spectral"], np.eye(2)), 1, 0, points=setting["frequencies"]
    )
    half = len(spectrum.frequencies) // 2 + 1
    ring = VectorAutoregression(setting["ring"], np.eye(len(setting["ring"])))
    pairs = [(i, j) for i in range(ring.dimension) for j in range(ring.dimension)]
    found = [
        float(granger_causality(ring, i, j, given=[k for k in range(ring.dimension) if k not in (i, j)]))
        if i != j
        else 0.0
        for i, j in pairs
    ]
    return {
        "regression": Table(
            {
                "lags [steps]": lags,
                "log variance ratio [nats]": [float(lagged_regression(lagged, 1, 0, k)) for k in lags],
                "F lower [nats]": [true.lower for _ in lags],
                "F upper [nats]": [true.upper for _ in lags],
            }
        ),
        "spectrum": Table({"frequency [radians]": spectrum.frequencies[:half], "f [nats]": spectrum.values[:half]}),
        "means": Table(
            {
                "mean of f [nats]": [spectrum.mean],
                "F [nats]": [float(spectrum.causality)],
                "predicted gap [nats]": [spectrum.gap],
            }
        ),
        "map": Table(
            {
                "source [series]": [i + 1 for i, _ in pairs],
                "target [series]": [j + 1 for _, j in pairs],
                "F given the others [nats]": found,
                "coefficient [1]": [float(setting["ring"][j][i]) for i, j in pairs],
            }
        ),
    }


def draw(canvas: Canvas, tables: Tables) -> None:
    left, middle, right = canvas.subplots(1, 3, width_ratios=[1, 1, 1.05])
    regression, spectrum, means, table = (tables[name] for name in ("regression", "spectrum", "means", "map"))
    left.plot(regression["lags"], regression["log variance ratio"], **POINTS, label="two regressions, $k$ lags")
    left.axhline(regression["F upper"][0], **TRUTH, label="$F=2\\,\\mathrm{TE}$, whole past")
    left.set(xlabel="lags $k$", ylabel="$F$ (nats)", ylim=(0.8, None))
    left.set_xticks([int(k) for k in regression["lags"] if k % 2])
    left.legend(loc="upper right")
    letter(left, "a", "short regressions")
    middle.plot(spectrum["frequency"], spectrum["f"], color=BLACK, label=r"$f(\omega)$")
    middle.axhline(means["F"][0], **TRUTH, label="$F$")
    middle.axhline(means["mean of f"][0], **FALSE, label="mean of $f$")
    middle.set(xlabel=r"frequency $\omega$ (radians)", ylabel="$f$ (nats)", xlim=(0, np.pi))
    middle.set_xticks([0, np.pi / 2, np.pi], ["0", r"$\pi/2$", r"$\pi$"])
    middle.set_ylim(0, max(max(spectrum["f"]), means["F"][0]) * 1.45)
    middle.legend(loc="upper right")
    letter(middle, "b", "not minimum phase")
    size = int(max(table["source"]))
    grid = np.asarray(table["F given the others"]).reshape(size, size)
    image = right.imshow(grid, origin="upper")
    for i, j, f, a in zip(
        table["source"], table["target"], table["F given the others"], table["coefficient"], strict=True
    ):
        if i != j and a:
            right.text(
                j - 1, i - 1, f"{f:.2f}", ha="center", va="center", fontsize=6.2, color="white" if f < 0.12 else BLACK
            )
    right.set_xticks(range(size), [str(k + 1) for k in range(size)])
    right.set_yticks(range(size), [str(k + 1) for k in range(size)])
    right.set(xlabel="target", ylabel="source")
    canvas.colorbar(image, ax=right, label="$F$ given the others (nats)", shrink=0.9)
    letter(right, "c", "five series")


FIGURE = Figure(
    "granger_maps",
    "Granger causality: short regressions, spectral averages, and a map of five series",
    ("GC1", "GC2", "GC3"),
    data,
    draw,
    configuration={
        "regressed": [[-0.9, 1.0], [0.0, 0.8]],
        "spectral": [[-0.4, 1.0], [-0.6, 1.2]],
        "ring": RING,
        "lags": 8,
        "frequencies": 1024,
    },
    full={"frequencies": 8192},
    smoke={"lags": 2, "frequencies": 16},
    width="page",
    height=2.2,
    caption="(a) One lag overstates F. (b) The spectral mean misses 2 log of a zero outside the circle. (c) F is zero exactly where coefficients are.",
)
