"""Display environments of a LaTeX file, with the assumptions that stand in the comments directly above them."""

from __future__ import annotations

import re

from semtheory.derivations.cleaning import Cleaner, Macro, match_braces
from semtheory.derivations.model import Derivation, Place, Trouble
from semtheory.derivations.reading import Reader
from semtheory.derivations.source import Source

_DISPLAYS = frozenset(
    ["align", "aligned", "alignat", "flalign", "equation", "gather", "multline", "split", "eqnarray", "displaymath", "math", "IEEEeqnarray", "dmath", "dgroup", "darray", "gathered", "alignedat"]
)
_WITH_COLUMNS = frozenset(["align", "aligned", "alignat", "flalign", "alignedat", "split"])
_VERBATIM = frozenset(["verbatim", "Verbatim", "lstlisting", "minted", "comment", "filecontents", "tikzpicture"])
# One alternative a kind of place that matters; each takes a bounded look ahead, so the scan is linear.
_MARK = re.compile(
    r"(?P<comment>%[^\n]*)|(?P<begin>\\begin[ \t]{0,20}\{(?P<name>[A-Za-z]{1,30})\*?\})|(?P<end>\\end[ \t]{0,20}\{(?P<closing>[A-Za-z]{1,30})\*?\})"
    r"|(?P<open>\\\[)|(?P<close>\\\])|(?P<dollars>\$\$)|(?P<verb>\\verb\*?(?![A-Za-z])(?P<delimiter>[^\s]))"
    r"|(?P<define>\\(?:re|provide)?newcommand\*?|\\(?:renew|provide)command\*?|\\DeclareMathOperator\*?|\\def(?![A-Za-z]))"
    r"|(?P<false>\\iffalse(?![A-Za-z]))|(?P<paragraph>\n[ \t]*\n)|\\[\s\S]?"
)
_HEAD = re.compile(r"\s{0,20}(?:\{\s{0,20}\\([A-Za-z]+)\s{0,20}\}|\\([A-Za-z]+))\s{0,20}(?:\[(\d)\]|(?:#\d){0,9})?\s{0,20}(?=\{)")
_COMMENT = re.compile(r"[ \t]*%+[ \t]*(?:(given|let|claim)[ \t]*:(?!=)|(semtheory[ \t]*:[ \t]*skip\b))?", re.IGNORECASE)
_OPTION = re.compile(r"(?:\s{0,20}\[[^\[\]\n]{0,40}\])?")
_SKIPPED = re.compile(r"\\fi(?![A-Za-z])")


def read_latex(source: Source) -> list[Derivation]:
    """The derivations of a LaTeX file, in order; an environment that is never closed is a trouble at its first line."""
    return _Scanner(source).scan()


