"""What was seen in trained models: value, interval, seeds and configuration, from a record or from the run itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_WIDTH = 240.0


@dataclass(frozen=True)
class Seen:
    """One observation: in numbers, in words, and as positions on a line of width 240."""

    origin: str
    value: str
    interval: str
    unit: str
    seeds: str
    rows: tuple[tuple[str, str], ...]
    at: float
    low: float
    high: float


def seen(observations: Sequence[Mapping[str, Any]]) -> list[Seen]:
    """The observations behind one statement, drawn on one scale."""
    found = [(str(item.get("from", "")), item, item.get("observation", item)) for item in observations]
    numbers = [
        float(part[name]) for _, _, part in found for name in ("value", "lower", "upper") if _is_number(part.get(name))
    ]
    if not numbers:
        return []
    least, most = min(numbers), max(numbers)
    room = (most - least) * 0.15 or abs(most) * 0.1 or 1.0
    least, span = least - room, most - least + 2 * room

    def place(number: Any, otherwise: float) -> float:
        return round(_WIDTH * (float(number if _is_number(number) else otherwise) - least) / span, 2)

    made = []
    for origin, item, part in found:
        if not _is_number(part.get("value")):
            continue
        value, lower, upper = part["value"], part.get("lower"), part.get("upper")
        interval = f"{lower:.6g} to {upper:.6g}" if _is_number(lower) and _is_number(upper) else ""
        made.append(
            Seen(
                origin=origin,
                value=f"{value:.6g}",
                interval=interval,
                unit=str(part.get("unit", "")),
                seeds=", ".join(map(str, part.get("seeds", ()))),
                rows=_rows(item, part),
                at=place(value, value),
                low=place(lower, value),
                high=place(upper, value),
            )
        )
    return made


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _rows(item: Mapping[str, Any], part: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    told = {name: part.get(name) for name in ("configuration", "details")}
    told |= {name: item.get(name) for name in ("profile", "hardware", "versions", "commit", "command", "digest")}
    return tuple((name, _words(value)) for name, value in told.items() if value)


def _words(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_words(part)}" for name, part in value.items())
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_words, value)) + "]"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
