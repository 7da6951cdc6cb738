"""`semtheory new`: a theorem module that passes as it stands, to be changed into one's own."""

from __future__ import annotations

import keyword
from pathlib import Path
from typing import Annotated

import typer

from semtheory.cli.output import write_text
from semtheory.errors import SemtheoryError

MODULE = '''"""What the theorem says, in a sentence or two, for a reader of the paper.

Here, as a start: processing cannot add information, I(X;Z) <= I(X;Y) whenever Z is made from Y alone.
"""

from semtheory import Fidelity, Given, Theorem, Variant

markov = Given("X->Y->Z", met_by="Z a noisy copy of Y", broken_by="Z = X, and Y independent of both")

{id} = Theorem(
    "{id}",
    title="Data processing",
    claims=[("I(X;Z) <= I(X;Y)", markov)],
    target="proved",
    variants=[Variant("I(X;Z) <= I(X;Y)", why="without the Markov chain, Z may copy X while Y knows nothing")],
    fidelity=Fidelity(
        "reproduction",
        source="Cover and Thomas 2006, Theorem 2.8.1",
        paper="say here, in your own words, what the paper claims",
    ),
)
'''

PROJECT = """[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "{name}"
version = "0.1.0"
description = "Theorems for semtheory"
requires-python = ">=3.11"
dependencies = ["semtheory"]

# `semtheory verify` finds every module below this package once it is installed.
[project.entry-points."semtheory.proofs"]
{name} = "{name}"
"""


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the module, such as my_bound.")],
    package: Annotated[
        bool, typer.Option("--package", help="Write an installable package, whose theorems `verify` finds by itself.")
    ] = False,
) -> None:
    """Write a theorem module that passes, in the current directory. Never overwrites.

    `semtheory verify NAME.py` runs it. With --package: `pip install -e NAME`, then `semtheory verify`.
    """
    if not name.isidentifier() or keyword.iskeyword(name) or not name.isascii() or name.startswith("_"):
        raise SemtheoryError(
            f"{name!r} cannot name a module: expected letters, digits and underscores, such as my_bound"
        )
    identifier = theorem_id(name)
    files = {f"{name}.py": MODULE.format(id=identifier)}
    if package:
        files = {
            f"{name}/pyproject.toml": PROJECT.format(name=name),
            f"{name}/{name}/__init__.py": f'"""Theorems of {name}."""\n',
            f"{name}/{name}/first.py": files[f"{name}.py"],
        }
    for path in [name] if package else files:
        if Path(path).exists():
            raise SemtheoryError(
                f"{path} exists already, and `new` never overwrites; choose another name or move it away"
            )
    for path, content in files.items():
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SemtheoryError(f"cannot make the directory of {path}: {error.strerror}") from error
        write_text(path, content)
        typer.echo(f"wrote {path}")
    if package:
        typer.echo(f"next: pip install -e {name}, then semtheory verify {identifier}")
    else:
        typer.echo(f"next: semtheory verify {name}.py")


def theorem_id(name: str) -> str:
    """An id for the scaffold that no chapter of the paper uses: the name's letters in capitals, and a number."""
    letters = "".join(character for character in name.upper() if character.isalpha())
    digits = "".join(character for character in name if character.isdigit()) or "1"
    from semtheory.logic.theorem import CHAPTERS

    return ("MY" if letters in CHAPTERS else "") + letters + digits
