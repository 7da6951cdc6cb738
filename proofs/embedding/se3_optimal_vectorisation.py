"""The best vector for a past is its minimal sufficient statistic: the causal state.

Let P be the past, F the future, S = f(P) what is kept of the past. Then I(S;F) <= I(P;F), with equality exactly when S is
sufficient, I(P;F|S) = 0. The causal state C, the class of all pasts with the same law of the future, is sufficient and a
function of every sufficient S; so nothing sufficient is smaller, H(C) <= H(S).

*Why.* Data processing (F4). Pasts that a sufficient S takes together have one law of the future, so S fixes C.

*How many.* Golden mean process 2, even process 2, RRXOR 5. Mess3 has three hidden states but uncountably many causal states:
its generator is not unifilar. What the causal state holds, C_mu = H(C), is in general more than the past tells of the
future, E = I(P;F): golden mean 0.9183 against 0.2516 bit.

Shalizi and Crutchfield 2001, Theorems 1 to 4.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from semtheory import Fidelity, Given, Theorem, Variant
from semtheory.logic.tested import Tested

if TYPE_CHECKING:
    from collections.abc import Iterator

encoder = Given("H(S|P) = 0", met_by="S keeps a part of the past", broken_by="S peeps at the future")
sufficient = Given("I(P;F|S) = 0", met_by="S = P", broken_by="S is constant, P = F a fair bit")
nothing_lost = Given("I(S;F) = I(P;F)", met_by="S = P", broken_by="S is constant, P = F a fair bit")
fixes = Given("H(C|S) = 0", met_by="S = P and C a class of pasts", broken_by="S is constant, C a fair bit")


def partitions(items: list[int]) -> Iterator[list[list[int]]]:
    """Every way to sort `items` into classes."""
    if not items:
        yield []
        return
    head, rest = items[0], items[1:]
    for classes in partitions(rest):
        yield [[head], *classes]
        for k in range(len(classes)):
            yield [*classes[:k], [head, *classes[k]], *classes[k + 1 :]]


def minimal(joint: list[list[int]]) -> str | None:
    """Every statistic of the past, tried: the causal classes are sufficient, and every sufficient one refines them. Exact."""
    pasts = [k for k, row in enumerate(joint) if sum(row)]
    future = {k: tuple(Fraction(v, sum(joint[k])) for v in joint[k]) for k in pasts}
    total = sum(map(sum, joint))
    marginal = [Fraction(sum(row[y] for row in joint), total) for y in range(len(joint[0]))]
    causal = {frozenset(j for j in pasts if future[j] == future[k]) for k in pasts}

    def chi_square(classes: Any) -> Fraction:
        """How far the laws of the future are from their mean: data processing holds for it too, with the same equality."""
        found = Fraction(0)
        for kept in classes:
            sums = [Fraction(sum(joint[k][y] for k in kept), total) for y in range(len(marginal))]
            weight = sum(sums)
            found += sum(
                ((s - weight * m) ** 2 / (weight * m) for s, m in zip(sums, marginal, strict=True) if m), Fraction(0)
            )
        return found

    whole = chi_square([[k] for k in pasts])
    if chi_square(causal) != whole:
        return "the causal states lose something of the future"
    for classes in partitions(pasts):
        keeps = chi_square(classes) == whole
        if keeps and not all(any(set(kept) <= c for c in causal) for kept in classes):
            return f"{classes} is sufficient and does not fix the causal state"
        if not keeps and chi_square(classes) > whole:
            return f"{classes} knows more of the future than the past does"
    return None


def draw_joint() -> Any:
    from hypothesis import strategies as st

    rows = st.lists(st.integers(0, 3), min_size=3, max_size=3)
    return st.lists(rows, min_size=1, max_size=5).filter(lambda joint: any(map(any, joint)))


def counted(case: tuple[str, tuple[float, ...], int]) -> str | None:
    """The number of recurrent causal states of a named process, against the published one."""
    from semtheory import processes

    name, parameters, expected = case
    found = getattr(processes, name)(*parameters).causal_states()
    return None if found.count == expected else f"{found.count} ({found.why})"


def equal_measures(case: tuple[str, tuple[float, ...]]) -> str | None:
    """C_mu against E."""
    from semtheory import processes

    process = getattr(processes, case[0])(*case[1])
    held, told = process.statistical_complexity(unit="bits"), process.excess_entropy(unit="bits")
    if held.lower <= told.upper and told.lower <= held.upper:
        return None
    return f"C_mu = {float(held):.7f}, E = {float(told):.7f} bits"


SE3 = Theorem(
    "SE3",
    title="Optimal vectorisation: the causal state is the minimal sufficient statistic of the past",
    target="tested",
    depends=["F4"],
    claims=[
        ("I(S;F) <= I(P;F)", encoder),
        ("I(S;F) = I(P;F)", encoder, sufficient),
        ("I(P;F|S) = 0", encoder, nothing_lost),
        ("H(C) <= H(S)", fixes),
        Tested(
            "the causal states are sufficient, and a function of every sufficient statistic of the past",
            r"I(P;F|S)=0 \Rightarrow H(C|S)=0",
            minimal,
            draw=draw_joint,
        ),
        Tested(
            "recurrent causal states: golden mean 2, even process 2, RRXOR 5",
            r"|\mathcal{C}| = 2,\, 2,\, 5",
            counted,
            instances=[
                ("golden_mean", (0.5,), 2),
                ("golden_mean", (0.3,), 2),
                ("even_process", (0.5,), 2),
                ("even_process", (0.3,), 2),
                ("rrxor", (0.5, 0.5), 5),
                ("rrxor", (0.3, 0.2), 5),
            ],
        ),
    ],
    variants=[
        Variant(
            Tested("Mess3 has 3 causal states", r"|\mathcal{C}| = 3", counted, instances=[("mess3", (0.05, 0.85), 3)]),
            why="its three states generate it but are never known; infinitely many beliefs about them predict differently",
        ),
        Variant(
            Tested("C_mu = E", r"C_\mu = E", equal_measures, instances=[("golden_mean", (0.5,))]),
            why="E <= C_mu, strict in general: the state may hold what the future never shows",
        ),
        Variant(
            "I(S;F) = H(S)",
            given=(encoder, sufficient),
            why="the same in the claim language: S may hold more than F shows",
        ),
        Variant("H(S) <= H(C)", given=(fixes,), why="a sufficient statistic may be larger than the minimal one"),
    ],
    fidelity=Fidelity(
        "specialisation",
        source="Shalizi and Crutchfield 2001; Lehmann and Scheffe 1950",
        paper="an optimal semantic vector keeps exactly what the past says of the future",
        differences="finite pasts and futures; minimality by exact enumeration of every statistic of up to five pasts",
    ),
)
