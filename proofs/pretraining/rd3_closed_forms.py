"""Closed forms, and what is said beyond their range.

Directed, T to infinity: R(D) = h(p*D) - h(D) for the binary symmetric Markov source under Hamming distortion, D <= 1/2;
(1/2) ln(a^2 + v/D) for Gauss-Markov. Classical: h(p) - h(D) for a coin; ln m - h(D) - D ln(m-1) for m equal letters; (1/2) ln(v/D) for a
Gaussian; Gray's h(p) - h(D) for the binary symmetric Markov source for D <= D_c = (1 - sqrt(1 - (p/(1-p))^2))/2 only.

*Over T steps* the binary source has end terms and unequal distortions. Let F be the least over (D_t) in [0, 1/2] with mean D of
log 2 - h(D_T) + sum_{t<T} [h(p*D_t) - h(D_t)]. Then T R_T >= F for every D, and T R_T = F where the minimiser has D_t <= p*D_{t-1} for
t = 2..T: only then can one output letter a step leave the error D_t whatever came before. h(p*x) - h(x) is convex in x, so that
D_1 = ... = D_{T-1} at the least, and one number is left to search.

*A bound from below,* proved here and used by the solver: I(X^n -> U^n) >= sum of [H(X_t|U^{t-1}) - H(X_t|U^t)], and for a Markov source each
term regroups to at least H(X'|U) - H(X|U), X' the letter after X: conditioning on earlier outputs lowers H(X|X',U).

*False* (each with its number): h(p) - h(D) up to D = p for the Markov source; (1/2) ln(v/D) for AR(1) at all D; water-filling on the
spectrum of an unstable source; the Shannon lower bound as R(D) at all D. Gray 1970; Hashimoto and Arimoto 1980; Gorbunov and Pinsker 1973.
"""

import math
from typing import Any

import numpy as np

from semtheory import Fidelity, Given, Theorem, Variant
from semtheory.logic.tested import Tested

markov = Given("V,U -> X -> Y", met_by="Y drawn from X alone", broken_by="Y = U: the output drives the source")


def h(x: float) -> float:
    """Binary entropy in nats."""
    return -sum(v * math.log(v) for v in (x, 1 - x) if v > 0)


def star(a: float, b: float) -> float:
    return a * (1 - b) + b * (1 - a)


def formula_over_steps(p: float, distortion: float, steps: int) -> tuple[float, float, float]:
    """F/T in nats, and its minimiser: D_t of each t < T, and D_T."""
    from scipy.optimize import minimize_scalar

    def last(early: float) -> float:
        return min(0.5, max(0.0, steps * distortion - (steps - 1) * early))

    def total(early: float) -> float:
        return (steps - 1) * (h(star(p, early)) - h(early)) + math.log(2) - h(last(early))

    ends = max(0.0, (steps * distortion - 0.5) / (steps - 1)), min(0.5, steps * distortion / (steps - 1))
    found = minimize_scalar(total, bounds=ends, method="bounded", options={"xatol": 1e-12})
    return float(found.fun) / steps, float(found.x), last(float(found.x))


def solver_over_steps(p: float, distortion: float, steps: int) -> Any:
    from semtheory.measures import directed_rate_distortion

    return directed_rate_distortion([[1 - p, p], [p, 1 - p]], 1 - np.eye(2), distortion, steps)


def equal_at(case: tuple[float, float, int]) -> str | None:
    closed, value = formula_over_steps(*case)[0], solver_over_steps(*case)
    if not value.lower - 1e-10 <= closed <= value.upper + 1e-10:
        return f"solver [{value.lower:.12g}, {value.upper:.12g}], formula {closed:.12g} nats per step"
    return None if value.upper - value.lower < 1e-6 else f"a bracket of width {value.upper - value.lower:.3g}"


