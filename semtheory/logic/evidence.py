"""How strong a result is: an order of evidence levels, and the weakest link.

A level is made by a run, never typed in. `undecided` and `refuted` stand at the weak end: they are answers, and
neither is ever a pass.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, cast, get_args

from semtheory.errors import TheoremError
from semtheory.logic.result import Result

Level = Literal["proved", "enclosed", "tested", "observed", "cited", "undecided", "refuted"]
LEVELS: tuple[Level, ...] = get_args(Level)  # strongest first
TARGETS: tuple[Level, ...] = LEVELS[: LEVELS.index("cited") + 1]

MEANING: dict[Level, str] = {
    "proved": "every step accepted by the small exact checker, for the whole stated scope",
    "enclosed": "rigorous ball arithmetic over a stated compact domain",
    "tested": "random instances, each compared with exact enumeration, no counterexample",
    "observed": "trained models, with a confidence interval and the seeds",
    "cited": "rests on a lemma taken from the literature",
    "undecided": "neither proof nor counterexample",
    "refuted": "a counterexample is shown",
}


def weakest(levels: Iterable[Level]) -> Level:
    """The weakest of `levels`; `undecided` when there are none, since nothing shown is nothing known."""
    ranks = [LEVELS.index(level) for level in levels]
    return LEVELS[max(ranks)] if ranks else "undecided"


def at_least(level: Level, target: Level) -> bool:
    """Whether `level` is as strong as `target` or stronger."""
    return LEVELS.index(level) <= LEVELS.index(target)


def require_target(target: str) -> Level:
    """`target` as a level a theorem may aim at. Raises `TheoremError` for anything else."""
    if target not in TARGETS:
        raise TheoremError(f"target {target!r}: expected one of {', '.join(TARGETS)}")
    return target


def level_of(result: Result) -> Level:
    """The level that one answer gives, its certificate already accepted by the checker."""
    if result.tested:
        return "tested"  # `Result` allows it with the verdict undecided alone
    if result.observed:
        return "observed"  # likewise
    if result.verdict != "proved":
        return cast(Level, result.verdict)
    if result.cited:
        return "cited"
    kind = (result.certificate or {}).get("kind")
    return "enclosed" if kind == "enclosure" else "proved"
