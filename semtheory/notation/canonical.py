"""One canonical form for every claim: exact linear combinations of joint entropies, with sums over the horizon kept apart.

`reduce_expression` is the only place where a measure is turned into entropies; the numeric shadow of a theorem
deliberately does not use it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import sympy
from sympy.core.expr import Expr

from semtheory.errors import ClaimError
from semtheory.notation import linear
from semtheory.notation.claims import Quantifier, Relation
from semtheory.notation.linear import Linear
from semtheory.notation.measures import DI, TE, CausalH, D, H, HorizonSum, I, Law
from semtheory.notation.variables import Block, VariableSet, split_index

Index = tuple[str, int]  # ("t", -1) is t-1; ("", 3) is 3
Term = tuple[str, Index | None, Index | None]  # a block (name, lo, hi), or (name, None, None) for a plain variable
SymbolicAtom = tuple[str, str, frozenset[Term]]
SymbolicLinear = dict[SymbolicAtom, Fraction]

MOST_PARTS = 12  # of a co-information, which has 2^parts terms
UNNAMED: Term = ("·", None, None)  # the one variable that D(p||q) is about when none is named


@dataclass
class Sum:
    """sum(index=lo..hi) body."""

    index: str
    lo: Index
    hi: Index
    body: SymbolicLinear


@dataclass
class HorizonForm:
    """plain + sum of sums, every summand a linear combination of (cross) entropies of sets of blocks."""

    plain: SymbolicLinear = field(default_factory=dict)
    sums: list[Sum] = field(default_factory=list)

    def add(self, other: HorizonForm, factor: Fraction) -> None:
        linear.add(self.plain, other.plain, factor)  # type: ignore[arg-type]
        for part in other.sums:
            scaled = {atom: factor * value for atom, value in part.body.items()}
            self._merge(Sum(part.index, part.lo, part.hi, scaled))

    def _merge(self, new: Sum) -> None:
        for old in self.sums:
            # Where the summand speaks of an outer index of that name, the sums are kept apart: renamed, it would be caught.
            if (old.lo, old.hi) == (new.lo, new.hi) and (old.index == new.index or old.index not in indices(new.body)):
                linear.add(old.body, rename(new.body, new.index, old.index), Fraction(1))  # type: ignore[arg-type]
                break
        else:
            self.sums.append(new)
        self.sums = [part for part in self.sums if part.body]

    def terms(self) -> set[Term]:
        """Every block and variable that occurs."""
        bodies = [self.plain, *(part.body for part in self.sums)]
        return {term for body in bodies for (_p, _q, terms) in body for term in terms}

    def laws(self) -> set[str]:
        bodies = [self.plain, *(part.body for part in self.sums)]
        return {law for body in bodies for (p, q, _terms) in body for law in (p, q) if law}


def indices(body: SymbolicLinear) -> set[str]:
    """The letters that occur as indices."""
    return {index[0] for (_p, _q, terms) in body for _name, lo, hi in terms for index in (lo, hi) if index}


def rename(body: SymbolicLinear, old: str, new: str) -> SymbolicLinear:
    """`body` with the index `old` called `new`."""
    return substitute(body, old, (new, 0)) if old != new else body


def substitute(body: SymbolicLinear, symbol: str, value: Index) -> SymbolicLinear:
    """`body` with `value` in place of `symbol`; blocks that become empty vanish."""

    def moved(index: Index) -> Index:
        return (value[0], value[1] + index[1]) if index[0] == symbol else index

    result: SymbolicLinear = {}
    for (p, q, terms), coefficient in body.items():
        kept: set[Term] = set()
        for name, lo, hi in terms:
            if lo is None or hi is None:
                kept.add((name, None, None))
                continue
            lo, hi = moved(lo), moved(hi)
            if lo[0] == hi[0] and hi[1] < lo[1]:
                continue
            kept.add((name, lo, hi))
        if kept or not p:
            linear.add(result, {(p, q, frozenset(kept)): coefficient}, Fraction(1))  # type: ignore[arg-type]
    return result


def _terms(variables: VariableSet) -> frozenset[Term]:
    terms: set[Term] = set()
    for term in variables.args:
        terms.add((term.name, split_index(term.lo), split_index(term.hi)) if isinstance(term, Block) else (term.name, None, None))
    return frozenset(terms)


def _fraction(number: Expr) -> Fraction:
    return Fraction(int(number.p), int(number.q))


def reduce_expression(expression: Expr) -> HorizonForm:
    """The canonical form of a linear combination of measures. Raises `ClaimError` when it is not one."""
    form = HorizonForm()
    for term in sympy.Add.make_args(sympy.sympify(expression)):
        coefficient, rest = term.as_coeff_Mul(rational=True)
        if not coefficient.is_Rational:
            raise ClaimError(f"{coefficient} is not an exact rational number", expected="a fraction or a decimal")
        if rest.is_Add:
            form.add(reduce_expression(rest), _fraction(coefficient))
        else:
            form.add(_reduce_measure(rest), _fraction(coefficient))
    return form


def _reduce_measure(measure: Expr) -> HorizonForm:
    if measure == 1:
        return HorizonForm({linear.CONSTANT: Fraction(1)})  # type: ignore[dict-item]
    if isinstance(measure, H):
        return HorizonForm(linear.entropy(*map(_terms, measure.args)))  # type: ignore[arg-type]
    if isinstance(measure, I):
        return HorizonForm(_information([_terms(part) for part in measure.args[0].args], _terms(measure.args[1])))
    if isinstance(measure, D):
        return HorizonForm(_divergence(*measure.args))
    if isinstance(measure, (DI, TE, CausalH)):
        return reduce_expression(measure.definition)
    if isinstance(measure, HorizonSum):
        body, index, lo, hi = measure.args
        inner = reduce_expression(body)
        if inner.sums:
            raise ClaimError(f"a sum inside a sum is outside the claim language: {measure}")
        return HorizonForm({}, [Sum(index.name, split_index(lo), split_index(hi), inner.plain)])
    raise ClaimError(f"{measure} is not a linear combination of information measures")


def _information(parts: list[frozenset[Term]], given: frozenset[Term]) -> SymbolicLinear:
    """Co-information by inclusion and exclusion; for two parts the usual four entropies."""
    form: SymbolicLinear = {}
    if len(parts) > MOST_PARTS:
        raise ClaimError(f"I of {len(parts)} parts has 2^{len(parts)} terms; at most {MOST_PARTS} parts are supported")
    for chosen in range(1, 2 ** len(parts)):
        sets = [part for k, part in enumerate(parts) if chosen >> k & 1]
        sign = Fraction(1 if len(sets) % 2 else -1)
        linear.add(form, linear.entropy(frozenset().union(*sets), given), sign)  # type: ignore[arg-type]
    return form


def _divergence(first: Law, second: Law) -> SymbolicLinear:
    variables = _terms(first.args[1]) or frozenset({UNNAMED})
    return linear.divergence(variables, _terms(first.args[2]), first.name, second.name)  # type: ignore[arg-type, return-value]


@dataclass
class Constraint:
    """`form >= 0`, or `form == 0` when `equality`, for every value of `quantifier` if there is one."""

    form: HorizonForm
    equality: bool
    quantifier: Quantifier | None = None


def reduce_relation(relation: Relation) -> Constraint:
    """A relation with everything on one side."""
    form = HorizonForm()
    left, right = (Fraction(1), Fraction(-1)) if relation.op != "<=" else (Fraction(-1), Fraction(1))
    form.add(reduce_expression(relation.left), left)
    form.add(reduce_expression(relation.right), right)
    return Constraint(form, relation.op == "=", relation.quantifier)


def instantiate(form: HorizonForm, values: dict[str, int]) -> Linear:
    """The form at concrete values of its indices; X_t becomes the variable named "X_3" at t = 3.

    Raises `ClaimError` when a block leaves the times 1.. of its process.
    """
    total: Linear = {}
    linear.add(total, _concrete(form.plain, values))
    for part in form.sums:
        for t in range(_value(part.lo, values), _value(part.hi, values) + 1):
            linear.add(total, _concrete(part.body, {**values, part.index: t}))
    return total


def _value(index: Index, values: dict[str, int]) -> int:
    symbol, offset = index
    return offset + (values[symbol] if symbol else 0)


def _concrete(body: SymbolicLinear, values: dict[str, int]) -> Linear:
    form: Linear = {}
    for (p, q, terms), coefficient in body.items():
        names = concrete_names(terms, values)
        if names or not p:
            linear.add(form, {(p, q, names): coefficient})
    return form


def concrete_names(terms: frozenset[Term], values: dict[str, int]) -> frozenset[str]:
    """The names of the variables in `terms` at concrete indices."""
    names: set[str] = set()
    for name, lo, hi in terms:
        if lo is None or hi is None:
            names.add(name)
            continue
        first, last = _value(lo, values), _value(hi, values)
        if first < 1 and last >= first:
            raise ClaimError(f"{name}_{first} occurs in the claim; time starts at 1")
        names.update(f"{name}_{t}" for t in range(first, last + 1))
    return frozenset(names)
