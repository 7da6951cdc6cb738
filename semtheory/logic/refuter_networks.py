"""Bayesian networks whose structure implies the independences and functional dependences that are given.

Start from the graph without edges, in which everything is independent, and add edges in a random order as long as every
assumption still follows by d-separation (with deterministic nodes, Geiger, Verma and Pearl 1990). Whatever kernels are
then put on the graph, the assumptions hold exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import numpy as np

from semtheory.logic.distribution import Distribution
from semtheory.notation.linear import CONSTANT, LAW, ConcreteProblem, add, divergence

Independence = tuple[frozenset[str], frozenset[str], frozenset[str]]
Function = tuple[frozenset[str], frozenset[str]]
Kernels = dict[tuple[str, str], dict[tuple[int, ...], tuple[Fraction, ...]]]

MOST_PARENTS = 4


@dataclass(frozen=True)
class Network:
    """One law's graph: `order` is topological, `parents` in that order, `functions` are the deterministic nodes."""

    order: tuple[str, ...]
    parents: Mapping[str, tuple[str, ...]]
    functions: frozenset[str]


@dataclass(frozen=True)
class Structure:
    """A network for each law; `owner[law, variable]` names the law whose kernel that variable uses under `law`."""

    networks: Mapping[str, Network]
    owner: Mapping[tuple[str, str], str]

    @property
    def order(self) -> tuple[str, ...]:
        return next(iter(self.networks.values())).order


def normal_assumptions(problem: ConcreteProblem) -> tuple[list[Independence], list[Function]]:
    """Independences with disjoint sets, functions of single variables; I(A,S;B,S|C) = 0 says that S is a function of C."""
    independences: set[Independence] = set()
    functions: set[tuple[str, frozenset[str]]] = set()
    for a, b, c in problem.independences:
        a, b = a - c, b - c
        functions |= {(name, c) for name in a & b}
        c = c | (a & b)
        if a - c and b - c:
            independences.add((a - c, b - c, c))
    for a, b in problem.functions:
        functions |= {(name, b) for name in a - b}
    return (
        sorted(independences, key=lambda t: [sorted(part) for part in t]),
        [(frozenset([n]), b) for n, b in sorted(functions, key=lambda t: (t[0], sorted(t[1])))],
    )


def shared_kernels(problem: ConcreteProblem) -> list[tuple[str, str, frozenset[str], frozenset[str]]]:
    """(p, q, Y, X) for each assumption D(p(Y|X)||q(Y|X)) = 0, recognised by its form up to a factor."""
    found = []
    for form in problem.zero:
        crossed = [a for a in form if a != CONSTANT and a[0] != a[1]]
        if not 1 <= len(crossed) <= 2:
            continue
        whole = max(crossed, key=lambda a: len(a[2]))
        condition = min(crossed, key=lambda a: len(a[2]))[2] if len(crossed) == 2 else frozenset()
        expected = divergence(whole[2] - condition, condition, whole[0], whole[1])
        if not add(dict(form), expected, -form[whole] / expected[whole] if whole in expected else Fraction(0)):
            found.append((whole[0], whole[1], whole[2] - condition, condition))
    return found


def find_structure(problem: ConcreteProblem, rng: np.random.Generator, attempt: int) -> Structure | None:
    """A random maximal structure that implies all independences, functions and shared kernels, or None.

    `attempt` 0 keeps the order of the variables and prefers short edges, 1 reverses it, later ones are random.
    """
    independences, functions = normal_assumptions(problem)
    shared = shared_kernels(problem)
    before: dict[str, set[str]] = {name: set() for name in problem.variables}
    allowed: dict[str, frozenset[str]] = {}
    chosen = [functions[i] for i in (rng.permutation(len(functions)) if attempt > 1 else range(len(functions)))]
    for targets, sources in chosen:
        for name in targets:
            if name not in allowed:
                allowed[name] = sources
                before[name] |= sources - {name}
    fixed = frozenset(allowed)
    groups: dict[tuple[str, str], str] = {}
    for law, reference, block, condition in shared:
        done: set[str] = set()
        for name in (v for v in problem.variables if v in block):
            scope = frozenset(condition | done)
            allowed[name] = allowed[name] & scope if name in allowed else scope
            before[name] |= scope
            first, second = sorted((law, reference), key=lambda n: (n != LAW, n))
            groups[second, name] = groups.get((first, name), first)
            done.add(name)
    order = _order(problem.variables, before, rng, attempt)
    if order is None:
        return None
    networks: dict[str, Network] = {}
    owner: dict[tuple[str, str], str] = {}
    for law in sorted(problem.laws, key=lambda name: name != LAW):
        network = _network(
            order,
            allowed,
            fixed if law == LAW else frozenset(),
            independences if law == LAW else [],
            functions if law == LAW else [],
            rng,
            attempt,
            {v: networks[groups[law, v]].parents[v] for v in order if groups.get((law, v)) in networks},
        )
        if network is None:
            return None
        networks[law] = network
        owner |= {(law, v): o if (o := groups.get((law, v), law)) in networks else law for v in order}
    return Structure(networks, owner)


