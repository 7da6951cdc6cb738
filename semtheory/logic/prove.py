"""`semtheory.prove`: ask about a claim, get one of three answers with its evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from semtheory.logic.claim import InformationClaim, Readable, conjunction
from semtheory.logic.result import EXIT_CODES, Counterexample, Deadline, Result, Verdict

DEFAULT_TIMEOUT = 60.0  # seconds


@dataclass(frozen=True)
class Proof:
    """The answer to a claim.

    Attributes:
        claim: what was asked, as read.
        results: one `Result` for each relation of the claim.
    """

    claim: InformationClaim
    results: tuple[Result, ...]

    @property
    def result(self) -> Result:
        """One answer for the whole claim."""
        return conjunction(self.claim.text, list(self.results))

    @property
    def verdict(self) -> Verdict:
        """"proved", "refuted" or "undecided"."""
        return self.result.verdict

    @property
    def certificate(self) -> dict[str, Any] | None:
        """Plain JSON for the small checker, when proved."""
        return self.result.certificate

    @property
    def counterexample(self) -> Counterexample | None:
        """A joint distribution with rational entries, when refuted."""
        return self.result.counterexample

    @property
    def note(self) -> str:
        """What else is known."""
        return self.result.note

    @property
    def cited(self) -> tuple[str, ...]:
        """Lemmas from the literature that the proof rests on."""
        return self.result.cited

    @property
    def exit_code(self) -> int:
        return EXIT_CODES[self.verdict]

    def proof_text(self, unit: str = "nats") -> str:
        """The proof line by line, or the counterexample, or what is known, as text."""
        return "\n\n".join(_explain(result, unit) for result in self.results)

    def proof_latex(self) -> str:
        """The proof as LaTeX; empty when nothing was proved."""
        from semtheory.logic.writing import proof_latex

        return "\n".join(proof_latex(result.certificate) for result in self.results if result.certificate)

    def __repr__(self) -> str:
        return f"<{self.verdict}: {self.claim.text}>"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.claim.latex}$: {self.verdict}"

    def _repr_html_(self) -> str:
        import html

        return f"<p>$\\displaystyle {html.escape(self.claim.latex)}$: <b>{self.verdict}</b></p><pre>{html.escape(self.proof_text())}</pre>"


def _explain(result: Result, unit: str) -> str:
    from semtheory.logic.writing import proof_text

    if result.certificate is not None:
        return proof_text(result.certificate)
    if result.counterexample is not None:
        return f"{result.statement}\nis violated by\n{result.counterexample.describe(unit)}"
    return f"{result.statement}\nundecided: {result.note}"


def prove(
    claim: Readable,
    given: Iterable[Readable] = (),
    axioms: Iterable[str] = (),
    *,
    timeout: float | None = DEFAULT_TIMEOUT,
    seed: int = 0,
) -> Proof:
    """Prove or refute a claim about information measures on finite alphabets.

    Args:
        claim: text or LaTeX in the claim language, or a SymPy relation between measures. With a free `n` it is
            about every n >= 1. Numbers are in nats.
        given: assumptions, likewise; Markov chains, and `... for t=1..n`.
        axioms: cited non-Shannon inequalities that may be used: "zhang-yeung", or "NAME: CLAIM".
        timeout: seconds; when they are over the answer is "undecided". None never gives up.
        seed: of the search for a counterexample.

    Raises:
        ClaimError: a claim that cannot be read, with the place; GivenError: assumptions that contradict each other.
    """
    statement = InformationClaim(claim, given, axioms)
    return Proof(statement, tuple(statement.results(seed=seed, deadline=Deadline(timeout))))
