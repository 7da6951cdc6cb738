"""Rate-distortion of the scalar Gauss-Markov source X_{t+1} = a X_t + W_t, squared error, causal or not.

Causal (sequential, nonanticipative): R(D) = max(0, (1/2) ln(a^2 + v/D)), v the variance of W. For |a| < 1 it is 0 from the variance
v/(1 - a^2) on; for |a| >= 1 it tends to ln|a| and never falls below (Gorbunov and Pinsker 1974; Tatikonda, Sahai and Mitter 2004).

Classical: with water level theta and the spectrum S(w) = v/|1 - a e^{iw}|^2,
    D = mean of min(theta, S),    R = mean of (1/2) ln max(v/theta, |1 - a e^{iw}|^2),
which is Gray's form (1970). For |a| <= 1 it is the usual mean of (1/2) ln max(1, S/theta); for |a| > 1 it is more by ln|a|, which the usual
form forgets (Hashimoto and Arimoto 1980). From D = v/(a^2 - 1) on it stays ln|a|.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from semtheory.errors import InputError
from semtheory.measures.classical_rate import number
from semtheory.values import Value, require_unit

ACCURACY = 1e-11  # of the quadrature and of the water level, relative


def gauss_markov_rate_distortion(
    a: Any, noise_variance: Any, distortion: float, causal: bool = True, *, unit: str = "nats"
) -> Value:
    """R(D) per step of X_{t+1} = a X_t + W_t for mean squared error, stable or not.

    Args:
        a: any real number, or a square matrix. noise_variance: of W, > 0, or its covariance. distortion: D > 0, the sum of the squared
            errors of a vector. A vector is answered by a bracket: certified when causal, else, for a stable one, of water-filling by
            quadrature with its error estimate.
        causal: the reproduction of X_t may use X^t only (the directed function); else the classical one.

    Raises:
        InputError: a noise variance or a distortion that is not positive, or not a number; the classical function of an unstable vector.
    """
    require_unit(unit)
    if np.ndim(a) == 2:
        from semtheory.measures.gauss_markov_vector import vector_rate
        from semtheory.measures.water_filling import water_filling_rate

        if not causal:
            return water_filling_rate(a, noise_variance, _positive("distortion", distortion), unit)
        return vector_rate(a, noise_variance, _positive("distortion", distortion), unit)
    root, noise = abs(number("a", a)), _positive("noise_variance", noise_variance)
    d = _positive("distortion", distortion)
    if causal:
        if root < 1 and d >= noise / ((1 - root) * (1 + root)):
            return Value.exact(0.0, unit)
        return Value.exact(max(0.0, 0.5 * math.log(root * root + noise / d)), unit)
    return Value.exact(_classical(root, noise, d), unit, rounding=ACCURACY)


def _positive(name: str, value: float) -> float:
    found = number(name, value)
    if found <= 0:
        raise InputError(f"{name}={value!r}: expected a positive number")
    return found


def _classical(a: float, noise: float, d: float) -> float:
    """Reverse water-filling; the part of the spectrum above the water is |w| < edge."""
    from scipy.optimize import brentq

    lowest, highest = noise / (1 + a) ** 2, noise / (1 - a) ** 2 if a != 1 else math.inf
    if d <= lowest:
        return 0.5 * math.log(noise / d)
    if a != 1 and d >= noise / abs((1 - a) * (1 + a)):
        return max(0.0, math.log(a)) if a > 0 else 0.0
    if math.isinf(highest):
        highest = 4 * lowest
        while _drowned(a, noise, highest) < d:
            highest *= 4
    level = brentq(
        lambda theta: _drowned(a, noise, theta) - d, lowest, highest, xtol=1e-15 * lowest, rtol=1e-14, maxiter=500
    )
    return max(0.0, math.log(a) if a > 1 else 0.0, _rate(a, noise, level))


def _edge(a: float, noise: float, theta: float) -> float:
    """S(w) > theta for |w| < edge."""
    return math.acos(min(1.0, max(-1.0, (1 + a * a - noise / theta) / (2 * a))))


def _drowned(a: float, noise: float, theta: float) -> float:
    """Mean of min(theta, S): theta up to the edge, then the integral of S in closed form."""
    edge = _edge(a, noise, theta)
    half = math.tan(edge / 2) if edge < math.pi else math.inf
    if a == 1:
        rest = noise / 2 * (1 / half if half > 0 else math.inf)
    else:
        rest = 2 * noise / abs((1 - a) * (1 + a)) * math.atan2(abs(1 - a), (1 + a) * half) if math.isfinite(half) else 0.0
    return (theta * edge + rest) / math.pi


def _rate(a: float, noise: float, theta: float) -> float:
    """Mean of (1/2) ln max(v/theta, |1 - a e^{iw}|^2)."""
    from scipy.integrate import quad

    edge = _edge(a, noise, theta)
    inside = edge * math.log(noise / theta)
    outside, _ = quad(
        lambda w: math.log(1 + a * a - 2 * a * math.cos(w)),
        edge,
        math.pi,
        epsabs=1e-13,
        epsrel=ACCURACY / 10,
        limit=200,
    )
    return (inside + float(outside)) / (2 * math.pi)
