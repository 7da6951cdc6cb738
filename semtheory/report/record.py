"""The record of a run as the report takes it: a `Run`, or the document that `semtheory verify --json` wrote.

A document from disk is not believed: every certificate and every counterexample in it goes through the small checker
again, and the levels are combined anew over the dependency graph.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from semtheory.errors import CertificateError, InputError
from semtheory.logic.evidence import LEVELS

if TYPE_CHECKING:
    from semtheory.logic.records import Run, StepReport, TheoremReport, VariantReport

_THEOREM = {"id": str, "title": str, "chapter": str, "target": str, "level": str, "ok": bool, "steps": list}
_THEOREM |= {"variants": list, "depends": list, "cited": list, "fidelity": dict}


def run_record(run: Run) -> dict[str, Any]:
    """A run as the document of `verify --json`, with what only the live run knows beside it."""
    record = run.to_json()
    record["theorems"] = [_theorem(report) for report in (*run.theorems, *run.ancestors)]
    record["interrupted"] = run.interrupted
    return record


def _theorem(report: TheoremReport) -> dict[str, Any]:
    made = report.to_json()
    made["problems"] = list(report.problems)
    made["steps"] = [_step(step) for step in report.steps]
    made["variants"] = [_variant(variant) for variant in report.variants]
    return made


def _step(step: StepReport) -> dict[str, Any]:
    extra = {"latex": step.latex, "reason": step.reason, "problem": step.problem, "detail": step.detail}
    return step.to_json() | extra | {"examples": step.examples, "seconds": step.seconds}


def _variant(variant: VariantReport) -> dict[str, Any]:
    extra = {"why": variant.why, "kind": variant.kind, "detail": variant.detail, "problem": variant.problem}
    return variant.to_json() | extra


def read_record(path: str, progress: Callable[[int, int], None] | None = None) -> dict[str, Any]:
    """The document at `path`, its evidence rechecked.

    A certificate that the checker does not accept makes its step undecided, and says so.

    Raises:
        InputError: no such file, not JSON, or not a record of a run; names what is missing.
    """
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is not JSON: {error}; expected what `semtheory verify --json` writes") from None
    require_record(data, path)
    for done, theorem in enumerate(data["theorems"], 1):
        recheck(theorem)
        if progress:
            progress(done, len(data["theorems"]))
    return data


def require_record(data: Any, where: str = "the record") -> None:
    """Raise `InputError` unless `data` has the shape of the `verify --json` document."""
    expected = "expected what `semtheory verify --json` writes"
    if not isinstance(data, dict) or data.get("schema") != 1 or not isinstance(data.get("theorems"), list):
        raise InputError(f"{where} is no record of a run: no schema 1 with a list of theorems; {expected}")
    if not isinstance(data.get("environment"), dict):
        raise InputError(f"{where} is no record of a run: no environment; {expected}")
    for k, theorem in enumerate(data["theorems"]):
        for name, kind in _THEOREM.items():
            if not isinstance(theorem, dict) or not isinstance(theorem.get(name), kind):
                raise InputError(f"{where}: theorem {k} has no {name} ({kind.__name__}); {expected}")
        levels = [theorem["target"], theorem["level"]]
        for part in (*theorem["steps"], *theorem["variants"]):
            if not isinstance(part, dict) or not isinstance(part.get("claim", part.get("statement")), str):
                raise InputError(f"{where}: theorem {theorem['id']} has a step or variant without text; {expected}")
            levels.append(part.get("level"))
        for level in levels:
            if level not in LEVELS:
                raise InputError(f"{where}: theorem {theorem['id']} has level {level!r}; expected one of {LEVELS}")


def recheck(theorem: dict[str, Any]) -> None:
    """Judge the evidence of one theorem of a record again, in place."""
    from semtheory.logic.checker import check

    for step in theorem["steps"]:
        certificate = step.get("certificate")
        if certificate is None:
            if step["level"] in ("proved", "enclosed", "cited"):
                _lower(step, f"recorded as {step['level']}, without a certificate")
            continue
        try:
            check(certificate)
        except CertificateError as error:
            _lower(step, f"the checker does not accept the recorded certificate: {error}")
    for variant in theorem["variants"]:
        found = variant.get("counterexample")
        if isinstance(found, dict) and "kind" in found:
            try:
                check(found)
            except CertificateError as error:
                _lower(variant, f"the checker does not accept the recorded counterexample: {error}")
        elif found is None and variant["level"] == "refuted":
            _lower(variant, "recorded as refuted, without a counterexample")


def _lower(part: dict[str, Any], problem: str) -> None:
    part["level"] = "undecided"
    part["problem"] = problem
