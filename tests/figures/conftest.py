"""Small figures and figure packages written to a folder, for tests of the machinery."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from semtheory.drawing.catalogue import Listed, load_listed

MODULE = '''"""A figure."""
from semtheory.drawing import Figure, Table

def data(setting):
    return {"line": Table({"x [1]": range(setting["points"]), "y [bits]": [HEIGHT * k for k in range(setting["points"])]})}

def draw(canvas, tables):
    axes = canvas.subplots()
    axes.plot(tables["line"]["x"], tables["line"]["y"])
    axes.set(xlabel="x", ylabel="y (bits)")

FIGURE = Figure("NAME", "A line of NAME", ("DI1", "RD3"), data, draw, configuration={"points": 4}, smoke={"points": 2})
'''

Writer = Callable[..., Listed]
_count = itertools.count()


@pytest.fixture
def write_figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Writer]:
    """`write_figure(name, height=1)` writes a module anew and loads it."""
    folder = tmp_path / f"figure_package_{next(_count)}"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder.parent))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # two versions within a second have one time stamp
    (folder / "__init__.py").write_text("")

    def write(name: str = "line", height: str = "1") -> Listed:
        (folder / f"{name}.py").write_text(MODULE.replace("NAME", name).replace("HEIGHT", height))
        origin = f"{folder.name}.{name}"
        sys.modules.pop(origin, None)
        return load_listed(origin)

    yield write
    for loaded in [key for key in sys.modules if key.partition(".")[0] == folder.name]:
        del sys.modules[loaded]
