"""`f > 0` on a compact box by Arb balls and adaptive halving; near a zero, by a local Taylor argument.

At a zero no ball can show f > 0. For one variable, an exact f(a) = f'(a) = 0 and f'' > 0 on an interval around a give f > 0 on the
rest of it. Evidence of this kind counts as `enclosed`, not as `proved`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from semtheory.errors import CertificateError, TheoremError
from semtheory.logic.analytic import Analytic, Instance
from semtheory.logic.checker_algebra import Algebra, Tree, differentiate, minus, substitute, symbols
from semtheory.logic.checker_balls import ball, evaluate, with_precision
from semtheory.logic.result import Deadline
from semtheory.logic.trees import read, to_tree

Box = dict[str, tuple[Fraction, Fraction]]
MOST_PARTS = 20000


class Enclosed(Analytic):
    """`function > 0` on a box, or `>= 0` with its only zero at `zero` (one variable; f'' > 0 on the whole box).

    Args:
        box: symbol -> (low, high), rational, as `Fraction`, int or text "3/4"; floats are refused.
        zero: where the function and its slope vanish exactly, inside the box.
    """

    def __init__(
        self,
        text: str,
        function: Any,
        box: Mapping[str, tuple[Any, Any]],
        *,
        zero: Any = None,
        latex: str | None = None,
    ) -> None:
        import sympy

        self.text, self._tree = text, to_tree(function)
        self.latex = latex or sympy.latex(read(function)) + (" > 0" if zero is None else r" \ge 0")
        self.box: Box = {name: (_rational(low), _rational(high)) for name, (low, high) in box.items()}
        self.zero = None if zero is None else _rational(zero)
        if set(self.box) != symbols(self._tree):
            raise TheoremError(
                f"Enclosed({text!r}): the box gives {sorted(self.box)}, the function needs {sorted(symbols(self._tree))}"
            )
        for name, (low, high) in self.box.items():
            if low >= high:
                raise TheoremError(f"Enclosed({text!r}): [{low}, {high}] for {name} is empty or a point; expected low < high")
        if self.zero is not None and len(self.box) != 1:
            raise TheoremError(f"Enclosed({text!r}): a zero needs a function of one variable, not of {len(self.box)}")

    def _certificate(self, seed: int, deadline: Deadline) -> dict[str, Any] | None:
        target = self._tree
        if self.zero is not None:
            (x,) = self.box
            slope, algebra = differentiate(target, x, {}), Algebra()
            try:
                if not all(algebra.equal(substitute(tree, {x: str(self.zero)}), "0") for tree in (target, slope)):
                    return None
            except CertificateError:
                return None
            target = differentiate(slope, x, {})
        parts = with_precision(lambda: _split(target, self.box, deadline))
        if parts is None:
            return None
        certificate: dict[str, Any] = {
            "schema": 1,
            "kind": "enclosure",
            "statement": self.text,
            "function": self._tree,
            "box": {name: [str(end) for end in ends] for name, ends in self.box.items()},
            "parts": [[[str(end) for end in ends] for ends in part.values()] for part in parts],
        }
        return certificate if self.zero is None else {**certificate, "zero": str(self.zero)}

    def _instances(self) -> Iterator[Instance]:
        facts: list[tuple[Tree, str]] = []
        for name, (low, high) in self.box.items():
            facts += [(minus(name, str(low)), ">="), (minus(str(high), name), ">=")]
        yield Instance(self._tree, ">" if self.zero is None else ">=", tuple(facts))


def _rational(value: Any) -> Fraction:
    if isinstance(value, float):
        raise TheoremError(
            f"{value!r} is a float; write it as text, for instance '1/10', so that it is exactly what you mean"
        )
    try:
        return Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        raise TheoremError(f"{value!r} is not a rational number, such as 2 or '3/4'") from None


def _split(target: Tree, box: Box, deadline: Deadline) -> list[Box] | None:
    """Parts on each of which the ball of the target is > 0; None when a point is not > 0 or the halving never ends."""
    import flint

    open_, done = [box], []
    while open_:
        deadline.check()
        part = open_.pop()
        value = evaluate(target, {name: ball(flint, str(low), str(high)) for name, (low, high) in part.items()})
        if (value > 0) is True:
            done.append(part)
            continue
        middle = {name: (low + high) / 2 for name, (low, high) in part.items()}
        centre = evaluate(target, {name: ball(flint, str(m), str(m)) for name, m in middle.items()})
        widest = max(part, key=lambda name: (part[name][1] - part[name][0]) / (box[name][1] - box[name][0]))
        low, high = part[widest]
        if (
            (centre <= 0) is True
            or len(open_) + len(done) > MOST_PARTS
            or high - low < (box[widest][1] - box[widest][0]) / 2**30
        ):
            return None
        open_ += [{**part, widest: (low, middle[widest])}, {**part, widest: (middle[widest], high)}]
    return done
