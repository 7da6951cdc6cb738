"""Enclosures: balls on boxes, a Taylor argument at a zero; nothing that is not an exact True counts."""

from __future__ import annotations

import pytest
import sympy

from semtheory.errors import TheoremError
from semtheory.logic.checker_analysis import check_analysis
from semtheory.logic.enclosure import Enclosed
from semtheory.logic.evidence import level_of
from semtheory.logic.result import Deadline

x, y = sympy.symbols("x y")
log, exp = sympy.log, sympy.exp
COSH = (exp(x) + exp(-x)) / 2


def test_enclosed_is_a_level_of_its_own() -> None:
    result = Enclosed("e^{x^2/2} > cosh x on [1/2, 4]", exp(x**2 / 2) - COSH, {"x": ("1/2", 4)}).decide()
    assert result.verdict == "proved"
    assert level_of(result) == "enclosed"
    assert result.certificate is not None
    assert "redone" in check_analysis(result.certificate)[-1]


def test_a_zero_needs_the_taylor_argument() -> None:
    """x - 1 - log x vanishes at 1 to second order: no ball there, but f'' = 1/x^2 > 0."""
    f = x - 1 - log(x)
    assert Enclosed("strict", f, {"x": ("1/2", 2)}).decide(deadline=Deadline(10)).verdict == "refuted"
    assert Enclosed("at 1", f, {"x": ("1/2", 2)}, zero=1).decide().verdict == "proved"
    assert Enclosed("at 3/2", f, {"x": ("1/2", 2)}, zero="3/2").decide().verdict == "undecided"


def test_nearly_tight_constants_are_told_apart() -> None:
    f = x - 1 - log(x)
    eps = sympy.Rational(1, 10**5)
    assert Enclosed("above", f + eps, {"x": ("9/10", "11/10")}).decide().verdict == "proved"
    assert Enclosed("below", f - eps, {"x": ("9/10", "11/10")}).decide().verdict == "refuted"


def test_two_variables() -> None:
    f = 1 + x**2 + y**2 - 2 * x * y
    assert Enclosed("square", f, {"x": (-1, 1), "y": (-1, 1)}).decide().verdict == "proved"
    assert Enclosed("saddle", f - 2 * x**2, {"x": (-1, 1), "y": (-1, 1)}).decide().verdict == "refuted"


def test_an_undefined_value_is_no_proof() -> None:
    """log of a ball around 0 is nan, and every comparison with nan is False."""
    assert Enclosed("log", log(x) + 100, {"x": (-1, 1)}).decide(deadline=Deadline(10)).verdict != "proved"
    assert Enclosed("pole", 1 / x**2, {"x": (-1, 1)}).decide(deadline=Deadline(10)).verdict != "proved"


def test_the_precision_is_put_back() -> None:
    import flint

    before = flint.ctx.prec
    Enclosed("x > 0", x, {"x": (1, 2)}).decide()
    assert flint.ctx.prec == before


def test_floats_and_wrong_boxes_are_refused() -> None:
    with pytest.raises(TheoremError, match="float"):
        Enclosed("float", x, {"x": (0.1, 1)})
    with pytest.raises(TheoremError, match="box gives"):
        Enclosed("box", x + y, {"x": (0, 1)})
    with pytest.raises(TheoremError, match="one variable"):
        Enclosed("zero", x * y, {"x": (0, 1), "y": (0, 1)}, zero=0)
    for ends in ((2, 1), (2, 2)):
        with pytest.raises(TheoremError, match="empty or a point"):
            Enclosed("empty", x, {"x": ends})
    with pytest.raises(TheoremError, match="'1/0' is not a rational number"):
        Enclosed("no number", x, {"x": ("1/0", 2)})
    assert "power 100" in Enclosed("a high power", x**100, {"x": (1, 2)}).decide().note
