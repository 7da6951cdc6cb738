"""A small run of real theorems, one with a mutated ancestor, and their reports."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from semtheory.logic.registry import Registry, load_registry
from semtheory.logic.running import verify
from semtheory.logic.theorem import Theorem
from semtheory.report.building import build_site
from semtheory.report.model import Picture, Site
from semtheory.report.record import run_record
from semtheory.report.site import render
from semtheory.report.writing import write_folder

CHOSEN = ("F1", "F9", "DI2", "DI4", "RD1", "SF1", "SE3")
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><title>Flow</title><path d="M2 18L38 2"/></svg>'


@pytest.fixture(scope="session")
def registry() -> Registry:
    return load_registry()


@pytest.fixture(scope="session")
def record(registry: Registry) -> dict[str, Any]:
    return run_record(verify(*CHOSEN, registry=registry))


@pytest.fixture(scope="session")
def site(record: dict[str, Any], registry: Registry) -> Site:
    return build_site(record, registry, [Picture("flow", "Flow", ("SF1", "DI2"), PICTURE)])


@pytest.fixture(scope="session")
def files(site: Site) -> dict[str, bytes]:
    return render(site)


@pytest.fixture(scope="session")
def folder(files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("report") / "site", files)


def mutate(registry: Registry, name: str) -> Registry:
    """The registry with one theorem made false: its first claim, a near-miss of its own."""
    entries = []
    for entry in registry:
        theorem = entry.theorem
        if theorem.id == name:
            false = Theorem(
                name,
                title=theorem.title,
                claims=[theorem.variants[0].statement, *theorem.claims],
                steps=theorem.steps,
                variants=theorem.variants,
                target=theorem.target,
                depends=theorem.depends,
                cites=theorem.cites,
                fidelity=theorem.fidelity,
            )
            entry = replace(entry, theorem=false)
        entries.append(entry)
    return Registry(entries)


@pytest.fixture(scope="session")
def mutated(registry: Registry) -> Site:
    """A run in which DI1 is false; the figure rests on a theorem above it."""
    changed = mutate(registry, "DI1")
    made = run_record(verify("F1", "DI2", "DI4", "RD1", registry=changed))
    return build_site(
        made, changed, [Picture("flow", "Flow", ("DI2",), PICTURE), Picture("kept", "Kept", ("F1",), PICTURE)]
    )


@pytest.fixture(scope="session")
def mutated_files(mutated: Site) -> dict[str, bytes]:
    return render(mutated)
