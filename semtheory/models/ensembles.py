"""Many models of one shape at once: batched on a GPU, a pool of one-thread processes on a CPU.

Member k is what `train(build(configuration, seed=s), source, seed=s, ...)` gives for s = seeds[k]: the same bits from processes;
equal to rounding when batched, where all members share each matrix product. On a CPU batching gains next to nothing at the
sizes used here, and processes gain their number.
"""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import BrokenExecutor, as_completed
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.func import functional_call, vmap

from semtheory.errors import InputError, SemtheoryError, TrainingStopped
from semtheory.models.base import SequenceModel, build, whole
from semtheory.models.optimiser import FlatAdamW
from semtheory.models.training import (
    Sampler,
    Settings,
    Training,
    batches,
    find_device,
    make_settings,
    one_thread,
    sampler,
    step_generator,
    train,
)
from semtheory.processes import HiddenMarkov
from semtheory.workers import available_cores, process_pool

AGREEMENT = 1e-3  # relative; rounding in float32 is far below, and a wrong recipe is off by its whole loss


def train_ensemble(
    configuration: Mapping[str, Any],
    source: HiddenMarkov | Sampler,
    *,
    seeds: Sequence[int],
    steps: int,
    batch: int = 64,
    length: int | None = None,
    learning_rate: float = 3e-3,
    warmup: int | None = None,
    decay: float = 0.1,
    clip: float | None = 1.0,
    device: str = "cpu",
    method: str = "auto",
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Training]:
    """One trained model for every seed, in the order of `seeds`; the other arguments as in `train`.

    Args:
        configuration: as for `build`. seeds: of the initial weights, the data and the loss's draws of each member.
        method: "processes" (a script that calls this needs its `if __name__ == "__main__":`), "batched", or "auto":
            batched on "cuda", processes on "cpu". workers: processes; None for the cores there are.
        progress: called with (members or steps done, of how many).

    Raises:
        InputError: as `train` and `build`; an unknown method; a source that cannot be sent to another process.
        TrainingStopped: a member's loss is not a number; which member, and when.
    """
    seeds = [int(seed) if isinstance(seed, np.integer) else seed for seed in seeds]
    if not seeds:
        raise InputError("seeds is empty: expected one for each member")
    place = find_device(device)
    kind = ("batched" if place.type == "cuda" else "processes") if method == "auto" else method
    if kind not in ("batched", "processes"):
        raise InputError(f"method={method!r}: expected 'auto', 'batched' or 'processes'")
    one = build(configuration)
    settings = [make_settings(one, steps, batch, length, learning_rate, warmup, decay, clip, seed) for seed in seeds]
    draw = sampler(source, one.vocabulary)
    if kind == "batched":
        return _batched(configuration, draw, settings, place, progress)
    arguments: dict[str, Any] = {"steps": steps, "batch": batch, "length": length, "device": device}
    arguments |= {"learning_rate": learning_rate, "warmup": warmup, "decay": decay, "clip": clip}
    return _processes(configuration, source, seeds, arguments, workers, progress)


def _member(configuration: Mapping[str, Any], source: Any, seed: int, arguments: dict[str, Any]) -> Training:
    """In a worker: one member, alone."""
    return train(build(configuration, seed=seed), source, seed=seed, **arguments)


def _processes(
    configuration: Mapping[str, Any],
    source: Any,
    seeds: list[int],
    arguments: dict[str, Any],
    workers: int | None,
    progress: Callable[[int, int], None] | None,
) -> list[Training]:
    try:
        pickle.dumps(source)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise InputError(
            f"source cannot be sent to another process ({error}): name a function, or method='batched'"
        ) from None
    count = min(len(seeds), whole("workers", workers, 1) if workers is not None else available_cores())
    with process_pool(count) as pool:
        jobs = [pool.submit(_member, configuration, source, seed, arguments) for seed in seeds]
        for done, job in enumerate(as_completed(jobs), 1):
            failure = job.exception()
            if isinstance(failure, TrainingStopped):
                raise TrainingStopped(f"seed {seeds[jobs.index(job)]}: {failure}")
            if isinstance(failure, BrokenExecutor):
                raise SemtheoryError("a worker process ended abruptly (out of memory?); give fewer workers") from failure
            if failure is not None:
                raise failure
            if progress is not None:
                progress(done, len(jobs))
        return [job.result() for job in jobs]


