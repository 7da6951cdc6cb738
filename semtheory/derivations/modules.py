"""Theorem modules as derivation files: they are programs, so they run, and only when named."""

from __future__ import annotations

from pathlib import Path

from semtheory.derivations.checking import FileCheck
from semtheory.derivations.judging import Verdict
from semtheory.derivations.model import Place
from semtheory.errors import SemtheoryError


def check_module(path: str, *, seed: int = 0) -> FileCheck:
    """Run the theorems of a module; a relation for each of its claims and steps, at the line where the theorem is named."""
    from semtheory.logic.running import verify

    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
        run = verify(path, seed=seed)
    except (OSError, UnicodeDecodeError) as error:
        return FileCheck(path, problem=f"cannot read {path}: {error}")
    except SemtheoryError as error:
        return FileCheck(path, problem=str(error))
    found: list[Verdict] = []
    for theorem in run.theorems:
        line = next((k for k, text in enumerate(lines, 1) if f'"{theorem.id}"' in text or f"'{theorem.id}'" in text), 1)
        place, text = Place(line, 1), lines[line - 1].strip() if lines else ""
        for step in theorem.steps:
            verdict = step.level if step.level in ("proved", "refuted") else "undecided"
            method = "; ".join(part for part in (step.method, step.problem, step.detail) if part)
            found.append(Verdict(place, text, step.claim, verdict, method if verdict == "proved" else f"{step.level}: {method}", latex=step.latex))
        for problem in theorem.problems:
            found.append(Verdict(place, text, theorem.id, "undecided", problem))
    return FileCheck(path, tuple(found), "", len(run.theorems), "a program: its theorems were run")
