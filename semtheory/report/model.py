"""What the pages show, as plain data: the record of a run joined with what the theorem modules say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from semtheory.logic.evidence import Level


@dataclass(frozen=True)
class Line:
    """A statement after a run: a claim, or a step of the proof with its reason."""

    number: int
    text: str
    latex: str
    level: Level
    method: str
    reason: str = ""
    problem: str = ""
    detail: str = ""
    seconds: float | None = None
    examples: int | None = None
    certificate: dict[str, Any] | None = None
    file: str = ""
    observations: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Refuted:
    """A false statement after a run, with the instance that refutes it. `ok` when it came out refuted."""

    text: str
    latex: str
    why: str
    level: Level
    kind: str = "variant"
    counterexample: dict[str, Any] | None = None
    detail: str = ""
    problem: str = ""
    file: str = ""

    @property
    def ok(self) -> bool:
        return self.level == "refuted" and not self.problem


@dataclass(frozen=True)
class Assumed:
    """An assumption of a claim: an instance that meets it, and what happens without it."""

    text: str
    latex: str
    claims: tuple[str, ...]
    met_words: str
    met: Refuted | None
    broken: tuple[Refuted, ...]


@dataclass(frozen=True)
class Picture:
    """A figure made by `semtheory figures` that speaks of a theorem."""

    name: str
    title: str
    theorems: tuple[str, ...]
    svg: str
    failing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """A theorem after a run. `own` is the level of its own statements, `level` the weakest with its ancestors."""

    id: str
    title: str
    chapter: str
    target: Level
    own: Level
    level: Level
    ok: bool
    seconds: float
    doc: str
    origin: str
    claims: tuple[Line, ...]
    steps: tuple[Line, ...]
    assumptions: tuple[Assumed, ...]
    variants: tuple[Refuted, ...]
    fidelity: dict[str, str]
    cited: tuple[str, ...]
    depends: tuple[str, ...]
    dependants: tuple[str, ...]
    examples: int
    problems: tuple[str, ...] = ()
    blamed: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = field(default=())

    @property
    def href(self) -> str:
        """Name of the page inside the folder of theorems."""
        return f"{self.id}.html"


@dataclass(frozen=True)
class Site:
    """Everything the report shows. `pages` are in the order of the theory."""

    pages: tuple[Page, ...]
    environment: dict[str, Any]
    command: str
    pictures: tuple[Picture, ...] = ()

    def page(self, name: str) -> Page | None:
        return next((page for page in self.pages if page.id == name), None)

    @property
    def chapters(self) -> list[str]:
        return list(dict.fromkeys(page.chapter for page in self.pages))

    @property
    def counts(self) -> dict[Level, int]:
        """How many theorems are at each level, for the levels that occur."""
        from semtheory.logic.evidence import LEVELS

        found = [page.level for page in self.pages]
        return {level: found.count(level) for level in LEVELS if level in found}

    @property
    def failing(self) -> tuple[Page, ...]:
        return tuple(page for page in self.pages if not page.ok)
