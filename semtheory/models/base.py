"""What every model here is: a law of token sequences, its coefficients, and how it is stored.

A model of vocabulary V and context C takes tokens (B, T), T <= C, values 0..V-1, and returns logits (B, T, V): position t is
the law of token t given the tokens before it. A beginning-of-sequence embedding (number V) is put in front inside the model
and the last token is never an input, so the first token has a law too and exp(sequence_log_probability) sums to 1 over all
V^T sequences. (LLaDA is bidirectional: its `forward` differs, see there; the rest of the interface holds for it.)
"""

from __future__ import annotations

import difflib
import json
import os
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Self

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes
from torch import Tensor, nn
from torch.nn import functional as F

from semtheory.errors import InputError
from semtheory.files import write_whole

# Tiny products gain nothing from a second thread, and wait ten times their own length for it when the cores are shared.
if "OMP_NUM_THREADS" not in os.environ:
    torch.set_num_threads(1)

ARCHITECTURES = ("Transformer", "LLaDA", "Mamba", "Mamba2")


@dataclass(frozen=True)
class Coefficients:
    """One layer's mixing of positions as a time-varying vector autoregression: outputs[t] = sum_j A[t, j] inputs[j].

    Attributes:
        matrix: A, shape (B, T, T, d_out, d_in), or (B, T, T, d) where every A[t, j] is diagonal.
        inputs: (B, T, d_in). outputs: (B, T, d_out), as the model computed it, by another route than from A.
    """

    matrix: Tensor
    inputs: Tensor
    outputs: Tensor

    def rebuilt(self) -> Tensor:
        """sum_j A[t, j] inputs[j], shape (B, T, d_out)."""
        if self.matrix.ndim == 4:
            return torch.einsum("btjd,bjd->btd", self.matrix, self.inputs)
        return torch.einsum("btjed,bjd->bte", self.matrix, self.inputs)

    def error(self) -> float:
        """max |rebuilt - outputs| / max |outputs|."""
        wrong, size = (self.rebuilt() - self.outputs).detach().abs().max(), self.outputs.detach().abs().max()
        return float(wrong / size)


