"""The filters against enumeration, brackets, horizons without end, and what is refused."""

import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semtheory.errors import InputError
from semtheory.measures import (
    causal_conditional_entropy,
    conditional_entropy,
    conditional_relative_entropy,
    directed_information,
    directed_information_rate,
    entropy,
    instantaneous_information,
    mutual_information,
    relative_entropy,
    reverse_directed_information,
    reverse_directed_information_rate,
    transfer_entropy,
    transfer_entropy_rate,
)
from semtheory.processes import (
    Channel,
    FeedbackSource,
    FiniteStateChannel,
    HiddenMarkov,
    MarkovChain,
    binary_symmetric_markov,
    bsc,
    joint_process,
    trapdoor,
)
from semtheory.testing import feedback_sources, finite_state_channels, hidden_markov

FLOWS = (directed_information, reverse_directed_information, transfer_entropy)


def joint_law(source, channel, n):
    """P(x_1, y_1, ..., x_n, y_n) by multiplying out every word."""
    pair = joint_process(source, channel)
    law = (pair.initial if pair.initial is not None else pair.stationary())[None, :]
    for _ in range(n):
        law = np.einsum("ws,ksz->wkz", law, pair.kernel).reshape(-1, pair.states)
    return law.sum(axis=1).reshape((channel.inputs, channel.outputs) * n)


@st.composite
def systems(draw):
    channel = draw(finite_state_channels(inputs=2, states=2, outputs=2))
    if draw(st.booleans()):
        source = draw(feedback_sources(channel.inputs, channel.outputs))
    else:
        source = draw(hidden_markov(symbols=2, states=2, with_initial=True).filter(lambda s: s.symbols == channel.inputs))
    return source, channel, draw(st.integers(1, 6))


@settings(max_examples=60, deadline=None)
@given(systems())
def test_filters_equal_enumeration(system):
    source, channel, n = system
    joint = joint_law(source, channel, n)
    for flow in FLOWS:
        found, wanted = flow(source, channel, n), float(flow(joint))
        assert found.method == "exact"
        assert abs(found - wanted) <= 1e-12 * max(1.0, wanted)
        assert found.lower - 1e-13 <= wanted <= found.upper + 1e-13


@settings(max_examples=40, deadline=None)
@given(systems(), st.integers(2, 10))
def test_brackets_contain_the_value(system, beliefs):
    source, channel, n = system
    joint = joint_law(source, channel, n)
    for flow in FLOWS:
        found, wanted = flow(source, channel, n, beliefs=beliefs), float(flow(joint))
        assert found.lower - 1e-12 <= wanted <= found.upper + 1e-12


@settings(max_examples=40, deadline=None)
@given(systems())
def test_conservation_kramer_and_the_split(system):
    source, channel, n = system
    joint = joint_law(source, channel, n)
    forward, back = directed_information(source, channel, n), reverse_directed_information(source, channel, n)
    x, y = tuple(range(0, 2 * n, 2)), tuple(range(1, 2 * n, 2))
    assert forward + back == pytest.approx(float(mutual_information(joint, x=x, y=y)), rel=1e-12, abs=1e-12)
    kramer = conditional_entropy(joint, of=y) - causal_conditional_entropy(joint)
    assert forward == pytest.approx(kramer, rel=1e-12, abs=1e-12)
    split = transfer_entropy(joint) + instantaneous_information(joint)
    assert directed_information(joint) == pytest.approx(split, rel=1e-11, abs=1e-11)


@settings(max_examples=15, deadline=None)
@given(systems())
def test_long_horizons_agree_with_short_ones_and_with_the_rate(system):
    source, channel, _ = system
    for flow, rate in zip(
        FLOWS, (directed_information_rate, reverse_directed_information_rate, transfer_entropy_rate), strict=True
    ):
        short, long = flow(source, channel, 64, beliefs=256), flow(source, channel, 90, beliefs=256)
        assert short.lower - 1e-9 <= long.upper
        try:
            limit = rate(source, channel, width=1e-4, updates=1 << 21)
        except InputError:
            continue  # several stationary laws
        assert limit.lower <= limit.upper


def test_a_thousand_steps_are_bracketed_and_sampled():
    source, channel = MarkovChain([[0.9, 0.1], [0.1, 0.9]], [1.0, 0.0]), bsc(0.2)
    found = directed_information(source, channel, 1000)
    assert found.method == "bracket"
    assert found.width < 1e-3
    drawn = directed_information(source, channel, 1000, method="sampled", confidence=0.999)
    assert drawn.method == "sampled"
    assert drawn.lower < found < drawn.upper
    rate = directed_information_rate(source, channel, width=1e-8, updates=1 << 25)
    assert found / 1000 == pytest.approx(rate, abs=2e-3)
    assert rate.width <= 1e-8