def reachable(case: tuple[float, float, int]) -> bool:
    """D_t <= p*D_{t-1} at the minimiser; equal D_t up to 1/2 always meet it, so that the last step decides."""
    _, early, last = formula_over_steps(*case)
    return last <= star(case[0], early)


def equal_where_reachable(case: tuple[float, float, int]) -> str | None:
    return equal_at(case) if reachable(case) else "an instance with D_T > p*D_{T-1}, where nothing is claimed"


def below_everywhere(case: tuple[float, float, int]) -> str | None:
    closed, value = formula_over_steps(*case)[0], solver_over_steps(*case)
    return None if closed <= value.upper + 1e-10 else f"formula {closed:.12g}, reached {value.upper:.12g} nats per step"


def published(case: tuple[float, float, int, float]) -> str | None:
    """D is printed with five decimals, so the value lies between those at D + 5e-6 and D - 5e-6: for the formula and for the solver."""
    p, distortion, steps, bits = case
    for name, at in (
        ("formula", lambda d: (formula_over_steps(p, d, steps)[0],) * 2),
        ("solver", lambda d: (solver_over_steps(p, d, steps).lower, solver_over_steps(p, d, steps).upper)),
    ):
        low, high = at(distortion + 5e-6)[1] / math.log(2), at(distortion - 5e-6)[0] / math.log(2)
        if not low <= bits <= high:
            return f"{name}: [{low:.7f}, {high:.7f}] bits per step, published {bits}"
    return None


def draw_steps() -> Any:
    from hypothesis import strategies as st

    return st.tuples(st.floats(0.02, 0.48), st.floats(0.005, 0.48), st.integers(2, 3))


def compare(case: tuple[str, float, float]) -> str | None:
    """The solver's bracket must hold the closed form and be narrow."""
    from semtheory.measures import directed_rate_distortion, rate_distortion

    name, p, part = case
    flip, d = np.array([[1 - p, p], [p, 1 - p]]), 1 - np.eye(2)
    value: Any
    if name == "binary Markov":
        value, closed = directed_rate_distortion(flip, d, part / 2), h(star(p, part / 2)) - h(part / 2)
    elif name == "coin":
        value, closed = rate_distortion([p, 1 - p], d, part * min(p, 1 - p)), h(p) - h(part * min(p, 1 - p))
    else:
        m = 2 + int(10 * p)
        distortion = part * (1 - 1 / m)
        value = rate_distortion(np.full(m, 1 / m), 1 - np.eye(m), distortion)
        closed = math.log(m) - h(distortion) - distortion * math.log(m - 1)
    if not value.lower - 1e-10 <= closed <= value.upper + 1e-10:
        return f"{name}: solver [{value.lower:.12g}, {value.upper:.12g}], closed form {closed:.12g} nats"
    return None if value.upper - value.lower < 1e-6 else f"{name}: a bracket of width {value.upper - value.lower:.3g}"


NAMES = ("binary Markov", "coin", "uniform")


def draw() -> Any:
    from hypothesis import strategies as st

    return st.tuples(st.sampled_from(NAMES), st.floats(0.05, 0.45), st.floats(0.05, 0.95))


def gauss(case: tuple[float, float, float]) -> str | None:
    """The classical function of AR(1) by water-filling lies below the directed one and agrees with the low-distortion form."""
    from semtheory.measures import gauss_markov_rate_distortion

    a, noise, distortion = case
    causal = gauss_markov_rate_distortion(a, noise, distortion)
    classical = gauss_markov_rate_distortion(a, noise, distortion, causal=False)
    if float(classical) > float(causal) + 1e-10:
        return f"classical {float(classical):.9f} above directed {float(causal):.9f}"
    if distortion <= noise / (1 + abs(a)) ** 2 and abs(float(classical) - 0.5 * math.log(noise / distortion)) > 1e-9:
        return f"{float(classical):.9f} is not (1/2) ln(v/D)"
    return None


