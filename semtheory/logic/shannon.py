"""Which basic inequalities to try, and in which order: the part of the Shannon prover that makes it scale.

The polymatroids on a sublattice of sets extend to all sets: S -> f(smallest set of the lattice that contains S) is
again monotone and submodular. So the lattice that the claim and its assumptions generate is enough, both to prove and
to show that no Shannon proof exists. Where even that lattice is large, proofs are looked for on small families first:
the sets of the claim, the sets at which assumptions split them, and their truncations along one order of the
variables (the chain rule), which is where Han's inequality and data processing along a long chain live.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from semtheory.errors import ClaimError
from semtheory.logic.assumptions import Instance
from semtheory.logic.cone import Column, Combination, Separator, decompose
from semtheory.logic.grid import MaskForm
from semtheory.logic.lemmas import Lemma
from semtheory.logic.result import Deadline
from semtheory.notation.linear import CONSTANT, LAW

ONE = Fraction(1)
SMALL_LATTICE, LARGE_LATTICE, LARGE_FAMILY, MOST_PAIRS = 128, 2048, 1000, 60_000
MOST_WITH_AXIOMS = 7
EQUALITY_WEIGHT = 0.2  # using an assumption is cheaper than using an inequality


@dataclass
class Task:
    """`target >= 0`, or `== 0` by equalities alone when `equality`, over `size` pieces under `instances`."""

    size: int
    target: MaskForm
    instances: list[Instance]
    laws: tuple[str, ...]
    axioms: tuple[Lemma, ...] = ()
    equality: bool = False


@dataclass(frozen=True)
class Unprovable:
    """No Shannon proof exists; `polymatroid` violates the claim and meets every assumption, set by set."""

    polymatroid: dict[object, Fraction]


def prove(task: Task, deadline: Deadline, *, quick: bool = False) -> Combination | Unprovable | None:
    """A combination of basic inequalities, a proof that none exists, or None when the sets are too many to tell.

    `quick` tries only what takes milliseconds; None then means no more than that.
    """
    seeds = _seeds(task)
    if task.axioms:
        # A lemma speaks of single variables, so the lattice of the claim is too coarse for it.
        if task.size > MOST_WITH_AXIOMS:
            raise ClaimError(f"{task.size} variables with an axiom; at most {MOST_WITH_AXIOMS}")
        return _attempt(task, set(range(1 << task.size)), deadline, complete=True)
    lattice = _lattice(seeds, SMALL_LATTICE)
    if lattice is not None:
        return _attempt(task, lattice, deadline, complete=True)
    live = _without_dead_variables(task)
    if live is not None:
        answer = prove(live, deadline, quick=quick)
        if isinstance(answer, Combination):
            return answer
    base = _base(task)
    split = _split(task, base)
    families = [base, _truncated(task, base)] if quick else [split, _truncated(task, split)]
    for family in families:
        deadline.check()
        if len(family) <= LARGE_FAMILY:
            answer = _attempt(task, family, deadline, complete=False)
            if isinstance(answer, Combination):
                return answer
    if quick:
        return None
    for left, right in ((split, split), (base, base | _intervals(task))):
        deadline.check()
        if len(left) * len(right) <= MOST_PAIRS:
            combined = decompose(_open_columns(task, left, right), task.target, deadline)  # type: ignore[arg-type]
            if isinstance(combined, Combination):
                return combined
    lattice = _lattice(seeds, LARGE_LATTICE)
    return None if lattice is None else _attempt(task, lattice, deadline, complete=True)


def _seeds(task: Task) -> set[int]:
    seeds = {mask for _p, _q, mask in task.target}
    for given in task.instances:
        seeds |= given.sets
    return seeds - {0}


def _attempt(task: Task, family: set[int], deadline: Deadline, *, complete: bool) -> Combination | Unprovable | None:
    columns = cone_columns(family, task.instances, task.laws, task.equality, sparse=complete and len(family) > 64)
    if task.axioms:
        columns += axiom_columns(task.axioms, task.size)
    answer = decompose(columns, task.target, deadline)  # type: ignore[arg-type]
    if isinstance(answer, Combination):
        return answer
    if isinstance(answer, Separator) and complete and not task.axioms:
        return Unprovable({key[2]: value for key, value in answer.values.items() if key[0] == key[1]})  # type: ignore[index]
    return None


def _lattice(seeds: Iterable[int], limit: int) -> set[int] | None:
    """All unions of intersections of the seeds, or None when there are more than `limit`."""
    seeds = sorted(seeds)
    union = 0
    for seed in seeds:
        union |= seed
    irreducible = set()
    for bit in (1 << k for k in range(union.bit_length()) if union >> k & 1):
        meet = union
        for seed in seeds:
            if seed & bit:
                meet &= seed
        irreducible.add(meet)
    found = {0}
    for generator in sorted(irreducible, key=lambda mask: (mask.bit_count(), mask)):
        found |= {mask | generator for mask in found}
        if len(found) > limit:
            return None
    return found


def _without_dead_variables(task: Task) -> Task | None:
    """Drop variables that only one chain mentions. Dropping weakens assumptions, so a proof stays a proof."""
    live = 0
    for _p, _q, mask in task.target:
        live |= mask
    mentioned: dict[int, set[int]] = {}
    for given in task.instances:
        plain = not given.independences
        for mask in given.sets:
            for bit in _bits(mask):
                mentioned.setdefault(bit, set()).add(given.number)
                if plain:
                    live |= bit
    for bit, numbers in mentioned.items():
        if len(numbers) > 1:
            live |= bit
    if all(bit & live for bit in mentioned):
        return None
    kept = []
    for given in task.instances:
        if not given.independences:
            kept.append(given)
            continue
        triples = [(a & live, b & live, c) for a, b, c in given.independences if not c & ~live and a & live and b & live]
        if triples:
            kept.append(Instance(given.number, given.at, True, {}, triples, given.functions))
    return Task(task.size, task.target, kept, task.laws, task.axioms, task.equality)


def _bits(mask: int) -> list[int]:
    return [1 << k for k in range(mask.bit_length()) if mask >> k & 1]


def _base(task: Task) -> set[int]:
    """The sets that the claim and the plain assumptions speak of."""
    claim = {mask for _p, _q, mask in task.target}
    return claim | {mask for given in task.instances for _p, _q, mask in given.form if not given.independences} | {0}


def _split(task: Task, base: set[int]) -> set[int]:
    """`base` and the parts into which independences split its sets, or functions complete them."""
    found = set(base)
    for given in task.instances:
        found |= {condition for _a, _b, condition in given.independences}
        for mask in base:
            for left, right, condition in given.independences:
                if mask & left and mask & right and not mask & ~(left | right | condition):
                    found |= {mask | condition, mask & left | condition, mask & right | condition}
            found |= {mask | value for value, argument in given.functions if not argument & ~mask}
    return found


def _truncated(task: Task, sets: set[int]) -> set[int]:
    """`sets` and what they have in common with the first k variables: the sets of chain rules along one order."""
    return sets | {mask & ((1 << k) - 1) for mask in sets for k in range(1, task.size + 1)}


def _intervals(task: Task) -> set[int]:
    """Neighbouring variables in their order, where long Markov chains decompose."""
    return {(1 << end) - (1 << start) for end in range(1, task.size + 1) for start in range(end)}


def _open_columns(task: Task, left: set[int], right: set[int]) -> list[Column]:
    """Submodularity of every pair from `left` and `right`, whatever their union and intersection are."""
    columns: list[Column] = []
    family = {0} | left | right
    if not task.equality:
        for law in task.laws:
            for s, t in sorted({(min(s, t), max(s, t)) for s in left for t in right}):
                if s & ~t and t & ~s:
                    family |= {s | t, s & t}
                    columns.append(_submodularity(s, t, law))
            columns += [_monotonicity(s, t, law) for s in sorted(left) for t in sorted(right) if s != t and not s & ~t]
    return columns + assumption_columns(family, task.instances, task.equality)


def _submodularity(s: int, t: int, law: str, prefix: tuple[object, ...] = ()) -> Column:
    """I(S minus T; T minus S | S and T) >= 0."""
    tag = {"I": [s & ~t, t & ~s], "given": s & t, "law": law}
    entries = {(*prefix, law, law, mask): sign for mask, sign in ((s, ONE), (t, ONE), (s | t, -ONE), (s & t, -ONE)) if mask}
    return Column(tag, entries)  # type: ignore[arg-type]


def _monotonicity(small: int, large: int, law: str, prefix: tuple[object, ...] = ()) -> Column:
    """H(large minus small | small) >= 0."""
    tag = {"I": [large & ~small] * 2, "given": small, "law": law}
    return Column(tag, {(*prefix, law, law, mask): sign for mask, sign in ((large, ONE), (small, -ONE)) if mask})


def cone_columns(family: set[int], instances: list[Instance], laws: tuple[str, ...], equality: bool, sparse: bool, prefix: tuple[object, ...] = ()) -> list[Column]:
    """Every basic inequality among the sets of `family`, and what the assumptions say about them.

    `sparse` keeps only covering squares, enough on a lattice; otherwise all pairs, which gives shorter proofs.
    """
    columns = assumption_columns(family, instances, equality, prefix)
    if equality:
        return columns
    ordered = sorted(family, key=lambda mask: (mask.bit_count(), mask))
    covers = _covers(ordered)

    for law in laws:
        columns += [_monotonicity(small, large, law, prefix) for small, above in covers.items() for large in above]
        if sparse:
            pairs = {(min(pair), max(pair)) for above in covers.values() for pair in combinations(above, 2)}
        else:
            pairs = {(s, t) for s, t in combinations(ordered, 2) if s & ~t and t & ~s}
        columns += [_submodularity(s, t, law, prefix) for s, t in sorted(pairs) if s | t in family and s & t in family]
        for reference in laws:
            if reference == law:
                continue
            for small in ordered:
                for large in ordered:
                    if small != large and not small & ~large:
                        columns.append(_gibbs(small, large, law, reference, prefix))
    columns.append(Column({"constant": True}, {(*prefix, *CONSTANT[:2], 0): ONE}))
    return columns


def _gibbs(small: int, large: int, law: str, reference: str, prefix: tuple[object, ...]) -> Column:
    """D(law(large|small) || reference(large|small)) >= 0."""
    tag = {"D": [law, reference], "of": large & ~small, "given": small}
    signed = ((reference, large, ONE), (reference, small, -ONE), (law, large, -ONE), (law, small, ONE))
    return Column(tag, {(*prefix, law, q, mask): sign for q, mask, sign in signed if mask})


def _covers(ordered: list[int]) -> dict[int, list[int]]:
    """For each set the smallest larger ones, inside the family."""
    covers: dict[int, list[int]] = {}
    for k, small in enumerate(ordered):
        above: list[int] = []
        for large in ordered[k + 1 :]:
            if not small & ~large and not any(not middle & ~large for middle in above):
                above.append(large)
        covers[small] = above
    return covers


def assumption_columns(family: set[int], instances: list[Instance], equality: bool, prefix: tuple[object, ...] = ()) -> list[Column]:
    """The assumptions themselves, and I(A';B'|C) = 0, H(A'|B') = 0 for the sets of the family that they split."""
    columns: list[Column] = []
    seen: set[tuple[object, ...]] = set()

    def add(tag: dict[str, object], form: MaskForm, free: bool) -> None:
        form = {key: value for key, value in form.items() if key[2] or not key[0]}
        mark = (free, frozenset(form.items()))
        if form and mark not in seen:
            seen.add(mark)
            columns.append(Column(tag, {(*prefix, *key): value for key, value in form.items()}, free, EQUALITY_WEIGHT))

    for given in instances:
        if (given.equality or not equality) and given.form:
            add(given.tag, given.form, given.equality)
        for left, right, condition in given.independences:
            whole = left | right | condition
            for mask in sorted(family):
                a, b = mask & left, mask & right
                if a and b and not mask & ~whole and not condition & ~mask and {a | condition, b | condition} <= family | {0}:
                    add({**given.tag, "I": [a, b], "given": condition}, _zero_information(a, b, condition), True)
        for value, argument in given.functions:
            for mask in sorted(family):
                if not argument & ~mask and value & ~mask and mask | value in family:
                    rest = value & ~mask
                    form: MaskForm = {(LAW, LAW, mask | value): ONE, (LAW, LAW, mask): -ONE}
                    add({**given.tag, "H": rest, "given": mask}, form, True)
    return columns


def _zero_information(a: int, b: int, c: int) -> MaskForm:
    form: MaskForm = {}
    for mask, sign in ((a | c, 1), (b | c, 1), (a | b | c, -1), (c, -1)):
        form[LAW, LAW, mask] = form.get((LAW, LAW, mask), Fraction(0)) + sign
    return form


def axiom_columns(axioms: tuple[Lemma, ...], size: int) -> list[Column]:
    """Instances of cited lemmas on distinct single variables."""
    return [
        Column({"axiom": lemma.name, "with": letters}, form, False, 2.0)  # type: ignore[arg-type]
        for lemma in axioms
        for letters, form in lemma.instances(size)
    ]
