"""Reading claims, in text or LaTeX, with exact numbers and with an error that shows the place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Any, NoReturn

import sympy
from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken, VisitError
from sympy.core.expr import Expr

from semtheory.errors import ClaimError
from semtheory.notation.claims import Quantifier, Relation, markov
from semtheory.notation.measures import DI, TE, CausalH, D, H, HorizonSum, I, Law, Measure
from semtheory.notation.variables import Block, RandomVariable, VariableSet

EXPECTED = {
    "RELATION": "<=, >= or =",
    "ARROW": "->",
    "PERP": "\\perp",
    "SIGN": "+ or -",
    "TIMES": "*",
    "OVER": "/",
    "NUMBER": "a number",
    "FRACTION": "a fraction",
    "FRAC": "a fraction",
    "OPEN": "(",
    "CLOSE": ")",
    "BARS": "||",
    "BAR": "|",
    "SEMICOLON": ";",
    "COMMA": ",",
    "NAME": "a name",
    "SUBSCRIPT": "an index such as _t",
    "SUPERSCRIPT": "a horizon such as ^n",
    "H_OPEN": "H(",
    "I_OPEN": "I(",
    "DI_OPEN": "DI(",
    "TE_OPEN": "TE(",
    "D_OPEN": "D(",
    "SUM": "sum(t=1..n)",
    "FOR": "for t=1..n",
    "$END": "the end",
    "_LBRACE": "{",
    "_RBRACE": "}",
}
MOST_DIGITS = 300
MOST_TIMES = 1000
_INDEX = re.compile(r"\s*(?:(\d+)|([A-Za-z])\s*(?:([+\-−])\s*(\d+))?)\s*")
_ACCENT = {"widehat": "hat", "hat": "hat", "widetilde": "tilde", "tilde": "tilde", "overline": "bar", "bar": "bar"}
_STRICT = re.compile(r"<(?!=)|(?<![-=])>(?!=)|\\[lg]t(?![A-Za-z])")
_PAIRS = {"(": ")", "[": "]", "{": "}", "e": "e"}  # \lbrace and \rbrace both end in e


@lru_cache(maxsize=1)
def _grammar() -> Lark:
    text = resources.files("semtheory.notation").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(text, start=["statement", "expr"], parser="lalr", lexer="contextual", propagate_positions=True, maybe_placeholders=True)


def parse_claim(text: str, definitions: Mapping[str, Expr] | None = None) -> list[Relation]:
    """The relations of a claim: one for each relation sign, one for a Markov chain.

    Args:
        text: the claim, in text or LaTeX; `A <= B = C` is the two relations A <= B and B = C.
        definitions: names that stand for expressions (from `let` lines).

    Raises:
        ClaimError: with the line, a caret, and what was expected.
    """
    return _parse(text, "statement", definitions)


def parse_expression(text: str, definitions: Mapping[str, Expr] | None = None) -> Expr:
    """A linear combination of information measures. Raises `ClaimError`."""
    return _parse(text, "expr", definitions)


def _parse(text: str, start: str, definitions: Mapping[str, Expr] | None) -> Any:
    if not text.strip():
        raise ClaimError("empty claim", expected="for instance I(X;Z) <= I(X;Y)")
    try:
        tree = _grammar().parse(_as_written(text) if start == "statement" else text, start=start)
        return _Builder(text, dict(definitions or {})).transform(tree)
    except RecursionError:
        raise ClaimError("the claim is nested too deeply to be read", expected="fewer brackets inside each other") from None
    except UnexpectedInput as error:
        _explain(text, error)
    except VisitError as error:
        if isinstance(error.orig_exc, ClaimError):
            raise error.orig_exc from None
        raise


_CHAIN_SIGN = re.compile(r"->|-o-|--o--|→|↔|⊸|\\(?:to|rightarrow|longrightarrow|leftrightarrow|multimap|perp|indep|bot)(?![A-Za-z])|⊥")
_MEASURE_OR_RELATION = re.compile(r"[=<≤≥*/\[]|(?<!-)>|\\(?:leq?|geq?|leqslant|geqslant|sum|frac)(?![A-Za-z])|[A-Za-z}]\s*(?:\\left|\\[bB]igg?l?)?\s*\(|\bsum\b|\bfor\b")


def _as_written(text: str) -> str:
    """Spellings of papers brought to the grammar's, character by character, so that positions stay those of the source.

    Surrounding dollar signs go; a chain may put its parts in brackets, `(M, X) -> Y`, or join them by dashes, `X - Y - Z`.
    """
    text = re.sub(r"^(\s*)\$\$?|\$\$?(\s*)$", lambda match: " " * len(match[0]), text)
    head = text.split("for", 1)[0] if re.search(r"\bfor\b", text) else text
    depth, outside = 0, []
    for char in head:
        depth += char in "({["
        outside.append(char if depth == 0 else "·")
        depth -= char in ")}]"
    bare = "".join(outside)
    if _CHAIN_SIGN.search(bare) and not re.search(r"[=<≤≥]|(?<!-)>|\\[lg]eq?(?:slant)?(?![A-Za-z])", bare):
        return re.sub(r"\\(?:left|right)(?=\s*[()])", lambda match: " " * len(match[0]), head).translate(_BLANK_BRACKETS) + text[len(head) :]
    if " - " in bare and not _MEASURE_OR_RELATION.search(head) and not re.search(r"[+0-9]", bare):
        dashes = [k for k, char in enumerate(bare) if char == "-"]
        return "".join("→" if k in dashes else char for k, char in enumerate(text))
    return text


_BLANK_BRACKETS = str.maketrans("()", "  ")


def _explain(text: str, error: UnexpectedInput) -> NoReturn:
    position: Any = error.pos_in_stream
    if isinstance(error, UnexpectedToken):
        names, found = set(error.accepts or error.expected), str(error.token)
        if error.token.type == "$END":
            position, found = len(text.rstrip()), ""
    elif isinstance(error, UnexpectedCharacters):
        names, found = set(error.allowed or ()), text[position : position + 1]
    else:
        position, names, found = len(text.rstrip()), set(), ""
    if position is not None and _STRICT.match(text, position):
        raise ClaimError("strict inequalities are not claims of this language", text, position, "<=, >= or =") from None
    expected = "  ".join(dict.fromkeys(EXPECTED[name] for name in sorted(names) if name in EXPECTED))
    message = f"unexpected {found!r}" if found else "the claim ends too early"
    if re.search(r"(?<![A-Za-z\\])h\s*\(", text):
        message += "; h(...), differential entropy, is outside the claim language, which is about finite alphabets"
    raise ClaimError(message, text, position, f"one of:  {expected}" if "  " in expected else expected) from None


class _Builder(Transformer):  # type: ignore[type-arg]
    """Parse tree to SymPy objects. Every number stays an exact rational."""

    def __init__(self, text: str, definitions: dict[str, Expr]) -> None:
        super().__init__()
        self.source, self.definitions = text, definitions

    def _fail(self, message: str, token: Token | None, expected: str = "") -> NoReturn:
        raise ClaimError(message, self.source, None if token is None else token.start_pos, expected)

    # names and indices

    def variable(self, parts: list[Token]) -> Any:
        name, lower, upper = self._name(parts[0]), None, None
        for part in filter(None, parts[1:]):
            inner = part.lstrip("_^ ")
            inner = inner[1:-1] if inner.startswith("{") else inner
            if part.type == "SUPERSCRIPT":
                upper = (inner, part)
                continue
            for piece in inner.split(","):
                label = re.fullmatch(r"\s*(?:\\(?:mathrm|text)\{)?([A-Za-z][A-Za-z0-9]+'*)\}?\s*", piece)
                if label:
                    name = f"{name}_{label[1]}"
                elif lower is not None:
                    self._fail("two indices on one variable", part, "one index, as in X_t")
                else:
                    lower = (piece, part)
        return self._placed(name, lower, upper, parts[0])

    def _placed(self, name: str, lower: tuple[str, Token] | None, upper: tuple[str, Token] | None, token: Token) -> Any:
        try:
            if lower is None and upper is None:
                return RandomVariable(name)
            if lower is None:
                assert upper is not None
                return Block(name, 1, self._index(*upper))
            ends = lower[0].split(":")
            if upper is not None or len(ends) == 2:
                if upper is not None and len(ends) == 2:
                    self._fail("a range given twice", upper[1])
                last = upper or (ends[1], lower[1])
                return Block(name, self._index(ends[0], lower[1]), self._index(*last))
            index = self._index(*lower)
            return Block(name, index, index)
        except ClaimError as error:
            if error.position is None:
                self._fail(error.message, token, error.expected)
            raise

    def _index(self, text: str, token: Token) -> Expr:
        match = _INDEX.fullmatch(text)
        if not match:
            self._fail(f"{text.strip()!r} is not an index", token, "a number, a letter, or a letter plus or minus a number")
        number, letter, sign, offset = match.groups()
        if int(number or offset or 0) > MOST_TIMES:
            self._fail(f"time {number or offset} is too far away", token, f"a number up to {MOST_TIMES}, or a horizon such as X^n")
        if number:
            return sympy.Integer(number)
        shift = int(offset) if offset else 0
        return sympy.Symbol(letter, integer=True) + (shift if sign == "+" else -shift)

    def _name(self, token: Token) -> str:
        match = re.fullmatch(r"\\([A-Za-z]+)\s*\{?\s*([A-Za-z0-9']*)\s*\}?('*)", token)
        if not match:
            return str(token)
        command, inner, primes = match.groups()
        if command in _ACCENT:
            stem = inner.rstrip("'")
            return stem + _ACCENT[command] + inner[len(stem) :] + primes
        return (inner or command) + primes

    def names(self, parts: list[Any]) -> VariableSet:
        return VariableSet(*(part for part in parts if not isinstance(part, Token)))

    def law(self, parts: list[Any]) -> Law:
        name, opening, variables, _bar, given, closing = parts
        if opening is not None:
            self._match(opening, closing)
        return Law(self._name(name), variables, given)

    # measures

    def _match(self, opening: Token, closing: Token) -> None:
        if _PAIRS[opening.strip()[-1]] != closing.strip()[-1]:
            self._fail(f"{opening.strip()[-1]!r} closed by {closing.strip()[-1]!r}", closing, repr(_PAIRS[opening.strip()[-1]]))

    def _checked(self, parts: list[Any], build: Any) -> Expr:
        self._match(parts[0], parts[-1])
        try:
            made: Expr = build()
            if isinstance(made, (DI, TE, CausalH)):
                made.definition  # noqa: B018 (raises where the blocks do not fit)
            return made
        except ClaimError as error:
            if error.position is None:
                self._fail(error.message, parts[0], error.expected)
            raise

    def entropy(self, parts: list[Any]) -> Expr:
        return self._checked(parts, lambda: H(parts[1], given=parts[3]))

    def causal_entropy(self, parts: list[Any]) -> Expr:
        return self._checked(parts, lambda: CausalH(parts[3], parts[1], parts[5]))

    def mutual(self, parts: list[Any]) -> Expr:
        given = parts[-2] if isinstance(parts[-2], VariableSet) and isinstance(parts[-3], Token) and parts[-3].type == "BAR" else None
        sets = [part for part in parts[1 : -3 if given is not None else -1] if isinstance(part, VariableSet)]
        return self._checked(parts, lambda: I(*sets, given=given))

    def directed(self, parts: list[Any]) -> Expr:
        _open, source, _arrow, target, _bars, causal, _bar, given, _close = parts
        return self._checked(parts, lambda: DI(source, target, causal, given))

    def transfer(self, parts: list[Any]) -> Expr:
        _open, source, _arrow, target, _bar, given, _close = parts
        return self._checked(parts, lambda: TE(source, target, given))

    def divergence(self, parts: list[Any]) -> Expr:
        return self._checked(parts, lambda: D(parts[1], parts[3]))

    # arithmetic

    def number(self, parts: list[Token]) -> Expr:
        digits, _, exponent = parts[0].lower().partition("e")
        if len(digits) + abs(int(exponent or 0)) > MOST_DIGITS:
            self._fail(f"a number of more than {MOST_DIGITS} digits", parts[0], "a shorter one")
        return sympy.Rational(str(parts[0]))

    def small_fraction(self, parts: list[Token]) -> Expr:
        over, under = re.findall(r"\{(\d+)\}|(\d)", re.sub(r"\\[td]?frac", "", parts[0]))
        return self._divide(sympy.Integer("".join(over)), sympy.Integer("".join(under)), parts[0])

    def fraction(self, parts: list[Any]) -> Expr:
        return self._divide(parts[1], parts[2], parts[0])

    def _divide(self, over: Expr, under: Expr, token: Token) -> Expr:
        if not under.is_Rational:
            self._fail("a denominator must be a number", token)
        if under == 0:
            self._fail("division by zero", token, "a denominator other than 0")
        return over / under

    def multiply(self, parts: list[Any]) -> Expr:
        left, right = parts[0], parts[-1]
        if not (left.is_Rational or right.is_Rational):
            token = next((part for part in parts if isinstance(part, Token)), None)
            self._fail(f"a product of two measures, {left} and {right}, is not linear", token, "a number times a measure")
        return left * right

    def divide(self, parts: list[Any]) -> Expr:
        return self._divide(parts[0], parts[2], parts[1])

    def product(self, parts: list[Any]) -> Expr:
        return parts[0]

    def term(self, parts: list[Any]) -> Expr:
        return parts[0]

    def group(self, parts: list[Any]) -> Expr:
        self._match(parts[0], parts[2])
        return parts[1]

    def defined(self, parts: list[Any]) -> Expr:
        name = sympy.sstr(parts[0])
        if name not in self.definitions:
            at = self.source.find(name)
            raise ClaimError(f"{name} is not a number or a measure", self.source, at if at >= 0 else None, "a measure such as H(X), or a name defined by let")
        return self.definitions[name]

    def horizon_sum(self, parts: list[Any]) -> Expr:
        return self._sum(parts[0], parts[1])

    def scaled_sum(self, parts: list[Any]) -> Expr:
        return self.multiply([parts[0], self._sum(parts[-2], parts[-1])])

    def _range(self, token: Token) -> tuple[sympy.Symbol, Expr, Expr]:
        upper_first = re.fullmatch(r"\\?sum(?:\\limits)?\s*\^\s*(\{[^{}]*\}|\w)\s*_\s*(\{[^{}]*\})", token.strip())
        text = f"_{upper_first[2]}^{upper_first[1]}" if upper_first else str(token)
        text = re.sub(r"^[^=]*?([A-Za-z])\s*=", r"\1=", text)
        text = re.sub(r"\}\s*\^\s*\{?", "..", text.replace("{}", "")).strip("(){} \t\n")
        text = re.sub(r",?\s*\\[lc]?dots\s*,?|\.\.\.|,\s*\.\.\s*,", "..", text)
        match = re.fullmatch(r"([A-Za-z])=(.*?)\.\.(.*)", text, re.DOTALL)
        if not match:
            self._fail(f"{token.strip()!r} is not a range", token, "for instance t=1..n")
        name, lo, hi = match.groups()
        return sympy.Symbol(name, integer=True), self._index(lo, token), self._index(hi, token)

    def _sum(self, token: Token, body: Expr) -> Expr:
        index, lo, hi = self._range(token)
        if body.has(HorizonSum, DI, TE, CausalH):
            self._fail("a sum inside a sum is outside the claim language", token, "a body of H, I and D")
        try:
            return HorizonSum(body, index, lo, hi)
        except ClaimError as error:
            self._fail(error.message, token, error.expected)

    def expr(self, parts: list[Any]) -> Expr:
        total, sign = sympy.S.Zero, 1
        for part in parts:
            if isinstance(part, Token):
                sign = 1 if part == "+" else -1
            elif part is not None:
                total, sign = total + sign * part, 1
        return total

    # statements

    def quantifier(self, parts: list[Token]) -> Quantifier:
        return Quantifier(*self._range(parts[0]))

    @v_args(meta=True)
    def relations(self, meta: Any, parts: list[Any]) -> list[Relation]:
        signs = {"<": "<=", ">": ">=", "=": "=", "≤": "<=", "≥": ">=", "l": "<=", "g": ">="}
        made = []
        for left, sign, right in zip(parts[0::2], parts[1::2], parts[2::2], strict=False):
            for side in (left, right):
                if not (side.is_number or side.has(Measure)):
                    self._fail(f"{side} is not a linear combination of measures", sign)
            made.append(Relation(left, signs[sign.lstrip("\\")[0]], right, None, (sign.start_pos, sign.end_pos)))
        return made

    @v_args(meta=True)
    def markov(self, meta: Any, parts: list[Any]) -> list[Relation]:
        sets = tuple(part for part in parts if isinstance(part, VariableSet))
        if len(sets) < 3:
            self._fail("a Markov chain has three parts at least", parts[1], "X -> Y -> Z")
        return [markov(sets, None, (meta.start_pos, meta.end_pos))]

    @v_args(meta=True)
    def independence(self, meta: Any, parts: list[Any]) -> list[Relation]:
        left, _sign, right, _bar, given = parts
        return [Relation(I(left, right, given=given), "=", sympy.S.Zero, None, (meta.start_pos, meta.end_pos))]

    def statement(self, parts: list[Any]) -> list[Relation]:
        made, quantifier = parts
        if quantifier is None:
            return made
        return [Relation(r.left, r.op, r.right, quantifier, r.span, r.chain) for r in made]
