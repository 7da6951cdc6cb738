"""For Gaussian processes Granger causality is twice the transfer entropy, both with the whole past.

F_{X->Y} = log(reduced / full) = 2 TE nats, where `full` is the variance of Y_t given both pasts and `reduced` that given Y's past alone.

*Why.* Transfer entropy is what X's past takes off the entropy of Y_t (first claim, every n). A Gaussian of variance s has
entropy 1/2 log(2 pi e s): the mean of minus its log-density (second claim; c stands for 2 pi). The constants cancel.

*The reduced process* of a VAR is not a finite VAR, so `reduced` is a Riccati solution. For x = a x + c y + e, y = b y + n with unit
noises, x minus its own lag is an MA(1) plus noise: its innovation variance S solves S + b^2/S = 1 + b^2 + c^2, whatever a is, which
is Barnett and Seth's closed form. GC1.exact compares the package's F with it, with Kolmogorov's formula (the log of the reduced variance
is the mean over frequency of the log of the spectrum) and with published values.

*False:* factor 1; the same from regressions on one lag (x = -.9x + y + e, y = .8y + n: 1.26959 against 0.86287 nats); F as the mean of
Geweke's spectral measure without a minimum-phase condition (A = [[-.4,1],[-.6,1.2]]: 0.71792 against 1.08256, short by 2 log 1.2).

Barnett, Barrett and Seth 2009; Barnett and Seth 2015; Geweke 1982.
"""

import math
from types import SimpleNamespace
from typing import Any, TypeAlias

import sympy

from semtheory import Fidelity, Theorem, Variant
from semtheory.logic.calculus import Identity
from semtheory.logic.expectation import Expectation
from semtheory.logic.tested import Tested

y, c, s, V = sympy.symbols("y c s V")
reduced, full, S, a, b, k = sympy.symbols("reduced full S a b k")
log, half = sympy.log, sympy.Rational(1, 2)

POINTS = 4096  # frequencies
Published: TypeAlias = tuple[list[list[float]], float, float]  # coefficients, F, half a unit of its last digit
BARNETT = (-0.9, 0.8, 1.0)
MAXIMUM_PHASE = ([[-0.4, 1.0], [-0.6, 1.2]], 1.0825621, 0.7179190)
VALUES: list[Published] = [
    ([[0.3, 0.4], [0.0, 0.6]], 0.2041451, 5e-8),
    ([[-0.7, 1.0], [0.0, 0.3]], 0.7158925, 5e-8),
    ([[0.5, 0.3], [0.0, -0.9]], 0.2264486, 5e-8),
    ([[0.2, 0.5], [0.0, 0.0]], 0.22314355, 5e-9),  # log 1.25
    ([[-0.9, 1.0], [0.0, 0.8]], 0.8628699, 5e-8),
    ([[-0.4, 1.0], [-0.6, 1.2]], 1.0825621, 5e-8),
]


def entropy(variance: Any) -> Any:
    """Differential entropy of a Gaussian, with c = 2 pi."""
    return half * log(c * variance) + half


def autoregression(matrix: Any, noise: Any = ((1, 0), (0, 1))) -> Any:
    return SimpleNamespace(coefficients=matrix, noise_covariance=noise)


def closed_form(own: float, drive: float) -> float:
    """Barnett and Seth: F of y = b y + n on x = a x + c y + e, unit noises; the larger root S of S + b^2/S = 1 + b^2 + c^2."""
    whole = 1 + own**2 + drive**2
    return math.log((whole + math.sqrt(whole**2 - 4 * own**2)) / 2)


def one_lag(a: float, own: float, drive: float) -> float:
    """What two regressions on one lag give for the same process: the covariances solved by hand."""
    y_variance = 1 / (1 - own**2)
    cross = own * drive * y_variance / (1 - a * own)
    variance = (drive**2 * y_variance + 1 + 2 * a * drive * cross) / (1 - a**2)
    lagged = a * variance + drive * cross
    return math.log(variance - lagged**2 / variance)


def by_spectrum(var: Any) -> float:
    """F_{1->0} by Kolmogorov's formula: the log of the reduced variance is the mean over frequency of the log of the spectrum."""
    import numpy as np

    shifts = np.exp(-2j * np.pi * np.arange(POINTS) / POINTS)[:, None, None]
    noise = np.array(var.noise_covariance, dtype=float)
    row = np.linalg.inv(np.eye(2) - shifts * np.array(var.coefficients, dtype=float))[:, 0]
    spectrum = np.einsum("wi,ij,wj->w", row, noise, row.conj()).real
    return float(np.log(spectrum).mean() - np.log(noise[0, 0]))


