"""Causal attention is a time-varying vector autoregression.

Multi-head causal attention without biases, on (normalised) inputs x_1..x_T, is sum_j A_tj(x) x_j with A_tj = sum_h pi^h_tj W_O^h W_V^h, A_tj = 0 for j > t. A residual
connection adds the identity to A_tt.

*Why.* Head h reads sum_j pi^h_tj W_V^h x_j and writes W_O^h times that; the heads are added. Products of matrices with numbers and finite sums may be taken in either
order: entry by entry the terms W_O[o,i] pi_tj W_V[i,k] x_j[k] are the same. The coefficients pi depend on x, which is what makes the autoregression nonlinear; the identity
needs nothing of them, so it holds for every score (scaled, positional, hard-masked), and is also checked whole for small sizes with the softmax of the scores written out.

*In the code.* A read off a torch Transformer gives what its attention layers put out in a forward pass to 1e-6 relative, in float64, untrained and trained.

*False:* with biases (affine, not linear); one head's pi for all heads; A without its W_O. Vaswani et al. 2017.
"""

from __future__ import annotations

from typing import Any

import sympy

from semtheory import Fidelity, Theorem, Variant
from semtheory.logic.calculus import Identity, Termwise
from semtheory.logic.tested import Tested

A, B, o, pi, v, x, c, b, s, Z = sympy.symbols("A B o pi v x c b s Z")
exp = sympy.exp


def matrix(name: str, rows: int, columns: int) -> sympy.Matrix:
    return sympy.Matrix(rows, columns, lambda i, j: sympy.Symbol(f"{name}_{i}_{j}"))


def attention(length: int, width: int, heads: int, scores: bool) -> tuple[sympy.Expr, sympy.Expr]:
    """The last output by attention and by A, times free numbers e_o; pi a softmax of q.k, or of any scores s."""
    size = width // heads
    inputs = [sympy.Matrix(sympy.symbols(f"x_{j}_0:{width}")) for j in range(length)]
    joined, blocks = sympy.zeros(0, 1), [sympy.zeros(width, width) for _ in range(length)]
    output = matrix("o", width, width)
    for h in range(heads):
        value = matrix(f"v{h}", size, width)
        if scores:
            query, key = matrix(f"q{h}", size, width), matrix(f"k{h}", size, width)
            weights = [exp((query * inputs[-1]).dot(key * inputs[j])) for j in range(length)]
        else:
            weights = [exp(sympy.Symbol(f"s{h}_{j}")) for j in range(length)]
        total = sympy.Add(*weights)
        read = sympy.zeros(size, 1)
        for j in range(length):
            read += weights[j] / total * (value * inputs[j])
            blocks[j] += weights[j] / total * (output[:, h * size : (h + 1) * size] * value)
        joined = joined.col_join(read)
    probe = sympy.Matrix(sympy.symbols(f"e_0:{width}"))
    by_coefficients = sympy.zeros(width, 1)
    for j in range(length):
        by_coefficients += blocks[j] * inputs[j]
    return probe.dot(output * joined), probe.dot(by_coefficients)


def small(length: int, width: int, heads: int, scores: bool) -> Identity:
    how = "pi = softmax(q.k)" if scores else "pi = softmax of any scores"
    left, right = attention(length, width, heads, scores)
    return Identity(
        f"T = {length}, d = {width}, {heads} heads, {how}: W_O [heads] = sum_j A_tj x_j, every entry",
        left,
        right,
        latex=r"W_O\,[\textstyle\sum_j \pi^h_{tj} W_V^h x_j]_h = \sum_j A_{tj} x_j,\quad A_{tj} = \sum_h \pi^h_{tj} W_O^h W_V^h",
    )


def same(text: str, sign: int) -> Termwise:
    return Termwise(
        text,
        sign * (A - B),
        sums={"A": o * (pi * (v * x)), "B": ((pi * o) * v) * x},
        point=["o", "pi", "v", "x"],
        shown=sympy.Integer(0),
        latex=r"\sum_{h,i} W_O^h[o,i]\sum_j \pi^h_{tj}\sum_k W_V^h[i,k]\,x_j[k] = \sum_{j,k} A_{tj}[o,k]\,x_j[k]",
    )


