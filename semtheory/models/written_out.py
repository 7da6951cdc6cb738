"""Layers of the state-space models with their gradients written out: the same numbers, fewer passes over memory.

First derivatives only, and not under `torch.func`; `layers` and `mamba2` have the plain forms. Shapes: T tokens first, B sequences.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import Function, once_differentiable

EPSILON = 1e-6  # under the root of the mean square
LONGEST = 64  # a chunk whose segments are summed by one matrix product


class Normalise(Function):
    """s -> s / rms(s) over the last axis. Backward: ds = (dn - n mean(dn n)) / rms(s)."""

    @staticmethod
    def forward(ctx: Any, s: Tensor) -> Tensor:
        inverse = (s * s).mean(-1, keepdim=True).add_(EPSILON).rsqrt_()
        n = s * inverse
        ctx.save_for_backward(n, inverse)
        return n

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        n, inverse = ctx.saved_tensors
        return torch.addcmul(gradient, n, (gradient * n).mean(-1, keepdim=True), value=-1.0).mul_(inverse)


class ConvolveAndGate(Function):
    """x (T, B, D) -> silu(bias + sum_k weight[k] x_{t-k}), weight (K, D), bias (D,)."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        y = torch.addcmul(bias, x, weight[0])
        for k in range(1, min(len(weight), len(x))):
            y[k:].addcmul_(x[:-k], weight[k])
        ctx.save_for_backward(x, weight, y)
        return torch.nn.functional.silu(y)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Any:
        x, weight, y = ctx.saved_tensors
        d_y = torch.ops.aten.silu_backward(gradient, y)
        d_x, d_weight, work = d_y * weight[0], torch.zeros_like(weight), torch.empty_like(y)
        for k in range(min(len(weight), len(x))):
            if k:
                d_x[:-k].addcmul_(d_y[k:], weight[k])
            late = len(x) - k
            torch.sum(torch.mul(x[:late], d_y[k:], out=work[:late]), (0, 1), out=d_weight[k])
        return d_x, d_weight, d_y.sum((0, 1))


class Duality(Function):
    """y = (exp(segment sums of log_a) o C B^T) x within one chunk of Q tokens, Q <= LONGEST.

    log_a (M, H, Q), scores = C B^T (M, Q, Q), x (M, H, Q, P) -> (M, H, Q, P). The sums are one product with a matrix of zeros and
    ones, so each adds its own terms only.
    """

    @staticmethod
    def forward(ctx: Any, log_a: Tensor, scores: Tensor, x: Tensor) -> Tensor:
        length = log_a.shape[-1]
        table = segments(length, log_a.dtype, log_a.device)
        decay = (log_a.reshape(-1, length) @ table).exp_().view(*log_a.shape, length)
        scores = scores.tril()
        weights = decay * scores[:, None]
        ctx.save_for_backward(x, decay, weights, table)
        return weights @ x

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Any:
        x, decay, weights, table = ctx.saved_tensors
        d_weights = gradient @ x.transpose(-1, -2)
        d_x = weights.transpose(-1, -2) @ gradient
        d_scores = (d_weights * decay).sum(1).tril_()
        d_sums = d_weights.mul_(weights)  # the slope of exp is itself
        d_log_a = (d_sums.view(-1, table.shape[1]) @ table.t()).view(decay.shape[:-1])
        return d_log_a, d_scores, d_x


@lru_cache(maxsize=16)
def segments(length: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    """[s, (t, j)] = 1 where j < s <= t, shape (Q, Q Q)."""
    s, t, j = (torch.arange(length, device=device).view(shape) for shape in ((-1, 1, 1), (1, -1, 1), (1, 1, -1)))
    return ((j < s) & (s <= t)).to(dtype).view(length, -1)
