"""Counterexamples, drawn: a joint law as a table of shaded cells or as bars, and the values of both sides.

Marks carry classes, not colours: the style sheet colours them by day and by night.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

_MOST = 24  # outcomes drawn one by one
CELL = 46


@dataclass(frozen=True)
class Cell:
    """An outcome of a law: its place in the table and its probability, `share` of the largest one."""

    row: int
    column: int
    text: str
    label: str
    share: float

    @property
    def step(self) -> int:
        """Shade, 0 to 10."""
        return 0 if not self.share else max(1, round(10 * self.share))


@dataclass(frozen=True)
class Law:
    """A joint law as a table (`cells` by `rows` and `columns`), or, for one or many variables, as bars."""

    name: str
    variables: tuple[str, ...]
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    row_title: str
    column_title: str
    cells: tuple[Cell, ...]
    left_out: int = 0

    @property
    def is_table(self) -> bool:
        return bool(self.columns)


@dataclass(frozen=True)
class Side:
    """The value of one side of a relation, `share` of the longer bar."""

    name: str
    text: str
    share: float
    negative: bool = False


def laws(found: dict[str, Any]) -> list[Law]:
    """The laws of a counterexample of kind "counterexample"."""
    names = tuple(map(str, found.get("variables", ())))
    made = []
    for name, outcomes in found.get("laws", {}).items():
        pmf = {tuple(map(str, outcome)): Fraction(weight) for outcome, weight in outcomes}
        made.append(_law(str(name), names, {key: weight for key, weight in pmf.items() if weight}))
    return made


def _law(name: str, variables: tuple[str, ...], pmf: dict[tuple[str, ...], Fraction]) -> Law:
    most = max(pmf.values(), default=Fraction(1))
    if len(variables) == 2:
        # Two variables make a table, zeros included; more are listed outcome by outcome, as bars.
        rows = tuple(sorted({key[0] for key in pmf}, key=_natural))
        columns = tuple(sorted({key[1] for key in pmf}, key=_natural))
        if len(rows) * len(columns) <= 64 and len(columns) <= 8:
            cells = tuple(
                _cell(i, j, (row, column), pmf.get((row, column), Fraction(0)), most, variables)
                for i, row in enumerate(rows)
                for j, column in enumerate(columns)
            )
            return Law(name, variables, rows, columns, variables[0], variables[1], cells)
    outcomes = sorted(pmf, key=lambda key: [_natural(part) for part in key])
    shown = outcomes if len(outcomes) <= _MOST else sorted(outcomes, key=lambda key: -pmf[key])[:_MOST]
    cells = tuple(_cell(i, 0, key, pmf[key], most, variables) for i, key in enumerate(shown))
    rows = tuple(" ".join(key) for key in shown)
    return Law(name, variables, rows, (), " ".join(variables), "", cells, len(outcomes) - len(shown))


def _cell(
    row: int, column: int, key: Sequence[str], weight: Fraction, most: Fraction, variables: Sequence[str]
) -> Cell:
    at = ", ".join(f"{name} = {value}" for name, value in zip(variables, key, strict=False))
    text = str(weight) if len(str(weight)) <= 9 else f"{float(weight):.4g}"
    return Cell(row, column, text, f"{at}: {weight}", float(weight / most))


def _natural(text: str) -> tuple[int, int, str]:
    return (0, int(text), "") if text.lstrip("-").isdigit() else (1, 0, text)


def sides(found: dict[str, Any], unit: str = "nats") -> list[Side]:
    """Left, right and violation of a counterexample to a claim; the distance to 0 of a point."""
    values = found.get("values", {})
    if found.get("kind") == "point":
        return [Side("difference of the sides", _short(str(found.get("value", ""))), 1.0)]
    parts = [
        (name, str(values[name].get(unit, ""))) for name in ("left", "right") if isinstance(values.get(name), dict)
    ]
    numbers = [_middle(text) for _, text in parts]
    longest = max((abs(number) for number in numbers), default=0.0) or 1.0
    return [
        Side(f"{name} side", f"{_short(text)} {unit}", abs(number) / longest, number < 0)
        for (name, text), number in zip(parts, numbers, strict=True)
    ]


def point(found: dict[str, Any]) -> list[tuple[str, str]]:
    """The coordinates of a counterexample of kind "point", exact."""
    values = found.get("witness") or {}
    return [(str(name), str(value)) for name, value in values.items()] if found.get("kind") == "point" else []


def _middle(ball: str) -> float:
    match = re.match(r"\[?\s*(-?[0-9.]+(?:e[-+]?[0-9]+)?)", ball)
    return float(match[1]) if match else 0.0


def _short(ball: str) -> str:
    """A ball `[0.6931471806 +/- 4.01e-11]` as 0.6931471806: it is right in all digits that are printed but the last."""
    match = re.fullmatch(r"\[(-?[0-9.]+(?:e[-+]?[0-9]+)?) \+/- [^\]]+\]", ball)
    return match[1].replace("-", "−", 1) if match else ball


def spread(law: Law, row: int) -> str:
    """An outcome with each value under the name of its variable, spaces kept."""
    parts = law.rows[row].split(" ")
    names = law.variables
    if len(parts) != len(names):
        return law.rows[row]
    return " ".join(value.ljust(len(name)) for value, name in zip(parts, names, strict=True)).replace(" ", "\u00a0")
