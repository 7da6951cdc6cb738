"""Bounds: the ELBO and what tightens it, generalisation error, memory capacity, embedding dimensions."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from semtheory.bounds.attention_memories import attention_step as attention_step
    from semtheory.bounds.attention_memories import gaussian_memory_capacity as gaussian_memory_capacity
    from semtheory.bounds.attention_memories import kept_fraction as kept_fraction
    from semtheory.bounds.attention_memories import ramsauer_capacity as ramsauer_capacity
    from semtheory.bounds.attention_memories import separation as separation
    from semtheory.bounds.attention_memories import spherical_memory_capacity as spherical_memory_capacity
    from semtheory.bounds.finite_samples import failure_probability as failure_probability
    from semtheory.bounds.finite_samples import sample_counts as sample_counts
    from semtheory.bounds.formula import Formula as Formula
    from semtheory.bounds.formula import Parameter as Parameter
    from semtheory.bounds.gibbs_learning import gibbs_generalization as gibbs_generalization
    from semtheory.bounds.hopfield_memories import dense_memory_patterns as dense_memory_patterns
    from semtheory.bounds.hopfield_memories import dense_memory_rate as dense_memory_rate
    from semtheory.bounds.hopfield_memories import hopfield_capacity as hopfield_capacity
    from semtheory.bounds.hopfield_memories import hopfield_one_step_error as hopfield_one_step_error
    from semtheory.bounds.hopfield_memories import simulate_memory as simulate_memory
    from semtheory.bounds.latent_models import elbo as elbo
    from semtheory.bounds.latent_models import evidence as evidence
    from semtheory.bounds.latent_models import expectation_maximisation as expectation_maximisation
    from semtheory.bounds.latent_models import iwae as iwae
    from semtheory.bounds.latent_models import posterior as posterior
    from semtheory.bounds.latent_views import latent_alignment as latent_alignment
    from semtheory.bounds.latent_views import rate_distortion_elbo as rate_distortion_elbo
    from semtheory.bounds.markov_chains_mixing import dobrushin_coefficient as dobrushin_coefficient
    from semtheory.bounds.markov_chains_mixing import dobrushin_matrix as dobrushin_matrix
    from semtheory.bounds.markov_chains_mixing import markov_mcdiarmid as markov_mcdiarmid
    from semtheory.bounds.markov_chains_mixing import paulin_tau_min as paulin_tau_min
    from semtheory.bounds.masked_diffusion import any_order_loss as any_order_loss
    from semtheory.bounds.masked_diffusion import exact_conditionals as exact_conditionals
    from semtheory.bounds.masked_diffusion import expected_masked_bound as expected_masked_bound
    from semtheory.bounds.masked_diffusion import mask_weight as mask_weight
    from semtheory.bounds.masked_diffusion import masked_diffusion_bound as masked_diffusion_bound
    from semtheory.bounds.masked_diffusion import order_loss as order_loss
    from semtheory.bounds.masked_diffusion import order_mixture_loss as order_mixture_loss
    from semtheory.bounds.pac_bayes import binary_divergence as binary_divergence
    from semtheory.bounds.pac_bayes import kl_inverse as kl_inverse
    from semtheory.bounds.pac_bayes import maurer_xi as maurer_xi
    from semtheory.bounds.pac_bayes import pac_bayes_kl as pac_bayes_kl
    from semtheory.bounds.packing import bits_per_parameter as bits_per_parameter
    from semtheory.bounds.packing import gaussian_projection as gaussian_projection
    from semtheory.bounds.packing import johnson_lindenstrauss_dimension as johnson_lindenstrauss_dimension
    from semtheory.bounds.packing import johnson_lindenstrauss_failure as johnson_lindenstrauss_failure
    from semtheory.bounds.packing import madden_capacity as madden_capacity
    from semtheory.bounds.packing import spherical_packing_bound as spherical_packing_bound
    from semtheory.bounds.packing import welch_bound as welch_bound
    from semtheory.bounds.perceptron_capacity import cover_count as cover_count
    from semtheory.bounds.perceptron_capacity import gardner_capacity as gardner_capacity
    from semtheory.bounds.perceptron_capacity import gardner_margin as gardner_margin
    from semtheory.bounds.perceptron_capacity import gardner_upper_bound as gardner_upper_bound
    from semtheory.bounds.perceptron_capacity import krauth_mezard_capacity as krauth_mezard_capacity
    from semtheory.bounds.perceptron_capacity import separable as separable
    from semtheory.bounds.perceptron_capacity import separable_fraction as separable_fraction
    from semtheory.bounds.risk_bounds import catoni as catoni
    from semtheory.bounds.risk_bounds import gibbs_gaussian_mean as gibbs_gaussian_mean
    from semtheory.bounds.risk_bounds import hoeffding as hoeffding
    from semtheory.bounds.risk_bounds import hoeffding_gap as hoeffding_gap
    from semtheory.bounds.risk_bounds import linear_class_bound as linear_class_bound
    from semtheory.bounds.risk_bounds import logit_generalization_bound as logit_generalization_bound
    from semtheory.bounds.risk_bounds import mcallester as mcallester
    from semtheory.bounds.risk_bounds import mcdiarmid as mcdiarmid
    from semtheory.bounds.risk_bounds import occam as occam
    from semtheory.bounds.risk_bounds import uniform_bound as uniform_bound
    from semtheory.bounds.risk_bounds import xu_raginsky as xu_raginsky
    from semtheory.bounds.sign_averages import expected_rademacher as expected_rademacher
    from semtheory.bounds.sign_averages import linear_rademacher as linear_rademacher
    from semtheory.bounds.sign_averages import massart as massart
    from semtheory.bounds.sign_averages import rademacher as rademacher

# Loaded when first used: `import semtheory.bounds` costs next to nothing.
_MODULES: dict[str, tuple[str, ...]] = {
    "perceptron_capacity": (
        "cover_count",
        "gardner_capacity",
        "gardner_margin",
        "gardner_upper_bound",
        "krauth_mezard_capacity",
        "separable",
        "separable_fraction",
    ),
    "packing": (
        "bits_per_parameter",
        "gaussian_projection",
        "johnson_lindenstrauss_dimension",
        "johnson_lindenstrauss_failure",
        "madden_capacity",
        "spherical_packing_bound",
        "welch_bound",
    ),
    "hopfield_memories": (
        "dense_memory_patterns",
        "dense_memory_rate",
        "hopfield_capacity",
        "hopfield_one_step_error",
        "simulate_memory",
    ),
    "formula": ("Formula", "Parameter"),
    "attention_memories": (
        "attention_step",
        "gaussian_memory_capacity",
        "kept_fraction",
        "ramsauer_capacity",
        "separation",
        "spherical_memory_capacity",
    ),
    "finite_samples": (
        "failure_probability",
        "sample_counts",
    ),
    "gibbs_learning": ("gibbs_generalization",),
    "markov_chains_mixing": (
        "dobrushin_coefficient",
        "dobrushin_matrix",
        "markov_mcdiarmid",
        "paulin_tau_min",
    ),
    "pac_bayes": (
        "binary_divergence",
        "kl_inverse",
        "maurer_xi",
        "pac_bayes_kl",
    ),
    "risk_bounds": (
        "catoni",
        "gibbs_gaussian_mean",
        "hoeffding",
        "hoeffding_gap",
        "linear_class_bound",
        "logit_generalization_bound",
        "mcallester",
        "mcdiarmid",
        "occam",
        "uniform_bound",
        "xu_raginsky",
    ),
    "sign_averages": (
        "expected_rademacher",
        "linear_rademacher",
        "massart",
        "rademacher",
    ),
    "latent_models": ("elbo", "evidence", "expectation_maximisation", "iwae", "posterior"),
    "latent_views": ("latent_alignment", "rate_distortion_elbo"),
    "masked_diffusion": (
        "any_order_loss",
        "exact_conditionals",
        "expected_masked_bound",
        "mask_weight",
        "masked_diffusion_bound",
        "order_loss",
        "order_mixture_loss",
    ),
}
_HOMES = {name: f"semtheory.bounds.{module}" for module, names in _MODULES.items() for name in names}
__all__ = [*sorted(_HOMES)]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'semtheory.bounds' has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return [*__all__]
