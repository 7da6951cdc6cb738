"""Best-of-n sampling: draw n answers from the reference, keep the one of highest reward. Exact, ties included.

An answer whose rewards below it have mass a and up to it mass b is kept with probability b^n - a^n (Beirami et al. 2024). KL to the
reference is at most log n - (n-1)/n, and the rate of wins over one draw, ties counting 1/2, at most n/(n+1); both are met only in the
limit of no atoms.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import Any

import numpy as np

from semtheory.errors import InputError
from semtheory.processes._checks import count, probabilities, real_array
from semtheory.values import Value, require_unit


@dataclass(frozen=True)
class BestOfN:
    """What best-of-n does; unpacks as (kl, win_rate), and `float()` gives the KL.

    Attributes:
        kl: KL(best-of-n || reference). kl_bound: log n - (n-1)/n, in the same unit.
        win_rate: P(it beats one draw) + P(tie)/2; a `Fraction` when the probabilities were exact. win_rate_bound: n/(n+1).
        policy: probability of each answer, in the order given.
    """

    kl: Value
    win_rate: float | Fraction
    policy: tuple[float, ...] | tuple[Fraction, ...]
    kl_bound: float
    win_rate_bound: Fraction
    n: int

    def __iter__(self) -> Iterator[Any]:
        return iter((self.kl, self.win_rate))

    def __float__(self) -> float:
        return float(self.kl)


def best_of_n(probabilities: Any, n: int, reward: Any = None, *, unit: str = "nats") -> BestOfN:
    """KL and win rate of best-of-n.

    Args:
        probabilities: of the answers under the reference. Exact when all are `Fraction` or int: then so are policy and win rate.
        n: how many answers are drawn, >= 1.
        reward: of each answer; equal rewards are ties, among which the reference's proportions decide. Without it the answers are
            in increasing order of reward, all different.
        unit: of the KL and its bound.

    Raises:
        InputError: no law, n < 1, rewards of another length or not finite.
    """
    require_unit(unit)
    draws = count("n", n, 1)
    law = _law(probabilities)
    ranks = _ranks(reward, len(law))
    nothing = 0 * law[0]
    masses: list[Any] = [nothing] * (max(ranks) + 1)
    for p, k in zip(law, ranks, strict=True):
        masses[k] += p
    below = list(accumulate(masses[:-1], initial=nothing))
    above = list(accumulate(reversed(masses[1:]), initial=nothing))[::-1]
    kept = [_kept(a, m, c, draws) for a, m, c in zip(below, masses, above, strict=True)]
    policy = tuple(kept[k] * p / masses[k] if masses[k] else 0 * p for p, k in zip(law, ranks, strict=True))
    win_rate = sum(k * (a + m / 2) for k, a, m in zip(kept, below, masses, strict=True))
    nats = math.fsum(float(k) * _log_ratio(k, m) for k, m in zip(kept, masses, strict=True) if k)
    bound = math.log(draws) - (draws - 1) / draws
    return BestOfN(
        kl=Value.exact(max(nats, 0.0), unit),
        win_rate=win_rate,
        policy=policy,
        kl_bound=float(Value.exact(bound, unit)),
        win_rate_bound=Fraction(draws, draws + 1),
        n=draws,
    )


def _kept(below: Any, mass: Any, above: Any, n: int) -> Any:
    """(below + mass)^n - below^n; for floats, whose sum is 1 but for rounding, without cancellation."""
    if isinstance(mass, Fraction):
        return (below + mass) ** n - below**n
    if mass == 0:
        return 0.0
    whole = math.log1p(-above) if above < 0.5 else math.log(below + mass)
    if below <= 0:
        return math.exp(_times(n, whole))
    return math.exp(_times(n, whole)) * -math.expm1(_times(n, -math.log1p(mass / below)))


def _times(n: int, logarithm: float) -> float:
    """n logarithm for a logarithm <= 0 and any n; at least -1000, where its exponential is long 0."""
    return float(max(n * Fraction(logarithm), Fraction(-1000)))


def _log_ratio(kept: Any, mass: Any) -> float:
    ratio = kept / mass
    if float(ratio) > 0:  # correctly rounded, also for fractions of huge whole numbers
        return math.log(float(ratio))
    return math.log(ratio.numerator) - math.log(ratio.denominator)


def _law(values: Any) -> Sequence[Any]:
    listed = list(values) if isinstance(values, (list, tuple)) else None
    if listed and all(isinstance(v, (Fraction, int)) and not isinstance(v, bool) for v in listed):
        exact = [Fraction(v) for v in listed]
        if any(v < 0 for v in exact) or sum(exact) != 1:
            raise InputError(f"probabilities {values!r}: expected fractions, none negative, that add to exactly 1")
        return exact
    return [float(v) for v in probabilities("probabilities", values, 1)]


def _ranks(reward: Any, size: int) -> list[int]:
    if reward is None:
        return list(range(size))
    rewards = real_array("reward", reward, 1)
    if len(rewards) != size:
        raise InputError(f"reward has {len(rewards)} entries: expected {size}, one for each answer")
    return [int(k) for k in np.unique(rewards, return_inverse=True)[1]]
