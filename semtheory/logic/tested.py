"""Statements that are compared with numbers, instance by instance: evidence of level `tested`, never a proof.

    Tested("directed information by the filters equals enumeration", r"...", check, draw=lambda: hidden_markov())

`check(instance)` returns None when the statement holds there, or what went wrong. Hypothesis draws the instances (its
database off, its seed stated) and shrinks one that fails; instances chosen by hand come first. What fails is shown
and makes the statement refuted.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from semtheory.errors import TheoremError, TimedOut
from semtheory.logic.result import Deadline, Result

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


@dataclass(frozen=True)
class Contradiction:
    """An instance on which a tested statement fails."""

    statement: str
    instance: str
    found: str

    def describe(self, unit: str = "nats") -> str:
        return "\n".join(f"{word:9}{text}" for word, text in (("instance", self.instance), ("found", self.found)))

    def to_json(self) -> dict[str, Any]:
        # No "kind": the small checker has no say in this, and none is claimed for it.
        return {"statement": self.statement, "instance": self.instance, "found": self.found}


class _Broken(Exception):
    """Carries what failed out of Hypothesis, which re-raises the smallest."""

    def __init__(self, contradiction: Contradiction) -> None:
        super().__init__(contradiction.found)
        self.contradiction = contradiction


@dataclass(frozen=True)
class Tested:
    """A statement about numbers.

    Args:
        text, latex: the statement, for people.
        check: called with an instance; None when the statement holds for it, else what went wrong, in words. May call
            `hypothesis.assume`. An exception is an error of the module, not a counterexample.
        draw: makes the Hypothesis strategy for instances; a function, so that Hypothesis loads when it runs.
        instances: instances chosen by hand, always checked first.
        examples: how many to draw; a `full` run draws more, up to `most`.
        show: an instance in words.

    Raises:
        TheoremError: neither `draw` nor `instances`: nothing would be compared.
    """

    __test__ = False  # not a test class, whatever pytest makes of the name

    text: str
    latex: str
    check: Callable[[Any], object | None]
    draw: Callable[[], SearchStrategy[Any]] | None = None
    instances: Sequence[Any] = ()
    examples: int = 20
    most: int = 500
    show: Callable[[Any], str] = field(default=repr)

    def __post_init__(self) -> None:
        if self.draw is None and not len(self.instances):
            raise TheoremError(f"Tested({self.text!r}) compares nothing: give draw= or instances=")
        if self.draw is not None and not 1 <= self.examples <= self.most:
            raise TheoremError(f"Tested({self.text!r}): examples={self.examples}, expected 1 to most={self.most}")

    def with_examples(self, examples: int) -> Tested:
        """The same statement, drawing at least so many instances, within its own limit."""
        return replace(self, examples=min(self.most, max(self.examples, examples)))

    def decide(self, *, seed: int = 0, deadline: Deadline | None = None) -> Result:
        """Refuted with an instance, or undecided with the number of instances compared, which makes it `tested`.

        Raises:
            TimedOut: the time was over before every instance had been compared.
        """
        start = time.perf_counter()
        limit = deadline or Deadline()
        method = []
        drawn = 0
        try:
            for instance in self.instances:
                limit.check()
                self._try(instance)
            if self.instances:
                method.append(f"{len(self.instances)} chosen by hand")
            if self.draw is not None:
                drawn = self._draw(self.draw(), seed, limit)
                method.append(f"{drawn} drawn by Hypothesis, seed {seed}")
        except _Broken as broken:
            seconds = time.perf_counter() - start
            return Result(
                "refuted", self.text, "an instance that fails", counterexample=broken.contradiction, seconds=seconds
            )
        count = len(self.instances) + drawn
        if self.draw is not None and not drawn:
            return Result("undecided", self.text, note="no drawn instance met the conditions of the check")
        return Result(
            "undecided", self.text, "instances compared: " + ", ".join(method),
            note="compared with instances, which is no proof", tested=count, seconds=time.perf_counter() - start,
        )  # fmt: skip

    def _try(self, instance: Any) -> None:
        found = self.check(instance)
        if found is not None:
            raise _Broken(Contradiction(self.text, self.show(instance), str(found)))

    def _draw(self, strategy: SearchStrategy[Any], seed: int, deadline: Deadline) -> int:
        from hypothesis import HealthCheck, Phase, Verbosity, given, settings
        from hypothesis import seed as seeded
        from hypothesis.errors import Unsatisfiable

        compared = 0
        late = False

        @seeded(seed)
        @settings(
            max_examples=self.examples,
            database=None,
            deadline=None,
            phases=[Phase.generate, Phase.shrink],
            verbosity=Verbosity.quiet,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        )
        @given(strategy)
        def run(instance: Any) -> None:
            nonlocal compared, late
            late = late or deadline.remaining == 0.0
            if late:
                return  # the rest pass by unseen, and `late` says so
            self._try(instance)
            compared += 1

        with suppress(Unsatisfiable):  # nothing met the conditions: `compared` says so
            run()
        if late:
            raise TimedOut(f"the time allowed was over after {compared} instances; allow more with --timeout SECONDS")
        return compared
