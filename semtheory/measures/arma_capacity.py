"""Feedback capacity of the Gaussian channel with ARMA(1,1) noise (Kim 2010): a root of a polynomial of one variable.

Noise Z_i + beta Z_{i-1} = U_i + alpha U_{i-1} with Var U = 1 and power P: C = -log x0, x0 in (0, 1) the root of
P x^2 (1 + s beta x)^2 = (1 - x^2) (1 + s alpha x)^2, s the sign of beta - alpha.
"""

from __future__ import annotations

import math

from semtheory.errors import InputError
from semtheory.measures.classical_rate import number
from semtheory.values import Value


def arma_feedback_capacity(power: float, alpha: float = 0.0, beta: float = 0.0, *, unit: str = "nats") -> Value:
    """Capacity with feedback per use.

    Args:
        power: at least 0. alpha, beta: moving-average and autoregressive coefficients, below 1 in modulus.

    Raises:
        InputError: a number outside its range.
    """
    from scipy.optimize import brentq

    power = number("power", power, 0.0)
    alpha, beta = number("alpha", alpha), number("beta", beta)
    for name, value in (("alpha", alpha), ("beta", beta)):
        if not abs(value) < 1:
            raise InputError(f"{name}={value!r}: expected a number between -1 and 1")
    if power == 0:
        return Value.exact(0.0, unit)
    sign = float((beta > alpha) - (beta < alpha))

    def excess(log_c: float) -> float:
        """The log of the left side less that of the right, at x = e^{-C}; 1 - x is kept apart, as it may be small."""
        c = math.exp(log_c)
        lost = math.expm1(-c)
        top, bottom = 1 + sign * beta + sign * beta * lost, 1 + sign * alpha + sign * alpha * lost
        apart = math.log(-math.expm1(-2 * c)) if c > 1e-300 else math.log(2) + log_c
        return math.log(power) - 2 * c + 2 * math.log(top / bottom) - apart

    # P x^2 rises in x, and (1 - x^2) ((1 + s alpha x)/(1 + s beta x))^2 falls, as s (beta - alpha) >= 0: one root.
    least = math.log(min(power, 1.0)) - math.log(4)
    most = max(1.0, math.log(power) / 2 + math.log((1 + abs(beta)) / (1 - abs(alpha))) + 1)
    return Value.exact(math.exp(brentq(excess, least, math.log(most), xtol=1e-15, rtol=1e-15)), unit)
