"""A selective state-space layer from its step sizes to its gate as one step of autograd: what training on a CPU uses.

`scan_loops` has the formulas. First derivatives only, and not under `torch.func`; `state_space`, `mamba` and `mamba2` have plain forms.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import Function, once_differentiable

from semtheory.models.scan_loops import Array, scan, scan_backward

TINY = 1e-30  # stands for a rate 0: (e^(Delta a) - 1)/a is then Delta to the last digit


def compilable(s: Tensor) -> bool:
    """Whether the compiled loops take such tensors."""
    return s.is_cpu and s.dtype in (torch.float32, torch.float64)


def arrays(*tensors: Tensor) -> list[Array]:
    """The tensors as contiguous arrays; they share memory where they were contiguous."""
    return [tensor.detach().contiguous().numpy() for tensor in tensors]


def rows(*tensors: Tensor) -> list[Array]:
    """(..., D) as arrays (rows, D)."""
    return arrays(*(tensor.flatten(0, -2) for tensor in tensors))


class Scan(Function):
    """(low, spread, bias, rate, bc, u, skip, z, exact) -> (y + skip u) silu(z), y the scan of u with Delta = softplus(low spread + bias).

    low: (B, T, R). spread: (R, D). bias, skip: (D,). rate = -a > 0: (N, D), or (1, D) when all states share it. bc: (B, T, 2N), b
    and then c. u, z: (B, T, D). With spread (0, D), low is Delta itself, (B, T, D); with z (0, 0, D) there is no gate.
    """

    @staticmethod
    def forward(ctx: Any, *given: Any) -> Tensor:
        *tensors, exact = given
        rate, u, z = tensors[3], tensors[5], tensors[7]
        read, out = u.new_empty(u.shape), u.new_empty(z.shape)
        scan(exact, *arrays(*tensors, 1 / rate, read, out), *rooms(u, 3, 2))
        ctx.save_for_backward(*tensors, read)
        ctx.exact = exact
        return out if len(z) else read

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Any:
        *tensors, read = ctx.saved_tensors
        rate, u = tensors[3], tensors[5]
        found = [value.new_zeros(value.shape) for value in tensors]
        scan_backward(ctx.exact, *arrays(*tensors, 1 / rate, read, gradient, *found), *rooms(u, 7, 2))
        found[3] /= rate
        return (*found, None)


def rooms(u: Tensor, matrices: int, vectors: int) -> list[Array]:
    """Working memory for a sequence: so many (T + 1, D) and (D,)."""
    length, channels = u.shape[1:]
    shapes = [(length + 1, channels)] * matrices + [(channels,)] * vectors
    return [u.new_empty(shape).numpy() for shape in shapes]
