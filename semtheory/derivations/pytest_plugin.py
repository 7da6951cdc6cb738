"""`pytest --semtheory drafts/*.tex`: a test for each relation. Nothing of the package is loaded without the option."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SUFFIXES = (".tex", ".ltx", ".latex", ".md", ".markdown")


class WrongRelation(Exception):
    """A relation that is not proved."""


class NotReadable(Exception):
    """A file that cannot be read."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("semtheory")
    group.addoption("--semtheory", action="store_true", help="collect the derivations of Markdown and LaTeX files")
    group.addoption("--semtheory-open-fails", action="store_true", help="also fail what is undecided or not read, instead of skipping it")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if parent.config.getoption("--semtheory") and file_path.suffix.lower() in SUFFIXES:
        collected: pytest.Collector = DerivationFile.from_parent(parent, path=file_path)
        return collected
    return None


class DerivationFile(pytest.File):
    """A file with derivations; a file that cannot be read is one failing test."""

    def collect(self) -> Iterator[pytest.Item]:
        from semtheory.derivations.checking import check

        checked = check(self.path)
        if checked.problem:
            yield RelationItem.from_parent(self, name="file", verdict=None, problem=checked.problem)
        for relation in checked.relations:
            name = f"{relation.place.line}:{relation.place.column} {relation.relation}"
            yield RelationItem.from_parent(self, name=name, verdict=relation, problem="")


class RelationItem(pytest.Item):
    """One relation."""

    def __init__(self, *, verdict: Any, problem: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.verdict, self.problem = verdict, problem

    def runtest(self) -> None:
        if self.problem:
            raise NotReadable(self.problem)
        if self.verdict.verdict == "proved":
            return
        from semtheory.derivations.formats import explain

        if self.verdict.verdict in ("refuted", "gap") or self.config.getoption("--semtheory-open-fails"):
            raise WrongRelation(explain(self.verdict, "nats"))
        # Open is neither wrong nor passed: it is reported as skipped, with its reason, and --semtheory-open-fails makes it red.
        pytest.skip(f"{self.verdict.verdict}: {self.verdict.method}")

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        if isinstance(excinfo.value, (WrongRelation, NotReadable)):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        line = 0 if self.verdict is None else self.verdict.place.line - 1
        return self.path, line, self.name
