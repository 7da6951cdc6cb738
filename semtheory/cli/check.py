"""`semtheory check`: derivations line by line, for people and for machines."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from semtheory.cli.output import SeedOption, UnitOption, indent, require_writable, write_json, write_text
from semtheory.errors import SemtheoryError

if TYPE_CHECKING:
    from semtheory.derivations.checking import FileCheck
    from semtheory.derivations.judging import Verdict

COLOURS = {"proved": "green", "refuted": "red", "gap": "red", "undecided": "yellow", "not read": "yellow"}


def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Markdown, LaTeX, or a theorem module (.py), which is run.")],
    json: Annotated[str | None, typer.Option("--json", metavar="FILE", help="Write the answers; - for stdout.")] = None,
    junit: Annotated[str | None, typer.Option("--junit", metavar="FILE", help="Write a JUnit report.")] = None,
    sarif: Annotated[str | None, typer.Option("--sarif", metavar="FILE", help="Write SARIF, for editors and reviews.")] = None,
    html: Annotated[str | None, typer.Option("--html", metavar="FILE", help="Write a page with the derivations typeset.")] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Check again whenever a file changes.")] = False,
    timeout: Annotated[
        float | None, typer.Option("--timeout", metavar="SECONDS", min=0.0, help="For one relation; by default 10.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show only what is not proved.")] = False,
    seed: SeedOption = 0,
    unit: UnitOption = "nats",
) -> None:
    """Check derivations: each relation proved, refuted with a distribution, undecided or not read.

    Exit code 0: every relation proved; 1: one refuted, or a claim with a gap; 3: some undecided or not read;
    2: a file that cannot be read.
    """
    targets = {"--json": json, "--junit": junit, "--sarif": sarif, "--html": html}
    if sum(target == "-" for target in targets.values()) > 1:
        raise SemtheoryError("several reports would be written to standard output; give all but one a file")
    require_writable(*targets.values(), reads=files)
    to_stderr = "-" in targets.values()

    def once() -> int:
        from semtheory.derivations import checking, formats
        from semtheory.derivations.judging import DEFAULT_TIMEOUT, Judge

        judge = Judge(timeout=DEFAULT_TIMEOUT if timeout is None else timeout, seed=seed)
        checked = []
        for name in files:
            if name.endswith(".py"):
                typer.echo(f"{name} is a program: running its theorems", err=True)
            checked.append(checking.check(name, judge=judge, seed=seed))
            show(checked[-1], unit, quiet=quiet, err=to_stderr)
        if json:
            write_json(json, checking.to_json(checked))
        if junit:
            write_text(junit, formats.junit(checked, unit))
        if sarif:
            write_json(sarif, formats.sarif(checked, unit))
        if html:
            from semtheory.derivations.page import page

            write_text(html, page(checked, unit))
        return checking.exit_code(checked)

    code = once()
    if watch:
        code = _watch(files, once, code)
    raise typer.Exit(code)


def _watch(files: list[str], once: Any, code: int) -> int:
    """Check again at each change, until interrupted; the last answer's exit code."""

    def stamps() -> list[Any]:
        return [(os.stat(name).st_mtime_ns, os.stat(name).st_size) if Path(name).exists() else None for name in files]

    seen = stamps()
    try:
        while True:
            time.sleep(0.3)
            now = stamps()
            if now != seen:
                seen = now
                typer.echo("\n" + time.strftime("%H:%M:%S") + "  changed, checking again", err=True)
                code = once()
    except KeyboardInterrupt:
        return code


def show(checked: FileCheck, unit: str, *, quiet: bool = False, err: bool = False) -> None:
    """A file's answers for people."""
    if checked.problem:
        typer.echo(f"{checked.file}: {checked.problem}" if not checked.problem.startswith((checked.file, "cannot")) else checked.problem, err=True)
        return
    for relation in checked.relations:
        if not (quiet and relation.verdict == "proved"):
            typer.echo(lines(checked.file, relation, unit), err=err)
    if checked.note:
        typer.echo(f"{checked.file}: {checked.note}", err=err)
    typer.echo(summary(checked), err=err)


def lines(file: str, relation: Verdict, unit: str) -> str:
    """One relation: where, what, how; a caret, the counterexample and suggestions where it fails."""
    from semtheory.derivations.checking import MARKS

    place = relation.place
    label = typer.style(f"{MARKS[relation.verdict]} {relation.verdict}", fg=COLOURS[relation.verdict], bold=relation.verdict != "proved")
    role = "claim  " if relation.is_claim else ""
    head = f"{file}:{place.line}:{place.column}: {label}  {role}{relation.relation}"
    if relation.verdict == "proved":
        return head + (f"   [{relation.method}]" if relation.method else "")
    made = [head, *caret(relation)]
    if relation.method:
        made.append(f"    {relation.method}")
    if relation.counterexample is not None:
        made.append(indent(relation.counterexample.describe(unit)))
    made += [f"    it holds {sentence}" if sentence.startswith(("given", "with")) else f"    {sentence}" for sentence in relation.suggestions]
    return "\n".join(made)


def caret(relation: Verdict) -> list[str]:
    """The line of the file with a mark below the sign, or below what could not be read."""
    place = relation.at if relation.at is not None and relation.at.line == relation.place.line else relation.place
    text, start = relation.text, place.column - 1 - relation.place.indent
    if not text or start < 0 or start > len(text):
        return []
    if len(text) > 160:
        cut = max(0, start - 80)
        text, start = text[cut : cut + 160], start - cut
    return [f"    {text}", "    " + " " * start + "^" * max(1, min(place.length, len(text) - start))]


def summary(checked: FileCheck) -> str:
    """One line, the file in numbers."""
    from semtheory.derivations.checking import MARKS

    counts = [f"{checked.count(verdict)} {verdict}" for verdict in MARKS if checked.count(verdict)]
    many = f"{checked.derivations} derivation{'s' if checked.derivations != 1 else ''}"
    return f"{checked.file}: {many}, {', '.join(counts) or 'no relations'}; {checked.seconds:.1f} s"
