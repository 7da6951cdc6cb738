"""Independent copies of linear laws, in numbers that make the remaining assumptions hold exactly.

Entropies add over independent copies, so with generators g of integer ranks and multiplicities m_g >= 0 every form is
sum m_g form(g): an exact linear program finds m with `zero` forms 0, `nonneg` forms >= 0 and a negative target.
"""

from __future__ import annotations

from fractions import Fraction
from math import gcd, lcm

from semtheory.logic.result import Deadline

Column = tuple[int, ...]


def cheapest_pairs(columns: list[Column], zeros: int, largest: int = 400) -> list[dict[int, int]]:
    """Multiplicities of two columns whose `zeros` first assumptions cancel and whose target (entry 0) is negative."""
    found = []
    for i, left in enumerate(columns[:largest]):
        for j in range(i + 1, min(len(columns), largest)):
            right = columns[j]
            pivot = next((k for k in range(1, 1 + zeros) if left[k]), None)
            if pivot is None or left[pivot] * right[pivot] >= 0:
                continue
            common = gcd(left[pivot], right[pivot])
            a, b = abs(right[pivot]) // common, abs(left[pivot]) // common
            sums = [a * x + b * y for x, y in zip(left, right, strict=True)]
            if sums[0] < 0 and not any(sums[1 : 1 + zeros]) and all(v >= 0 for v in sums[1 + zeros :]):
                found.append({i: a, j: b})
    return sorted(found, key=lambda m: (sum(m.values()), sorted(m.items())))


def mixture(columns: list[Column], zeros: int, deadline: Deadline) -> dict[int, int] | None:
    """Integer multiplicities of columns (target, zero forms..., nonneg forms...), or None when the cone has none.

    Exact primal simplex with Bland's rule: minimise target . m over zero . m = 0, nonneg . m >= 0, sum m <= 1, from m = 0.
    """
    count = len(columns)
    # Rows a . m <= 0 in the homogeneous part, so that m = 0 with all slacks basic is a vertex.
    rows = [[Fraction(c[k]) for c in columns] for k in range(1, 1 + zeros)]
    rows += [[-v for v in row] for row in rows]
    rows += [[Fraction(-c[k]) for c in columns] for k in range(1 + zeros, len(columns[0]) if columns else 0)]
    rows.append([Fraction(1)] * count)
    height = len(rows)
    table = [
        row + [Fraction(i == j) for j in range(height)] + [Fraction(i == height - 1)] for i, row in enumerate(rows)
    ]
    cost = [Fraction(c[0]) for c in columns] + [Fraction(0)] * (height + 1)
    basis = list(range(count, count + height))
    while True:
        deadline.check()
        enter = next((j for j in range(count + height) if cost[j] < 0), None)
        if enter is None:
            break
        ratios = [(row[-1] / row[enter], basis[i], i) for i, row in enumerate(table) if row[enter] > 0]
        if not ratios:
            break  # cannot happen: sum m <= 1 bounds every direction
        leave = min(ratios)[2]
        pivot = table[leave][enter]
        table[leave] = [v / pivot for v in table[leave]]
        for i, row in enumerate(table):
            if i != leave and row[enter]:
                factor = row[enter]
                table[i] = [v - factor * w for v, w in zip(row, table[leave], strict=True)]
        factor = cost[enter]
        cost = [v - factor * w for v, w in zip(cost, table[leave], strict=True)]
        basis[leave] = enter
        if cost[-1] > 0:
            break  # the target is -cost[-1] < 0: enough
    weights = {basis[i]: row[-1] for i, row in enumerate(table) if basis[i] < count and row[-1]}
    if sum((weights[j] * columns[j][0] for j in weights), Fraction(0)) >= 0:
        return None
    scale = lcm(*(w.denominator for w in weights.values()))
    integers = {j: int(w * scale) for j, w in sorted(weights.items())}
    common = gcd(*integers.values())
    return {j: v // common for j, v in integers.items()}
