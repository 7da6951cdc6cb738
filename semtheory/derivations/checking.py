"""`semtheory.check`: a file in, an answer for each relation out."""

from __future__ import annotations

import html
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from semtheory.derivations.judging import DEFAULT_TIMEOUT, Judge, Verdict
from semtheory.derivations.model import Derivation
from semtheory.derivations.source import Source, read_source
from semtheory.errors import SemtheoryError

MARKS = {"proved": "✓", "refuted": "✗", "gap": "✗", "undecided": "?", "not read": "–"}
LATEX, MARKDOWN = (".tex", ".ltx", ".latex"), (".md", ".markdown", ".mdown", ".qmd", ".rmd")


@dataclass(frozen=True)
class FileCheck:
    """What was found in a file.

    Attributes:
        file: its name. relations: an answer for each relation, in order.
        problem: why the file could not be read at all; empty otherwise.
        derivations: how many displays or blocks it has. note: what else a reader should know.
    """

    file: str
    relations: tuple[Verdict, ...] = ()
    problem: str = ""
    derivations: int = 0
    note: str = ""
    seconds: float = field(default=0.0, compare=False)

    @property
    def exit_code(self) -> int:
        """0: every relation proved; 1: one refuted, or a gap; 3: none of these, some undecided or not read; 2: not readable."""
        if self.problem:
            return 2
        verdicts = {relation.verdict for relation in self.relations}
        if verdicts & {"refuted", "gap"}:
            return 1
        return 3 if verdicts & {"undecided", "not read"} else 0

    @property
    def ok(self) -> bool:
        return self.exit_code == 0

    def count(self, verdict: str) -> int:
        """How many relations have this verdict."""
        return sum(relation.verdict == verdict for relation in self.relations)

    def __repr__(self) -> str:
        if self.problem:
            return f"<{self.file}: not read: {self.problem}>"
        counts = ", ".join(f"{self.count(v)} {v}" for v in MARKS if self.count(v))
        return f"<{self.file}: {counts or 'no relations'}>"

    def _repr_html_(self) -> str:
        if self.problem:
            return f"<p>{html.escape(self.problem)}</p>"
        rows = "".join(
            f"<tr><td>{r.place.line}</td><td>{MARKS[r.verdict]} {r.verdict}</td><td>"
            f"{'$' + html.escape(r.latex) + '$' if r.latex else html.escape(r.relation)}</td><td>{html.escape(r.method)}</td></tr>"
            for r in self.relations
        )
        return f"<table><tr><th>line</th><th></th><th>{html.escape(self.file)}</th><th></th></tr>{rows}</table>"


def read_derivations(source: Source) -> list[Derivation]:
    """The derivations of a source, by the kind of its name; Markdown when the name does not tell and no LaTeX shows."""
    from semtheory.derivations.latex import read_latex
    from semtheory.derivations.markdown import read_markdown

    suffix = Path(source.name).suffix.lower()
    if suffix in LATEX or (suffix not in MARKDOWN and ("\\begin{" in source.text or "\\[" in source.text)):
        return read_latex(source)
    return read_markdown(source)


def check(
    path: str | Path,
    *,
    timeout: float | None = DEFAULT_TIMEOUT,
    seed: int = 0,
    judge: Judge | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> FileCheck:
    """Check the derivations of a file: Markdown, LaTeX, or a theorem module (`.py`, a program, which is run).

    Args:
        path: the file. timeout: seconds for one relation; then it is undecided. seed: of the search for counterexamples.
        judge: one that remembers answers from other files. progress: called with (derivations done, all).

    Returns a `FileCheck`; a file that cannot be read is one with `problem`, not an exception.
    """
    start = time.perf_counter()
    name = str(path)
    if name.endswith(".py"):
        from semtheory.derivations.modules import check_module

        return check_module(name, seed=seed)
    try:
        source = read_source(path)
    except SemtheoryError as error:
        return FileCheck(name, problem=str(error))
    return check_source(source, judge or Judge(timeout=timeout, seed=seed), progress, start)


def check_source(source: Source, judge: Judge, progress: Callable[[int, int], None] | None = None, start: float | None = None) -> FileCheck:
    """Check a text that is in memory already."""
    start = time.perf_counter() if start is None else start
    derivations = read_derivations(source)
    found: list[Verdict] = []
    for done, derivation in enumerate(derivations, 1):
        found += judge.derivation(derivation)
        if progress is not None:
            progress(done, len(derivations))
    note = "" if derivations else "no derivation found: a fenced block ```proof in Markdown, a display such as align in LaTeX"
    return FileCheck(source.name, tuple(found), "", len(derivations), note, time.perf_counter() - start)


def to_json(files: list[FileCheck]) -> dict[str, Any]:
    """The fixed `check --json` document."""
    return {"schema": 1, "files": [_file_json(file) for file in files]}


def _file_json(file: FileCheck) -> dict[str, Any]:
    made: dict[str, Any] = {"file": file.file, "exit": file.exit_code, "relations": [_relation_json(r) for r in file.relations]}
    if file.problem or file.note:
        made["note"] = file.problem or file.note
    return made


def _relation_json(relation: Verdict) -> dict[str, Any]:
    return {
        "line": relation.place.line,
        "text": relation.text,
        "relation": relation.relation,
        "column": relation.place.column,
        "verdict": relation.verdict,
        "method": relation.method,
        "counterexample": relation.counterexample.to_json() if relation.counterexample else None,
        "suggestions": list(relation.suggestions),
    }


def exit_code(files: list[FileCheck]) -> int:
    """The worst of several files: not readable, then wrong, then open."""
    codes = {file.exit_code for file in files}
    return next((code for code in (2, 1, 3) if code in codes), 0)
