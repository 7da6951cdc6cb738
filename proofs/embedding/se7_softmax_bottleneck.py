"""The softmax bottleneck: d hidden units reach log-probability matrices of rank d + 1 at most.

Rows: contexts c with hidden vectors h_c in R^d; columns: tokens v with vectors w_v. log p(v|c) = h_c . w_v - log Z_c, so the matrix A of log-probabilities is
(H, -log Z)(W, 1)^T: d + 1 columns times d + 1 rows, of rank <= d + 1; with an output bias b_v one more, d + 2.

*Why.* The identity is the definition of the softmax. For the rank: every column of A is a combination of the d columns of H and of the column log Z. Rank is
non-negative, monotone and submodular, as joint entropy is, so what has a Shannon proof holds for ranks; the claims below, read with H(.) the rank of a family
of columns, say: families that depend on d + 1 columns of rank <= 1 have rank <= d + 1; with the bias the column of ones, B, is one more. And every minor of order
d + 2 vanishes: written out for d = 1 and 2, and with a bias (order d + 3) for d = 1; the checker multiplies them out.

*Sharp.* d = 1: seven tokens with w = (1, 1, 0, 0, 0, -1, -1) log 2 and contexts h = 1, -1 have the laws (4, 4, 2, 2, 2, 1, 1)/16 and its reverse: rank 2. Probabilities
that are powers of 2 make the rank exact in rationals. Nine tokens with a bias and h = 1, 0, -1 reach 3 = d + 2; SE7.exact has d = 3 and 4, and random laws.
So a language whose A has rank r needs d >= r - 1 (r - 2 with a bias), whatever the training.

*Limits.* Positive probabilities, one softmax. The step from Shannon proofs to ranks is this paragraph's. *False:* rank <= d; rank <= d + 1 with a bias.
Yang, Dai, Salakhutdinov and Cohen 2018, Property 1 and Corollary 1.
"""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import sympy

from semtheory import Fidelity, Given, Step, Theorem, Variant
from semtheory.logic.calculus import Identity, Sign
from semtheory.logic.tested import Tested

theta, Z = sympy.symbols("theta Z")
log, exp = sympy.log, sympy.exp


def minor(size: int, width: int, bias: bool = False) -> sympy.Expr:
    """Determinant of `size` contexts and tokens of the matrix h_c . w_v - z_c (+ b_v) in dimension `width`, as Leibniz's sum.

    SymPy's evaluation is off: the checker multiplies it out and finds whether it cancels.
    """

    def entry(c: int, v: int) -> sympy.Expr:
        parts = [sympy.Symbol(f"h{c + 1}_{k + 1}") * sympy.Symbol(f"w{v + 1}_{k + 1}") for k in range(width)]
        return sympy.Add(*parts, -sympy.Symbol(f"z{c + 1}"), *[sympy.Symbol(f"b{v + 1}")][: 1 if bias else 0])

    terms = []
    for order in itertools.permutations(range(size)):
        sign = (-1) ** sum(p > q for p, q in itertools.combinations(order, 2))
        terms.append(sympy.Mul(sign, *(entry(c, v) for c, v in enumerate(order)), evaluate=False))
    return sympy.Add(*terms, evaluate=False)


spanned = Given(
    "H(A|R^n,Z) = 0",
    met_by="A made of the columns R_1..R_n and Z",
    broken_by="a logit that no hidden unit makes",
)
biased = Given(
    "H(A|R^n,Z,B) = 0",
    met_by="A made of the columns R_1..R_n, Z and the column of ones B",
    broken_by="a logit that neither a hidden unit nor the bias makes",
)
LAW = [Fraction(1, 2**k) for k in (2, 2, 3, 3, 3, 4, 4)]  # logits (1, 1, 0, 0, 0, -1, -1) log 2, and Z = 8
LAWS = [LAW, LAW[::-1]]  # h = 1 and h = -1


def rank_at_most(case: tuple[Any, int]) -> str | None:
    """The exact rank of log2 p against a claimed bound."""
    from semtheory.measures import log_probability_rank

    rows, bound = case
    found = log_probability_rank(rows)
    return None if found <= bound else f"rank {found} > {bound}"


Token = tuple[tuple[int, ...], int]  # w_v, and its bias b_v
BLOCK: list[Token] = [((w,), 0) for w in (1, 1, 0, 0, 0, -1, -1)]  # mass 8 at h = 1 and -1
BIASED: list[Token] = [((w,), b) for w, b in ((2, 2), (2, 1), (2, 0), (1, -1), (0, 0), (-1, -1), (-2, 0), (-2, 1), (-2, 2))]  # fmt: skip
# mass 32 at h = 1 and -1, 16 at h = 0: the normaliser is no affine function of h


