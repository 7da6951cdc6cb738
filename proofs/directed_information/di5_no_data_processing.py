"""Directed information has no general data-processing inequality.

If X^n - Y^n - Z^n and X is not driven by Y, then I(X^n -> Z^n) <= I(X^n -> Y^n). With feedback into X only
I(X^n -> Z^n) <= I(X^n; Y^n) is left.

*Why.* I(X^n -> Z^n) <= I(X^n; Z^n) <= I(X^n; Y^n) always (DI2, F4), and without feedback the last is I(X^n -> Y^n).

*False with feedback, even for Z_t = f(Y_t).* Let N be a fair bit, Y_1 = (0, N), Y_2 = (N, 0), let f keep the first part,
X_1 = 0 and X_2 = N. Then X_2 is Y_1's second part, fed back: to Y it is news no more, I(X^2 -> Y^2) = 0. But Z has not seen
it: I(X^2 -> Z^2) = 1 bit.

The failure is that of Massey 1990's remark on feedback; the construction is ours.
"""

from semtheory import Fidelity, Given, Theorem, Variant

chain = Given("X^n->Y^n->Z^n", met_by="Z is made from Y alone", broken_by="Z copies X and Y is noise")
no_feedback = Given(
    "I(Y^{t-1};X_t|X^{t-1}) = 0 for t=1..n",
    met_by="an open loop",
    broken_by="X_2 = N is the second part of Y_1 = (0, N); Y_2 = (N, 0); Z keeps first parts",
)

DI5 = Theorem(
    "DI5",
    title="Data processing for directed information needs the absence of feedback",
    depends=["DI2", "F4"],
    claims=[
        ("DI(X^n->Z^n) <= DI(X^n->Y^n)", chain, no_feedback),
        ("DI(X^n->Z^n) <= I(X^n;Y^n)", chain),
    ],
    variants=[
        Variant(
            "DI(X^n->Z^n) <= DI(X^n->Y^n)",
            given=(Given("H(Z_t|Y_t) = 0 for t=1..n"), Given("X^n->Y^n->Z^n")),
            why="symbol by symbol processing with feedback: 1 bit > 0",
        ),
    ],
    fidelity=Fidelity(
        "correction",
        source="Massey 1990; Cover and Thomas 2006, Theorem 2.8.1",
        paper="processing the response cannot increase the information that flowed into it",
        differences="true without feedback only; with feedback the bound is the mutual information",
    ),
)
