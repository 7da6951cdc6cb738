"""Softmax attention of one head on one sequence, and its gradient, in compiled loops.

    pi = softmax(Q K^T / sqrt(e)), mixed = pi V: with D the gradient at mixed and G = D V^T that at pi,
    dS = pi (G - sum pi G) / sqrt(e), dQ = dS K, dK = dS^T Q, dV = pi^T D.

Shapes: T* rows, e* columns a head, H = h e*; queries, keys and values stand beside each other in rows of 3H. See `transformer_loops`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semtheory.models.compiled import LEAST, exp, inlined
from semtheory.models.tiles import ROWS, product

Array = NDArray[Any]


@inlined
def attend(head: int, size: int, qkv: Array, keys: Array, pi: Array, mixed: Array, causal: bool, length: int) -> None:
    """One head: pi = softmax(queries keys / sqrt(e)), mixed = pi values."""
    rows, across = pi.shape
    padded = len(keys)
    row = qkv.shape[1] // 3
    vector = 64 // qkv.itemsize
    zero, one, never = qkv.dtype.type(0), qkv.dtype.type(1), qkv.dtype.type(-np.inf)
    first, scale = head * padded, one / qkv.dtype.type(math.sqrt(size))
    for j in range(rows):
        key = qkv[j, row + first : row + first + padded]
        for i in range(padded):
            keys[i, j] = key[i] * scale
    for m in range(0, rows, ROWS):
        reach = min(across, (m + ROWS + vector - 1) // vector * vector) if causal else across
        product(
            qkv, first + m * 3 * row, 3 * row, 1, keys, 0, across, pi, m * across, across, ROWS, reach, padded, False
        )
    for t in range(rows):
        scores = pi[t]
        for j in range(min(t + 1, length) if causal else length, across):
            scores[j] = never
        most = scores[0]
        for j in range(across):
            most = most if most > scores[j] else scores[j]
        for j in range(across):
            scores[j] -= most
    flat = pi.reshape(-1)
    for i in range(len(flat)):
        flat[i] = zero if flat[i] < LEAST else exp(flat[i])
    for t in range(rows):
        law, total = pi[t], zero
        for j in range(across):
            total += law[j]
        total = one / total
        for j in range(across):
            law[j] *= total
    for m in range(0, rows, ROWS):
        reach = m + ROWS if causal else rows
        values = 2 * row + first
        product(
            pi, m * across, across, 1, qkv, values, 3 * row, mixed, first + m * row, row, ROWS, padded, reach, False
        )


@inlined
def through_attention(
    head: int,
    size: int,
    qkv: Array,
    values: Array,
    pi: Array,
    d_mixed: Array,
    d_scores: Array,
    d_qkv: Array,
    causal: bool,
) -> None:
    """From the gradient at `mixed` to that at queries, keys and values."""
    rows, across = pi.shape
    padded = len(values)
    row = qkv.shape[1] // 3
    vector = 64 // qkv.itemsize
    zero, one = qkv.dtype.type(0), qkv.dtype.type(1)
    first, scale = head * padded, one / qkv.dtype.type(math.sqrt(size))
    for j in range(rows):
        value = qkv[j, 2 * row + first : 2 * row + first + padded]
        for i in range(padded):
            values[i, j] = value[i]
    for m in range(0, rows, ROWS):
        reach = min(across, (m + ROWS + vector - 1) // vector * vector) if causal else across
        product(
            d_mixed,
            first + m * row,
            row,
            1,
            values,
            0,
            across,
            d_scores,
            m * across,
            across,
            ROWS,
            reach,
            padded,
            False,
        )
        for t in range(m, m + ROWS):
            law, slope, total = pi[t], d_scores[t], zero
            for j in range(across):
                total += law[j] * slope[j]
            for j in range(across):
                slope[j] = scale * law[j] * (slope[j] - total)
    for m in range(0, rows, ROWS):
        depth, begin = (m + ROWS, m) if causal else (rows, 0)
        keys, to, step = row + first, m * 3 * row + first, 3 * row
        product(d_scores, m * across, across, 1, qkv, keys, step, d_qkv, to, step, ROWS, padded, depth, False)
        depth = rows - begin
        start = begin * across + m
        product(
            d_scores,
            start,
            1,
            across,
            qkv,
            begin * step + first,
            step,
            d_qkv,
            to + row,
            step,
            ROWS,
            padded,
            depth,
            False,
        )
        product(
            pi,
            start,
            1,
            across,
            d_mixed,
            begin * row + first,
            row,
            d_qkv,
            to + 2 * row,
            step,
            ROWS,
            padded,
            depth,
            False,
        )
