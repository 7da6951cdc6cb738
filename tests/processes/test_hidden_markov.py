import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semtheory.errors import InputError
from semtheory.processes import (
    Channel,
    FeedbackSource,
    FiniteStateChannel,
    HiddenMarkov,
    MarkovChain,
    VectorAutoregression,
    bsc,
    golden_mean,
    ising,
    joint_process,
    mess3,
    output_process,
    rrxor,
    simple_nonunifilar,
    trapdoor,
)
from semtheory.processes.beliefs import Cloud
from semtheory.processes.rate import cloud_bracket, psi, word_bracket
from semtheory.testing import (
    channels,
    feedback_sources,
    finite_state_channels,
    hidden_markov,
    markov_chains,
    vector_autoregressions,
    words,
)

steady = settings(deadline=None, database=None, derandomize=True)


def enumerated(process, n):
    """H(Y^n) from the probability of every word."""
    mass = [process.word_probability(word) for word in words(process, n)]
    assert math.fsum(mass) == pytest.approx(1, abs=1e-12)
    return -math.fsum(p * math.log(p) for p in mass if p > 0)


@steady
@given(hidden_markov(with_initial=None), st.integers(0, 6))
def test_block_entropies_equal_enumeration(process, n):
    assert process.block_entropy(n) == pytest.approx(enumerated(process, n), rel=1e-11, abs=1e-12)


@steady
@given(markov_chains(irreducible=False, with_initial=None), st.integers(0, 5))
def test_block_entropies_of_chains_equal_enumeration(process, n):
    assert process.block_entropy(n) == pytest.approx(enumerated(process, n), rel=1e-11, abs=1e-12)


@settings(steady, max_examples=40)
@given(hidden_markov())
def test_the_rate_lies_between_birchs_bounds(process):
    rate = process.entropy_rate(1e-6)
    n = 5
    upper = enumerated(process, n + 1) - enumerated(process, n)
    law = process.stationary()
    lower = sum(
        weight * (enumerated(known, n + 1) - enumerated(known, n))
        for weight, known in (
            (w, HiddenMarkov(process.kernel, np.eye(len(law))[s])) for s, w in enumerate(law) if w > 0
        )
    )
    assert lower - 1e-11 <= rate.upper
    assert rate.lower <= upper + 1e-11
    assert rate.lower <= rate.upper


@settings(steady, max_examples=40)
@given(hidden_markov(positive=True, unifilar=True, states=3))
def test_brackets_contain_the_exact_rate_of_unifilar_sources(process):
    kernel, law = process._recurrent
    exact = float(law @ [-sum(p * math.log(p) for p in kernel[:, i].sum(axis=1) if p > 0) for i in range(len(law))])
    bracket = word_bracket(kernel, law, 1e-6)
    assert bracket.lower <= exact <= bracket.upper
    clouds = cloud_bracket(kernel, law, 1e-4, work=200_000)
    assert clouds.lower <= exact <= clouds.upper


@settings(steady, max_examples=30)
@given(hidden_markov(states=2))
def test_words_and_clouds_agree(process):
    kernel, law = process._recurrent
    words_, clouds = word_bracket(kernel, law, 1e-7), cloud_bracket(kernel, law, 1e-5, work=200_000)
    assert max(words_.lower, clouds.lower) <= min(words_.upper, clouds.upper)


@settings(steady, max_examples=40)
@given(hidden_markov())
def test_excess_entropy_is_what_the_blocks_say(process):
    excess = process.excess_entropy(1e-5)
    rate = process.entropy_rate(1e-9)
    low = enumerated(process, 6) - 6 * rate.upper
    assert excess.upper >= low - 1e-10
    assert excess.lower <= process.statistical_complexity().upper + 1e-9


@settings(steady, max_examples=30)
@given(hidden_markov())
def test_time_may_run_backwards(process):
    back = process.reversed()
    assert back.block_entropy(4) == pytest.approx(process.block_entropy(4), abs=1e-11)
    rate, other = process.entropy_rate(1e-6), back.entropy_rate(1e-6)
    assert max(rate.lower, other.lower) <= min(rate.upper, other.upper)


