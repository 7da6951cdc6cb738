"""What the compiled loops of the models share: the decorator, and exponentials that fill vector registers.

Numba compiles a function for the types it is first called with, and keeps the machine code beside the source for the next process.
It would use that code again when only what the loop calls, in another file, has changed; here a change in any
file of loops makes it anew.

Inside a loop, index with the variables of `range` alone, or slice a row first: for `x[i + k]` Python's count from the end must be
allowed for, and the loop is then not vectorised. NaN comes out as NaN.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit, types
from numba.extending import overload

Loop = TypeVar("Loop", bound=Callable[..., Any])

LOOPS = [file for file in sorted(Path(__file__).parent.glob("*.py")) if b"compiled import" in file.read_bytes()]
SOURCES = hashlib.sha256(b"".join(file.read_bytes() for file in (Path(__file__), *LOOPS))).hexdigest()

EPSILON = 1e-6  # under the root of the mean square, in every norm of the models

# Sums may be taken in any order; NaN and infinity keep their meaning.
FAST = {"contract", "reassoc", "nsz", "arcp"}
OPTIONS: dict[str, Any] = {"fastmath": FAST, "error_model": "numpy", "nogil": True}
KEPT = {"contract"}  # in the exponentials the order is what makes them accurate

LOG2_E = np.float32(1 / math.log(2))
LN2_HIGH, LN2_LOW = np.float32(0.693359375), np.float32(math.log(2) - 0.693359375)  # k LN2_HIGH is exact
C2, C3, C4, C5, C6, C7 = (
    np.float32(1 / math.factorial(n)) for n in range(2, 8)
)  # Taylor's, enough for |r| <= ln 2 / 2
LEAST, MOST = np.float32(-87.0), np.float32(88.0)
ZERO, HALF, ONE = np.float32(0), np.float32(0.5), np.float32(1)
BIAS, MANTISSA = np.int32(127), np.int32(23)


def compiled(function: Loop) -> Loop:
    """Compiles a loop over arrays that Python calls, without the global lock."""
    try:
        made = njit(cache=True, **OPTIONS)(function)
        file = made._cache._cache_file
        file._source_stamp = (file._source_stamp, SOURCES)
    except (RuntimeError, AttributeError):
        # No place to keep machine code, or a Numba that keeps it otherwise: each process then compiles its own, and waits for it.
        made = njit(**OPTIONS)(function)
    return cast(Loop, made)


def inlined(function: Loop) -> Loop:
    """Compiles a part of a loop into each loop that calls it.

    Each then has machine code of its own. Of a part that two have in common, the process would use the copy that it saw
    first, and the last digits of a result would depend on what had been computed before.
    """
    return cast(Loop, njit(forceinline=True, **OPTIONS)(function))


def expm1(z: Any) -> Any:
    """e^z - 1: libm's; in compiled loops of float32 to 1 unit of the last digit or so, z clipped to [-87, 88]."""
    return math.expm1(z)


def exp(z: Any) -> Any:
    """e^z, as `expm1`."""
    return math.exp(z)


@njit(fastmath=KEPT, forceinline=True)
def _parts(z: Any) -> Any:
    """p and 2^k with e^z = 2^k (1 + p), |p| < 1/2, for float32."""
    z = LEAST if z < LEAST else (MOST if z > MOST else z)
    k = np.int32(z * LOG2_E + (HALF if z >= ZERO else -HALF))  # z = k ln 2 + r
    n = np.float32(k)
    r = z - n * LN2_HIGH - n * LN2_LOW
    p = (((((C7 * r + C6) * r + C5) * r + C4) * r + C3) * r + C2) * r * r + r
    return p, np.int32((k + BIAS) << MANTISSA).view(np.float32)


@overload(expm1, jit_options={"fastmath": KEPT, "forceinline": True})
def _expm1(z: Any) -> Any:
    def of_single(z: Any) -> Any:
        p, power = _parts(z)
        return p * power + (power - ONE)

    return of_single if z == types.float32 else expm1


@overload(exp, jit_options={"fastmath": KEPT, "forceinline": True})
def _exp(z: Any) -> Any:
    def of_single(z: Any) -> Any:
        p, power = _parts(z)
        return p * power + power

    return of_single if z == types.float32 else exp
