"""A formula written once, in SymPy: its float function, its rigorous enclosure, its LaTeX, its domain, unit and source come from it.

    kappa = Parameter("kappa", "margin")
    capacity = Formula("Gardner capacity", [kappa], 1 / (...), unit="patterns per weight", source="Gardner 1988")
    capacity(0.5)                   a `Value` with rigorous ends, from Arb balls
    capacity([0.0, 0.5])            a NumPy array, vectorised, in double precision
    capacity.enclose(kappa="1/2")   the ball; also for intervals, kappa=("0", "1/2")

Numbers given as floats mean exactly the number that the float is; write "1/10" or `Fraction(1, 10)` for a tenth.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import sympy

from semtheory.bounds.balls import enclose_expression
from semtheory.errors import InputError
from semtheory.values import PURE, Value, require_unit

Note = str | Callable[[Mapping[str, float]], str]


@dataclass(frozen=True)
class Parameter:
    """A symbol of a formula, with its domain.

    Args:
        name: as the argument is called, and as the SymPy symbol is.
        meaning: in words, for errors and axes.
        least, most: closed ends of the domain. above, below: open ends. None: no end.
        whole: only whole numbers.
        latex: how it is typeset; SymPy's way with the name by default.
    """

    name: str
    meaning: str
    least: Any = None
    most: Any = None
    above: Any = None
    below: Any = None
    whole: bool = False
    latex: str = ""

    @property
    def symbol(self) -> Any:
        """Without assumptions, so that one name is one symbol everywhere; the domain is in `facts`."""
        return sympy.Symbol(self.name)

    @property
    def facts(self) -> list[Any]:
        """The domain as SymPy relations, for proofs."""
        x, ends = self.symbol, (self.least, self.most, self.above, self.below)
        low, high, over, under = (None if end is None else sympy.sympify(end) for end in ends)
        relations = [None if low is None else x >= low, None if high is None else x <= high]
        relations += [None if over is None else x > over, None if under is None else x < under]
        return [relation for relation in relations if relation is not None]

    @property
    def expected(self) -> str:
        """The domain in words."""
        ends = (("at least", self.least), ("above", self.above), ("at most", self.most), ("below", self.below))
        parts = [f"{word} {end}" for word, end in ends if end is not None]
        kind = "a whole number" if self.whole else "a finite number"
        return kind + (f", {' and '.join(parts)}" if parts else "")

    def check(self, values: Any) -> None:
        """Raise `InputError` naming the first value outside the domain."""
        array = np.asarray(values, dtype=np.float64)
        if array.size == 0:
            raise InputError(f"{self.name} is empty: expected {self.expected} ({self.meaning})")
        good = np.isfinite(array)
        if self.least is not None:
            good &= array >= float(self.least)
        if self.most is not None:
            good &= array <= float(self.most)
        if self.above is not None:
            good &= array > float(self.above)
        if self.below is not None:
            good &= array < float(self.below)
        if self.whole:
            good &= array == np.floor(array)
        if not good.all():
            at = tuple(int(k) for k in np.argwhere(~good)[0])
            where = f"[{', '.join(map(str, at))}]" if at else ""
            raise InputError(f"{self.name}{where}={array[at]:.15g}: expected {self.expected} ({self.meaning})")


class Formula:
    """One SymPy expression in named parameters, and all that follows from it.

    Args:
        name: what it is, for labels and errors.
        parameters: in the order of the arguments.
        expression: in the parameters' symbols; exact numbers only.
        unit: "nats" (then `unit="bits"` converts), or in words what is counted, such as "patterns per weight".
        source: author, year, equation when known.
        note: said in `.why` of results: a text, or a function of the values that returns one ("" for nothing).
        conditions: pairs (SymPy relation, what to do about it) that tie parameters together.
        label: LaTeX of the quantity, such as r"\\alpha_c".
    """

    def __init__(
        self,
        name: str,
        parameters: Sequence[Parameter],
        expression: Any,
        *,
        unit: str = "",
        source: str,
        note: Note = "",
        conditions: Sequence[tuple[Any, str]] = (),
        label: str = "",
    ) -> None:
        self.name, self.parameters, self.expression = name, tuple(parameters), sympy.sympify(expression)
        self.unit, self.source, self.note, self.label = unit, source, note, label
        self.conditions = tuple(conditions)
        unknown = self.expression.free_symbols - {parameter.symbol for parameter in self.parameters}
        if unknown:
            raise InputError(f"formula {name!r}: no parameter for {', '.join(sorted(map(str, unknown)))}")
        if self.expression.atoms(sympy.Float):
            raise InputError(f"formula {name!r}: {self.expression.atoms(sympy.Float)} are floats; write exact numbers")

    def __repr__(self) -> str:
        names = ", ".join(parameter.name for parameter in self.parameters)
        return f"Formula({self.name!r}, [{names}], {self.expression})"

    @property
    def facts(self) -> list[Any]:
        """The domain as SymPy relations."""
        own = [relation for parameter in self.parameters for relation in parameter.facts]
        return own + [relation for relation, _ in self.conditions]

    @property
    def latex(self) -> str:
        """The formula, typeset."""
        names = {parameter.symbol: parameter.latex for parameter in self.parameters if parameter.latex}
        body = sympy.latex(self.expression, symbol_names=names)
        return f"{self.label} = {body}" if self.label else str(body)

    @property
    def axis(self) -> str:
        """For an axis: the name, the symbol and the unit."""
        symbol = f" ${self.label}$" if self.label else ""
        return f"{self.name}{symbol}" + (f" ({self.unit})" if self.unit else "")

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"

    def __call__(self, *values: Any, unit: str | None = None, **named: Any) -> Any:
        """The value: a `Value` with rigorous ends when all arguments are single numbers, else a NumPy array (broadcast).

        Raises:
            InputError: an argument missing, not in the domain (NaN included), shapes that do not broadcast, a unit it has not.
        """
        scale = self._scale(unit)
        given = self._bind(values, named)
        if all(_single(value) for value in given.values()):
            return self._value({name: _fraction(name, value) for name, value in given.items()}, unit)
        arrays = {name: self._array(name, value) for name, value in given.items()}
        self._check(arrays)
        try:
            shape = np.broadcast_shapes(*(array.shape for array in arrays.values()))
        except ValueError:
            shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
            raise InputError(f"{self.name}: shapes do not fit together: {shapes}") from None
        with np.errstate(all="ignore"):
            result = np.asarray(self._floats(*arrays.values()), dtype=np.float64)
        return np.broadcast_to(result * scale, shape).copy()

    def enclose(self, *, bits: int = 60, parts: int = 16, **values: Any) -> Any:
        """A python-flint ball that holds the value for every choice within the arguments.

        Args:
            values: each a number (float, `Fraction`, text "1/10"), or a pair of them: every number between.
            bits: relative accuracy asked where all arguments are single numbers.
            parts: into how many pieces each pair is cut; more give a narrower ball.
        """
        balls = {}
        for name, value in self._bind((), values).items():
            low, high = value if isinstance(value, tuple) else (value, value)
            balls[name] = (_fraction(name, low), _fraction(name, high))
            if balls[name][0] > balls[name][1]:
                raise InputError(f"{name}=({low}, {high}): expected the lower end first")
        self._check({name: np.array([float(low), float(high)]) for name, (low, high) in balls.items()})
        return enclose_expression(self.expression, balls, bits, parts)

    def _value(self, exact: dict[str, Fraction], unit: str | None) -> Value:
        self._check({name: np.array(float(value)) for name, value in exact.items()})
        ball = enclose_expression(self.expression, {name: (v, v) for name, v in exact.items()}, 60)
        low, high = float(ball.lower()), float(ball.upper())
        low, high = math.nextafter(low, -math.inf), math.nextafter(high, math.inf)
        why = self.note if isinstance(self.note, str) else self.note({name: float(v) for name, v in exact.items()})
        middle = min(max(float(ball.mid()), low), high)
        own = "nats" if self.unit == "nats" else PURE
        return Value(middle, low, high, own, why=why).to(unit or own)

    def _scale(self, unit: str | None) -> float:
        if unit is None:
            return 1.0
        if self.unit != "nats":
            raise InputError(f"unit={unit!r}: {self.name} is in {self.unit or 'no unit'}, which does not convert")
        return float(Value(1.0, 1.0, 1.0, "nats").to(require_unit(unit)))

    def _bind(self, values: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any]:
        names = [parameter.name for parameter in self.parameters]
        if len(values) > len(names):
            raise InputError(f"{self.name}: {len(values)} arguments: expected {', '.join(names)}")
        given = dict(zip(names, values, strict=False))
        for name, value in named.items():
            if name not in names or name in given:
                word = "given twice" if name in given else "unknown"
                raise InputError(f"{self.name}: argument {name} is {word}; expected {', '.join(names)}")
            given[name] = value
        missing = [name for name in names if name not in given]
        if missing:
            raise InputError(f"{self.name}: no value for {', '.join(missing)}")
        return {name: given[name] for name in names}

    def _array(self, name: str, value: Any) -> Any:
        try:
            return np.asarray(value, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise InputError(f"{name}: {value!r} is not an array of numbers ({error})") from None

    def _check(self, arrays: Mapping[str, Any]) -> None:
        for parameter in self.parameters:
            parameter.check(arrays[parameter.name])
        for relation, advice in self.conditions:
            holds = sympy.lambdify([p.symbol for p in self.parameters], relation, "numpy")(*arrays.values())
            if not np.all(holds):
                shown = ", ".join(f"{name}={np.asarray(array).flat[0]:.15g}" for name, array in arrays.items())
                raise InputError(f"{self.name} at {shown}: expected {relation}; {advice}")

    @cached_property
    def _floats(self) -> Callable[..., Any]:
        from scipy import special

        own = {
            "LambertW": lambda z: special.lambertw(np.maximum(z, -1 / math.e)).real,
            "loggamma": special.gammaln,
            "Phi": special.ndtr,
            "XLogX": lambda x: special.xlogy(x, x),
        }
        symbols = [parameter.symbol for parameter in self.parameters]
        return sympy.lambdify(symbols, self.expression, [own, "scipy", "numpy"])


def _single(value: Any) -> bool:
    return isinstance(value, (int, float, Fraction, str, np.integer, np.floating)) or (
        isinstance(value, np.ndarray) and value.ndim == 0
    )


def _fraction(name: str, value: Any) -> Fraction:
    try:
        if isinstance(value, str):
            return Fraction(value)
        return Fraction(value) if isinstance(value, (int, Fraction)) else Fraction(float(value))
    except (TypeError, ValueError, OverflowError, ZeroDivisionError):
        raise InputError(f"{name}={value!r}: expected a finite number") from None
