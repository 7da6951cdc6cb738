"""A block, and the head with its loss, each as one step of autograd with its gradient written out.

The same functions as `Block.forward` and norm-head-cross-entropy, to rounding (tested in float64), with fewer passes over
memory and no copies of heads: about half the time of the composed operations at width 32. Only first derivatives, and not
under `torch.func`: there the models use the composed form.

Backward of n = s / r, r = rms(s): ds = (dn - n mean(dn n)) / r. A gain g is moved into the matrix after it, W g.
Shapes: N = B T rows, d width, h heads of size e = d / h, m memories, V letters.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

EPSILON = 1e-6  # under the root of the mean square
BITS = 1 / math.log(2)  # torch's exp2 is twice as fast as its exp


def normalise(s: Tensor) -> tuple[Tensor, Tensor]:
    """s / rms(s) over the last axis, and 1 / rms(s) (N, 1)."""
    inverse = torch.rsqrt((s * s).mean(-1, keepdim=True) + EPSILON)
    return s * inverse, inverse


def through_norm(gradient: Tensor, n: Tensor, inverse: Tensor) -> Tensor:
    """The gradient at s from that at n = s / rms(s); overwrites `gradient`."""
    return gradient.addcmul_(n, (gradient * n).mean(-1, keepdim=True), value=-1.0).mul_(inverse)


class FusedBlock(torch.autograd.Function):
    """s + attention, then + memory; see `transformer.Block`."""

    @staticmethod
    def forward(
        ctx: Any,
        stream: Tensor,  # (B, T, d); with `index`, its R different rows (R, d)
        gain1: Tensor,  # (d,)
        w_qkv: Tensor,  # (3d, d)
        w_out: Tensor,  # (d, d)
        gain2: Tensor,  # (d,)
        w_keys: Tensor,  # (m, d)
        w_values: Tensor,  # (d, m)
        heads: int,
        mask: Tensor,  # (T, T), 0 where j may be seen from t, -inf where not
        index: Tensor | None = None,  # (B, T): which row of `stream` stands at each place
    ) -> Tensor:
        batch, length = stream.shape[:2] if index is None else index.shape
        width = stream.shape[-1]
        size, s = width // heads, stream.reshape(-1, width)
        n1, inverse1 = normalise(s)
        rows = torch.mm(n1, (w_qkv * gain1).t())
        if index is not None:
            s, rows = s.index_select(0, index.view(-1)), rows.index_select(0, index.view(-1))
        qkv = rows.view(batch, length, 3 * width)
        pi = s.new_empty(heads, batch, length, length)
        mixed = s.new_empty(batch, length, width)
        for k in range(heads):  # one head at a time stays in the cache
            query, key, value = _head(qkv, k, size)
            scores = torch.baddbmm(mask, query, key.transpose(1, 2), alpha=BITS / math.sqrt(size), out=pi[k])
            scores.sub_(scores.amax(-1, keepdim=True)).exp2_()
            scores.div_(scores.sum(-1, keepdim=True))
            mixed[:, :, k * size : (k + 1) * size] = torch.bmm(pi[k], value)
        middle = torch.addmm(s, mixed.view(-1, width), w_out.t())
        n2, inverse2 = normalise(middle)
        active = torch.mm(n2, (w_keys * gain2).t()).relu_()
        ctx.heads, ctx.index, ctx.shape = heads, index, stream.shape
        ctx.save_for_backward(
            gain1, w_qkv, w_out, gain2, w_keys, w_values, n1, inverse1, qkv, pi, mixed, n2, inverse2, active
        )
        return torch.addmm(middle, active, w_values.t()).view(batch, length, width)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_stream: Tensor) -> Any:
        gain1, w_qkv, w_out, gain2, w_keys, w_values, n1, inverse1, qkv, pi, mixed, n2, inverse2, active = (
            ctx.saved_tensors
        )
        batch, length, width = d_stream.shape
        size, d_s = width // ctx.heads, d_stream.reshape(-1, width)
        # Memory.
        d_values = torch.mm(d_s.t(), active)
        d_active = torch.mm(d_s, w_values)
        torch.ops.aten.threshold_backward.grad_input(d_active, active, 0, grad_input=d_active)
        d_keys_gain = torch.mm(d_active.t(), n2)
        d_middle = through_norm(torch.mm(d_active, w_keys * gain2), n2, inverse2).add_(d_s)
        # Attention.
        d_out = torch.mm(d_middle.t(), mixed.view(-1, width))
        d_mixed = torch.mm(d_middle, w_out).view(batch, length, width)
        d_qkv = torch.empty_like(qkv)
        for k in range(ctx.heads):
            query, key, value = _head(qkv, k, size)
            d_query, d_key, d_value = _head(d_qkv, k, size)
            d_mixed_k = d_mixed[:, :, k * size : (k + 1) * size]
            d_value.copy_(torch.bmm(pi[k].transpose(1, 2), d_mixed_k))
            d_pi = torch.bmm(d_mixed_k, value.transpose(1, 2))
            d_scores = torch._softmax_backward_data(d_pi, pi[k], -1, pi.dtype).mul_(1 / math.sqrt(size))
            d_query.copy_(torch.bmm(d_scores, key))
            d_key.copy_(torch.bmm(d_scores.transpose(1, 2), query))
        d_flat = d_qkv.view(-1, 3 * width)
        if ctx.index is not None:  # places with the same row add up
            where = ctx.index.view(-1)
            d_flat = d_flat.new_zeros(len(n1), 3 * width).index_add_(0, where, d_flat)
            d_middle = d_middle.new_zeros(len(n1), width).index_add_(0, where, d_middle)
        d_qkv_gain = torch.mm(d_flat.t(), n1)
        d_s = through_norm(torch.mm(d_flat, w_qkv * gain1), n1, inverse1).add_(d_middle)
        return (
            d_s.view(ctx.shape),
            (d_qkv_gain * w_qkv).sum(0),
            d_qkv_gain * gain1,
            d_out,
            (d_keys_gain * w_keys).sum(0),
            d_keys_gain * gain2,
            d_values,
            None,
            None,
            None,
        )


class FusedHead(torch.autograd.Function):
    """sum over rows of weight * -log softmax(W (g s / rms(s)))[token]."""

    @staticmethod
    def forward(
        ctx: Any,
        stream: Tensor,  # (N, d)
        gain: Tensor,  # (d,)
        w: Tensor,  # (V, d)
        tokens: Tensor,  # (N,)
        weight: Tensor,  # (N,)
    ) -> Tensor:
        n, inverse = normalise(stream)
        logs = torch.mm(w * gain, n.t()).log_softmax(0)  # (V, N): the long axis innermost
        picked = logs.gather(0, tokens[None])[0]
        ctx.save_for_backward(gain, w, tokens, weight, n, inverse, logs)
        return -torch.dot(picked, weight)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_loss: Tensor) -> Any:
        gain, w, tokens, weight, n, inverse, logs = ctx.saved_tensors
        weight = weight * d_loss
        d_logits = logs.exp().mul_(weight)
        d_logits.scatter_add_(0, tokens[None], -weight[None])
        d_w_gain = torch.mm(d_logits, n)
        d_stream = through_norm(torch.mm(d_logits.t(), w * gain), n, inverse)
        return d_stream, (d_w_gain * w).sum(0), d_w_gain * gain, None, None


def _head(qkv: Tensor, k: int, size: int) -> tuple[Tensor, Tensor, Tensor]:
    """Views of head k's queries, keys, values (B, T, e) in (B, T, 3d)."""
    width = qkv.shape[-1] // 3
    first = k * size
    query, key, value = (qkv[:, :, part * width + first : part * width + first + size] for part in range(3))
    return query, key, value
