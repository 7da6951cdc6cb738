"""Generalisation error and the information that the model holds about its data.

*Xu and Raginsky 2017.* loss(w, Z) sigma-sub-Gaussian for each w, n iid examples: |E[L(W) - Lhat(W)]| <= sqrt(2 sigma^2 I(W;S)/n), nats.
*Gibbs algorithm* (Aminian et al. 2021). p(w|s) = pi(w) e^{-gamma Lhat(w,s)}/Z(s), Lhat the *mean* loss: E[L(W) - Lhat(W)] = (I(W;S) + lautum(W;S))/gamma exactly,
lautum = D(P_W P_S || P_WS).

*Why.* For every lambda, lambda g <= I + lambda^2 sigma^2/(2n), g the mean over P_WS minus that over P_W P_S of the empirical risk's deviation: the change of measure of F2 and the
exponential moment of a mean of n sub-Gaussians. The best lambda gives g^2 <= 2 sigma^2 I/n; losses turned round give the other sign.
Gibbs: log p(w|s)/P_W(w) = log pi(w)/P_W(w) - log Z(s) - gamma Lhat(w,s). Its means under P_WS and P_W P_S differ by I + lautum; what depends on w alone or s alone has the same mean
under both, since they have the same marginals; what is left is gamma times (E under the product of Lhat, which is L, minus E Lhat).
A Gaussian mean: loss (w - z)^2, prior variance s_0^2: E[W|S] has weight 2 gamma s_0^2/(1 + 2 gamma s_0^2) on the sample mean, and the error is twice the covariance of W with it.

*How tight:* W = Z turned over with probability near 1/2, n = 1, loss 1 if W = Z: the ratio tends to 1. *False:* 1.99 for 2; division by gamma with the summed loss (it is n gamma).
The examples need not be independent for the Gibbs identity, and pi must not depend on them.
"""

import math
from collections.abc import Callable
from typing import Any

import sympy

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Identity, Sign
from semtheory.logic.expectation import Expectation
from semtheory.logic.tested import Tested

p, q, phi, Z, g, v, info = sympy.symbols("p q phi Z g v info")
pi, u, L, gamma, A, B, lam, s2 = sympy.symbols("pi u L gamma A B lam s2")
s0, sz, n = sympy.symbols("s0 sz n")
log, exp = sympy.log, sympy.exp

kernel = pi * exp(-gamma * L) / Z  # p(w|s), Z the sum over w of pi e^{-gamma L}
ratio = u / kernel  # density of P_W P_S with respect to P_WS, u = P_W(w): a mean under the product is one under the joint
both = (1 - ratio) * (log(kernel) - log(u))  # its mean is I + lautum
rest = log(pi) - log(u) - log(Z)  # a part in w and a part in s: the same mean under both laws


def random_gibbs(chance: Any) -> Any:
    """A random Gibbs algorithm on samples of two: its joint law, and the symbols of the claim at each (w, s)."""
    import itertools

    import numpy as np

    law, losses = chance.dirichlet([1, 1, 1]), chance.random((3, 3))
    prior, temperature = chance.dirichlet([1, 1, 1]), 6 * chance.random() + 0.1
    samples = list(itertools.product(range(3), repeat=2))
    mass = np.array([law[first] * law[second] for first, second in samples])[:, None]
    empirical = np.array([(losses[:, first] + losses[:, second]) / 2 for first, second in samples])
    weights = prior * np.exp(-temperature * empirical)
    total = weights.sum(axis=1, keepdims=True)
    joint = mass * weights / total
    return joint, {"pi": prior, "u": joint.sum(axis=0), "L": empirical, "Z": total, "gamma": temperature}


