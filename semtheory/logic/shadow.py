"""The numeric shadow of a claim: both sides in floating point, from the definitions, on random laws.

An independent path on purpose. Nothing here goes through the canonical form: a conditional mutual information is the
expectation of a log-likelihood ratio, directed information compares p(y^n||x^n) with p(y^n) path by path. A proof of a
wrong statement, or a wrong translation of a right one, would be contradicted. Random laws come from Hypothesis (its
database off, its seed given), from a small Markov source with feedback, and, where there are assumptions, from laws
that meet them exactly.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from semtheory.notation.claims import Relation
from semtheory.notation.measures import DI, TE, CausalH, D, H, HorizonSum, I, Law
from semtheory.notation.variables import Block, VariableSet, split_index

TOLERANCE = 1e-9  # nats, for sums of a few hundred terms in double precision
MOST_OUTCOMES = 5_000
Values = dict[str, int]


@dataclass
class Table:
    """A joint law as an array, an axis for each name; `q` and further laws on the same axes."""

    names: tuple[str, ...]
    laws: dict[str, NDArray[np.float64]]
    note: str = ""

    def marginal(self, law: str, names: frozenset[str]) -> NDArray[np.float64]:
        """The law of `names`, broadcastable against the joint array."""
        drop = tuple(k for k, name in enumerate(self.names) if name not in names)
        return self.laws[law].sum(axis=drop, keepdims=True)


@dataclass
class Contradiction:
    """A law on which a proved claim is false, to be shown to a person."""

    statement: str
    table: Table
    left: float
    right: float

    def describe(self, unit: str = "nats") -> str:
        scale = math.log(2) if unit == "bits" else 1.0
        lines = [self.statement, self.table.note, f"left  {self.left / scale:.12g} {unit}", f"right {self.right / scale:.12g} {unit}"]
        for law, array in self.table.laws.items():
            lines.append(f"{law}({', '.join(self.table.names)}):")
            lines += [f"  {tuple(int(v) for v in outcome)}  {array[tuple(outcome)]:.6g}" for outcome in np.argwhere(array > 0)[:20]]
        return "\n".join(line for line in lines if line)


def evaluate(expression: sympy.Expr, table: Table, values: Values) -> float:
    """A linear combination of measures under the laws of `table`, in nats; `values` gives the indices their numbers."""
    result = 0.0
    for term in sympy.Add.make_args(sympy.sympify(expression)):
        coefficient, rest = term.as_coeff_Mul()
        if rest == 1:
            result += float(coefficient)
        elif rest.is_Add:
            result += float(coefficient) * evaluate(rest, table, values)
        else:
            result += float(coefficient) * _measure(rest, table, values)
    return result


def _measure(measure: sympy.Expr, table: Table, values: Values) -> float:
    if isinstance(measure, HorizonSum):
        body, index, lo, hi = measure.args
        times = range(_at(lo, values), _at(hi, values) + 1)
        return math.fsum(evaluate(body, table, {**values, index.name: t}) for t in times)
    if isinstance(measure, H):
        variables, given = (_names(part, values) for part in measure.args)
        return -_mean(table, "p", table.marginal("p", variables | given), table.marginal("p", given))
    if isinstance(measure, I):
        return _information([_names(part, values) for part in measure.args[0].args], _names(measure.args[1], values), table)
    if isinstance(measure, D):
        return _divergence(measure.args[0], measure.args[1], table, values)
    if isinstance(measure, (DI, TE, CausalH)):
        return _causal(measure, table, values)
    raise TypeError(f"{measure} has no numeric value")


def _at(index: sympy.Expr, values: Values) -> int:
    symbol, offset = split_index(index)
    return offset + (values[symbol] if symbol else 0)


def _names(variables: VariableSet, values: Values) -> frozenset[str]:
    names: set[str] = set()
    for term in variables.args:
        if isinstance(term, Block):
            names.update(f"{term.name}_{t}" for t in range(_at(term.lo, values), _at(term.hi, values) + 1))
        else:
            names.add(term.name)
    return frozenset(names)


def _mean(table: Table, law: str, over: NDArray[np.float64], under: NDArray[np.float64]) -> float:
    """E_law[log(over / under)]; infinite where the law has mass and a ratio is 0 or has no denominator."""
    weights = table.laws[law]
    over, under = np.broadcast_arrays(over * np.ones_like(weights), under * np.ones_like(weights))
    mask = weights > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(over[mask]) - np.log(under[mask])
    return float(np.dot(weights[mask], logs))


def _information(parts: list[frozenset[str]], given: frozenset[str], table: Table) -> float:
    if len(parts) > 2:
        # I(A;B;C|D) = I(A;B|D) - I(A;B|C,D), by definition (McGill 1954).
        head, last = parts[:-1], parts[-1]
        return _information(head, given, table) - _information(head, given | last, table)
    left, right = parts
    p = table.marginal
    return _mean(table, "p", p("p", left | right | given) * p("p", given), p("p", left | given) * p("p", right | given))


def _divergence(first: Law, second: Law, table: Table, values: Values) -> float:
    names = _names(first.args[1], values) or frozenset(table.names)
    given = _names(first.args[2], values)
    p, q = first.name, second.name
    over = table.marginal(p, names | given) * table.marginal(q, given)
    return _mean(table, p, over, table.marginal(q, names | given) * table.marginal(p, given))


def _causal(measure: sympy.Expr, table: Table, values: Values) -> float:
    """Directed measures path by path: E log of prod_t p(y_t | y^{t-1}, seen_t) over prod_t p(y_t | y^{t-1}, base_t)."""
    if isinstance(measure, DI):
        source, target, causal, given = measure.args
        lag = _lag(source, target)
    else:
        source, target = measure.args[:2]
        causal, given = VariableSet(), measure.args[2]
        lag = -1 if isinstance(measure, TE) else 0
    last = max(_at(term.hi, values) for term in target.args)
    seen_law, base_law = (np.ones_like(table.laws["p"]) for _ in range(2))
    fixed = _names(given, values)
    for t in range(1, last + 1):
        past = _until(target, t - 1) | _until(causal, t) | fixed
        now = _until(target, t) - _until(target, t - 1)
        seen = past | _until(source, t + lag)
        seen_law = seen_law * _ratio(table, now | seen, seen)
        base_law = base_law * _ratio(table, now | past, past)
    if isinstance(measure, CausalH):
        return -_mean(table, "p", seen_law, np.ones_like(seen_law))
    return _mean(table, "p", seen_law, base_law)


def _lag(source: VariableSet, target: VariableSet) -> int:
    blocks = [term for term in source.args if isinstance(term, Block)]
    return int(blocks[0].hi - target.args[0].hi) if blocks else 0


def _until(variables: VariableSet, t: int) -> frozenset[str]:
    return frozenset(
        name for term in variables.args for name in ([f"{term.name}_{s}" for s in range(1, t + 1)] if isinstance(term, Block) else [term.name])
    )


def _ratio(table: Table, joint: frozenset[str], given: frozenset[str]) -> NDArray[np.float64]:
    over, under = table.marginal("p", joint), table.marginal("p", given)
    return np.divide(over, under, out=np.ones(np.broadcast_shapes(over.shape, under.shape)), where=under > 0)


def holds(relation: Relation, table: Table, values: Values) -> bool | Contradiction:
    """True when the relation holds within rounding, False when a side is not finite, else what contradicts it."""
    left, right = evaluate(relation.left, table, values), evaluate(relation.right, table, values)
    if not (math.isfinite(left) and math.isfinite(right)):
        return False
    slack = TOLERANCE * (1 + abs(left) + abs(right))
    gap = left - right if relation.op == "<=" else right - left if relation.op == ">=" else abs(left - right)
    return Contradiction(relation.text, table, left, right) if gap > slack else True


def compare(claim: Any, seed: int, examples: int) -> int | Contradiction:
    """Check an `InformationClaim` on `examples` random laws at n = 1, 2, 3; the number compared, or a contradiction."""
    count = 0
    for n in (1, 2, 3) if claim.horizon else (None,):
        values: Values = {} if n is None else {str(claim.horizon): n}
        tables = _tables(claim, n, seed, max(2, examples // (3 if claim.horizon else 1)))
        for table in tables:
            answers = [holds(relation, table, values) for relation in claim.relations]
            for answer in answers:
                if isinstance(answer, Contradiction):
                    return answer
            count += all(answers)
    return count


def _tables(claim: Any, n: int | None, seed: int, examples: int) -> Iterator[Table]:
    from semtheory.logic.decide import Concrete, Question

    concrete = Concrete(Question(claim.relations[0], claim.givens, claim.horizon, "", ()), n)
    problem = concrete.problem()
    names = set(problem.variables)
    for relation in claim.relations[1:]:
        names |= set(Concrete(Question(relation, claim.givens, claim.horizon, "", ()), n).problem().variables)
    laws = tuple(sorted({*problem.laws, *(law for r in claim.relations for law in _laws(r))}))
    ordered = tuple(sorted(names))
    if claim.givens:
        yield from _under_assumptions(problem, ordered, seed, examples)
        return
    if 2 ** len(ordered) <= MOST_OUTCOMES:
        yield from _random(ordered, laws, seed, examples)
    yield from _feedback_source(ordered, laws, seed)


def _laws(relation: Relation) -> set[str]:
    return {law.name for side in (relation.left, relation.right) for law in side.atoms(Law)}


def _under_assumptions(problem: Any, names: tuple[str, ...], seed: int, examples: int) -> Iterator[Table]:
    from semtheory.logic.sampling import random_models

    for laws in random_models(problem, seed, examples):
        first = next(iter(laws.values()))
        shape = [max(1 + outcome[k] for law in laws.values() for outcome in law.pmf) for k in range(len(names))]
        if math.prod(shape) > MOST_OUTCOMES * 10:
            continue
        arrays = {}
        for law, distribution in laws.items():
            array = np.zeros(shape)
            for outcome, mass in distribution.pmf.items():
                array[outcome] = float(mass)
            arrays[law] = array
        yield Table(first.variables, arrays, "a law that meets the assumptions")


def _random(names: tuple[str, ...], laws: tuple[str, ...], seed: int, examples: int) -> Iterator[Table]:
    """Laws with whole-number weights drawn by Hypothesis: zeros, point masses and ties come up by themselves."""
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded
    from hypothesis import strategies as st

    size = 2 ** len(names)
    weights = st.lists(st.integers(0, 9), min_size=size, max_size=size).filter(any)
    drawn: list[list[list[int]]] = []

    @seeded(seed)
    @settings(max_examples=examples, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(st.lists(weights, min_size=len(laws), max_size=len(laws)))
    def draw(found: list[list[int]]) -> None:
        drawn.append(found)

    draw()
    for found in drawn:
        arrays = {law: np.array(part, dtype=float).reshape((2,) * len(names)) / sum(part) for law, part in zip(laws, found, strict=True)}
        yield Table(names, arrays, "a random law")


def _feedback_source(names: tuple[str, ...], laws: tuple[str, ...], seed: int) -> Iterator[Table]:
    """One binary Markov source with feedback: each variable is a noisy function of the two before it in time."""
    if 2 ** len(names) > MOST_OUTCOMES * 10:
        return
    order = sorted(names, key=lambda name: (int(name.rpartition("_")[2]) if name.rpartition("_")[2].isdigit() else 0, name))
    rng = np.random.default_rng(seed)
    arrays: dict[str, NDArray[np.float64]] = {}
    for law in laws:
        joint: NDArray[np.float64] = np.ones(())
        for k in range(len(order)):
            kernel = rng.dirichlet([0.7, 0.7], size=(2,) * min(k, 2))
            joint = joint[..., None] * kernel.reshape((1,) * (k - min(k, 2)) + kernel.shape)
        arrays[law] = np.transpose(joint, [order.index(name) for name in names])
    yield Table(names, arrays, "a Markov source with feedback")
