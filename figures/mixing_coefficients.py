"""How trained models mix positions: the size of A[t, j] in sum_j A[t, j] x_j, first layer, for four architectures.

Rebuilding the layer's output from A is exact up to rounding: the largest relative error is in the table. The causal models have nothing above
the diagonal; LLaDA, which is not causal, does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from semtheory.drawing.figure import Figure, Setting
from semtheory.drawing.style import letter
from semtheory.drawing.tables import Table, Tables

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas


def data(setting: Setting) -> Tables:
    import torch

    from semtheory.experiments import named_source, run_configuration
    from semtheory.experiments.runs import train_run

    length = setting["context"]
    sequence = named_source(setting["source"]).sample(length, setting.seed + 12345, 1)
    rows, errors = [], []
    for name in setting["architectures"]:
        sizes = {key: setting[key] for key in ("context", "width", "layers")}
        configuration = run_configuration(
            setting["source"], name, steps=setting["steps"], batch=setting["batch"], seed=setting.seed, **sizes
        )
        model = train_run(configuration).model.double()
        with torch.no_grad():
            first = model.coefficients(torch.from_numpy(sequence))[0]
        matrix = first.matrix[0]
        size = matrix.flatten(2).norm(dim=-1).numpy()
        rows += [(name, t + 1, j + 1, float(size[t, j])) for t in range(length) for j in range(length)]
        errors.append((name, first.error()))
    a, b = list(zip(*rows, strict=True)), list(zip(*errors, strict=True))
    return {
        "mixing": Table({"architecture [name]": a[0], "t [tokens]": a[1], "j [tokens]": a[2], "norm of A [1]": a[3]}),
        # below 1e-9 the digits are rounding, which differs between machines
        "rebuilding": Table(
            {"architecture [name]": b[0], "relative error at most [1]": [max(1e-9, float(e)) for e in b[1]]}
        ),
    }


def draw(canvas: Canvas, tables: Tables) -> None:
    mixing, rebuilding = tables["mixing"], tables["rebuilding"]
    names = list(dict.fromkeys(mixing["architecture"]))
    panels = np.atleast_1d(canvas.subplots(1, len(names)))
    image = None
    for axes, name, text in zip(panels, names, "abcd", strict=False):
        rows = mixing.rows(architecture=name)
        length = int(max(rows["t"]))
        grid = np.asarray(rows["norm of A"]).reshape(length, length)
        image = axes.imshow(grid / grid.max(), vmin=0, vmax=1, extent=(0.5, length + 0.5, length + 0.5, 0.5))
        error = rebuilding.rows(architecture=name)["relative error at most"][0]
        exponent = int(np.ceil(np.log10(error)))
        axes.set_xlabel(f"from position $j$\nrebuilt within $10^{{{exponent}}}$")
        letter(axes, text, name)
    panels[0].set_ylabel("at position $t$")
    if image is not None:
        canvas.colorbar(image, ax=list(panels), label=r"$\|A_{tj}\|$, largest = 1", shrink=0.75, aspect=15)


FIGURE = Figure(
    "mixing_coefficients",
    "The coefficients A[t,j] with which four trained architectures mix positions",
    ("AR1", "AR2"),
    data,
    draw,
    configuration={
        "source": "mess3",
        "architectures": ["Transformer", "Mamba", "Mamba2", "LLaDA"],
        "context": 16,
        "width": 16,
        "layers": 1,
        "steps": 150,
        "batch": 32,
    },
    full={"context": 32, "width": 32, "layers": 2, "steps": 2000, "batch": 64},
    smoke={"architectures": ["Transformer"], "context": 3, "width": 8, "steps": 1, "batch": 2},
    width="page",
    height=2.2,
    caption="First layer, one sequence of Mess3. Rebuilding the output from A agrees to the error shown. Only LLaDA looks ahead.",
)
