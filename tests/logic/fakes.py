"""Statements whose answers are known, with evidence that the real checker accepts, or does not."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from semtheory import Fidelity, Theorem, Variant
from semtheory.logic.result import Deadline, Result

FIDELITY = Fidelity("reproduction", source="a test", paper="nothing")


def shannon_certificate(statement: str, times: str = "1") -> dict[str, Any]:
    """I(X;Y) >= 0, proved in one line; only the multiplier 1 adds up."""
    measure = {"I": [["X"], ["Y"]], "given": []}
    return {
        "schema": 1,
        "kind": "shannon",
        "statement": statement,
        "claim": {"text": "I(X;Y) >= 0", "left": [{"times": "1", **measure}], "op": ">=", "right": []},
        "givens": [],
        "proof": {">=": [{"times": times, **measure}]},
    }


def identity_certificate(statement: str) -> dict[str, Any]:
    """x = x: evidence that says nothing of information measures, so that it may stand under any text."""
    return {"schema": 1, "kind": "identity", "statement": statement, "left": "x", "right": "x"}


@dataclass(frozen=True)
class Law:
    """A law of X that refutes H(X) <= 0, unless `heads` is 0 or 1."""

    statement: str
    heads: str = "1/2"
    tails: str = "1/2"

    def describe(self, unit: str = "nats") -> str:
        return f"X is a coin of {self.heads} ({unit})"

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": 1,
            "kind": "counterexample",
            "statement": self.statement,
            "variables": ["X"],
            "laws": {"p": [[[0], self.heads], [[1], self.tails]]},
            "claim": {"left": [{"times": "1", "H": ["X"], "given": []}], "op": "<=", "right": []},
            "givens": [],
        }


@dataclass(frozen=True)
class Fake:
    """A statement that answers as told."""

    text: str = "I(X;Y) >= 0"
    verdict: str = "proved"
    certificate: dict[str, Any] | None = None
    law: Law | None = None
    cited: tuple[str, ...] = ()
    raises: BaseException | None = None
    pause: float = 0.0
    note: str = ""
    latex: str = field(default="I(X;Y) \\ge 0", repr=False)

    def decide(self, *, seed: int = 0, deadline: Deadline | None = None) -> Result:
        time.sleep(self.pause)
        if self.raises is not None:
            raise self.raises
        if self.verdict == "proved":
            return Result(
                "proved", self.text, "a fake", self.certificate or identity_certificate(self.text), cited=self.cited
            )
        if self.verdict == "refuted":
            return Result("refuted", self.text, "a fake", counterexample=self.law or Law(self.text))
        return Result("undecided", self.text, "a fake", note=self.note)


@dataclass(frozen=True)
class Shadowed(Fake):
    """A proved statement that also compares itself with numbers."""

    outcome: Any = None

    def shadow(self, *, seed: int, examples: int) -> Any:
        return examples if self.outcome is None else self.outcome


FALSE = Fake("H(X) <= 0", "refuted")
NEAR_MISS = Variant(FALSE, why="X may be random")


def theorem(id: str = "ZZ1", *claims: Any, **settings: Any) -> Theorem:
    """A theorem that passes, apart from what is changed."""
    settings = {"title": f"Theorem {id}", "fidelity": FIDELITY, "variants": [NEAR_MISS], **settings}
    return Theorem(id, claims=claims or (Fake(),), **settings)
