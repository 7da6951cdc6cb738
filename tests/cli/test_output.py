"""What a command is told to write to: followed, never replaced, and looked at before the work."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner

from semtheory.cli.app import app
from semtheory.cli.output import require_writable, write_text
from semtheory.errors import SemtheoryError


def test_a_link_is_followed(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_text("old")
    link.symlink_to(real)
    write_text(str(link), "new")
    assert link.is_symlink()
    assert real.read_text() == "new"


def test_a_pipe_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    write_text(str(pipe), "through")
    reader.join(timeout=60)
    assert read == ["through"]
    assert pipe.is_fifo()


def test_a_place_that_does_not_exist_is_refused_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(SemtheoryError, match="there is no directory"):
        write_text(str(tmp_path / "no" / "file"), "")
    result = CliRunner().invoke(app, ["verify", "DI1", "--json", str(tmp_path / "no" / "file")])
    assert isinstance(result.exception, (SemtheoryError, SystemExit))
    assert "theorems at target" not in result.output


def test_outputs_are_kept_apart_from_each_other_and_from_what_is_read(tmp_path: Path) -> None:
    draft = tmp_path / "draft.md"
    draft.write_text("text")
    with pytest.raises(SemtheoryError, match="would replace the file that is to be read"):
        require_writable(str(tmp_path / "." / "draft.md"), reads=[str(draft)])
    for both in (str(tmp_path / "one"), "-"):
        with pytest.raises(SemtheoryError, match="two of the outputs would both be written to"):
            require_writable(both, both)
    require_writable(os.devnull, os.devnull, str(tmp_path / "one"), None, "-", reads=[str(draft)])
    assert draft.read_text() == "text"
