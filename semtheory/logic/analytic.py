"""What the analytic statements share: a decision that proves, else refutes, else says undecided; and the search for points.

A false statement about laws, sums or functions is brought down to one tree in finitely many real symbols (explicit alphabets);
`find_point` looks for rational values at which it fails, and accepts only what an Arb ball or exact arithmetic confirms.
"""

from __future__ import annotations

import math
import random
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from semtheory.errors import CertificateError, NotRedone, TimedOut
from semtheory.logic.checker_algebra import NUMBER, Tree, substitute, symbols
from semtheory.logic.checker_analysis import check_analysis
from semtheory.logic.checker_balls import failure
from semtheory.logic.result import Deadline, Result
from semtheory.logic.trees import Fact, Known, holds, to_tree

SAMPLES = 1500


@dataclass(frozen=True)
class Instance:
    """One way to make a statement concrete: `tree` should be `relation` 0 wherever the facts hold; it may fail at a point.

    `unit_range` names the symbols that are probabilities, `layout` says what the symbols stand for.
    """

    tree: Tree
    relation: str
    facts: tuple[Fact, ...]
    unit_range: frozenset[str] = frozenset()
    layout: str = ""


@dataclass(frozen=True)
class Point:
    """A rational point at which a statement fails, confirmed exactly or by a ball of radius below its distance to 0."""

    statement: str
    values: Mapping[str, str]
    tree: Tree
    relation: str
    facts: tuple[Fact, ...]
    value: str
    layout: str = ""

    def describe(self, unit: str = "nats") -> str:
        """The point and the value of what should have been `relation` 0, in nats or bits where it is an information."""
        at = ", ".join(f"{name} = {value}" for name, value in self.values.items())
        tail = f"\nwhere {self.layout}" if self.layout else ""
        return f"{self.statement}\nfails at {at}:\nthe difference of the sides, in nats, is {self.value}, not {self.relation} 0{tail}"

    def to_json(self) -> dict[str, Any]:
        """`values` are exact; `tree` at them is not `relation` 0."""
        return {
            "schema": 1,
            "kind": "point",
            "statement": self.statement,
            "facts": [list(fact) for fact in self.facts],
            "witness": dict(self.values),
            "values": dict(self.values),
            "tree": self.tree,
            "relation": self.relation,
            "value": self.value,
            "layout": self.layout,
        }


class Analytic(ABC):
    """Base of the analytic statements: `text`, `latex` and `decide`; subclasses say how to prove and what to search."""

    text: str
    latex: str

    @abstractmethod
    def _certificate(self, seed: int, deadline: Deadline) -> dict[str, Any] | None:
        """A certificate, or None when no proof was found. It is checked before it counts."""

    @abstractmethod
    def _instances(self) -> Iterator[Instance]:
        """Concrete forms of the statement in which a counterexample may be found, simplest first."""

    def decide(self, *, seed: int = 0, deadline: Deadline | None = None) -> Result:
        """Prove (the small checker must accept), else refute at a confirmed rational point, else undecided."""
        start, deadline = time.perf_counter(), deadline or Deadline()
        note = "neither a proof nor a counterexample was found"
        try:
            deadline.check()
            try:
                certificate = self._certificate(seed, deadline)
                if certificate is not None:
                    checked = check_analysis(certificate)
                    method = certificate["kind"] + (f" ({certificate['rule']})" if "rule" in certificate else "")
                    return Result(
                        "proved", self.text, method, certificate, note=checked[-1], seconds=time.perf_counter() - start
                    )
            except NotRedone:
                raise
            except CertificateError as error:  # what the checker would not accept is no proof
                note += f"; no proof: {error}"
            for instance in self._instances():
                try:
                    found = find_point(instance, self.text, seed, deadline)
                    if found is not None:
                        check_analysis(found.to_json())
                        took = time.perf_counter() - start
                        return Result(
                            "refuted", self.text, "rational point, confirmed by a ball", counterexample=found, seconds=took
                        )
                except NotRedone:
                    raise
                except CertificateError as error:
                    note += f"; no point: {error}"
                    break
        except TimedOut as error:
            note = str(error)
        return Result("undecided", self.text, note=note, seconds=time.perf_counter() - start)

    def shadow(self, *, seed: int = 0, examples: int = 20) -> int | Point:
        """Compare with numbers: the statement on explicit random alphabets, by another path than the proof.

        Returns:
            How many random points were compared, or one at which the statement fails, confirmed by a ball.
        """
        chance, compared = random.Random(seed), 0
        instances = list(self._instances())
        for k, instance in enumerate(instances):
            goal = examples * (k + 1) // len(instances)
            names = _names(instance)
            value = compiled(instance.tree, names)
            for i in range(40 * examples):
                if compared >= goal:
                    break
                values = {name: str(_draw(chance, i, name in instance.unit_range)) for name in names}
                if not holds(instance.facts, values):
                    continue
                compared += 1
                found = value([float(Fraction(number)) for number in values.values()])
                if found < 1e-9 or instance.relation == "=":
                    fails, shown = failure(instance.tree, instance.relation, values)
                    if fails:
                        return _point(instance, self.text, values, shown)
        return compared


Lemmas = Sequence[tuple[Analytic, Mapping[str, Any]]]  # a statement, and the point at which its conclusion is used


