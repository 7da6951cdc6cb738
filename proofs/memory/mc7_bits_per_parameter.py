"""What a model can have memorised, in bits: never more, on average, than its parameters tell about the data.

Train on n strings of T uniform random tokens of V: memorised = n T log V - sum of the NLL. On average over data and training,
    E memorised <= I(data; theta) <= H(theta),
and at finite precision H(theta) <= bits of the parameters (MC6). So memorised bits reach a plateau as data grow.

*Why.* E[log q(x|theta)/u(x)] for the model's law q and the true law u of the data: log q <= log p on average, p the posterior law of the data given theta (F1), and
E[log p(x|theta)/u(x)] is I(data; theta). For uniform data log 1/u = n T log V.

*Limits.* The mean, not each run: one lucky run can exceed it. Anchors in the literature: 2 bits per parameter for facts (Allen-Zhu and Li 2024), 3.6 for random strings (Morris et al.
2025); Madden et al. 2024: k parameters interpolate an order of k/(V-1) next-token laws. They are quoted, not proved.
*False:* the same for data that are not uniform: what a model knows of the source is not memory; each run separately.
"""

from __future__ import annotations

import sympy

from semtheory import Fidelity, Theorem, Variant
from semtheory.logic.calculus import Identity, Sign
from semtheory.logic.expectation import Expectation

p, q, w, n, T, V, L = sympy.symbols("p q w n T V L")
log, exp = sympy.log, sympy.exp

MC7 = Theorem(
    "MC7",
    title="Memorised bits: E[n T log V - NLL] <= I(data; theta) <= H(theta)",
    depends=["F1", "MC6"],
    claims=[
        Expectation(
            "E log q(D|Th) <= E log p(D|Th): any law read off the parameters, p the true one of the data given them",
            log(p) - log(q), laws={"p": "D|Th", "q": "D|Th"},
            latex=r"\mathbb{E}\left[nT\ln V - \mathrm{NLL}\right] \le I(D;\theta)",
        ),
        "I(D;Th) = H(D) - H(D|Th)",
        "H(D) - H(D|Th) <= H(Th)",
        Identity("uniform data: -log u = n T log V for u = V^{-nT}", -log(exp(-n * T * log(V))), n * T * log(V), facts=[V > 0], latex=r"-\ln u = nT\ln V"),
        "I(D,E;Th) <= H(Th)",
    ],
    variants=[
        Variant(Sign("biased coin, a model that knows the bias and no data: log 2 - h(w) = memorised <= I = 0", -log(2) - w * log(w) - (1 - w) * log(1 - w), facts=[w > 0, 1 - w > 0]), why="knowing the source is not memorising the data"),
        Variant(Sign("in every run: theta a fair bit free of the one fair bit of data, q(x) = 9/10 for x = theta: log(2 9/10) <= 0 where they happen to agree", -log(sympy.Rational(9, 5))), why="+.588 when they agree, -1.609 when not: mean below 0 = I"),
        Variant("I(D;Th) <= H(Th|D)", why="memorised is what the data tell of the parameters, not what they leave open"),
    ],
    fidelity=Fidelity("variant", source="Morris et al. 2025; Allen-Zhu and Li 2024; Madden, Fox and Thrampoulidis 2024", paper="memory capacity of language models", differences="a bound on the mean memorised bits, for uniform tokens; proved for finite alphabets"),
)  # fmt: skip
