"""PAC-Bayes: one bound for all posteriors at once, paid for by their divergence from a prior fixed before the data.

Losses in [0, 1], n iid examples, prior P on predictors; with probability >= 1 - delta, for every posterior Q (Lhat, L its empirical and true risk):
    kl(Lhat || L) <= (KL(Q||P) + ln(xi(n)/delta))/n                        (Seeger 2002; Maurer 2004), and so
    L <= Lhat + sqrt((KL + ln(2 sqrt n/delta))/(2n))                       (McAllester), never better than the inverse of kl;
    L <= (1 - exp(-C Lhat - (KL + ln(1/delta))/n))/(1 - e^{-C})            (Catoni 2007), C fixed in advance.

*Why.* For every phi, E_Q phi <= KL(Q||P) + log E_P e^phi (F2). Take phi = n kl(Lhat(w)||L(w)): its exponential has mean xi(n) = sum_k C(n,k) (k/n)^k (1 - k/n)^{n-k} over samples of 0/1
losses, whatever L(w): each term's law cancels. Losses in between have no larger mean, since e^{n kl(.||L)} is convex and a loss x in [0, 1] may be replaced by a coin of bias x, one at a time.
Markov's inequality bounds E_P e^phi by xi/delta, and kl is jointly convex (the log-sum inequality). McAllester: Pinsker (F6) and xi(n) <= 2 sqrt n.
Catoni: E e^{-C x} <= 1 - (1 - e^{-C}) L, by the chord of e^{-Cx}, and the same two steps.

*xi* is also the sum over j of t_j = n!/((n-j)! n^j) (Cauchy; compared exactly up to n = 60 in GE5.exact). Since t_j - t_{j+1} = t_j j/n, the sum of j t_j is n. For every K > 0,
t_j <= max(1 - j/K, 0) + t_j j/K, so xi <= (K+1)/2 + 1/(8K) + n/K; K = sqrt(2n) gives sqrt(2n) + 1/2 + 1/(8 sqrt(2n)) <= 2 sqrt n for n >= 2, and xi(1) = 2.

*False:* ln(1/delta) without xi, for both sides; a prior chosen from the data (posterior = prior = a memoriser: KL 0, risk .96 and more, bound .67).
*Limits:* laws on finitely many predictors; that the two forms of xi agree for every n is Cauchy's, compared only up to n = 60 here (only McAllester's 2 sqrt n needs it); endpoints 0 and 1 of kl by its convention 0 log 0 = 0.
"""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import sympy

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Derivative, Identity, Sign
from semtheory.logic.expectation import Expectation
from semtheory.logic.tested import Tested

p, q, phi, Z, a, b, L, n, x, y, v, k, K = sympy.symbols("p q phi Z a b L n x y v k K")
d, y0, y1, A, B, E, H, C, m, c, s, D, t, j, r = sympy.symbols("d y0 y1 A B E H C m c s D t j r")
exp, log = sympy.exp, sympy.log


def whole(*terms: sympy.Expr) -> sympy.Expr:
    """Their sum, kept apart, so that the sign of each is seen."""
    return sympy.Add(*terms, evaluate=False)


def kl(first: sympy.Expr, second: sympy.Expr) -> sympy.Expr:
    return first * log(first / second) + (1 - first) * log((1 - first) / (1 - second))


def self_entropy(at: sympy.Expr) -> sympy.Expr:
    return at * log(at) + (1 - at) * log(1 - at)


tangent = Sign("v - 1 - log v >= 0", v - 1 - log(v), "v", facts=[v > 0])
lower, upper = a - x * d, a + (1 - x) * d  # two points; a is their mixture with weights 1 - x and x
INNER = [a > 0, 1 - a > 0, lower > 0, 1 - lower > 0, upper > 0, 1 - upper > 0, x >= 0, 1 - x >= 0]


def from_tangents(at: sympy.Expr) -> sympy.Expr:
    """kl(at || a) as a sum of v - 1 - log v, which shows its sign."""
    up, down = a / at, (1 - a) / (1 - at)
    return at * (up - 1 - log(up)) + (1 - at) * (down - 1 - log(down))


def numerators(name: str) -> Callable[[int], float]:
    from semtheory.bounds import maurer_xi

    return {"xi": maurer_xi, "2 sqrt n": lambda size: 2 * math.sqrt(size), "1": lambda size: 1.0}[name]


