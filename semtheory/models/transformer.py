"""The Transformer, small: attention whose coefficients can be read, ReLU memory, no biases unless asked for.

One block, s the residual stream, x = g s / rms(s) its normalised form (Zhang and Sennrich 2019):

    s <- s + sum_h W_O^h sum_{j <= t} pi^h_tj W_V^h x_j        attention (Vaswani et al. 2017)
    s <- s + sum_i relu(k_i . x) v_i                           key-value memory (Geva et al. 2021)

so that attention is a vector autoregression in x whose coefficients A[t, j] = sum_h pi^h_tj W_O^h W_V^h depend on the tokens.
Shapes: B sequences, T tokens, V letters, d width, h heads of size e = d / h, m = 4 d memories.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from semtheory.errors import InputError
from semtheory.models.base import Coefficients, SequenceModel, normal, whole
from semtheory.models.compiled import EPSILON
from semtheory.models.compiled_layers import TransformerLoss
from semtheory.models.scans import compilable


def rms_normalise(s: Tensor, gain: Tensor) -> Tensor:
    """g s / rms(s), over the last axis."""
    return s * torch.rsqrt(s.square().mean(-1, keepdim=True) + EPSILON) * gain


def visible(length: int, causal: bool, like: Tensor) -> Tensor:
    """(T, T): 0 where j may be seen from t, -inf where not."""
    mask = torch.full((length, length), -math.inf, dtype=like.dtype, device=like.device)
    return mask.triu(1) if causal else torch.zeros_like(mask)


class Block(nn.Module):
    """Attention, then memory, each added to the stream."""

    def __init__(self, width: int, heads: int, bias: bool, causal: bool) -> None:
        super().__init__()
        self.heads, self.causal, self.bias = heads, causal, bias
        self.attention_gain = nn.Parameter(torch.ones(width))
        self.query_key_value = nn.Linear(width, 3 * width, bias)  # rows: queries, keys, values; in each, head by head
        self.output = nn.Linear(width, width, bias)
        self.memory_gain = nn.Parameter(torch.ones(width))
        self.keys = nn.Linear(width, 4 * width, bias)  # row i is k_i
        self.values = nn.Linear(4 * width, width, bias)  # column i is v_i

    def attention(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """pi (B, h, T, T) and W_V x (B, h, T, e) of x (B, T, d)."""
        batch, length, width = x.shape
        parts = self.query_key_value(x).view(batch, length, 3, self.heads, width // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)  # each (B, h, T, e)
        scores = query @ key.transpose(-1, -2) / math.sqrt(width // self.heads)
        return (scores + visible(length, self.causal, scores)).softmax(-1), value

    def attend(self, x: Tensor) -> Tensor:
        """(B, T, d) -> (B, T, d), without the residual."""
        pi, value = self.attention(x)
        mixed: Tensor = self.output((pi @ value).transpose(1, 2).reshape(x.shape))
        return mixed

    def remember(self, x: Tensor) -> Tensor:
        """(B, T, d) -> (B, T, d), without the residual: sum_i relu(k_i . x) v_i."""
        recalled: Tensor = self.values(F.relu(self.keys(x)))
        return recalled

    def forward(self, s: Tensor) -> Tensor:
        """(B, T, d) -> (B, T, d)."""
        s = s + self.attend(rms_normalise(s, self.attention_gain))
        return s + self.remember(rms_normalise(s, self.memory_gain))

    def coefficients(self, s: Tensor, residual: bool) -> Coefficients:
        """A[t, j] of attention; see `Stack.coefficients`."""
        if self.bias:
            raise InputError(
                "bias=True: attention is affine, not linear in its inputs; build the model with bias=False"
            )
        x, width = rms_normalise(s, self.attention_gain), s.shape[-1]
        pi, _ = self.attention(x)
        w_value = self.query_key_value.weight[2 * width :].view(self.heads, -1, width)  # (h, e, d)
        w_output = self.output.weight.view(width, self.heads, -1)  # (d, h, e)
        transport = torch.einsum("ohe,hei->hoi", w_output, w_value)  # W_O^h W_V^h
        matrix = torch.einsum("bhtj,hoi->btjoi", pi, transport)
        if not residual:
            return Coefficients(matrix, x, self.attend(x))
        inverse = torch.rsqrt(s.square().mean(-1) + EPSILON)  # x_j = diag(g) s_j / rms(s_j)
        matrix = matrix * self.attention_gain * inverse[:, None, :, None, None]
        here = torch.arange(s.shape[1], device=s.device)
        matrix[:, here, here] += torch.eye(width, dtype=s.dtype, device=s.device)
        return Coefficients(matrix, s, s + self.attend(x))


class Stack(SequenceModel):
    """Embeddings, blocks, head: what `Transformer` and `LLaDA` share. The vocabulary has one more letter, number V.

    Args:
        vocabulary, context: V and C. width: d. layers: blocks. heads: h, a divisor of d.
        bias: biases in the linear maps and the head. tied: the head's matrix is that of the embedding.
        seed: of the initial weights.

    Raises:
        InputError: a size below its least value, or heads that do not divide the width.
    """

    causal = True

    def __init__(
        self,
        vocabulary: int,
        context: int,
        width: int = 32,
        layers: int = 2,
        heads: int = 2,
        bias: bool = False,
        tied: bool = True,
        seed: int = 0,
    ) -> None:
        super().__init__(vocabulary, context, width=width, layers=layers, heads=heads, bias=bias, tied=tied)
        whole("width", width, 1), whole("layers", layers, 0), whole("heads", heads, 1)
        if width % heads:
            raise InputError(f"heads={heads} does not divide width={width}: expected a divisor")
        self.tied = tied
        self.embedding = nn.Parameter(torch.empty(vocabulary + 1, width))
        self.position = nn.Parameter(torch.empty(context, width))
        self.blocks = nn.ModuleList(Block(width, heads, bias, self.causal) for _ in range(layers))
        self.gain = nn.Parameter(torch.ones(width))
        # A tied head is this module's own use of the embedding, never a second name for it: names stay one to one with
        # parameters, which ensembles and safetensors rely on.
        self.head = None if tied else nn.Parameter(torch.empty(vocabulary, width))
        self.head_bias = nn.Parameter(torch.zeros(vocabulary)) if bias else None
        self._initialise(layers, torch.Generator().manual_seed(seed))

    def _initialise(self, layers: int, generator: torch.Generator) -> None:
        for name, parameter in self.named_parameters():
            if name.endswith("bias"):
                nn.init.zeros_(parameter)
            elif parameter.ndim == 2:
                into_stream = name.endswith(("output.weight", "values.weight"))  # their sum over layers keeps its size
                normal(parameter, 0.02 / math.sqrt(2 * layers) if into_stream else 0.02, generator)

    @property
    def stacked(self) -> list[Block]:
        """The blocks, first to last."""
        return [cast(Block, block) for block in self.blocks]

    @property
    def head_weight(self) -> Tensor:
        """(V, d)."""
        return self.embedding[: self.vocabulary] if self.head is None else self.head

    def embed(self, symbols: Tensor) -> Tensor:
        """(B, T), values 0..V -> (B, T, d)."""
        letters = self.embedding.index_select(0, symbols.reshape(-1)).view(*symbols.shape, -1)
        return letters + self.position[: symbols.shape[1]]

    def logits(self, symbols: Tensor) -> Tensor:
        """(B, T), values 0..V -> (B, T, V)."""
        s = self.embed(symbols)
        for block in self.stacked:
            s = block(s)
        return F.linear(rms_normalise(s, self.gain), self.head_weight, self.head_bias)

    def objective(self, *drawn: Tensor) -> Tensor:
        """sum weight * -log P(target | symbols) of symbols, targets, weight, each (B, T)."""
        symbols, targets, weight = drawn
        logs = self.logits(symbols).log_softmax(-1)
        return -(logs.gather(-1, targets[..., None])[..., 0] * weight).sum()

    def fast_objective(self, *drawn: Tensor) -> Tensor:
        """The same, with its gradient, by compiled loops; with biases, and where there are none, the plain form."""
        symbols, targets, weight = drawn
        if self.head_bias is not None or not compilable(self.embedding):
            return self.objective(*drawn)

        def over_layers(of: Callable[[Block], Tensor], *empty: int) -> Tensor:
            return torch.stack([of(block) for block in blocks]) if blocks else self.gain.new_empty(0, *empty)

        blocks, width = self.stacked, len(self.gain)
        loss: Tensor = TransformerLoss.apply(  # type: ignore[no-untyped-call,unused-ignore]
            symbols,
            targets,
            weight,
            self._arguments["heads"],
            self.causal,
            self.embedding,
            self.position,
            over_layers(lambda block: block.attention_gain, width),
            over_layers(lambda block: block.query_key_value.weight, 3 * width, width),
            over_layers(lambda block: block.output.weight, width, width),
            over_layers(lambda block: block.memory_gain, width),
            over_layers(lambda block: block.keys.weight, 4 * width, width),
            over_layers(lambda block: block.values.weight, width, 4 * width),
            self.gain,
            self.head_weight,
        )
        return loss

    @abstractmethod
    def seen(self, tokens: Tensor) -> Tensor:
        """What is embedded when the model reads `tokens`, (B, T)."""

    def coefficients(self, tokens: Tensor, residual: bool = False) -> tuple[Coefficients, ...]:
        """Attention of each layer as sum_j A[t, j] x_j, A (B, T, T, d, d).

        residual=False: x the normalised stream, A[t, j] = sum_h pi^h_tj W_O^h W_V^h, outputs without the residual.
        residual=True: x the stream itself: A also holds diag(g)/rms(x_j) on the right, and the identity at j = t; outputs are
        the stream after attention.

        Raises:
            InputError: bias=True, where attention is affine; what `check` raises.
        """
        s = self.embed(self.seen(self.check(tokens)))
        found = []
        for block in self.stacked:
            found.append(block.coefficients(s, residual))
            s = block(s)
        return tuple(found)

    def memories(self, tokens: Tensor) -> tuple[dict[str, Tensor], ...]:
        """Each layer's memory: keys (m, d), values (m, d), inputs x (B, T, d), activations relu(k_i . x + b_i) (B, T, m),
        bias (d,), outputs (B, T, d) as the block computes them; outputs = activations @ values + bias."""
        s = self.embed(self.seen(self.check(tokens)))
        found = []
        for block in self.stacked:
            s = s + block.attend(rms_normalise(s, block.attention_gain))
            x = rms_normalise(s, block.memory_gain)
            out = block.remember(x)
            shift = block.values.bias if self._arguments["bias"] else torch.zeros_like(out[0, 0])
            parts: dict[str, Tensor] = {"keys": block.keys.weight, "values": block.values.weight.t(), "inputs": x}
            found.append(parts | {"activations": F.relu(block.keys(x)), "bias": shift, "outputs": out})
            s = s + out
        return tuple(found)


class Transformer(Stack):
    """A causal Transformer: `forward(tokens)` gives logits (B, T, V), position t the law of token t given those before."""

    def seen(self, tokens: Tensor) -> Tensor:
        """The tokens one place later, the beginning-of-sequence letter first."""
        return F.pad(tokens[:, :-1], (1, 0), value=self.vocabulary)

    def forward(self, tokens: Tensor) -> Tensor:
        """(B, T) -> (B, T, V)."""
        return self.logits(self.seen(tokens))

    def draw(self, tokens: Tensor, generator: torch.Generator | None = None) -> tuple[Tensor, ...]:
        """Nothing is drawn: every token weighs the same."""
        weight = torch.full(tokens.shape, 1 / tokens.numel(), dtype=self.embedding.dtype, device=tokens.device)
        return self.seen(tokens), tokens, weight
