"""What is false is refuted by a law that meets every assumption; what is true never is."""

from fractions import Fraction
from math import log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semtheory.errors import TimedOut
from semtheory.logic.distribution import meets, refutes
from semtheory.logic.exact import evaluate
from semtheory.logic.refuter import loose_zeros, refute
from semtheory.logic.refuter_networks import separated
from semtheory.logic.result import Deadline
from semtheory.logic.sampling import random_models
from semtheory.notation.linear import CONSTANT, ConcreteProblem, add, divergence, entropy, information

ONE = {CONSTANT: Fraction(1)}
PQ = ("p", "q")


def linear(*parts):
    form = {}
    for factor, part in parts:
        add(form, part, Fraction(factor))
    return form


def problem(variables, target, *, equality=False, independent=(), functions=(), zero=(), nonneg=(), laws=("p",)):
    independent = tuple(tuple(map(frozenset, sets)) for sets in independent)
    functions = tuple(tuple(map(frozenset, sets)) for sets in functions)
    forms = [information(*sets) for sets in independent] + [entropy(*sets) for sets in functions] + list(zero)
    return ConcreteProblem(
        tuple(variables), laws, target, equality, tuple(forms), tuple(nonneg), independent, functions
    )


def chain(names):
    return [(names[:i], names[i + 1 :], [names[i]]) for i in range(1, len(names) - 1)]


def streams(n):
    return [name for t in range(1, n + 1) for name in (f"X_{t}", f"Y_{t}")]


def mutual(n):
    return information([f"X_{t}" for t in range(1, n + 1)], [f"Y_{t}" for t in range(1, n + 1)])


def directed(n):
    x, y = [f"X_{t}" for t in range(1, n + 1)], [f"Y_{t}" for t in range(1, n + 1)]
    return linear(*((1, information(x[:t], [y[t - 1]], y[: t - 1])) for t in range(1, n + 1)))


def ingleton(extra="0"):
    return linear(
        (1, information("A", "B", "C")),
        (1, information("A", "B", "D")),
        (1, information("C", "D")),
        (-1, information("A", "B")),
        (extra, entropy("ABCD")),
    )


def by_definition(form, laws):
    """Floats, by sums over all outcomes; shares no code with the package."""
    total = 0.0
    for (law, reference, names), factor in form.items():
        if not law:
            total += float(factor)
            continue
        tables = []
        for name in (law, reference):
            places = [laws[name].variables.index(v) for v in sorted(names)]
            table = {}
            for outcome, p in laws[name].pmf.items():
                key = tuple(outcome[i] for i in places)
                table[key] = table.get(key, 0.0) + float(p)
            tables.append(table)
        total -= float(factor) * sum(p * log(tables[1][key]) for key, p in tables[0].items())
    return total


def assert_refuted(claim, laws):
    assert laws is not None
    assert set(laws) == set(claim.laws)
    for law in laws.values():
        assert set(law.variables) == set(claim.variables)
        assert sum(law.pmf.values()) == 1
    value = by_definition(claim.target, laws)
    assert value == pytest.approx(float(evaluate(claim.target, laws)), abs=1e-9)
    assert refutes(claim, laws)
    for form in claim.zero:
        assert by_definition(form, laws) == pytest.approx(0, abs=1e-9)
    for form in claim.nonneg:
        assert by_definition(form, laws) > -1e-9


