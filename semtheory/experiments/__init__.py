"""Tiny models trained on sources whose exact answer is known: runs, their cache, sweeps, the store of results, fine-tuning."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from semtheory.experiments.cache import trained as trained
    from semtheory.experiments.evaluation import exact_log_probabilities as exact_log_probabilities
    from semtheory.experiments.evaluation import excess as excess
    from semtheory.experiments.evaluation import over_seeds as over_seeds
    from semtheory.experiments.fine_tuning import fine_tune as fine_tune
    from semtheory.experiments.runs import perform as perform
    from semtheory.experiments.runs import run_configuration as run_configuration
    from semtheory.experiments.sources import named_source as named_source
    from semtheory.experiments.store import Store as Store
    from semtheory.experiments.sweeping import sweep as sweep

# Loaded when first used: `import semtheory.experiments` imports neither torch nor numpy.
_MODULES = {
    "cache": ("trained",),
    "evaluation": ("exact_log_probabilities", "excess", "over_seeds"),
    "fine_tuning": ("fine_tune",),
    "runs": ("perform", "run_configuration"),
    "sources": ("named_source",),
    "store": ("Store",),
    "sweeping": ("sweep",),
}
_HOMES = {name: f"semtheory.experiments.{module}" for module, names in _MODULES.items() for name in names}
__all__ = [*sorted(_HOMES)]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'semtheory.experiments' has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return [*__all__]
