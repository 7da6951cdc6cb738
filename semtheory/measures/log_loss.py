"""Rate-distortion under log loss, d(x, q) = -log q(x): reproductions are laws, so their alphabet is a simplex.

Seen directly: R(D) = max(H(X) - D, 0) (Courtade and Weissman 2014). Seen through A, with Z made from A alone, it is the information
bottleneck: least I(A;Z) with I(Z;X) >= H(X) - D (Harremoes and Tishby 2007).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from semtheory.errors import InputError
from semtheory.measures._arrays import Array, as_pmf
from semtheory.measures.blahut_arimoto import least_output
from semtheory.measures.classical_rate import mutual_information_of, number
from semtheory.values import UNITS, Value, require_unit


def log_loss_rate_distortion(pmf: ArrayLike, distortion: float, *, unit: str = "nats") -> Value:
    """R(D) = max(H(X) - D, 0); D and the rate both in `unit`.

    Raises:
        InputError: a law that is none, a negative D.
    """
    p = as_pmf(pmf)
    d = number("distortion", distortion, 0.0) * UNITS[require_unit(unit)]
    p = p[p > 0]
    return Value.exact(max(0.0, float(-(p * np.log(p)).sum()) - d), unit)


class Bottleneck(Value):
    """The least I(A;Z) - beta I(Z;X), with its bracket and an encoder that attains the upper end.

    Attributes:
        encoder: (A, Z). compression, relevance: I(A;Z) and I(Z;X) of it, in `unit`.
    """

    encoder: Array
    compression: float
    relevance: float

    def __reduce__(self) -> tuple[Any, ...]:
        return *super().__reduce__()[:2], dict(self.__dict__)


def information_bottleneck(joint: ArrayLike, beta: float, *, unit: str = "nats", resolution: int = 256) -> Bottleneck:
    """min over encoders P(z|a) of I(A;Z) - beta I(Z;X), X binary; certified.

    As rate-distortion with d(a, q) = D(P(X|a)||q) over a grid of laws q, which is refined where it matters; the dual bound is
    taken over all laws of a binary X, cell by cell: each term of it is log-concave in q, so its largest value in a cell is known.

    Args:
        joint: (A, 2), P(a, x). beta: >= 0. resolution: cells of the first grid.

    Raises:
        InputError: X not binary, beta negative or not finite.
    """
    require_unit(unit)
    p = as_pmf(joint, "joint")
    if p.ndim != 2 or p.shape[1] != 2:
        raise InputError(f"joint has shape {p.shape}: expected (A, 2), a binary X")
    b = number("beta", beta, 0.0)
    rows = p.sum(axis=1) > 0
    law = p[rows].sum(axis=1)
    given = p[rows] / law[:, None]
    grid = np.unique(
        np.concatenate(
            [(np.arange(resolution) + 0.5) / resolution, given[:, 1].clip(1e-12, 1 - 1e-12), [float(p[:, 1].sum())]]
        )
    )
    entropy = -np.where(given > 0, given * np.log(np.where(given > 0, given, 1.0)), 0.0).sum(axis=1)
    base = float(law @ entropy)
    out = None
    for _ in range(12):
        grid = grid[(grid > 0) & (grid < 1)]
        cost = -given @ np.log(np.stack([1 - grid, grid])) - entropy[:, None]
        weight = np.exp(-b * cost)
        out = least_output(law, weight, None, 1e-13)
        channel = weight * out.law / out.partition[:, None]
        posterior = (channel * law[:, None]).T @ given
        mass = posterior.sum(axis=1)
        kept = mass > 1e-14
        better = posterior[kept, 1] / mass[kept]
        grid = np.unique(np.concatenate([grid, better]))
    assert out is not None
    top = _largest(law / out.partition, given, entropy, b)
    total = p[:, 1].sum()
    unigram = -float(sum(v * np.log(v) for v in (total, 1 - total) if v > 0))
    shift = b * (base - unigram)  # -beta I(Z;X) = beta (E d + H(X|A) - H(X))
    lower = out.value - max(0.0, float(np.log(top))) + shift
    encoder = np.zeros((len(p), int(kept.sum())))
    encoder[rows] = channel[:, kept] / channel[:, kept].sum(axis=1, keepdims=True)
    encoder[~rows] = 1 / encoder.shape[1]
    compression = mutual_information_of(law, encoder[rows])
    after = (encoder * p.sum(axis=1)[:, None]).T @ np.divide(p, np.maximum(p.sum(axis=1, keepdims=True), 1e-300))
    relevance = mutual_information_of(after.sum(axis=1), after / after.sum(axis=1, keepdims=True))
    upper = compression - b * relevance
    slack = 1e-13 * (1 + abs(upper))
    low, high = (min(lower, upper) - slack) / UNITS[unit], (upper + slack) / UNITS[unit]
    result = Bottleneck((low + high) / 2, low, high, unit, "bracket")
    result.encoder, result.compression, result.relevance = encoder, compression / UNITS[unit], relevance / UNITS[unit]
    return result


def _largest(weights: Array, given: Array, entropy: Array, beta: float, rounds: int = 40) -> float:
    """An upper bound of max over q in [0,1] of sum_a w_a exp(-beta d(a, q)), by halving the cells that could hold it."""
    low, high = np.arange(512) / 512, (np.arange(512) + 1) / 512
    best = 0.0

    def value(q: Array) -> Array:
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.stack([np.log(1 - q), np.log(q)])
            cost = (
                -(np.where(given[:, :, None] > 0, given[:, :, None] * logs[None], 0.0)).sum(axis=1) - entropy[:, None]
            )
        return np.exp(-beta * cost)

    bound = np.zeros(len(low))
    for _ in range(rounds):
        peak = np.clip(given[:, 1][:, None], low, high)  # each term is largest at q = P(X=1|a), or at the nearer end
        with np.errstate(divide="ignore", invalid="ignore"):
            first = np.where(given[:, :1] > 0, given[:, :1] * np.log(1 - peak), 0.0)
            second = np.where(given[:, 1:] > 0, given[:, 1:] * np.log(peak), 0.0)
        bound = weights @ np.exp(beta * (first + second + entropy[:, None]))
        middle = (low + high) / 2
        best = max(best, float((weights @ value(middle)).max()))
        open_ = bound > best * (1 + 1e-13)
        if not np.any(open_) or int(open_.sum()) > 20000:
            break
        low, middle, high, bound = low[open_], middle[open_], high[open_], bound[open_]
        low, high = np.concatenate([low, middle]), np.concatenate([middle, high])
        bound = np.concatenate([bound, bound])
    return max(best, float(bound.max()) if len(bound) else best)
