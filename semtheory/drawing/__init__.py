"""Figures: one `Figure` a module, theory and numbers in the same axes, the data beside the picture."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from semtheory.drawing.catalogue import Catalogue as Catalogue
    from semtheory.drawing.catalogue import load_catalogue as load_catalogue
    from semtheory.drawing.figure import Figure as Figure
    from semtheory.drawing.figure import Setting as Setting
    from semtheory.drawing.making import make_figures as make_figures
    from semtheory.drawing.rendering import render as render
    from semtheory.drawing.tables import Table as Table
    from semtheory.drawing.tables import Tables as Tables

_MODULES = {
    "catalogue": ("Catalogue", "load_catalogue"),
    "figure": ("Figure", "Setting"),
    "making": ("make_figures",),
    "rendering": ("render",),
    "tables": ("Table", "Tables"),
}
_HOMES = {name: f"semtheory.drawing.{module}" for module, names in _MODULES.items() for name in names}
__all__ = [*sorted(_HOMES)]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'semtheory.drawing' has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return [*__all__]
