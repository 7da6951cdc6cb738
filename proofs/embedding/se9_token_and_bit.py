"""Token and bit: a tokeniser that loses nothing changes no entropy, and a token model says less of the bytes than it knows.

*Entropy.* T = tokens(B) with B = bytes(T): H(T) = H(B), and the cross-entropies of the two differ by what follows.

*Probability.* A token model is a law over token sequences, also over those that the tokeniser never makes. The probability of a byte string is the sum over all
its segmentations, so it is at least that of the canonical one: -log P(bytes) <= -log P(canonical tokens), and D of the bytes <= D of the tokens. The two agree
iff the model never leaves the canonical segmentation.

*Why.* Each of B and T is a function of the other. A sum of probabilities is at least each term; data processing (F4) for the decoder.

*Limits.* Complete texts, so that segmentations exclude each other. A tokeniser that merges texts (case folding, unknown tokens) loses H(B|T).
*False:* that per-token loss ranks models with different tokenisers: pairs of fair bits cost 2 bits a token, single ones 1 bit, the same text the same.
Rank by loss per byte. Cao and Rimell 2021; Chirkova, Kruszewski, Rozen and Dymetman 2023.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import sympy

from semtheory import Fidelity, Given, Theorem, Variant
from semtheory.logic.calculus import Sign, Termwise
from semtheory.logic.tested import Tested

c, r, p, A, B = sympy.symbols("c r p A B")
log = sympy.log

encoded = Given("H(T|B) = 0", met_by="tokens made from the bytes", broken_by="a tokeniser that tosses coins")
one_decoder = Given(
    "D(p(B|T)||q(B|T)) = 0", met_by="texts decoded alike under both laws", broken_by="another decoder under q"
)
decoded = Given("H(B|T) = 0", met_by="no two texts of the same tokens", broken_by="one token for unknown words")


def ranked_by_token(case: tuple[float, float]) -> str | None:
    """Two models of fair bits: one reads bits and believes in bias `case[0]`, one pairs and believes in `case[1]` per bit."""
    from math import log2

    def loss(bias: float) -> float:  # bits lost per bit of text
        return -(log2(bias) + log2(1 - bias)) / 2

    single, pairs = loss(case[0]), 2 * loss(case[1])  # per token
    better_by_token, better_by_byte = single <= pairs, loss(case[0]) <= loss(case[1])
    if better_by_token == better_by_byte:
        return None
    return (
        f"bits per token {single:.4f} and {pairs:.4f}, bits per bit of text {loss(case[0]):.4f} and {loss(case[1]):.4f}"
    )


def canonical_is_all(case: tuple[str, dict[str, float]]) -> str | None:
    """A unigram token model: P(text) summed over segmentations, against the canonical one alone."""
    from semtheory.measures import text_probability

    text, law = case
    found = text_probability(text, law)
    if found.canonical >= found - 1e-15:
        return None
    return f"P(text) = {float(found):.6f} over {found.segmentations} segmentations, canonical {found.canonical:.6f}"


def compositions(text: str) -> list[tuple[str, ...]]:
    """Every way to cut a text into non-empty pieces."""
    found = []
    for cuts in itertools.product((False, True), repeat=len(text) - 1):
        ends = [0, *(k + 1 for k, cut in enumerate(cuts) if cut), len(text)]
        found.append(tuple(text[a:b] for a, b in itertools.pairwise(ends)))
    return found


def token_law(weights: dict[str, int], before: str) -> dict[str, float]:
    """A law of the next token that depends on the one before: a token's weight counts twice after itself."""
    raised = {token: weight * (2 if token and token == before else 1) for token, weight in weights.items()}
    return {token: weight / sum(raised.values()) for token, weight in raised.items()}


