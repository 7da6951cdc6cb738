"""Reading what users pass in: laws, units, axes; every refusal names the value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from semtheory.errors import InputError
from semtheory.processes._checks import Array as Array
from semtheory.processes._checks import probabilities, real_array
from semtheory.values import Value

Axes = int | Iterable[int]


def as_pmf(values: Any, name: str = "pmf") -> Array:
    """A probability array of any shape: nothing negative, total 1. Raises `InputError`."""
    array = real_array(name, values)
    return probabilities(name, array, None, over=tuple(range(array.ndim)))


def as_axes(axes: Axes, dimension: int, name: str) -> tuple[int, ...]:
    """Axes of an array as distinct numbers from 0. Raises `InputError`."""
    if not isinstance(axes, (int, np.integer, Iterable)):
        raise InputError(f"{name}={axes!r}: expected an axis, a number from 0 to {dimension - 1}, or several")
    chosen = (axes,) if isinstance(axes, (int, np.integer)) else tuple(axes)
    for axis in chosen:
        if not isinstance(axis, (int, np.integer)) or not -dimension <= axis < dimension:
            raise InputError(f"{name}: axis {axis!r} of an array with {dimension} axes: expected 0 to {dimension - 1}")
    return tuple(dict.fromkeys(int(axis) % dimension for axis in chosen))


def exact(nats: float, unit: str, least: float = 0.0) -> Value:
    """A number of nats that rounding may have pushed below `least`, in `unit`."""
    return Value.exact(max(nats, least), unit)
