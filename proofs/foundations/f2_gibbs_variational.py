"""The softmax is the Boltzmann law: it alone minimises free energy.

For energies E(x) on a finite alphabet, T > 0 and Z = sum_x e^{-E(x)/T}:   min over laws q of  <E>_q - T H(q)  is  -T log Z,
attained only at q*(x) = e^{-E(x)/T} / Z.

*Why.* Pointwise, E + T log q + T log Z = T (log q - log q*): the definition of q*, rearranged. Its mean under q says that free
energy exceeds -T log Z by exactly T D(q||q*), and Gibbs' inequality (F1) does the rest, equality case included.

With logits -E and temperature T this is the output layer of a language model: a softmax is what least free energy looks like.

*Limits.* Finite alphabet, finite energies, T > 0. At T = 0 the minimiser need not be unique (F7).
*False:* the same with the sign of the entropy turned. Gibbs 1902; Jaynes 1957.
"""

import sympy

from semtheory import Fidelity, Theorem, Variant
from semtheory.logic.expectation import Equality, Expectation

q, E, T, Z = sympy.symbols("q E T Z")
log = sympy.log
boltzmann = sympy.exp(-E / T) / Z


def free_energy(text: str, integrand: sympy.Expr, **more: object) -> Expectation:
    """A claim on a law q over energies E at temperature T, with Z the sum of e^{-E/T}."""
    return Expectation(
        text,
        integrand,
        laws={"q": "X"},
        true=("q",),
        point=["E"],
        normalisers={"Z": (sympy.exp(-E / T), "X")},
        facts=[T > 0],
        **more,  # type: ignore[arg-type]
    )


F2 = Theorem(
    "F2",
    title="Gibbs variational principle: softmax is the Boltzmann distribution",
    claims=[
        free_energy(
            "<E>_q - T H(q) + T log Z = T D(q||q*), q* = e^{-E/T}/Z",
            E + T * log(q) + T * log(Z) - T * (log(q) - log(boltzmann)),
            relation="=",
            latex=r"\langle E\rangle_q - T H(q) + T \log Z = T\, D(q\|q^*)",
        ),
        free_energy(
            "<E>_q - T H(q) >= -T log Z for every law q, with equality only at q = e^{-E/T}/Z",
            E + T * log(q) + T * log(Z),
            equality=Equality(q, boltzmann, {"q": boltzmann}),
            latex=r"\langle E\rangle_q - T H(q) \ge -T \log Z, \quad \text{equality iff } q = e^{-E/T}/Z",
        ),
    ],
    depends=["F1"],
    variants=[
        Variant(
            free_energy(
                "<E>_q + T H(q) + T log Z = T D(q||q*)",
                E - T * log(q) + T * log(Z) - T * (log(q) - log(boltzmann)),
                relation="=",
                latex=r"\langle E\rangle_q + T H(q) + T \log Z = T\, D(q\|q^*)",
            ),
            why="the entropy enters with a minus sign: heat lowers free energy",
        ),
        Variant(
            free_energy(
                "<E>_q - T H(q) >= T log Z for every law q",
                E + T * log(q) - T * log(Z),
                latex=r"\langle E\rangle_q - T H(q) \ge T \log Z",
            ),
            why="the minimum is -T log Z",
        ),
    ],
    fidelity=Fidelity(
        "reproduction", source="Gibbs 1902; Jaynes 1957", paper="the next-token law is a Boltzmann distribution"
    ),
)
