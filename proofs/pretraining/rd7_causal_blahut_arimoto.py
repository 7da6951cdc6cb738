"""Causal Blahut-Arimoto goes down at every step and always knows how far it is from the end.

At slope s, L = I(X^T -> U^T) + s sum E d. Given a law r(u^T) > 0 the best causal kernel is a soft Bellman recursion, of value L(r);
then r <- r+, the law of U^T it makes. L(r+) <= L(r), and L(r) - log max r+/r <= min L <= L(r).

*Why.* One step of the recursion is the Gibbs principle (F2): E_q[log q - log r + c] = -log Z + D(q||r e^{-c}/Z), c the cost to go. Summed over t,
any causal kernel Q costs L(r) + D(Q||Q_r) against r. Replacing r by its own law r* changes that by -D(r*||r), so that its own
L is L(r) + D(Q||Q_r) - D(r*||r) >= L(r) + D(r*||r+) - D(r*||r) by data processing (F4), = L(r) - E_{r*} log(r+/r) >= L(r) - log max r+/r.
With Q = Q_r and r* = r+ the cost against r+ is L(r) - D(r+||r), and also L(r+) + D(Q_r||Q_{r+}): so
L(r) - L(r+) = D(r+||r) + D(Q_r||Q_{r+}) >= D(r+||r) >= 0.

*False:* without the log max. Blahut 1972, Arimoto 1972 (T = 1); Naiss and Permuter 2013 for directed information.
"""

from typing import Any

import numpy as np
import sympy

from semtheory import Fidelity, Theorem, Variant
from semtheory.logic.calculus import Identity
from semtheory.logic.expectation import Equality, Expectation
from semtheory.logic.tested import Tested

q, r, c, Z, p, after, M = sympy.symbols("q r c Z p after M")
q2, w, star, L, L2 = sympy.symbols("q2 w star L L2")
log, exp = sympy.log, sympy.exp
tilted = r * exp(-c) / Z
STEP: dict[str, Any] = {
    "laws": {"q": "U", "r": "U"},
    "true": ("q",),
    "point": ["c"],
    "normalisers": {"Z": (r * exp(-c), "U")},
}


UPDATE: dict[str, Any] = {
    "laws": {"q": "U|X", "q2": "U|X", "after": "U", "r": "U"},
    "true": ("q", "after"),
    "point": ["c"],
    "means": {"L": log(q) - log(r) + c, "L2": log(q2) - log(after) + c},
}


def answer(law: Any, cost: Any, step: Any, first: Any) -> tuple[float, Any]:
    """L(r) and Q_r over two steps, by the recursion written out: law (u1, u2), cost (x, u), step and first of the source.

    Q_r has axes (x1, x2, u1, u2).
    """
    heads = law.sum(axis=1)
    second = (law / heads[:, None])[None] * np.exp(-cost)[:, None, :]  # (x2, u1, u2)
    scale = second.sum(axis=2)  # (x2, u1)
    ahead = step @ -np.log(scale)  # (x1, u1)
    opening = heads * np.exp(-cost - ahead)  # (x1, u1)
    value = float(first @ -np.log(opening.sum(axis=1)))
    opening = opening / opening.sum(axis=1, keepdims=True)
    return value, opening[:, None, :, None] * (second / scale[:, :, None])[None]


def two_steps(chance: Any) -> tuple[Any, Any, Any, tuple[Any, Any, Any]]:
    """A law of (x1, x2), a law r of (u1, u2), the total cost of (x1, x2, u1, u2), and what `answer` needs, all random."""
    first, step = chance.dirichlet(np.ones(2)), chance.dirichlet(np.ones(2), 2)
    cost, law = chance.uniform(0, 3, (2, 3)), chance.dirichlet(np.ones(9)).reshape(3, 3)
    whole = cost[:, None, :, None] + cost[None, :, None, :]
    return (first[:, None] * step)[:, :, None, None], law, whole, (cost, step, first)


def updated(chance: Any) -> tuple[Any, dict[str, Any]]:
    """q answers r, q2 answers r+, its law of U^T; L(r) and L(r+) are the values of the recursion, not means."""
    source, law, whole, rest = two_steps(chance)
    value, kernel = answer(law, *rest)
    new = (source * kernel).sum(axis=(0, 1))
    value2, kernel2 = answer(new, *rest)
    return source * kernel, spread(q=kernel, q2=kernel2, after=new, r=law, c=whole, L=value, L2=value2)


