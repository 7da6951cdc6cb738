"""`semtheory report`: what it writes, what it refuses, and its exit codes."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from semtheory.cli.app import app
from semtheory.report.writing import MARK


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["report", *arguments], prog_name="semtheory")


@pytest.fixture
def source(tmp_path: Path, record: dict[str, Any]) -> Path:
    made = copy.deepcopy(record)
    made["theorems"] = [theorem for theorem in made["theorems"] if theorem["id"] in ("F3", "DI1", "DI2")]
    file = tmp_path / "verify.json"
    file.write_text(json.dumps(made), encoding="utf-8")
    return file


def test_a_report_from_a_record(tmp_path: Path, source: Path) -> None:
    made = run("--from", str(source), "--out", str(tmp_path / "site"))
    assert made.exit_code == 0, made.output
    assert "3 theorems" in made.stdout
    assert (tmp_path / "site" / "theorems" / "DI2.html").is_file()
    assert (tmp_path / "site" / MARK).is_file()


def test_a_failing_theorem_is_named_and_is_exit_code_1(tmp_path: Path, source: Path) -> None:
    data = json.loads(source.read_text(encoding="utf-8"))
    for theorem in data["theorems"]:
        if theorem["id"] == "DI1":
            theorem["steps"][0]["certificate"] = None
    source.write_text(json.dumps(data), encoding="utf-8")
    made = run("--from", str(source), "--out", str(tmp_path / "site"))
    assert made.exit_code == 1
    assert "failing: DI1, DI2" in made.stdout


def test_a_strange_folder_is_refused_before_any_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("semtheory.logic.running.verify", lambda *_, **__: pytest.fail("worked first"))
    (tmp_path / "mine.txt").write_text("")
    made = run("--out", str(tmp_path))
    assert made.exit_code == 2
    assert "not a report" in made.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("content", ["", "[]", '{"schema": 1}'])
def test_what_is_no_record_is_a_usage_error(tmp_path: Path, content: str) -> None:
    (tmp_path / "v.json").write_text(content)
    made = run("--from", str(tmp_path / "v.json"), "--out", str(tmp_path / "site"))
    assert made.exit_code == 2
    assert "verify --json" in made.stderr
    assert not (tmp_path / "site").exists()


def test_interrupted_it_writes_nothing(tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("semtheory.report.site.render", interrupt)
    made = run("--from", str(source), "--out", str(tmp_path / "site"))
    assert made.exit_code == 130
    assert "nothing was written" in made.stderr
    assert sorted(file.name for file in tmp_path.iterdir()) == ["verify.json"]
