"""The command line starts at once: nothing heavy is imported before it is needed."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import semtheory

HEAVY = {"sympy", "numpy", "scipy", "flint", "hypothesis", "torch", "lark", "matplotlib", "jinja2", "rich", "mpmath"}
PROBE = """
import json, sys
from semtheory.cli import main
sys.argv = ["semtheory", *json.loads(sys.argv[1])]
try:
    main()
finally:
    print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})), file=sys.stderr)
"""


def loaded(*arguments):
    """Exit code, standard output, and the top-level modules that the command line loaded."""
    made = subprocess.run(
        [sys.executable, "-c", PROBE, json.dumps(arguments)], capture_output=True, text=True, check=False
    )
    return made.returncode, made.stdout, set(json.loads(made.stderr.splitlines()[-1]))


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["verify", "--help"], ["prove", "--help"]])
def test_help_loads_nothing_heavy(arguments):
    code, _, modules = loaded(*arguments)
    assert code == 0
    assert "typer" in modules
    assert not modules & HEAVY


def test_recheck_loads_no_prover(certificate):
    code, out, modules = loaded("recheck", certificate())
    assert code == 0
    assert "accepted" in out
    assert not modules & HEAVY


def test_importing_the_package_loads_nothing_heavy():
    code = "import semtheory, semtheory.errors, semtheory.logic.checker, sys; print(*sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not {name.partition(".")[0] for name in out.split()} & (HEAVY | {"typer"})


def test_the_checker_needs_the_standard_library_alone(certificate):
    root = Path(semtheory.__file__).parent.parent
    command = [
        sys.executable,
        "-S",
        "-m",
        "semtheory.logic.checker",
        certificate(),
        certificate("wrong.json", proof={">=": []}),
    ]
    made = subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)
    assert made.returncode == 1, made.stderr
    assert "proof.json: accepted" in made.stdout
    assert "wrong.json: REJECTED" in made.stdout


def test_version_is_that_of_the_package(run):
    assert run("--version").stdout == f"semtheory {semtheory.__version__}\n"
    with open(Path(__file__).parents[2] / "pyproject.toml", "rb") as file:
        assert tomllib.load(file)["project"]["dynamic"] == ["version"]


def test_every_command_is_listed_and_explained(run):
    out = run("--help").stdout
    for command in ("verify", "list", "show", "blame", "prove", "recheck", "new"):
        assert f"\n  {command} " in out
        assert run(command, "--help").exit_code == 0


def test_python_m_is_the_same_program():
    made = subprocess.run([sys.executable, "-m", "semtheory", "--version"], capture_output=True, text=True, check=True)
    assert made.stdout == f"semtheory {semtheory.__version__}\n"


def test_the_checker_shares_no_code_with_the_provers(certificate):
    code = "import semtheory.logic.checker as c, sys; c.main(sys.argv[1:]); print(*sys.modules)"
    command = [sys.executable, "-c", code, certificate()]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1]
    ours = {name for name in out.split() if name.startswith("semtheory")}
    assert {name for name in ours if not name.startswith("semtheory.logic.checker")} == {
        "semtheory",
        "semtheory.errors",
        "semtheory.logic",
    }
