"""Figures that were made before, for the pages of the theorems they draw.

A figure is `NAME.svg`; which theorems it rests on stands in `NAME.json` beside it ("theorems", "title"), or in the
metadata of the SVG as words like "theorems: RD2, RD4".
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as Xml

from semtheory.errors import InputError
from semtheory.report.model import Picture

_NAMED = re.compile(r"theorems?\s*[:=]\s*\[?\s*((?:['\"]?[A-Za-z]+[0-9]+[A-Za-z0-9_.]*['\"]?[,;\s]*)+)", re.IGNORECASE)
_IDENTIFIER = re.compile(r"[A-Za-z]+[0-9]+[A-Za-z0-9_.]*")
_METADATA = ("metadata", "desc")


def read_pictures(folder: str | Path) -> list[Picture]:
    """The figures in `folder`, by name. One that names no theorem is left out: it has no place in the report.

    Raises:
        InputError: no such folder, or a figure that is not SVG.
    """
    place = Path(folder)
    if not place.is_dir():
        raise InputError(
            f"figures {folder}: no such directory; make the figures with `semtheory figures --out {folder}`"
        )
    found = []
    for file in sorted(place.glob("*.svg")):
        svg = file.read_text(encoding="utf-8")
        try:
            root = Xml.fromstring(svg)
        except Xml.ParseError as error:
            raise InputError(f"{file} is not SVG: {error}; make it again with `semtheory figures`") from None
        title, theorems = _about(file, root)
        if theorems:
            found.append(Picture(file.stem, title, theorems, svg))
    return found


def _about(file: Path, root: Xml.Element) -> tuple[str, tuple[str, ...]]:
    beside = file.with_suffix(".json")
    if beside.is_file():
        try:
            data = json.loads(beside.read_text(encoding="utf-8"))
            theorems = tuple(map(str, data["theorems"]))
            return str(data.get("title") or file.stem.replace("_", " ")), theorems
        except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
            raise InputError(f'{beside}: expected {{"title": ..., "theorems": [...]}}: {error!r}') from None
    title, theorems = file.stem.replace("_", " "), ()
    for element in root.iter():
        tag = str(element.tag).rpartition("}")[2]
        if tag == "title" and (element.text or "").strip():
            title = " ".join(str(element.text).split())
        if tag in _METADATA and not theorems:
            match = _NAMED.search(" ".join(element.itertext()))
            theorems = tuple(dict.fromkeys(_IDENTIFIER.findall(match[1]))) if match else ()
    return title, theorems
