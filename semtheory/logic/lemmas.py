"""Known non-Shannon inequalities that a proof may cite; what rests on one is `cited`, never `proved`.

A lemma is a name known here, or "NAME: CLAIM" from the user, over at most six one-letter variables.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations
from typing import Any

from semtheory.errors import ClaimError
from semtheory.logic.certificates import signed_measures
from semtheory.logic.grid import MaskForm
from semtheory.notation.canonical import SymbolicLinear, reduce_relation
from semtheory.notation.parser import parse_claim

KNOWN = {
    # Zhang and Yeung 1998, Theorem 3
    "zhang-yeung": "2 I(C;D) <= I(A;B) + I(A;C,D) + 3 I(C;D|A) + I(C;D|B)",
}


@dataclass(frozen=True)
class Lemma:
    """A statement taken on trust: its non-negative side as certificate measures, and as a form over its letters."""

    name: str
    text: str
    measures: tuple[dict[str, Any], ...]
    body: SymbolicLinear

    @property
    def letters(self) -> list[str]:
        return sorted({name for _p, _q, terms in self.body for name, _lo, _hi in terms})

    def instances(self, size: int) -> Iterator[tuple[dict[str, int], MaskForm]]:
        """The lemma with distinct single pieces for its letters, in every order."""
        letters = self.letters
        for chosen in permutations([1 << k for k in range(size)], len(letters)):
            values = dict(zip(letters, chosen, strict=True))
            form: MaskForm = {}
            for (p, q, terms), value in self.body.items():
                mask = sum(values[name] for name, _lo, _hi in terms)
                form[p, q, mask] = form.get((p, q, mask), Fraction(0)) + value
            yield values, form


def find(axiom: str) -> Lemma:
    """The lemma of a known name, or the user's own "NAME: CLAIM". Raises `ClaimError` with the known names."""
    name, _, text = (part.strip() for part in axiom.partition(":"))
    if not text and name not in KNOWN:
        raise ClaimError(f"unknown axiom {name!r}", expected=f"one of {', '.join(sorted(KNOWN))}, or 'NAME: CLAIM' for a lemma of your own")
    if text and name in KNOWN:
        raise ClaimError(f"axiom {name!r} is a known lemma already; choose another name")
    relations = parse_claim(text or KNOWN[name])
    if len(relations) != 1 or relations[0].free_symbols or relations[0].quantifier or relations[0].op == "=":
        raise ClaimError(f"axiom {name!r} must be one inequality without a horizon", text or KNOWN[name])
    lemma = Lemma(name, relations[0].text, tuple(signed_measures(relations[0])), reduce_relation(relations[0]).form.plain)
    if len(lemma.letters) > 6:
        raise ClaimError(f"axiom {name!r} has {len(lemma.letters)} variables; six at most")
    return lemma
