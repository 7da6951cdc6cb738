"""The gradient of a block of a state-space model in compiled loops; see `block_loops` for the block, and for shapes.

A sequence's numbers are computed again, but for read = y + skip u, and then the chain rule goes through the block from its end:

    silu(z) = z sigma(z)      silu' = sigma (1 + z (1 - sigma))      softplus' = sigma = 1 - e^-softplus
    x / rms(x) = n            dx = (dn - n mean(dn n)) / rms(x)
"""

from __future__ import annotations

from semtheory.models.block_loops import Padded, Weights, Workspace, gate, prepare, times
from semtheory.models.compiled import compiled, exp, expm1, inlined
from semtheory.models.scan_loops import Array, Room, slopes
from semtheory.models.separate import separate
from semtheory.models.tiles import product


# fmt: off
@compiled
def block_backward(
    exact: bool, s: Array, a: Weights, p: Padded, read: Array, gradient: Array,
    d_s: Array, d: Weights, d_p: Padded, inverse: Array, w: Workspace, r: Room,
) -> None:
    """Fills d_s; adds to d and d_p, to d.rate times the rate."""
    # fmt: on
    length, width, channels, convolved = s.shape[1], s.shape[2], len(a.skip), len(a.convolution_bias)
    states = (len(a.select) - len(a.spread) if len(a.select) else convolved - channels) // 2
    for i in range(len(s)):
        prepare(s[i], a, p, w)
        gate(read[i], a, w)
        for t in range(length):
            row, given = w.d_stream[t], gradient[i, t]
            for e in range(width):
                row[e] = given[e]
        times(w.d_stream, p.outside, w.d_y, width, False)
        add_transposed(w.y, w.d_stream, d_p.outside_t, length)
        gate_backward(exact, read[i], a, w, r)
        if len(a.select):
            slopes(exact, length, a.rate, inverse, w.chosen, len(a.spread), states, d.rate, w.d_chosen, r)
            steps_backward(exact, a, d, w.chosen, w.d_chosen, 0, length, w, r)
            add_transposed(w.v, w.d_chosen, d_p.select_t, length)
            times(w.d_chosen, p.select, w.d_v, len(a.select), False)
        else:
            slopes(exact, length, a.rate, inverse, w.v, channels, states, d.rate, w.d_v, r)
            steps_backward(exact, a, d, w.proj, w.d_proj, channels + convolved, length, w, r)
            w.d_v[:, :channels] = 0
        convolve_backward(a, d, length, w, r)
        times(w.d_proj, p.inside, w.d_stream, len(a.inside), False)
        add_transposed(w.n, w.d_proj, d_p.inside_t, length)
        normalise_backward(gradient[i], d_s[i], w)


@inlined
def gate_backward(exact: bool, read: Array, a: Weights, w: Workspace, r: Room) -> None:
    """From d_y to what `slopes` takes, and to z."""
    one, zero = read.dtype.type(1), read.dtype.type(0)
    separate((read, w.proj, w.d_proj, w.y, w.d_y, w.v, w.delta, r.o, r.delta, r.source))
    start = len(a.skip) if len(a.select) else 0
    for t in range(len(read)):
        given, y, scale = w.d_y[t], w.y[t], w.scale[t]
        if len(a.select) == 0:
            along = zero
            for d in range(len(a.skip)):
                along += given[d] * y[d]
            along /= read.dtype.type(len(a.skip))
            for d in range(len(a.skip)):
                given[d] = (given[d] - y[d] * along) * scale
        p, z, d_z, o = read[t], w.proj[t][start:], w.d_proj[t][start:], r.o[t]
        for d in range(len(a.skip)):
            sigma = one / (one + exp(-z[d]))
            silu = z[d] * sigma
            o[d] = given[d] * silu
            d_z[d] = given[d] * p[d] * (sigma + silu * (one - sigma))
        step, source, now, u = r.delta[t], r.source[t], w.delta[t], w.v[t]
        for d in range(len(a.skip)):
            step[d] = now[d]
            source[d] = u[d] if exact else now[d] * u[d]


