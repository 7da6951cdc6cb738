"""Random laws that meet the assumptions of a claim exactly, the odd ones among them: zeros, point masses, XORs, copies."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from semtheory.logic.distribution import Distribution, meets
from semtheory.logic.refuter_families import assignments, partitions, subspaces
from semtheory.logic.refuter_networks import find_structure
from semtheory.logic.refuter_reduce import contract, contractions, expand
from semtheory.logic.refuter_search import LARGEST_JOINT, Space, random_weights
from semtheory.logic.result import Deadline
from semtheory.notation.linear import LAW, ConcreteProblem

Laws = dict[str, Distribution]

PATIENCE = 20  # proposals for each law asked for
FREE = 6  # variables that get kernels of their own


def random_models(
    problem: ConcreteProblem, seed: int, count: int, *, deadline: Deadline | None = None
) -> Iterator[Laws]:
    """Up to `count` random sets of laws, one for each name in `problem.laws`, that meet every assumption exactly.

    The target plays no part. Independences, functional dependences and shared kernels hold by construction; other
    assumptions are met by rejection, so that fewer than `count` laws come when they are hard to meet. Deterministic in
    `problem`, `seed` and `count`. Cross entropies may be infinite: laws have zeros.
    """
    deadline = deadline or Deadline()
    rng = np.random.default_rng(seed)
    sources = [_from_network(problem, rng, deadline), _from_network(problem, rng, deadline)]
    if set(problem.laws) <= {LAW}:
        sources.append(_from_lattice(problem, rng, deadline))
    found = 0
    for attempt in range(PATIENCE * count):
        deadline.check()
        laws = next(sources[attempt % len(sources)])
        if laws and meets(problem, laws):
            yield laws
            found += 1
            if found == count:
                return


def _from_lattice(problem: ConcreteProblem, rng: np.random.Generator, deadline: Deadline) -> Iterator[Laws]:
    """Functions of a few fair bits, or of four weighted points; {} where a proposal came to nothing."""
    weighted = partitions(tuple(Fraction(w, 8) for w in (1, 1, 2, 4)))
    while True:
        for lattice in (subspaces(1), subspaces(2), weighted, subspaces(3), subspaces(2, 3)):
            rows = assignments(problem, lattice, rng, 2_000, deadline)
            if not len(rows):
                yield {}
            else:
                for i in rng.integers(0, len(rows), size=4):
                    yield {LAW: lattice.law(problem.variables, tuple(map(int, rows[i])))}


def _from_network(problem: ConcreteProblem, rng: np.random.Generator, deadline: Deadline) -> Iterator[Laws]:
    """Random kernels with small integer weights on random networks; alphabets of 1 to 3 symbols; {} for no law."""
    attempt = 0
    while True:
        for mapping in _mappings(problem, rng):
            deadline.check()
            small = contract(problem, mapping)
            structure = find_structure(small, rng, attempt)
            attempt += 1
            if structure is None:
                yield {}
                continue
            top = 4 if len(small.variables) <= 4 else 3
            sizes = {name: int(rng.integers(1, top) if rng.random() < 0.3 else 2) for name in small.variables}
            space = Space(small, structure, sizes)
            if space.joint_size > LARGEST_JOINT:
                yield {}
            else:
                for _ in range(2):
                    weights = {key: w[0] for key, w in random_weights(space, 1, rng).items()}
                    yield expand(space.laws(weights), problem, mapping)


def _mappings(problem: ConcreteProblem, rng: np.random.Generator) -> list[dict[str, str | None]]:
    if len(problem.variables) <= FREE:
        return [{name: name for name in problem.variables}]
    return list(contractions(problem, rng))
