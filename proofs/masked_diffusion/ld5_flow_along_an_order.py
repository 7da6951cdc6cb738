"""The semantic information flow along an unmasking order: the total is free of the order, the steps are not.

With the conditionals of one joint p(s,u): sum_k log[p(u_{o(k)}|s, those before)/p(u_{o(k)}|those before)] = log p(u|s)/p(u), for every order o, also one chosen
from the revealed tokens as they come. So the mean is I(S;U^T) whatever the order, and SF1 to SF3 hold with the order's filtration.

*Why.* On each u an adaptive order is one order, and along it the products of conditionals telescope: with P_k = p(the first k tokens|s) and Q_k the same without
s, log P_k/Q_k grows by the k-th term, from 0 to log p(u|s)/p(u). The position to unmask is known from the past, so given the past the increment is log p/q of one
token: its mean is a divergence (SF2) and e^{-increment} has mean <= 1 (SF3).

*False:* each step's share is free of the order too (a token that tells the prompt all, first or last); for conditionals of no joint the total is not; with
an order that looks at hidden tokens the flow may drift down. L <= 4 is checked whole, all orders listed.
"""

import itertools
import math

import sympy

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Identity, Sign
from semtheory.logic.expectation import Expectation

p, q, e = sympy.symbols("p q e")
P, Q, Pn, Qn = sympy.symbols("P Q Pn Qn")
log = sympy.log


def mass(law: str, tokens: tuple[int, ...]) -> sympy.Symbol:
    """p(u_i for i in tokens | s) for law P, without s for law Q; 1 for no tokens."""
    return sympy.Symbol(law + "_" + "".join(map(str, sorted(tokens)))) if tokens else sympy.Integer(1)


def flow(order: tuple[int, ...]) -> sympy.Expr:
    """The flow along an order, each term a ratio of conditionals."""
    total = sympy.Integer(0)
    for k in range(len(order)):
        before, after = order[:k], order[: k + 1]
        total += log((mass("P", after) / mass("P", before)) / (mass("Q", after) / mass("Q", before)))
    return total


def enumerated(length: int) -> Identity:
    """All orders at once: their flows, weighted by free numbers, add up to the weights times the total."""
    orders = list(itertools.permutations(range(length)))
    weights = sympy.symbols(f"w_0:{len(orders)}")
    whole = tuple(range(length))
    subsets = [s for n in range(1, length + 1) for s in itertools.combinations(whole, n)]
    return Identity(
        f"L = {length}: along each of the {math.factorial(length)} orders the flow is log P(u|s)/P(u) (w any weights of orders)",
        sympy.Add(*(w * flow(o) for w, o in zip(weights, orders, strict=True))),
        sympy.Add(*weights) * log(mass("P", whole) / mass("Q", whole)),
        facts=[mass(law, s) > 0 for s in subsets for law in "PQ"],
        latex=rf"L={length}:\ \sum_k \log\frac{{p(u_{{\sigma_k}}|s,u_{{\sigma_{{<k}}}})}}{{p(u_{{\sigma_k}}|u_{{\sigma_{{<k}}}})}} = \log\frac{{p(u|s)}}{{p(u)}}",
    )


c = {i: sympy.symbols(f"a_{i} b_{i}") for i in (0, 1)}  # log-ratio of token i: nothing revealed, the other revealed

LD5 = Theorem(
    "LD5",
    title="Flow along an unmasking order: log p(u|s)/p(u) and I(S;U^T) whatever the order",
    depends=["SF1", "SF2", "SF3", "F3"],
    steps=[
        Step(
            Identity("start: the ratio of no tokens is 1", log(sympy.Integer(1)), sympy.Integer(0)),
            "induction over k, base",
        ),
        Step(
            Identity(
                "step: log P/Q + log[(P'/P)/(Q'/Q)] = log P'/Q', P' and Q' with the next token, whichever it is",
                log(P / Q) + log((Pn / P) / (Qn / Q)),
                log(Pn / Qn),
                facts=[P > 0, Q > 0, Pn > 0, Qn > 0],
            ),
            "induction over k: after all tokens it is log p(u|s)/p(u)",
        ),
    ],
    claims=[
        *(enumerated(length) for length in (2, 3, 4)),
        "sum(t=1..T) I(S;U_t|U^{t-1}) = I(S;U^T)",
        "I(S;U) + I(S;V|U) = I(S;V) + I(S;U|V)",
        Expectation(
            "a position chosen from the revealed: E[log p(u|s,revealed) - log q(u|revealed)] >= 0, given s and the revealed",
            log(p) - log(q),
            laws={"p": "U|R", "q": "U|R"},
            latex=r"\mathbb{E}[i_k - i_{k-1} \mid s, \mathrm{revealed}] \ge 0",
        ),
        Expectation(
            "and E[q/p] <= 1 there: e^{-i_k} is a supermartingale, so Ville's inequality holds along the order",
            1 - q / p,
            laws={"p": "U|R", "q": "U|R"},
            elementary=True,
            latex=r"\mathbb{E}[e^{-(i_k - i_{k-1})} \mid s, \mathrm{revealed}] \le 1",
        ),
    ],
    variants=[
        Variant("I(S;U) = I(S;U|V)", why="each step's share depends on the order: V may have told it already"),
        Variant("I(S;U) >= I(S;U|V)", why="nor does a token tell more when it comes first: S = U xor V"),
        Variant(
            Identity(
                "the total is free of the order for any conditionals, two tokens",
                c[0][0] + c[1][1],
                c[1][0] + c[0][1],
            ),
            why="conditionals of no joint disagree between orders",
        ),
        Variant(
            Sign(
                "E i_1 >= 0 for an order that looks: of two copies of a fair bit S, each wrong with chance e, the wrong one first",
                (1 - e) ** 2 * log(2 * (1 - e)) + (1 - (1 - e) ** 2) * log(2 * e),
                facts=[e > 0, 1 - 2 * e > 0],
            ),
            why="what chooses the position must be revealed",
        ),
    ],
    fidelity=Fidelity(
        "variant",
        source="Massey 1990; Topsoe 1967; Ville 1939",
        paper="the semantic information flow of inference, for LLaDA",
        differences="along any unmasking order, also one chosen on the way",
    ),
)
