"""How a theorem stands to the paper and to the literature: said in words, one record a theorem."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from semtheory.errors import TheoremError

KINDS: dict[str, str] = {
    "reproduction": "the claim as the source states it",
    "specialisation": "a special case of what the source states",
    "variant": "the same idea in another form",
    "correction": "the popular form is false or drops a condition; this is the true form",
}


@dataclass(frozen=True)
class Fidelity:
    """The fidelity record of a theorem.

    Args:
        kind: reproduction, specialisation, variant or correction.
        source: where the chosen form stands in the literature, such as "Massey 1990".
        paper: what the paper claims, in our words.
        differences: how the chosen form departs from the source; required unless it is a reproduction.

    Raises:
        TheoremError: for another kind, or when one of the texts is missing.
    """

    kind: str
    source: str
    paper: str
    differences: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise TheoremError(f"fidelity kind {self.kind!r}: expected one of {', '.join(KINDS)}")
        for name in ("source", "paper"):
            if not str(getattr(self, name)).strip():
                raise TheoremError(f"fidelity without {name}=: say {_ASKED[name]}")
        if self.kind != "reproduction" and not self.differences.strip():
            raise TheoremError(
                f"fidelity kind {self.kind!r} without differences=: say how it departs from {self.source}"
            )

    def to_json(self) -> dict[str, str]:
        """The record as plain JSON."""
        return asdict(self)


_ASKED = {
    "source": "where this form stands in the literature (author, year, theorem)",
    "paper": "what the paper claims, in your words",
}
