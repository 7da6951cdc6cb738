"""What the state-space models train with on a CPU, as steps of autograd: a block, and the head with its loss, in compiled loops.

First derivatives only, and not under `torch.func`; `layers`, `mamba` and `mamba2` have the plain forms.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import Function, once_differentiable

from semtheory.models.block_loops import Padded, Weights, block, block_backward, padded, workspace
from semtheory.models.head_loops import head_loss
from semtheory.models.scan_loops import room
from semtheory.models.scans import arrays


class Block(Function):
    """(exact, s, weights...) -> s after the block; the weights are those of `block_loops.Weights`, in its order."""

    @staticmethod
    def forward(ctx: Any, exact: bool, s: Tensor, *weights: Tensor) -> Tensor:
        (stream,), own = arrays(s), Weights(*arrays(*weights))
        length, padding = stream.shape[1], padded(own)
        read, out = np.empty((*stream.shape[:2], len(own.skip)), stream.dtype), np.empty_like(stream)
        ctx.exact, ctx.kept = exact, (stream, own, padding, read)
        ctx.save_for_backward(s, *weights)  # so that a change in place is noticed
        work, more = workspace(length, own, padding), room(length, len(own.skip), stream.dtype)
        block(exact, stream, own, 1 / own.rate, padding, read, out, work, more)
        return torch.from_numpy(out)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Any:
        _ = ctx.saved_tensors
        stream, own, padding, read = ctx.kept
        (given,), length = arrays(gradient), stream.shape[1]
        d_s, found = np.empty_like(stream), Weights(*map(np.zeros_like, own))
        wide = Padded(*map(np.zeros_like, padding))
        work, more = workspace(length, own, padding), room(length, len(own.skip), stream.dtype)
        block_backward(ctx.exact, stream, own, 1 / own.rate, padding, read, given, d_s, found, wide, work, more)
        for name in ("inside", "select", "outside"):
            whole, into = getattr(wide, f"{name}_t"), getattr(found, name)
            into[:] = whole.T[: into.shape[0], : into.shape[1]]
        found.rate[:] /= own.rate
        return (None, torch.from_numpy(d_s), *map(torch.from_numpy, found))


class Loss(Function):
    """(s, weight, tokens) -> mean of -log softmax(weight s / rms(s))[token]; s (B, T, d), weight (V, d), tokens (B, T)."""

    @staticmethod
    def forward(ctx: Any, s: Tensor, weight: Tensor, tokens: Tensor) -> Tensor:
        rows, matrix, targets = arrays(s.flatten(0, -2), weight, tokens.flatten())
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