def failures_with(constant: str) -> Callable[[Any], str | None]:
    """Exact probability that kl(Lhat||L) <= (KL + ln(constant/delta))/n fails for a point mass, the prior or a Gibbs posterior."""

    def check(case: tuple[list[int], list[list[int]], int]) -> str | None:
        import numpy as np

        from semtheory.bounds import binary_divergence, catoni, sample_counts

        law, losses, n = np.array(case[0]) / sum(case[0]), np.array(case[1]) / 4, case[2]
        counts, chance = sample_counts(law, n)
        risk, size = losses @ law, len(losses)
        for delta in (0.05, 0.3, 0.6):
            bad, above = np.zeros(len(counts), dtype=bool), np.zeros(len(counts), dtype=bool)
            empirical = counts @ losses.T / n
            for heat in (0.0, 1.0, 4.0, 16.0, math.inf):
                if math.isinf(heat):
                    posteriors = (empirical[:, None, :] * 0 + np.eye(size)[None]).transpose(1, 0, 2)
                else:
                    weights = np.exp(-heat * (empirical - empirical.min(axis=1, keepdims=True)))
                    posteriors = (weights / weights.sum(axis=1, keepdims=True))[None]
                for posterior in posteriors:
                    with np.errstate(divide="ignore", invalid="ignore"):
                        price = np.where(posterior > 0, posterior * np.log(posterior * size), 0.0).sum(axis=1)
                    seen, true = (posterior * empirical).sum(axis=1), posterior @ risk
                    budget = (np.maximum(price, 0) + math.log(numerators(constant)(n) / delta)) / n
                    bad |= binary_divergence(np.clip(seen, 0, 1), np.clip(true, 0, 1)) > budget + 1e-12
                    bound = catoni(np.clip(seen, 0, 1), np.maximum(price, 0), n, delta, 1.0)
                    above |= true > bound + 1e-12
            for name, event in (("kl", bad), ("Catoni", above)):
                found = float(chance[event].sum())
                if not found <= delta + 1e-12:
                    return f"{name} at delta = {delta} fails with probability {found:.6g}"
        return None

    return check


def xi_by_definition(size: int) -> str | None:
    """The definition in exact fractions, against the public function, sqrt n and 2 sqrt n."""
    from semtheory.bounds import maurer_xi

    found = maurer_xi(size)
    if size <= 60:
        exact = sum(
            math.comb(size, j) * Fraction(j, size) ** j * Fraction(size - j, size) ** (size - j)
            for j in range(size + 1)
        )
        if not abs(float(exact) - found) <= 1e-12 * found:
            return f"xi({size}) = {float(exact):.12g}, the function says {found:.12g}"
        if exact**2 > 4 * size:
            return f"xi({size}) = {float(exact):.9g} > {2 * math.sqrt(size):.9g}"
    return None if math.sqrt(size) <= found <= 2 * math.sqrt(size) else f"xi({size}) = {found:.9g}"


def coins(case: tuple[int, float]) -> str | None:
    """E e^{n kl(mean || L)} over n coins of bias L is xi(n)."""
    from semtheory.bounds import binary_divergence, maurer_xi

    size, bias = case
    mean = math.fsum(
        math.comb(size, j) * bias**j * (1 - bias) ** (size - j) * math.exp(size * binary_divergence(j / size, bias))
        for j in range(size + 1)
    )
    return None if abs(mean - maurer_xi(size)) < 1e-9 * mean else f"mean {mean:.12g}, xi {maurer_xi(size):.12g}"


def ordering_with(factor: float) -> Callable[[tuple[float, float, int, float]], str | None]:
    """pac_bayes_kl <= mcallester and the best Catoni bound = the kl inverse; `factor` scales McAllester's excess."""

    def check(case: tuple[float, float, int, float]) -> str | None:
        import numpy as np

        from semtheory.bounds import catoni, kl_inverse, mcallester, pac_bayes_kl

        risk, price, size, delta = case
        inverse, plain = pac_bayes_kl(risk, price, size, delta), float(mcallester(risk, price, size, delta))
        if inverse > risk + factor * (plain - risk) + 1e-12:
            return f"kl inverse {inverse:.9g}, McAllester's excess times {factor}: {risk + factor * (plain - risk):.9g}"
        best = float(np.min(catoni(risk, price, size, delta, np.geomspace(1e-4, 60, 4000))))
        least = kl_inverse(risk, (price - math.log(delta)) / size)
        return None if least - 1e-12 <= best <= least + 1e-3 else f"best Catoni {best:.9g}, kl inverse {least:.9g}"

    return check


