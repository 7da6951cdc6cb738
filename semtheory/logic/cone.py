"""Is a vector a non-negative combination of given ones? Answered exactly, both ways.

Floating point proposes (HiGHS), rationals decide. A positive answer is a list of exact multipliers that adds up to the
target; a negative one is an exact vector that separates the target from the cone. When rounding fails, an exact
simplex over the rationals with column generation settles the question, so a coefficient such as 1.000000000001 is
never lost in a tolerance.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from semtheory.errors import TimedOut
from semtheory.logic.result import Deadline

Key = Hashable
Vector = dict[Key, Fraction]


@dataclass(frozen=True)
class Column:
    """One generator: `entries`, whether its multiplier may have either sign, and how much a proof should avoid it."""

    tag: Any
    entries: Vector
    free: bool = False
    weight: float = 1.0


@dataclass(frozen=True)
class Combination:
    """target = sum of multiplier * column, exactly."""

    terms: tuple[tuple[Column, Fraction], ...]


@dataclass(frozen=True)
class Separator:
    """A vector y with y.column >= 0 for every column (= 0 for the free ones) and y.target < 0, exactly."""

    values: Vector


def decompose(columns: Sequence[Column], target: Vector, deadline: Deadline | None = None) -> Combination | Separator | None:
    """Write `target` as a combination of `columns` (non-negative multipliers unless free), or separate it from them.

    None when neither could be established exactly in the time allowed by the solver's own limits.
    """
    deadline = deadline or Deadline()
    target = {key: value for key, value in target.items() if value}
    if not target:
        return Combination(())
    touched = {key for column in columns for key in column.entries}
    loose = next((key for key in target if key not in touched), None)
    if loose is not None:
        # Nothing reaches this coordinate: the unit vector along it separates.
        return Separator({loose: Fraction(-1) if target[loose] > 0 else Fraction(1)})
    guess: list[int] | None = []
    try:
        guess = _float_combination(columns, target, deadline)
        if guess is not None:
            exact = _solve_exactly([columns[k] for k in guess], target)
            if exact is not None:
                return exact
        else:
            witness = _float_separator(columns, target, deadline)
            if witness is not None:
                return witness
    except OverflowError:
        pass  # a coefficient beyond floating point: rationals alone must do
    return _exact_by_column_generation(columns, target, guess or [], deadline)


def _matrix(columns: Sequence[Column], keys: Sequence[Key]) -> Any:
    import numpy as np
    from scipy.sparse import csc_matrix

    row_of = {key: k for k, key in enumerate(keys)}
    rows, cols, data = [], [], []
    for j, column in enumerate(columns):
        for key, value in column.entries.items():
            rows.append(row_of[key])
            cols.append(j)
            data.append(float(value))
    return csc_matrix((np.array(data), (rows, cols)), shape=(len(keys), len(columns)))


def _keys(columns: Sequence[Column], target: Vector) -> list[Key]:
    return list(dict.fromkeys([*target, *(key for column in columns for key in column.entries)]))


def _options(deadline: Deadline) -> dict[str, Any]:
    remaining = deadline.remaining
    return {} if remaining is None else {"time_limit": max(0.01, remaining)}


def _float_combination(columns: Sequence[Column], target: Vector, deadline: Deadline) -> list[int] | None:
    """Indices of the columns that HiGHS uses, or None when it finds the system infeasible."""
    import numpy as np
    from scipy.optimize import linprog
    from scipy.sparse import hstack

    keys = _keys(columns, target)
    free = [j for j, column in enumerate(columns) if column.free]
    matrix = _matrix(columns, keys)
    full = hstack([matrix, -matrix[:, free]], format="csc") if free else matrix
    cost = np.array([column.weight for column in columns] + [columns[j].weight for j in free])
    right = np.array([float(target.get(key, 0)) for key in keys])
    answer = linprog(cost, A_eq=full, b_eq=right, bounds=(0, None), method="highs-ds", options=_options(deadline))
    if answer.status == 1:
        raise TimedOut("the linear programme did not finish in the time allowed")
    if answer.x is None:
        return None
    used = {j if j < len(columns) else free[j - len(columns)] for j in map(int, np.flatnonzero(answer.x))}
    return sorted(used)


def _float_separator(columns: Sequence[Column], target: Vector, deadline: Deadline) -> Separator | None:
    import numpy as np
    from scipy.optimize import linprog

    keys = _keys(columns, target)
    matrix = _matrix(columns, keys).T.tocsr()
    free = np.array([column.free for column in columns])
    cost = np.array([float(target.get(key, 0)) for key in keys])
    answer = linprog(
        cost,
        A_ub=-matrix[~free],
        b_ub=np.zeros(int((~free).sum())),
        A_eq=matrix[free] if free.any() else None,
        b_eq=np.zeros(int(free.sum())) if free.any() else None,
        bounds=(-1, 1),
        method="highs",
        options=_options(deadline),
    )
    if answer.x is None:
        return None
    for limit in (12, 1000, 10**6):
        values = {key: Fraction(float(v)).limit_denominator(limit) for key, v in zip(keys, answer.x, strict=True)}
        values = {key: value for key, value in values.items() if value}
        if _separates(values, columns, target):
            return Separator(values)
    return None


def _dot(values: Vector, entries: Vector) -> Fraction:
    return sum((value * values[key] for key, value in entries.items() if key in values), Fraction(0))


def _separates(values: Vector, columns: Iterable[Column], target: Vector) -> bool:
    if _dot(values, target) >= 0:
        return False
    for column in columns:
        product = _dot(values, column.entries)
        if product < 0 or (column.free and product):
            return False
    return True


def _solve_exactly(columns: list[Column], target: Vector) -> Combination | None:
    """Multipliers of exactly these columns, by exact elimination; None when they do not exist or have a wrong sign."""
    from flint import fmpq, fmpq_mat

    keys = _keys(columns, target)
    if len(keys) * (len(columns) + 1) > 4_000_000:
        return None
    row_of = {key: k for k, key in enumerate(keys)}
    width = len(columns) + 1
    flat = [fmpq(0)] * (len(keys) * width)
    for j, vector in enumerate([*(column.entries for column in columns), target]):
        for key, entry in vector.items():
            flat[row_of[key] * width + j] = fmpq(entry.numerator, entry.denominator)
    reduced, rank = fmpq_mat(len(keys), width, flat).rref()
    terms = []
    for row in range(rank):
        pivot = next(j for j in range(width) if reduced[row, j])
        if pivot == width - 1:
            return None
        value = reduced[row, width - 1]
        if value < 0 and not columns[pivot].free:
            return None
        if value:
            terms.append((columns[pivot], Fraction(int(value.p), int(value.q))))
    return Combination(tuple(terms))


def _exact_by_column_generation(columns: Sequence[Column], target: Vector, start: list[int], deadline: Deadline) -> Combination | Separator | None:
    """Exact phase one on a growing set of columns; every round adds those that the current separator violates most."""
    chosen = list(dict.fromkeys([*start, *(j for j, column in enumerate(columns) if column.free)]))
    present = set(chosen)
    for _ in range(200):
        deadline.check()
        answer = _exact_phase_one([columns[j] for j in chosen], target, deadline)
        if isinstance(answer, Combination):
            return answer
        scores = [(_dot(answer.values, column.entries), j) for j, column in enumerate(columns) if j not in present]
        violated = sorted((score, j) for score, j in scores if score < 0)
        if not violated:
            return answer
        for _score, j in violated[: max(20, len(chosen) // 4)]:
            chosen.append(j)
            present.add(j)
    return None


def _exact_phase_one(columns: list[Column], target: Vector, deadline: Deadline) -> Combination | Separator:
    """Exact simplex on sparse rational rows, Bland's rule: a combination, or a separator of these columns."""
    from flint import fmpq

    keys = _keys(columns, target)
    structural: list[tuple[int, int]] = []  # (column, sign)
    for j, column in enumerate(columns):
        structural.append((j, 1))
        if column.free:
            structural.append((j, -1))
    artificial, right = len(structural), len(structural) + len(keys)
    flips = [-1 if target.get(key, 0) < 0 else 1 for key in keys]
    rows: list[dict[int, Any]] = []
    by_key: dict[Key, dict[int, Fraction]] = {key: {} for key in keys}
    for place, (j, sign) in enumerate(structural):
        for key, value in columns[j].entries.items():
            by_key[key][place] = sign * value
    for k, key in enumerate(keys):
        row = {place: fmpq(flips[k] * v.numerator, v.denominator) for place, v in by_key[key].items()}
        row[artificial + k] = fmpq(1)
        goal = abs(target.get(key, Fraction(0)))
        if goal:
            row[right] = fmpq(goal.numerator, goal.denominator)
        rows.append(row)
    basis = [artificial + k for k in range(len(keys))]
    objective: dict[int, Any] = {}
    for row in rows:
        for place, entry in row.items():
            if not artificial <= place < right:
                _accumulate(objective, place, entry)
    while objective.get(right):
        deadline.check()
        entering = min((place for place, value in objective.items() if place < artificial and value > 0), default=None)
        if entering is None:
            break
        ratios = [(row.get(right, fmpq(0)) / row[entering], basis[k], k) for k, row in enumerate(rows) if row.get(entering, 0) > 0]
        _ratio, _name, leaving = min(ratios)
        _pivot(rows, objective, leaving, entering)
        basis[leaving] = entering
    if objective.get(right):
        # The reduced cost of the k-th artificial is minus one plus its dual price.
        prices = {key: -flips[k] * (objective.get(artificial + k, fmpq(0)) + 1) for k, key in enumerate(keys)}
        return Separator({key: Fraction(int(v.p), int(v.q)) for key, v in prices.items() if v})
    total: dict[int, Fraction] = {}
    for k, place in enumerate(basis):
        amount = rows[k].get(right)
        if amount and place < artificial:
            j, sign = structural[place]
            total[j] = total.get(j, Fraction(0)) + sign * Fraction(int(amount.p), int(amount.q))
    return Combination(tuple((columns[j], value) for j, value in total.items() if value))


def _accumulate(row: dict[int, Any], place: int, value: Any) -> None:
    new = row.get(place, 0) + value
    if new:
        row[place] = new
    else:
        row.pop(place, None)


def _pivot(rows: list[dict[int, Any]], objective: dict[int, Any], leaving: int, entering: int) -> None:
    pivot = rows[leaving]
    scale = 1 / pivot[entering]
    for place in pivot:
        pivot[place] = pivot[place] * scale
    for row in [*rows, objective]:
        factor = row.get(entering)
        if row is pivot or not factor:
            continue
        for place, value in pivot.items():
            _accumulate(row, place, -factor * value)
