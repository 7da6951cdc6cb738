"""Run many theorems: in this process or in several, ancestors included, and combine their levels over the graph."""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path
from typing import Any

import semtheory
from semtheory.errors import SemtheoryError, TheoremError
from semtheory.logic.evidence import LEVELS, weakest
from semtheory.logic.records import Run, TheoremReport
from semtheory.logic.registry import GROUP, Registered, Registry, load_origin, load_registry, theorems_in
from semtheory.logic.theorem import Theorem
from semtheory.logic.verification import PROFILES, Options, failed, judge, verify_theorem
from semtheory.workers import process_pool

DEVICES = ("auto", "cpu", "cuda")
_WORTH_A_POOL = 4  # below this many theorems, starting processes costs more than it saves
_DEPENDENCIES = ("sympy", "numpy", "scipy", "python-flint", "hypothesis", "lark")

Progress = Callable[[str, str, "TheoremReport | None", int, int], None]
"""Called as progress(event, id, report, done, total); event is "start" or "done", report is None at "start"."""


def verify(
    *names: str | Theorem,
    profile: str = "quick",
    jobs: int = 1,
    seed: int = 0,
    unit: str = "nats",
    device: str = "auto",
    strict: bool = False,
    fresh: bool = False,
    record: str = "",
    progress: Progress | None = None,
    registry: Registry | None = None,
) -> Run:
    """Verify theorems and all that they depend on.

    Args:
        names: ids, globs such as "DI*", paths of theorem modules ending in .py, or `Theorem` objects; none means all.
        profile: "quick" or "full": how many random instances, how much time an answer may take.
        jobs: worker processes. Above 1, call from a script guarded by `if __name__ == "__main__"`; `Theorem` objects
            given directly are run in this process.
        seed: of every random choice.
        unit: "nats" or "bits", for numbers shown in counterexamples.
        device: "auto", "cpu" or "cuda", for theorems that train models.
        strict: also count a level above its target, and a statement never compared with numbers, as failures.
        fresh: measure what is observed in trained models at full size again, and compare with the records.
        record: with `fresh`, the command to be kept with new records, which replace the old ones; none are kept when "".
        progress: see `Progress`.
        registry: theorems to choose from; by default all that are installed.

    Returns:
        A `Run`. Interrupted by Ctrl-C, it holds what was finished until then.

    Raises:
        UnknownTheorem: no theorem of that name, with near matches.
        TheoremError: a theorem module that cannot be loaded, or a dependency graph with a gap or a circle.
    """
    if profile not in PROFILES:
        raise SemtheoryError(f"profile {profile!r}: expected one of {', '.join(PROFILES)}")
    if unit not in ("nats", "bits"):
        raise SemtheoryError(f"unit {unit!r}: expected nats or bits")
    if device not in DEVICES:
        raise SemtheoryError(f"device {device!r}: expected one of {', '.join(DEVICES)}")
    if jobs < 1:
        raise SemtheoryError(f"jobs {jobs}: expected 1 or more")
    chosen, registry = choose(names, registry)
    tasks = registry.with_ancestors(chosen)
    if record and not fresh:
        raise SemtheoryError("new records are kept of fresh measurements only: ask for --fresh with --record")
    options = Options(PROFILES[profile], seed, unit, strict, device, fresh, record)
    start = time.perf_counter()
    reports: dict[str, TheoremReport] = {}
    interrupted = False
    jobs = jobs if len(tasks) >= _WORTH_A_POOL and all(task.origin for task in tasks) else 1
    try:
        for report in _in_pool(tasks, options, jobs, progress) if jobs > 1 else _in_turn(tasks, options, progress):
            reports[report.id] = report
    except KeyboardInterrupt:
        interrupted = True
    combined = combine([reports[task.theorem.id] for task in tasks if task.theorem.id in reports], strict)
    wanted = [entry.theorem.id for entry in chosen]
    return Run(
        theorems=tuple(combined[name] for name in wanted if name in combined),
        ancestors=tuple(report for name, report in combined.items() if name not in wanted),
        environment=environment(profile=profile, seed=seed, jobs=jobs, device=device, unit=unit),
        seconds=time.perf_counter() - start,
        interrupted=interrupted,
        missing=tuple(name for name in wanted if name not in combined),
    )