def gibbs_identity(text: str, side: int, latex: str) -> Expectation:
    """Half of gen = (I + lautum)/gamma: the mean under P_WS of side * ((ratio - 1) L - both/gamma) is >= 0."""
    return Expectation(
        text,
        side * ((ratio - 1) * L - both / gamma),
        laws={"k": "W|S"},
        true=("k",),
        point=["pi", "u", "L"],
        normalisers={"Z": (pi * exp(-gamma * L), "W|S")},
        means={"A": rest, "B": ratio * rest},
        facts=[gamma > 0, pi > 0, u > 0, A - B >= 0, B - A >= 0],
        hints=[A - B, B - A],
        latex=latex,
        numbers=random_gibbs,
    )


def algorithm(case: Any) -> Any:
    """Law, losses, n, and a kernel p(w|sample type) of an arbitrary algorithm."""
    import numpy as np

    from semtheory.bounds import sample_counts

    law, losses, n = np.array(case[0]) / sum(case[0]), np.array(case[1], dtype=float) / 4, case[2]
    counts, chance = sample_counts(law, n)
    kernel = np.resize(np.array(case[3], dtype=float), (len(counts), len(losses))) + 1e-9
    return law, losses, n, counts, chance, kernel / kernel.sum(axis=1, keepdims=True)


def information_bound_with(square: float) -> Callable[[Any], str | None]:
    """|E gen| <= sqrt(square sigma^2 I/n) for any algorithm, samples enumerated; losses in [0, 1], so sigma = 1/2."""

    def check(case: Any) -> str | None:
        import numpy as np

        from semtheory.bounds import xu_raginsky

        law, losses, n, counts, chance, kernel = algorithm(case)
        marginal = chance @ kernel
        # The information between W and the counts: the order of the sample tells the algorithm nothing.
        information = float(chance @ (kernel * np.log(kernel / marginal)).sum(axis=1))
        gap = float(marginal @ (losses @ law) - chance @ (kernel * (counts @ losses.T / n)).sum(axis=1))
        bound = float(xu_raginsky(max(information, 0.0), n)) * math.sqrt(square / 2)
        return f"generalisation {gap:.9g}, bound {bound:.9g}" if abs(gap) > bound + 1e-9 else None

    return check


def gibbs_with(summed: bool) -> Callable[[Any], str | None]:
    """The identity and the information bound for the Gibbs algorithm, against a plain sum over ordered samples."""

    def check(case: tuple[list[int], list[list[int]], int, int]) -> str | None:
        import itertools

        import numpy as np

        from semtheory.bounds import gibbs_generalization

        law, losses, n, gamma = np.array(case[0]) / sum(case[0]), np.array(case[1]) / 16, case[2], case[3] / 2
        found = gibbs_generalization(law, losses, n, gamma, summed=summed)
        if abs(found.generalization - found.identity) > 1e-9:
            return f"generalisation {found.generalization:.9g}, (I + lautum)/gamma {found.identity:.9g}"
        samples = list(itertools.product(range(len(law)), repeat=n))
        mass = np.array([law[list(sample)].prod() for sample in samples])
        empirical = np.array([losses[:, list(sample)].mean(axis=1) for sample in samples])
        weights = np.exp(-gamma * empirical)
        kernel = weights / weights.sum(axis=1, keepdims=True)
        out = mass @ kernel
        gap = float(out @ (losses @ law) - mass @ (kernel * empirical).sum(axis=1))
        information = float(mass @ (kernel * np.log(kernel / out)).sum(axis=1))
        lautum = float(mass @ (out * np.log(out / kernel)).sum(axis=1))
        if abs(gap - (information + lautum) / gamma) > 1e-11:
            return f"by ordered samples {gap:.12g}, (I + lautum)/gamma {(information + lautum) / gamma:.12g}"
        pairs = ((gap, found.generalization), (information, float(found.information)), (lautum, float(found.lautum)))
        if any(abs(counted - given) > 1e-11 for counted, given in pairs):
            return f"by ordered samples {[counted for counted, _ in pairs]}; the package says {found!r}"
        if abs(gap) > found.xu_raginsky + 1e-12:
            return f"generalisation {gap:.9g}, information bound {found.xu_raginsky:.9g}"
        return None

    return check