NAMES = [f"A{i}" for i in range(30)]
H, I, D = entropy, information, divergence
FALSE = {
    "data processing without the chain": problem("XYZ", linear((1, I("X", "Y")), (-1, I("X", "Z")))),
    "conditioning lowers information": problem("XYZ", linear((1, I("X", "Y")), (-1, I("X", "Y", "Z")))),
    "conditioning raises information": problem("XYZ", linear((1, I("X", "Y", "Z")), (-1, I("X", "Y")))),
    "Ingleton": problem("ABCD", ingleton()),
    "Ingleton, with 0.089 of the joint entropy": problem("ABCD", ingleton("0.089")),
    "Ingleton, A and B independent given C": problem("ABCD", ingleton(), independent=[("A", "B", "C")]),
    "Ingleton, H(A) = H(C)": problem("ABCD", ingleton(), zero=[linear((1, H("A")), (-1, H("C")))]),
    "factor 1.0000000001": problem("X", linear((1, H("X")), ("-1.0000000001", H("X")))),
    "factor 1.000000000001": problem(
        "XYZ", linear((1, H("X", "Z")), (1, H("Y", "Z")), ("-1.000000000001", H("XY", "Z")))
    ),
    "factor 1 - 1e-40": problem("X", linear((Fraction(1) - Fraction(1, 10**40), H("X")), (-1, H("X")))),
    "chain, factor 0.9999999999": problem(
        "ABCD", linear(("0.9999999999", I("B", "C")), (-1, I("A", "D"))), independent=chain("ABCD")
    ),
    "DI = MI": problem(streams(2), linear((1, mutual(2)), (-1, directed(2))), equality=True),
    **{f"MI <= DI, n = {n}": problem(streams(n), linear((1, directed(n)), (-1, mutual(n)))) for n in (2, 3, 4)},
    "D is symmetric": problem(
        "X", linear((1, D("X", "", "p", "q")), (-1, D("X", "", "q", "p"))), equality=True, laws=PQ
    ),
    "D, triangle inequality": problem(
        "X",
        linear((1, D("X", "", "p", "q")), (1, D("X", "", "q", "r")), (-1, D("X", "", "p", "r"))),
        laws=("p", "q", "r"),
    ),
    "D <= sum of marginals": problem(
        "XY", linear((1, D("X", "", "p", "q")), (1, D("Y", "", "p", "q")), (-1, D("XY", "", "p", "q"))), laws=PQ
    ),
    "a channel keeps D": problem(
        "XY", linear((1, D("Y", "", "p", "q")), (-1, D("X", "", "p", "q"))), laws=PQ, zero=[D("Y", "X", "p", "q")]
    ),
    "H(X) = H(Y) is not enough": problem(
        "XYZ", linear((1, H("X", "Z")), (-1, H("Y", "Z"))), equality=True, zero=[linear((1, H("X")), (-1, H("Y")))]
    ),
    "I(X;Y) = I(X;Z) is not enough": problem(
        "XYZ", linear((1, I("X", "Y")), (-1, I("X", "YZ"))), zero=[linear((1, I("X", "Y")), (-1, I("X", "Z")))]
    ),
    "H(X) = 2 H(Y), H(X) <= H(Z)": problem(
        "XYZ", linear((1, H("Z")), (-1, H("X"))), zero=[linear((1, H("X")), (-2, H("Y")))]
    ),
    "2 H(X) = 3 H(Y), H(X) <= H(Z)": problem(
        "XYZ", linear((1, H("Z")), (-1, H("X"))), zero=[linear((2, H("X")), (-3, H("Y")))]
    ),
    "at least 1 nat is at most 2": problem(
        "X", linear((2, ONE), (-1, H("X"))), nonneg=[linear((1, H("X")), (-1, ONE))]
    ),
    "between 1 and 1.01 nats": problem(
        "XY",
        linear((1, H("Y")), (-1, H("X"))),
        nonneg=[linear((1, H("X")), (-1, ONE)), linear(("1.01", ONE), (-1, H("X")))],
    ),
    "5 nats at most": problem("X", linear((5, ONE), (-1, H("X")))),
    "D is at most 5 nats": problem("X", linear((5, ONE), (-1, D("X", "", "p", "q"))), laws=PQ),
    "I(X;Y) <= 2 H(Z)": problem(
        "XYZ", linear((1, I("X", "Y", "Z")), (-1, I("X", "Y"))), nonneg=[linear((2, H("Z")), (-1, I("X", "Y")))]
    ),
    "Han reversed, n = 10": problem(
        NAMES[:10], linear((9, H(NAMES[:10])), *((-1, H([v for v in NAMES[:10] if v != w])) for w in NAMES[:10]))
    ),
    "independent pairs": problem(
        "XYZ", linear((-1, I("XY", "Z"))), independent=[("X", "Y", ""), ("X", "Z", ""), ("Y", "Z", "")]
    ),
    "a function of independent sources": problem(
        "XYZ", I("X", "Z"), equality=True, independent=[("X", "Y", "")], functions=[("Z", "XY")]
    ),
    "any two determine four, pairwise independent (no law of bits does)": problem(
        "ABCD",
        linear((-1, H("A"))),
        independent=[(a, b, "") for a, b in ("AB", "AC", "AD", "BC", "BD", "CD")],
        functions=[("CD", "AB"), ("AB", "CD"), ("AC", "BD"), ("BD", "AC"), ("AD", "BC"), ("BC", "AD")],
    ),
    "functions in a circle": problem(
        "XYZ", linear((-1, H("XYZ", "Z"))), functions=[("X", "YZ"), ("Y", "XZ"), ("Z", "XY")]
    ),
    "chain of 30": problem(
        NAMES,
        linear(("0.9999999999", I([NAMES[14]], [NAMES[15]])), (-1, I([NAMES[0]], [NAMES[29]]))),
        independent=chain(NAMES),
    ),
    "Ingleton of sets among 8": problem(
        streams(4),
        linear(
            (1, I(["X_1", "Y_1"], ["X_2", "Y_2"], ["X_3", "Y_3"])),
            (1, I(["X_1", "Y_1"], ["X_2", "Y_2"], ["X_4", "Y_4"])),
            (1, I(["X_3", "Y_3"], ["X_4", "Y_4"])),
            (-1, I(["X_1", "Y_1"], ["X_2", "Y_2"])),
        ),
    ),
}
TRUE = {
    "Zhang-Yeung": problem(
        "ABCD",
        linear((1, I("A", "B")), (1, I("A", "CD")), (3, I("C", "D", "A")), (1, I("C", "D", "B")), (-2, I("C", "D"))),
    ),
    "data processing": problem("XYZ", linear((1, I("X", "Y")), (-1, I("X", "Z"))), independent=chain("XYZ")),
    "data processing, 30": problem(
        NAMES, linear((1, I([NAMES[14]], [NAMES[15]])), (-1, I([NAMES[0]], [NAMES[29]]))), independent=chain(NAMES)
    ),
    "DI <= MI": problem(streams(4), linear((1, mutual(4)), (-1, directed(4)))),
    "D, data processing": problem(
        "XY", linear((1, D("X", "", "p", "q")), (-1, D("Y", "", "p", "q"))), laws=PQ, zero=[D("Y", "X", "p", "q")]
    ),
    "D, monotone": problem("XY", linear((1, D("XY", "", "p", "q")), (-1, D("X", "", "p", "q"))), laws=PQ),
    "Ingleton, I(A;B) = I(C;D)": problem("ABCD", ingleton(), zero=[linear((1, I("A", "B")), (-1, I("C", "D")))]),
    "nothing meets the assumptions": problem("X", linear((-1, H("X"))), nonneg=[linear((-1, ONE), (-1, H("X")))]),
    "nothing to show": problem("X", {}),
}


