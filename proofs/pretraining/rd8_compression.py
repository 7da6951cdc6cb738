"""Prediction is compression: fewer than two bits, in expectation, above entropy plus divergence.

The Shannon-Fano-Elias code of the model P_theta gives x^T ceil(-log2 P_theta(x^T)) + 1 bits. Expected length < H(P) + D(P||P_theta) + 2, and
no prefix code has less than H(P).

*Why.* ceil(y) + 1 < y + 2, and E[-log P_theta] = H + D (RD4). A prefix code has sum 2^{-l} <= 1 (Kraft), and Gibbs' inequality against
2^{-l} gives E l >= H. The codeword is the midpoint of the interval of x^T to l bits: an error of at most 2^{-l} <= P_theta/2 stays inside
it, so no codeword begins another.

*False:* rounding up at each token costs two bits in all: ten tokens of probability .9 take a bit apiece, ten together; the sequence
carries 1.52 bits and its codeword has 3. Also false: within two bits of H(P) whatever the model; a wrong model pays D(P||P_theta).
Shannon 1948; Rissanen 1976; Cover and Thomas 2006, section 5.9; Deletang et al. 2024 for language models.
"""

import math
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

import sympy

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Identity, Sign, Termwise
from semtheory.logic.expectation import Expectation
from semtheory.logic.tested import Tested

p, q, k, K, M, A = sympy.symbols("p q k K M A")
log = sympy.log


Case = tuple[list[int], list[int], int]


def law_of(weights: list[int], past: tuple[int, ...]) -> list[Fraction]:
    """The next of three tokens: one row of weights after an even sum, another after an odd one."""
    row = weights[:3] if sum(past) % 2 == 0 else weights[3:]
    return [Fraction(w, sum(row)) for w in row]


def coder(case: Case) -> str | None:
    """Every sequence of a two-state model, drawn by another two-state law: round trip, length, prefixes and mean length.

    Lengths and the mean are exact; H(P) and D(P||P_theta) are sums over sequences in floating point.
    """
    from semtheory.measures.arithmetic_code import code_length, decode, encode, interval

    source, weights, length = case

    def predict(past: tuple[int, ...]) -> list[Fraction]:
        return law_of(weights, past)

    words: dict[tuple[int, ...], str] = {}
    mean, entropy, divergence = Fraction(0), 0.0, 0.0
    for tokens in product(range(3), repeat=length):
        probability = interval(tokens, predict)[1]
        word = words[tokens] = encode(tokens, predict)
        if decode(word, length, predict) != tokens:
            return f"{tokens} comes back as {decode(word, length, predict)}"
        if len(word) != code_length(probability) or not 2 ** (len(word) - 2) < 1 / probability <= 2 ** (len(word) - 1):
            return f"{tokens} of probability {probability} takes {len(word)} bits"
        true = math.prod((law_of(source, tokens[:t])[x] for t, x in enumerate(tokens)), start=Fraction(1))
        mean += true * len(word)
        if true:
            entropy -= float(true) * math.log2(true)
            divergence += float(true) * math.log2(true / probability)
    ordered = sorted(words.values())
    if any(b.startswith(a) for a, b in pairwise(ordered)):
        return "a codeword begins another"
    if entropy - 1e-12 <= mean < entropy + divergence + 2:
        return None
    return f"mean length {float(mean):.6f}, entropy {entropy:.6f}, divergence {divergence:.6f} bits"


def any_model(case: Case) -> str | None:
    """The mean length against H(P) + 2, the divergence left out."""
    from semtheory.measures.arithmetic_code import code_length

    source, weights, length = case
    mean, entropy = Fraction(0), 0.0
    for tokens in product(range(3), repeat=length):
        true, model = (
            math.prod((law_of(w, tokens[:t])[x] for t, x in enumerate(tokens)), start=Fraction(1))
            for w in (source, weights)
        )
        mean += true * code_length(model)
        entropy -= float(true) * math.log2(true) if true else 0.0
    return None if mean < entropy + 2 else f"mean length {float(mean):.4f}, entropy {entropy:.4f} bits"


def token_by_token(case: tuple[Fraction, int]) -> str | None:
    probability, tokens = case
    each = tokens * math.ceil(-math.log2(probability))
    whole = -tokens * math.log2(probability)
    return None if each <= whole + 2 else f"{each} bits, against {whole:.3f} + 2"


def draw() -> Any:
    from hypothesis import strategies as st

    rows = st.lists(st.integers(0, 50), min_size=3, max_size=3).filter(any)
    source = st.tuples(rows, rows).map(lambda pair: pair[0] + pair[1])
    return st.tuples(source, st.lists(st.integers(1, 50), min_size=6, max_size=6), st.integers(1, 4))


RD8 = Theorem(
    "RD8",
    title="Prediction is compression: H <= expected bits < H + D + 2",
    target="tested",
    depends=["F1", "RD4"],
    steps=[
        Step(
            Identity(
                "2 log 2 - log q + log k = log(1 + (4 k - q)/q)",
                2 * log(2) - log(q) + log(k),
                log(1 + (4 * k - q) / q),
                facts=[q > 0, k > 0],
            ),
            "more than 0 when 4 k > q",
        ),
    ],
    claims=[
        Sign(
            "E[-log k] < E[-log q] + 2 log 2 for k = 2^-l with l < -log2 q + 2, that is 4 k > q: the sum A of p log(1 + (4 k - q)/q) over p > 0 is > 0",
            A,
            sums={"A": p * log(1 + (4 * k - q) / q)},
            point=["p", "q", "k"],
            facts=[p > 0, q > 0, k > 0, 4 * k - q > 0],
            relation=">",
            latex=r"\mathbb{E}\,\ell < \mathbb{E}[-\log_2 P_\theta] + 2",
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
            "exact arithmetic coder, source and model two different laws: round trip, length, prefix-free, mean length in [H(P), H(P) + D(P||P_theta) + 2)",
            r"H(P) \le \mathbb{E}\,\ell < H(P) + D(P\|P_\theta) + 2",
            coder,
            draw=draw,
            instances=[
                ([1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1], 3),
                ([98, 1, 1, 1, 1, 98], [98, 1, 1, 1, 1, 98], 4),
                ([98, 1, 1, 1, 1, 98], [1, 1, 98, 98, 1, 1], 4),
                ([1, 1, 1, 1, 1, 1], [98, 1, 1, 1, 1, 98], 4),
                ([1, 0, 0, 1, 0, 0], [1, 50, 50, 1, 1, 1], 3),
            ],
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
            Tested(
                "fewer than H(P) + 2 expected bits whatever the model",
                r"\mathbb{E}\,\ell < H(P) + 2",
                any_model,
                instances=[([98, 1, 1, 1, 1, 98], [1, 1, 98, 98, 1, 1], 4)],
            ),
            why="a wrong model pays the divergence D(P||P_theta)",
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
        differences="that the code has whole lengths with l < -log2 P_theta + 2 is ceil(y) < y + 1, which is prose, and checked for every sequence coded",
    ),
)
