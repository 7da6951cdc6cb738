"""What models train with on a CPU, as steps of autograd in compiled loops: a state-space block, its head with the loss; a whole Transformer.

First derivatives only, and not under `torch.func`; `layers`, `mamba`, `mamba2` and `transformer` have the plain forms.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import Function, once_differentiable

from semtheory.models.block_loops import Padded, Weights, Workspace, block, padded, workspace
from semtheory.models.block_slopes import block_backward
from semtheory.models.head_loops import head_loss
from semtheory.models.scan_loops import Array, Room, aligned, room
from semtheory.models.scans import arrays
from semtheory.models.transformer_loops import Parameters, loss_and_gradient


class Block(Function):
    """(exact, s, weights...) -> s after the block; the weights are those of `block_loops.Weights`, in its order."""

    @staticmethod
    def forward(ctx: Any, exact: bool, s: Tensor, *weights: Tensor) -> Tensor:
        (stream,), own = arrays(s), Weights(*arrays(*weights))
        padding = padded(own)
        read, out = s.new_empty(*s.shape[:2], len(own.skip)), torch.empty(s.shape, dtype=s.dtype)
        work = memory(stream, own, padding)
        ctx.exact, ctx.kept = exact, (stream, own, padding, read.numpy(), work)
        ctx.save_for_backward(s, *weights)  # so that a change in place is noticed
        block(exact, stream, own, padding, read.numpy(), out.numpy(), *work)
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Any:
        s, *_ = ctx.saved_tensors
        stream, own, padding, read, work = ctx.kept
        d_s = torch.empty(s.shape, dtype=s.dtype)
        given, to = arrays(gradient, d_s)
        found = Weights(*aligned(own.rate.dtype, *(weight.shape for weight in own)))
        wide = Padded(*aligned(own.rate.dtype, *(matrix.shape for matrix in padding)))
        block_backward(ctx.exact, stream, own, padding, read, given, to, found, wide, *work)
        for name in ("inside", "select", "outside"):
            whole, into = getattr(wide, f"{name}_t"), getattr(found, name)
            into[:] = whole.T[: into.shape[0], : into.shape[1]]
        found.rate[:] /= own.rate
        return (None, d_s, *map(torch.from_numpy, found))


def memory(stream: Array, weights: Weights, padding: Padded) -> tuple[Array, Workspace, Room]:
    """1/rate, and working memory."""
    (inverse,) = aligned(weights.rate.dtype, weights.rate.shape)
    np.divide(1, weights.rate, out=inverse)
    length = stream.shape[1]
    return inverse, workspace(length, weights, padding), room(length, len(weights.skip), weights.rate.dtype)


def require_below(count: int, tokens: Array) -> None:
    """Raises `IndexError`: a compiled loop would read whatever lies there."""
    if tokens.size and not 0 <= tokens.min() <= tokens.max() < count:
        raise IndexError(f"tokens or places from {tokens.min()} to {tokens.max()}: expected 0 to {count - 1}")


class Loss(Function):
    """(s, weight, tokens) -> mean of -log softmax(weight s / rms(s))[token]; s (B, T, d), weight (V, d), tokens (B, T)."""

    @staticmethod
    def forward(ctx: Any, s: Tensor, weight: Tensor, tokens: Tensor) -> Tensor:
        rows, matrix, targets = arrays(s.flatten(0, -2), weight, tokens.flatten())
        require_below(len(matrix), targets)
        d_s, d_weight = np.zeros_like(rows), np.zeros_like(matrix)
        work = np.empty(len(matrix), rows.dtype), np.empty(rows.shape[1], rows.dtype)
        loss = head_loss(rows, matrix, targets, d_s, d_weight, *work)
        ctx.save_for_backward(torch.from_numpy(d_s).view(s.shape), torch.from_numpy(d_weight))
        return s.new_tensor(loss)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Any:
        d_s, d_weight = ctx.saved_tensors
        return d_s * gradient, d_weight * gradient, None


class TransformerLoss(Function):
    """sum weight * -log P(target | symbols), see `transformer_loops`; its parameters stacked over layers, in the order of `Parameters`."""

    @staticmethod
    def forward(
        ctx: Any, symbols: Tensor, targets: Tensor, weight: Tensor, heads: int, causal: bool, *parameters: Tensor
    ) -> Tensor:
        read, wanted, share = arrays(symbols, targets, weight)
        own = Parameters(*arrays(*parameters))
        require_below(len(own.embedding), read)
        require_below(len(own.head), wanted)
        require_below(len(own.position), np.arange(read.shape[1]))
        loss, gradient = loss_and_gradient(read, wanted, share, own, heads, causal)
        ctx.save_for_backward(*map(torch.from_numpy, gradient))
        return weight.new_tensor(loss)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Any:
        return (None,) * 5 + tuple(each * gradient for each in ctx.saved_tensors)
