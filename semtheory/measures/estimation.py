"""Directed information and transfer entropy per step, from one pair of recorded sequences.

*Plug-in:* empirical conditional entropies with a fixed history. Biased upwards by about (free parameters)/(2N) nats; that much is
taken off and reported. *Context tree:* the difference of two sequential code lengths (Jiao, Permuter, Zhao, Kim and Weissman 2013,
their first estimator), with the history chosen by the data; biased by the redundancy of the codes, about (parameters) log(N)/(2N).

The interval is a moving-block bootstrap of the per-step information, conditional on the fitted model; the p-value shifts x in a circle
against y, which keeps both sequences' own memory and breaks what joins them. Neither corrects a history that is too short.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from semtheory.errors import InputError
from semtheory.measures._arrays import Array
from semtheory.measures.context_tree import Letters, log_losses
from semtheory.processes._checks import count
from semtheory.values import UNITS, Value, require_unit


@dataclass(frozen=True)
class Estimate:
    """An estimate per step; `float()` gives the value.

    Attributes:
        value: with its confidence interval, `method` "sampled".
        bias: what was taken off the raw estimate (plug-in) or is expected still to be in it (context tree), in the unit.
        p_value: share of circular shifts that give at least as much; None when none were asked for.
        history, samples: lags used, and steps averaged over.
    """

    value: Value
    bias: float
    p_value: float | None
    history: int
    samples: int

    def __float__(self) -> float:
        return float(self.value)

    @property
    def lower(self) -> float:
        """Lower end of the confidence interval."""
        return self.value.lower

    @property
    def upper(self) -> float:
        """Upper end of the confidence interval."""
        return self.value.upper

    @property
    def unit(self) -> str:
        """ "nats" or "bits"."""
        return self.value.unit

    @property
    def method(self) -> str:
        """ "sampled"."""
        return self.value.method


def estimate_directed_information(x: ArrayLike, y: ArrayLike, **options: Any) -> Estimate:
    """I(X^t; Y_t | Y^{t-1}) per step from sequences of letters: the present of x counts. Options as for transfer entropy."""
    return _estimate(x, y, present=True, **options)


def estimate_transfer_entropy(x: ArrayLike, y: ArrayLike, **options: Any) -> Estimate:
    """I(X^{t-1}; Y_t | Y^{t-1}) per step from sequences of letters.

    Args:
        x, y: integers from 0, of equal length.
        history: lags of each sequence (default 2).
        method: "plug-in" or "context-tree".
        shifts: how many circular shifts for the p-value (default 0: none).
        resamples, confidence, seed: of the bootstrap (default 400, 0.95, 0).
        unit: "nats" or "bits".

    Raises:
        InputError: what is wrong with the sequences or an option, named.
    """
    return _estimate(x, y, present=False, **options)


def _estimate(
    x: ArrayLike,
    y: ArrayLike,
    *,
    present: bool,
    history: int = 2,
    method: str = "plug-in",
    shifts: int = 0,
    resamples: int = 400,
    confidence: float = 0.95,
    seed: int = 0,
    unit: str = "nats",
) -> Estimate:
    if method not in ("plug-in", "context-tree"):
        raise InputError(f"method {method!r}: expected 'plug-in' or 'context-tree'")
    if not 0 < confidence < 1:
        raise InputError(f"confidence={confidence!r}: expected a number between 0 and 1")
    scale = UNITS[require_unit(unit)]
    lags = count("history", history, 1)
    left, right = _letters(x, "x"), _letters(y, "y")
    if len(left) != len(right):
        raise InputError(f"x has {len(left)} entries, y has {len(right)}: expected as many")
    if len(right) <= 10 * (lags + 1):
        raise InputError(f"{len(right)} entries for history {lags}: expected more than {10 * (lags + 1)}")
    pointwise = _plug_in if method == "plug-in" else _context_tree
    steps, bias = pointwise(left, right, lags, present)
    raw = float(steps.mean())
    middle = raw - bias if method == "plug-in" else raw
    chance = np.random.default_rng(seed)
    low, high = _bootstrap(steps, count("resamples", resamples, 10), confidence, chance)
    off = middle - raw
    interval = min(middle, low + off), max(middle, high + off)
    p_value = None
    if count("shifts", shifts):
        margin = lags + 1
        moves = chance.integers(margin, len(left) - margin, shifts)
        null = [float(pointwise(np.roll(left, int(k)), right, lags, present)[0].mean()) for k in moves]
        p_value = (1 + sum(value >= raw for value in null)) / (1 + shifts)
    why = f"{method}, history {lags}, bias about {bias / scale:.2g} {unit} {'removed' if method == 'plug-in' else 'remains'}"
    value = Value.sampled(middle, *interval, confidence, why=why).to(unit)
    return Estimate(value, bias / scale, p_value, lags, len(steps))


def _letters(values: ArrayLike, name: str) -> Letters:
    array = np.asarray(values)
    if array.ndim != 1 or not np.issubdtype(array.dtype, np.integer) or (array.size and int(array.min()) < 0):
        raise InputError(f"{name}: expected a sequence of integers from 0, got shape {array.shape} of {array.dtype}")
    return array.astype(np.int64)


def _contexts(x: Letters, y: Letters, lags: int, present: bool) -> tuple[Letters, Letters, Letters]:
    """Targets, own contexts (N, lags), and the other stream's (N, lags or lags + 1), nearest first."""
    n = len(y)
    own = np.column_stack([y[lags - k : n - k] for k in range(1, lags + 1)])
    other = np.column_stack([x[lags - k : n - k] for k in range(0 if present else 1, lags + 1)])
    return y[lags:], own, other


