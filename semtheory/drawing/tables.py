"""The data behind a figure: named columns of one length, each with its unit, written as CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from typing import Any

from semtheory.errors import InputError

_COLUMN = re.compile(r"[^\[\],\n]+ \[[^\[\],\n]+\]")


class Table:
    """Columns of one length. A name ends with the unit in brackets: "rate [bits per letter]", "n [1]" for a pure number.

    Args:
        columns: name -> numbers or words, all of one length. Words need a unit too: "source [name]".

    Raises:
        InputError: no columns, lengths that differ, or a name without its unit.
    """

    def __init__(self, columns: Mapping[str, Iterable[Any]]) -> None:
        if not columns:
            raise InputError("a table without columns; give at least one")
        self.columns = {name: list(values) for name, values in columns.items()}
        for name in self.columns:
            if not _COLUMN.fullmatch(name):
                raise InputError(f"column {name!r}: expected a name and its unit, such as 'rate [bits]' or 'n [1]'")
        lengths = {name: len(values) for name, values in self.columns.items()}
        if len(set(lengths.values())) > 1:
            raise InputError(f"columns of different lengths: {lengths}")

    def __getitem__(self, name: str) -> list[Any]:
        """A column by its whole name, or by the name without the unit. Raises `InputError`."""
        found = [whole for whole in self.columns if name in (whole, whole.rpartition(" [")[0])]
        if len(found) != 1:
            raise InputError(f"no column {name!r}; there are {', '.join(self.columns)}")
        return self.columns[found[0]]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def rows(self, **where: Any) -> Table:
        """The rows in which the named columns have the given values."""
        keep = [k for k in range(len(self)) if all(self[name][k] == value for name, value in where.items())]
        return Table({name: [values[k] for k in keep] for name, values in self.columns.items()})

    def to_csv(self) -> str:
        """RFC 4180 with line feeds; twelve significant digits, so that rounding of the last ones leaves no trace."""
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows([[_cell(value) for value in row] for row in zip(*self.columns.values(), strict=True)])
        return stream.getvalue()


Tables = Mapping[str, Table]


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    text = f"{float(value):.12g}"
    return "0" if text == "-0" else text