def _order(
    names: tuple[str, ...], before: dict[str, set[str]], rng: np.random.Generator, attempt: int
) -> tuple[str, ...] | None:
    ranked = (
        list(names)
        if attempt == 0
        else list(names)[::-1]
        if attempt == 1
        else [names[i] for i in rng.permutation(len(names))]
    )
    order: list[str] = []
    while len(order) < len(names):
        ready = [n for n in ranked if n not in order and before[n] <= set(order)]
        if not ready:
            # Dependences in a circle: a graph may still imply them all, with some variable constant.
            if attempt == 0:
                return None
            ready = [n for n in ranked if n not in order]
        order.append(ready[0])
    return tuple(order)


def _network(
    order: tuple[str, ...],
    allowed: Mapping[str, frozenset[str]],
    fixed: frozenset[str],
    independences: list[Independence],
    functions: list[Function],
    rng: np.random.Generator,
    attempt: int,
    given: Mapping[str, tuple[str, ...]],
) -> Network | None:
    place = {name: i for i, name in enumerate(order)}
    parents = [sum(1 << place[p] for p in given.get(name, ())) for name in order]

    def mask(names: Iterable[str]) -> int:
        return sum(1 << place[n] for n in names)

    tests = [(mask(a), mask(b), mask(c)) for a, b, c in independences]
    wanted = [(mask(a), mask(b)) for a, b in functions]
    determined = mask(fixed)
    if not _implied(parents, determined, tests, wanted):
        return None
    edges = [
        (i, j)
        for j in range(len(order))
        for i in range(j)
        if order[j] not in given and order[i] in allowed.get(order[j], order)
    ]
    ranks = rng.permutation(len(edges)) if attempt > 1 else [j - i for i, j in edges]
    for _, (i, j) in sorted(zip(map(int, ranks), edges, strict=True)):
        if parents[j].bit_count() >= MOST_PARENTS:
            continue
        parents[j] |= 1 << i
        if (tests or wanted) and not _implied(parents, determined, tests, wanted):
            parents[j] &= ~(1 << i)
    return Network(
        order, {name: tuple(n for n in order if parents[place[name]] >> place[n] & 1) for name in order}, fixed
    )


def _implied(
    parents: list[int], determined: int, tests: list[tuple[int, int, int]], wanted: list[tuple[int, int]]
) -> bool:
    return all(a & ~_closure(parents, determined, b) == 0 for a, b in wanted) and all(
        separated(parents, determined, a, b, c) for a, b, c in tests
    )


def _closure(parents: list[int], determined: int, known: int) -> int:
    """`known` with all deterministic nodes that follow from it; nodes are in topological order."""
    for node, above in enumerate(parents):
        if determined >> node & 1 and above & ~known == 0:
            known |= 1 << node
    return known


def separated(parents: list[int], determined: int, left: int, right: int, given: int) -> bool:
    """d-separation of bit sets of nodes: `given` and what it determines block all paths of the moral ancestral graph."""
    given = _closure(parents, determined, given)
    left, right = left & ~given, right & ~given
    relevant = left | right | given
    for node in range(len(parents) - 1, -1, -1):
        if relevant >> node & 1:
            relevant |= parents[node]
    near = [0] * len(parents)
    for node, above in enumerate(parents):
        if relevant >> node & 1:
            near[node] |= above
            rest = above
            while rest:
                low = rest & -rest
                near[low.bit_length() - 1] |= (1 << node) | (above ^ low)
                rest ^= low
    reached, front = left, left
    while front:
        low = front & -front
        front ^= low
        fresh = near[low.bit_length() - 1] & ~given & ~reached
        reached |= fresh
        front |= fresh
    return reached & right == 0


def joint_laws(structure: Structure, kernels: Kernels) -> dict[str, Distribution]:
    """The laws of a structure with exact kernels: `kernels[law, variable][parent values]` is a row of probabilities.

    Built from the first variable on, so that only outcomes of positive probability are ever listed.
    """
    laws = {}
    for law, network in structure.networks.items():
        table: dict[tuple[int, ...], Fraction] = {(): Fraction(1)}
        for name in network.order:
            places = [network.order.index(p) for p in network.parents[name]]
            kernel = kernels[structure.owner[law, name], name]
            table = {
                (*key, value): mass * part
                for key, mass in table.items()
                for value, part in enumerate(kernel[tuple(key[k] for k in places)])
                if part
            }
        laws[law] = Distribution(network.order, table)
    return laws


def parent_values(network: Network, name: str, sizes: Mapping[str, int]) -> list[tuple[int, ...]]:
    """All outcomes of the parents of `name`, in the order of a C array."""
    return list(product(*(range(sizes[p]) for p in network.parents[name])))
