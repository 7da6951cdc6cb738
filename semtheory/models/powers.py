"""2^w - 1 and log(1 + q) for compiled loops, as the exponentials in `compiled`: they fill vector registers in float32, libm in float64."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import types
from numba.extending import overload

from semtheory.models.compiled import KEPT

LN2 = math.log(2)
B1, B2, B3, B4, B5, B6 = (  # (2^r - 1)/r at Chebyshev's points of |r| <= 1/2, to 1e-8
    np.float32(c) for c in (0.693147188, 0.2402265092, 0.055503571, 0.0096180567, 0.0013390867, 0.0001546145)
)
A1, A2, A3, A4, A5, A6, A7 = (np.float32(1 / (2 * n + 1)) for n in range(1, 8))  # of artanh
FEWEST, MANY = np.float32(-126), np.float32(127)
SHIFT = np.float32(1.5 * 2**23)  # w + SHIFT is rounded to a whole number, which its last bits hold
ONE, TWO = np.float32(1), np.float32(2)
MANTISSA, BIAS = np.int32(23), np.int32(127 << 23)


def exp2m1(w: Any) -> Any:
    """2^w - 1 to 2 units of the last digit, in half the time of `expm1` in compiled loops of float32, w clipped to [-126, 127]."""
    return math.expm1(w * LN2)


def log1p(q: Any) -> Any:
    """log(1 + q) for 0 <= q <= 1, to 2 units of the last digit: with s = q/(2 + q), 2 (s + s^3/3 + s^5/5 + ...)."""
    return math.log1p(q)


@overload(exp2m1, jit_options={"fastmath": KEPT, "forceinline": True})
def _exp2m1(w: Any) -> Any:
    def of_single(w: Any) -> Any:
        w = FEWEST if w < FEWEST else (MANY if w > MANY else w)
        shifted = w + SHIFT
        r = w - (shifted - SHIFT)  # exact
        p = (((((B6 * r + B5) * r + B4) * r + B3) * r + B2) * r + B1) * r
        k = np.float32(shifted).view(np.int32)
        power = np.int32((k << MANTISSA) + BIAS).view(np.float32)
        return p * power + (power - ONE)

    return of_single if w == types.float32 else exp2m1


@overload(log1p, jit_options={"fastmath": KEPT, "forceinline": True})
def _log1p(q: Any) -> Any:
    def of_single(q: Any) -> Any:
        s = q / (TWO + q)
        z = s * s
        p = ((((((A7 * z + A6) * z + A5) * z + A4) * z + A3) * z + A2) * z + A1) * z
        return TWO * (s + s * p)

    return of_single if q == types.float32 else log1p
