"""Geweke's spectral measure, with the condition under which its mean over frequency is F.

f(w) = log det S(w) - log det(S(w) - H_c(w) V H_c(w)^*), with S the target's spectrum, H_c the part of the transfer function from the
source's innovations and V their covariance given the target's innovations.

The mean is F only if the part of the target that is left, its transfer factor from its own innovations, is minimum phase. Otherwise it is
smaller, by 2 log of the moduli of the zeros outside the unit circle (GROUND_TRUTH 0.4). The condition is checked and reported.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from semtheory.errors import InputError
from semtheory.measures._arrays import Array, Axes
from semtheory.measures.granger import Model, _sets, as_model, granger_causality
from semtheory.processes._checks import count
from semtheory.values import UNITS, Value, require_unit


@dataclass(frozen=True)
class Spectrum:
    """The spectral measure.

    Attributes:
        frequencies: radians, a uniform grid of [0, 2 pi).
        values: f at them, in `unit`.
        mean: the mean over all frequencies.
        causality: F in the time domain.
        minimum_phase: whether the mean is F.
        zeros: moduli of the zeros that matter; one above 1 breaks the condition.
        gap: F - mean as the zeros predict it: 2 sum of log over moduli above 1.
        unit: "nats" or "bits".
    """

    frequencies: Array
    values: Array
    mean: float
    causality: Value
    minimum_phase: bool
    zeros: tuple[float, ...]
    gap: float
    unit: str


def spectral_granger(var: Any, source: Axes, target: Axes, *, points: int = 4096, unit: str = "nats") -> Spectrum:
    """Geweke's f_{source -> target}(w) on a uniform grid. The two must be all the components of `var`.

    Raises:
        InputError: no point, unstable VAR, singular noise, or components that are in neither.
    """
    count("points", points, 1)
    model = as_model(var)
    cause, effect, _ = _sets(model, source, target, ())
    if len(cause) + len(effect) != model.size:
        raise InputError(
            f"source={source!r} and target={target!r} leave out components of {model.size}: the spectral measure is of the two alone"
        )
    scale = UNITS[require_unit(unit)]
    turn = 2 * np.pi * np.arange(points) / points
    values = _along(model, cause, effect, turn) / scale
    moduli = _zeros(model, cause, effect)
    outside = [m for m in moduli if m > 1 + 1e-9]
    return Spectrum(
        frequencies=turn,
        values=values,
        mean=float(values.mean()),
        causality=granger_causality(var, cause, effect, unit=unit),
        minimum_phase=not outside,
        zeros=moduli,
        gap=2 * sum(math.log(m) for m in outside) / scale,
        unit=unit,
    )


def _along(model: Model, cause: list[int], effect: list[int], turn: Array) -> Array:
    """f in nats at the frequencies `turn`."""
    shifts = np.exp(-1j * turn[:, None] * np.arange(1, len(model.lags) + 1))
    transfer = np.linalg.inv(np.eye(model.size) - np.tensordot(shifts, model.lags, axes=1))
    rows = transfer[:, effect]
    spectrum = rows @ model.noise @ rows.conj().transpose(0, 2, 1)
    through = rows[:, :, cause]
    left = spectrum - through @ _partial(model, cause, effect) @ through.conj().transpose(0, 2, 1)
    return np.asarray(np.linalg.slogdet(spectrum)[1] - np.linalg.slogdet(left)[1])


def _partial(model: Model, cause: list[int], effect: list[int]) -> Array:
    """Covariance of the source's innovations given the target's."""
    noise = model.noise
    cross = noise[np.ix_(cause, effect)]
    return np.asarray(
        noise[np.ix_(cause, cause)] - cross @ np.linalg.solve(noise[np.ix_(effect, effect)], cross.T)
    )


def _zeros(model: Model, cause: list[int], effect: list[int]) -> tuple[float, ...]:
    """Moduli of the zeros of the target's own transfer factor.

    With innovations made orthogonal (those of the source less their regression B on the target's) the factor is
    H_ee + H_ec B. By block inversion its determinant is det(I - sum_k (A_k,cc - B A_k,ec) z^k) / det A(z), so its zeros are
    the inverse eigenvalues of the companion matrix of A_cc - B A_ec: minimum phase asks those to be at most 1 in modulus.
    """
    noise = model.noise
    slope = noise[np.ix_(cause, effect)] @ np.linalg.inv(noise[np.ix_(effect, effect)])
    own = np.array([lag[np.ix_(cause, cause)] - slope @ lag[np.ix_(effect, cause)] for lag in model.lags])
    moduli = np.abs(np.linalg.eigvals(Model(own, np.eye(len(cause))).companion()))
    return tuple(sorted((float(m) for m in moduli), reverse=True))
