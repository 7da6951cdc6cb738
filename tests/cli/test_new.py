import tomllib

import pytest


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_the_scaffold_passes_as_it_stands(run):
    assert run("new", "my_bound").exit_code == 0
    result = run("verify", "my_bound.py")
    assert result.exit_code == 0, result.output
    assert "1 of 1 theorems at target; 2 of 2 false variants refuted" in result.stdout


def test_a_package_announces_its_theorems(run, tmp_path):
    result = run("new", "my_theorems", "--package")
    assert result.exit_code == 0
    assert "pip install -e my_theorems" in result.stdout
    project = tomllib.loads((tmp_path / "my_theorems" / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["entry-points"]["semtheory.proofs"] == {"my_theorems": "my_theorems"}
    assert run("verify", "my_theorems/my_theorems/first.py").exit_code == 0


def test_nothing_is_overwritten(run, tmp_path):
    (tmp_path / "mine.py").write_text("precious", encoding="utf-8")
    result = run("new", "mine")
    assert result.exit_code == 2
    assert "mine.py exists already" in result.stderr
    assert (tmp_path / "mine.py").read_text(encoding="utf-8") == "precious"
    (tmp_path / "pack").mkdir()
    assert run("new", "pack", "--package").exit_code == 2


@pytest.mark.parametrize("name", ["", "my-bound", "2nd", "class", "../up", "a/b", "_private", "größe"])
def test_names_are_names_of_modules(run, tmp_path, name):
    result = run("new", name)
    assert result.exit_code == 2
    assert "cannot name a module" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_no_id_of_a_chapter_is_taken(run):
    result = run("new", "di2")
    assert result.exit_code == 0
    assert "MYDI2" in run("list", "di2.py").stdout
