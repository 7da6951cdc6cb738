"""How tight the generalisation bounds get: exact value over bound, on the instances where each is nearly or exactly met.
The ratios below are the table; 1 means that the constant cannot be lowered.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest

from semtheory.bounds import (
    binary_divergence,
    expected_rademacher,
    failure_probability,
    kl_inverse,
    linear_class_bound,
    linear_rademacher,
    markov_mcdiarmid,
    massart,
    maurer_xi,
    mcdiarmid,
    occam,
    rademacher,
    sample_counts,
    xu_raginsky,
)


def cube() -> float:
    signs = np.array(list(itertools.product((-1, 1), repeat=10)))
    return rademacher(signs) / massart(signs)


def one_member_a_point(points: int = 400) -> float:
    losses, law = 1 - np.eye(points), np.full(points, 1 / points)
    counts, chance = sample_counts(law, 1)
    gap = float(chance @ (losses @ law - counts @ losses.T).max(axis=1))
    return gap / (2 * expected_rademacher(law, losses, 1))


def far_logits(shift: float = 1.0) -> float:
    logits = np.array([[[-20.0, 20.0]], [[-20.0 - shift, 20.0 + shift]]])
    losses = np.log(np.exp(logits - logits.max()).sum(axis=-1)) + logits.max() - logits[..., 0]
    return rademacher(losses) / (2 * rademacher(logits))


def fair_sum(n: int = 400) -> float:
    """ln P / ln bound for the sum of n fair bits, off by 3 standard deviations; it tends to 1 further out."""
    start = n // 2 + 3 * int(math.sqrt(n) / 2)
    tail = sum(math.comb(n, k) for k in range(start, n + 1)) / 2**n
    return math.log(float(mcdiarmid(start - n / 2, np.ones(n)))) / math.log(tail)


def sticky_chain() -> float:
    """Two copies of one fair token (flip 0.0001): theta is close to 1, both c_i = 1."""
    return 0.5 * (1 - 1e-4) / float(markov_mcdiarmid(1.0, [1, 1], 1 - 2e-4))


def noisy_copy(flip: float = 0.49) -> float:
    information = math.log(2) + flip * math.log(flip) + (1 - flip) * math.log(1 - flip)
    return (0.5 - flip) / float(xu_raginsky(information, 1))


def coin_moment(n: int = 50) -> float:
    mean = sum(
        math.comb(n, k) * 0.3**k * 0.7 ** (n - k) * math.exp(n * binary_divergence(k / n, 0.3)) for k in range(n + 1)
    )
    return mean / maurer_xi(n)


def no_losses(n: int = 20) -> float:
    """One predictor without a loss on the sample, by kl with ln(1/delta): P(no loss) = delta exactly at the bound."""
    delta = 0.05
    bound = kl_inverse(0.0, -math.log(delta) / n)
    return float((1 - bound) ** n) / delta


def occam_failure() -> float:
    """256 memorisers of eight points, n = 4: exact probability of failure over delta, the union over them is what it costs."""
    losses = [[(code >> j) & 1 for j in range(8)] for code in range(256)]
    best = 0.0
    for delta in (0.3, 0.6, 0.9):
        best = max(best, failure_probability([1 / 8] * 8, losses, 4, float(occam(8, 4, delta))) / delta)
    return best


RATIOS: dict[str, tuple[Callable[[], float], float, float]] = {
    "Massart on the cube": (cube, 1 / math.sqrt(2 * math.log(2)), 1e-9),
    "linear class, orthogonal points": (
        lambda: linear_rademacher(np.eye(6), 1) / float(linear_class_bound(1, 1, 6)),
        1,
        1e-12,
    ),
    "vector contraction": (
        lambda: rademacher([[0.0], [2**0.5]]) / rademacher([[[0, 0]], [[-1, -1]]]) / 2**0.5,
        1,
        1e-12,
    ),
    "symmetrisation, 400 points": (one_member_a_point, 399 / 400, 1e-12),
    "losses against logits": (far_logits, 1, 1e-12),
    "McDiarmid, exponents at 3 deviations": (fair_sum, 0.6966, 1e-3),
    "Markov chain, a token twice": (sticky_chain, 0.5 * math.exp(0.4), 1e-3),
    "Xu-Raginsky, noisy copy": (noisy_copy, 1, 1e-4),
    "PAC-Bayes, exponential moment": (coin_moment, 1, 1e-12),
    "kl inverse, no losses seen": (no_losses, 1, 1e-6),
    "Occam, 256 memorisers": (occam_failure, 0.003255, 1e-6),
}


@pytest.mark.parametrize("name", RATIOS)
def test_ratio_to_the_bound(name: str) -> None:
    make, expected, tolerance = RATIOS[name]
    found = make()
    assert found <= 1 + 1e-9
    assert found == pytest.approx(expected, abs=tolerance)
