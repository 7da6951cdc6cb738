"""What must hold of the repository itself."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

import semtheory

ROOT = Path(__file__).resolve().parents[1]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
THEOREMS = sorted((ROOT / "proofs").rglob("*.py"))


def tracked():
    """The files of the repository; those on disk where this is no git checkout."""
    made = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = [name for name in made.stdout.split("\0") if name]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def idle_checks(source):
    """Lines of expression statements that compute a truth value and drop it: they look like checks and cannot fail."""
    idle = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr):
            value = node.value
            called = value.func if isinstance(value, ast.Call) else None
            name = getattr(called, "attr", getattr(called, "id", ""))
            if isinstance(value, (ast.Compare, ast.BoolOp)) or name in ("allclose", "isclose", "array_equal", "equals"):
                idle.append(node.lineno)
    return idle


@pytest.mark.parametrize("source", ["a == b", "np.allclose(a, b)", "x < 3", "a and b", "math.isclose(a, b)"])
def test_the_lint_sees_an_idle_check(source):
    assert idle_checks(source) == [1]
    assert idle_checks(f"assert {source}") == []


@pytest.mark.parametrize("path", TESTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_test_drops_a_comparison(path):
    assert idle_checks(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", THEOREMS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_theorem_module_explains_itself(path):
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    assert len(doc.split()) >= 5


def test_the_version_has_one_home():
    assert importlib.metadata.version("semtheory") == semtheory.__version__
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" not in project["project"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## (\S+)", changelog, re.MULTILINE)[1] == semtheory.__version__


def test_constraints_pin_what_the_readme_installs():
    pins = dict(re.findall(r"^([\w.-]+)==(\S+)$", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE))
    pins = {name.lower().replace("_", "-"): version for name, version in pins.items()}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for requirement in [*project["dependencies"], *project["optional-dependencies"]["test"], "torch"]:
        assert re.match(r"[\w-]+", requirement)[0].lower() in pins
    assert pins["torch"] == "2.13.0"


def test_nothing_names_a_place_of_one_machine():
    # Spelled in parts, so that this file is no exception.
    place = re.compile(
        r"(^|[^\w.])/(" + "|".join(["wo" + "rk", "ro" + "ot", "ho" + "me", "op" + "t", "fa" + "rm"]) + r")/"
    )
    address = re.compile(r"index" + r"-url|https?://[^ \"]+(\.whl|\.tar\.gz|/simple)")
    found = []
    for path in tracked():
        if path.suffix not in (".png", ".svg", ".pdf", ".csv"):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                if place.search(line) or address.search(line):
                    found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()}")
    assert found == []
