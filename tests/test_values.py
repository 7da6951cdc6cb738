import math
import pickle

import pytest

from semtheory.errors import InputError
from semtheory.values import Value


def test_a_value_is_a_float_that_knows_its_interval():
    value = Value.bracket(1.0, 2.0)
    assert (float(value), value.lower, value.upper, value.unit, value.method) == (1.5, 1.0, 2.0, "nats", "bracket")
    assert value + 1 == 2.5
    assert "1.5 nats, bracket in [1, 2]" in repr(value)


def test_units():
    bits = Value.exact(math.log(2)).to("bits")
    assert bits == pytest.approx(1)
    assert bits.lower <= 1 <= bits.upper
    assert bits.to("nats") == pytest.approx(math.log(2))
    with pytest.raises(InputError, match="unit 'byte'"):
        bits.to("byte")


def test_nothing_known_above():
    value = Value.bracket(1.0, math.inf)
    assert (float(value), value.width) == (1.0, math.inf)
    assert Value.exact(math.inf).to("bits").upper == math.inf


def test_a_sampled_value_says_how_sure_it_is():
    assert "sampled at 95% in [0.5, 1.5]" in repr(Value.sampled(1.0, 0.5, 1.5, 0.95))


@pytest.mark.parametrize("value", [3.0, math.nan])
def test_an_estimate_outside_its_interval_is_refused(value):
    with pytest.raises(InputError, match="outside its own interval"):
        Value(value, 1.0, 2.0)


def test_it_survives_a_pickle():
    value = pickle.loads(pickle.dumps(Value.sampled(1.0, 0.5, 1.5, 0.95, "bits")))
    assert (value.confidence, value.unit) == (0.95, "bits")
    assert value.upper == pytest.approx(1.5 / math.log(2))
