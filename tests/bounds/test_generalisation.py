"""Generalisation bounds: GROUND_TRUTH D through the public API, values at other parameters by another path, and what is refused."""

from __future__ import annotations

import itertools
import math
import tracemalloc
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semtheory.bounds import (
    binary_divergence,
    catoni,
    dobrushin_coefficient,
    dobrushin_matrix,
    expected_rademacher,
    failure_probability,
    gibbs_gaussian_mean,
    gibbs_generalization,
    hoeffding,
    hoeffding_gap,
    kl_inverse,
    linear_class_bound,
    linear_rademacher,
    logit_generalization_bound,
    markov_mcdiarmid,
    massart,
    maurer_xi,
    mcallester,
    mcdiarmid,
    occam,
    pac_bayes_kl,
    paulin_tau_min,
    rademacher,
    sample_counts,
    uniform_bound,
    xu_raginsky,
)
from semtheory.bounds.gibbs_learning import GibbsLearning
from semtheory.errors import InputError

A = [[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]]
LOUD = np.array([[-1, -1, 0], [-1, 0, -1], [0, -1, 1]])
SQUARED = [[(w - z) ** 2 for z in (0, 1)] for w in (0, 0.25, 0.5, 0.75, 1)]


def gibbs() -> GibbsLearning:
    return gibbs_generalization([0.7, 0.3], SQUARED, 5, 4, sigma=0.5)


