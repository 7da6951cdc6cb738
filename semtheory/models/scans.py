"""The scan of a selective state-space layer with a backward pass written by hand: what training uses.

Per channel d and state n, with A_t = exp(Delta_t a) and h_0 = 0,

    exact hold   h_t = A_t h_{t-1} + (A_t - 1)/a  b_t x_t        y_t = sum_n c_t h_t
    Euler        h_t = A_t h_{t-1} + Delta_t b_t x_t

The exact hold is k_t = k_{t-1} + w_t (v_t - k_{t-1}) for k = -a h, v = b x, w = 1 - A: one fused step towards the steady state, and
w from expm1, so that nothing is lost when Delta a is small, or 0. With g_t = dL/dh_t the slope is dL/d(Delta_t a) =
-g_t (v_t - k_t)/|a|, no exponential in the backward pass. On a CPU this beats log-depth scans, which read and write the whole
state several times.

Layout: time first, then G independent models (what `vmap` adds), B sequences, N states, D channels last.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd import Function

LOG2_E = 1.4426950408889634  # 2^(z log2 e) is torch's fastest exponential
TINY = 1e-30  # stands for a rate 0: (e^(Delta a) - 1)/a is then Delta to the last digit


def one_minus_exp(z: Tensor) -> None:
    """z <- 1 - e^z. NumPy's expm1 is three times as fast as torch 2.13's where it has AVX-512 code for it."""
    if z.is_cpu and torch.backends.cpu.get_cpu_capability() == "AVX512":
        array = z.numpy()
        np.negative(np.expm1(array, out=array), out=array)
    else:
        z.expm1_().neg_()


class Scan(Function):
    """(delta, rate, b, c, x, exact) -> (y, w or A, h); only y has a derivative.

    delta, x, y: (T, G, B, D). rate = -a > 0: (G, N, D). b, c: (T, G, B, N). w, A, h: (T, G, B, N, D).
    """

    @staticmethod
    def forward(delta: Tensor, rate: Tensor, b: Tensor, c: Tensor, x: Tensor, exact: bool) -> tuple[Tensor, ...]:
        length, groups, batch, channels = x.shape
        states = b.shape[-1]
        shape = (length, groups, batch, states, channels)
        decay, hidden, y = x.new_empty(shape), x.new_empty(shape), torch.empty_like(x)
        power, inverse = -rate[:, None], rate.reciprocal()[:, None]  # (G, 1, N, D)
        v, k = x.new_empty(shape[1:]), x.new_zeros(shape[1:])
        steps = zip(  # views made once: making them step by step costs as much as the arithmetic
            delta[..., None, :].unbind(),
            b[..., None].unbind(),
            c.view(length, -1, 1, states).unbind(),
            (x if exact else delta * x)[..., None, :].unbind(),
            decay.unbind(),
            hidden.unbind(),
            hidden.view(length, -1, states, channels).unbind(),
            y.view(length, -1, 1, channels).unbind(),
            strict=True,
        )
        for delta_t, b_t, c_t, x_t, decay_t, hidden_t, rows_t, y_t in steps:
            torch.mul(delta_t, power, out=decay_t)
            torch.mul(b_t, x_t, out=v)
            if exact:
                one_minus_exp(decay_t)
                torch.lerp(k, v, decay_t, out=k)
                torch.mul(k, inverse, out=hidden_t)
            else:
                k = torch.addcmul(v, decay_t.mul_(LOG2_E).exp2_(), k, out=hidden_t)
            torch.bmm(c_t, rows_t, out=y_t)
        return y, decay, hidden

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
        *tensors, ctx.exact = inputs
        ctx.save_for_backward(*tensors, *output[1:])
        ctx.mark_non_differentiable(*output[1:])
        ctx.set_materialize_grads(False)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor | None, *_: Any) -> Any:
        if gradient is None:
            return (None,) * 6
        return *ScanGradient.apply(gradient, *ctx.saved_tensors, ctx.exact), None  # type: ignore[no-untyped-call]

    @staticmethod
    def vmap(info: Any, in_dims: tuple[int | None, ...], *arguments: Any) -> tuple[Any, Any]:
        return grouped(Scan, (1, 0, 1, 1, 1, None), (1, 1, 1), info, in_dims, arguments)


class ScanGradient(Function):
    """(dL/dy, delta, rate, b, c, x, w or A, h, exact) -> (d delta, d rate, d b, d c, d x). Shapes as in `Scan`."""

    @staticmethod
    def forward(
        gradient: Tensor,
        delta: Tensor,
        rate: Tensor,
        b: Tensor,
        c: Tensor,
        x: Tensor,
        decay: Tensor,
        hidden: Tensor,
        exact: bool,
    ) -> tuple[Tensor, ...]:
        length, _, _, channels = x.shape
        states = b.shape[-1]
        rate_, inverse = rate[:, None], rate.reciprocal()[:, None]
        d_delta, d_b, d_c, d_x = (torch.empty_like(of) for of in (delta, b, c, x))
        g = torch.zeros_like(hidden[0])  # dL/dh_t
        passed = torch.zeros_like(g)  # A_{t+1} g_{t+1}
        work, v = torch.empty_like(g), torch.empty_like(g)
        by_rate, by_inverse = torch.zeros_like(g), torch.zeros_like(g)
        rows = work.view(-1, states, channels)
        source = x if exact else delta * x
        held = hidden.unbind() if exact else (torch.zeros_like(g), *hidden.unbind()[:-1])
        steps = zip(
            delta[..., None, :].unbind(),
            b.view(length, -1, 1, states).unbind(),
            b[..., None].unbind(),
            c[..., None].unbind(),
            source[..., None, :].unbind(),
            source.view(length, -1, 1, channels).unbind(),
            gradient[..., None, :].unbind(),
            gradient.view(length, -1, 1, channels).unbind(),
            decay.unbind(),
            held,
            hidden.view(length, -1, states, channels).transpose(-1, -2).unbind(),
            d_delta.unbind(),
            d_b.view(length, -1, 1, states).unbind(),
            d_c.view(length, -1, 1, states).unbind(),
            d_x.view(length, -1, 1, channels).unbind(),
            strict=True,
        )
        for (
            delta_t,
            b_t,
            b_column,
            c_t,
            x_t,
            x_row,
            y_t,
            y_row,
            decay_t,
            held_t,
            hidden_t,
            out_delta,
            out_b,
            out_c,
            out_x,
        ) in reversed([*steps]):
            torch.bmm(y_row, hidden_t, out=out_c)
            torch.addcmul(passed, c_t, y_t, out=g)
            if exact:
                torch.mul(b_column, x_t, out=v)
                torch.addcmul(v, held_t, rate_, value=-1, out=work).mul_(g)  # -dL/d(Delta_t a)/|a|
                torch.sum(work, -2, out=out_delta)
                by_rate.addcmul_(work, delta_t)
                torch.mul(g, decay_t, out=work)
                torch.sub(g, work, out=passed)
                work.mul_(inverse)  # dL/dv_t
                by_inverse.addcmul_(work, v)
            else:
                torch.mul(g, decay_t, out=passed)
                torch.mul(passed, held_t, out=work)  # dL/d(Delta_t a)
                by_rate.addcmul_(work, delta_t)
                torch.sum(work.mul_(rate_).neg_(), -2, out=out_delta)
                work.copy_(g)
            torch.bmm(b_t, rows, out=out_x)
            torch.bmm(x_row, rows.transpose(-1, -2), out=out_b)
        if exact:
            # h = k/|a| with k linear in v, so the sum over t of (dL/dh through y) h is that of (dL/dv) v
            d_rate = (by_rate.sum(1) - by_inverse.sum(1)) * inverse[:, 0]
        else:
            d_rate = -by_rate.sum(1)
            d_delta += d_x * x
            d_x *= delta
        return d_delta, d_rate, d_b, d_c, d_x

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
        ctx.mark_non_differentiable(*output)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        raise RuntimeError("the fused scan has no second derivative: use form='sequential' or 'associative'")

    @staticmethod
    def vmap(info: Any, in_dims: tuple[int | None, ...], *arguments: Any) -> tuple[Any, Any]:
        inside = (1, 1, 0, 1, 1, 1, 1, 1, None)
        return grouped(ScanGradient, inside, (1, 0, 1, 1, 1), info, in_dims, arguments)


def grouped(
    function: Any,
    inside: tuple[int | None, ...],
    outside: tuple[int, ...],
    info: Any,
    in_dims: tuple[int | None, ...],
    arguments: tuple[Any, ...],
) -> tuple[Any, Any]:
    """The rule of `vmap`: the new dimension joins the models G, which lie at `inside` and `outside`."""
    merged = []
    for value, dim, place in zip(arguments, in_dims, inside, strict=True):
        if place is None:
            merged.append(value)
        elif value.numel() == 0 and value.ndim - (dim is not None) == 1:  # nothing was kept
            merged.append(value.reshape(0))
        else:
            front = value.movedim(dim, place) if dim is not None else value.unsqueeze(place)
            sizes = [*front.shape]
            sizes[place] = info.batch_size
            merged.append(front.expand(sizes).flatten(place, place + 1).contiguous())
    results, places = [], []
    for value, place in zip(function.apply(*merged), outside, strict=True):
        kept = value.numel() > 0 or value.ndim > 1
        results.append(value.unflatten(place, (info.batch_size, -1)) if kept else value)
        places.append(place if kept else None)
    return tuple(results), tuple(places)
