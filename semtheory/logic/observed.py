"""Statements about trained models: evidence of level `observed`, never a proof.

    Observed("a Transformer reaches the exact optimum of Mess3", r"...", measure, check, recorded="AR8/transformer",
             configure=configure)

`measure(setting)` trains and measures now; `check(observation)` returns None when the statement holds for what was seen,
or what went wrong. Where a record of a larger run is named, it is read too and must pass the same check: a record whose
configuration is not the one that the code would use today is stale and is not used, one that is damaged is an error, and
one that fails the check makes the statement refuted.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from semtheory.errors import MissingExtra, TheoremError
from semtheory.logic.observations import (
    Observation,
    Record,
    Setting,
    StaleRecord,
    configuration_hash,
    load_record,
    place_of,
    save_record,
)
from semtheory.logic.result import Deadline, Result
from semtheory.logic.tested import Contradiction

__all__ = ["Observation", "Observed", "Setting"]

_EXTRAS = {"torch": "models", "safetensors": "models", "numba": "models", "ot": "embedding", "distributed": "cluster"}


@dataclass(frozen=True)
class Observed:
    """A statement about what training gives.

    Args:
        text, latex: the statement, for people.
        measure: trains and measures; in the `quick` profile a few seconds, in `full` as long as it needs. It imports
            torch itself, when it is called. An exception is an error of the module, not a counterexample.
        check: called with an observation; None when the statement holds for it, else what went wrong, in words.
        recorded: the name of the record of a full run, such as "AR8/transformer" (a file of that name below
            semtheory/experiments/recorded), or the path of a JSON file; None when no record is kept.
        configure: the configuration that `measure` would use under a setting, found without training; needed with
            `recorded`, since it tells whether the record is still about this code.
        quick: whether the quick profile trains at all; if not, it has the record alone.
        profile, device, fresh, record: as the run asks; see `with_setting`.

    Raises:
        TheoremError: `recorded` without `configure`, or `quick=False` without `recorded`.
    """

    text: str
    latex: str
    measure: Callable[[Setting], Observation]
    check: Callable[[Observation], object | None]
    recorded: str | None = None
    configure: Callable[[Setting], dict[str, Any]] | None = None
    quick: bool = True
    profile: str = "quick"
    device: str = "auto"
    fresh: bool = False
    record: str = ""

    def __post_init__(self) -> None:
        if self.recorded is not None and self.configure is None:
            raise TheoremError(
                f"Observed({self.text!r}): recorded= needs configure=, or no record could be known as stale"
            )
        if not self.quick and self.recorded is None:
            raise TheoremError(
                f"Observed({self.text!r}): quick=False needs recorded=, or the quick profile sees nothing"
            )

    def with_setting(self, profile: str, device: str = "auto", *, fresh: bool = False, record: str = "") -> Observed:
        """The same statement as a run asks for it.

        Args:
            profile: "quick" trains little; "full" reads the record, and measures at full size when there is none.
            device: "auto", "cpu" or "cuda".
            fresh: measure at full size whether or not there is a record, and say how the two compare.
            record: when not empty, keep what a fresh measurement gave as the new record, with this as its command.
        """
        return replace(self, profile=profile, device=device, fresh=fresh, record=record)

    def decide(self, *, seed: int = 0, deadline: Deadline | None = None) -> Result:
        """Refuted with what was seen, or undecided with the observations, which make it `observed`.

        Training is not broken off: the time allowed is looked at before it starts, not while it runs.

        Raises:
            RecordError: the record is damaged.
            TimedOut: the time was over before anything was measured.
        """
        start = time.perf_counter()
        (deadline or Deadline()).check()
        record, said = self._recorded()
        seen: list[tuple[str, Observation, dict[str, Any]]] = []
        if record is not None:
            seen.append((f"record {self.recorded}", record.observation, record.to_json()))
        if self._live(record):
            setting = Setting("full" if self.fresh else self.profile, self.device, seed)
            try:
                live = self._measured(setting)
            except MissingExtra as missing:
                return Result("undecided", self.text, note=str(missing))
            seen.append((f"{setting.profile} run", live, {"profile": setting.profile, **live.to_json()}))
            if self.fresh and record is not None:
                said.append(live.compared(record.observation))
        for name, observation, _ in seen:
            found = self.check(observation)
            if found is not None:
                shown = f"{name}: {observation.describe()}"
                return Result(
                    "refuted", self.text, "an observation that fails",
                    counterexample=Contradiction(self.text, shown, str(found)), seconds=time.perf_counter() - start,
                )  # fmt: skip
        if not seen:
            return Result("undecided", self.text, note="; ".join(["nothing was observed", *said]))
        if self.record and self.fresh and self.recorded is not None:
            said.append(f"kept as {save_record(self.recorded, self.text, seen[-1][1], seed, self.record)}")
        method = [f"{name}: {observation.describe()}" for name, observation, _ in seen] + said
        return Result(
            "undecided", self.text, "; ".join(method), note="seen in trained models, which is no proof",
            observed=tuple({"from": name, **document} for name, _, document in seen),
            seconds=time.perf_counter() - start,
        )  # fmt: skip

    def _live(self, record: Record | None) -> bool:
        if self.fresh or (self.profile == "quick" and self.quick):
            return True
        return self.profile == "full" and record is None

    def _recorded(self) -> tuple[Record | None, list[str]]:
        """The record, when there is one about this statement and this code; else why it is not used."""
        if self.recorded is None:
            return None, []
        if not place_of(self.recorded).exists():
            return None, [f"no record {self.recorded}"]
        assert self.configure is not None  # by __post_init__
        record = load_record(self.recorded)
        try:
            wanted = self.configure(Setting("full", seed=record.seed))
            record.require_current(self.text, wanted)
        except StaleRecord as stale:
            return None, [str(stale)]
        return record, []

    def _measured(self, setting: Setting) -> Observation:
        try:
            observation = self.measure(setting)
        except ModuleNotFoundError as error:
            extra = _EXTRAS.get((error.name or "").partition(".")[0])
            if extra is None:
                raise
            raise MissingExtra(f"needs {error.name}: pip install 'semtheory[{extra}]'") from error
        if not isinstance(observation, Observation):
            raise TheoremError(f"Observed({self.text!r}): measure gave {observation!r}; expected an Observation")
        if self.configure is not None:
            promised = self.configure(setting)
            if configuration_hash(promised) != configuration_hash(observation.configuration):
                raise TheoremError(
                    f"Observed({self.text!r}): measure used another configuration than configure= says: "
                    f"{observation.configuration!r}, not {promised!r}"
                )
        return observation
