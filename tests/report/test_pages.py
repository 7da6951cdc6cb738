"""The pages: whole, linked, self-contained, the same for the same record, and honest about what fails."""

from __future__ import annotations

import json
import posixpath
from dataclasses import replace
from typing import Any

import pytest

from semtheory.logic.checker import check
from semtheory.logic.evidence import LEVELS, MEANING
from semtheory.logic.registry import Registry
from semtheory.report.building import build_site
from semtheory.report.levels import LOOKS, legend
from semtheory.report.model import Site
from semtheory.report.site import render

from .pages import Page


@pytest.fixture(scope="module")
def pages(files: dict[str, bytes]) -> dict[str, Page]:
    return {name: Page(content.decode()) for name, content in files.items() if name.endswith(".html")}


def test_nesting_is_right_and_ids_are_unique(pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        assert page.wrong == [], name
        assert len(page.ids) == len(set(page.ids)), name


def test_the_reader_of_pages_sees_bad_nesting() -> None:
    assert Page("<p><div></div></p>").wrong
    assert Page("<ul><li></ul>").wrong
    assert Page('<i id="a"></i><i id="a"></i>').ids == ["a", "a"]


def test_every_link_leads_to_a_file_of_the_report(files: dict[str, bytes], pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        assert page.links
        for link in page.links:
            path, _, fragment = link.partition("#")
            assert "://" not in link, f"{name} links to {link}"
            assert not path.startswith("/"), f"{name} links to {link}"
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
            assert target in files, f"{name} links to {link}"
            if fragment:
                assert fragment in pages[target].ids, f"{name} links to {link}"


def test_nothing_is_inline_and_nothing_comes_from_elsewhere(files: dict[str, bytes], pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        assert not [a for a in page.attributes if a[1].startswith("on") or a[1] == "style"], name
        policy = [value for tag, key, value in page.attributes if tag == "meta" and value.startswith("default-src")]
        assert len(policy) == 1, name
        assert policy[0].startswith("default-src 'none'"), name
        assert "unsafe" not in policy[0]
    for name in ("static/report.css", "static/report.js", "static/theme.js"):
        text = files[name].decode()
        for remote in ("http:", "https:", "//cdn", "@import", "fetch(", "XMLHttpRequest", "sendBeacon", "url("):
            assert remote not in text, f"{name}: {remote}"


def test_certificates_and_counterexamples_are_accepted_by_the_checker(files: dict[str, bytes]) -> None:
    judged = 0
    for name, content in files.items():
        if name.startswith("certificates/"):
            data = json.loads(content)
            if "kind" in data:
                check(data)
                judged += 1
    assert judged > 30


def test_formulas_are_mathml_and_no_latex_is_left(pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        if name != "index.html":
            assert page.math > 0, name
        for remains in ("\\frac", "\\left", "\\mid", "\\text", "\\sum", "\\log"):
            assert remains not in page.text, f"{name}: {remains}"


def test_a_statement_without_latex_or_with_unknown_latex_shows_its_text(site: Site) -> None:
    page = site.pages[0]
    for latex in ("", r"\unheardof{x}"):
        line = replace(page.claims[0], latex=latex, text="a <b> & c")
        made = render(replace(site, pages=(replace(page, claims=(line,), depends=(), dependants=(), pictures=()),)))
        text = made[f"theorems/{page.href}"].decode()
        assert "a &lt;b&gt; &amp; c" in text
        assert "unheardof" not in text


def test_the_same_record_makes_the_same_bytes(record: dict[str, Any], registry: Registry, site: Site) -> None:
    again = build_site(json.loads(json.dumps(record)), registry, [replace(p, failing=()) for p in site.pictures])
    assert render(again) == render(site)


def test_the_whole_registry_fits_in_ten_megabytes(files: dict[str, bytes], site: Site, registry: Registry) -> None:
    each = sum(map(len, files.values())) / len(site.pages)
    assert each * max(len(registry), 110) < 10e6


def test_graph_and_table_hold_every_theorem_and_the_legend_every_level(files: dict[str, bytes], site: Site) -> None:
    page = Page(files["index.html"].decode())
    assert set(page.classes) == {p.id for p in site.pages}
    for p in site.pages:
        assert f"level-{p.level} own-{p.own}" in page.classes[p.id]
    assert [item["level"] for item in legend()] == list(LEVELS) == list(LOOKS)
    assert all(meaning in page.text for meaning in MEANING.values())
    assert len({look.letter for look in LOOKS.values()}) == len(LEVELS)
    assert len({look.line for look in LOOKS.values()}) == len(LEVELS)


def test_a_page_shows_assumptions_with_both_instances_and_the_evidence(files: dict[str, bytes]) -> None:
    text = Page(files["theorems/DI2.html"].decode()).text
    for wanted in ("Met", "an open loop", "Broken", "an echo", "A law, not all constant", "Massey 1990", "Used by"):
        assert wanted in text
    assert b'class="bars"' in files["theorems/DI2.html"]  # a joint law, drawn
    assert b'class="heat"' in files["theorems/SF1.html"]
    assert b"figures/flow.svg" in files["theorems/DI2.html"]
    assert b"figures/flow.svg" not in files["theorems/F1.html"]
    assert b"Do not use" not in files["theorems/DI2.html"]


def test_observations_are_shown_with_interval_seeds_and_configuration(site: Site) -> None:
    live = {
        "from": "quick run",
        "value": 0.52,
        "lower": 0.5,
        "upper": 0.55,
        "unit": "bits",
        "seeds": [0, 1],
        "configuration": {"width": 32},
    }
    kept = {"from": "record AR8/x", "observation": live | {"value": 0.51, "seeds": [7]}, "hardware": "one core"}
    page = site.pages[0]
    line = replace(page.claims[0], level="observed", observations=(live, kept), certificate=None, file="")
    made = render(replace(site, pages=(replace(page, claims=(line,), dependants=(), pictures=()),)))
    text = Page(made[f"theorems/{page.href}"].decode())
    assert text.wrong == []
    for wanted in ("0.52 bits (0.5 to 0.55); seeds 0, 1", "record AR8/x", "seeds 7", "width 32", "one core"):
        assert wanted in text.text


def test_cited_lemmas_are_shown(files: dict[str, bytes]) -> None:
    assert "Zhang and Yeung 1998" in Page(files["theorems/F9.html"].decode()).text


def test_a_mutated_theorem_and_its_descendants_fail(mutated: Site, mutated_files: dict[str, bytes]) -> None:
    below = {"DI1"}
    for _ in mutated.pages:
        below |= {page.id for page in mutated.pages if below & set(page.depends)}
    assert {"DI1", "DI2", "DI4", "RD1"} <= below
    assert {page.id for page in mutated.failing} == below
    assert mutated.page("F1") is not None
    front = Page(mutated_files["index.html"].decode())
    for page in mutated.pages:
        assert ("failing" in front.classes[page.id]) == (page.id in below)
    assert front.classes["DI1"].startswith("node level-refuted own-refuted")
    assert front.classes["DI2"].startswith("node level-refuted own-proved")
    assert "theorems fail" in front.text
    assert "All " not in front.text
    child = Page(mutated_files["theorems/DI2.html"].decode()).text
    assert "This theorem fails" in child
    assert "rests on DI1, which is refuted" in child
    assert "This theorem fails" not in Page(mutated_files["theorems/F1.html"].decode()).text


def test_a_figure_whose_theorem_fails_is_marked(mutated_files: dict[str, bytes]) -> None:
    text = Page(mutated_files["theorems/DI2.html"].decode()).text
    assert "Do not use: rests on DI2, which fails" in text
    assert "Do not use" not in Page(mutated_files["theorems/F1.html"].decode()).text


def test_a_figure_of_a_theorem_that_was_not_run_is_marked(
    site: Site, record: dict[str, Any], registry: Registry
) -> None:
    picture = replace(site.pictures[0], theorems=("DI2", "DI999"))
    made = render(build_site(record, registry, [picture]))
    assert "rests on DI999" in Page(made["theorems/DI2.html"].decode()).text
