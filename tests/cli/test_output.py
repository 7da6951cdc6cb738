"""What a command is told to write to: followed, never replaced, and looked at before the work."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner

from semtheory.cli.app import app
from semtheory.cli.output import write_text
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
