"""What holds a theorem down: the path to its weakest ancestor, the weakest step there, and every lemma it cites."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from semtheory.logic.evidence import LEVELS, Level
from semtheory.logic.records import TheoremReport


@dataclass(frozen=True)
class Blame:
    """`path` runs from the theorem to the ancestor whose own level is the weakest, both included.

    `weakest` are that ancestor's statements of that level; `cited` pairs every cited lemma with the theorem citing it.
    """

    path: tuple[tuple[str, Level], ...]
    weakest: tuple[str, ...]
    cited: tuple[tuple[str, str], ...]


def blame(name: str, reports: Mapping[str, TheoremReport]) -> Blame:
    """Find what theorem `name` owes its level to.

    Args:
        name: a theorem id in `reports`.
        reports: the theorem and its ancestors, as run and combined.
    """
    paths: dict[str, tuple[str, ...]] = {name: (name,)}
    queue = [name]
    for current in queue:  # breadth first, so each path is a shortest one
        for parent in reports[current].depends:
            if parent in reports and parent not in paths:
                paths[parent] = (*paths[current], parent)
                queue.append(parent)
    # The nearest among the weakest: blame no ancestor for what the theorem does itself.
    culprit = max(queue, key=lambda key: (LEVELS.index(reports[key].own), -len(paths[key])))
    report = reports[culprit]
    weakest = tuple(step.claim for step in report.steps if step.level == report.own)
    cited = tuple((lemma, key) for key in queue for lemma in _own_citations(reports[key], reports))
    return Blame(tuple((key, reports[key].own) for key in paths[culprit]), weakest, cited)


def _own_citations(report: TheoremReport, reports: Mapping[str, TheoremReport]) -> list[str]:
    inherited = {lemma for parent in report.depends if parent in reports for lemma in reports[parent].cited}
    own = {lemma for step in report.steps for lemma in step.cited}
    return [lemma for lemma in report.cited if lemma in own or lemma not in inherited]
