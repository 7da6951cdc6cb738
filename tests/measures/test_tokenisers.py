"""Texts under a token model: every segmentation counted; entropies of lossless and of lossy tokenisers."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest

from semtheory.errors import InputError
from semtheory.measures import entropy, segmentations, text_probability, token_entropy

LAW = {"a": 0.3, "b": 0.2, "aa": 0.2, "ab": 0.2, "": 0.1}


def test_all_segmentations() -> None:
    assert list(segmentations("aab", LAW.keys() - {""})) == [("aa", "b"), ("a", "ab"), ("a", "a", "b")]
    assert list(segmentations("ba", ["a"])) == []
    assert list(segmentations(b"aa", [b"a", b"aa"])) == [(b"aa",), (b"a", b"a")]


def test_probability_by_hand() -> None:
    found = text_probability("aab", LAW)
    assert found == pytest.approx((0.2 * 0.2 + 0.3 * 0.2 + 0.3 * 0.3 * 0.2) * 0.1)
    assert (found.tokens, found.segmentations) == (("aa", "b"), 3)
    assert found.canonical == pytest.approx(0.2 * 0.2 * 0.1)
    assert text_probability("aab", LAW, canonical=("a", "ab")).canonical == pytest.approx(0.3 * 0.2 * 0.1)


def test_a_model_with_memory_agrees_where_it_has_none() -> None:
    assert text_probability("aabab", lambda _: LAW) == pytest.approx(float(text_probability("aabab", LAW)))

    def never_twice(prefix: tuple[Any, ...]) -> dict[str, float]:
        weights = {word: (0.0 if prefix and word == prefix[-1] else value) for word, value in LAW.items()}
        total = sum(weights.values())
        return {word: value / total for word, value in weights.items()}

    assert text_probability("aa", never_twice) < text_probability("aa", LAW)


def test_texts_of_all_lengths_have_total_at_most_one() -> None:
    total = sum(
        float(text_probability("".join(word), LAW)) for n in range(9) for word in itertools.product("ab", repeat=n)
    )
    assert 0.3 < total < 1
    longer = total + sum(float(text_probability("".join(word), LAW)) for word in itertools.product("ab", repeat=9))
    assert total < longer < 1


def test_long_texts_are_counted_without_listing() -> None:
    found = text_probability("a" * 200, LAW)
    assert found.segmentations > 10**40
    assert 0 < found.canonical < found


def test_canonical_tokens_of_texts_that_are_long_or_lead_astray() -> None:
    assert text_probability("a" * 2000, {"a": 0.5, "": 0.5}).tokens == ("a",) * 2000
    tokens = text_probability("x" + "a" * 161 + "b", {"xa": 0.2, "x": 0.2, "aa": 0.2, "aaaa": 0.2, "ab": 0.2}).tokens
    assert tokens == ("x", *("aaaa",) * 40, "ab")  # "xa" would be longer, and leads nowhere


def test_entropy_of_a_lossless_tokeniser() -> None:
    law = {"aab": 0.5, "ab": 0.25, "b": 0.25, "never": 0.0}
    found = token_entropy(law, lambda text: tuple(text), unit="bits")
    assert found == pytest.approx(float(entropy([0.5, 0.25, 0.25], unit="bits")))
    merged = token_entropy(law, len, unit="bits", require_injective=False)
    assert merged == pytest.approx(1.5)  # 3, 2, 1: still lossless
    lossy = token_entropy(law, lambda text: text[-1], unit="bits", require_injective=False)
    assert lossy == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: text_probability("abc", LAW), "no segmentation"),
        (lambda: text_probability("ab", LAW, canonical=("a",)), "expected 'ab'"),
        (lambda: text_probability("a", {"a": 0.5, "": 0.6}), "sums to 1.1"),
        (lambda: text_probability("a", {"a": -0.5, "": 1.5}), "expected a probability"),
        (lambda: text_probability("a", {}), "expected a mapping"),
        (lambda: text_probability("a" * 60, lambda _: LAW), "at most 1000000"),
        (lambda: text_probability(b"a", LAW), "expected a non-empty bytes"),
        (lambda: list(segmentations("a", [""])), "non-empty str"),
        (lambda: token_entropy({"a": 0.5, "b": 0.5}, lambda _: 0), "'a' and 'b' both become 0"),
        (lambda: token_entropy({"a": 0.5}, len), "sums to 0.5"),
        (lambda: token_entropy([0.5, 0.5], len), "expected a mapping"),
        (lambda: token_entropy({"a": 1.0}, list), "expected something hashable"),
        (lambda: text_probability(5, LAW), "text=5: expected a str or bytes"),  # type: ignore[arg-type]
        (lambda: text_probability("ab", LAW, canonical=(b"ab",)), "expected str tokens"),
    ],
)
def test_bad_input_is_named(call: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()


def test_the_loss_of_bytes_is_at_most_that_of_canonical_tokens() -> None:
    for word in itertools.product("ab", repeat=5):
        found = text_probability("".join(word), LAW)
        assert -math.log(found) <= -math.log(found.canonical)
