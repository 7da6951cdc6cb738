from itertools import product

import pytest

from semtheory.errors import TheoremError
from semtheory.logic.evidence import LEVELS, MEANING, at_least, level_of, require_target, weakest
from semtheory.logic.result import Result
from tests.logic.fakes import Fake, shannon_certificate


def test_the_order_is_that_of_the_theory():
    assert LEVELS == ("proved", "enclosed", "tested", "observed", "cited", "undecided", "refuted")
    assert set(MEANING) == set(LEVELS)


@pytest.mark.parametrize(("first", "second"), list(product(LEVELS, LEVELS)))
def test_weakest_and_at_least_agree(first, second):
    assert weakest([first, second]) == (second if at_least(first, second) else first)
    assert weakest([first, second]) == weakest([second, first])


def test_nothing_shown_is_undecided():
    assert weakest([]) == "undecided"


@pytest.mark.parametrize("target", ["undecided", "refuted", "Proved", ""])
def test_a_target_must_be_worth_reaching(target):
    with pytest.raises(TheoremError, match="expected one of proved, enclosed, tested, observed, cited"):
        require_target(target)


def test_level_of_each_kind_of_answer():
    assert level_of(Fake().decide()) == "proved"
    assert level_of(Fake(cited=("a lemma",)).decide()) == "cited"
    assert level_of(Fake(verdict="undecided").decide()) == "undecided"
    assert level_of(Fake(verdict="refuted").decide()) == "refuted"
    enclosed = {**shannon_certificate("s"), "kind": "enclosure"}
    assert level_of(Result("proved", "s", "balls", enclosed)) == "enclosed"
