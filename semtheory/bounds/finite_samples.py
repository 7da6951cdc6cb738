"""Every sample of a finite source at once: exact failure probabilities of bounds.

A statistic of an iid sample that does not depend on its order is a function of the counts, of which there are few: n draws from k letters
have C(n + k - 1, n) of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semtheory.errors import InputError
from semtheory.processes._checks import Array, count, probabilities, real_array

MOST_SAMPLES = 2_000_000
Counts = NDArray[np.int64]
Bound = float | Array | Callable[[Counts], Any]


def sample_counts(law: Any, n: int) -> tuple[Counts, Array]:
    """The counts of every sample of n independent draws, and their probabilities.

    Args:
        law: probabilities of the k letters. n: number of draws, >= 1.

    Returns:
        Counts of shape (samples, k), each row with sum n, and probabilities of shape (samples,), with sum 1.

    Raises:
        InputError: no law, n < 1, or more than two million different counts.
    """
    p, draws = probabilities("law", law, 1), count("n", n, 1)
    rows = math.comb(draws + len(p) - 1, draws)
    if rows > MOST_SAMPLES:
        raise InputError(
            f"{len(p)} letters and n={draws} make {rows} different samples: at most {MOST_SAMPLES}; take n or the alphabet smaller"
        )
    counts = np.array(list(_compositions(draws, len(p))), dtype=np.int64)
    factorials = np.cumsum(np.log(np.maximum(np.arange(draws + 1), 1)))
    used = p > 0
    logs = factorials[draws] - factorials[counts].sum(axis=1) + counts[:, used] @ np.log(p[used])
    return counts, np.where((counts[:, ~used] > 0).any(axis=1), 0.0, np.exp(logs))


def failure_probability(law: Any, losses: Any, n: int, bound: Bound) -> float:
    """The exact probability, over samples of size n, that some predictor has risk - empirical risk > bound.

    Args:
        law: probabilities of the k examples.
        losses: `losses[f, z]`, the loss of predictor f on example z.
        n: size of the sample.
        bound: a number, one number for each predictor, or a function of the counts (samples, k) that returns numbers which broadcast to
            (samples, predictors).

    Raises:
        InputError: as `sample_counts`, and losses of another shape.
    """
    p = probabilities("law", law, 1)
    table = real_array("losses", losses, 2)
    if table.shape[1] != len(p):
        raise InputError(f"losses has shape {table.shape}: expected (predictors, {len(p)}), a loss for each example")
    counts, chance = sample_counts(p, n)
    gap = table @ p - counts @ table.T / n
    limit = bound(counts) if callable(bound) else bound
    # Rounding is no failure: a gap within 1e-12 of its bound meets it.
    return float(chance[(gap > np.asarray(limit) + 1e-12).any(axis=1)].sum())


def _compositions(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in _compositions(total - first, parts - 1):
            yield (first, *rest)
