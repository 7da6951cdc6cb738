"""The inequality of Zhang and Yeung: true of every law, and beyond Shannon's inequalities.

2 I(C;D) <= I(A;B) + I(A;C,D) + 3 I(C;D|A) + I(C;D|B).

*Why it is here.* The prover knows only Shannon's inequalities, so it must answer *undecided*, and never *refuted*: a polymatroid
violates the claim, no distribution does. With the published lemma as an axiom the claim is proved from it, and its status is `cited`.

*Near-misses* that are false: with 1 in place of 3, and Ingleton's inequality, which linear codes obey and general laws do not.

Zhang and Yeung 1998, Theorem 3.
"""

from semtheory import Citation, Claim, Fidelity, Theorem, Variant

F9 = Theorem(
    "F9",
    title="Zhang-Yeung: true, not Shannon",
    target="cited",
    cites=[Citation("Zhang and Yeung", 1998, "Theorem 3")],
    claims=[Claim("2 I(C;D) <= I(A;B) + I(A;C,D) + 3 I(C;D|A) + I(C;D|B)", axioms=("zhang-yeung",))],
    variants=[
        Variant("2 I(C;D) <= I(A;B) + I(A;C,D) + I(C;D|A) + I(C;D|B)", why="1 in place of 3"),
        Variant("I(A;B) <= I(A;B|C) + I(A;B|D) + I(C;D)", why="Ingleton's inequality holds for linear codes only"),
    ],
    fidelity=Fidelity("reproduction", source="Zhang and Yeung 1998", paper="not in the paper; marks the edge of what Shannon proofs can do"),
)
