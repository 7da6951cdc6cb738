"""The scan of a selective state-space layer with what stands around it, and its gradient, in compiled loops.

Per channel d and state n, with E_t = exp(-r Delta_t) - 1, r = -a the rate, and h_0 = 0,

    exact hold   h_t = h_{t-1} - E_t (b_t u_t / r - h_{t-1})       a step towards the steady state
    Euler        h_t = h_{t-1} + E_t h_{t-1} + b_t Delta_t u_t     y_t = sum_n c_t h_t for both

    Delta = softplus(low spread + bias)         p = y + skip u         out = p silu(z), silu(z) = z sigma(z)

E is not a difference of an exponential and 1, so that nothing is lost when r Delta is small, or 0. With o_t = dL/dp_t and
g_t = dL/dh_t = c_t o_t + (1 + E_{t+1}) g_{t+1}, the slope m_t = dL/dDelta_t of one state is g_t (b_t u_t - r h_t), Euler's is
-r (1 + E_t) g_t h_{t-1}; r dL/dr = sum_t m_t Delta_t - c_t o_t h_t, Euler's without the second term.

The backward pass computes E and h again, sequence by sequence and state by state: so they stay in the cache. It keeps them last token
first: LLVM hoists the checks that arrays do not overlap out of a loop over rows only if the rows come in rising order.

Shapes: B sequences, T tokens, D channels, N states, R columns of `low`; see `scans.Scan`. Working memory: see there too.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semtheory.models.compiled import compiled, exp, expm1
from semtheory.models.powers import exp2m1, log1p

Array = NDArray[Any]
LOG2_E = 1 / math.log(2)


# fmt: off
@compiled
def scan(
    exact: bool, low: Array, spread: Array, bias: Array, rate: Array, bc: Array, u: Array, skip: Array, z: Array, inverse: Array,  # 1/rate
    read: Array, out: Array,  # results: p and, if there is a gate, what leaves it
    E: Array, delta: Array, source: Array, h: Array, power: Array,
) -> None:
    # fmt: on
    one = u.dtype.type(1)
    states = bc.shape[2] // 2
    for i in range(len(u)):
        step_sizes(delta, low[i], spread, bias)
        for t in range(u.shape[1]):
            p, v, x, step = read[i, t], source[t], u[i, t], delta[t]
            for d in range(len(h)):
                p[d] = skip[d] * x[d]
                v[d] = x[d] if exact else step[d] * x[d]
        for n in range(states):
            if n < len(rate):
                growth(E, delta, rate[n], power)
            q = inverse[min(n, len(rate) - 1)]
            h[:] = 0
            for t in range(u.shape[1]):
                e, v, p, b, c = E[t], source[t], read[i, t], bc[i, t, n], bc[i, t, states + n]
                if exact:
                    for d in range(len(h)):
                        h[d] -= e[d] * (b * (v[d] * q[d]) - h[d])
                        p[d] += c * h[d]
                else:
                    for d in range(len(h)):
                        h[d] += e[d] * h[d] + b * v[d]
                        p[d] += c * h[d]
        if len(z):
            for t in range(u.shape[1]):
                p, x, y = read[i, t], z[i, t], out[i, t]
                for d in range(len(h)):
                    y[d] = p[d] * x[d] / (one + exp(-x[d]))


# fmt: off
@compiled
def scan_backward(
    exact: bool, low: Array, spread: Array, bias: Array, rate: Array, bc: Array, u: Array, skip: Array, z: Array, inverse: Array,
    read: Array, gradient: Array,
    d_low: Array, d_spread: Array, d_bias: Array, d_rate: Array, d_bc: Array, d_u: Array, d_skip: Array, d_z: Array,  # + d_rate rate
    E: Array, H: Array, delta: Array, source: Array, o: Array, slope: Array, by_source: Array, g: Array, m: Array,
) -> None:
    # fmt: on
    one = u.dtype.type(1)
    length = u.shape[1]
    back = np.arange(length)[::-1].copy()  # looked up, not computed: a falling row is then like any other
    for i in range(len(u)):
        step_sizes(source, low[i], spread, bias)
        for t in range(length):
            s = back[t]
            step, given, into = source[t], gradient[i, t], o[s]
            delta[s] = step
            into[:] = given
            if len(z):
                x, p, by_x = z[i, t], read[i, t], d_z[i, t]
                for d in range(len(g)):
                    sigma = one / (one + exp(-x[d]))
                    silu = x[d] * sigma
                    into[d] = given[d] * silu
                    by_x[d] = given[d] * p[d] * (sigma + silu * (one - sigma))
        for t in range(length):
            s = back[t]
            v, x, step = source[s], u[i, t], delta[s]
            for d in range(len(g)):
                v[d] = x[d] if exact else step[d] * x[d]
        slope[:] = 0
        by_source[:] = 0
        for n in range(bc.shape[2] // 2):
            row = min(n, len(rate) - 1)
            if n < len(rate):
                growth(E, delta, rate[n], g)
            hidden(H, E, source, bc[i], n, inverse[row], exact, back, g)
            if exact:
                slopes_exact(
                    E, H, source, o, bc[i], delta, n, rate[row], inverse[row], g, m, slope, d_rate[row], d_bc[i], by_source
                )
            else:
                slopes_euler(E, H, source, o, bc[i], delta, n, rate[row], g, m, slope, d_rate[row], d_bc[i], by_source)
        for t in range(length):
            s = back[t]
            x, v, into, step, by_step, by_x = u[i, t], by_source[s], o[s], delta[s], slope[s], d_u[i, t]
            if not exact:
                for d in range(len(g)):
                    by_step[d] += v[d] * x[d]
                    v[d] *= step[d]
            for d in range(len(g)):
                by_x[d] = v[d] + skip[d] * into[d]
                d_skip[d] += into[d] * x[d]
        steps_backward(slope, delta, low[i], spread, back, d_low[i], d_spread, d_bias)


@compiled
def step_sizes(delta: Array, low: Array, spread: Array, bias: Array) -> None:
    """softplus(w) = max(w, 0) + log(1 + e^-|w|)."""
    zero = low.dtype.type(0)
    for t in range(len(low)):
        step = delta[t]
        if len(spread) == 0:
            step[:] = low[t]
            continue
        step[:] = bias
        for k in range(len(spread)):
            part, by = low[t, k], spread[k]
            for d in range(len(bias)):
                step[d] += part * by[d]
        for d in range(len(bias)):
            step[d] = (step[d] if step[d] > zero else zero) + log1p(exp(-abs(step[d])))


@compiled
def steps_backward(
    slope: Array, delta: Array, low: Array, spread: Array, back: Array, d_low: Array, d_spread: Array, d_bias: Array
) -> None:
    """slope and delta: last token first. softplus'(w) = sigma(w) = 1 - e^-softplus(w)."""
    for t in range(len(low)):
        s = back[t]
        by, step = slope[s], delta[s]
        if len(spread) == 0:
            d_low[t] = by
            continue
        for d in range(len(d_bias)):
            by[d] *= -expm1(-step[d])
            d_bias[d] += by[d]
        for k in range(len(spread)):
            part, w, by_w = low[t, k], spread[k], d_spread[k]
            total = low.dtype.type(0)
            for d in range(len(d_bias)):
                total += by[d] * w[d]
                by_w[d] += part * by[d]
            d_low[t, k] = total