def any_kernel(chance: Any) -> tuple[Any, dict[str, Any]]:
    """w a causal kernel, star its law of U^T, q the answer to another law r; L(r) is the value of the recursion."""
    source, law, whole, rest = two_steps(chance)
    other = two_steps(chance)
    _, w = answer(other[1], *other[3])
    value, kernel = answer(law, *rest)
    own = (source * w).sum(axis=(0, 1))
    return source * w, spread(w=w, q=kernel, star=own, r=law, c=whole, L=value)


def spread(**values: Any) -> dict[str, Any]:
    return {name: np.broadcast_to(value, (2, 2, 3, 3)) for name, value in values.items()}


def problem(p_flip: float, horizon: int) -> Any:
    from semtheory.measures.causal_blahut_arimoto import CausalProblem
    from semtheory.measures.source_trees import as_source

    return CausalProblem(as_source([[1 - p_flip, p_flip], [p_flip, 1 - p_flip]]).levels(horizon), 1 - np.eye(2))


def descent(case: tuple[float, int, float]) -> str | None:
    """Plain steps r <- r+ from the uniform law: how far L falls, and that no later L is below an earlier lower bound."""
    flip, horizon, s = case
    solver = problem(flip, horizon)
    law = solver.uniform()
    value, kernels = solver.respond(s, law)
    best = -np.inf
    for _ in range(30):
        new, _ = solver.forward(kernels)
        best = max(best, value - float(np.log((new / law).max())))
        next_value, next_kernels = solver.respond(s, new)
        owed = float((new * np.log(new / law)).sum()) + between(solver, kernels, next_kernels)
        if abs(value - next_value - owed) > 1e-11:
            return f"L fell by {value - next_value:.12g}, D(r+||r) + D(Q_r||Q_r+) = {owed:.12g}"
        law, value, kernels = new, next_value, next_kernels
    return None if best <= value + 1e-12 else f"lower bound {best:.12g} above a value reached, {value:.12g}"


def between(solver: Any, kernels: Any, others: Any) -> float:
    """D(Q||Q') of two causal kernels, summed along the paths that the source and Q make."""
    mass, total = solver.levels.first[:, None], 0.0
    for t, (kernel, other) in enumerate(zip(kernels, others, strict=True)):
        joint = mass[:, :, None] * kernel
        total += float((joint * np.log(kernel / other)).sum())
        if t < solver.horizon - 1:
            mass = solver.levels.steps[t].T @ joint.reshape(len(joint), -1)
    return total


def closes(case: tuple[float, int, float]) -> str | None:
    """The certified gap closes."""
    flip, horizon, s = case
    found = problem(flip, horizon).least(s, tolerance=1e-9)
    return None if found.value - found.lower < 1e-7 else f"gap {found.value - found.lower:.3g}"


def at_once(case: tuple[float, int, float]) -> str | None:
    """L(r) at the uniform law, taken for the least."""
    flip, horizon, s = case
    solver = problem(flip, horizon)
    value, _ = solver.respond(s, solver.uniform())
    best = solver.least(s)
    return None if value <= best.value + 1e-9 else f"L(uniform) = {value:.9f}, reached {best.value:.9f} nats"


def draw() -> Any:
    from hypothesis import strategies as st

    return st.tuples(st.floats(0.05, 0.5), st.integers(1, 5), st.floats(0.3, 4))


