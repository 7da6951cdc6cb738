"""Feedback capacity: known channels, bounds that hold, and what is refused."""

import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semtheory.errors import InputError
from semtheory.measures import directed_information_rate, feedback_capacity, mutual_information
from semtheory.measures.capacity import unifilar
from semtheory.measures.qgraph import last_outputs, solve
from semtheory.processes import (
    Channel,
    FiniteStateChannel,
    bec,
    binary_symmetric_markov,
    bsc,
    gilbert_elliott,
    ising,
    post,
    trapdoor,
)
from semtheory.testing import channels


@settings(max_examples=25, deadline=None)
@given(channels(inputs=3, outputs=3))
def test_memoryless_channels_have_their_ordinary_capacity(channel):
    """Above every input law on a grid, and met by one of them up to the grid."""
    found = feedback_capacity(channel)
    assert found.width < 1e-7
    size = channel.inputs
    best = 0.0
    for cut in np.ndindex((21,) * size):
        if sum(cut) == 20:
            law = np.array(cut) / 20
            best = max(best, float(mutual_information(law[:, None] * channel.matrix)))
    assert best <= found.upper + 1e-12
    assert found.lower <= best + 0.01


@pytest.mark.parametrize("channel", [trapdoor(), ising(), post(0.4)])
def test_no_source_beats_the_upper_bound(channel):
    bound = feedback_capacity(channel)
    for flip in (0.1, 0.3, 0.5, 0.7):
        assert directed_information_rate(binary_symmetric_markov(flip), channel, width=1e-5).lower <= bound.upper


def test_every_graph_bounds_from_above():
    for channel, capacity in ((trapdoor(), math.log((1 + math.sqrt(5)) / 2)), (post(0.5), math.log(5 / 4))):
        for k in range(5):
            assert solve(unifilar(channel), last_outputs(2, k)).upper >= capacity


def test_the_clock_plays_no_part(monkeypatch):
    """A busy machine gives the same bracket: what is spent are nodes and updates."""

    def forbidden():
        raise AssertionError("a measure looked at the clock")

    for name in ("monotonic", "perf_counter", "process_time", "time"):
        monkeypatch.setattr(time, name, forbidden)
    assert feedback_capacity(trapdoor()).width < 2e-6
    short = feedback_capacity(trapdoor(), nodes=3)
    assert short.width > 0.001
    assert short.why.endswith("allow more nodes")
    assert short.lower <= math.log((1 + math.sqrt(5)) / 2) <= short.upper
    source, channel = binary_symmetric_markov(0.02), bsc(0.12)
    narrow, wide = (directed_information_rate(source, channel, updates=n) for n in (1 << 21, 1 << 10))
    assert wide.lower <= narrow.lower <= narrow.upper <= wide.upper
    assert narrow.width < 1e-9 < wide.width
    assert wide.why.endswith("allow more beliefs or updates")


def test_states_that_no_node_has_all_together():
    """The state is the last two outputs: whoever knows the last output has ruled out half of the states."""
    kernel = np.zeros((2, 4, 2, 4))
    for x, s, y in np.ndindex(2, 4, 2):
        kernel[x, s, y, 2 * (s % 2) + y] = (0.6 + 0.1 * s) if y == x else (0.4 - 0.1 * s)
    found = feedback_capacity(FiniteStateChannel(kernel), gap=1e-15)
    assert 0 < found.lower <= found.upper < math.log(2)


@settings(max_examples=10, deadline=None)
@given(st.floats(0.05, 0.95))
def test_post_channels_follow_their_formula(alpha):
    closed = math.log2(1 + (1 - alpha) * alpha ** (alpha / (1 - alpha)))
    found = feedback_capacity(post(alpha), unit="bits")
    assert found.lower - 1e-9 <= closed <= found.upper + 1e-9
    assert found.width < 1e-7


def test_erasures_and_noise_with_memory():
    assert feedback_capacity(bec(0.3), unit="bits") == pytest.approx(0.7)
    found = feedback_capacity(gilbert_elliott(0.05, 0.25, 0.01, 0.2), unit="bits")
    assert found.upper < 0.8123510  # state known
    assert found.lower > 0.7501177  # memory ignored
    alone = feedback_capacity(gilbert_elliott(0.5, 0.5, 0.1, 0.1), unit="bits")
    assert alone == pytest.approx(float(feedback_capacity(bsc(0.1), unit="bits")), abs=1e-8)
    slow = feedback_capacity(gilbert_elliott(1e-12, 3e-12, 0, 0.5))  # bad for 1/4 of the time, and hardly ever changing
    assert slow.lower <= 0.75 * math.log(2) - 5e-11 <= slow.upper <= 0.75 * math.log(2)


def hidden_state():
    kernel = np.zeros((2, 2, 2, 2))
    kernel[:, 0] = np.array([[0.45, 0.45], [0.05, 0.05]])
    kernel[:, 1] = np.array([[0.3, 0.3], [0.2, 0.2]])
    kernel[1, 0] = np.array([[0.2, 0.1], [0.3, 0.4]])
    return FiniteStateChannel(kernel)


REFUSED = [
    (lambda: feedback_capacity(hidden_state()), "not unifilar"),
    (lambda: feedback_capacity(FiniteStateChannel(np.einsum("xy,sz->xsyz", Channel([[1, 0, 0], [0, 0.5, 0.5]]).matrix, np.eye(2)))), "not connected"),
    (lambda: feedback_capacity(trapdoor(), allowed=[[1, 0], [1, 0]]), r"states \[1\]"),
    (lambda: feedback_capacity(trapdoor(), allowed=[[1, 1, 1]]), "allowed has shape"),
    (lambda: feedback_capacity([[1, 0], [0, 1]]), "expected a Channel"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "words"), REFUSED)
def test_bad_input_is_named(call, words):
    with pytest.raises(InputError, match=words):
        call()
