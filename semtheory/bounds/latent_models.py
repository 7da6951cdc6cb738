"""Finite latent models, exactly: the evidence bound, its tightening by importance weights, and expectation-maximisation.

A latent z of k values and something seen, x: all that the bounds need is the joint law p(x, z) at that x, a vector of k numbers with sum p(x).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from semtheory.errors import InputError
from semtheory.measures._arrays import Array
from semtheory.measures.log_sums import mean_log_sum
from semtheory.processes._checks import count, probabilities, real_array
from semtheory.values import Value, require_unit


def posterior(joint: Any) -> Array:
    """p(z|x) from p(x, z), the weights of the latent at what was seen.

    Raises:
        InputError: negative weights, all zero, or with a sum above 1.
    """
    weights = _joint(joint)
    return np.asarray(weights / weights.sum())


def evidence(joint: Any, *, unit: str = "nats") -> Value:
    """log p(x) = log of the sum of p(x, z)."""
    return Value.exact(math.log(math.fsum(_joint(joint))), unit)


def elbo(joint: Any, guess: Any = None, *, unit: str = "nats") -> Value:
    """The evidence lower bound E_q[log p(x,z) - log q(z)] = log p(x) - D(q||p(z|x)).

    Args:
        joint: p(x, z) at the x seen, k numbers >= 0 with sum p(x) <= 1.
        guess: q, a law on the k values of z; the posterior by default, where the bound is log p(x).

    Returns:
        Minus infinity when q uses a latent of joint probability 0.

    Raises:
        InputError: no joint weights, or q no law on as many values.
    """
    require_unit(unit)
    weights = _joint(joint)
    q = posterior(joint) if guess is None else _guess(guess, len(weights))
    used = q > 0
    if np.any(weights[used] == 0):
        return Value.exact(-math.inf, unit, why="the guess uses a latent of probability 0")
    return Value.exact(math.fsum(q[used] * (np.log(weights[used]) - np.log(q[used]))), unit)


def iwae(joint: Any, guess: Any, samples: int, *, unit: str = "nats") -> Value:
    """The importance-weighted bound E log((w_1 + ... + w_K)/K), w = p(x,z)/q(z), z_1..z_K independent draws of q.

    Rises with K from the ELBO (K = 1) towards log of the joint mass that q covers (Burda, Grosse and Salakhutdinov 2016).

    Args:
        joint, guess: as for `elbo`. samples: K >= 1.

    Returns:
        "exact" by counting the draws, or where these are too many a "bracket" by rigorous integration. Minus infinity when all K
        weights may be 0.

    Raises:
        InputError: no joint weights, q no law on as many values, K < 1.
    """
    require_unit(unit)
    draws = count("samples", samples, 1)
    weights = _joint(joint)
    q = _guess(guess, len(weights))
    used = q > 0
    ratios = weights[used] / q[used]
    top = ratios.max()
    if top == 0:
        return Value.exact(-math.inf, unit, why="the guess uses only latents of probability 0")
    (low, high), counted = mean_log_sum(ratios / top, q[used], draws, np.zeros(1), np.ones(1))
    shift = math.log(top) - math.log(draws)
    if math.isinf(low):
        return Value.exact(-math.inf, unit, why="all weights may be 0 at once")
    return (
        Value.exact(low + shift, unit)
        if counted
        else Value.bracket(low + shift, high + shift, unit, why="integrated, not counted")
    )


@dataclass(frozen=True)
class Fit:
    """What expectation-maximisation reached.

    Attributes:
        prior: law of the class, k numbers. emission: law of a token in each class, (k, V).
        log_likelihoods: of the data in nats, before the first step and after each: they never fall.
    """

    prior: Array
    emission: Array
    log_likelihoods: tuple[float, ...]

    def __float__(self) -> float:
        return self.log_likelihoods[-1]


def expectation_maximisation(counts: Any, prior: Any, emission: Any, steps: int) -> Fit:
    """EM for a mixture of bags of tokens: document i shows token v counts[i, v] times, all from the class of the document.

    log p(x_i) = log sum_z prior[z] prod_v emission[z, v]^counts[i, v]. The number of orders of a bag is left out; it is the same for all parameters.

    Args:
        counts: (n, V), whole numbers >= 0. prior: k numbers. emission: (k, V), rows are laws. steps: how many EM steps, >= 0.

    Raises:
        InputError: shapes that do not fit, no laws, or a document that no class can make.
    """
    bags = real_array("counts", counts, 2)
    if np.any(bags < 0) or np.any(bags != np.round(bags)):
        raise InputError(
            f"counts has the entry {bags[(bags < 0) | (bags != np.round(bags))][0]:.10g}: expected whole numbers >= 0"
        )
    weight = probabilities("prior", prior, 1)
    tokens = probabilities("emission", emission, 2)
    if tokens.shape != (len(weight), bags.shape[1]):
        raise InputError(
            f"emission has shape {tokens.shape}: expected {(len(weight), bags.shape[1])}, classes by tokens"
        )
    count("steps", steps)
    trace = []
    for step in range(steps + 1):
        log_joint = _log_joint(bags, weight, tokens)
        top = log_joint.max(axis=1)
        if np.any(np.isneginf(top)):
            raise InputError(
                f"counts[{int(np.argmin(top))}] has probability 0 in every class: expected parameters that can make it"
            )
        shares = np.exp(log_joint - top[:, None])
        trace.append(math.fsum(top + np.log(shares.sum(axis=1))))
        if step == steps:
            break
        shares /= shares.sum(axis=1, keepdims=True)
        weight = shares.mean(axis=0)
        seen = shares.T @ bags
        total = seen.sum(axis=1, keepdims=True)
        tokens = np.where(total > 0, seen / np.where(total > 0, total, 1.0), tokens)
    return Fit(weight, tokens, tuple(trace))


def _log_joint(bags: Array, prior: Array, emission: Array) -> Array:
    """log p(x_i, z), (n, k), with 0 log 0 = 0."""
    with np.errstate(divide="ignore"):
        logs, head = np.log(emission), np.log(prior)
    possible = np.where(np.isneginf(logs), 0.0, logs)
    impossible = bags @ np.isneginf(logs).T > 0
    return np.where(impossible, -np.inf, bags @ possible.T + head)


def _joint(given: Any) -> Array:
    weights = real_array("joint", given, 1)
    if np.any(weights < 0):
        raise InputError(f"joint has the entry {weights.min():.10g}: a probability cannot be negative")
    total = math.fsum(weights)
    if total == 0:
        raise InputError("joint is 0 for every latent: expected something seen with positive probability")
    if total > 1 + 1e-9:
        raise InputError(f"joint sums to {total:.10g}: expected p(x) <= 1; it is p(x, z) at the x seen, for each z")
    return weights


def _guess(given: Any, size: int) -> Array:
    q = probabilities("guess", given, 1)
    if len(q) != size:
        raise InputError(f"guess has {len(q)} entries: expected {size}, one for each latent value")
    return q
