"""The exact arithmetic coder."""

from fractions import Fraction

import pytest

from semtheory.errors import InputError
from semtheory.measures.arithmetic_code import code_length, decode, encode


@pytest.mark.parametrize(
    ("probability", "bits"),
    [("1", 1), ("1/2", 2), ("1/3", 3), ("1/4", 3), ("3/4", 2), ("1/1024", 11), ("999/1000000", 11)],
)
def test_length(probability, bits):
    assert code_length(Fraction(probability)) == bits


def test_a_long_sequence_comes_back():
    def predict(past):
        return [Fraction(1, 3), Fraction(2, 3)] if sum(past) % 3 else [Fraction(9, 10), Fraction(1, 10)]

    tokens = tuple(int(k * k % 7 > 3) for k in range(300))
    assert decode(encode(tokens, predict), 300, predict) == tokens


def test_impossible_sequence():
    with pytest.raises(InputError, match="probability=0"):
        encode([1], lambda _: [Fraction(1), Fraction(0)])
