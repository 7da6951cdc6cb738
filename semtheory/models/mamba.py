"""Mamba, small: a selective state-space model with the exact zero-order hold, whose coefficients can be read.

One block, s the residual stream, x = g s / rms(s) (Gu and Dao 2023):

    u, z    = W_in x                            two streams of width D = expand * d
    u       = silu(convolution(u))              causal, each channel by itself
    Delta   = softplus(W_Delta W_1 u + bias)    step, one a channel; B = W_B u and C = W_C u of size N
    h_t     = e^{Delta_t a} h_{t-1} + (e^{Delta_t a} - 1)/a B_t u_t        per channel, a < 0, h_0 = 0
    s      <- s + W_out ((C_t . h_t + skip u_t) silu(z_t))

Unrolled, C_t . h_t = sum_{j <= t} A[t, j] u_j with A[t, j] = C_t . (e^{Delta_t a} ... e^{Delta_{j+1} a}) Bbar_j, a number a channel: a
vector autoregression whose coefficients depend on the tokens. `hold="euler"` puts Delta_j B_j for Bbar_j, as most code has it.
Shapes: T tokens, B sequences, V letters, d width, D channels, N states.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from semtheory.models.base import Coefficients, normal
from semtheory.models.layers import (
    Memory,
    Selected,
    StateSpaceBlock,
    StateSpaceModel,
    causal_convolution,
    first_steps,
    normalised,
    softplus,
    start_linear,
)
from semtheory.models.state_space import discretised, phi_of, scan, segment_sums


class Block(StateSpaceBlock):
    """A selective state-space layer, added to the stream."""

    def __init__(self, width: int, state: int, expand: int, conv: int, hold: str) -> None:
        super().__init__()
        channels, rank = expand * width, math.ceil(width / 16)
        self.sizes, self.hold = [rank, 2 * state], hold  # rows of `select`: W_1; W_B, W_C
        self.gain = nn.Parameter(torch.ones(width))
        self.inside = nn.Linear(width, 2 * channels, bias=False)  # rows: u, then z
        self.convolution = nn.Parameter(torch.empty(conv, channels))
        self.convolution_bias = nn.Parameter(torch.zeros(channels))
        self.select = nn.Linear(channels, rank + 2 * state, bias=False)
        self.step_size = nn.Linear(rank, channels)
        self.log_rate = nn.Parameter(torch.arange(1.0, state + 1).log().repeat(channels, 1).T.contiguous())  # (N, D)
        self.skip = nn.Parameter(torch.ones(channels))
        self.outside = nn.Linear(channels, width, bias=False)

    def start(self, generator: torch.Generator) -> None:
        normal(self.convolution, len(self.convolution) ** -0.5, generator)
        for layer in (self.inside, self.select, self.step_size):
            start_linear(layer, generator)
        start_linear(self.outside, generator, 0.5)
        with torch.no_grad():
            self.step_size.bias.copy_(first_steps(len(self.skip), generator))

    def streams(self, s: Tensor) -> tuple[Tensor, Tensor]:
        """u before the convolution, and z. Two products: to split one would copy its gradient together again."""
        n, (for_u, for_z) = normalised(s), (self.inside.weight * self.gain).chunk(2)
        return F.linear(n, for_u), F.linear(n, for_z)

    def selected(self, u: Tensor, z: Tensor) -> Selected:
        """From u after the convolution, (..., D)."""
        low, bc = torch.split(F.linear(u, self.select.weight), self.sizes, -1)
        return Selected(low, bc, u, z)

    def arguments(self, s: Tensor) -> Selected:
        u, z = self.streams(s)
        return self.selected(causal_convolution(u, self.convolution, self.convolution_bias), z)

    def delta(self, at: Selected) -> Tensor:
        """(..., D)."""
        return softplus(self.step_size(at.low))

    def scan(self, at: Selected) -> Tensor:
        b, c = at.bc.chunk(2, -1)
        decay, weight = discretised(self.delta(at), -self.log_rate.exp().T, b, self.hold)  # (B, T, D, N)
        hidden = scan(decay, weight * at.u[..., None], "associative")
        return (hidden * c[:, :, None]).sum(-1)

    def gated(self, y: Tensor, at: Selected) -> Tensor:
        return torch.addcmul(y, self.skip, at.u) * F.silu(at.z)

    def weights(self) -> tuple[Tensor, ...]:
        spread, rate = self.step_size.weight.T, self.log_rate.exp()
        taps = self.convolution, self.convolution_bias
        inside, select, outside = self.inside.weight * self.gain, self.select.weight, self.outside.weight
        return inside, *taps, select, spread, self.step_size.bias, rate, self.skip, outside

    def out(self, y: Tensor) -> Tensor:
        return F.linear(y, self.outside.weight)

    def coefficients(self, at: Selected) -> Coefficients:
        delta, u, (b, c) = self.delta(at), at.u, at.bc.chunk(2, -1)
        passed = segment_sums(delta.transpose(1, 2)).permute(0, 2, 3, 1)  # Delta_{j+1} + ... + Delta_t, (B, T, T, D)
        total = torch.zeros_like(passed)
        for n, rate in enumerate(self.log_rate.exp()):
            weight = delta * phi_of(-delta * rate) if self.hold == "exact" else delta
            source = weight * b[..., n, None]  # Bbar_j, (B, T, D)
            total += c[:, :, None, n, None] * torch.exp(-passed * rate) * source[:, None]
        causal = torch.ones(u.shape[1], u.shape[1], device=u.device, dtype=torch.bool).tril()
        return Coefficients(total * causal[:, :, None], u, self.scan(at))

    def memory(self, batch: int) -> Memory:
        taps, channels = self.convolution.shape
        return Memory(
            self.skip.new_zeros(taps - 1, batch, channels), self.skip.new_zeros(batch, channels, len(self.log_rate))
        )

    def step(self, s: Tensor, memory: Memory) -> tuple[Tensor, Memory]:
        u, z = self.streams(s)
        window = torch.cat([memory.window, u[None]])  # oldest first
        at = self.selected(self.convolve_last(window), z)
        b, c = at.bc.chunk(2, -1)
        decay, weight = discretised(self.delta(at)[:, None], -self.log_rate.exp().T, b[:, None], self.hold)
        hidden = decay[:, 0] * memory.hidden + weight[:, 0] * at.u[..., None]  # (B, D, N)
        y = (hidden * c[:, None]).sum(-1)
        return s + self.out(self.gated(y, at)), Memory(window[1:], hidden)


class Mamba(StateSpaceModel):
    """A causal language model of selective state-space layers.

    Args:
        vocabulary, context: V and C. width: d. layers: blocks. state: N. expand: D / d. conv: taps K of the convolution.
        tied: the head's matrix is that of the embedding. hold: "exact" or "euler". seed: of the initial weights.

    Raises:
        InputError: a size below its least value, another hold.
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
        tied: bool = True,
        hold: str = "exact",
        seed: int = 0,
    ) -> None:
        sizes = {"width": width, "layers": layers, "state": state, "expand": expand, "conv": conv}
        super().__init__(vocabulary, context, sizes, tied, hold)
        self.fill((Block(width, state, expand, conv, hold) for _ in range(layers)), seed)
