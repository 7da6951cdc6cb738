"""Granger causality: closed forms, invariances, what is refused."""

import math
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from semtheory.errors import InputError
from semtheory.measures import arma_feedback_capacity, geweke, granger_causality, spectral_granger, transfer_entropy
from semtheory.measures.granger import lagged_regression
from semtheory.processes import VectorAutoregression
from semtheory.testing import vector_autoregressions

numbers = st.floats(-0.95, 0.95)


@settings(max_examples=60, deadline=None)
@example(0.0, 2.225073858507e-311, 0.0)
@given(numbers, numbers, st.floats(-2, 2))
def test_the_minimal_var_has_barnett_and_seths_value(a, b, c):
    total = 1 + b**2 + c**2
    closed = math.log((total + math.sqrt(total**2 - 4 * b**2)) / 2)
    found = granger_causality(VectorAutoregression([[a, c], [0, b]], np.eye(2)), 1, 0)
    assert found == pytest.approx(closed, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(vector_autoregressions(dimension=2, lags=2))
def test_geweke_adds_up_and_many_lags_approach_it_from_above(var):
    parts = geweke(var, 0, 1)
    assert parts.total == pytest.approx(parts.forward + parts.backward + parts.instantaneous, abs=1e-8)
    assert lagged_regression(var, 0, 1, 60) == pytest.approx(float(parts.forward), abs=1e-4)
    assert transfer_entropy(var, 0, target=1) == pytest.approx(parts.forward / 2, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(vector_autoregressions(dimension=2, lags=1))
def test_the_spectral_mean_falls_short_by_the_zeros_and_by_nothing_else(var):
    found = spectral_granger(var, 0, 1)
    near = any(abs(m - 1) < 0.02 for m in found.zeros)  # then the grid of frequencies is too coarse
    assert near or found.mean + found.gap == pytest.approx(float(found.causality), abs=1e-6)


def test_units_several_components_and_conditioning():
    chain = VectorAutoregression([[0.5, 0, 0], [0.7, 0.3, 0], [0, 0.7, 0.3]], np.eye(3))
    assert granger_causality(chain, 0, 2) > 0.01
    assert granger_causality(chain, 0, 2, given=1) == pytest.approx(0, abs=1e-10)
    assert granger_causality(chain, 0, (1, 2)) >= granger_causality(chain, 0, 1) - 1e-12
    assert granger_causality(chain, 0, 1, unit="bits") == pytest.approx(granger_causality(chain, 0, 1) / math.log(2))


GOOD = VectorAutoregression([[0.5, 0.4], [0, 0.6]], np.eye(2))
REFUSED = [
    (lambda: granger_causality(SimpleNamespace(coefficients=[[1.1, 0], [0, 0.5]], noise_covariance=np.eye(2)), 0, 1), "1.1"),
    (lambda: granger_causality(VectorAutoregression([[0, 0], [0.4, 0]], np.ones((2, 2))), 0, 1), "singular noise"),
    (lambda: granger_causality(GOOD, 0, 0), "twice"),
    (lambda: granger_causality(GOOD, 0, 2), "axis 2"),
    (lambda: granger_causality(GOOD, (), 1), "at least one"),
    (lambda: granger_causality(np.eye(2), 0, 1), "VectorAutoregression"),
    (lambda: transfer_entropy(GOOD, 0), "name the components"),
    (lambda: arma_feedback_capacity(-1), "power=-1"),
    (lambda: arma_feedback_capacity(1, alpha=1), "alpha=1"),
    (lambda: spectral_granger(GOOD, 1, 0, points=0), "points=0"),
    (lambda: arma_feedback_capacity("one"), "power=.one."),
    (lambda: arma_feedback_capacity(1, beta=None), "beta=None"),
]


@pytest.mark.parametrize(("call", "words"), REFUSED)
def test_bad_input_is_named(call, words):
    with pytest.raises(InputError, match=words):
        call()


def test_the_arma_root_is_a_root_and_power_helps():
    assert arma_feedback_capacity(0) == 0
    values = [float(arma_feedback_capacity(p, 0.4, -0.3)) for p in (0.1, 1, 10, 100)]
    assert values == sorted(values)


@pytest.mark.parametrize("power", [1e-300, 1e-9, 1.0, 1e30, 1e40, 1e300])
def test_arma_white_noise_at_any_power(power):
    value = arma_feedback_capacity(power)
    assert value.lower <= math.log1p(power) / 2 <= value.upper
    assert float(value) == pytest.approx(math.log1p(power) / 2, rel=1e-14)


def test_arma_root_where_the_noise_is_nearly_one_number():
    """alpha = 1 - 1e-12, beta = -0.9: against the polynomial in exact fractions, a little to both sides of e^{-C}."""
    power, alpha, beta = 1e30, 1 - 1e-12, -0.9
    value = float(arma_feedback_capacity(power, alpha, beta))
    a, b = Fraction(alpha), Fraction(beta)  # beta < alpha: s = -1
    for x, above in ((math.exp(-value * (1 - 1e-14)), True), (math.exp(-value * (1 + 1e-14)), False)):
        x = Fraction(x)
        assert (Fraction(power) * x**2 * (1 - b * x) ** 2 > (1 - x**2) * (1 - a * x) ** 2) is above
