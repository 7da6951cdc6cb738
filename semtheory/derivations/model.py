"""What a derivation file says, format left behind: assumptions, definitions, claims and chains, each with its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from semtheory.notation.claims import Relation

OPERATORS = ("<=", ">=", "=")


@dataclass(frozen=True)
class Place:
    """Where something stands: line and column from 1, how many characters it takes, how many blanks its line starts with."""

    line: int
    column: int
    length: int = 1
    indent: int = 0


@dataclass(frozen=True)
class RelationAt:
    """One relation of a file.

    Attributes:
        place: of its relation sign.
        text: the line of the file, without blanks at its ends.
        shown: the relation as read, or its source where it was not.
        relation: None when it is outside the claim language; `problem` then says why, and `at` where.
        names_unread: it speaks of a variable whose definition was not read, so no law can refute it.
    """

    place: Place
    text: str
    shown: str
    relation: Relation | None
    problem: str = ""
    at: Place | None = None
    names_unread: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chain:
    """Relations that hang together; `left`, `right` and `op` are its ends, op None when directions are mixed."""

    relations: tuple[RelationAt, ...]
    ends: Relation | None


@dataclass(frozen=True)
class Assumption:
    """A `given`: its relations, or the problem with reading it."""

    place: Place
    text: str
    relations: tuple[Relation, ...]
    problem: str = ""
    at: Place | None = None
    defines: bool = False


@dataclass(frozen=True)
class Trouble:
    """A place that was not read though a relation may stand there: an open environment, a broken `let`."""

    place: Place
    text: str
    problem: str


@dataclass
class Derivation:
    """A display or a fenced block: what is assumed in it, what it says, and what it claims to have shown."""

    kind: Literal["markdown", "latex"]
    first: int
    last: int
    givens: list[Assumption] = field(default_factory=list)
    claims: list[RelationAt] = field(default_factory=list)
    chains: list[Chain] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    unread_names: tuple[str, ...] = ()

    @property
    def relations(self) -> list[RelationAt]:
        """Every relation of its chains, in the order of the file."""
        return [relation for chain in self.chains for relation in chain.relations]
