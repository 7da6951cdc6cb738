"""Claims on means: proofs found by linear algebra, false ones refuted at exact laws, the rest undecided."""

from __future__ import annotations

import copy
import random
from fractions import Fraction
from typing import Any

import pytest
import sympy

from semtheory.errors import CertificateError, TheoremError
from semtheory.logic.calculus import Sign
from semtheory.logic.checker_algebra import substitute, symbols
from semtheory.logic.checker_analysis import check_analysis
from semtheory.logic.checker_balls import failure
from semtheory.logic.expectation import Cells, Equality, Expectation
from semtheory.logic.result import Counterexample, Deadline, Statement

p, q, m, E, U, W, T, Z, r = sympy.symbols("p q m E U W T Z r")
log, exp = sympy.log, sympy.exp
LAWS = {"p": "X", "q": "X"}


def test_a_statement_as_the_protocol_asks() -> None:
    claim = Expectation("D(p||q) >= 0", log(p) - log(q), laws=LAWS)
    typed: Statement = claim
    result = typed.decide(seed=1, deadline=Deadline(20))
    assert result.verdict == "proved"
    assert result.certificate is not None
    assert result.certificate["statement"] == claim.text == "D(p||q) >= 0"
    assert r"\mathbb{E}" in claim.latex


def test_multipliers_may_be_any_constant_known_to_be_positive() -> None:
    cost = log(p) - log(q)
    for factor, verdict in (
        (T, "proved"),
        (T**2 + 1, "proved"),
        (1 / T, "proved"),
        (-T, "refuted"),
        (T - 1, "refuted"),
    ):
        claim = Expectation(f"({factor}) D >= 0", factor * cost, laws=LAWS, facts=[T > 0])
        assert claim.decide().verdict == verdict, factor


def test_two_references_at_once() -> None:
    s = sympy.Symbol("s")
    claim = Expectation("2 D(p||q) + 3 D(p||s) >= 0", 5 * log(p) - 2 * log(q) - 3 * log(s), laws={**LAWS, "s": "X"})
    result = claim.decide()
    assert result.certificate is not None
    assert sorted(row["multiplier"] for row in result.certificate["rows"]) == ["2", "3"]


def test_conditional_laws() -> None:
    """H(Y|X) <= E[-log m(Y|X)] for a kernel m, and never for a law of another type."""
    cost = log(p) - log(m)
    assert Expectation("kernel", cost, laws={"p": "Y|X", "m": "Y|X"}).decide().verdict == "proved"
    assert Expectation("types differ", cost, laws={"p": "Y|X", "m": "Y"}).decide().verdict == "undecided"


def test_definition_of_a_mean_is_an_equality() -> None:
    claim = Expectation("E[(E - U)^2] = E[E^2] - U^2", (E - U) ** 2 - W + U**2, laws={"p": "X"}, point=["E"],
                        means={"U": E, "W": E**2}, relation="=")  # fmt: skip
    assert claim.decide().verdict == "proved"
    wrong = Expectation("E[(E - U)^2] = E[E^2]", (E - U) ** 2 - W, laws={"p": "X"}, point=["E"],
                        means={"U": E, "W": E**2}, relation="=")  # fmt: skip
    assert wrong.decide().verdict == "refuted"


def test_jensen_for_the_square() -> None:
    claim = Expectation("E[E^2] >= U^2", E**2 - U**2, laws={"p": "X"}, point=["E"], means={"U": E})
    assert claim.decide().verdict == "proved"
    claim = Expectation("E[E^2] <= U^2", U**2 - E**2, laws={"p": "X"}, point=["E"], means={"U": E})
    assert claim.decide().verdict == "refuted"


def test_equality_case_wrongly_stated_is_not_proved() -> None:
    wrong = Equality(p, q**2, {"p": q**2})
    assert (
        Expectation("D >= 0, = 0 iff p = q^2", log(p) - log(q), laws=LAWS, equality=wrong).decide().verdict != "proved"
    )


def test_a_true_claim_that_needs_more_stays_undecided() -> None:
    """H(p) >= 0 needs p <= 1, which is no declared fact: no proof, and no counterexample either."""
    assert Expectation("H(p) >= 0", -log(p), laws={"p": "X"}).decide().verdict == "undecided"
    assert Expectation("H(p) >= 0", -log(p), laws={"p": "X"}, facts=[1 - p >= 0]).decide().verdict != "refuted"


def test_counterexamples_are_exact_laws_that_the_checker_confirms() -> None:
    claim = Expectation("D(p||q) = D(q||p)", log(p) - log(q) - q / p * (log(q) - log(p)), laws=LAWS, relation="=")
    found = claim.decide().counterexample
    assert isinstance(found, Counterexample)
    data = found.to_json()
    assert check_analysis(data)
    a, b = Fraction(data["values"]["p_1"]), Fraction(data["values"]["q_1"])
    assert 0 < a < 1
    assert 0 < b < 1
    assert a != b
    assert "p_1" in found.describe("bits")
    data["values"] = data["witness"] = {"p_1": "1/3", "q_1": "1/3"}
    with pytest.raises(CertificateError, match="point"):
        check_analysis(data)


def test_excluded_alphabets_are_not_counterexamples() -> None:
    """log(V - 2) is out of the domain for V = 2: the violation must come from V >= 3."""
    V, Pe, e = sympy.symbols("V Pe e")
    cells = {"g": Cells("X|Y", "1", [({"e": 0}, 1), ({"e": 1}, V - 1)])}
    claim = Expectation("bad Fano", log(p) + Pe * log(V - 2) + 1, laws={"p": "X|Y"}, point=["e"], means={"Pe": e},
                        cells=cells, facts=[V > 2, Pe > 0, 1 - Pe > 0])  # fmt: skip
    assert claim.decide().counterexample is None or len(claim.decide().counterexample.values) > 1  # type: ignore[union-attr]


