"""The part of the checker that needs ball arithmetic (python-flint's arb): enclosures on boxes, and points that refute.

Balls are built from rationals. Only an exact True of the wanted comparison counts: every comparison with nan is False, so
"not (value < 0)" would prove nothing. Where python-flint is missing, `NotRedone` is raised.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any, TypeVar

from semtheory.errors import CertificateError, NotRedone
from semtheory.logic.checker_algebra import (
    NUMBER,
    Algebra,
    Tree,
    differentiate,
    line,
    require,
    show,
    small_power,
    substitute,
    symbols,
)

PRECISION = 160  # bits
T = TypeVar("T")


def _flint() -> Any:
    try:
        import flint
    except ImportError:
        raise NotRedone("not redone: python-flint is not installed (pip install python-flint)") from None
    return flint


def with_precision(compute: Callable[[], T]) -> T:
    """Run with balls of `PRECISION` bits; the precision is global in python-flint, so it is put back."""
    flint = _flint()
    before = flint.ctx.prec
    try:
        flint.ctx.prec = PRECISION
        return compute()
    finally:
        flint.ctx.prec = before


def enclosure(c: dict[str, Any], algebra: Algebra, lines: list[str]) -> tuple[Tree, str]:
    """f > 0 on a box cut into parts, or f >= 0 near a zero `at` of f and of its slope (second derivative > 0 there)."""
    f, box, parts, zero = c["function"], c["box"], c["parts"], c.get("zero")
    target = f
    with line("box"):
        require(not c.get("facts") and not c.get("lemmas"), "an enclosure has its box, and no other facts")
        require(symbols(f) == set(box), f"the box gives {sorted(box)}, the function needs {sorted(symbols(f))}")
        for low, high in [*box.values()]:
            require(_number(low) < _number(high), f"[{low}, {high}] is empty")
        _cover(
            [tuple(map(_number, ends)) for ends in box.values()],
            [[tuple(map(_number, e)) for e in part] for part in parts],
        )
    if zero is not None:
        with line("zero"):
            ((x, (low, high)),) = box.items()
            require(_number(low) <= _number(zero) <= _number(high), "the zero lies outside the box")
            slope = differentiate(f, x, {})
            target = differentiate(slope, x, {})
            for name, tree in (("value", f), ("slope", slope)):
                require(algebra.equal(substitute(tree, {x: zero}), "0"), f"the {name} at {x} = {zero} is not 0")
    flint = _flint()
    for i, part in enumerate(parts):
        with line(f"parts[{i}]"):
            balls = {name: ball(flint, *ends) for name, ends in zip(box, part, strict=True)}
            value = with_precision(lambda: evaluate(target, balls))  # noqa: B023 (called at once)
            require((value > 0) is True, f"{show(target)} > 0 is not shown on {part}: the ball is {value}")
    where = ", ".join(f"{name} in [{low}, {high}]" for name, (low, high) in box.items())
    outcome = "> 0" if zero is None else f">= 0, = 0 only at {zero},"
    lines.append(f"{show(f)} {outcome} for {where} ({len(parts)} balls redone)")
    return f, ">" if zero is None else ">="


def point(c: dict[str, Any], algebra: Algebra, lines: list[str]) -> tuple[Tree, str]:
    """A counterexample: at rational values that satisfy the facts, `tree relation 0` fails, exactly or by a ball."""
    with line("point"):
        require(c["relation"] in (">", ">=", "="), f"relation {c['relation']!r}")
        require(c["values"] == c["witness"], "the values are not those at which the facts were checked")
        missing = symbols(c["tree"]) - set(c["values"])
        require(not missing, f"no value for {', '.join(sorted(missing))}")
        fails, value = failure(c["tree"], c["relation"], c["values"])
        require(fails, f"{show(c['tree'])} {c['relation']} 0 does not clearly fail: it is {value}")
    lines.append(f"at {c['values']}: {show(c['tree'])} is {value}, not {c['relation']} 0")
    return c["tree"], "refuted"


def failure(tree: Tree, relation: str, values: dict[str, str]) -> tuple[bool, str]:
    """Whether `tree relation 0` certainly fails at rational values, and the ball of the tree there."""
    flint = _flint()

    def compute() -> tuple[bool, str]:
        value = evaluate(tree, {name: ball(flint, v, v) for name, v in values.items()})
        fails = (value < 0) is True or (relation == "=" and (value > 0) is True)
        return fails, str(value.str(12, radius=True))

    fails, shown = with_precision(compute)
    if not fails and relation == ">":
        try:
            fails = Algebra().equal(substitute(tree, values), "0")
        except CertificateError:
            return False, shown
    return fails, shown


def _number(text: Any) -> Fraction:
    require(isinstance(text, str) and NUMBER.fullmatch(text), f"{text!r} is not a number such as 3/4")
    return Fraction(text)


def _cover(box: list[Any], parts: list[list[Any]]) -> None:
    """The parts fill the box: along the last axis they follow without a gap, slab by slab along the others."""
    low, high = box[0]
    if len(box) == 1:
        reached = low
        for left, right in sorted(part[0] for part in parts):
            require(left <= reached, f"the parts leave a gap at {reached}")
            reached = max(reached, right)
        require(reached >= high, f"the parts leave a gap at {reached}")
        return
    ends = sorted({low, high, *(e for part in parts for e in part[0] if low < e < high)})
    for left, right in pairwise(ends):
        _cover(box[1:], [part[1:] for part in parts if part[0][0] <= left and right <= part[0][1]])


def ball(flint: Any, low: str, high: str) -> Any:
    ends = [flint.arb(flint.fmpq(*_number(end).as_integer_ratio())) for end in (low, high)]
    return ends[0].union(ends[1])


def evaluate(tree: Tree, values: dict[str, Any]) -> Any:
    """A ball that holds the value of the tree, for ball or exact values of its symbols; nan where it is not defined."""
    flint = _flint()
    if isinstance(tree, str):
        return values[tree] if tree in values else flint.arb(flint.fmpq(*Fraction(tree).as_integer_ratio()))
    if tree[0] in ("log", "exp"):
        inner = evaluate(tree[1], values)
        return inner.log() if tree[0] == "log" else inner.exp()
    if tree[0] == "^":  # arb's own power is nan for balls around 0
        power, base = flint.arb(1), evaluate(tree[1], values)
        for _ in range(abs(small_power(tree[2]))):
            power = power * base
        return power if tree[2] >= 0 else 1 / power
    require(tree[0] in ("+", "*"), f"unknown operation {tree[0]!r}")
    total = evaluate(tree[1], values)
    for part in tree[2:]:
        other = evaluate(part, values)
        total = total + other if tree[0] == "+" else total * other
    return total
