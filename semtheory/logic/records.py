"""What a run found, as plain data: it travels between processes and into JSON unchanged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from semtheory.logic.evidence import Level


@dataclass(frozen=True)
class StepReport:
    """One claim or proof step after a run.

    Attributes:
        claim, latex: the statement. reason: the step's reason in the theorem module.
        method: how the answer was found; for a failure, what went wrong.
        level: computed. certificate: accepted by the small checker, or None.
        problem: empty when there is nothing to mend.
        detail: the counterexample in words, when the claim turned out false.
        examples: random instances on which the numbers agreed with the statement.
        observations: what was seen in trained models, measured now or recorded, each as plain JSON.
    """

    claim: str
    method: str
    level: Level
    latex: str = ""
    reason: str = ""
    certificate: dict[str, Any] | None = None
    problem: str = ""
    detail: str = ""
    cited: tuple[str, ...] = ()
    examples: int = 0
    observations: tuple[dict[str, Any], ...] = ()
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        method = f"{self.method}: {self.problem}" if self.method and self.problem else self.method or self.problem
        record = {"claim": self.claim, "method": method, "level": self.level, "certificate": self.certificate}
        return {**record, "observations": list(self.observations)} if self.observations else record


@dataclass(frozen=True)
class VariantReport:
    """A near-miss after a run: a stated variant, a claim with one assumption dropped, or a search for an instance.

    `kind` is "variant", "assumption" (the claim without it must be refuted), "instance" (the assumptions are met by
    a law that is not trivial, found by refuting that everything is constant) or "axiom" (without the cited lemma the
    claim must stay undecided). `problem` is empty when it came out as it must.
    """

    statement: str
    why: str
    level: Level
    kind: str = "variant"
    counterexample: dict[str, Any] | None = None
    detail: str = ""
    problem: str = ""
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        return {"statement": self.statement, "level": self.level, "counterexample": self.counterexample}


@dataclass(frozen=True)
class TheoremReport:
    """A theorem after a run. `own` is the level of its own steps; `level` counts its ancestors too."""

    id: str
    title: str
    chapter: str
    target: Level
    own: Level
    level: Level
    ok: bool
    seconds: float
    cited: tuple[str, ...]
    depends: tuple[str, ...]
    steps: tuple[StepReport, ...]
    variants: tuple[VariantReport, ...]
    fidelity: dict[str, str]
    examples: int
    problems: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The record of the fixed `verify --json` schema."""
        return {
            "id": self.id,
            "title": self.title,
            "chapter": self.chapter,
            "target": self.target,
            "level": self.level,
            "ok": self.ok,
            "seconds": round(self.seconds, 3),
            "cited": list(self.cited),
            "depends": list(self.depends),
            "steps": [step.to_json() for step in self.steps],
            # An undecided look without an axiom is no near-miss to refute, so it is not listed with them.
            "variants": [variant.to_json() for variant in self.variants if variant.kind in ("variant", "assumption")],
            "fidelity": self.fidelity,
            "examples": self.examples,
        }


@dataclass(frozen=True)
class Run:
    """A whole run: the theorems asked for, the ancestors run along with them, and where and how it ran.

    `interrupted` is true when it was stopped early; `missing` then names what was asked for and not finished.
    """

    theorems: tuple[TheoremReport, ...]
    ancestors: tuple[TheoremReport, ...]
    environment: dict[str, Any]
    seconds: float
    interrupted: bool = False
    missing: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Every theorem asked for was finished, reached its target, and had every variant refuted."""
        return not self.interrupted and not self.missing and all(report.ok for report in self.theorems)

    @property
    def exit_code(self) -> int:
        """0 when `ok`, else 1."""
        return 0 if self.ok else 1

    def to_json(self) -> dict[str, Any]:
        """The fixed `verify --json` document."""
        return {
            "schema": 1,
            "semtheory": self.environment["semtheory"],
            "environment": self.environment,
            "theorems": [report.to_json() for report in self.theorems],
        }
