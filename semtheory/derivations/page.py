"""One self-contained HTML page: derivations typeset in MathML, a mark at each relation, what fails explained below it."""

from __future__ import annotations

from html import escape

from semtheory.derivations.checking import MARKS, FileCheck
from semtheory.derivations.judging import Verdict

_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; } td { padding: .3rem .6rem; vertical-align: top; }
tr { border-top: 1px solid #8884; } .line { color: #888; text-align: right; }
.proved .mark { color: #2a8a3e; } .refuted .mark, .gap .mark { color: #c62828; font-weight: bold; }
.undecided .mark, .not-read .mark { color: #b26a00; font-weight: bold; }
.refuted, .gap { background: #c6282814; } pre { margin: .3rem 0; overflow-x: auto; font-size: .85rem; } math { font-size: 1.1em; }
.method { color: #777; font-size: .9rem; }
"""


def page(files: list[FileCheck], unit: str = "nats") -> str:
    """The page for several files. Works offline: nothing is loaded."""
    body = "\n".join(_file(file, unit) for file in files)
    return (
        '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>semtheory check</title><style>{_STYLE}</style></head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _file(file: FileCheck, unit: str) -> str:
    if file.problem:
        return f"<h1>{escape(file.file)}</h1><p>{escape(file.problem)}</p>"
    counts = ", ".join(f"{file.count(verdict)} {verdict}" for verdict in MARKS if file.count(verdict)) or file.note or "no relations"
    rows = "\n".join(_row(relation, unit) for relation in file.relations)
    return f"<h1>{escape(file.file)}</h1><p>{escape(counts)}</p>\n<table>\n{rows}\n</table>"


def _row(relation: Verdict, unit: str) -> str:
    below = f'<div class="method">{escape(relation.method)}</div>' if relation.method else ""
    if relation.counterexample is not None:
        below += f"<pre>{escape(relation.counterexample.describe(unit))}</pre>"
    below += "".join(f'<div class="method">it holds {escape(sentence)}</div>' for sentence in relation.suggestions)
    formula = relation.mathml or f"<code>{escape(relation.relation)}</code>"
    label = ("claim: " if relation.is_claim else "") + formula
    return (
        f'<tr class="{relation.verdict.replace(" ", "-")}"><td class="line">{relation.place.line}</td>'
        f'<td class="mark" title="{relation.verdict}">{MARKS[relation.verdict]}</td><td>{label}{below}</td></tr>'
    )
