"""Claims and proofs in the plain JSON that the checker reads (its module says what the parts mean)."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import sympy

from semtheory.logic.grid import Grid, write_index
from semtheory.notation.canonical import UNNAMED
from semtheory.notation.claims import Relation
from semtheory.notation.measures import DI, TE, CausalH, D, H, HorizonSum, I
from semtheory.notation.variables import Block, VariableSet, split_index


def names(variables: VariableSet) -> list[str]:
    """`X` as "X", `X_{lo:hi}` as "X[lo:hi]"."""
    return [
        f"{term.name}[{write_index(split_index(term.lo))}:{write_index(split_index(term.hi))}]" if isinstance(term, Block) else term.name
        for term in variables.args
    ]


def measures(expression: sympy.Expr, factor: Fraction = Fraction(1), summed: list[str] | None = None) -> list[dict[str, Any]]:
    """A linear combination of measures, term by term; directed measures by their definitions."""
    found: list[dict[str, Any]] = []
    for term in sympy.Add.make_args(sympy.sympify(expression)):
        coefficient, rest = term.as_coeff_Mul(rational=True)
        times = factor * Fraction(int(coefficient.p), int(coefficient.q))
        if not times:
            continue
        tail: dict[str, Any] = {"sum": summed} if summed else {}
        if rest == 1:
            found.append({"times": str(times), "constant": True, **tail})
        elif isinstance(rest, H):
            found.append({"times": str(times), "H": names(rest.args[0]), "given": names(rest.args[1]), **tail})
        elif isinstance(rest, I):
            found.append({"times": str(times), "I": [names(part) for part in rest.args[0].args], "given": names(rest.args[1]), **tail})
        elif isinstance(rest, D):
            first, second = rest.args
            of = names(first.args[1]) or [UNNAMED[0]]
            found.append({"times": str(times), "D": [first.name, second.name], "of": of, "given": names(first.args[2]), **tail})
        elif isinstance(rest, (DI, TE, CausalH)):
            found += measures(rest.definition, times)
        elif isinstance(rest, HorizonSum):
            body, index, lo, hi = rest.args
            found += measures(body, times, [index.name, write_index(split_index(lo)), write_index(split_index(hi))])
        else:
            found += measures(rest, times, summed)
    return found


def relation_json(relation: Relation) -> dict[str, Any]:
    """A claim or an assumption, with its text for the reader."""
    made: dict[str, Any] = {"text": relation.text, "left": measures(relation.left), "op": relation.op, "right": measures(relation.right)}
    if relation.quantifier:
        q = relation.quantifier
        made["for"] = [q.index.name, write_index(split_index(q.lo)), write_index(split_index(q.hi))]
    return made


def signed_measures(relation: Relation) -> list[dict[str, Any]]:
    """The measures of an inequality on the side where their sum is >= 0."""
    left, right = (relation.right, relation.left) if relation.op == "<=" else (relation.left, relation.right)
    return measures(left) + measures(right, Fraction(-1))


def lines(terms: Iterable[tuple[dict[str, Any], Fraction]], grid: Grid) -> list[dict[str, Any]]:
    """Proof lines from tags (sets as bits) and their multipliers."""
    return [{"times": str(times), **line(tag, grid)} for tag, times in terms]


def line(tag: dict[str, Any], grid: Grid) -> dict[str, Any]:
    """One proof line without its multiplier."""
    made: dict[str, Any] = {}
    for key, value in tag.items():
        if key == "I":
            made[key] = [grid.names(mask) for mask in value]
        elif key in ("H", "given", "of"):
            made[key] = grid.names(value)
        elif key == "with":
            made[key] = {letter: grid.names(mask) for letter, mask in value.items()}
        elif not (key == "law" and value == "p"):
            made[key] = value
    return made
