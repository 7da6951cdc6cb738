"""Causal states: classes of pasts with the same predictive law, found by exact arithmetic.

Whether two beliefs are *equal* decides between finitely and infinitely many causal states, and floats cannot tell. So
numbers are read as the simple fractions within rounding of them (0.05 is 1/20), and fractions are compared through
their residues modulo the prime 2^127 - 1: equal fractions have equal residues, and different ones collide with
probability below 1e-30.

A belief b matters only through its predictions P(word | b) = b T_w 1; the vectors T_w 1 span a space, and a key of b is the
residue of b on a basis of it. So states that predict alike are one from the start.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from semtheory.processes._checks import Array
from semtheory.processes._structure import closed_classes, irreducible_law

PRIME = 2**127 - 1
MOST_STATES = 1000
Row = tuple[int, ...]
Matrix = list[Row]


@dataclass(frozen=True)
class Machine:
    """A unifilar machine: `kernel` (symbols, states, states), the stationary `law`, a `belief` for each state."""

    kernel: Array
    law: Array
    beliefs: Array


def read_fractions(kernel: Array) -> list[list[list[Fraction]]]:
    """The entries as simple fractions where rows then sum to 1 exactly, else as the floats they are, rows scaled to 1."""
    simple = [[[_simple(float(v)) for v in row] for row in matrix] for matrix in kernel]
    states = kernel.shape[1]
    sums = [sum((sum(matrix[i], Fraction(0)) for matrix in simple), Fraction(0)) for i in range(states)]
    if all(total == 1 for total in sums):
        return simple
    exact = [[[Fraction(float(v)) for v in row] for row in matrix] for matrix in kernel]
    sums = [sum((sum(matrix[i], Fraction(0)) for matrix in exact), Fraction(0)) for i in range(states)]
    return [[[v / sums[i] for v in row] for i, row in enumerate(matrix)] for matrix in exact]


def _simple(value: float) -> Fraction:
    """The simple fraction within rounding; what is not 0 stays so, since beliefs are divided by it."""
    near = Fraction(value).limit_denominator(1_000_000)
    return near if near and abs(float(near) - value) <= 4e-16 * max(1e-3, abs(value)) else Fraction(value)


def residues(kernel: Array) -> list[Matrix]:
    """The kernel modulo the prime."""
    return [
        [tuple(v.numerator * pow(v.denominator, -1, PRIME) % PRIME for v in row) for row in matrix]
        for matrix in read_fractions(kernel)
    ]


def unifilar_machine(kernel: Array, law: Array) -> Machine:
    """The causal states of an irreducible unifilar source: its states, those that predict alike taken together."""
    matrices = residues(kernel)
    basis = _predictions(matrices)
    keys = [tuple(column[i] for column in basis) for i in range(len(law))]
    number = {key: k for k, key in enumerate(dict.fromkeys(keys))}
    label = [number[key] for key in keys]
    first = [label.index(k) for k in range(len(number))]
    merged = np.zeros((len(kernel), len(number), len(number)))
    beliefs = np.zeros((len(number), len(law)))
    weights = np.bincount(label, law, len(number)).astype(np.float64)
    for i, k in enumerate(label):
        beliefs[k, i] = law[i] / weights[k]
        if first[k] == i:
            for j, after in enumerate(label):
                merged[:, k, after] += kernel[:, i, j]
    return Machine(merged, weights, beliefs)


def belief_machine(kernel: Array, law: Array, most: int = MOST_STATES) -> Machine | None:
    """The recurrent causal states, where the beliefs reached from the stationary law are finitely many; else None."""
    matrices = residues(kernel)
    basis = _predictions(matrices)
    start = _stationary(matrices)
    if start is None:
        return None
    found: dict[Row, int] = {}
    queue: deque[tuple[Row, Array, int]] = deque()
    moves: list[tuple[int, int, int, float]] = []
    beliefs: list[Array] = []

    def visit(exact: Row, belief: Array) -> int:
        key = tuple(_dot(exact, column) for column in basis)
        if key not in found:
            found[key] = len(found)
            beliefs.append(belief)
            queue.append((exact, belief, found[key]))
        return found[key]

    visit(start, law)
    while queue:
        exact, belief, here = queue.popleft()
        if len(found) > most:
            return None
        for symbol, matrix in enumerate(matrices):
            joint = belief @ kernel[symbol]
            mass = float(joint.sum())
            if mass <= 0:
                continue
            after = [_dot(exact, tuple(row[j] for row in matrix)) for j in range(len(law))]
            scale = pow(sum(after) % PRIME, -1, PRIME)
            moves.append((symbol, here, visit(tuple(v * scale % PRIME for v in after), joint / mass), mass))
    table = np.zeros((len(kernel), len(found), len(found)))
    for symbol, here, there, mass in moves:
        table[symbol, here, there] += mass
    kept = closed_classes(table.sum(axis=0))[0]
    inner = table[:, kept][:, :, kept]
    return Machine(inner, irreducible_law(inner.sum(axis=0)), np.array(beliefs)[kept])


def uncountable(kernel: Array, law: Array) -> bool:
    """Whether the causal states are provably uncountable, their entropy infinite.

    Sufficient: every symbol's matrix is positive and invertible, all states predict differently in every combination
    (the predictions span), and the process is not independent. Then each belief map is a one-to-one contraction. If the
    law of the belief had an atom it would be atomic (the law is ergodic, atoms go to atoms), with two atoms y, z at least:
    on a finite set the maps would be permutations, which contract to a point only if independent. Words that lead from y to
    the atom x have, started from z, at least a fixed fraction of that probability (positive matrices), and lead arbitrarily near x,
    never to x itself. So every ball about x without x keeps a fixed mass: a contradiction. No atom, infinite entropy.
    """
    if np.any(kernel <= 0):
        return False
    matrices = residues(kernel)
    size = len(law)
    if any(_rank(matrix) < size for matrix in matrices) or len(_predictions(matrices)) < size:
        return False
    start = _stationary(matrices)
    if start is None:
        return False
    for matrix in matrices:
        after = [_dot(start, tuple(row[j] for row in matrix)) for j in range(size)]
        if any((after[i] * start[j] - after[j] * start[i]) % PRIME for i in range(size) for j in range(i)):
            return True
    return False


def entropy_of(law: Array) -> float:
    """Entropy of a law in nats."""
    return math.fsum(-p * math.log(p) for p in law.tolist() if p > 0)


def _dot(left: Row, right: Row) -> int:
    return sum(a * b for a, b in zip(left, right, strict=True)) % PRIME


def _predictions(matrices: list[Matrix]) -> list[Row]:
    """A basis of the space spanned by T_w 1 over all words w; the vector of ones comes first."""
    size = len(matrices[0])
    ones: Row = (1,) * size
    basis, echelon, queue = [ones], _Echelon(), deque([ones])
    echelon.add(ones)
    while queue and len(basis) < size:
        column = queue.popleft()
        for matrix in matrices:
            before = tuple(_dot(row, column) for row in matrix)
            if echelon.add(before):
                basis.append(before)
                queue.append(before)
    return basis


class _Echelon:
    """Rows added one by one; knows whether a new one is independent of those before."""

    def __init__(self) -> None:
        self.rows: dict[int, Row] = {}

    def add(self, row: Row) -> bool:
        for pivot, known in self.rows.items():
            if row[pivot]:
                row = tuple((a - row[pivot] * b) % PRIME for a, b in zip(row, known, strict=True))
        lead = next((k for k, value in enumerate(row) if value), None)
        if lead is None:
            return False
        scale = pow(row[lead], -1, PRIME)
        self.rows[lead] = tuple(value * scale % PRIME for value in row)
        return True


def _rank(matrix: Matrix) -> int:
    echelon = _Echelon()
    return sum(echelon.add(row) for row in matrix)


def _stationary(matrices: list[Matrix]) -> Row | None:
    """The stationary law modulo the prime: the left kernel of sum_k T_k - 1, scaled to sum 1."""
    size = len(matrices[0])
    # Columns of the balance equations, with the last one replaced by the sum.
    rows = [
        [(sum(matrix[i][j] for matrix in matrices) - (i == j)) % PRIME for i in range(size)] + [0]
        for j in range(size - 1)
    ] + [[1] * size + [1]]
    for k in range(size):
        pivot = next((r for r in range(k, size) if rows[r][k]), None)
        if pivot is None:
            return None
        rows[k], rows[pivot] = rows[pivot], rows[k]
        scale = pow(rows[k][k], -1, PRIME)
        rows[k] = [value * scale % PRIME for value in rows[k]]
        for r in range(size):
            if r != k and rows[r][k]:
                factor = rows[r][k]
                rows[r] = [(a - factor * b) % PRIME for a, b in zip(rows[r], rows[k], strict=True)]
    return tuple(row[-1] for row in rows)
