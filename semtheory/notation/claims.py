"""What a claim is: a relation between two expressions, a Markov chain, either for a range of times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy
from sympy.core.expr import Expr

from semtheory.errors import ClaimError
from semtheory.notation.measures import DI, TE, CausalH, I
from semtheory.notation.variables import HORIZON_LETTERS, Block, RandomVariable, VariableSet, index_text, split_index

OPERATORS = {"<=": (sympy.Le, r"\le"), ">=": (sympy.Ge, r"\ge"), "=": (sympy.Eq, "=")}


@dataclass(frozen=True)
class Quantifier:
    """`for t=lo..hi`: the relation holds at every such time."""

    index: sympy.Symbol
    lo: Expr
    hi: Expr

    @property
    def text(self) -> str:
        return f"for {self.index}={index_text(self.lo)}..{index_text(self.hi)}"

    @property
    def latex(self) -> str:
        return rf"\quad\text{{for }} {self.index}={index_text(self.lo)},\ldots,{index_text(self.hi)}"


@dataclass(frozen=True)
class Relation:
    """One relation `left op right`, op one of <=, >=, =.

    `independence` is (A, B, C) where the relation says I(A;B|C) = 0 as part of a Markov chain.
    `span` is its place in the source text.
    """

    left: Expr
    op: str
    right: Expr
    quantifier: Quantifier | None = None
    span: tuple[int, int] = (0, 0)
    chain: tuple[VariableSet, ...] = ()

    @property
    def sympy(self) -> sympy.Basic:
        """The SymPy relation, never evaluated to true or false."""
        return OPERATORS[self.op][0](self.left, self.right, evaluate=False)

    @property
    def free_symbols(self) -> set[Any]:
        symbols = self.left.free_symbols | self.right.free_symbols
        if self.quantifier:
            symbols = (symbols - {self.quantifier.index}) | self.quantifier.lo.free_symbols | self.quantifier.hi.free_symbols
        return symbols

    def atoms(self, *types: type) -> set[Any]:
        """The parts of both sides that are of the given SymPy types; directed measures count as their definitions."""
        sides = [self.left, self.right, *self.chain]
        sides += [measure.definition for side in (self.left, self.right) for measure in side.atoms(DI, TE, CausalH)]
        return {atom for side in sides for atom in side.atoms(*types)}

    def terms(self) -> set[tuple[str, tuple[str, int] | None, tuple[str, int] | None]]:
        """Every variable and block that the relation speaks of, as written: (name, lo, hi), no ends for plain variables."""
        found: set[tuple[str, tuple[str, int] | None, tuple[str, int] | None]] = set()
        for term in self.atoms(RandomVariable, Block):
            found.add((term.name, split_index(term.lo), split_index(term.hi)) if isinstance(term, Block) else (term.name, None, None))
        return found

    @property
    def text(self) -> str:
        if self.chain:
            body = " -> ".join(sympy.sstr(part) for part in self.chain)
        else:
            body = f"{sympy.sstr(self.left)} {self.op} {sympy.sstr(self.right)}"
        return f"{body} {self.quantifier.text}" if self.quantifier else body

    @property
    def latex(self) -> str:
        if self.chain:
            body = r" \to ".join(sympy.latex(part) for part in self.chain)
        else:
            body = f"{sympy.latex(self.left)} {OPERATORS[self.op][1]} {sympy.latex(self.right)}"
        return f"{body} {self.quantifier.latex}" if self.quantifier else body

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"


def markov(parts: tuple[VariableSet, ...], quantifier: Quantifier | None, span: tuple[int, int]) -> Relation:
    """The chain as one relation: the sum of I(before; after | now) over the inner parts is zero.

    Every summand is non-negative, so the sum is zero exactly when each is.
    """
    total = sympy.S.Zero
    for before, now, after in independences(parts):
        total = total + I(before, after, given=now)
    return Relation(total, "=", sympy.S.Zero, quantifier, span, parts)


def independences(parts: tuple[VariableSet, ...]) -> list[tuple[VariableSet, VariableSet, VariableSet]]:
    """(before, now, after) for each inner part of a Markov chain."""
    return [
        (VariableSet(*(v for part in parts[:k] for v in part.args)), parts[k], VariableSet(*(v for part in parts[k + 1 :] for v in part.args)))
        for k in range(1, len(parts) - 1)
    ]


def find_horizon(relations: list[Relation], text: str = "") -> sympy.Symbol | None:
    """The one free index, if any; raises `ClaimError` for a running index that nothing runs, or for two horizons."""
    free = sorted({symbol for relation in relations for symbol in relation.free_symbols}, key=str)
    horizons = [symbol for symbol in free if symbol.name in HORIZON_LETTERS]
    for symbol in free:
        if symbol not in horizons:
            raise ClaimError(
                f"index {symbol} is neither summed, quantified nor the horizon",
                text,
                expected=f"a sum over it, `for {symbol}=1..n`, or a horizon letter ({', '.join(HORIZON_LETTERS)})",
            )
    if len(horizons) > 1:
        raise ClaimError(f"two horizons, {' and '.join(map(str, horizons))}; a claim has one", text)
    bound = {relation.quantifier.index for relation in relations if relation.quantifier}
    if horizons and horizons[0] in bound:
        raise ClaimError(f"index {horizons[0]} is quantified in one place and free in another", text)
    return horizons[0] if horizons else None
