"""A Transformer's loss and its gradient, one sequence after the other, in compiled loops.

The same functions as `transformer.Stack.objective` without biases, to rounding. A sequence's numbers, some hundred kilobytes, stay in the
cache from the first layer to the last and back, and what a causal model does not see is not computed.

Backward of x = g n, n = s / r, r = rms(s): with d = dx g, ds = (d - n mean(d n)) / r and dg = sum dx n.
Shapes: B sequences of T tokens, V letters, l layers, d width, h heads of size e, m memories. A star is a size with zeros to a multiple: T* of
rows, the others of `lanes`; a row of heads is h e* long, H.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from semtheory.models.attention_loops import attend, through_attention
from semtheory.models.compiled import EPSILON, compiled, exp, inlined
from semtheory.models.tiles import ROWS, lanes, product, round_up

Array = NDArray[Any]


class Parameters(NamedTuple):
    """What is trained, as the model has it; or gradients of that."""

    embedding: Array  # (V + 1, d)
    position: Array  # (T or more, d)
    attention_gain: Array  # (l, d)
    query_key_value: Array  # (l, 3d, d)
    output: Array  # (l, d, d)
    memory_gain: Array  # (l, d)
    keys: Array  # (l, m, d)
    values: Array  # (l, d, m)
    gain: Array  # (d,)
    head: Array  # (V, d)


class Padded(NamedTuple):
    """Matrices with zeros around them; or gradients of that."""

    qkv: Array  # (l, 3H, d*)
    out: Array  # (l, d*, H)
    keys: Array  # (l, m*, d*)
    values: Array  # (l, d*, m*)
    head: Array  # (V*, d*)


class Workspace(NamedTuple):
    """One sequence's numbers."""

    stream: Array  # (l + 1, T*, d*)
    middle: Array  # (l, T*, d*), after attention
    inverse: Array  # (2l + 1, T*), 1/rms
    x: Array  # (2l + 1, T*, d*), normalised
    qkv: Array  # (l, T*, 3H)
    pi: Array  # (l, h, T*, T**), T** a multiple of lanes
    mixed: Array  # (l, T*, H)
    active: Array  # (l, T*, m*)
    law: Array  # (T*, V*)
    turned: Array  # (e*, T**), keys or values of a head
    d_stream: Array  # (T*, d*)
    d_x: Array  # (T*, d*)
    d_qkv: Array  # (T*, 3H)
    d_scores: Array  # (T*, T**)
    d_mixed: Array  # (T*, H)
    d_active: Array  # (T*, m*)


