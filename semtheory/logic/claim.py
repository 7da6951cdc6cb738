"""A claim on information measures as a statement: read once, decided relation by relation."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from typing import Any, TypeAlias

from sympy.core.relational import Relational

from semtheory.errors import ClaimError, TimedOut
from semtheory.logic.decide import Question, check_names, decide
from semtheory.logic.lemmas import find
from semtheory.logic.result import Deadline, Result
from semtheory.notation.claims import Relation, find_horizon
from semtheory.notation.parser import parse_claim

Readable: TypeAlias = str | Relational | Relation  # what `read` takes


def read(claim: Readable) -> list[Relation]:
    """The relations of a claim given as text, as a SymPy relation, or read already. Raises `ClaimError`."""
    if isinstance(claim, Relation):
        return [claim]
    if isinstance(claim, str):
        return parse_claim(claim)
    if isinstance(claim, Relational):
        op = {"<=": "<=", ">=": ">=", "==": "="}.get(claim.rel_op)
        if op is None:
            raise ClaimError(f"{claim} is not a claim of this language", expected="<=, >= or =")
        return [Relation(claim.lhs, op, claim.rhs)]
    raise ClaimError(f"{claim!r} is not a claim", expected="text, or a SymPy relation between information measures")


class InformationClaim:
    """A claim under assumptions, with the axioms (cited non-Shannon inequalities) that a proof may use.

    Args:
        claim: text or LaTeX in the claim language, or a SymPy relation.
        given: assumptions, likewise.
        axioms: names such as "zhang-yeung", or "NAME: CLAIM" for a lemma of your own.

    Raises:
        ClaimError: with the place in the text and what was expected.
        GivenError: an assumption that has nothing to do with the claim.
    """

    def __init__(self, claim: Readable, given: Iterable[Readable] = (), axioms: Iterable[str] = ()) -> None:
        given = (given,) if isinstance(given, (str, Relational, Relation)) else given
        axioms = (axioms,) if isinstance(axioms, str) else axioms
        self.relations = read(claim)
        self.givens = [relation for item in given for relation in read(item)]
        self.axioms = tuple(find(axiom) for axiom in axioms)
        horizon = find_horizon([*self.relations, *self.givens], claim if isinstance(claim, str) else "")
        self.horizon = horizon.name if horizon else None
        for relation in self.relations:
            if relation.quantifier:
                raise ClaimError("only assumptions may be quantified", relation.text, None, "a sum over t, or a fixed time")
        self.note = check_names(self.relations, self.givens)

    @cached_property
    def text(self) -> str:
        """The claim, then its assumptions; what a certificate is about."""
        body = " and ".join(relation.text for relation in self.relations)
        return body + (f" given {'; '.join(given.text for given in self.givens)}" if self.givens else "")

    @cached_property
    def latex(self) -> str:
        body = r",\; ".join(relation.latex for relation in self.relations)
        return body + (r" \quad\text{given}\quad " + r",\; ".join(given.latex for given in self.givens) if self.givens else "")

    def __repr__(self) -> str:
        return f"InformationClaim({self.text!r})"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"

    def results(self, *, seed: int = 0, deadline: Deadline | None = None) -> list[Result]:
        """An answer for each relation; one that runs out of time is undecided and says so."""
        return [self._result(relation, seed, deadline or Deadline()) for relation in self.relations]

    def _result(self, relation: Relation, seed: int, deadline: Deadline) -> Result:
        start = time.perf_counter()
        text = self.text if len(self.relations) == 1 else relation.text
        question = Question(relation, self.givens, self.horizon, text, self.axioms, seed, deadline)
        try:
            result = decide(question)
        except TimedOut as error:
            result = Result("undecided", text, note=str(error))
        note = "; ".join(part for part in (result.note, self.note) if part)
        return replace(result, note=note, seconds=time.perf_counter() - start)

    def decide(self, *, seed: int = 0, deadline: Deadline | None = None) -> Result:
        """One answer for the whole: refuted when one relation is, proved when all are."""
        return conjunction(self.text, self.results(seed=seed, deadline=deadline))

    def shadow(self, *, seed: int = 0, examples: int = 20) -> Any:
        """Compare with numbers computed from the definitions on random models; the count, or what contradicts the claim."""
        from semtheory.logic.shadow import compare

        return compare(self, seed, examples)


def conjunction(text: str, results: list[Result]) -> Result:
    """The answers to the relations of one claim, as one."""
    if len(results) == 1:
        return results[0]
    refuted = next((result for result in results if result.verdict == "refuted"), None)
    if refuted is not None:
        return refuted
    seconds = sum(result.seconds for result in results)
    open_results = [result for result in results if result.verdict == "undecided"]
    if open_results:
        return Result("undecided", text, note="; ".join(f"{r.statement}: {r.note}" for r in open_results), seconds=seconds)
    certificate = {"schema": 1, "kind": "conjunction", "statement": text, "parts": [result.certificate for result in results]}
    cited = tuple(dict.fromkeys(name for result in results for name in result.cited))
    return Result("proved", text, "; ".join(dict.fromkeys(r.method for r in results)), certificate, cited=cited, seconds=seconds)
