"""Many runs: sources x architectures x sizes x seeds, through any `concurrent.futures.Executor`, into one store.

A result is in the store before the next step is taken, so a sweep may be killed at any moment; begun again, it makes what is
missing. Two at once share a store and the work: a run is claimed before it is handed out, and the claim of a sweep that is gone
is free again.
"""

from __future__ import annotations

import itertools
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from semtheory.errors import MissingExtra, SemtheoryError
from semtheory.experiments.runs import key_of, perform, run_configuration
from semtheory.experiments.sources import DEFAULT
from semtheory.experiments.store import LEASE, Store
from semtheory.workers import process_pool

_LOOK_AGAIN = 0.1  # seconds, when all that is missing is being made by another sweep
Configuration = dict[str, Any]
Progress = Callable[[int, int], None]
"""Called as progress(done, total)."""


@dataclass(frozen=True)
class Swept:
    """What a sweep did: results in the order asked (None where a run failed), how many were made now, how many were there
    before or were made by another sweep meanwhile, what failed."""

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
    queue = deque(c for c in configurations if store.get(c) is None)
    found = len(configurations) - len(queue)
    made, done = 0, found
    failed: list[tuple[Configuration, str]] = []
    lost: set[str] = set()  # keys of runs that a dying worker took along: each is tried once more, alone
    waiting: dict[Future[dict[str, Any]], Configuration] = {}

    def ended() -> None:
        nonlocal done
        done += 1
        if progress:
            progress(done, len(configurations))

    if progress:
        progress(done, len(configurations))
    renewed = time.monotonic()
    try:
        while queue or waiting:
            for _ in range(len(queue)):
                if len(waiting) == ahead or any(key_of(c) in lost for c in waiting.values()):
                    break
                configuration = queue.popleft()
                if waiting and key_of(configuration) in lost:
                    queue.append(configuration)
                elif store.claim(configuration):
                    waiting[_submitted(executor, perform, configuration)] = configuration
                elif store.get(configuration) is not None:  # another sweep made it
                    found += 1
                    ended()
                else:  # another sweep is at it
                    queue.append(configuration)
            if not waiting:
                time.sleep(_LOOK_AGAIN)
                continue
            for future in wait(waiting, LEASE / 3, FIRST_COMPLETED).done:
                configuration = waiting.pop(future)
                try:
                    result = future.result()
                except BrokenExecutor:
                    if key_of(configuration) not in lost:
                        lost.add(key_of(configuration))
                        queue.append(configuration)
                        continue
                    failed.append((configuration, "its worker process ended abruptly, twice (out of memory?)"))
                except SemtheoryError as error:
                    failed.append((configuration, str(error)))
                except Exception as error:
                    failed.append((configuration, f"{type(error).__name__}: {error}"))
                else:
                    made += store.add(configuration, result)
                store.release(configuration)
                ended()
            if time.monotonic() - renewed > LEASE / 3:
                renewed = time.monotonic()
                for configuration in waiting.values():
                    store.claim(configuration)
    except BaseException:
        for future, configuration in waiting.items():
            if future.done() and not future.cancelled() and future.exception() is None:
                store.add(configuration, future.result())
            store.release(configuration)
        raise
    results = tuple(store.get(configuration) for configuration in configurations)
    return Swept(results, made, found, tuple(failed))


def _submitted(
    executor: Executor, perform: Callable[[Configuration], dict[str, Any]], configuration: Configuration
) -> Future[dict[str, Any]]:
    """The run handed out; where the executor is broken for good, a future that says so."""
    try:
        return executor.submit(perform, configuration)
    except BrokenExecutor as error:
        broken: Future[dict[str, Any]] = Future()
        broken.set_exception(error)
        return broken


class _Workers(Executor):
    """A pool of processes that is made anew when a worker was killed."""

    def __init__(self, count: int, opened: ExitStack) -> None:
        self._count, self._opened = count, opened
        self._pool = opened.enter_context(process_pool(count))

    def submit(self, call: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        try:
            return self._pool.submit(call, *arguments, **named)
        except BrokenExecutor:
            self._pool = self._opened.enter_context(process_pool(self._count))
            return self._pool.submit(call, *arguments, **named)


@contextmanager
def workers(count: int) -> Iterator[Executor]:
    """So many processes, each with one thread of torch; they end when this process does, however it ends."""
    with ExitStack() as opened:
        yield _Workers(count, opened)


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
