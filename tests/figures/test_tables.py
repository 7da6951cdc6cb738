"""Tables: every column has a unit and the same length; the CSV is the same for the same numbers."""

from __future__ import annotations

import csv
import io
import math

import pytest

from semtheory.drawing.tables import Table
from semtheory.errors import InputError


def test_csv_reads_back() -> None:
    table = Table({"a, b? no [1]".replace(",", ""): [1, 0.1], "source [name]": ["x, y", 'quo"te']})
    rows = list(csv.reader(io.StringIO(table.to_csv())))
    assert rows == [["a b? no [1]", "source [name]"], ["1", "x, y"], ["0.1", 'quo"te']]


def test_csv_forgets_the_last_digits_of_rounding_and_the_sign_of_zero() -> None:
    assert Table({"x [1]": [0.1 + 0.2, -0.0]}).to_csv() == Table({"x [1]": [0.3, 0.0]}).to_csv() == "x [1]\n0.3\n0\n"


def test_csv_keeps_what_is_no_number() -> None:
    assert Table({"x [1]": [math.nan, math.inf, -math.inf]}).to_csv() == "x [1]\nnan\ninf\n-inf\n"


def test_columns_and_rows() -> None:
    table = Table({"kind [name]": ["a", "b", "a"], "rate [bits]": [1, 2, 3]})
    assert table["rate"] == table["rate [bits]"] == [1, 2, 3]
    assert table.rows(kind="a")["rate"] == [1, 3]
    assert len(table.rows(kind="c")) == 0


@pytest.mark.parametrize("name", ["rate", "rate []", "[bits]", "rate[bits]", "a, b [1]", "rate [bits] more"])
def test_a_column_without_a_unit_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="unit"):
        Table({name: [1]})


def test_other_refusals() -> None:
    with pytest.raises(InputError, match="different lengths"):
        Table({"x [1]": [1], "y [1]": [1, 2]})
    with pytest.raises(InputError, match="without columns"):
        Table({})
    with pytest.raises(InputError, match="no column 'z'; there are x"):
        Table({"x [1]": [1]})["z"]
