"""Training one model: AdamW, warm-up and cosine, checkpoints that can be resumed to the same bits."""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save as to_bytes
from torch import Tensor

from semtheory.errors import InputError, TrainingStopped
from semtheory.files import write_whole
from semtheory.models.base import SequenceModel, contiguous, header_of, read_tensors, whole
from semtheory.models.optimiser import FlatAdamW
from semtheory.processes import HiddenMarkov

Sampler = Callable[[np.random.Generator, int, int], NDArray[np.int64]]  # generator, sequences, length -> tokens
CHUNK = 32  # steps whose tokens are drawn together: the walk over a source's states is vectorised over sequences


class Progress(NamedTuple):
    """What the progress callback gets: step 1..steps, that step's loss, and the source's exact optimum, nats a token."""

    step: int
    steps: int
    loss: float
    optimum: float | None


class Report(Protocol):
    """A progress callback."""

    def __call__(self, progress: Progress, /) -> None: ...


@dataclass(frozen=True)
class Settings:
    """How a model is trained; what a checkpoint must agree on to be resumed.

    Attributes:
        steps, batch, length: length is tokens a sequence. learning_rate: the highest; it rises linearly over the first
        `warmup` steps and falls as a cosine to 0. decay, clip: see `FlatAdamW`. seed: of the data and of the loss's draws.
    """

    steps: int
    batch: int
    length: int
    learning_rate: float
    warmup: int
    decay: float
    clip: float | None
    seed: int

    def rate(self, step: int) -> float:
        """The learning rate of step 0..steps-1."""
        if step < self.warmup:
            return self.learning_rate * (step + 1) / self.warmup
        done = (step - self.warmup) / max(1, self.steps - self.warmup)
        return self.learning_rate * 0.5 * (1 + math.cos(math.pi * done))


@dataclass(frozen=True)
class Training:
    """A trained model, and how it went.

    Attributes:
        losses: (steps,) nats a token, of each step's batch before its update. optimum: of the source at this length.
        seconds: of this call. tokens_per_second: of the steps this call made, sampling included; 0 if it made none.
    """

    model: SequenceModel
    losses: NDArray[np.float64]
    optimum: float | None
    settings: Settings
    seconds: float
    tokens_per_second: float


def train(
    model: SequenceModel,
    source: HiddenMarkov | Sampler,
    *,
    steps: int,
    batch: int = 64,
    length: int | None = None,
    learning_rate: float = 3e-3,
    warmup: int | None = None,
    decay: float = 0.1,
    clip: float | None = 1.0,
    seed: int = 0,
    device: str = "cpu",
    threads: int = 1,
    checkpoint: str | Path | None = None,
    every: int = 250,
    resume: bool = False,
    progress: Report | None = None,
    optimum: float | None = None,
) -> Training:
    """Trains `model`, in place, on sequences drawn from `source`.

    The same model, source, settings and machine give the same bits, resumed or not.

    Args:
        source: a `MarkovChain` or `HiddenMarkov`, or `sampler(generator, sequences, length) -> (sequences, length)` integers.
        length: tokens a sequence; None for the model's context. warmup: steps; None for a twentieth of `steps`.
        device: "cpu" or "cuda". threads: of torch on the CPU while training; more than one is slower when cores are shared.
        checkpoint: file of weights, optimiser and losses, replaced whole every `every` steps and at the end.
        resume: go on from `checkpoint` if it is there. progress: called after every step on the CPU, every 50th on a GPU.
        optimum: nats a token, for `progress`; None computes it from a process when there is a callback to show it to.

    Raises:
        InputError: sizes; length beyond the model's context; a source with more letters than the model's; no CUDA; a
            checkpoint that is truncated, of another shape, or of other settings.
        TrainingStopped: the loss or a weight is not a number; the checkpoint still holds the last good step.
    """
    settings = make_settings(model, steps, batch, length, learning_rate, warmup, decay, clip, seed)
    every = whole("every", every, 1)
    place, draw = find_device(device), sampler(source, model.vocabulary)
    if optimum is None and progress is not None and isinstance(source, HiddenMarkov):
        optimum = exact_optimum(source, settings.length)
    with one_thread(threads):
        model.to(place).train()
        optimiser = FlatAdamW([model], settings.decay, clip=settings.clip)
        losses = torch.zeros(steps, dtype=torch.float64, device=place)
        identity = {"configuration": model.configuration, "settings": asdict(settings), "source": fingerprint(source)}
        file = None if checkpoint is None else Path(checkpoint)
        done = _restore(file, identity, optimiser, losses) if resume and file is not None and file.exists() else 0
        optimiser.attach([model])
        began, first, checked = time.perf_counter(), done, done
        for step, tokens in batches(draw, settings, done):
            drawn = model.draw(tokens.to(place), step_generator(settings.seed, step))
            loss = model.fast_objective(*drawn)
            losses[step] = loss.detach()
            last = step + 1 == steps
            store = file is not None and ((step + 1) % every == 0 or last)
            if place.type == "cpu" or store or last or step % 50 == 49:  # reading a GPU's number waits for the GPU
                _require_numbers(losses, checked, step + 1, file)
                checked = step + 1
                if progress is not None:
                    progress(Progress(step + 1, steps, float(losses[step]), optimum))
            loss.backward()  # type: ignore[no-untyped-call,unused-ignore]
            optimiser.step(settings.rate(step))
            if store or last:
                _require_weights(optimiser, step + 1, file)
            if store and file is not None:
                write_checkpoint(file, identity, optimiser, losses, step + 1)
        seconds = time.perf_counter() - began
    for parameter in model.parameters():
        parameter.data, parameter.grad = parameter.data.clone(), None  # no longer views of the optimiser's buffers
    made = (steps - first) * settings.batch * settings.length
    return Training(model, losses.cpu().numpy(), optimum, settings, seconds, made / seconds if made else 0.0)


