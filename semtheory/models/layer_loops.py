"""Layers of the state-space models and their gradients in compiled loops: norm and convolution.

`layers` has the plain forms. On the CPU, first derivatives only, and not under `torch.func`.
Shapes: B sequences, T tokens, D channels, K taps. sigma is the logistic function, silu(z) = z sigma(z).
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import Function, once_differentiable

from semtheory.models.compiled import compiled, exp
from semtheory.models.scan_loops import Array
from semtheory.models.scans import arrays, rows

EPSILON = 1e-6  # under the root of the mean square


class Normalise(Function):
    """s -> s / rms(s) over the last axis."""

    @staticmethod
    def forward(ctx: Any, s: Tensor) -> Tensor:
        n, inverse = torch.empty(s.shape, dtype=s.dtype), s.new_empty(s.shape[:-1])
        normalise(*rows(s, n), *arrays(inverse.flatten()))
        ctx.save_for_backward(n, inverse)
        return n

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        n, inverse = ctx.saved_tensors
        d_s = torch.empty_like(n)
        normalise_backward(*rows(gradient, n), *arrays(inverse.flatten()), *rows(d_s))
        return d_s


class ConvolveAndGate(Function):
    """x (B, T, D) -> silu(bias + sum_k weight[k] x_{t-k}), weight (K, D), bias (D,)."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        before, y = (torch.empty(x.shape, dtype=x.dtype) for _ in range(2))
        convolve(*arrays(x, weight, bias, before, y))
        ctx.save_for_backward(x, weight, before)
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Any:
        x, weight, before = ctx.saved_tensors
        d_x = torch.zeros(x.shape, dtype=x.dtype)
        d_weight, d_bias = torch.zeros(weight.shape, dtype=x.dtype), x.new_zeros(x.shape[-1])
        convolve_backward(
            *arrays(gradient, x, weight, before, d_x, d_weight, d_bias, torch.empty(x.shape[1:], dtype=x.dtype))
        )
        return d_x, d_weight, d_bias


@compiled
def normalise(s: Array, n: Array, inverse: Array) -> None:
    one, epsilon = s.dtype.type(1), s.dtype.type(EPSILON)
    for i in range(len(s)):
        row, out = s[i], n[i]
        squares = s.dtype.type(0)
        for d in range(len(row)):
            squares += row[d] * row[d]
        scale = one / math.sqrt(squares / s.dtype.type(len(row)) + epsilon)
        for d in range(len(row)):
            out[d] = row[d] * scale
        inverse[i] = scale


@compiled
def normalise_backward(gradient: Array, n: Array, inverse: Array, d_s: Array) -> None:
    """d_s = (dn - n mean(dn n)) / rms(s)."""
    for i in range(len(n)):
        given, row, out, scale = gradient[i], n[i], d_s[i], inverse[i]
        along = n.dtype.type(0)
        for d in range(len(row)):
            along += given[d] * row[d]
        along /= n.dtype.type(len(row))
        for d in range(len(row)):
            out[d] = (given[d] - row[d] * along) * scale


@compiled
def convolve(x: Array, weight: Array, bias: Array, before: Array, y: Array) -> None:
    """before: what silu takes."""
    one = x.dtype.type(1)
    for i in range(len(x)):
        for t in range(x.shape[1]):
            into, out = before[i, t], y[i, t]
            for d in range(len(bias)):
                into[d] = bias[d]
            for k in range(min(len(weight), t + 1)):
                w, v = weight[k], x[i, t - k]
                for d in range(len(bias)):
                    into[d] += w[d] * v[d]
            for d in range(len(bias)):
                out[d] = into[d] / (one + exp(-into[d]))


@compiled
def convolve_backward(
    gradient: Array, x: Array, weight: Array, before: Array, d_x: Array, d_weight: Array, d_bias: Array, slope: Array
) -> None:
    """Adds to the gradients. slope: (T, D), dL/d(what silu takes) of one sequence; silu' = sigma (1 + z (1 - sigma))."""
    one = x.dtype.type(1)
    for i in range(len(x)):
        for t in range(x.shape[1]):
            given, z, out = gradient[i, t], before[i, t], slope[t]
            for d in range(len(d_bias)):
                sigma = one / (one + exp(-z[d]))
                out[d] = given[d] * sigma * (one + z[d] * (one - sigma))
                d_bias[d] += out[d]
        for t in range(x.shape[1]):
            out = slope[t]
            for k in range(min(len(weight), t + 1)):
                w, by_w, v, by_v = weight[k], d_weight[k], x[i, t - k], d_x[i, t - k]
                for d in range(len(d_bias)):
                    by_v[d] += w[d] * out[d]
                    by_w[d] += v[d] * out[d]
