"""A number with its error bar: what every process and measure returns.

A `Value` is a float, so that it goes wherever a float goes, and it carries the interval that the true number lies in,
its unit, and how it was found:

- "exact": a closed form or a finite recursion, nothing left out; `lower` and `upper` differ by a rounding allowance.
- "bracket": the true number lies in [lower, upper], by an argument that needs no sampling; the float is the midpoint, or the
  finite end when the other is infinite.
- "sampled": an estimate; [lower, upper] is a confidence interval at level `confidence`, and may miss.

Arithmetic and comparison act on the float alone, and forget the rest.
"""

from __future__ import annotations

import math
from typing import Any, Literal, cast

from semtheory.errors import InputError

Unit = Literal["nats", "bits", "1"]
PURE: Literal["1"] = "1"  # a pure number: a capacity per weight, a count
Method = Literal["exact", "bracket", "sampled"]
UNITS: dict[str, float] = {"nats": 1.0, "bits": math.log(2)}  # nats in one of each
ROUNDING = 1e-13  # relative; a few hundred terms in double precision, with room to spare


def require_unit(unit: str) -> Unit:
    """`unit` if it is "nats" or "bits". Raises `InputError`."""
    if unit not in UNITS:
        raise InputError(f"unit {unit!r}: expected 'nats' or 'bits'")
    return cast(Unit, unit)


class Value(float):
    """A float with `.lower`, `.upper`, `.unit`, `.method`; see the module for what each method promises.

    Attributes:
        lower, upper: the interval, in `unit`; infinite values are allowed.
        unit: "nats", "bits", or "1" for a pure number. method: "exact", "bracket" or "sampled".
        why: in words, when there is something to say (why it is infinite, that the width asked was not reached).
        confidence: of a sampled value, None otherwise.

    Raises:
        InputError: a NaN, an estimate outside its own interval, or an unknown unit or method.
    """

    lower: float
    upper: float
    unit: Unit
    method: Method
    why: str
    confidence: float | None

    def __new__(
        cls,
        value: float,
        lower: float,
        upper: float,
        unit: str = "nats",
        method: Method = "exact",
        why: str = "",
        confidence: float | None = None,
    ) -> Value:
        self = super().__new__(cls, value)
        if not float(lower) <= float(value) <= float(upper):
            raise InputError(f"value {float(value)!r} outside its own interval [{lower!r}, {upper!r}]")
        if method not in ("exact", "bracket", "sampled"):
            raise InputError(f"method {method!r}: expected 'exact', 'bracket' or 'sampled'")
        self.lower, self.upper = float(lower), float(upper)
        self.unit = PURE if unit == PURE else require_unit(unit)
        self.method, self.why, self.confidence = method, why, confidence
        return self

    @classmethod
    def exact(cls, nats: float, unit: str = "nats", *, rounding: float = ROUNDING, why: str = "") -> Value:
        """A number of nats found without approximation, shown in `unit`; `rounding` is relative to 1 + |nats|."""
        slack = 0.0 if math.isinf(nats) else rounding * (1 + abs(nats))
        return cls(nats, nats - slack, nats + slack, method="exact", why=why).to(unit)

    @classmethod
    def bracket(cls, lower: float, upper: float, unit: str = "nats", *, why: str = "") -> Value:
        """A number known to lie between two numbers of nats, shown in `unit`."""
        middle = lower if math.isinf(upper) else upper if math.isinf(lower) else (lower + upper) / 2
        return cls(middle, lower, upper, method="bracket", why=why).to(unit)

    @classmethod
    def sampled(
        cls, nats: float, lower: float, upper: float, confidence: float, unit: str = "nats", *, why: str = ""
    ) -> Value:
        """An estimate in nats with a confidence interval, shown in `unit`."""
        return cls(nats, lower, upper, method="sampled", why=why, confidence=confidence).to(unit)

    @property
    def width(self) -> float:
        """`upper - lower`; zero for an infinite value that is known to be one."""
        return 0.0 if self.lower == self.upper else self.upper - self.lower

    def to(self, unit: str) -> Value:
        """The same quantity in another unit. Raises `InputError` for a pure number, which has none."""
        if self.unit == unit:
            return self
        if PURE in (self.unit, unit):
            raise InputError(
                f"unit {unit!r}: this value is in {'no unit' if self.unit == PURE else self.unit}, which does not convert"
            )
        scale = UNITS[self.unit] / UNITS[require_unit(unit)]
        return Value(
            float(self) * scale, self.lower * scale, self.upper * scale, unit, self.method, self.why, self.confidence
        )

    def __repr__(self) -> str:
        how = self.method + (f" at {self.confidence:.0%}" if self.confidence is not None else "")
        span = "" if self.method == "exact" else f" in [{self.lower:.12g}, {self.upper:.12g}]"
        unit = "" if self.unit == PURE else f" {self.unit}"
        return f"<{float(self):.10g}{unit}, {how}{span}{'; ' + self.why if self.why else ''}>"

    __str__ = __repr__

    def __reduce__(self) -> tuple[Any, ...]:
        fields = (float(self), self.lower, self.upper, self.unit, self.method, self.why, self.confidence)
        return Value, fields
