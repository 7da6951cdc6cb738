"""Joint distributions with rational entries, and the counterexamples made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from semtheory.errors import SemtheoryError
from semtheory.logic.exact import ExactLog, evaluate
from semtheory.notation.linear import ConcreteProblem, Linear, entropy, information

UNITS = ("nats", "bits")
_SHOWN_ROWS = 32


class DistributionError(SemtheoryError):
    """A table of probabilities that is not a distribution: the entry, what was expected."""


class Distribution:
    """A law of finitely many named variables on integer outcomes, exact.

    Args:
        variables: names, all different.
        pmf: probability of each outcome (one integer for each variable); zeros may be left out. Entries are
            `Fraction`, `int` or text such as "1/4"; floats are refused, since 0.1 is not one tenth.

    Raises:
        DistributionError: an entry that is negative, inexact or of the wrong length, or a total other than 1.
    """

    def __init__(self, variables: Iterable[str], pmf: Mapping[tuple[int, ...], Fraction | int | str]) -> None:
        self.variables = tuple(variables)
        if len(set(self.variables)) != len(self.variables):
            raise DistributionError(f"variables {self.variables!r}: a name occurs twice")
        table: dict[tuple[int, ...], Fraction] = {}
        for outcome, entry in pmf.items():
            key = tuple(outcome)
            if len(key) != len(self.variables) or not all(type(value) is int for value in key):
                raise DistributionError(
                    f"outcome {outcome!r}: expected {len(self.variables)} integers, one for each variable"
                )
            probability = _fraction(entry, key)
            if probability < 0:
                raise DistributionError(f"p{key} = {probability}: a probability is not negative")
            if probability:
                table[key] = probability
        total = sum(table.values(), Fraction(0))
        if total != 1:
            raise DistributionError(f"the probabilities add to {total}: expected exactly 1")
        self.pmf = dict(sorted(table.items()))
        self._marginals: dict[frozenset[str], dict[tuple[int, ...], Fraction]] = {}

    def marginal(self, variables: Iterable[str]) -> dict[tuple[int, ...], Fraction]:
        """Probabilities of the outcomes of `variables`, in the order of their sorted names; cached, not to be changed."""
        names = frozenset(variables)
        if names not in self._marginals:
            places = [self._place(name) for name in sorted(names)]
            table: dict[tuple[int, ...], Fraction] = {}
            for outcome, probability in self.pmf.items():
                key = tuple(outcome[place] for place in places)
                table[key] = table.get(key, Fraction(0)) + probability
            self._marginals[names] = table
        return self._marginals[names]

    def _place(self, name: str) -> int:
        if name not in self.variables:
            raise DistributionError(f"variable {name!r}: the law is on {', '.join(self.variables) or 'no variables'}")
        return self.variables.index(name)

    def map(self, changes: Mapping[str, Mapping[int, int]]) -> Distribution:
        """The law after the symbols of some variables are renamed or merged; symbols not named stay."""
        places = [changes.get(name, {}) for name in self.variables]
        table: dict[tuple[int, ...], Fraction] = {}
        for outcome, probability in self.pmf.items():
            key = tuple(change.get(value, value) for change, value in zip(places, outcome, strict=True))
            table[key] = table.get(key, Fraction(0)) + probability
        return Distribution(self.variables, table)

    def compact(self) -> Distribution:
        """The same law with the symbols of each variable renamed 0, 1, 2, ... in their order."""
        seen = [sorted({outcome[place] for outcome in self.pmf}) for place in range(len(self.variables))]
        return self.map({name: {v: i for i, v in enumerate(s)} for name, s in zip(self.variables, seen, strict=True)})

    def product(self, other: Distribution) -> Distribution:
        """An independent copy of each: every variable becomes the pair of its values in both laws."""
        if self.variables != other.variables:
            raise DistributionError(f"laws on {self.variables!r} and {other.variables!r}: expected the same variables")
        sizes = [1 + max((o[i] for o in other.pmf), default=0) for i in range(len(self.variables))]
        return Distribution(
            self.variables,
            {
                tuple(a * s + b for a, b, s in zip(left, right, sizes, strict=True)): p * q
                for left, p in self.pmf.items()
                for right, q in other.pmf.items()
            },
        )

    def alphabet(self, name: str) -> tuple[int, ...]:
        """The values that `name` takes with positive probability."""
        return tuple(sorted(key[0] for key in self.marginal([name])))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Distribution) and (self.variables, self.pmf) == (other.variables, other.pmf)

    def __hash__(self) -> int:
        return hash((self.variables, tuple(self.pmf.items())))

    def __repr__(self) -> str:
        return f"Distribution({self.variables!r}, {{{', '.join(f'{k}: {str(v)!r}' for k, v in self.pmf.items())}}})"

    def describe(self, name: str = "p") -> str:
        """A small table: one line an outcome, variables that are constant named once below it."""
        fixed = [v for v in self.variables if len(self.alphabet(v)) == 1]
        shown = [v for v in self.variables if v not in fixed] or list(self.variables)
        places = [self._place(v) for v in shown]
        rows = [[*(str(o[i]) for i in places), str(p)] for o, p in self.pmf.items()]
        header = [*shown, name]
        widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
        lines = [
            "  ".join(c.rjust(w) for c, w in zip(row, widths, strict=True)) for row in [header, *rows[:_SHOWN_ROWS]]
        ]
        if len(rows) > _SHOWN_ROWS:
            lines.append(f"... and {len(rows) - _SHOWN_ROWS} more outcomes")
        if fixed and fixed != list(self.variables):
            lines.append(f"constant: {', '.join(fixed)}")
        return "\n".join(lines)

    def to_json(self) -> list[list[Any]]:
        """[[[0, 1], "1/4"], ...]: outcome and probability, zeros left out."""
        return [[list(outcome), str(probability)] for outcome, probability in self.pmf.items()]

    @classmethod
    def from_json(cls, variables: Iterable[str], rows: Iterable[Iterable[Any]]) -> Distribution:
        """The law written by `to_json`; raises `DistributionError` for anything that is not one."""
        table: dict[tuple[int, ...], Fraction | int | str] = {}
        for row in rows:
            parts = list(row) if isinstance(row, (list, tuple)) else []
            if len(parts) != 2 or not isinstance(parts[0], (list, tuple)):
                raise DistributionError(f'row {row!r}: expected [[outcome, ...], "probability"]')
            key = tuple(parts[0])
            if key in table:
                raise DistributionError(f"outcome {list(key)!r} occurs twice")
            table[key] = parts[1]
        return cls(variables, table)

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{_escape(name)}</th>" for name in (*self.variables, "p"))
        body = "".join(
            "<tr>" + "".join(f"<td>{v}</td>" for v in (*outcome, probability)) + "</tr>"
            for outcome, probability in self.pmf.items()
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _repr_latex_(self) -> str:
        head = " & ".join([*(_latex_name(name) for name in self.variables), "p"])
        rows = [
            " & ".join([*map(str, o), rf"\tfrac{{{p.numerator}}}{{{p.denominator}}}" if p != 1 else "1"])
            for o, p in self.pmf.items()
        ]
        return (
            rf"$\begin{{array}}{{{'c' * len(self.variables)}|c}} {head} \\ \hline "
            + r" \\ ".join(rows)
            + r" \end{array}$"
        )


@dataclass(frozen=True)
class DistributionCounterexample:
    """A law, or one for each name, that meets every assumption exactly and makes `left relation right` false.

    Attributes:
        statement: what is refuted, as text.
        laws: the law of each name that occurs, `p` first.
        left, right: exact values of both sides.
        relation: "<=", ">=" or "=".
        horizon: the n at which a claim with a free horizon fails, or None.
    """

    statement: str
    laws: Mapping[str, Distribution]
    left: ExactLog
    right: ExactLog
    relation: str = ">="
    horizon: int | None = None

    def __post_init__(self) -> None:
        if self.relation not in ("<=", ">=", "="):
            raise ValueError(f"relation {self.relation!r}: expected '<=', '>=' or '='")
        if self.violation.sign() <= 0:
            raise ValueError(
                f"{self.statement}: the sides {self.left} {self.relation} {self.right} are no counterexample"
            )

    @classmethod
    def of(
        cls,
        statement: str,
        laws: Mapping[str, Distribution],
        left: Linear,
        right: Linear,
        relation: str,
        horizon: int | None = None,
    ) -> DistributionCounterexample:
        """Evaluate both sides under `laws`; raises `ValueError` when the claim holds there."""
        return cls(statement, dict(laws), evaluate(left, laws), evaluate(right, laws), relation, horizon)

    @classmethod
    def of_problem(
        cls, statement: str, laws: Mapping[str, Distribution], problem: ConcreteProblem, horizon: int | None = None
    ) -> DistributionCounterexample:
        """The counterexample to `target >= 0` (or `= 0`) of a canonical problem."""
        return cls.of(statement, laws, problem.target, {}, "=" if problem.equality else ">=", horizon)

    @property
    def violation(self) -> ExactLog:
        """By how much the claim fails, positive: |left - right| for an equality."""
        gap = self.right - self.left if self.relation == ">=" else self.left - self.right
        return -gap if self.relation == "=" and gap.sign() < 0 else gap

    def describe(self, unit: str = "nats") -> str:
        """The tables, both sides and the violation, with enclosures in `unit`."""
        if unit not in UNITS:
            raise ValueError(f"unit {unit!r}: expected 'nats' or 'bits'")
        lines = [] if self.horizon is None else [f"n = {self.horizon}"]
        lines += [law.describe(name) for name, law in self.laws.items()]
        for label, value in (("left side", self.left), ("right side", self.right), ("violation", self.violation)):
            exact = "" if value.is_zero or len(str(value)) > 60 else f"  ({value})"
            lines.append(f"{label + ':':<12}{value.enclosure(unit)} {unit}{exact}")
        return "\n".join(lines)

    def to_json(self) -> dict[str, Any]:
        """A plain JSON certificate of kind "counterexample"."""
        first = next(iter(self.laws.values()))
        data: dict[str, Any] = {"schema": 1, "kind": "counterexample", "statement": self.statement}
        if self.horizon is not None:
            data["n"] = self.horizon
        data["variables"] = list(first.variables)
        data["laws"] = {name: law.to_json() for name, law in self.laws.items()}
        data["values"] = {"relation": self.relation}
        data["values"] |= {side: getattr(self, side).to_json() for side in ("left", "right", "violation")}
        return data

    def _repr_html_(self) -> str:
        tables = "".join(f"<p>{_escape(name)}</p>{law._repr_html_()}" for name, law in self.laws.items())
        return f"{tables}<p>{_escape(self.statement)}: violated by {self.violation.enclosure()} nats</p>"


def meets(problem: ConcreteProblem, laws: Mapping[str, Distribution]) -> bool:
    """Whether `laws` meet all assumptions of `problem` exactly; infinite values count as not meeting them."""
    zero = list(problem.zero)
    zero += [information(*sets) for sets in problem.independences] + [entropy(*sets) for sets in problem.functions]
    if not all(evaluate(form, laws).is_zero for form in zero):
        return False
    values = [evaluate(form, laws) for form in problem.nonneg]
    return all(value.is_finite and value.sign() >= 0 for value in values)


def refutes(problem: ConcreteProblem, laws: Mapping[str, Distribution]) -> bool:
    """Whether `laws` meet all assumptions and violate the claim by a finite amount, exactly."""
    target = evaluate(problem.target, laws)
    if not target.is_finite or (target.is_zero if problem.equality else target.sign() >= 0):
        return False
    return meets(problem, laws)


def _fraction(entry: Any, key: tuple[int, ...]) -> Fraction:
    if isinstance(entry, Fraction) or type(entry) is int:
        return Fraction(entry)
    if isinstance(entry, str):
        try:
            return Fraction(entry)
        except (ValueError, ZeroDivisionError):
            raise DistributionError(f"p{key} = {entry!r}: expected a fraction such as '1/4'") from None
    raise DistributionError(f"p{key} = {entry!r}: expected an exact fraction such as '1/4', not {type(entry).__name__}")


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _latex_name(name: str) -> str:
    stem, _, index = name.partition("_")
    return f"{stem}_{{{index}}}" if index else stem
