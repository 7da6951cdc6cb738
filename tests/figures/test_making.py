"""Making figures: bytes that do not change, marks of failed theorems, metadata, the cache, bad input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import matplotlib as mpl
import pytest

import semtheory
from semtheory.drawing import cache as caching
from semtheory.drawing.catalogue import Catalogue, load_catalogue
from semtheory.drawing.figure import Figure
from semtheory.drawing.making import make_figures
from semtheory.drawing.rendering import Standing, render
from semtheory.errors import InputError, SemtheoryError
from semtheory.report.figures import read_pictures

HELD = Standing(frozenset({"DI1", "RD3"}), frozenset())
FAILED = Standing(frozenset({"DI1"}), frozenset({"RD3"}))


def files(
    entry: Any, standing: Standing | None = None, formats: tuple[str, ...] = ("svg", "pdf", "png")
) -> dict[str, bytes]:
    setting = entry.figure.setting()
    return render(entry.figure, setting, entry.figure.data(setting), formats, standing)


def test_twice_the_same_bytes_whatever_the_readers_style(write_figure: Any) -> None:
    entry = write_figure()
    first = files(entry)
    with mpl.rc_context({"font.size": 20, "axes.facecolor": "red", "svg.hashsalt": None}):
        assert files(entry) == first
    assert set(first) == {"line.svg", "line.pdf", "line.png", "line.csv", "line.json"}


def test_provenance_is_in_every_file(write_figure: Any, tmp_path: Path) -> None:
    made = files(write_figure(), FAILED)
    svg = made["line.svg"].decode()
    said = 'theorems: DI1, RD3; not verified: RD3; profile: quick; configuration: {"points": 4}; seeds: [0]'
    assert said in "".join(Xml.fromstring(svg).itertext())
    assert f"semtheory {semtheory.__version__}".encode() in made["line.pdf"]
    assert said.encode() in made["line.png"]
    about = json.loads(made["line.json"])
    assert (about["theorems"], about["not_verified"], about["configuration"]) == (
        ["DI1", "RD3"],
        ["RD3"],
        {"points": 4},
    )
    for name, content in made.items():
        (tmp_path / name).write_bytes(content)
    assert [(p.name, p.title, p.theorems) for p in read_pictures(tmp_path)] == [
        ("line", "A line of line", ("DI1", "RD3"))
    ]


def test_no_date_and_embedded_fonts(write_figure: Any) -> None:
    made = files(write_figure())
    assert b"dc:date" not in made["line.svg"]
    assert b"<text" not in made["line.svg"]  # outlines
    assert b"CreationDate" not in made["line.pdf"]
    assert b"/FontFile2" in made["line.pdf"]  # TrueType, whole
    assert b"/Type3" not in made["line.pdf"]


def test_a_failed_theorem_is_marked_and_a_verified_one_is_not(write_figure: Any) -> None:
    entry = write_figure()
    assert b'id="not-verified"' in files(entry, FAILED)["line.svg"]
    assert b'id="not-verified"' not in files(entry, HELD)["line.svg"]
    assert b'id="not-verified"' not in files(entry)["line.svg"]
    assert files(entry, FAILED)["line.png"] != files(entry, HELD)["line.png"]


def test_a_theorem_that_was_not_run_counts_as_not_verified() -> None:
    assert Standing(frozenset({"DI1"}), frozenset()).not_verified(["DI1", "RD3"]) == ("RD3",)


def test_unknown_formats_and_names(write_figure: Any) -> None:
    entry = write_figure("capacity")
    with pytest.raises(InputError, match="format 'jpeg': expected some of svg, pdf, png"):
        files(entry, formats=("jpeg",))
    with pytest.raises(InputError, match="no format"):
        files(entry, formats=())
    catalogue = Catalogue([entry])
    with pytest.raises(InputError, match="no figure capacty; near: capacity"):
        catalogue.select(["capacty"])
    with pytest.raises(InputError, match="there are capacity"):
        catalogue.select(["xyz"])
    with pytest.raises(InputError, match="no figure package is installed"):
        Catalogue([]).select(["capacity"])
    with pytest.raises(InputError, match="profile 'slow'"):
        entry.figure.setting("slow")
    with pytest.raises(InputError, match="no 'lines' in the configuration"):
        entry.figure.setting()["lines"]


def test_figures_that_cannot_be() -> None:
    def nothing(*_: Any) -> Any:
        return {}

    for arguments, said in (
        ({"name": "../up"}, "expected a name"),
        ({"width": "poster"}, "width 'poster'"),
        ({"smoke": {"points": 1}}, "not in its configuration"),
    ):
        with pytest.raises(InputError, match=said):
            Figure(**{"name": "a", "title": "", "theorems": (), "data": nothing, "draw": nothing, **arguments})


def test_two_figures_of_one_name_and_modules_that_do_not_load(write_figure: Any, tmp_path: Path) -> None:
    entry = write_figure("twin")
    package = Path(entry.file).parent
    (package / "other.py").write_text(Path(entry.file).read_text())
    with pytest.raises(InputError, match="figure twin is made twice"):
        load_catalogue([package.name])
    (package / "other.py").unlink()
    (package / "divides.py").write_text("1/0")
    with pytest.raises(SemtheoryError, match=r"divides cannot be loaded: ZeroDivisionError"):
        load_catalogue([package.name])
    (package / "divides.py").unlink()
    (package / "empty.py").write_text("")
    with pytest.raises(InputError, match="holds no FIGURE"):
        load_catalogue([package.name])


def make(entry: Any, out: Path, cache: Path | None, **more: Any) -> Any:
    return make_figures([entry], out, formats=("svg",), cache=cache, **more)[0]


def test_the_cache_gives_the_same_bytes_and_is_dropped_when_anything_changes(write_figure: Any, tmp_path: Path) -> None:
    cache, out = tmp_path / "cache", tmp_path / "out"
    first = make(write_figure(), out, cache)
    drawn = (out / "line.svg").read_bytes()
    again = make(write_figure(), out, cache)
    assert (first.cached, again.cached) == (False, True)
    assert (out / "line.svg").read_bytes() == drawn
    assert not make(write_figure(), out, cache, seed=1).cached
    assert not make(write_figure(), out, cache, profile="smoke").cached
    assert not make(write_figure(), out, cache, standing=FAILED).cached
    changed = make(write_figure(height="-1"), out, cache)
    assert not changed.cached
    assert (out / "line.svg").read_bytes() != drawn


def test_the_cache_is_dropped_when_the_package_changes(
    write_figure: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, out = tmp_path / "cache", tmp_path / "out"
    make(write_figure(), out, cache)
    monkeypatch.setattr(caching, "package_hash", lambda: "another")
    assert not make(write_figure(), out, cache).cached
    monkeypatch.undo()
    monkeypatch.setattr(semtheory, "__version__", "999")
    assert not make(write_figure(), out, cache).cached


@pytest.mark.parametrize("how", ["cut", "other bytes", "gone", "no JSON", "another key"])
def test_a_damaged_entry_is_made_again(how: str, write_figure: Any, tmp_path: Path) -> None:
    cache, out = tmp_path / "cache", tmp_path / "out"
    make(write_figure(), out, cache)
    drawn = (out / "line.svg").read_bytes()
    (said,) = cache.glob("*.json")
    for kept in cache.glob("*.bin"):
        if how == "cut":
            kept.write_bytes(kept.read_bytes()[:-1])
        elif how == "other bytes":
            kept.write_bytes(b"<svg/>")
        elif how == "gone":
            kept.unlink()
    if how == "no JSON":
        said.write_text("{")
    elif how == "another key":
        said.write_text(said.read_text().replace(said.stem, "0" * 64))
    assert not make(write_figure(), out, cache).cached
    assert (out / "line.svg").read_bytes() == drawn
    assert make(write_figure(), out, cache).cached


def test_contact_sheet_shows_all_and_what_is_not_verified(write_figure: Any, tmp_path: Path) -> None:
    entries = [write_figure("one"), write_figure("two")]
    seen = []
    made = make_figures(
        entries, tmp_path / "out", profile="smoke", standing=FAILED, progress=lambda *args: seen.append(args[1:])
    )
    assert seen == [(1, 2), (2, 2)]
    assert [one.not_verified for one in made] == [("RD3",), ("RD3",)]
    page = (tmp_path / "out" / "contact.html").read_text()
    assert page.count('class="doubtful"') == 2
    assert 'src="one.svg"' in page
    assert "<script" not in page
    assert (tmp_path / "out" / "contact.png").read_bytes().startswith(b"\x89PNG")


def test_errors_name_the_figure_and_leave_no_half_files(write_figure: Any, tmp_path: Path) -> None:
    entry = write_figure("broken", height="setting['no such']")
    with pytest.raises(InputError, match="figure broken: no 'no such'"):
        make(entry, tmp_path / "out", None)
    assert list((tmp_path / "out").iterdir()) == []
    (tmp_path / "file").write_text("")
    with pytest.raises(SemtheoryError, match="cannot write"):
        make(write_figure(), tmp_path / "file", None)
