"""Mamba-2, small: state-space duality with one decay a head, whose coefficients can be read.

One block, s the residual stream, x = g s / rms(s) (Dao and Gu 2024):

    z, u, B, C, step = W_in x                     u of width D = H heads of size P; B and C of size N, shared by the heads
    u, B, C = silu(convolution(u, B, C))          causal, each channel by itself
    Delta   = softplus(step + bias)               one a head
    h_t     = a_t h_{t-1} + B_t (Delta_t u_t)^T   per head, a_t = e^{Delta_t a} with a < 0 a number, h_0 = 0
    s      <- s + W_out norm((C_t h_t + skip u_t) silu(z_t))

Unrolled, C_t h_t = sum_{j <= t} A[t, j] u_j with A[t, j] = (a_t ... a_{j+1}) C_t . B_j Delta_j, a number a head: masked attention with
a 1-semiseparable mask. That is the quadratic form, and within chunks it is how the plain form computes the layer; training on a CPU
goes from one token to the next. `hold="exact"` puts the zero-order hold's (e^{Delta_j a} - 1)/a for Delta_j.
Shapes: T tokens, B sequences, V letters, d width.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from semtheory.errors import InputError
from semtheory.models.base import Coefficients, normal
from semtheory.models.layers import (
    Memory,
    Selected,
    StateSpaceBlock,
    StateSpaceModel,
    causal_convolution,
    first_steps,
    normalised,
    normed_linear,
    softplus,
    start_linear,
)
from semtheory.models.state_space import phi_of, segment_sums


class Block(StateSpaceBlock):
    """A state-space-duality layer, added to the stream."""

    def __init__(self, width: int, state: int, expand: int, conv: int, head: int, chunk: int, hold: str) -> None:
        super().__init__()
        channels = expand * width
        self.heads, self.head, self.state, self.chunk, self.hold = channels // head, head, state, chunk, hold
        self.gain = nn.Parameter(torch.ones(width))
        self.inside = nn.Linear(width, 2 * channels + 2 * state + self.heads, bias=False)  # rows: z; u, B, C; step
        self.convolution = nn.Parameter(torch.empty(conv, channels + 2 * state))
        self.convolution_bias = nn.Parameter(torch.zeros(channels + 2 * state))
        self.step_bias = nn.Parameter(torch.zeros(self.heads))
        self.log_rate = nn.Parameter(torch.zeros(self.heads))  # a = -e^this
        self.skip = nn.Parameter(torch.ones(self.heads))
        self.inner_gain = nn.Parameter(torch.ones(channels))
        self.outside = nn.Linear(channels, width, bias=False)

    def start(self, generator: torch.Generator) -> None:
        normal(self.convolution, len(self.convolution) ** -0.5, generator)
        start_linear(self.inside, generator)
        start_linear(self.outside, generator, 0.5)
        with torch.no_grad():
            self.log_rate.copy_((1 + 15 * torch.rand(self.heads, generator=generator)).log())
            self.step_bias.copy_(first_steps(self.heads, generator))

    def _streams(self, s: Tensor) -> tuple[Tensor, ...]:
        """z, u and bc before the convolution, and the step before its bias. Four products: to split one would copy."""
        n, channels = normalised(s), self.heads * self.head
        parts = torch.split(self.inside.weight * self.gain, [channels, channels, 2 * self.state, self.heads])
        return tuple(F.linear(n, part) for part in parts)

    def arguments(self, s: Tensor) -> Selected:
        z, u, bc, step = self._streams(s)
        sizes = [self.heads * self.head, 2 * self.state]
        weights, biases = torch.split(self.convolution, sizes, 1), torch.split(self.convolution_bias, sizes)
        u, bc = (causal_convolution(*each) for each in zip((u, bc), weights, biases, strict=True))
        return Selected(step, bc, u, z)

    def _held(self, at: Selected) -> tuple[Tensor, Tensor]:
        """log a_t, and the weight of B_t u_t: Delta_t or the zero-order hold's; both (..., H)."""
        delta = softplus(at.low + self.step_bias)
        log_a = -delta * self.log_rate.exp()
        return log_a, delta * phi_of(log_a) if self.hold == "exact" else delta

    def _heads(self, u: Tensor) -> Tensor:
        """(..., D) -> (..., H, P)."""
        return u.view(*u.shape[:-1], self.heads, self.head)

    def scan(self, at: Selected) -> Tensor:
        length, ys, h = at.u.shape[1], [], None
        all_log_a, weight = self._held(at)
        all_x = (self._heads(at.u) * weight[..., None]).transpose(1, 2)  # (B, H, T, P)
        for start in range(0, length, self.chunk):
            part = slice(start, start + self.chunk)
            log_a, x = all_log_a[:, part].transpose(1, 2), all_x[:, :, part]  # (B, H, Q), (B, H, Q, P)
            b, c = at.bc[:, part].chunk(2, -1)  # (B, Q, N)
            y = (torch.exp(segment_sums(log_a)).tril() * (c @ b.transpose(1, 2))[:, None]) @ x
            if h is not None:
                carried = log_a.cumsum(-1).exp()[..., None]  # a_start ... a_t
                y = y + carried * (c[:, None] @ h)
            if start + self.chunk < length:
                after = F.pad(log_a[..., 1:], (0, 1)).flip(-1).cumsum(-1).flip(-1)  # of a_last ... a_{t+1}
                left = (b[:, None] * after.exp()[..., None]).transpose(-1, -2) @ x  # (B, H, N, P)
                h = left if h is None else left + carried[:, :, -1:] * h
            ys.append(y)
        return torch.cat(ys, 2).transpose(1, 2).flatten(-2)

    def _wide(self, value: Tensor) -> Tensor:
        """(..., H) -> (..., D)."""
        return value.repeat_interleave(self.head, -1)

    def gated(self, y: Tensor, at: Selected) -> Tensor:
        return torch.addcmul(y, self._wide(self.skip), at.u) * F.silu(at.z)

    def weights(self) -> tuple[Tensor, ...]:
        spread = self._wide(torch.eye(self.heads, dtype=self.skip.dtype))
        bias, rate, skip = (self._wide(value) for value in (self.step_bias, self.log_rate.exp()[None], self.skip))
        taps = self.convolution, self.convolution_bias
        inside, outside = self.inside.weight * self.gain, self.outside.weight * self.inner_gain
        return inside, *taps, inside.new_empty(0, self.heads * self.head), spread, bias, rate, skip, outside

    def out(self, y: Tensor) -> Tensor:
        return normed_linear(y, self.inner_gain, self.outside.weight)

    def coefficients(self, at: Selected) -> Coefficients:
        log_a, weight = (value.transpose(1, 2) for value in self._held(at))  # (B, H, T)
        b, c = at.bc.chunk(2, -1)
        matrix = torch.exp(segment_sums(log_a)).tril() * (c @ b.transpose(1, 2))[:, None] * weight[:, :, None]
        matrix = matrix.permute(0, 2, 3, 1).repeat_interleave(self.head, -1)  # (B, T, T, D)
        return Coefficients(matrix, at.u, self._recurrent(at))

    def _recurrent(self, at: Selected) -> Tensor:
        """The same outputs one after the other: another route than the coefficients."""
        h, ys = at.u.new_zeros(len(at.u), self.heads, self.state, self.head), []
        for t in range(at.u.shape[1]):
            h, y = self._advance(Selected(*(value[:, t] for value in at)), h)
            ys.append(y)
        return torch.stack(ys, 1)

    def _advance(self, at: Selected, h: Tensor) -> tuple[Tensor, Tensor]:
        """h (B, H, N, P) one token on, and y (B, D)."""
        log_a, weight = self._held(at)
        b, c = at.bc.chunk(2, -1)
        x = self._heads(at.u) * weight[..., None]
        h = log_a.exp()[..., None, None] * h + b[:, None, :, None] * x[:, :, None]
        return h, (c[:, None, :, None] * h).sum(-2).flatten(-2)

    def memory(self, batch: int) -> Memory:
        taps, convolved = self.convolution.shape
        hidden = self.skip.new_zeros(batch, self.heads, self.state, self.head)
        return Memory(self.skip.new_zeros(taps - 1, batch, convolved), hidden)

    def step(self, s: Tensor, memory: Memory) -> tuple[Tensor, Memory]:
        z, u, bc, step = self._streams(s)
        window = torch.cat([memory.window, torch.cat([u, bc], -1)[None]])  # oldest first
        u, bc = torch.split(self.convolve_last(window), [self.heads * self.head, 2 * self.state], -1)
        at = Selected(step, bc, u, z)
        hidden, y = self._advance(at, memory.hidden)
        return s + self.out(self.gated(y, at)), Memory(window[1:], hidden)


class Mamba2(StateSpaceModel):
    """A causal language model of state-space-duality layers.

    Args:
        vocabulary, context: V and C. width: d. layers: blocks. state: N. expand: D / d. conv: taps K of the convolution.
        head: P, a divisor of D. chunk: tokens computed as one block of attention.
        tied: the head's matrix is that of the embedding. hold: "euler" or "exact". seed: of the initial weights.

    Raises:
        InputError: a size below its least value, a head that does not divide expand * width, another hold.
    """

    def __init__(
        self,
        vocabulary: int,
        context: int,
        width: int = 32,
        layers: int = 2,
        state: int = 16,
        expand: int = 2,
        conv: int = 4,
        head: int = 16,
        chunk: int = 32,
        tied: bool = True,
        hold: str = "euler",
        seed: int = 0,
    ) -> None:
        sizes = {"width": width, "layers": layers, "state": state, "expand": expand, "conv": conv}
        super().__init__(vocabulary, context, sizes | {"head": head, "chunk": chunk}, tied, hold)
        if (expand * width) % head:
            raise InputError(f"head={head} does not divide expand * width = {expand * width}: expected a divisor")
        self.fill((Block(width, state, expand, conv, head, chunk, hold) for _ in range(layers)), seed)
