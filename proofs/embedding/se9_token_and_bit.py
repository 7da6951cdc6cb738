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
