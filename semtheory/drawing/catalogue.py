"""Where figures come from: packages announced under the entry-point group `semtheory.figures`.

[project.entry-points."semtheory.figures"]
mine = "my_figures"        # a package; every module in it that holds a FIGURE is read
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

from semtheory.drawing.figure import Figure
from semtheory.errors import InputError, SemtheoryError

GROUP = "semtheory.figures"


@dataclass(frozen=True)
class Listed:
    """A figure and its module: the dotted name that finds it again in another process, and the file."""

    figure: Figure
    origin: str
    file: str


class Catalogue:
    """The figures known to this run, by name.

    Raises:
        InputError: two figures of one name.
    """

    def __init__(self, entries: Iterable[Listed]) -> None:
        self._entries: dict[str, Listed] = {}
        for entry in entries:
            known = self._entries.setdefault(entry.figure.name, entry)
            if known.figure is not entry.figure:
                raise InputError(f"figure {entry.figure.name} is made twice: in {known.origin} and in {entry.origin}")

    def __iter__(self) -> Iterator[Listed]:
        return iter(self._entries[name] for name in sorted(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    def select(self, names: Sequence[str]) -> list[Listed]:
        """The figures named, in order of name; all when none is named. Raises `InputError` with near matches."""
        for name in names:
            if name not in self._entries:
                raise InputError(self._unknown(name))
        return [entry for entry in self._entries.values() if not names or entry.figure.name in names]

    def _unknown(self, name: str) -> str:
        if not self._entries:
            return f"no figure {name}: no figure package is installed (entry-point group {GROUP})"
        near = difflib.get_close_matches(name.casefold(), self._entries, n=3, cutoff=0.4)
        return f"no figure {name}; " + (f"near: {', '.join(near)}" if near else f"there are {', '.join(self._entries)}")


def load_catalogue(packages: Sequence[str] | None = None) -> Catalogue:
    """Every figure of the installed figure packages, or of the packages named.

    Raises:
        SemtheoryError: a module that cannot be loaded. InputError: two figures of one name.
    """
    roots = packages if packages is not None else sorted({point.value for point in entry_points(group=GROUP)})
    return Catalogue(entry for root in roots for entry in _figures_of(_import(root)))


def load_listed(origin: str) -> Listed:
    """The figure of a module by its dotted name."""
    module = _import(origin)
    figure = getattr(module, "FIGURE", None)
    if not isinstance(figure, Figure):
        raise InputError(f"module {origin} holds no FIGURE")
    return Listed(figure, origin, module.__file__ or "")


def _figures_of(root: ModuleType) -> Iterable[Listed]:
    if isinstance(getattr(root, "FIGURE", None), Figure):
        yield load_listed(root.__name__)
    for folder in map(Path, getattr(root, "__path__", [])):
        for file in sorted(folder.glob("*.py")):
            if not file.stem.startswith("_"):
                yield load_listed(f"{root.__name__}.{file.stem}")


def _import(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except (Exception, SystemExit) as error:
        text = str(error) if isinstance(error, SemtheoryError) else f"{type(error).__name__}: {error}"
        raise SemtheoryError(f"figure module {name} cannot be loaded: {text}") from error