@steady
@given(st.integers(1, 4), st.floats(0.001, 0.4), st.integers(0, 2**31))
def test_clouds_keep_their_mean_and_bound_both_sides(states, spacing, seed):
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.ones(30))
    cloud = Cloud(rng.dirichlet(np.ones(states) * 0.5, 30), weights)
    grid = 1 / round(1 / spacing)
    above, below = cloud.average(grid), cloud.split(grid)
    for other in (above, below):
        assert other.beliefs.min() >= 0
        assert other.weights @ other.beliefs == pytest.approx(weights @ cloud.beliefs, abs=1e-13)
        assert other.beliefs.sum(axis=1) == pytest.approx(1, abs=1e-13)
    assert below.state_entropy() - 1e-12 <= cloud.state_entropy() <= above.state_entropy() + 1e-12


def test_psi_is_the_remainder_and_decreases():
    x = np.concatenate([np.linspace(-1, 5, 4001), np.linspace(-2e-3, 2e-3, 801)])
    values = psi(x)
    assert psi(np.array([-1.0, 0.0])) == pytest.approx([2, 1])
    order = np.argsort(x, kind="stable")
    assert np.all(np.diff(values[order]) <= 1e-9)


@settings(steady, max_examples=30)
@given(st.data())
def test_source_and_channel_equal_enumeration(data):
    channel = data.draw(finite_state_channels())
    listening = data.draw(st.booleans())
    if listening:
        source = data.draw(feedback_sources(channel.inputs, channel.outputs))
    else:
        kernel = data.draw(hidden_markov(symbols=channel.inputs, states=2)).kernel
        kernel = np.concatenate([kernel, np.zeros((channel.inputs - len(kernel), *kernel.shape[1:]))])
        source = HiddenMarkov(kernel)
        source = HiddenMarkov(kernel, source.stationary())
    joint, output = joint_process(source, channel), output_process(source, channel)
    n = 3
    total = {}
    for word in words(joint, n):
        xs, ys = np.divmod(word, channel.outputs)
        p = by_hand(source, channel, xs, ys)
        assert joint.word_probability(word) == pytest.approx(p, abs=1e-13)
        total[tuple(ys)] = total.get(tuple(ys), 0) + p
    for word in words(output, n):
        assert output.word_probability(word) == pytest.approx(total[tuple(word)], abs=1e-13)


def by_hand(source, channel, xs, ys):
    """P(x^n, y^n) by summing over every path of the source's and the channel's states."""
    paths = {}
    listening = isinstance(source, FeedbackSource)
    for s, w in enumerate(channel.initial):
        for r, v in [(None, 1.0)] if listening else enumerate(source.initial):
            paths[r, s] = w * v
    for t, (x, y) in enumerate(zip(xs, ys, strict=True)):
        after = {}
        for (r, s), w in paths.items():
            for q in range(source.states):
                if not listening:
                    move = source.kernel[x, r, q]
                else:
                    move = source.first[x, q] if t == 0 else source.kernel[r, ys[t - 1], x, q]
                for z in range(channel.states):
                    after[q, z] = after.get((q, z), 0) + w * move * channel.kernel[x, s, y, z]
        paths = after
    return math.fsum(paths.values())


@steady
@given(markov_chains())
def test_stationary_laws_stay(chain):
    law = chain.stationary()
    assert np.abs(law @ chain.table - law).max() < 1e-14


@steady
@given(channels(), hidden_markov(unifilar=True), vector_autoregressions())
def test_strategies_give_what_they_say(channel, process, var):
    assert channel.is_memoryless
    assert process.is_unifilar
    assert var.spectral_radius < 1
    assert not var.is_singular
    state = var.stationary_covariance()
    assert var.companion @ state @ var.companion.T + np.pad(
        var.noise_covariance, (0, len(state) - var.dimension)
    ) == pytest.approx(state, abs=1e-8 * max(1, np.abs(state).max()))


