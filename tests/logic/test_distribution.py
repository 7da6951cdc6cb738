"""Laws with rational entries: what is refused, and how counterexamples are told."""

import json
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semtheory.logic.distribution import Distribution, DistributionCounterexample, DistributionError, meets, refutes
from semtheory.logic.exact import ExactLog
from semtheory.logic.result import Counterexample
from semtheory.notation.linear import ConcreteProblem, entropy, information

XOR = Distribution("XYZ", {(0, 0, 0): "1/4", (0, 1, 1): "1/4", (1, 0, 1): "1/4", (1, 1, 0): "1/4"})


@st.composite
def laws(draw):
    outcomes = draw(st.dictionaries(st.tuples(*[st.integers(-2, 3)] * 3), st.integers(1, 20), min_size=1, max_size=12))
    total = sum(outcomes.values())
    return Distribution("XYZ", {o: Fraction(w, total) for o, w in outcomes.items()})


@pytest.mark.parametrize(
    ("pmf", "says"),
    [
        ({(0,): "1/2", (1,): "1/3"}, "add to 5/6"),
        ({(0,): "3/2", (1,): "-1/2"}, r"-1/2: a probability is not negative"),
        ({(0,): 0.5, (1,): 0.5}, "not float"),
        ({(0,): float("nan")}, "not float"),
        ({(0,): "1/0"}, "'1/0'"),
        ({(0,): "half"}, "'half'"),
        ({(0, 1): 1}, "expected 1 integers"),
        ({("a",): 1}, "expected 1 integers"),
        ({(True,): 1}, "expected 1 integers"),
        ({}, "add to 0"),
    ],
)
def test_what_is_not_a_distribution_is_refused_by_value(pmf, says):
    with pytest.raises(DistributionError, match=says):
        Distribution("X", pmf)


def test_a_name_twice_is_refused():
    with pytest.raises(DistributionError, match="twice"):
        Distribution("XX", {(0, 0): 1})


def test_unknown_variable_names_those_known():
    with pytest.raises(DistributionError, match=r"'W'.*X, Y, Z"):
        XOR.marginal(["W"])


def test_marginals_come_in_sorted_order():
    law = Distribution(["B", "A"], {(1, 5): 1})
    assert law.marginal(["B", "A"]) == {(5, 1): 1}


@settings(deadline=None)
@given(laws())
def test_json_round_trip(law):
    assert Distribution.from_json("XYZ", json.loads(json.dumps(law.to_json()))) == law


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([[[0], "1/2"], [[0], "1/2"]], "twice"),
        ([[0, "1"]], "expected"),
        (["ab"], "expected"),
        ([[[0], 0.5], [[1], 0.5]], "float"),
    ],
)
def test_json_that_is_no_law_is_refused(rows, says):
    with pytest.raises(DistributionError, match=says):
        Distribution.from_json("X", rows)


@settings(deadline=None)
@given(laws(), laws())
def test_entropies_add_over_independent_copies(left, right):
    from semtheory.logic.exact import evaluate

    both = left.compact().product(right.compact())
    for names in ("X", "YZ", "XYZ"):
        values = [evaluate(entropy(names), {"p": law}) for law in (both, left, right)]
        assert (values[0] - values[1] - values[2]).is_zero


@settings(deadline=None)
@given(laws())
def test_merging_symbols_never_adds_entropy(law):
    from semtheory.logic.exact import evaluate

    merged = law.map({"X": {-2: 0, -1: 0, 1: 0}})
    assert (evaluate(entropy("X"), {"p": law}) - evaluate(entropy("X"), {"p": merged})).sign() >= 0


def test_a_table_names_constants_once_and_is_cut():
    law = Distribution("XY", {(i, 7): Fraction(1, 40) for i in range(40)})
    text = law.describe()
    assert "constant: Y" in text
    assert "8 more outcomes" in text
    assert "1/40" in text


def test_notebook_forms():
    assert "<td>1/4</td>" in XOR._repr_html_()
    assert r"\tfrac{1}{4}" in XOR._repr_latex_()
    assert "X_{1}" in Distribution(["X_1"], {(0,): 1})._repr_latex_()


def counterexample(relation="<=", horizon=None):
    return DistributionCounterexample.of(
        "I(X;Y|Z) <= I(X;Y)", {"p": XOR}, information("X", "Y", "Z"), information("X", "Y"), relation, horizon
    )


def test_a_counterexample_tells_both_sides_and_the_violation_with_the_unit():
    found = counterexample(horizon=2)
    assert isinstance(found, Counterexample)
    assert found.violation == ExactLog(((2, Fraction(1)),))
    assert "violation:  [1.000" in found.describe("bits")
    assert "violation:  [0.6931471806 +/- " in found.describe("nats")
    assert "n = 2" in found.describe()
    with pytest.raises(ValueError, match="stone"):
        found.describe("stone")


def test_a_law_under_which_the_claim_holds_is_no_counterexample():
    with pytest.raises(ValueError, match="no counterexample"):
        counterexample(">=")
    assert counterexample("=").violation.sign() == 1


def test_counterexample_json():
    data = json.loads(json.dumps(counterexample().to_json()))
    assert data["schema"] == 1
    assert data["kind"] == "counterexample"
    assert data["variables"] == ["X", "Y", "Z"]
    assert Distribution.from_json(data["variables"], data["laws"]["p"]) == XOR
    assert data["values"]["violation"]["exact"] == {"logs": [[2, "1"]], "constant": "0"}
    assert "n" not in data


def test_assumptions_are_met_exactly_or_not():
    sets = frozenset("X"), frozenset("Y"), frozenset()
    almost = {
        o: p + (Fraction(1, 10**30) if o == (0, 0, 0) else Fraction(-1, 10**30) if o == (1, 1, 0) else 0)
        for o, p in XOR.pmf.items()
    }
    problem = ConcreteProblem(
        "XYZ", ("p",), information("X", "Z"), zero=(information("X", "Y"),), independences=(sets,)
    )
    assert meets(problem, {"p": XOR})
    assert not meets(problem, {"p": Distribution("XYZ", almost)})
    assert not refutes(problem, {"p": XOR})