def product_tokens(*blocks: list[Token]) -> list[Token]:
    """Pairs, triples, ... of tokens as tokens: coordinates side by side, biases added, masses multiplied."""
    return [
        (sum((w for w, _ in chosen), ()), sum(b for _, b in chosen)) for chosen in itertools.product(*blocks)
    ]


def closed_tokens(width: int, groups: list[set[int]]) -> list[Token]:
    """Each group of n coordinates gives all its 2^n sign patterns, 2^n times: mass 5^n for every h of signs; w = 0 fills up to a power of 2."""
    tokens: list[Token] = []
    for group in groups:
        for signs in itertools.product((1, -1), repeat=len(group)):
            at = dict(zip(sorted(group), signs, strict=True))
            tokens += [(tuple(at.get(k, 0) for k in range(width)), 0)] * 2 ** len(group)
    mass = sum(5 ** len(group) for group in groups)
    return tokens + [((0,) * width, 0)] * ((1 << (mass - 1).bit_length()) - mass)


def softmax_laws(tokens: list[Token], contexts: list[tuple[int, ...]]) -> list[list[Fraction]]:
    """p(v|c) = 2^{h_c . w_v + b_v}/Z_c, exactly."""
    rows = []
    for h in contexts:
        masses = [Fraction(2) ** (sum(x * y for x, y in zip(h, w, strict=True)) + b) for w, b in tokens]
        total = sum(masses)
        rows.append([mass / total for mass in masses])
    return rows


PRIME = 2**61 - 1


def rank_modulo_prime(rows: list[list[Fraction]]) -> int:
    """The rank of log2 p modulo a prime: another arithmetic, row by row against the rows kept so far."""
    kept: dict[int, list[int]] = {}
    for row in rows:
        left = [(p.numerator.bit_length() - p.denominator.bit_length()) % PRIME for p in row]  # powers of 2
        while (first := next((i for i, value in enumerate(left) if value), None)) is not None:
            if first not in kept:
                inverse = pow(left[first], -1, PRIME)
                kept[first] = [value * inverse % PRIME for value in left]
                break
            left = [(x - left[first] * y) % PRIME for x, y in zip(left, kept[first], strict=True)]
    return len(kept)


def random_rank(case: tuple[list[set[int]], list[tuple[int, ...]], bool], extra: int = 0) -> str | None:
    """A random softmax on d = len(h) hidden units: rank <= d + 1, with a bias d + 2 (less `extra`), and that modulo a prime."""
    from semtheory.measures import log_probability_rank

    groups, contexts, bias = case
    d = len(contexts[0])
    tokens = product_tokens(closed_tokens(d - 1, groups), BIASED) if bias else closed_tokens(d, groups)
    rows = softmax_laws(tokens, contexts)
    found, again, bound = log_probability_rank(rows), rank_modulo_prime(rows), d + 1 + bias - extra
    if found != again:
        return f"rank {found}, modulo 2^61 - 1 it is {again}"
    return None if found <= bound else f"d = {d}, bias {bias}: rank {found} > {bound}"


def rank_is(case: tuple[list[Token], list[tuple[int, ...]], int]) -> str | None:
    """The exact rank of the laws of such tokens and contexts, against a claimed one."""
    from semtheory.measures import log_probability_rank

    tokens, contexts, claimed = case
    found = log_probability_rank(softmax_laws(tokens, contexts))
    return None if found == claimed else f"rank {found}, not {claimed}"


def signs(width: int) -> list[tuple[int, ...]]:
    return list(itertools.product((1, -1), repeat=width))


def draw_softmax() -> Any:
    from hypothesis import strategies as st

    def sized(size: tuple[int, bool]) -> Any:
        d, bias = size
        width = d - bias  # the last coordinate goes with the biased block
        groups = st.lists(st.sets(st.integers(0, width - 1), min_size=1, max_size=2), min_size=1, max_size=2)
        last = st.integers(-1, 1) if bias else st.sampled_from((1, -1))
        context = st.tuples(*[st.sampled_from((1, -1))] * (d - 1), last)
        return st.tuples(groups, st.lists(context, min_size=d + 2, max_size=d + 3), st.just(bias))

    return st.sampled_from([(3, False), (4, False), (3, True)]).flatmap(sized)


