import sys
import textwrap
from pathlib import Path

import pytest

from semtheory.errors import TheoremError, UnknownTheorem
from semtheory.logic import registry as module
from semtheory.logic.registry import Registered, Registry, load_origin, load_registry, natural_key
from tests.logic.fakes import theorem


def entries(*theorems):
    return [Registered(made, "a_module", "a_module.py", "") for made in theorems]


def known(*names):
    return Registry(entries(*(theorem(name) for name in names)))


def test_natural_order_follows_the_chapters():
    names = [entry.theorem.id for entry in known("ZZ1", "DI10", "F1", "DI2", "AA1")]
    assert names == ["F1", "DI2", "DI10", "AA1", "ZZ1"]
    assert natural_key(theorem("DI2")) < natural_key(theorem("DI10"))


def test_select_by_name_and_glob():
    registry = known("F1", "DI1", "DI2", "DI10")
    assert [entry.theorem.id for entry in registry.select(["DI*"])] == ["DI1", "DI2", "DI10"]
    assert [entry.theorem.id for entry in registry.select(["DI10", "F?"])] == ["F1", "DI10"]
    assert len(registry.select([])) == 4


@pytest.mark.parametrize(("name", "near"), [("di2", "DI2"), ("DI22", "DI2"), ("ID2", "DI2")])
def test_an_unknown_name_shows_near_ones(name, near):
    with pytest.raises(UnknownTheorem, match=f"no theorem {name}; near: .*{near}"):
        known("F1", "DI2").select([name])


def test_a_glob_that_matches_nothing_is_an_error():
    with pytest.raises(UnknownTheorem, match=r"no theorem QQ\*"):
        known("F1").select(["QQ*"])


def test_two_theorems_of_one_name_are_both_named():
    first, second = Registered(theorem("F1"), "one", "one.py", ""), Registered(theorem("F1"), "two", "two.py", "")
    with pytest.raises(TheoremError, match=r"F1 is stated twice: in one \(one.py\) and in two \(two.py\)"):
        Registry([first, second])


def test_the_same_theorem_seen_twice_is_no_duplicate():
    made = theorem("F1")
    assert len(Registry(entries(made, made))) == 1


def test_a_missing_dependency_is_named_with_near_ones():
    with pytest.raises(TheoremError, match="DI2 in .* depends on F11; no theorem F11; near: F1"):
        Registry(entries(theorem("DI2", depends=["F11"]), theorem("F1")))


def test_a_circle_is_shown():
    circle = [theorem("F1", depends=["F2"]), theorem("F2", depends=["F3"]), theorem("F3", depends=["F1"])]
    with pytest.raises(TheoremError, match="in a circle: F1 -> F2 -> F3 -> F1"):
        Registry(entries(*circle))


def test_ancestors_come_first_and_once():
    registry = Registry(entries(theorem("F1"), theorem("F2", depends=["F1"]), theorem("F3", depends=["F1", "F2"])))
    assert [entry.theorem.id for entry in registry.with_ancestors([registry.get("F3")])] == ["F1", "F2", "F3"]


SOURCE = '''
"""A module."""
from tests.logic.fakes import theorem
T = theorem("{name}")
'''


class Point:
    def __init__(self, value, name="mine"):
        self.name, self.value, self.dist = name, value, None


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Make packages of theorem modules and announce them as entry points."""
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)

    def install(**packages):
        for package, files in packages.items():
            for name, source in files.items():
                path = tmp_path / package / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(textwrap.dedent(source), encoding="utf-8")
        monkeypatch.setattr(module, "entry_points", lambda group: [Point(package) for package in packages])

    yield install
    for name in set(sys.modules) - before:
        del sys.modules[name]


def test_third_party_packages_are_found_to_any_depth(installed):
    installed(
        far_one={"__init__.py": "", "a/b/deep.py": SOURCE.format(name="QA1"), "_private.py": "raise ValueError"},
        far_two={"__init__.py": "", "c/__init__.py": SOURCE.format(name="QB1")},
    )
    registry = load_registry()
    assert [entry.theorem.id for entry in registry] == ["QA1", "QB1"]
    assert registry.get("QA1").origin == "far_one.a.b.deep"
    assert registry.get("QA1").doc == "A module."


def test_a_duplicate_across_packages_names_both(installed):
    installed(near_one={"__init__.py": SOURCE.format(name="QA1")}, near_two={"m.py": SOURCE.format(name="QA1")})
    with pytest.raises(TheoremError, match="QA1 is stated twice: in near_one .* and in near_two.m"):
        load_registry()


def test_a_module_that_cannot_be_loaded_is_named(installed):
    installed(broken={"__init__.py": "", "bad.py": "1/0"})
    with pytest.raises(TheoremError, match=r"bad.py cannot be loaded: ZeroDivisionError: division by zero"):
        load_registry()


def test_a_file_is_run_when_named(tmp_path, installed):
    installed()
    file = tmp_path / "mine.py"
    file.write_text(SOURCE.format(name="QC1"), encoding="utf-8")
    (entry,) = load_registry([file])
    assert (entry.theorem.id, entry.origin) == ("QC1", str(file))
    with pytest.raises(TheoremError, match="no such file; expected a theorem module"):
        load_registry([tmp_path / "other.py"])


def test_an_installed_file_named_by_path_is_no_duplicate(tmp_path, installed):
    installed(here={"__init__.py": "", "m.py": SOURCE.format(name="QD1")})
    assert len(load_registry([Path(tmp_path / "here" / "m.py")])) == 1


def test_a_module_that_exits_is_not_a_module_that_holds(tmp_path):
    path = tmp_path / "exits.py"
    path.write_text("import sys\nsys.exit(0)\n")
    with pytest.raises(TheoremError, match="SystemExit"):
        load_origin(str(path))
