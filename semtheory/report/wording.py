"""Sentences of the theorem modules, set for reading: relations as signs, indices lowered and raised, emphasis."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_SIGNS = {"<=": "≤", ">=": "≥", "->": "→", "!=": "≠", "||": "‖"}
_MARKS = re.compile(
    r"(?P<code>``[^`]+``|`[^`]+`)"
    r"|(?P<sign><=|>=|->|!=|\|\|)"
    r"|\^(?P<upper>\{[^{}]*\}|[A-Za-z0-9]+|\*)"
    r"|(?<![A-Za-z0-9_]{3})(?<=[A-Za-z)\]'])_(?P<lower>\{[^{}]*\}|[A-Za-z0-9]+)(?![A-Za-z0-9_])"
    r"|(?<![\w*)\]])\*(?P<strong>[A-Za-z][^*\n]*?)\*(?!\w)"
)


def plain(text: str) -> str:
    """Signs in place of `<=` and the like; for titles and labels, which hold no markup."""
    return re.sub(r"<=|>=|->|!=|\|\|", lambda found: _SIGNS[found[0]], text)


def prose(text: str) -> Markup:
    """`text` as HTML, everything that is not markup of this little language escaped."""
    text = re.sub(r" (<=|>=|=) ", "\u00a0\\1 ", text)  # no line begins with a relation
    text = re.sub(r"(?<=[ (=^/{,])-(?=[A-Za-z0-9(])", "−", text)
    made, at = Markup(""), 0
    for found in _MARKS.finditer(text):
        made += escape(text[at : found.start()]) + _set(found)
        at = found.end()
    return made + escape(text[at:])


def _set(found: re.Match[str]) -> Markup:
    kind = found.lastgroup or ""
    inside = found[kind]
    if kind == "sign":
        return escape(_SIGNS[inside])
    if kind == "code":
        return Markup("<code>{}</code>").format(inside.strip("`"))
    if kind == "strong":
        return Markup("<em>{}</em>").format(inside)
    text = inside.removeprefix("{").removesuffix("}").replace("-", "−")
    return Markup("<sup>{}</sup>" if kind == "upper" else "<sub>{}</sub>").format(text)
