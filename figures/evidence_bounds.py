"""Lower bounds of the evidence, and upper bounds of a masked-diffusion model's loss: how fast they tighten, and what they tend to.

(a) The importance-weighted bound rises with the number of samples from the ELBO to log p(x); with a guess that misses a latent it never
arrives. (b) The masked-diffusion loss with T steps falls to the any-order loss, which stays above the loss of the sampler itself.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from semtheory.drawing.figure import Figure, Setting
from semtheory.drawing.style import BLACK, BLUE, BOUND, FALSE, GREEN, ORANGE, TRUTH, letter
from semtheory.drawing.tables import Table, Tables

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

JOINT = [0.02, 0.03, 0.005, 0.001]
GUESSES = {
    "uniform": [0.25, 0.25, 0.25, 0.25],
    "skewed": [0.05, 0.15, 0.3, 0.5],
    "misses one latent": [0.4, 0, 0.3, 0.3],
}


def predict(revealed: tuple[int | None, ...]) -> list[list[float]]:
    """A small network of three tokens whose conditionals come from no joint law."""
    signs = [0 if token is None else 2 * token - 1 for token in revealed]
    rows = []
    for i in range(3):
        pulls = sum((j + 1) * c * (0.37 + 0.11 * ((3 * i + 5 * j) % 4)) for j, c in enumerate(signs))
        one = 1 / (1 + math.exp(-1.3 * math.sin(0.4 + 1.7 * i + pulls)))
        rows.append([1 - one, one])
    return rows


def data(setting: Setting) -> Tables:
    from semtheory.bounds import any_order_loss, elbo, evidence, iwae, masked_diffusion_bound, order_mixture_loss

    joint, samples = setting["joint"], setting["samples"]
    rows = [
        (name, k, value.lower, value.upper, float(elbo(joint, guess)))
        for name, guess in setting["guesses"].items()
        for k in samples
        for value in [iwae(joint, guess, k)]
    ]
    names = ("guess [name]", "K [samples]", "IWAE lower [nats]", "IWAE upper [nats]", "ELBO [nats]")
    tokens, steps = setting["tokens"], setting["steps"]
    return {
        "importance": Table(dict(zip(names, zip(*rows, strict=True), strict=True))),
        "evidence": Table({"log p(x) [nats]": [float(evidence(joint))]}),
        "masked": Table(
            {
                "T [steps]": steps,
                "T-step loss [nats]": [float(masked_diffusion_bound(predict, tokens, t)) for t in steps],
                "any-order loss [nats]": [float(any_order_loss(predict, tokens))] * len(steps),
                "loss of the sampler [nats]": [float(order_mixture_loss(predict, tokens))] * len(steps),
            }
        ),
    }


def draw(canvas: Canvas, tables: Tables) -> None:
    left, right = canvas.subplots(1, 2)
    table, evidence = tables["importance"], tables["evidence"]["log p(x)"][0]
    left.axhline(evidence, color=BLACK, lw=1.1, label="$\\log p(x)$")
    for (name, colour), mark in zip(
        {"uniform": BLUE, "skewed": GREEN, "misses one latent": ORANGE}.items(), "os^", strict=True
    ):
        rows = table.rows(guess=name)
        if len(rows):
            left.plot(rows["K"], rows["IWAE upper"], color=colour, marker=mark, ms=3, label=f"IWAE$_K$, guess {name}")
    left.set_xscale("log", base=2)
    left.set(xlabel="samples $K$", ylabel="bound (nats)")
    low, high = left.get_ylim()
    left.set_ylim(low - 0.35 * (high - low), high)
    left.legend(loc="lower right")
    letter(left, "a", "$K=1$ is the ELBO")
    masked = tables["masked"]
    right.plot(masked["T"], masked["T-step loss"], **{**FALSE, "marker": "o", "ms": 3}, label="$T$ steps")
    right.plot(masked["T"], masked["any-order loss"], **TRUTH, label="any-order loss, $T\\to\\infty$")
    right.plot(masked["T"], masked["loss of the sampler"], **BOUND, label="$-\\log p(x)$ of the sampler")
    right.set_xscale("log", base=2)
    right.set(xlabel="steps $T$", ylabel="loss (nats)")
    right.legend(loc="upper right")
    letter(right, "b", "masked diffusion")


FIGURE = Figure(
    "evidence_bounds",
    "Bounds of the evidence: importance weights, and masked diffusion in T steps",
    ("EL1", "EL2", "LD1", "LD2", "LD3"),
    data,
    draw,
    configuration={
        "joint": JOINT,
        "guesses": GUESSES,
        "samples": [1, 2, 4, 8, 16, 32, 64, 128],
        "tokens": [1, 0, 1],
        "steps": [1, 2, 4, 8, 16, 32, 64, 128],
    },
    smoke={"samples": [1, 2], "steps": [1, 2]},
    width="page",
    height=2.5,
    caption="All values exact or enclosed. A guess that misses a latent never reaches the evidence.",
)
