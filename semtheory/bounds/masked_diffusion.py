"""Masked diffusion on short sequences, exactly: the bound, the average over orders and the mixture of orders.

Everything here is a sum over the 2^L masks of a sequence x of L tokens. A predictor is a function of what is revealed:

    predict((1, None, 0)) -> probabilities, shape (L, V); row i is the law of token i, used where token i is masked (None).

With l of L tokens masked, each masked set weighs, in front of sum over masked i of -log p(x_i | revealed):
continuous time or uniform count 1/(l C(L,l)); T equal steps sum_s (1/s) (s/T)^l (1-s/T)^(L-l). Nie et al. 2025 (LLaDA),
Sahoo et al. 2024 (MDLM), Uria, Murray and Larochelle 2014 (any order). The proofs are LD1 to LD3.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np

from semtheory.errors import InputError
from semtheory.measures._arrays import Array, as_pmf
from semtheory.processes._checks import count, probabilities
from semtheory.values import Value, require_unit

Revealed: TypeAlias = tuple[int | None, ...]
Predictor: TypeAlias = Callable[[Revealed], Any]
LONGEST = 16  # 65 536 masks


def mask_weight(length: int, masked: int, steps: int | None = None, *, form: str = "time") -> Fraction:
    """What a set of `masked` of `length` tokens weighs in the bound.

    Args:
        steps: T equal steps: sum over s of (1/s) (s/T)^l (1 - s/T)^(L-l). None: no steps, by `form`.
        form: "time", the integral of t^(l-1) (1-t)^(L-l) over (0, 1), found by expanding; "count", (1/L) (L/l)/C(L,l) for a
            uniformly drawn number of masked tokens. The two are equal (LD2).

    Raises:
        InputError: masked outside 1..length, steps < 1, another form, or steps in the form "count".
    """
    size = count("length", length, 1)
    hidden = count("masked", masked, 1)
    if hidden > size:
        raise InputError(f"masked={hidden}: expected at most length={size}")
    if form not in ("time", "count"):
        raise InputError(f"form={form!r}: expected 'time' or 'count'")
    seen = size - hidden
    if steps is not None:
        if form == "count":
            raise InputError(f"steps={steps!r} with form='count': steps divide the time; expected form='time'")
        total = count("steps", steps, 1)
        shares = (Fraction(s, total) for s in range(1, total + 1))
        return sum((t**hidden * (1 - t) ** seen / (t * total) for t in shares), Fraction(0))
    if form == "count":
        return Fraction(1, size) * Fraction(size, hidden) / math.comb(size, hidden)
    return sum((Fraction((-1) ** j * math.comb(seen, j), hidden + j) for j in range(seen + 1)), Fraction(0))


def masked_diffusion_bound(
    predict: Predictor, tokens: Sequence[int], steps: int | None = None, *, form: str = "time", unit: str = "nats"
) -> Value:
    """The masked-diffusion bound on -log p(tokens), the law being that of one-at-a-time unmasking in random order.

    Args:
        predict: see the module; must not depend on time.
        tokens: x, 1 to 16 whole numbers from 0.
        steps: T equal steps t = 1/T, ..., 1; with few steps it need not be a bound (LD3). None: no steps, by `form`.
        form: "time", E_t[(1/t) sum over masked of -log p], t uniform on (0, 1); "count", the same number by a uniformly drawn
            number l of masked tokens and the factor L/l.

    Returns:
        Infinite when some law gives a token of x probability 0.

    Raises:
        InputError: no tokens, too many, a token outside the vocabulary, rows that are no laws, steps < 1, unknown form or unit.
    """
    require_unit(unit)
    asked = _Asked(predict, tokens)
    weights = [0.0] + [float(mask_weight(asked.length, k, steps, form=form)) for k in range(1, asked.length + 1)]
    terms = [weights[len(hidden)] * loss for hidden in asked.masks() for loss in asked.losses(hidden).values()]
    return _exact(terms, unit)


def any_order_loss(predict: Predictor, tokens: Sequence[int], *, unit: str = "nats") -> Value:
    """Mean over the L! orders of the autoregressive loss -sum log p(x_i | those before it in the order).

    Found by recursion over the masked sets, the next token uniform among the masked: another path than the bound's weights.
    Arguments, errors as in `masked_diffusion_bound`.
    """
    require_unit(unit)
    asked = _Asked(predict, tokens)
    left: dict[frozenset[int], float] = {frozenset(): 0.0}
    for hidden in asked.masks():
        left[hidden] = _mean([loss + left[hidden - {i}] for i, loss in asked.losses(hidden).items()])
    return _exact([left[frozenset(range(asked.length))]], unit)


def order_mixture_loss(predict: Predictor, tokens: Sequence[int], *, unit: str = "nats") -> Value:
    """-log of the mean over orders of p(x | order): the loss of the sampler itself; never above `any_order_loss`.

    Arguments, errors as in `masked_diffusion_bound`.
    """
    require_unit(unit)
    asked = _Asked(predict, tokens)
    logs: dict[frozenset[int], float] = {frozenset(): 0.0}
    for hidden in asked.masks():
        paths = [logs[hidden - {i}] - loss for i, loss in asked.losses(hidden).items()]
        top = max(paths)
        logs[hidden] = top + math.log(_mean([math.exp(v - top) for v in paths])) if top > -math.inf else -math.inf
    return _exact([-logs[frozenset(range(asked.length))]], unit)


def order_loss(predict: Predictor, tokens: Sequence[int], order: Sequence[int], *, unit: str = "nats") -> Value:
    """-log p(x | order): tokens revealed one at a time in `order`, a permutation of 0..L-1.

    Raises:
        InputError: no such permutation, and as in `masked_diffusion_bound`.
    """
    require_unit(unit)
    asked = _Asked(predict, tokens)
    if sorted(order) != list(range(asked.length)):
        raise InputError(f"order {order!r}: expected a permutation of 0 to {asked.length - 1}")
    return _exact([asked.losses(frozenset(order[k:]))[i] for k, i in enumerate(order)], unit)


def exact_conditionals(joint: Any) -> Predictor:
    """The predictor that knows the data: row i is p(X_i = . | revealed) under `joint`, an array with one axis a token.

    Where what is revealed has probability 0 the rows are uniform. Raises `InputError` for what is no law.
    """
    law = as_pmf(joint, "joint")

    def predict(revealed: Revealed) -> Array:
        rows = np.full((law.ndim, max(law.shape)), 0.0)
        for i, seen in enumerate(revealed):
            if seen is not None:
                rows[i, seen] = 1.0
                continue
            at = tuple(
                slice(None) if j == i else slice(None) if v is None else slice(v, v + 1) for j, v in enumerate(revealed)
            )
            row = law[at].sum(axis=tuple(j for j in range(law.ndim) if j != i))
            rows[i, : law.shape[i]] = row / row.sum() if row.sum() > 0 else 1 / law.shape[i]
        return rows

    return predict


def expected_masked_bound(joint: Any, steps: int | None = None, *, unit: str = "nats") -> Value:
    """E_x of the bound with the data's exact conditionals: sum over masks of weight times sum over masked of H(X_i|revealed).

    In continuous time it is H(X), whatever the joint; with T steps it is larger, and falls from T to mT (LD3).

    Args:
        joint: law of the tokens, an array with one axis a token (1 to 16). steps: as in `masked_diffusion_bound`.
    """
    require_unit(unit)
    law = as_pmf(joint, "joint")
    size = law.ndim
    if size > LONGEST:
        raise InputError(f"joint of {size} tokens: expected at most {LONGEST}, for there are 2^L masks")
    entropies = {
        frozenset(s): _entropy(law, s) for k in range(size + 1) for s in itertools.combinations(range(size), k)
    }
    terms = []
    for seen, base in entropies.items():
        hidden = set(range(size)) - seen
        if hidden:
            weight = float(mask_weight(size, len(hidden), steps))
            terms += [weight * (entropies[seen | {i}] - base) for i in hidden]
    return _exact(terms, unit)


class _Asked:
    """A predictor with the sequence it is asked about."""

    def __init__(self, predict: Predictor, tokens: Sequence[int]) -> None:
        if not callable(predict):
            raise InputError(f"predict={predict!r}: expected a function of the revealed tokens")
        self.predict = predict
        self.tokens = [count(f"tokens[{i}]", token) for i, token in enumerate(tokens)]
        self.length = len(self.tokens)
        if not 1 <= self.length <= LONGEST:
            raise InputError(
                f"{self.length} tokens: expected 1 to {LONGEST}, for there are 2^L masks; sample masks for longer ones"
            )

    def masks(self) -> Iterator[frozenset[int]]:
        """Every non-empty masked set, smaller ones first."""
        for size in range(1, self.length + 1):
            yield from map(frozenset, itertools.combinations(range(self.length), size))

    def losses(self, hidden: frozenset[int]) -> dict[int, float]:
        """-log p(x_i | what is not hidden), in nats, for each hidden i."""
        revealed = tuple(None if i in hidden else token for i, token in enumerate(self.tokens))
        rows = np.asarray(self.predict(revealed), dtype=float)
        if rows.ndim != 2 or len(rows) != self.length:
            raise InputError(f"predict{revealed}: shape {rows.shape}, expected ({self.length}, vocabulary)")
        found = {}
        for i in sorted(hidden):
            row = probabilities(f"predict{revealed}[{i}]", rows[i], 1)
            if self.tokens[i] >= len(row):
                raise InputError(f"tokens[{i}]={self.tokens[i]}: predict knows {len(row)} tokens, 0 to {len(row) - 1}")
            chance = float(row[self.tokens[i]])
            found[i] = -math.log(chance) if chance > 0 else math.inf
        return found


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if math.inf in values else math.fsum(values) / len(values)


def _exact(terms: Sequence[float], unit: str) -> Value:
    infinite = math.inf in terms
    total = math.inf if infinite else math.fsum(terms)
    return Value.exact(total + 0.0, unit, why="a token has probability 0" if infinite else "")


def _entropy(law: Array, kept: Sequence[int]) -> float:
    marginal = np.asarray(law.sum(axis=tuple(k for k in range(law.ndim) if k not in kept))).ravel()
    marginal = marginal[marginal > 0]
    return -math.fsum(marginal * np.log(marginal))
