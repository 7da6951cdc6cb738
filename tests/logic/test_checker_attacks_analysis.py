"""Hand-made analytic certificates of false or meaningless statements; the checker must reject each.

Left out, because they are true as stated: a uniform law as reference, log((-1)(-1)) = 0 and x^0 = 1.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from semtheory.errors import CertificateError
from semtheory.logic.checker import check


def enclosed(function: Any) -> Any:
    return {"schema": 1, "kind": "enclosure", "function": function, "box": {"x": ["1", "2"]}, "parts": [[["1", "2"]]]}


def summed(term: Any, **more: Any) -> Any:
    head = {"schema": 1, "kind": "calculus", "rule": "evident", "relation": ">", "function": "S", "shown": "S"}
    return {**head, "sums": {"S": term}, "point": ["a"], **more}


ATTACKS: dict[str, Any] = {
    "minus taken as times": enclosed(["-", "x", "5"]),
    "a quotient taken as a product": enclosed(["/", "x", "-1/5"]),
    "an unknown operation": enclosed(["max", "x", "-5"]),
    "log of two parts": enclosed(["log", ["+", "x", "1"], "x"]),
    "exp of two parts": enclosed(["exp", "x", "x"]),
    "a power of three parts": enclosed(["^", "x", 2, 3]),
    "an end that is no number": {**enclosed("x"), "box": {"x": ["1", "2e0"]}, "parts": [[["1", "2e0"]]]},
    "a point with an unknown operation": {
        "schema": 1,
        "kind": "point",
        "values": {"x": "1"},
        "witness": {"x": "1"},
        "tree": ["-", "x", "-1"],
        "relation": ">=",
    },
    "an unknown operation in a sum": summed(["-", "1", "2"]),
    "a sum of what may be undefined": summed(["exp", ["log", "a"]]),
    "a fact on a sum": summed(["*", "-1", ["^", "a", 2]], facts=[["S", ">"]], witness={"S": "1"}),
    "the derivative of what is undefined": {
        "schema": 1,
        "kind": "calculus",
        "rule": "derivative",
        "variable": "x",
        "function": ["^", ["log", "x"], 0],
        "result": "0",
    },
    "a fact on a mean that no law meets": {
        "schema": 1,
        "kind": "expectation",
        "laws": {"p": "X"},
        "true": ["p"],
        "point": ["x"],
        "means": {"U": ["^", "x", 2]},
        "facts": [[["*", "-1", "U"], ">"]],
        "witness": {"U": "-1"},
        "instance": {"weights": ["1/2", "1/2"], "values": [{"x": "1"}, {"x": "-1"}]},
        "integrand": ["*", "-1", ["^", "x", 2]],
        "relation": ">=",
        "rows": [{"rule": "zero-mean", "mean": "U", "multiplier": "-1"}, {"rule": "pointwise", "tree": ["*", "-1", "U"]}],
    },
    "-1/(x-1) > 0 for x>1": {
        "schema": 1,
        "kind": "calculus",
        "statement": "?",
        "rule": "evident",
        "function": ["*", "-1", ["^", ["+", "x", "-1"], -1]],
        "shown": ["*", "-1", ["^", ["+", "x", "-1"], -1]],
        "relation": ">",
        "facts": [[["+", "x", "-1"], ">"]],
        "witness": {"x": "2"},
    },
    "sum -1/(x-1)+... ": {
        "schema": 1,
        "kind": "calculus",
        "statement": "?",
        "rule": "evident",
        "function": ["+", ["*", "-1", ["^", ["+", "x", "-1"], -1]], "-1"],
        "shown": ["+", ["*", "-1", ["^", ["+", "x", "-1"], -1]], "-1"],
        "relation": ">",
        "facts": [[["+", "x", "-1"], ">"]],
        "witness": {"x": "2"},
    },
    "lemma at replaces number: -1>0": {
        "schema": 1,
        "kind": "calculus",
        "statement": "?",
        "rule": "evident",
        "function": ["+", "-1", "0"],
        "shown": ["+", "-1", "0"],
        "relation": ">",
        "lemmas": [
            {
                "certificate": {
                    "schema": 1,
                    "kind": "calculus",
                    "statement": "?",
                    "rule": "evident",
                    "function": "1",
                    "shown": "1",
                    "relation": ">",
                },
                "at": {"1": "-1"},
            }
        ],
    },
    "relation < with 1": {
        "schema": 1,
        "kind": "calculus",
        "statement": "?",
        "rule": "evident",
        "function": "1",
        "shown": "1",
        "relation": "<",
    },
    "relation = with 1": {
        "schema": 1,
        "kind": "calculus",
        "statement": "?",
        "rule": "evident",
        "function": "1",
        "shown": "1",
        "relation": "=",
    },
    "variable named 1": {
        "schema": 1,
        "kind": "calculus",
        "statement": "?",
        "rule": "monotone",
        "function": ["+", ["*", "-3", "1"], ["*", "2", ["^", "1", 2]]],
        "variable": "1",
        "at": "0",
        "start": "0",
        "direction": "up",
        "slope": "1",
    },
    "sum named -1": {
        "schema": 1,
        "kind": "calculus",
        "statement": "?",
        "rule": "termwise",
        "sums": {"-1": "5"},
        "function": "-1",
        "shown": "5",
    },
    "domain hidden in a sum": {
        "schema": 1,
        "kind": "calculus",
        "statement": "?",
        "rule": "minimum",
        "function": ["+", ["*", "1/4", ["^", "x", 4]], ["*", "-2", ["^", "x", 2]]],
        "variable": "x",
        "at": "0",
        "sums": {"N": "1", "S": ["^", "x", 2]},
        "facts": [[["+", "S", ["*", "-4", "N"]], ">="]],
        "witness": {"S": "4", "N": "1"},
        "lemmas": [
            {
                "certificate": {
                    "schema": 1,
                    "kind": "calculus",
                    "statement": "?",
                    "rule": "termwise",
                    "sums": {"N": "1", "S": ["^", "x", 2]},
                    "function": ["+", ["*", "N", ["^", "x", 2]], ["*", "-1", "S"]],
                    "shown": "0",
                },
                "at": {},
            }
        ],
        "factor": [
            "+",
            ["*", ["^", "N", -1], ["+", ["*", "N", ["^", "x", 2]], ["*", "-1", "S"]]],
            ["*", ["^", "N", -1], ["+", "S", ["*", "-4", "N"]]],
        ],
    },
    "lemma: constant becomes varying": {
        "schema": 1,
        "kind": "calculus",
        "statement": "?",
        "rule": "evident",
        "sums": {"S": ["*", "v", "x"], "X": "x"},
        "point": ["x", "v"],
        "function": ["+", "S", ["*", "-1", ["*", "v", "X"]]],
        "shown": ["+", "S", ["*", "-1", ["*", "v", "X"]]],
        "relation": ">=",
        "lemmas": [
            {
                "certificate": {
                    "schema": 1,
                    "kind": "calculus",
                    "statement": "?",
                    "rule": "termwise",
                    "sums": {"S": ["*", "c", "x"], "X": "x"},
                    "point": ["x"],
                    "function": ["+", "S", ["*", "-1", ["*", "c", "X"]]],
                    "shown": "0",
                },
                "at": {"c": "v"},
            }
        ],
    },
    "law named -1": {
        "schema": 1,
        "kind": "expectation",
        "statement": "?",
        "relation": ">=",
        "laws": {"p": "X", "-1": "X"},
        "true": ["p"],
        "integrand": ["+", "-1", "0"],
        "rows": [{"rule": "pointwise", "tree": ["+", "-1", "0"]}],
    },
    "normaliser of kernel weight constant": {
        "schema": 1,
        "kind": "expectation",
        "statement": "?",
        "relation": ">=",
        "laws": {"p": "X", "k": "Y|X"},
        "true": ["p", "k"],
        "normalisers": {"Z": ["k", "X"]},
        "integrand": ["+", "1", ["*", "-1", ["*", ["*", "k", ["^", "Z", -1]], ["^", "p", -1]]]],
        "rows": [{"rule": "mass", "of": "p", "reference": {"normaliser": "Z"}}],
    },
    "negative cell factor": {
        "schema": 1,
        "kind": "expectation",
        "statement": "?",
        "relation": ">=",
        "laws": {"p": "X"},
        "true": ["p"],
        "cells": {
            "C": {
                "of": "X",
                "base": "1",
                "parts": [{"weight": "1", "values": {"c": "2"}}, {"weight": "1", "values": {"c": "-1"}}],
            }
        },
        "integrand": ["+", "1", ["*", "-1", ["*", "c", ["^", "p", -1]]]],
        "rows": [{"rule": "mass", "of": "p", "reference": {"cells": "C", "factor": "c"}}],
    },
    "negative cell weight": {
        "schema": 1,
        "kind": "expectation",
        "statement": "?",
        "relation": ">=",
        "laws": {"p": "X"},
        "true": ["p"],
        "cells": {
            "C": {
                "of": "X",
                "base": "1",
                "parts": [{"weight": "-1", "values": {"c": "1"}}, {"weight": "2", "values": {"c": "1"}}],
            }
        },
        "integrand": ["+", "1", ["*", "-1", ["*", "c", ["^", "p", -1]]]],
        "rows": [{"rule": "mass", "of": "p", "reference": {"cells": "C", "factor": "c"}}],
    },
    "facts contradict a law: p>2": {
        "schema": 1,
        "kind": "expectation",
        "statement": "?",
        "relation": ">=",
        "laws": {"p": "X"},
        "true": ["p"],
        "facts": [[["+", "p", "-2"], ">"]],
        "witness": {"p": "3"},
        "integrand": ["+", "p", "-2"],
        "rows": [{"rule": "pointwise", "tree": ["+", "p", "-2"]}],
    },
    "facts contradict a normaliser": {
        "schema": 1,
        "kind": "expectation",
        "statement": "?",
        "relation": ">=",
        "laws": {"p": "X"},
        "true": ["p"],
        "normalisers": {"Z": ["p", "X"]},
        "facts": [[["+", "Z", "-2"], ">"]],
        "witness": {"Z": "3"},
        "integrand": ["+", "Z", "-2"],
        "rows": [{"rule": "pointwise", "tree": ["+", "Z", "-2"]}],
    },
    "attained elsewhere": {
        "schema": 1,
        "kind": "expectation",
        "statement": "?",
        "relation": ">=",
        "laws": {"p": "X"},
        "true": ["p"],
        "point": ["x", "y"],
        "integrand": ["+", ["^", "x", 2], ["^", "y", 2]],
        "rows": [{"rule": "pointwise", "tree": ["^", "x", 2]}, {"rule": "pointwise", "tree": ["^", "y", 2]}],
        "equality": {"row": 0, "left": "x", "right": "0", "unit": "1", "attained": {"x": "0", "y": "0"}},
    },
    "point with number as name": {
        "schema": 1,
        "kind": "point",
        "relation": ">",
        "tree": "1",
        "values": {"1": "-1"},
        "witness": {"1": "-1"},
    },
    "sum term with fact on sum: S<0 of positive": {
        "schema": 1,
        "kind": "calculus",
        "statement": "?",
        "rule": "evident",
        "sums": {"S": ["^", "x", 2]},
        "point": ["x"],
        "facts": [[["*", "-1", "S"], ">"]],
        "witness": {"S": "-1"},
        "function": "-1",
        "shown": ["*", ["*", "-1", "S"], ["^", "S", -1]],
        "relation": ">=",
    },
    "two true laws one type": {
        "schema": 1,
        "kind": "expectation",
        "statement": "?",
        "relation": ">=",
        "laws": {"p": "X", "q": "X"},
        "true": ["p", "q"],
        "integrand": ["+", ["log", "p"], ["*", "-1", ["log", "q"]]],
        "rows": [{"rule": "gibbs", "of": "p", "reference": {"law": "q"}}],
    },
    "gibbs under q (D other way)": {
        "schema": 1,
        "kind": "expectation",
        "statement": "?",
        "relation": ">=",
        "laws": {"p": "X", "q": "X"},
        "true": ["p", "q"],
        "integrand": ["+", ["log", "q"], ["*", "-1", ["log", "p"]]],
        "rows": [{"rule": "gibbs", "of": "q", "reference": {"law": "p"}}],
    },
    "lemma varying in expectation": {
        "schema": 1,
        "kind": "expectation",
        "statement": "?",
        "relation": ">=",
        "laws": {"p": "X"},
        "true": ["p"],
        "point": ["x", "v"],
        "sums": {"S": ["*", "v", "x"], "X": "x"},
        "integrand": ["+", "S", ["*", "-1", ["*", "v", "X"]]],
        "rows": [{"rule": "pointwise", "tree": ["+", "S", ["*", "-1", ["*", "v", "X"]]]}],
        "lemmas": [
            {
                "certificate": {
                    "schema": 1,
                    "kind": "calculus",
                    "statement": "?",
                    "rule": "termwise",
                    "sums": {"S": ["*", "c", "x"], "X": "x"},
                    "point": ["x"],
                    "function": ["+", "S", ["*", "-1", ["*", "c", "X"]]],
                    "shown": "0",
                },
                "at": {"c": "v"},
            }
        ],
    },
    "derivative: sum over point variable": {
        "schema": 1,
        "kind": "calculus",
        "statement": "?",
        "rule": "derivative",
        "function": "S",
        "variable": "x",
        "sums": {"S": "x", "N": "1"},
        "point": ["x"],
        "derivatives": {"S": "N"},
        "result": "N",
    },
    "0*log(-1)": {"schema": 1, "kind": "identity", "left": ["*", "0", ["log", "-1"]], "right": "0"},
    "x/x=1": {"schema": 1, "kind": "identity", "left": ["*", "x", ["^", "x", -1]], "right": "1"},
    "opaque log sign flip": {
        "schema": 1,
        "kind": "identity",
        "facts": [[["+", "x", "-1"], ">"], ["y", ">"]],
        "witness": {"x": "2", "y": "1"},
        "left": ["log", ["+", ["^", ["+", "x", "-1"], -1], "1"]],
        "right": ["+", ["log", "x"], ["*", "-1", ["log", ["+", "1", ["*", "-1", "x"]]]]],
    },
}


@pytest.mark.parametrize("name", ATTACKS)
def test_rejected(name: str) -> None:
    with pytest.raises(CertificateError):
        check(json.loads(json.dumps(ATTACKS[name])))
