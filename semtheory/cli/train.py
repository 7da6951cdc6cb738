"""`semtheory train` and `semtheory sweep`: tiny models on sources whose exact optimum is known."""

from __future__ import annotations

import json as json_format
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from semtheory.cli.output import SeedOption, UnitOption, require_writable, write_json
from semtheory.errors import InputError
from semtheory.workers import available_cores

if TYPE_CHECKING:
    from semtheory.models.training import Progress as Step

_DEFAULT = "mess3(0.05,0.85)"  # as semtheory.experiments.sources.DEFAULT, which is not imported for --help
Source = Annotated[str, typer.Argument(metavar="[SOURCE]", help="Such as 'mess3(0.05,0.85)', golden_mean, rrxor.")]
Sequences = Annotated[int, typer.Option("--sequences", min=2, help="Sequences that the excess is measured on.")]
Device = Annotated[Literal["auto", "cpu", "cuda"], typer.Option("--device", help="Where to train.")]
Json = Annotated[str | None, typer.Option("--json", metavar="FILE", help="Write the record; - for stdout.")]


def train(
    source: Source = _DEFAULT,
    architecture: Annotated[
        str, typer.Option("--architecture", "-a", help="Transformer, Mamba, Mamba2 or LLaDA.")
    ] = "Transformer",
    context: Annotated[int, typer.Option("--context", min=1, help="Tokens in a sequence.")] = 32,
    width: Annotated[int, typer.Option("--width", min=1)] = 32,
    layers: Annotated[int, typer.Option("--layers", min=1)] = 2,
    steps: Annotated[int, typer.Option("--steps", min=1)] = 1000,
    batch: Annotated[int, typer.Option("--batch", min=1, help="Sequences a step.")] = 64,
    learning_rate: Annotated[float, typer.Option("--learning-rate")] = 3e-3,
    seed: SeedOption = 0,
    device: Device = "auto",
    checkpoint: Annotated[str | None, typer.Option("--checkpoint", metavar="FILE", help="Kept while training.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the checkpoint if it is there.")] = False,
    save: Annotated[str | None, typer.Option("--save", metavar="FILE", help="Write the trained model.")] = None,
    within: Annotated[
        float | None,
        typer.Option("--within", help="Exit with 1 unless the excess is surely at most this, in --unit a token."),
    ] = None,
    sequences: Sequences = 512,
    json: Json = None,
    unit: UnitOption = "nats",
) -> None:
    """Train one model, and say how far above the exact optimum of its source it ends.

    The excess is the loss a token above that of the exact filter on the same sequences at the same context, with a 95 %
    interval over sequences. Exit code 0; 1 with --within when the interval's upper end lies above it, or when the
    loss stopped being a number; 2: wrong usage.
    """
    from semtheory.errors import TrainingStopped
    from semtheory.experiments.evaluation import excess
    from semtheory.experiments.runs import run_configuration, train_run
    from semtheory.experiments.sources import named_source

    require_writable(json, save, checkpoint)
    if resume and checkpoint is None:
        raise InputError("--resume without --checkpoint FILE: say what to go on from")
    configuration = run_configuration(
        source, architecture, steps=steps, batch=batch, learning_rate=learning_rate, seed=seed, sequences=sequences,
        context=context, width=width, layers=layers,
    )  # fmt: skip
    to_stderr = json == "-"
    try:
        with _bar(steps) as progress:
            made = train_run(configuration, device=device, checkpoint=checkpoint, resume=resume, progress=progress)
    except TrainingStopped as error:
        typer.echo(f"semtheory: {error}", err=True)
        raise typer.Exit(1) from None
    if save:
        made.model.save(save)
    found = excess(made.model, named_source(configuration["source"]), sequences=sequences, unit=unit)
    good = within is None or found.upper <= within
    typer.echo(
        f"{configuration['architecture']}, {made.model.parameter_count} parameters, on {configuration['source']}: "
        f"{steps} steps, {made.seconds:.1f} s, {made.tokens_per_second:.0f} tokens/s\n"
        f"excess over the exact optimum at context {context}: {float(found):.6f} {unit} a token, "
        f"95 % interval [{found.lower:.6f}, {found.upper:.6f}], {sequences} sequences"
        + ("" if within is None else f"\n{'within' if good else 'NOT within'} {within:g} {unit}"),
        err=to_stderr,
    )
    if json:
        number = {"value": float(found), "lower": found.lower, "upper": found.upper, "unit": unit}
        write_json(json, {"schema": 1, "configuration": configuration, "excess": number, "seconds": made.seconds})
    raise typer.Exit(0 if good else 1)


@contextmanager
def _bar(steps: int) -> Iterator[Callable[[Step], None]]:
    """A live bar with the loss beside the optimum on a terminal; ten lines otherwise."""
    from collections import deque

    recent: deque[float] = deque(maxlen=50)  # one batch is noise

    def told(step: Step) -> str:
        recent.append(step.loss)
        best = "" if step.optimum is None else f", optimum {step.optimum:.4f}"
        return f"loss {sum(recent) / len(recent):.4f}{best} nats"

    if not sys.stderr.isatty():

        def line(step: Step) -> None:
            text = told(step)
            if step.step * 10 // steps > (step.step - 1) * 10 // steps:
                typer.echo(f"[{step.step}/{steps}] {text}", err=True)

        yield line
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=steps)
        yield lambda step: bar.update(task, completed=step.step, description=told(step))


