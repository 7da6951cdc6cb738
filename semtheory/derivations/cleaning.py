r"""LaTeX as people write it, reduced to the claim language: layout goes, the mathematics and its places stay.

`&`, `\label{..}`, `\nonumber`, sizes of spaces, comments and remarks in `\text{..}` become blanks; `\overset{(a)}{\le}`
becomes `\le`; macros that the file itself defines are expanded, a bounded number of times. One pass, linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from semtheory.derivations.source import COLUMN, REMARK, ROW, Clean, printable

MOST_EXPANSIONS = 2000
MOST_EXPANDED = 200_000  # characters
DEEPEST = 20

TOKEN = re.compile(
    r"(?P<row>\\\\\*?(?:[ \t]{0,20}\[\s{0,20}-?[0-9.]{0,20}\s{0,20}(?:\\?[A-Za-z]{1,30})?\s{0,20}\])?)"
    r"|(?P<nothing>\\(?:left|right)\s{0,20}\.)"
    r"|(?P<macro>\\[A-Za-z]+\*?)"
    r"|(?P<symbol>\\[\s\S]?)"
    r"|(?P<comment>%[^\n]*)"
    r"|(?P<prime>\^\s{0,20}(?:\\prime(?![A-Za-z])|\{\s{0,20}\\prime\s{0,20}\}))"
    r"|(?P<star>(?<=[A-Za-z}])\^\s{0,20}(?:\*|\\(?:star|ast)(?![A-Za-z])|\{\s{0,20}(?:\*|\\star|\\ast)\s{0,20}\}))"
    r"|(?P<script>[\^_])|(?P<equals>=)|(?P<open>\{)|(?P<close>\})|(?P<amp>&)|(?P<blank>[$~])"
    r"|(?P<plain>[^\\%{}&$~^_=]+)"
)
_BRACE = re.compile(r"\\[\s\S]|%[^\n]*|[{}]")
_BRACE_TEXT = re.compile(r"\\[\s\S]|[{}]")
_SPACE = re.compile(r"(?:\s|%[^\n]*\n)*")
_NAME = re.compile(r"\s*([A-Za-z][A-Za-z0-9]*'*)\s*")
_WORDS = frozenset(["and", "or", "where", "for", "if", "with", "since", "by", "such", "that", "so", "then", "hence", "thus", "is", "are", "as", "in", "on", "we", "have", "all", "a", "the", "when", "iff"])

_DROPPED = frozenset(
    [
        "nonumber", "notag", "displaystyle", "textstyle", "scriptstyle", "quad", "qquad", "hfill", "hfil", "enspace",
        "thinspace", "medspace", "thickspace", "negthinspace", "allowbreak", "nobreak", "strut", "mathstrut",
        "limits", "nolimits", "noindent", "qedhere", "qed", "relax", "protect", "small", "footnotesize",
        "normalsize", "xspace", "linebreak", "displaybreak", "pagebreak", "hline", "square", "blacksquare", "null",
        "IEEEyesnumber", "IEEEnonumber", "IEEEyessubnumber", "IEEEnosubnumber", "IEEEeqnarraynumspace",
    ]
)
_DROPPED_WITH = frozenset(
    ["label", "tag", "hspace", "vspace", "phantom", "hphantom", "vphantom", "eqref", "ref", "cref", "Cref", "autoref", "cite", "citep", "citet", "footnote", "footnotetext", "color", "mspace", "index", "todo"]
)
_KEPT = frozenset(["\\{", "\\}", "\\|", "\\_", "\\%", "\\$", "\\[", "\\]", "\\(", "\\)"])
_ROWS = frozenset(["newline", "cr", "tabularnewline"])
_BETWEEN = frozenset(["intertext", "shortintertext"])
_UNWRAPPED = frozenset(["boxed", "ensuremath", "mathrel", "mathbin", "mathop", "mathord", "mathopen", "mathclose", "mathpunct", "mathinner", "smash", "lefteqn", "mathclap"])
_SECOND = frozenset(["overset", "stackrel", "underset", "textcolor", "accentset", "stackon"])
_BRACED = frozenset(["underbrace", "overbrace", "underbracket", "overbracket"])
_TEXT = frozenset(["text", "mbox", "textrm", "textnormal", "textit", "textbf", "textsf", "textsc", "texttt", "hbox", "mathrm", "mathsf", "mathit", "mathnormal", "operatorname"])
_MARKED = {
    "hat": "hat", "widehat": "hat", "tilde": "tilde", "widetilde": "tilde", "bar": "bar", "overline": "bar", "check": "check",
    "breve": "breve", "dot": "dot", "ddot": "ddot", "vec": "vec", "underline": "under", "mathbf": "bold", "boldsymbol": "bold",
    "bm": "bold", "mathcal": "cal", "mathbb": "bb", "mathfrak": "frak", "mathscr": "scr",
}  # fmt: skip
_GREEK = frozenset(
    ["alpha", "beta", "gamma", "delta", "epsilon", "varepsilon", "zeta", "eta", "theta", "vartheta", "iota", "kappa", "lambda", "mu", "nu", "xi", "pi", "varpi", "rho", "varrho", "sigma", "varsigma", "tau", "upsilon", "phi", "varphi", "chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega"]
)
_FRACTIONS = frozenset(["frac", "tfrac", "dfrac", "cfrac", "nicefrac", "sfrac"])
_SIGNS = frozenset(["le", "leq", "leqslant", "ge", "geq", "geqslant", "triangleq", "coloneqq", "coloneq", "colonequals", "eqdef", "defeq", "approx"])
_MEASURES = frozenset(["H", "I", "D", "DI", "TE", "KL"])
_OPENING = re.compile(r"\s{0,20}(?:\\(?:left|[bB]igg?l?)\s{0,20})?(?:[(\[]|\\\{)")
_INNER = re.compile(r"(?:aligned|alignedat|split|gathered|multlined|align|equation|gather|IEEEeqnarraybox)\*?")
_ARGUMENTS = re.compile(r"(?:\[[a-z]{0,3}\]){0,2}")
_DEFINES = re.compile(r"\W*(?:\\(?:text|mathrm|textrm|mbox)\{)?\s*\\?(?:triangle|Delta|def|[△Δ])\W*")


@dataclass(frozen=True)
class Macro:
    """A `\\newcommand` of the file: how many arguments it takes, and what it stands for."""

    arguments: int
    body: str


def match_braces(text: str, start: int, end: int, *, comments: bool = True) -> dict[int, int]:
    """Where each `{` closes; unmatched ones are left out. Escaped and commented braces do not count."""
    stack: list[int] = []
    found: dict[int, int] = {}
    for token in (_BRACE if comments else _BRACE_TEXT).finditer(text, start, end):
        if token[0] == "{":
            stack.append(token.start())
        elif token[0] == "}" and stack:
            found[stack.pop()] = token.start()
    return found


class Cleaner:
    """Cleans stretches of one file. `comments`: whether `%` starts one, as in LaTeX."""

    def __init__(self, macros: Mapping[str, Macro] | None = None, *, comments: bool = True) -> None:
        self.macros = dict(macros or {})
        self.comments = comments

    def clean(self, text: str, start: int = 0, end: int | None = None, into: Clean | None = None) -> Clean:
        """The cleaned form of text[start:end], with marks ROW, COLUMN and REMARK."""
        made = Clean() if into is None else into
        end = len(text) if end is None else end
        _Pass(self, text, start, end, made, None, [MOST_EXPANSIONS, MOST_EXPANDED], 0).run()
        return made


class _Pass:
    """One stretch of text, or one expanded macro (`fixed` is then the place of its call)."""

    def __init__(self, cleaner: Cleaner, text: str, start: int, end: int, out: Clean, fixed: int | None, budget: list[int], depth: int) -> None:
        self.cleaner, self.text, self.start, self.end = cleaner, text, start, end
        self.out, self.fixed, self.budget, self.depth = out, fixed, budget, depth
        self.closes = match_braces(text, start, end, comments=cleaner.comments)
        self.hidden: set[int] = set()  # braces that only wrap
        self.scripts_after: set[int] = set()  # closing braces whose _ and ^ are remarks
        self.pending = 0  # arguments in braces that the grammar reads
        self.waiting: list[tuple[int, int]] = []  # (closing brace, pending after it)

    def add(self, text: str, offset: int) -> None:
        text = printable(text)
        if self.fixed is None:
            self.out.add(text, offset)
        else:
            self.out.put(text, self.fixed)

    def put(self, text: str, offset: int) -> None:
        self.out.put(text, offset if self.fixed is None else self.fixed)

    def run(self) -> None:
        position = self.start
        while position < self.end:
            token = TOKEN.match(self.text, position, self.end)
            if token is None:  # cannot be: every character starts some token
                break
            position = self.step(token)

    def step(self, token: re.Match[str]) -> int:
        kind, at, end = token.lastgroup, token.start(), token.end()
        if kind == "macro":
            return self.macro(token[0], at, end)
        if kind == "open":
            self.open(at)
        elif kind == "close":
            return self.close(at)
        elif kind == "plain":
            self.pending = 0 if token[0].strip() else self.pending
            self.add(token[0], at)
        elif kind == "equals":
            self.add("=", at)
            return self.skip_scripts(end)
        elif kind == "row":
            self.put(ROW, at)
        elif kind == "amp":
            self.put(COLUMN, at)
        elif kind == "prime":
            self.put("'", at)
        elif kind == "star":
            self.put("star", at)
        elif kind == "comment" and not self.cleaner.comments:
            self.add("%", at)
            return at + 1
        elif kind in ("blank", "comment", "nothing") or (kind == "symbol" and token[0] not in _KEPT):
            self.put(" ", at)
        else:
            self.add(token[0], at)
        return end

    # braces

    def open(self, at: int) -> None:
        kept = at in self.closes and at not in self.hidden and (self.pending > 0 or self.after_script())
        if at not in self.closes:
            self.add("{", at)
            return
        if kept:
            self.add("{", at)
        else:
            self.put(" ", at)
            self.hidden.add(self.closes[at])
        self.waiting.append((self.closes[at], max(0, self.pending - 1)))
        self.pending = 0

    def close(self, at: int) -> int:
        if self.waiting and self.waiting[-1][0] == at:
            self.pending = self.waiting.pop()[1]
        if at in self.hidden:
            self.put(" ", at)
        else:
            self.add("}", at)
        return self.skip_scripts(at + 1) if at in self.scripts_after else at + 1

    def after_script(self) -> bool:
        return self.out.last in ("_", "^")

    def argument(self, position: int) -> tuple[int, int, int]:
        """(start, end, next position) of the argument at `position`: what braces hold, or one character or macro."""
        space = _SPACE.match(self.text, position, self.end)
        position = space.end() if space else position
        if position >= self.end:
            return self.end, self.end, self.end
        if self.text[position] == "{" and position in self.closes:
            return position + 1, self.closes[position], self.closes[position] + 1
        token = re.compile(r"\\[A-Za-z]+|\\[\s\S]|.", re.DOTALL).match(self.text, position, self.end)
        end = token.end() if token else position + 1
        return position, end, end

    def skip_scripts(self, position: int) -> int:
        """Past `^{(a)}` and `_{..}` that follow a relation sign."""
        for _ in range(2):
            found = re.compile(r"[ \t]{0,20}[\^_]").match(self.text, position, self.end)
            if found is None:
                break
            position = self.argument(found.end())[2]
        return position

    def unwrap(self, position: int) -> int:
        """Go on inside the braces at `position`, which then only wrap."""
        space = _SPACE.match(self.text, position, self.end)
        position = space.end() if space else position
        if position < self.end and self.text[position] == "{" and position in self.closes:
            self.hidden.add(position)
            self.put(" ", position)
            self.hidden.add(self.closes[position])
            self.waiting.append((self.closes[position], 0))
            self.pending = 0
            return position + 1
        return position

    # macros

    def macro(self, token: str, at: int, end: int) -> int:
        name = token[1:].rstrip("*")
        if token.endswith("*") and name not in _DROPPED_WITH and name != "operatorname":
            end -= 1  # the star is a sign of the formula
        if name in self.cleaner.macros:
            return self.expand(self.cleaner.macros[name], at, end)
        if name in _DROPPED:
            self.put(" ", at)
            return end
        if name in _ROWS or name in _BETWEEN:
            self.put(ROW, at)
            return self.argument(end)[2] if name in _BETWEEN else end
        if name in _DROPPED_WITH:
            self.put(" ", at)
            return self.argument(self.optional(end))[2]
        if name in _UNWRAPPED:
            return self.unwrap(end)
        if name in _SECOND:
            start, stop, end = self.argument(end)
            if name != "textcolor" and stop - start <= 40 and _DEFINES.fullmatch(self.text[start:stop]):
                self.put(":", at)
            return self.unwrap(end)
        if name in _BRACED:
            position = self.unwrap(end)
            if position - 1 in self.closes:  # not at the end of what is given, where there is no argument
                self.scripts_after.add(self.closes[position - 1])
            return position
        if name in ("begin", "end"):
            return self.environment(name, at, end)
        if name in _FRACTIONS:
            self.put("\\frac", at)
            self.pending = 2
            return end
        if name in _TEXT or name in _MARKED:
            return self.named(name, at, end)
        if name in _GREEK:
            self.put(" " + name, at)
            return end
        self.pending = 0
        self.add(self.text[at:end], at)
        return self.skip_scripts(end) if name in _SIGNS else end

    def optional(self, position: int) -> int:
        found = re.compile(r"\s{0,20}\[[^\[\]\n]{0,200}\]").match(self.text, position, self.end)
        return found.end() if found else position

    def environment(self, which: str, at: int, end: int) -> int:
        start, stop, after = self.argument(end)
        name = self.text[start:stop].strip() if stop - start <= 60 else ""
        if not _INNER.fullmatch(name):
            self.add(self.text[at:after], at)
            return after
        self.put(" ", at)
        if which == "begin":
            found = _ARGUMENTS.match(self.text, after, self.end)
            after = found.end() if found else after
            if name.startswith(("alignedat", "IEEE")):
                after = self.argument(after)[2]
        return after

    def named(self, macro: str, at: int, end: int) -> int:
        r"""`\mathrm{X}`, `\hat X`, `\mathbf{\hat X}`: one name; `\text{...}`: a name or a remark."""
        start, stop, after = self.argument(end)
        name = self.name(macro, start, stop, 0)
        spaced = macro == "text" and self.text[start:stop] != self.text[start:stop].strip()
        if name is not None and not spaced and not (macro in _TEXT and name.lower() in _WORDS and len(name) > 1):
            plain = self.name("mathrm", start, stop, 0)
            if plain in _MEASURES and macro not in ("hat", "tilde", "bar") and _OPENING.match(self.text, after, self.end):
                name = plain
            self.put(" " + name, at)
            return after
        if macro in _TEXT:
            self.put(REMARK, at)
            return after
        self.add(self.text[at:end], at)
        self.pending = 1
        return end

    def name(self, macro: str, start: int, stop: int, depth: int) -> str | None:
        """The plain name that an accent or a font makes of its argument; None when it is more than a name."""
        if stop - start > 80 or depth > 3:
            return None
        inner = self.text[start:stop].strip()
        found = _NAME.fullmatch(inner)
        if found:
            base: str | None = found[1]
        else:
            nested = re.fullmatch(r"\\([A-Za-z]+)\s*(?:\{(.*)\}|(.*))", inner, re.DOTALL)
            if nested is None:
                return None
            command, body = nested[1], nested[2] if nested[2] is not None else nested[3]
            if command in _GREEK and not body.strip():
                base = command
            elif command in _MARKED or command in _TEXT:
                at = self.text.index(body, start, stop) if body else start
                base = self.name(command, at, at + len(body), depth + 1)
            else:
                base = None
        if base is None:
            return None
        mark = _MARKED.get(macro, "")
        bare = base.rstrip("'")
        return bare + mark + base[len(bare) :]

    def expand(self, macro: Macro, at: int, end: int) -> int:
        arguments = []
        position = end
        for _ in range(macro.arguments):
            start, stop, position = self.argument(position)
            arguments.append(self.text[start:stop])
        body = macro.body
        if arguments:
            size = len(body) + sum(map(len, arguments)) * (body.count("#") + 1)
            if size > self.budget[1]:
                self.add(self.text[at:end], at)
                return position
            body = re.sub(r"#([1-9])", lambda found: arguments[int(found[1]) - 1] if int(found[1]) <= len(arguments) else "", body)
        self.budget[0] -= 1
        self.budget[1] -= len(body) + 1
        if self.budget[0] < 0 or self.budget[1] < 0 or self.depth >= DEEPEST:
            self.add(self.text[at:end], at)
            return position
        where = at if self.fixed is None else self.fixed
        self.put(" ", at)
        _Pass(self.cleaner, body, 0, len(body), self.out, where, self.budget, self.depth + 1).run()
        self.put(" ", at)
        return position

