"""Figures made before, kept by the hash of all they depend on; an entry that does not say so word for word is made again."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import semtheory
from semtheory.drawing.catalogue import Listed
from semtheory.drawing.figure import Setting
from semtheory.drawing.rendering import Standing, provenance
from semtheory.errors import InputError
from semtheory.files import write_whole

_SHOWN_BY = ("cli", "report")  # what these packages say changes no figure


def key_of(entry: Listed, setting: Setting, formats: Sequence[str], standing: Standing | None) -> str:
    """SHA-256 over the figure's module, its provenance, the formats, the package and the versions it rests on.

    Raises:
        InputError: the module has no source file, so that a change of it would not be seen.
    """
    if not entry.file or not Path(entry.file).is_file():
        raise InputError(f"figure {entry.figure.name}: module {entry.origin} has no source file to compare")
    parts = {
        "module": hashlib.sha256(Path(entry.file).read_bytes()).hexdigest(),
        "about": provenance(entry.figure, setting, standing),
        "size": entry.figure.size,
        "formats": list(formats),
        "package": package_hash(),
        "versions": _versions(),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


@cache
def package_hash() -> str:
    """SHA-256 of the source of `semtheory`, but for what only shows results."""
    root = Path(semtheory.__file__).parent
    whole = hashlib.sha256()
    for file in sorted(root.rglob("*.py")):
        name = file.relative_to(root)
        if name.parts[0] not in _SHOWN_BY:
            whole.update(f"{name.as_posix()} {hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()


def read_entry(folder: Path, key: str) -> dict[str, bytes] | None:
    """The files kept under `key`, or None where there are none, or where one is missing or damaged."""
    try:
        said = json.loads((folder / f"{key}.json").read_text(encoding="utf-8"))
        if said["key"] != key:
            return None
        files = {}
        for name, digest in said["files"].items():
            content = (folder / f"{digest}.bin").read_bytes()
            if hashlib.sha256(content).hexdigest() != digest:
                return None
            files[str(name)] = content
        return files
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write_entry(folder: Path, key: str, files: Mapping[str, bytes]) -> None:
    """Keep `files`: the contents first, then the entry that names them."""
    folder.mkdir(parents=True, exist_ok=True)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    for name, content in files.items():
        write_whole(folder / f"{digests[name]}.bin", content)
    write_whole(folder / f"{key}.json", json.dumps({"key": key, "files": digests}, indent=1).encode())


def default_folder() -> Path | None:
    """Where figures are kept: in $SEMTHEORY_CACHE, else in the user's cache directory; None when that is "off"."""
    chosen = os.environ.get("SEMTHEORY_CACHE")
    if chosen is not None:
        return None if chosen.casefold() in ("", "off", "0") else Path(chosen) / "figures"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "semtheory" / "figures"


@cache
def _versions() -> dict[str, Any]:
    from importlib.metadata import PackageNotFoundError, version

    found: dict[str, str | None] = {}
    for name in ("matplotlib", "numpy", "scipy", "sympy", "python-flint", "POT", "torch"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found
