"""What a theorem module says: the claims, what they assume, how they stand to the sources, and which near-misses are false.

A `Theorem` holds statements only. Whether they hold, and how strongly, is found by a run (see `verification`).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from semtheory.errors import TheoremError
from semtheory.logic.evidence import Level, require_target
from semtheory.logic.fidelity import Fidelity
from semtheory.logic.result import Counterexample, Statement

CHAPTERS: dict[str, str] = {
    "F": "Foundations",
    "DI": "Directed information",
    "RD": "Pre-training: directed rate-distortion",
    "RR": "Post-training: directed rate-reward",
    "SF": "Inference: semantic information flow",
    "GC": "Granger causality",
    "SE": "Semantic embedding",
    "AR": "Autoregressive models and the Transformer",
    "EL": "ELBO",
    "GE": "Generalisation error",
    "MC": "Memory capacity",
    "SS": "Mamba and Mamba-2",
    "LD": "LLaDA: masked diffusion",
    "SM": "Measures of trained models",
}
IDENTIFIER = re.compile(r"([A-Za-z]+)([0-9]+)([A-Za-z0-9_.]*)")

Assumed: TypeAlias = "str | Given | Iterable[str | Given]"
Instance: TypeAlias = "str | Counterexample | Callable[[], Counterexample] | None"


@dataclass(frozen=True)
class Citation:
    """A lemma taken from the literature without proof. A theorem that rests on one is at most `cited`."""

    author: str
    year: int
    result: str = ""
    title: str = ""

    @property
    def text(self) -> str:
        """Author, year and the number of the result, as in "Zhang and Yeung 1998, Theorem 3"."""
        return f"{self.author} {self.year}" + (f", {self.result}" if self.result else "")


@dataclass(frozen=True)
class Given:
    """An assumption as data.

    Args:
        text: the assumption in the claim language.
        met_by: an instance that satisfies it: a sentence, or a law (a counterexample object, or a function making one)
            that the checker then verifies. Whatever it says, a run searches for such an instance itself.
        broken_by: an instance for which the conclusion fails without it; likewise.
    """

    text: str
    met_by: Instance = None
    broken_by: Instance = None

    def __post_init__(self) -> None:
        if not isinstance(self.text, str) or not self.text.strip():
            raise TheoremError(f"Given({self.text!r}): expected the assumption as text, such as 'X->Y->Z'")


@dataclass(frozen=True, init=False)
class Claim:
    """A claim of the claim language under assumptions, with the axioms (cited inequalities) it may use."""

    text: str
    given: tuple[Given, ...]
    axioms: tuple[str, ...]

    def __init__(self, text: str, given: Assumed = (), axioms: str | Iterable[str] = ()) -> None:
        if not isinstance(text, str) or not text.strip():
            raise TheoremError(f"Claim({text!r}): expected the claim as text, such as 'I(X;Y) >= 0'")
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "given", _givens(given, text))
        object.__setattr__(self, "axioms", (axioms,) if isinstance(axioms, str) else tuple(axioms))

    @property
    def shown(self) -> str:
        """The claim with its assumptions, for people."""
        return self.text + (f" given {', '.join(given.text for given in self.given)}" if self.given else "")

    def statement(self, dropped: Given | None = None, *, axioms: bool = True) -> Statement:
        """The claim as something that can be decided, without the assumption `dropped` or without its axioms."""
        from semtheory.logic.claim import InformationClaim

        kept = [given.text for given in self.given if given is not dropped]
        return InformationClaim(self.text, given=kept, axioms=list(self.axioms) if axioms else [])


Stated: TypeAlias = "str | tuple[Any, ...] | Claim | Statement"


@dataclass(frozen=True, init=False)
class Step:
    """One line of a proof: what holds, and why in a few words. Each step is decided by itself."""

    claim: Claim | Statement
    reason: str

    def __init__(self, claim: Stated, reason: str = "") -> None:
        object.__setattr__(self, "claim", as_claim(claim, f"Step(..., {reason!r})"))
        object.__setattr__(self, "reason", reason)


@dataclass(frozen=True, init=False)
class Variant:
    """A false near-miss: it goes through the same code as the claims and must come back refuted.

    Args:
        statement: the false statement, in any of the forms a claim may have.
        why: what makes it tempting, or what breaks it.
        given: assumptions, when `statement` is text.
    """

    statement: Claim | Statement
    why: str

    def __init__(self, statement: Stated, why: str, given: Assumed = ()) -> None:
        if not isinstance(why, str) or not why.strip():
            raise TheoremError(f"Variant({statement!r}) without why=: say what breaks it")
        if given:
            if not isinstance(statement, str):
                raise TheoremError(f"Variant({statement!r}, given=...): given= goes with a statement in text")
            statement = Claim(statement, given)
        object.__setattr__(self, "statement", as_claim(statement, "Variant"))
        object.__setattr__(self, "why", why)


class Theorem:
    """A theorem: statements to decide, and the record around them.

    Args:
        id: chapter letters and a number, such as "DI2".
        title: one line for the tables.
        claims: what the theorem says. Each is text, a tuple (text, given, ...), a `Claim`, or a `Statement`.
        fidelity: how it stands to the paper and the literature.
        variants: false near-misses, at least one.
        steps: explicit proof lines, where the provers need leading.
        target: the level it must reach.
        depends: ids of theorems whose results it uses.
        cites: lemmas from the literature it rests on; the level is then at most `cited`.
        chapter: the chapter's name; by default found from the letters of the id.

    Raises:
        TheoremError: whatever is missing or cannot be understood, named.
    """

    def __init__(
        self,
        id: str,
        *,
        title: str = "",
        claims: Iterable[Stated] = (),
        fidelity: Fidelity | None = None,
        variants: Iterable[Variant] = (),
        steps: Iterable[Step] = (),
        target: str = "proved",
        depends: Iterable[str] = (),
        cites: Iterable[Citation] = (),
        chapter: str = "",
        **unknown: object,
    ) -> None:
        match = IDENTIFIER.fullmatch(id) if isinstance(id, str) else None
        if match is None:
            raise TheoremError(f"theorem id {id!r}: expected letters and a number, such as 'DI2'")
        where = f"theorem {id}"
        for name in unknown:
            near = difflib.get_close_matches(name, _ARGUMENTS, n=1)
            hint = f"did you mean {near[0]}=?" if near else f"expected {', '.join(_ARGUMENTS)}"
            raise TheoremError(f"{where}: unknown argument {name}=; {hint}")
        if not isinstance(fidelity, Fidelity):
            raise TheoremError(f"{where}: fidelity={fidelity!r}; expected Fidelity(kind, source=..., paper=...)")
        self.id = id
        self.title = title.strip()
        self.chapter = chapter or CHAPTERS.get(match[1], match[1])
        self.claims = tuple(as_claim(claim, where) for claim in _items(claims, where, "claims"))
        self.steps = _all(Step, steps, where, "steps")
        self.variants = _all(Variant, variants, where, "variants")
        self.target: Level = _target(target, where)
        self.depends = tuple(str(name) for name in _items(depends, where, "depends"))
        self.cites = _all(Citation, cites, where, "cites")
        self.fidelity = fidelity
        if not self.title:
            raise TheoremError(f"{where}: no title=; give one line for the tables")
        if not self.claims:
            raise TheoremError(f"{where}: no claims=; a theorem states something")
        if not self.variants:
            raise TheoremError(f"{where}: no variants=; give at least one false near-miss, Variant('...', why='...')")
        if id in self.depends:
            raise TheoremError(f"{where} depends on itself")

    def __repr__(self) -> str:
        return f"Theorem({self.id!r}, title={self.title!r})"


_ARGUMENTS = ("title", "claims", "fidelity", "variants", "steps", "target", "depends", "cites", "chapter")


def as_claim(stated: Any, where: str = "claim") -> Claim | Statement:
    """One of the forms a claim may be written in, as a `Claim` or a `Statement`. Raises `TheoremError` for others."""
    if isinstance(stated, Claim):
        return stated
    if isinstance(stated, str):
        return Claim(stated)
    if isinstance(stated, tuple) and stated and isinstance(stated[0], str):
        return Claim(stated[0], given=stated[1:])
    if all(hasattr(stated, name) for name in ("text", "latex", "decide")):
        return stated  # the Statement protocol, by its three names
    raise TheoremError(
        f"{where}: {stated!r} is no claim; expected text, (text, given, ...), Claim(...), or an object with "
        "text, latex and decide"
    )


def _givens(given: Any, where: str) -> tuple[Given, ...]:
    items = (given,) if isinstance(given, (str, Given)) else tuple(given)
    for item in items:
        if not isinstance(item, (str, Given)):
            raise TheoremError(f"claim {where!r}: given {item!r}; expected text or Given(...)")
    return tuple(Given(item) if isinstance(item, str) else item for item in items)


def _items(value: Any, where: str, name: str) -> tuple[Any, ...]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise TheoremError(f"{where}: {name}={value!r}; expected a list")
    return tuple(value)


def _all(kind: type, value: Any, where: str, name: str) -> tuple[Any, ...]:
    items = _items(value, where, name)
    for item in items:
        if not isinstance(item, kind):
            raise TheoremError(f"{where}: {name} holds {item!r}; expected {kind.__name__}(...)")
    return items


def _target(target: str, where: str) -> Level:
    try:
        return require_target(target)
    except TheoremError as error:
        raise TheoremError(f"{where}: {error}") from None
