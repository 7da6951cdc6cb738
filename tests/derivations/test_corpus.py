"""Every correct derivation is proved line by line; in every spoilt one the wrong line is named, and no correct line is."""

from __future__ import annotations

import pytest

from semtheory.derivations.checking import check_source
from semtheory.derivations.judging import Judge
from semtheory.derivations.source import Source
from tests.derivations.corpus import CORPUS, planted

NAMES = [entry[0] for entry in CORPUS]


@pytest.fixture(scope="module")
def judge():
    return Judge(suggest=False)


def test_the_corpus_is_large_enough():
    assert len(set(NAMES)) == len(NAMES)
    assert 2 * len(NAMES) >= 60


@pytest.mark.parametrize(("name", "suffix", "text", "error"), CORPUS, ids=NAMES)
def test_a_correct_derivation_is_proved(name, suffix, text, error, judge):
    checked = check_source(Source(name + suffix, text), judge)
    assert [(r.place.line, r.verdict, r.relation) for r in checked.relations if r.verdict != "proved"] == []
    assert checked.relations
    assert checked.exit_code == 0
    assert all(relation.method for relation in checked.relations)


@pytest.mark.parametrize(("name", "suffix", "text", "error"), CORPUS, ids=NAMES)
def test_the_planted_error_is_named(name, suffix, text, error, judge):
    spoilt, line = planted(text, *error)
    checked = check_source(Source(name + suffix, spoilt), judge)
    wrong = [relation for relation in checked.relations if relation.verdict == "refuted"]
    assert wrong[0].place.line == line
    # A wrong expression inside a chain also stands on the left of the next relation, and of no other.
    following = [relation.place.line for relation in checked.relations if relation.place.line > line]
    assert {relation.place.line for relation in wrong} <= {line, *following[:1]}
    assert checked.exit_code == 1
    assert all(relation.counterexample is not None for relation in wrong)
