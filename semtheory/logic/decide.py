"""Decide one relation: proved with a certificate, refuted with a law, or undecided.

The order is by cost: a small linear programme, a quick search for a counterexample, larger programmes, a longer search.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from semtheory.errors import CertificateError, ClaimError, GivenError, TimedOut
from semtheory.logic import shannon
from semtheory.logic.assumptions import Assumption, Instance, instance, written_out
from semtheory.logic.certificates import lines, relation_json
from semtheory.logic.cone import Combination
from semtheory.logic.counterexample import ClaimCounterexample
from semtheory.logic.grid import Grid, MaskForm, merge
from semtheory.logic.horizon import Cuts, HorizonTask, prove_for_all
from semtheory.logic.lemmas import Lemma
from semtheory.logic.result import Deadline, Result
from semtheory.notation.canonical import Constraint, HorizonForm, Index, reduce_relation
from semtheory.notation.claims import Relation
from semtheory.notation.linear import LAW, ConcreteProblem, Linear
from semtheory.notation.measures import HorizonSum
from semtheory.notation.variables import split_index

QUICK_SEARCH = 1.0  # seconds of work
LONG_SEARCH = 20.0
REFUTED_UP_TO = 4  # horizons tried for a counterexample
MOST_VARIABLES = 64  # beyond this a concrete problem is refused


@dataclass
class Question:
    """One relation with its assumptions, read and checked."""

    relation: Relation
    givens: list[Relation]
    horizon: str | None
    statement: str
    axioms: tuple[Lemma, ...] = ()
    seed: int = 0
    deadline: Deadline = field(default_factory=Deadline)

    def __post_init__(self) -> None:
        self.constraint: Constraint = reduce_relation(self.relation)
        self.assumptions = [Assumption(k, given) for k, given in enumerate(self.givens, 1)]
        laws = {LAW}.union(self.constraint.form.laws(), *(a.constraint.form.laws() for a in self.assumptions))
        self.laws = tuple(sorted(laws, key=lambda law: (law != LAW, law)))

    def directions(self) -> list[tuple[str, HorizonForm, bool]]:
        """What must be shown: (name in the certificate, form that is >= 0 or = 0, by equalities alone?)."""
        form = self.constraint.form
        if not self.constraint.equality:
            return [(">=", form, False)]
        opposite = HorizonForm()
        opposite.add(form, Fraction(-1))
        return [(">=", form, False), ("<=", opposite, False)]


class Concrete:
    """A question at fixed indices (horizon `n`, if there is one): its grid, its assumptions, its problem for the refuter."""

    def __init__(self, question: Question, n: int | None) -> None:
        self.question, self.n = question, n
        self.values: dict[str, int] = {} if n is None or question.horizon is None else {question.horizon: n}
        self.at: dict[str, Index] = {name: ("", value) for name, value in self.values.items()}
        forms = [question.constraint.form, *(a.constraint.form for a in question.assumptions)]
        # What cancels in the canonical form is still spoken of, and a counterexample must give it a value.
        relations = (question.relation, *question.givens)
        terms = set().union(*(relation.terms() for relation in relations), *(form.terms() for form in forms))
        last = max([0, *(self._last(relation) for relation in relations)])
        names = {(name, lo is None) for name, lo, _hi in terms}
        size = sum(1 if plain else last for _name, plain in names)
        if size > MOST_VARIABLES:
            times = f", with every time from 1 to {last}" if last else ""
            raise ClaimError(f"{size} variables{times}; at most {MOST_VARIABLES}. A claim about every n can be stated with X^n")
        self.grid = Grid([("", k) for k in range(last + 1)], terms, self._order())
        self.instances = [made for assumption in question.assumptions for made in self._instances(assumption)]

    def _order(self) -> list[str]:
        """Plain variables in the order of the longest Markov chain that is assumed: proofs follow the chain."""
        chains = [given.chain for given in self.question.givens if given.chain]
        return [term.name for part in max(chains, key=len, default=()) for term in part.args]

    def _last(self, relation: Relation) -> int:
        """The latest time that the relation speaks of; a running index goes to the end of its range."""
        running = [(part.args[1].name, split_index(part.args[3])) for part in relation.atoms(HorizonSum)]
        if relation.quantifier:
            running.append((relation.quantifier.index.name, split_index(relation.quantifier.hi)))

        def latest(index: Index) -> int:
            symbol, offset = index
            if not symbol or symbol in self.values:
                return self._value(index)
            return offset + max(latest(hi) for name, hi in running if name == symbol)

        return max((latest(hi) for _name, _lo, hi in relation.terms() if hi), default=0)

    def _value(self, index: Index) -> int:
        symbol, offset = index
        return offset + (self.values[symbol] if symbol else 0)

    def form(self, form: HorizonForm) -> MaskForm:
        """The form on the grid, sums written out."""
        total: MaskForm = {}
        for body in written_out(form, self.at):
            merge(total, self.grid.form(body))
        return total

    def _instances(self, assumption: Assumption) -> list[Instance]:
        quantifier = assumption.relation.quantifier
        if quantifier is None:
            return [instance(assumption, self.grid, self.at)]
        first, last = self._value(split_index(quantifier.lo)), self._value(split_index(quantifier.hi))
        made = []
        for t in range(first, last + 1):
            values = {**self.at, quantifier.index.name: ("", t)}
            found = instance(assumption, self.grid, values, str(t))
            made.append(found)
        return made

    def task(self, target: MaskForm, equality: bool) -> shannon.Task:
        return shannon.Task(len(self.grid.pieces), target, self.instances, self.question.laws, self.question.axioms, equality)

    def problem(self) -> ConcreteProblem:
        """For the refuter, which speaks of names and not of bits."""
        variables = sorted(self.grid.concrete_names((1 << len(self.grid.pieces)) - 1))
        zero: list[Linear] = []
        nonneg: list[Linear] = []
        for made in self.instances:
            form = self._named(made.form)
            (zero if made.equality else nonneg).append(form)
        named = self.grid.concrete_names
        return ConcreteProblem(
            variables=tuple(variables),
            laws=self.question.laws,
            target=self._named(self.form(self.question.constraint.form)),
            equality=self.question.constraint.equality,
            zero=tuple(form for form in zero if form),
            nonneg=tuple(form for form in nonneg if form),
            independences=tuple((named(a), named(b), named(c)) for made in self.instances for a, b, c in made.independences),
            functions=tuple((named(a), named(b)) for made in self.instances for a, b in made.functions),
        )

    def _named(self, form: MaskForm) -> Linear:
        return {(p, q, self.grid.concrete_names(mask)): value for (p, q, mask), value in form.items()}


def decide(question: Question) -> Result:
    """The answer to one relation. Raises `ClaimError` or `GivenError` for what cannot be asked."""
    _refuse_contradictions(question)
    if question.horizon is None:
        return _decide_concrete(question)
    return _decide_for_all(question)


def _decide_concrete(question: Question) -> Result:
    concrete = Concrete(question, None)
    size = len(concrete.grid.pieces)
    proofs, unprovable = _proofs(concrete, quick=True)
    if proofs is not None:
        return _proved(question, "shannon", proofs)
    counterexample = refute(concrete, QUICK_SEARCH)
    if counterexample is None and unprovable is None:
        proofs, unprovable = _proofs(concrete, quick=False)
        if proofs is not None:
            return _proved(question, "shannon", proofs)
    counterexample = counterexample or refute(concrete, LONG_SEARCH)
    if counterexample is not None:
        return _refuted(question, "a joint distribution", counterexample)
    if isinstance(unprovable, shannon.Unprovable):
        note = "no Shannon proof exists: a violating polymatroid does; no distribution was found that violates it"
    else:
        note = f"neither proof nor counterexample found; {size} variables are too many to rule out a Shannon proof"
    return Result("undecided", question.statement, note=note)


def _proofs(concrete: Concrete, *, quick: bool) -> tuple[dict[str, Any] | None, shannon.Unprovable | None]:
    """Proof lines for each direction; or None and what is known about why not."""
    question = concrete.question
    form = concrete.form(question.constraint.form)
    if question.constraint.equality:
        answer = shannon.prove(concrete.task(form, True), question.deadline, quick=quick)
        if isinstance(answer, Combination):
            return {"=": _lines(answer, concrete.grid)}, None
    proofs = {}
    for name, part, _ in question.directions():
        answer = shannon.prove(concrete.task(concrete.form(part), False), question.deadline, quick=quick)
        if not isinstance(answer, Combination):
            return None, answer
        proofs[name] = _lines(answer, concrete.grid)
    return proofs, None


def _lines(answer: Combination, grid: Grid) -> list[dict[str, Any]]:
    return lines(((column.tag, times) for column, times in answer.terms), grid)


def _proved(question: Question, kind: str, proof: dict[str, Any]) -> Result:
    """What the solver found, when the small checker accepts it; a proof that it rejects is a fault of ours, and none."""
    from semtheory.logic.checker import FINITE, check, cited, has_divergences

    certificate: dict[str, Any] = {"schema": 1, "kind": kind, "statement": question.statement}
    if kind == "horizon":
        certificate["horizon"] = question.horizon
    if question.axioms:
        certificate["lemmas"] = {lemma.name: list(lemma.measures) for lemma in question.axioms}
    certificate["claim"] = relation_json(question.relation)
    certificate["givens"] = [relation_json(given) for given in question.givens]
    certificate["proof"] = proof
    try:
        check(certificate)
    except CertificateError as rejected:
        note = f"a proof was found that the checker does not accept ({rejected}); please report this claim"
        return Result("undecided", question.statement, note=note)
    note = FINITE if has_divergences(certificate) else ""
    return Result("proved", question.statement, _method(kind, proof), certificate, note=note, cited=tuple(cited(certificate)))


def _refuted(question: Question, method: str, found: ClaimCounterexample) -> Result:
    """The law that was found, when the small checker accepts it; one that it rejects is a fault of ours, and no answer."""
    from semtheory.logic.checker import check

    try:
        check(found.to_json())
    except (CertificateError, ValueError) as rejected:
        note = f"a distribution was found that the checker does not accept ({rejected}); please report this claim"
        return Result("undecided", question.statement, note=note)
    return Result("refuted", question.statement, method, counterexample=found)


def _method(kind: str, proof: dict[str, Any]) -> str:
    if kind == "shannon":
        count = sum(len(part) for part in proof.values())
        return "identity of joint entropies" if not count else f"Shannon, {count} line{'s' if count > 1 else ''}"
    count = sum(len(part["step"]) + len(part["boundary"]) for part in proof.values())
    return f"for every n: step and boundary, {count} line{'s' if count != 1 else ''}"


def refute(concrete: Concrete, work: float) -> ClaimCounterexample | None:
    """A law that refutes the question, looked for with so much `work` at most, in seconds."""
    from semtheory.logic.refuter import refute as search

    question = concrete.question
    allowed = Deadline(question.deadline.remaining, work=work)
    problem = concrete.problem()
    try:
        laws = search(problem, seed=question.seed, deadline=allowed)
    except TimedOut:
        question.deadline.check()  # the whole answer's time is over, or just this search's
        return None
    if laws is None:
        return None
    return ClaimCounterexample(question.statement, question.relation, tuple(question.givens), laws, concrete.n, question.horizon)


def _decide_for_all(question: Question) -> Result:
    assert question.horizon is not None
    quick = [Concrete(question, n) for n in (1, 2)]
    proof = _prove_for_all(question)
    if proof is not None:
        return _proved(question, "horizon", proof)
    for concrete in [*quick, *(Concrete(question, n) for n in range(3, REFUTED_UP_TO + 1))]:
        question.deadline.check()
        found = refute(concrete, LONG_SEARCH / 2)
        if found is not None:
            return _refuted(question, f"a joint distribution at {question.horizon} = {concrete.n}", found)
    proved = [str(concrete.n) for concrete in quick if _proofs(concrete, quick=True)[0] is not None]
    note = f"no proof for every {question.horizon} found, and no counterexample up to {question.horizon} = {REFUTED_UP_TO}"
    if proved:
        note += f"; proved at {question.horizon} = {', '.join(proved)}"
    return Result("undecided", question.statement, note=note)


def _prove_for_all(question: Question) -> dict[str, Any] | None:
    assert question.horizon is not None
    if question.axioms:
        raise ClaimError("an axiom in a claim with a horizon is not supported; state the claim at a fixed n")
    by_equalities = question.constraint.equality
    if by_equalities:
        proof = _direction(question, "=", question.constraint.form, equality=True)
        if proof is not None:
            return {"=": proof}
    proofs = {}
    for name, form, _ in question.directions():
        found = _direction(question, name, form, equality=False)
        if found is None:
            return None
        proofs[name] = found
    return proofs


def _direction(question: Question, name: str, form: HorizonForm, *, equality: bool) -> dict[str, Any] | None:
    assert question.horizon is not None
    task = HorizonTask(form, question.horizon, question.assumptions, question.laws, equality, question.relation.terms())
    proof = prove_for_all(task, question.deadline)
    if proof is None:
        return None
    small = []
    for n in range(1, max(1, Cuts.read(proof["cuts"]).smallest)):
        concrete = Concrete(question, n)
        answer = shannon.prove(concrete.task(concrete.form(form), equality), question.deadline)
        if not isinstance(answer, Combination):
            return None
        small.append({"n": n, "lines": _lines(answer, concrete.grid)})
    return {**proof, "small": small} if small else proof


def _refuse_contradictions(question: Question) -> None:
    """Raise `GivenError` when no law, or only a trivial one, meets the assumptions; nothing follows from those."""
    loose = [a for a in question.assumptions if not a.zeros]
    if not loose:
        return
    concrete = Concrete(question, None if question.horizon is None else 2)
    texts = "; ".join(given.relation.text for given in question.assumptions)
    impossible = concrete.task({("", "", 0): Fraction(-1)}, False)
    if isinstance(shannon.prove(impossible, question.deadline), Combination):
        raise GivenError(f"the assumptions contradict each other: {texts}\nno joint distribution meets them all, so nothing is proved by them")
    everything = 0
    for made in concrete.instances:
        for mask in made.sets:
            everything |= mask
    constant = 0
    for made in concrete.instances:
        for value, argument in made.functions:
            constant |= value if not argument else 0
    if any(law != LAW for law in question.laws) or not everything & ~constant:
        return
    trivial = concrete.task({(LAW, LAW, everything): Fraction(-1)}, False)
    if isinstance(shannon.prove(trivial, question.deadline), Combination):
        names = sorted(concrete.grid.concrete_names(everything))
        raise GivenError(
            f"the assumptions hold only when {', '.join(names)} {'is' if len(names) == 1 else 'are'} constant: {texts}\n"
            f"so nothing is proved by them; where that is meant, assume {' and '.join(f'H({name}) = 0' for name in names)}"
        )


def check_names(relations: list[Relation], givens: list[Relation]) -> str:
    """A note about variables that one assumption alone mentions; `GivenError` when an assumption has nothing to do with the claim."""
    import difflib

    def named(relation: Relation) -> set[str]:
        return {name for name, _lo, _hi in relation.terms()}

    claim = set().union(*(named(relation) for relation in relations))
    sets = [named(given) for given in givens]
    connected, grew = set(claim), True
    while grew:
        grew = False
        for names in sets:
            if names & connected and not names <= connected:
                connected |= names
                grew = True
    notes = []
    for given, names in zip(givens, sets, strict=True):
        unknown = sorted(names - claim)
        if unknown and not names & connected:
            raise GivenError(f"assumption {given.text!r} speaks of {', '.join(unknown)}, which nothing connects with the claim's {', '.join(sorted(claim))}")
        lonely = [name for name in unknown if sum(name in other for other in sets) == 1]
        for name in lonely:
            near = difflib.get_close_matches(name.lower(), [c.lower() for c in claim], n=1, cutoff=0.9)
            meant = next((c for c in sorted(claim) if near and c.lower() == near[0]), "")
            # In a chain of which the claim sees three variables and more, the others are there to be passed through.
            if meant or len(names) - len(lonely) < 3:
                notes.append(f"{name} occurs only in the assumption {given.text!r}" + (f" (did you mean {meant}?)" if meant else ""))
    return "; ".join(notes)
