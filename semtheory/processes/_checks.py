"""What every source and channel asks of its arrays. The message names the row, the number, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from semtheory.errors import InputError

Array = NDArray[np.float64]
SUM_TOLERANCE = 1e-9  # how far a row may be from 1 before it is taken for a mistake rather than for rounding


def real_array(name: str, value: ArrayLike, dimensions: int | None = None) -> Array:
    """`value` as finite floats with so many axes. Raises `InputError`."""
    try:
        array = np.array(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(f"{name}: {value!r} is not an array of numbers ({error})") from None
    except RuntimeError as error:  # what a tensor that is being differentiated answers
        raise InputError(f"{name} is not an array of numbers: expected one, or a tensor's .detach() ({error})") from None
    if dimensions is not None and array.ndim != dimensions:
        raise InputError(f"{name} has shape {array.shape}: expected {dimensions} axes, not {array.ndim}")
    if array.size == 0:
        raise InputError(f"{name} is empty, shape {array.shape}: expected at least one entry on every axis")
    if not np.all(np.isfinite(array)):
        at = _first(~np.isfinite(array))
        raise InputError(f"{name}{list(at)} is {array[at]}: expected a finite number")
    return array


def probabilities(name: str, value: ArrayLike, dimensions: int | None, over: Sequence[int] = (-1,)) -> Array:
    """`value` as laws: nothing negative, and sums over the axes `over` equal to 1 (rounding is then divided out).

    Raises:
        InputError: naming the row, its sum, and the negative or missing entry.
    """
    array = real_array(name, value, dimensions)
    if array.ndim == 0:
        raise InputError(f"{name} is the number {float(array):.10g}: expected an array of probabilities")
    if np.any(array < 0):
        at = _first(array < 0)
        raise InputError(f"{name}{list(at)} is {array[at]:.10g}: a probability cannot be negative")
    axes = tuple(axis % array.ndim for axis in over)
    sums = array.sum(axis=axes, keepdims=True)
    wrong = np.abs(sums - 1) > SUM_TOLERANCE
    if np.any(wrong):
        at = _first(wrong)
        row = ", ".join(":" if axis in axes else str(at[axis]) for axis in range(array.ndim))
        raise InputError(
            f"{name}[{row}] sums to {float(sums[at]):.10g}, expected 1; divide by its sum if you meant weights"
        )
    return array / sums


def probability(name: str, value: Any) -> float:
    """A number in [0, 1]. Raises `InputError`."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"{name}={value!r}: expected a probability, a number from 0 to 1") from None
    if not 0 <= number <= 1:
        raise InputError(f"{name}={value!r}: expected a probability, a number from 0 to 1")
    return number


def law(name: str, value: ArrayLike | None, size: int) -> Array | None:
    """A law on `size` outcomes, or None."""
    if value is None:
        return None
    array = probabilities(name, value, 1)
    if len(array) != size:
        raise InputError(f"{name} has {len(array)} entries: expected {size}")
    return array


def count(name: str, value: Any, least: int = 0) -> int:
    """A whole number, at least `least`. Raises `InputError`."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise InputError(f"{name}={value!r}: expected a whole number, at least {least}")
    return int(value)


def width(name: str, value: Any) -> float:
    """A number of nats above 0, which may be infinite. Raises `InputError`."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)) or not value > 0:
        raise InputError(f"{name}={value!r}: expected a width above 0, in nats")
    return float(value)


def symbols(name: str, value: Any, size: int) -> list[int]:
    """A sequence of symbols 0 to size - 1, empty ones included. Raises `InputError`."""
    try:
        array = np.asarray(value).ravel()
    except (TypeError, ValueError, RuntimeError) as error:
        raise InputError(f"{name}: {value!r} is not a sequence of symbols ({error})") from None
    for found in array.tolist():
        if not isinstance(found, (int, float)) or found not in range(size):
            raise InputError(f"{name} holds {found!r}: expected symbols 0 to {size - 1}")
    return [int(found) for found in array.tolist()]


def frozen(array: Array) -> Array:
    """The same array, no longer writable: what was checked stays so."""
    array.flags.writeable = False
    return array


def _first(mask: NDArray[np.bool_]) -> tuple[int, ...]:
    return tuple(int(k) for k in np.argwhere(mask)[0])
