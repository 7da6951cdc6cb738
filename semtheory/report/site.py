"""The pages, rendered: from the record of a run to the files of the site."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files as resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from semtheory.notation.latex_formulas import LatexError, latex_to_mathml
from semtheory.report import drawing
from semtheory.report.building import build_site, paragraphs
from semtheory.report.layout import HEIGHT, WIDTH, lay_out
from semtheory.report.levels import LOOKS, legend, style
from semtheory.report.model import Page, Picture, Site
from semtheory.report.observing import seen
from semtheory.report.record import require_record, run_record
from semtheory.report.wording import plain, prose
from semtheory.report.writing import write_folder

if TYPE_CHECKING:
    from semtheory.logic.records import Run
    from semtheory.logic.registry import Registry

STATIC = ("report.js", "theme.js", "icon.svg")


def write_report(
    target: str | Path,
    run: Run | Mapping[str, Any],
    *,
    registry: Registry | None = None,
    pictures: Sequence[Picture] = (),
) -> Path:
    """Write the report of a run as a folder that opens from disk: `index.html` and all that it needs.

    Args:
        target: the folder; a new one, an empty one, or an earlier report, which is replaced whole.
        run: what `semtheory.verify` returned, or the document of `semtheory verify --json`. A document is taken as it
            is; `semtheory.report.record.read_record` reads one from disk and rechecks its evidence.
        registry: the theorem modules; by default all that are installed.
        pictures: figures to show, see `semtheory.report.figures.read_pictures`.

    Returns:
        The folder.

    Raises:
        InputError: the folder holds something else than a report, or the document is no record of a run.
    """
    if registry is None:
        from semtheory.logic.registry import load_registry

        registry = load_registry()
    record = run if isinstance(run, Mapping) else run_record(run)
    require_record(record)
    return write_folder(target, render(build_site(record, registry, pictures)))


def render(site: Site) -> dict[str, bytes]:
    """The files of the site: path to content, the same for the same data."""
    templates = _environment(site)
    made: dict[str, str] = {}
    chapters = [(title, [page.id for page in site.pages if page.chapter == title]) for title in site.chapters]
    layout = lay_out(chapters, {page.id: page.depends for page in site.pages})
    tried = [item for page in site.pages for item in page.variants]
    made["index.html"] = templates.get_template("index.html.j2").render(
        root="",
        layout=layout,
        refuted=sum(item.ok for item in tried),
        tried=len(tried),
        compared=f"{sum(page.examples for page in site.pages):,}".replace(",", "\u202f"),
        environment=_settings(site.environment),
        box_width=WIDTH,
        box_height=HEIGHT,
    )
    template = templates.get_template("theorem.html.j2")
    for k, page in enumerate(site.pages):
        made[f"theorems/{page.href}"] = template.render(
            root="../",
            page=page,
            previous=site.pages[k - 1] if k else None,
            following=site.pages[k + 1] if k + 1 < len(site.pages) else None,
        )
        for line in (*page.steps, *page.claims):
            if line.file:
                made[f"certificates/{line.file}"] = _json(line.certificate)
        for item in (*page.variants, *(broken for assumed in page.assumptions for broken in assumed.broken)):
            if item.file:
                made[f"certificates/{item.file}"] = _json(item.counterexample)
    for picture in site.pictures:
        made[f"figures/{picture.name}.svg"] = picture.svg
    made["static/report.css"] = style() + _static("report.css")
    made |= {f"static/{name}": _static(name) for name in STATIC}
    return {name: text.encode() for name, text in made.items()}


def _json(data: Any) -> str:
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def _static(name: str) -> str:
    return (resources("semtheory.report") / "static" / name).read_text(encoding="utf-8")


def _environment(site: Site) -> Any:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    def load(name: str) -> str:
        return (resources("semtheory.report") / "templates" / name).read_text(encoding="utf-8")

    made = Environment(
        loader=FunctionLoader(load), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.globals.update(
        site=site,
        unit=site.environment.get("unit", "nats"),
        looks=LOOKS,
        legend=legend(),
        math=math,
        paragraphs=paragraphs,
        haystack=haystack,
        prose=prose,
        plain=plain,
        draw_laws=drawing.laws,
        draw_sides=drawing.sides,
        draw_point=drawing.point,
        spread=drawing.spread,
        seen=seen,
    )
    return made


@lru_cache(maxsize=4096)
def math(latex: str) -> Markup:
    """The formula as MathML; empty where it cannot be typeset, so that its plain text is shown."""
    if not latex:
        return Markup("")
    # Claim and assumptions apart, so that a narrow page breaks the line between them.
    claim, *givens = latex.split(r" \quad\text{given}\quad ")
    try:
        parts = [Markup(latex_to_mathml(claim))]
        for given in givens:
            pieces = [Markup(latex_to_mathml(part)) for part in given.split(r",\; ")]
            parts.append(Markup('<span class="given">given</span> ') + Markup(", ").join(pieces))
        return Markup(" ").join(parts)
    except LatexError:
        return Markup("")


def haystack(page: Page) -> str:
    """What the search looks through, in small letters."""
    parts = [page.id, page.title, *(line.text for line in page.claims), *(item.text for item in page.variants)]
    return " ".join(" ".join(parts).lower().split())


def _settings(environment: Mapping[str, Any]) -> list[tuple[str, str]]:
    rows = []
    for name, value in environment.items():
        if isinstance(value, Mapping):
            value = ", ".join(f"{key} {part}" for key, part in value.items())
        rows.append((str(name), str(value)))
    return rows