def _plug_in(x: Letters, y: Letters, lags: int, present: bool) -> tuple[Array, float]:
    """log p(y|own, other)/p(y|own) at each step under the empirical law, and the bias of its mean (Miller and Madow)."""
    target, own, other = _contexts(x, y, lags, present)
    both = np.column_stack([own, other])
    tables = [_counts(part) for part in (np.column_stack([both, target]), both, np.column_stack([own, target]), own)]
    full, given, small, base = (counts for counts, _ in tables)
    cells = [size for _, size in tables]
    bias = ((cells[0] - cells[1]) - (cells[2] - cells[3])) / (2 * len(target))
    return np.log(full / given) - np.log(small / base), float(bias)


def _counts(rows: Letters) -> tuple[Array, int]:
    """How often each step's row occurs, and how many different rows there are."""
    _, where, counts = np.unique(rows, axis=0, return_inverse=True, return_counts=True)
    return counts[where.reshape(-1)].astype(float), len(counts)


def _context_tree(x: Letters, y: Letters, lags: int, present: bool) -> tuple[Array, float]:
    target, own, other = _contexts(x, y, lags, present)
    letters = int(y.max()) + 1
    # The other stream's letters stand between y's own: its present first, then lag by lag.
    first = other.shape[1] - own.shape[1]
    columns = [other[:, :first]] + [np.column_stack([own[:, k], other[:, first + k]]) for k in range(lags)]
    steps = log_losses(target, own, letters) - log_losses(target, np.column_stack(columns), letters)
    seen = len(np.unique(np.column_stack([own, other]), axis=0)) - len(np.unique(own, axis=0))
    return steps, float(-seen * (letters - 1) * np.log(len(target)) / (2 * len(target)))


def _bootstrap(steps: Array, resamples: int, confidence: float, chance: np.random.Generator) -> tuple[float, float]:
    """Percentiles of the mean over resampled blocks of length about N^(1/3)."""
    n = len(steps)
    length = max(1, round(n ** (1 / 3)))
    sums = np.concatenate([[0.0], np.cumsum(np.concatenate([steps, steps[: length - 1]]))])
    blocks = (sums[length:] - sums[:-length]) / length
    means = blocks[chance.integers(0, len(blocks), (resamples, max(1, n // length)))].mean(axis=1)
    low, high = np.quantile(means, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)
