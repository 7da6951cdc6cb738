"""Where theorems come from: packages announced under the entry-point group `semtheory.proofs`, and files named by hand.

The package never imports a theorem package by name. Any installed distribution may announce one:

    [project.entry-points."semtheory.proofs"]
    mine = "my_theorems"        # a package or a module; every module below it is read
"""

from __future__ import annotations

import difflib
import fnmatch
import hashlib
import importlib
import importlib.util
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

from semtheory.errors import SemtheoryError, TheoremError, UnknownTheorem
from semtheory.logic.theorem import CHAPTERS, IDENTIFIER, Theorem

GROUP = "semtheory.proofs"


@dataclass(frozen=True)
class Registered:
    """A theorem and the module that states it. `origin` finds the module again, in another process too."""

    theorem: Theorem
    origin: str
    file: str
    doc: str

    @property
    def place(self) -> str:
        """Where the theorem stands, for messages."""
        return self.origin if self.origin == self.file else f"{self.origin} ({self.file})"


class Registry:
    """All theorems known to this run, by id, with their dependency graph.

    Raises:
        TheoremError: two theorems of one id (both named), a dependency that nobody states, or a cycle (shown).
    """

    def __init__(self, entries: Iterable[Registered]) -> None:
        self._entries: dict[str, Registered] = {}
        for entry in entries:
            known = self._entries.setdefault(entry.theorem.id, entry)
            if known.theorem is not entry.theorem:
                raise TheoremError(f"theorem {entry.theorem.id} is stated twice: in {known.place} and in {entry.place}")
        self._check_graph()

    def __iter__(self) -> Iterator[Registered]:
        return iter(sorted(self._entries.values(), key=lambda entry: natural_key(entry.theorem)))

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, name: str) -> Registered:
        """The theorem of that id. Raises `UnknownTheorem` with near matches."""
        if name not in self._entries:
            raise UnknownTheorem(self._unknown(name))
        return self._entries[name]

    def select(self, patterns: Sequence[str]) -> list[Registered]:
        """Theorems whose id is named or matched by a glob such as `DI*`, in natural order; all when none is named."""
        if not patterns:
            return list(self)
        chosen: set[str] = set()
        for pattern in patterns:
            if any(character in pattern for character in "*?["):
                found = {name for name in self._entries if fnmatch.fnmatchcase(name, pattern)}
                if not found:
                    raise UnknownTheorem(self._unknown(pattern))
                chosen |= found
            else:
                chosen.add(self.get(pattern).theorem.id)
        return [entry for entry in self if entry.theorem.id in chosen]

    def with_ancestors(self, chosen: Iterable[Registered]) -> list[Registered]:
        """`chosen` and everything they depend on, ancestors first."""
        order: dict[str, Registered] = {}

        def visit(entry: Registered) -> None:
            if entry.theorem.id not in order:
                for name in entry.theorem.depends:
                    visit(self._entries[name])
                order[entry.theorem.id] = entry

        for entry in chosen:
            visit(entry)
        return list(order.values())

    def _unknown(self, name: str) -> str:
        if not self._entries:
            return f"no theorem {name}: no theorem package is installed (entry-point group {GROUP})"
        by_fold = {key.casefold(): key for key in self._entries}
        near = difflib.get_close_matches(name.casefold(), by_fold, n=3, cutoff=0.5)
        hint = f"near: {', '.join(by_fold[key] for key in near)}; " if near else ""
        return f"no theorem {name}; {hint}`semtheory list` shows all"

    def _check_graph(self) -> None:
        for entry in self._entries.values():
            for name in entry.theorem.depends:
                if name not in self._entries:
                    raise TheoremError(
                        f"theorem {entry.theorem.id} in {entry.place} depends on {name}; {self._unknown(name)}"
                    )
        finished: set[str] = set()
        for start in self._entries:
            self._visit(start, [], finished)

    def _visit(self, name: str, path: list[str], finished: set[str]) -> None:
        if name in path:
            raise TheoremError(
                "theorems depend on each other in a circle: " + " -> ".join([*path[path.index(name) :], name])
            )
        if name not in finished:
            for parent in self._entries[name].theorem.depends:
                self._visit(parent, [*path, name], finished)
            finished.add(name)


def natural_key(theorem: Theorem) -> tuple[int, str, int, str]:
    """Chapters in the order of the theory, then numbers as numbers: DI2 before DI10."""
    match = IDENTIFIER.fullmatch(theorem.id)
    assert match is not None  # Theorem has refused anything else
    letters = list(CHAPTERS)
    position = letters.index(match[1]) if match[1] in letters else len(letters)
    return position, match[1], int(match[2]), match[3]


def load_registry(files: Sequence[Path] = ()) -> Registry:
    """Every installed theorem, and those of `files` (theorem modules, which are programs and are run by this)."""
    entries: list[Registered] = []
    for point in entry_points(group=GROUP):
        root = _import(point.value.partition(":")[0], f"entry point {point.name!r} of {_distribution(point)}")
        for module in _modules(root):
            entries += theorems_in(module, module.__name__)
    known = {Path(entry.file).resolve() for entry in entries if entry.file}
    for file in files:
        if file.resolve() not in known:
            entries += theorems_in(load_origin(str(file)), str(file))
    return Registry(entries)


def load_origin(origin: str) -> ModuleType:
    """The module behind `Registered.origin`: a dotted name, or the path of a file ending in `.py`."""
    if not origin.endswith(".py"):
        return _import(origin, f"module {origin}")
    path = Path(origin)
    if not path.is_file():
        raise TheoremError(f"{origin}: no such file; expected a theorem module")
    name = "semtheory_file_" + hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise TheoremError(f"{origin}: not a Python file")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # a module that leaves is not a module that holds
        del sys.modules[name]
        raise _cannot_load(f"file {origin}", error) from error
    return module


def theorems_in(module: ModuleType, origin: str) -> list[Registered]:
    """The theorems that `module` holds at its top level, each once."""
    found = {id(value): value for value in vars(module).values() if isinstance(value, Theorem)}
    doc = re.sub(r"\A\s+|\s+\Z", "", module.__doc__ or "")
    return [Registered(theorem, origin, getattr(module, "__file__", None) or "", doc) for theorem in found.values()]


def _modules(root: ModuleType) -> Iterator[ModuleType]:
    yield root
    for folder in map(Path, getattr(root, "__path__", [])):
        # A folder without __init__.py counts too: no theorem may be lost for want of an empty file.
        for file in sorted(folder.rglob("*.py")):
            parts = file.relative_to(folder).with_suffix("").parts
            parts = parts[:-1] if parts[-1] == "__init__" else parts
            if parts and not any(part.startswith(("_", ".")) for part in parts):
                yield _import(".".join([root.__name__, *parts]), f"file {file}")


def _import(name: str, what: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except (Exception, SystemExit) as error:
        raise _cannot_load(what, error) from error


def _cannot_load(what: str, error: BaseException) -> TheoremError:
    text = str(error) if isinstance(error, SemtheoryError) else f"{type(error).__name__}: {error}"
    return TheoremError(f"{what} cannot be loaded: {text}")


def _distribution(point: object) -> str:
    dist = getattr(point, "dist", None)
    return f"distribution {dist.name}" if dist is not None else "an unknown distribution"