def chosen_from_data(points: int) -> str | None:
    """Four of so many equally likely points are seen; prior = posterior = the predictor right on them and wrong elsewhere: KL = 0."""
    from semtheory.bounds import pac_bayes_kl

    least_risk, bound = 1 - 4 / points, pac_bayes_kl(0.0, 0.0, 4, 0.05)
    return None if least_risk <= bound else f"risk >= {least_risk:.3g} on every sample, bound {bound:.3g}"


def draw_problem() -> Any:
    from hypothesis import strategies as st

    return st.integers(1, 3).flatmap(
        lambda size: st.tuples(
            st.lists(st.integers(1, 5), min_size=size, max_size=size),
            st.lists(st.lists(st.integers(0, 4), min_size=size, max_size=size), min_size=1, max_size=4),
            st.integers(1, 8),
        )
    )


def draw_numbers() -> Any:
    from hypothesis import strategies as st

    return st.tuples(st.floats(0, 1), st.floats(0, 50), st.integers(1, 10**6), st.floats(1e-6, 0.999))


GE5 = Theorem(
    "GE5",
    title="PAC-Bayes: kl (Seeger, Maurer), McAllester, Catoni; kl inverse <= McAllester",
    depends=["F1", "F2", "F6"],
    steps=[
        Step(tangent, "as in F1"),
        Step(
            Derivative(
                "d/da kl(a||L) = log(a/L) - log((1-a)/(1-L))",
                kl(a, L),
                "a",
                log(a / L) - log((1 - a) / (1 - L)),
                facts=[a > 0, 1 - a > 0, L > 0, 1 - L > 0],
            ),
            "increasing in a: kl(.||L) is convex",
        ),
        Step(
            Sign(
                "kl(.||L) is convex: (1-x) kl(a0||L) + x kl(a1||L) - kl(a||L) = (1-x) kl(a0||a) + x kl(a1||a) >= 0, a = (1-x) a0 + x a1",
                (1 - x) * self_entropy(lower) + x * self_entropy(upper) - self_entropy(a),
                facts=INNER,
                lemmas=[(tangent, {"v": ratio}) for at in (lower, upper) for ratio in (a / at, (1 - a) / (1 - at))],
                shown=whole((1 - x) * from_tangents(lower), x * from_tangents(upper)),
            ),
            "the terms in L cancel; both divergences are >= 0 as in F1",
        ),
        Step(
            Sign(
                "e^y is convex: (1-x) e^{y0} + x e^{y1} >= e^{(1-x) y0 + x y1}",
                (1 - x) * exp(y0) + x * exp(y1) - exp((1 - x) * y0 + x * y1),
                facts=[x >= 0, 1 - x >= 0],
                lemmas=[(tangent, {"v": exp(x * (y0 - y1))}), (tangent, {"v": exp((1 - x) * (y1 - y0))})],
                shown=exp((1 - x) * y0 + x * y1)
                * (
                    (1 - x) * (exp(x * (y0 - y1)) - 1 - x * (y0 - y1))
                    + x * (exp((1 - x) * (y1 - y0)) - 1 - (1 - x) * (y1 - y0))
                ),
            ),
            "so e^{n kl(.||L)} is convex",
        ),
        Step(
            Identity(
                "t_j - t_{j+1} = t_j j/n, as t_{j+1} = t_j (1 - j/n)", t - t * (1 - j / n), t * j / n, facts=[n > 0]
            ),
            "summed over j: 1 = (sum of j t_j)/n",
        ),
        Step(
            Sign(
                "t <= 1 - j/K + t j/K for j <= K, t <= 1",
                1 - j / K + t * j / K - t,
                facts=[K > 0, K - j >= 0, 1 - t >= 0],
                shown=(1 - t) * (K - j) / K,
            ),
            "(1 - t)(1 - j/K) >= 0",
        ),
        Step(
            Sign("t <= t j/K for j >= K", t * j / K - t, facts=[K > 0, j - K >= 0, t >= 0], shown=t * (j - K) / K),
            "so the sum of t is at most that of 1 - j/K over j <= K, plus n/K",
        ),
        Step(
            Identity(
                "the sum of 1 - j/K over j = 0..m is (m + 1)(1 - m/(2K)): its last term is 1 - m/K",
                (m + 1) * (1 - m / (2 * K)) - m * (1 - (m - 1) / (2 * K)),
                1 - m / K,
                facts=[K > 0],
            ),
            "induction on m; for m = 0 it is 1",
        ),
        Step(
            Sign(
                "(m + 1)(1 - m/(2K)) <= (K + 1)/2 + 1/(8K)",
                (K + 1) / 2 + 1 / (8 * K) - (m + 1) * (1 - m / (2 * K)),
                facts=[K > 0],
                shown=(2 * K - 2 * m - 1) ** 2 / (8 * K),
            ),
            "a square",
        ),
        Step(
            Sign(
                "with K = s = sqrt(2n) >= 2 and r = sqrt2 >= 7/5: s + 1/2 + 1/(8s) <= r s = 2 sqrt n",
                r * s - s - sympy.Rational(1, 2) - 1 / (8 * s),
                facts=[s - 2 >= 0, s > 0, r - sympy.Rational(7, 5) >= 0],
                shown=whole(
                    s * (r - sympy.Rational(7, 5)),
                    sympy.Rational(2, 5) * (s - 2),
                    (s - 2) / (16 * s),
                    sympy.Rational(19, 80),
                ),
            ),
            "so xi(n) <= 2 sqrt n for n >= 2",
        ),
    ],
    claims=[
        Expectation(
            "E_Q phi <= KL(Q||P) + log E_P e^phi for every posterior q and prior p; Z = sum of p e^phi",
            log(q) - log(p) - phi + log(Z),
            laws={"q": "W", "p": "W"},
            true=("q",),
            point=["phi"],
            normalisers={"Z": (p * exp(phi), "W")},
            latex=r"\mathbb{E}_Q \varphi \le \mathrm{KL}(Q\|P) + \log \mathbb{E}_P e^\varphi",
        ),
        Identity(
            "the law of n coins of bias L times e^{n kl(a||L)} does not depend on L: L^{na} (1-L)^{n(1-a)} e^{n kl(a||L)} = a^{na} (1-a)^{n(1-a)}",
            exp(n * a * log(L) + n * (1 - a) * log(1 - L) + n * kl(a, L)),
            exp(n * self_entropy(a)),
            facts=[a > 0, 1 - a > 0, L > 0, 1 - L > 0, n > 0],
            latex=r"\mathbb{E}\, e^{n\,\mathrm{kl}(\hat L\|L)} = \xi(n)",
        ),
        Expectation(
            "a loss x in [0, 1] replaced by a coin of bias x raises the mean of a convex function: phi <= (1-x) A + x B at every point",
            (1 - x) * A + x * B - phi,
            laws={"p": "X"},
            point=["x", "A", "B", "phi"],
            facts=[(1 - x) * A + x * B - phi >= 0],
            latex=r"\mathbb{E}\varphi(X) \le (1 - \mathbb{E}X)\varphi(0) + \mathbb{E}X\,\varphi(1)",
        ),
        Expectation(
            "P(E_P e^phi >= A) = E k <= H/A, H its mean, A = xi/delta",
            H / A - k,
            laws={"p": "S"},
            point=["k", "E"],
            means={"H": E},
            facts=[A > 0, E - k * A >= 0],
            latex=r"P(\mathbb{E}_P e^\varphi \ge \xi/\delta) \le \delta",
        ),
        Expectation(
            "kl is jointly convex: E[a log(a/b)] >= A log(A/B), A = E a, B = E b, for each of the two terms",
            a * (log(a) - log(b)) - a * (log(A) - log(B)),
            laws={"q": "W"},
            true=("q",),
            point=["a", "b"],
            means={"A": a, "B": b},
            facts=[a > 0, b > 0, A > 0, B > 0],
            lemmas=[(tangent, {"v": b * A / (a * B)})],
            hints=[a * (b * A / (a * B) - 1 - log(b) - log(A) + log(a) + log(B))],
            latex=r"\mathbb{E}\, a\log\tfrac{a}{b} \ge A \log \tfrac{A}{B}",
        ),
        Sign(
            "McAllester from kl: M - m <= s for s^2 = c/2, where kl >= 2 (M - m)^2 (F6) and kl <= c",
            s - D,
            facts=[s > 0, D >= 0, 2 * s**2 - K >= 0, K - 2 * D**2 >= 0],
            shown=whole(2 * s**2 - K, K - 2 * D**2) / (2 * (s + D)),
            latex=r"\mathrm{kl}^{-1} \le \text{McAllester}",
        ),
        Sign(
            "Catoni: e^{-C x} <= 1 - (1 - e^{-C}) x for 0 <= x <= 1, so E e^{-C x} <= 1 - (1 - e^{-C}) L",
            1 - (1 - exp(-C)) * x - exp(-C * x),
            facts=[x >= 0, 1 - x >= 0],
            lemmas=[(tangent, {"v": exp(C * x)}), (tangent, {"v": exp(-C * (1 - x))})],
            shown=exp(-C * x) * ((1 - x) * (exp(C * x) - 1 - C * x) + x * (exp(-C * (1 - x)) - 1 + C * (1 - x))),
            latex=r"\mathbb{E} e^{-CX} \le 1 - (1 - e^{-C})\, \mathbb{E}X",
        ),
        Identity(
            "Catoni solved for L: -log(1 - (1 - e^{-C}) L) = C m + c at L = (1 - e^{-C m - c})/(1 - e^{-C})",
            -log(1 - (1 - exp(-C)) * ((1 - exp(-C * m - c)) / (1 - exp(-C)))),
            C * m + c,
            facts=[C > 0],
        ),
    ],
    variants=[
        Variant(
            Tested(
                "the prior may be chosen from the data",
                r"P = Q = \text{memoriser}",
                chosen_from_data,
                instances=[100],
                show=lambda points: f"{points} points, n = 4, delta = .05",
            ),
            why="KL = 0 whatever was memorised",
        ),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Seeger 2002; Maurer 2004; McAllester 1999; Catoni 2007, Theorem 1.2.6",
        paper="generalisation of a randomised model by its divergence from a prior",
    ),
)

