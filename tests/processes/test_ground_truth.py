"""Published values of hidden Markov processes, through the public API, each to the last digit quoted."""

import math
import time

import numpy as np
import pytest

from semtheory.processes import (
    binary_symmetric_markov,
    bsc,
    even_process,
    golden_mean,
    mess3,
    output_process,
    rrxor,
    simple_nonunifilar,
    zero_one_random,
)

LOG3 = math.log2(3)


def noisy(p, e):
    return output_process(binary_symmetric_markov(p), bsc(e))


def h2(p):
    return -p * math.log2(p) - (1 - p) * math.log2(1 - p)


# process, rate, excess entropy, statistical complexity: bits, None where none is quoted.
TABLE = [
    (golden_mean(0.5), 2 / 3, 0.2516292, 0.9182958),
    (even_process(0.5), 2 / 3, 0.9182958, 0.9182958),
    (zero_one_random(), 1 / 3, LOG3, LOG3),
    (rrxor(), 2 / 3, 2.2516292, LOG3 + 2 / 3),
    (mess3(0.05, 0.85), 1.1447173, None, math.inf),
    (mess3(0.15, 0.6), 1.5709336, None, math.inf),
    (noisy(0.3, 0.1), 0.95104248, None, None),
    (noisy(0.1, 0.1), 0.76659629, None, None),
    (noisy(0.2, 0.2), 0.95939961, None, None),
]


@pytest.mark.parametrize(("process", "rate", "excess", "complexity"), TABLE, ids=lambda v: getattr(v, "name", None))
def test_rate_excess_entropy_and_complexity(process, rate, excess, complexity):
    assert process.entropy_rate(unit="bits") == pytest.approx(rate, abs=1.01e-7 if rate > 1 else 1.01e-8)
    if excess is not None:
        assert process.excess_entropy(unit="bits") == pytest.approx(excess, abs=1e-7)
    if complexity is not None:
        assert process.statistical_complexity(unit="bits") == pytest.approx(complexity, abs=1e-7)


# [lower, upper] in nats, as published; at most 1e-9 wide where both ends are given.
RATES = [
    (mess3(0.15, 0.6), 1.088888208, 1.088888210),
    (mess3(0.05, 0.85), 0.793457537, 0.793457572),
    (mess3(0.5, 0.85), 0.97872135, 0.97872145),
    (simple_nonunifilar(), 0.469861724, 0.469861726),
]


@pytest.mark.parametrize(("process", "lower", "upper"), RATES, ids=lambda v: getattr(v, "name", None))
def test_the_bracket_lies_in_the_published_sandwich(process, lower, upper):
    rate = process.entropy_rate(1e-9)
    assert rate.method == "bracket"
    assert lower <= rate.lower <= rate.upper <= upper
    assert rate.width <= 1e-9


CONDITIONAL = [
    (mess3(0.05, 0.85), (1.09861, 0.85772, 0.81336, 0.79812, 0.79474, 0.79378)),
    (mess3(0.15, 0.6), (1.09861, 1.09107, 1.08939, 1.08900, 1.08891, 1.08889)),
    (rrxor(), (0.69315, 0.69315, 0.63651, 0.62849, 0.59868, 0.57762)),
    (zero_one_random(), (0.69315, 0.63651, 0.46210, 0.23105, 0.23105, 0.23105)),
]


@pytest.mark.parametrize(("process", "quoted"), CONDITIONAL, ids=lambda v: getattr(v, "name", None))
def test_conditional_entropies(process, quoted):
    found = process.conditional_entropies(6)
    assert [float(value) for value in found] == pytest.approx(quoted, abs=5.1e-6)
    assert {value.method for value in found} == {"exact"}


@pytest.mark.parametrize(("process", "total"), [(even_process(0.5), 0.8896), (rrxor(), 1.9486)])
def test_block_entropies_of_sofic_sources_converge_slowly(process, total):
    """sum over L < 10 of (h_L - h), h_L = H(Y_{L+1} | Y^L), bits: short of the limit E."""
    found = process.block_entropy(10, unit="bits") - 10 * process.entropy_rate(unit="bits")
    assert found == pytest.approx(total, abs=5e-5)
    assert found < process.excess_entropy(unit="bits")


def test_excess_is_not_complexity():
    assert golden_mean(0.5).excess_entropy(unit="bits") < golden_mean(0.5).statistical_complexity(unit="bits") - 0.6


def test_mess3_has_uncountably_many_causal_states_and_not_three():
    states = mess3(0.05, 0.85).causal_states()
    assert states.count == math.inf
    assert "uncountably many" in mess3(0.15, 0.6).statistical_complexity().why


@pytest.mark.parametrize(("process", "states"), [(golden_mean(0.5), 2), (even_process(0.5), 2), (rrxor(), 5)])
def test_recurrent_causal_states(process, states):
    assert process.causal_states().count == len(process.causal_states()) == states


def test_rrxor_spends_its_time_two_one_one_one_one():
    assert sorted(rrxor().causal_states().law * 6) == pytest.approx([1, 1, 1, 1, 2])


@pytest.mark.parametrize("p", [0.05, 0.1, 0.3, 0.45])
@pytest.mark.parametrize("e", [0.01, 0.1, 0.3])
def test_mrs_gerber(p, e):
    def star(a, b):
        return a * (1 - b) + b * (1 - a)

    rate = noisy(p, e).entropy_rate(1e-7, unit="bits")
    assert h2(star(p, e)) <= rate.lower
    assert rate.upper <= h2(star(star(p, e), e))


def test_small_noise_expansion():
    p, e = 0.3, 0.001
    slope = 2 * (1 - 2 * p) * math.log((1 - p) / p)
    second = slope + (1 - 2 * p) ** 2 / (2 * p**2 * (1 - p) ** 2)
    series = h2(p) + (slope * e - second * e**2) / math.log(2)
    exact = noisy(p, e).entropy_rate(unit="bits")
    assert exact == pytest.approx(0.8822652291, abs=5.1e-11)
    assert series == pytest.approx(0.8822652181, abs=5.1e-11)
    assert abs(exact - series) < 20 * e**3


def test_mess3_to_a_billionth_in_a_second():
    mess3(0.15, 0.6).entropy_rate()  # imports and caches
    start = time.perf_counter()
    rate = mess3(0.05, 0.85).entropy_rate(1e-9)
    assert rate.width <= 1e-9
    assert time.perf_counter() - start < 1.0 * max(1.0, _slowness())


def _slowness():
    """How much slower than usual this machine is now: the time is shared when tests run side by side."""
    start = time.perf_counter()
    a = np.random.default_rng(0).random((400, 400))
    for _ in range(20):
        np.log(a @ a).sum()
    return (time.perf_counter() - start) / 0.05
