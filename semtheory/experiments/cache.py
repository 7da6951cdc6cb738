"""Trained models kept between runs, by content: an entry is used only if nothing it depends on has changed.

The key is the hash of the configuration, the device, the code of semtheory.models, semtheory.processes and the run, and the
versions of torch, NumPy, Numba and llvmlite. Beside the weights stands their SHA-256; an entry that does not fit is trained again. The cache is never needed.
It lies in $SEMTHEORY_CACHE, else in the user's cache directory; SEMTHEORY_CACHE=off keeps nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import json
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import semtheory
from semtheory.errors import InputError, SemtheoryError
from semtheory.experiments.runs import train_run, usable
from semtheory.files import write_whole
from semtheory.logic.observations import configuration_hash

if TYPE_CHECKING:
    from semtheory.models.base import SequenceModel
    from semtheory.models.training import Report


def trained(configuration: Mapping[str, Any], *, device: str = "cpu", progress: Report | None = None) -> SequenceModel:
    """The model of a configuration of `run_configuration`, from the cache when it is there, else trained and kept there.

    Raises:
        InputError, TrainingStopped, MissingExtra: as training does; never for the sake of the cache.
    """
    folder = cache_folder()
    file = None if folder is None else folder / f"{cache_key(configuration, usable(device))}.safetensors"
    found = None if file is None else _kept(file, configuration)
    if found is not None:
        return found
    model = train_run(configuration, device=device, progress=progress).model.to("cpu")
    if file is not None:
        _keep(file, model, configuration)
    return model


def cache_folder() -> Path | None:
    """Where trained models are kept, or None when they are not."""
    chosen = os.environ.get("SEMTHEORY_CACHE")
    if chosen is not None:
        return None if chosen.casefold() in ("", "off", "0") else Path(chosen)
    home = os.environ.get("XDG_CACHE_HOME")
    with contextlib.suppress(RuntimeError):  # a user without a home
        return (Path(home) if home else Path.home() / ".cache") / "semtheory"
    return None


def cache_key(configuration: Mapping[str, Any], device: str = "cpu") -> str:
    """The hash of everything that a trained model depends on."""
    versions = {name: importlib.metadata.version(name) for name in ("torch", "numpy", "numba", "llvmlite")}
    return configuration_hash(
        {"configuration": dict(configuration), "device": device, "code": _code(), "versions": versions}
    )


@cache
def _code() -> str:
    digest = hashlib.sha256()
    root = Path(semtheory.__file__).parent
    runs = [root / "experiments" / "runs.py", root / "experiments" / "sources.py"]
    for file in sorted([*(root / "models").rglob("*.py"), *(root / "processes").rglob("*.py"), *runs]):
        digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def _kept(file: Path, configuration: Mapping[str, Any]) -> SequenceModel | None:
    from semtheory.models import load

    try:
        note = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
        if note != _note(file, configuration):
            return None
        return load(file)
    except (OSError, ValueError, InputError):
        return None


def _keep(file: Path, model: SequenceModel, configuration: Mapping[str, Any]) -> None:
    with contextlib.suppress(OSError, SemtheoryError):  # a full or read-only place: there is no cache then
        file.parent.mkdir(parents=True, exist_ok=True)
        model.save(file)
        write_whole(file.with_suffix(".json"), json.dumps(_note(file, configuration)).encode())


def _note(file: Path, configuration: Mapping[str, Any]) -> dict[str, Any]:
    return {"configuration": dict(configuration), "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
