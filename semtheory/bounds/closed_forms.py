"""A bound as one SymPy expression: the float function, the ball enclosure, the LaTeX, the domain, unit and source come from it.

gap = Formula("gap", [Quantity("n", 1, whole=True), Quantity("delta", 0, 1, open_low=True, open_high=True)], ...)
gap(n=100, delta=0.05);  gap(n=[100, 200], delta=0.05);  gap.enclose(n=100, delta="1/20")
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import sympy

from semtheory.errors import InputError

PRECISION = 160  # bits of the balls


@dataclass(frozen=True)
class Quantity:
    """A symbol with its domain: an interval, perhaps of whole numbers only.

    Attributes:
        name: of the symbol and of the keyword. low, high: ends; open_low, open_high: whether an end is left out.
        whole: whole numbers only. default: used when the keyword is left out. meaning: in words, for messages.
    """

    name: str
    low: float = -math.inf
    high: float = math.inf
    open_low: bool = False
    open_high: bool = False
    whole: bool = False
    default: float | None = None
    meaning: str = ""

    @property
    def domain(self) -> str:
        """The domain in words."""
        kind = "a whole number" if self.whole else "a number"
        if math.isinf(self.high):
            where = "" if math.isinf(self.low) else f" {'>' if self.open_low else '>='} {self.low:g}"
        elif math.isinf(self.low):
            where = f" {'<' if self.open_high else '<='} {self.high:g}"
        elif self.open_low or self.open_high:
            where = f" in {'(' if self.open_low else '['}{self.low:g}, {self.high:g}{')' if self.open_high else ']'}"
        else:
            where = f" from {self.low:g} to {self.high:g}"
        return kind + where

    def check(self, value: Any) -> Any:
        """`value` as finite floats inside the domain. Raises `InputError` naming the first entry that is not."""
        try:
            array = np.asarray(value, dtype=np.float64)
        except (TypeError, ValueError):
            raise InputError(f"{self._called(value)}: expected {self.domain}") from None
        bad = ~np.isfinite(array)
        bad |= array <= self.low if self.open_low else array < self.low
        bad |= array >= self.high if self.open_high else array > self.high
        if self.whole:
            bad |= array != np.floor(array)
        if np.any(bad):
            raise InputError(f"{self._called(array[bad].flat[0] if array.ndim else value)}: expected {self.domain}")
        return array

    def _called(self, value: Any) -> str:
        return f"{self.name}={value!r}" if not isinstance(value, np.generic) else f"{self.name}={value.item()!r}"


@dataclass(frozen=True)
class Formula:
    """A formula and everything that is derived from it.

    Attributes:
        name: for messages and tables. quantities: in the order of positional arguments.
        expression: SymPy, in symbols of the quantities' names.
        unit: of the value. source: author, year, number. note: what to know when using it (only an upper bound, say).
    """

    name: str
    quantities: Sequence[Quantity]
    expression: sympy.Expr
    unit: str = ""
    source: str = ""
    note: str = ""
    spelled: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = {quantity.name for quantity in self.quantities}
        foreign = {symbol.name for symbol in self.expression.free_symbols} - known
        if foreign:
            raise InputError(f"formula {self.name}: no quantity is declared for {', '.join(sorted(foreign))}")

    def __call__(self, *args: Any, **values: Any) -> Any:
        """The value: a float for numbers, an array for arrays, which broadcast. Raises `InputError` outside the domain."""
        given = self._given(args, values)
        arrays = [quantity.check(given[quantity.name]) for quantity in self.quantities]
        try:
            np.broadcast_shapes(*(array.shape for array in arrays))
        except ValueError:
            shapes = ", ".join(f"{q.name} {a.shape}" for q, a in zip(self.quantities, arrays, strict=True))
            raise InputError(f"{self.name}: shapes that do not broadcast: {shapes}") from None
        found = np.asarray(self._function(*arrays), dtype=np.float64)
        return float(found) if found.ndim == 0 else found

    def enclose(self, *args: Any, **values: Any) -> Any:
        """A ball (python-flint `arb`, 160 bits) that holds the value; arguments as int, `Fraction`, text "1/20" or exact floats."""
        given = self._given(args, values)
        import flint

        before = flint.ctx.prec
        try:
            flint.ctx.prec = PRECISION
            balls = {}
            for quantity in self.quantities:
                number = Fraction(given[quantity.name])
                quantity.check(float(number))
                balls[quantity.name] = flint.arb(flint.fmpq(number.numerator, number.denominator))
            return _ball(self.expression, balls)
        finally:
            flint.ctx.prec = before

    @cached_property
    def latex(self) -> str:
        """The expression in LaTeX."""
        names = {
            sympy.Symbol(q.name): self.spelled.get(q.name, sympy.latex(sympy.Symbol(q.name))) for q in self.quantities
        }
        return str(sympy.latex(self.expression, symbol_names=names))

    @cached_property
    def domain(self) -> dict[str, str]:
        """The domain of each quantity, in words."""
        return {quantity.name: quantity.domain for quantity in self.quantities}

    @cached_property
    def _function(self) -> Any:
        return sympy.lambdify([sympy.Symbol(q.name) for q in self.quantities], self.expression, modules="numpy")

    def _given(self, args: Sequence[Any], values: Mapping[str, Any]) -> dict[str, Any]:
        names = [quantity.name for quantity in self.quantities]
        if len(args) > len(names) or set(values) - set(names) or set(values) & set(names[: len(args)]):
            raise InputError(
                f"{self.name} takes {', '.join(names)}; got {len(args)} in order and {', '.join(values) or 'none'} by name"
            )
        given = {q.name: q.default for q in self.quantities if q.default is not None}
        given |= dict(zip(names, args, strict=False)) | dict(values)
        missing = [name for name in names if name not in given]
        if missing:
            raise InputError(f"{self.name} without {', '.join(missing)}: expected {', '.join(names)}")
        return given


def _ball(e: Any, balls: Mapping[str, Any]) -> Any:
    import flint

    if e.is_Symbol:
        return balls[e.name]
    if e.is_Rational:
        return flint.arb(flint.fmpq(int(e.p), int(e.q)))
    if e == sympy.pi:
        return flint.arb.pi()
    if e == sympy.E:
        return flint.arb(1).exp()
    parts = [_ball(part, balls) for part in e.args]
    if e.is_Add or e.is_Mul:
        total = parts[0]
        for part in parts[1:]:
            total = total + part if e.is_Add else total * part
        return total
    if isinstance(e, sympy.exp):
        return parts[0].exp()
    if isinstance(e, sympy.log):
        return parts[0].log()
    if isinstance(e, sympy.erf):
        return parts[0].erf()
    if e.is_Pow:
        if e.exp == sympy.Rational(1, 2):
            return parts[0].sqrt()
        if e.exp == -sympy.Rational(1, 2):
            return 1 / parts[0].sqrt()
        return parts[0] ** parts[1]
    raise InputError(f"{e}: no ball arithmetic for {type(e).__name__}")