@pytest.mark.parametrize("name", FALSE)
def test_false_claims_are_refuted(name):
    claim = FALSE[name]
    laws = refute(claim, seed=0)
    assert_refuted(claim, laws)
    assert refute(claim, seed=0) == laws


@pytest.mark.parametrize("name", TRUE)
def test_true_claims_are_not(name):
    assert refute(TRUE[name], seed=0) is None


def test_counterexamples_are_simple():
    law = refute(FALSE["conditioning lowers information"])["p"]
    assert len(law.pmf) == 4
    assert set(law.pmf.values()) == {Fraction(1, 4)}
    assert len(refute(FALSE["Ingleton"])["p"].pmf) == 4
    assert len(refute(FALSE["chain of 30"])["p"].pmf) == 2


def test_a_passed_deadline_is_said_and_not_swallowed():
    with pytest.raises(TimedOut):
        refute(TRUE["Zhang-Yeung"], deadline=Deadline(1e-9))
    with pytest.raises(TimedOut):
        list(random_models(TRUE["Zhang-Yeung"], 0, 5, deadline=Deadline(1e-9)))


def test_only_general_assumptions_are_loose():
    extra = linear((1, H("X")), (-1, H("Y")))
    claim = problem(
        "XYZ",
        I("X", "Z"),
        independent=chain("XYZ"),
        functions=[("Z", "Y")],
        zero=[extra, D("Y", "X", "p", "q")],
        laws=PQ,
    )
    assert loose_zeros(claim) == [extra]


