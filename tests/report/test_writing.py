"""A report replaces a report, whole or not at all, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from semtheory.errors import InputError, SemtheoryError
from semtheory.report import writing
from semtheory.report.figures import read_pictures
from semtheory.report.writing import MARK, require_place, write_folder


def tree(folder: Path) -> dict[str, bytes]:
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def test_an_earlier_report_is_replaced_whole(tmp_path: Path) -> None:
    write_folder(tmp_path / "r", {"index.html": b"1", "theorems/A1.html": b"1"})
    write_folder(tmp_path / "r", {"index.html": b"2"})
    assert set(tree(tmp_path / "r")) == {"index.html", MARK}
    assert (tmp_path / "r" / "index.html").read_bytes() == b"2"
    assert [f.name for f in tmp_path.iterdir()] == ["r"]


def test_a_folder_that_is_not_a_report_is_left_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "thesis.tex").write_text("mine")
    with pytest.raises(InputError, match="is not a report, it holds thesis.tex"):
        write_folder(home, {"index.html": b""})
    assert set(tree(home)) == {"thesis.tex"}


def test_a_report_with_a_foreign_file_is_left_alone(tmp_path: Path) -> None:
    write_folder(tmp_path / "r", {"index.html": b"1"})
    (tmp_path / "r" / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match=r"notes\.txt"):
        write_folder(tmp_path / "r", {"index.html": b"2"})
    (tmp_path / "r" / MARK).write_text("{")
    with pytest.raises(InputError, match="cannot be read"):
        require_place(tmp_path / "r")


def test_a_file_and_a_missing_parent_are_refused(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("")
    with pytest.raises(InputError, match="it is a file"):
        require_place(tmp_path / "f")
    with pytest.raises(InputError, match="no directory"):
        require_place(tmp_path / "no" / "r")


@pytest.mark.parametrize("when", ["writing", "swapping"])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_interrupted_it_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str, error: BaseException
) -> None:
    write_folder(tmp_path / "r", {"index.html": b"1"})
    real, calls = (Path.write_bytes, Path.rename)[when == "swapping"], []

    def fail(self: Path, *args: object) -> object:
        calls.append(self)
        if len(calls) == 2:
            raise error
        return real(self, *args)

    monkeypatch.setattr(writing.Path, "write_bytes" if when == "writing" else "rename", fail)
    with pytest.raises(KeyboardInterrupt if isinstance(error, KeyboardInterrupt) else SemtheoryError):
        write_folder(tmp_path / "r", {"index.html": b"2", "more.html": b"2"})
    monkeypatch.undo()
    assert (tmp_path / "r" / "index.html").read_bytes() == b"1"
    assert [f.name for f in tmp_path.iterdir()] == ["r"]


def test_figures_say_which_theorems_they_draw(tmp_path: Path) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><title>Rates</title>{}</svg>'
    (tmp_path / "rates.svg").write_text(svg.format("<metadata><x>theorems: RD2, RD4; seeds: 0</x></metadata>"))
    (tmp_path / "plain.svg").write_text(svg.format(""))
    (tmp_path / "flow.svg").write_text(svg.format(""))
    (tmp_path / "flow.json").write_text('{"title": "Flow", "theorems": ["SF1"]}')
    found = {picture.name: (picture.title, picture.theorems) for picture in read_pictures(tmp_path)}
    assert found == {"rates": ("Rates", ("RD2", "RD4")), "flow": ("Flow", ("SF1",))}
    (tmp_path / "bad.svg").write_text("<svg>")
    with pytest.raises(InputError, match="not SVG"):
        read_pictures(tmp_path)
    with pytest.raises(InputError, match="no such directory"):
        read_pictures(tmp_path / "none")
