"""What `Mamba` and `Mamba2` share: embedding, a stack of blocks, head, and running step by step.

A block maps the residual stream s (B, T, d). It is used in three ways: fused (compiled loops with their gradients; on the CPU), plain
(differentiable twice, fit for `torch.func.vmap`), and one token at a time.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from semtheory.errors import InputError
from semtheory.models.base import Coefficients, SequenceModel, normal, whole
from semtheory.models.compiled import EPSILON
from semtheory.models.compiled_layers import Block, Loss
from semtheory.models.scans import compilable

HOLDS = ("exact", "euler")
FASTEST, SLOWEST = 0.1, 0.001  # the steps Delta at the start of training lie between them, evenly on a log scale


def normalised(s: Tensor) -> Tensor:
    """s / rms(s) over the last axis (Zhang and Sennrich 2019)."""
    return s * torch.rsqrt(s.square().mean(-1, keepdim=True) + EPSILON)


def normed_linear(s: Tensor, gain: Tensor, weight: Tensor) -> Tensor:
    """W (g s / rms(s)): the gain goes into the matrix."""
    return F.linear(normalised(s), weight * gain)


def causal_convolution(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """silu(bias + sum_k weight[k] x_{t-k}), channel by channel, x_t = 0 for t < 1: shifted products, no convolution kernel.

    x: (B, T, D). weight: (K, D). bias: (D,).
    """
    length = x.shape[1]
    taps = min(len(weight), length)
    long = F.pad(x, (0, 0, taps - 1, 0))
    y = torch.addcmul(bias, x, weight[0])
    for k in range(1, taps):
        y = torch.addcmul(y, long[:, taps - 1 - k : taps - 1 - k + length], weight[k])
    return F.silu(y)


def softplus(z: Tensor) -> Tensor:
    """log(1 + e^z): z itself only where that is so to the last digit of double precision."""
    return F.softplus(z, threshold=40.0)


def first_steps(count: int, generator: torch.Generator) -> Tensor:
    """Biases whose softplus lies between SLOWEST and FASTEST."""
    steps = SLOWEST * (FASTEST / SLOWEST) ** torch.rand(count, generator=generator)
    return steps + torch.log(-torch.expm1(-steps))


class Memory(NamedTuple):
    """What a block knows after some tokens: its last K - 1 inputs to the convolution, (K - 1, B, .), and its state h."""

    window: Tensor
    hidden: Tensor


class Selected(NamedTuple):
    """What the scan and the gate take: low (B, T, R), from which the steps Delta come, bc (B, T, 2N), b and then c, u and z (B, T, D)."""

    low: Tensor
    bc: Tensor
    u: Tensor
    z: Tensor


class StateSpaceBlock(nn.Module, ABC):
    """A layer s <- s + out(gated(scan(arguments(s)))) with coefficients that can be read. `gain` is that of its norm."""

    hold: str
    gain: nn.Parameter
    convolution: nn.Parameter
    convolution_bias: nn.Parameter

    @abstractmethod
    def arguments(self, s: Tensor) -> Selected:
        """s (B, T, d) -> what the scan and the gate take."""

    @abstractmethod
    def scan(self, at: Selected) -> Tensor:
        """The state-space output, (B, T, D), before skip and gate."""

    @abstractmethod
    def gated(self, y: Tensor, at: Selected) -> Tensor:
        """(y + skip u) silu(z)."""

    @abstractmethod
    def weights(self) -> tuple[Tensor, ...]:
        """As `block_loops.Weights` wants them."""

    @abstractmethod
    def out(self, y: Tensor) -> Tensor:
        """Back to the width of the stream: (B, T, D) -> (B, T, d)."""

    @abstractmethod
    def coefficients(self, at: Selected) -> Coefficients:
        """A[t, j], a number a channel, from products over time, with no scan; beside the scan's inputs and outputs."""

    @abstractmethod
    def step(self, s: Tensor, memory: Memory) -> tuple[Tensor, Memory]:
        """One token on, s (B, d): the same numbers as `forward`, from a memory of fixed size."""

    @abstractmethod
    def memory(self, batch: int) -> Memory:
        """Before the first token."""

    @abstractmethod
    def start(self, generator: torch.Generator) -> None:
        """Initial weights."""

    def forward(self, s: Tensor, fused: bool = False) -> Tensor:
        """(B, T, d) -> (B, T, d)."""
        if fused:
            done: Tensor = Block.apply(self.hold == "exact", s, *self.weights())  # type: ignore[no-untyped-call]
            return done
        at = self.arguments(s)
        return s + self.out(self.gated(self.scan(at), at))

    def convolve_last(self, window: Tensor) -> Tensor:
        """The causal convolution at the last of K inputs, (K, B, .) -> (B, .)."""
        return F.silu(self.convolution_bias + (window * self.convolution.flip(0)[:, None]).sum(0))