def loss_and_gradient(
    symbols: Array, targets: Array, weight: Array, parameters: Parameters, heads: int, causal: bool
) -> tuple[float, Parameters]:
    """sum weight * -log P(target | symbols), each (B, T), and its gradient. Everything C-contiguous, of one precision."""
    p = parameters
    layers, memories, width = p.keys.shape
    dtype, vector, length = p.head.dtype, lanes(p.head.dtype), symbols.shape[1]
    rows, across, wide = round_up(length, ROWS), round_up(length, vector), round_up(width, vector)
    size, many, letters = round_up(width // heads, vector), round_up(memories, vector), round_up(len(p.head), vector)
    row = heads * size
    sizes = [(layers, 3 * row, wide), (layers, wide, row), (layers, many, wide), (layers, wide, many), (letters, wide)]
    padded, gradient = (Padded(*(np.zeros(shape, dtype) for shape in sizes)) for _ in range(2))
    turned = Padded(*(np.zeros((*shape[:-2], shape[-1], shape[-2]), dtype) for shape in sizes))
    at = Workspace(
        np.zeros((layers + 1, rows, wide), dtype),
        np.zeros((layers, rows, wide), dtype),
        np.zeros((2 * layers + 1, rows), dtype),
        np.zeros((2 * layers + 1, rows, wide), dtype),
        np.zeros((layers, rows, 3 * row), dtype),
        np.zeros((layers, heads, rows, across), dtype),
        np.zeros((layers, rows, row), dtype),
        np.zeros((layers, rows, many), dtype),
        np.zeros((rows, letters), dtype),
        np.zeros((size, across), dtype),
        np.zeros((rows, wide), dtype),
        np.zeros((rows, wide), dtype),
        np.zeros((rows, 3 * row), dtype),
        np.zeros((rows, across), dtype),
        np.zeros((rows, row), dtype),
        np.zeros((rows, many), dtype),
    )
    found = Parameters(*(np.zeros_like(each) for each in parameters))
    _pad(p, padded, turned, heads)
    loss = _over_sequences(symbols, targets, weight, p, found, padded, turned, gradient, at, heads, causal)
    _cut(gradient, found, heads)
    return float(loss), found


@compiled
def _over_sequences(
    symbols: Array,
    targets: Array,
    weight: Array,
    p: Parameters,
    found: Parameters,
    w: Padded,
    turned: Padded,
    g: Padded,
    at: Workspace,
    heads: int,
    causal: bool,
) -> Any:
    layers, width, length = len(p.keys), p.head.shape[1], symbols.shape[1]
    loss = p.head.dtype.type(0)
    for b in range(len(symbols)):
        for t in range(length):
            here, letter, place = at.stream[0, t], p.embedding[symbols[b, t]], p.position[t]
            for i in range(width):
                here[i] = letter[i] + place[i]
        for layer in range(layers):
            _block(layer, p, turned, at, heads, causal, length)
        _normalise(at.stream[layers], p.gain, at.inverse[2 * layers], at.x[2 * layers], length)
        loss += _head(targets[b], weight[b], w.head, turned.head, g.head, at, len(p.head))
        at.d_stream[:] = 0
        _through_norm(at.d_x, at.stream[layers], at.inverse[2 * layers], p.gain, at.d_stream, found.gain, length)
        for back in range(layers):
            _through_block(layers - 1 - back, p, found, w, g, at, heads, causal, length)
        for t in range(length):
            here, letter, place = at.d_stream[t], found.embedding[symbols[b, t]], found.position[t]
            for i in range(width):
                letter[i] += here[i]
                place[i] += here[i]
    return loss


@inlined
def _block(layer: int, p: Parameters, turned: Padded, at: Workspace, heads: int, causal: bool, length: int) -> None:
    """at.stream[layer] -> at.stream[layer + 1]."""
    rows, wide = at.d_stream.shape
    row, many = at.d_mixed.shape[1], at.d_active.shape[1]
    s, middle, after = at.stream[layer], at.middle[layer], at.stream[layer + 1]
    x, qkv, mixed, active = at.x[2 * layer], at.qkv[layer], at.mixed[layer], at.active[layer]
    _normalise(s, p.attention_gain[layer], at.inverse[2 * layer], x, length)
    product(x, 0, wide, 1, turned.qkv[layer], 0, 3 * row, qkv, 0, 3 * row, rows, 3 * row, wide, False)
    for head in range(heads):
        attend(head, p.head.shape[1] // heads, qkv, at.turned, at.pi[layer, head], mixed, causal, length)
    _copy(s, middle)
    product(mixed, 0, row, 1, turned.out[layer], 0, wide, middle, 0, wide, rows, wide, row, True)
    x = at.x[2 * layer + 1]
    _normalise(middle, p.memory_gain[layer], at.inverse[2 * layer + 1], x, length)
    product(x, 0, wide, 1, turned.keys[layer], 0, many, active, 0, many, rows, many, wide, False)
    flat = active.reshape(-1)
    zero = flat.dtype.type(0)
    for i in range(len(flat)):
        flat[i] = zero if flat[i] < zero else flat[i]
    _copy(middle, after)
    product(active, 0, many, 1, turned.values[layer], 0, wide, after, 0, wide, rows, wide, many, True)


@inlined
def _through_block(
    layer: int,
    p: Parameters,
    found: Parameters,
    w: Padded,
    g: Padded,
    at: Workspace,
    heads: int,
    causal: bool,
    length: int,
) -> None:
    """at.d_stream: from the gradient at stream[layer + 1] to that at stream[layer]."""
    rows, wide = at.d_stream.shape
    row, many = at.d_mixed.shape[1], at.d_active.shape[1]
    d, d_x, d_active, d_mixed, d_qkv = at.d_stream, at.d_x, at.d_active, at.d_mixed, at.d_qkv
    x, active, mixed = at.x[2 * layer + 1], at.active[layer], at.mixed[layer]
    product(d, 0, 1, wide, active, 0, many, g.values[layer], 0, many, wide, many, rows, True)
    product(d, 0, wide, 1, w.values[layer], 0, many, d_active, 0, many, rows, many, wide, False)
    flat, was, zero = d_active.reshape(-1), active.reshape(-1), d.dtype.type(0)
    for i in range(len(flat)):
        flat[i] = flat[i] if was[i] > zero else zero
    product(d_active, 0, 1, many, x, 0, wide, g.keys[layer], 0, wide, many, wide, rows, True)
    product(d_active, 0, many, 1, w.keys[layer], 0, wide, d_x, 0, wide, rows, wide, many, False)
    inverse = at.inverse[2 * layer + 1]
    _through_norm(d_x, at.middle[layer], inverse, p.memory_gain[layer], d, found.memory_gain[layer], length)
    product(d, 0, 1, wide, mixed, 0, row, g.out[layer], 0, row, wide, row, rows, True)
    product(d, 0, wide, 1, w.out[layer], 0, row, d_mixed, 0, row, rows, row, wide, False)
    for head in range(heads):
        size = p.head.shape[1] // heads
        through_attention(head, size, at.qkv[layer], at.turned, at.pi[layer, head], d_mixed, at.d_scores, d_qkv, causal)
    x = at.x[2 * layer]
    product(d_qkv, 0, 1, 3 * row, x, 0, wide, g.qkv[layer], 0, wide, 3 * row, wide, rows, True)
    product(d_qkv, 0, 3 * row, 1, w.qkv[layer], 0, wide, d_x, 0, wide, rows, wide, 3 * row, False)
    inverse = at.inverse[2 * layer]
    _through_norm(d_x, at.stream[layer], inverse, p.attention_gain[layer], d, found.attention_gain[layer], length)


@inlined
def _head(targets: Array, weight: Array, w: Array, turned: Array, g: Array, at: Workspace, letters: int) -> Any:
    """The loss of one sequence; leaves the gradient at the normalised stream in d_x, and adds that at the head to g."""
    rows, wide = at.d_stream.shape
    x, law, columns = at.x[len(at.x) - 1], at.law, len(w)
    zero, loss = law.dtype.type(0), law.dtype.type(0)
    product(x, 0, wide, 1, turned, 0, columns, law, 0, columns, rows, columns, wide, False)
    for t in range(rows):
        scores = law[t]
        if t >= len(targets):
            scores[:] = zero
            continue
        most = scores[0]
        for v in range(letters):
            most = most if most > scores[v] else scores[v]
        chosen, total = scores[targets[t]] - most, zero
        for v in range(letters):
            scores[v] = exp(scores[v] - most)
            total += scores[v]
        loss += weight[t] * (law.dtype.type(math.log(total)) - chosen)
        total = weight[t] / total
        for v in range(letters):
            scores[v] *= total
        scores[targets[t]] -= weight[t]
        scores[letters:] = zero
    product(law, 0, 1, columns, x, 0, wide, g, 0, wide, columns, wide, rows, True)
    product(law, 0, columns, 1, w, 0, wide, at.d_x, 0, wide, rows, wide, columns, False)
    return loss


@inlined
def _copy(a: Array, b: Array) -> None:
    """b = a. (`b[:] = a` takes seconds to compile: it can raise.)"""
    one, other = a.reshape(-1), b.reshape(-1)
    for i in range(len(one)):
        other[i] = one[i]


@inlined
def _normalise(s: Array, gain: Array, inverse: Array, x: Array, length: int) -> None:
    """x = gain s / rms(s), inverse = 1 / rms(s)."""
    width, one = len(gain), s.dtype.type(1)
    share, shift = one / s.dtype.type(width), s.dtype.type(EPSILON)
    for t in range(length):
        row, to, total = s[t], x[t], s.dtype.type(0)
        for i in range(width):
            total += row[i] * row[i]
        by = one / np.sqrt(total * share + shift)
        inverse[t] = by
        for i in range(width):
            to[i] = gain[i] * row[i] * by


@inlined
def _through_norm(d_x: Array, s: Array, inverse: Array, gain: Array, d_s: Array, d_gain: Array, length: int) -> None:
    """Adds to d_s and d_gain what comes from d_x."""
    width = len(gain)
    share = s.dtype.type(1) / s.dtype.type(width)
    for t in range(length):
        d, row, to, total, by = d_x[t], s[t], d_s[t], s.dtype.type(0), inverse[t]
        for i in range(width):
            total += d[i] * gain[i] * row[i]
        along = total * share * by * by
        for i in range(width):
            to[i] += (d[i] * gain[i] - along * row[i]) * by
            d_gain[i] += d[i] * row[i] * by


@compiled
def _pad(p: Parameters, w: Padded, turned: Padded, heads: int) -> None:
    """Matrices with zeros around, and their transposes."""
    width = p.head.shape[1]
    size, row = width // heads, w.out.shape[2]
    padded = row // heads
    for layer in range(len(p.keys)):
        for part in range(3):
            for head in range(heads):
                for i in range(size):
                    to, of = part * row + head * padded + i, part * width + head * size + i
                    for k in range(width):
                        w.qkv[layer, to, k] = p.query_key_value[layer, of, k]
                        turned.qkv[layer, k, to] = p.query_key_value[layer, of, k]
        for k in range(width):
            for head in range(heads):
                for i in range(size):
                    to, number = head * padded + i, p.output[layer, k, head * size + i]
                    w.out[layer, k, to] = number
                    turned.out[layer, to, k] = number
        for m in range(p.keys.shape[1]):
            for k in range(width):
                w.keys[layer, m, k] = p.keys[layer, m, k]
                turned.keys[layer, k, m] = p.keys[layer, m, k]
                w.values[layer, k, m] = p.values[layer, k, m]
                turned.values[layer, m, k] = p.values[layer, k, m]
    for v in range(len(p.head)):
        for k in range(width):
            w.head[v, k] = p.head[v, k]
            turned.head[k, v] = p.head[v, k]


@compiled
def _cut(g: Padded, found: Parameters, heads: int) -> None:
    """Gradients without what was padded."""
    width = found.head.shape[1]
    size, row = width // heads, g.out.shape[2]
    padded = row // heads
    for layer in range(len(found.keys)):
        for part in range(3):
            for head in range(heads):
                for i in range(size):
                    for k in range(width):
                        found.query_key_value[layer, part * width + head * size + i, k] = g.qkv[
                            layer, part * row + head * padded + i, k
                        ]
        for k in range(width):
            for head in range(heads):
                for i in range(size):
                    found.output[layer, k, head * size + i] = g.out[layer, k, head * padded + i]
        for m in range(found.keys.shape[1]):
            for k in range(width):
                found.keys[layer, m, k] = g.keys[layer, m, k]
                found.values[layer, k, m] = g.values[layer, k, m]
    for v in range(len(found.head)):
        for k in range(width):
            found.head[v, k] = g.head[v, k]