def agrees(name: str, found: float, wanted: float, within: float) -> str | None:
    return None if abs(found - wanted) <= within else f"{name} = {found!r}, not {wanted!r} (to {within:g})"


def sure(name: str, found: float, wanted: float, within: float) -> None:
    """A variant is refuted by right numbers alone: a wrong one is an error of the module."""
    wrong = agrees(name, found, wanted, within)
    if wrong:
        raise ArithmeticError(wrong)


def riccati_is_closed_form(case: tuple[int, int, int]) -> str | None:
    """F = 2 TE = the closed form, whatever a is; nothing goes from x to y; one lag gives its own closed form."""
    from semtheory.measures import granger_causality, transfer_entropy
    from semtheory.measures.granger import lagged_regression

    a, b, c = (k / 10 for k in case)
    var, true = autoregression([[a, c], [0, b]]), closed_form(b, c)
    return (
        agrees("F_{Y->X}", granger_causality(var, 1, 0), true, 1e-10)
        or agrees("2 TE", 2 * transfer_entropy(var, 1, target=0), true, 1e-10)
        or agrees("F_{X->Y}", granger_causality(var, 0, 1), 0, 1e-10)
        or agrees("F from one lag", lagged_regression(var, 1, 0, 1), one_lag(a, b, c), 1e-10)
    )


def riccati_is_spectrum(case: tuple[list[int], int, int]) -> str | None:
    """F of any stable VAR(1) of two components, with correlated noise."""
    import numpy as np

    from semtheory.measures import granger_causality

    entries, correlation, scale = case
    matrix = np.reshape(entries, (2, 2)) / 10
    side = correlation / 10 * math.sqrt(scale)
    var = autoregression(matrix, [[1, side], [side, scale]])
    return agrees("F_{1->0}", granger_causality(var, 1, 0), by_spectrum(var), 1e-9)


def published(case: Published) -> str | None:
    """F as printed, of the component 1 on the component 0."""
    from semtheory.measures import granger_causality

    matrix, wanted, within = case
    return agrees("F", granger_causality(autoregression(matrix), 1, 0), wanted, within)


def few_lags_are_enough(case: tuple[int, float]) -> object | None:
    """The false form: regressions on so many lags give F, for BARNETT. The closed form against the published number."""
    from semtheory.measures.granger import lagged_regression

    lags, printed = case
    a, b, c = BARNETT
    true, found = closed_form(b, c), float(lagged_regression(autoregression([[a, c], [0, b]]), 1, 0, lags))
    sure(f"F from {lags} lags", found, printed, 5e-6)
    sure("F", true, 0.8628699, 5e-8)
    return None if abs(found - true) < 1e-6 else f"F = {true:.7f} nats, lags used {lags}: {found:.7f}"


def mean_of_spectrum(case: tuple[Any, float, float]) -> object | None:
    """The false form: the mean over frequency is F, with no condition. Both numbers are the published ones."""
    from semtheory.measures import spectral_granger

    matrix, true, mean = case
    var = autoregression(matrix)
    found = spectral_granger(var, 1, 0)
    sure("F", by_spectrum(var), true, 5e-8)
    sure("the mean", found.mean, mean, 5e-8)
    if abs(found.mean - true) < 1e-6:
        return None
    return f"F = {true:.7f} nats, mean {found.mean:.7f}, gap {true - found.mean:.7f} = 2 log {max(found.zeros):.6g}"


def draw_minimal() -> Any:
    from hypothesis import strategies as st

    return st.tuples(st.integers(-9, 9), st.integers(-9, 9), st.integers(-20, 20))


def draw_correlated() -> Any:
    import numpy as np
    from hypothesis import strategies as st

    entries = st.lists(st.integers(-9, 9), min_size=4, max_size=4)
    stable = entries.filter(lambda found: np.abs(np.linalg.eigvals(np.reshape(found, (2, 2)))).max() <= 9)
    return st.tuples(stable, st.integers(-8, 8), st.integers(1, 4))