def draw_algorithm() -> Any:
    from hypothesis import strategies as st

    def problems(size: int) -> Any:
        return st.tuples(
            st.lists(st.integers(1, 5), min_size=size, max_size=size),
            st.lists(st.lists(st.integers(0, 4), min_size=size, max_size=size), min_size=1, max_size=4),
            st.integers(1, 5),
            st.lists(st.integers(0, 9), min_size=1, max_size=24),
        )

    return st.integers(1, 3).flatmap(problems)


def draw_gibbs() -> Any:
    from hypothesis import strategies as st

    def problems(size: int) -> Any:
        return st.tuples(
            st.lists(st.integers(1, 5), min_size=size, max_size=size),
            st.lists(st.lists(st.integers(0, 16), min_size=size, max_size=size), min_size=1, max_size=5),
            st.integers(1, 4),
            st.integers(1, 40),
        )

    return st.integers(1, 3).flatmap(problems)


def noisy_copy(percent: int) -> Any:
    """W = the one example seen, turned over with this chance in percent; loss 1 where W = Z, so that copying is punished on the sample."""
    return [1, 1], [[4, 0], [0, 4]], 1, [100 - percent, percent, percent, 100 - percent]


# Bernoulli .3, W = {0, 1/4, 1/2, 3/4, 1}, squared loss (in sixteenths), n = 5, gamma = 4 (in halves).
PUBLISHED = ([7, 3], [[w**2, (4 - w) ** 2] for w in range(5)], 5, 8)
VALUES = (("generalization", 0.0507575), ("information", 0.0930624), ("lautum", 0.1099674), ("xu_raginsky", 0.0964689))


def published(value: tuple[str, float]) -> str | None:
    """The package on that problem against a published number, to one unit of its seventh decimal."""
    import numpy as np

    from semtheory.bounds import gibbs_generalization

    name, wanted = value
    law, losses, n, halves = PUBLISHED
    found = float(getattr(gibbs_generalization(np.array(law) / 10, np.array(losses) / 16, n, halves / 2), name))
    return None if abs(found - wanted) <= 1e-7 else f"{name} = {found:.9f}, published {wanted}"


