"""Under log loss, rate-distortion is the information bottleneck.

d(x, q) = -log q(x), Z a representation of the past A (Z - A - X). The least distortion given Z is H(X|Z), attained by the posterior alone; so
distortion <= D iff I(Z;X) >= H(X) - D, and R(D) = min I(A;Z) under that: the bottleneck. Seen directly, A = X: R(D) = max(H(X) - D, 0).

*Why.* E[-log q(X|Z)] = H(X|Z) + E D(p||q) (RD4). The direct source: I(X;Z) >= H(X) - D for every Z; and a letter shown with probability
1 - D/H(X), else erased, attains it.

*False:* that the bottleneck loses nothing, I(A;Z) = I(Z;X): what is kept of A is not all about X.
Tishby, Pereira and Bialek 1999; Harremoes and Tishby 2007; Courtade and Weissman 2014.
"""

import math
from typing import Any

import numpy as np
import sympy

from semtheory import Fidelity, Given, Theorem, Variant
from semtheory.logic.expectation import Equality, Expectation
from semtheory.logic.tested import Tested

p, q = sympy.symbols("p q")
log = sympy.log
chain = Given("Z -> A -> X", met_by="Z made from the past alone", broken_by="Z sees the next token")
enough = Given("H(X|Z) = 0", met_by="Z tells X", broken_by="Z says nothing")


def direct(case: tuple[list[float], float]) -> str | None:
    """Rate-distortion with reproductions "x for certain" (loss 0, else infinite) and "the marginal" against max(H - D, 0)."""
    from semtheory.measures import log_loss_rate_distortion, rate_distortion

    weights, share = case
    law = np.array(weights) / sum(weights)
    matrix = np.hstack([np.where(np.eye(len(law)) > 0, 0.0, np.inf), -np.log(law)[:, None]])
    entropy = float(-(law * np.log(law)).sum())
    found = rate_distortion(law, matrix, share * entropy)
    stated = log_loss_rate_distortion(law, share * entropy)
    if not found.lower - 1e-9 <= float(stated) <= found.upper + 1e-9:
        return f"solver [{found.lower:.10f}, {found.upper:.10f}], max(H - D, 0) = {float(stated):.10f} nats"
    return None


def bottleneck(case: tuple[list[float], float, int]) -> str | None:
    """The certified lower end is below 20 random encoders; the encoder returned attains the upper end."""
    from semtheory.measures import information_bottleneck

    weights, beta, seed = case
    joint = np.array(weights).reshape(3, -1) / sum(weights)
    value = information_bottleneck(joint, beta)
    attained = _information(joint.sum(axis=1)[:, None] * value.encoder) - beta * _information(value.encoder.T @ joint)
    if abs(attained - value.upper) > 1e-10 * (1 + beta):
        return f"the encoder returned has {attained:.12g}, the upper end is {value.upper:.12g} nats"
    chance = np.random.default_rng(seed)
    for _ in range(20):
        encoder = chance.dirichlet(np.full(3, 0.5), 3)
        with_z = encoder.T @ joint
        law = joint.sum(axis=1)
        found = _information(law[:, None] * encoder) - beta * _information(with_z)
        if found < value.lower - 1e-10:
            return f"an encoder with {found:.9f}, bound {value.lower:.9f} nats"
    return (
        None if value.upper - value.lower < 1e-6 * (1 + beta) else f"a bracket of width {value.upper - value.lower:.3g}"
    )


