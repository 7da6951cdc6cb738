"""One thread a process. The arrays here are small: a second thread gains nothing, and on a shared core the first waits for it."""

from __future__ import annotations

import os


def one_thread_each() -> None:
    """For this process, when nothing numeric is imported yet, and for those it starts; who has set a number keeps it."""
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
