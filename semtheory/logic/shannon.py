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
SMALL_LATTICE, LARGE_LATTICE, LARGE_FAMILY = 128, 2048, 700
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


def prove(task: Task, deadline: Deadline) -> Combination | Unprovable | None:
    """A combination of basic inequalities, a proof that none exists, or None when the sets are too many to tell."""
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
        answer = prove(live, deadline)
        if isinstance(answer, Combination):
            return answer
    for family in _small_families(task):
        deadline.check()
        answer = _attempt(task, family, deadline, complete=False)
        if isinstance(answer, Combination):
            return answer
    lattice = _lattice(seeds, LARGE_LATTICE)
    if lattice is not None:
        return _attempt(task, lattice, deadline, complete=True)
    return None


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


def _small_families(task: Task) -> list[set[int]]:
    """Families to try in turn: the claim's own sets, split by the assumptions, then truncated along the order of time."""
    claim = {mask for _p, _q, mask in task.target} - {0}
    plain = {mask for given in task.instances for _p, _q, mask in given.form if not given.independences} - {0}
    base = claim | plain
    split = set(base)
    for given in task.instances:
        for condition in (c for _a, _b, c in given.independences):
            split.add(condition)
        for mask in list(base):
            for left, right, condition in given.independences:
                if mask & left and mask & right and not mask & ~(left | right | condition):
                    split |= {mask | condition, mask & left | condition, mask & right | condition}
            for value, argument in given.functions:
                if not argument & ~mask:
                    split.add(mask | value)
    families = []
    for start in (base, split):
        truncated = set(start)
        for k in range(1, task.size + 1):
            truncated |= {mask & ((1 << k) - 1) for mask in start}
        for family in (start, truncated):
            family = family - {0} | {0}
            if len(family) <= LARGE_FAMILY and family not in families:
                families.append(family)
    return families


def cone_columns(family: set[int], instances: list[Instance], laws: tuple[str, ...], equality: bool, sparse: bool, prefix: tuple[object, ...] = ()) -> list[Column]:
    """Every basic inequality among the sets of `family`, and what the assumptions say about them.

    `sparse` keeps only covering squares, enough on a lattice; otherwise all pairs, which gives shorter proofs.
    """
    columns = assumption_columns(family, instances, equality, prefix)
    if equality:
        return columns
    ordered = sorted(family, key=lambda mask: (mask.bit_count(), mask))
    covers = _covers(ordered)

    def key(p: str, q: str, mask: int) -> tuple[object, ...]:
        return (*prefix, p, q, mask)

    def column(pair: tuple[str, str], tag: dict[str, object], *signed: tuple[int, int]) -> None:
        entries: dict[object, Fraction] = {}
        for mask, sign in signed:
            if mask:
                entries[key(*pair, mask)] = entries.get(key(*pair, mask), Fraction(0)) + sign
        if entries:
            columns.append(Column(tag, entries))  # type: ignore[arg-type]

    for law in laws:
        for small, bigger in covers.items():
            for large in bigger:
                column((law, law), {"I": [large & ~small] * 2, "given": small, "law": law}, (large, 1), (small, -1))
        if sparse:
            pairs = {tuple(sorted(pair)) for bigger in covers.values() for pair in combinations(bigger, 2)}
        else:
            pairs = {(s, t) for s, t in combinations(ordered, 2) if s & ~t and t & ~s}
        for s, t in sorted(pairs):
            if s | t in family and s & t in family:
                tag = {"I": [s & ~t, t & ~s], "given": s & t, "law": law}
                column((law, law), tag, (s, 1), (t, 1), (s | t, -1), (s & t, -1))
        for reference in laws:
            if reference == law:
                continue
            for small in ordered:
                for large in ordered:
                    if small != large and not small & ~large:
                        entries = {
                            key(law, reference, large): ONE,
                            key(law, reference, small): -ONE,
                            key(law, law, large): -ONE,
                            key(law, law, small): ONE,
                        }
                        tag = {"D": [law, reference], "of": large & ~small, "given": small}
                        columns.append(Column(tag, {k: v for k, v in entries.items() if k[-1]}))  # type: ignore[arg-type]
    columns.append(Column({"constant": True}, {(*prefix, *CONSTANT[:2], 0): ONE}))
    return columns


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
