"""From a figure and its tables to the bytes of its files: the same bytes each time for the same data."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import semtheory
from semtheory.drawing.figure import Figure, Setting
from semtheory.drawing.tables import Tables
from semtheory.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

FORMATS = ("svg", "pdf", "png")
DOTS = 200  # per inch, of PNG


@dataclass(frozen=True)
class Standing:
    """What a run of `semtheory verify` says of theorems.

    Attributes:
        verified: ids that hold, with all they depend on. failing: ids that were run and do not.
    """

    verified: frozenset[str]
    failing: frozenset[str]

    def not_verified(self, theorems: Iterable[str]) -> tuple[str, ...]:
        """Those of `theorems` that failed or were not run."""
        return tuple(name for name in theorems if name in self.failing or name not in self.verified)


def require_formats(formats: Sequence[str]) -> tuple[str, ...]:
    """`formats`, each once. Raises `InputError` for an unknown one, or none."""
    for name in formats:
        if name not in FORMATS:
            raise InputError(f"format {name!r}: expected some of {', '.join(FORMATS)}")
    if not formats:
        raise InputError(f"no format; expected some of {', '.join(FORMATS)}")
    return tuple(dict.fromkeys(formats))


def render(
    figure: Figure,
    setting: Setting,
    tables: Tables,
    formats: Sequence[str] = FORMATS,
    standing: Standing | None = None,
) -> dict[str, bytes]:
    """The files of a figure by name: the drawings, a CSV a table, and NAME.json that says where they come from.

    Args:
        tables: of `figure.data(setting)`. formats: some of "svg", "pdf", "png".
        standing: of a run of `verify`; a figure that shows a theorem which failed in it is marked with a red band.

    Raises:
        InputError: unknown formats; a table or a column that the figure does not have.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Canvas

    from semtheory.drawing.style import PARAMETERS

    doubtful = standing.not_verified(figure.theorems) if standing else ()
    files = {
        f"{figure.name}.csv" if len(tables) == 1 else f"{figure.name}.{name}.csv": table.to_csv().encode()
        for name, table in tables.items()
    }
    about = provenance(figure, setting, standing)
    about["data"] = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    files[f"{figure.name}.json"] = (json.dumps(about, indent=1, ensure_ascii=False) + "\n").encode()
    with mpl.rc_context():
        mpl.rcdefaults()  # nothing of the reader's own matplotlibrc
        cast(Any, mpl.rcParams).update(PARAMETERS | {"svg.hashsalt": f"semtheory {figure.name}"})
        canvas = Canvas(figsize=figure.size, layout="constrained")
        FigureCanvasAgg(canvas)
        figure.draw(canvas, tables)
        if doubtful:
            mark(canvas, doubtful)
        for name in require_formats(formats):
            stream = io.BytesIO()
            canvas.savefig(stream, format=name, dpi=DOTS, metadata=_metadata(name, figure, about))
            files[f"{figure.name}.{name}"] = stream.getvalue()
    return files


def provenance(figure: Figure, setting: Setting, standing: Standing | None = None) -> dict[str, Any]:
    """Title, theorems and their standing, configuration, seed and version, as JSON-able data."""
    return {
        "name": figure.name,
        "title": figure.title,
        "caption": figure.caption,
        "theorems": list(figure.theorems),
        "not_verified": None if standing is None else list(standing.not_verified(figure.theorems)),
        "profile": setting.profile,
        "configuration": dict(setting.values),
        "seeds": [setting.seed],
        "semtheory": semtheory.__version__,
    }


def mark(canvas: Canvas, doubtful: Sequence[str]) -> None:
    """Lay a red band across the drawing that names the theorems not verified."""
    from matplotlib.patches import Rectangle

    what = "theorem" if len(doubtful) == 1 else "theorems"
    canvas.add_artist(Rectangle((0, 0), 1, 1, transform=canvas.transFigure, fc="white", alpha=0.45, lw=0, zorder=90))
    band = Rectangle((0, 0.42), 1, 0.16, transform=canvas.transFigure, fc="#B00020", lw=0, zorder=91)
    band.set_gid("not-verified")
    canvas.add_artist(band)
    said = f"{what} {', '.join(doubtful)} not verified"
    width, height = canvas.get_size_inches()
    size = min(16.0, 0.1 * height * 72, 0.9 * width * 72 / (0.52 * len(said)))
    text = canvas.text(0.5, 0.5, said, color="white", weight="bold", size=size, ha="center", va="center", zorder=92)
    text.set_in_layout(False)
    band.set_in_layout(False)


def _metadata(name: str, figure: Figure, about: Mapping[str, Any]) -> dict[str, Any]:
    doubtful = about["not_verified"]
    said = [
        f"theorems: {', '.join(figure.theorems)}",
        f"not verified: {', '.join(doubtful) or 'none'}" if doubtful is not None else "compared with no run of verify",
        f"profile: {about['profile']}",
        f"configuration: {json.dumps(about['configuration'], sort_keys=True)}",
        f"seeds: {about['seeds']}",
        f"semtheory {about['semtheory']}",
    ]
    text, maker = "; ".join(said), f"semtheory {about['semtheory']}"
    if name == "svg":
        return {"Title": figure.title, "Description": text, "Creator": maker, "Date": None}
    if name == "pdf":
        made = {"CreationDate": None, "ModDate": None, "Producer": maker}
        return {"Title": figure.title, "Subject": text, "Keywords": ", ".join(figure.theorems), "Creator": maker} | made
    return {"Title": figure.title, "Description": text, "Software": maker}
