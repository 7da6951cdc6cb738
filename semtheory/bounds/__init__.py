"""Bounds: the ELBO and what tightens it, generalisation error, memory capacity, embedding dimensions."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from semtheory.bounds.latent_models import elbo as elbo
    from semtheory.bounds.latent_models import evidence as evidence
    from semtheory.bounds.latent_models import expectation_maximisation as expectation_maximisation
    from semtheory.bounds.latent_models import iwae as iwae
    from semtheory.bounds.latent_models import posterior as posterior
    from semtheory.bounds.latent_views import latent_alignment as latent_alignment
    from semtheory.bounds.latent_views import rate_distortion_elbo as rate_distortion_elbo

# Loaded when first used: `import semtheory.bounds` costs next to nothing.
_MODULES: dict[str, tuple[str, ...]] = {
    "latent_models": ("elbo", "evidence", "expectation_maximisation", "iwae", "posterior"),
    "latent_views": ("latent_alignment", "rate_distortion_elbo"),
}
_HOMES = {name: f"semtheory.bounds.{module}" for module, names in _MODULES.items() for name in names}
__all__ = [*sorted(_HOMES)]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'semtheory.bounds' has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return [*__all__]
