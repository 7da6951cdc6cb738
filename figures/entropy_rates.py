"""Hidden Markov sources: H(Y_t | past) falls to the entropy rate; exact where the beliefs are few, a bracket where they are not.

The bars are certified brackets, the bands the entropy rate's own bracket. The golden-mean source is there at once, RRXOR needs many letters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from semtheory.drawing.figure import Figure, Setting
from semtheory.drawing.style import BLUE, GREEN, ORANGE, PURPLE
from semtheory.drawing.tables import Table, Tables

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

NAMES = {"golden_mean": "golden mean", "even_process": "even process", "mess3": "Mess3", "rrxor": "RRXOR"}


def data(setting: Setting) -> Tables:
    from semtheory import processes

    rows, rates = [], []
    for name in setting["sources"]:
        source = getattr(processes, name)()
        found = source.conditional_entropies(setting["letters"], tolerance=setting["tolerance"], unit="bits")
        rows += [(name, t, value.lower, value.upper) for t, value in enumerate(found, 1)]
        rate = source.entropy_rate(tolerance=setting["tolerance"], unit="bits")
        rates.append((name, rate.lower, rate.upper))
    a, b = list(zip(*rows, strict=True)), list(zip(*rates, strict=True))
    names = ("source [name]", "t [letters]", "H lower [bits per letter]", "H upper [bits per letter]")
    return {
        "conditional": Table(dict(zip(names, a, strict=True))),
        "rates": Table(
            dict(zip((names[0], "rate lower [bits per letter]", "rate upper [bits per letter]"), b, strict=True))
        ),
    }


def draw(canvas: Canvas, tables: Tables) -> None:
    axes = canvas.subplots()
    conditional, rates = tables["conditional"], tables["rates"]
    for name, colour, mark in zip(rates["source"], (BLUE, GREEN, ORANGE, PURPLE), "os^D", strict=False):
        rows, rate = conditional.rows(source=name), rates.rows(source=name)
        low, high = rows["H lower"], rows["H upper"]
        middle = [(x + y) / 2 for x, y in zip(low, high, strict=True)]
        half = [(y - x) / 2 for x, y in zip(low, high, strict=True)]
        axes.errorbar(
            rows["t"], middle, yerr=half, color=colour, marker=mark, ms=3, lw=0.7, label=NAMES.get(name, name)
        )
        axes.axhspan(rate["rate lower"][0], rate["rate upper"][0], color=colour, lw=0.8, alpha=0.6)
    axes.set(xlabel="letters $t$", ylabel="$H(Y_t\\mid Y^{t-1})$ (bits per letter)")
    axes.set_xlim(0.5, max(conditional["t"]) + 0.5)
    bottom, top = axes.get_ylim()
    axes.set_ylim(bottom, top + 0.3 * (top - bottom))
    axes.legend(loc="upper right", ncols=2, title="bands: entropy rates", title_fontsize=7.2)


FIGURE = Figure(
    "entropy_rates",
    "Next-letter entropy of hidden Markov sources falls to the entropy rate",
    ("DI7",),
    data,
    draw,
    configuration={"sources": list(NAMES), "letters": 14, "tolerance": 1e-4},
    full={"letters": 24, "tolerance": 1e-6},
    smoke={"sources": ["golden_mean"], "letters": 3},
    caption="Bars and bands are certified brackets.",
)
