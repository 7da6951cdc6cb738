"""`semtheory check`: exit codes, the fixed JSON, and the other reports; the pytest plugin."""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from semtheory.cli.app import app

GOOD = "\\[ I(X;Y) \\le H(X) \\]\n"
WRONG = "\\begin{align}\n I(X;Y) &\\le H(X) \\\\\n I(X;Z) &\\le I(X;Y)\n\\end{align}\n"
OPEN = "\\[ H(X) = \\int f \\]\n"


@pytest.fixture
def files(tmp_path):
    made = {}
    for name, text in (("good", GOOD), ("wrong", WRONG), ("open", OPEN)):
        (tmp_path / f"{name}.tex").write_text(text, encoding="utf-8")
        made[name] = str(tmp_path / f"{name}.tex")
    return made


def run(*arguments):
    return CliRunner().invoke(app, ["check", *arguments], prog_name="semtheory")


@pytest.mark.parametrize(("names", "code"), [(["good"], 0), (["wrong"], 1), (["open"], 3), (["open", "wrong"], 1), (["good", "none"], 2)])
def test_exit_codes(files, names, code):
    assert run(*(files.get(name, "none.tex") for name in names)).exit_code == code


def test_people_see_the_line_the_caret_and_the_counterexample(files):
    shown = run(files["wrong"]).stdout
    assert "wrong.tex:3:10: ✗ refuted  I(X;Z) <= I(X;Y)" in shown
    lines = shown.splitlines()
    caret = next(k for k, line in enumerate(lines) if line.strip() == "^^^")
    assert lines[caret - 1][lines[caret].index("^") :].startswith("\\le")
    assert "violation:" in shown
    assert "given X -> Y -> Z: proved" in shown
    assert "bits" in run(files["wrong"], "--unit", "bits").stdout


def test_json_is_the_fixed_schema(files):
    result = run(files["wrong"], files["good"], "--json", "-")
    data = json.loads(result.stdout)
    assert data["schema"] == 1
    assert [file["exit"] for file in data["files"]] == [1, 0]
    relations = data["files"][0]["relations"]
    keys = {"line", "text", "relation", "column", "verdict", "method", "counterexample", "suggestions"}
    assert all(set(relation) == keys for relation in relations)
    assert [(r["line"], r["verdict"]) for r in relations] == [(2, "proved"), (3, "refuted")]
    from semtheory.logic.checker import check as recheck

    assert recheck(relations[1]["counterexample"])


def test_other_reports(files, tmp_path):
    targets = {kind: str(tmp_path / kind) for kind in ("junit", "sarif", "html")}
    run(files["wrong"], files["open"], *(part for kind, path in targets.items() for part in (f"--{kind}", path)))
    root = ElementTree.parse(targets["junit"]).getroot()
    assert [len(root.findall(f".//{tag}")) for tag in ("testcase", "failure", "skipped")] == [3, 1, 1]
    with open(targets["sarif"], encoding="utf-8") as file:
        results = json.load(file)["runs"][0]["results"]
    assert [(r["ruleId"], r["locations"][0]["physicalLocation"]["region"]["startLine"]) for r in results] == [("refuted", 3), ("not-read", 1)]
    with open(targets["html"], encoding="utf-8") as file:
        page = file.read()
    assert page.count("<math") == 2
    assert "http" not in page.replace("http://www.w3.org/1998/Math/MathML", "")


def test_from_python(files):
    import semtheory

    checked = semtheory.check(files["wrong"])
    assert checked.exit_code == 1
    assert "refuted" in checked._repr_html_()


def test_a_theorem_module_is_run_and_says_so(tmp_path):
    path = tmp_path / "my_bound.py"
    from semtheory.cli.new import MODULE

    path.write_text(MODULE.format(id="MYB1"), encoding="utf-8")
    result = run(str(path))
    assert result.exit_code == 0
    assert "is a program: running its theorems" in result.stderr


def test_the_pytest_plugin(files, tmp_path):
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    installed = {entry.name for entry in importlib.metadata.entry_points(group="pytest11")}
    plugin = [] if "semtheory" in installed else ["-p", "semtheory.derivations.pytest_plugin"]
    command = [sys.executable, "-m", "pytest", *plugin, "-p", "no:cacheprovider", "--semtheory", *files.values()]
    made = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert "2 passed, 1 skipped" in made.stdout.replace("1 failed, ", "")
    assert "1 failed" in made.stdout
    assert "I(X;Z) <= I(X;Y): refuted" in made.stdout
