"""Random variables, blocks of a process such as X^{t-1} or X_{i:j}, and sets of them, as SymPy objects.

An index is a whole number, a symbol, or a symbol plus a whole number (`t-1`, `n`, `n+2`): enough for every horizon
statement of the literature, and simple enough that "which comes first" is always decidable.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import sympy
from sympy.core.basic import Basic
from sympy.core.symbol import Str

from semtheory.errors import ClaimError

# A subscript of a single letter or a number is an index, so it cannot be part of a name.
NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*'*(_[A-Za-z][A-Za-z0-9]+'*)?")
ACCENTS = ("hat", "tilde", "bar")
# Letters that may stand for the horizon; i, j, k, s, t and the like run inside sums and quantifiers only.
HORIZON_LETTERS = ("n", "N", "T", "L", "m")


def index_symbol(name: str) -> sympy.Symbol:
    """The integer symbol that an index letter stands for; one symbol a letter, whoever makes it."""
    return sympy.Symbol(name, integer=True)


def split_index(index: sympy.Expr) -> tuple[str, int]:
    """`t-1` as ("t", -1), `3` as ("", 3). Raises `ClaimError` for anything else."""
    index = sympy.sympify(index)
    if index.is_Integer:
        return "", int(index)
    constant, rest = index.as_coeff_Add()
    if isinstance(rest, sympy.Symbol) and constant.is_Integer:
        return rest.name, int(constant)
    raise ClaimError(f"index {index} is not a whole number, a letter, or a letter plus a whole number")


def index_text(index: sympy.Expr) -> str:
    """`t-1`, `n`, `3`: without blanks, as indices are written."""
    symbol, offset = split_index(index)
    return str(offset) if not symbol else symbol + (f"{offset:+d}" if offset else "")


class RandomVariable(Basic):
    """One random variable over a finite alphabet, for instance the prompt S."""

    def __new__(cls, name: str | Str) -> RandomVariable:
        text = str(name)
        if not NAME.fullmatch(text):
            raise ClaimError(f"{text!r} is not a name of a random variable", expected="letters, digits, underscore, primes")
        return Basic.__new__(cls, Str(text))

    @property
    def name(self) -> str:
        return str(self.args[0])

    def _sympystr(self, printer: object) -> str:
        return self.name

    def _latex(self, printer: object) -> str:
        return latex_name(self.name)


class Block(Basic):
    """X_{lo:hi}, the part of the process X from time lo to time hi; empty when hi < lo. X_t is X_{t:t}, X^n is X_{1:n}."""

    def __new__(cls, name: str | Str, lo: object, hi: object) -> Block:
        text = str(name)
        if not NAME.fullmatch(text):
            raise ClaimError(f"{text!r} is not a name of a process", expected="letters, digits, underscore, primes")
        lo, hi = sympy.sympify(lo), sympy.sympify(hi)
        (low_symbol, low), (high_symbol, high) = split_index(lo), split_index(hi)
        if not low_symbol and low < 1:
            raise ClaimError(f"{text}_{low}: time starts at 1")
        if low_symbol == high_symbol and high < low - 1:
            raise ClaimError(f"{text}_{{{index_text(lo)}:{index_text(hi)}}} ends more than one step before it starts")
        return Basic.__new__(cls, Str(text), lo, hi)

    @property
    def name(self) -> str:
        return str(self.args[0])

    @property
    def lo(self) -> sympy.Expr:
        return self.args[1]

    @property
    def hi(self) -> sympy.Expr:
        return self.args[2]

    @property
    def is_empty(self) -> bool:
        """Whether the block is empty whatever the indices are."""
        (low_symbol, low), (high_symbol, high) = split_index(self.lo), split_index(self.hi)
        return low_symbol == high_symbol and high < low

    def _sympystr(self, printer: object) -> str:
        lo, hi = index_text(self.lo), index_text(self.hi)
        if self.lo == self.hi:
            return f"{self.name}_{lo}" if len(lo) == 1 else f"{self.name}_{{{lo}}}"
        if self.lo == 1:
            return f"{self.name}^{hi}" if len(hi) == 1 else f"{self.name}^{{{hi}}}"
        return f"{self.name}_{{{lo}:{hi}}}"

    def _latex(self, printer: object) -> str:
        lo, hi = index_text(self.lo), index_text(self.hi)
        stem, _, label = self.name.partition("_")
        name = latex_name(stem)
        upright = f"\\mathrm{{{label}}}" if label else ""
        if self.lo == self.hi or self.lo != 1:
            # One subscript holds both label and index: TeX allows no second.
            lower = f"{upright},{lo}" if label else lo
            return f"{name}_{{{lower}}}" + ("" if self.lo == self.hi else f"^{{{hi}}}")
        return f"{name}_{{{upright}}}^{{{hi}}}" if label else f"{name}^{{{hi}}}"


def latex_name(name: str) -> str:
    r"""`Xhat` as `\hat{X}`, `X_out` as `X_{\mathrm{out}}`, longer names upright."""
    stem, _, label = name.partition("_")
    if label:
        return f"{latex_name(stem)}_{{\\mathrm{{{label}}}}}"
    bare = stem.rstrip("'")
    primes = stem[len(bare) :]
    for accent in ACCENTS:
        if bare.endswith(accent) and len(bare) == len(accent) + 1:
            return f"\\{accent}{{{bare[0]}}}{primes}"
    return (bare if len(bare) == 1 else f"\\mathrm{{{bare}}}") + primes


class VariableSet(Basic):
    """A finite set of random variables and blocks, kept sorted; empty blocks vanish."""

    def __new__(cls, *terms: Basic) -> VariableSet:
        kept = {term for term in terms if not (isinstance(term, Block) and term.is_empty)}
        return Basic.__new__(cls, *sorted(kept, key=_order))

    def _sympystr(self, printer: object) -> str:
        return ",".join(term._sympystr(printer) for term in self.args)

    def _latex(self, printer: object) -> str:
        return ",".join(term._latex(printer) for term in self.args)

    def __or__(self, other: VariableSet) -> VariableSet:
        return VariableSet(*self.args, *other.args)


def _order(term: Basic) -> tuple[str, str]:
    return term.name, term._sympystr(None)


def variable_set(given: object) -> VariableSet:
    """A `VariableSet` from a variable, a block, a set, a name, or an iterable of these."""
    if isinstance(given, VariableSet):
        return given
    if isinstance(given, (RandomVariable, Block)):
        return VariableSet(given)
    if given is None:
        return VariableSet()
    if isinstance(given, str):
        return VariableSet(*(RandomVariable(part) for part in re.split(r"[\s,]+", given.strip()) if part))
    if isinstance(given, Iterable):
        return VariableSet(*(term for part in given for term in variable_set(part).args))
    raise ClaimError(f"{given!r} is not a random variable", expected="a variable, a block, or several of these")


def variables(names: str) -> tuple[RandomVariable, ...]:
    """Random variables from their names: `X, Y, Z = variables("X Y Z")`."""
    return tuple(RandomVariable(name) for name in re.split(r"[\s,]+", names.strip()))


class Process:
    """A random sequence X_1, X_2, ...: `X[t]` is X_t, `X[1:n]` is X_1..X_n with both ends included, `X.upto(n)` too."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __getitem__(self, key: object) -> Block:
        if isinstance(key, slice):
            return Block(self.name, 1 if key.start is None else key.start, key.stop)
        return Block(self.name, key, key)

    def upto(self, end: object) -> Block:
        return Block(self.name, 1, end)


def processes(names: str) -> tuple[Process, ...]:
    """Processes from their names: `X, Y = processes("X Y")`."""
    return tuple(Process(name) for name in re.split(r"[\s,]+", names.strip()))
