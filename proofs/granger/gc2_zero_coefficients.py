"""In a stable VAR with positive definite noise, no Granger causality means no lagged coefficients, and the other way round.

Write Y_t = (its own past) + a'X + e with X the past of the other stream and e the innovation. Given Y's past alone, X is known up to an
error of covariance Sigma, and the reduced variance is s + Q, Q = a' Sigma a. So F = log(1 + Q/s), and F = 0 iff Q = 0.

*Why Q = 0 forces a = 0.* Given all before it, a stretch of p steps of (X, Y) is made of p positive definite innovations, so its
covariance is positive definite, and so is that of its X given its Y, a Schur complement. Sigma, which knows less, is at least that. Then Q is a sum of squares that takes the coefficients off one at a time (fourth claim, an induction step for any
number of lags: w is the leading variance, m and r are linear and quadratic in the other coefficients).

*False without it.* X_t = e_t, Y_t = .4 X_{t-1} + e_t: the coefficient is .4, yet Y's past shows e_{t-1} = X_{t-1} exactly (an
invertible MA(1)), so F = 0.

Granger 1969; Sims 1972; Geweke 1982.
"""

import sympy

from semtheory import Fidelity, Theorem, Variant
from semtheory.logic.calculus import Identity, Sign
from semtheory.logic.expectation import Expectation
from semtheory.logic.tested import Tested

u, e, U, E, C, Q, s, a, m, r, w, a1, a2, s11, s12, s22 = sympy.symbols("u e U E C Q s a m r w a1 a2 s11 s12 s22")


def coefficient_shows(coefficient: float) -> object | None:
    """The false form: Y_t = coefficient X_{t-1} + e_t with X_t = e_t has F > 0. Y is an MA(1); 60 lags of it."""
    import numpy as np
    from scipy.linalg import toeplitz

    lags = 60
    covariance = np.zeros(lags + 1)
    covariance[:2] = 1 + coefficient**2, coefficient
    past = toeplitz(covariance[:-1])
    reduced = covariance[0] - covariance[1:] @ np.linalg.solve(past, covariance[1:])
    causality = float(np.log(reduced))  # the full variance is that of e_t, 1
    return None if causality > 1e-9 else f"coefficient {coefficient}, F = {causality:.1e} nats from {lags} lags"


GC2 = Theorem(
    "GC2",
    title="Positive definite innovations: lagged coefficients are zero iff F is zero",
    depends=["GC1"],
    claims=[
        Expectation(
            "E(u + e)^2 = E u^2 + E e^2 + 2 E ue: with e uncorrelated, the reduced variance is Q + s",
            (u + e) ** 2 - U - E - 2 * C,
            laws={"p": "X"},
            point=["u", "e"],
            means={"U": u**2, "E": e**2, "C": u * e},
            relation="=",
            latex=r"\sigma^2_{\mathrm{red}} = a^\top\Sigma_{X|Y}a + \sigma^2",
        ),
        Sign(
            "F = log((s + Q)/s) > 0 for Q > 0, s > 0",
            sympy.log((s + Q) / s),
            relation=">",
            facts=[Q > 0, s > 0],
            shown=sympy.log(1 + Q / s),
            latex=r"Q > 0 \implies F = \log(1 + Q/s) > 0",
        ),
        Identity(
            "F = log((s + Q)/s) is 0 at Q = 0",
            sympy.log((s + Q) / s).subs(Q, 0),
            sympy.Integer(0),
            facts=[s > 0],
            latex=r"Q = 0 \implies F = 0",
        ),
        Identity(
            "w a^2 + 2 m a + r = w (a + m/w)^2 + (r - m^2/w): one coefficient less, any number of lags",
            w * a**2 + 2 * m * a + r,
            w * (a + m / w) ** 2 + (r - m**2 / w),
            facts=[w > 0],
            latex=r"w a^2 + 2ma + r = w(a + m/w)^2 + (r - m^2/w)",
        ),
        Sign(
            "two lags: s11 a1^2 + 2 s12 a1 a2 + s22 a2^2 > 0 when the matrix is positive definite and a2 > 0",
            s11 * a1**2 + 2 * s12 * a1 * a2 + s22 * a2**2,
            relation=">",
            facts=[s11 > 0, s22 * s11 - s12**2 > 0, a2 > 0],
            shown=s11 * (a1 + s12 * a2 / s11) ** 2 + (s22 * s11 - s12**2) * a2**2 / s11,
            latex=r"a^\top\Sigma a > 0",
        ),
    ],
    variants=[
        Variant(
            Sign(
                "two lags: s11 a1^2 + 2 s12 a1 a2 + s22 a2^2 > 0 with variances alone positive",
                s11 * a1**2 + 2 * s12 * a1 * a2 + s22 * a2**2,
                relation=">",
                facts=[s11 > 0, s22 > 0, a2 > 0],
            ),
            why="a singular (or impossible) covariance",
        ),
        Variant(
            Tested(
                "Y_t = .4 X_{t-1} + e_t with X_t = e_t has F > 0",
                r"a \ne 0 \implies F > 0",
                coefficient_shows,
                instances=[0.4],
            ),
            why="singular innovations: X and Y share one noise, so Y's past shows X's",
        ),
    ],
    fidelity=Fidelity(
        "specialisation",
        source="Granger 1969; Geweke 1982",
        paper="no causal influence means no coefficients",
        differences="positive definite innovations are assumed, without which it is false; one target at a time",
    ),
)
