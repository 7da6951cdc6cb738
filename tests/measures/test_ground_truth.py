"""Every published value of directed information and Granger causality, through the public API.

    pytest tests/measures/test_ground_truth.py -s -k table

prints them as one table.
"""

import math

import numpy as np
import pytest

from semtheory.measures import (
    arma_feedback_capacity,
    directed_information,
    directed_information_rate,
    feedback_capacity,
    geweke,
    granger_causality,
    mutual_information,
    reverse_directed_information,
    spectral_granger,
    transfer_entropy,
)
from semtheory.measures.granger import lagged_regression
from semtheory.processes import (
    FeedbackSource,
    FiniteStateChannel,
    VectorAutoregression,
    bec,
    binary_symmetric_markov,
    bsc,
    gilbert_elliott,
    ising,
    post,
    trapdoor,
)


def echo(g):
    """X_1 fair, X_t = Y_{t-1} flipped with probability g."""
    return FeedbackSource(np.reshape([1 - g, g, g, 1 - g], (1, 2, 2, 1)), [[0.5], [0.5]])


def constrained(e):
    """An erasure channel whose state is the last input; allowed inputs as `allowed[x][s]` below."""
    return FiniteStateChannel(np.einsum("xy,xz,s->xsyz", bec(e).matrix, np.eye(2), np.ones(2)))


NO_TWO_ONES = [[1, 1], [1, 0]]


def var(matrix, noise=((1, 0), (0, 1))):
    return VectorAutoregression(matrix, noise)


BARNETT = var([[-0.9, 1], [0, 0.8]])
CORRELATED = var([[0.5, 0.4], [0.2, 0.6]], [[1, 0.5], [0.5, 1]])
ZERO_OUTSIDE = var([[-0.4, 1], [-0.6, 1.2]])
toy = (echo(0.25), bsc(0.1), 3)

ROWS = [
    ("echo g=.25 e=.1 n=3: I(X->Y)", lambda: directed_information(*toy, unit="bits"), 1.3555950),
    ("echo g=.25 e=.1 n=3: I(Y->X)", lambda: reverse_directed_information(*toy, unit="bits"), 0.1400255),
    ("BSC(.1), flip .3, rate", lambda: directed_information_rate(binary_symmetric_markov(0.3), bsc(0.1), unit="bits"), 0.48204689),
    ("BSC(.1), flip .1, rate", lambda: directed_information_rate(binary_symmetric_markov(0.1), bsc(0.1), unit="bits"), 0.29760070),
    ("BSC(.2), flip .2, rate", lambda: directed_information_rate(binary_symmetric_markov(0.2), bsc(0.2), unit="bits"), 0.23747151),
    ("BEC(.5), flip .1, rate", lambda: directed_information_rate(binary_symmetric_markov(0.1), bec(0.5), unit="bits"), 0.30915674),
    ("BEC(.2), flip .3, rate", lambda: directed_information_rate(binary_symmetric_markov(0.3), bec(0.2), unit="bits"), 0.72157408),
    ("trapdoor, feedback capacity", lambda: feedback_capacity(trapdoor(), unit="bits"), math.log2((1 + math.sqrt(5)) / 2)),
    ("Ising, feedback capacity", lambda: feedback_capacity(ising(), unit="bits"), 0.5755216),
    ("POST(.1), feedback capacity", lambda: feedback_capacity(post(0.1), unit="bits"), 0.762848),
    ("POST(.3), feedback capacity", lambda: feedback_capacity(post(0.3), unit="bits"), 0.503692),
    ("POST(.5), feedback capacity", lambda: feedback_capacity(post(0.5), unit="bits"), math.log2(5 / 4)),
    ("POST(.9), feedback capacity", lambda: feedback_capacity(post(0.9), unit="bits"), 0.054837),
    ("BEC(.1) no 11, feedback capacity", lambda: feedback_capacity(constrained(0.1), allowed=NO_TWO_ONES, unit="bits"), 0.642724),
    ("BEC(.25) no 11, feedback capacity", lambda: feedback_capacity(constrained(0.25), allowed=NO_TWO_ONES, unit="bits"), 0.560193),
    ("BEC(.5) no 11, feedback capacity", lambda: feedback_capacity(constrained(0.5), allowed=NO_TWO_ONES, unit="bits"), 0.405685),
    ("BEC(.8) no 11, feedback capacity", lambda: feedback_capacity(constrained(0.8), allowed=NO_TWO_ONES, unit="bits"), 0.182342),
    ("Gilbert-Elliott, feedback capacity", lambda: feedback_capacity(gilbert_elliott(0.05, 0.25, 0.01, 0.2), unit="bits"), 0.7568376),
    ("ARMA P=1 a=.5 b=0", lambda: arma_feedback_capacity(1, 0.5, 0, unit="bits"), 0.7879866),
    ("ARMA P=1 a=0 b=.5", lambda: arma_feedback_capacity(1, 0, 0.5, unit="bits"), 0.7167529),
    ("ARMA P=2 a=-.3 b=0", lambda: arma_feedback_capacity(2, -0.3, 0, unit="bits"), 0.9619480),
    ("ARMA P=1 white", lambda: arma_feedback_capacity(1, unit="bits"), 0.5),
    ("F, b=.6 c=.4", lambda: granger_causality(var([[0.5, 0.4], [0, 0.6]]), 1, 0), 0.2041451),
    ("F, b=.3 c=1", lambda: granger_causality(var([[0.5, 1], [0, 0.3]]), 1, 0), 0.7158925),
    ("F, b=-.9 c=.3", lambda: granger_causality(var([[0.5, 0.3], [0, -0.9]]), 1, 0), 0.2264486),
    ("F, b=0 c=.5", lambda: granger_causality(var([[0.5, 0.5], [0, 0]]), 1, 0), math.log(1.25)),
    ("0.3: F true", lambda: granger_causality(BARNETT, 1, 0), 0.8628699),
    ("0.3: one lag", lambda: lagged_regression(BARNETT, 1, 0, 1), 1.26959),
    ("0.3: two lags", lambda: lagged_regression(BARNETT, 1, 0, 2), 0.90024),
    ("0.3: five lags", lambda: lagged_regression(BARNETT, 1, 0, 5), 0.86292),
    ("0.4: F", lambda: granger_causality(ZERO_OUTSIDE, 1, 0), 1.0825621),
    ("0.4: spectral mean", lambda: spectral_granger(ZERO_OUTSIDE, 1, 0).mean, 0.7179190),
    ("0.4: gap", lambda: spectral_granger(ZERO_OUTSIDE, 1, 0).gap, 2 * math.log(1.2)),
    ("correlated: F_{2->1}", lambda: geweke(CORRELATED, 1, 0).forward, 0.1306772),
    ("correlated: F_{1->2}", lambda: geweke(CORRELATED, 1, 0).backward, 0.0348677),
    ("correlated: F_{1.2}", lambda: geweke(CORRELATED, 1, 0).instantaneous, math.log(4 / 3)),
    ("correlated: total", lambda: geweke(CORRELATED, 1, 0).total, 0.4532269),
]  # fmt: skip


