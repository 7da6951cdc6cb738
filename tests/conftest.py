"""For all tests: one thread a process, as on the command line, set before NumPy is imported."""

from semtheory.workers import one_thread_each

one_thread_each()
