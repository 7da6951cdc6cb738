"""`semtheory report`: the record of a run as a web page."""

from __future__ import annotations

import sys
from typing import Annotated, Any, Literal

import typer

from semtheory.cli.output import SeedOption
from semtheory.errors import InputError
from semtheory.workers import available_cores


def report(
    out: Annotated[
        str, typer.Option("--out", metavar="DIR", help="Folder to write; an earlier report is replaced.")
    ] = "report",
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="FILE", help="A record of `verify --json`, rechecked; otherwise verify now."),
    ] = None,
    profile: Annotated[
        Literal["quick", "full"], typer.Option("--profile", help="full: more examples, more time for each answer.")
    ] = "quick",
    jobs: Annotated[int | None, typer.Option("--jobs", min=1, help="Worker processes; by default one a core.")] = None,
    seed: SeedOption = 0,
    figures: Annotated[
        str | None, typer.Option("--figures", metavar="DIR", help="Figures to show, made by `semtheory figures`.")
    ] = None,
) -> None:
    """Write the theorems, their proofs and counterexamples as a web page that opens from disk.

    Exit code 0: written, and every theorem holds as it should; 1: written, and it shows what fails; 2: wrong usage.
    """
    from semtheory.logic.registry import load_registry
    from semtheory.report.building import build_site
    from semtheory.report.figures import read_pictures
    from semtheory.report.site import render
    from semtheory.report.writing import require_place, write_folder

    require_place(out)
    pictures = read_pictures(figures) if figures else []
    try:
        record = _recorded(source) if source else _live(profile, jobs, seed)
        site = build_site(record, load_registry(), pictures)
        place = write_folder(out, render(site))
    except KeyboardInterrupt:
        typer.echo(f"interrupted: nothing was written to {out}", err=True)
        raise typer.Exit(130) from None
    failing = [page.id for page in site.failing]
    typer.echo(
        f"{place / 'index.html'}: {len(site.pages)} theorems" + (f"; failing: {', '.join(failing)}" if failing else "")
    )
    raise typer.Exit(1 if failing else 0)


def _live(profile: str, jobs: int | None, seed: int) -> dict[str, Any]:
    from semtheory.cli.verify import progress_bar
    from semtheory.logic.running import verify
    from semtheory.report.record import run_record

    with progress_bar(typer.echo) as progress:
        run = verify(profile=profile, jobs=jobs or available_cores(), seed=seed, progress=progress)
    if run.interrupted:
        raise KeyboardInterrupt
    return run_record(run)


def _recorded(source: str) -> dict[str, Any]:
    from semtheory.report.record import read_record

    if source == "-":
        raise InputError("--from -: give the name of a file that `semtheory verify --json FILE` wrote")

    def progress(done: int, total: int) -> None:
        if sys.stderr.isatty():
            typer.echo(f"\rrechecking {done}/{total}", err=True, nl=done == total)

    return read_record(source, progress)