def least_rate(case: tuple[list[float], float, int]) -> str | None:
    """R(D) >= H(X) - D, its Lagrangian bounds hold, and the encoder returned meets D at the rate of the upper end."""
    from semtheory.measures import bottleneck_rate_distortion, information_bottleneck

    weights, beta, seed = case
    joint = np.array(weights).reshape(3, -1) / sum(weights)
    share = np.random.default_rng(seed).uniform(0.05, 0.95)
    x = joint.sum(axis=0)
    entropy = float(-(x * np.log(x)).sum())
    value = bottleneck_rate_distortion(joint, entropy - share * _information(joint))
    relevance = _information(value.encoder.T @ joint)
    if relevance < share * _information(joint) - 1e-10:
        return f"the encoder keeps {relevance:.10f} of the {share * _information(joint):.10f} nats asked"
    rate = _information(joint.sum(axis=1)[:, None] * value.encoder)
    if abs(rate - value.upper) > 1e-10:
        return f"the encoder returned has a rate of {rate:.12g}, the upper end is {value.upper:.12g} nats"
    line = information_bottleneck(joint, beta).lower + beta * share * _information(joint)
    if value.upper < max(line, share * _information(joint)) - 1e-10:
        return f"a rate of {value.upper:.10f} below its Lagrangian bound {line:.10f} nats"
    return None if value.upper - value.lower < 1e-6 else f"a bracket of width {value.upper - value.lower:.3g}"


def _information(joint: Any) -> float:
    outer = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0)
    kept = joint > 0
    return float((joint[kept] * np.log(joint[kept] / outer[kept])).sum())


def draw_direct() -> Any:
    from hypothesis import strategies as st

    return st.tuples(st.lists(st.floats(0.05, 1), min_size=2, max_size=6), st.floats(0.02, 1.5))


def draw_bottleneck() -> Any:
    from hypothesis import strategies as st

    laws = st.sampled_from([6, 9]).flatmap(lambda n: st.lists(st.floats(0.05, 1), min_size=n, max_size=n))
    return st.tuples(laws, st.floats(0.1, 20), st.integers(0, 999))


RD5 = Theorem(
    "RD5",
    title="Log loss: least distortion H(X|Z); rate-distortion is the information bottleneck",
    target="tested",
    depends=["F1", "F4", "RD4"],
    claims=[
        Expectation(
            "E[-log q(X|Z)] >= H(X|Z), with equality only at the posterior q = p(x|z)",
            log(p) - log(q),
            laws={"p": "X|Z", "q": "X|Z"},
            equality=Equality(p, q, {"p": q}),
            latex=r"\min_q \mathbb{E}[-\log q(X|Z)] = H(X|Z)",
        ),
        "I(Z;X) = H(X) - H(X|Z)",
        ("I(A;Z) >= H(X) - H(X|Z)", chain),
        "I(X;Z) >= H(X) - H(X|Z)",
        ("I(X;Z) = H(X)", enough),
        Tested(
            "direct source: solver = max(H(X) - D, 0)",
            r"R(D) = \max(H(X) - D, 0)",
            direct,
            draw=draw_direct,
            instances=[([math.e, 1.0], 0.5)],
        ),
        Tested(
            "bottleneck of two and three letters: the lower end is below random encoders, the upper end is that of the encoder returned",
            r"\min I(A;Z) - \beta I(Z;X)",
            bottleneck,
            draw=draw_bottleneck,
            most=60,
        ),
        Tested(
            "R(D) under log loss: bracket, attained by the encoder returned, on or above every Lagrangian line",
            r"R(D) = \max_\beta \min I(A;Z) - \beta (I(Z;X) - H(X) + D)",
            least_rate,
            draw=draw_bottleneck,
            examples=8,
            most=8,
        ),
    ],
    variants=[
        Variant("I(A;Z) = I(Z;X)", given=(chain,), why="Z = A keeps what is not about X"),
        Variant("I(A;Z) >= I(Z;X)", why="a Z that sees X itself"),
        Variant(
            Expectation(
                "log loss below H(X|Z) by a sharper decoder",
                log(q) - log(p),
                laws={"p": "X", "q": "X"},
                latex=r"\mathbb{E}[-\log q(X|Z)] \le H(X|Z)",
            ),
            why="the posterior is best",
        ),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Tishby, Pereira and Bialek 1999; Harremoes and Tishby 2007; Courtade and Weissman 2014",
        paper="pre-training under log loss as rate-distortion",
    ),
)
