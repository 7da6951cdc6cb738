"""More samples, a tighter bound: IWAE_K <= IWAE_{K+1} <= log p(x), for every K.

IWAE_K = E log((w_1 + ... + w_K)/K), w_k = p(x,z_k)/q(z_k), the z_k drawn independently from q. IWAE_1 is the ELBO.

*Why it rises.* Of n = K + 1 weights with sum T leave one out: a_i = (T - w_i)/K is the mean of the other K. The mean of the a_i over i is T/n, the mean
of all (counting: each weight is left in n - 1 times). Jensen's inequality over i, the index left out, says log(T/n) >= mean of log a_i: with
M = sum_i u_i a_i it is Gibbs' inequality for u against u a/M. Take the mean over the draws as well: left is IWAE_{K+1}; and E log a_i = IWAE_K.

*Why it stays below.* E of the mean weight is E_q[p(x,z)/q(z)] <= p(x) (equality when q covers the posterior), and log r <= log P + r/P - 1.

*Limits.* Finite latent alphabet, positive weights (else IWAE_K = -infinity). Two sentences join the checked steps: K of K + 1 independent draws are
K independent draws, so that each log a_i has mean IWAE_K; and the mean of a mean of equal laws is their mean.
*False:* the best weight in place of the mean; that the bound falls; that it is met at finite K. Burda, Grosse and Salakhutdinov 2016, Theorem 1.
"""

import itertools
import math
from typing import Any

import sympy

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Identity, Sign, Termwise
from semtheory.logic.expectation import Expectation
from semtheory.logic.tested import Tested

w, a, T, n, N, S, A, L, M, U, u, P, r, q, m, l, d, x = sympy.symbols("w a T n N S A L M U u P r q m l d x")
log = sympy.log
tangent = Sign("x - 1 - log x >= 0 for x > 0", x - 1 - log(x), "x", facts=[x > 0])
left_out = {"A": (T - w) / (n - 1), "S": w, "N": sympy.Integer(1)}
counted = A - (N * T - S) / (n - 1)


def leave_one_out(text: str, sign: int) -> Termwise:
    return Termwise(text, sign * counted, sums=left_out, point=["w"], facts=[n - 1 > 0], shown=sympy.Integer(0))


finite_jensen = Termwise(
    "n numbers a > 0, any c > 0: sum log a <= n log c + (sum a)/c - n",
    N * log(m) + A / m - N - L,
    sums={"N": sympy.Integer(1), "A": a, "L": log(a)},
    point=["a"],
    facts=[a > 0, m > 0],
    lemmas=[(tangent, {"x": a / m})],
    shown=a / m - 1 - log(a / m),
)


def over_indices(text: str, integrand: sympy.Expr, **more: object) -> Expectation:
    """A claim on the draws z and an index I of law u given z: a > 0 belongs to both, M(z) = sum over i of u a, U the mean of log a."""
    return Expectation(
        text,
        integrand,
        laws={"u": "I|Z"},
        true=("u",),
        point=["a"],
        normalisers={"M": (u * a, "I|Z")},
        means={"U": log(a)},
        facts=[a > 0],
        **more,  # type: ignore[arg-type]
    )


def over_draws(text: str, integrand: sympy.Expr, **more: object) -> Expectation:
    """A claim on the mean r > 0 of K weights, of mean U <= P = p(x)."""
    return Expectation(
        text,
        integrand,
        laws={"q": "Z"},
        true=("q",),
        point=["r"],
        means={"U": r},
        facts=[r > 0, P > 0, P - U >= 0],
        **more,  # type: ignore[arg-type]
    )


def by_draws(joint: list[float], guess: list[float], samples: int) -> float:
    """E log of the mean weight, over every tuple of draws."""
    total = 0.0
    for draws in itertools.product(range(len(guess)), repeat=samples):
        mean = sum(joint[z] / guess[z] for z in draws) / samples
        total += math.prod(guess[z] for z in draws) * math.log(mean)
    return total


def rises_to_evidence(case: tuple[list[int], list[int], int]) -> str | None:
    """IWAE_1..IWAE_4 by enumeration and by the package: equal, rising, the first the ELBO, all below log p(x)."""
    from semtheory.bounds import elbo, evidence, iwae

    weights, shares, rest = case
    joint, guess = [w / (sum(weights) + rest) for w in weights], [s / sum(shares) for s in shares]
    top = math.log(math.fsum(joint))
    values = [by_draws(joint, guess, samples) for samples in (1, 2, 3, 4)]
    for samples, value in enumerate(values, 1):
        found = float(iwae(joint, guess, samples))
        if abs(found - value) > 1e-11:
            return f"K = {samples}: {found:.13f}, draw by draw {value:.13f}"
    if abs(float(elbo(joint, guess)) - values[0]) > 1e-11 or abs(float(evidence(joint)) - top) > 1e-11:
        return f"ELBO {float(elbo(joint, guess)):.13f}, IWAE_1 {values[0]:.13f}; evidence {float(evidence(joint)):.13f}, {top:.13f}"
    rising = all(low <= high + 1e-12 for low, high in itertools.pairwise([*values, top]))
    return None if rising else f"not rising: {values}, log p(x) = {top}"