# fmt: off
@inlined
def steps_backward(
    exact: bool, a: Weights, d: Weights, low: Array, d_low: Array, first: int, length: int, w: Workspace, r: Room
) -> None:
    """From by_delta to low; by_source becomes what is at u."""
    # fmt: on
    separate((r.by_delta, r.delta, r.by_source, w.v, a.spread, d.spread, d.step_bias))
    for t in range(length):
        by_step, step, v, u = r.by_delta[t], r.delta[t], r.by_source[t], w.v[t]
        if not exact:
            for i in range(len(a.skip)):
                by_step[i] += v[i] * u[i]
                v[i] *= step[i]
        for i in range(len(a.skip)):
            by_step[i] *= -expm1(-step[i])
            d.step_bias[i] += by_step[i]
        for k in range(len(a.spread)):
            part, by, d_by = low[t, first + k], a.spread[k], d.spread[k]
            total = part * a.skip.dtype.type(0)
            for i in range(len(a.skip)):
                total += by_step[i] * by[i]
                d_by[i] += part * by_step[i]
            d_low[t, first + k] = total


@inlined
def convolve_backward(a: Weights, d: Weights, length: int, w: Workspace, r: Room) -> None:
    """From by_source, o and d_v to proj; silu' = sigma (1 + z (1 - sigma))."""
    one = a.skip.dtype.type(1)
    separate((r.by_source, r.o, w.v, w.d_v, w.before, w.proj, w.d_proj, a.skip, d.skip))
    separate((a.convolution, d.convolution, d.convolution_bias, w.proj, w.d_proj, w.v, w.d_v))
    channels, convolved = len(a.skip), len(a.convolution_bias)
    start = 0 if len(a.select) else channels
    for t in range(length):
        v, o, u, d_u, z, d_x = r.by_source[t], r.o[t], w.v[t], w.d_v[t], w.before[t], w.d_proj[t][start:]
        for i in range(channels):
            d_u[i] += v[i] + a.skip[i] * o[i]
            d.skip[i] += o[i] * u[i]
        for i in range(convolved):
            sigma = one / (one + exp(-z[i]))
            d_u[i] *= sigma * (one + z[i] * (one - sigma))
            d.convolution_bias[i] += d_u[i]
        for i in range(convolved):
            d_x[i] = a.convolution[0][i] * d_u[i]
    for k in range(min(len(a.convolution), length)):
        tap, d_tap = a.convolution[k], d.convolution[k]
        for t in range(k, length):
            d_u, x, d_x = w.d_v[t], w.proj[t - k][start:], w.d_proj[t - k][start:]
            for i in range(convolved):
                d_tap[i] += x[i] * d_u[i]
            if k:
                for i in range(convolved):
                    d_x[i] += tap[i] * d_u[i]


@inlined
def normalise_backward(gradient: Array, d_s: Array, w: Workspace) -> None:
    """d_s = gradient + (d_n - n mean(d_n n)) / rms(s)."""
    separate((gradient, d_s, w.n, w.d_stream))
    for t in range(len(d_s)):
        given, into, n, d_n, scale = gradient[t], d_s[t], w.n[t], w.d_stream[t], w.inverse[t]
        along = scale * gradient.dtype.type(0)
        for e in range(len(into)):
            along += d_n[e] * n[e]
        along /= gradient.dtype.type(len(into))
        for e in range(len(into)):
            into[e] = given[e] + (d_n[e] - n[e] * along) * scale


@inlined
def add_transposed(a: Array, b: Array, c: Array, depth: int) -> None:
    """c += a^T b."""
    product(a, 0, 1, a.shape[1], b, 0, b.shape[1], c, 0, c.shape[1], c.shape[0], c.shape[1], depth, True)
