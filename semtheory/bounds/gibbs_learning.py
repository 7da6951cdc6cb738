"""The Gibbs algorithm on finite problems, exactly: generalisation error, information, and the bound of Xu and Raginsky.

Posterior p(w|s) proportional to prior(w) e^{-gamma L(w, s)}, L(w, s) the *mean* loss on the sample s. Then
    E[L(W) - L(W, S)] = (I(W;S) + lautum(W;S))/gamma
exactly, lautum being the divergence with its arguments exchanged. Aminian, Bu, Toni, Rodrigues and Wornell 2021, Theorem 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from semtheory.bounds.finite_samples import sample_counts
from semtheory.errors import InputError
from semtheory.measures._arrays import exact
from semtheory.processes._checks import Array, probabilities, real_array
from semtheory.values import Value, require_unit


@dataclass(frozen=True)
class GibbsLearning:
    """What a Gibbs algorithm does; `float()` gives the generalisation error.

    Attributes:
        generalization: E[risk - empirical risk], in the unit of the loss.
        information: I(W;S). lautum: D(P_W P_S || P_WS). Both in the unit asked for.
        identity: (information + lautum)/gamma in nats per unit of the loss: equal to `generalization` when the loss is the mean loss.
        xu_raginsky: sqrt(2 sigma^2 I/n), at least |generalization| when each loss is sigma-sub-Gaussian.
        risk, empirical_risk: expected under the algorithm.
    """

    generalization: float
    information: Value
    lautum: Value
    identity: float
    xu_raginsky: float
    risk: float
    empirical_risk: float

    def __float__(self) -> float:
        return self.generalization


def gibbs_generalization(
    law: Any,
    losses: Any,
    n: int,
    gamma: float,
    prior: Any = None,
    *,
    sigma: float | None = None,
    summed: bool = False,
    unit: str = "nats",
) -> GibbsLearning:
    """Generalisation error and information of the Gibbs algorithm on n independent examples of a finite source.

    Args:
        law: probabilities of the examples z.
        losses: `losses[w, z]`.
        n: size of the sample. gamma: inverse temperature, > 0.
        prior: law on w, not looking at the data; uniform by default.
        sigma: sub-Gaussian constant of every loss(w, Z); by default half of the largest range of a loss (Hoeffding's lemma).
        summed: weights e^{-gamma * summed loss}. The identity is then (I + lautum)/(n gamma), and `identity` is without the n: wrong.
        unit: of the information; the formulas are in nats.

    Raises:
        InputError: no laws, losses of another shape, gamma or sigma not positive, a prior of another length or with a zero.
    """
    require_unit(unit)
    p, table = probabilities("law", law, 1), real_array("losses", losses, 2)
    if table.shape[1] != len(p):
        raise InputError(f"losses has shape {table.shape}: expected (hypotheses, {len(p)}), a loss for each example")
    if not 0 < gamma < math.inf:
        raise InputError(f"gamma={gamma!r}: expected an inverse temperature, a number > 0")
    start = np.full(len(table), 1 / len(table)) if prior is None else probabilities("prior", prior, 1)
    if len(start) != len(table) or np.any(start == 0):
        raise InputError(
            f"prior {start.tolist()}: expected {len(table)} positive probabilities, one for each hypothesis"
        )
    if sigma is not None and not 0 < sigma < math.inf:
        raise InputError(f"sigma={sigma!r}: expected a sub-Gaussian constant, a number > 0, or None")
    counts, chance = sample_counts(p, n)
    empirical: Array = counts @ table.T / n  # (samples, hypotheses)
    scores = np.log(start) - gamma * (n if summed else 1) * empirical
    if not np.all(np.isfinite(scores)):
        raise InputError(f"gamma={gamma!r} times the losses overflows: expected less, or losses on a smaller scale")
    scores -= scores.max(axis=1, keepdims=True)
    logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    kernel = np.exp(logs)
    marginal: Array = chance @ kernel
    with np.errstate(divide="ignore"):
        weighed = logs + np.log(chance)[:, None]
    top = weighed.max(axis=0)
    ratio = logs - (top + np.log(np.exp(weighed - top).sum(axis=0)))  # logarithms, also where the probability itself underflows
    information = float(chance @ (kernel * ratio).sum(axis=1))
    lautum = -float(chance @ (ratio @ marginal))
    risk = float(marginal @ (table @ p))
    seen = float(chance @ (kernel * empirical).sum(axis=1))
    used = table[:, p > 0]
    width = float((used.max(axis=1) - used.min(axis=1)).max()) / 2 if sigma is None else sigma
    from semtheory.bounds.risk_bounds import xu_raginsky

    return GibbsLearning(
        generalization=risk - seen,
        information=exact(information, unit),
        lautum=exact(lautum, unit),
        identity=(information + lautum) / gamma,
        xu_raginsky=float(xu_raginsky(max(information, 0.0), n, width)) if width > 0 else 0.0,
        risk=risk,
        empirical_risk=seen,
    )
