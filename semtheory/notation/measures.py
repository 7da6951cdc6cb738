"""Information measures as SymPy expressions: H, I, D, directed information, transfer entropy, sums over a horizon.

They add, scale and print as any SymPy expression does. Units are nats. `definition` (where a measure has one)
rewrites it by its definition in terms of the simpler ones, so that the meaning stands in one place.
"""

from __future__ import annotations

from typing import Any

import sympy
from sympy.core.basic import Basic
from sympy.core.expr import Expr
from sympy.core.symbol import Str

from semtheory.errors import ClaimError
from semtheory.notation.variables import Block, RandomVariable, VariableSet, index_text, split_index, variable_set


class Measure(Expr):
    """Base of the measures: real numbers, never assumed of a sign (that is what is to be proved)."""

    is_commutative = True
    is_extended_real = True
    is_number = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Everything is in `__new__`; SymPy would otherwise pass keyword arguments to object."""

    def _latex(self, printer: object, exp: str | None = None) -> str:
        body = self._write(printer, latex=True)
        return body if exp is None else f"\\left({body}\\right)^{{{exp}}}"

    def _sympystr(self, printer: object) -> str:
        return self._write(printer, latex=False)

    def _write(self, printer: object, latex: bool) -> str:
        raise TypeError(f"{type(self).__name__} has no printed form")

    def _eval_derivative(self, symbol: object) -> Expr:
        return sympy.S.Zero

    @property
    def free_symbols(self) -> set[Basic]:
        return set().union(*(arg.free_symbols for arg in self.args))


def _show(part: Basic, printer: object, latex: bool) -> str:
    return part._latex(printer) if latex else part._sympystr(printer)


def _condition(given: VariableSet, printer: object, latex: bool) -> str:
    return (r" \mid " if latex else "|") + _show(given, printer, latex) if given.args else ""


class H(Measure):
    """Entropy H(variables | given) of finite-alphabet variables, in nats."""

    def __new__(cls, *variables: object, given: object = None) -> Expr:
        # SymPy rebuilds nodes from their args, which are exactly (VariableSet, VariableSet).
        if len(variables) == 2 and given is None and all(isinstance(part, VariableSet) for part in variables):
            left, condition = variables
        else:
            left, condition = variable_set(variables), variable_set(given)
        return Expr.__new__(cls, left, condition)

    def _write(self, printer: object, latex: bool) -> str:
        return f"H({_show(self.args[0], printer, latex)}{_condition(self.args[1], printer, latex)})"


class I(Measure):  # noqa: E742 (the field's name for it)
    """Mutual information I(A;B|C); with three parts and more the co-information I(A;B;C) = I(A;B) - I(A;B|C) (McGill 1954)."""

    def __new__(cls, *parts: object, given: object = None) -> Expr:
        if len(parts) == 2 and isinstance(parts[0], sympy.Tuple):
            sets, condition = tuple(parts[0].args), parts[1]
        else:
            sets, condition = tuple(variable_set(part) for part in parts), variable_set(given)
        if len(sets) < 2:
            raise ClaimError("I needs at least two parts, as in I(X;Y)")
        return Expr.__new__(cls, sympy.Tuple(*sets), condition)

    def _write(self, printer: object, latex: bool) -> str:
        parts = ";".join(_show(part, printer, latex) for part in self.args[0].args)
        return f"I({parts}{_condition(self.args[1], printer, latex)})"


class Law(Basic):
    """A probability law, or the part of it that a divergence compares: p, p(X,Y), p(Y|X)."""

    def __new__(cls, name: str | Str, variables: object = None, given: object = None) -> Law:
        return Basic.__new__(cls, Str(str(name)), variable_set(variables), variable_set(given))

    @property
    def name(self) -> str:
        return str(self.args[0])

    def write(self, printer: object, latex: bool) -> str:
        if not self.args[1].args:
            return self.name
        return f"{self.name}({_show(self.args[1], printer, latex)}{_condition(self.args[2], printer, latex)})"


class D(Measure):
    """Relative entropy D(p||q) in nats; D(p(Y|X)||q(Y|X)) is averaged over p(X).

    It is +infinity when p is not << q; a claim is about laws for which every D in it is finite, so that sides can be subtracted.
    Without variables, p and q are laws on one unnamed finite alphabet. H and I beside D are taken under the law `p`.
    """

    def __new__(cls, first: object, second: object) -> Expr:
        first = first if isinstance(first, Law) else Law(str(first))
        second = second if isinstance(second, Law) else Law(str(second))
        if first.args[1:] != second.args[1:]:
            raise ClaimError(f"D compares two laws of the same variables, not {first.write(None, False)} and {second.write(None, False)}")
        if first.args[2].args and not first.args[1].args:
            raise ClaimError("D needs variables before the bar, as in D(p(Y|X)||q(Y|X))")
        return Expr.__new__(cls, first, second)

    def _write(self, printer: object, latex: bool) -> str:
        bars = r" \| " if latex else "||"
        return f"D({self.args[0].write(printer, latex)}{bars}{self.args[1].write(printer, latex)})"


class HorizonSum(Measure):
    """sum(t=lo..hi) body: a sum over time whose ends may contain the horizon; an empty range gives zero."""

    def __new__(cls, body: Any, index: Any, lo: Any, hi: Any) -> Expr:
        body, lo, hi = sympy.sympify(body), sympy.sympify(lo), sympy.sympify(hi)
        index = sympy.Symbol(index, integer=True) if isinstance(index, str) else index
        split_index(lo), split_index(hi)
        if index in lo.free_symbols | hi.free_symbols:
            raise ClaimError(f"the range {index}={index_text(lo)}..{index_text(hi)} contains its own index")
        if body == 0:
            return sympy.S.Zero
        # A common factor stands before the sum, so that equal sums are equal objects however they were written.
        factor, body = body.primitive() if body.is_Add else body.as_coeff_Mul(rational=True)
        return factor * Expr.__new__(cls, body, index, lo, hi)

    @property
    def free_symbols(self) -> set[Basic]:
        body, index, lo, hi = self.args
        return (body.free_symbols - {index}) | lo.free_symbols | hi.free_symbols

    def _write(self, printer: Any, latex: bool) -> str:
        body, index, lo, hi = self.args
        inner = printer._print(body)
        if body.is_Add:
            inner = f"\\left[{inner}\\right]" if latex else f"[{inner}]"
        if latex:
            return f"\\sum_{{{index}={index_text(lo)}}}^{{{index_text(hi)}}} {inner}"
        return f"sum({index}={index_text(lo)}..{index_text(hi)}) {inner}"


class _Causal(Measure):
    """Measures that unfold over time: their parts are blocks that start at time 1 and variables that are there from the start."""

    def _unfold(self) -> tuple[sympy.Symbol, sympy.Expr]:
        """A fresh running index, and the last time of the target."""
        ends = {term.hi for term in self._target.args if isinstance(term, Block)}
        if len(ends) != 1 or any(isinstance(term, RandomVariable) for term in self._target.args):
            raise ClaimError(f"{self} needs a target such as Y^n: blocks with one common end")
        taken = {symbol.name for symbol in self.free_symbols}
        name = next(letter for letter in "tsijklr" if letter not in taken)
        return sympy.Symbol(name, integer=True), ends.pop()

    @property
    def _target(self) -> VariableSet:
        return self.args[1]

    def _past(self, part: VariableSet, end: sympy.Expr, last: sympy.Expr, allowed: tuple[int, ...] = (0,)) -> VariableSet:
        """The variables of `part` up to time `end`, when the whole of `part` runs to `last` plus one of `allowed`."""
        terms: list[Basic] = []
        for term in part.args:
            if isinstance(term, RandomVariable):
                terms.append(term)
            elif term.lo == 1 and term.hi - last in allowed:
                terms.append(Block(term.name, 1, end))
            else:
                raise ClaimError(f"{self}: {term._sympystr(None)} must be a block from 1 to {index_text(last)}, as {term.name}^{index_text(last)}")
        return VariableSet(*terms)


class DI(_Causal):
    """Directed information I(X^n -> Y^n) = sum_t I(X^t; Y_t | Y^{t-1}) (Massey 1990).

    Causally conditioned on Z^n: sum_t I(X^t; Y_t | Y^{t-1}, Z^t) (Kramer 1998). From X^{n-1} to Y^n the source is
    delayed by one step: sum_t I(X^{t-1}; Y_t | Y^{t-1}), written I(0 X^{n-1} -> Y^n) by Massey and Massey (2005).
    """

    def __new__(cls, source: object, target: object, causal: object = None, given: object = None) -> Expr:
        return Expr.__new__(cls, variable_set(source), variable_set(target), variable_set(causal), variable_set(given))

    @property
    def definition(self) -> Expr:
        t, last = self._unfold()
        source, target, causal, given = self.args
        lags = {term.hi - last for term in source.args if isinstance(term, Block)} or {0}
        if lags not in ({0}, {-1}):
            raise ClaimError(f"{self}: the source must end at {index_text(last)}, or one step before")
        lag = lags.pop()
        seen = self._past(source, t + lag, last, (lag,))
        past = self._past(target, t - 1, last) | self._past(causal, t, last) | given
        return HorizonSum(I(seen, self._now(t), given=past), t, 1, last)

    def _now(self, t: sympy.Expr) -> VariableSet:
        return VariableSet(*(Block(term.name, t, t) for term in self._target.args))

    def _write(self, printer: object, latex: bool) -> str:
        source, target, causal = (_show(part, printer, latex) for part in self.args[:3])
        name, arrow, bars = ("I", r" \to ", r" \| ") if latex else ("DI", "->", "||")
        tail = (bars + causal if causal else "") + _condition(self.args[3], printer, latex)
        return f"{name}({source}{arrow}{target}{tail})"


class TE(_Causal):
    """Transfer entropy over a horizon, sum_t I(X^{t-1}; Y_t | Y^{t-1}) (Schreiber 2000, with the whole past)."""

    def __new__(cls, source: object, target: object, given: object = None) -> Expr:
        return Expr.__new__(cls, variable_set(source), variable_set(target), variable_set(given))

    @property
    def definition(self) -> Expr:
        t, last = self._unfold()
        source, target, given = self.args
        now = VariableSet(*(Block(term.name, t, t) for term in target.args))
        return HorizonSum(I(self._past(source, t - 1, last), now, given=self._past(target, t - 1, last) | given), t, 1, last)

    def _write(self, printer: object, latex: bool) -> str:
        source, target = (_show(part, printer, latex) for part in self.args[:2])
        arrow, name = (r" \to ", r"\operatorname{TE}") if latex else ("->", "TE")
        return f"{name}({source}{arrow}{target}{_condition(self.args[2], printer, latex)})"


class CausalH(_Causal):
    """Causally conditioned entropy H(Y^n || X^n) = sum_t H(Y_t | Y^{t-1}, X^t) (Kramer 1998)."""

    def __new__(cls, causal: object, target: object, given: object = None) -> Expr:
        return Expr.__new__(cls, variable_set(causal), variable_set(target), variable_set(given))

    @property
    def definition(self) -> Expr:
        t, last = self._unfold()
        causal, target, given = self.args
        now = VariableSet(*(Block(term.name, t, t) for term in target.args))
        return HorizonSum(H(now, given=self._past(target, t - 1, last) | self._past(causal, t, last) | given), t, 1, last)

    def _write(self, printer: object, latex: bool) -> str:
        causal, target = (_show(part, printer, latex) for part in self.args[:2])
        bars = r" \| " if latex else "||"
        return f"H({target}{bars}{causal}{_condition(self.args[2], printer, latex)})"