def test_a_deadline_ends_the_search() -> None:
    claim = Expectation("slow", E**2 * log(p) ** 2 + log(q) ** 2 + 3 * E, laws=LAWS, point=["E"], facts=[E > 0])
    result = claim.decide(deadline=Deadline(0.0))
    assert result.verdict == "undecided"
    assert "--timeout" in result.note


def test_names_that_cannot_be_written_are_refused() -> None:
    with pytest.raises(TheoremError, match="letters, digits"):
        Expectation("bad", sympy.Symbol("<E>"), laws=LAWS)
    with pytest.raises(TheoremError, match="relation"):
        Expectation("bad", log(p), laws=LAWS, relation="<")
    with pytest.raises(TheoremError, match="sin"):
        Expectation("bad", sympy.sin(p), laws=LAWS)


def test_a_lemma_without_proof_proves_nothing() -> None:
    false = Sign("log r >= r - 1", log(r) - r + 1, facts=[r > 0])
    claim = Expectation("E >= 0", E, laws={"p": "X"}, point=["E"], lemmas=[(false, {"r": E})])
    assert claim.decide().verdict != "proved"


def _mutations(tree: Any, chance: random.Random) -> Any:
    """One small change somewhere in a tree."""
    if isinstance(tree, str):
        return chance.choice(["1", "2", "-1", "1/2", "0", tree, "p", "q", "T", "E"])
    out = copy.copy(tree)
    i = chance.randrange(1, len(out))
    out[i] = chance.choice([-1, 1, 2, 3]) if isinstance(out[i], int) else _mutations(out[i], chance)
    return out


def test_no_mutated_certificate_is_accepted_and_false() -> None:
    """Change the integrand, a multiplier or a reference at random; whatever is still accepted must hold on exact laws."""
    base = Expectation("F", E + T * log(p) + T * log(Z), laws={"p": "X"}, point=["E"], facts=[T > 0],
                       normalisers={"Z": (exp(-E / T), "X")}).decide().certificate  # fmt: skip
    assert base is not None
    chance, accepted = random.Random(5), 0
    for _ in range(1500):
        changed = copy.deepcopy(base)
        where = chance.choice(["integrand", "multiplier", "both", "weight"])
        if where in ("integrand", "both"):
            changed["integrand"] = _mutations(changed["integrand"], chance)
        if where in ("multiplier", "both"):
            row = chance.choice(changed["rows"])
            row["multiplier"] = _mutations(row["multiplier"], chance)
        if where == "weight":
            changed["normalisers"]["Z"][0] = _mutations(changed["normalisers"]["Z"][0], chance)
        try:
            check_analysis(changed)
        except CertificateError:
            continue
        accepted += 1
        _holds_on_random_laws(changed, chance)
    assert 20 < accepted < 1500


def _holds_on_random_laws(certificate: dict[str, Any], chance: random.Random) -> None:
    for _ in range(3):
        weights = [chance.randint(1, 9) for _ in range(3)]
        law = [str(Fraction(w, sum(weights))) for w in weights]
        energies = [str(Fraction(chance.randint(-8, 8), 3)) for _ in range(3)]
        T_ = str(Fraction(chance.randint(1, 9), 4))
        here = [{"p": law[i], "E": energies[i], "T": T_} for i in range(3)]
        total = ["+", *(substitute(certificate["normalisers"]["Z"][0], at) for at in here)]
        mean = [
            "+",
            *(["*", law[i], substitute(substitute(certificate["integrand"], {"Z": total}), here[i])] for i in range(3)),
        ]
        assert not symbols(mean) - {"q"}
        assert not failure(substitute(mean, {"q": "1"}), ">=", {})[0], certificate


def test_instances_of_the_authors_are_compared_and_can_fail() -> None:
    p, h = sympy.symbols("p h")

    def joint(chance):
        w = chance.dirichlet([1.0] * 6).reshape(2, 3)
        return w, {"p": w / w.sum(axis=0), "h": w.sum(axis=1)[:, None]}

    laws = {"p": "X|Z", "h": "X"}
    true = Expectation("I >= 0", sympy.log(p) - sympy.log(h), laws=laws, true=("p", "h"), numbers=joint)
    false = Expectation("I <= 0", sympy.log(h) - sympy.log(p), laws=laws, true=("p", "h"), numbers=joint)
    unequal = Expectation("I = 0", sympy.log(p) - sympy.log(h), laws=laws, relation="=", numbers=joint)
    assert true.shadow(examples=15) == 15
    assert "E[...] = -" in false.shadow()
    assert "E[...] = " in unequal.shadow()


def test_facts_on_a_mean_are_met_by_a_law() -> None:
    U, x = sympy.symbols("U x")
    with_fact = {"laws": {"p": "X"}, "point": ["x"], "means": {"U": x**2}}
    good = Expectation("E x^2 <= 1", 1 - x**2, facts=[1 - U >= 0], **with_fact).decide()
    assert good.verdict == "proved"
    assert good.certificate["instance"]
    with pytest.raises(CertificateError, match="facts on a mean need an instance"):
        check_analysis({key: value for key, value in good.certificate.items() if key != "instance"})
    bad = Expectation("E -x^2 >= 0", -(x**2), facts=[U < 0], **with_fact).decide()
    assert bad.verdict == "undecided"
    assert "no law was found" in bad.note
