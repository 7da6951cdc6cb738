"""Autoregressive language models small enough to compare with exact answers: torch modules, training, ensembles."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from semtheory.errors import MissingExtra

if TYPE_CHECKING:
    from semtheory.models.base import Coefficients as Coefficients
    from semtheory.models.base import SequenceModel as SequenceModel
    from semtheory.models.base import build as build
    from semtheory.models.base import load as load
    from semtheory.models.ensembles import train_ensemble as train_ensemble
    from semtheory.models.llada import LLaDA as LLaDA
    from semtheory.models.mamba import Mamba as Mamba
    from semtheory.models.mamba2 import Mamba2 as Mamba2
    from semtheory.models.state_space import selective_scan as selective_scan
    from semtheory.models.state_space import ssd as ssd
    from semtheory.models.training import Training as Training
    from semtheory.models.training import train as train
    from semtheory.models.transformer import Transformer as Transformer

# Loaded when first used: `import semtheory.models` does not import torch.
_MODULES = {
    "base": ("Coefficients", "SequenceModel", "build", "load"),
    "ensembles": ("train_ensemble",),
    "llada": ("LLaDA",),
    "mamba": ("Mamba",),
    "mamba2": ("Mamba2",),
    "state_space": ("selective_scan", "ssd"),
    "training": ("Training", "train"),
    "transformer": ("Transformer",),
}
_HOMES = {name: f"semtheory.models.{module}" for module, names in _MODULES.items() for name in names}
__all__ = [*sorted(_HOMES)]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'semtheory.models' has no attribute {name!r}; it has {', '.join(__all__)}")
    try:
        return getattr(import_module(_HOMES[name]), name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("torch", "safetensors", "numba"):
            raise
        raise MissingExtra(f"semtheory.models.{name} needs {error.name}: pip install 'semtheory[models]'") from None


def __dir__() -> list[str]:
    return [*__all__]
