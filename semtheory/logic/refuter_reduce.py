"""Fewer variables: some made constant, some made copies of others, so that many variables can be searched at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

import numpy as np

from semtheory.logic.distribution import Distribution
from semtheory.notation.linear import CONSTANT, ConcreteProblem, Linear

Mapping_ = Mapping[str, str | None]  # variable -> the one that it copies, None for a constant

KEPT = 4  # variables that remain free
TRIES = 12


def bundles(problem: ConcreteProblem) -> dict[str, str | None]:
    """Variables that occur only together are one variable of a larger alphabet; those that never occur are constant."""
    sets = [atom[2] for form in (problem.target, *problem.zero, *problem.nonneg) for atom in form]
    sets += [part for assumption in (*problem.independences, *problem.functions) for part in assumption]
    first: dict[tuple[bool, ...], str] = {}
    mapping: dict[str, str | None] = {}
    for name in problem.variables:
        pattern = tuple(name in part for part in sets)
        mapping[name] = name if any(pattern) and first.setdefault(pattern, name) == name else None
    return mapping


def contractions(problem: ConcreteProblem, rng: np.random.Generator) -> Iterator[dict[str, str | None]]:
    """Random contractions: runs of neighbours become copies (chains survive that), or variables at random, or constants."""
    names = problem.variables
    needed = frozenset().union(*(atom[2] for atom in problem.target))
    if 0 < len(needed) <= KEPT + 1 and len(needed) < len(names):
        yield {name: name if name in needed else None for name in names}
    for attempt in range(TRIES):
        kept = min(KEPT if attempt % 3 else KEPT - 1, len(names))
        if attempt % 2 == 0:
            cuts = np.sort(rng.choice(np.arange(1, len(names)), size=kept - 1, replace=False))
            label = np.searchsorted(cuts, np.arange(len(names)), side="right")
        else:
            label = rng.integers(0, kept, size=len(names))
            label[rng.permutation(len(names))[:kept]] = np.arange(kept)
        constant = rng.random(len(names)) < (0.0, 0.3, 0.6)[attempt % 3]
        first: dict[int, str] = {}
        mapping: dict[str, str | None] = {}
        for name, group, fixed in zip(names, label, constant, strict=True):
            mapping[name] = None if fixed else first.setdefault(int(group), name)
        if first:
            yield mapping


def contract(problem: ConcreteProblem, mapping: Mapping_) -> ConcreteProblem:
    """The problem after the substitution; assumptions that became empty are dropped."""
    kept = tuple(name for name in problem.variables if mapping[name] == name)

    def image(names: frozenset[str]) -> frozenset[str]:
        return frozenset(target for name in names if (target := mapping[name]) is not None)

    def form(linear: Linear) -> Linear:
        result: Linear = {}
        for atom, value in linear.items():
            law, reference, names = atom
            new = CONSTANT if atom == CONSTANT else (law, reference, image(names))
            if atom == CONSTANT or new[2]:
                result[new] = result.get(new, Fraction(0)) + value
        return {atom: value for atom, value in result.items() if value}

    return ConcreteProblem(
        kept,
        problem.laws,
        form(problem.target),
        problem.equality,
        tuple(new for old in problem.zero if (new := form(old))),
        tuple(new for old in problem.nonneg if (new := form(old))),
        tuple((image(a), image(b), image(c)) for a, b, c in problem.independences if image(a) and image(b)),
        tuple((image(a), image(b)) for a, b in problem.functions if image(a) - image(b)),
    )


def expand(laws: Mapping[str, Distribution], problem: ConcreteProblem, mapping: Mapping_) -> dict[str, Distribution]:
    """Laws of all variables from those of the kept ones."""
    result = {}
    for name, law in laws.items():
        places = [None if mapping[v] is None else law.variables.index(str(mapping[v])) for v in problem.variables]
        result[name] = Distribution(
            problem.variables,
            {tuple(0 if p is None else outcome[p] for p in places): mass for outcome, mass in law.pmf.items()},
        )
    return result
