"""A block of a state-space model in compiled loops, one sequence after the other: its numbers stay in the cache.

    n = s / rms(s)                      proj = W_in n, with rows for z, for what is convolved, and for Mamba-2's steps
    v = silu(bias + sum_k w_k x_{t-k})  u its first D channels
    low, b, c                           Mamba: W_select u; Mamba-2: the steps of proj, and the rest of v
    Delta = softplus(low spread + step_bias), y the scan of u (see `scan_loops`)
    out   = (y + skip u) silu(z)        Mamba-2: divided by its rms
    s    <- s + W_out out

Gains of norms are inside the matrices. silu(z) = z sigma(z), softplus(w) = max(w, 0) + log(1 + e^-|w|), its slope sigma(w) = 1 - e^-softplus.
Shapes: B sequences, T tokens, d width, D channels, C of them convolved, K taps, N states, R columns of `low`. A star is a size with zeros
to a multiple of ROWS or of `lanes`, as `tiles.product` wants it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from semtheory.models.compiled import EPSILON, compiled, exp, inlined
from semtheory.models.powers import log1p
from semtheory.models.scan_loops import Array, Room, aligned, read_states
from semtheory.models.separate import separate
from semtheory.models.tiles import ROWS, lanes, product, round_up


class Weights(NamedTuple):
    """What is trained; or gradients of that."""

    inside: Array  # (P, d), rows: Mamba u, z; Mamba-2 z, u and b and c, steps
    convolution: Array  # (K, C)
    convolution_bias: Array  # (C,)
    select: Array  # (R + 2N, D), Mamba's; no rows for Mamba-2
    spread: Array  # (R, D)
    step_bias: Array  # (D,)
    rate: Array  # (N, D), or (1, D) shared by the states
    skip: Array  # (D,)
    outside: Array  # (d, D)


class Padded(NamedTuple):
    """Matrices both ways round; or gradients of the first three."""

    inside_t: Array  # (d*, P*)
    select_t: Array  # (D*, S*)
    outside_t: Array  # (D*, d*)
    inside: Array
    select: Array
    outside: Array


class Workspace(NamedTuple):
    """One sequence's numbers, T* rows."""

    n: Array  # d*
    inverse: Array  # (T*,), 1/rms(s)
    proj: Array  # P*
    before: Array  # C*, what silu takes
    v: Array  # C*
    chosen: Array  # S*, low, b and c
    y: Array  # D*
    scale: Array  # (T*,), 1/rms(y), Mamba-2's
    stream: Array  # d*
    d_stream: Array
    d_proj: Array
    d_v: Array
    d_chosen: Array
    d_y: Array
    delta: Array  # (T*, D)


def padded(weights: Weights) -> Padded:
    """With zeros around."""
    matrices = weights.inside, weights.select, weights.outside
    lane = lanes(weights.rate.dtype)
    shapes = [(round_up(max(len(m), 1), lane), round_up(m.shape[1], lane)) for m in matrices]
    made = Padded(*aligned(weights.rate.dtype, *((columns, rows) for rows, columns in shapes), *shapes))
    for matrix, across, along in zip(matrices, made[:3], made[3:], strict=True):
        rows, columns = matrix.shape
        along[:rows, :columns] = matrix
        across[:columns, :rows] = matrix.T
    return made


def workspace(length: int, weights: Weights, padding: Padded) -> Workspace:
    """Working memory for a sequence."""
    dtype = weights.rate.dtype
    rows, channels = round_up(length, ROWS), len(weights.skip)
    width, proj = padding.inside_t.shape
    inner, chosen = padding.select_t.shape
    convolved = round_up(weights.convolution.shape[1], lanes(dtype))

    forward = (rows, width), (rows,), (rows, proj), (rows, convolved), (rows, convolved)
    end = (rows, chosen), (rows, inner), (rows,), (rows, width)
    back = (rows, width), (rows, proj), (rows, convolved), (rows, chosen), (rows, inner)
    return Workspace(*aligned(dtype, *forward, *end, *back, (rows, channels)))


@inlined
def times(a: Array, b: Array, c: Array, depth: int, add: bool) -> None:
    """c = a b, or c += a b."""
    product(a, 0, a.shape[1], 1, b, 0, b.shape[1], c, 0, c.shape[1], c.shape[0], c.shape[1], depth, add)


