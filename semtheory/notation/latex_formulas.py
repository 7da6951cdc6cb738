"""LaTeX formulas as presentation MathML: the part of LaTeX in which statements are written, and no more.

What is not known is refused by name, so that a page shows a formula right or shows its plain text, never remains of
LaTeX. The result uses MathML Core elements only, which browsers draw without a script.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as Xml

from semtheory.errors import SemtheoryError
from semtheory.notation.latex_symbols import (
    ACCENTS,
    DELIMITERS,
    DOUBLE_STRUCK,
    FRAKTUR,
    FUNCTIONS,
    GREEK,
    IGNORED,
    LIMITS,
    OPERATORS,
    SCRIPT,
    SPACES,
    WORDS,
)
from semtheory.notation.mathml import NAMESPACE

_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|[0-9]+(?:\.[0-9]+)?|[A-Za-z]+|\s+|.", re.DOTALL)
_SIZES = re.compile(r"\\[bB]igg?[lrm]?")
_DEEPEST = 60
_MARKS = {"-": "−", "*": "∗", "'": "′"}


class LatexError(SemtheoryError):
    """A formula that cannot be converted: the command or the place, and the formula."""


def latex_to_mathml(latex: str, *, display: bool = False) -> str:
    """The formula as a `<math>` element.

    Args:
        latex: a formula without dollars.
        display: set it as a display: limits above and below, fractions large.

    Raises:
        LatexError: a command or a construction that is not known, or brackets that do not match.
    """
    reader = _Reader(latex)
    math = Xml.Element("math", {"xmlns": NAMESPACE, **({"display": "block"} if display else {})})
    math.extend(reader.row(()))
    reader.skip()
    if reader.peek():
        raise reader.error(f"{reader.peek()} without its beginning")
    return Xml.tostring(math, encoding="unicode")


def _element(tag: str, *children: Xml.Element, **attributes: str) -> Xml.Element:
    element = Xml.Element(tag, {name.rstrip("_"): value for name, value in attributes.items()})
    element.extend(children)
    return element


def _leaf(tag: str, text: str, **attributes: str) -> Xml.Element:
    element = _element(tag, **attributes)
    element.text = text
    return element


def _one(children: Sequence[Xml.Element]) -> Xml.Element:
    return children[0] if len(children) == 1 else _element("mrow", *children)


class _Reader:
    """Recursive descent over the tokens of one formula."""

    def __init__(self, latex: str) -> None:
        self.latex = latex
        self.tokens = _TOKEN.findall(latex)
        self.at = 0
        self.depth = 0

    def error(self, message: str) -> LatexError:
        shown = self.latex if len(self.latex) <= 200 else self.latex[:200] + "…"
        return LatexError(f"cannot typeset {shown!r}: {message}")

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def skip(self) -> None:
        while self.peek().isspace():
            self.at += 1

    def take(self) -> str:
        self.skip()
        token = self.peek()
        if not token:
            raise self.error("it ends too early")
        self.at += 1
        return token

    def expect(self, wanted: str) -> None:
        found = self.take()
        if found != wanted:
            raise self.error(f"expected {wanted}, found {found}")

    def raw(self) -> str:
        """The text of a braced group, as written."""
        self.expect("{")
        made: list[str] = []
        level = 1
        while True:
            if not self.peek():
                raise self.error("a { is not closed")
            token = self.tokens[self.at]
            self.at += 1
            level += (token == "{") - (token == "}")
            if not level:
                return "".join(made)
            if token.startswith("\\") and token[1:] not in ("_", " ", "&", "%", "#", "$", "{", "}"):
                raise self.error(f"{token} inside text")
            if token not in "{}":
                made.append(token.removeprefix("\\"))

    def row(self, stops: Sequence[str]) -> list[Xml.Element]:
        """Atoms up to one of `stops` (not taken), or to the end when there is none."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.error("it is nested too deeply")
        made: list[Xml.Element] = []
        while True:
            self.skip()
            token = self.peek()
            if not token or token in stops:
                if not token and stops:
                    raise self.error(f"expected {' or '.join(stops)} before the end")
                self.depth -= 1
                return made
            if token in ("}", "\\right", "&", "\\\\", "\\end"):
                raise self.error(f"{token} without its beginning")
            atom = self.scripted()
            if atom is not None:
                if made and token[1:] in FUNCTIONS and (made[-1].tag != "mo" or made[-1].text in (")", "]")):
                    made.append(_element("mspace", width="0.167em"))
                made.append(atom)
                if self.applies(token):
                    made.append(_element("mspace", width="0.167em"))

    def applies(self, token: str) -> bool:
        """Whether `token` is the name of a function whose argument follows without a bracket."""
        if token not in LIMITS and token[1:] not in FUNCTIONS and not token.startswith("\\operatorname"):
            return False
        following = [part for part in self.tokens[self.at : self.at + 4] if not part.isspace() and part != "{"]
        return bool(following) and following[0] not in ("(", "\\left", "[", "}", "\\right", ")", ",")

    def group(self) -> Xml.Element:
        """A braced group, or one token where braces are left out (of a number, its first digit)."""
        self.skip()
        if self.peek() == "{":
            self.at += 1
            made = self.row(("}",))
            self.at += 1
            return _one(made)
        token = self.peek()
        if len(token) > 1 and token.isalnum():
            self.tokens[self.at : self.at + 1] = [token[0], token[1:]]
        atom = self.atom()
        return _element("mrow") if atom is None else atom[0]

    def scripted(self) -> Xml.Element | None:
        self.skip()
        found = self.atom() if self.peek() not in ("_", "^") else (_element("mrow"), False)
        if found is None:
            return None
        base, limits = found
        lower: Xml.Element | None = None
        upper: list[Xml.Element] = []
        while True:
            self.skip()
            if self.peek() in ("\\limits", "\\nolimits"):
                limits = self.take() == "\\limits"
            elif self.peek() == "'":
                self.at += 1
                upper.append(_leaf("mo", "′", lspace="0", rspace="0"))
            elif self.peek() == "_" and lower is None:
                self.at += 1
                lower = self.group()
            elif self.peek() == "^":
                self.at += 1
                upper.append(self.group())
            elif self.peek() == "_":
                raise self.error("two subscripts on one base")
            else:
                break
        names = ("munder", "mover", "munderover") if limits else ("msub", "msup", "msubsup")
        if lower is not None and upper:
            return _element(names[2], base, lower, _one(upper))
        if lower is not None:
            return _element(names[0], base, lower)
        return _element(names[1], base, _one(upper)) if upper else base

    def delimiter(self) -> str:
        token = self.take()
        if token not in DELIMITERS:
            raise self.error(f"{token} is no bracket")
        return DELIMITERS[token]

    def atom(self) -> tuple[Xml.Element, bool] | None:
        """One element, and whether scripts go above and below it; None for what leaves no trace."""
        token = self.take()
        if token == "{":
            made = self.row(("}",))
            self.at += 1
            return _one(made), False
        if token[0].isdigit():
            return _leaf("mn", token), False
        if token.isascii() and token.isalpha():
            return self.letters(token), False
        if not token.startswith("\\"):
            return self.character(token), False
        if token in IGNORED:
            return None
        if token in LIMITS:
            sign = LIMITS[token]
            tag = "mi" if sign.isascii() else "mo"
            return _leaf(tag, sign), token != "\\int"
        return self.command(token), False

    def letters(self, word: str) -> Xml.Element:
        if word in WORDS:
            return _leaf("mi", WORDS[word])
        # Letters that stand together: one name in what SymPy prints, set slanted as single letters are.
        return _leaf("mi", word) if len(word) == 1 else _leaf("mi", word, class_="word")

    def character(self, sign: str) -> Xml.Element:
        if sign == "~":
            return _element("mspace", width="0.33em")
        if sign in "()[]|/":
            return _leaf("mo", sign, stretchy="false", **({"lspace": "0", "rspace": "0"} if sign == "/" else {}))
        if sign in _MARKS:
            return _leaf("mo", _MARKS[sign])
        if sign in "+=<>,;:!.?" or (not sign.isascii() and not sign.isalpha()):
            return _leaf("mo", sign)
        if not sign.isascii():
            return _leaf("mi", sign)
        raise self.error(f"{sign} is not expected here")

    def command(self, token: str) -> Xml.Element:
        name = token[1:]
        if token in SPACES:
            return _element("mspace", width=SPACES[token])
        if token in GREEK:
            return _leaf("mi", GREEK[token])
        if name in FUNCTIONS:
            return _leaf("mi", name)
        if token in OPERATORS:
            return _leaf("mo", OPERATORS[token])
        if token in ("\\frac", "\\tfrac", "\\dfrac", "\\cfrac"):
            top, bottom = self.group(), self.group()
            attributes = {"\\tfrac": {"displaystyle": "false"}, "\\dfrac": {"displaystyle": "true"}}.get(token, {})
            fraction = _element("mfrac", top, bottom)
            return _element("mstyle", fraction, **attributes) if attributes else fraction
        if token in ("\\binom", "\\tbinom", "\\dbinom"):
            top, bottom = self.group(), self.group()
            inside = _element("mfrac", top, bottom, linethickness="0")
            return _element("mrow", _leaf("mo", "("), inside, _leaf("mo", ")"))
        if token == "\\sqrt":
            return self.root()
        if token in ACCENTS:
            sign, tag = ACCENTS[token]
            base = self.group()
            accent = {"accent": "true"} if tag == "mover" else {"accentunder": "true"}
            return _element(tag, base, _leaf("mo", sign), **accent)
        if token in ("\\text", "\\textrm", "\\mbox", "\\textit", "\\textbf"):
            return _leaf("mtext", self.raw().replace(" ", "\u00a0"))
        if token in ("\\mathrm", "\\operatorname", "\\mathsf", "\\mathtt", "\\operatorname*", "\\mathit"):
            text = self.raw()
            return _leaf("mi", text, **({"mathvariant": "normal"} if len(text) == 1 else {}))
        if token in ("\\mathbb", "\\mathfrak", "\\mathcal", "\\mathscr", "\\mathbf", "\\boldsymbol", "\\bm"):
            return self.alphabet(token)
        if token == "\\left":
            return self.fenced()
        if _SIZES.fullmatch(token):
            sign = self.delimiter()
            return _leaf("mo", sign, minsize="1.6em" if token.startswith(("\\bigg", "\\Bigg")) else "1.25em")
        if token == "\\not":
            following = self.group()
            following.text = (following.text or "") + "\u0338"
            return following
        if token in ("\\overset", "\\underset", "\\stackrel"):
            script, base = self.group(), self.group()
            return _element("munder" if token == "\\underset" else "mover", base, script)
        if token == "\\begin":
            return self.table()
        if token in DELIMITERS:
            return _leaf("mo", DELIMITERS[token], stretchy="false")
        raise self.error(f"the command {token} is not known")

    def root(self) -> Xml.Element:
        self.skip()
        if self.peek() != "[":
            return _element("msqrt", self.group())
        self.at += 1
        index = _one(self.row(("]",)))
        self.at += 1
        return _element("mroot", self.group(), index)

    def alphabet(self, token: str) -> Xml.Element:
        self.skip()
        text = self.raw() if self.peek() == "{" else self.take()
        if token in ("\\mathbf", "\\boldsymbol", "\\bm"):
            sign = GREEK.get(text.strip(), text) if text.startswith("\\") else text
            return _leaf("mi", sign, class_="bold")
        letters = {"\\mathbb": DOUBLE_STRUCK, "\\mathfrak": FRAKTUR}.get(token, SCRIPT)
        try:
            return _leaf("mi", "".join(letters[letter] for letter in text))
        except KeyError as missing:
            raise self.error(f"{token} of {missing}") from None

    def fenced(self) -> Xml.Element:
        opening = self.delimiter()
        inside: list[Xml.Element] = []
        while True:
            inside += self.row(("\\right", "\\middle"))
            end = self.take()
            sign = _leaf("mo", self.delimiter(), stretchy="true")
            if end == "\\right":
                break
            inside.append(sign)
        parts = [_leaf("mo", opening, stretchy="true"), *inside, sign]
        return _element("mrow", *(part for part in parts if part.tag != "mo" or part.text))

    def table(self) -> Xml.Element:
        name = self.raw()
        fences = {"cases": "{ ", "pmatrix": "()", "bmatrix": "[]", "vmatrix": "||", "matrix": "  ", "smallmatrix": "  "}
        fences |= {"aligned": "  ", "array": "  "}
        if name not in fences:
            raise self.error(f"the environment {name} is not known")
        if name == "array":
            self.raw()  # the columns
        rows: list[Xml.Element] = []
        cells: list[Xml.Element] = []
        while True:
            cells.append(_element("mtd", *self.row(("&", "\\\\", "\\end"))))
            end = self.take()
            if end == "&":
                continue
            rows.append(_element("mtr", *cells))
            cells = []
            if end == "\\end":
                break
        closing = self.raw()
        if closing != name:
            raise self.error(f"\\begin{{{name}}} ended by \\end{{{closing}}}")
        left, right = fences[name][0], fences[name][1]
        around = [_leaf("mo", sign) for sign in (left, right)]
        table = _element("mtable", *rows, **({"class_": "cases"} if name == "cases" else {}))
        return _element("mrow", *around[: left != " "], table, *(around[1:] if right != " " else []))
