"""An exact Shannon-Fano-Elias (arithmetic) code: whole numbers and fractions only, so nothing rounds.

A sequence of probability P has an interval [low, low + P); its codeword is the first ceil(log2 1/P) + 1 bits of the midpoint. No codeword
is the beginning of another.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction

from semtheory.errors import InputError

Predict = Callable[[tuple[int, ...]], Sequence[Fraction]]  # the law of the next token, exact, given those before


def code_length(probability: Fraction) -> int:
    """ceil(log2(1/P)) + 1, in whole numbers."""
    if not 0 < probability <= 1:
        raise InputError(
            f"probability={probability}: expected more than 0 and at most 1; a token of probability 0 has no codeword"
        )
    inverse = -(-probability.denominator // probability.numerator)  # ceil(1/P)
    return (inverse - 1).bit_length() + 1


def interval(tokens: Sequence[int], predict: Predict) -> tuple[Fraction, Fraction]:
    """Where the sequence lies among all of its length: the low end, and its probability."""
    low, width = Fraction(0), Fraction(1)
    for t, token in enumerate(tokens):
        law = predict(tuple(tokens[:t]))
        low += width * sum(law[:token], Fraction(0))
        width *= law[token]
    return low, width


def encode(tokens: Sequence[int], predict: Predict) -> str:
    """The codeword, as a string of 0 and 1.

    Raises:
        InputError: a sequence of probability 0.
    """
    low, width = interval(tokens, predict)
    length = code_length(width)
    return format(math.floor((low + width / 2) * 2**length), f"0{length}b")


def decode(bits: str, length: int, predict: Predict) -> tuple[int, ...]:
    """The `length` tokens whose interval holds the number 0.bits."""
    point = Fraction(int(bits, 2), 2 ** len(bits))
    tokens: tuple[int, ...] = ()
    low, width = Fraction(0), Fraction(1)
    for _ in range(length):
        for token, probability in enumerate(predict(tokens)):
            if point < low + width * probability:
                width *= probability
                tokens += (token,)
                break
            low += width * probability
    return tokens
