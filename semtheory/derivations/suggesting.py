"""What would mend a false relation: usual conditions, the other direction, a shifted index, a condition put back.

Each is tried on the prover, and only what it proves is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations, permutations

import sympy

from semtheory.errors import SemtheoryError
from semtheory.logic.result import Deadline
from semtheory.notation.claims import Relation
from semtheory.notation.measures import DI, TE, CausalH, H, I
from semtheory.notation.parser import parse_claim
from semtheory.notation.variables import Block, RandomVariable, VariableSet

Prover = Callable[[Relation, list[Relation], float], bool]
BUDGET = 3.0  # seconds of work for one relation
EACH = 0.4  # for one candidate: several times what those that are proved take
MOST = 4  # suggestions shown
Term = Block | RandomVariable


def suggestions(relation: Relation, givens: list[Relation], prove: Prover, work: float = BUDGET) -> list[str]:
    """Sentences, each about something that was proved."""
    deadline = Deadline(work=work)
    found: list[str] = []
    kinds = (_reversed, _put_back, _shifted, _conditions)
    for kind in kinds:
        count = 0
        for sentence, changed, more in kind(relation):
            left = deadline.remaining or 0.0
            if left <= 0.0 or len(found) >= MOST:
                return found
            try:
                good = prove(changed, [*givens, *more], min(EACH, left))
            except SemtheoryError:
                continue
            if good:
                found.append(sentence + ": proved")
                count += 1
                if count >= (1 if kind is _reversed else 2):
                    break
    return found


Candidate = tuple[str, Relation, list[Relation]]


def _reversed(relation: Relation) -> Iterator[Candidate]:
    flips = {"<=": (">=",), ">=": ("<=",), "=": ("<=", ">=")}
    for op in flips[relation.op]:
        changed = replace(relation, op=op)
        yield f"with the relation {op}, {changed.text}", changed, []


def _swapped(relation: Relation, old: sympy.Basic, new: sympy.Basic, side: str) -> Relation:
    return replace(relation, **{side: getattr(relation, side).xreplace({old: new})})


def _measures(relation: Relation) -> list[tuple[str, sympy.Basic]]:
    return [(side, measure) for side in ("right", "left") for measure in sorted(getattr(relation, side).atoms(H, I), key=sympy.sstr)]


def _terms(relation: Relation) -> list[Term]:
    found = {term for side in (relation.left, relation.right) for term in side.atoms(Block, RandomVariable)}
    return sorted(found, key=sympy.sstr)


def _put_back(relation: Relation) -> Iterator[Candidate]:
    """A condition that occurs elsewhere in the relation, added to one measure."""
    conditions = {measure.args[1] for _side, measure in _measures(relation) if measure.args[1].args}
    extra = sorted(conditions | {VariableSet(term) for term in _terms(relation)}, key=lambda c: (c not in conditions, sympy.sstr(c)))
    for side, measure in _measures(relation)[:6]:
        inside = set(measure.args[0].args if isinstance(measure, H) else [t for part in measure.args[0].args for t in part.args])
        for condition in extra[:8]:
            given = measure.args[1] | condition
            if given == measure.args[1] or set(condition.args) & inside or _overlap(condition, inside):
                continue
            new = type(measure)(*([measure.args[0]] if isinstance(measure, H) else measure.args[0].args), given=given)
            changed = _swapped(relation, measure, new, side)
            yield f"with {sympy.sstr(condition)} put back into the condition, {changed.text}", changed, []


def _overlap(condition: VariableSet, inside: set[Term]) -> bool:
    """Whether a block of the condition contains a variable of the measure (same process, so that nothing would be left)."""
    names = {term.name for term in inside}
    return any(term.name in names for term in condition.args)


def _shifted(relation: Relation) -> Iterator[Candidate]:
    """One index moved by one step: X^t for X^{t-1}."""
    for side, measure in _measures(relation)[:6]:
        for block in sorted(measure.atoms(Block), key=sympy.sstr)[:5]:
            for step in (1, -1):
                for part in ("hi", "lo") if block.lo != block.hi else ("both",):
                    lo = block.lo + (step if part != "hi" else 0)
                    hi = block.hi + (step if part != "lo" else 0)
                    if part == "lo" and block.lo == 1:
                        continue
                    try:
                        moved = Block(block.name, lo, hi)
                        changed = _swapped(relation, measure, measure.xreplace({block: moved}), side)
                    except (SemtheoryError, TypeError, ValueError):
                        continue
                    if changed != relation:
                        yield f"with {sympy.sstr(moved)} for {sympy.sstr(block)}, {changed.text}", changed, []


def _conditions(relation: Relation) -> Iterator[Candidate]:
    """Markov chains, no feedback, independences among what the relation speaks of."""
    terms = _terms(relation)
    for text in [*_temporal(relation, terms), *_plain(terms)]:
        try:
            made = parse_claim(text)
        except SemtheoryError:
            continue
        yield f"given {text}", relation, made


def _temporal(relation: Relation, terms: list[Term]) -> Iterator[str]:
    names = sorted({term.name for term in terms if isinstance(term, Block)})
    if relation.left.has(DI, TE, CausalH) or relation.right.has(DI, TE, CausalH) or len(names) > 1:
        n = next((symbol.name for symbol in sorted(relation.free_symbols, key=str)), None)
        if n is None:
            return
        for x, y in list(permutations(names, 2))[:6]:
            yield f"{y}^{{t-1}} -> {x}^{{t-1}} -> {x}_t for t=1..{n}"  # no feedback
        for x, y in list(permutations(names, 2))[:6]:
            others = "".join(f"{name}," for name in sorted({term.name for term in terms if isinstance(term, RandomVariable)}))
            yield f"{others}{x}^{{t-1}},{y}^{{t-1}} -> {x}_t -> {y}_t for t=1..{n}"  # memoryless
    if names:
        n = next((symbol.name for symbol in sorted(relation.free_symbols, key=str)), None)
        for x in names if n else ():
            yield f"I({x}^{{t-1}};{x}_t) = 0 for t=1..{n}"


def _plain(terms: list[Term]) -> Iterator[str]:
    fixed = [term for term in terms if isinstance(term, RandomVariable) or not _runs(term)][:5]
    shown = [sympy.sstr(term) for term in fixed]
    pairs = [(a, b) for a, b in combinations(range(len(fixed)), 2) if fixed[a].name != fixed[b].name]
    for size in (1, 2):
        for a, b in pairs:
            rest = [k for k in range(len(fixed)) if k not in (a, b) and fixed[k].name not in (fixed[a].name, fixed[b].name)]
            for middle in combinations(rest, size):
                yield f"{shown[a]} -> {','.join(shown[k] for k in middle)} -> {shown[b]}"
    for a, b in pairs:
        yield f"I({shown[a]};{shown[b]}) = 0"


def _runs(term: Block) -> bool:
    from semtheory.notation.variables import HORIZON_LETTERS

    return any(symbol.name not in HORIZON_LETTERS for symbol in term.lo.free_symbols | term.hi.free_symbols)
