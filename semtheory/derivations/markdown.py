"""Fenced blocks of Markdown whose info string is `proof`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from semtheory.derivations.cleaning import Cleaner
from semtheory.derivations.model import Derivation
from semtheory.derivations.reading import Reader
from semtheory.derivations.source import BREAK, ROW, Clean, Source

_FENCE = re.compile(r"[ \t>]{0,80}(`{3,}|~{3,})[ \t]*([^\n]*)")
_KEYWORD = re.compile(r"[ \t]*(given|let|claim)[ \t]*:(?!=)", re.IGNORECASE)
_INFO = re.compile(r"\{?\.?proof(?![\w-])", re.IGNORECASE)


def _blocks(source: Source) -> Iterator[tuple[int, int, int, bool]]:
    """(line of the fence, first line inside, line after the last, closed) of every proof block."""
    mark, opened, proof = "", 0, False
    for number in range(1, source.lines + 1):
        start, end = source.span(number)
        found = _FENCE.fullmatch(source.text, start, end)
        if found is None:
            continue
        fence, info = found[1], found[2].strip()
        if not mark:
            if fence[0] == "`" and "`" in info:
                continue  # inline code, not a fence
            mark, opened, proof = fence, number, bool(_INFO.match(info))
        elif fence[0] == mark[0] and len(fence) >= len(mark) and not info:
            if proof:
                yield opened, opened + 1, number, True
            mark = ""
    if mark and proof:
        yield opened, opened + 1, source.lines + 1, False


def read_markdown(source: Source) -> list[Derivation]:
    """The derivations of a Markdown file, in order."""
    return [_read(source, *block) for block in _blocks(source)]


def _read(source: Source, fence: int, first: int, after: int, closed: bool) -> Derivation:
    derivation = Derivation("markdown", first, max(first, after - 1))
    cleaner = Cleaner(comments=False)
    reader = Reader(source, derivation, cleaner)
    if not closed:
        start, end = source.span(fence)
        place = reader.place(_whole(source, start, end), 0)
        reader.trouble(place, "this proof block is never closed; close it with a line of ```")
    clean = Clean()
    keywords: list[tuple[str, int, int]] = []
    for number in range(first, after):
        start, end = source.span(number)
        comment = source.text.find("#", start, end)
        stop = end if comment < 0 else comment
        if not source.text[start:stop].strip():
            if comment < 0:
                clean.put(BREAK, start)
            continue
        keyword = _KEYWORD.match(source.text, start, stop)
        if keyword:
            keywords.append((keyword[1].lower(), keyword.end(), stop))
            clean.put(BREAK, start)
            continue
        cleaner.clean(source.text, start, stop, clean)
        clean.put(ROW, stop)
    reader.read(clean, keywords, strict=True)
    return derivation


def _whole(source: Source, start: int, end: int) -> Clean:
    clean = Clean()
    clean.add(source.text[start:end].lstrip(), start + len(source.text[start:end]) - len(source.text[start:end].lstrip()))
    return clean
