"""Training of four architectures on Mess3: the loss falls to the exact optimum of the context, and no further.

(a) Loss of the training batches, means over blocks of steps, the spread over blocks and seeds; the optimum is H(X^T)/T, computed exactly,
above the entropy rate that an infinite context would reach. LLaDA's loss is a bound on its own log-likelihood, estimated by random masks.
(b) The excess of the trained models over the exact filter on fresh sequences, with a 95% confidence interval, each seed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from semtheory.drawing.figure import Figure, Setting
from semtheory.drawing.style import BLACK, BLUE, BOUND, GREEN, ORANGE, PURPLE, letter
from semtheory.drawing.tables import Table, Tables

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

COLOURS = {"Transformer": BLUE, "Mamba": GREEN, "Mamba2": ORANGE, "LLaDA": PURPLE}
MARKS = {"Transformer": "o", "Mamba": "s", "Mamba2": "^", "LLaDA": "D"}


def data(setting: Setting) -> Tables:
    from semtheory.experiments import excess, named_source, run_configuration
    from semtheory.experiments.runs import train_run

    source, block = named_source(setting["source"]), setting["block"]
    curves, ends = [], []
    for name in setting["architectures"]:
        losses = []
        for seed in range(setting.seed, setting.seed + setting["seeds"]):
            configuration = run_configuration(
                setting["source"],
                name,
                steps=setting["steps"],
                batch=setting["batch"],
                seed=seed,
                context=setting["context"],
                width=setting["width"],
                layers=setting["layers"],
            )
            made = train_run(configuration)
            losses.append(made.losses)
            found = excess(made.model, source, sequences=setting["sequences"])
            ends.append((name, seed, float(found), found.lower, found.upper, made.model.parameter_count))
        stacked = np.array(losses)
        for k in range(0, setting["steps"] - block + 1, block):
            part = stacked[:, k : k + block]
            curves.append((name, k + block / 2, float(part.mean()), float(part.std())))
    length = setting["context"]
    optimum, rate = source.block_entropy(length), source.entropy_rate(tolerance=1e-5)
    a, b = list(zip(*curves, strict=True)), list(zip(*ends, strict=True))
    return {
        "loss": Table(
            {
                "architecture [name]": a[0],
                "step [steps]": a[1],
                "loss [nats per token]": a[2],
                "spread [nats per token]": a[3],
            }
        ),
        "excess": Table(
            {
                "architecture [name]": b[0],
                "seed [1]": b[1],
                "excess [nats per token]": b[2],
                "excess lower [nats per token]": b[3],
                "excess upper [nats per token]": b[4],
                "parameters [1]": b[5],
            }
        ),
        "exact": Table(
            {
                "optimum lower [nats per token]": [optimum.lower / length],
                "optimum upper [nats per token]": [optimum.upper / length],
                "entropy rate [nats per token]": [float(rate)],
                "context [tokens]": [length],
            }
        ),
    }


def draw(canvas: Canvas, tables: Tables) -> None:
    left, right = canvas.subplots(1, 2, width_ratios=[1.5, 1])
    loss, ends, exact = tables["loss"], tables["excess"], tables["exact"]
    names = list(dict.fromkeys(loss["architecture"]))
    for name in names:
        rows = loss.rows(architecture=name)
        step, mean, spread = (np.asarray(rows[column]) for column in ("step", "loss", "spread"))
        left.fill_between(step, mean - spread, mean + spread, color=COLOURS[name], alpha=0.18, lw=0)
        left.plot(step, mean, color=COLOURS[name], label=name)
    left.axhline(exact["optimum upper"][0], color=BLACK, lw=1.0, label=f"optimum, context {exact['context'][0]:.0f}")
    left.axhline(exact["entropy rate"][0], **BOUND, label="entropy rate")
    left.set(xlabel="training steps", ylabel="loss (nats per token)", xlim=(0, None))
    left.legend(loc="upper right", ncols=2)
    letter(left, "a", "training")
    for place, name in enumerate(names):
        rows = ends.rows(architecture=name)
        at = place + 0.12 * (np.arange(len(rows)) - (len(rows) - 1) / 2)
        value, low, high = (np.asarray(rows[column]) for column in ("excess", "excess lower", "excess upper"))
        bars = np.array([value - low, high - value])
        right.errorbar(at, value, yerr=bars, color=COLOURS[name], fmt=MARKS[name], ms=3.2, elinewidth=0.7)
    right.set_xticks(range(len(names)), names)
    right.set_xlim(-0.5, len(names) - 0.5)
    right.set(ylabel="excess over the optimum\n(nats per token)")
    if min(ends["excess lower"]) > 0:
        right.set_yscale("log")
    letter(right, "b", "trained models")


FIGURE = Figure(
    "training_loss",
    "Four architectures trained on Mess3: down to the exact optimum of the context",
    ("RD4", "RD6", "LD1"),
    data,
    draw,
    configuration={
        "source": "mess3",
        "architectures": ["Transformer", "Mamba", "Mamba2", "LLaDA"],
        "context": 16,
        "width": 24,
        "layers": 2,
        "steps": 300,
        "batch": 32,
        "block": 15,
        "seeds": 2,
        "sequences": 512,
    },
    full={"steps": 3000, "batch": 64, "width": 32, "seeds": 5, "block": 50, "sequences": 4096},
    smoke={
        "architectures": ["Transformer"],
        "context": 4,
        "width": 8,
        "layers": 1,
        "steps": 4,
        "block": 2,
        "seeds": 1,
        "sequences": 8,
    },
    width="page",
    height=2.6,
    caption="The optimum is exact for the context; bars are 95% intervals, each seed apart. LLaDA predicts in any order and pays for it.",
)