class SequenceModel(nn.Module, ABC):
    """Base of the four architectures. A subclass calls `super().__init__` with all its arguments except `seed`.

    Args:
        vocabulary: V >= 2. context: most tokens in a sequence, C >= 1. arguments: the rest, JSON-able.

    Raises:
        InputError: a size that is not a whole number above its least value.
    """

    def __init__(self, vocabulary: int, context: int, **arguments: Any) -> None:
        super().__init__()
        self.vocabulary = whole("vocabulary", vocabulary, 2)
        self.context = whole("context", context, 1)
        self._arguments = {"vocabulary": self.vocabulary, "context": self.context, **arguments}

    @property
    def configuration(self) -> dict[str, Any]:
        """Architecture and arguments, JSON-able: `build(model.configuration)` has the same shape, fresh weights."""
        return {"architecture": type(self).__name__, **self._arguments}

    @property
    def parameter_count(self) -> int:
        """How many numbers are trained."""
        return sum(p.numel() for p in self.parameters())

    def log_probabilities(self, tokens: Tensor) -> Tensor:
        """log P(token t = v | tokens before t) in nats, shape (B, T, V)."""
        return F.log_softmax(self(self.check(tokens)), dim=-1)

    def sequence_log_probability(self, tokens: Tensor) -> Tensor:
        """log P(tokens) in nats, shape (B,)."""
        return self.log_probabilities(tokens).gather(-1, tokens[..., None]).sum(dim=(-1, -2))

    def next_log_probabilities(self, tokens: Tensor) -> Tensor:
        """log P(next token = v | all of tokens) in nats, shape (B, V); T < context, T = 0 allowed.

        LLaDA answers for texts of T + 1 tokens: its law of a token depends on how many follow.
        """
        ahead = F.pad(tokens, (0, 1))  # the last token is never an input: any will do
        return self.log_probabilities(ahead)[:, -1]

    def loss(self, tokens: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """What training lowers: nats a token, an upper bound on -log P(tokens)/T on average. No checks: see `check`.

        `generator` draws what the loss needs drawn; the causal models draw nothing.
        """
        return self.objective(*self.draw(tokens, generator))

    def draw(self, tokens: Tensor, generator: torch.Generator | None = None) -> tuple[Tensor, ...]:
        """What `objective` takes for these tokens; all randomness of the loss is here. Every tensor has B rows."""
        return (tokens,)

    def objective(self, *drawn: Tensor) -> Tensor:
        """The loss of what `draw` gave: plain operations, differentiable twice, fit for `torch.func.vmap`."""
        (tokens,) = drawn
        logits = self(tokens)
        return F.cross_entropy(logits.reshape(-1, logits.shape[-1]), tokens.reshape(-1))

    def fast_objective(self, *drawn: Tensor) -> Tensor:
        """The same number; a subclass may write its gradient out. Used by `train`."""
        return self.objective(*drawn)

    @abstractmethod
    def coefficients(self, tokens: Tensor) -> tuple[Coefficients, ...]:
        """The layers as a time-varying vector autoregression; each architecture says what its A[t, j] is."""

    def check(self, tokens: Tensor) -> Tensor:
        """The same tokens. Raises `InputError`: not (B, T) whole numbers, T = 0 or > context, a token outside 0..V-1."""
        if not isinstance(tokens, Tensor) or tokens.ndim != 2 or tokens.dtype != torch.int64:
            found = f"{tuple(tokens.shape)} {tokens.dtype}" if isinstance(tokens, Tensor) else type(tokens).__name__
            raise InputError(f"tokens: {found}; expected an int64 tensor of shape (batch, time)")
        if not tokens.shape[1]:
            raise InputError("no tokens: expected at least one a sequence; see next_log_probabilities for the first token's law")
        self.check_length(tokens.shape[1])
        if tokens.numel() and not (int(tokens.min()) >= 0 and int(tokens.max()) < self.vocabulary):
            low, high = int(tokens.min()), int(tokens.max())
            raise InputError(f"tokens hold {low if low < 0 else high}: expected 0 to {self.vocabulary - 1}")
        return tokens

    def check_length(self, length: int) -> None:
        """Raises `InputError` when the model has no so long context."""
        if length > self.context:
            raise InputError(
                f"{length} tokens are more than the model's context, {self.context}: shorten the sequence, or build the "
                f"model with context={length}"
            )

    def save(self, path: str | Path) -> None:
        """Weights and configuration in one safetensors file, written whole or not at all. Raises `SemtheoryError`: it cannot be."""
        write_whole(
            path, to_bytes(contiguous(self.state_dict()), {"configuration": json.dumps(self.configuration)})
        )

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """The model that `save` wrote. Raises `InputError`: another architecture, and what `load` raises."""
        model = load(path)
        if not isinstance(model, cls):
            raise InputError(f"{path} holds a {type(model).__name__}, not a {cls.__name__}: use semtheory.models.load")
        return model


def build(configuration: Mapping[str, Any], seed: int = 0) -> SequenceModel:
    """A fresh model of that configuration: {"architecture": name, "vocabulary": V, "context": C, ...}.

    Raises:
        InputError: no such architecture, or an argument it does not take (with near matches).
    """
    arguments = dict(configuration)
    name = arguments.pop("architecture", None)
    if name not in ARCHITECTURES:
        by_fold = {known.casefold(): known for known in ARCHITECTURES}
        near = difflib.get_close_matches(str(name).casefold(), by_fold, n=2, cutoff=0.5)
        hint = f"did you mean {' or '.join(by_fold[n] for n in near)}? " if near else ""
        raise InputError(f"architecture {name!r}: {hint}expected one of {', '.join(ARCHITECTURES)}")
    kind = getattr(import_module("semtheory.models"), name)  # which says what to install where something is missing
    try:
        model: SequenceModel = kind(**arguments, seed=seed)
    except TypeError as error:
        raise InputError(f"{name} with {sorted(arguments)}: {error}") from None
    return model


def load(path: str | Path) -> SequenceModel:
    """The model in a file that `SequenceModel.save` wrote, in the precision it was saved in.

    Raises:
        InputError: no such file, truncated or not safetensors, no configuration inside, tensors of another shape.
    """
    tensors, metadata = read_tensors(path)
    if "configuration" not in metadata:
        raise InputError(f"{path}: no configuration in its header: not written by semtheory's `save`")
    model = build(header_of(path, metadata["configuration"]))
    floating = [tensor.dtype for tensor in tensors.values() if tensor.is_floating_point()]
    model.to(floating[0] if floating else torch.float32)
    fill(model, tensors, path)
    return model


def header_of(path: str | Path, text: str) -> dict[str, Any]:
    """What `save` or `train` wrote into the header. Raises `InputError`."""
    try:
        said = json.loads(text)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise InputError(f"{path}: its header is damaged: {text[:60]!r}; expected a JSON object")
    return said


def fill(model: nn.Module, tensors: Mapping[str, Tensor], path: str | Path) -> None:
    """Puts tensors into a model of the same shape. Raises `InputError`, naming what differs, and changes nothing then."""
    own = model.state_dict()
    wrong = [f"{name} missing" for name in own if name not in tensors]
    wrong += [f"{name} unknown" for name in tensors if name not in own]
    wrong += [
        f"{name} is {tuple(tensors[name].shape)}, the model's {tuple(value.shape)}"
        for name, value in own.items()
        if name in tensors and tensors[name].shape != value.shape
    ]
    if wrong:
        raise InputError(f"{path} does not fit this model: {'; '.join(wrong[:4])}; build the model that was saved")
    model.load_state_dict(dict(tensors))


def read_tensors(path: str | Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Tensors and metadata of a safetensors file. Raises `InputError` when it is missing, truncated or something else."""
    try:
        with safe_open(str(path), framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, dict(file.metadata() or {})  # noqa: SIM118
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except (SafetensorError, OSError) as error:
        raise InputError(f"{path}: truncated, or not a safetensors file ({error})") from None


def contiguous(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Each tensor with storage of its own, on the CPU: what safetensors writes."""
    return {name: value.detach().cpu().clone().contiguous() for name, value in state.items()}


def whole(name: str, value: Any, least: int) -> int:
    """A whole number, at least `least`. Raises `InputError`."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise InputError(f"{name}={value!r}: expected a whole number, at least {least}")
    return value


def normal(parameter: Tensor, deviation: float, generator: torch.Generator) -> None:
    """Fills a parameter with normal numbers, the same ones for the same generator state."""
    with torch.no_grad():
        parameter.normal_(0.0, deviation, generator=generator)
