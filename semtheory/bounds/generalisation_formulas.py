"""The closed forms of the chapter on generalisation, each one SymPy expression.

Logarithms are natural. `span` is the range of the loss: losses lie in [0, span]. Every probability statement needs n *independent* examples, and
delta, class, prior and code fixed before the data is seen. The functions people call, with defaults, are in `risk_bounds`.
"""

from __future__ import annotations

import sympy

from semtheory.bounds.formula import Formula, Parameter

N = Parameter("n", "number of independent examples", least=1, whole=True)
DELTA = Parameter("delta", "probability of failure", above=0, below=1, latex=r"\delta")
SPAN = Parameter("span", "range of the loss", above=0, latex="B")
COMPLEXITY = Parameter("rademacher", "Rademacher complexity", least=0, latex=r"\mathfrak{R}_n")
KL = Parameter("divergence", "KL(posterior || prior), in nats", least=0, latex=r"\mathrm{KL}")
RISK = Parameter("empirical_risk", "empirical risk of the posterior", least=0, latex=r"\hat L")
NORM = Parameter("logit_norm", "bound on the sum over v of |logit_v|", least=0, latex=r"\Lambda")
SIZE = Parameter("vocabulary", "size of the vocabulary", least=1, whole=True, latex="V")
DEVIATION = Parameter("deviation", "deviation from the mean", least=0, latex="x")

n, delta, span, rademacher, divergence = (p.symbol for p in (N, DELTA, SPAN, COMPLEXITY, KL))
empirical_risk, logit_norm, vocabulary, deviation = (p.symbol for p in (RISK, NORM, SIZE, DEVIATION))
log, sqrt, exp = sympy.log, sympy.sqrt, sympy.exp

_squares = Parameter("squares", "sum of the squared differences", above=0, latex=r"|c|^2")
_radius = Parameter("radius", "largest Euclidean norm of a member", least=0, latex="r")
_members = Parameter("members", "number of members", least=1, whole=True, latex="N")
_weights = Parameter("weight_norm", "bound on |w|", least=0, latex="B")
_points = Parameter("point_norm", "bound on |x|", least=0, latex="R")
_bits = Parameter("bits", "length of the codeword of the predictor", least=0, latex="b")
_temperature = Parameter("temperature", "C, fixed before the data", above=0, latex="C")
_information = Parameter("information", "I(W;S) in nats", least=0, latex="I")
_sigma = Parameter("sigma", "sub-Gaussian constant of each loss", least=0, latex=r"\sigma")
_gamma = Parameter("gamma", "inverse temperature", above=0, latex=r"\gamma")
_prior = Parameter("prior_variance", "variance of the prior", above=0, latex="s_0^2")
_data = Parameter("data_variance", "variance of the data", least=0, latex="s_z^2")

HOEFFDING = Formula(
    "Hoeffding's tail",
    [DEVIATION, N, SPAN],
    exp(-2 * n * deviation**2 / span**2),
    unit="probability",
    source="Hoeffding 1963, Theorem 2",
)
HOEFFDING_GAP = Formula(
    "gap of one predictor",
    [N, DELTA, SPAN],
    span * sqrt(log(1 / delta) / (2 * n)),
    unit="unit of the loss",
    source="Hoeffding 1963, Theorem 2",
)
MCDIARMID = Formula(
    "McDiarmid's tail",
    [DEVIATION, _squares],
    exp(-2 * deviation**2 / _squares.symbol),
    unit="probability",
    source="McDiarmid 1989, Lemma 1.2",
)
MASSART = Formula(
    "Massart's bound",
    [_radius, _members, N],
    _radius.symbol * sqrt(2 * log(_members.symbol)) / n,
    unit="unit of the class",
    source="Massart 2000, Lemma 5.2",
)
LINEAR_CLASS = Formula(
    "complexity of a linear class",
    [_weights, _points, N],
    _weights.symbol * _points.symbol / sqrt(n),
    unit="unit of the class",
    source="Mohri, Rostamizadeh and Talwalkar 2018, Theorem 5.10",
)
UNIFORM = Formula(
    "uniform bound",
    [COMPLEXITY, N, DELTA, SPAN],
    2 * rademacher + span * sqrt(log(1 / delta) / (2 * n)),
    unit="unit of the loss",
    source="Mohri, Rostamizadeh and Talwalkar 2018, Theorem 3.3",
    note="with the expected complexity of the losses",
)
UNIFORM_EMPIRICAL = Formula(
    "uniform bound from the sample",
    [COMPLEXITY, N, DELTA, SPAN],
    2 * rademacher + 3 * span * sqrt(log(2 / delta) / (2 * n)),
    unit="unit of the loss",
    source="Mohri, Rostamizadeh and Talwalkar 2018, Theorem 3.3",
    note="with the complexity of the losses on the sample",
)
LOGIT_BOUND = Formula(
    "logit bound",
    [COMPLEXITY, NORM, SIZE, N, DELTA],
    4 * rademacher + (log(vocabulary) + logit_norm) * sqrt(log(1 / delta) / (2 * n)),
    unit="nats",
    source="theorem GE3; contraction by Maurer 2016, Corollary 4",
    note="with the expected, doubly indexed complexity of the logits",
)
LOGIT_BOUND_EMPIRICAL = Formula(
    "logit bound from the sample",
    [COMPLEXITY, NORM, SIZE, N, DELTA],
    4 * rademacher + 3 * (log(vocabulary) + logit_norm) * sqrt(log(2 / delta) / (2 * n)),
    unit="nats",
    source="theorem GE3; contraction by Maurer 2016, Corollary 4",
    note="with the doubly indexed complexity of the logits on the sample",
)
OCCAM = Formula(
    "Occam's bound",
    [_bits, N, DELTA, SPAN],
    span * sqrt((_bits.symbol * log(2) + log(1 / delta)) / (2 * n)),
    unit="unit of the loss",
    source="Blumer, Ehrenfeucht, Haussler and Warmuth 1987; Langford 2005",
    note="prefix code fixed before the data",
)
MCALLESTER = Formula(
    "McAllester's bound",
    [RISK, KL, N, DELTA, SPAN],
    empirical_risk + span * sqrt((divergence + log(2 * sqrt(n) / delta)) / (2 * n)),
    unit="unit of the loss",
    source="McAllester 1999; Maurer 2004",
    conditions=[(sympy.Le(empirical_risk, span), "rescale the loss, or give span= its range")],
)
CATONI = Formula(
    "Catoni's bound",
    [RISK, KL, N, DELTA, _temperature, SPAN],
    span
    * (1 - exp(-_temperature.symbol * empirical_risk / span - (divergence + log(1 / delta)) / n))
    / (1 - exp(-_temperature.symbol)),
    unit="unit of the loss",
    source="Catoni 2007, Theorem 1.2.6",
    note="C chosen by looking at the data needs a union bound",
    conditions=[(sympy.Le(empirical_risk, span), "rescale the loss, or give span= its range")],
)
XU_RAGINSKY = Formula(
    "information bound",
    [_information, N, _sigma],
    sqrt(2 * _sigma.symbol**2 * _information.symbol / n),
    unit="unit of the loss",
    source="Xu and Raginsky 2017, Theorem 1",
)
GIBBS_GAUSSIAN_MEAN = Formula(
    "Gibbs algorithm for a Gaussian mean",
    [_gamma, _prior, _data, N],
    4 * _gamma.symbol * _prior.symbol * _data.symbol / (n * (1 + 2 * _gamma.symbol * _prior.symbol)),
    unit="unit of the loss",
    source="Aminian, Bu, Toni, Rodrigues and Wornell 2021",
)
