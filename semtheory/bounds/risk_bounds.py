"""The generalisation bounds people call: closed forms with their defaults. Numbers give a `Value` with rigorous ends, arrays give arrays.

`span` is the range of the loss, 1 by default: losses in [0, span]. delta is the probability of failure, in (0, 1); n counts independent examples.
Each raises `InputError` for an argument outside its domain: delta outside (0, 1), n = 0, an empirical risk outside [0, span], infinite KL.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from semtheory.bounds import generalisation_formulas as closed
from semtheory.errors import InputError
from semtheory.processes._checks import real_array
from semtheory.values import UNITS, require_unit


def hoeffding(deviation: Any, n: Any, span: Any = 1) -> Any:
    """exp(-2 n x^2/span^2): P(the mean of n independent losses - its expectation >= x) is at most this (Hoeffding 1963)."""
    return closed.HOEFFDING(deviation, n, span)


def hoeffding_gap(n: Any, delta: Any, span: Any = 1) -> Any:
    """span sqrt(ln(1/delta)/(2n)): risk - empirical risk of *one* predictor, fixed before the data."""
    return closed.HOEFFDING_GAP(n, delta, span)


def mcdiarmid(deviation: Any, differences: Any) -> Any:
    """exp(-2 x^2/sum c_i^2): P(f - E f >= x) for independent arguments is at most this (McDiarmid 1989).

    Args:
        deviation: x >= 0. differences: c_1..c_n >= 0, not all 0: f changes by at most c_i when its i-th argument alone does.
    """
    c = real_array("differences", differences, 1)
    if np.any(c < 0) or not np.any(c):
        raise InputError(f"differences {c.tolist()}: expected numbers >= 0, not all of them 0")
    return closed.MCDIARMID(deviation, float(c @ c))


def linear_class_bound(weight_norm: Any, point_norm: Any, n: Any) -> Any:
    """B R/sqrt(n), a bound on the complexity of x -> <w, x> with |w| <= B, |x| <= R; `linear_rademacher` is exact."""
    return closed.LINEAR_CLASS(weight_norm, point_norm, n)


def uniform_bound(rademacher: Any, n: Any, delta: Any, span: Any = 1, *, empirical: bool = False) -> Any:
    """The largest risk - empirical risk of a class: 2R + span sqrt(ln(1/delta)/(2n)), or 2R + 3 span sqrt(ln(2/delta)/(2n)).

    Args:
        rademacher: complexity of the class of *losses*, expected over samples, or with `empirical` on the sample at hand.
    """
    return (closed.UNIFORM_EMPIRICAL if empirical else closed.UNIFORM)(rademacher, n, delta, span)


def logit_generalization_bound(
    rademacher: Any, logit_norm: Any, vocabulary: Any, n: Any, delta: Any, *, empirical: bool = False
) -> Any:
    """The largest risk - empirical risk of a class of softmax models under cross-entropy, in nats (GE3).

        4 Rad_n + (log V + Lambda) sqrt(log(1/delta)/(2n));   empirical: 4 Rad_n + 3 (log V + Lambda) sqrt(log(2/delta)/(2n))

    Args:
        rademacher: doubly indexed complexity of the logits (`rademacher` of an array with three axes), expected over samples
            (`expected_rademacher`), or with `empirical` on the sample.
        logit_norm: Lambda, a bound on the sum over v of |logit_v| that holds for the whole class.
        vocabulary: V. n: independent examples (whole sequences, not tokens).
    """
    return (closed.LOGIT_BOUND_EMPIRICAL if empirical else closed.LOGIT_BOUND)(
        rademacher, logit_norm, vocabulary, n, delta
    )


def occam(bits: Any, n: Any, delta: Any, span: Any = 1) -> Any:
    """span sqrt((bits ln 2 + ln(1/delta))/(2n)): risk - empirical risk of every predictor with such a codeword (GE7).

    The prefix code is fixed before the data; fewer bits for predictors thought likely.
    """
    return closed.OCCAM(bits, n, delta, span)


def mcallester(empirical_risk: Any, divergence: Any, n: Any, delta: Any, span: Any = 1) -> Any:
    """McAllester's bound on the risk of the posterior, empirical risk + span sqrt((KL + ln(2 sqrt(n)/delta))/(2n)); see `pac_bayes_kl`."""
    return closed.MCALLESTER(empirical_risk, divergence, n, delta, span)


def catoni(empirical_risk: Any, divergence: Any, n: Any, delta: Any, temperature: Any, span: Any = 1) -> Any:
    """Catoni's bound on the risk of the posterior at a temperature C fixed before the data."""
    return closed.CATONI(empirical_risk, divergence, n, delta, temperature, span)


def xu_raginsky(information: Any, n: Any, sigma: Any = 0.5, *, unit: str = "nats") -> Any:
    """sqrt(2 sigma^2 I(W;S)/n), a bound on the expected generalisation error in absolute value.

    Args:
        information: I(W;S) in `unit`; infinite for an algorithm that writes continuous data into its output: refused.
        sigma: loss(w, Z) is sigma-sub-Gaussian for every w; 1/2 for losses in [0, 1].
    """
    scale = UNITS[require_unit(unit)]
    nats = information if scale == 1 else np.asarray(information, dtype=np.float64) * scale
    return closed.XU_RAGINSKY(nats, n, sigma)


def gibbs_gaussian_mean(gamma: Any, prior_variance: Any, data_variance: Any, n: Any) -> Any:
    """The generalisation error of the Gibbs algorithm for a Gaussian mean: loss (w - z)^2, mean loss times gamma, Gaussian prior.

    4 gamma s_0^2 s_z^2/(n (1 + 2 gamma s_0^2)), which tends to 2 s_z^2/n as gamma grows.
    """
    return closed.GIBBS_GAUSSIAN_MEAN(gamma, prior_variance, data_variance, n)