def summed_over_cuts(case: tuple[str, dict[str, int]]) -> str | None:
    """P(text) and the number of segmentations, over every way to cut it; a model without and one with memory."""
    from semtheory.measures import text_probability

    text, weights = case
    vocabulary = {token for token in weights if token}
    ways = [pieces for pieces in compositions(text) if set(pieces) <= vocabulary]
    models: list[tuple[Any, bool]] = [
        (token_law(weights, ""), False),
        (lambda prefix: token_law(weights, prefix[-1] if prefix else ""), True),
    ]
    for model, memory in models:
        chances: dict[tuple[Any, ...], float] = {}
        for pieces in ways:
            pairs = itertools.pairwise(("", *pieces, ""))
            chances[pieces] = math.prod(token_law(weights, before if memory else "")[token] for before, token in pairs)
        found = text_probability(text, model)
        if found.segmentations != len(ways) or not math.isclose(found, math.fsum(chances.values()), rel_tol=1e-12):
            return f"P = {float(found):.12g} over {found.segmentations}, cut by cut {math.fsum(chances.values()):.12g} over {len(ways)}"
        if not math.isclose(found.canonical, chances[found.tokens], rel_tol=1e-12) or found.canonical > found * (1 + 1e-12):
            return f"canonical {found.tokens} {found.canonical:.12g}, P = {float(found):.12g}"
    return None


def greedy(text: str, vocabulary: tuple[str, ...] = ("aa", "ab", "ba", "a", "b")) -> tuple[str, ...]:
    """The first token of the list that fits, again and again."""
    tokens: list[str] = []
    while len("".join(tokens)) < len(text):
        rest = text[len("".join(tokens)) :]
        tokens.append(next(token for token in vocabulary if rest.startswith(token)))
    return tuple(tokens)


def same_entropy(case: dict[str, int]) -> str | None:
    """H(tokens) against H(texts) written out; and, texts merged by their letters' counts, against H(texts) - H(text|merged)."""
    from semtheory.measures import token_entropy

    total = sum(case.values())
    law = {text: weight / total for text, weight in case.items()}
    texts = -math.fsum(p * math.log(p) for p in law.values())
    kept = float(token_entropy(law, greedy))
    if abs(kept - texts) > 1e-12:
        return f"H(tokens) = {kept:.12f}, H(texts) = {texts:.12f}"
    merged = {tuple(sorted(text)): 0.0 for text in law}
    for text, p in law.items():
        merged[tuple(sorted(text))] += p
    lost = -math.fsum(p * math.log(p / merged[tuple(sorted(text))]) for text, p in law.items())
    found = float(token_entropy(law, lambda text: tuple(sorted(text)), require_injective=False))
    return None if abs(found - (texts - lost)) < 1e-12 else f"merged: {found:.12f}, H - H(B|T) = {texts - lost:.12f}"


def canonical_is_likeliest(case: tuple[str, dict[str, float]]) -> str | None:
    """The longest tokens first against the likeliest segmentation, over every way to cut the text."""
    from semtheory.measures import text_probability

    text, law = case
    end = law[""]
    chances: dict[tuple[Any, ...], float] = {
        pieces: math.prod(law.get(token, 0.0) for token in pieces) * end for pieces in compositions(text)
    }
    found, best = text_probability(text, law), max(chances, key=lambda pieces: chances[pieces])
    if found.canonical >= chances[best] - 1e-15:
        return None
    return f"{'.'.join(map(str, found.tokens))} {found.canonical:.4f} < {'.'.join(best)} {chances[best]:.4f}"


def draw_text() -> Any:
    from hypothesis import strategies as st

    weight = st.integers(1, 9)
    always = {"a": weight, "b": weight, "": weight}
    sometimes = dict.fromkeys(("aa", "ab", "ba", "aab", "abab"), weight)
    return st.tuples(st.text("ab", min_size=1, max_size=8), st.fixed_dictionaries(always, optional=sometimes))


def draw_texts() -> Any:
    from hypothesis import strategies as st

    return st.dictionaries(st.text("ab", max_size=5), st.integers(1, 9), min_size=1, max_size=8)