def _batched(
    configuration: Mapping[str, Any],
    draw: Sampler,
    settings: list[Settings],
    place: torch.device,
    progress: Callable[[int, int], None] | None,
) -> list[Training]:
    models = [build(configuration, seed=each.seed).to(place) for each in settings]
    skeleton, steps = build(configuration).to(place), settings[0].steps
    with one_thread():
        optimiser = FlatAdamW(models, settings[0].decay, clip=settings[0].clip)
        losses = torch.zeros(steps, len(models), dtype=torch.float64, device=place)
        began = time.perf_counter()
        streams = zip(*(batches(draw, each) for each in settings), strict=True)
        for members in streams:
            step = members[0][0]
            drawn = [
                skeleton.draw(tokens, step_generator(each.seed, step))
                for each, (_, tokens) in zip(settings, members, strict=True)
            ]  # on the CPU, where a member alone draws too; then one copy to the GPU, not one a member
            together = tuple(torch.stack(parts).to(place) for parts in zip(*drawn, strict=True))
            loss = member_losses(skeleton, optimiser.parameters, together)
            if step == 0:
                alone = [tuple(part[k] for part in together) for k in range(len(models))]
                require_agreement(models, alone, loss.detach())
            losses[step] = loss.detach()
            gradients = torch.autograd.grad(loss.sum(), list(optimiser.parameters.values()))
            optimiser.receive(dict(zip(optimiser.parameters, gradients, strict=True)))
            optimiser.step(settings[0].rate(step))
            if step % 50 == 49 or step + 1 == steps:
                _require_numbers(losses[: step + 1], settings)
                if progress is not None:
                    progress(step + 1, steps)
        seconds = time.perf_counter() - began
    optimiser.attach(models)
    for model in models:
        for parameter in model.parameters():
            parameter.data, parameter.grad = parameter.data.clone(), None
    speed = steps * settings[0].batch * settings[0].length / seconds  # of one member; all of them made as many
    curves = losses.cpu().numpy()
    return [Training(m, curves[:, k], None, settings[k], seconds, speed) for k, m in enumerate(models)]


def member_losses(skeleton: SequenceModel, parameters: Mapping[str, Tensor], drawn: tuple[Tensor, ...]) -> Tensor:
    """The loss of each member, (M,): parameters name -> (M, *shape), drawn as `SequenceModel.draw`, (M, B, ...) each."""
    wrapped = _Objective(skeleton)

    def one(own: dict[str, Tensor], *mine: Tensor) -> Tensor:
        loss: Tensor = functional_call(
            wrapped, {f"model.{name}": value for name, value in own.items()}, mine, strict=True
        )
        return loss

    losses: Tensor = vmap(one)(dict(parameters), *drawn)
    return losses


class _Objective(torch.nn.Module):
    """`functional_call` calls `forward`: this one is the loss."""

    def __init__(self, model: SequenceModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, *drawn: Tensor) -> Tensor:
        return self.model.objective(*drawn)


@torch.no_grad()
def require_agreement(models: Sequence[SequenceModel], drawn: Sequence[tuple[Tensor, ...]], together: Tensor) -> None:
    """Each member's loss computed alone and with the others. Raises `InputError`: they differ, the recipe is wrong."""
    for number, (model, mine, found) in enumerate(zip(models, drawn, together.tolist(), strict=True)):
        alone = float(model.objective(*mine))
        if not abs(found - alone) <= AGREEMENT * (1 + abs(alone)):
            raise InputError(
                f"member {number}: loss {found:.6g} with the others, {alone:.6g} alone; batching would train something "
                "else than these models (weights tied under two names do this): use method='processes'"
            )


def _require_numbers(losses: Tensor, settings: Sequence[Settings]) -> None:
    bad = torch.nonzero(~torch.isfinite(losses))
    if len(bad):
        step, member = (int(k) for k in bad[0])
        raise TrainingStopped(
            f"seed {settings[member].seed}: the loss is {float(losses[step, member])} at step {step + 1}"
        )
