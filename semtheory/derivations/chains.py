"""Where relations stand in a cleaned text: brackets matched, rows joined into chains. No claim is parsed here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from semtheory.derivations.source import BREAK, COLUMN, REMARK, ROW

_ITEM = re.compile(
    f"(?P<row>{ROW})|(?P<column>{COLUMN})|(?P<break>{BREAK})|(?P<comma>[,;{REMARK}])"
    r"|(?P<left>\\left(?![a-z])\s{0,20}(?:\\[A-Za-z]+|\\.|[^\\\s])?)|(?P<right>\\right(?![a-z])\s{0,20}(?:\\[A-Za-z]+|\\.|[^\\\s])?)"
    r"|(?P<begin>\\begin\{[^{}\s]{0,60}\})|(?P<end>\\end\{[^{}\s]{0,60}\})"
    r"|(?P<implies>\\(?:implies|impliedby|iff|Rightarrow|Longrightarrow|Leftrightarrow|Longleftrightarrow|therefore|because)(?![A-Za-z])|<?=>|[⇒⇔])"
    r"|(?P<arrow>--o--|-o-|->|[→↔⊸]|\\(?:to|rightarrow|longrightarrow|leftrightarrow|longleftrightarrow|multimap)(?![A-Za-z]))"
    r"|(?P<define>\\(?:triangleq|coloneqq|coloneq|colonequals|eqdef|defeq)(?![A-Za-z])|:\s{0,20}=|≜|≔)"
    r"|(?P<sign>(?<!\\not)(?:\\(?:leqslant|leq|le|geqslant|geq|ge)(?![A-Za-z])|<=|>=|==|=|≤|≥|⩽|⩾))"
    r"|(?P<other>\\not\s{0,20}(?:\\[A-Za-z]+|.)|[<>≠≈∼∝∈⊂⊆≡]|\\(?:lt|gt|approx|simeq|sim|neq|ne|ll|gg|propto|in|notin|equiv|cong|doteq|asymp"
    r"|lesssim|gtrsim|prec|succ|preceq|succeq|subset|subseteq|supset|supseteq|perp|leadsto|mapsto|models)(?![A-Za-z]))"
    r"|(?P<open>[(\[{]|\\\{|\\lbrace(?![A-Za-z]))|(?P<close>[)\]}]|\\\}|\\rbrace(?![A-Za-z]))"
    r"|(?P<text>\\[A-Za-z]+|\\[\s\S]?|[A-Za-z0-9\s.]+|.)"
)
_KIND = {"left": "left", "right": "left", "begin": "begin", "end": "begin", "{": "{", "}": "{"}
_SPELLED = {"\\l": "<=", "<=": "<=", "≤": "<=", "⩽": "<=", "\\g": ">=", ">=": ">=", "≥": ">=", "⩾": ">="}
_OPERATOR_FIRST = re.compile(r"\s*(?:[+\-−*·/]|\\(?:cdot|times)(?![A-Za-z]))")
_OPERATOR_LAST = re.compile(r"(?:[+\-−*·/]|\\(?:cdot|times))\Z")


@dataclass
class Item:
    """A stretch of text outside all brackets, or what separates two of them."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class Sign:
    """A relation sign: `op` is <=, >= or =, `:=` for a definition, empty for one outside the language."""

    op: str
    start: int
    end: int


@dataclass
class RawChain:
    """Pieces of text and the signs between them; `markov` when it is one Markov chain instead."""

    pieces: list[tuple[int, int]] = field(default_factory=list)
    signs: list[Sign] = field(default_factory=list)
    markov: bool = False


def _operator(text: str) -> str:
    return _SPELLED.get(text[:2], _SPELLED.get(text[:1], "="))


def _brackets(tokens: list[re.Match[str]]) -> dict[int, int]:
    """+1 or -1 for the tokens that open or close a bracket with a partner; a bracket alone counts for nothing."""
    stack: list[tuple[str, int]] = []
    waiting: dict[str, int] = {}
    depth: dict[int, int] = {}
    for k, token in enumerate(tokens):
        group = token.lastgroup or ""
        kind = _KIND.get(group, _KIND.get(token[0], "("))
        if group in ("open", "left", "begin"):
            stack.append((kind, k))
            waiting[kind] = waiting.get(kind, 0) + 1
        elif group in ("close", "right", "end") and waiting.get(kind):
            while True:
                top, opened = stack.pop()
                waiting[top] -= 1
                if top == kind:
                    break
            depth[opened], depth[k] = 1, -1
    return depth


def _items(text: str) -> list[Item]:
    """The text as stretches outside brackets and separators; neighbouring text is joined."""
    tokens = list(_ITEM.finditer(text))
    brackets = _brackets(tokens)
    found: list[Item] = []
    depth = 0
    for k, token in enumerate(tokens):
        kind = token.lastgroup or "text"
        change = brackets.get(k, 0)
        if depth or change or kind in ("open", "close", "left", "right", "begin", "end"):
            kind = "text"
        depth += change
        if kind == "text" and not token[0].strip() and not depth and not change:
            if found and found[-1].kind == "text":
                found[-1].end = token.end()
            continue
        if kind == "text" and found and found[-1].kind == "text":
            found[-1].end = token.end()
        else:
            found.append(Item(kind, token.start(), token.end()))
    return found


