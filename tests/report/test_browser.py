"""The report in a real browser: opened from disk, used by keyboard, on a phone, by day and by night.

Needs Chromium on the path (or named by CHROMIUM; then it must be there), and for the accessibility check the folder of
axe-core named by AXE_CORE (`npm pack axe-core`, unpacked). Without Chromium these tests are skipped.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from semtheory.report.writing import write_folder

from .chromium import Browser, executable

PATH = executable()
pytestmark = pytest.mark.skipif(PATH is None, reason="no Chromium here: apt-get install chromium, or set CHROMIUM")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert PATH is not None
    with Browser(PATH) as started:
        yield started


@pytest.fixture
def tab(browser: Browser) -> Browser:
    browser.size(1280)
    browser.theme("light")
    return browser


def pages(folder: Path) -> list[Path]:
    return [folder / "index.html", *sorted((folder / "theorems").glob("*.html"))]


def rows(tab: Browser) -> list[str]:
    return tab.evaluate(
        "[...document.querySelectorAll('#all tr.row')].filter(r => r.offsetParent).map(r => r.dataset.id)"
    )


def test_the_client_sees_messages_errors_and_requests(tab: Browser, tmp_path: Path) -> None:
    page = tmp_path / "bad.html"
    page.write_text(
        "<script>console.log('hi'); undefined.x</script><img src='http://127.0.0.1:9/x.png'><img src='gone.png'>"
    )
    tab.open(page)
    assert len(tab.console) >= 3
    assert any("127.0.0.1" in address for address in tab.requests)


def test_every_page_opens_from_disk_in_silence_and_asks_nobody(tab: Browser, folder: Path) -> None:
    for page in pages(folder):
        took = tab.open(page)
        assert tab.console == [], page.name
        assert len(tab.requests) >= 4, page.name
        assert all(address.startswith(folder.resolve().as_uri() + "/") for address in tab.requests), page.name
        assert took < 5
        assert tab.evaluate("getComputedStyle(document.querySelector('.brand')).fontWeight") == "650", "no style sheet"


def test_the_first_page_is_usable_within_a_second(tab: Browser, folder: Path) -> None:
    times = []
    for _ in range(3):
        tab.open(folder / "index.html")
        times.append(tab.evaluate("performance.getEntriesByType('navigation')[0].domComplete"))
    assert min(times) < 1000


def test_mathematics_is_laid_out(tab: Browser, folder: Path) -> None:
    tab.open(folder / "theorems" / "F1.html")
    boxes = tab.evaluate(
        "[...document.querySelectorAll('math')].filter(m => m.checkVisibility())"
        ".map(m => { const b = m.getBoundingClientRect(); return [b.width, b.height]; })"
    )
    assert boxes
    assert all(width > 5 and height > 8 for width, height in boxes)
    # A fraction has its numerator above its denominator: it is drawn as MathML, not run together as text.
    assert tab.evaluate(
        "(() => { const [a, b] = document.querySelector('mfrac').children;"
        "return a.getBoundingClientRect().bottom <= b.getBoundingClientRect().top + 1; })()"
    )


def test_search_and_filters(tab: Browser, folder: Path) -> None:
    tab.open(folder / "index.html")
    everything = rows(tab)
    assert len(everything) >= 7
    tab.evaluate("document.getElementById('search').focus()")
    tab.type("massey feedback")
    assert rows(tab) == []
    assert tab.evaluate("document.getElementById('found').textContent") == f"0 of {len(everything)}"
    tab.evaluate("document.getElementById('search').select()")
    tab.type("pre-training")
    tab.evaluate("document.getElementById('search').select()")
    tab.type("DI2")
    assert rows(tab) == ["DI2"]
    dim = tab.evaluate("[...document.querySelectorAll('.node:not(.dim)')].map(n => n.dataset.id)")
    assert dim == ["DI2"]
    choose = "(i, v) => { const e = document.getElementById(i); e.value = v; e.dispatchEvent(new Event('input', {bubbles: true})); }"
    tab.evaluate(f"({choose})('search', '')")
    tab.evaluate(f"({choose})('level', 'cited')")
    assert rows(tab) == ["F9"]
    tab.evaluate(f"({choose})('level', '')")
    tab.evaluate(f"({choose})('chapter', 'Directed information')")
    assert rows(tab) == [name for name in everything if name.startswith("DI")]
    tab.evaluate(f"({choose})('chapter', '')")
    assert rows(tab) == everything


def test_a_theorem_is_reached_from_the_graph_by_keyboard(tab: Browser, folder: Path) -> None:
    tab.open(folder / "index.html")
    names = []
    for _ in range(60):
        tab.press("Tab")
        names.append(tab.focused_name())
        if tab.evaluate("document.activeElement.dataset.id === 'DI2'"):
            break
    assert names[0].startswith("Skip to the content")
    assert names[-1].startswith("DI2, 0 ≤ I")
    assert ": proved" in names[-1]
    outline = tab.evaluate("getComputedStyle(document.activeElement.querySelector('rect')).strokeWidth")
    assert outline == "4px", "the focus is not seen"
    assert tab.evaluate("document.querySelectorAll('.edges path.lit').length") > 0
    tab.forget()
    tab.press("Enter")
    tab.wait_for("Page.loadEventFired")
    assert tab.evaluate("location.pathname").endswith("/theorems/DI2.html")


def test_the_skip_link_leads_to_the_content(tab: Browser, folder: Path) -> None:
    tab.open(folder / "theorems" / "DI2.html")
    tab.press("Tab")
    tab.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "content"


def test_the_graph_zooms(tab: Browser, folder: Path) -> None:
    tab.open(folder / "index.html")
    width = "document.querySelector('#graph svg').getBoundingClientRect().width"
    before = tab.evaluate(width)
    tab.evaluate("document.querySelector('[data-zoom=in]').click()")
    assert tab.evaluate(width) == pytest.approx(1.25 * before, rel=0.01)
    tab.evaluate("document.querySelector('[data-zoom=fit]').click()")
    assert tab.evaluate(width) <= tab.evaluate("document.getElementById('graph').clientWidth") + 1


def test_light_and_dark_by_the_system_and_by_the_button(tab: Browser, folder: Path) -> None:
    paper = "getComputedStyle(document.body).backgroundColor"
    tab.open(folder / "index.html")
    light = tab.evaluate(paper)
    tab.theme("dark")
    dark = tab.evaluate(paper)
    assert light != dark
    assert tab.until("document.getElementById('theme').textContent === 'Light'")
    tab.evaluate("document.getElementById('theme').click()")
    assert tab.evaluate(paper) == light
    assert tab.evaluate("document.getElementById('theme').textContent") == "Dark"
    tab.evaluate("localStorage.clear()")


@pytest.mark.parametrize("width", [375, 1280])
def test_no_page_scrolls_sideways(tab: Browser, folder: Path, width: int) -> None:
    tab.size(width, 800)
    for page in pages(folder):
        tab.open(page)
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, page.name
        # And nothing sticks out of its place but what scrolls by itself.
        out = tab.evaluate(
            "[...document.querySelectorAll('main *')].filter(e => !e.closest('.formula, .scroll, pre, .graph, .unseen, svg')"
            " && getComputedStyle(e).clipPath === 'none' && !e.closest('thead')"
            f" && e.getBoundingClientRect().right > {width} + 1).map(e => e.outerHTML.slice(0, 120))"
        )
        assert out == [], page.name


def test_the_page_without_scripts_is_whole(tab: Browser, folder: Path) -> None:
    tab.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        tab.open(folder / "index.html")
        root = tab.call("DOM.getDocument")["root"]["nodeId"]
        found = tab.call("DOM.querySelectorAll", nodeId=root, selector="#all tr.row a[href]")["nodeIds"]
        assert len(found) >= 7
        assert tab.console == []
    finally:
        tab.call("Emulation.setScriptExecutionDisabled", value=False)


def axe() -> str:
    place = os.environ.get("AXE_CORE")
    if not place:
        pytest.skip("no axe-core here: npm pack axe-core, unpack it, and name the folder in AXE_CORE")
    return (Path(place) / "axe.min.js").read_text(encoding="utf-8")


def serious(tab: Browser) -> list[str]:
    found = tab.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)")
    return [
        f"{item['id']} ({item['impact']}): {node['html'][:160]} {node['failureSummary'][:300]}"
        for item in found
        if item["impact"] in ("serious", "critical")
        for node in item["nodes"][:3]
    ]


def test_the_accessibility_check_can_fail(tab: Browser, tmp_path: Path) -> None:
    page = tmp_path / "bad.html"
    page.write_text(
        "<html><body><img src=''><button></button><p style='color:#ccc;background:#fff'>pale</p></body></html>"
    )
    script = axe()
    tab.open(page)
    tab.evaluate(script + ";0")
    assert {"button-name", "image-alt"} <= {line.partition(" ")[0] for line in serious(tab)}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
def test_no_serious_accessibility_issue(
    tab: Browser, folder: Path, mutated_files: dict[str, bytes], tmp_path: Path, theme: str, width: int
) -> None:
    script = axe()
    tab.theme(theme)
    tab.size(width)
    failing = write_folder(tmp_path / "failing", mutated_files)
    chosen = [folder / "index.html", failing / "index.html", failing / "theorems" / "DI1.html"]
    chosen += [folder / "theorems" / f"{name}.html" for name in ("DI2", "SF1", "F1")]
    for page in chosen:
        tab.open(page)
        tab.evaluate(script + ";0")
        assert serious(tab) == [], page.name
