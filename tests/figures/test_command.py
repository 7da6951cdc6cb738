"""`semtheory figures`: names, formats, the mark from a record, exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from semtheory.cli.app import app
from semtheory.drawing import catalogue
from semtheory.logic import registry

runner = CliRunner()


@pytest.fixture
def run(write_figure: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    entries = [write_figure("alpha"), write_figure("beta")]
    monkeypatch.setattr(catalogue, "load_catalogue", lambda: catalogue.Catalogue(entries))
    monkeypatch.setenv("SEMTHEORY_CACHE", str(tmp_path / "cache"))

    def invoke(*arguments: str) -> Any:
        return runner.invoke(app, ["figures", "--out", str(tmp_path / "out"), "--jobs", "1", *arguments])

    return invoke


def record(folder: Path, failing: str) -> str:
    step = {"claim": "a claim", "method": "by examples", "level": "tested", "certificate": None}
    theorems = [
        {
            "id": name, "title": name, "chapter": "", "target": "tested", "ok": name != failing, "seconds": 0, "examples": 3,
            "level": "undecided" if name == failing else "tested", "cited": [], "depends": [], "variants": [], "fidelity": {},
            "steps": [step | {"level": "undecided" if name == failing else "tested"}],
        }
        for name in ("DI1", "RD3")
    ]  # fmt: skip
    file = folder / "verify.json"
    file.write_text(json.dumps({"schema": 1, "semtheory": "0", "environment": {}, "theorems": theorems}))
    return str(file)


def test_makes_lists_and_keeps(run: Any, tmp_path: Path) -> None:
    first = run("--format", "svg")
    assert first.exit_code == 0, first.output
    assert "[2/2] beta" in first.output
    assert {file.name for file in (tmp_path / "out").iterdir()} == {
        "alpha.svg", "alpha.csv", "alpha.json", "beta.svg", "beta.csv", "beta.json", "contact.html",
    }  # fmt: skip
    assert "alpha kept" in run("alpha", "--format", "svg").output
    assert "kept" not in run("alpha", "--format", "svg", "--no-cache").output
    assert "alpha" in run("--list").output


def test_a_record_marks_what_failed(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "load_registry", lambda: registry.Registry([]))  # the record speaks for itself
    failed = run("alpha", "--format", "svg", "--from", record(tmp_path, "RD3"))
    assert failed.exit_code == 1
    assert "NOT VERIFIED: RD3" in failed.output
    assert 'id="not-verified"' in (tmp_path / "out" / "alpha.svg").read_text()


def test_bad_words(run: Any, tmp_path: Path) -> None:
    for arguments, said in (
        (["alhpa"], "no figure alhpa; near: alpha"),
        (["--format", "gif"], "format 'gif'"),
        (["--format", ","], "no format"),
        (["--only", "XX1"], "no figure shows XX1"),
        (["--from", str(tmp_path / "none.json")], "cannot read"),
    ):
        result = run(*arguments)
        assert result.exit_code == 2
        assert said in result.output
    assert not (tmp_path / "out").exists()
