"""Hand-made certificates of false statements, each of which the checker must reject; most were accepted once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from semtheory.errors import CertificateError
from semtheory.logic.checker import check

Json = dict[str, Any]
CUTS = {"first": 0, "before": 0, "after": 0, "last": 0}
FAIR = {"p": [[[0], "1/2"], [[1], "1/2"]]}


def H(names: Any, given: Any = (), times: str = "1", **more: Any) -> Json:
    return {"times": times, "H": names, "given": list(given), **more}


def I(*parts: list[str], given: Any = (), times: str = "1", **more: Any) -> Json:  # noqa: E743
    return {"times": times, "I": list(parts), "given": list(given), **more}


ONE = {"times": "1", "constant": True}


def relation(left: list[Json], op: str, right: list[Json] | None = None, **more: Any) -> Json:
    return {"text": "?", "left": left, "op": op, "right": right or [], **more}


def shannon(claim: Json, givens: list[Json], lines: Any, **more: Any) -> Json:
    return {"schema": 1, "kind": "shannon", "statement": "?", "claim": claim, "givens": givens, "proof": {">=": lines}, **more}


def horizon(claim: Json, givens: list[Json], n: str = "n", cuts: Json = CUTS, **parts: Any) -> Json:
    proof = {"cuts": cuts, "potential": [], "global": [], "step": [], "boundary": [], **parts}
    return {"schema": 1, "kind": "horizon", "horizon": n, "statement": "?", "claim": claim, "givens": givens, "proof": {">=": proof}}


def law(claim: Json, givens: list[Json], names: Any, laws: Json, **more: Any) -> Json:
    return {"schema": 1, "kind": "counterexample", "statement": "?", "claim": claim, "givens": givens, "variables": names, "laws": laws, **more}


NO_ENTROPY = relation([H(["X"])], "<=")
ATTACKS: dict[str, Any] = {
    "nothing": {},
    "a list": [],
    "empty conjunction": {"schema": 1, "kind": "conjunction", "statement": "?", "parts": []},
    "nested conjunctions": None,
    "the entropy of another law": shannon(NO_ENTROPY, [relation([H(["X"], law="q")], "=")], [H(["X"], times="-1", assumption=1)]),
    "co-information can be negative": shannon(
        relation([I(["A"], ["B"])], "<="), [relation([I(["A"], ["B"]), I(["X"], ["Y"], ["Z"])], "=")], [I(["A"], ["B"], times="-1", assumption=1)]
    ),
    "two measures in one line": shannon(NO_ENTROPY, [relation([I(["A"], ["B"])], "=")], [{**I(["A"], ["B"], times="-1", assumption=1), "H": ["X"]}]),
    "a constant in a line": shannon(relation([ONE], "<="), [relation([I(["A"], ["B"])], "=")], [{**I(["A"], ["B"], times="-1", assumption=1), "constant": True}]),
    "co-information as a line": shannon(relation([I(["A"], ["B"], ["C"])], ">="), [], [I(["A"], ["B"], ["C"])]),
    "an empty range": shannon(NO_ENTROPY, [relation([H(["X"])], "=", **{"for": ["t", "1", "0"]})], [{"times": "-1", "assumption": 1, "at": "t"}]),
    "another empty range": shannon(NO_ENTROPY, [relation([H(["X"])], "=", **{"for": ["t", "6", "5"]})], [{"times": "-1", "assumption": 1, "at": "t+5"}]),
    "out of range": shannon(NO_ENTROPY, [relation([H(["X"])], "=", **{"for": ["t", "2", "5"]})], [{"times": "-1", "assumption": 1, "at": "1"}]),
    "empty at n = 1": horizon(
        relation([H(["S"])], "<="), [relation([H(["S"])], "=", **{"for": ["t", "2", "n"]})], cuts={**CUTS, "first": 1}, boundary=[{"times": "-1", "assumption": 1, "at": "n"}]
    ),
    "t runs in no boundary": horizon(
        relation([H(["S"])], "<="), [relation([H(["S"])], "=", **{"for": ["t", "2", "n"]})], cuts={**CUTS, "first": 1}, boundary=[{"times": "-1", "assumption": 1, "at": "t+1"}]
    ),
    "a free t in a sum over s": horizon(
        relation([H(["X[t:t]"], sum=["s", "1", "n"])], ">=", [H(["X[1:n]"])]), [], potential=[H(["X[1:t]"])], step=[I(["X[t:t]"], ["X[1:t-1]"])]
    ),
    "a sum over the horizon": horizon(relation([H(["X[n:n]"], sum=["n", "1", "n"])], "<="), []),
    "t as the horizon": horizon(relation([H(["X[1:t]"])], "<="), [], n="t", potential=[H(["X[1:t]"])]),
    "a sum in the potential": horizon(relation([H(["S"])], "<="), [], potential=[H(["X[t:t]"], sum=["s", "1", "n"])]),
    "n = 1 left out": horizon(relation([H(["X[1:1]", "X[n:n]"])], ">=", [H(["X[1:1]"])]), [], cuts={**CUTS, "first": 1, "last": 1}, boundary=[I(["X[n:n]"], ["X[n:n]"], given=["X[1:1]"])]),
    "a claim for a range": shannon(relation([H(["X"])], ">=", **{"for": ["t", "1", "n"]}), [], [H(["X"])]),
    "letters of a string as names": shannon(relation([H("XY")], "<=", [H(["X"]), H(["Y"])]), [], [I(["X"], ["Y"])]),
    "a negative multiplier": shannon(NO_ENTROPY, [], [H(["X"], times="-1")]),
    "a float": shannon(relation([H(["X"])], ">="), [], [{**H(["X"]), "times": 1.0}]),
    "a huge number": shannon(relation([H(["X"])], ">="), [], [H(["X"], times="1e999999999")]),
    "a zero denominator": shannon(relation([H(["X"])], ">="), [], [H(["X"], times="1/0")]),
    "an assumption times zero": shannon(NO_ENTROPY, [relation([H(["X"], times="0")], "=")], [H(["X"], times="-1", assumption=1)]),
    "assumption number true": shannon(NO_ENTROPY, [NO_ENTROPY], [{"times": "1", "assumption": True}]),
    "assumption number -1": shannon(NO_ENTROPY, [NO_ENTROPY], [{"times": "1", "assumption": -1}]),
    "overlapping sets": shannon(NO_ENTROPY, [relation([I(["X", "Y"], ["X"], given=["Y"])], "=")], [I(["X"], ["X"], times="-1", assumption=1)]),
    "less conditioning": shannon(relation([I(["X"], ["Z"])], "<="), [relation([I(["X"], ["Z"], given=["Y"])], "=")], [I(["X"], ["Z"], times="-1", assumption=1)]),
    "foreign conditioning": shannon(
        relation([I(["X"], ["Z"], given=["W"])], "<="), [relation([I(["X"], ["Z"])], "=")], [I(["X"], ["Z"], given=["W"], times="-1", assumption=1)]
    ),
    "the lemma of another name": shannon(NO_ENTROPY, [], [{"times": "1", "axiom": "mine", "with": {}}]),
    "a known lemma replaced": shannon(
        NO_ENTROPY, [], [{"times": "1", "axiom": "zhang-yeung", "with": {"A": ["X"]}}], lemmas={"zhang-yeung": [H(["A"], times="-1")]}
    ),
    "a law for no n": law(relation([H(["X[1:1]"])], "<="), [relation([H(["X[t:t]"])], "=", **{"for": ["t", "1", "n"]})], ["X_1"], FAIR),
    "a law at n = 0": law(relation([H(["X[1:1]"])], "<="), [relation([H(["X[t:t]"])], "=", **{"for": ["t", "1", "n"]})], ["X_1"], FAIR, n=0, horizon="n"),
    "a law at another horizon": law(relation([H(["X[1:1]"])], "<="), [relation([H(["X[t:t]"])], "=", **{"for": ["t", "1", "n"]})], ["X_1"], FAIR, n=3, horizon="m"),
    "a law against a claim for no time": law(relation([H(["X"])], "<=", **{"for": ["t", "1", "0"]}), [], ["X"], FAIR),
    "no law": law(relation([ONE], "<="), [], [], {}),
    "a law without a name": law(relation([H(["X"], law="")], "=", [ONE]), [], ["X"], {"": [[[0], "1"]]}),
    "probabilities that do not add to one": law(NO_ENTROPY, [], ["X"], {"p": [[[0], "1/2"], [[1], "1/3"]]}),
    "a negative probability": law(NO_ENTROPY, [], ["X"], {"p": [[[0], "3/2"], [[1], "-1/2"]]}),
    "an outcome twice": law(NO_ENTROPY, [], ["X"], {"p": [[[0], "1/2"], [[0], "1/2"]]}),
    "a name twice": law(NO_ENTROPY, [], ["X", "X"], {"p": [[[0, 1], "1/2"], [[1, 0], "1/2"]]}),
    "an assumption that the law does not meet": law(NO_ENTROPY, [relation([H(["X"])], "=")], ["X"], FAIR),
    "a law that does not violate": law(relation([H(["X"])], ">="), [], ["X"], FAIR),
}
deep: Any = {"schema": 1, "kind": "conjunction", "statement": "?", "parts": []}
for _ in range(400):
    deep = {"schema": 1, "kind": "conjunction", "statement": "?", "parts": [deep]}
ATTACKS["nested conjunctions"] = deep


@pytest.mark.parametrize("name", ATTACKS)
def test_rejected(name: str) -> None:
    with pytest.raises(CertificateError):
        check(json.loads(json.dumps(ATTACKS[name])))


def test_what_a_certificate_says_of_itself_is_not_repeated() -> None:
    lying = shannon(relation([H(["X"])], ">="), [], [I(["X"], ["X"])])
    lying["statement"] = lying["claim"]["text"] = "H(X) <= 0"
    assert check(lying)[0] == "claim: H(X) >= 0"


def test_logarithms_of_large_numbers_are_compared_without_factorising() -> None:
    big = (2**89 - 1) * (2**107 - 1)  # two primes, far too large for trial division
    entries = {"p": [[[0], f"1/{big}"], [[1], f"{big - 1}/{big}"]]}
    assert check(law(NO_ENTROPY, [], ["X"], entries))
    with pytest.raises(CertificateError, match="does not violate"):
        check(law(relation([H(["X"])], "=", [H(["X", "X"])]), [], ["X"], entries))