PUBLISHED = {
    "Rademacher, three vectors": (lambda: rademacher(A), 0.21875, 1e-12),
    "Massart": (lambda: massart(A), 0.5240735, 5e-8),
    "0.10 without absolute values, before": (lambda: 3 * rademacher(LOUD), 1.0, 1e-12),
    "0.10 without absolute values, after": (lambda: 3 * rademacher(abs(LOUD)), 0.75, 1e-12),
    "0.10 with absolute values, before": (lambda: 3 * rademacher(LOUD, absolute=True), 1.5, 1e-12),
    "0.10 with absolute values, after": (lambda: 3 * rademacher(abs(LOUD), absolute=True), 2.0, 1e-12),
    "0.11 vector contraction": (
        lambda: rademacher([[0.0], [2**0.5]]) / rademacher([[[0, 0]], [[-1, -1]]]),
        2**0.5,
        1e-12,
    ),
    "xi(1)": (lambda: maurer_xi(1), 2, 1e-12),
    "xi(2)": (lambda: maurer_xi(2), 2.5, 1e-12),
    "xi(8)": (lambda: maurer_xi(8), 4.245018, 5e-7),
    "xi(100)": (lambda: maurer_xi(100), 13.209961, 5e-7),
    "xi(1000)": (lambda: maurer_xi(1000), 40.303213, 5e-7),
    "kl inverse, .1": (lambda: pac_bayes_kl(0.1, 5, 1000, 0.05), 0.1531096, 5e-8),
    "Pinsker, .1": (lambda: mcallester(0.1, 5, 1000, 0.05), 0.1779190, 6e-8),
    "kl inverse, 0": (lambda: pac_bayes_kl(0, 5, 1000, 0.05), 0.0120693, 5e-8),
    "Pinsker, 0": (lambda: mcallester(0, 5, 1000, 0.05), 0.0779191, 6e-8),
    "tau_min .5": (lambda: paulin_tau_min(0.5), 4, 1e-12),
    "tau_min .3": (lambda: paulin_tau_min(0.3), 7.1111, 5e-5),
    "tau_min .1": (lambda: paulin_tau_min(0.1), 27.8925, 5e-5),
    "Gibbs gen": (lambda: gibbs().generalization, 0.0507575, 5e-8),
    "Gibbs I": (lambda: gibbs().information, 0.0930624, 5e-8),
    "Gibbs lautum": (lambda: gibbs().lautum, 0.1099674, 5e-8),
    "Gibbs Xu-Raginsky": (lambda: gibbs().xu_raginsky, 0.0964689, 6e-8),
    "0.14 iid": (lambda: float(mcdiarmid(0.3, [0.1] * 10)) - float(markov_mcdiarmid(0.3, [0.1] * 10, 0)), 0, 1e-15),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_ground_truth_d(name: str) -> None:
    value, expected, tolerance = PUBLISHED[name]
    assert float(value()) == pytest.approx(expected, abs=tolerance)


# ---- other parameters, by another path

classes = st.integers(1, 6).flatmap(
    lambda n: st.lists(st.lists(st.integers(-3, 3), min_size=n, max_size=n), min_size=1, max_size=6)
)


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(classes)
def test_rademacher_against_a_plain_mean(rows: list[list[int]]) -> None:
    n = len(rows[0])
    best = [
        [sum(s * v for s, v in zip(signs, row, strict=True)) for row in rows]
        for signs in itertools.product((-1, 1), repeat=n)
    ]
    assert rademacher(rows) == pytest.approx(float(Fraction(sum(map(max, best)), n * 2**n)), abs=1e-14)
    loud = sum(max(map(abs, row)) for row in best)
    assert rademacher(rows, absolute=True) == pytest.approx(float(Fraction(loud, n * 2**n)), abs=1e-14)
    shift = [[v + k for k, v in enumerate(row)] for row in rows]
    assert rademacher(shift) == pytest.approx(rademacher(rows), abs=1e-12)
    assert massart(shift, centred=True) == pytest.approx(massart(rows, centred=True), abs=1e-12)


def test_rademacher_of_vectors_and_of_samples() -> None:
    values = np.arange(12.0).reshape(3, 2, 2) % 5
    assert rademacher(values) == pytest.approx(rademacher(values.reshape(3, 4)) * 2, abs=1e-14)  # n = 2 points, 4 signs
    law, table = [0.25, 0.75], [[0.0, 1.0], [1.0, 0.0]]
    by_hand = 0.0
    for sample in itertools.product((0, 1), repeat=3):
        by_hand += math.prod(law[z] for z in sample) * rademacher([[row[z] for z in sample] for row in table])
    assert expected_rademacher(law, table, 3) == pytest.approx(by_hand, abs=1e-14)
    cube = np.array(list(itertools.product((-1, 1), repeat=12)))
    assert rademacher(cube) == 1.0
    assert massart(cube) == pytest.approx(math.sqrt(2 * math.log(2)))


def test_linear_classes() -> None:
    assert linear_rademacher(np.eye(4), 3.0) == pytest.approx(float(linear_class_bound(3.0, 1.0, 4)), abs=1e-14)
    assert linear_rademacher([[1.0], [1.0]], 1.0) == pytest.approx(0.5)  # E|s1 + s2|/2
    assert linear_rademacher([[3.0, 4.0]], 2.0) == 10
    points = np.random.default_rng(0).normal(size=(7, 3))
    plain = np.mean([np.linalg.norm(np.array(s) @ points) for s in itertools.product((-1, 1), repeat=7)]) / 7
    assert linear_rademacher(points, 1.0) == pytest.approx(plain, rel=1e-14)
    tracemalloc.start()
    linear_rademacher(np.ones((20, 1)), 1.0)
    markov_mcdiarmid(0.3, np.full(3000, 1e-3), 0.5)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 2_000_000  # no table of all signs, no square matrix
    assert linear_class_bound([1, 2], 1.0, 4) == pytest.approx([0.5, 1.0])


@settings(max_examples=30, deadline=None, derandomize=True, database=None)
@given(st.floats(0, 1), st.floats(0, 5))
def test_kl_inverse(q: float, budget: float) -> None:
    high, low = kl_inverse(q, budget), kl_inverse(q, budget, lower=True)
    assert low <= q <= high
    for end in (high, low):
        if 0 < end < 1:
            assert binary_divergence(q, end) == pytest.approx(budget, rel=1e-6, abs=1e-12)
            assert binary_divergence(q, end) >= budget - 1e-15  # from outside


def test_kl_at_its_ends() -> None:
    assert binary_divergence(0, 0) == binary_divergence(1, 1) == 0
    assert math.isinf(binary_divergence(0.5, 0))
    assert binary_divergence(0, 0.3) == pytest.approx(-math.log(0.7))
    assert kl_inverse(0.2, math.inf) == 1
    assert kl_inverse(1.0, 0.1) == 1
    assert kl_inverse([0.1, 0.2], 0).tolist() == pytest.approx([0.1, 0.2], abs=1e-7)
    assert 1e-16 < kl_inverse(0.0, 1e-15) < 2e-15


def test_kl_near_its_zero_keeps_its_digits() -> None:
    q, p = Fraction(0.3), Fraction(0.3 + 1e-7)
    series = sum((p - q) ** k / k * (1 / (1 - q) ** (k - 1) + Fraction((-1) ** k) / q ** (k - 1)) for k in range(2, 6))
    assert binary_divergence(0.3, 0.3 + 1e-7) == pytest.approx(float(series), rel=1e-14)
    budget = (math.log(2 * math.sqrt(10**15)) - math.log(0.05)) / 10**15
    for end in (pac_bayes_kl(0.3, 0, 10**15, 0.05), kl_inverse(0.3, budget, lower=True)):
        p = Fraction(end)
        series = sum((p - q) ** k / k * (1 / (1 - q) ** (k - 1) + Fraction((-1) ** k) / q ** (k - 1)) for k in range(2, 6))
        assert 0 < float(series) / budget - 1 < 1e-8  # from outside, and near


def test_maurer_xi_by_its_definition() -> None:
    for n in (1, 3, 17, 40):
        exact = sum(math.comb(n, k) * Fraction(k, n) ** k * Fraction(n - k, n) ** (n - k) for k in range(n + 1))
        assert maurer_xi(n) == pytest.approx(float(exact), rel=1e-13)
    assert maurer_xi(10**9) == pytest.approx(math.sqrt(math.pi * 1e9 / 2), rel=1e-3)


def test_sharp_constant_and_span() -> None:
    assert pac_bayes_kl(0.1, 5, 1000, 0.05, sharp=True) < pac_bayes_kl(0.1, 5, 1000, 0.05)
    assert pac_bayes_kl(0.4, 5, 1000, 0.05, span=4) == pytest.approx(4 * pac_bayes_kl(0.1, 5, 1000, 0.05))
    assert float(catoni(0.4, 5, 1000, 0.05, 2.0, 4)) == pytest.approx(4 * float(catoni(0.1, 5, 1000, 0.05, 2.0)))
    with_logs = (1 - math.exp(-0.2 - (5 + math.log(20)) / 1000)) / (1 - math.exp(-2))
    assert float(catoni(0.1, 5, 1000, 0.05, 2.0)) == pytest.approx(with_logs, abs=1e-12)


def test_gibbs_algorithm_elsewhere() -> None:
    found = gibbs_generalization([0.5, 0.25, 0.25], [[0, 1, 0.5], [1, 0, 0.25]], 3, 2.5, prior=[0.3, 0.7])
    assert found.generalization == pytest.approx(found.identity, abs=1e-13)
    assert abs(float(found)) <= found.xu_raginsky
    assert float(gibbs_generalization([0.7, 0.3], SQUARED, 5, 4, unit="bits").information) == pytest.approx(
        0.0930624 / math.log(2), abs=1e-6
    )
    summed = gibbs_generalization([0.7, 0.3], SQUARED, 5, 4, summed=True)
    assert summed.generalization == pytest.approx(summed.identity / 5, abs=1e-12)
    constant = gibbs_generalization([0.7, 0.3], [[1, 1], [0, 0]], 5, 4)
    assert (constant.generalization, float(constant.information)) == pytest.approx((0, 0), abs=1e-15)
    cold = gibbs_generalization([0.7, 0.3], [[0, 1], [1, 0], [2, 2]], 4, 800.0)  # the probability of the third hypothesis underflows
    assert cold.generalization == pytest.approx(cold.identity, rel=1e-12)


@pytest.mark.parametrize(("gamma", "s0", "sz", "n"), [(4.0, 1.0, 1.0, 10), (0.5, 3.0, 0.2, 2)])
def test_gaussian_mean_by_its_information(gamma: float, s0: float, sz: float, n: int) -> None:
    """W given the sample is normal of mean a * sample mean and variance v: I and lautum in closed form."""
    a, v = 2 * gamma * s0 / (1 + 2 * gamma * s0), s0 / (1 + 2 * gamma * s0)
    signal = a**2 * sz / n
    information = math.log(1 + signal / v) / 2
    lautum = signal / v - information  # E_product of the same log ratio, sign turned
    assert float(gibbs_gaussian_mean(gamma, s0, sz, n)) == pytest.approx((information + lautum) / gamma, abs=1e-12)
    assert float(gibbs_gaussian_mean(1e9, s0, sz, n)) == pytest.approx(2 * sz / n, rel=1e-6)


def test_paulin_and_dobrushin() -> None:
    assert paulin_tau_min([[0.9, 0.1], [0.1, 0.9]]) == pytest.approx(paulin_tau_min(0.1))
    assert paulin_tau_min(0.9) == pytest.approx(paulin_tau_min(0.1))
    assert math.isinf(paulin_tau_min(0.0))
    assert math.isinf(paulin_tau_min(1.0))
    rho = 0.4
    assert paulin_tau_min(0.3) == pytest.approx(min(t * ((2 - rho**t) / (1 - rho**t)) ** 2 for t in range(1, 50)))
    assert dobrushin_coefficient([[0.9, 0.1], [0.2, 0.8]]) == pytest.approx(0.7)
    assert dobrushin_matrix(0.5, 3).tolist() == [[1, 0.5, 0.25], [0, 1, 0.5], [0, 0, 1]]
    assert dobrushin_matrix(0.0, 2).tolist() == [[1, 0], [0, 1]]
    by_hand = math.exp(-2 * 0.3**2 / (1.75**2 + 1.5**2 + 1) * 9)
    assert float(markov_mcdiarmid(0.3, [1 / 3] * 3, 0.5)) == pytest.approx(by_hand, abs=1e-12)


def test_closed_forms_broadcast_and_enclose() -> None:
    assert float(hoeffding(0.1, 50)) == pytest.approx(math.exp(-1))
    assert hoeffding([0.1, 0.2], [[50], [100]]).shape == (2, 2)
    assert float(hoeffding_gap(50, math.exp(-1))) == pytest.approx(0.1)
    assert float(uniform_bound(0.1, 100, 0.05)) == pytest.approx(0.2 + math.sqrt(math.log(20) / 200))
    assert float(uniform_bound(0.1, 100, 0.05, 2, empirical=True)) == pytest.approx(
        0.2 + 6 * math.sqrt(math.log(40) / 200)
    )
    plain = 0.4 + (math.log(3) + 5) * math.sqrt(math.log(10) / 80)
    assert float(logit_generalization_bound(0.1, 5, 3, 40, 0.1)) == pytest.approx(plain)
    observed = 0.4 + 3 * (math.log(3) + 5) * math.sqrt(math.log(20) / 80)
    assert float(logit_generalization_bound(0.1, 5, 3, 40, 0.1, empirical=True)) == pytest.approx(observed)
    assert logit_generalization_bound([0.1, 0.2], 5, 3, 40, 0.1).shape == (2,)
    assert float(occam(10, 100, 0.05)) == pytest.approx(math.sqrt((10 * math.log(2) + math.log(20)) / 200))
    assert occam([0, 10], 100, 0.05).shape == (2,)
    assert float(xu_raginsky(1, 8, unit="bits")) == pytest.approx(float(xu_raginsky(math.log(2), 8)))
    value = occam(10, 100, Fraction(1, 20))
    assert value.lower <= float(value) <= value.upper
    assert value.upper - value.lower < 1e-12


def test_samples_and_failures() -> None:
    counts, chance = sample_counts([0.5, 0.5, 0.0], 3)
    assert counts.sum(axis=1).tolist() == [3] * len(counts)
    assert chance.sum() == pytest.approx(1, abs=1e-14)
    assert chance[counts[:, 2] > 0].tolist() == [0.0] * int((counts[:, 2] > 0).sum())
    # One fair 0/1 loss, n = 2: risk - empirical risk is 1/2 with probability 1/4.
    assert failure_probability([0.5, 0.5], [[0, 1]], 2, 0.4) == pytest.approx(0.25)
    assert failure_probability([0.5, 0.5], [[0, 1]], 2, 0.5) == 0
    assert failure_probability([0.5, 0.5], [[0, 1], [1, 0]], 2, lambda c: 0.4) == pytest.approx(0.5)


# ---- what is refused

REFUSED = {
    "delta 0": (lambda: occam(1, 10, 0), r"delta=0"),
    "delta 1": (lambda: uniform_bound(0.1, 10, 1), r"delta=1"),
    "delta 2": (lambda: pac_bayes_kl(0.1, 1, 10, 2), r"delta=2"),
    "n 0": (lambda: mcallester(0.1, 1, 0, 0.1), r"n=0"),
    "n not whole": (lambda: hoeffding_gap(2.5, 0.1), r"n=2.5"),
    "xi of 0": (lambda: maurer_xi(0), r"n=0"),
    "loss above 1": (lambda: pac_bayes_kl(1.2, 1, 10, 0.1), r"empirical_risk=1.2.*span="),
    "loss below 0": (lambda: mcallester(-0.1, 1, 10, 0.1), r"empirical_risk=-0.1"),
    "loss above span": (lambda: catoni(3, 1, 10, 0.1, 1.0, 2), r"rescale the loss"),
    "infinite KL": (lambda: pac_bayes_kl(0.1, math.inf, 10, 0.1), r"divergence=inf"),
    "infinite KL, McAllester": (lambda: mcallester(0.1, math.inf, 10, 0.1), r"divergence=inf"),
    "negative KL": (lambda: pac_bayes_kl(0.1, -1, 10, 0.1), r"divergence=-1"),
    "infinite information": (lambda: xu_raginsky(math.inf, 10), r"information=inf"),
    "NaN": (lambda: hoeffding(math.nan, 10), r"deviation=nan"),
    "empty class": (lambda: rademacher([]), r"values"),
    "too many signs": (lambda: rademacher(np.ones((1, 30))), r"30 signs.*massart"),
    "NaN in a class": (lambda: rademacher([[math.nan]]), r"nan"),
    "one axis": (lambda: rademacher([1.0, 2.0]), r"shape \(2,\)"),
    "centred and absolute": (lambda: massart(A, centred=True, absolute=True), r"choose one"),
    "no differences": (lambda: mcdiarmid(0.1, [0, 0]), r"not all"),
    "theta 2": (lambda: dobrushin_matrix(2, 3), r"theta=2"),
    "no square": (lambda: paulin_tau_min([[0.5, 0.5]]), r"square"),
    "bad row": (lambda: dobrushin_coefficient([[0.5, 0.6], [0.5, 0.5]]), r"sums to 1.1"),
    "flip 1.5": (lambda: paulin_tau_min(1.5), r"flip probability"),
    "gamma 0": (lambda: gibbs_generalization([1.0], [[0.5]], 1, 0), r"gamma=0"),
    "sigma -1": (lambda: gibbs_generalization([1.0], [[0.5]], 1, 1, sigma=-1), r"sigma=-1"),
    "sigma NaN": (lambda: gibbs_generalization([1.0], [[0.5]], 1, 1, sigma=math.nan), r"sigma=nan"),
    "kl shapes": (lambda: kl_inverse([0.1, 0.2], [1, 2, 3]), r"q \(2,\), budget \(3,\)"),
    "sharp for many n": (lambda: pac_bayes_kl(0.1, 1, [10, 20], 0.1, sharp=True), r"n has shape \(2,\)"),
    "prior with a zero": (lambda: gibbs_generalization([1.0], [[0.5], [0]], 1, 1, prior=[1, 0]), r"prior"),
    "shapes": (lambda: occam([1, 2], [10, 20, 30], 0.1), r"shapes"),
    "sample too large": (lambda: sample_counts([0.1] * 10, 50), r"different samples"),
    "vocabulary 0": (lambda: logit_generalization_bound(0.1, 1, 0, 10, 0.1), r"vocabulary=0"),
    "temperature 0": (lambda: catoni(0.1, 1, 10, 0.1, 0), r"temperature=0"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_bad_input(name: str) -> None:
    call, message = REFUSED[name]
    with pytest.raises(InputError, match=message):
        call()
