"""Files written whole or not at all, and the few options that several commands share."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from semtheory.errors import SemtheoryError
from semtheory.files import write_whole

UnitOption = Annotated[Literal["nats", "bits"], typer.Option("--unit", help="Unit of the numbers shown.")]
SeedOption = Annotated[int, typer.Option("--seed", min=0, help="Seed of every random choice.")]


def require_writable(*targets: str | None, reads: Iterable[str] = ()) -> None:
    """Raise `SemtheoryError` for a target that could not be written; commands ask before they start to work.

    Two targets in one place, and a target that is one of the files that the command `reads`, are refused too.
    """
    _require_apart([target for target in targets if target is not None], list(reads))
    for target in targets:
        if target is None or target == "-":
            continue
        path = Path(target)
        if not path.parent.is_dir():
            raise SemtheoryError(f"cannot write {target}: there is no directory {path.parent}; make it first")
        if path.is_dir():
            raise SemtheoryError(f"cannot write {target}: it is a directory; give the name of a file")
        if not os.access(path.parent, os.W_OK):
            raise SemtheoryError(f"cannot write {target}: nothing may be written in {path.parent}; choose another place")


def _require_apart(targets: list[str], reads: list[str]) -> None:
    read, taken = {os.path.realpath(name) for name in reads}, set()
    for target in targets:
        place = target if target == "-" else os.path.realpath(target)
        if target != "-" and os.path.exists(place) and not os.path.isfile(place):
            continue  # a device takes as many as one likes; a folder is refused below
        if place in read:
            raise SemtheoryError(f"writing {target} would replace the file that is to be read; give another name")
        if place in taken:
            where = "standard output" if target == "-" else target
            raise SemtheoryError(f"two of the outputs would both be written to {where}; give one another file")
        taken.add(place)


def write_text(target: str, text: str) -> None:
    """Write `text` to the file `target`, or to standard output when it is `-`.

    The file appears under its name only when complete: it is written beside it and renamed, so an interrupted run or
    a full disk leaves what was there before.

    Raises:
        SemtheoryError: when it cannot be written, with the reason.
    """
    if target == "-":
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    require_writable(target)
    path = Path(os.path.realpath(target))
    if path.exists() and not path.is_file():  # a pipe or a device is written to, never replaced
        try:
            with path.open("w", encoding="utf-8") as stream:
                stream.write(text)
        except OSError as error:
            raise SemtheoryError(f"cannot write {target}: {error.strerror or error}") from error
        return
    write_whole(path, text.encode())


def write_json(target: str, data: Any) -> None:
    """`write_text` of `data` as indented JSON."""
    write_text(target, json.dumps(data, indent=2, ensure_ascii=False) + "\n")


def indent(text: str, by: str = "    ") -> str:
    """`text` with every line that is not empty moved to the right."""
    return "\n".join(by + line if line else line for line in text.splitlines())