def draw_gauss() -> Any:
    from hypothesis import strategies as st

    return st.tuples(st.floats(-2, 2), st.floats(0.1, 2), st.floats(0.01, 3))


def gauss_by_other_routes(case: tuple[float, float, float]) -> str | None:
    """Against the certified bracket of the matrix solver for 1 x 1 matrices, and against the joint law of a channel over three steps.

    The channel, with S = a^2 D + v and k = 1 - D/S: X_1 of variance S, U_t = a U_{t-1} + k (X_t - a U_{t-1}) + noise of variance k D.
    """
    from semtheory.measures import gauss_markov_rate_distortion

    a, noise, distortion = case
    closed = float(gauss_markov_rate_distortion(a, noise, distortion))
    value = gauss_markov_rate_distortion([[a]], [[noise]], distortion)
    if not value.lower - 1e-10 <= closed <= value.upper + 1e-10:
        return f"matrix solver [{value.lower:.12g}, {value.upper:.12g}], closed form {closed:.12g} nats"
    ahead = a * a * distortion + noise
    if ahead <= distortion:
        return None if closed == 0 else f"D at or above the variance, closed form {closed:.12g}"
    k, steps = 1 - distortion / ahead, 3
    x, u = np.zeros((steps, 2 * steps)), np.zeros((steps, 2 * steps))  # weights on 2 * steps independent unit normals
    for t in range(steps):
        x[t] = a * x[t - 1] if t else 0.0
        x[t, t] = math.sqrt(noise if t else ahead)
        before = a * u[t - 1] if t else np.zeros(2 * steps)
        u[t] = before + k * (x[t] - before)
        u[t, steps + t] = math.sqrt(k * distortion)
    errors = ((x - u) ** 2).sum(axis=1)
    if abs(errors - distortion).max() > 1e-9 * distortion:
        return f"squared errors {errors}, asked {distortion}"
    logs = [float(np.linalg.slogdet(m @ m.T)[1]) for m in (x, u, np.vstack([x, u]))]
    rate = (logs[0] + logs[1] - logs[2]) / (2 * steps)
    return None if abs(rate - closed) < 1e-7 else f"the channel has {rate:.12g}, closed form {closed:.12g} nats per step"


def draw_gauss_low() -> Any:
    from hypothesis import strategies as st

    return st.tuples(st.floats(-2, 2), st.floats(0.1, 2), st.floats(0.05, 3))


def gaussian(case: tuple[float, float]) -> str | None:
    """(1/2) ln(v/D) between the solver's values for two sources on a grid.

    *Above:* X rounded to the mean of its bin, q = E(X - rounded)^2; a reproduction made from that has q more. *Below:* X and the reproduction
    are rounded at random to a neighbour on the grid, keeping their means: each adds at most step^2/4, and neither adds information.
    """
    from scipy.special import ndtr

    from semtheory.measures import gauss_markov_rate_distortion, rate_distortion

    variance, distortion = case
    d, step = distortion / variance, 0.3
    grid = step * np.arange(-27, 28)  # beyond 8 standard deviations lies a mass of 1e-15

    def density(at: Any) -> Any:
        return np.exp(-at * at / 2) / math.sqrt(2 * math.pi)

    def short(at: Any) -> Any:  # E(at - X)^+
        return at * ndtr(at) + density(at)

    law = np.maximum(short(grid + step) - 2 * short(grid) + short(grid - step), 0) / step
    lower = rate_distortion(law / law.sum(), (grid[:, None] - grid) ** 2, d + step**2 / 2, tolerance=1e-3).lower
    edges = np.concatenate([[-np.inf], grid[:-1] + step / 2, [np.inf]])
    mass = np.diff(ndtr(edges))
    kept = mass > 1e-18
    means = -np.diff(density(edges))[kept] / mass[kept]
    mass = mass[kept] / mass[kept].sum()
    rounded = 1 - float(mass @ means**2)
    upper = rate_distortion(mass, (means[:, None] - means) ** 2, d - rounded, tolerance=1e-3).upper
    for causal in (True, False):
        closed = float(gauss_markov_rate_distortion(0.0, variance, distortion, causal))
        if not lower - 1e-9 <= closed <= upper + 1e-9:
            return f"between {lower:.6f} and {upper:.6f} nats, closed form {closed:.6f}"
    return None if upper - lower < 0.08 else f"only between {lower:.6f} and {upper:.6f} nats"