GE6 = Theorem(
    "GE6",
    title="Xu-Raginsky |gen| <= sqrt(2 sigma^2 I/n); Gibbs algorithm: gen = (I + lautum)/gamma",
    depends=["F2", "SF4"],
    steps=[
        Step(
            Identity(
                "(e^{(lam/n)^2 sigma^2/2})^n = e^{lam^2 v/2} with v = sigma^2/n",
                exp((lam / n) ** 2 * s2 / 2) ** n,
                exp(lam**2 * (s2 / n) / 2),
                facts=[n > 0],
            ),
            "n independent examples, each sigma-sub-Gaussian: E e^{lam (L(w) - Lhat(w))} is at most this for every w",
        ),
    ],
    claims=[
        Expectation(
            "for p = P_WS, q = P_W P_S: E_p phi <= I(W;S) + log E_q e^phi, Z the sum of q e^phi",
            log(p) - log(q) - phi + log(Z),
            laws={"p": "WS", "q": "WS"},
            point=["phi"],
            normalisers={"Z": (q * exp(phi), "WS")},
            latex=r"\mathbb{E}_{WS}\,\varphi \le I(W;S) + \log \mathbb{E}_{W \otimes S} e^\varphi",
        ),
        Sign(
            "g^2 <= 2 v I from lam g <= I + lam^2 v/2 at lam = g/v; v = sigma^2/n",
            2 * v * info - g**2,
            facts=[v > 0, info + (g / v) ** 2 * v / 2 - (g / v) * g >= 0],
            shown=2 * v * (info + (g / v) ** 2 * v / 2 - (g / v) * g),
            latex=r"|\mathrm{gen}| \le \sqrt{2\sigma^2 I(W;S)/n}",
        ),
        gibbs_identity(
            "Gibbs kernel k = pi e^{-gamma L}/Z: gen >= (I + lautum)/gamma, where log pi(w)/P_W(w) - log Z(s) has one mean A = B under P_WS and P_W P_S",
            1,
            r"\mathrm{gen} \ge \frac{I(W;S) + L(W;S)}{\gamma}",
        ),
        gibbs_identity(
            "and gen <= (I + lautum)/gamma: so they are equal, gen = (I + lautum)/gamma",
            -1,
            r"\mathrm{gen} \le \frac{I(W;S) + L(W;S)}{\gamma}",
        ),
        Identity(
            "Gaussian mean: 2 * weight * variance of the sample mean = 4 gamma s0 sz/(n (1 + 2 gamma s0))",
            2 * (2 * gamma * s0 / (1 + 2 * gamma * s0)) * (sz / n),
            4 * gamma * s0 * sz / (n * (1 + 2 * gamma * s0)),
            facts=[gamma > 0, s0 > 0, n > 0],
        ),
        Identity(
            "Gaussian mean: the posterior of prior variance s0 under e^{-gamma (w - z)^2} has precision 1/s0 + 2 gamma: weight 2 gamma/(1/s0 + 2 gamma)",
            2 * gamma / (1 / s0 + 2 * gamma),
            2 * gamma * s0 / (1 + 2 * gamma * s0),
            facts=[gamma > 0, s0 > 0],
        ),
    ],
    variants=[
        Variant(
            Tested(
                "Gibbs identity divided by gamma, with the summed loss",
                r"\mathrm{gen} = (I + L)/\gamma,\; e^{-\gamma \sum \ell}",
                gibbs_with(True),
                instances=[PUBLISHED],
            ),
            why="it is n gamma there",
        ),
        Variant(
            Sign(
                "g^2 <= v I from the same line",
                v * info - g**2,
                facts=[v > 0, info > 0, info + (g / v) ** 2 * v / 2 - (g / v) * g >= 0],
            ),
            why="the best lam gives 2 v I",
        ),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Xu and Raginsky 2017, Theorem 1; Aminian, Bu, Toni, Rodrigues and Wornell 2021, Theorem 1",
        paper="generalisation by the information between data and model",
        differences="that P_WS and P_W P_S have the same marginals, so that what depends on w alone or on s alone has one mean under both, is a fact of the Gibbs claims; "
        "that independence makes the exponential moment of a mean a product is the reason of a step, not checked",
    ),
)

GE6_EXACT = Theorem(
    "GE6.exact",
    title="Information and generalisation, by exact enumeration of samples",
    target="tested",
    depends=["GE6"],
    claims=[
        Tested(
            "|gen| <= sqrt(2 sigma^2 I/n) for random algorithms on finite sources, all samples enumerated",
            r"|\mathrm{gen}| \le \sqrt{2\sigma^2 I/n}",
            information_bound_with(2),
            draw=draw_algorithm,
            instances=[noisy_copy(49), noisy_copy(0)],
        ),
        Tested(
            "Gibbs algorithm: gen = (I + lautum)/gamma, all ordered samples enumerated",
            r"\mathrm{gen} = (I + L)/\gamma",
            gibbs_with(False),
            draw=draw_gibbs,
            instances=[PUBLISHED],
        ),
        Tested(
            "Bernoulli .3, five predictors, squared loss, n = 5, gamma = 4: gen .0507575, I .0930624, lautum .1099674, information bound .0964689, to one unit of the last digit",
            r"\mathrm{gen} = 0.0507575",
            published,
            instances=VALUES,
        ),
    ],
    variants=[
        Variant(
            Tested(
                "|gen| <= sqrt(1.99 sigma^2 I/n)",
                r"\sqrt{1.99\sigma^2 I/n}",
                information_bound_with(1.99),
                instances=[noisy_copy(49)],
            ),
            why="a nearly useless copy: the ratio tends to 1",
        ),
    ],
    fidelity=GE6.fidelity,
)
