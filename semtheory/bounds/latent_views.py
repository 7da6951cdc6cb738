"""Two readings of the evidence bound: attention as a latent position, and the bound's two terms as rate and distortion."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from semtheory.errors import InputError
from semtheory.measures._arrays import Array, exact
from semtheory.measures.entropies import nats
from semtheory.processes._checks import count, probabilities, real_array
from semtheory.values import UNITS, Value, require_unit


@dataclass(frozen=True)
class LatentAlignment:
    """What a token costs under three readings of attention, logarithms of probabilities.

    Attributes:
        log_marginal: log sum_j pi_j p(u|x_j), the position drawn. bound: sum_j q_j log(pi_j p(u|x_j)/q_j), never above it.
        soft: log p(u|sum_j pi_j x_j), the vectors averaged. At q = pi it is never below the bound; against the marginal neither order holds.
        posterior: of the position, given the token: the q at which the bound is the marginal.
    """

    log_marginal: Value
    bound: Value
    soft: Value
    posterior: Array


def latent_alignment(
    attention: Any, vectors: Any, readout: Any, token: int, bias: Any = None, guess: Any = None, *, unit: str = "nats"
) -> LatentAlignment:
    """Attention as a latent alignment (Deng et al. 2018), for the decoder softmax(readout x + bias).

    Args:
        attention: pi, a law on J positions. vectors: (J, d). readout: (V, d). bias: V numbers, 0 by default.
        token: u, from 0 to V - 1. guess: q, a law on the positions; `attention` by default.

    Raises:
        InputError: shapes that do not fit, no laws, a token outside the vocabulary.
    """
    pi = probabilities("attention", attention, 1)
    x, w = real_array("vectors", vectors, 2), real_array("readout", readout, 2)
    if len(x) != len(pi):
        raise InputError(f"vectors has {len(x)} rows: expected {len(pi)}, one for each position")
    if w.shape[1] != x.shape[1]:
        raise InputError(f"readout has shape {w.shape}: expected (V, {x.shape[1]}), the width of the vectors")
    b = np.zeros(len(w)) if bias is None else real_array("bias", bias, 1)
    if len(b) != len(w):
        raise InputError(f"bias has {len(b)} entries: expected {len(w)}, one for each token")
    if count("token", token) >= len(w):
        raise InputError(f"token={token}: expected 0 to {len(w) - 1}")
    each = np.array([_log_softmax(w @ row + b)[token] for row in x])
    q = pi if guess is None else probabilities("guess", guess, 1)
    if len(q) != len(pi):
        raise InputError(f"guess has {len(q)} entries: expected {len(pi)}, one for each position")
    top = each[pi > 0].max()
    joint = pi * np.exp(np.minimum(each - top, 0.0))  # p(u, j) up to a factor, so that nothing underflows
    used = q > 0
    inside = not np.any(pi[used] == 0)
    bound = math.fsum(q[used] * (np.log(pi[used]) + each[used] - np.log(q[used]))) if inside else -math.inf
    return LatentAlignment(
        log_marginal=Value.exact(math.log(math.fsum(joint)) + top, unit),
        bound=Value.exact(bound, unit, why="" if inside else "the guess uses a position without attention"),
        soft=Value.exact(float(_log_softmax(w @ (pi @ x) + b)[token]), unit),
        posterior=np.asarray(joint / joint.sum()),
    )


@dataclass(frozen=True)
class RateDistortion:
    """H - D <= I(X;Z) <= R (Alemi et al. 2018), each a number in `unit`.

    Attributes:
        entropy: H(X). distortion: D = E[-log d(X|Z)]. rate: R = E D(e||m). information: I(X;Z).
        elbo: -(R + D), at most -H.
    """

    entropy: float
    distortion: float
    rate: float
    information: float
    unit: str

    @property
    def elbo(self) -> float:
        return -(self.rate + self.distortion)


def rate_distortion_elbo(
    data: Any, encoder: Any, prior: Any = None, decoder: Any = None, *, unit: str = "nats"
) -> RateDistortion:
    """The two terms of the ELBO beside the information they enclose.

    Args:
        data: the law of X, n numbers. encoder: e(z|x), (n, k). prior: m(z), k numbers; the law of Z by default (then R = I).
        decoder: d(x|z), (k, n); the true posterior by default (then H - D = I).

    Returns:
        R is infinite where the prior excludes what the encoder does, D where the decoder excludes what happens.

    Raises:
        InputError: shapes that do not fit, or rows that are no laws.
    """
    scale = UNITS[require_unit(unit)]
    law, e = probabilities("data", data, 1), probabilities("encoder", encoder, 2)
    if len(e) != len(law):
        raise InputError(f"encoder has {len(e)} rows: expected {len(law)}, one for each letter of the data")
    joint = law[:, None] * e
    latent = joint.sum(axis=0)
    m = latent if prior is None else probabilities("prior", prior, 1)
    if len(m) != len(latent):
        raise InputError(f"prior has {len(m)} entries: expected {len(latent)}, one for each latent value")
    if decoder is None:
        d = np.where(latent > 0, joint / np.where(latent > 0, latent, 1.0), 1 / len(law)).T
    else:
        d = probabilities("decoder", decoder, 2)
    if d.shape != (len(latent), len(law)):
        raise InputError(f"decoder has shape {d.shape}: expected {(len(latent), len(law))}, latent values by letters")
    x, z = np.nonzero(joint)
    weight = joint[x, z]
    with np.errstate(divide="ignore"):
        rate = float(weight @ (np.log(e[x, z]) - np.log(m[z])))
        distortion = -float(weight @ np.log(d[z, x]))
        information = float(weight @ (np.log(e[x, z]) - np.log(latent[z])))
    return RateDistortion(
        nats(law) / scale,
        float(exact(distortion, "nats")) / scale,
        float(exact(rate, "nats")) / scale,
        float(exact(information, "nats")) / scale,
        unit,
    )


def _log_softmax(logits: Array) -> Array:
    shifted = logits - logits.max()
    return np.asarray(shifted - math.log(np.exp(shifted).sum()))
