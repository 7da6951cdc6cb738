"""What was seen in trained models, as data: one observation, and the record of a run that is kept in the repository.

A record is a JSON file: the claim, the full configuration and its hash, value, interval, seeds, hardware, versions, commit,
the command that made it, and a digest of all that, so that a hand's edit shows.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import json
import math
import os
import platform
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import semtheory
from semtheory.errors import RecordError, SemtheoryError
from semtheory.files import write_whole

RECORDED = Path(semtheory.__file__).parent / "experiments" / "recorded"
SCHEMA = 1
_VERSIONS = ("torch", "numba", "numpy", "scipy", "safetensors")


@dataclass(frozen=True)
class Setting:
    """How an observation is asked for: profile "quick" or "full", device "auto", "cpu" or "cuda", seed."""

    profile: str = "quick"
    device: str = "auto"
    seed: int = 0


@dataclass(frozen=True)
class Observation:
    """A number measured on trained models, with its interval.

    Attributes:
        value, lower, upper: the number and a confidence interval, in `unit`.
        seeds: of the trainings behind it. configuration: plain JSON, all that fixes the measurement but the device.
        details: plain JSON that `check` may look at, and what is worth telling; "device" is the one that was used.

    Raises:
        RecordError: numbers that are not finite, a value outside its interval, or what JSON cannot hold.
    """

    value: float
    lower: float
    upper: float
    unit: str
    seeds: tuple[int, ...]
    configuration: dict[str, Any]
    details: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        numbers = (self.value, self.lower, self.upper)
        if not all(isinstance(number, int | float) and math.isfinite(number) for number in numbers):
            raise RecordError(
                f"observation {self.value!r} in [{self.lower!r}, {self.upper!r}]: expected finite numbers"
            )
        if not self.lower <= self.value <= self.upper:
            raise RecordError(f"observation {self.value} outside its interval [{self.lower}, {self.upper}]")
        for name, data in (("configuration", self.configuration), ("details", self.details)):
            try:
                json.dumps(data, allow_nan=False)
            except (TypeError, ValueError) as error:
                raise RecordError(f"{name} of an observation: {error}; expected plain JSON") from error

    def describe(self) -> str:
        """One line: the number, its interval, the seeds, the configuration's hash."""
        seeds = ", ".join(map(str, self.seeds))
        return (
            f"{self.value:.5g} in [{self.lower:.5g}, {self.upper:.5g}] {self.unit}, seed{'s' * (len(self.seeds) != 1)} "
            f"{seeds}, configuration {configuration_hash(self.configuration)[:12]}"
        )

    def compared(self, record: Observation) -> str:
        """How this stands to a recorded one, in words."""
        apart = self.upper < record.lower or record.upper < self.lower
        return (
            f"against the record: {self.value - record.value:+.3g} {self.unit}, "
            f"the intervals {'do not overlap' if apart else 'overlap'}"
        )

    def to_json(self) -> dict[str, Any]:
        """Plain JSON, all fields."""
        return {
            "value": self.value,
            "lower": self.lower,
            "upper": self.upper,
            "unit": self.unit,
            "seeds": list(self.seeds),
            "configuration": self.configuration,
            "details": self.details,
        }


class StaleRecord(RecordError):
    """A record about another statement or another configuration than today's; not used, and no failure."""


@dataclass(frozen=True)
class Record:
    """An observation of a full run that is kept, with where and how it was made."""

    name: str
    claim: str
    seed: int
    observation: Observation
    hardware: dict[str, Any]
    versions: dict[str, str]
    commit: str
    command: str

    def require_current(self, claim: str, configuration: dict[str, Any]) -> None:
        """Raise `StaleRecord` unless this is about `claim`, measured under `configuration`."""
        if self.claim != claim:
            raise StaleRecord(f"record {self.name} is stale (not used): it is about {self.claim!r}")
        old, new = configuration_hash(self.observation.configuration), configuration_hash(configuration)
        if old != new:
            raise StaleRecord(
                f"record {self.name} is stale (not used): configuration {old[:12]}, the code's is {new[:12]}"
            )

    def to_json(self) -> dict[str, Any]:
        """The document as the file holds it, its digest included."""
        document = {
            "schema": SCHEMA,
            "claim": self.claim,
            "source": self.observation.configuration.get("source"),
            "architecture": self.observation.configuration.get("architecture"),
            "seed": self.seed,
            "configuration_hash": configuration_hash(self.observation.configuration),
            "observation": self.observation.to_json(),
            "hardware": self.hardware,
            "versions": self.versions,
            "commit": self.commit,
            "command": self.command,
        }
        return {**document, "digest": configuration_hash(document)}


def configuration_hash(configuration: Any) -> str:
    """SHA-256 of plain JSON, independent of the order of keys, as 64 hexadecimal digits."""
    text = json.dumps(configuration, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def place_of(name: str) -> Path:
    """The file of a record: below `RECORDED`, or the path itself when it ends in .json."""
    return Path(name) if name.endswith(".json") else RECORDED / f"{name}.json"


def load_record(name: str) -> Record:
    """The record `name`. Raises `RecordError` when it cannot be read, lacks something, or was changed by hand."""
    path = place_of(name)
    again = "make it again with `semtheory verify ID --fresh --record`, or take the committed file"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        seen = data["observation"]
        record = Record(
            name, str(data["claim"]), int(data["seed"]),
            Observation(**{**seen, "seeds": tuple(seen["seeds"])}),
            dict(data["hardware"]), dict(data["versions"]), str(data["commit"]), str(data["command"]),
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RecordError(f"record {name} is damaged ({type(error).__name__}: {error}); {again}") from error
    if record.to_json() != data:
        raise RecordError(f"record {name} was changed after it was made: its digest does not fit; {again}")
    return record


def save_record(name: str, claim: str, observation: Observation, seed: int, command: str) -> Path:
    """Write the record `name` whole or not at all; its path.

    Raises:
        RecordError: the place cannot be written.
    """
    path = place_of(name)
    made = Record(name, claim, seed, observation, _hardware(observation), _versions(), _commit(), command)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, (json.dumps(made.to_json(), indent=2) + "\n").encode())
    except (OSError, SemtheoryError) as error:
        raise RecordError(f"record {name} cannot be written at {path}: {error}") from error
    return path


def _hardware(observation: Observation) -> dict[str, Any]:
    return {"processor": _processor(), "cpus": os.cpu_count(), "device": observation.details.get("device", "cpu")}


def _processor() -> str:
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _versions() -> dict[str, str]:
    found = {"semtheory": semtheory.__version__, "python": platform.python_version(), "platform": sys.platform}
    for name in _VERSIONS:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def _commit() -> str:
    """The commit of the checkout that this package stands in; "unknown" when it stands in none."""
    here = Path(semtheory.__file__).parent
    try:
        command = ["git", "-C", str(here), "rev-parse", "--verify", "HEAD:./"]
        subprocess.run(command, capture_output=True, check=True, timeout=10)
        command = ["git", "-C", str(here), "rev-parse", "HEAD"]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return "unknown"
