"""What an assumption offers to a prover, at given indices and on a given grid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import sympy

from semtheory.errors import ClaimError
from semtheory.logic.grid import Grid, MaskForm, merge, write_index
from semtheory.notation.canonical import (
    Constraint,
    HorizonForm,
    Index,
    SymbolicLinear,
    Term,
    _terms,
    reduce_relation,
    substitute,
)
from semtheory.notation.claims import Relation
from semtheory.notation.measures import DI, TE, CausalH, H, HorizonSum, I

Zero = tuple[str, frozenset[Term], frozenset[Term], frozenset[Term]]  # ("I", A, B, C): I(A;B|C) = 0; ("H", A, {}, B)


@dataclass(frozen=True)
class Assumption:
    """A `given`, read once: its canonical form, and the single measures that it makes zero."""

    number: int  # counted from 1, as certificates do
    relation: Relation

    @cached_property
    def constraint(self) -> Constraint:
        return reduce_relation(self.relation)

    @cached_property
    def zeros(self) -> list[Zero]:
        """The measures that are zero when the assumption says that a sum of non-negative measures is."""
        if self.relation.op != "=" or 0 not in (self.relation.left, self.relation.right):
            return []
        found: list[Zero] = []
        signs = set()
        for coefficient, measure in _parts(self.relation.left - self.relation.right):
            signs.add(coefficient > 0)
            if isinstance(measure, I) and len(measure.args[0].args) == 2:
                left, right = (_terms(side) for side in measure.args[0].args)
                found.append(("I", left, right, _terms(measure.args[1])))
            elif isinstance(measure, H):
                found.append(("H", _terms(measure.args[0]), frozenset(), _terms(measure.args[1])))
            else:
                return []
        return found if len(signs) == 1 else []

    @property
    def is_sum(self) -> bool:
        """Whether it contains a sum over the horizon, so that it can only be used as a whole."""
        return bool(self.constraint.form.sums)


def _parts(expression: sympy.Expr) -> Iterator[tuple[sympy.Expr, sympy.Expr]]:
    """The measures that the expression adds up, with their coefficients; sums between fixed times written out."""
    for part in sympy.Add.make_args(expression):
        coefficient, measure = part.as_coeff_Mul(rational=True)
        if isinstance(measure, (DI, TE, CausalH)):
            measure = measure.definition
        inner = [measure] if measure.is_Add else []
        if isinstance(measure, HorizonSum):
            body, index, lo, hi = measure.args
            if lo.is_Integer and hi.is_Integer:
                inner = [body.subs(index, t) for t in range(int(lo), int(hi) + 1)]
        if not inner:
            yield coefficient, measure
        for more in inner:
            yield from ((coefficient * factor, found) for factor, found in _parts(more))


@dataclass
class Instance:
    """An assumption on a grid, at one value of its quantified index (`at` is None without one)."""

    number: int
    at: str | None
    equality: bool
    form: MaskForm
    independences: list[tuple[int, int, int]] = field(default_factory=list)
    functions: list[tuple[int, int]] = field(default_factory=list)

    @property
    def sets(self) -> set[int]:
        """The sets that it speaks of."""
        found = {mask for _p, _q, mask in self.form}
        for left, right, given in self.independences:
            found |= {left | given, right | given, left | right | given, given}
        return found

    @property
    def tag(self) -> dict[str, object]:
        """How a proof line refers to it."""
        return {"assumption": self.number, **({"at": self.at} if self.at is not None else {})}


def written_out(form: HorizonForm, values: dict[str, Index]) -> list[SymbolicLinear]:
    """The parts that the form is the sum of at `values` of its indices. Raises `ClaimError` where a sum has no concrete ends."""
    parts = [form.plain]
    for part in form.sums:
        ends = [(values[symbol][0], values[symbol][1] + offset) if symbol in values else (symbol, offset) for symbol, offset in (part.lo, part.hi)]
        if any(symbol for symbol, _offset in ends):
            raise ClaimError(f"a sum from {write_index(part.lo)} to {write_index(part.hi)} has no concrete ends here")
        parts += [substitute(part.body, part.index, ("", t)) for t in range(ends[0][1], ends[1][1] + 1)]
    for symbol, value in values.items():
        parts = [substitute(part, symbol, value) for part in parts]
    return parts


def instance(assumption: Assumption, grid: Grid, values: dict[str, Index], at: str | None = None) -> Instance:
    """The assumption with `values` for its indices. Raises `ClaimError` when it does not fit the grid."""

    def moved(terms: frozenset[Term]) -> int:
        body = {("p", "p", terms): 1}
        for symbol, value in values.items():
            body = substitute(body, symbol, value)  # type: ignore[assignment, arg-type]
        return grid.mask(next(iter(body))[2]) if body else 0

    form: MaskForm = {}
    for part in written_out(assumption.constraint.form, values):
        merge(form, grid.form(part))
    made = Instance(assumption.number, at, assumption.constraint.equality, form)
    for kind, left, right, given in assumption.zeros:
        if kind == "I":
            condition = moved(given)
            a, b = moved(left) & ~condition, moved(right) & ~condition
            if a and b and not a & b:
                made.independences.append((a, b, condition))
        else:
            made.functions.append((moved(left), moved(given)))
    return made