def rebuilt(case: tuple[int, int, int, int, int]) -> str | None:
    """A torch Transformer in float64, `steps` of training on repeated words: A x against what attention puts out in a forward pass."""
    from semtheory.models import Transformer  # first: without torch it says what to install

    seed, vocabulary, width, heads, steps = case
    import torch

    model = Transformer(vocabulary, 8, width=width, layers=2, heads=heads, seed=seed).double()
    tokens = torch.randint(vocabulary, (4, 8), generator=torch.Generator().manual_seed(seed))
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-2)
    for _ in range(steps):
        optimiser.zero_grad()
        loss: Any = model.loss(tokens)
        loss.backward()
        optimiser.step()
    seen: list[Any] = []
    blocks: list[Any] = list(model.blocks)
    handles = [block.output.register_forward_hook(lambda _m, _i, out: seen.append(out.detach())) for block in blocks]
    with torch.no_grad():
        model(tokens)
        for handle in handles:
            handle.remove()
        found = model.coefficients(tokens)
        for layer, (coefficients, out) in enumerate(zip(found, seen, strict=True)):
            wrong = float((coefficients.rebuilt() - out).abs().max() / out.abs().max())
            if not wrong <= 1e-6:
                return f"layer {layer}: relative difference {wrong:.2e}"
            ahead = torch.triu(torch.ones(8, 8), 1).bool()
            if float(coefficients.matrix[:, ahead].abs().max()) != 0:
                return f"layer {layer}: A[t, j] is not 0 for j > t"
    return None


def draw() -> Any:
    from hypothesis import strategies as st

    sizes = st.sampled_from([(8, 1), (8, 2), (12, 3), (16, 4)])
    return st.tuples(st.integers(0, 999), st.integers(2, 6), sizes, st.integers(0, 2)).map(
        lambda c: (c[0], c[1], *c[2], c[3])
    )


AR1 = Theorem(
    "AR1",
    title="Causal attention = sum_j A_tj(x) x_j, A_tj = sum_h pi^h_tj W_O^h W_V^h",
    target="tested",
    claims=[
        same("any size, any pi: sum of W_O[o,i] (pi (W_V[i,k] x[k])) >= sum of A[o,k] x[k], over h, i, j, k", 1),
        same("and <=: the two are equal", -1),
        small(2, 2, 1, scores=True),
        small(2, 2, 2, scores=True),
        small(3, 2, 2, scores=False),
        Identity(
            "a residual adds the identity: x + a x = (1 + a) x, one entry",
            x + c * x,
            (1 + c) * x,
            latex=r"x_t + \sum_j A_{tj}x_j = \sum_j (A_{tj} + \delta_{tj} I)\,x_j",
        ),
        Tested(
            "A read off a torch Transformer gives the output of its attention layers to 1e-6 relative, float64",
            r"\sum_j A_{tj} x_j = \mathrm{attention}(x)_t",
            rebuilt,
            draw=draw,
            instances=[(0, 3, 16, 2, 0), (1, 2, 16, 4, 30)],
            most=60,
        ),
    ],
    variants=[
        Variant(
            Identity(
                "with a bias on the values: pi_1 (v x + b) + pi_2 (v y + b) = v (pi_1 x + pi_2 y), pi_1 + pi_2 = 1",
                pi * (v * x + b) + (1 - pi) * (v * c + b),
                v * (pi * x + (1 - pi) * c),
            ),
            why="affine: A x misses W_O b",
        ),
        Variant(
            Identity(
                "one head's pi for both heads, T = 2, d = 2: the weights of head 0 in place of those of head 1",
                attention(2, 2, 2, scores=False)[0],
                attention(2, 2, 2, scores=False)[1].subs({"s1_0": "s0_0", "s1_1": "s0_1"}),
            ),
            why="each head has its own weights",
        ),
        Variant(
            Identity("A without its output matrix: o (pi v x) = pi v x", o * (pi * v * x), pi * v * x),
            why="A_tj = W_O W_V, not W_V",
        ),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Vaswani et al. 2017; Katharopoulos et al. 2020",
        paper="the Transformer as a nonlinear time-varying vector autoregression",
        differences="inputs are the normalised ones; no biases",
    ),
)
