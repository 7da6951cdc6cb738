"""The README shows what the program prints: every console block is run, in order, in one empty directory."""

import doctest
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from semtheory.cli.app import app
from semtheory.logic.evidence import MEANING, TARGETS

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```console\n\$ semtheory (.*)\n((?:.*\n)*?)```$", README, re.MULTILINE)


def matches(shown, printed):
    """Whether `printed` is `shown`, `...` standing for numbers and blanks."""
    pattern = re.escape(shown.rstrip()).replace(re.escape("..."), r"\s*[\d.]+")
    return re.fullmatch(pattern, printed.rstrip()) is not None


def test_matching_is_exact_but_for_times():
    assert matches("F1 ... s", "F1   0.12 s")
    assert not matches("F1 ... s", "F2 0.12 s")
    assert not matches("1 of 1", "1 of 2")


def test_every_console_block_prints_what_it_shows(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (draft,) = re.findall(r"^```latex\n(.*?)```$", README, re.MULTILINE | re.DOTALL)
    (tmp_path / "draft.tex").write_text(draft, encoding="utf-8")
    assert len(BLOCKS) >= 6
    for command, shown in BLOCKS:
        printed = CliRunner().invoke(app, shlex.split(command)).stdout
        assert matches(shown, printed), f"$ semtheory {command}\n{printed}"


def test_the_python_block_runs(capsys):
    (code,) = re.findall(r"^```python\n(.*?)```$", README, re.MULTILINE | re.DOTALL)
    exec(compile(code, "README.md", "exec"), {})
    assert capsys.readouterr().out == "proved shannon\n"


SESSIONS = re.findall(r"^```pycon\n(.*?)```$", README, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("session", SESSIONS)
def test_the_session_prints_what_it_shows(session):
    example = doctest.DocTestParser().get_doctest(session, {}, "README.md", "README.md", 0)
    result = doctest.DocTestRunner().run(example)
    assert result.attempted >= 2
    assert result.failed == 0


@pytest.mark.parametrize("level", TARGETS)
def test_levels_mean_what_the_package_says(level):
    assert f"| `{level}` | {MEANING[level]} |" in README