@compiled
def growth(E: Array, delta: Array, rate: Array, power: Array) -> None:
    """E = e^(-rate Delta) - 1."""
    for d in range(len(power)):
        power[d] = rate[d] * rate.dtype.type(-LOG2_E)
    for t in range(len(delta) - 1):
        e, step = E[t], delta[t]
        for d in range(len(power)):
            e[d] = exp2m1(step[d] * power[d])


@compiled
def hidden(H: Array, E: Array, source: Array, bc: Array, n: int, q: Array, exact: bool, back: Array, h: Array) -> None:
    """The states n, last token first, at the end the 0 before the first one. h: (D,), so that no loop takes two rows of H."""
    length = len(bc)
    h[:] = 0
    H[length] = 0
    for t in range(length):
        s = back[t]
        e, v, now, b = E[s], source[s], H[s], bc[t, n]
        if exact:
            for d in range(len(h)):
                after = h[d] - e[d] * (b * (v[d] * q[d]) - h[d])
                h[d] = after
                now[d] = after
        else:
            for d in range(len(h)):
                after = h[d] + e[d] * h[d] + b * v[d]
                h[d] = after
                now[d] = after


# fmt: off
@compiled
def slopes_exact(
    E: Array, H: Array, source: Array, o: Array, bc: Array, delta: Array, n: int, r: Array, q: Array,
    g: Array, m: Array, slope: Array, d_rate: Array, d_bc: Array, by_source: Array,
) -> None:
    """Adds to the gradients what goes through state n of one sequence."""
    # fmt: on
    length, states, zero = len(bc), bc.shape[1] // 2, r.dtype.type(0)
    g[:] = 0
    for s in range(length):
        t = length - 1 - s
        e, v, into, h, by_v = E[s], source[s], o[s], H[s], by_source[s]
        b, c = bc[t, n], bc[t, states + n]
        d_b = zero
        d_c = zero
        for d in range(len(g)):
            at_h = g[d] + c * into[d]
            moved = at_h * e[d]
            g[d] = at_h + moved
            at_v = moved * q[d]
            by_v[d] -= b * at_v
            d_b -= v[d] * at_v
            m[d] = at_h * (b * v[d] - r[d] * h[d])
        step, by_step = delta[s], slope[s]
        for d in range(len(g)):
            by_step[d] += m[d]
            at_c = into[d] * h[d]
            d_c += at_c
            d_rate[d] += m[d] * step[d] - c * at_c
        d_bc[t, n] = d_b
        d_bc[t, states + n] = d_c


# fmt: off
@compiled
def slopes_euler(
    E: Array, H: Array, source: Array, o: Array, bc: Array, delta: Array, n: int, r: Array,
    g: Array, m: Array, slope: Array, d_rate: Array, d_bc: Array, by_source: Array,
) -> None:
    """The same for Euler: in one function both would take half as long again."""
    # fmt: on
    length, states, zero = len(bc), bc.shape[1] // 2, r.dtype.type(0)
    g[:] = 0
    for s in range(length):
        t = length - 1 - s
        e, v, into, h, before, by_v = E[s], source[s], o[s], H[s], H[s + 1], by_source[s]
        b, c = bc[t, n], bc[t, states + n]
        d_b = zero
        d_c = zero
        for d in range(len(g)):
            at_h = g[d] + c * into[d]
            passed = at_h + at_h * e[d]
            g[d] = passed
            by_v[d] += b * at_h
            d_b += v[d] * at_h
            m[d] = -passed * r[d] * before[d]
        step, by_step = delta[s], slope[s]
        for d in range(len(g)):
            by_step[d] += m[d]
            d_c += into[d] * h[d]
            d_rate[d] += m[d] * step[d]
        d_bc[t, n] = d_b
        d_bc[t, states + n] = d_c
