"""InfoNCE (contrastive predictive coding): log K - L of a critic, its mean exactly, without sampling.

A context x, one candidate drawn from p(y|x), K - 1 drawn independently from p(y); L is the mean of -log f(x, y_positive)/sum of f over all K. For every
critic f, log K - L <= min(I(X;Y), log K): a lower bound of information, never an upper one (van den Oord et al. 2018; Poole et al. 2019).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from semtheory.errors import InputError
from semtheory.measures._arrays import Array
from semtheory.measures.log_sums import mean_log_sum
from semtheory.processes._checks import count, probabilities, real_array
from semtheory.values import Value, require_unit


def info_nce(joint: Any, candidates: int, critic: Any = None, *, denominator: str = "all", unit: str = "nats") -> Value:
    """log K - L_NCE, the mean over contexts, positives and negatives.

    Args:
        joint: p(x, y) as a matrix; or the law of X as a vector, or its number of letters (uniform), for Y = X.
        candidates: K >= 1, the positive included.
        critic: f(x, y) >= 0, a matrix (the exponentials of logits). By default the best one, p(x,y)/(p(x)p(y)); any factor that
            depends on x alone changes nothing.
        denominator: "all" K candidates, or "negatives" alone (K >= 2): then log(K-1) - L, which is *no* bound of I(X;Y).
        unit: "nats" or "bits".

    Returns:
        "exact" when the candidates could be counted, else a "bracket" by rigorous integration, about 1e-14 wide. Minus infinity when the critic
        gives 0 to a pair that occurs; infinity with "negatives" when the best critic may give 0 to all of them.

    Raises:
        InputError: no law, K < 1, a critic of another shape, negative or zero for all candidates.
    """
    require_unit(unit)
    draws = count("candidates", candidates, 1) - 1
    if denominator not in ("all", "negatives"):
        raise InputError(f"denominator={denominator!r}: expected 'all' or 'negatives'")
    alone = denominator == "negatives"
    if alone and not draws:
        raise InputError("candidates=1 with denominator='negatives': expected at least one negative, candidates >= 2")
    low = high = 0.0
    counted = True
    alike = isinstance(joint, (int, np.integer)) or real_array("joint", joint).ndim < 2
    rows = _diagonal(joint, critic) if alike else _rows(joint, critic)
    for weight, values, law, positive in rows:
        seen = positive > 0
        if np.any(values[seen] == 0):
            return Value.exact(-math.inf, unit, why="the critic gives 0 to a pair that occurs")
        starts = np.zeros(1) if alone else values[seen]
        start_law = np.ones(1) if alone else positive[seen]
        (least, most), exact = mean_log_sum(values, law, draws, starts, start_law)
        agrees = float(positive[seen] @ np.log(values[seen]))
        low, high, counted = low + weight * (agrees - most), high + weight * (agrees - least), counted and exact
    size = math.log(draws if alone else draws + 1)
    why = "no bound of the information: the positive is not in the denominator" if alone else ""
    if counted:
        return Value.exact(low + size, unit, why=why)
    return Value.bracket(low + size, high + size, unit, why=why or "the candidates integrated out, not counted")


def _rows(joint: Any, critic: Any) -> list[tuple[float, Array, Array, Array]]:
    """For each context: its probability, the critic's values, the law of a negative, the law of the positive."""
    law = probabilities("joint", joint, 2, over=(0, 1))
    contexts, targets = law.sum(axis=1), law.sum(axis=0)
    used = targets > 0
    if critic is None:
        ratio = law[:, used] / np.where(contexts > 0, contexts, 1.0)[:, None] / targets[used]
    else:
        given = real_array("critic", critic, 2)
        if given.shape != law.shape:
            raise InputError(f"critic has shape {given.shape}: expected {law.shape}, that of joint")
        if np.any(given < 0):
            raise InputError(
                f"critic has the entry {given.min():.10g}: expected f >= 0, such as the exponential of a logit"
            )
        ratio = given[:, used]
    found = []
    for x in np.flatnonzero(contexts > 0):
        top = ratio[x].max()
        if top == 0:
            raise InputError(f"critic[{x}] is 0 for every candidate: expected a positive entry in each row")
        found.append((float(contexts[x]), ratio[x] / top, targets[used], law[x, used] / contexts[x]))
    return found


def _diagonal(law: Any, critic: Any) -> list[tuple[float, Array, Array, Array]]:
    """Y = X: a negative either equals the positive (ratio the same) or has ratio 0. Letters of equal probability are one case."""
    if critic is not None:
        raise InputError("critic with a law of X alone: give the joint law as a matrix")
    if isinstance(law, (int, np.integer)) and not isinstance(law, bool):
        size = count("joint (number of letters)", law, 1)
        shares, numbers = np.array([1 / size]), np.array([size])
    else:
        shares, numbers = np.unique(probabilities("joint", law, 1), return_counts=True)
    return [
        (float(p * n), np.array([0.0, 1.0]), np.array([1 - p, p]), np.array([0.0, 1.0]))
        for p, n in zip(shares, numbers, strict=True)
        if p > 0
    ]
