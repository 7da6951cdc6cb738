"""Bounds on generalisation, each one expression: tails, uniform bounds, PAC-Bayes, Occam, information, the bound on the logits.

Logarithms are natural. `span` is the range of the loss: losses lie in [0, span]; the popular forms have span = 1. Every probability statement
needs n *independent* examples unless it says otherwise, and delta, class, prior and code fixed before the data is seen.
"""

from __future__ import annotations

import sympy

from semtheory.bounds.closed_forms import Formula, Quantity

N = Quantity("n", 1, whole=True, meaning="examples")
DELTA = Quantity("delta", 0, 1, open_low=True, open_high=True, meaning="probability of failure")
SPAN = Quantity("span", 0, open_low=True, default=1.0, meaning="range of the loss")
COMPLEXITY = Quantity("rademacher", 0, meaning="Rademacher complexity")
KL = Quantity("divergence", 0, meaning="KL(posterior || prior), nats")
SIZE = Quantity("vocabulary", 1, whole=True, meaning="vocabulary size")
NORM = Quantity("logit_norm", 0, meaning="bound on the sum over v of |logit_v|")

n, delta, span, rademacher, divergence, bits = sympy.symbols("n delta span rademacher divergence bits")
vocabulary, logit_norm, deviation, squares, radius, members = sympy.symbols(
    "vocabulary logit_norm deviation squares radius members"
)
information, sigma, empirical_risk, weight_norm, point_norm = sympy.symbols(
    "information sigma empirical_risk weight_norm point_norm"
)
log, sqrt, exp = sympy.log, sympy.sqrt, sympy.exp

hoeffding = Formula(
    "hoeffding",
    [Quantity("deviation", 0), N, SPAN],
    exp(-2 * n * deviation**2 / span**2),
    "probability",
    "Hoeffding 1963, Theorem 2",
    "P(mean of n independent losses - its expectation >= deviation)",
)
mcdiarmid_tail = Formula(
    "mcdiarmid_tail",
    [Quantity("deviation", 0), Quantity("squares", 0, open_low=True, meaning="sum of the squared differences")],
    exp(-2 * deviation**2 / squares),
    "probability",
    "McDiarmid 1989, Lemma 1.2",
    "P(f - E f >= deviation) for independent arguments",
)
hoeffding_gap = Formula(
    "hoeffding_gap",
    [N, DELTA, SPAN],
    span * sqrt(log(1 / delta) / (2 * n)),
    "unit of the loss",
    "Hoeffding 1963",
    "risk - empirical risk of one predictor fixed before the data",
)
massart_bound = Formula(
    "massart",
    [Quantity("radius", 0), Quantity("members", 1, whole=True), N],
    radius * sqrt(2 * log(members)) / n,
    "unit of the class",
    "Massart 2000, Lemma 5.2",
)
linear_class_bound = Formula(
    "linear_class",
    [Quantity("weight_norm", 0), Quantity("point_norm", 0), N],
    weight_norm * point_norm / sqrt(n),
    "unit of the class",
    "Mohri, Rostamizadeh and Talwalkar 2018, Theorem 5.10",
    "|w| <= weight_norm, |x| <= point_norm",
)
uniform_bound = Formula(
    "uniform_bound",
    [COMPLEXITY, N, DELTA, SPAN],
    2 * rademacher + span * sqrt(log(1 / delta) / (2 * n)),
    "unit of the loss",
    "Mohri, Rostamizadeh and Talwalkar 2018, Theorem 3.3",
    "the largest risk - empirical risk of the class; rademacher is the expected complexity of the losses",
)
uniform_bound_empirical = Formula(
    "uniform_bound_empirical",
    [COMPLEXITY, N, DELTA, SPAN],
    2 * rademacher + 3 * span * sqrt(log(2 / delta) / (2 * n)),
    "unit of the loss",
    "Mohri, Rostamizadeh and Talwalkar 2018, Theorem 3.3",
    "the same with the complexity on the sample",
)
logit_bound_expected = Formula(
    "logit_generalization_bound",
    [COMPLEXITY, NORM, SIZE, N, DELTA],
    4 * rademacher + (log(vocabulary) + logit_norm) * sqrt(log(1 / delta) / (2 * n)),
    "nats",
    "this package, GE3; contraction by Maurer 2016, Corollary 4",
    "rademacher: expected, doubly indexed complexity of the logits",
)
logit_bound_empirical = Formula(
    "logit_generalization_bound, empirical",
    [COMPLEXITY, NORM, SIZE, N, DELTA],
    4 * rademacher + 3 * (log(vocabulary) + logit_norm) * sqrt(log(2 / delta) / (2 * n)),
    "nats",
    "this package, GE3; contraction by Maurer 2016, Corollary 4",
    "rademacher: doubly indexed complexity of the logits on the sample",
)
occam = Formula(
    "occam",
    [Quantity("bits", 0, meaning="length of the predictor's codeword"), N, DELTA, SPAN],
    span * sqrt((bits * log(2) + log(1 / delta)) / (2 * n)),
    "unit of the loss",
    "Blumer, Ehrenfeucht, Haussler and Warmuth 1987; Langford 2005",
    "risk - empirical risk, of every predictor with a codeword of a prefix code fixed before the data",
)
mcallester = Formula(
    "mcallester",
    [Quantity("empirical_risk", 0), KL, N, DELTA, SPAN],
    empirical_risk + span * sqrt((divergence + log(2 * sqrt(n) / delta)) / (2 * n)),
    "unit of the loss",
    "McAllester 1999; Maurer 2004",
    "bounds the risk of the posterior; never better than pac_bayes_kl",
)
catoni = Formula(
    "catoni",
    [
        Quantity("empirical_risk", 0, 1),
        KL,
        N,
        DELTA,
        Quantity("temperature", 0, open_low=True, meaning="C, fixed before the data"),
    ],
    (1 - exp(-sympy.Symbol("temperature") * empirical_risk - (divergence + log(1 / delta)) / n))
    / (1 - exp(-sympy.Symbol("temperature"))),
    "unit of the loss",
    "Catoni 2007, Theorem 1.2.6",
    "losses in [0, 1]; C chosen by looking at the data needs a union bound",
)
xu_raginsky = Formula(
    "xu_raginsky",
    [Quantity("information", 0, meaning="I(W;S), nats"), N, Quantity("sigma", 0, default=0.5)],
    sqrt(2 * sigma**2 * information / n),
    "unit of the loss",
    "Xu and Raginsky 2017, Theorem 1",
    "sigma: sub-Gaussian constant of loss(w, Z) for each w; 1/2 for losses in [0, 1]",
)
_gamma, _s0, _sz = sympy.symbols("gamma prior_variance data_variance")
gibbs_gaussian_mean = Formula(
    "gibbs_gaussian_mean",
    [
        Quantity("gamma", 0, open_low=True),
        Quantity("prior_variance", 0, open_low=True),
        Quantity("data_variance", 0),
        N,
    ],
    4 * _gamma * _s0 * _sz / (n * (1 + 2 * _gamma * _s0)),
    "unit of the loss",
    "Aminian et al. 2021",
    "generalisation error of the Gibbs algorithm for a Gaussian mean, loss (w - z)^2; tends to 2 data_variance/n",
)
