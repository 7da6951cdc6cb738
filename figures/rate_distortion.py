"""Classical and directed rate-distortion of the symmetric binary Markov source, beside the form that is often quoted.

Gray's h(p) - h(D) is the classical R(D) only up to D_c; the popular belief that it holds up to D = p is the dashed line.
The directed (causal) rate lies above the classical one. Bands are certified brackets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from semtheory.drawing.figure import Figure, Setting
from semtheory.drawing.style import BAND, BLACK, BLUE, BOUND, FALSE, GREEN, GREY, TRUTH
from semtheory.drawing.tables import Table, Tables

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas


def data(setting: Setting) -> Tables:
    from semtheory.measures import (
        binary_markov_rate_distortion,
        directed_rate_distortion_curve,
        entropy,
        gray_critical_distortion,
    )
    from semtheory.processes import binary_symmetric_markov

    p = setting["p"]
    grid = np.linspace(0, 0.5, setting["points"])
    classical = [binary_markov_rate_distortion(p, d, block=setting["block"], unit="bits") for d in grid]
    quoted = [
        max(0.0, entropy([p, 1 - p], unit="bits") - entropy([d, 1 - d], unit="bits")) if d <= p else 0.0 for d in grid
    ]
    causal_grid = [float(d) for d in np.linspace(0.01, 0.5, setting["causal_points"])]
    hamming = 1 - np.eye(2)
    source = binary_symmetric_markov(p)
    causal = directed_rate_distortion_curve(source, hamming, causal_grid, unit="bits", memory=setting["memory"])
    finite = directed_rate_distortion_curve(source, hamming, causal_grid, setting["horizon"], unit="bits")
    closed = [
        float(entropy([x, 1 - x], unit="bits")) - float(entropy([d, 1 - d], unit="bits"))
        for d in causal_grid
        for x in [p * (1 - d) + d * (1 - p)]
    ]
    critical = gray_critical_distortion(p)
    return {
        "classical": Table(
            {
                "distortion [flips per letter]": grid,
                "R lower [bits per letter]": [value.lower for value in classical],
                "R upper [bits per letter]": [value.upper for value in classical],
                "h(p) - h(D) [bits per letter]": quoted,
            }
        ),
        "directed": Table(
            {
                "distortion [flips per letter]": causal_grid,
                "R lower [bits per letter]": [value.lower for value in causal],
                "R upper [bits per letter]": [value.upper for value in causal],
                "h(p*D) - h(D) [bits per letter]": closed,
                "R_T lower [bits per letter]": [value.lower for value in finite],
                "R_T upper [bits per letter]": [value.upper for value in finite],
            }
        ),
        "critical": Table(
            {
                "distortion [flips per letter]": [critical],
                "R [bits per letter]": [float(binary_markov_rate_distortion(p, critical, unit="bits"))],
                "p [1]": [p],
                "T [letters]": [setting["horizon"]],
            }
        ),
    }


def draw(canvas: Canvas, tables: Tables) -> None:
    axes = canvas.subplots()
    classical, directed, critical = tables["classical"], tables["directed"], tables["critical"]
    x = classical["distortion"]
    axes.fill_between(x, classical["R lower"], classical["R upper"], color=BLUE, **BAND)
    axes.plot(x, classical["R upper"], **TRUTH, label="classical $R(D)$, bracket")
    axes.plot(x, classical["R lower"], color=BLUE, lw=0.7)
    u = directed["distortion"]
    axes.fill_between(u, directed["R lower"], directed["R upper"], color=GREEN, **BAND)
    axes.plot(u, directed["R upper"], color=GREEN, label="directed, solver's bracket")
    axes.plot(u, directed["h(p*D) - h(D)"], **BOUND, label="directed, $h(p\\star D)-h(D)$")
    horizon = int(critical["T"][0])
    axes.plot(u, directed["R_T upper"], color=GREY, ls="none", marker="s", ms=2.6, label=f"directed, $T={horizon}$")
    axes.plot(x, classical["h(p) - h(D)"], **FALSE, label="$h(p)-h(D)$, false for $D>D_c$")
    dc, rate = critical["distortion"][0], critical["R"][0]
    axes.plot([dc], [rate], "o", color=BLACK, ms=3.5)
    axes.annotate(
        "$D_c$", (dc, rate), xytext=(dc - 0.004, rate - 0.17), ha="center", arrowprops={"arrowstyle": "-", "lw": 0.5}
    )
    axes.set(xlabel="distortion $D$ (flips per letter)", ylabel="rate (bits per letter)", xlim=(0, 0.5), ylim=(0, None))
    axes.legend(loc="upper right")


FIGURE = Figure(
    "rate_distortion",
    "Rate-distortion of the symmetric binary Markov source: classical, directed, and as often quoted",
    ("RD2", "RD3", "RD7"),
    data,
    draw,
    configuration={"p": 0.25, "points": 41, "causal_points": 15, "block": 6, "memory": 4, "horizon": 4},
    full={"points": 101, "causal_points": 40, "block": 9, "memory": 7, "horizon": 6},
    smoke={"points": 5, "causal_points": 3, "block": 2, "memory": 2, "horizon": 2},
    caption="Flip probability 1/4, Hamming distortion. Bands are certified brackets; the directed rate lies above the classical.",
)
