"""Directed information beside mutual information: what feedback adds to the one and not to the other, and rates of known form.

(a) A source that repeats the channel's last output through noise: Massey and Massey's conservation law splits I(X;Y) into the two directions;
the sum with the reverse direction not delayed counts twice. (b) A Markov source through an erasure channel: certified brackets of the
solver beside the series of the closed form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from semtheory.drawing.figure import Figure, Setting
from semtheory.drawing.style import BAND, BLACK, BLUE, FALSE, GREEN, ORANGE, POINTS, PURPLE, TRUTH, letter
from semtheory.drawing.tables import Table, Tables

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas


def _echo(g: float, e: float, n: int) -> np.ndarray:
    """The law of X_1, Y_1, ..., X_n, Y_n: X_1 fair, X_i = Y_{i-1} flipped with g, Y_i = X_i flipped with e."""
    flip = np.array([[1 - g, g], [g, 1 - g]])
    noise = np.array([[1 - e, e], [e, 1 - e]])
    law = np.array([0.5, 0.5])[:, None] * noise
    for _ in range(n - 1):
        law = law[..., None, None] * (flip[:, :, None] * noise[None])
    return np.asarray(law)


def data(setting: Setting) -> Tables:
    from semtheory.measures import (
        directed_information,
        directed_information_rate,
        entropy,
        instantaneous_information,
        mutual_information,
        reverse_directed_information,
    )
    from semtheory.processes import bec, binary_symmetric_markov

    n, e = setting["n"], setting["noise"]
    grid = [float(g) for g in np.linspace(0, 0.5, setting["points"])]
    laws = [_echo(g, e, n) for g in grid]
    xs, ys = range(0, 2 * n, 2), range(1, 2 * n, 2)
    forward = [float(directed_information(law, unit="bits")) for law in laws]
    back = [float(reverse_directed_information(law, unit="bits")) for law in laws]
    both = [float(mutual_information(law, tuple(xs), tuple(ys), unit="bits")) for law in laws]
    now = [float(instantaneous_information(law, unit="bits")) for law in laws]
    flips = [float(p) for p in np.linspace(0.02, 0.5, setting["rates"])]
    erased = setting["erasures"]
    rows = []
    for share in erased:
        for p in flips:
            rate = directed_information_rate(
                binary_symmetric_markov(p), bec(share), unit="bits", width=setting["width"]
            )
            series = 0.0
            for k in range(1, setting["terms"] + 1):
                a = (1 - (1 - 2 * p) ** k) / 2
                series += (1 - share) ** 2 * share ** (k - 1) * float(entropy([a, 1 - a], unit="bits"))
            rows.append((share, p, rate.lower, rate.upper, series))
    columns = list(zip(*rows, strict=True))
    return {
        "echo": Table(
            {
                "flip in the feedback [1]": grid,
                "I(X->Y) [bits]": forward,
                "I(0Y->X) [bits]": back,
                "I(X;Y) [bits]": both,
                "undelayed sum [bits]": [f + b + i for f, b, i in zip(forward, back, now, strict=True)],
            }
        ),
        "erasure": Table(
            {
                "erased [1]": columns[0],
                "flip of the source [1]": columns[1],
                "rate lower [bits per use]": columns[2],
                "rate upper [bits per use]": columns[3],
                "series [bits per use]": columns[4],
            }
        ),
    }


def draw(canvas: Canvas, tables: Tables) -> None:
    left, right = canvas.subplots(1, 2)
    echo, erasure = tables["echo"], tables["erasure"]
    g = echo["flip in the feedback"]
    left.fill_between(
        g, echo["I(X->Y)"], echo["I(X;Y)"], color=GREEN, **BAND, label="difference: $I(0Y^{n-1}\\to X^n)$"
    )
    left.plot(g, echo["I(X;Y)"], color=BLACK, label="$I(X^n;Y^n)$")
    left.plot(g, echo["I(X->Y)"], **TRUTH, label="$I(X^n\\to Y^n)$")
    total = np.add(echo["I(X->Y)"], echo["I(0Y->X)"])
    left.plot(g[::3], total[::3], **POINTS, label="delayed sum of both directions")
    left.plot(g, echo["undelayed sum"], **FALSE, label="sum not delayed (false)")
    left.set(xlabel="flip probability in the feedback", ylabel="information (bits)", xlim=(0, 0.5), ylim=(0, None))
    left.set_ylim(0, 1.75 * max(echo["undelayed sum"]))
    left.legend(loc="upper right")
    letter(left, "a", "with feedback")
    for share, colour in zip(sorted(set(erasure["erased"])), (BLUE, ORANGE, PURPLE), strict=False):
        rows = erasure.rows(erased=share)
        p, low, high = (np.asarray(rows[name]) for name in ("flip of the source", "rate lower", "rate upper"))
        middle = (low + high) / 2
        right.errorbar(
            p,
            middle,
            yerr=np.array([middle - low, high - middle]),
            color=colour,
            fmt="o",
            ms=2.8,
            label=f"bracket, {share:g} erased",
        )
        right.plot(p, rows["series"], color=colour, lw=0.9)
    right.plot([], [], color=BLACK, lw=0.9, label="series of the closed form")
    right.set(
        xlabel="flip probability of the source",
        ylabel="directed information (bits per use)",
        xlim=(0, 0.51),
        ylim=(0, 1.25),
    )
    right.legend(loc="upper left", ncols=2)
    letter(right, "b", "erasure channel")


FIGURE = Figure(
    "directed_information",
    "Directed information: conservation with feedback, and rates through an erasure channel",
    ("DI1", "DI2", "DI7"),
    data,
    draw,
    configuration={
        "n": 4, "noise": 0.1, "points": 31, "rates": 9, "erasures": [0.1, 0.3, 0.6], "width": 1e-4, "terms": 200,
    },
    full={"n": 6, "rates": 17, "width": 1e-6},
    smoke={"n": 2, "points": 4, "rates": 2, "erasures": [0.3], "width": 1e-2},
    width="page",
    height=2.7,
    caption="(a) Four uses, noise 0.1. The two directions, the reverse one delayed, add up to the mutual information; brackets and series agree.",
)  # fmt: skip
