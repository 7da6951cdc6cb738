"""InfoNCE is a lower bound, of the information and of log K; which settles the side that contrastive prediction bounds.

A context X, K candidates Y = (Y_1, ..., Y_K): the one at J, uniform, goes with X; the others are drawn independently from the law of Y alone. A critic f > 0 guesses
J with probability f(x, y_j)/sum_i f(x, y_i), all K in the denominator; L is its mean log loss. For every critic
    log K - L <= I(J;X,Y) <= min(I(X;Y_J), log K),
and the first is an equality exactly for f(x, y) = c(x) p(y|x)/p(y).

*Why.* The critic is a law of J given (X, Y), so L >= H(J|X,Y) (RD4), and H(J) = log K. The candidates alone say nothing of J, I(J;Y) = 0, so
I(J;X,Y) = I(J;X|Y) <= I(J,Y;X); given J, X depends on the candidates through P = Y_J alone, and (X, P) does not depend on J: that is I(X;P).
The posterior of J weighs j by p(x) p(y_j|x) prod_{i /= j} p(y_i), which is p(y_j|x)/p(y_j) times what does not depend on j.

*Which side.* With context (S, A), A = U^{t-1} the past, and target U = U_t, for any t, the bounded information is I(S,U^{t-1};U_t) = I(U^{t-1};U_t) + I(S;U_t|U^{t-1}). So contrastive
prediction bounds the *left side from below*, and the left side is at least the wanted last term. Against that term alone neither order holds: two candidates tell
at most log 2 of it, and where the past alone predicts, I(U^{t-1};U_t) > 0, they tell more than it.

*False:* log K - L >= I. With X = Y uniform on two letters, K = 8: .6255 < .6931 nats; with 16 letters 1.7984 < 2.7726. *False too:* the bound with the
denominator over negatives only: for P = [[.4, .1], [.1, .4]] and one negative it gives .4159 > I = .1927.
van den Oord, Li and Vinyals 2018; Poole, Ozair, van den Oord, Alemi and Tucker 2019.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import sympy

from semtheory import Fidelity, Given, Step, Theorem, Variant
from semtheory.logic.calculus import Identity, as_written
from semtheory.logic.expectation import Cells, Equality, Expectation
from semtheory.logic.tested import Tested

p, f, F, c, rho, R, S, K = sympy.symbols("p f F c rho R S K")
log = sympy.log

unmarked = Given("I(J;Y) = 0", met_by="candidates of one marginal law", broken_by="Y = J: the candidate says its place")
negatives = Given("I(X;Y|J,P) = 0", met_by="negatives drawn without X", broken_by="negatives chosen for X")
any_place = Given("I(J;X,P) = 0", met_by="J drawn before the pair", broken_by="J = X: the place tells the context")
CANDIDATES = (unmarked, negatives, any_place)


def above_information(case: tuple[list[list[float]], int]) -> str | None:
    """The best critic against I(X;Y), by enumeration."""
    from semtheory.measures import info_nce, mutual_information

    joint, candidates = case
    found, whole = info_nce(joint, candidates), float(mutual_information(joint))
    return None if found >= whole - 1e-12 else f"log K - L = {float(found):.7f} < I = {whole:.7f} nats"


def without_positive(case: tuple[list[list[float]], int]) -> str | None:
    """The density ratio with the negatives alone in the denominator, against I(X;Y)."""
    from semtheory.measures import info_nce, mutual_information

    joint, candidates = case
    found, whole = info_nce(joint, candidates, denominator="negatives"), float(mutual_information(joint))
    return None if found <= whole + 1e-12 else f"log(K-1) - L = {float(found):.7f} > I = {whole:.7f} nats"


def against_last_term(case: tuple[str, str]) -> str | None:
    """InfoNCE with context (S, U_1) and target U_2 against I(S;U_2|U_1): `case` is (law, the relation claimed)."""
    import numpy as np

    from semtheory.measures import info_nce, mutual_information

    law, relation = case
    if law == "S tells U_2":
        joint = np.einsum("su,p->spu", np.eye(4) / 4, [1.0])
    else:  # U_1 tells U_2, and S nothing
        joint = np.einsum("s,pu->spu", [0.5, 0.5], np.eye(2) / 2)
    wanted = float(mutual_information(joint, 0, 2, given=1))
    found = float(info_nce(joint.reshape(-1, joint.shape[2]), 2))
    holds = found <= wanted + 1e-12 if relation == "<=" else found >= wanted - 1e-12
    return None if holds else f"{law}: log K - L = {found:.6f}, I(S;U_2|U_1) = {wanted:.6f} nats"


def by_candidates(joint: list[list[float]], critic: list[list[float]], candidates: int) -> tuple[float, float, float]:
    """log K - L of a critic, I(J;X,Y^K) and I(X;Y), from the definitions: every context, candidate list and place of the positive."""
    contexts, targets = [sum(row) for row in joint], [sum(column) for column in zip(*joint, strict=True)]
    bound = told = math.log(candidates)
    for x, row in enumerate(joint):
        for ys in itertools.product(range(len(row)), repeat=candidates):
            whole = math.prod(targets[y] for y in ys)
            masses = [row[y] * whole / targets[y] / candidates for y in ys]  # of J = 1..K with this x and these candidates
            total, scores = sum(masses), [critic[x][y] for y in ys]
            for mass, score in zip(masses, scores, strict=True):
                if mass:
                    bound += mass * math.log(score / sum(scores))
                    told += mass * math.log(mass / total)
    terms = [
        p * math.log(p / contexts[x] / targets[y]) for x, row in enumerate(joint) for y, p in enumerate(row) if p
    ]
    return bound, told, math.fsum(terms)


def normalised(weights: list[list[int]]) -> list[list[float]]:
    total = sum(map(sum, weights))
    return [[w / total for w in row] for row in weights]


def enumerated_bounds(case: tuple[list[list[int]], list[list[int]], int]) -> str | None:
    """A random critic below I(J;X,Y^K), the density ratio at it, and that below both I(X;Y) and log K; `info_nce` for both critics."""
    from semtheory.measures import info_nce

    weights, critic, candidates = case
    joint = normalised(weights)
    targets = [sum(column) for column in zip(*joint, strict=True)]
    scores = [[float(f) for f in row] for row in critic]
    bound, told, whole = by_candidates(joint, scores, candidates)
    # the density ratio times a function of the context
    ratio = [[p / t * (x + 1) for p, t in zip(row, targets, strict=True)] for x, row in enumerate(joint)]
    best, _, _ = by_candidates(joint, ratio, candidates)
    for name, found, wanted in (
        ("a critic", float(info_nce(joint, candidates, scores)), bound),
        ("the best critic", float(info_nce(joint, candidates)), best),
        ("the best critic against I(J;X,Y)", best, told),
    ):
        if abs(found - wanted) > 1e-10:
            return f"{name}: {found:.12f}, not {wanted:.12f}"
    if bound > told + 1e-12 or told > min(whole, math.log(candidates)) + 1e-12:
        return f"log K - L = {bound:.9f}, I(J;X,Y) = {told:.9f}, I(X;Y) = {whole:.9f}, log K = {math.log(candidates):.9f}"
    return None


def published_bound(case: tuple[Any, int, float]) -> str | None:
    """The best critic: published, by `info_nce`, and written out: candidates enumerated, or log K - E log(1 + Bin(K-1, 1/letters)) for X = Y."""
    from semtheory.measures import info_nce

    law, candidates, published = case
    if isinstance(law, int):
        rest, share = candidates - 1, 1 / law
        chances = (math.comb(rest, j) * share**j * (1 - share) ** (rest - j) for j in range(candidates))
        plain = math.log(candidates) - math.fsum(p * math.log(1 + j) for j, p in enumerate(chances))
    else:
        targets = [sum(column) for column in zip(*law, strict=True)]
        plain = by_candidates(law, [[p / t for p, t in zip(row, targets, strict=True)] for row in law], candidates)[0]
    found = float(info_nce(law, candidates))
    near = abs(found - published) < 6e-8 and abs(plain - published) < 6e-8
    return None if near else f"K = {candidates}: {found:.8f}, written out {plain:.8f}, published {published}"


def likelihood_is_best(case: tuple[list[list[int]], int]) -> str | None:
    """The critic p(y|x), not divided by p(y), against I(J;X,Y^K)."""
    joint = normalised(case[0])
    bound, told, _ = by_candidates(joint, [[p / sum(row) for p in row] for row in joint], case[1])
    return None if bound >= told - 1e-12 else f"log K - L = {bound:.7f} < I(J;X,Y^K) = {told:.7f} nats"


def draw_critics() -> Any:
    from hypothesis import strategies as st

    def table(rows: int, columns: int, least: int) -> Any:
        row = st.lists(st.integers(least, 6), min_size=columns, max_size=columns)
        return st.lists(row, min_size=rows, max_size=rows)

    def sized(size: tuple[int, int, int]) -> Any:
        rows, columns, candidates = size
        possible = table(rows, columns, 0).filter(lambda w: all(map(any, w)) and all(map(any, zip(*w, strict=True))))
        return st.tuples(possible, table(rows, columns, 1), st.just(candidates))

    return st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 4)).flatmap(sized)


def identity_law(letters: int) -> Any:
    return [[1 / letters if i == j else 0.0 for j in range(letters)] for i in range(letters)]


CORRELATED = [[0.4, 0.1], [0.1, 0.4]]

SE5 = Theorem(
    "SE5",
    title="InfoNCE: log K - L <= I(J;X,Y^K) <= min(I(X;Y), log K), for every critic; a lower bound",
    depends=["F1", "F4", "RD4"],
    steps=[
        Step(
            Identity(
                "the posterior of J: weights R rho_j (R = p(x) prod p(y_i), rho the density ratio) give rho_j/S, as f = c rho does",
                as_written(lambda: R * rho / (R * S)),
                as_written(lambda: c * rho / (c * S)),
                facts=[R > 0, S > 0, c > 0],
            ),
            "S the sum of rho over the candidates",
        ),
    ],
    claims=[
        Expectation(
            "L = E[-log f_J/sum f] >= H(J|X,Y), with equality only when f_j/sum f is the posterior of J",
            log(p) - log(f / F),
            laws={"p": "J|C"},
            point=["f"],
            normalisers={"F": (f, "J|C")},
            facts=[f > 0],
            equality=Equality(p, f / F, {"p": f / F}),
            latex=r"L \ge H(J|X,Y^K), \quad \text{equality iff } f = c(x)\,p(y|x)/p(y)",
        ),
        Expectation(
            "H(J) <= log K, with equality only when J is uniform",
            log(K) + log(p),
            laws={"p": "J"},
            cells={"places": Cells("J", "1", [({}, K)], [1 / K])},
            facts=[K > 0],
            equality=Equality(p, 1 / K, {"p": 1 / K}),
            latex=r"H(J) \le \log K, \quad \text{equality iff } J \text{ uniform}",
        ),
        "I(J;X,Y) = H(J) - H(J|X,Y)",
        "I(J;X,Y) <= H(J)",
        ("I(J;X,Y) <= I(X;P)", *CANDIDATES),
        "I(S,A;U) = I(A;U) + I(S;U|A)",
        "I(S,A;U) >= I(S;U|A)",
    ],
    variants=[
        Variant(
            Tested(
                "log K - L >= I(X;Y) for the best critic: an upper bound",
                r"\log K - L \ge I(X;Y)",
                above_information,
                instances=[(identity_law(2), 8), (identity_law(16), 8), (CORRELATED, 8)],
            ),
            why="8 candidates of 2 letters: .6255 < .6931; log K - L never exceeds log K either",
        ),
        Variant(
            Tested(
                "with the negatives alone in the denominator it is still a lower bound",
                r"\log(K-1) - L' \le I(X;Y)",
                without_positive,
                instances=[(CORRELATED, 2)],
            ),
            why="with one negative and the density ratio it is I + lautum information: .4158883 > .1927448",
        ),
        Variant(
            Tested(
                "contrastive prediction bounds I(S;U_t|U^{t-1}) from above",
                r"\log K - L \ge I(S;U_t|U^{t-1})",
                against_last_term,
                instances=[("S tells U_2", ">=")],
            ),
            why="two candidates tell at most log 2",
        ),
        Variant(
            Tested(
                "contrastive prediction bounds I(S;U_t|U^{t-1}) from below",
                r"\log K - L \le I(S;U_t|U^{t-1})",
                against_last_term,
                instances=[("U_1 tells U_2", "<=")],
            ),
            why="what the past alone predicts counts too",
        ),
        Variant(
            "I(J;X,Y) <= I(X;P)",
            given=(negatives, any_place),
            why="candidates that know their place tell J without X",
        ),
    ],
    fidelity=Fidelity(
        "correction",
        source="van den Oord, Li and Vinyals 2018; Poole et al. 2019",
        paper="contrastive prediction as an upper bound on the wanted directed-information term, for the optimal vector",
        differences="it is a lower bound of I(S,U^{t-1};U_t), which exceeds the wanted term; against that term neither order holds",
    ),
)

SE5_EXACT = Theorem(
    "SE5.exact",
    title="InfoNCE by enumeration of all candidates: log K - L <= I(J;X,Y^K) <= min(I(X;Y), log K), with published values",
    target="tested",
    depends=["SE5"],
    claims=[
        Tested(
            "random laws and critics, all candidates enumerated: log K - L <= I(J;X,Y^K) <= min(I(X;Y), log K), the density ratio attains I(J;X,Y^K), and info_nce is log K - L",
            r"\log K - L \le I(J;X,Y^K) \le \min(I(X;Y), \log K)",
            enumerated_bounds,
            draw=draw_critics,
            instances=[([[4, 1], [1, 4]], [[1, 1], [1, 1]], 2)],
            most=200,
        ),
        Tested(
            "published values of the best critic: [[.4, .1], [.1, .4]] at K = 2, 4, 8; X = Y on 2, 16 and 10^6 letters",
            r"\log K - L^*",
            published_bound,
            instances=[
                (CORRELATED, 2, 0.0963724),
                (CORRELATED, 4, 0.1458014),
                (CORRELATED, 8, 0.1697403),
                (2, 8, 0.6255253),
                (16, 8, 1.7983974),
                (10**6, 8, 2.0794367),
                (10**6, 128, 4.8519422),
            ],
        ),
    ],
    variants=[
        Variant(
            Tested(
                "the likelihood p(y|x) is a best critic, not divided by p(y)",
                r"f = p(y|x)",
                likelihood_is_best,
                instances=[([[4, 1], [4, 4]], 2)],
            ),
            why="a common candidate is likely in every context and tells less of the place",
        ),
    ],
    fidelity=Fidelity(
        "specialisation",
        source="van den Oord, Li and Vinyals 2018; Poole et al. 2019",
        paper="contrastive prediction, in numbers",
        differences="contexts and targets of up to three letters and up to four candidates enumerated; X = Y by the binomial law",
    ),
)