def make_settings(
    model: SequenceModel,
    steps: int,
    batch: int,
    length: int | None,
    learning_rate: float,
    warmup: int | None,
    decay: float,
    clip: float | None,
    seed: int,
) -> Settings:
    """The settings, checked. Raises `InputError`."""
    for name, value in (("learning_rate", learning_rate), ("clip", 1.0 if clip is None else clip)):
        if not 0 < value < math.inf:
            raise InputError(f"{name}={value!r}: expected a number above 0")
    if not 0 <= decay < math.inf:
        raise InputError(f"decay={decay!r}: expected a number, at least 0")
    steps = whole("steps", steps, 1)
    length = model.context if length is None else whole("length", length, 1)
    model.check_length(length)
    warmup = steps // 20 if warmup is None else whole("warmup", warmup, 0)
    return Settings(steps, whole("batch", batch, 1), length, learning_rate, warmup, decay, clip, whole("seed", seed, 0))


def find_device(name: str) -> torch.device:
    """The device. Raises `InputError` when there is none such here."""
    kind = name.partition(":")[0]
    if kind not in ("cpu", "cuda"):
        raise InputError(f"device={name!r}: expected 'cpu' or 'cuda'")
    if kind == "cuda" and not torch.cuda.is_available():
        why = "this torch was built without CUDA" if torch.version.cuda is None else "no GPU is visible to torch"
        raise InputError(f"device={name!r}: {why}; use device='cpu', or a machine with a GPU and a CUDA build of torch")
    return torch.device(name)


def sampler(source: HiddenMarkov | Sampler, vocabulary: int) -> Sampler:
    """`source` as a sampler. Raises `InputError`: not a source, or more letters than the model has."""
    if isinstance(source, HiddenMarkov):
        if source.symbols > vocabulary:
            raise InputError(
                f"{source.name} has {source.symbols} letters, the model {vocabulary}: build a larger model"
            )
        return lambda rng, runs, length: source.sample(length, int(rng.integers(2**62)), runs)
    if not callable(source):
        raise InputError(f"source {source!r}: expected a process or sampler(generator, sequences, length)")

    def drawn(rng: np.random.Generator, runs: int, length: int) -> NDArray[np.int64]:
        tokens = np.asarray(source(rng, runs, length))
        if tokens.dtype.kind not in "iu":
            raise InputError(f"the sampler gave {tokens.dtype}: expected whole numbers, 0 to {vocabulary - 1}")
        if tokens.size and not 0 <= tokens.min() <= tokens.max() < vocabulary:
            wrong = int(tokens.min() if tokens.min() < 0 else tokens.max())
            raise InputError(f"the sampler gave a token {wrong}: expected 0 to {vocabulary - 1}, the model's letters")
        return tokens

    return drawn


def fingerprint(source: HiddenMarkov | Sampler) -> str:
    """What a checkpoint remembers of its source: the numbers of a process, the name of a callable."""
    if isinstance(source, HiddenMarkov):
        start = b"" if source.initial is None else source.initial.tobytes()
        return hashlib.sha256(repr(source.kernel.shape).encode() + source.kernel.tobytes() + start).hexdigest()[:16]
    return f"{getattr(source, '__module__', '')}.{getattr(source, '__qualname__', type(source).__name__)}"