def test_d_separation_of_the_three_junctions():
    chain_, fork, collider = [0, 0b001, 0b010], [0, 0b001, 0b001], [0, 0, 0b011]  # parents of nodes 0, 1, 2
    assert separated(chain_, 0, 0b001, 0b100, 0b010)
    assert not separated(chain_, 0, 0b001, 0b100, 0)
    assert separated(fork, 0, 0b010, 0b100, 0b001)
    assert not separated(fork, 0, 0b010, 0b100, 0)
    assert separated(collider, 0, 0b001, 0b010, 0)
    assert not separated(collider, 0, 0b001, 0b010, 0b100)
    # a deterministic node is known with its parents
    assert separated([0, 1, 2, 2], 0b10, 4, 8, 1)
    assert not separated([0, 1, 2, 2], 0, 4, 8, 1)


@pytest.mark.parametrize(
    "name", [n for n in [*FALSE, *TRUE] if n not in ("nothing meets the assumptions", "between 1 and 1.01 nats")]
)
def test_random_models_meet_the_assumptions(name):
    claim = (FALSE | TRUE)[name]
    models = list(random_models(claim, 1, 9))
    assert len(models) == 9
    for laws in models:
        assert set(laws) == set(claim.laws)
        assert meets(claim, laws)
    assert models == list(random_models(claim, 1, 9))
    assert models != list(random_models(claim, 2, 9))


def test_true_claims_hold_on_random_models():
    for name in ("Zhang-Yeung", "data processing", "DI <= MI"):
        for laws in random_models(TRUE[name], 3, 60):
            assert by_definition(TRUE[name].target, laws) > -1e-12


def test_random_models_have_zeros_point_masses_and_xors():
    claim = problem("XYZ", I("X", "Y"), independent=[("X", "Y", ""), ("X", "Z", ""), ("Y", "Z", "")])
    laws = [m["p"] for m in random_models(claim, 0, 80)]
    assert any(len(law.pmf) == 1 for law in laws)
    assert any(by_definition(I("XY", "Z"), {"p": law}) > 0.1 for law in laws)
    assert any(len(set(law.pmf.values())) > 2 for law in laws)


names = st.sampled_from("ABCD")
sets = st.frozensets(names, min_size=1, max_size=2)
measures = st.builds(information, sets, sets, st.frozensets(names, max_size=2))
disjoint = st.tuples(sets, sets, sets).filter(lambda t: not t[0] & t[1]).map(lambda t: information(*t))
independences = st.lists(st.tuples(names, names, st.frozensets(names, max_size=1)), max_size=2)


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 5), measures), min_size=1, max_size=4), independences)
def test_sums_of_informations_are_never_refuted(parts, given_sets):
    assert refute(problem("ABCD", linear(*parts), independent=given_sets)) is None


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 3), measures), max_size=3),
    st.lists(st.tuples(st.integers(1, 3), measures), min_size=1, max_size=2),
    independences,
    st.booleans(),
    st.integers(0, 3),
)
def test_every_law_returned_refutes_by_definition(plus, minus, given_sets, equality, seed):
    target = linear(*plus, *((-c, form) for c, form in minus))
    claim = problem("ABCD", target, equality=equality, independent=given_sets)
    laws = refute(claim, seed=seed)
    if laws is not None:
        assert_refuted(claim, laws)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 4), disjoint), min_size=1, max_size=3), sets, st.integers(3, 40))
def test_a_true_claim_made_too_strong_by_a_little_is_refuted(parts, tight_at, digits):
    # With one variable of `tight_at` a fair bit and all else constant, the informations vanish and the entropy does not.
    claim = problem("ABCD", linear(*parts, (Fraction(-1, 10**digits), entropy(tight_at))))
    assert_refuted(claim, refute(claim))
