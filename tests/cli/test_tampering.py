"""A certificate that was changed anywhere that matters is rejected, and the line is named."""

import copy
import json
from fractions import Fraction

import pytest

import semtheory

NO_FEEDBACK = "I(Y^{t-1};X_t|X^{t-1}) = 0 for t=1..n"
CLAIMS = {
    "processing": ("I(X;Z) <= I(X;Y)", ["X->Y->Z"]),
    "all n": ("DI(X^n->Y^n) <= I(X^n;Y^n)", []),
    "no feedback": ("DI(X^n->Y^n) = I(X^n;Y^n)", [NO_FEEDBACK]),
    "function": ("H(Z) <= H(X,Y)", ["H(Z|X,Y) = 0"]),
    "submodular": ("H(X,Y,Z) + H(Y) <= H(X,Y) + H(Y,Z)", []),
}


def places(tree, path=()):
    """The paths of all multipliers below `tree`."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in items:
        if key == "times":
            yield (*path, key)
        yield from places(value, (*path, key))


def changed(tree, path, change):
    """A copy of `tree` with the value at `path` changed."""
    made = copy.deepcopy(tree)
    inner = made
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = change(inner[path[-1]])
    return made


@pytest.fixture(params=CLAIMS)
def certificate(request):
    claim, given = CLAIMS[request.param]
    return semtheory.prove(claim, given=given).certificate


@pytest.fixture
def judge(run, tmp_path):
    def recheck(certificate):
        file = tmp_path / "certificate.json"
        file.write_text(json.dumps(certificate), encoding="utf-8")
        return run("recheck", str(file))

    return recheck


def test_the_certificate_itself_is_accepted(certificate, judge):
    assert judge(certificate).exit_code == 0


@pytest.mark.parametrize("change", [lambda x: str(-Fraction(x)), lambda x: str(Fraction(x) + 1), lambda _: "0"])
def test_no_multiplier_can_be_changed(certificate, judge, change):
    paths = [path for path in places(certificate) if path[0] in ("proof", "claim")]
    assert paths
    for path in paths:
        result = judge(changed(certificate, path, change))
        assert result.exit_code == 1, path
        assert "REJECTED" in result.stdout


def test_a_changed_multiplier_of_the_proof_names_its_line(certificate, judge):
    for path in places(certificate["proof"], ("proof",)):
        named = "the step of" if "potential" in path else "line "
        assert named in judge(changed(certificate, path, lambda x: str(-Fraction(x)))).stdout, path


def test_no_given_can_be_dropped(certificate, judge):
    for number in range(len(certificate["givens"])):
        result = judge({**certificate, "givens": certificate["givens"][:number] + certificate["givens"][number + 1 :]})
        assert result.exit_code == 1
        assert "there is no assumption" in result.stdout


def test_no_line_can_be_left_out_or_repeated(certificate, judge):
    def lists(tree, path=()):
        items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
        for key, value in items:
            if isinstance(value, list) and value and isinstance(value[0], dict):
                yield (*path, key)
            yield from lists(value, (*path, key))

    for path in lists(certificate["proof"], ("proof",)):
        assert judge(changed(certificate, path, lambda lines: lines[1:])).exit_code == 1, path
        assert judge(changed(certificate, path, lambda lines: [*lines, lines[0]])).exit_code == 1, path


@pytest.mark.parametrize("claim", ["H(X) <= 0", "I(X;Z) <= I(X;Y)"])
def test_no_probability_can_be_changed(judge, claim):
    law = semtheory.prove(claim).counterexample.to_json()
    assert judge(law).exit_code == 0
    for number in range(len(law["laws"]["p"])):
        assert judge(changed(law, ("laws", "p", number, 1), lambda _: "1/7")).exit_code == 1


def test_a_law_must_meet_its_givens(judge):
    law = semtheory.prove("I(X;Z) <= I(X;Y)").counterexample.to_json()
    markov = semtheory.prove("I(X;Z) <= I(X;Y)", given=["X->Y->Z"]).certificate["givens"]
    result = judge({**law, "givens": markov})
    assert result.exit_code == 1
    assert "does not satisfy assumption 1" in result.stdout
