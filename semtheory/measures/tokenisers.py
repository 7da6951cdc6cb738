"""Tokens against bytes: every segmentation of a text counts for its probability; a lossless tokeniser changes no entropy."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from semtheory.errors import InputError
from semtheory.measures.entropies import nats
from semtheory.processes._checks import probabilities, probability
from semtheory.values import Value

Text: TypeAlias = str | bytes
Law: TypeAlias = Mapping[Any, float]
MOST_SEGMENTATIONS = 1_000_000


class TextProbability(float):
    """P(text), a float. Attributes: `canonical`, the probability of the canonical tokens alone; `tokens`, these; `segmentations`, their number."""

    canonical: float
    tokens: tuple[Text, ...]
    segmentations: int

    def __new__(cls, value: float, canonical: float, tokens: tuple[Text, ...], segmentations: int) -> TextProbability:
        self = super().__new__(cls, value)
        self.canonical, self.tokens, self.segmentations = canonical, tokens, segmentations
        return self

    def __repr__(self) -> str:
        return f"<{float(self):.10g} over {self.segmentations} segmentations, canonical {self.canonical:.10g}>"

    __str__ = __repr__


def segmentations(text: Text, vocabulary: Iterable[Text]) -> Iterator[tuple[Text, ...]]:
    """Every way to write `text` as tokens of the vocabulary, longest first token first.

    Raises:
        InputError: a text that is neither str nor bytes, an empty token, or a token that is not of the type of `text`.
    """
    onward = _onward(text, _words(text, vocabulary))

    def split() -> Iterator[tuple[Text, ...]]:
        tokens: list[Text] = []
        open_, place = [iter(onward[0])], 0  # what may still be tried at each place of the way here
        if not text:
            yield ()
        while open_:
            word = next(open_[-1], None)
            if word is not None:
                tokens.append(word)
                place += len(word)
                if place < len(text):
                    open_.append(iter(onward[place]))
                    continue
                yield tuple(tokens)
            else:
                open_.pop()
            if tokens:
                place -= len(tokens.pop())

    return split()


def text_probability(
    text: Text,
    model: Law | Callable[[tuple[Text, ...]], Law],
    *,
    canonical: Sequence[Text] | None = None,
) -> TextProbability:
    """The probability that a token model gives to a text: the sum over all segmentations.

    Args:
        text: complete; the model must end after it.
        model: the law of the next token, a mapping whose empty token "" (or b"") ends the text; or a function from the tokens so far to such a
            law, with one vocabulary throughout.
        canonical: the tokens that the tokeniser makes of the text; greedily the longest by default.

    Raises:
        InputError: no law, no segmentation, canonical tokens that are not the text, or more than a million segmentations for a model with memory.
    """
    if not isinstance(text, (str, bytes)):
        raise InputError(f"text={text!r}: expected a str or bytes")
    end: Text = "" if isinstance(text, str) else b""
    ask: Callable[[tuple[Text, ...]], Law] = model if callable(model) else (lambda _prefix: model)
    vocabulary = _words(text, (word for word in _law(ask(()), ()) if word != end))
    ways = _ways(text, vocabulary)
    if ways == 0:
        raise InputError(
            f"{text!r} has no segmentation into tokens of the vocabulary: expected every letter to be a token"
        )
    chosen = tuple(canonical) if canonical is not None else next(segmentations(text, vocabulary))
    if not all(isinstance(word, type(end)) for word in chosen):
        raise InputError(f"canonical tokens {chosen!r}: expected {type(end).__name__} tokens, as the text is")
    if end.join(chosen) != text:  # type: ignore[arg-type]
        raise InputError(f"canonical tokens {chosen!r} make {end.join(chosen)!r}: expected {text!r}")  # type: ignore[arg-type]
    if not callable(model):
        law = _law(model, ())
        stop = law.get(end, 0.0)
        at = [1.0] + [0.0] * len(text)
        for i in range(len(text)):
            for word in vocabulary:
                if at[i] and text.startswith(word, i):  # type: ignore[arg-type]
                    at[i + len(word)] += at[i] * law[word]
        return TextProbability(at[-1] * stop, math.prod(law.get(word, 0.0) for word in chosen) * stop, chosen, ways)
    if ways > MOST_SEGMENTATIONS:
        raise InputError(f"{ways} segmentations of {text!r}: at most {MOST_SEGMENTATIONS} for a model with memory")

    def chance(tokens: tuple[Text, ...]) -> float:
        whole = (*tokens, end)
        return math.prod(_law(ask(whole[:k]), whole[:k]).get(word, 0.0) for k, word in enumerate(whole))

    return TextProbability(math.fsum(map(chance, segmentations(text, vocabulary))), chance(chosen), chosen, ways)


def token_entropy(
    law: Law, encode: Callable[[Any], Hashable], *, unit: str = "nats", require_injective: bool = True
) -> Value:
    """The entropy of the tokens of a random text; that of the text itself when no two texts have the same tokens.

    Args:
        law: text -> probability. encode: text -> tokens, hashable (a tuple).
        require_injective: refuse a tokeniser that merges texts of positive probability; otherwise its smaller entropy is returned.

    Raises:
        InputError: no law, or two texts with the same tokens (both named).
    """
    if not isinstance(law, Mapping):
        raise InputError(f"law={law!r}: expected a mapping from texts to probabilities")
    texts = list(law)
    values = probabilities("law", np.array([law[text] for text in texts], dtype=float), 1)
    masses: dict[Hashable, float] = defaultdict(float)
    first: dict[Hashable, Any] = {}
    for text, value in zip(texts, values, strict=True):
        if value == 0:
            continue
        tokens = encode(text)
        try:
            hash(tokens)
        except TypeError:
            raise InputError(f"encode({text!r}) is {tokens!r}: expected something hashable, such as a tuple") from None
        if require_injective and tokens in first:
            raise InputError(
                f"{first[tokens]!r} and {text!r} both become {tokens!r}: expected a tokeniser that loses nothing"
            )
        first.setdefault(tokens, text)
        masses[tokens] += float(value)
    return Value.exact(nats(np.array(list(masses.values()))), unit)


def _words(text: Text, vocabulary: Iterable[Text]) -> list[Text]:
    """The tokens, longest first."""
    if not isinstance(text, (str, bytes)):
        raise InputError(f"text={text!r}: expected a str or bytes")
    words = list(dict.fromkeys(vocabulary))
    for word in words:
        if not isinstance(word, type(text)) or not word:
            raise InputError(f"token {word!r}: expected a non-empty {type(text).__name__}, as the text is")
    return sorted(words, key=lambda word: (-len(word), word))


def _onward(text: Text, vocabulary: Sequence[Text]) -> list[list[Text]]:
    """At each place of the text, the tokens there from which its end can be reached."""
    found: list[list[Text]] = [[] for _ in range(len(text) + 1)]
    for i in range(len(text) - 1, -1, -1):
        for word in vocabulary:
            after = i + len(word)
            if text.startswith(word, i) and (after == len(text) or found[after]):  # type: ignore[arg-type]
                found[i].append(word)
    return found


def _ways(text: Text, vocabulary: Sequence[Text]) -> int:
    at = [1] + [0] * len(text)
    for i in range(len(text)):
        for word in vocabulary:
            if at[i] and text.startswith(word, i):  # type: ignore[arg-type]
                at[i + len(word)] += at[i]
    return at[-1]


def _law(law: Law, prefix: tuple[Text, ...]) -> Law:
    if not isinstance(law, Mapping) or not law:
        raise InputError(
            f"the model after {prefix!r} returned {law!r}: expected a mapping from tokens to probabilities"
        )
    total = math.fsum(probability(f"model({prefix!r})[{word!r}]", value) for word, value in law.items())
    if abs(total - 1) > 1e-9:
        raise InputError(f"the law after {prefix!r} sums to {total:.10g}: expected 1, the end of the text included")
    return law
