"""Soft Bellman recursion: the best policy for whole answers is the best policy token by token, for every length T.

With V_{T+1} = 0, Q_t = r_t + V_{t+1}, V_t = (1/beta) log sum ref e^{beta Q_t} and p*_t = ref e^{beta Q_t}/e^{beta V_t}:  the product of
the p*_t is ref(u^T) e^{beta sum r_t}/e^{beta V_1}, the Gibbs policy (RR2) of the whole answer, and its value is V_1.

*Why, by induction over t.* The next state is the prefix with the token appended, so Q_t is a function of the state and the token.
One step is RR2 with reward Q_t: E_p Q_t - (1/beta) D(p_t||ref_t) = V_t - (1/beta) D(p_t||p*_t). Rewards add, divergences add by
the chain rule, and V_t telescopes:   V_1 - J(p) = (1/beta) sum_t D(p_t||p*_t) = (1/beta) D(p(U^T)||p*(U^T)) >= 0. The logarithm of
p*/ref telescopes in the same way: up to time t it is beta (r_1 + ... + r_t + V_{t+1} - V_1).

*With random replies of a tool* the next state is not chosen: Q = r + E[V of the next state], and the same step holds. Then the Gibbs
law of the trajectory, replies included, is no policy: it tilts the dice. An arm that pays a fair 0/1 against one that pays 1/2
for sure, beta = 2: tilting chooses the first with .607, the optimum with 1/2.

Ziebart 2010; Levine 2018, where the same mistake is named optimism.
"""

import sympy

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Identity
from semtheory.logic.expectation import Equality, Expectation

p, ref, r, v, w, beta, Z = sympy.symbols("p ref r v w beta Z")
L, R, V1, Vt, Vnext, rt = sympy.symbols("L R V1 Vt Vnext rt")
log, exp = sympy.log, sympy.exp
half = sympy.Rational(1, 2)
Q = r + v  # reward now, value of the state after it
tilted = ref * exp(beta * Q) / Z

one_step = Expectation(
    "E Q_t - (1/beta) D(p_t||ref_t) = V_t - (1/beta) D(p_t||p*_t), V_t = (1/beta) log sum ref e^{beta Q_t}",
    Q - (log(p) - log(ref)) / beta - log(Z) / beta + (log(p) - log(tilted)) / beta,
    laws={"p": "U", "ref": "U"},
    point=["r", "v"],
    normalisers={"Z": (ref * exp(beta * Q), "U")},
    facts=[beta > 0],
    relation="=",
    latex=r"\mathbb{E}\,Q_t - \tfrac1\beta D(\pi_t\|\mathrm{ref}_t) = V_t - \tfrac1\beta D(\pi_t\|\pi^*_t)",
)

risky = (exp(2) + 1) / 2  # the mean of e^{beta reward} over the fair reply, beta = 2
sure = exp(1)

RR3 = Theorem(
    "RR3",
    title="Soft Bellman: token-level and sequence-level optima agree for every T",
    depends=["RR2", "F3"],
    steps=[
        Step(
            "D(p(U^T|S)||q(U^T|S)) = sum(t=1..T) D(p(U_t|S,U^{t-1})||q(U_t|S,U^{t-1}))",
            "the penalties of the tokens add up, for every T",
        ),
        Step(one_step, "RR2 with reward Q_t, at each prefix"),
        Step(
            Identity(
                "start: log p*/ref of the empty prefix is beta (0 + V_1 - V_1)", sympy.Integer(0), beta * (0 + V1 - V1)
            ),
            "induction, base",
        ),
        Step(
            Identity(
                "step: beta (R + V_t - V_1) + log(p*_t/ref_t) = beta (R + r_t + V_{t+1} - V_1)",
                beta * (R + Vt - V1) + log(ref * exp(beta * (rt + Vnext)) / exp(beta * Vt) / ref),
                beta * (R + rt + Vnext - V1),
                facts=[ref > 0],
            ),
            "induction: R the reward before t; at t = T, V_{T+1} = 0 leaves the tilt by the whole reward",
        ),
    ],
    claims=[
        Identity(
            "the product of the token policies is ref e^{beta R}/e^{beta V_1}: log of it over ref, at the end",
            log(exp(beta * (R + 0 - V1))),
            log(exp(beta * R) / exp(beta * V1)),
            latex=r"\prod_t \pi^*_t = \mathrm{ref}(u^T)\, e^{\beta \sum_t r_t} / e^{\beta V_1}",
        ),
        Expectation(
            "J(p) <= (1/beta) log Z over laws of whole answers u^T, reward R = r_1 + ... + r_T, with equality only at ref e^{beta R}/Z",
            log(Z) / beta - R + (log(p) - log(ref)) / beta,
            laws={"p": "U", "ref": "U"},
            point=["R"],
            normalisers={"Z": (ref * exp(beta * R), "U")},
            facts=[beta > 0],
            equality=Equality(p, ref * exp(beta * R) / Z, {"p": ref * exp(beta * R) / Z}),
            latex=r"J(\pi) \le \tfrac1\beta \log Z, \quad Z = e^{\beta V_1}",
        ),
        Expectation(
            "random replies: E[r + w] - (1/beta) D(p||ref) <= (1/beta) log sum ref e^{beta (r + w)}, w = E[V | reply to u], equality only at the soft optimum",
            log(Z) / beta - (r + w) + (log(p) - log(ref)) / beta,
            laws={"p": "U", "ref": "U"},
            point=["r", "w"],
            normalisers={"Z": (ref * exp(beta * (r + w)), "U")},
            facts=[beta > 0],
            equality=Equality(p, ref * exp(beta * (r + w)) / Z, {"p": ref * exp(beta * (r + w)) / Z}),
            latex=r"Q = r + \mathbb{E} V",
        ),
    ],
    variants=[
        Variant(
            Identity(
                "tilting the trajectory, replies included: P(risky arm) = 1/2 at beta = 2",
                risky / (risky + sure),
                half,
            ),
            why=".607: the tilt takes the lucky reply for granted",
        ),
        Variant(
            Identity(
                "Q_t = r_t: p*_t = ref e^{beta r_t} without the value of what follows",
                beta * (R + Vt - V1) + log(exp(beta * rt) / exp(beta * Vt)),
                beta * (R + rt + Vnext - V1),
            ),
            why="greedy: a token is also worth what it makes possible",
        ),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Ziebart 2010; Levine 2018; Rafailov et al. 2024",
        paper="post-training over sequences of tokens, solved backwards",
        differences="states are prefixes; with tools the expectation over replies is inside Q",
    ),
)