def use_lemmas(lemmas: Lemmas, known: Known, seed: int, deadline: Deadline) -> list[dict[str, Any]] | None:
    """Prove each lemma and assume its conclusion at the point given; None when one has no proof."""
    used = []
    for statement, at in lemmas:
        proof = statement.decide(seed=seed, deadline=deadline).certificate
        if proof is None:
            return None
        values = {name: to_tree(value) for name, value in at.items()}
        used.append({"certificate": proof, "at": values})
        known.assume(substitute(proof["function"], values), proof.get("relation", ">="))
    return used


def find_point(instance: Instance, statement: str, seed: int, deadline: Deadline) -> Point | None:
    """A confirmed violation: random simple rationals first, then Nelder-Mead from the worst of them, rounded back."""
    names = _names(instance)
    value = compiled(instance.tree, names)
    chance = random.Random(seed)

    def gap(numbers: Sequence[float]) -> float:
        found = value(numbers)
        return -abs(found) if instance.relation == "=" else found

    def point(candidate: Sequence[Fraction]) -> Point | None:
        values = {name: str(number) for name, number in zip(names, candidate, strict=True)}
        if not holds(instance.facts, values):
            return None
        fails, shown = failure(instance.tree, instance.relation, values)
        if not fails:
            return None
        return _point(instance, statement, values, shown)

    worst: list[tuple[float, int, tuple[Fraction, ...]]] = []
    for i in range(SAMPLES):
        deadline.check()
        candidate = tuple(_draw(chance, i, name in instance.unit_range) for name in names)
        if not holds(instance.facts, dict(zip(names, map(str, candidate), strict=True))):
            continue
        found = gap([float(number) for number in candidate])
        if found < -1e-9 or (instance.relation == ">" and found < 1e-12):
            hit = point(candidate)
            if hit is not None:
                return hit
        if not math.isnan(found):
            simplicity = sum(number.denominator for number in candidate)
            worst = sorted({*worst, (round(found, 12), simplicity, candidate)})[:20]
    for _, _, candidate in worst:  # near-misses with a nearly tight constant fail only close to where equality holds
        for i in range(30):
            deadline.check()
            step = Fraction(1, 10 ** (1 + i % 5))
            near = tuple(number + step * chance.randint(-3, 3) for number in candidate)
            hit = point(near) if gap([float(number) for number in near]) < 1e-12 else None
            if hit is not None:
                return hit
    for _, _, candidate in worst[:4]:
        hit = _descend(gap, instance.facts, names, candidate, point, deadline)
        if hit is not None:
            return hit
    return None


def _names(instance: Instance) -> list[str]:
    return sorted(symbols(instance.tree) | {name for tree, _ in instance.facts for name in symbols(tree)})


def _point(instance: Instance, statement: str, values: Mapping[str, str], shown: str) -> Point:
    return Point(statement, values, instance.tree, instance.relation, instance.facts, shown, instance.layout)


def _descend(
    gap: Callable[[Sequence[float]], float],
    facts: Iterable[Fact],
    names: Sequence[str],
    start: Sequence[Fraction],
    point: Callable[[Sequence[Fraction]], Point | None],
    deadline: Deadline,
) -> Point | None:
    from scipy.optimize import minimize

    domain = [(compiled(tree, names), sign) for tree, sign in facts]

    def objective(numbers: Sequence[float]) -> float:
        deadline.check()
        inside = all(fact(numbers) > 0 for fact, _ in domain)
        found = gap(numbers) if inside else math.inf
        return 1e30 if math.isnan(found) or math.isinf(found) else found

    best = minimize(
        objective, [float(number) for number in start], method="Nelder-Mead", options={"maxiter": 150 * len(names)}
    )
    for bound in (10, 100, 1000, 10**6, 10**9):
        hit = point([Fraction(float(number)).limit_denominator(bound) for number in best.x])
        if hit is not None:
            return hit
    return None


def _draw(chance: random.Random, i: int, unit: bool) -> Fraction:
    size = (2, 3, 4, 5, 10, 20, 100)[i % 7]
    if unit:
        return Fraction(chance.randint(1, size - 1), size)
    low, high = chance.choice(((0, 1), (0, 4), (-3, 3), (0, 20)))
    return Fraction(chance.randint(low * size, high * size), size)


def compiled(tree: Tree, names: Sequence[str]) -> Callable[[Sequence[float]], float]:
    """The tree as a float function of a point; nan where it is not defined. For searches only: it proves nothing."""
    place = {name: i for i, name in enumerate(names)}

    def run(part: Tree, v: Sequence[float]) -> float:
        if isinstance(part, str):
            return float(Fraction(part)) if NUMBER.fullmatch(part) else float(v[place[part]])
        if part[0] == "+":
            return math.fsum(run(p, v) for p in part[1:])
        if part[0] == "*":
            return math.prod(run(p, v) for p in part[1:])
        inner = run(part[1], v)
        return float(inner ** part[2]) if part[0] == "^" else math.log(inner) if part[0] == "log" else math.exp(inner)

    def safe(v: Sequence[float]) -> float:
        try:
            return run(tree, v)
        except (ValueError, OverflowError, ZeroDivisionError):
            return math.nan

    return safe
