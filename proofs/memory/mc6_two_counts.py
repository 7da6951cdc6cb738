"""Two counts of capacity: patterns per dimension grow exponentially, patterns per parameter do not grow at all.

A softmax memory holds P = e^{alpha N} patterns of N numbers (MC5) and has P N numbers as parameters: the patterns themselves. Per dimension that is exponential, per parameter 1/N. And
whatever the model, at finite precision it remembers no more than it is made of:
    I(data; theta) <= H(theta) <= sum over parameters of H(theta_i) <= (number of parameters) (bits of each) log 2.

*Why.* I(D;Th) = H(Th) - H(Th|D); entropies of parts add up to at least the whole; the entropy of a letter of K is at most log K, K = 2^b.

*False:* "exponential capacity from linearly more parameters", which takes one count for the other; the bound for real-valued parameters: the binary digits of one real number hold any
string of bits.
"""

from __future__ import annotations

from fractions import Fraction

import sympy

from semtheory import Fidelity, Given, Theorem, Variant
from semtheory.logic.calculus import Identity, Sign
from semtheory.logic.expectation import Cells, Equality, Expectation
from semtheory.logic.tested import Tested

P, N, L, a, p, K, b, n, w = sympy.symbols("P N L alpha p K b n w")
log, exp = sympy.log, sympy.exp
made_of = Given(
    "H(Th|R^n) = 0", met_by="Th the vector of its entries R_1..R_n", broken_by="a parameter left out of the list"
)


def fits_in_32_bits(bits: int) -> str | None:
    """A single parameter, read exactly: the string that it gives back carries at most 32 bits."""
    import random

    chance = random.Random(bits)
    string = [chance.randint(0, 1) for _ in range(bits)]
    theta = sum((Fraction(bit, 2 ** (k + 1)) for k, bit in enumerate(string)), Fraction(0))
    read = [int(theta * 2 ** (k + 1)) % 2 for k in range(bits)]
    return None if read != string or bits <= 32 else f"one real parameter gives back all of {bits} fair bits"


MC6 = Theorem(
    "MC6",
    title="Two counts: e^{alpha N} patterns per N dimensions, 1/N per parameter; I(data; theta) <= parameter bits",
    claims=[
        Identity("patterns per parameter of a softmax memory: P/(P N) = 1/N", P / (P * N), 1 / N, facts=[P > 0, N > 0], latex=r"\frac{P}{PN} = \frac1N"),
        Identity("patterns of N dimensions: log P = alpha N at P = e^{alpha N}", log(exp(a * N)), a * N, latex=r"\ln P = \alpha N"),
        "I(D;Th) <= H(Th)",
        ("H(Th) <= sum(t=1..n) H(R_t)", made_of),
        Expectation(
            "H(R) <= log K for a parameter of K values, with equality only when it is uniform",
            log(K) + log(p), laws={"p": "R"}, cells={"values": Cells("R", "1", [({}, K)], [1 / K])}, facts=[K > 0], equality=Equality(p, 1 / K, {"p": 1 / K}),
            latex=r"H(\theta_i) \le \ln K",
        ),
        Identity("K = 2^b: log K = b log 2", log(exp(b * log(2))), b * log(2), latex=r"I(D;\theta) \le n\,b\,\ln 2"),
    ],
    variants=[
        Variant(Sign("e^{alpha N} patterns from L N parameters that each hold one: L N >= e^{alpha N}", L * N - exp(a * N), facts=[L > 0, a > 0, N > 0]), why="the patterns are the parameters: P N of them"),
        Variant(Tested("one real parameter holds at most 32 bits", r"I(D;\theta) \le 32 \text{ bits},\ \theta \in \mathbb{R}", fits_in_32_bits, instances=[1000]), why="entropy of a real number is not bounded by anything: precision is what counts"),
        Variant("I(D;Th) <= H(Th|D)", why="that is what the data leave open"),
        Variant("H(Th) <= sum(t=1..n) H(R_t)", why="a parameter that is not on the list"),
    ],
    fidelity=Fidelity("correction", source="Ramsauer et al. 2021; Lucibello and Mezard 2024; counting", paper="exponential memory capacity gained from linearly more parameters", differences="two counts told apart; the information bound needs finite precision"),
)  # fmt: skip
