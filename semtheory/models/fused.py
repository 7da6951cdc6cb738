"""A Transformer's loss as one step of autograd, computed with its gradient by compiled loops.

First derivatives only, on the CPU, not under `torch.func`: elsewhere the models use their plain operations.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from semtheory.models.transformer_loops import Parameters, loss_and_gradient


class FusedLoss(torch.autograd.Function):
    """sum weight * -log P(target | symbols); the parameters stacked over layers, in the order of `Parameters`."""

    @staticmethod
    def forward(
        ctx: Any, symbols: Tensor, targets: Tensor, weight: Tensor, heads: int, causal: bool, *parameters: Tensor
    ) -> Tensor:
        drawn = [each.detach().contiguous().numpy() for each in (symbols, targets, weight)]
        arrays = Parameters(*(each.detach().contiguous().numpy() for each in parameters))
        loss, gradient = loss_and_gradient(drawn[0], drawn[1], drawn[2], arrays, heads, causal)
        ctx.save_for_backward(*(torch.from_numpy(each) for each in gradient))
        return weight.new_tensor(loss)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_loss: Tensor) -> Any:
        return (None,) * 5 + tuple(each * d_loss for each in ctx.saved_tensors)
