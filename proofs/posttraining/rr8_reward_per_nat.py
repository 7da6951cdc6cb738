"""Reward per nat: d nats of divergence buy at most B sqrt(d/2) of reward.

For rewards in [m, m + B]:   E_p r - E_ref r <= B TV(p, ref) <= B sqrt(D(p||ref)/2).

*Why.* The masses are equal, so the gain is sum (r - m)(p - ref); where p > ref the factor r - m is at most B, elsewhere it is at
least 0. That gives B times the mass moved, the total variation, and Pinsker's inequality (F6) bounds that.

*So* the gain is at most of the order of the square root of the divergence: the first small step is the cheapest. (The same bound
follows from F2 and Hoeffding's lemma, log E_ref e^{b(r - E r)} <= b^2 B^2/8, at b = 4 gain/B^2.)

*False:* proportional to the divergence: from a fair coin to (.6, .4), reward 1 for heads, the gain is .1, the divergence .0201.
Boucheron, Lugosi, Massart 2013, Lemma 4.18; for language models Mroueh 2024.
"""

import sympy

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Sign, Termwise
from semtheory.logic.expectation import Expectation

p, q, r, m, B, s, rest = sympy.symbols("p q r m B s rest")
gain, TV, massP, massQ, Rp, Rq = sympy.symbols("gain TV massP massQ Rp Rq")
log = sympy.log
third, tenth = sympy.Rational(3, 5), sympy.Rational(1, 10)
up, down = sympy.symbols("up down")  # the positive parts of p - ref and of ref - p

centre = {"gain": (r - m) * (p - q), "Rp": r * p, "Rq": r * q, "massP": p, "massQ": q}


def centred(text: str, side: int) -> Termwise:
    """The sum of (r - m)(p - ref) against E_p r - E_ref r - m (sum p - sum ref), in one of the two directions."""
    return Termwise(text, side * (gain - (Rp - Rq - m * (massP - massQ))), sums=centre, point=["r", "p", "q"])


moved = Termwise(
    "sum (r - m)(up - down) <= B sum up, m <= r <= m + B, where p - ref = up - down in its positive parts: sum up is TV",
    B * TV - gain,
    sums={"TV": up, "gain": (r - m) * (up - down)},
    point=["r", "up", "down"],
    facts=[r - m >= 0, m + B - r >= 0, up >= 0, down >= 0],
    shown=up * (m + B - r) + down * (r - m),
    latex=r"\mathbb{E}_\pi r - \mathbb{E}_{\mathrm{ref}} r \le B\,\mathrm{TV}(\pi, \mathrm{ref})",
)

RR8 = Theorem(
    "RR8",
    title="Reward per nat: E_p r - E_ref r <= B sqrt(D(p||ref)/2)",
    depends=["F6"],
    steps=[
        Step(
            centred("sum (r - m)(p - ref) >= E_p r - E_ref r - m (sum p - sum ref)", 1),
            "letter by letter; both masses are 1",
        ),
        Step(centred("sum (r - m)(p - ref) <= E_p r - E_ref r - m (sum p - sum ref)", -1), "so the two are equal"),
    ],
    claims=[
        moved,
        Sign(
            "E_p r - E_ref r <= B sqrt(D/2), s = sqrt(D/2) >= TV by F6",
            B * s - gain,
            facts=[B >= 0, s - TV >= 0, B * TV - gain >= 0],
            shown=B * (s - TV) + (B * TV - gain),
            latex=r"\mathbb{E}_\pi r - \mathbb{E}_{\mathrm{ref}} r \le B \sqrt{D(\pi\|\mathrm{ref})/2}",
        ),
    ],
    variants=[
        Variant(
            Sign(
                "B D(p||ref) >= gain for p = (.6, .4), ref = (1/2, 1/2), r = (1, 0): .0201 >= .1",
                third * log(2 * third) + (1 - third) * log(2 * (1 - third)) - tenth,
            ),
            why=".1 > .0201: small steps are cheap",
        ),
        Variant(
            Expectation(
                "gain <= D(p||ref) for rewards in [0, 1]",
                log(p) - log(q) - r + q * r / p,
                laws={"p": "U", "q": "U"},
                point=["r"],
                facts=[r >= 0, 1 - r >= 0],
                latex=r"\mathbb{E}_\pi r - \mathbb{E}_{\mathrm{ref}} r \le D(\pi\|\mathrm{ref})",
            ),
            why="for any small step",
        ),
        Variant(
            Expectation(
                "gain <= sqrt(0.49 D(p||ref)) for rewards in [0, 1], where there is a gain: .49 D >= g^2, g = gain",
                sympy.Rational(49, 100) * (log(p) - log(q)) - rest**2,
                laws={"p": "U", "q": "U"},
                point=["r"],
                means={"rest": r - q * r / p},
                facts=[r >= 0, 1 - r >= 0],
                latex=r"(\mathbb{E}_\pi r - \mathbb{E}_{\mathrm{ref}} r)^2 \le 0.49\, D(\pi\|\mathrm{ref})",
            ),
            why="near a fair coin the factor 1/2 is needed",
        ),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Boucheron, Lugosi, Massart 2013; Mroueh 2024",
        paper="how much reward post-training can buy for its information",
        differences="proved through total variation and Pinsker",
    ),
)