SE7 = Theorem(
    "SE7",
    title="Softmax bottleneck: rank of the log-probabilities <= d + 1, and d + 1 is reached",
    steps=[
        Step(
            Identity(
                "log of e^theta/Z = theta + (-log Z) 1: one more column than the logits have",
                log(exp(theta) / Z),
                theta - log(Z),
                facts=[Z > 0],
            ),
            "the definition of the softmax",
        ),
        Step(Identity("d = 1: minors of order 3 vanish", minor(3, 1), sympy.Integer(0)), "exactly, for all entries"),
        Step(Identity("d = 2: minors of order 4 vanish", minor(4, 2), sympy.Integer(0)), "exactly, for all entries"),
        Step(
            Identity("d = 1 with an output bias: minors of order 4 vanish", minor(4, 1, bias=True), sympy.Integer(0)),
            "exactly, for all entries",
        ),
    ],
    claims=[
        ("H(A) <= sum(t=1..n) H(R_t) + H(Z)", spanned),
        ("H(A) <= H(R^n,Z)", spanned),
        ("H(A) <= sum(t=1..n) H(R_t) + H(Z) + H(B)", biased),
        Sign(
            "d + 1 is reached at d = 1: log2 of (4,4,2,2,2,1,1)/16 and of its reverse, first and last token, determinant not 0",
            sympy.Matrix([[-2, -4], [-4, -2]]).det() ** 2,
            relation=">",
            latex=r"\det \begin{pmatrix} -2 & -4 \\ -4 & -2 \end{pmatrix} \ne 0",
        ),
    ],
    variants=[
        Variant(
            Identity(
                "rank <= d: minors of order d + 1 = 2 vanish at d = 1",
                minor(2, 1),
                sympy.Integer(0),
                latex=r"\operatorname{rank} \log P \le d",
            ),
            why="the normaliser adds a column of its own",
        ),
        Variant(
            Tested(
                "one hidden unit h = 1, -1 and seven tokens, laws in powers of 2: rank <= 1",
                r"\operatorname{rank} \log_2 P \le 1",
                rank_at_most,
                instances=[(LAWS, 1)],
            ),
            why="rank 2, exactly: the normaliser is a column of its own",
        ),
        Variant(
            "H(A) <= sum(t=1..n) H(R_t)",
            given=(spanned,),
            why="the same in the claim language: the normaliser forgotten",
        ),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Yang, Dai, Salakhutdinov and Cohen 2018, Property 1, Corollary 1",
        paper="the output layer of the LLM as a Boltzmann law of inner products",
        differences="for general d the claims are Shannon inequalities, and that they hold for ranks of families of columns is prose (rank is "
        "monotone and submodular); minors are written out for d = 1, 2 only; the output bias is an addition",
    ),
)

SE7_EXACT = Theorem(
    "SE7.exact",
    title="Softmax bottleneck, by exact rational rank: <= d + 1, with an output bias d + 2, both reached",
    target="tested",
    depends=["SE7"],
    claims=[
        Tested(
            "random softmaxes on d = 3, 4 hidden units, probabilities powers of 2: exact rank <= d + 1, with an output bias (d = 3) <= d + 2, and equal to the rank modulo 2^61 - 1",
            r"\operatorname{rank} \log_2 P \le d + 1 \ (+\,1 \text{ with a bias})",
            random_rank,
            draw=draw_softmax,
            instances=[([{0}, {1}, {2}], signs(3), False), ([{0}, {1}], [*signs(3), (1, 1, 0), (1, -1, 0)], True)],
            examples=8,
            most=100,
        ),
        Tested(
            "reached without a bias: rank 2 at d = 1, 4 at d = 3, 5 at d = 4",
            r"\operatorname{rank} \log_2 P = d + 1",
            rank_is,
            instances=[
                (BLOCK, signs(1), 2),
                (closed_tokens(3, [{0}, {1}, {2}]), signs(3), 4),
                (closed_tokens(4, [{0}, {1}, {2}, {3}]), signs(4), 5),
            ],
        ),
        Tested(
            "reached with a bias: rank 3 at d = 1, 5 at d = 3",
            r"\operatorname{rank} \log_2 P = d + 2",
            rank_is,
            instances=[
                (BIASED, [(1,), (0,), (-1,)], 3),
                (product_tokens(closed_tokens(2, [{0}, {1}]), BIASED), [*signs(3), (1, 1, 0)], 5),
            ],
        ),
    ],
    variants=[
        Variant(
            Tested(
                "with an output bias: rank <= d + 1, d = 3",
                r"\operatorname{rank} \log_2 P \le d + 1 \text{ with a bias}",
                lambda case: random_rank(case, extra=1),
                instances=[([{0}, {1}], [*signs(3), (1, 1, 0), (1, -1, 0)], True)],
            ),
            why="the bias adds a row of its own to the tokens' side",
        ),
    ],
    fidelity=Fidelity(
        "variant",
        source="Yang, Dai, Salakhutdinov and Cohen 2018, Property 1, Corollary 1",
        paper="the output layer of the LLM as a Boltzmann law of inner products",
        differences="tokens in families closed under signs, so that every normaliser is a power of 2 and the rank is exact",
    ),
)
