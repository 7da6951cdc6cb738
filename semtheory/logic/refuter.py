"""Search for a joint distribution that meets every assumption exactly and makes a claim false.

Cheap first: functions of a few fair bits (copies, XORs), then of a few weighted points; independent copies of these,
where the assumptions are general linear ones; simple rational kernels on a network that implies the independences; last,
minimising the target over all kernels. Whatever a stage proposes is confirmed in exact arithmetic, then made simpler.
Finding none proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semtheory.logic.distribution import Distribution, refutes
from semtheory.logic.refuter_families import Forms, Lattice, assignments, lattices
from semtheory.logic.refuter_mixing import Column, cheapest_pairs, mixture
from semtheory.logic.refuter_networks import Structure, find_structure, shared_kernels
from semtheory.logic.refuter_reduce import bundles, contract, contractions, expand
from semtheory.logic.refuter_search import LARGEST_JOINT, Space, minimised, sampled
from semtheory.logic.refuter_simplify import simplify
from semtheory.logic.result import Deadline
from semtheory.notation.linear import CONSTANT, LAW, ConcreteProblem, Linear, add, divergence, entropy, information

Laws = dict[str, Distribution]

MOST_OUTCOMES = 1024  # of a mixture of copies
FEW_OUTCOMES = 64  # larger mixtures are kept for the end: nobody reads them with pleasure
FULL_SEARCH = 5  # variables that are searched without first contracting some


def refute(problem: ConcreteProblem, *, seed: int = 0, deadline: Deadline | None = None) -> Laws | None:
    """A law for each name, with rational entries, that refutes the claim; None when none was found.

    The answer depends on `problem` and `seed` alone. Infinite cross entropies are not used: every assumption and the
    target have finite values under the laws returned.

    Raises:
        TimedOut: the deadline passed first.
    """
    deadline = deadline or Deadline()
    if not problem.target:
        return None
    mapping = bundles(problem)
    for small in _candidates(contract(problem, mapping), np.random.default_rng(seed), deadline):
        deadline.check()
        laws = expand(small, problem, mapping)
        if refutes(problem, laws):
            return simplify(laws, lambda simpler: refutes(problem, simpler), deadline)
    return None


def _candidates(problem: ConcreteProblem, rng: np.random.Generator, deadline: Deadline) -> Iterator[Laws]:
    """Laws that seem to refute the claim, cheapest stage first."""
    signs = (1, -1) if problem.equality else (1,)
    loose = loose_zeros(problem)
    large: list[Laws] = []
    if set(problem.laws) <= {LAW}:
        for laws in _from_lattices(problem, loose, signs, rng, deadline):
            if len(laws[LAW].pmf) <= FEW_OUTCOMES:
                yield laws
            else:
                large.append(laws)
    if len(problem.variables) <= FULL_SEARCH:
        yield from _from_networks(problem, signs, bool(loose), rng, deadline, effort=1.0)
    parts = list(contractions(problem, rng)) if len(problem.variables) > FULL_SEARCH else []
    for mapping in parts:
        small = contract(problem, mapping)
        if small.target:
            for laws in _from_networks(small, signs, bool(loose), rng, deadline, effort=1.0 / len(parts)):
                yield expand(laws, problem, mapping)
    yield from large


def loose_zeros(problem: ConcreteProblem) -> list[Linear]:
    """The assumptions `form == 0` that are neither an independence, nor a function, nor a shared kernel."""
    known = [information(*sets) for sets in problem.independences] + [entropy(*sets) for sets in problem.functions]
    known += [divergence(y, x, p, q) for p, q, y, x in shared_kernels(problem)]
    return [form for form in problem.zero if form and not any(_parallel(form, other) for other in known)]


def _parallel(left: Linear, right: Linear) -> bool:
    if left.keys() != right.keys():
        return False
    atom = next(iter(left))
    return not add(dict(left), right, -left[atom] / right[atom])


def _from_lattices(
    problem: ConcreteProblem, loose: list[Linear], signs: tuple[int, ...], rng: np.random.Generator, deadline: Deadline
) -> Iterator[Laws]:
    forms = Forms(replace(problem, zero=tuple(loose)))
    for lattice, limit in lattices(len(problem.variables), len(forms.sets)):
        rows = assignments(problem, lattice, rng, limit, deadline)
        if not len(rows):
            continue
        deadline.check()
        values = forms.values(lattice, rows)
        for sign in signs:
            for row in _violations(forms, lattice, values, sign, len(loose), rows):
                yield {LAW: lattice.law(problem.variables, row)}
            if lattice.exact and (loose or problem.nonneg or CONSTANT in problem.target):
                yield from _mixtures(forms, lattice, values, sign, len(loose), rows, deadline)


def _violations(
    forms: Forms, lattice: Lattice, values: NDArray[Any], sign: int, zeros: int, rows: NDArray[np.int16]
) -> Iterable[tuple[int, ...]]:
    """A few rows that violate the target and seem to meet the loose assumptions, those with the fewest symbols first."""
    constants = [float(form.get(CONSTANT, 0)) for form in forms.forms]
    if lattice.exact and not any(constants):
        target, assumed, tolerance = sign * values[0], values[1:], 0.0
    else:
        if lattice.exact:  # a constant, in nats, beside multiples of log base
            values = np.array(
                [
                    v.astype(float) * np.log(lattice.base) / s + c
                    for v, s, c in zip(values, forms.scales, constants, strict=True)
                ]
            )
        target, assumed, tolerance = sign * values[0], values[1:], 1e-10
    good = (target < -tolerance) & (np.abs(assumed[:zeros]) <= tolerance).all(axis=0)
    good &= (assumed[zeros:] >= -tolerance).all(axis=0)
    hits = np.flatnonzero(good)
    symbols = lattice.labels.max(axis=1)[rows[hits]].sum(axis=1)
    return [tuple(map(int, rows[i])) for i in hits[np.argsort(symbols, kind="stable")][:10]]


def _mixtures(
    forms: Forms,
    lattice: Lattice,
    values: NDArray[Any],
    sign: int,
    zeros: int,
    rows: NDArray[np.int16],
    deadline: Deadline,
) -> Iterator[Laws]:
    """Independent copies of several rows; constants are then reached by taking more copies of everything."""
    first: dict[Column, int] = {}
    order = np.argsort(lattice.labels.max(axis=1)[rows].sum(axis=1), kind="stable")
    for place in order:
        column = tuple(int(v) for v in values[:, place])
        first.setdefault((sign * column[0], *column[1:]), int(place))
    columns = [c for c in first if any(c)]
    if not columns:
        return
    best = cheapest_pairs(columns, zeros)[:3]
    best += [m] if (m := mixture(columns[:2000], zeros, deadline)) else []
    variables = forms.problem.variables
    for multiplicities in best:
        for scale in (1, 2, 3, 4, 6, 8, 10):
            deadline.check()
            copies = [first[columns[j]] for j, m in multiplicities.items() for _ in range(m * scale)]
            if len(lattice.weights) ** len(copies) > MOST_OUTCOMES**2:
                break
            law = lattice.law(variables, tuple(rows[copies[0]]))
            for place in copies[1:]:
                if len(law.pmf) > MOST_OUTCOMES:
                    break
                law = law.product(lattice.law(variables, tuple(rows[place]))).compact()
            if len(law.pmf) <= MOST_OUTCOMES:
                yield {LAW: law}


def _from_networks(
    problem: ConcreteProblem,
    signs: tuple[int, ...],
    loose: bool,
    rng: np.random.Generator,
    deadline: Deadline,
    effort: float,
) -> Iterator[Laws]:
    structures: list[Structure] = []
    for attempt in range(6):
        deadline.check()
        structure = find_structure(problem, rng, attempt)
        if structure is not None and structure not in structures:
            structures.append(structure)
    plain = not problem.independences and not problem.functions and not problem.zero
    structures = structures[:1] if plain else structures[:4]
    share = effort / max(1, len(structures))
    for size in (2, 3):
        for structure in structures:
            space = Space(problem, structure, dict.fromkeys(problem.variables, size))
            if space.joint_size <= LARGEST_JOINT:
                for sign in signs:
                    yield from sampled(space, sign, max(100, int((20_000 if loose else 4_000) * share)), rng, deadline)
    if loose:
        return  # rounding a minimum does not keep an equality
    for size in (2, 3, 4):
        for structure in structures:
            space = Space(problem, structure, dict.fromkeys(problem.variables, size))
            starts = max(1, int((24, 12, 6)[size - 2] * share * min(1.0, 300 / space.parameters)))
            if space.joint_size <= LARGEST_JOINT // 2:
                for sign in signs:
                    yield from minimised(space, sign, starts, rng, deadline)
