"""Prediction is compression: expected bits within two of entropy plus divergence.

The Shannon-Fano-Elias code of the model P_theta gives x^T ceil(-log2 P_theta(x^T)) + 1 bits. Expected length < H(P) + D(P||P_theta) + 2, and
no prefix code has less than H(P).

*Why.* ceil(y) + 1 < y + 2, and E[-log P_theta] = H + D (RD4). A prefix code has sum 2^{-l} <= 1 (Kraft), and Gibbs' inequality against
2^{-l} gives E l >= H. The codeword is the midpoint of the interval of x^T to l bits: an error of at most 2^{-l} <= P_theta/2 stays inside
it, so no codeword begins another.

*False:* rounding up at each token costs two bits in all: ten tokens of probability .9 each take a bit apiece, and the sequence two and
a half. Shannon 1948; Rissanen 1976; Cover and Thomas 2006, section 5.9; Deletang et al. 2024 for language models.
"""

import math
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

import sympy

from semtheory import Fidelity, Theorem, Variant
from semtheory.logic.calculus import Termwise
from semtheory.logic.expectation import Expectation
from semtheory.logic.tested import Tested

p, q, k, K, M = sympy.symbols("p q k K M")
log = sympy.log


def coder(case: tuple[list[int], int]) -> str | None:
    """Every sequence of a two-state model: the round trip, the length, prefixes, and the mean length, all exact."""
    from semtheory.measures.arithmetic_code import code_length, decode, encode, interval

    weights, length = case

    def predict(past: tuple[int, ...]) -> list[Fraction]:
        row = weights[:3] if sum(past) % 2 == 0 else weights[3:]
        return [Fraction(w, sum(row)) for w in row]

    words: dict[tuple[int, ...], str] = {}
    mean, entropy = Fraction(0), 0.0
    for tokens in product(range(3), repeat=length):
        probability = interval(tokens, predict)[1]
        word = words[tokens] = encode(tokens, predict)
        if decode(word, length, predict) != tokens:
            return f"{tokens} comes back as {decode(word, length, predict)}"
        if len(word) != code_length(probability) or not 2 ** (len(word) - 2) < 1 / probability <= 2 ** (len(word) - 1):
            return f"{tokens} of probability {probability} takes {len(word)} bits"
        mean += probability * len(word)
        entropy -= float(probability) * math.log2(probability)
    ordered = sorted(words.values())
    if any(b.startswith(a) for a, b in pairwise(ordered)):
        return "a codeword begins another"
    return None if entropy <= mean < entropy + 2 else f"mean length {float(mean):.6f}, entropy {entropy:.6f} bits"


def token_by_token(case: tuple[Fraction, int]) -> str | None:
    probability, tokens = case
    each = tokens * math.ceil(-math.log2(probability))
    whole = -tokens * math.log2(probability)
    return None if each <= whole + 2 else f"{each} bits, against {whole:.3f} + 2"


def draw() -> Any:
    from hypothesis import strategies as st

    return st.tuples(st.lists(st.integers(1, 50), min_size=6, max_size=6), st.integers(1, 4))


RD8 = Theorem(
    "RD8",
    title="Prediction is compression: H <= expected bits < H + D + 2",
    target="tested",
    depends=["F1", "RD4"],
    claims=[
        Expectation(
            "E[-log k] <= H(p) + D(p||q) + 2 log 2 for k = 2^-l with l <= -log2 q + 2, that is 4 k >= q",
            log(4) + log(k) - log(q),
            laws={"p": "X"},
            point=["q", "k"],
            facts=[q > 0, k > 0, 4 * k - q >= 0],
            hints=[log(1 + (4 * k - q) / q)],
            latex=r"\mathbb{E}\,\ell \le H(P) + D(P\|P_\theta) + 2",
        ),
        Expectation(
            "E[-log k] >= H(p) for every k = 2^-l of total at most 1: no prefix code is shorter",
            log(p) - log(k),
            laws={"p": "X", "k": "X"},
            latex=r"\mathbb{E}\,\ell \ge H(P)",
        ),
        Termwise(
            "Kraft: sum 2^-l <= (1/2) sum q for 2^-l <= q/2",
            M / 2 - K,
            sums={"M": q, "K": k},
            point=["q", "k"],
            facts=[q / 2 - k >= 0],
            shown=q / 2 - k,
            latex=r"\sum 2^{-\ell} \le \tfrac12",
        ),
        Tested(
            "exact arithmetic coder: round trip, length, prefix-free, mean length in [H, H + 2)",
            r"H \le \mathbb{E}\,\ell < H + 2",
            coder,
            draw=draw,
            instances=[([1, 1, 1, 1, 1, 1], 3), ([98, 1, 1, 1, 1, 98], 4)],
            most=100,
        ),
    ],
    variants=[
        Variant(
            Tested(
                "rounding up at each token costs at most two bits in all",
                r"\sum_t \lceil -\log_2 p_t \rceil \le -\log_2 p(x^T) + 2",
                token_by_token,
                instances=[(Fraction(9, 10), 10)],
            ),
            why="up to a bit for every token",
        ),
        Variant(
            Expectation(
                "a code shorter than the entropy: E[-log k] <= H",
                log(k) - log(p),
                laws={"p": "X", "k": "X"},
                latex=r"\mathbb{E}\,\ell \le H(P)",
            ),
            why="Kraft's inequality",
        ),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Shannon 1948; Rissanen 1976; Cover and Thomas 2006, section 5.9",
        paper="a language model as a compressor",
    ),
)