@inlined
def inverse_rms(rows: Array, length: int, width: int, into: Array) -> None:
    """1 / rms of each row's first `width` numbers."""
    for t in range(length):
        row = rows[t]
        squares = row[0] * row.dtype.type(0)
        for d in range(width):
            squares += row[d] * row[d]
        into[t] = row.dtype.type(1) / math.sqrt(squares / row.dtype.type(width) + row.dtype.type(EPSILON))


@inlined
def prepare(s: Array, a: Weights, p: Padded, w: Workspace) -> None:
    """Up to v, low, b, c and Delta, of one sequence (T, d)."""
    one, zero = s.dtype.type(1), s.dtype.type(0)
    length, channels = len(s), len(a.skip)
    separate((s, w.n, w.proj, w.before, w.v, w.delta, a.convolution, a.convolution_bias, a.spread, a.step_bias))
    inverse_rms(s, length, s.shape[1], w.inverse)
    for t in range(length):
        row, n, scale = s[t], w.n[t], w.inverse[t]
        for d in range(len(row)):
            n[d] = row[d] * scale
    times(w.n, p.inside_t, w.proj, s.shape[1], False)
    start = 0 if len(a.select) else channels
    for t in range(length):
        into, v = w.before[t], w.v[t]
        for d in range(len(a.convolution_bias)):
            into[d] = a.convolution_bias[d]
        for k in range(min(len(a.convolution), t + 1)):
            tap, x = a.convolution[k], w.proj[t - k][start:]
            for d in range(len(a.convolution_bias)):
                into[d] += tap[d] * x[d]
        for d in range(len(a.convolution_bias)):
            v[d] = into[d] / (one + exp(-into[d]))
    if len(a.select):
        times(w.v, p.select_t, w.chosen, channels, False)
    low, first = (w.chosen, 0) if len(a.select) else (w.proj, channels + len(a.convolution_bias))
    for t in range(length):
        step = w.delta[t]
        for d in range(channels):
            step[d] = a.step_bias[d]
        for k in range(len(a.spread)):
            part, by = low[t, first + k], a.spread[k]
            for d in range(channels):
                step[d] += part * by[d]
        for d in range(channels):
            step[d] = (step[d] if step[d] > zero else zero) + log1p(exp(-abs(step[d])))


@inlined
def gate(read: Array, a: Weights, w: Workspace) -> None:
    """w.y from read = y + skip u (T, D), and Mamba-2's w.scale."""
    one = read.dtype.type(1)
    separate((read, w.proj, w.y))
    start = len(a.skip) if len(a.select) else 0
    for t in range(len(read)):
        p, z, y = read[t], w.proj[t][start:], w.y[t]
        for d in range(len(a.skip)):
            y[d] = p[d] * z[d] / (one + exp(-z[d]))
    if len(a.select) == 0:
        inverse_rms(w.y, len(read), len(a.skip), w.scale)
        for t in range(len(read)):
            y, scale = w.y[t], w.scale[t]
            for d in range(len(a.skip)):
                y[d] *= scale


@compiled
def block(
    exact: bool, s: Array, a: Weights, p: Padded, read: Array, out: Array, inverse: Array, w: Workspace, r: Room
) -> None:
    """out (B, T, d) from s, and read = y + skip u (B, T, D). inverse: 1/rate."""
    length, channels = s.shape[1], len(a.skip)
    states = (len(a.select) - len(a.spread) if len(a.select) else len(a.convolution_bias) - channels) // 2
    bc, first = (w.chosen, len(a.spread)) if len(a.select) else (w.v, channels)
    for i in range(len(s)):
        prepare(s[i], a, p, w)
        for t in range(length):
            step, source, now, u, y = r.delta[t], r.source[t], w.delta[t], w.v[t], read[i, t]
            for d in range(channels):
                step[d] = now[d]
                source[d] = u[d] if exact else now[d] * u[d]
                y[d] = a.skip[d] * u[d]
        read_states(exact, length, a.rate, inverse, bc, first, states, read[i], r)
        gate(read[i], a, w)
        times(w.y, p.outside_t, w.stream, channels, False)
        for t in range(length):
            row, more, into = s[i, t], w.stream[t], out[i, t]
            for d in range(len(row)):
                into[d] = row[d] + more[d]
