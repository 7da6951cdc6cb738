"""Worker processes: how many, one thread each, ended with their parent and when it is interrupted."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager


def available_cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def one_thread_each() -> None:
    """For this process, when nothing numeric is imported yet, and for those it starts; who has set a number keeps it.

    The arrays here are small: a second thread gains nothing, and on a shared core the first waits for it.
    """
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")


@contextmanager
def process_pool(count: int) -> Iterator[ProcessPoolExecutor]:
    """A pool of so many processes.

    When the block is left by an exception, Ctrl-C among them, the workers are ended at once and nothing more is begun.

    Raises:
        OSError, NotImplementedError: the system grants no processes.
    """
    before = set(multiprocessing.active_children())
    # Spawned, not forked: no lock of this process can be inherited in a locked state.
    pool = ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), initializer=_start)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in set(multiprocessing.active_children()) - before:
            child.terminate()
        raise
    pool.shutdown()


def _start() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends a worker at once; the parent reports
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    one_thread_each()


def _end_with(sentinel: int) -> None:
    """A worker whose parent was killed would wait for work for ever."""
    multiprocessing.connection.wait([sentinel])
    os._exit(1)
