"""The canonical form: exact linear combinations of entropies and cross entropies of sets of named variables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

# (p, q, S) stands for -E_p[log q(S)]: the entropy of S under p when q == p, a cross entropy otherwise.
# The constant 1 (in nats) is CONSTANT. Sets hold names of random variables, such as "X" or "X_1".
Atom = tuple[str, str, frozenset[str]]
Linear = dict[Atom, Fraction]

LAW = "p"  # the law that H and I refer to
CONSTANT: Atom = ("", "", frozenset())


def add(into: Linear, other: Linear, factor: Fraction = Fraction(1)) -> Linear:
    """Add `factor * other` to `into` in place, dropping zeros; returns `into`."""
    for atom, value in other.items():
        total = into.get(atom, Fraction(0)) + factor * value
        if total:
            into[atom] = total
        else:
            into.pop(atom, None)
    return into


def entropy(variables: Iterable[str], given: Iterable[str] = (), law: str = LAW, reference: str | None = None) -> Linear:
    """-E_law[log reference(variables | given)]; the entropy H(variables | given) when `reference` is left out."""
    condition = frozenset(given)
    joint = condition | frozenset(variables)
    form: Linear = {}
    reference = reference or law
    if joint:
        add(form, {(law, reference, joint): Fraction(1)})
    if condition:
        add(form, {(law, reference, condition): Fraction(-1)})
    return form


def information(left: Iterable[str], right: Iterable[str], given: Iterable[str] = (), law: str = LAW) -> Linear:
    """I(left; right | given) under `law`, as joint entropies."""
    left, right, given = frozenset(left), frozenset(right), frozenset(given)
    form = entropy(left, given, law)
    return add(form, entropy(left, right | given, law), Fraction(-1))


def divergence(variables: Iterable[str], given: Iterable[str], law: str, reference: str) -> Linear:
    """D(law(variables|given) || reference(variables|given)), averaged over `law` of the condition."""
    variables, given = frozenset(variables), frozenset(given)
    form = entropy(variables, given, law, reference)
    return add(form, entropy(variables, given, law), Fraction(-1))


@dataclass(frozen=True)
class ConcreteProblem:
    """A claim about finitely many random variables, no horizon left.

    The claim is `target >= 0`, or `target == 0` when `equality`. `zero` and `nonneg` are the assumptions
    `form == 0` and `form >= 0`; `independences` (A, B, C) and `functions` (A, B) repeat those of the form
    I(A;B|C) = 0 and H(A|B) = 0, for provers that use structure.
    """

    variables: tuple[str, ...]
    laws: tuple[str, ...]
    target: Linear
    equality: bool = False
    zero: tuple[Linear, ...] = ()
    nonneg: tuple[Linear, ...] = ()
    independences: tuple[tuple[frozenset[str], frozenset[str], frozenset[str]], ...] = ()
    functions: tuple[tuple[frozenset[str], frozenset[str]], ...] = ()