GE5_EXACT = Theorem(
    "GE5.exact",
    title="PAC-Bayes: xi(n), exact probability of failure, and the ordering of the bounds",
    target="tested",
    depends=["GE5"],
    claims=[
        Tested(
            "xi(n) by its definition; sqrt n <= xi(n) <= 2 sqrt n",
            r"\sqrt n \le \xi(n) \le 2\sqrt n",
            xi_by_definition,
            instances=[*range(1, 61), *range(61, 3001, 13)],
        ),
        Tested(
            "E e^{n kl(mean||L)} = xi(n) for coins",
            r"\mathbb{E} e^{n\,\mathrm{kl}} = \xi(n)",
            coins,
            instances=[(1, 0.3), (2, 0.5), (8, 0.1), (20, 0.9)],
        ),
        Tested(
            "kl with xi(n), and Catoni at C = 1, fail with probability at most delta: point masses, prior, Gibbs posteriors, all samples enumerated",
            r"P(\exists Q: \ldots) \le \delta",
            failures_with("xi"),
            draw=draw_problem,
            instances=[([1, 1], [[0, 4]], 1)],
            most=200,
        ),
        Tested(
            "kl inverse <= McAllester; the best Catoni bound is the kl inverse without xi",
            r"\mathrm{kl}^{-1} \le \hat L + \sqrt{\cdot}",
            ordering_with(1),
            draw=draw_numbers,
            instances=[(0.1, 5.0, 1000, 0.05), (0.0, 5.0, 1000, 0.05)],
        ),
    ],
    variants=[
        Variant(
            Tested(
                "kl with ln(1/delta), without xi(n)",
                r"\mathrm{kl} \le (\mathrm{KL} + \ln(1/\delta))/n",
                failures_with("1"),
                instances=[([1, 1], [[0, 4]], 1)],
            ),
            why="one fair coin: kl = log 2 always, more than ln(1/.6)",
        ),
        Variant(
            Tested(
                "kl inverse <= empirical risk + .99 * McAllester's excess",
                r"0.99",
                ordering_with(0.99),
                instances=[(0.5, 1e-6, 10**6, 0.999)],
            ),
            why="Pinsker's constant is sharp at a fair coin",
        ),
    ],
    fidelity=GE5.fidelity,
)
