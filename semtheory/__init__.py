"""Information-theoretic claims, proved, refuted or left undecided, with evidence that a small checker accepts."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from semtheory.derivations.checking import check as check
    from semtheory.errors import SemtheoryError as SemtheoryError
    from semtheory.logic.claim import InformationClaim as InformationClaim
    from semtheory.logic.distribution import Distribution as Distribution
    from semtheory.logic.fidelity import Fidelity as Fidelity
    from semtheory.logic.prove import prove as prove
    from semtheory.logic.running import verify as verify
    from semtheory.logic.theorem import Citation as Citation
    from semtheory.logic.theorem import Claim as Claim
    from semtheory.logic.theorem import Given as Given
    from semtheory.logic.theorem import Step as Step
    from semtheory.logic.theorem import Theorem as Theorem
    from semtheory.logic.theorem import Variant as Variant

__version__ = "0.1.0"

# Loaded when first used, so that `import semtheory` and `semtheory --help` cost next to nothing.
_HOMES = {
    "Distribution": "semtheory.logic.distribution",
    "InformationClaim": "semtheory.logic.claim",
    "Citation": "semtheory.logic.theorem",
    "Claim": "semtheory.logic.theorem",
    "Fidelity": "semtheory.logic.fidelity",
    "Given": "semtheory.logic.theorem",
    "SemtheoryError": "semtheory.errors",
    "Step": "semtheory.logic.theorem",
    "Theorem": "semtheory.logic.theorem",
    "Variant": "semtheory.logic.theorem",
    "check": "semtheory.derivations.checking",
    "prove": "semtheory.logic.prove",
    "verify": "semtheory.logic.running",
}
__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'semtheory' has no attribute {name!r}; it has {', '.join(sorted(_HOMES))}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