class StateSpaceModel(SequenceModel):
    """Embedding, blocks, head. Subclasses make the blocks."""

    def __init__(
        self, vocabulary: int, context: int, sizes: dict[str, int], tied: bool, hold: str, **more: Any
    ) -> None:
        super().__init__(vocabulary, context, **sizes, tied=tied, hold=hold, **more)
        for name, value in sizes.items():
            whole(name, value, 0 if name == "layers" else 1)
        if hold not in HOLDS:
            raise InputError(f"hold={hold!r}: expected one of {', '.join(HOLDS)}")
        width = sizes["width"]
        self.embedding = nn.Parameter(torch.empty(vocabulary + 1, width))  # the last row: beginning of sequence
        self.gain = nn.Parameter(torch.ones(width))
        self.head = None if tied else nn.Parameter(torch.empty(vocabulary, width))

    def fill(self, blocks: Iterable[StateSpaceBlock], seed: int) -> None:
        """Takes the blocks, and draws the initial weights."""
        self.blocks = nn.ModuleList(blocks)
        generator = torch.Generator().manual_seed(seed)
        for parameter in (self.embedding, self.head):
            if parameter is not None:
                normal(parameter, 0.02, generator)
        for block in self.stacked:
            block.start(generator)

    @property
    def stacked(self) -> list[StateSpaceBlock]:
        """The blocks, first to last."""
        return [cast(StateSpaceBlock, block) for block in self.blocks]

    def embed(self, tokens: Tensor) -> Tensor:
        """(B, T) -> (B, T, d): each position sees the token before it."""
        before = F.pad(tokens[:, :-1], (1, 0), value=self.vocabulary)
        return self.embedding.index_select(0, before.reshape(-1)).view(*before.shape, -1)

    def logits(self, s: Tensor) -> Tensor:
        """(..., d) -> (..., V)."""
        return normed_linear(s, self.gain, self.out)

    @property
    def out(self) -> Tensor:
        """The head's matrix, (V, d)."""
        return self.embedding[: self.vocabulary] if self.head is None else self.head

    def stream(self, tokens: Tensor, fused: bool) -> Tensor:
        """What the head gets, (B, T, d)."""
        s = self.embed(tokens)
        for block in self.stacked:
            s = block(s, fused)
        return s

    def forward(self, tokens: Tensor) -> Tensor:
        """Logits (B, T, V): position t is the law of token t given the tokens before it. Differentiable twice."""
        return self.logits(self.stream(tokens, fused=False))

    def log_probabilities(self, tokens: Tensor) -> Tensor:
        """log P(token t = v | tokens before t) in nats, shape (B, T, V); first derivatives only."""
        return F.log_softmax(self.logits(self.stream(self.check(tokens), compilable(self.embedding))), dim=-1)

    def fast_objective(self, *drawn: Tensor) -> Tensor:
        """The loss, in compiled loops where they run."""
        (tokens,) = drawn
        if not compilable(self.embedding):
            return self.objective(tokens)
        loss: Tensor = Loss.apply(self.stream(tokens, fused=True), self.out * self.gain, tokens)  # type: ignore[no-untyped-call]
        return loss

    def coefficients(self, tokens: Tensor) -> tuple[Coefficients, ...]:
        """Per layer: inputs (after the convolution), outputs C_t . h_t (before skip and gate), A[t, j] a number a channel."""
        s, found = self.embed(self.check(tokens)), []
        for block in self.stacked:
            found.append(block.coefficients(block.arguments(s)))
            s = block(s)
        return tuple(found)

    def memory(self, batch: int = 1) -> list[Memory]:
        """What the model knows before the first token: nothing, block by block."""
        return [block.memory(batch) for block in self.stacked]

    def step(self, tokens: Tensor | None, memory: list[Memory]) -> tuple[Tensor, list[Memory]]:
        """One token on, in time and memory that do not grow with what came before.

        Args:
            tokens: the last token of each sequence, (B,); None before the first one. memory: as returned, or `memory(B)`.

        Returns:
            log P(next token = v | all so far) in nats, (B, V), and the memory to go on with.
        """
        if tokens is None:
            batch = memory[0].hidden.shape[0] if memory else 1
            tokens = torch.full((batch,), self.vocabulary, device=self.embedding.device)
        elif tokens.numel() and not (int(tokens.min()) >= 0 and int(tokens.max()) < self.vocabulary):
            raise InputError(f"tokens {tokens.tolist()}: expected 0 to {self.vocabulary - 1}")
        s, after = self.embedding[tokens], []
        for block, held in zip(self.stacked, memory, strict=True):
            s, now = block.step(s, held)
            after.append(now)
        return F.log_softmax(self.logits(s), -1), after


def start_linear(layer: nn.Linear, generator: torch.Generator, scale: float = 1.0) -> None:
    """Weights of deviation scale / sqrt(inputs)."""
    normal(layer.weight, scale / math.sqrt(layer.in_features), generator)
