"""InfoNCE saturates: log K - L is at most log K and at most I(X;Y), and passes I when the positive is left out of the denominator.

Exact for a symmetric channel of many letters: the mutual information is large, so that with few candidates log K is what is seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from semtheory.drawing.figure import Figure, Setting
from semtheory.drawing.style import BLACK, BOUND, FALSE, GREEN, TRUTH
from semtheory.drawing.tables import Table, Tables

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas


def data(setting: Setting) -> Tables:
    from semtheory.measures import info_nce, mutual_information

    letters, right = setting["letters"], setting["right"]
    joint = np.full((letters, letters), (1 - right) / (letters - 1)) / letters
    np.fill_diagonal(joint, right / letters)
    information = mutual_information(joint)
    blurred = (joint * letters * letters) ** setting["power"]
    best = [info_nce(joint, k) for k in setting["candidates"]]
    poor = [info_nce(joint, k, blurred) for k in setting["candidates"]]
    broken = [info_nce(joint, k, denominator="negatives") if k > 1 else None for k in setting["candidates"]]
    return {
        "infonce": Table(
            {
                "K [candidates]": setting["candidates"],
                "best critic lower [nats]": [value.lower for value in best],
                "best critic upper [nats]": [value.upper for value in best],
                "blurred critic [nats]": [float(value) for value in poor],
                "negatives alone [nats]": [np.nan if value is None else float(value) for value in broken],
                "log K [nats]": np.log(setting["candidates"]),
                "I(X;Y) [nats]": [float(information)] * len(best),
            }
        )
    }


def draw(canvas: Canvas, tables: Tables) -> None:
    axes = canvas.subplots()
    table = tables["infonce"]
    k = table["K"]
    axes.axhline(table["I(X;Y)"][0], color=BLACK, lw=1.1, label="$I(X;Y)$")
    axes.plot(k, table["log K"], **BOUND, label="$\\log K$")
    axes.plot(k, table["negatives alone"], **FALSE, marker="x", ms=3.5, label="negatives alone (no bound)")
    axes.plot(k, table["best critic upper"], **TRUTH, marker="o", ms=3, label="density ratio as critic, exact")
    axes.plot(k, table["blurred critic"], color=GREEN, marker="^", ms=3, label="another critic, exact")
    axes.set_xscale("log", base=2)
    axes.set(xlabel="candidates $K$", ylabel="$\\log K-L$ (nats)", xlim=(0.93, None))
    axes.set_ylim(-0.1, 2.7 * table["I(X;Y)"][0])
    axes.set_xticks([x for x in k if np.log2(x) % 2 == 0], [f"{x:g}" for x in k if np.log2(x) % 2 == 0])
    axes.minorticks_off()
    axes.legend(loc="upper left", bbox_to_anchor=(0.0, 1.03), ncols=1)


FIGURE = Figure(
    "infonce",
    "InfoNCE saturates at log K and at the mutual information",
    ("SE5",),
    data,
    draw,
    configuration={
        "letters": 64,
        "right": 0.9,
        "power": 0.4,
        "candidates": [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
    },
    full={"letters": 256, "candidates": [2**k for k in range(15)]},
    smoke={"letters": 3, "candidates": [1, 2, 3]},
    height=2.9,
    caption="Exact or enclosed values. With the positive left out of the denominator the value passes the information.",
)
