"""Do the chains of a derivation yield its claim: as an exact linear combination of their ends, with nothing else used?"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from fractions import Fraction

from semtheory.logic.cone import Column, Combination, decompose
from semtheory.logic.result import Deadline
from semtheory.notation.canonical import HorizonForm, reduce_expression, rename
from semtheory.notation.claims import Relation


def _vector(relation: Relation, sign: int) -> dict[Hashable, Fraction]:
    """What the relation says is non-negative, in joint entropies; sums over time with one name for their index."""
    form = HorizonForm()
    first = Fraction(-sign if relation.op == "<=" else sign)
    form.add(reduce_expression(relation.left), first)
    form.add(reduce_expression(relation.right), -first)
    made: dict[Hashable, Fraction] = {}
    made.update(form.plain.items())
    for part in form.sums:
        for atom, value in rename(part.body, part.index, "t").items():
            made["sum", part.lo, part.hi, atom] = value
    return made


def yields(claim: Relation, ends: Sequence[Relation]) -> bool:
    """Whether `claim` is a combination of `ends`: inequalities with weights >= 0, equalities with any weight."""
    columns = [Column(k, _vector(end, 1), end.op == "=") for k, end in enumerate(ends)]
    columns = [column for column in columns if column.entries]
    directions = (1, -1) if claim.op == "=" else (1,)
    return all(isinstance(decompose(columns, _vector(claim, sign), Deadline(work=10.0)), Combination) for sign in directions)
