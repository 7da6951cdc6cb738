"""Many runs: sources x architectures x sizes x seeds, through any `concurrent.futures.Executor`, into one store.

A result is in the store before the next step is taken, so a sweep may be killed at any moment; begun again, it makes what is
missing. Two at once share a store: each looks again before it hands out a run.
"""

from __future__ import annotations

import itertools
import multiprocessing
import multiprocessing.connection
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from semtheory.errors import MissingExtra, SemtheoryError
from semtheory.experiments.runs import key_of, perform, run_configuration
from semtheory.experiments.sources import DEFAULT
from semtheory.experiments.store import Store
from semtheory.threads import one_thread_each

Configuration = dict[str, Any]
Progress = Callable[[int, int], None]
"""Called as progress(done, total)."""


@dataclass(frozen=True)
class Swept:
    """What a sweep did: results in the order asked (None where a run failed), how many were made now, what failed."""

    results: tuple[dict[str, Any] | None, ...]
    made: int
    found: int
    failed: tuple[tuple[Configuration, str], ...]


def grid(
    sources: Sequence[str] = (DEFAULT,),
    architectures: Sequence[str] = ("Transformer",),
    seeds: Iterable[int] = (0,),
    sizes: Mapping[str, Sequence[Any]] | None = None,
    **settings: Any,
) -> list[Configuration]:
    """Every combination, each once, as full configurations.

    Args:
        sizes: values for each size, such as {"width": [8, 16], "layers": [1, 2]}. settings: for all runs, as of
            `run_configuration`.

    Raises:
        InputError: as `run_configuration`.
    """
    names, values = list(sizes or {}), [list(v) for v in (sizes or {}).values()]
    made = [
        run_configuration(source, architecture, seed=seed, **dict(zip(names, chosen, strict=True)), **settings)
        for source, architecture, chosen, seed in itertools.product(
            sources, architectures, itertools.product(*values), list(seeds)
        )
    ]
    return list({key_of(configuration): configuration for configuration in made}.values())


def sweep(
    configurations: Sequence[Configuration],
    store: Store,
    executor: Executor,
    *,
    ahead: int = 4,
    progress: Progress | None = None,
    perform: Callable[[Configuration], dict[str, Any]] = perform,
) -> Swept:
    """Make the runs that the store lacks.

    Args:
        executor: where runs are made; `workers` and `cluster` make one. ahead: how many are handed out at a time, enough
            to keep every worker busy.
        perform: what a run is: from a configuration to a result in plain JSON, the same for the same.

    Raises:
        StoreError: the store fails. A run that fails is in `failed`, and the others go on.
    """
    missing = iter([c for c in configurations if store.get(c) is None])
    found = sum(store.get(c) is not None for c in configurations)
    failed: list[tuple[Configuration, str]] = []
    waiting: dict[Future[dict[str, Any]], Configuration] = {}
    made, done = 0, found
    if progress:
        progress(done, len(configurations))
    while True:
        while len(waiting) < ahead:
            configuration = next((c for c in missing if store.get(c) is None), None)  # another sweep may have made it
            if configuration is None:
                break
            waiting[executor.submit(perform, configuration)] = configuration
        if not waiting:
            break
        for future in wait(waiting, return_when=FIRST_COMPLETED).done:
            configuration = waiting.pop(future)
            try:
                made += store.add(configuration, future.result())
            except SemtheoryError as error:
                if type(error).__name__ == "StoreError":
                    raise
                failed.append((configuration, str(error)))
            except Exception as error:
                failed.append((configuration, f"{type(error).__name__}: {error}"))
            done += 1
            if progress:
                progress(done, len(configurations))
    results = tuple(store.get(configuration) for configuration in configurations)
    return Swept(results, made, found, tuple(failed))


@contextmanager
def workers(count: int) -> Iterator[Executor]:
    """A pool of processes, each with one thread of torch; they end when this process does, however it ends."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, context, initializer=_start_worker) as pool:
        yield pool


def _start_worker() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    one_thread_each()


def _end_with(sentinel: int) -> None:
    """A worker whose parent was killed would wait for work for ever."""
    multiprocessing.connection.wait([sentinel])
    os._exit(1)


@contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """The workers of a Dask cluster. Raises `MissingExtra` without `distributed`, `SemtheoryError` when nobody answers."""
    try:
        connect: Any = import_module("distributed").Client
    except ModuleNotFoundError as error:
        raise MissingExtra(f"--cluster needs {error.name}: pip install 'semtheory[cluster]'") from None
    try:
        client = connect(address, timeout="10s", set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise SemtheoryError(
            f"cluster {address}: {error}; expected the address of a Dask scheduler, such as tcp://host:8786"
        ) from None
    with client:
        yield client.get_executor()
