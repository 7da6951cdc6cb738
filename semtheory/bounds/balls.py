"""SymPy expressions in Arb balls: also erf, Lambert's W, the gamma functions, which expression trees of the checker do not have.

A ball holds the value for every choice of its arguments, or is not finite; nothing is rounded away. Numbers enter as rationals.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import sympy

from semtheory.errors import InputError
from semtheory.logic.checker_balls import ball

MOST_BITS = 8192


def enclose_expression(
    expression: Any, values: Mapping[str, tuple[Fraction, Fraction]], bits: int = 60, parts: int = 16
) -> Any:
    """The ball of the expression, for symbols between (low, high).

    An interval is cut into `parts` and the balls are put together, since one ball over a wide range is wide. Where all are single numbers the working precision is doubled until the ball is as narrow as 2^-bits of its value (or of 1, when
    it may be 0). Raises `InputError` when it is not finite: a value outside the domain.
    """
    import flint

    point = all(low == high for low, high in values.values())
    before = flint.ctx.prec
    precision = max(64, bits + 32)
    try:
        while True:
            flint.ctx.prec = precision
            found: Any = None
            for box in itertools.product(*(_cut(low, high, parts) for low, high in values.values())):
                balls = [ball(flint, str(low), str(high)) for low, high in box]
                here = ball_of(expression, dict(zip(values, balls, strict=True)))
                found = here if found is None else found.union(here)
            size = max(abs(found.mid()), flint.arb(2) ** -200) if found.is_finite() else flint.arb(1)
            narrow = found.is_finite() and ((found.rad() <= size * flint.arb(2) ** -bits) is True)
            if narrow or not point or precision >= MOST_BITS:
                break
            precision *= 2
    finally:
        flint.ctx.prec = before
    if not found.is_finite():
        shown = ", ".join(f"{name} in [{low}, {high}]" for name, (low, high) in values.items())
        raise InputError(
            f"{expression} is not finite on all of {shown or 'its value'}: narrow the range or stay inside the domain"
        )
    return found


def _cut(low: Fraction, high: Fraction, parts: int) -> list[tuple[Fraction, Fraction]]:
    if low == high:
        return [(low, high)]
    ends = [low + (high - low) * k / parts for k in range(parts + 1)]
    return list(itertools.pairwise(ends))


def ball_of(e: Any, values: Mapping[str, Any]) -> Any:
    """A ball (at the current precision) for a SymPy expression, given balls of its symbols. Raises `InputError` for other functions."""
    import flint

    if e.is_Symbol:
        return values[e.name]
    if e.is_Rational:
        return flint.arb(flint.fmpq(int(e.p), int(e.q)))
    if e is sympy.pi:
        return flint.arb.pi()
    if e is sympy.E:
        return flint.arb(1).exp()
    if e.is_Add or e.is_Mul:
        parts = [ball_of(part, values) for part in e.args]
        total = parts[0]
        for part in parts[1:]:
            total = total + part if e.is_Add else total * part
        return total
    if e.is_Pow:
        return _power(ball_of(e.base, values), e.exp, values)
    make = _functions().get(type(e).__name__)
    if make is None:
        raise InputError(f"{type(e).__name__} in {e}: no enclosure for this function is known here")
    return make(*(ball_of(part, values) for part in e.args))


def _power(base: Any, exponent: Any, values: Mapping[str, Any]) -> Any:
    import flint

    if exponent.is_Integer and abs(int(exponent)) <= 64:  # Arb's own power is nan for balls around 0
        power, square, n = flint.arb(1), base, abs(int(exponent))
        while n:
            power, square, n = (power * square if n & 1 else power), square * square, n >> 1
        return power if exponent >= 0 else 1 / power
    if exponent.is_Rational and exponent.q == 2:
        return _power(base.sqrt(), sympy.Integer(exponent.p), values)
    if (base > 0) is True:
        return (ball_of(exponent, values) * base.log()).exp()
    return base ** ball_of(exponent, values)


def _functions() -> dict[str, Any]:
    import flint

    def ends(round_: str) -> Any:
        def whole(x: Any) -> Any:
            low, high = getattr(x.lower(), round_)(), getattr(x.upper(), round_)()
            return low.union(high)

        return whole

    def lambert(x: Any, branch: Any = None) -> Any:
        if branch is not None:
            raise InputError("LambertW: only the principal branch has an enclosure here")
        return x.lambertw()

    return {
        "Phi": lambda x: (-x / flint.arb(2).sqrt()).erfc() / 2,
        "XLogX": _x_log_x,
        "exp": lambda x: x.exp(),
        "log": lambda x: x.log(),
        "erf": lambda x: x.erf(),
        "erfc": lambda x: x.erfc(),
        "LambertW": lambert,
        "gamma": lambda x: x.gamma(),
        "loggamma": lambda x: x.lgamma(),
        "uppergamma": lambda s, x: flint.arb.gamma_upper(x, s),
        "lowergamma": lambda s, x: flint.arb.gamma_lower(x, s),
        "Abs": abs,
        "Max": lambda *x: _fold(x, "max"),
        "Min": lambda *x: _fold(x, "min"),
        "floor": ends("floor"),
        "ceiling": ends("ceil"),
    }


def _x_log_x(x: Any) -> Any:
    """x log x falls on [0, 1/e], so a ball that reaches 0 gives all from high log high up to 0."""
    import flint

    if (x > 0) is True:
        return x * x.log()
    if x == 0:
        return flint.arb(0)
    high = x.upper()
    if (x.lower() < 0) is True and (abs(x.lower()) > high * flint.arb(2) ** -20) is True:
        return flint.arb.nan()
    return (high * high.log()).union(flint.arb(0)) if (high < flint.arb(-1).exp()) is True else flint.arb.nan()


def _fold(parts: tuple[Any, ...], choice: str) -> Any:
    best = parts[0]
    for part in parts[1:]:
        best = getattr(best, choice)(part)
    return best
