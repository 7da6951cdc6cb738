"""Exact and bracketed information measures: entropies, directed information, Granger causality, feedback capacity."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from semtheory.measures.arma_capacity import arma_feedback_capacity as arma_feedback_capacity
    from semtheory.measures.best_of import best_of_n as best_of_n
    from semtheory.measures.binary_markov_rate import binary_markov_rate_distortion as binary_markov_rate_distortion
    from semtheory.measures.binary_markov_rate import gray_critical_distortion as gray_critical_distortion
    from semtheory.measures.bottleneck import bottleneck_rate_distortion as bottleneck_rate_distortion
    from semtheory.measures.bottleneck import information_bottleneck as information_bottleneck
    from semtheory.measures.capacity import feedback_capacity as feedback_capacity
    from semtheory.measures.classical_rate import rate_distortion as rate_distortion
    from semtheory.measures.classical_rate import rate_distortion_at_slope as rate_distortion_at_slope
    from semtheory.measures.classical_rate import rate_distortion_curve as rate_distortion_curve
    from semtheory.measures.contrastive import info_nce as info_nce
    from semtheory.measures.control import linear_control as linear_control
    from semtheory.measures.control import soft_bellman as soft_bellman
    from semtheory.measures.control import soft_control as soft_control
    from semtheory.measures.directed import causal_conditional_entropy as causal_conditional_entropy
    from semtheory.measures.directed import instantaneous_information as instantaneous_information
    from semtheory.measures.directed_rate import directed_rate_distortion as directed_rate_distortion
    from semtheory.measures.directed_rate import directed_rate_distortion_curve as directed_rate_distortion_curve
    from semtheory.measures.entropies import conditional_entropy as conditional_entropy
    from semtheory.measures.entropies import conditional_relative_entropy as conditional_relative_entropy
    from semtheory.measures.entropies import entropy as entropy
    from semtheory.measures.entropies import mutual_information as mutual_information
    from semtheory.measures.entropies import relative_entropy as relative_entropy
    from semtheory.measures.estimation import estimate_directed_information as estimate_directed_information
    from semtheory.measures.estimation import estimate_transfer_entropy as estimate_transfer_entropy
    from semtheory.measures.flows import directed_information as directed_information
    from semtheory.measures.flows import directed_information_rate as directed_information_rate
    from semtheory.measures.flows import reverse_directed_information as reverse_directed_information
    from semtheory.measures.flows import reverse_directed_information_rate as reverse_directed_information_rate
    from semtheory.measures.flows import transfer_entropy as transfer_entropy
    from semtheory.measures.flows import transfer_entropy_rate as transfer_entropy_rate
    from semtheory.measures.gauss_markov import gauss_markov_rate_distortion as gauss_markov_rate_distortion
    from semtheory.measures.granger import geweke as geweke
    from semtheory.measures.granger import granger_causality as granger_causality
    from semtheory.measures.log_loss import log_loss_rate_distortion as log_loss_rate_distortion
    from semtheory.measures.policies import gibbs_policy as gibbs_policy
    from semtheory.measures.policies import implied_reward as implied_reward
    from semtheory.measures.policies import preference as preference
    from semtheory.measures.policies import rlhf as rlhf
    from semtheory.measures.reward_rate import directed_rate_reward as directed_rate_reward
    from semtheory.measures.reward_rate import rate_reward as rate_reward
    from semtheory.measures.semantic import semantic_flow as semantic_flow
    from semtheory.measures.spectral import spectral_granger as spectral_granger
    from semtheory.measures.stored_patterns import attention_energy as attention_energy
    from semtheory.measures.stored_patterns import attention_update as attention_update
    from semtheory.measures.stored_patterns import log_gaussian_ball as log_gaussian_ball
    from semtheory.measures.stored_patterns import pattern_energies as pattern_energies
    from semtheory.measures.token_models import MarkovPrompts as MarkovPrompts
    from semtheory.measures.token_models import TokenModel as TokenModel
    from semtheory.measures.tokenisers import segmentations as segmentations
    from semtheory.measures.tokenisers import text_probability as text_probability
    from semtheory.measures.tokenisers import token_entropy as token_entropy
    from semtheory.measures.transport import gromov_wasserstein as gromov_wasserstein
    from semtheory.measures.word_vectors import log_probability_rank as log_probability_rank
    from semtheory.measures.word_vectors import pointwise_mutual_information as pointwise_mutual_information
    from semtheory.measures.word_vectors import word2vec_loss as word2vec_loss
    from semtheory.measures.word_vectors import word2vec_optimum as word2vec_optimum

# Loaded when first used: `import semtheory.measures` costs next to nothing.
_MODULES = {
    "binary_markov_rate": ("binary_markov_rate_distortion", "gray_critical_distortion"),
    "arma_capacity": ("arma_feedback_capacity",),
    "directed": ("causal_conditional_entropy", "instantaneous_information"),
    "directed_rate": ("directed_rate_distortion", "directed_rate_distortion_curve"),
    "entropies": (
        "conditional_entropy",
        "conditional_relative_entropy",
        "entropy",
        "mutual_information",
        "relative_entropy",
    ),
    "estimation": ("estimate_directed_information", "estimate_transfer_entropy"),
    "capacity": ("feedback_capacity",),
    "flows": (
        "directed_information",
        "directed_information_rate",
        "reverse_directed_information",
        "reverse_directed_information_rate",
        "transfer_entropy",
        "transfer_entropy_rate",
    ),
    "granger": ("geweke", "granger_causality"),
    "gauss_markov": ("gauss_markov_rate_distortion",),
    "bottleneck": ("bottleneck_rate_distortion", "information_bottleneck"),
    "log_loss": ("log_loss_rate_distortion",),
    "classical_rate": ("rate_distortion", "rate_distortion_at_slope", "rate_distortion_curve"),
    "reward_rate": ("directed_rate_reward", "rate_reward"),
    "spectral": ("spectral_granger",),
    "best_of": ("best_of_n",),
    "stored_patterns": ("attention_energy", "attention_update", "log_gaussian_ball", "pattern_energies"),
    "policies": ("gibbs_policy", "implied_reward", "preference", "rlhf"),
    "control": ("linear_control", "soft_bellman", "soft_control"),
    "semantic": ("semantic_flow",),
    "contrastive": ("info_nce",),
    "tokenisers": ("segmentations", "text_probability", "token_entropy"),
    "transport": ("gromov_wasserstein",),
    "word_vectors": ("log_probability_rank", "pointwise_mutual_information", "word2vec_loss", "word2vec_optimum"),
    "token_models": ("MarkovPrompts", "TokenModel"),
}
_HOMES = {name: f"semtheory.measures.{module}" for module, names in _MODULES.items() for name in names}
__all__ = [*sorted(_HOMES)]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'semtheory.measures' has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return [*__all__]
