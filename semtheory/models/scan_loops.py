"""The scan of a selective state-space layer and its gradient in compiled loops.

Per channel d and state n, with E_t = exp(-r Delta_t) - 1, r = -a the rate, and h_0 = 0,

    exact hold   h_t = h_{t-1} - E_t (b_t u_t / r - h_{t-1})       a step towards the steady state
    Euler        h_t = h_{t-1} + E_t h_{t-1} + b_t Delta_t u_t     y_t = sum_n c_t h_t for both

E is not a difference of an exponential and 1, so that nothing is lost when r Delta is small, or 0. With o_t = dL/dy_t and
g_t = dL/dh_t = c_t o_t + (1 + E_{t+1}) g_{t+1}, the slope m_t = dL/dDelta_t of one state is g_t (b_t u_t - r h_t), Euler's is
-r (1 + E_t) g_t h_{t-1}; r dL/dr = sum_t m_t Delta_t - c_t o_t h_t, Euler's without the second term.

The backward pass computes E and h again, sequence by sequence and state by state: so they stay in the cache.

Shapes: B sequences, T tokens, D channels, N states. A matrix may have more rows and columns than T and D: they are left alone.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from semtheory.models.compiled import compiled, inlined
from semtheory.models.powers import exp2m1
from semtheory.models.separate import separate

Array = NDArray[Any]
LOG2_E = 1 / math.log(2)
LINE = 64  # bytes


class Room(NamedTuple):
    """One sequence's numbers."""

    delta: Array  # (T, D)
    source: Array  # (T, D), what drives the states: u, or for Euler Delta u
    E: Array  # (T, D), of one state
    H: Array  # (T + 1, D), of one state, h_0 first
    o: Array  # (T, D), dL/dy
    by_delta: Array  # (T, D), dL/dDelta
    by_source: Array  # (T, D)
    g: Array  # (D,)
    power: Array  # (D,)


def aligned(dtype: Any, *shapes: tuple[int, ...]) -> list[Array]:
    """Zeros of these shapes in one piece of memory, each from the start of a cache line: a vector across two lines takes twice as long."""
    sizes = [math.prod(shape) * dtype.itemsize for shape in shapes]
    ends = np.cumsum([size + -size % LINE for size in sizes])
    whole = np.zeros(int(ends[-1]) + LINE, np.uint8)
    first = -whole.ctypes.data % LINE
    starts = [first, *(first + int(end) for end in ends[:-1])]
    return [
        whole[start : start + size].view(dtype).reshape(shape)
        for start, size, shape in zip(starts, sizes, shapes, strict=True)
    ]


def room(length: int, channels: int, dtype: Any) -> Room:
    """Working memory."""
    return Room(*aligned(dtype, *[(length + 1, channels)] * 7, (channels,), (channels,)))


