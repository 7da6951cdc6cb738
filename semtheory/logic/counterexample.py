"""A joint distribution that refutes a claim, together with the claim and its assumptions, so that it can be rechecked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from semtheory.logic.certificates import relation_json
from semtheory.logic.distribution import Distribution, DistributionCounterexample
from semtheory.notation.canonical import instantiate, reduce_expression
from semtheory.notation.claims import Relation


@dataclass(frozen=True)
class ClaimCounterexample:
    """Laws with rational entries that meet every assumption exactly and violate `relation` (at `n`, for a horizon)."""

    statement: str
    relation: Relation
    givens: tuple[Relation, ...]
    laws: Mapping[str, Distribution]
    n: int | None = None
    horizon: str | None = None

    @cached_property
    def values(self) -> DistributionCounterexample:
        """Both sides and the violation, exactly. Raises `ValueError` when the laws do not violate the relation."""
        at = {} if self.n is None or self.horizon is None else {self.horizon: self.n}
        left, right = (instantiate(reduce_expression(side), at) for side in (self.relation.left, self.relation.right))
        return DistributionCounterexample.of(self.statement, self.laws, left, right, self.relation.op, self.n)

    @property
    def joint(self) -> dict[tuple[int, ...], Any]:
        """The law p: outcome to probability (`Fraction`), variables in the order of `variables`."""
        return dict(self.laws["p"].pmf)

    @property
    def variables(self) -> tuple[str, ...]:
        return self.laws["p"].variables

    def describe(self, unit: str = "nats") -> str:
        return self.values.describe(unit)

    def to_json(self) -> dict[str, Any]:
        """A certificate of kind "counterexample", which the checker accepts by itself."""
        made = self.values.to_json()
        made["claim"] = relation_json(self.relation)
        made["givens"] = [relation_json(given) for given in self.givens]
        if self.horizon is not None:
            made["horizon"] = self.horizon
        return made

    def __repr__(self) -> str:
        return f"<counterexample to {self.relation.text}>"

    def _repr_html_(self) -> str:
        return self.values._repr_html_()