SE9 = Theorem(
    "SE9",
    title="Token and bit: H(tokens) = H(bytes); P(bytes) = sum over segmentations >= P(canonical)",
    depends=["F1", "F4"],
    claims=[
        ("H(T) = H(B)", encoded, decoded),
        ("I(T;X) = I(B;X)", encoded, decoded),
        Sign(
            "P(bytes) >= P(canonical tokens): log(c + r) >= log c, r >= 0 the other segmentations",
            log(c + r) - log(c),
            facts=[c > 0, r >= 0],
            shown=log(1 + r / c),
            latex=r"P(\mathrm{bytes}) = \sum_{\mathrm{segmentations}} P(t) \ge P(\mathrm{canonical})",
        ),
        Termwise(
            "loss of the bytes <= loss of the canonical tokens, over any source p",
            A - B,
            sums={"A": -p * log(c), "B": -p * log(c + r)},
            point=["p", "c", "r"],
            facts=[p > 0, c > 0, r >= 0],
            shown=p * log(1 + r / c),
            latex=r"\mathbb{E}[-\log P(\mathrm{bytes})] \le \mathbb{E}[-\log P(\mathrm{canonical})]",
        ),
        ("D(p(B)||q(B)) <= D(p(T)||q(T))", one_decoder),
    ],
    variants=[
        Variant(
            Tested(
                "models with different tokenisers are ranked by their loss per token",
                r"L_1/\mathrm{token} \le L_2/\mathrm{token} \iff L_1/\mathrm{byte} \le L_2/\mathrm{byte}",
                ranked_by_token,
                instances=[(0.5, 0.5), (0.1, 0.4)],
            ),
            why="a worse model on shorter tokens loses less per token",
        ),
        Variant(
            Tested(
                "P(text) is the probability of its canonical tokens",
                r"P(\mathrm{bytes}) = P(\mathrm{canonical})",
                canonical_is_all,
                instances=[("aab", {"a": 0.3, "b": 0.2, "aa": 0.2, "ab": 0.2, "": 0.1})],
            ),
            why="aa.b, a.ab and a.a.b are the same text",
        ),
        Variant("H(T) = H(B)", given=(encoded,), why="a tokeniser that merges texts loses H(B|T)"),
    ],
    fidelity=Fidelity(
        "variant",
        source="Cao and Rimell 2021; Chirkova, Kruszewski, Rozen and Dymetman 2023",
        paper="from the bit to the token as the unit of information",
        differences="the entropy is the same for every lossless tokeniser; the token model is compared on bytes",
    ),
)

SE9_EXACT = Theorem(
    "SE9.exact",
    title="Token and bit by enumeration: every way to cut a text, and entropies written out",
    target="tested",
    depends=["SE9"],
    claims=[
        Tested(
            "P(text) is the sum over every way to cut it into tokens, with and without memory, and at least the canonical one's",
            r"P(\mathrm{bytes}) = \sum_{\mathrm{segmentations}} P(t) \ge P(\mathrm{canonical})",
            summed_over_cuts,
            draw=draw_text,
            instances=[("aab", {"a": 3, "b": 2, "aa": 2, "ab": 2, "": 1})],
            most=200,
        ),
        Tested(
            "H(tokens) = H(texts) when the longest fitting tokens are taken; texts that become one lose H(text|tokens)",
            r"H(T) = H(B),\quad H(T) = H(B) - H(B|T)",
            same_entropy,
            draw=draw_texts,
            instances=[{"ab": 1, "ba": 1, "aab": 2}],
            most=200,
        ),
    ],
    variants=[
        Variant(
            Tested(
                "the longest tokens first are the likeliest segmentation",
                r"P(\mathrm{canonical}) = \max_t P(t)",
                canonical_is_likeliest,
                instances=[("aab", {"a": 0.3, "b": 0.2, "aa": 0.2, "ab": 0.2, "": 0.1})],
            ),
            why="a.ab is likelier than aa.b: .006 against .004, the end of the text included",
        ),
    ],
    fidelity=Fidelity(
        "specialisation",
        source="Cao and Rimell 2021; Chirkova, Kruszewski, Rozen and Dymetman 2023",
        paper="from the bit to the token as the unit of information",
        differences="texts of up to eight letters of two, eight tokens at most, memory of one token",
    ),
)
