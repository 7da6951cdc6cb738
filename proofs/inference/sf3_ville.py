"""Ville's inequality: the flow may dip below -a with probability at most e^{-a}, at any time of any horizon.

Given s, M_t = e^{-i_t} is a non-negative supermartingale under p, so P(min over t <= T of i_t <= -a | s) <= e^{-a}, a >= 0, for every T.

*Why.* E[M_t/M_{t-1} | past] = sum over {p > 0} of q <= 1 (and = 1 iff q << p: then M is a martingale). Stop M when it first reaches
e^a: with c = 1 while running and 0 once stopped, the stopped process still never rises in mean, so its mean at T is at most M_0 = 1.
Where it was stopped it is at least e^a, and it is never negative: e^a P(stopped) <= 1 (Markov). Letting T grow gives the infimum.

*The constant is best:* with one token, p(u) = e^{-a} q(u) on an event of q-probability near 1, the bound is nearly met.
*False:* e^{-2a}. Two mirrored prompts with p(u|s) = e^{-1}/2 on the wrong token, q uniform, a = 1: .184 > .135. Ville 1939.
"""

import sympy

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Sign, Termwise
from semtheory.logic.expectation import Expectation

p, q, c, M, h, A, U, mean, mass = sympy.symbols("p q c M h A U mean mass")
exp = sympy.exp


def ratio(text: str, side: int) -> Termwise:
    return Termwise(text, side * (mean - mass), sums={"mean": p * (q / p), "mass": q}, point=["p", "q"], facts=[p > 0])


SF3 = Theorem(
    "SF3",
    title="Ville: P(inf i_t <= -a | s) <= e^{-a}, every horizon",
    depends=["SF2"],
    steps=[
        Step(ratio("E[q/p] >= the mass of q where p > 0", 1), "token by token"),
        Step(ratio("E[q/p] <= the mass of q where p > 0: it is 1 iff q << p", -1), "token by token"),
        Step(
            Expectation(
                "stopping: E[c M q/p + (1 - c) M | past] <= M, c = 1 while running, 0 once stopped",
                M - c * M * q / p - (1 - c) * M,
                laws={"p": "U", "q": "U"},
                facts=[M >= 0, c >= 0, 1 - c >= 0],
                elementary=True,
                latex=r"\mathbb{E}[M^\tau_t \mid \text{past}] \le M^\tau_{t-1}",
            ),
            "so the mean of the stopped process at T is at most 1, by induction over t",
        ),
    ],
    claims=[
        Expectation(
            "supermartingale: E[q/p] <= 1 for u ~ p, any q",
            1 - q / p,
            laws={"p": "U", "q": "U"},
            elementary=True,
            latex=r"\mathbb{E}[e^{-(i_t - i_{t-1})} \mid s, u^{t-1}] \le 1",
        ),
        Expectation(
            "P(reached A) = E h <= 1/A for M >= 0 of mean U <= 1 with M >= A where A = e^a was reached (h = 1)",
            1 / A - h,
            laws={"p": "X"},
            point=["h", "M"],
            means={"U": M},
            facts=[A > 0, M - h * A >= 0, 1 - U >= 0],
            latex=r"P(\inf_t i_t \le -a \mid s) \le e^{-a}",
        ),
    ],
    variants=[
        Variant(
            Sign("e^{-2a} >= P for two mirrored prompts, a = 1, P = e^{-1}/2: .135 >= .184", exp(-2) - exp(-1) / 2),
            why="2a in Ville: .184 > .135",
        ),
        Variant(
            Expectation(
                "E[q/p] <= 1 for tokens drawn from q",
                1 - q / p,
                laws={"q": "U", "p": "U"},
                true=("q",),
                latex=r"\mathbb{E}_q[q/p] \le 1",
            ),
            why="tokens of another law than the numerator: no supermartingale",
        ),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Ville 1939; Howard et al. 2020",
        paper="concentration of the semantic information flow",
        differences="finite horizons by induction, then the limit; the constant 1 in the exponent",
    ),
)