class _Scanner:
    def __init__(self, source: Source) -> None:
        self.source, self.text = source, source.text
        self.macros: dict[str, Macro] = {}
        self.found: list[Derivation] = []
        self.seen: tuple[int, tuple[list[tuple[str, int, int]], bool]] = (0, ([], False))  # the comments above the last display
        self.open: str = ""  # what closes the display that is open
        self.environment, self.inside, self.begun = "", 0, 0
        self.depth = 0  # environments of the same name inside it

    def scan(self) -> list[Derivation]:
        position = 0
        while (token := _MARK.search(self.text, position)) is not None:
            kind = token.lastgroup
            if kind == "name" or token["begin"]:
                position = self._begin(token)
                if position < 0:
                    break
            elif token["end"]:
                position = self._end(token)
                if position < 0:
                    break
            elif token["open"]:
                self._start("\\]", "equation", token.start(), token.end())
                position = token.end()
            elif token["close"]:
                if self.open == "\\]":
                    self._finish(token.start())
                position = token.end()
            elif token["dollars"]:
                if self.open == "$$":
                    self._finish(token.start())
                else:
                    self._start("$$", "equation", token.start(), token.end())
                position = token.end()
            elif token["verb"]:
                end = self.text.find("\n", token.end())
                close = self.text.find(token["delimiter"], token.end(), end if end >= 0 else len(self.text))
                position = close + 1 if close >= 0 else token.end()
            elif token["define"] and not self.open:
                position = self._define(token.start(), token.end())
            elif token["false"]:
                closing = _SKIPPED.search(self.text, token.end())
                position = closing.end() if closing else len(self.text)
            elif token["paragraph"]:
                if self.open:
                    self._broken(token.start(), "a blank line")
                position = token.end() - 1
            else:
                position = token.end()
        if self.open:
            self._broken(len(self.text), "the end of the file")
        return self.found

    # environments

    def _begin(self, token: re.Match[str]) -> int:
        name = token["name"]
        if name in _VERBATIM:
            closing = self.text.find(f"\\end{{{name}", token.end())
            if closing < 0:
                return len(self.text)
            return closing + 1
        if name in _DISPLAYS:
            if not self.open:
                self._start(name, name, token.start(), token.end())
            elif name == self.open:
                self.depth += 1
            elif not self._may_hold(name):
                self._broken(token.start(), f"\\begin{{{name}}}")
                self._start(name, name, token.start(), token.end())
        return token.end()

    def _may_hold(self, name: str) -> bool:
        """Whether a display may stand inside the one that is open."""
        return name in ("aligned", "alignedat", "gathered", "split") or self.environment in ("dgroup", "math")

    def _end(self, token: re.Match[str]) -> int:
        name = token["closing"]
        if name == "document":
            if self.open:
                self._broken(token.start(), "\\end{document}")
            return -1
        if name == self.open:
            if self.depth:
                self.depth -= 1
            else:
                self._finish(token.start())
        elif not self.open and name in _DISPLAYS:
            place = Place(*self.source.place(token.start()), token.end() - token.start())
            derivation = Derivation("latex", place.line, place.line)
            derivation.troubles.append(Trouble(place, self.source.line(place.line).strip(), f"\\end{{{name}}} without \\begin{{{name}}}"))
            self.found.append(derivation)
        return token.end()

    def _start(self, closing: str, environment: str, begun: int, inside: int) -> None:
        if self.open:
            if closing in ("\\]", "$$"):
                return
            self._broken(begun, environment)
        self.open, self.environment, self.begun, self.inside, self.depth = closing, environment, begun, inside, 0

    def _broken(self, end: int, where: str) -> None:
        shown = {"\\]": "\\[", "$$": "$$"}.get(self.open, f"\\begin{{{self.open}}}")
        closing = self.open if self.open in ("\\]", "$$") else f"\\end{{{self.open}}}"
        self._finish(end, f"{shown} is not closed before {where}; expected {closing}")

    def _finish(self, end: int, problem: str = "") -> None:
        inside, environment = self.inside, self.environment
        self.open = ""
        line, column = self.source.place(self.begun)
        if self.seen[0] != line:
            self.seen = (line, self._above(line))
        comments, skip = self.seen[1]
        if skip:
            return
        derivation = Derivation("latex", line, self.source.place(max(self.begun, end - 1))[0])
        cleaner = Cleaner(self.macros)
        reader = Reader(self.source, derivation, cleaner)
        if problem:
            reader.trouble(Place(line, column, max(1, inside - self.begun)), problem)
        if environment in ("alignat", "alignedat", "IEEEeqnarray"):
            inside = self._after_group(inside, end)
        else:
            option = _OPTION.match(self.text, inside, end)
            if option and environment in ("aligned", "gathered", "multline", "split"):
                inside = option.end()
        clean = cleaner.clean(self.text, inside, end)
        reader.read(clean, comments, columns=environment in _WITH_COLUMNS)
        if derivation.chains or derivation.troubles or derivation.claims:
            self.found.append(derivation)

    def _after_group(self, start: int, end: int) -> int:
        """Past the `{rCl}` that some environments take."""
        option = _OPTION.match(self.text, start, end)
        start = option.end() if option else start
        closing = self.text.find("}", start, min(end, start + 200))
        return closing + 1 if closing >= 0 and self.text[start:closing].lstrip().startswith("{") else start

    def _above(self, line: int) -> tuple[list[tuple[str, int, int]], bool]:
        """The keyword lines among the comments directly above a line, and whether they say to skip."""
        found: list[tuple[str, int, int]] = []
        skip = False
        number = line - 1
        while number >= 1:
            start, end = self.source.span(number)
            comment = _COMMENT.match(self.text, start, end)
            if comment is None:
                break
            if comment[1]:
                found.append((comment[1].lower(), comment.end(), end))
            skip = skip or bool(comment[2])
            number -= 1
        return found[::-1], skip

    # macros of the file

    def _define(self, start: int, end: int) -> int:
        """Remember `\\newcommand{\\name}[2]{body}`; the place where its body ends."""
        head = _HEAD.match(self.text, end)
        if head is None:
            return end
        limit = min(len(self.text), head.end() + 2000)
        closing = match_braces(self.text, head.end(), limit).get(head.end())
        if closing is None:
            return head.end()
        body = self.text[head.end() + 1 : closing]
        arguments = int(head[3]) if head[3] else max((int(digit) for digit in re.findall(r"#(\d)", head[0])), default=0)
        if self.text.startswith("\\DeclareMathOperator", start):
            body = f"\\mathrm{{{body}}}"
        self.macros[head[1] or head[2]] = Macro(arguments, body)
        return closing + 1
