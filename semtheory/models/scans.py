"""The scan of a selective state-space layer with a backward pass written by hand: what training uses.

Per channel d and state n, with A_t = exp(Delta_t a) and h_0 = 0,

    exact hold   h_t = A_t h_{t-1} + (A_t - 1)/a  b_t x_t        y_t = sum_n c_t h_t
    Euler        h_t = A_t h_{t-1} + Delta_t b_t x_t

The exact hold is k_t = k_{t-1} - E_t (v_t - k_{t-1}) for k = -a h, v = b x, E = A - 1: a step towards the steady state, and E
from expm1, so that nothing is lost when Delta a is small, or 0. With g_t = dL/dh_t the slope is dL/d(Delta_t a) =
-g_t (v_t - k_t)/|a|, no exponential in the backward pass. On a CPU this beats log-depth scans, which read and write the whole
state several times.

Layout: time first, then B sequences, N states, D channels last. First derivatives only, and not under `torch.func`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import Function, once_differentiable

LOG2_E = 1.4426950408889634  # 2^(z log2 e) is torch's fastest exponential
TINY = 1e-30  # stands for a rate 0: (e^(Delta a) - 1)/a is then Delta to the last digit


def expm1_rows(whole: Tensor) -> Iterator[Callable[[], object]]:
    """For each row of `whole`, what replaces its z by e^z - 1 when called.

    NumPy's expm1 is three times as fast as torch 2.13's where it has AVX-512 code for it.
    """
    if whole.is_cpu and torch.backends.cpu.get_cpu_capability() == "AVX512":
        return (partial(np.expm1, row, out=row) for row in whole.numpy())
    return (row.expm1_ for row in whole)


class Lease:
    """Two buffers of one shape that go back to a shelf when their holder is freed, for the next scan of that shape.

    A fresh buffer of this size costs as much as the scan: the system hands out each of its pages with a fault.
    """

    shelf: ClassVar[dict[Any, list[tuple[Tensor, Tensor]]]] = {}
    MOST = 8  # of one shape; what is beyond is given back to the system

    def __init__(self, like: Tensor, shape: tuple[int, ...]) -> None:
        self._kept = self.shelf.setdefault((shape, like.dtype, like.device), [])
        try:
            self.buffers = self._kept.pop()
        except IndexError:
            self.buffers = like.new_empty(shape), like.new_empty(shape)

    def __del__(self) -> None:
        if len(self._kept) < self.MOST:
            self._kept.append(self.buffers)


class Scan(Function):
    """(delta, rate, b, c, x, exact) -> y.

    delta, x, y: (T, B, D). rate = -a > 0: (N, D). b, c: (T, B, N). All contiguous.
    """

    @staticmethod
    def forward(ctx: Any, delta: Tensor, rate: Tensor, b: Tensor, c: Tensor, x: Tensor, exact: bool) -> Tensor:
        length, batch, channels = x.shape
        states = b.shape[-1]
        ctx.lease = Lease(x, (length, batch, states, channels))
        decay, hidden = ctx.lease.buffers  # E or A, and h, at every time
        y = torch.empty_like(x)
        inverse, power = -rate.reciprocal(), -rate if exact else -LOG2_E * rate
        v, k = (
            torch.empty_like(hidden[0]),
            torch.zeros_like(hidden[0]),
        )  # exact: k is -k, so that a step is two products
        steps = zip(  # views made once: making them step by step costs as much as the arithmetic
            delta[:, :, None].unbind(),
            b[..., None].unbind(),
            c[:, :, None].unbind(),
            (x if exact else delta * x)[:, :, None].unbind(),
            decay.unbind(),
            expm1_rows(decay),
            hidden.unbind(),
            y[:, :, None].unbind(),
            strict=True,
        )
        for delta_t, b_t, c_t, x_t, decay_t, expm1, hidden_t, y_t in steps:
            torch.mul(delta_t, power, out=decay_t)
            if exact:
                expm1()
                torch.addcmul(k, b_t, x_t, out=v)  # v_t - k_{t-1}
                torch.mul(k.addcmul_(decay_t, v), inverse, out=hidden_t)
            else:
                torch.mul(b_t, x_t, out=v)
                k = torch.addcmul(v, decay_t.exp2_(), k, out=hidden_t)
            torch.bmm(c_t, hidden_t, out=y_t)
        ctx.save_for_backward(delta, rate, b, c, x)
        ctx.exact = exact
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Any:
        delta, rate, b, c, x = ctx.saved_tensors
        decay, hidden = ctx.lease.buffers
        exact, inverse = ctx.exact, -rate.reciprocal()
        gradient = gradient.contiguous()
        d_delta, d_b, d_c, d_x = (torch.empty_like(of) for of in (delta, b, c, x))
        g, passed, work, v, by_rate, by_inverse = (torch.zeros_like(hidden[0]) for _ in range(6))
        source = x if exact else delta * x
        held = hidden.unbind() if exact else (torch.zeros_like(g), *hidden.unbind()[:-1])
        steps = zip(
            delta[:, :, None].unbind(),
            b[:, :, None].unbind(),
            b[..., None].unbind(),
            c[..., None].unbind(),
            source[:, :, None].unbind(),
            gradient[:, :, None].unbind(),
            decay.unbind(),
            held,
            hidden.transpose(-1, -2).unbind(),
            d_delta.unbind(),
            d_b[:, :, None].unbind(),
            d_c[:, :, None].unbind(),
            d_x[:, :, None].unbind(),
            strict=True,
        )
        for delta_t, b_t, b_column, c_t, x_t, y_t, decay_t, held_t, hidden_t, *out in reversed([*steps]):
            torch.bmm(y_t, hidden_t, out=out[2])
            torch.addcmul(passed, c_t, y_t, out=g)  # dL/dh_t; `passed` is A_{t+1} dL/dh_{t+1}
            if exact:
                torch.mul(b_column, x_t, out=v)
                torch.addcmul(v, held_t, rate, value=-1, out=work).mul_(g)  # -dL/d(Delta_t a)/|a|
                torch.sum(work, -2, out=out[0])
                by_rate.addcmul_(work, delta_t)
                torch.mul(g, decay_t, out=work)
                torch.add(g, work, out=passed)
                work.mul_(inverse)  # dL/dv_t
                by_inverse.addcmul_(work, v)
            else:
                torch.mul(g, decay_t, out=passed)
                torch.mul(passed, held_t, out=work)  # dL/d(Delta_t a)
                by_rate.addcmul_(work, delta_t)
                torch.sum(work.mul_(rate).neg_(), -2, out=out[0])
                work.copy_(g)
            torch.bmm(b_t, work, out=out[3])
            torch.bmm(x_t, work.transpose(-1, -2), out=out[1])
        if exact:
            # h = k/|a| with k linear in v, so the sum over t of (dL/dh through y) h is that of (dL/dv) v
            d_rate = (by_inverse.sum(0) - by_rate.sum(0)) * inverse
        else:
            d_rate = -by_rate.sum(0)
            d_delta += d_x * x
            d_x *= delta
        return d_delta, d_rate, d_b, d_c, d_x, None
