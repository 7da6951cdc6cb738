"""Geweke's decomposition: all linear dependence is forward, backward, or at once.

F_{X,Y} = F_{X->Y} + F_{Y->X} + F_{X.Y}. It is twice a decomposition that holds for every process and every n,
    I(X^n;Y^n) = TE(X^n->Y^n) + TE(Y^n->X^n) + sum_t I(X_t;Y_t | X^{t-1},Y^{t-1}),
conservation (DI1) with the directed term split (DI6); for Gaussians each term is a log-ratio of variances (GC1).

Sx and Sy are the variances given one's own past, A and B those given both, and A B - C^2 the determinant of the joint
innovations. GC3.exact compares the package's four parts with the spectrum: the total is minus the mean over frequency of
log(1 - coherence), a direction the mean of the log of the target's spectrum less the log of its noise variance (Kolmogorov).

*False:* without the instantaneous part (correlated noise A=[[.5,.4],[.2,.6]], correlation 1/2: 0.1655 against 0.4532 nats).

Geweke 1982.
"""

import math
from types import SimpleNamespace
from typing import Any

import sympy

from semtheory import Fidelity, Theorem, Variant
from semtheory.logic.calculus import Identity, Sign
from semtheory.logic.tested import Tested

Sx, Sy, A, B, C = sympy.symbols("Sx Sy A B C")
log = sympy.log
joint = A * B - C**2
POSITIVE = [Sx > 0, Sy > 0, A > 0, B > 0, joint > 0]
POINTS = 4096  # frequencies
CORRELATED = ([5, 4, 2, 6], 5, 1)
PUBLISHED = {"total": 0.4532269, "forward": 0.0348677, "backward": 0.1306772, "instantaneous": 0.2876821}  # of CORRELATED


def autoregression(case: tuple[list[int], int, int]) -> Any:
    """Lag matrix in tenths; unit noise and noise of variance `scale`, with a correlation in tenths."""
    entries, correlation, scale = case
    side = correlation / 10 * math.sqrt(scale)
    matrix = [[entries[0] / 10, entries[1] / 10], [entries[2] / 10, entries[3] / 10]]
    return SimpleNamespace(coefficients=matrix, noise_covariance=[[1, side], [side, scale]])


def by_spectrum(var: Any) -> dict[str, float]:
    """The four parts from the spectral matrix alone, 0 -> 1 forward."""
    import numpy as np

    shifts = np.exp(-2j * np.pi * np.arange(POINTS) / POINTS)[:, None, None]
    noise = np.array(var.noise_covariance, dtype=float)
    transfer = np.linalg.inv(np.eye(2) - shifts * np.array(var.coefficients))
    spectrum = transfer @ noise @ transfer.conj().transpose(0, 2, 1)
    own = [spectrum[:, k, k].real for k in (0, 1)]
    coherence = np.abs(spectrum[:, 0, 1]) ** 2 / (own[0] * own[1])
    return {
        "total": -float(np.log1p(-coherence).mean()),
        "forward": float(np.log(own[1]).mean()) - math.log(noise[1, 1]),
        "backward": float(np.log(own[0]).mean()) - math.log(noise[0, 0]),
        "instantaneous": -math.log(1 - noise[0, 1] ** 2 / (noise[0, 0] * noise[1, 1])),
    }


def parts(var: Any) -> dict[str, float]:
    """The package's four parts."""
    from semtheory.measures import geweke

    found = geweke(var, 0, 1)
    return {name: float(getattr(found, name)) for name in PUBLISHED}


def differs(found: dict[str, float], wanted: dict[str, float], within: float) -> str | None:
    wrong = [name for name in wanted if abs(found[name] - wanted[name]) > within]
    return "; ".join(f"{name} {found[name]:.10g}, not {wanted[name]:.10g}" for name in wrong) or None


def parts_are_spectral(case: tuple[list[int], int, int]) -> str | None:
    """All four parts by the Riccati equation and by the spectrum; they add up."""
    var = autoregression(case)
    found = parts(var)
    gap = found["total"] - found["forward"] - found["backward"] - found["instantaneous"]
    if abs(gap) > 1e-9:
        return f"the parts {found} miss the total by {gap:.3g}"
    return differs(found, by_spectrum(var), 1e-9)


def parts_are_published(case: tuple[list[int], int, int]) -> str | None:
    return differs(parts(autoregression(case)), PUBLISHED, 5e-8)


def without_the_instant(case: tuple[list[int], int, int]) -> object | None:
    """The false form: the two directions make up all dependence. The numbers are the published ones, or this is an error."""
    found = parts(autoregression(case))
    wrong = differs(found, PUBLISHED, 5e-8)
    if wrong:
        raise ArithmeticError(wrong)
    both = found["forward"] + found["backward"]
    if abs(both - PUBLISHED["total"]) < 1e-6:
        return None
    return f"total {found['total']:.7f} nats, both directions {both:.7f}, at once {found['instantaneous']:.7f}"


