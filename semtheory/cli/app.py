"""The commands, and what they do alike: errors in one sentence on standard error, exit code 2."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import semtheory
from semtheory.cli import browse, check, figures, new, prove, recheck, report, train, verify
from semtheory.errors import SemtheoryError


class _Commands(TyperGroup):
    """Turns what a user can cause into a message without a traceback."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except SemtheoryError as error:
            typer.echo(f"semtheory: {error}", err=True)
            raise typer.Exit(2) from None


app = typer.Typer(
    cls=_Commands,
    help="Prove, refute and verify claims of information theory, with certificates that a small checker accepts.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"semtheory {semtheory.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    pass


app.command("verify")(verify.verify)
app.command("list")(browse.list_theorems)
app.command("show")(browse.show)
app.command("blame")(browse.blame)
app.command("prove")(prove.prove)
app.command("check")(check.check)
app.command("recheck")(recheck.recheck)
app.command("report")(report.report)
app.command("train")(train.train)
app.command("sweep")(train.sweep)
app.command("new")(new.new)
app.command("figures")(figures.figures)
