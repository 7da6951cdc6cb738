"""`semtheory recheck`: the small checker on certificate files. Standard library only; no prover is loaded."""

from __future__ import annotations

from typing import Annotated

import typer


def recheck(
    certificates: Annotated[list[str], typer.Argument(metavar="CERTIFICATE...", help="JSON files.")],
) -> None:
    """Check certificates again, in exact rationals, trusting no solver.

    Exit code 0: all accepted; 1: some rejected, the wrong line named; 2: some could not be read.
    """
    from semtheory.logic import checker

    raise typer.Exit(checker.main(certificates))
