"""From a cleaned text to relations: every piece parsed by the grammar, a piece outside it spoiling its own relations only."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, TypeAlias

import sympy
from sympy.core.expr import Expr

from semtheory.derivations.chains import RawChain, find_chains
from semtheory.derivations.cleaning import Cleaner
from semtheory.derivations.model import Assumption, Chain, Derivation, Place, RelationAt, Trouble
from semtheory.derivations.source import ENDS, REMARK, Clean, Source, without_marks
from semtheory.errors import ClaimError
from semtheory.notation.claims import Relation
from semtheory.notation.measures import H, Measure
from semtheory.notation.parser import parse_claim, parse_expression
from semtheory.notation.variables import HORIZON_LETTERS, Block, RandomVariable, VariableSet

LONGEST = 20_000  # characters of one piece; a longer one is no formula that a person wrote
_FOR = re.compile(r"(?:for(?:\s+all)?|\\forall)\s*[A-Za-z]\s*=", re.IGNORECASE)
_MACRO = re.compile(r"\\(?:[A-Za-z]+|[\s\S])?")
_SYMBOL = re.compile(r"\s*[A-Za-z][A-Za-z0-9]*'*\s*(?:_\s*(?:\{[^{}]{1,40}\}|[A-Za-z0-9]+))?\s*(?:\^\s*(?:\{[^{}]{1,40}\}|[A-Za-z0-9]))?\s*")

Piece: TypeAlias = Any  # a SymPy expression, or the ClaimError that says why it is none


class Reader:
    """Reads one derivation of a file; definitions hold inside it alone."""

    def __init__(self, source: Source, derivation: Derivation, cleaner: Cleaner) -> None:
        self.source, self.derivation, self.cleaner = source, derivation, cleaner
        self.definitions: dict[str, Expr] = {}
        self.aliases: list[tuple[Block | RandomVariable, VariableSet, Place, str]] = []
        self.unread: set[str] = set()
        self.cache: dict[str, Piece] = {}
        self.undefined: dict[int, str] = {}  # chain -> why its definition was not read
        self.defined: set[int] = set()  # chains that start with a definition

    # places

    def place(self, clean: Clean, start: int, end: int | None = None) -> Place:
        line, column = self.source.place(clean.offset(start))
        length = 1 if end is None else max(1, clean.offset(end - 1) - clean.offset(start) + 1)
        text = self.source.line(line)
        return Place(line, column, length, len(text) - len(text.lstrip()))

    def line_text(self, place: Place) -> str:
        return self.source.line(place.line).strip()

    # assumptions, definitions and claims, each on a line of its own

    def given(self, start: int, end: int) -> None:
        """An assumption at text[start:end] of the file."""
        clean = self.cleaner.clean(self.source.text, start, end)
        text, place = without_marks(clean.text).rstrip(ENDS + "."), self.place(clean, 0)
        shown = self.source.text[start:end].strip()
        try:
            relations = tuple(self._claim(text))
            self.derivation.givens.append(Assumption(place, shown, relations))
        except ClaimError as error:
            at = None if error.position is None else self.place(clean, error.position)
            self.derivation.givens.append(Assumption(place, shown, (), explain(error, text), at))

    def let(self, start: int, end: int) -> None:
        """A definition `R = I(X;Y)` at text[start:end] of the file."""
        clean = self.cleaner.clean(self.source.text, start, end)
        name, equals, _value = without_marks(clean.text).partition("=")
        place = self.place(clean, 0)
        if not equals:
            self.trouble(place, "a definition needs =, such as R = I(X;Y|Z)")
            return
        cut = len(name) - (1 if name.rstrip().endswith(":") else 0)
        problem = self.define(clean, (0, cut), (len(name) + 1, len(clean.text)), again=False)
        if problem:
            self.trouble(place, problem)

    def claim(self, start: int, end: int) -> None:
        """What the chains are claimed to show, at text[start:end] of the file."""
        clean = self.cleaner.clean(self.source.text, start, end)
        found = self._relations(clean, find_chains(clean.text))
        made = [relation for chain in found for relation in chain.relations]
        if made:
            self.derivation.claims.extend(made)
        else:
            self.trouble(self.place(clean, 0), "a claim is a relation, such as I(X;Z) <= I(X;Y)")

    def trouble(self, place: Place, problem: str) -> None:
        self.derivation.troubles.append(Trouble(place, self.line_text(place), problem))

    def _claim(self, text: str) -> list[Relation]:
        if len(text) > LONGEST:
            raise ClaimError(f"{len(text)} characters; at most {LONGEST} in one formula", text[:100])
        return parse_claim(text, self.definitions)

    # chains

    def read(self, clean: Clean, lines: Iterable[tuple[str, int, int]], *, columns: bool = False, strict: bool = False) -> None:
        """A display and the lines that go with it, (keyword, start, end) each.

        Definitions first, since a display may use a symbol above its definition, and its assumptions may too.
        `strict`: a text without a relation is worth a word (in a fenced block it is a mistake).
        """
        lines = list(lines)
        raw = find_chains(clean.text, columns=columns)
        for keyword, start, end in lines:
            if keyword == "let":
                self.let(start, end)
        self._define_all(clean, raw)
        for keyword, start, end in lines:
            if keyword == "given":
                self.given(start, end)
            elif keyword == "claim":
                self.claim(start, end)
        self.derivation.chains += self._relations(clean, raw, strict=strict)
        self._state_aliases()

    def _define_all(self, clean: Clean, raw: list[RawChain]) -> None:
        """Read the definitions first: a display may use a symbol above its definition. Twice, for one that uses a later one."""
        waiting = [chain for chain in raw if chain.signs and chain.signs[0].op == ":="]
        problems: dict[int, str] = {}
        for _ in range(2):
            for chain in waiting:
                problems[id(chain)] = self.define(clean, chain.pieces[0], chain.pieces[1], again=True)
            waiting = [chain for chain in waiting if problems[id(chain)]]
        self.undefined = {key: problem for key, problem in problems.items() if problem not in ("", "an equality")}
        self.defined = {key for key, problem in problems.items() if not problem}

    def define(self, clean: Clean, name: tuple[int, int], value: tuple[int, int], *, again: bool) -> str:
        """Define the symbol at `name`. Returns a problem, empty when there is none; "an equality" when it is no new symbol."""
        text = without_marks(clean.text)
        left, right = text[slice(*name)].strip(ENDS), text[slice(*value)].strip(ENDS + ".")
        if not _SYMBOL.fullmatch(left):
            return "an equality" if again else f"{left.strip()!r} is not a name; a definition is a name, = and its value"
        try:
            symbol = self._variable(left)
        except ClaimError as error:
            return "an equality" if again else error.message
        key = sympy.sstr(symbol)
        if key in self.definitions or any(symbol == alias for alias, *_ in self.aliases):
            return "an equality" if again else f"{key} is defined already"
        try:
            if len(right) > LONGEST:
                raise ClaimError("the value is too long")
            self.definitions[key] = parse_expression(right, self.definitions)
        except ClaimError as error:
            variables = self._variables(right)
            if variables is None:
                self.unread.add(getattr(symbol, "name", key))
                return f"the definition of {key} was not read: {explain(error, right)}"
            self.aliases.append((symbol, variables, self.place(clean, name[0]), f"{left} := {right}"))
        self.unread.discard(getattr(symbol, "name", key))
        return ""

    def _variable(self, text: str) -> Block | RandomVariable:
        found = parse_expression(f"H({text})")
        if not isinstance(found, H) or len(found.args[0].args) != 1:
            raise ClaimError(f"{text!r} is not one variable", expected="a name to be defined")
        symbol: Block | RandomVariable = found.args[0].args[0]
        return symbol

    def _variables(self, text: str) -> VariableSet | None:
        """The set of variables that (W, Y^{t-1}) or W, Y^{t-1} stands for; None when it is none."""
        inner = text.strip()
        if inner[:1] in ("(", "[") and inner[-1:] in (")", "]"):
            inner = inner[1:-1]
        try:
            made = parse_expression(f"H({inner})")
        except ClaimError:
            return None
        return made.args[0] if isinstance(made, H) and not made.args[1].args else None

    def _state_aliases(self) -> None:
        """U_t := (W, Y^{t-1}) as two assumptions: each side is a function of the other, at every time."""
        for symbol, variables, place, text in self.aliases:
            quantifier = ""
            index = symbol.lo if isinstance(symbol, Block) and symbol.lo == symbol.hi else None
            if index is not None and index.is_Symbol and index.name not in HORIZON_LETTERS:
                quantifier = f" for {index}=1..{self._horizon()}"
            name, group = sympy.sstr(symbol), sympy.sstr(variables)
            for body in (f"H({name}|{group}) = 0", f"H({group}|{name}) = 0"):
                try:
                    relations = tuple(parse_claim(body + quantifier))
                except ClaimError as error:  # names that do not survive printing
                    self.trouble(place, f"{text}: {error.message}")
                    self.unread.add(symbol.name)
                    break
                self.derivation.givens.append(Assumption(place, text, relations, defines=True))
        self.derivation.unread_names = tuple(sorted(self.unread))

    def _horizon(self) -> str:
        letters = {
            symbol.name
            for relation in self.derivation.relations
            if relation.relation is not None
            for symbol in relation.relation.free_symbols
            if symbol.name in HORIZON_LETTERS
        }
        return min(letters, default="n")

    def _piece(self, text: str) -> Piece:
        found = self.cache.get(text)
        if found is None:
            try:
                if len(text) > LONGEST:
                    raise ClaimError(f"{len(text)} characters; at most {LONGEST} in one formula")
                quantified = _FOR.search(text)
                if quantified:
                    raise ClaimError("only assumptions may be quantified", text, quantified.start(), "a sum over t, or a fixed time")
                found = parse_expression(text, self.definitions)
            except ClaimError as error:
                found = error
            self.cache[text] = found
        return found

    def _relations(self, clean: Clean, raw: Iterable[RawChain], *, strict: bool = False) -> list[Chain]:
        self.cache.clear()  # definitions may have come since
        text = without_marks(clean.text)
        made: list[Chain] = []
        for chain in raw:
            if chain.markov:
                made.append(self._markov(clean, text, chain))
            elif chain.signs:
                made.append(self._chain(clean, text, chain))
            elif strict and text[slice(*chain.pieces[0])].strip():
                place = self.place(clean, _first(text, *chain.pieces[0]))
                self.trouble(place, "no relation stands here; a line of a proof is a relation, or starts with given:, let:, claim: or #")
        return [chain for chain in made if chain.relations]

    def _markov(self, clean: Clean, text: str, chain: RawChain) -> Chain:
        start, end = chain.pieces[0]
        start = _first(text, start, end)
        body = text[start:end].rstrip(ENDS + ".")
        arrow = re.search(r"--o--|-o-|->|[→↔⊸]|\\[a-z]*(?:to|arrow|multimap)", body)
        place = self.place(clean, start + (arrow.start() if arrow else 0), start + (arrow.end() if arrow else 1))
        try:
            (relation,) = self._claim(body)
        except ClaimError as error:
            at = None if error.position is None else self.place(clean, start + error.position)
            return Chain((RelationAt(place, self.line_text(place), " ".join(body.split()), None, explain(error, body), at),), None)
        return Chain((RelationAt(place, self.line_text(place), relation.text, relation),), relation)

    def _chain(self, clean: Clean, text: str, chain: RawChain) -> Chain:
        pieces: list[Piece] = []
        starts: list[int] = []
        bodies: list[str] = []
        for k, (start, end) in enumerate(chain.pieces):
            start = _first(text, start, end)
            body = text[start:end].rstrip()
            body = body.rstrip(ENDS + ".") if k == len(chain.pieces) - 1 else body
            starts.append(start)
            bodies.append(body)
            pieces.append(self._piece(body) if body else ClaimError(_missing(k, len(chain.pieces))))
        relations: list[RelationAt] = []
        skip = 1 if id(chain) in self.defined else 0
        for k, sign in enumerate(chain.signs):
            if k < skip:
                continue
            place = self.place(clean, sign.start, sign.end)
            shown = " ".join(f"{bodies[k]} {text[sign.start : sign.end]} {bodies[k + 1]}".split())
            line = self.line_text(place)
            left, right = pieces[k], pieces[k + 1]
            problem, at = "", None
            if id(chain) in self.undefined and k == 0:
                problem = self.undefined[id(chain)]
            elif not sign.op:
                problem = f"the relation {text[sign.start : sign.end].strip()} is outside the claim language; expected <=, >= or ="
            elif isinstance(left, ClaimError) or isinstance(right, ClaimError):
                bad, n = (left, k) if isinstance(left, ClaimError) else (right, k + 1)
                assert isinstance(bad, ClaimError)
                problem = explain(bad, bodies[n])
                at = None if bad.position is None else self.place(clean, min(starts[n] + bad.position, len(text) - 1))
            elif not all(side.is_number or side.has(Measure) for side in (left, right)):
                problem = "not a linear combination of measures"
            if problem:
                relations.append(RelationAt(place, line, _short(shown), None, problem, at))
                continue
            relation = Relation(left, "=" if sign.op == ":=" else sign.op, right, None, (sign.start, sign.end))
            relations.append(RelationAt(place, line, relation.text, relation, names_unread=self._tainted(relation)))
        return Chain(tuple(relations), self._ends(chain, pieces, skip))

    def _tainted(self, relation: Relation) -> tuple[str, ...]:
        if not self.unread:
            return ()
        names = {term.name for side in (relation.left, relation.right) for term in side.atoms(Block, RandomVariable)}
        return tuple(sorted(names & self.unread))

    def _ends(self, chain: RawChain, pieces: list[Piece], skip: int) -> Relation | None:
        ops = {("=" if sign.op == ":=" else sign.op) for sign in chain.signs[skip:]}
        first, last = pieces[skip], pieces[-1]
        if not ops or "" in ops or {"<=", ">="} <= ops or isinstance(first, ClaimError) or isinstance(last, ClaimError):
            return None
        return Relation(first, (ops - {"="} or {"="}).pop(), last)


def _first(text: str, start: int, end: int) -> int:
    """The first character of text[start:end] that is neither blank nor a separator."""
    while start < end and text[start] in ENDS:
        start += 1
    return start


def _missing(k: int, count: int) -> str:
    if k == 0:
        return "no left-hand side: nothing stands above that this relation could continue"
    return "no right-hand side" if k == count - 1 else "nothing stands between two relation signs"


def _short(text: str) -> str:
    text = text.replace(REMARK, "...")
    return text if len(text) <= 300 else text[:297] + "..."


def explain(error: ClaimError, text: str) -> str:
    """The message of a parse error in one sentence; an unknown macro by its name."""
    if error.position is not None and text[error.position : error.position + 1] == "\\":
        macro = _MACRO.match(text, error.position)
        name = macro[0] if macro else "\\"
        return f"{name} is outside the claim language"
    return error.message + (f"; expected {error.expected}" if error.expected else "")