def same_time_is_enough(case: tuple[list[int], int, int]) -> object | None:
    """The false form: the mutual information of X_t and Y_t alone, doubled, against the published total."""
    import numpy as np

    var = autoregression(case)
    move, noise = np.array(var.coefficients), np.array(var.noise_covariance)
    now = np.linalg.solve(np.eye(4) - np.kron(move, move), noise.reshape(4)).reshape(2, 2)  # = A now A^T + noise
    alone = -math.log(1 - now[0, 1] ** 2 / (now[0, 0] * now[1, 1]))
    return None if abs(alone - PUBLISHED["total"]) < 1e-6 else f"F_{{X,Y}} = {PUBLISHED['total']} nats, -log(1 - r^2) = {alone:.7f}"


def draw() -> Any:
    import numpy as np
    from hypothesis import strategies as st

    entries = st.lists(st.integers(-9, 9), min_size=4, max_size=4)
    stable = entries.filter(lambda found: np.abs(np.linalg.eigvals(np.reshape(found, (2, 2)))).max() <= 9)
    return st.tuples(stable, st.integers(-8, 8), st.integers(1, 4))


GC3 = Theorem(
    "GC3",
    title="Geweke: F_{X,Y} = F_{X->Y} + F_{Y->X} + F_{X.Y}",
    depends=["DI1", "DI6", "GC1"],
    claims=[
        "I(X^n;Y^n) = TE(X^n->Y^n) + TE(Y^n->X^n) + sum(t=1..n) I(X_t;Y_t|X^{t-1},Y^{t-1})",
        Identity(
            "log(Sx Sy/(A B - C^2)) = log(Sy/B) + log(Sx/A) + log(A B/(A B - C^2))",
            log(Sx * Sy / joint),
            log(Sy / B) + log(Sx / A) + log(A * B / joint),
            facts=POSITIVE,
            latex=r"F_{X,Y} = F_{X\to Y} + F_{Y\to X} + F_{X\cdot Y}",
        ),
        Sign(
            "F_{X.Y} = log(A B/(A B - C^2)) >= 0",
            log(A * B / joint),
            facts=POSITIVE,
            shown=log(1 + C**2 / joint),
            latex=r"F_{X\cdot Y} = -\log(1-\rho^2) \ge 0",
        ),
    ],
    variants=[
        Variant("I(X^n;Y^n) = TE(X^n->Y^n) + TE(Y^n->X^n)", why="X_t = Y_t: nothing is lagged, everything is shared"),
        Variant(
            Identity(
                "log(Sx Sy/(A B - C^2)) = log(Sy/B) + log(Sx/A)",
                log(Sx * Sy / joint),
                log(Sy / B) + log(Sx / A),
                facts=POSITIVE,
            ),
            why="correlated innovations",
        ),
        Variant(
            Tested(
                "F_{X,Y} = F_{X->Y} + F_{Y->X}",
                r"F_{X,Y} = F_{X\to Y} + F_{Y\to X}",
                without_the_instant,
                instances=[CORRELATED],
                show=lambda case: "A = [[.5, .4], [.2, .6]], innovations correlated 1/2",
            ),
            why="log(4/3) nats pass at once",
        ),
    ],
    fidelity=Fidelity("reproduction", source="Geweke 1982", paper="dependence between streams splits by direction"),
)

GC3_EXACT = Theorem(
    "GC3.exact",
    title="Geweke's four parts by the Riccati equation, against the spectrum and published values",
    target="tested",
    depends=["GC3"],
    claims=[
        Tested(
            "two components, eigenvalues of modulus <= .9: F_{X,Y} = -mean log(1 - coherence), its three parts by spectrum and noise; they add up",
            r"F_{X,Y} = -\frac1{2\pi}\int \log(1 - C) = F_{X\to Y} + F_{Y\to X} + F_{X\cdot Y}",
            parts_are_spectral,
            draw,
            [CORRELATED, ([-4, 10, -6, 12], 0, 1), ([0, 0, 0, 0], 3, 2)],
        ),
        Tested(
            "the four published numbers of A = [[.5, .4], [.2, .6]], innovations correlated 1/2, to their last digit",
            r"F_{X\to Y} = .0348677,\; F_{Y\to X} = .1306772,\; F_{X\cdot Y} = \ln\tfrac43,\; F_{X,Y} = .4532269",
            parts_are_published,
            instances=[CORRELATED],
        ),
    ],
    variants=[
        Variant(
            Tested(
                "F_{X,Y} = -log(1 - r^2), r the correlation of X_t and Y_t: a regression without lags",
                r"F_{X,Y} = -\log(1 - r^2)",
                same_time_is_enough,
                instances=[CORRELATED],
                show=lambda case: "A = [[.5, .4], [.2, .6]], innovations correlated 1/2",
            ),
            why="the past of each is left out: not .4532269",
        ),
    ],
    fidelity=GC3.fidelity,
)