def _markov_rows(items: list[Item]) -> list[Item]:
    """Rows that have arrows and no relation sign, as one item each."""
    found: list[Item] = []
    row: list[Item] = []

    def flush() -> None:
        kinds = {item.kind for item in row}
        if "arrow" in kinds and not kinds & {"sign", "define", "other", "implies"}:
            inner = [item for item in row if item.kind != "column"]
            while inner[-1].kind == "comma":
                inner.pop()
            while inner[0].kind == "comma":
                inner.pop(0)
            found.append(Item("markov", inner[0].start, inner[-1].end))
        else:
            found.extend(Item("text", item.start, item.end) if item.kind == "arrow" else item for item in row)
        row.clear()

    for item in items:
        if item.kind in ("row", "break"):
            flush()
            found.append(item)
        else:
            row.append(item)
    flush()
    return found


_SIGNS = ("sign", "define", "other")


class _Builder:
    def __init__(self, text: str, columns: bool) -> None:
        self.text, self.columns = text, columns
        self.items = _markov_rows(_items(text))
        self.chains: list[RawChain] = []
        self.chain = RawChain()
        self.piece: tuple[int, int] | None = None
        self.after_sign = False

    def build(self) -> list[RawChain]:
        amp = 0
        signed, closing = self._ahead()
        for k, item in enumerate(self.items):
            kind = item.kind
            if kind == "text":
                start = item.start if self.piece is None else self.piece[0]
                self.piece, self.after_sign = (start, item.end), False
            elif kind in _SIGNS:
                self._sign(item)
            elif kind in ("break", "implies"):
                self._finish()
            elif kind == "markov":
                self._finish()
                self.chains.append(RawChain([(item.start, item.end)], [], True))
            elif kind == "row":
                amp = 0
                if not self._goes_on(k):
                    self._finish()
            elif kind == "column":
                amp += 1
                if self.columns and amp % 2 == 0 and not self.after_sign and signed[k] and self._starts_anew(k):
                    self._finish()
            elif signed[k] and not closing[k]:
                self._finish()
            elif not closing[k] and self.piece is not None:
                self.piece = (self.piece[0], item.end)  # what follows has no relation: it makes the piece unreadable
        self._finish()
        return self.chains

    def _ahead(self) -> tuple[list[bool], list[bool]]:
        """For each separator: does a relation stand in the cell after it? does nothing stand between it and the row's end?"""
        count = len(self.items)
        signed, closing = [False] * count, [False] * count
        even, amp = set(), 0  # a formula of a row takes two cells: only every second & ends one
        for k, item in enumerate(self.items):
            amp = 0 if item.kind in ("row", "break", "implies") else amp + (item.kind == "column")
            if item.kind == "column" and amp % 2 == 0:
                even.add(k)
        has_sign, empty = False, True
        for k in range(count - 1, -1, -1):
            kind = self.items[k].kind
            if kind in ("row", "break", "implies"):
                has_sign, empty = False, True
            elif kind in ("comma", "column"):
                signed[k], closing[k] = has_sign, empty
                has_sign = has_sign and kind == "column" and k not in even
            else:
                has_sign, empty = has_sign or kind in _SIGNS, False
        return signed, closing

    def _next(self, k: int) -> Item | None:
        """The next item that is no mere separator."""
        for item in self.items[k + 1 : k + 40]:
            if item.kind not in ("row", "column", "comma"):
                return item
        return None

    def _goes_on(self, k: int) -> bool:
        """Whether the row after item k continues the one before."""
        follower = self._next(k)
        if follower is None or follower.kind in _SIGNS or self.after_sign:
            return True
        if follower.kind != "text" or self.piece is None:
            return False
        return bool(_OPERATOR_FIRST.match(self.text, follower.start, follower.end)) or self._open_ended()

    def _open_ended(self) -> bool:
        assert self.piece is not None
        tail = self.text[max(self.piece[0], self.piece[1] - 80) : self.piece[1]].rstrip()
        return bool(_OPERATOR_LAST.search(tail))

    def _starts_anew(self, k: int) -> bool:
        follower = self._next(k)
        if follower is None or follower.kind != "text" or self.piece is None or not self.chain.signs:
            return False
        return not _OPERATOR_FIRST.match(self.text, follower.start, follower.end) and not self._open_ended()

    def _sign(self, item: Item) -> None:
        op = {"define": ":=", "other": ""}.get(item.kind)
        sign = Sign(_operator(self.text[item.start : item.end]) if op is None else op, item.start, item.end)
        self.chain.pieces.append(self.piece if self.piece is not None else (item.start, item.start))
        self.chain.signs.append(sign)
        self.piece, self.after_sign = None, True

    def _finish(self) -> None:
        if self.chain.signs or self.piece is not None:
            end = self.chain.signs[-1].end if self.chain.signs else 0
            self.chain.pieces.append(self.piece if self.piece is not None else (end, end))
            self.chains.append(self.chain)
        self.chain, self.piece, self.after_sign = RawChain(), None, False


def find_chains(text: str, *, columns: bool = False) -> list[RawChain]:
    """The chains of a cleaned text. `columns`: whether every second `&` of a row may separate two formulas.

    A chain without a sign is text that states nothing; the caller decides what that means. Linear in the text.
    """
    return _Builder(text, columns).build()
