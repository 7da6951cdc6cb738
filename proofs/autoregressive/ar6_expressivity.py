"""An explicit tiny Transformer is a Markov source: exactly, if no probability is 0.

*First order.* Embed u as a one-hot vector, let attention and memory write nothing, and read out W[v,u] = log P(v|u): softmax gives P(.|u), for every positive kernel.

*Order k, t > k.* Head h = 1..k sees place t-h alone (a hard mask), and W_O^h W_V^h copies its one-hot into block h of the stream. A memory for each context a in V^k has
key (a_1..a_k) and bias -(k-1): relu(number of matches - (k-1)) is 1 at the context that stands there and 0 at all others. Its value is log P(.|a), and the read-out
passes it on. The logits are log P(.|u_{t-k}..u_{t-1}), so the law is exact and the loss is H(X_t|X_{t-k}..X_{t-1}), the entropy rate.

*Limits.* "Hard mask": scores -infinity at all other places, a limit of scores that finite weights give only approximately; that is part of the claim. The normalised stream of
the code's `Transformer` changes lengths only, and the read-out undoes it (first order, checked there).

*False:* exact for a kernel with a zero (a softmax is positive; in the limit only); exact with soft offsets; loss at the entropy rate with too short a memory.
Svete and Cotterell 2024; Rajaraman et al. 2024; Edelman et al. 2024.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Identity, Sign, Termwise
from semtheory.logic.expectation import Equality, Expectation
from semtheory.logic.tested import Tested

p, q, P, S, m, k, z, r, c, x, s = sympy.symbols("p q P S m k z r c x s")
log, exp = sympy.log, sympy.exp
Array = NDArray[np.float64]


def explicit(kernel: Array, tokens: list[int]) -> Array:
    """The order-k construction: laws of token t+1 for t >= k, (T - k + 1, V); kernel has k axes of contexts, oldest first, then V."""
    order, letters = kernel.ndim - 1, kernel.shape[-1]
    contexts = list(itertools.product(range(letters), repeat=order))
    one_hot = np.eye(letters)
    keys = np.array([np.concatenate([one_hot[a] for a in context]) for context in contexts])  # (V^k, k V)
    values = np.array([np.log(kernel[context]) for context in contexts])  # (V^k, V)
    stream = one_hot[tokens]  # (T, V)
    length = len(tokens)
    blocks = []
    for offset in range(order - 1, -1, -1):  # the last token is at offset 0 from the place that predicts the next
        scores = np.full((length, length), -np.inf)
        for t in range(length):
            scores[t, max(t - offset, 0)] = 0.0  # before place k there is no such token: those rows are not used
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
        blocks.append(weights / weights.sum(axis=1, keepdims=True) @ stream)
    attended = np.concatenate(blocks, axis=1)
    active = np.maximum(attended @ keys.T - (order - 1), 0.0)
    logits = active @ values
    laws = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray((laws / laws.sum(axis=1, keepdims=True))[order - 1 :])


def constructed(case: tuple[int, int, int]) -> str | None:
    """Every text of k + 2 tokens: the laws are the kernel's; and the loss under the stationary law is the entropy rate."""
    seed, order, letters = case
    chance = np.random.default_rng(seed)
    kernel = chance.dirichlet(np.ones(letters), (letters,) * order) * 0.98 + 0.02 / letters
    for tokens in itertools.product(range(letters), repeat=order + 2):
        laws = explicit(kernel, list(tokens))
        for t in range(order, order + 3):
            context = tokens[t - order : t]
            wrong = float(np.abs(laws[t - order] - kernel[context]).max())
            if not wrong <= 1e-12:
                return f"after {context}: off by {wrong:.2e}"
    law, rate = stationary(kernel)
    loss = -sum(
        float(law[a]) * float(kernel[a][v]) * math.log(float(explicit(kernel, list(a))[0][v]))
        for a in itertools.product(range(letters), repeat=order)
        for v in range(letters)
    )
    return None if abs(loss - rate) < 1e-11 else f"loss {loss:.12f}, entropy rate {rate:.12f} nats"


def stationary(kernel: Array) -> tuple[Array, float]:
    """The stationary law of contexts, and the entropy rate in nats, of the chain on contexts."""
    from semtheory.processes import MarkovChain

    order, letters = kernel.ndim - 1, kernel.shape[-1]
    contexts = list(itertools.product(range(letters), repeat=order))
    moves = np.zeros((len(contexts), len(contexts)))
    for i, a in enumerate(contexts):
        for v in range(letters):
            moves[i, contexts.index((*a[1:], v))] += kernel[a][v]
    chain = MarkovChain(moves)
    return np.asarray(chain.stationary()).reshape((letters,) * order), float(chain.entropy_rate())