def choose(names: Sequence[str | Theorem], registry: Registry | None = None) -> tuple[list[Registered], Registry]:
    """The theorems that `names` mean, and the registry with those of named files and given objects added."""
    patterns = [name for name in names if isinstance(name, str) and not name.endswith(".py")]
    files = [Path(name) for name in names if isinstance(name, str) and name.endswith(".py")]
    given = [Registered(name, "", "", "") for name in names if isinstance(name, Theorem)]
    entries = list(registry if registry is not None else load_registry(files))
    if registry is not None:
        entries += [entry for file in files for entry in theorems_in(load_origin(str(file)), str(file))]
    known = {id(entry.theorem) for entry in entries}
    registry = Registry(entries + [entry for entry in given if id(entry.theorem) not in known])
    if not len(registry):
        raise TheoremError(f"no theorem package is installed (entry-point group {GROUP}); nothing to run")
    wanted = {entry.theorem.id for entry in given} | {
        entry.theorem.id for file in files for entry in _in_file(registry, file)
    }
    if patterns or not names:
        wanted |= {entry.theorem.id for entry in registry.select(patterns)}
    return [entry for entry in registry if entry.theorem.id in wanted], registry


def _in_file(registry: Registry, file: Path) -> list[Registered]:
    found = [entry for entry in registry if entry.file and Path(entry.file).resolve() == file.resolve()]
    if not found:
        raise TheoremError(f"{file} states no theorem; expected a module with a Theorem(...) at its top level")
    return found


def combine(reports: Sequence[TheoremReport], strict: bool = False) -> dict[str, TheoremReport]:
    """Weakest link: each theorem's level is the weakest of its own and of its ancestors', `reports` ancestors first."""
    done: dict[str, TheoremReport] = {}
    for report in reports:
        # An ancestor that was not finished is no evidence.
        parents = {name: done[name].level if name in done else "undecided" for name in report.depends}
        level = weakest([report.own, *parents.values()])
        culprit = "" if level == report.own else max(parents, key=lambda name: LEVELS.index(parents[name]))
        combined = judge(report, level, f"{culprit}, which is {level}" if culprit else "", strict)
        cited = dict.fromkeys(
            report.cited + tuple(c for name in report.depends if name in done for c in done[name].cited)
        )
        done[report.id] = replace(combined, cited=tuple(cited))
    return done


def _in_turn(tasks: Sequence[Registered], options: Options, progress: Progress | None) -> Iterator[TheoremReport]:
    for done, task in enumerate(tasks):
        if progress:
            progress("start", task.theorem.id, None, done, len(tasks))
        report = verify_theorem(task.theorem, options)
        if progress:
            progress("done", task.theorem.id, report, done + 1, len(tasks))
        yield report


def _in_pool(
    tasks: Sequence[Registered], options: Options, jobs: int, progress: Progress | None
) -> Iterator[TheoremReport]:
    """As `_in_turn`, in worker processes; in this one where the system grants no processes."""
    open_pool = contextlib.ExitStack()
    try:
        pool = open_pool.enter_context(process_pool(min(jobs, len(tasks))))
    except (OSError, NotImplementedError):  # a system without semaphores: the same reports, one after the other
        yield from _in_turn(tasks, options, progress)
        return
    done = 0
    with open_pool:
        waiting: dict[Future[TheoremReport], Registered] = {
            pool.submit(_work, task.origin, task.theorem.id, options): task for task in tasks
        }
        while waiting:
            finished, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in finished:
                task = waiting.pop(future)
                report = _outcome(future, task.theorem)
                done += 1
                if progress:
                    progress("done", task.theorem.id, report, done, len(tasks))
                yield report


def _outcome(future: Future[TheoremReport], theorem: Theorem) -> TheoremReport:
    try:
        return future.result()
    except BrokenProcessPool:
        return failed(theorem, "a worker process ended abruptly (out of memory?); try again with --jobs 1")
    except Exception as error:
        return failed(theorem, f"could not be run in a worker process: {type(error).__name__}: {error}")


def _work(origin: str, name: str, options: Options) -> TheoremReport:
    for entry in theorems_in(load_origin(origin), origin):
        if entry.theorem.id == name:
            return verify_theorem(entry.theorem, options)
    raise TheoremError(f"{origin} no longer states {name}")


def environment(**settings: Any) -> dict[str, Any]:
    """Versions and settings of a run, for its record."""
    versions: dict[str, str] = {}
    for name in _DEPENDENCIES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            versions[name] = importlib.metadata.version(name)
    return {
        "semtheory": semtheory.__version__,
        "python": platform.python_version(),
        "platform": f"{sys.platform}-{platform.machine()}",
        "cpus": os.cpu_count(),
        "packages": versions,
        **settings,
    }
