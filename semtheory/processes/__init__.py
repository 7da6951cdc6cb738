"""Sources and channels: Markov chains, hidden Markov processes, vector autoregressions, channels with and without state."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from semtheory.processes.channels import Channel as Channel
    from semtheory.processes.channels import FeedbackSource as FeedbackSource
    from semtheory.processes.channels import FiniteStateChannel as FiniteStateChannel
    from semtheory.processes.hidden_markov import CausalStates as CausalStates
    from semtheory.processes.hidden_markov import HiddenMarkov as HiddenMarkov
    from semtheory.processes.markov_chain import MarkovChain as MarkovChain
    from semtheory.processes.named_channels import bec as bec
    from semtheory.processes.named_channels import bsc as bsc
    from semtheory.processes.named_channels import gilbert_elliott as gilbert_elliott
    from semtheory.processes.named_channels import ising as ising
    from semtheory.processes.named_channels import post as post
    from semtheory.processes.named_channels import trapdoor as trapdoor
    from semtheory.processes.named_sources import binary_symmetric_markov as binary_symmetric_markov
    from semtheory.processes.named_sources import even_process as even_process
    from semtheory.processes.named_sources import golden_mean as golden_mean
    from semtheory.processes.named_sources import mess3 as mess3
    from semtheory.processes.named_sources import rrxor as rrxor
    from semtheory.processes.named_sources import simple_nonunifilar as simple_nonunifilar
    from semtheory.processes.named_sources import zero_one_random as zero_one_random
    from semtheory.processes.through import joint_process as joint_process
    from semtheory.processes.through import output_process as output_process
    from semtheory.processes.vector_autoregression import VectorAutoregression as VectorAutoregression

# Loaded when first used: `import semtheory.processes` costs next to nothing.
_MODULES = {
    "channels": ("Channel", "FeedbackSource", "FiniteStateChannel"),
    "hidden_markov": ("CausalStates", "HiddenMarkov"),
    "markov_chain": ("MarkovChain",),
    "named_channels": ("bec", "bsc", "gilbert_elliott", "ising", "post", "trapdoor"),
    "named_sources": (
        "binary_symmetric_markov",
        "even_process",
        "golden_mean",
        "mess3",
        "rrxor",
        "simple_nonunifilar",
        "zero_one_random",
    ),
    "through": ("joint_process", "output_process"),
    "vector_autoregression": ("VectorAutoregression",),
}
_HOMES = {name: f"semtheory.processes.{module}" for module, names in _MODULES.items() for name in names}
__all__ = [*sorted(_HOMES)]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'semtheory.processes' has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return [*__all__]
