"""Structured laws for the refuter: all variables are functions of one small sample space.

A *lattice* is a set of functions on the sample space that is closed under pairing: all partitions of a few weighted
points, or the linear functions on GF(q)^k (subspaces, whose entropies are ranks times log q, so that copies, XORs and
claims with almost tight coefficients are decided exactly). Entropies are then table lookups, done for many assignments
of functions to variables at once: an assignment is a row of element numbers, one for each variable.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import product
from math import lcm, log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semtheory.logic.distribution import Distribution
from semtheory.logic.result import Deadline
from semtheory.notation.linear import CONSTANT, ConcreteProblem, Linear

Labels = tuple[int, ...]
ROWS = 70_000  # assignments kept at once, for four variables; fewer for more


@dataclass(frozen=True)
class Lattice:
    """Functions on a sample space, closed under pairing.

    Attributes:
        labels: (L, m) value of each function at each point; element 0 is constant.
        weights: probability of each point.
        join: (L, L) the element that says the same as both.
        height: (L,) entropy of each element: an exact integer, in units of log `base`, when `base` > 0, else in nats.
    """

    labels: NDArray[np.int64]
    weights: tuple[Fraction, ...]
    join: NDArray[np.int16]
    height: NDArray[np.float64] | NDArray[np.int64]
    base: int

    @property
    def exact(self) -> bool:
        return self.base > 0

    @property
    def size(self) -> int:
        return len(self.labels)

    def law(self, variables: Sequence[str], row: Sequence[int]) -> Distribution:
        """The joint law of variables that are the functions `row`."""
        table: dict[Labels, Fraction] = {}
        for point, weight in enumerate(self.weights):
            key = tuple(int(self.labels[element, point]) for element in row)
            table[key] = table.get(key, Fraction(0)) + weight
        return Distribution(variables, table)


def _canonical(labels: Iterable[object]) -> Labels:
    names: dict[object, int] = {}
    return tuple(names.setdefault(label, len(names)) for label in labels)


def _lattice(functions: set[Labels], weights: tuple[Fraction, ...], base: int = 0) -> Lattice:
    elements = sorted(functions, key=lambda f: (max(f), f))
    place = {f: i for i, f in enumerate(elements)}
    join = np.array([[place[_canonical(zip(f, g, strict=True))] for g in elements] for f in elements], dtype=np.int16)
    if base:
        powers = {base**rank: rank for rank in range(len(weights))}
        ranks = np.array([powers[max(f) + 1] for f in elements], dtype=np.int64)
        return Lattice(np.array(elements), weights, join, ranks, base)
    heights = []
    for f in elements:
        masses = [sum(float(w) for w, label in zip(weights, f, strict=True) if label == v) for v in range(max(f) + 1)]
        heights.append(-sum(mass * log(mass) for mass in masses))
    return Lattice(np.array(elements), weights, join, np.array(heights), 0)


@cache
def partitions(weights: tuple[Fraction, ...]) -> Lattice:
    """All functions on points with these probabilities (Bell(m) of them, m <= 5 or so)."""
    functions: list[Labels] = [()]
    for _ in weights:
        functions = [(*f, label) for f in functions for label in range(max(f, default=-1) + 2)]
    return _lattice(set(functions), weights)


@cache
def subspaces(dimension: int, field: int = 2) -> Lattice:
    """All linear functions of `dimension` independent uniform elements of GF(`field`), a prime."""
    points = list(product(range(field), repeat=dimension))
    functions = {_canonical([0] * len(points))}
    for factors in points:
        single = [sum(a * x for a, x in zip(factors, point, strict=True)) % field for point in points]
        functions |= {_canonical(zip(f, single, strict=True)) for f in functions}
    return _lattice(functions, (Fraction(1, len(points)),) * len(points), field)


class Forms:
    """The target and the assumptions of a problem as arrays over the sets that occur, for one law."""

    def __init__(self, problem: ConcreteProblem) -> None:
        self.problem = problem
        self.place = {name: i for i, name in enumerate(problem.variables)}
        self.forms: list[Linear] = [problem.target, *problem.zero, *problem.nonneg]
        self.sets = sorted(
            {a[2] for form in self.forms for a in form if a != CONSTANT}, key=lambda s: (len(s), sorted(s))
        )
        self.scales = [lcm(*(v.denominator for v in form.values())) for form in self.forms]

    def heights(self, lattice: Lattice, rows: NDArray[np.int16]) -> NDArray[Any]:
        """(sets, rows) entropy of every set that occurs."""
        return np.array([height(lattice, rows, [self.place[v] for v in sorted(s)]) for s in self.sets])

    def values(self, lattice: Lattice, rows: NDArray[np.int16]) -> NDArray[Any]:
        """(forms, rows) each form: nats; for an exact lattice exact integers without the constant: form * scale / log base."""
        table = self.heights(lattice, rows).reshape(len(self.sets), len(rows))
        index = {s: i for i, s in enumerate(self.sets)}
        if not lattice.exact:
            sums = np.zeros((len(self.forms), len(rows)))
            for i, form in enumerate(self.forms):
                for atom, coefficient in form.items():
                    sums[i] += float(coefficient) * (1.0 if atom == CONSTANT else table[index[atom[2]]])
            return sums
        integers = [
            {index[a[2]]: int(v * scale) for a, v in form.items() if a != CONSTANT}
            for form, scale in zip(self.forms, self.scales, strict=True)
        ]
        most = max((sum(abs(v) for v in part.values()) for part in integers), default=0)
        # Ranks are below 2^10, so int64 is exact while coefficients stay below 2^52; Python integers beyond that.
        kind = np.int64 if most < 2**52 else object
        result = np.zeros((len(self.forms), len(rows)), dtype=kind)
        for i, part in enumerate(integers):
            for j, factor in part.items():
                result[i] += factor * table[j].astype(kind)
        return result


def height(lattice: Lattice, rows: NDArray[np.int16], places: Sequence[int]) -> NDArray[Any]:
    """(rows,) joint entropy of the variables at `places`."""
    element: NDArray[Any] = np.zeros(len(rows), dtype=np.int16)
    for place in places:
        element = lattice.join[element, rows[:, place]]
    return lattice.height[element]


def assignments(
    problem: ConcreteProblem, lattice: Lattice, rng: np.random.Generator, limit: int, deadline: Deadline
) -> NDArray[np.int16]:
    """(rows, variables) assignments that meet all independences and functional dependences.

    All of them when there are at most `limit` at every stage, else a random choice: variables are assigned one by one,
    each assumption restricts the rows as soon as its variables are assigned, and the constant always stays possible.
    """
    place = {name: i for i, name in enumerate(problem.variables)}
    sets: dict[frozenset[str], int] = {}
    # Each check: sets with +, sets with -, the variables that must be assigned first, all that take part.
    checks: list[tuple[list[int], list[int], frozenset[str], frozenset[str]]] = []
    for a, b, c in problem.independences:
        plus, minus = [a | c, b | c], [a | b | c, c]
        checks.append((_numbers(sets, plus), _numbers(sets, minus), c, a | b | c))
    for a, b in problem.functions:
        checks.append((_numbers(sets, [a | b]), _numbers(sets, [b]), b, a | b))
    tolerance = 0 if lattice.exact else 1e-11
    rows = np.zeros((1, len(place)), dtype=np.int16)
    joins = np.zeros((len(sets), 1), dtype=np.int16)  # of what is assigned in each set
    assigned: set[str] = set()
    for name, stage in place.items():
        deadline.check()
        assigned.add(name)
        keep = max(1, limit // lattice.size)
        if len(rows) > keep:
            chosen = np.sort(rng.choice(len(rows), size=keep, replace=False))
            rows, joins = rows[chosen], joins[:, chosen]
        count = len(rows)
        rows = np.repeat(rows, lattice.size, axis=0)
        joins = np.repeat(joins, lattice.size, axis=1)
        rows[:, stage] = np.tile(np.arange(lattice.size), count)
        for names, number in sets.items():
            if name in names:
                joins[number] = lattice.join[joins[number], rows[:, stage]]
        # I(A;B|C) = 0 holds for subsets of A and B too, so it is used as soon as C is assigned.
        good = np.ones(len(rows), dtype=bool)
        for plus_sets, minus_sets, first, members in checks:
            if name in members and first <= assigned:
                gap = lattice.height[joins[plus_sets]].sum(axis=0) - lattice.height[joins[minus_sets]].sum(axis=0)
                good &= np.abs(gap) <= tolerance
        rows, joins = rows[good], joins[:, good]
    return rows


def _numbers(sets: dict[frozenset[str], int], wanted: list[frozenset[str]]) -> list[int]:
    return [sets.setdefault(names, len(sets)) for names in wanted]


def lattices(count: int, sets: int) -> Iterator[tuple[Lattice, int]]:
    """Lattices and row limits for a problem with `count` variables in `sets` different sets, simplest first."""
    limit = ROWS if count <= 4 else 40_000 if count <= 8 else 12_000 if count <= 16 else 4_000
    limit = max(500, min(limit, 3_000_000 // max(1, sets)))
    half = Fraction(1, 2)
    yield subspaces(1), limit
    yield subspaces(2), limit
    yield partitions((half, half / 2, half / 2)), limit
    yield partitions((Fraction(1, 4),) * 4), limit
    yield subspaces(3), limit
    yield subspaces(2, 3), limit
    yield partitions((Fraction(1, 3),) * 3), limit
    yield partitions((Fraction(3, 4), Fraction(1, 4))), limit
    for weights in ((1, 1, 2, 4), (1, 3, 3, 9), (1, 1, 1, 3), (4, 1, 1, 4)):
        yield partitions(tuple(Fraction(w, sum(weights)) for w in weights)), limit // 2
    yield partitions((Fraction(1, 5),) * 5), limit // 2
