"""Embeddings: what random projections keep, and how far two point clouds are from being the same up to an isometry.

(a) Johnson-Lindenstrauss: the worst distortion of squared distances over all pairs, in trials, beside the eps at which the theorem's
dimension is reached. (b) Gromov-Wasserstein distortion of a cloud and its rotated, relabelled, noisy copy: zero without noise; small clouds are
exact, larger ones a bracket, since the solver alone gives an upper end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from semtheory.drawing.figure import Figure, Setting
from semtheory.drawing.style import BAND, BLUE, GREEN, GREY, POINTS, TRUTH, letter
from semtheory.drawing.tables import Table, Tables

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas


def _worst(points: np.ndarray, image: np.ndarray) -> float:
    """The largest relative change of a squared distance."""
    from scipy.spatial.distance import pdist

    return float(np.abs(pdist(image, "sqeuclidean") / pdist(points, "sqeuclidean") - 1).max())


def data(setting: Setting) -> Tables:
    from semtheory.bounds import gaussian_projection, johnson_lindenstrauss_dimension
    from semtheory.measures import gromov_wasserstein

    draw = np.random.default_rng(setting.seed)
    cloud = draw.normal(size=(setting["points"], setting["ambient"]))
    rows = [
        (m, trial, _worst(cloud, gaussian_projection(cloud, m, seed=1000 * setting.seed + trial)))
        for m in setting["dimensions"]
        for trial in range(setting["trials"])
    ]
    guaranteed = [(eps, johnson_lindenstrauss_dimension(setting["points"], eps)) for eps in setting["eps"]]
    found = []
    for size in setting["sizes"]:
        first = draw.normal(size=(size, 2))
        angle = 1.0
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        noise, order = draw.normal(size=(size, 2)), draw.permutation(size)
        for sigma in setting["noise"]:
            value = gromov_wasserstein(
                first, ((first + sigma * noise) @ turn)[order], starts=setting["starts"], seed=setting.seed
            )
            found.append((size, sigma, max(value.lower, 0.0), value.upper))
    worst, certified, distances = (list(zip(*part, strict=True)) for part in (rows, guaranteed, found))
    return {
        "projection": Table(
            {
                "m [dimensions]": worst[0],
                "trial [1]": worst[1],
                "worst relative error of a squared distance [1]": worst[2],
            }
        ),
        "guarantee": Table({"eps [1]": certified[0], "m [dimensions]": certified[1]}),
        "gromov": Table(
            {
                "points [1]": distances[0],
                "noise [1]": distances[1],
                "distortion lower [squared distance]": distances[2],
                "distortion upper [squared distance]": distances[3],
            }
        ),
    }


def draw(canvas: Canvas, tables: Tables) -> None:
    left, right = canvas.subplots(1, 2)
    projection, guarantee, gromov = tables["projection"], tables["guarantee"], tables["gromov"]
    m, worst = (np.asarray(projection[name]) for name in ("m", "worst relative error of a squared distance"))
    left.plot(m, worst, color=GREY, ls="none", marker=".", ms=2.5, label="worst pair, each trial")
    sizes = sorted(set(m.tolist()))
    middle = [float(np.median(worst[m == size])) for size in sizes]
    left.plot(sizes, middle, **POINTS, label="median of the trials")
    left.plot(
        guarantee["m"],
        guarantee["eps"],
        **TRUTH,
        label=r"some projection: $m\geq 4\ln N/(\frac{\epsilon^2}{2}-\frac{\epsilon^3}{3})$",
    )
    left.set_xscale("log")
    left.set_yscale("log")
    left.set_ylim(None, 9)
    left.set_yticks([0.2, 0.5, 1, 2, 5], ["0.2", "0.5", "1", "2", "5"])
    left.minorticks_off()
    left.set(xlabel="dimensions $m$ of the projection", ylabel=r"relative error $\epsilon$")
    left.legend(loc="upper right")
    letter(left, "a", "projection")
    for size, colour, mark in zip(sorted(set(gromov["points"])), (GREEN, BLUE), "os", strict=False):
        rows = gromov.rows(points=size)
        low, high = rows["distortion lower"], rows["distortion upper"]
        right.fill_between(rows["noise"], low, high, color=colour, **BAND)
        right.plot(
            rows["noise"],
            high,
            color=colour,
            marker=mark,
            ms=3,
            label=f"{size} points, " + ("exact" if size <= 8 else "bracket"),
        )
        right.plot(rows["noise"], low, color=colour, lw=0.7)
    right.set(xlabel=r"noise of the copy (standard deviation)", ylabel="distortion (squared distance)")
    right.legend(loc="upper left")
    letter(right, "b", "Gromov-Wasserstein")


FIGURE = Figure(
    "geometry",
    "Embeddings: random projections keep distances, and Gromov-Wasserstein sees shape alone",
    ("SE1", "SE2"),
    data,
    draw,
    configuration={
        "points": 80,
        "ambient": 400,
        "dimensions": [8, 16, 32, 64, 128, 256, 512],
        "trials": 20,
        "eps": [0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95],
        "sizes": [7, 24],
        "noise": [0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5],
        "starts": 20,
    },
    full={"points": 200, "trials": 100},
    smoke={
        "points": 5,
        "ambient": 6,
        "dimensions": [2, 4],
        "trials": 2,
        "sizes": [3],
        "noise": [0.0, 0.1],
        "starts": 1,
    },
    width="page",
    height=2.6,
    caption="(a) 80 points; above the line some projection keeps all distances, not each. (b) The copy is rotated and relabelled as well; for 24 points the true value lies in the band.",
)