def half_of_last_digit(value):
    """Tolerance of a number as printed in the literature: one unit of its last digit, five to seven digits."""
    digits = len(f"{value:.10f}".rstrip("0").split(".")[1])
    return 10.0 ** -min(max(digits, 5), 7) * 1.01


@pytest.mark.parametrize(("name", "compute", "published"), ROWS, ids=[row[0] for row in ROWS])
def test_value_agrees_with_the_literature(name, compute, published):
    found = compute()
    tolerance = max(half_of_last_digit(published), getattr(found, "width", 0.0))
    assert tolerance < 3e-5
    assert float(found) == pytest.approx(published, rel=0, abs=tolerance)
    if hasattr(found, "lower"):
        assert found.lower - half_of_last_digit(published) <= published <= found.upper + half_of_last_digit(published)


def test_table(capsys):
    with capsys.disabled():
        print(f"\n{'quantity':38} {'literature':>12} {'found':>14} {'width':>9}  method")  # noqa: T201 (the table is the point)
        for name, compute, published in ROWS:
            found = compute()
            width, method = getattr(found, "width", 0.0), getattr(found, "method", "")
            print(f"{name:38} {published:12.7f} {float(found):14.9f} {width:9.1e}  {method}")  # noqa: T201
            assert abs(float(found) - published) < 1e-5


def test_the_toy_adds_up_to_mutual_information():
    source, channel, n = toy
    forward, back = directed_information(source, channel, n, unit="bits"), reverse_directed_information(source, channel, n, unit="bits")
    assert forward + back == pytest.approx(1.4956206, abs=1e-7)
    h = lambda p: -p * math.log2(p) - (1 - p) * math.log2(1 - p)  # noqa: E731
    assert forward == pytest.approx(1 + 2 * h(0.3) - 3 * h(0.1), abs=1e-12)


def test_0_1_the_undelayed_sum_counts_twice():
    joint = np.zeros((2, 2, 2, 2))
    for a in range(2):
        for b in range(2):
            joint[a, a, b, b] = 0.25
    turned = joint.transpose(1, 0, 3, 2)
    assert mutual_information(joint, x=(0, 2), y=(1, 3), unit="bits") == pytest.approx(2)
    assert directed_information(joint, unit="bits") + directed_information(turned, unit="bits") == pytest.approx(4)
    assert directed_information(joint) + reverse_directed_information(joint) == pytest.approx(2 * math.log(2))


def test_0_2_an_echo_of_noise_carries_nothing():
    source, channel = echo(0), bsc(0.5)
    assert directed_information(source, channel, 3, unit="bits") == pytest.approx(0, abs=1e-12)
    assert reverse_directed_information(source, channel, 3, unit="bits") == pytest.approx(2)


@pytest.mark.parametrize(("n", "value"), [(4, 0.886221), (6, 1.263963), (8, 1.640021), (9, 1.827947), (10, 2.015859), (11, 2.203765)])
def test_markov_source_through_a_bsc_at_finite_horizons(n, value):
    found = directed_information(binary_symmetric_markov(0.1), bsc(0.2), n, unit="bits")
    assert found.method == "exact"
    assert found == pytest.approx(value, abs=6e-7)


def test_transfer_entropy_of_a_var_is_half():
    assert transfer_entropy(BARNETT, 1, target=0) == pytest.approx(0.8628699 / 2, abs=1e-7)
    total = geweke(CORRELATED, 1, 0)
    assert total.total == pytest.approx(total.forward + total.backward + total.instantaneous, abs=1e-10)


def test_0_4_the_condition_is_reported():
    broken, met = spectral_granger(ZERO_OUTSIDE, 1, 0), spectral_granger(CORRELATED, 1, 0)
    assert not broken.minimum_phase
    assert broken.zeros == pytest.approx((1.2,))
    assert float(broken.causality) - broken.mean == pytest.approx(broken.gap, abs=1e-9)
    assert met.minimum_phase
    assert met.mean == pytest.approx(float(met.causality), abs=1e-9)
