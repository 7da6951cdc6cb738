"""Each relation under the givens alone, repeated relations once; the claims of a derivation by themselves and as what its chains yield."""

from __future__ import annotations

from dataclasses import dataclass, replace

import sympy

from semtheory.derivations.model import Assumption, Derivation, Place, RelationAt
from semtheory.derivations.phrases import phrase
from semtheory.derivations.suggesting import suggestions
from semtheory.derivations.yielding import yields
from semtheory.errors import CertificateError, ClaimError, GivenError, SemtheoryError
from semtheory.logic.claim import InformationClaim
from semtheory.logic.decide import Question, _refuse_contradictions
from semtheory.logic.result import Counterexample, Deadline
from semtheory.notation.canonical import reduce_relation
from semtheory.notation.claims import Relation, find_horizon

DEFAULT_TIMEOUT = 10.0  # seconds for one relation
PLAIN = 0.5  # seconds of work for a proof without assumptions, before they are looked at
VERDICTS = ("proved", "refuted", "gap", "undecided", "not read")


@dataclass(frozen=True)
class Verdict:
    """The answer to one relation of a file.

    Attributes:
        place: of its relation sign. text: the line of the file. relation: as read, or its source.
        verdict: one of VERDICTS. method: how it was proved, or why it was not.
        counterexample: a joint distribution, when refuted. suggestions: what was tested and proved instead.
        at: the place of what could not be read, where that is known.
    """

    place: Place
    text: str
    relation: str
    verdict: str
    method: str = ""
    counterexample: Counterexample | None = None
    suggestions: tuple[str, ...] = ()
    latex: str = ""
    mathml: str = ""
    is_claim: bool = False
    at: Place | None = None
    seconds: float = 0.0