def sweep(
    sources: Annotated[list[str] | None, typer.Option("--source", help="May be given again.")] = None,
    architectures: Annotated[list[str] | None, typer.Option("--architecture", "-a", help="May be given again.")] = None,
    widths: Annotated[list[int] | None, typer.Option("--width", help="May be given again.")] = None,
    layers: Annotated[list[int] | None, typer.Option("--layers", help="May be given again.")] = None,
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="Seeds 0, 1, ... for each.")] = 3,
    context: Annotated[int, typer.Option("--context", min=1)] = 32,
    steps: Annotated[int, typer.Option("--steps", min=1)] = 500,
    batch: Annotated[int, typer.Option("--batch", min=1)] = 64,
    learning_rate: Annotated[float, typer.Option("--learning-rate")] = 3e-3,
    sequences: Sequences = 512,
    store: Annotated[str, typer.Option("--store", metavar="FILE", help="SQLite file of results.")] = "semtheory.sqlite",
    jobs: Annotated[int | None, typer.Option("--jobs", min=1, help="Worker processes; by default one a core.")] = None,
    address: Annotated[
        str | None, typer.Option("--cluster", metavar="ADDRESS", help="A Dask scheduler, such as tcp://host:8786.")
    ] = None,
    json: Json = None,
    unit: UnitOption = "nats",
) -> None:
    """Train sources x architectures x sizes x seeds, each result kept as soon as it is there.

    Killed at any moment and begun again, it repeats nothing that is kept; two may share a store. Exit code 0: all runs
    have a result; 1: some failed; 2: wrong usage.
    """
    from semtheory.experiments.runs import untrained
    from semtheory.experiments.store import Store
    from semtheory.experiments.sweeping import cluster, grid, workers
    from semtheory.experiments.sweeping import sweep as run

    require_writable(json)
    runs = grid(
        sources or (_DEFAULT,), architectures or ("Transformer",), range(seeds),
        {"width": widths or [32], "layers": layers or [2]}, context=context, steps=steps, batch=batch,
        learning_rate=learning_rate, sequences=sequences,
    )  # fmt: skip
    if address is None:
        _require_torch()
        for one in {str((run["architecture"], run["sizes"])): run for run in runs}.values():
            untrained(one)  # sizes that do not fit each other are told now, not once a run
    count = jobs or available_cores()
    say = json == "-"
    with Store(store) as results:
        where = cluster(address) if address is not None else workers(count)
        try:
            with where as executor, _counted(len(runs)) as progress:
                ahead = 64 if address is not None else 2 * count
                swept = run(runs, results, executor, ahead=ahead, progress=progress)
        except KeyboardInterrupt:
            kept = sum(results.get(configuration) is not None for configuration in runs)
            typer.echo(f"interrupted: {store} holds {kept} of {len(runs)} runs; the same command makes the others", err=True)
            raise typer.Exit(130) from None
    shown = [None if result is None else _in_unit(result, unit) for result in swept.results]
    for configuration, result in zip(runs, shown, strict=True):
        sizes = " ".join(f"{key}={value}" for key, value in configuration["sizes"].items() if key != "vocabulary")
        head = f"{configuration['source']} {configuration['architecture']} {sizes} seed={configuration['seed']}"
        if result is not None:
            interval = f"[{result['lower']:.6f}, {result['upper']:.6f}]"
            typer.echo(f"{head}: excess {result['excess']:.6f} {unit} {interval}", err=say)
    for configuration, why in swept.failed:
        typer.echo(f"failed: {json_format.dumps(configuration)}: {why}", err=True)
    typer.echo(
        f"{len(runs)} runs: {swept.made} made now, {swept.found} found in {store}, {len(swept.failed)} failed", err=say
    )
    if json:
        rows = [{"configuration": c, "result": r} for c, r in zip(runs, shown, strict=True)]
        write_json(json, {"schema": 1, "unit": unit, "runs": rows})
    raise typer.Exit(1 if swept.failed or None in shown else 0)


def _in_unit(result: dict[str, Any], unit: str) -> dict[str, Any]:
    """A result of the store, which has nats, in `unit` a token."""
    from semtheory.values import UNITS

    return {key: value / UNITS[unit] if key in ("excess", "lower", "upper", "loss") else value for key, value in result.items()}


def _require_torch() -> None:
    from importlib.util import find_spec

    from semtheory.errors import MissingExtra

    if find_spec("torch") is None:
        raise MissingExtra("sweep needs torch: pip install 'semtheory[models]'")


@contextmanager
def _counted(total: int) -> Iterator[Callable[[int, int], None]]:
    if not sys.stderr.isatty():
        yield lambda done, of: typer.echo(f"[{done}/{of}]", err=True)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

    with Progress(BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=Console(stderr=True)) as bar:
        task: Any = bar.add_task("", total=total)
        yield lambda done, of: bar.update(task, completed=done, total=of)
