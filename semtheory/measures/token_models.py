"""Laws of the next token given prompt and prefix, and how decoders change them: temperature, top-k, top-p."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semtheory.errors import InputError
from semtheory.measures._arrays import Array
from semtheory.processes._checks import count, probabilities, probability, real_array

Tokens = NDArray[np.int64]
NextToken = Callable[..., Any]  # (prompt, prefix) -> law, or (prefix) -> law for a model without prompts


class TokenModel(ABC):
    """Next-token laws for a number of prompts. Subclasses give `laws`.

    Attributes:
        prompts: how many. horizon: the longest answer, or None when there is no longest.
    """

    prompts: int
    horizon: int | None = None

    @abstractmethod
    def laws(self, prefixes: Tokens) -> Array:
        """p(next token | prompt, prefix) for each prefix and every prompt, shape (prefixes, prompts, vocabulary)."""


class TableModel(TokenModel):
    """p(u^T | s) as an array with axes (prompt, u_1, ..., u_T)."""

    def __init__(self, name: str, table: Any) -> None:
        array = real_array(name, table)
        if array.ndim < 2:
            raise InputError(f"{name} has shape {array.shape}: expected axes (prompt, u_1, ..., u_T)")
        joint = probabilities(name, array, None, over=tuple(range(1, array.ndim)))
        self.prompts, self.horizon = len(joint), joint.ndim - 1
        self._kernels: list[Array] = []
        for t in range(1, joint.ndim):
            upto = joint.sum(axis=tuple(range(t + 1, joint.ndim)))
            total = upto.sum(axis=-1, keepdims=True)
            # After a prefix that a prompt excludes, any law: its likelihood is zero already.
            self._kernels.append(np.where(total > 0, upto / np.where(total > 0, total, 1.0), 1 / upto.shape[-1]))

    def laws(self, prefixes: Tokens) -> Array:
        kernel = self._kernels[prefixes.shape[1]]
        picked = kernel[(slice(None), *prefixes.T)]
        if picked.ndim == 2:  # no token yet: one law for all
            picked = np.repeat(picked[:, None, :], len(prefixes), axis=1)
        return np.asarray(picked.transpose(1, 0, 2))


class CallableModel(TokenModel):
    """`model(prompt, prefix)` returns the law of the next token; asked once for each prompt and different prefix."""

    def __init__(self, name: str, model: NextToken, prompts: int) -> None:
        self._name, self._model, self.prompts = name, model, prompts

    def laws(self, prefixes: Tokens) -> Array:
        different, where = np.unique(prefixes, axis=0, return_inverse=True)
        found = []
        for row in different:
            prefix = tuple(int(u) for u in row)
            found.append([self._model(s, prefix) for s in range(self.prompts)])
        return probabilities(f"{self._name}(prompt, prefix)", found, 3)[where.reshape(-1)]


class MarkovPrompts(TokenModel):
    """Each prompt selects a Markov chain: a mixture of sources, read in context.

    Args:
        transitions: shape (prompts, vocabulary, vocabulary). initial: law of the first token, (prompts, vocabulary) or (vocabulary,);
            uniform by default.
    """

    def __init__(self, transitions: Any, initial: Any = None) -> None:
        self._step = probabilities("transitions", transitions, 3)
        self.prompts, size = self._step.shape[:2]
        if self._step.shape[2] != size:
            raise InputError(f"transitions has shape {self._step.shape}: expected (prompts, vocabulary, vocabulary)")
        start = np.full((self.prompts, size), 1 / size) if initial is None else probabilities("initial", initial, None)
        try:
            self._first = np.broadcast_to(start, (self.prompts, size))
        except ValueError:
            raise InputError(f"initial has shape {start.shape}: expected {(self.prompts, size)} or {(size,)}") from None

    def laws(self, prefixes: Tokens) -> Array:
        if not prefixes.shape[1]:
            return np.repeat(self._first[None], len(prefixes), axis=0)
        return np.asarray(self._step[:, prefixes[:, -1]].transpose(1, 0, 2))


def as_model(name: str, model: Any, prompts: int) -> TokenModel:
    """A table, a callable or a `TokenModel`, for so many prompts. Raises `InputError`."""
    read: TokenModel
    if isinstance(model, TokenModel):
        read = model
    else:
        read = CallableModel(name, model, prompts) if callable(model) else TableModel(name, model)
    if read.prompts != prompts:
        raise InputError(f"{name} has {read.prompts} prompts: expected {prompts}")
    return read


def as_blind_model(name: str, model: Any) -> TokenModel:
    """A law of tokens without a prompt: axes (u_1, ..., u_T), a callable of the prefix, or a `TokenModel` with one prompt."""
    if isinstance(model, TokenModel):
        return as_model(name, model, 1)
    if callable(model):
        return CallableModel(name, lambda _, prefix: model(prefix), 1)
    return TableModel(name, real_array(name, model)[None])


def tempered(laws: Array, temperature: float) -> Array:
    """Laws proportional to p^{1/temperature}, over the last axis; 0 keeps the likeliest tokens (ties share), inf the support."""
    if math.isnan(temperature) or temperature < 0:
        raise InputError(f"temperature={temperature!r}: expected a number >= 0")
    if temperature == 1:
        return laws
    inside, top = laws > 0, laws.max(axis=-1, keepdims=True)
    if temperature == 0:
        weight = (laws == top).astype(float)
    else:
        weight = np.where(inside, np.exp(np.log(np.where(inside, laws / top, 1.0)) / temperature), 0.0)
    return np.asarray(weight / weight.sum(axis=-1, keepdims=True))


def top_k_laws(laws: Array, k: int) -> Array:
    """The k likeliest tokens, renormalised; of equal tokens the first."""
    return _head(laws, np.arange(laws.shape[-1]) < count("top_k", k, 1))


def top_p_laws(laws: Array, p: float) -> Array:
    """The fewest likeliest tokens whose mass reaches p (nucleus sampling), renormalised; of equal tokens the first."""
    mass = probability("top_p", p)
    ordered = -np.sort(-laws, axis=-1)
    before = np.cumsum(ordered, axis=-1) - ordered
    keep = before < mass - 1e-12  # a nucleus that reaches p up to rounding reaches it
    keep[..., 0] = True
    return _head(laws, keep)


def decoded(laws: Array, temperature: float, top_k: int | None, top_p: float) -> Array:
    """Temperature first, then top-k, then top-p, as decoders do."""
    out = tempered(laws, float(temperature))
    out = out if top_k is None else top_k_laws(out, top_k)
    return out if top_p == 1 else top_p_laws(out, top_p)


def _head(laws: Array, keep: Any) -> Array:
    order = np.argsort(-laws, axis=-1, kind="stable")
    ranks = np.argsort(order, axis=-1, kind="stable")
    kept = np.where(np.take_along_axis(np.broadcast_to(keep, laws.shape), ranks, axis=-1), laws, 0.0)
    return np.asarray(kept / kept.sum(axis=-1, keepdims=True))