@compiled
def scan(exact: bool, w: Room, delta: Array, rate: Array, inverse: Array, bc: Array, u: Array, y: Array) -> None:
    """y of u (B, T, D). rate: (N, D), or (1, D) shared by the states. inverse: 1/rate. bc: (B, T, 2N), b and then c."""
    for i in range(len(u)):
        for t in range(u.shape[1]):
            step, v, x, out, now = w.delta[t], w.source[t], u[i, t], y[i, t], delta[i, t]
            for d in range(len(x)):
                step[d] = now[d]
                v[d] = x[d] if exact else now[d] * x[d]
            out[:] = 0
        read_states(exact, u.shape[1], rate, inverse, bc[i], 0, bc.shape[2] // 2, y[i], w)


# fmt: off
@compiled
def scan_backward(
    exact: bool, w: Room, delta: Array, rate: Array, inverse: Array, bc: Array, u: Array, gradient: Array,
    d_delta: Array, d_rate: Array, d_bc: Array, d_u: Array,
) -> None:
    """Fills the gradients; adds to d_rate, times the rate."""
    # fmt: on
    for i in range(len(u)):
        for t in range(u.shape[1]):
            step, v, o, x, now, given = w.delta[t], w.source[t], w.o[t], u[i, t], delta[i, t], gradient[i, t]
            for d in range(len(x)):
                step[d] = now[d]
                v[d] = x[d] if exact else now[d] * x[d]
                o[d] = given[d]
        slopes(exact, u.shape[1], rate, inverse, bc[i], 0, bc.shape[2] // 2, d_rate, d_bc[i], w)
        for t in range(u.shape[1]):
            x, now, by_x, by_now, v, step = u[i, t], delta[i, t], d_u[i, t], d_delta[i, t], w.by_source[t], w.by_delta[t]
            for d in range(len(x)):
                by_x[d] = v[d] if exact else v[d] * now[d]
                by_now[d] = step[d] if exact else step[d] + v[d] * x[d]


# fmt: off
@inlined
def read_states(
    exact: bool, length: int, rate: Array, inverse: Array, bc: Array, first: int, states: int, y: Array, w: Room
) -> None:
    """Adds sum_n c_n h_n to y (T, D), from delta and source. b and c: columns `first` on of bc, N each."""
    # fmt: on
    h, channels = w.g, rate.shape[1]
    separate((h, w.E, w.source, y, inverse))
    for n in range(states):
        row = min(n, len(rate) - 1)
        if n < len(rate):
            growth(w.E, length, w.delta, rate[n], w.power)
        q = inverse[row]
        h[:] = 0
        for t in range(length):
            e, v, out, b, c = w.E[t], w.source[t], y[t], bc[t, first + n], bc[t, first + states + n]
            if exact:
                for d in range(channels):
                    h[d] -= e[d] * (b * (v[d] * q[d]) - h[d])
                    out[d] += c * h[d]
            else:
                for d in range(channels):
                    h[d] += e[d] * h[d] + b * v[d]
                    out[d] += c * h[d]


# fmt: off
@inlined
def slopes(
    exact: bool, length: int, rate: Array, inverse: Array, bc: Array, first: int, states: int,
    d_rate: Array, d_bc: Array, w: Room,
) -> None:
    """From delta, source and o: by_delta, by_source and d_bc; adds to d_rate."""
    # fmt: on
    w.by_delta[:] = 0
    w.by_source[:] = 0
    for n in range(states):
        row = min(n, len(rate) - 1)
        if n < len(rate):
            growth(w.E, length, w.delta, rate[n], w.power)
        hidden(exact, length, inverse[row], bc, first + n, w)
        if exact:
            slopes_exact(length, rate[row], inverse[row], bc, first + n, first + states + n, d_rate[row], d_bc, w)
        else:
            by_rate = d_rate[row] if len(rate) > 1 else d_rate[row, :0]
            slopes_euler(length, rate[row], bc, first + n, first + states + n, by_rate, d_bc, w)
    if not exact and len(rate) == 1:  # one product for all states
        for t in range(length):
            step, by_step, by_rate = w.delta[t], w.by_delta[t], d_rate[0]
            for d in range(len(by_rate)):
                by_rate[d] += by_step[d] * step[d]


@inlined
def growth(E: Array, length: int, delta: Array, rate: Array, power: Array) -> None:
    """E = e^(-rate Delta) - 1."""
    separate((E, delta, rate, power))
    for d in range(len(rate)):
        power[d] = rate[d] * rate.dtype.type(-LOG2_E)
    for t in range(length):
        e, step = E[t], delta[t]
        for d in range(len(rate)):
            e[d] = exp2m1(step[d] * power[d])


@inlined
def hidden(exact: bool, length: int, q: Array, bc: Array, at_b: int, w: Room) -> None:
    """The states n."""
    h, start = w.g, w.H[0]  # h apart: a loop that reads and writes rows of one array is not vectorised
    separate((h, w.E, w.source, w.H, q))
    h[:] = 0
    start[:] = 0
    for t in range(length):
        e, v, now, b = w.E[t], w.source[t], w.H[t + 1], bc[t, at_b]
        if exact:
            for d in range(len(q)):
                after = h[d] - e[d] * (b * (v[d] * q[d]) - h[d])
                h[d] = after
                now[d] = after
        else:
            for d in range(len(q)):
                after = h[d] + e[d] * h[d] + b * v[d]
                h[d] = after
                now[d] = after


# fmt: off
@inlined
def slopes_exact(
    length: int, r: Array, q: Array, bc: Array, at_b: int, at_c: int, d_rate: Array, d_bc: Array, w: Room
) -> None:
    """What goes through state n."""
    # fmt: on
    g, zero = w.g, r.dtype.type(0)
    separate((g, w.E, w.source, w.o, w.H, w.delta, w.by_source, w.by_delta, r, q, d_rate))
    g[:] = 0
    for s in range(length):
        t = length - 1 - s
        e, v, o, h, step = w.E[t], w.source[t], w.o[t], w.H[t + 1], w.delta[t]
        by_v, by_step = w.by_source[t], w.by_delta[t]
        b, c = bc[t, at_b], bc[t, at_c]
        d_b = zero
        d_c = zero
        for d in range(len(r)):
            at_h = g[d] + c * o[d]
            moved = at_h * e[d]
            g[d] = at_h + moved
            at_v = moved * q[d]
            by_v[d] -= b * at_v
            d_b -= v[d] * at_v
            read = o[d] * h[d]
            d_c += read
            slope = at_h * (b * v[d] - r[d] * h[d])
            by_step[d] += slope
            d_rate[d] += slope * step[d] - c * read
        d_bc[t, at_b] = d_b
        d_bc[t, at_c] = d_c


@inlined
def slopes_euler(length: int, r: Array, bc: Array, at_b: int, at_c: int, d_rate: Array, d_bc: Array, w: Room) -> None:
    """The same for Euler: in one function both would take longer. Without the rate where d_rate is empty."""
    g, zero = w.g, r.dtype.type(0)
    separate((g, w.E, w.source, w.o, w.H, w.delta, w.by_source, w.by_delta, r, d_rate))
    g[:] = 0
    for s in range(length):
        t = length - 1 - s
        e, v, o, h, before, step = w.E[t], w.source[t], w.o[t], w.H[t + 1], w.H[t], w.delta[t]
        by_v, by_step = w.by_source[t], w.by_delta[t]
        b, c = bc[t, at_b], bc[t, at_c]
        d_b = zero
        d_c = zero
        for d in range(len(r)):
            at_h = g[d] + c * o[d]
            passed = at_h + at_h * e[d]
            g[d] = passed
            by_v[d] += b * at_h
            d_b += v[d] * at_h
            d_c += o[d] * h[d]
            by_step[d] -= passed * r[d] * before[d]
        for d in range(len(d_rate)):
            d_rate[d] -= g[d] * r[d] * before[d] * step[d]
        d_bc[t, at_b] = d_b
        d_bc[t, at_c] = d_c
