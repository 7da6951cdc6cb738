"""For Gaussian processes Granger causality is twice the transfer entropy, both with the whole past.

F_{X->Y} = log(reduced / full) = 2 TE nats, where `full` is the variance of Y_t given both pasts and `reduced` that given Y's past alone.

*Why.* Transfer entropy is what X's past takes off the entropy of Y_t (first claim, every n). A Gaussian of variance s has
entropy 1/2 log(2 pi e s): the mean of minus its log-density (second claim; c stands for 2 pi). The constants cancel.

*The reduced process* of a VAR is not a finite VAR, so `reduced` is a Riccati solution. For x = a x + c y + e, y = b y + n with unit
noises, x minus its own lag is an MA(1) plus noise: its innovation variance S solves S + b^2/S = 1 + b^2 + c^2, whatever a is, which
is Barnett and Seth's closed form.

*False:* factor 1; the same from regressions on one lag (x = -.9x + y + e, y = .8y + n: 1.26959 against 0.86287 nats); F as the mean of
Geweke's spectral measure without a minimum-phase condition (A = [[-.4,1],[-.6,1.2]]: 0.71792 against 1.08256, short by 2 log 1.2).

Barnett, Barrett and Seth 2009; Barnett and Seth 2015; Geweke 1982.
"""

from types import SimpleNamespace
from typing import Any

import sympy

from semtheory import Fidelity, Theorem, Variant
from semtheory.logic.calculus import Identity
from semtheory.logic.expectation import Expectation
from semtheory.logic.tested import Tested

y, c, s, V = sympy.symbols("y c s V")
reduced, full, S, a, b, k = sympy.symbols("reduced full S a b k")
log, half = sympy.log, sympy.Rational(1, 2)


def entropy(variance: Any) -> Any:
    """Differential entropy of a Gaussian, with c = 2 pi."""
    return half * log(c * variance) + half


BARNETT = SimpleNamespace(coefficients=[[-0.9, 1], [0, 0.8]], noise_covariance=[[1, 0], [0, 1]])
MAXIMUM_PHASE = SimpleNamespace(coefficients=[[-0.4, 1], [-0.6, 1.2]], noise_covariance=[[1, 0], [0, 1]])


def one_lag_is_enough(var: Any) -> object | None:
    """The false form: F from two regressions on one lag."""
    from semtheory.measures import granger_causality
    from semtheory.measures.granger import lagged_regression

    true = float(granger_causality(var, 1, 0))
    found = [float(lagged_regression(var, 1, 0, lags)) for lags in (1, 2, 5)]
    if abs(found[0] - true) < 1e-6:
        return None
    return f"F = {true:.7f} nats, from 1, 2 and 5 lags {', '.join(f'{value:.5f}' for value in found)}"


def mean_of_spectrum(var: Any) -> object | None:
    """The false form: the mean over frequency is F, with no condition."""
    from semtheory.measures import spectral_granger

    found = spectral_granger(var, 1, 0)
    true = float(found.causality)
    if abs(found.mean - true) < 1e-9:
        return None
    return f"F = {true:.7f} nats, mean {found.mean:.7f}, gap {true - found.mean:.7f} = 2 log {max(found.zeros):.6g}"


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
                one_lag_is_enough,
                instances=[BARNETT],
                show=lambda v: "x = -.9x + y + e, y = .8y + n, unit noises",
            ),
            why="0.3: the reduced process is a VARMA",
        ),
        Variant(
            Tested(
                "the mean over frequency of Geweke's measure is F",
                r"\frac1{2\pi}\int f = F",
                mean_of_spectrum,
                instances=[MAXIMUM_PHASE],
                show=lambda v: "A = [[-.4, 1], [-.6, 1.2]], unit noises",
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