GC1 = Theorem(
    "GC1",
    title="Gaussian: F_{X->Y} = log(reduced/full) = 2 TE",
    depends=["DI6"],
    claims=[
        "TE(X^n->Y^n) = sum(t=1..n) H(Y_t|Y^{t-1}) - sum(t=1..n) H(Y_t|Y^{t-1},X^{t-1})",
        Expectation(
            "the mean of minus the log-density of a Gaussian of variance s > 0 is 1/2 log(c s) + V/(2 s), V the mean square; c = 2 pi",
            half * log(c * s) + y**2 / (2 * s) - (half * log(c * s) + V / (2 * s)),
            laws={"p": "Y"},
            point=["y"],
            means={"V": y**2},
            facts=[c > 0, s > 0],
            relation="=",
            latex=r"-\mathbb{E}\log \varphi_s(y) = \tfrac12\log(2\pi s) + \tfrac{\mathbb{E}y^2}{2s}",
        ),
        Identity(
            "at V = s that is 1/2 log(c s) + 1/2",
            (half * log(c * s) + V / (2 * s)).subs(V, s),
            entropy(s),
            facts=[c > 0, s > 0],
        ),
        Identity(
            "F = log(reduced/full) = 2 (h(reduced) - h(full)) = 2 TE",
            log(reduced / full),
            2 * (entropy(reduced) - entropy(full)),
            facts=[c > 0, reduced > 0, full > 0],
            latex=r"F_{X\to Y} = \log\frac{\sigma^2_{\mathrm{red}}}{\sigma^2_{\mathrm{full}}} = 2\,\mathrm{TE}",
        ),
        Identity(
            "MA(1) of innovation variance S and coefficient b/S: variance S (1 + (b/S)^2) = S + b^2/S, lag-1 covariance S (b/S) = b",
            S * (1 + (b / S) ** 2) + k * S * (b / S),
            S + b**2 / S + k * b,
            facts=[S > 0],
            latex=r"S(1+\theta^2) = S + b^2/S,\quad S\theta = b",
        ),
    ],
    variants=[
        Variant(
            Identity(
                "F = TE: log(reduced/full) = h(reduced) - h(full)",
                log(reduced / full),
                entropy(reduced) - entropy(full),
                facts=[c > 0, reduced > 0, full > 0],
            ),
            why="F compares variances, entropy their square roots",
        ),
        Variant(
            Tested(
                "regressions on one lag give F",
                r"F^{(1)} = F",
                few_lags_are_enough,
                instances=[(1, 1.26959)],
                show=lambda case: "x = -.9x + y + e, y = .8y + n, unit noises",
            ),
            why="0.3: the reduced process is a VARMA; F is the closed form",
        ),
        Variant(
            Tested(
                "the mean over frequency of Geweke's measure is F",
                r"\frac1{2\pi}\int f = F",
                mean_of_spectrum,
                instances=[MAXIMUM_PHASE],
                show=lambda case: "A = [[-.4, 1], [-.6, 1.2]], unit noises",
            ),
            why="0.4: the target's own transfer factor has a zero at 1/1.2, inside the circle",
        ),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Barnett, Barrett and Seth 2009; Barnett and Seth 2015",
        paper="Granger causality between token streams is transfer entropy",
    ),
)

GC1_EXACT = Theorem(
    "GC1.exact",
    title="F by the Riccati equation against closed forms, the spectrum and published values",
    target="tested",
    depends=["GC1"],
    claims=[
        Tested(
            "x = ax + cy + e, y = by + n: F = 2 TE = log [(1+b^2+c^2 + sqrt((1+b^2+c^2)^2 - 4b^2))/2], back 0; F from one lag by hand",
            r"F_{Y\to X} = \ln\frac{1+b^2+c^2+\sqrt{(1+b^2+c^2)^2-4b^2}}{2}",
            riccati_is_closed_form,
            draw_minimal,
            [(-9, 8, 10), (3, 6, 4), (0, 0, 5)],
        ),
        Tested(
            "two components, eigenvalues of modulus <= .9, correlated noise: F = (1/2 pi) integral of log S_x - log of x's noise variance (Kolmogorov)",
            r"F_{Y\to X} = \frac1{2\pi}\int \log S_x - \log \Sigma_{xx}",
            riccati_is_spectrum,
            draw_correlated,
            [([5, 4, 2, 6], 5, 1), ([-4, 10, -6, 12], 0, 1)],
        ),
        Tested(
            "six published values of F: Barnett and Seth's four, and those of 0.3 and 0.4, to their last digit",
            r"F_{Y\to X}",
            published,
            instances=VALUES,
        ),
    ],
    variants=[
        Variant(
            Tested(
                "regressions on five lags give F",
                r"F^{(5)} = F",
                few_lags_are_enough,
                instances=[(5, 0.86292)],
                show=lambda case: "x = -.9x + y + e, y = .8y + n, unit noises",
            ),
            why="0.3: every finite number of lags leaves too much variance: .86292 against .86287",
        ),
    ],
    fidelity=GC1.fidelity,
)
