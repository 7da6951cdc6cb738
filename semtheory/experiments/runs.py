"""One run: a configuration in plain JSON, training, and the excess at the end. The same configuration gives the same result."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from semtheory.errors import InputError
from semtheory.experiments.sources import DEFAULT, canonical, named_source
from semtheory.logic.observations import configuration_hash

if TYPE_CHECKING:
    from semtheory.models.training import Report, Training

ARCHITECTURES = ("Transformer", "Mamba", "Mamba2", "LLaDA")
_COUNTS = ("context", "width", "layers", "heads", "state", "expand", "conv", "head", "chunk")
_SIZES = (*_COUNTS, "tied", "bias", "hold")


def run_configuration(
    source: str = DEFAULT,
    architecture: str = "Transformer",
    *,
    steps: int = 500,
    batch: int = 64,
    learning_rate: float = 3e-3,
    seed: int = 0,
    sequences: int = 512,
    **sizes: Any,
) -> dict[str, Any]:
    """The configuration of a run, in plain JSON.

    Args:
        sizes: arguments of the architecture (context, width, layers, ...). What is left out is left to the architecture and is
            not in the configuration: to write it out makes another key of the same run. The vocabulary is the source's.

    Raises:
        InputError: an unknown source, architecture or size (with near matches), or a number out of range.
    """
    kind = _architecture(architecture)
    for name in sizes:
        if name not in _SIZES:
            near = difflib.get_close_matches(name, _SIZES, n=1)
            raise InputError(
                f"size {name!r}: {f'did you mean {near[0]}? ' if near else ''}expected one of {', '.join(_SIZES)}"
            )
    for name, value, least in (
        ("steps", steps, 1),
        ("batch", batch, 1),
        ("seed", seed, 0),
        ("sequences", sequences, 2),
    ):
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise InputError(f"{name}={value!r}: expected a whole number, at least {least}")
    for name, value in sizes.items():
        if name in _COUNTS and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
            raise InputError(f"{name}={value!r}: expected a whole number, at least 1")
    if not 0 < learning_rate < 1:
        raise InputError(f"learning_rate={learning_rate!r}: expected a number between 0 and 1")
    spelled = canonical(source)
    return {
        "source": spelled,
        "architecture": kind,
        "sizes": {"vocabulary": named_source(spelled).symbols, "context": 32, **sizes},
        "steps": steps,
        "batch": batch,
        "learning_rate": float(learning_rate),
        "seed": seed,
        "sequences": sequences,
    }


def key_of(configuration: Mapping[str, Any]) -> str:
    """The hash of a configuration, 64 hexadecimal digits: what a run is known by."""
    return configuration_hash(dict(configuration))


def train_run(
    configuration: Mapping[str, Any],
    *,
    device: str = "cpu",
    checkpoint: str | Path | None = None,
    resume: bool = False,
    progress: Report | None = None,
) -> Training:
    """Train the model of a configuration. Raises as `semtheory.models.train`."""
    from semtheory.models import build, train

    model = build({"architecture": configuration["architecture"], **configuration["sizes"]}, seed=configuration["seed"])
    return train(
        model, named_source(configuration["source"]), steps=configuration["steps"], batch=configuration["batch"],
        learning_rate=configuration["learning_rate"], seed=configuration["seed"], device=usable(device),
        checkpoint=checkpoint, resume=resume, progress=progress,
    )  # fmt: skip


def perform(configuration: Mapping[str, Any], device: str = "cpu") -> dict[str, Any]:
    """Train and evaluate: {"excess", "lower", "upper", "loss", "parameters"}, nats a token; no times, so it is repeatable."""
    from semtheory.experiments.evaluation import excess

    made = train_run(configuration, device=device)
    found = excess(made.model, named_source(configuration["source"]), sequences=configuration["sequences"])
    return {
        "excess": float(found),
        "lower": found.lower,
        "upper": found.upper,
        "loss": float(made.losses[-1]),
        "parameters": made.model.parameter_count,
    }


def untrained(configuration: Mapping[str, Any]) -> Any:
    """The model before its first step: what learns nothing."""
    from semtheory.models import build

    return build({"architecture": configuration["architecture"], **configuration["sizes"]}, seed=configuration["seed"])


def measured_excess(configuration: Mapping[str, Any], device: str = "cpu", *, learn: bool = True) -> Any:
    """The excess of a trained model, or with `learn=False` of the same one untrained, as a `Value` in nats a token."""
    from semtheory.experiments.evaluation import excess

    model = train_run(configuration, device=device).model if learn else untrained(configuration)
    return excess(model, named_source(configuration["source"]), sequences=configuration["sequences"])


def usable(device: str) -> str:
    """The device "auto" as "cuda" where there is one, else "cpu"; others as they are."""
    if device != "auto":
        return device
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def _architecture(name: str) -> str:
    by_fold = {known.casefold(): known for known in ARCHITECTURES}
    folded = str(name).casefold().replace("-", "")
    if folded not in by_fold:
        near = difflib.get_close_matches(folded, by_fold, n=2, cutoff=0.5)
        hint = f"did you mean {' or '.join(by_fold[n] for n in near)}? " if near else ""
        raise InputError(f"architecture {name!r}: {hint}expected one of {', '.join(ARCHITECTURES)}")
    return by_fold[folded]
