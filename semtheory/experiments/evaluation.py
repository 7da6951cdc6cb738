"""How far a trained model is from the exact optimum: paired with the exact filter, on the same sequences, at the same context.

For sequences x drawn from the source, with P the source's and Q the model's law of the next token given the tokens before it,

    excess = mean over sequences and t <= T of  sum_v P(v | x^{t-1}) log [P(v | x^{t-1}) / Q(v | x^{t-1})]  >= 0.

It has the mean of the paired difference log P(x_t | x^{t-1}) - log Q(x_t | x^{t-1}), with the next token averaged exactly, so less
noise; and its expectation is (E[-log Q(X^T)] - H(X^T))/T. Comparing the loss with the entropy rate instead would count what no
model of that context can reach.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from semtheory.errors import InputError
from semtheory.processes import HiddenMarkov
from semtheory.values import UNITS, Value, require_unit

if TYPE_CHECKING:
    from semtheory.models.base import SequenceModel

Array = NDArray[np.float64]
Tokens = NDArray[np.int64]
_TOKENS_AT_ONCE = 16384


def exact_log_probabilities(source: HiddenMarkov, tokens: Tokens) -> Array:
    """log P(next = v | tokens before it) for each place, by the forward filter; nats, -inf where impossible.

    Args:
        tokens: (sequences, length), each possible under the source.

    Returns:
        (sequences, length, symbols).

    Raises:
        InputError: tokens of another shape, not among the symbols, or impossible under the source.
    """
    tokens = np.asarray(tokens)
    if tokens.ndim != 2 or (tokens.size and not (tokens.min() >= 0 and tokens.max() < source.symbols)):
        raise InputError(
            f"tokens of shape {tokens.shape}: expected (sequences, length) with values 0 to {source.symbols - 1}"
        )
    start = source.stationary() if source.initial is None else source.initial
    belief = np.tile(np.asarray(start).ravel(), (len(tokens), 1))
    laws = np.empty((*tokens.shape, source.symbols))
    for t in range(tokens.shape[1]):
        joint = np.einsum("bi,kij->bkj", belief, source.kernel)
        laws[:, t] = joint.sum(axis=2)
        after = joint[np.arange(len(tokens)), tokens[:, t]]
        total = after.sum(axis=1, keepdims=True)
        if not (total > 0).all():
            raise InputError(
                f"sequence {int(np.argmin(total[:, 0]))} cannot come from {source.name}: its symbol {t} has probability 0"
            )
        belief = after / total
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(laws / laws.sum(axis=2, keepdims=True)))


def model_log_probabilities(model: SequenceModel, tokens: Tokens) -> Array:
    """The same of a model, in float64, a part at a time, with one thread of torch and no gradients."""
    import torch

    from semtheory.models.training import one_thread

    rows = max(1, _TOKENS_AT_ONCE // max(1, tokens.shape[1]))
    place = next(model.parameters()).device
    with torch.no_grad(), one_thread():
        parts = [
            model.log_probabilities(torch.from_numpy(np.ascontiguousarray(tokens[k : k + rows])).to(place))
            .double()
            .cpu()
            .numpy()
            for k in range(0, len(tokens), rows)
        ]
    return np.concatenate(parts)


def divergences(exact: Array, model: Array) -> Array:
    """sum_v P log(P/Q) from natural logs of both, nats; infinite where the model excludes what is possible.

    A model may have more symbols than the source: what it gives to those counts against it.
    """
    shared = model[..., : exact.shape[-1]]
    law = np.exp(exact)
    with np.errstate(invalid="ignore"):
        terms = np.where(law > 0, law * (exact - shared), 0.0)
    return np.asarray(terms.sum(axis=-1))


def excess(
    model: SequenceModel | Callable[[Tokens], Array],
    source: HiddenMarkov,
    *,
    length: int | None = None,
    sequences: int = 512,
    seed: int = 1_000_003,
    unit: str = "nats",
) -> Value:
    """Loss above the exact optimum, a token, at 95 % confidence over sequences (Student's t); see the module.

    Args:
        model: a model of semtheory.models, or a function from tokens (B, T) to natural log-probabilities (B, T, V).
        length: tokens a sequence; None for the model's context. sequences: how many are drawn. seed: of drawing them, by
            default one that no training here uses.

    Raises:
        InputError: fewer than 2 sequences, no length for a function, a model with fewer symbols than the source, or what
            the model answers is no law.
    """
    scale = UNITS[require_unit(unit)]
    if sequences < 2:
        raise InputError(f"sequences={sequences!r}: expected at least 2, or there is no interval")
    length = getattr(model, "context", None) if length is None else length
    if length is None:
        raise InputError("length=None with a function: say how many tokens a sequence has")
    tokens = source.sample(int(length), seed, sequences)
    ask: Any = model if not hasattr(model, "log_probabilities") else lambda drawn: model_log_probabilities(model, drawn)  # type: ignore[arg-type]
    found = np.asarray(ask(tokens))
    if found.ndim != 3 or found.shape[:2] != tokens.shape or found.shape[2] < source.symbols:
        raise InputError(
            f"the model gave shape {found.shape}: expected {tokens.shape} and at least {source.symbols} symbols"
        )
    mass = np.exp(found).sum(axis=-1)
    if not np.all(np.abs(mass - 1) < 1e-4):
        raise InputError(
            f"the model's laws sum to between {mass.min():.6g} and {mass.max():.6g}: expected log-probabilities"
        )
    each = divergences(exact_log_probabilities(source, tokens), found).mean(axis=1) / scale
    if not np.isfinite(each).all():
        why = "the model gives probability 0 to what the source can say"
        return Value(math.inf, -math.inf, math.inf, unit, "sampled", why, 0.95)
    quantile = float(stdtrit(len(each) - 1, 0.975))  # of Student's t
    mean, half = float(each.mean()), quantile * float(each.std(ddof=1)) / math.sqrt(len(each))
    return Value(mean, mean - half, mean + half, unit, "sampled", "", 0.95)


def over_seeds(values: Sequence[Value]) -> Value:
    """Several seeds' values as one: their mean, in the hull of their intervals. Raises `InputError` for none of them."""
    if not values:
        raise InputError("no values: expected one for each seed")
    mean = sum(map(float, values)) / len(values)
    lower, upper = min(v.lower for v in values), max(v.upper for v in values)
    return Value(
        mean, lower, upper, values[0].unit, "sampled", f"mean and hull of {len(values)} seeds", values[0].confidence
    )
