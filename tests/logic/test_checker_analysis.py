"""The analytic checker: it accepts what is right, and every rule has cases that must fail, naming the wrong line."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from typing import Any

import pytest

from semtheory.errors import CertificateError
from semtheory.logic.checker_algebra import Algebra, differentiate, minus
from semtheory.logic.checker_analysis import check_analysis
from semtheory.logic.checker_balls import NotRedone

BOLTZMANN = ["*", ["exp", ["*", "-1", "E", ["^", "T", -1]]], ["^", "Z", -1]]
IDENTITY = {
    "schema": 1,
    "kind": "identity",
    "facts": [["x", ">"], ["y", ">"]],
    "witness": {"x": "1", "y": "2"},
    "left": ["log", ["*", "x", ["^", "y", -2]]],
    "right": ["+", ["log", "x"], ["*", "-2", ["log", "y"]]],
}
FREE_ENERGY = {  # <E> - T H + T log Z >= 0
    "schema": 1,
    "kind": "expectation",
    "facts": [["T", ">"]],
    "witness": {"T": "1"},
    "laws": {"q": "X"},
    "true": ["q"],
    "point": ["E"],
    "normalisers": {"Z": [["exp", ["*", "-1", "E", ["^", "T", -1]]], "X"]},
    "means": {"U": "E"},
    "integrand": ["+", "U", ["*", "T", ["log", "q"]], ["*", "T", ["log", "Z"]]],
    "relation": ">=",
    "rows": [
        {"rule": "gibbs", "of": "q", "multiplier": "T", "reference": {"normaliser": "Z"}},
        {"rule": "zero-mean", "mean": "U", "multiplier": "-1"},
    ],
    "equality": {"row": 0, "left": "q", "right": BOLTZMANN, "unit": "1", "attained": {"q": BOLTZMANN}},
}
ELEMENTARY = {  # D(p||q) >= 0 from log r <= r - 1
    "schema": 1,
    "kind": "expectation",
    "laws": {"p": "X", "q": "X"},
    "true": ["p"],
    "integrand": ["+", ["log", "p"], ["*", "-1", ["log", "q"]]],
    "relation": ">=",
    "rows": [
        {"rule": "tangent", "ratio": ["*", "q", ["^", "p", -1]]},
        {"rule": "mass", "of": "p", "reference": {"law": "q"}},
    ],
}
FANO = {
    "schema": 1,
    "kind": "expectation",
    "facts": [["e", ">"], [["+", "1", ["*", "-1", "e"]], ">"], [["+", "V", "-1"], ">"]],
    "witness": {"e": "1/2", "V": "3"},
    "instance": {"weights": ["1/2", "1/2"], "values": [{"w": "0", "V": "3"}, {"w": "1", "V": "3"}]},
    "laws": {"p": "X|Y"},
    "true": ["p"],
    "point": ["w"],
    "means": {"e": "w"},
    "cells": {
        "guess": {
            "of": "X|Y",
            "base": "1",
            "parts": [{"values": {"w": "0"}, "weight": "1"}, {"values": {"w": "1"}, "weight": ["+", "V", "-1"]}],
        }
    },
    "integrand": [
        "+",
        ["log", "p"],
        ["*", "-1", ["+", "1", ["*", "-1", "w"]], ["log", ["+", "1", ["*", "-1", "e"]]]],
        ["*", "-1", "w", ["log", ["*", "e", ["^", ["+", "V", "-1"], -1]]]],
    ],
    "relation": ">=",
    "rows": [
        {
            "rule": "gibbs",
            "of": "p",
            "reference": {
                "cells": "guess",
                "factor": [
                    "exp",
                    [
                        "+",
                        ["*", ["+", "1", ["*", "-1", "w"]], ["log", ["+", "1", ["*", "-1", "e"]]]],
                        ["*", "w", ["log", ["*", "e", ["^", ["+", "V", "-1"], -1]]]],
                    ],
                ],
            },
        }
    ],
}
TANGENT = {
    "schema": 1,
    "kind": "calculus",
    "facts": [["x", ">"]],
    "witness": {"x": "1"},
    "rule": "minimum",
    "variable": "x",
    "function": ["+", "x", "-1", ["*", "-1", ["log", "x"]]],
    "at": "1",
    "factor": ["^", "x", -1],
}
HEAT = {  # d<E>/dbeta = -Var E
    "schema": 1,
    "kind": "calculus",
    "rule": "derivative",
    "variable": "b",
    "point": ["E"],
    "sums": {
        "M0": ["exp", ["*", "-1", "b", "E"]],
        "M1": ["*", "E", ["exp", ["*", "-1", "b", "E"]]],
        "M2": ["*", ["^", "E", 2], ["exp", ["*", "-1", "b", "E"]]],
    },
    "derivatives": {"M0": ["*", "-1", "M1"], "M1": ["*", "-1", "M2"]},
    "function": ["*", "M1", ["^", "M0", -1]],
    "result": ["+", ["*", "-1", "M2", ["^", "M0", -1]], ["*", ["^", "M1", 2], ["^", "M0", -2]]],
}
SQUARES = {  # the sum of (E - U)^2 e^{-bE}
    "schema": 1,
    "kind": "calculus",
    "rule": "termwise",
    "point": ["E"],
    "sums": HEAT["sums"],
    "function": ["+", "M2", ["*", "-2", "U", "M1"], ["*", ["^", "U", 2], "M0"]],
    "shown": ["*", ["^", ["+", "E", ["*", "-1", "U"]], 2], ["exp", ["*", "-1", "b", "E"]]],
}
RISING = {  # x^2 - 1 >= 0 for x >= 1
    "schema": 1,
    "kind": "calculus",
    "facts": [[["+", "x", "-1"], ">="], ["x", ">"]],
    "witness": {"x": "1"},
    "rule": "monotone",
    "variable": "x",
    "function": ["+", ["^", "x", 2], "-1"],
    "at": "1",
    "start": "0",
    "direction": "up",
    "slope": ["*", "2", "x"],
}
BALLS = {
    "schema": 1,
    "kind": "enclosure",
    "function": ["+", "x", ["*", "-1", ["log", "x"]], "-1/2"],
    "box": {"x": ["1/2", "2"]},
    "parts": [[["1/2", "3/4"]], [["3/4", "1"]], [["1", "5/4"]], [["5/4", "3/2"]], [["3/2", "2"]]],
}
TAYLOR = {
    "schema": 1,
    "kind": "enclosure",
    "function": TANGENT["function"],
    "box": {"x": ["1/2", "3/2"]},
    "zero": "1",
    "parts": [[["1/2", "1"]], [["1", "3/2"]]],
}
POINT = {
    "schema": 1,
    "kind": "point",
    "facts": [["x", ">"]],
    "witness": {"x": "2"},
    "values": {"x": "2"},
    "tree": ["+", ["log", "x"], ["*", "-1", "x"], "1"],
    "relation": ">=",
}
ALL = [IDENTITY, FREE_ENERGY, ELEMENTARY, FANO, TANGENT, HEAT, SQUARES, RISING, BALLS, TAYLOR, POINT]


def changed(certificate: dict[str, Any], path: list[Any], value: Any) -> dict[str, Any]:
    out = copy.deepcopy(certificate)
    here = out
    for key in path[:-1]:
        here = here[key]
    if value is None:
        del here[path[-1]]
    else:
        here[path[-1]] = value
    return out


@pytest.mark.parametrize("certificate", ALL, ids=range(len(ALL)))
def test_accepts_also_after_a_journey_through_json(certificate: dict[str, Any]) -> None:
    assert check_analysis(json.loads(json.dumps(certificate)))


WRONG = [
    # identity: a flipped sign, a missing fact, a fact that fails at the witness
    (IDENTITY, ["right", 2, 1], "2", "identity"),
    (IDENTITY, ["facts", 1], ["x", ">"], "identity: the denominator y"),
    (IDENTITY, ["witness", "x"], "-1", r"facts\[0\]"),
    (IDENTITY, ["facts", 0, 1], "<", r"facts\[0\]"),
    # expectation: signs, multipliers, declarations
    (FREE_ENERGY, ["integrand", 2, 1], ["*", "-1", "T"], "sum of the rows"),
    (FREE_ENERGY, ["rows", 0, "multiplier"], ["*", "-1", "T"], r"rows\[0\] \(gibbs\)"),
    (FREE_ENERGY, ["rows", 0, "multiplier"], ["*", "2", "T"], "sum of the rows"),
    (FREE_ENERGY, ["rows", 0, "multiplier"], "E", r"rows\[0\] \(gibbs\)"),
    (FREE_ENERGY, ["rows", 0, "reference"], {"law": "q2"}, r"rows\[0\] \(gibbs\)"),
    (FREE_ENERGY, ["rows", 0, "rule"], "hope", r"rows\[0\] \(hope\)"),
    (FREE_ENERGY, ["rows", 1, "multiplier"], "q", r"rows\[1\] \(zero-mean\)"),
    (FREE_ENERGY, ["rows", 1, "multiplier"], "1", "sum of the rows"),
    (FREE_ENERGY, ["relation"], "=", r"rows\[0\] \(gibbs\): an inequality cannot prove an equality"),
    (FREE_ENERGY, ["facts"], [], "normalisers"),
    (FREE_ENERGY, ["means", "U"], ["+", "U", "1"], r"means\[U\]"),
    (FREE_ENERGY, ["normalisers", "Z", 0], ["*", "Z", "2"], r"normalisers\[Z\]"),
    (FREE_ENERGY, ["normalisers", "Z", 0], "E", r"normalisers\[Z\]"),
    (FREE_ENERGY, ["normalisers", "Z", 1], "X|Y", r"normalisers\[Z\]"),
    (FREE_ENERGY, ["true"], [], r"normalisers\[Z\]"),
    (FREE_ENERGY, ["point"], ["E", "Z"], "declarations: a name is declared twice"),
    (FREE_ENERGY, ["equality", "right"], ["exp", ["*", "-1", "E"]], "equality"),
    (FREE_ENERGY, ["equality", "unit"], "-1", "equality"),
    (FREE_ENERGY, ["equality", "row"], 1, "equality"),
    (FREE_ENERGY, ["equality", "attained"], {}, "equality: {} is not q = "),
    (ELEMENTARY, ["rows", 0, "ratio"], ["*", "p", ["^", "q", -1]], "sum of the rows"),
    (ELEMENTARY, ["rows", 0, "ratio"], "r", r"rows\[0\] \(tangent\)"),
    (ELEMENTARY, ["rows", 1], None, "sum of the rows"),
    (ELEMENTARY, ["laws", "q"], "Y", r"rows\[1\] \(mass\)"),
    (
        FANO,
        ["cells", "guess", "parts", 1, "weight"],
        ["*", "2", ["+", "V", "-1"]],
        r"rows\[0\] \(gibbs\): the reference has total",
    ),
    (FANO, ["cells", "guess", "parts", 1, "weight"], ["+", "V", "-2"], r"rows\[0\] \(gibbs\): \(V"),
    (FANO, ["cells", "guess", "parts", 1, "values"], {"w": "2"}, r"rows\[0\] \(gibbs\): the reference has total"),
    (FANO, ["cells", "guess", "of"], "X", r"rows\[0\] \(gibbs\): cells of X"),
    (FANO, ["cells", "guess", "parts", 1, "values"], {}, r"rows\[0\] \(gibbs\): cells that do not fix"),
    # calculus
    (TANGENT, ["factor"], ["^", "x", -2], "minimum: the derivative"),
    (TANGENT, ["at"], "2", "minimum"),
    (TANGENT, ["function", 3, 1], "1", "minimum"),
    (TANGENT, ["facts"], [], "minimum"),
    (TANGENT, ["facts", 0, 0], ["+", ["^", "x", 2], "-1/4"], "minimum: .* not affine"),
    (TANGENT, ["at"], "x", "minimum: x depends on x"),
    (HEAT, ["result", 1, 1], "1", "derivative: the derivative"),
    (HEAT, ["result", 2, 1], "M1", "derivative: the derivative"),
    (HEAT, ["derivatives", "M0"], "M1", r"derivatives\[M0\]"),
    (HEAT, ["derivatives", "M1"], ["*", "-1", ["^", "M1", 2], ["^", "M0", -1]], r"derivatives\[M1\]: .* not a linear"),
    (HEAT, ["derivatives"], {}, "no derivative is given for M0, M1"),
    (SQUARES, ["function", 2, 1], "2", "termwise"),
    (SQUARES, ["shown", 1, 2], 1, "termwise"),
    (SQUARES, ["point"], ["E", "U"], "termwise: .* varies with the point"),
    (RISING, ["slope"], ["*", "3", "x"], "monotone: the derivative"),
    (RISING, ["direction"], "down", "monotone"),
    (RISING, ["start"], "1", "monotone: the value"),
    (RISING, ["function", 2], "-2", "monotone: the value"),
    (RISING, ["facts"], [["x", ">"]], "monotone"),
    (RISING, ["rule"], "surely", "declarations: unknown rule"),
    # balls
    (BALLS, ["function", 3], "-11/10", r"parts\[0\]"),
    (BALLS, ["parts", 1], None, "box: the parts leave a gap"),
    (BALLS, ["box", "x"], ["1/2", "3"], "box: the parts leave a gap"),
    (BALLS, ["box", "y"], ["0", "1"], "box: the box gives"),
    (BALLS, ["parts", 0, 0, 0], "0", r"parts\[0\]"),
    (TAYLOR, ["zero"], "5/4", "zero"),
    (TAYLOR, ["function", 3, 1], "1", "zero"),
    (TAYLOR, ["zero"], "2", "zero"),
    (POINT, ["values", "x"], "1", "point"),
    (POINT, ["tree", 3], "2", "point"),
    (POINT, ["witness", "x"], "-2", r"facts\[0\]"),
    # facts on means
    (FANO, ["instance"], None, "instance: not of the expected form|instance: facts on a mean"),
    (FANO, ["instance", "weights", 0], "1/4", "instance: .* are not the weights"),
    (FANO, ["instance", "values", 0, "w"], "1", r"instance: \(1 \+ \(\(-1\) \* e\)\) > 0 fails"),
    (FANO, ["instance", "values", 0, "w"], "1/2", "instance: a point in no cell"),
    (FANO, ["instance", "values", 1, "V"], "4", "instance: V does not vary"),
    # shape
    (IDENTITY, ["kind"], "faith", "certificate: kind 'faith'"),
    (IDENTITY, ["schema"], 2, "certificate: schema 2"),
    (IDENTITY, ["left"], None, "identity: not of the expected form"),
    (IDENTITY, ["left"], ["sin", "x"], "left: unknown operation 'sin'"),
    (IDENTITY, ["left"], ["^", "x", "2"], "left: power"),
    (IDENTITY, ["left"], "1/0", "left"),
    (TANGENT, ["at"], None, "minimum: not of the expected form"),
    (TANGENT, ["variable"], None, "not of the expected form .KeyError: 'variable'"),
    (TANGENT, ["function"], None, "not of the expected form"),
    (HEAT, ["sums"], ["M0"], "not of the expected form"),
]


@pytest.mark.parametrize(("certificate", "path", "value", "names"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_line_is_named(certificate: dict[str, Any], path: list[Any], value: Any, names: str) -> None:
    with pytest.raises(CertificateError, match=names):
        check_analysis(changed(certificate, path, value))


def test_homogeneous_is_not_linear() -> None:
    """M1^2/M0 has degree one in the sums, yet is no sum: as a term it would be M2, and 'M1^2/M0 >= M2' is false."""
    false = changed(SQUARES, ["function"], ["+", ["*", ["^", "M1", 2], ["^", "M0", -1]], ["*", "-1", "M2"]])
    with pytest.raises(CertificateError, match="not a linear combination"):
        check_analysis(changed(false, ["shown"], "0"))


def lemma_certificate(at: dict[str, Any]) -> dict[str, Any]:
    """exp(y) >= 1 + y from the tangent at x = exp(y)."""
    function = ["+", ["exp", "y"], "-1", ["*", "-1", "y"]]
    lemmas = [{"certificate": TANGENT, "at": at}]
    head = {"schema": 1, "kind": "calculus", "rule": "evident", "relation": ">=", "lemmas": lemmas}
    return {**head, "function": function, "shown": function}


def test_a_lemma_is_used_at_a_point_of_its_domain_only() -> None:
    assert check_analysis(lemma_certificate({"x": ["exp", "y"]}))
    with pytest.raises(CertificateError, match=r"lemmas\[0\]: y is not shown to be > 0"):
        check_analysis(lemma_certificate({"x": "y"}))
    with pytest.raises(CertificateError, match="evident"):
        check_analysis(lemma_certificate({"x": ["exp", ["*", "2", "y"]]}))


def test_a_lemma_that_is_wrong_inside() -> None:
    bad = lemma_certificate({"x": ["exp", "y"]})
    bad["lemmas"][0]["certificate"] = changed(TANGENT, ["factor"], "1")
    with pytest.raises(CertificateError, match=r"lemmas\[0\]: minimum"):
        check_analysis(bad)


def test_sums_of_a_lemma_must_be_the_same_sums_here() -> None:
    """Otherwise a fact about sums would be believed of any numbers."""
    claim = {
        "schema": 1,
        "kind": "calculus",
        "rule": "evident",
        "relation": ">=",
        "function": SQUARES["function"],
        "shown": SQUARES["function"],
        "lemmas": [{"certificate": SQUARES, "at": {}}],
    }
    with pytest.raises(CertificateError, match="M0 is not declared here"):
        check_analysis(claim)
    assert check_analysis({**claim, "sums": SQUARES["sums"], "point": ["E"]})


def test_contradictory_facts_have_no_witness() -> None:
    facts = [["x", ">"], [["*", "-1", "x"], ">"]]
    for x in ("1", "-1", "0"):
        with pytest.raises(CertificateError, match="fails at the witness"):
            check_analysis({**IDENTITY, "facts": facts, "witness": {"x": x}, "left": "1", "right": "2"})


def test_without_flint_an_enclosure_is_not_redone_and_never_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "flint", None)
    for certificate in (BALLS, TAYLOR, POINT):
        with pytest.raises(NotRedone, match="python-flint"):
            check_analysis(certificate)
    assert check_analysis(TANGENT)


def test_nan_never_passes() -> None:
    undefined = changed(BALLS, ["box", "x"], ["-1", "2"])
    undefined["parts"] = [[["-1", "2"]]]
    with pytest.raises(CertificateError, match=r"parts\[0\]"):
        check_analysis(undefined)


def test_a_two_dimensional_box_must_be_covered() -> None:
    square = {"x": ["0", "1"], "y": ["0", "1"]}
    function = ["+", "x", "y", "1"]
    quarters = [[[a, b], [c, d]] for a, b in (("0", "1/2"), ("1/2", "1")) for c, d in (("0", "1/2"), ("1/2", "1"))]
    certificate = {"schema": 1, "kind": "enclosure", "function": function, "box": square, "parts": quarters}
    assert check_analysis(certificate)
    for missing in range(4):
        with pytest.raises(CertificateError, match="gap"):
            check_analysis({**certificate, "parts": quarters[:missing] + quarters[missing + 1 :]})


class TestAlgebra:
    def test_normal_forms(self) -> None:
        algebra = Algebra()
        for name in ("a", "b"):
            algebra.assume(name, ">")
        same = [
            (["log", ["*", "a", "b"]], ["+", ["log", "a"], ["log", "b"]]),
            (["log", ["+", ["*", "a", "b"], ["*", "a", "a"]]], ["+", ["log", "a"], ["log", ["+", "a", "b"]]]),
            (["log", "12"], ["+", ["*", "2", ["log", "2"]], ["log", "3"]]),
            (["log", "2/3"], ["+", ["log", "2"], ["*", "-1", ["log", "3"]]]),
            (["exp", ["+", "a", "x"]], ["*", ["exp", "a"], ["exp", "x"]]),
            (["exp", ["*", "3", ["log", "a"]]], ["^", "a", 3]),
            (["log", ["exp", "x"]], "x"),
            (["*", ["exp", "x"], ["exp", ["*", "-1", "x"]]], "1"),
            (["*", ["+", "a", "b"], ["^", ["+", "a", "b"], -1]], "1"),
        ]
        for left, right in same:
            assert algebra.equal(left, right), (left, right)
        assert not algebra.equal(["log", ["+", "a", "b"]], ["+", ["log", "a"], ["log", "b"]])
        assert not algebra.equal(["exp", ["*", "a", "b"]], ["*", ["exp", "a"], ["exp", "b"]])

    def test_signs(self) -> None:
        algebra = Algebra()
        algebra.assume("p", ">")
        algebra.assume(minus("1", "p"), ">")
        algebra.assume("z", ">=")
        q = minus("1", "p")
        assert algebra.sign(["*", "p", ["^", q, -1]]) == ">"
        assert algebra.sign(["*", "p", "z"]) == ">="
        assert algebra.sign(["+", "p", "z"]) == ">"
        assert algebra.sign(["^", "x", 2]) == ">="
        assert algebra.sign(["^", "p", -3]) == ">"
        assert algebra.sign(["log", ["+", "1", "p"]]) == ">"
        for unknown in (
            "x",
            ["*", "-1", "p"],
            ["+", "p", "-1"],
            ["log", "p"],
            ["^", "x", 3],
            ["*", "x", "p"],
            ["^", "x", -2],
        ):
            assert algebra.sign(unknown) is None, unknown

    def test_no_log_or_quotient_outside_the_known_domain(self) -> None:
        for tree in (
            ["log", "x"],
            ["^", "x", -1],
            ["log", "0"],
            ["log", "-2"],
            ["^", "0", -1],
            ["^", ["^", "x", 2], -1],
        ):
            with pytest.raises(CertificateError):
                Algebra().normal(tree)

    def test_derivatives(self) -> None:
        algebra = Algebra()
        algebra.assume("x", ">")
        table = [
            (["^", "x", 3], ["*", "3", ["^", "x", 2]]),
            (["log", ["^", "x", 2]], ["*", "2", ["^", "x", -1]]),
            (["exp", ["*", "a", "x"]], ["*", "a", ["exp", ["*", "a", "x"]]]),
            (["*", "x", ["log", "x"]], ["+", ["log", "x"], "1"]),
            (["^", "x", -1], ["*", "-1", ["^", "x", -2]]),
            ("y", "0"),
        ]
        for tree, slope in table:
            assert algebra.equal(differentiate(tree, "x", {}), slope), tree


def test_the_checker_needs_the_standard_library_only() -> None:
    code = (
        "import sys, semtheory.logic.checker_analysis\n"
        "heavy = {'sympy', 'numpy', 'scipy', 'flint', 'lark', 'hypothesis', 'mpmath'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    "left",
    [
        ["^", ["^", ["^", ["+", "x", "1", "y"], 20], 20], 20],
        ["^", "x", 10**9],
        ["exp", ["*", str(10**9), ["log", "x"]]],
    ],
    ids=["tower", "power", "exponent"],
)
def test_a_certificate_that_would_take_hours_is_refused(left: Any) -> None:
    with pytest.raises(CertificateError, match="identity: a product of|power"):
        check_analysis({**IDENTITY, "left": left})
    with pytest.raises(CertificateError, match="power|point"):
        check_analysis({**POINT, "tree": ["^", "x", 10**9]})
