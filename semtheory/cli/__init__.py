"""The command line. Nothing heavy is imported before a command needs it."""

from __future__ import annotations

import contextlib
import io
import sys

from semtheory.workers import one_thread_each


def main() -> None:
    """Entry point of the console script `semtheory`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            with contextlib.suppress(io.UnsupportedOperation):
                stream.reconfigure(errors="replace")  # a terminal that lacks a symbol shows "?" in its place
    one_thread_each()
    from semtheory.cli.app import app

    app(prog_name="semtheory")
