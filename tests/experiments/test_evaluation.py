import itertools

import numpy as np
import pytest

from semtheory.errors import InputError
from semtheory.experiments.evaluation import exact_log_probabilities, excess, over_seeds
from semtheory.experiments.sources import SOURCES, named_source
from semtheory.values import Value


def all_words(source, length):
    return np.array(list(itertools.product(range(source.symbols), repeat=length)))


@pytest.mark.parametrize("name", ["mess3", "binary_markov"])
def test_the_filter_gives_the_law_of_words(name):
    source = named_source(name)
    words = all_words(source, 5)
    logs = np.take_along_axis(exact_log_probabilities(source, words), words[..., None], 2)[..., 0].sum(axis=1)
    start = np.asarray(source.stationary()).ravel()
    for word, log in zip(words, logs, strict=True):
        belief = start
        for symbol in word:
            belief = belief @ source.kernel[symbol]
        assert np.exp(log) == pytest.approx(belief.sum(), rel=1e-12)
    assert -(np.exp(logs) * logs).sum() == pytest.approx(float(source.block_entropy(5)), abs=1e-8)


def test_impossible_sequences_and_symbols_are_errors():
    with pytest.raises(InputError, match="sequence 1 cannot come from golden mean"):
        exact_log_probabilities(named_source("golden_mean"), np.array([[1, 0, 1], [0, 0, 1]]))
    with pytest.raises(InputError, match="values 0 to 1"):
        exact_log_probabilities(named_source("golden_mean"), np.array([[2]]))
    with pytest.raises(InputError, match="shape"):
        exact_log_probabilities(named_source("golden_mean"), np.array([1, 0]))


@pytest.mark.parametrize("name", SOURCES)
def test_the_exact_filter_has_no_excess(name):
    source = named_source(name)
    found = excess(lambda tokens: exact_log_probabilities(source, tokens), source, length=12, sequences=50)
    assert (float(found), found.lower, found.upper) == pytest.approx((0, 0, 0), abs=1e-14)


def uniform(tokens):
    return np.full((*tokens.shape, 3), -np.log(3))


def test_knowing_nothing_costs_what_it_must():
    """A uniform law has excess log V - H(X^T)/T; 95 of 100 intervals should hold it."""
    source, length = named_source("mess3"), 8
    truth = np.log(3) - float(source.block_entropy(length)) / length
    found = [excess(uniform, source, length=length, sequences=400, seed=seed) for seed in range(100)]
    assert 88 <= sum(value.lower < truth < value.upper for value in found) <= 99
    assert np.mean([float(value) for value in found]) == pytest.approx(truth, abs=0.0015)
    assert all(value.upper - value.lower < 0.02 for value in found)
    bits = excess(uniform, source, length=length, sequences=400, seed=0, unit="bits")
    assert float(bits) == pytest.approx(float(found[0]) / np.log(2))


def test_mass_on_symbols_the_source_lacks_counts():
    source = named_source("binary_markov")

    def wasteful(tokens):
        exact = np.exp(exact_log_probabilities(source, tokens))
        return np.log(np.concatenate([0.9 * exact, np.full((*tokens.shape, 1), 0.1)], axis=2))

    assert float(excess(wasteful, source, length=6)) == pytest.approx(-np.log(0.9))


def test_a_model_that_excludes_the_possible_is_infinitely_far():
    source = named_source("binary_markov")
    with np.errstate(divide="ignore"):
        found = excess(lambda t: np.log(np.broadcast_to([1.0, 0.0], (*t.shape, 2))), source, length=4)
    assert found == float("inf")
    assert "probability 0" in found.why


@pytest.mark.parametrize(
    ("answer", "message"),
    [(lambda t: np.zeros((*t.shape, 2)), "sum to between 2"), (lambda t: np.zeros((1, 1, 2)), "gave shape"), (lambda t: np.zeros(t.shape), "gave shape")],
)
def test_what_is_no_law_is_an_error(answer, message):
    with pytest.raises(InputError, match=message):
        excess(answer, named_source("rrxor"), length=4)


@pytest.mark.parametrize("sequences", [2, 5, 12])
def test_the_interval_holds_as_often_as_it_says(sequences):
    source = named_source("mess3")

    def model(tokens):
        return np.full((*tokens.shape, 3), -np.log(3))

    truth = float(excess(model, source, length=16, sequences=20_000, seed=1))
    held = 0
    for seed in range(300):
        found = excess(model, source, length=16, sequences=sequences, seed=seed)
        held += found.lower <= truth <= found.upper
    assert held >= 0.92 * 300  # normal quantiles hold about 70 % of the time for 2 sequences, 87 % for 5


def test_wrong_settings():
    with pytest.raises(InputError, match="at least 2"):
        excess(np.log, named_source(), sequences=1)
    with pytest.raises(InputError, match="how many tokens"):
        excess(np.log, named_source())
    with pytest.raises(InputError, match="no values"):
        over_seeds([])


def test_seeds_together():
    values = [Value(m, m - 1, m + 1, "nats", "sampled", "", 0.95) for m in (1.0, 3.0)]
    found = over_seeds(values)
    assert (float(found), found.lower, found.upper) == (2.0, 0.0, 4.0)
