"""The three answers, and what each must show."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

from semtheory.errors import TimedOut

Verdict = Literal["proved", "refuted", "undecided"]
EXIT_CODES: dict[str, int] = {"proved": 0, "refuted": 1, "undecided": 3}


class Deadline:
    """When a search gives up: after so many `seconds`, or so much `work`; never, when both are None.

    Work is in seconds of this process's own processor time. A limit that is ours is one of work, so that the answer is
    the same on a busy machine; a person who waits is given seconds.
    """

    def __init__(self, seconds: float | None = None, *, work: float | None = None) -> None:
        limits = ((time.monotonic, seconds), (time.process_time, work))
        self._ends = [(clock, clock() + limit) for clock, limit in limits if limit is not None]

    @property
    def remaining(self) -> float | None:
        """Seconds left, or None when there is no limit."""
        return min((max(0.0, end - clock()) for clock, end in self._ends), default=None)

    def check(self) -> None:
        """Raise `TimedOut` when the time is over. Search loops call this once a round."""
        if any(clock() > end for clock, end in self._ends):
            raise TimedOut("the time allowed for this answer is over; allow more with --timeout SECONDS")


@runtime_checkable
class Counterexample(Protocol):
    """What makes a statement false: a point, a pair of laws, a joint distribution; confirmed exactly or with balls."""

    def describe(self, unit: str = "nats") -> str:
        """A few lines for a person: the instance, the value of both sides, the violation, with the unit."""
        ...

    def to_json(self) -> dict[str, Any]:
        """Plain JSON, exact numbers as strings `"3/4"`."""
        ...


@dataclass(frozen=True)
class Result:
    """An answer to one statement.

    Attributes:
        verdict: "proved", "refuted" or "undecided"; undecided is neither false nor a pass.
        statement: what was asked, as text.
        method: how the answer was found, in one phrase.
        certificate: plain JSON that the small checker accepts; present exactly when proved.
        counterexample: present exactly when refuted.
        note: what else is known, for instance that a violating polymatroid exists.
        cited: lemmas from the literature that the proof rests on, empty when none.
        observed: what was seen in trained models, as plain JSON, for a statement that is not decided; empty when nothing.
        tested: instances on which a statement that is not decided was compared with numbers; 0 when none were.
        seconds: wall time of the search.
    """

    verdict: Verdict
    statement: str
    method: str = ""
    certificate: dict[str, Any] | None = None
    counterexample: Counterexample | None = None
    note: str = ""
    cited: tuple[str, ...] = ()
    tested: int = 0
    observed: tuple[dict[str, Any], ...] = ()
    seconds: float = field(default=0.0, compare=False)

    def __post_init__(self) -> None:
        if (self.verdict == "proved") != (self.certificate is not None):
            raise ValueError(
                f"verdict {self.verdict!r} with certificate {self.certificate!r}: a certificate goes with proved alone"
            )
        if (self.verdict == "refuted") != (self.counterexample is not None):
            raise ValueError(
                f"verdict {self.verdict!r} with counterexample {self.counterexample!r}: one goes with refuted alone"
            )
        if self.tested and self.verdict != "undecided":
            raise ValueError(f"verdict {self.verdict!r} with {self.tested} instances tested: instances decide nothing")
        if self.observed and (self.verdict != "undecided" or self.tested):
            raise ValueError(
                f"verdict {self.verdict!r} with observations: they decide nothing, and are no tested instances"
            )

    @property
    def exit_code(self) -> int:
        """0 proved, 1 refuted, 3 undecided."""
        return EXIT_CODES[self.verdict]


class Statement(Protocol):
    """Anything that can be decided: a claim on information measures, a pointwise identity, the sign of a function.

    `text` and `latex` state it for a person; `decide` searches for a proof or a counterexample and never guesses.
    """

    @property
    def text(self) -> str: ...

    @property
    def latex(self) -> str: ...

    def decide(self, *, seed: int = 0, deadline: Deadline | None = None) -> Result: ...