def in_the_code(case: tuple[int, int]) -> str | None:
    """The package's own Transformer with weights set by hand, in float64: a start law and a first-order kernel, at every place."""
    from semtheory.models import Transformer  # first: without torch it says what to install

    seed, letters = case
    import torch

    from semtheory.models.transformer import rms_normalise

    chance = np.random.default_rng(seed)
    rows = (
        chance.dirichlet(np.ones(letters), letters + 1) * 0.98 + 0.02 / letters
    )  # the last one: the law of the first token
    kernel, width = torch.tensor(rows), letters + 1
    model = Transformer(letters, 5, width=width, layers=1, heads=1, tied=False).double()
    head: Any = model.head
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()  # attention and memory write nothing
        model.gain.fill_(1.0)
        model.embedding.copy_(torch.eye(width))
        length = rms_normalise(torch.eye(width, dtype=torch.float64), model.gain)[
            0, 0
        ]  # of a normalised one-hot vector
        head.copy_(kernel.log().T / length)
        texts = list(itertools.product(range(letters), repeat=3))
        found = model.log_probabilities(torch.tensor(texts)).exp()
    for tokens, laws in zip(texts, found, strict=True):
        for t, before in enumerate((letters, *tokens[:-1])):
            wrong = float((laws[t] - kernel[before]).abs().max())
            if not wrong <= 1e-12:
                return f"{tokens}, place {t + 1}: off by {wrong:.2e}"
    return None


def draw() -> Any:
    from hypothesis import strategies as st

    return st.sampled_from([(1, 2), (1, 3), (1, 5), (2, 2), (2, 3), (3, 2)]).flatmap(
        lambda size: st.tuples(st.integers(0, 9999), st.just(size[0]), st.just(size[1]))
    )


def draw_in_code() -> Any:
    from hypothesis import strategies as st

    return st.tuples(st.integers(0, 9999), st.integers(2, 4))


def total(text: str, sign: int) -> Termwise:
    return Termwise(
        text, sign * (S - P), sums={"S": exp(log(p)), "P": p}, point=["p"], facts=[p > 0], shown=sympy.Integer(0)
    )


tangent = Sign("x - 1 - log x >= 0", x - 1 - log(x), "x", facts=[x > 0])

AR6 = Theorem(
    "AR6",
    title="A tiny Transformer is any positive Markov kernel, order k with k hard heads and V^k memories",
    target="tested",
    depends=["F1", "AR1", "AR5", "RD4"],
    steps=[
        Step(total("the sum of e^{log p} is at least that of p", 1), "term by term"),
        Step(total("and at most: softmax normalises by 1", -1), "the logits log P(.|u) need no shift"),
        Step(
            Identity(
                "a context that differs in x places has k - x matches: k - x - (k - 1) = 1 - x",
                (k - x) - (k - 1),
                1 - x,
            ),
            "relu gives 1 at x = 0, the context that stands there, and 0 at x >= 1",
        ),
    ],
    claims=[
        Identity(
            "softmax(log P)(v) = P(v), r the total of the other letters",
            exp(log(p)) / (exp(log(p)) + exp(log(1 - p))),
            p,
            facts=[p > 0, 1 - p > 0],
            latex=r"\mathrm{softmax}(\log P(\cdot|u)) = P(\cdot|u)",
        ),
        Expectation(
            "the loss E[-log q(X|context)] is at least H(X|context), equal only for q = p: the construction's is the entropy rate",
            log(p) - log(q),
            laws={"p": "X|context", "q": "X|context"},
            equality=Equality(p, q, {"p": q}),
            latex=r"\mathbb{E}[-\log p_\theta] = H(X_t|X_{t-k},\dots,X_{t-1})",
        ),
        Sign(
            "a zero in the limit: a logit gap c > 0 leaves e^{-c}/(1 + e^{-c}) <= 1/(1 + c)",
            1 / (1 + c) - exp(-c) / (1 + exp(-c)),
            facts=[c > 0],
            lemmas=[(tangent, {"x": exp(c)})],
            shown=((exp(c) - 1 - c) + 1) / ((1 + c) * (exp(c) + 1)),
            latex=r"p = 0 \text{ as } c \to \infty",
        ),
        Tested(
            "order k = 1, 2, 3: k hard heads and V^k relu memories give the kernel to 1e-12, and the entropy rate as loss",
            r"p_\theta(\cdot|u_{t-k},\dots,u_{t-1}) = P,\quad \text{loss} = H",
            constructed,
            draw=draw,
            instances=[(0, 1, 2), (0, 2, 3), (0, 3, 2)],
            most=120,
        ),
        Tested(
            "first order in the package's own Transformer, weights set by hand, float64",
            r"p_\theta(\cdot|u_{t-1}) = P(\cdot|u_{t-1})",
            in_the_code,
            draw=draw_in_code,
            instances=[(0, 2)],
            most=60,
        ),
    ],
    variants=[
        Variant(
            Identity(
                "exact for a kernel with a zero: e^z/(e^z + r) = 0, r > 0",
                exp(z) / (exp(z) + r),
                sympy.Integer(0),
                facts=[r > 0],
            ),
            why="a softmax is never 0",
        ),
        Variant(
            Identity(
                "soft offsets are exact: the weight e^s/(e^s + r) of the wanted place is 1, r > 0 from the others",
                exp(s) / (exp(s) + r),
                sympy.Integer(1),
                facts=[r > 0],
            ),
            why="finite scores leave weight elsewhere; only in the limit",
        ),
        Variant(
            Sign("without the bias -(k-1): relu(m) = 0 for m <= k - 1 matches, k = 2", -m, facts=[m >= 0, 1 - m >= 0]),
            why="a context that matches in part would answer too",
        ),
        Variant(
            "H(X_3|X_2) = H(X_3|X_1,X_2)",
            why="a first-order model of a second-order source stays above its entropy rate",
        ),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Svete and Cotterell 2024; Rajaraman et al. 2024",
        paper="the Transformer can represent the source, so training can reach its entropy rate",
        differences="positive kernels, t > k, hard masks; zeros and soft offsets in the limit",
    ),
)
