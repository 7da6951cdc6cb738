"""`semtheory verify`: run theorems, show what holds and how strongly, then what failed and why."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from semtheory.cli.output import SeedOption, UnitOption, indent, require_writable, write_json, write_text
from semtheory.errors import SemtheoryError
from semtheory.workers import available_cores

if TYPE_CHECKING:
    from semtheory.logic.records import Run, TheoremReport
    from semtheory.logic.running import Progress

Say = Callable[[str], None]
Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="[ID|GLOB|FILE.py]...", help="Theorems, such as DI2, 'DI*' or a module; all when left out."),
]


def verify(
    names: Names = None,
    profile: Annotated[
        Literal["quick", "full"], typer.Option("--profile", help="full: more examples, more time for each answer.")
    ] = "quick",
    jobs: Annotated[int | None, typer.Option("--jobs", min=1, help="Worker processes; by default one a core.")] = None,
    device: Annotated[
        Literal["auto", "cpu", "cuda"], typer.Option("--device", help="For theorems that train models.")
    ] = "auto",
    seed: SeedOption = 0,
    json: Annotated[str | None, typer.Option("--json", metavar="FILE", help="Write the record; - for stdout.")] = None,
    junit: Annotated[str | None, typer.Option("--junit", metavar="FILE", help="Write a JUnit report.")] = None,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict", help="Also fail a level above its target, and a statement never compared with numbers."
        ),
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Train at full size again, beside the records of earlier runs.")
    ] = False,
    record: Annotated[
        bool, typer.Option("--record", help="With --fresh: keep what was measured as the new records.")
    ] = False,
    unit: UnitOption = "nats",
) -> None:
    """Verify theorems: every claim decided, every certificate rechecked, every false variant refuted.

    Exit code 0: each theorem reached its target and each variant was refuted; 1: not so; 2: wrong usage.
    """
    from semtheory.logic.running import verify as run_theorems

    require_writable(json, junit, reads=[name for name in names or () if name.endswith(".py")])
    if device == "cuda" and not _has_cuda():
        raise SemtheoryError("--device cuda: no CUDA device is to be used here; take --device auto or cpu")
    # With a record on standard output, people read standard error.
    to_stderr = "-" in (json, junit)

    def say(text: str = "") -> None:
        typer.echo(text, err=to_stderr)

    with progress_bar(say) as progress:
        run = run_theorems(
            *(names or ()),
            profile=profile,
            jobs=jobs or available_cores(),
            seed=seed,
            unit=unit,
            device=device,
            strict=strict,
            fresh=fresh,
            record=_again(names or [], seed, device) if record else "",
            progress=progress,
        )
    say(table(run))
    for report in (*run.theorems, *run.ancestors):
        if not report.ok:
            say(failure(report))
    say(summary(run))
    if json:
        write_json(json, run.to_json())
    if junit:
        write_text(junit, junit_xml(run))
    raise typer.Exit(130 if run.interrupted else run.exit_code)


def _again(names: list[str], seed: int, device: str) -> str:
    """The command that makes the records again: what bears on them, and no file names of this machine."""
    asked = [name if not name.endswith(".py") else os.path.basename(name) for name in names]
    return shlex.join(["semtheory", "verify", *asked, "--fresh", "--record", "--seed", str(seed), "--device", device])


def _has_cuda() -> bool:
    from importlib.util import find_spec

    if find_spec("torch") is None:
        return False
    import torch

    return bool(torch.cuda.is_available())


@contextmanager
def progress_bar(say: Say) -> Iterator[Progress]:
    """A live bar on a terminal; a line a theorem otherwise."""
    if not sys.stderr.isatty():

        def line(event: str, name: str, report: TheoremReport | None, done: int, total: int) -> None:
            if event == "done" and report is not None:
                say(f"[{done}/{total}] {name} {report.own} {report.seconds:.2f} s")

        yield line
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:12}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("theorems", total=None)

        def update(event: str, name: str, report: TheoremReport | None, done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, description=name)

        yield update


def table(run: Run) -> str:
    """The theorems by chapter: mark, id, level reached, variants refuted, instances compared, time, title."""
    reports = [*run.theorems, *run.ancestors]
    width = max([len(report.id) for report in reports], default=2)
    ancestors = {report.id for report in run.ancestors}
    levels = {r.id: r.level if r.level == r.target else f"{r.level} (target {r.target})" for r in reports}
    span = max(map(len, levels.values()), default=0)
    limit = shutil.get_terminal_size().columns if sys.stdout.isatty() else 10**6
    lines: list[str] = []
    for chapter, group in groupby(sorted(reports, key=lambda r: _place(reports, r)), key=lambda r: r.chapter):
        lines += ["", chapter]
        for report in group:
            wanted = [v for v in report.variants if v.kind in ("variant", "assumption")]
            refuted = sum(v.level == "refuted" for v in wanted)
            title = report.title + ("  (needed by the others)" if report.id in ancestors else "")
            level = levels[report.id]
            row = (
                f"  {'✓' if report.ok else '✗'} {report.id:<{width}}  {level:<{span}}  {refuted:>2}/{len(wanted):<2} refuted"
                f"  {report.examples:>5} compared  {report.seconds:>6.2f} s  {title}"
            )
            lines.append(row if len(row) <= limit else row[: limit - 1] + "…")
    return "\n".join(lines) + "\n"


def _place(reports: list[TheoremReport], report: TheoremReport) -> tuple[int, int]:
    chapters = list(dict.fromkeys(r.chapter for r in reports))
    return chapters.index(report.chapter), reports.index(report)


def failure(report: TheoremReport) -> str:
    """What is wrong with a theorem: each problem, and the counterexample where a claim is false."""
    lines = [f"✗ {report.id}  {report.title}"]
    lines += [indent(problem) for problem in report.problems]
    for step in report.steps:
        if step.detail:
            lines += [indent(f"{step.claim} fails here:"), indent(step.detail, "        ")]
    return "\n".join(lines) + "\n"


def summary(run: Run) -> str:
    """One line, the run in numbers."""
    good = sum(report.ok for report in run.theorems)
    wanted = [v for report in run.theorems for v in report.variants if v.kind in ("variant", "assumption")]
    refuted = sum(v.level == "refuted" for v in wanted)
    compared = sum(report.examples for report in run.theorems)
    text = (
        f"{good} of {len(run.theorems)} theorems at target; {refuted} of {len(wanted)} false variants refuted; "
        f"{compared} random instances compared; {run.seconds:.1f} s"
    )
    if run.interrupted:
        text += f"\ninterrupted: {len(run.missing)} not finished ({', '.join(run.missing)})"
    return text


def junit_xml(run: Run) -> str:
    """The run as JUnit XML: a suite a chapter, a case a theorem."""
    from xml.etree import ElementTree as tree

    root = tree.Element("testsuites", name="semtheory", time=f"{run.seconds:.3f}")
    for chapter in dict.fromkeys(report.chapter for report in run.theorems):
        reports = [report for report in run.theorems if report.chapter == chapter]
        failures = sum(not report.ok for report in reports)
        suite = tree.SubElement(root, "testsuite", name=chapter, tests=str(len(reports)), failures=str(failures))
        suite.set("time", f"{sum(report.seconds for report in reports):.3f}")
        for report in reports:
            name = f"{report.id} {report.title}"
            case = tree.SubElement(suite, "testcase", classname=chapter, name=name, time=f"{report.seconds:.3f}")
            if not report.ok:
                element = tree.SubElement(case, "failure", message=f"{report.level}, target {report.target}")
                element.text = "\n".join(report.problems)
    if run.missing:
        count = str(len(run.missing))
        suite = tree.SubElement(root, "testsuite", name="not finished", tests=count, errors=count)
        for missing in run.missing:
            case = tree.SubElement(suite, "testcase", classname="not finished", name=missing)
            tree.SubElement(case, "error", message="interrupted before it was finished")
    tree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tree.tostring(root, encoding="unicode") + "\n"
