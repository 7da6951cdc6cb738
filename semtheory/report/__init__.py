"""The record of a run as a web page: a folder of files that opens from disk, needs no network and runs no framework.

from semtheory.report import write_report
write_report("report", run)                     # a Run, or the document of `semtheory verify --json`
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from semtheory.report.site import write_report

__all__ = ["write_report"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from semtheory.report import site

        return getattr(site, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
