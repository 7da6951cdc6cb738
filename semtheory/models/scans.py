"""The scan of a selective state-space layer as one step of autograd, in compiled loops; `scan_loops` has the formulas.

On the CPU, first derivatives only, and not under `torch.func`; `state_space` has the plain forms.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import Function, once_differentiable

from semtheory.models.scan_loops import Array, room, scan, scan_backward

TINY = 1e-30  # stands for a rate 0: (e^(Delta a) - 1)/a is then Delta to the last digit


def compilable(s: Tensor) -> bool:
    """Whether the compiled loops take such tensors."""
    return s.is_cpu and s.dtype in (torch.float32, torch.float64)


def arrays(*tensors: Tensor) -> list[Array]:
    """The tensors as contiguous arrays; they share memory where they were contiguous."""
    return [tensor.detach().contiguous().numpy() for tensor in tensors]


class Scan(Function):
    """(delta, rate, bc, u, exact) -> y.

    delta, u, y: (B, T, D). rate = -a > 0: (N, D), or (1, D) when all states share it. bc: (B, T, 2N), b and then c.
    """

    @staticmethod
    def forward(ctx: Any, delta: Tensor, rate: Tensor, bc: Tensor, u: Tensor, exact: bool) -> Tensor:
        ctx.save_for_backward(delta, rate, bc, u)
        ctx.exact = exact
        y = torch.empty(u.shape, dtype=u.dtype)
        given = arrays(delta, rate, 1 / rate, bc, u, y)
        scan(exact, room(u.shape[1], u.shape[2], given[0].dtype), *given)
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Any:
        delta, rate, bc, u = ctx.saved_tensors
        given = arrays(delta, rate, 1 / rate, bc, u, gradient)
        found = [np.zeros_like(given[at]) for at in (0, 1, 3, 4)]
        length, channels = u.shape[1:]
        scan_backward(ctx.exact, room(length, channels, found[0].dtype), *given, *found)
        found[1] /= given[1]
        return (*map(torch.from_numpy, found), None)