def test_memory_is_flat_in_the_horizon():
    source = binary_symmetric_markov(0.1)
    channel = FiniteStateChannel(trapdoor().kernel, [0.5, 0.5])

    def peak(n):
        tracemalloc.start()
        directed_information(source, channel, n, beliefs=256)
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    directed_information(source, channel, 100, beliefs=256)
    assert peak(3000) < 1.5 * peak(300) + 200_000


def test_finitely_many_beliefs_stay_exact():
    source = MarkovChain([[0.5, 0.5], [0.5, 0.5]])
    found = directed_information(source, bsc(0.1), 5000, unit="bits")
    assert found.method == "exact"
    assert found == pytest.approx(5000 * (1 - 0.4689955935892812), rel=1e-12)


def test_a_chain_that_hardly_mixes_keeps_its_rate():
    e = 1e-12
    chain = MarkovChain([[0.5 - e / 2, 0.5 - e / 2, e]] * 2 + [[1.5 * e, 1.5 * e, 1 - 3 * e]])
    found = directed_information_rate(chain, Channel(np.eye(3)))
    assert found.lower <= 0.519860385462082 <= found.upper  # the stationary law is (3/8, 3/8, 1/4)
    block = directed_information(chain, Channel(np.eye(3)), 100)
    assert block.lower <= 99 * 0.519860385462082 + 0.75 * math.log(8 / 3) + 0.25 * math.log(4) <= block.upper


def test_entropies_of_arrays():
    joint = [[0.4, 0.1], [0.1, 0.4]]
    assert mutual_information(joint) == pytest.approx(0.1927448, abs=1e-7)
    assert entropy(joint) - entropy([0.5, 0.5]) == pytest.approx(conditional_entropy(joint, of=1, given=0))
    assert relative_entropy([0.5, 0.5], [0.9, 0.1], unit="bits") == pytest.approx(0.7369656)
    assert relative_entropy([0.5, 0.5], [1, 0]) == math.inf
    assert entropy([1.0, 0.0]) == 0


REDUCIBLE = FiniteStateChannel(np.einsum("xy,sz->xsyz", bsc(0.1).matrix, np.eye(2)))

REFUSED = [
    (lambda: entropy([0.5, 0.6]), "sums to 1.1"),
    (lambda: entropy([1.5, -0.5]), "cannot be negative"),
    (lambda: entropy([0.5, math.nan]), "finite"),
    (lambda: entropy([]), "empty"),
    (lambda: entropy([0.5, 0.5], unit="hartleys"), "hartleys"),
    (lambda: mutual_information(np.full((2, 2, 2), 1 / 8)), "name the axes"),
    (lambda: mutual_information(np.full((2, 2), 1 / 4), x=0, y=5), "axis 5"),
    (lambda: relative_entropy([1.0], [0.5, 0.5]), "same alphabet"),
    (lambda: conditional_entropy([[0.5, 0.5]], None), "of=None: expected an axis"),
    (lambda: conditional_relative_entropy(1.0, [[1.0]], [1.0]), r"p has shape \(\): expected 1 rows"),
    (lambda: directed_information(np.full((2, 2, 2), 1 / 8)), "3 axes"),
    (lambda: directed_information(binary_symmetric_markov(0.1), bsc(0.1)), "n is missing"),
    (lambda: directed_information(binary_symmetric_markov(0.1), bsc(0.1), 0), "n=0"),
    (lambda: directed_information(binary_symmetric_markov(0.1), trapdoor(), 3), "first state"),
    (lambda: directed_information(binary_symmetric_markov(0.1), bsc(0.1), 3, method="magic"), "magic"),
    (lambda: directed_information(binary_symmetric_markov(0.1), np.eye(2), 3), "expected a Channel"),
    (lambda: directed_information(MarkovChain(np.full((3, 3), 1 / 3)), bsc(0.1), 3), "3 letters"),
    (lambda: directed_information(bsc(0.1), bsc(0.1), 3), "expected a MarkovChain"),
    (lambda: directed_information_rate(binary_symmetric_markov(0.1), REDUCIBLE), "reducible"),
    (lambda: directed_information_rate(binary_symmetric_markov(0.1), bsc(0.1), width=0), "width=0"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "words"), REFUSED)
def test_bad_input_is_named(call, words):
    with pytest.raises(InputError, match=words):
        call()


def test_a_source_that_hears_other_letters_is_refused():
    source = FeedbackSource(np.full((1, 3, 2, 1), 0.5), [[0.5], [0.5]])
    with pytest.raises(InputError, match="hears 3"):
        directed_information(source, bsc(0.1), 2)


def test_a_hidden_source_may_start_anywhere():
    kernel = np.zeros((2, 2, 2))
    kernel[0, 0, 1] = kernel[1, 1, 0] = 1.0
    known, unknown = HiddenMarkov(kernel, [1, 0]), HiddenMarkov(kernel)
    assert directed_information(known, bsc(0), 4) == pytest.approx(0, abs=1e-12)
    assert directed_information(unknown, bsc(0), 4, unit="bits") == pytest.approx(1)
