"""The figures of the paper: each made twice in the smallest setting gives the same SVG and CSV, and says what it shows."""

from __future__ import annotations

import importlib
import json
from typing import Any

import pytest

from semtheory.drawing.catalogue import Listed, load_catalogue
from semtheory.drawing.figure import Figure
from semtheory.drawing.rendering import Standing, render
from semtheory.logic.theorem import CHAPTERS, IDENTIFIER

FIGURES = [pytest.param(entry, id=entry.figure.name) for entry in load_catalogue(["semtheory_figures"]).select(())]
NEEDS = {
    "training_loss": "torch",
    "mixing_coefficients": "torch",
    "memorised_bits": "torch",
    "tuned_policies": "torch",
    "geometry": "ot",
}


def make(figure: Figure, standing: Standing | None = None) -> dict[str, bytes]:
    setting = figure.setting("smoke")
    return render(figure, setting, figure.data(setting), ("svg",), standing)


@pytest.mark.parametrize("entry", FIGURES)
def test_twice_the_same(entry: Listed) -> None:
    figure = entry.figure
    if figure.name in NEEDS:
        pytest.importorskip(NEEDS[figure.name])
    first, second = make(figure), make(figure)
    assert first == second
    about = json.loads(first[f"{figure.name}.json"])
    assert about["theorems"] == list(figure.theorems)
    assert about["configuration"]
    tables = [name for name in first if name.endswith(".csv")]
    assert tables
    for name in tables:
        assert first[name].count(b"\n") >= 2  # a header and numbers


@pytest.mark.parametrize("entry", FIGURES)
def test_names_theorems_and_its_own_module(entry: Listed) -> None:
    figure: Any = entry.figure
    assert entry.origin.rpartition(".")[2] == figure.name
    assert figure.title
    assert figure.caption
    assert figure.theorems
    for name in figure.theorems:
        match = IDENTIFIER.fullmatch(name)
        assert match
        assert match[1] in CHAPTERS
    assert importlib.import_module(entry.origin).__doc__


def test_a_failed_theorem_marks_every_figure_that_shows_it() -> None:
    entry = next(p.values[0] for p in FIGURES if p.id == "rate_distortion")
    figure: Any = entry.figure
    marked = make(figure, Standing(frozenset({"RD2", "RD7"}), frozenset({"RD3"})))
    assert b'id="not-verified"' in marked["rate_distortion.svg"]
    assert json.loads(marked["rate_distortion.json"])["not_verified"] == ["RD3"]
    assert (
        b'id="not-verified"'
        not in make(figure, Standing(frozenset(figure.theorems), frozenset()))["rate_distortion.svg"]
    )


def test_it_is_announced() -> None:
    assert len(load_catalogue()) >= len(FIGURES) > 0