RD7 = Theorem(
    "RD7",
    title="Causal Blahut-Arimoto: monotone, with a certified gap",
    target="tested",
    depends=["F2", "F4", "RD3"],
    claims=[
        Expectation(
            "soft Bellman step: E_q[log q - log r + c] = -log Z + D(q||r e^{-c}/Z)",
            log(q) - log(r) + c + log(Z) - (log(q) - log(tilted)),
            relation="=",
            latex=r"\mathbb{E}_q[\log q - \log r + c] = -\log Z + D(q\|r e^{-c}/Z)",
            **STEP,
        ),
        Expectation(
            "E_q[log q - log r + c] >= -log Z, with equality only at q = r e^{-c}/Z",
            log(q) - log(r) + c + log(Z),
            equality=Equality(q, tilted, {"q": tilted}),
            latex=r"\mathbb{E}_q[\log q - \log r + c] \ge -\log Z",
            **STEP,
        ),
        "D(p(U^T)||q(U^T)) <= D(p(X^T,U^T)||q(X^T,U^T))",
        Expectation(
            "E_p log(after/r) <= log M for every law p, where after/r <= M: the gap",
            log(M) - log(after) + log(r),
            laws={"p": "U"},
            point=["after", "r"],
            facts=[M > 0, after > 0, r > 0, M * r - after >= 0],
            hints=[log(1 + (M * r - after) / after)],
            latex=r"\mathbb{E}_{r^*} \log\frac{r^+}{r} \le \log\max\frac{r^+}{r}",
        ),
        Identity(
            "one step of the answer, q = r e^{-c}/Z, costs log q - log r + c = -log Z whatever u is: so does every law of u",
            log(tilted) - log(r) + c,
            -log(Z),
            facts=[r > 0, Z > 0],
            latex=r"\log q - \log r + c = -\log Z",
        ),
        Expectation(
            "any kernel w, star its own law: E[log w - log star + c] = L(r) + D(w||q) - D(star||r), q the answer to r, L(r) = E[log q - log r + c]",
            log(w) - log(star) + c - L - (log(w) - log(q)) + (log(star) - log(r)),
            laws={"w": "U|X", "q": "U|X", "star": "U", "r": "U"},
            true=("w", "star"),
            point=["c"],
            means={"L": log(q) - log(r) + c},
            relation="=",
            numbers=any_kernel,
            latex=r"\mathbb{E}[\log Q - \log r^* + c] = L(r) + D(Q\|Q_r) - D(r^*\|r)",
        ),
        Expectation(
            "L(r) - L(r+) = D(after||r) + D(q||q2), U^T drawn by q, the answer to r; after = r+ is its law, q2 the answer to r+; "
            "L(r) = E[log q - log r + c], L(r+) = E[log q2 - log after + c]",
            (L - L2) - (log(after) - log(r)) - (log(q) - log(q2)),
            relation="=",
            latex=r"L(r) - L(r^+) = D(r^+\|r) + D(Q_r\|Q_{r^+})",
            numbers=updated,
            **UPDATE,
        ),
        Expectation(
            "monotone: L(r) - L(r+) >= D(after||r), the same L",
            (L - L2) - (log(after) - log(r)),
            latex=r"L(r) - L(r^+) \ge D(r^+\|r)",
            numbers=updated,
            **UPDATE,
        ),
        Expectation(
            "D(after||r) >= 0",
            log(after) - log(r),
            laws={"after": "U", "r": "U"},
            true=("after",),
            latex=r"D(r^+\|r) \ge 0",
        ),
        Tested(
            "plain steps: L falls by D(r+||r) + D(Q_r||Q_{r+}), no bound exceeds a value reached (binary Markov source, T <= 5)",
            r"L(r) - L(r^+) = D(r^+\|r) + D(Q_r\|Q_{r^+}),\quad L(r) - \log\max r^+/r \le L^*",
            descent,
            draw=draw,
            most=100,
        ),
        Tested(
            "the certified gap closes",
            r"L(r) - \log\max r^+/r \to L^*",
            closes,
            draw=draw,
            instances=[(0.25, 2, 3.0)],
            most=40,
        ),
    ],
    variants=[
        Variant(
            Tested(
                "min L >= L(r) for the uniform r: no log max needed",
                r"L^* \ge L(r)",
                at_once,
                instances=[(0.25, 3, 2.0)],
            ),
            why="the uniform law is not the law of U",
        ),
        Variant(
            Expectation(
                "E_p log(after/r) <= 0 for every law p",
                log(r) - log(after),
                laws={"p": "U", "r": "U", "after": "U"},
                latex=r"\mathbb{E}_{r^*} \log\frac{r^+}{r} \le 0",
            ),
            why="only under after itself has the ratio a sign, and then the other one",
        ),
    ],
    fidelity=Fidelity(
        "variant",
        source="Blahut 1972; Arimoto 1972; Naiss and Permuter 2013",
        paper="computing the directed rate-distortion function",
        differences="for distortion, causal, with a certified gap at every step; that the steps telescope, so that log q - log r + c has mean L(r) under "
        "every causal kernel, is the tower property, which is prose and compared with the recursion for T = 2",
    ),
)