class Judge:
    """Judges derivations; what it found once it does not search again."""

    def __init__(
        self, *, timeout: float | None = DEFAULT_TIMEOUT, work: float | None = None, seed: int = 0, suggest: bool = True
    ) -> None:
        self.timeout, self.work, self.seed, self.suggest = timeout, work, seed, suggest
        self.known: dict[tuple[str, tuple[str, ...]], Verdict] = {}
        self.fruitless: set[tuple[str, tuple[str, ...]]] = set()  # known from a short look only
        self.tested: dict[tuple[str, tuple[str, ...]], bool] = {}

    def derivation(self, derivation: Derivation) -> list[Verdict]:
        """The answers to all relations of a derivation, in the order of the file."""
        made = [Verdict(t.place, t.text, t.text, "not read", t.problem) for t in derivation.troubles]
        for given in derivation.givens:
            if given.problem:
                made.append(Verdict(given.place, given.text, given.text, "not read", f"assumption: {given.problem}", at=given.at))
        doubt = next((f"the assumption {g.text!r} was not read" for g in derivation.givens if g.problem), "")
        contradiction = contradicts(derivation.givens)
        for relation in derivation.relations:
            made.append(self.relation(relation, derivation.givens, doubt, contradiction))
        for claim in derivation.claims:
            made.append(self._claim(claim, derivation, doubt, contradiction))
        return sorted(made, key=lambda verdict: (verdict.place.line, verdict.place.column))

    def _claim(self, claim: RelationAt, derivation: Derivation, doubt: str, contradiction: str) -> Verdict:
        answer = replace(self.relation(claim, derivation.givens, doubt, contradiction), is_claim=True)
        if answer.verdict in ("refuted", "not read") or claim.relation is None:
            return answer
        ends = [chain.ends for chain in derivation.chains if chain.ends is not None]
        if yields(claim.relation, ends):
            return replace(answer, method=f"the chains yield it; {answer.method}" if answer.verdict == "proved" else answer.method)
        if any(relation.relation is None for relation in derivation.relations):
            return replace(answer, verdict="undecided", method="the lines that were read do not yield it, and some were not read")
        why = "true, but the chains do not yield it" if answer.verdict == "proved" else "the chains do not yield it"
        return replace(answer, verdict="gap", method=f"{why}: no combination of their ends gives it")

    def relation(self, item: RelationAt, givens: list[Assumption], doubt: str = "", contradiction: str = "") -> Verdict:
        """The answer to one relation under `givens`."""
        empty = Verdict(item.place, item.text, item.shown, "not read", item.problem, at=item.at)
        if item.relation is None:
            return empty
        read = [relation for given in givens for relation in given.relations]
        shown = replace(empty, relation=item.relation.text, latex=item.relation.latex, at=None, mathml=_mathml(item.relation))
        if contradiction:
            return replace(shown, verdict="undecided", method=contradiction)
        relevant = connected(item.relation, read)
        key = (item.relation.text, tuple(given.text for given in relevant))
        if key not in self.known or key in self.fruitless:
            self.fruitless.discard(key)
            self.known[key] = self._without(shown, item.relation, relevant) or self._decide(shown, item.relation, relevant)
        known = self.known[key]
        answer = replace(known, place=item.place, text=item.text)
        if answer.verdict == "refuted" and (doubt or item.names_unread):
            reason = doubt or f"the definition of {', '.join(item.names_unread)} was not read"
            return replace(answer, verdict="undecided", method=f"false without more, but {reason}", counterexample=None, suggestions=())
        return answer

    def _without(self, shown: Verdict, relation: Relation, givens: list[Relation]) -> Verdict | None:
        """Proved with no assumption at all: most lines are, it is quicker, and the reason is the true one."""
        key = (relation.text, ())
        if givens and key not in self.known:
            judge = Judge(timeout=self.timeout, work=PLAIN, seed=self.seed, suggest=False)
            self.known[key] = judge._decide(shown, relation, [])
            if self.known[key].verdict != "proved":
                self.fruitless.add(key)
        found = self.known.get(key) if givens else None
        return found if found is not None and found.verdict == "proved" else None

    def _decide(self, shown: Verdict, relation: Relation, givens: list[Relation]) -> Verdict:
        try:
            claim = InformationClaim(relation, givens)
        except ClaimError as error:
            return replace(shown, method=error.message + (f"; expected {error.expected}" if error.expected else ""))
        except SemtheoryError as error:
            return replace(shown, verdict="undecided", method=str(error))
        try:
            result = claim.decide(seed=self.seed, deadline=Deadline(self.timeout, work=self.work))
        except SemtheoryError as error:
            return replace(shown, verdict="undecided", method=str(error))
        shown = replace(shown, seconds=result.seconds)
        if result.verdict == "proved" and result.certificate is not None:
            try:
                _accept(result.certificate)
            except CertificateError as error:
                return replace(shown, verdict="undecided", method=f"the checker does not accept the proof: {error}")
            return replace(shown, verdict="proved", method=phrase(relation, result.certificate))
        if result.verdict == "refuted":
            found = suggestions(relation, givens, self._proves) if self.suggest else []
            return replace(shown, verdict="refuted", method=result.method, counterexample=result.counterexample, suggestions=tuple(found))
        return replace(shown, verdict="undecided", method=result.note)

    def _proves(self, relation: Relation, givens: list[Relation], work: float) -> bool:
        relevant = connected(relation, givens)
        key = (relation.text, tuple(given.text for given in relevant))
        if key not in self.tested:
            result = InformationClaim(relation, relevant).decide(seed=self.seed, deadline=Deadline(work=work))
            if result.certificate is not None:
                _accept(result.certificate)
            self.tested[key] = result.verdict == "proved"
        return self.tested[key]


def _mathml(relation: Relation) -> str:
    from semtheory.notation.mathml import to_mathml

    return to_mathml(relation)


def _accept(certificate: dict[str, object]) -> None:
    from semtheory.logic.checker import check

    check(certificate)


def _names(relation: Relation) -> set[str]:
    return {name for name, _lo, _hi in reduce_relation(relation).form.terms()}


def connected(relation: Relation, givens: list[Relation]) -> list[Relation]:
    """The assumptions that have to do with a relation, directly or through others; the rest cannot matter to it."""
    reached = _names(relation)
    sets = [_names(given) for given in givens]
    grew = bool(reached)
    while grew:
        grew = False
        for names in sets:
            if names & reached and not names <= reached:
                reached |= names
                grew = True
    return [given for given, names in zip(givens, sets, strict=True) if names & reached]


def contradicts(givens: list[Assumption]) -> str:
    """Why nothing can follow from the givens together; empty when they may hold."""
    relations = [relation for given in givens for relation in given.relations]
    try:
        horizon = find_horizon(relations)
        nothing = Relation(sympy.S.Zero, "=", sympy.S.Zero)
        _refuse_contradictions(Question(nothing, relations, horizon.name if horizon else None, "", deadline=Deadline(work=5.0)))
    except GivenError as error:
        return str(error).splitlines()[0]
    except SemtheoryError:
        return ""  # said where the assumptions are used
    return ""