def twice_halves(case: tuple[list[float], list[float]]) -> str | None:
    """log p(x) - IWAE_2 against half of log p(x) - IWAE_1."""
    joint, guess = case
    top = math.log(math.fsum(joint))
    one, two = top - by_draws(joint, guess, 1), top - by_draws(joint, guess, 2)
    return None if two <= one / 2 + 1e-12 else f"{two:.4f} > {one:.4f}/2"


def draw_latent() -> Any:
    from hypothesis import strategies as st

    def sized(size: int) -> Any:
        row = st.lists(st.integers(1, 9), min_size=size, max_size=size)
        return st.tuples(row, row, st.integers(0, 20))

    return st.integers(1, 4).flatmap(sized)


EL2 = Theorem(
    "EL2",
    title="IWAE_K <= IWAE_{K+1} <= log p(x) for every K",
    depends=["F1", "EL1"],
    steps=[
        Step(tangent, "as in F1"),
        Step(leave_one_out("sum over i of (T - w_i)/(n-1) >= (N T - S)/(n-1), N terms, S = sum w", 1), "term by term"),
        Step(leave_one_out("sum over i of (T - w_i)/(n-1) <= (N T - S)/(n-1)", -1), "term by term"),
        Step(
            Identity(
                "with N = n weights of sum S = T: (n T - T)/(n-1)/n = T/n, so the leave-one-out means have mean T/n",
                (n * T - T) / (n - 1) / n,
                T / n,
                facts=[n - 1 > 0, n > 0],
            ),
            "each weight is left in n - 1 times",
        ),
    ],
    claims=[
        finite_jensen,
        over_indices(
            "IWAE_{K+1} = E log M >= E log a_I = IWAE_K: M the mean of the leave-one-out means a_i of K + 1 weights",
            log(M) - U,
            latex=r"\mathrm{IWAE}_{K+1} = \mathbb{E}\log\Big(\sum_i u_i a_i\Big) \ge \mathbb{E}\log a_I = \mathrm{IWAE}_K",
        ),
        over_draws(
            "IWAE_K = E log r <= log p(x), r the mean of K weights, E r <= p(x)",
            log(P) - log(r),
            lemmas=[(tangent, {"x": r / P})],
            hints=[r / P - 1 - log(r / P)],
            latex=r"\mathrm{IWAE}_K \le \log p(x)",
        ),
        Expectation(
            "E_q[p(x,z)/q(z)] <= p(x), whatever q covers of the posterior",
            P - m * l / q,
            laws={"q": "Z", "m": "Z"},
            true=("q",),
            point=["l"],
            normalisers={"P": (m * l, "Z")},
            facts=[l > 0],
            elementary=True,
            latex=r"\mathbb{E}_q[p(x,z)/q(z)] \le p(x)",
        ),
    ],
    variants=[
        Variant(
            over_indices("IWAE_{K+1} <= IWAE_K", U - log(M), latex=r"\mathrm{IWAE}_{K+1} \le \mathrm{IWAE}_K"),
            why="the logarithm is concave",
        ),
        Variant(
            Sign(
                "the best of K = 2 weights in place of their mean: weights 1 - d, 1 + d at a fair coin, log p(x) = 0",
                -(log(1 - d) / 4 + 3 * log(1 + d) / 4),
                facts=[1 - d > 0, d > 0],
                latex=r"\mathbb{E}\log\max(w_1, w_2) \le \log p(x)",
            ),
            why="the best of two weights has a mean above p(x)",
        ),
        Variant(
            Identity(
                "IWAE_2 = log p(x): the same weights",
                (log(1 - d) + log(1 + d)) / 4,
                sympy.Integer(0),
                facts=[1 - d > 0, d > 0],
                latex=r"\mathrm{IWAE}_2 = \log p(x)",
            ),
            why="a quarter of the draws sees the small weight twice; equality comes with K only in the limit",
        ),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Burda, Grosse and Salakhutdinov 2016, Theorem 1",
        paper="the ELBO, tightened by importance weights",
    ),
)

EL2_EXACT = Theorem(
    "EL2.exact",
    title="IWAE_K by enumeration of all draws: the ELBO at K = 1, rising, below log p(x)",
    target="tested",
    depends=["EL2"],
    claims=[
        Tested(
            "up to four latent values, all draws enumerated, K = 1..4: IWAE_1 is the ELBO, IWAE_K <= IWAE_{K+1} <= log p(x), and iwae is these numbers",
            r"\mathrm{IWAE}_K \le \mathrm{IWAE}_{K+1} \le \log p(x)",
            rises_to_evidence,
            draw=draw_latent,
            instances=[([1, 3], [1, 1], 0), ([1], [1], 4)],
            most=200,
        ),
    ],
    variants=[
        Variant(
            Tested(
                "twice the samples halve the gap",
                r"\log p(x) - \mathrm{IWAE}_2 \le (\log p(x) - \mathrm{IWAE}_1)/2",
                twice_halves,
                instances=[([0.099, 0.901], [0.99, 0.01])],
            ),
            why="1/K is the rate for large K; a rare large weight is mostly missed by two draws as by one",
        ),
    ],
    fidelity=Fidelity(
        "specialisation",
        source="Burda, Grosse and Salakhutdinov 2016, Theorem 1",
        paper="the ELBO, tightened by importance weights",
        differences="positive weights on up to four latent values, K up to 4",
    ),
)
