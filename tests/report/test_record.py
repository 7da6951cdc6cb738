"""A record from disk is rechecked, never believed; what is no record is refused."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from semtheory.errors import InputError
from semtheory.logic.registry import Registry
from semtheory.report.building import build_site
from semtheory.report.record import read_record, require_record


def saved(tmp_path: Path, record: dict[str, Any]) -> str:
    file = tmp_path / "verify.json"
    file.write_text(json.dumps(record), encoding="utf-8")
    return str(file)


def bare(record: dict[str, Any], names: tuple[str, ...] = ("F3", "DI1", "DI2")) -> dict[str, Any]:
    """The record as `verify --json` writes it, without what only a live run knows."""
    made = copy.deepcopy(record)
    del made["interrupted"]
    made["theorems"] = [theorem for theorem in made["theorems"] if theorem["id"] in names]
    for theorem in made["theorems"]:
        del theorem["problems"]
        theorem["variants"] = [
            {key: v[key] for key in ("statement", "level", "counterexample")}
            for v in theorem["variants"]
            if v["kind"] in ("variant", "assumption")
        ]
        theorem["steps"] = [
            {key: s[key] for key in ("claim", "method", "level", "certificate")} for s in theorem["steps"]
        ]
    return made


def test_a_bare_record_is_shown_with_what_the_modules_say(
    tmp_path: Path, record: dict[str, Any], registry: Registry
) -> None:
    site = build_site(read_record(saved(tmp_path, bare(record))), registry)
    assert not site.failing
    page = site.page("DI2")
    assert page is not None
    assert page.level == "proved"
    assert all(line.latex for line in page.claims)
    assert page.assumptions[0].met_words
    assert page.assumptions[0].broken[0].ok
    assert {item.kind for item in page.variants} == {"variant"}


def test_a_forged_level_a_forged_certificate_and_a_forged_law_are_found(
    tmp_path: Path, record: dict[str, Any], registry: Registry
) -> None:
    forged = bare(record)
    by_id = {theorem["id"]: theorem for theorem in forged["theorems"]}
    by_id["DI1"]["steps"][-1]["certificate"] = None
    site = build_site(read_record(saved(tmp_path, forged)), registry)
    assert {page.id for page in site.failing} == {"DI1", "DI2"}
    assert [page.level for page in site.failing] == ["undecided", "undecided"]

    forged = bare(record)
    by_id = {theorem["id"]: theorem for theorem in forged["theorems"]}
    by_id["DI2"]["variants"][0]["counterexample"]["laws"]["p"][0][1] = "1/3"
    site = build_site(read_record(saved(tmp_path, forged)), registry)
    assert {page.id for page in site.failing} == {"DI2"}

    forged = bare(record)
    by_id = {theorem["id"]: theorem for theorem in forged["theorems"]}
    certificate = by_id["DI2"]["steps"][0]["certificate"]
    certificate["claim"]["right"] = [{"times": "1", "H": ["X[1:n]"], "given": []}]
    site = build_site(read_record(saved(tmp_path, forged)), registry)
    assert {page.id for page in site.failing} == {"DI2"}


def test_a_refuted_step_lowers_its_descendants_whatever_the_record_says_of_them(
    record: dict[str, Any], registry: Registry
) -> None:
    changed = bare(record)
    for theorem in changed["theorems"]:
        if theorem["id"] == "DI1":
            theorem["steps"][0]["level"] = "refuted"
    site = build_site(changed, registry)
    assert [(page.id, page.own, page.level) for page in site.failing] == [
        ("DI1", "refuted", "refuted"),
        ("DI2", "proved", "refuted"),
    ]
    page = site.page("DI2")
    assert page is not None
    assert page.blamed == ("DI2", "DI1")


def test_a_theorem_that_no_module_states_is_shown_all_the_same(record: dict[str, Any]) -> None:
    site = build_site(bare(record), Registry([]))
    assert [page.id for page in site.pages] == [theorem["id"] for theorem in bare(record)["theorems"]]
    assert all(page.claims for page in site.pages)


@pytest.mark.parametrize(
    "data",
    [
        [],
        {},
        {"schema": 2},
        {"schema": 1, "theorems": []},
        {"schema": 1, "environment": {}, "theorems": [{"id": "F1"}]},
    ],
)
def test_what_is_no_record_is_refused(data: Any) -> None:
    with pytest.raises(InputError, match="verify --json"):
        require_record(data)


def test_an_unknown_level_is_refused(record: dict[str, Any]) -> None:
    changed = bare(record)
    changed["theorems"][0]["steps"][0]["level"] = "certain"
    with pytest.raises(InputError, match="certain"):
        require_record(changed)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read"):
        read_record(str(tmp_path / "nothing.json"))
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="not JSON"):
        read_record(str(tmp_path / "bad.json"))