def exact_optimum(source: HiddenMarkov, length: int) -> float:
    """H(Y^length)/length in nats: the least expected loss of any model at this length, to 1e-4 a token."""
    return float(source.block_entropy(length, tolerance=1e-4)) / length


def batches(draw: Sampler, settings: Settings, first: int = 0) -> Iterator[tuple[int, Tensor]]:
    """(step, tokens (batch, length)) for the steps from `first` on; a step's tokens depend on the seed and the step alone."""
    step = first
    while step < settings.steps:
        block = step // CHUNK
        rng = np.random.default_rng([settings.seed, block])
        tokens = np.asarray(draw(rng, CHUNK * settings.batch, settings.length))
        if tokens.shape != (CHUNK * settings.batch, settings.length):
            raise InputError(
                f"the sampler gave shape {tokens.shape}: expected {(CHUNK * settings.batch, settings.length)}"
            )
        whole_block = torch.from_numpy(np.ascontiguousarray(tokens, dtype=np.int64)).view(CHUNK, settings.batch, -1)
        while step < min(settings.steps, (block + 1) * CHUNK):
            yield step, whole_block[step - block * CHUNK]
            step += 1


def step_generator(seed: int, step: int) -> torch.Generator:
    """Of the loss's own draws at that step; always on the CPU, so that a GPU sees the same."""
    return torch.Generator().manual_seed((seed * 1_000_003 + step) % 2**63)


@contextlib.contextmanager
def one_thread(threads: int = 1) -> Iterator[None]:
    """torch with so many threads inside; as before afterwards."""
    before = torch.get_num_threads()
    torch.set_num_threads(whole("threads", threads, 1))
    try:
        yield
    finally:
        torch.set_num_threads(before)


def write_checkpoint(file: Path, identity: dict[str, Any], optimiser: FlatAdamW, losses: Tensor, step: int) -> None:
    """Everything that going on needs, written whole or not at all."""
    tensors = contiguous({**optimiser.state(), "losses": losses})
    write_whole(file, to_bytes(tensors, {"identity": json.dumps(identity), "step": str(step)}))


def _restore(file: Path, identity: dict[str, Any], optimiser: FlatAdamW, losses: Tensor) -> int:
    """Puts a checkpoint back and says how many steps it has done."""
    tensors, metadata = read_tensors(file)
    if "identity" not in metadata:
        raise InputError(f"{file}: not a checkpoint of `train`; a file that `save` wrote holds no optimiser")
    stored = header_of(file, metadata["identity"])
    for part, now in identity.items():
        then: Any = stored.get(part)
        if then != now:
            keys = [k for k in now if then.get(k) != now[k]] if isinstance(now, dict) and isinstance(then, dict) else []
            said = "; ".join(f"{k} {then.get(k)!r}, now {now[k]!r}" for k in keys) or f"{then!r}, now {now!r}"
            raise InputError(
                f"{file} was written with another {part}: {said}; train as then, or name another checkpoint"
            )
    own = {**optimiser.state(), "losses": losses}
    wrong = [k for k, v in own.items() if k not in tensors or tensors[k].shape != v.shape or tensors[k].dtype != v.dtype]
    if wrong:
        raise InputError(f"{file}: {', '.join(wrong)} of another shape or precision than this model's; name another checkpoint")
    step = metadata.get("step", "")
    if not step.isdecimal() or int(step) > len(losses):
        raise InputError(f"{file}: its header is damaged: step {step!r}; name another checkpoint")
    optimiser.restore(tensors, int(step))
    losses.copy_(tensors["losses"])
    return int(step)


def _require_weights(optimiser: FlatAdamW, step: int, file: Path | None) -> None:
    """A finite loss may have a gradient that is not: nothing of it reaches the checkpoint, or is returned."""
    if not bool(torch.isfinite(optimiser.values).all()):
        raise TrainingStopped(f"the weights are not finite after step {step}; {_kept(file)}")


def _kept(file: Path | None) -> str:
    return f"{file} holds the last good step" if file is not None and file.exists() else "no checkpoint was kept"


def _require_numbers(losses: Tensor, since: int, until: int, file: Path | None) -> None:
    bad = torch.nonzero(~torch.isfinite(losses[since:until]))
    if len(bad):
        at = since + int(bad[0]) + 1
        raise TrainingStopped(
            f"the loss is {float(losses[at - 1])} at step {at}; {_kept(file)}; a smaller learning_rate or clip=1.0 may help"
        )
