"""When the whole prompt comes first, directed and mutual information coincide.

sum_t I(S; U_t | U^{t-1}) = I(S; U^T) for every T: the prompt S is there before the first token, so nothing can be fed back
into it, and the chain rule is all there is to it.

*With several turns* or tools the prompts X_t depend on earlier answers U^{t-1}; then I(X^T -> U^T) may be smaller than
I(X^T; U^T), as in DI2.

The chain rule: Cover and Thomas 2006, Theorem 2.5.2.
"""

from semtheory import Fidelity, Theorem, Variant

DI4 = Theorem(
    "DI4",
    title="Prompt first: sum_t I(S;U_t|U^{t-1}) = I(S;U^T)",
    depends=["DI2"],
    claims=["sum(t=1..T) I(S;U_t|U^{t-1}) = I(S;U^T)", "DI(S->U^T) = I(S;U^T)"],
    variants=[
        Variant("DI(X^T->U^T) = I(X^T;U^T)", why="several turns: a later prompt repeats an earlier answer"),
        Variant("sum(t=1..T) I(S;U_t) = I(S;U^T)", why="tokens that repeat each other are counted twice"),
    ],
    fidelity=Fidelity(
        "specialisation",
        source="Massey 1990",
        paper="generation from a prompt: the information that flows into the response is I(S; U^T)",
        differences="the source process is one variable that is complete before time 1",
    ),
)
