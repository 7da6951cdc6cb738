"""Feedback capacity of the Gaussian channel with ARMA(1,1) noise (Kim 2010): a root of a polynomial of one variable.

Noise Z_i + beta Z_{i-1} = U_i + alpha U_{i-1} with Var U = 1 and power P: C = -log x0, x0 in (0, 1) the root of
P x^2 (1 + s beta x)^2 = (1 - x^2) (1 + s alpha x)^2, s the sign of beta - alpha.
"""

from __future__ import annotations

import math

from semtheory.errors import InputError
from semtheory.values import Value


def arma_feedback_capacity(power: float, alpha: float = 0.0, beta: float = 0.0, *, unit: str = "nats") -> Value:
    """Capacity with feedback per use.

    Args:
        power: at least 0. alpha, beta: moving-average and autoregressive coefficients, below 1 in modulus.

    Raises:
        InputError: a number outside its range.
    """
    from scipy.optimize import brentq

    if not (math.isfinite(power) and power >= 0):
        raise InputError(f"power={power!r}: expected a number from 0")
    for name, value in (("alpha", alpha), ("beta", beta)):
        if not abs(value) < 1:
            raise InputError(f"{name}={value!r}: expected a number between -1 and 1")
    if power == 0:
        return Value.exact(0.0, unit)
    sign = float((beta > alpha) - (beta < alpha))

    def excess(x: float) -> float:
        return power * x**2 * (1 + sign * beta * x) ** 2 - (1 - x**2) * (1 + sign * alpha * x) ** 2

    # -1 at 0 and positive at 1. P x^2 rises, and (1 - x^2) ((1 + s alpha x)/(1 + s beta x))^2 falls, as s (beta - alpha) >= 0: one root.
    root = brentq(excess, 0.0, 1.0, xtol=1e-16, rtol=1e-15)
    return Value.exact(-math.log(root), unit, rounding=1e-12)