def blocks(p: float, n: int) -> tuple[Any, Any]:
    """The law of n letters of the binary symmetric Markov source, and the Hamming distances of its words."""
    words = np.array([[i >> k & 1 for k in range(n)] for i in range(2**n)])
    changes = (words[:, 1:] != words[:, :-1]).sum(axis=1)
    return 0.5 * p**changes * (1 - p) ** (n - 1 - changes), (words[:, None, :] != words[None, :, :]).mean(axis=2)


def gray_below_critical(case: tuple[float, float, int]) -> str | None:
    """n R_n = log 2 + (n-1) h(p) - n h(D) for the n-block function at D <= D_c; so R_n tends to h(p) - h(D)."""
    from semtheory.measures import binary_markov_rate_distortion, gray_critical_distortion, rate_distortion

    p, part, n = case
    critical = gray_critical_distortion(p)
    if abs(critical - (1 - math.sqrt(1 - (p / (1 - p)) ** 2)) / 2) > 1e-15:
        return f"D_c = {critical:.12g}"
    law, d = blocks(p, n)
    block = rate_distortion(law, d, part * critical)
    closed = math.log(2) + (n - 1) * h(p) - n * h(part * critical)
    if not block.lower - 1e-10 <= closed <= block.upper + 1e-10:
        return f"block solver [{block.lower:.12g}, {block.upper:.12g}], closed form {closed:.12g} nats for {n} letters"
    rate = float(binary_markov_rate_distortion(p, part * critical))
    end = (math.log(2) - h(p)) / n
    if not block.lower / n - end - 1e-10 <= rate <= block.upper / n - end + 1e-10:
        return f"R(D) = {rate:.12g}, blocks say {block.upper / n - end:.12g} nats"
    return None if block.upper - block.lower < 1e-6 else f"a bracket of width {block.upper - block.lower:.3g}"


def draw_gray() -> Any:
    from hypothesis import strategies as st

    return st.tuples(st.floats(0.05, 0.5), st.floats(0.05, 1), st.integers(2, 5))


def gray_everywhere(case: tuple[float, float, int]) -> str | None:
    """R >= R_n - (log 2 - h(p))/n, R_n the n-block function, h(p) the entropy rate (Wyner and Ziv 1971)."""
    from semtheory.measures import rate_distortion

    p, distortion, n = case
    law, d = blocks(p, n)
    block = rate_distortion(law, d, distortion, unit="bits", tolerance=1e-6)
    least = (block.lower - (1 - h(p) / math.log(2))) / n
    formula = max(0.0, h(p) - h(distortion)) / math.log(2)
    return None if least <= formula + 1e-9 else f"formula {formula:.5f} bits, truth at least {least:.5f}"


def gaussian_everywhere(case: tuple[float, float, float]) -> str | None:
    from semtheory.measures import gauss_markov_rate_distortion

    a, noise, distortion = case
    truth = gauss_markov_rate_distortion(a, noise, distortion, causal=False)
    formula = 0.5 * math.log(noise / distortion)
    return None if truth.lower <= formula + 1e-9 else f"formula {formula:.4f} nats, truth {float(truth):.7f}"


