"""A folder of files, written whole or not at all, and never over anything but an earlier report."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from semtheory.errors import InputError, SemtheoryError

MARK = "semtheory-report.json"  # lists the files of a report, so that nothing else is ever replaced


def require_place(target: str | Path) -> Path:
    """The folder that a report may be written to. Raises `InputError` where it may not, before any work is done."""
    place = Path(os.path.realpath(target))
    if not place.parent.is_dir():
        raise InputError(f"cannot write {target}: there is no directory {place.parent}; make it first")
    if not os.access(place.parent, os.W_OK):
        raise InputError(f"cannot write {target}: nothing may be written in {place.parent}; choose another place")
    if place.exists() and not place.is_dir():
        raise InputError(f"cannot write {target}: it is a file; give the name of a directory")
    if place.is_dir() and any(place.iterdir()):
        strange = _strange(place)
        if strange:
            raise InputError(
                f"cannot write {target}: the directory is not a report, it holds {strange}; "
                "give a new directory, or remove this one yourself"
            )
    return place


def _strange(place: Path) -> str:
    """A file in the folder that no report put there, or "" when it is a report and nothing else."""
    listed: set[str] = set()
    mark = place / MARK
    if mark.is_file():
        try:
            listed = set(json.loads(mark.read_text(encoding="utf-8"))["files"]) | {MARK}
        except (OSError, ValueError, KeyError, TypeError):
            return f"a {MARK} that cannot be read"
    for file in sorted(place.rglob("*")):
        name = file.relative_to(place).as_posix()
        if not file.is_dir() and name not in listed:
            return name
    return "" if listed else "empty directories"


def write_folder(target: str | Path, files: Mapping[str, bytes]) -> Path:
    """Write `files` (path inside the folder: content) as the folder `target`.

    They are written to a folder beside it, which then takes its name: interrupted at any time, the earlier report is
    there, whole, or the new one is.

    Raises:
        InputError: see `require_place`. SemtheoryError: the disk is full, or nothing may be written.
    """
    place = require_place(target)
    old: Path | None = None
    made = Path()
    try:
        made = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
        for name, content in files.items():
            file = made / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        (made / MARK).write_text(json.dumps({"schema": 1, "files": sorted(files)}, indent=1) + "\n", encoding="utf-8")
        mask = os.umask(0)
        os.umask(mask)
        made.chmod(0o777 & ~mask)  # a temporary folder is private; the result is as any other
        if place.is_dir():
            old = made.with_name(made.name + ".old")
            place.rename(old)
        made.rename(place)
    except BaseException as error:
        if old is not None and old.exists() and not place.exists():
            old.rename(place)
        if made.name and made.is_dir():
            shutil.rmtree(made, ignore_errors=True)
        if isinstance(error, OSError):
            raise SemtheoryError(
                f"cannot write {target}: {error.strerror or error}; what was there is unchanged"
            ) from error
        raise
    finally:
        if old is not None and place.exists():
            shutil.rmtree(old, ignore_errors=True)
    return place