def test_samples_follow_the_law_and_the_seed():
    process = rrxor(0.3, 0.6)
    drawn = process.sample(30_000, 5)
    assert np.array_equal(drawn, process.sample(30_000, 5))
    assert not np.array_equal(drawn[:50], process.sample(50, 6))
    pairs = np.bincount(2 * drawn[:-1] + drawn[1:], minlength=4) / (len(drawn) - 1)
    assert pairs == pytest.approx([process.word_probability(w) for w in words(process, 2)], abs=0.02)
    assert golden_mean().sample(400, 1, sequences=3).shape == (3, 400)
    drawn = golden_mean().sample(2000, 1)
    assert not np.any(drawn[1:] + drawn[:-1] == 0)


def test_higher_order_chains_and_first_symbols():
    table = np.random.default_rng(0).dirichlet([1, 1], size=(2, 2))
    first = np.array([[0.1, 0.2], [0.3, 0.4]])
    chain = MarkovChain(table, first)
    assert chain.word_probability([1, 0, 1]) == pytest.approx(0.3 * table[1, 0, 1])
    assert chain.word_probability([1]) == pytest.approx(0.7)
    assert MarkovChain(table).stationary().shape == (2, 2)
    assert MarkovChain([0.25, 0.75]).entropy_rate(unit="bits") == pytest.approx(0.8112781245)
    assert MarkovChain([[0, 1], [1, 0]]).period() == 2


def test_a_reducible_source_has_the_average_rate_of_its_classes():
    chain = MarkovChain([[0.5, 0.5, 0], [0.5, 0.5, 0], [0, 0, 1]], [0.2, 0.2, 0.6])
    assert chain.entropy_rate(unit="bits") == pytest.approx(0.4)
    with pytest.raises(InputError, match=r"reducible: from \{0, 1\} or \{2\} it never leaves"):
        MarkovChain([[0.5, 0.5, 0], [0.5, 0.5, 0], [0, 0, 1]]).stationary()


def test_unifilar_steps():
    assert trapdoor().next_state(0, 1, 1) == 0
    assert ising().next_state(1, 0, 0) == 1
    with pytest.raises(InputError, match="expected a unifilar process"):
        mess3().next_state(0, 0)
    with pytest.raises(InputError, match="states \\[0, 1\\] may follow"):
        FiniteStateChannel(np.full((1, 2, 1, 2), 0.5)).next_state(0, 0, 0)


def test_what_is_not_known_is_not_said():
    states = simple_nonunifilar().causal_states()
    assert (states.count, states.law) == (None, None)
    complexity = simple_nonunifilar().statistical_complexity()
    assert complexity.upper == math.inf
    assert math.isfinite(complexity)


class Tensor:
    """Answers as a tensor that is being differentiated does."""

    def __array__(self, *_args, **_kinds):
        raise RuntimeError("Can't call numpy() on Tensor that requires grad.")


