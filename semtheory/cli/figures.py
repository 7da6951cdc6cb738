"""`semtheory figures`: the figures of the paper, with the data behind them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from semtheory.cli.output import SeedOption
from semtheory.errors import InputError
from semtheory.workers import available_cores

if TYPE_CHECKING:
    from semtheory.drawing.making import Made
    from semtheory.drawing.rendering import Standing


def figures(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="Figures to make; all when left out.")
    ] = None,
    out: Annotated[str, typer.Option("--out", metavar="DIR", help="Folder to write to.")] = "figures-out",
    formats: Annotated[
        str, typer.Option("--format", metavar="LIST", help="Some of svg,png,pdf; the data is always written, as CSV.")
    ] = "svg,png,pdf",
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="ID", help="Figures that show this theorem; may be repeated.")
    ] = None,
    profile: Annotated[
        Literal["quick", "full"], typer.Option("--profile", help="full: more points, narrower brackets.")
    ] = "quick",
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="FILE", help="A record of `verify --json`: what failed in it is marked."),
    ] = None,
    jobs: Annotated[int | None, typer.Option("--jobs", min=1, help="Worker processes; by default one a core.")] = None,
    seed: SeedOption = 0,
    cache: Annotated[
        bool, typer.Option("--cache/--no-cache", help="Use figures made before from the same code.")
    ] = True,
    listed: Annotated[bool, typer.Option("--list", help="Show the names and titles, make nothing.")] = False,
) -> None:
    """Make the figures: SVG, PDF and PNG, the data as CSV, and where it comes from as JSON.

    Exit code 0: made; 1: made, and some show theorems that did not hold in the record given; 2: wrong usage.
    """
    from semtheory.drawing.cache import default_folder
    from semtheory.drawing.catalogue import load_catalogue
    from semtheory.drawing.making import make_figures
    from semtheory.drawing.rendering import require_formats

    wanted = require_formats([name.strip() for name in formats.split(",") if name.strip()])
    chosen = load_catalogue().select(names or ())
    if only:
        chosen = [entry for entry in chosen if set(entry.figure.theorems) & set(only)]
        if not chosen:
            raise InputError(f"no figure shows {', '.join(only)}; `semtheory figures --list` has the theorems of each")
    if not chosen:
        raise InputError("no figures: no figure package is installed (entry-point group semtheory.figures)")
    if listed:
        for entry in chosen:
            typer.echo(f"{entry.figure.name:24} {entry.figure.title} ({', '.join(entry.figure.theorems)})")
        return
    standing = _standing(source) if source else None

    def progress(one: Made, done: int, total: int) -> None:
        marked = f"  NOT VERIFIED: {', '.join(one.not_verified)}" if one.not_verified else ""
        typer.echo(f"[{done}/{total}] {one.name} {'kept' if one.cached else f'{one.seconds:.1f} s'}{marked}")

    try:
        made = make_figures(
            chosen,
            Path(out),
            formats=wanted,
            profile=profile,
            seed=seed,
            standing=standing,
            cache=default_folder() if cache else None,
            jobs=jobs or available_cores(),
            progress=progress,
        )
    except KeyboardInterrupt:
        typer.echo(f"interrupted: {out} holds the figures finished before", err=True)
        raise typer.Exit(130) from None
    typer.echo(f"{len(made)} figures in {out}; {Path(out) / 'contact.html'} shows all")
    raise typer.Exit(1 if any(one.not_verified for one in made) else 0)


def _standing(source: str) -> Standing:
    """What the record says, its certificates checked again and its levels combined again, as the report does."""
    from semtheory.drawing.rendering import Standing
    from semtheory.logic.registry import load_registry
    from semtheory.report.building import build_site
    from semtheory.report.record import read_record

    site = build_site(read_record(source), load_registry())
    failing = frozenset(page.id for page in site.failing)
    return Standing(frozenset(page.id for page in site.pages) - failing, failing)
