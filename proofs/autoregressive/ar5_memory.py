"""A feed-forward layer is a key-value memory: FFN(x) = sum_i s(k_i.x) v_i.

W_2 s(W_1 x + b_1) + b_2 = sum_i s(k_i.x + b_i) v_i + b_2 for every activation s applied to each entry: k_i the rows of W_1, v_i the columns of W_2.

*Why.* Entry o of W_2 h is sum_i W_2[o,i] h_i, and v_i[o] = W_2[o,i]: the same terms, for any number of memories.

*False:* that the coefficients are a softmax (they need not add to 1, nor look at each other); that the layer is linear in x; that biases may be dropped.
Sukhbaatar et al. 2019; Geva et al. 2021.
"""

import sympy

from semtheory import Fidelity, Theorem, Variant
from semtheory.logic.calculus import Identity, Sign, Termwise

A, B, w, h, b, x, y = sympy.symbols("A B w h b x y")
exp = sympy.exp


def sigmoid(z: sympy.Expr) -> sympy.Expr:
    return 1 / (1 + exp(-z))


def layer(width: int, memories: int) -> Identity:
    """Every entry at once: free numbers e_o times entry o, by matrices and memory by memory, with biases."""
    first = sympy.Matrix(memories, width, lambda i, j: sympy.Symbol(f"k_{i}_{j}"))
    second = sympy.Matrix(width, memories, lambda o, i: sympy.Symbol(f"v_{i}_{o}"))
    inputs = sympy.Matrix(sympy.symbols(f"x_0:{width}"))
    before, after = sympy.Matrix(sympy.symbols(f"b_0:{memories}")), sympy.Matrix(sympy.symbols(f"d_0:{width}"))
    probe = sympy.Matrix(sympy.symbols(f"e_0:{width}"))
    matrices = second * (first * inputs + before).applyfunc(sigmoid) + after
    remembered = after
    for i in range(memories):
        remembered = remembered + sigmoid(first[i, :].dot(inputs) + before[i]) * second[:, i]
    return Identity(
        f"width {width}, {memories} memories, sigmoid: W_2 s(W_1 x + b) + d = sum_i s(k_i.x + b_i) v_i + d",
        probe.dot(matrices),
        probe.dot(remembered),
        latex=r"W_2\,\sigma(W_1 x + b) + d = \sum_i \sigma(k_i\cdot x + b_i)\, v_i + d",
    )


def same(text: str, sign: int) -> Termwise:
    return Termwise(
        text,
        sign * (A - B),
        sums={"A": w * h, "B": h * w},
        point=["w", "h"],
        shown=sympy.Integer(0),
        latex=r"\sum_i W_{2,oi}\,\sigma(k_i\cdot x) = \sum_i \sigma(k_i\cdot x)\, v_{i,o}",
    )


AR5 = Theorem(
    "AR5",
    title="FFN as key-value memory: sum_i s(k_i.x) v_i",
    claims=[
        same(
            "any number of memories, any activation h_i = s(k_i.x): sum_i W_2[o,i] h_i >= sum_i h_i v_i[o], entry by entry",
            1,
        ),
        same("and <=: the two are equal", -1),
        layer(2, 3),
    ],
    variants=[
        Variant(
            Identity(
                "the coefficients of two memories add to 1, as in attention", sigmoid(x) + sigmoid(y), sympy.Integer(1)
            ),
            why="each memory answers by itself; nothing normalises",
        ),
        Variant(
            Identity("linear: s(k.(x + y)) = s(k.x) + s(k.y), one memory", sigmoid(x + y), sigmoid(x) + sigmoid(y)),
            why="the coefficient depends on x",
        ),
        Variant(
            Identity("the bias may be dropped: s(k.x + b) v = s(k.x) v", sigmoid(x + b) * w, sigmoid(x) * w),
            why="a key with a bias is another key",
        ),
        Variant(
            Sign("memories only add: s(k.x) v >= 0", sigmoid(x) * w),
            why="values have both signs",
        ),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Sukhbaatar et al. 2019; Geva et al. 2021",
        paper="the feed-forward layers of the Transformer in the general definition",
    ),
)