BAD = [
    (lambda: MarkovChain([[0.5, 0.4], [1, 0]]), r"transition\[0, :\] sums to 0.9, expected 1"),
    (lambda: MarkovChain([[1.5, -0.5], [1, 0]]), r"transition\[0, 1\] is -0.5: a probability cannot be negative"),
    (lambda: MarkovChain([[math.nan, 1], [1, 0]]), r"transition\[0, 0\] is nan: expected a finite number"),
    (lambda: MarkovChain([[0.5, 0.5]]), r"transition has shape \(1, 2\)"),
    (lambda: MarkovChain([]), "empty"),
    (lambda: MarkovChain("abc"), "not an array of numbers"),
    (lambda: MarkovChain([[1, 0], [0, 1]], [1, 0, 0]), r"initial has shape \(3,\): expected \(2,\)"),
    (lambda: HiddenMarkov(np.full((2, 2, 2), 0.3)), r"kernel\[:, 0, :\] sums to 1.2"),
    (lambda: HiddenMarkov(np.ones((1, 1, 2)) / 2), r"expected \(symbols, states, states\)"),
    (lambda: Channel([[0.5, 0.6]]), r"matrix\[0, :\] sums to 1.1"),
    (lambda: FiniteStateChannel(np.ones((1, 1, 1, 2)) / 2), "starts from 1 states and ends in 2"),
    (lambda: bsc(1.2), "e=1.2: expected a probability"),
    (lambda: mess3(0.6, 0.5), "x=0.6: expected at most 1/2"),
    (lambda: VectorAutoregression([[1.1]], [[1]]), "unstable: the companion matrix has an eigenvalue of modulus 1.1"),
    (lambda: VectorAutoregression([[0.5]], [[-1]]), "eigenvalue -1"),
    (lambda: VectorAutoregression([[0.5]], [[1, 0], [0, 1]]), r"noise_covariance has shape \(2, 2\)"),
    (lambda: VectorAutoregression(np.zeros((2, 2)), [[1, 0.5], [0, 1]]), "not symmetric"),
    (lambda: golden_mean().block_entropy(-1), "n=-1: expected a whole number, at least 0"),
    (lambda: golden_mean().entropy_rate(unit="bit"), "unit 'bit': expected 'nats' or 'bits'"),
    (lambda: golden_mean().entropy_rate(0), "expected a width above 0"),
    (lambda: golden_mean().entropy_rate("a"), "tolerance='a': expected a width above 0"),
    (lambda: golden_mean().block_entropy(2, math.nan), "tolerance=nan"),
    (lambda: golden_mean().sample(3, -1), "seed=-1: expected a whole number"),
    (lambda: golden_mean().word_probability("ab"), "word holds 'ab': expected symbols 0 to 1"),
    (lambda: golden_mean().word_probability([0.9, 1.7]), "word holds 0.9"),
    (lambda: golden_mean().word_probability([0, -1]), "word holds -1"),
    (lambda: golden_mean().word_probability([[0], [0, 1]]), "not a sequence of symbols"),
    (lambda: MarkovChain(0.5), "transition is the number 0.5: expected an array of probabilities"),
    (lambda: MarkovChain(np.eye(2), 0.5), "initial is the number 0.5"),
    (lambda: MarkovChain(np.eye(2), [[0.5], [0.2, 0.3]]), "initial: .* is not an array"),
    (lambda: MarkovChain([[10**400, 1], [0, 1]]), "transition: .* is not an array"),
    (lambda: Channel(Tensor()), "matrix is not an array of numbers: expected one, or a tensor's .detach()"),
    (lambda: joint_process([[0.5, 0.5]], bsc(0.1)), "expected a process such as HiddenMarkov"),
]


@pytest.mark.parametrize(("make", "message"), BAD, ids=[message[:30] for _, message in BAD])
def test_bad_input_is_named(make, message):
    with pytest.raises(InputError, match=message):
        make()


def test_small_probabilities_are_not_none():
    """Read as fractions they stay above 0: the belief after them is divided by them."""
    kernel = np.array([[[0.5, 0.5], [0.5, 0.5]], [[1e-20] * 2] * 2])
    rate = HiddenMarkov(kernel).entropy_rate()
    assert rate.lower <= 2e-20 * (1 + math.log(5e19)) <= rate.upper
    assert HiddenMarkov(kernel).causal_states().count == 1


def test_word_probabilities():
    assert golden_mean().word_probability([]) == 1
    assert golden_mean().word_probability([0, 0]) == 0
    assert golden_mean().word_probability(np.array([1.0, 0.0])) == pytest.approx(1 / 3)


def test_long_blocks_stay_exact_and_short():
    """Beliefs that are never quite certain are countless; those of no weight are put together."""
    process = rrxor(0.3, 0.2)
    block = process.block_entropy(300)
    assert block.method == "exact"
    rate, excess = process.entropy_rate(), process.excess_entropy()
    assert block == pytest.approx(300 * rate + excess, abs=1e-9)


def test_dust_is_put_together_and_weighed():
    cloud = Cloud(np.array([[0.2, 0.8], [0.5, 0.5], [1.0, 0.0]]), np.array([1 - 3e-20, 1e-20, 2e-20]))
    swept, mass = cloud.without_dust(1e-18)
    assert len(swept) == 2
    assert mass == pytest.approx(3e-20)
    assert swept.beliefs[1] == pytest.approx([2.5 / 3, 0.5 / 3])
    assert cloud.without_dust(1e-30) == (cloud, 0.0)