def naive_water(case: tuple[float, float, float]) -> str | None:
    """Below the least of the spectrum the mean of (1/2) ln(S/D) is (1/2) ln(v/D) - ln max(1, |a|)."""
    from semtheory.measures import gauss_markov_rate_distortion

    a, noise, distortion = case
    truth = gauss_markov_rate_distortion(a, noise, distortion, causal=False)
    grid = (np.arange(4096) + 0.5) * math.pi / 4096
    naive = float(np.mean(0.5 * np.log(noise / (1 + a * a - 2 * a * np.cos(grid)) / distortion)))
    return None if abs(float(truth) - naive) < 1e-6 else f"naive {naive:.4f} nats, truth {float(truth):.4f}"


def shannon_bound_is_it(case: tuple[tuple[float, ...], float]) -> str | None:
    from semtheory.measures import rate_distortion

    p, distortion = case
    m = len(p)
    bound = -sum(v * math.log2(v) for v in p) - h(distortion) / math.log(2) - distortion * math.log2(m - 1)
    truth = rate_distortion(p, 1 - np.eye(m), distortion, unit="bits")
    return None if truth.lower <= bound + 1e-9 else f"Shannon bound {bound:.5f} bits, R(D) = {float(truth):.8f}"


RD3 = Theorem(
    "RD3",
    title="Closed forms: the solvers agree, and the formulas end where they must",
    target="tested",
    depends=["RD1", "RD2"],
    claims=[
        "DI(X^n->U^n) >= sum(t=1..n) [H(X_t|U^{t-1}) - H(X_t|U^t)]",
        ("H(Y|V,U) - H(X|V,U) >= H(Y|U) - H(X|U)", markov),
        Tested(
            "solvers agree with the closed forms within their certified gap: binary symmetric Markov (T to infinity), coin, uniform",
            r"\underline{R} \le R_{\text{closed}} \le \overline{R}",
            compare,
            draw=draw,
            instances=[
                ("binary Markov", 0.1, 0.1),
                ("binary Markov", 0.25, 0.2),
                ("binary Markov", 0.25, 0.04),
                ("coin", 0.3, 1 / 3),
            ],
            examples=12,
            most=60,
        ),
        Tested(
            "binary symmetric Markov over T = 2, 3 steps: the solver agrees with F/T where the minimiser has D_t <= p*D_{t-1}",
            r"T R_T = \min \log 2 - h(D_T) + \sum_{t<T} [h(p \star D_t) - h(D_t)] \text{ if } D_t \le p \star D_{t-1}",
            equal_where_reachable,
            draw=lambda: draw_steps().filter(reachable),
            instances=[(0.25, 0.03821, 2), (0.25, 0.03821, 3), (0.1, 0.04, 3)],
            examples=8,
            most=60,
        ),
        Tested(
            "binary symmetric Markov over T = 2, 3 steps: F/T is at most the upper end of the solver's bracket at every D",
            r"T R_T \ge \min \log 2 - h(D_T) + \sum_{t<T} [h(p \star D_t) - h(D_t)]",
            below_everywhere,
            draw=draw_steps,
            instances=[(0.05, 0.3, 2), (0.02, 0.1, 2), (0.05, 0.3, 3)],
            examples=8,
            most=60,
        ),
        Tested(
            "p = 1/4, T = 2, D = .03821 to five decimals: formula and solver hold the published .684395 bits per step",
            r"R_2(.03821) = .684395 \text{ bits}",
            published,
            instances=[(0.25, 0.03821, 2, 0.684395)],
        ),
        Tested(
            "binary symmetric Markov, D <= D_c: blocks of n <= 5 letters need log 2 + (n-1) h(p) - n h(D), so that R(D) = h(p) - h(D)",
            r"R(D) = h(p) - h(D),\ D \le D_c",
            gray_below_critical,
            draw=draw_gray,
            instances=[(0.25, 1.0, 5), (0.1, 0.5, 4), (0.4, 0.9, 3)],
            examples=10,
            most=60,
        ),
        Tested(
            "Gaussian: (1/2) ln(v/D) lies between the solver's values for a rounded source, less than .08 nats apart",
            r"R(D) = \tfrac12 \ln\frac{\sigma^2}{D}",
            gaussian,
            instances=[(1.0, 0.6), (2.5, 2.0)],
        ),
        Tested(
            "Gauss-Markov directed: (1/2) ln(a^2 + v/D), 0 from the variance on, by the matrix solver's bracket and by a channel of error D",
            r"R_{\mathrm{na}}(D) = \max(0, \tfrac12 \ln(a^2 + \sigma_w^2/D))",
            gauss_by_other_routes,
            draw=draw_gauss_low,
            instances=[(0.9, 0.19, 0.05), (0.9, 0.19, 0.2), (2.0, 1.0, 0.5), (0.5, 1.0, 1.5)],
            examples=6,
            most=60,
        ),
        Tested(
            "Gauss-Markov: classical <= directed, and (1/2) ln(v/D) for D <= v/(1+|a|)^2, stable or not",
            r"R(D) \le R_{\mathrm{na}}(D)",
            gauss,
            draw=draw_gauss,
            instances=[(0.9, 0.19, 0.05), (0.9, 0.19, 0.2), (2.0, 1.0, 0.5), (1.5, 1.0, 0.05)],
        ),
    ],
    variants=[
        Variant(
            Tested(
                "binary symmetric Markov over T steps: T R_T is the least of the formula at every D",
                r"T R_T = \min \log 2 - h(D_T) + \sum_{t<T} [h(p \star D_t) - h(D_t)]",
                equal_at,
                instances=[(0.05, 0.3, 2)],
            ),
            why="its minimiser has D_2 = .418 > p*D_1 = .214: the output before already predicts with less error",
        ),
        Variant(
            Tested(
                "binary symmetric Markov: R(D) = h(p) - h(D) up to D = p",
                r"R(D) = h(p) - h(D),\ D \le p",
                gray_everywhere,
                instances=[(0.25, 0.25, 6)],
            ),
            why="only for D <= D_c = .0286; D_max is 1/2",
        ),
        Variant(
            Tested(
                "Gaussian AR(1): R(D) = (1/2) ln(v/D)",
                r"R(D) = \tfrac12\ln\frac{\sigma_w^2}{D}",
                gaussian_everywhere,
                instances=[(0.9, 0.19, 0.2)],
            ),
            why="only for D <= v/(1+|a|)^2: here it is negative, and the truth .1600953",
        ),
        Variant(
            Tested(
                "water-filling on v/|1-ae^{iw}|^2 also for |a| > 1",
                r"R = \tfrac1{4\pi}\int \ln^+ \frac{S}{\theta}",
                naive_water,
                instances=[(1.5, 1.0, 0.05)],
            ),
            why="it misses ln|a|: 1.0924 for 1.4979",
        ),
        Variant(
            Tested(
                "the Shannon lower bound is R(D) for Hamming",
                r"R(D) = H - h(D) - D\log(m-1)",
                shannon_bound_is_it,
                instances=[((0.5, 0.3, 0.2), 0.45)],
            ),
            why="only for D <= (m-1) p_min; beyond, letters are dropped",
        ),
        Variant(
            "H(Y|V,U) - H(X|V,U) >= H(Y|U) - H(X|U)",
            why="without the Markov condition the past output may tell Y and not X",
        ),
    ],
    fidelity=Fidelity(
        "correction",
        source="Gray 1970; Gorbunov and Pinsker 1973; Tatikonda, Sahai and Mitter 2004; Stavrou, Kourtellaris and Charalambous 2014",
        paper="rate-distortion of sources with memory",
        differences="ranges of validity stated; the formulas outside them refuted. Agreement is at instances: T = 2 and 3 steps, blocks of at "
        "most 5 letters, a Gaussian source rounded to a grid; that the T-step formula bounds R_T for every T rests on the convexity of h(p*x) - h(x), which is prose",
    ),
)
