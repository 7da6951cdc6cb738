"""Cone membership is exact both ways, also where floating point cannot tell."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from semtheory.logic.cone import (
    Column,
    Combination,
    Separator,
    _exact_by_column_generation,
    _separates,
    decompose,
)
from semtheory.logic.result import Deadline

values = st.integers(-3, 3).map(Fraction)


@st.composite
def problems(draw: Any) -> tuple[list[Column], dict[Any, Fraction]]:
    rows = draw(st.integers(1, 5))
    vectors = st.dictionaries(st.integers(0, rows - 1), values.filter(bool), min_size=1)
    columns = [Column(k, draw(vectors), draw(st.booleans())) for k in range(draw(st.integers(1, 8)))]
    return columns, draw(st.dictionaries(st.integers(0, rows - 1), values))


def verify(columns: list[Column], target: dict[Any, Fraction], answer: object) -> None:
    if isinstance(answer, Combination):
        total: dict[Any, Fraction] = {}
        for column, times in answer.terms:
            assert column.free or times > 0
            for key, value in column.entries.items():
                total[key] = total.get(key, Fraction(0)) + times * value
        assert {k: v for k, v in target.items() if v} == {k: v for k, v in total.items() if v}
    else:
        assert isinstance(answer, Separator)
        assert _separates(answer.values, columns, target)


@settings(max_examples=150, deadline=None)
@given(problems())
def test_both_answers_are_exact_and_the_two_ways_agree(problem: tuple[list[Column], dict[Any, Fraction]]) -> None:
    columns, target = problem
    fast = decompose(columns, target)
    verify(columns, target, fast)
    slow = _exact_by_column_generation(columns, {k: v for k, v in target.items() if v}, [], Deadline())
    if any(target.values()):
        verify(columns, target, slow)
        assert type(slow) is type(fast)


def test_a_trillionth_is_not_lost() -> None:
    tiny = Fraction(1, 10**12)
    columns = [Column("a", {0: Fraction(1), 1: Fraction(1)}), Column("b", {0: Fraction(1)})]
    inside = decompose(columns, {0: 1 + tiny, 1: Fraction(1)})
    outside = decompose(columns, {0: 1 - tiny, 1: Fraction(1)})
    assert isinstance(inside, Combination)
    assert {"a": Fraction(1), "b": tiny} == {column.tag: times for column, times in inside.terms}
    assert isinstance(outside, Separator)
    verify(columns, {0: 1 - tiny, 1: Fraction(1)}, outside)
