"""Bits that tiny models memorise of uniform random strings: almost all of few strings, never more, and more in larger models.

Memorised = n T log V - NLL after training on n strings of T tokens, the mean and the range over seeds; the diagonal is all there is to learn. With the steps fixed, many
strings are each seen seldom, so that the curve falls again; MC7 has the plateau of longer training. The table of anchors has what the
literature reports, in bits a parameter.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from semtheory.drawing.figure import Figure, Setting
from semtheory.drawing.style import BLUE, BOUND, GREEN, GREY, ORANGE
from semtheory.drawing.tables import Table, Tables

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas


def data(setting: Setting) -> Tables:
    import torch

    from semtheory.bounds import bits_per_parameter
    from semtheory.models import build, train
    from semtheory.models.training import one_thread

    letters, length, batch = setting["vocabulary"], setting["length"], setting["batch"]
    rows = []
    for width in setting["widths"]:
        for strings in setting["strings"]:
            for seed in range(setting.seed, setting.seed + setting["seeds"]):
                stored = np.random.default_rng([seed, strings]).integers(0, letters, (strings, length))

                def sampler(
                    rng: np.random.Generator, sequences: int, tokens: int, kept: np.ndarray = stored
                ) -> np.ndarray:
                    return np.asarray(kept[rng.integers(0, len(kept), sequences)])

                arguments = {"vocabulary": letters, "context": length, "width": width, "layers": 1, "heads": 1}
                model = build({"architecture": "Transformer", **arguments}, seed=seed)
                train(
                    model,
                    sampler,
                    steps=setting["steps"],
                    batch=batch,
                    learning_rate=setting["rate"],
                    seed=seed,
                    decay=0.0,
                )
                with torch.no_grad(), one_thread():
                    nats = float(model.sequence_log_probability(torch.from_numpy(stored)).double().sum())
                whole = strings * length * math.log2(letters)
                rows.append((width, model.parameter_count, strings, seed, whole, whole + nats / math.log(2)))
    a = list(zip(*rows, strict=True))
    kinds = ("facts", "random strings")
    return {
        "memorised": Table(
            {
                "width [1]": a[0],
                "parameters [1]": a[1],
                "strings [1]": a[2],
                "seed [1]": a[3],
                "data [bits]": a[4],
                "memorised [bits]": a[5],
            }
        ),
        "anchors": Table(
            {"kind [name]": kinds, "memorised [bits per parameter]": [bits_per_parameter(kind) for kind in kinds]}
        ),
    }


def draw(canvas: Canvas, tables: Tables) -> None:
    axes = canvas.subplots()
    memorised = tables["memorised"]
    whole = sorted(set(memorised["data"]))
    axes.plot(whole, whole, **BOUND, label="all of the data")
    for width, colour, mark in zip(sorted(set(memorised["width"])), (ORANGE, GREEN, BLUE), "s^o", strict=False):
        rows = memorised.rows(width=width)
        data_bits, found = np.asarray(rows["data"]), np.asarray(rows["memorised"])
        x = np.array(sorted(set(rows["data"])))
        mean = np.array([found[data_bits == d].mean() for d in x])
        low, high = (np.array([pick(found[data_bits == d]) for d in x]) for pick in (np.min, np.max))
        axes.errorbar(
            x,
            mean,
            yerr=np.array([mean - low, high - mean]),
            color=colour,
            marker=mark,
            ms=3,
            elinewidth=0.7,
            label=f"{rows['parameters'][0]} parameters",
        )
    axes.axhline(0, color=GREY, lw=0.5)
    axes.set_xscale("log", base=2)
    top = float(max(memorised["memorised"]))
    axes.set(xlabel="data (bits)", ylabel="memorised (bits)", ylim=(-0.08 * top, 1.45 * top))
    axes.legend(loc="upper right")


FIGURE = Figure(
    "memorised_bits",
    "Bits that small models memorise of random strings",
    ("MC6", "MC7"),
    data,
    draw,
    configuration={
        "vocabulary": 4, "length": 8, "widths": [4, 8], "strings": [4, 16, 32, 64, 128, 256, 512], "seeds": 2, "steps": 400,
        "batch": 32, "rate": 1e-2,
    },
    full={"widths": [4, 8, 16], "strings": [4, 16, 64, 128, 256, 512, 1024, 2048], "seeds": 5, "steps": 8000, "batch": 128},
    smoke={"widths": [4], "strings": [2, 4], "seeds": 1, "steps": 2, "batch": 2, "length": 3},
    height=2.5,
    caption="Bars: range over seeds. Few data are learnt almost whole; in training this short more data are learnt less well.",
)  # fmt: skip
