"""The comparisons of chapters GC, DI, RR and SF with independent numbers: they hold, and each fails when what it tests is broken."""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from semtheory import Theorem
from semtheory.logic.calculus import Sign
from semtheory.logic.tested import Tested
from semtheory.logic.verification import Options, verify_theorem
from semtheory.values import Value

MODULES = {
    "GC1.exact": "granger.gc1_transfer_entropy",
    "GC3.exact": "granger.gc3_geweke",
    "GC5": "granger.gc5_ladder",
    "GC5.exact": "granger.gc5_ladder",
    "DI7": "directed_information.di7_exact_recursion",
    "RR6": "posttraining.rr6_best_of_n",
    "RR6.exact": "posttraining.rr6_best_of_n",
    "SF3.exact": "inference.sf3_ville",
    "SF4.exact": "inference.sf4_optional_stopping",
    "SF7": "inference.sf7_price_of_learning",
}


def module(name: str) -> Any:
    return importlib.import_module(f"proofs.{MODULES[name]}")


def theorem(name: str) -> Theorem:
    found = getattr(module(name), name.replace(".exact", "_EXACT"))
    assert isinstance(found, Theorem)
    return found


def refuted(name: str) -> list[bool]:
    """Which of the comparisons of a theorem fail."""
    tested = [claim for claim in theorem(name).claims if isinstance(claim, Tested)]
    assert tested
    return [claim.decide().verdict == "refuted" for claim in tested]


@pytest.mark.parametrize("name", MODULES)
def test_every_claim_holds_and_every_variant_is_refuted(name: str) -> None:
    report = verify_theorem(theorem(name), Options(strict=True))
    assert report.ok, report.problems
    assert report.level == ("tested" if name.endswith(".exact") or name == "DI7" else "proved")


def test_a_constant_is_no_granger_causality(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("semtheory.measures.granger_causality", lambda *_, **__: Value.exact(0.123))
    assert refuted("GC1.exact") == [True, True, True]


def test_a_wrong_regression_refutes_no_variant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("semtheory.measures.granger.lagged_regression", lambda *_, **__: Value.exact(0.5))
    report = verify_theorem(module("GC1.exact").GC1)
    assert any("raised ArithmeticError" in problem for problem in report.problems)


def test_gewekes_directions_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    from semtheory.measures import geweke

    monkeypatch.setattr("semtheory.measures.geweke", lambda var, a, b: geweke(var, b, a))
    assert refuted("GC3.exact") == [True, True]


def test_setting_x_is_not_seeing_x() -> None:
    """An X that Y listens to has an effect; the two processes of GC5 have the flows and effects that they are there for."""
    gc5 = module("GC5")
    listening = gc5.Process("", {"X": gc5.coin(Fraction(1, 2)), "Y": gc5.copy("X", 1, Fraction(0))})
    seen = {
        name: (gc5.flow(process.law(3), 3, False).sign(), gc5.has_effect(process, 3))
        for name, process in (("listening", listening), ("common", gc5.COMMON), ("echo", gc5.ECHO))
    }
    assert seen == {"listening": (1, True), "common": (1, False), "echo": (0, True)}
    assert gc5.flow_implies_effect(listening) is None
    assert gc5.effect_implies_flow(listening) is None


@pytest.mark.parametrize(
    "change", [lambda x: x.mean() + 0.4 * (x - x.mean()), lambda x: x.mean() + 2.5 * (x - x.mean()), lambda x: 1.03 * x]
)
def test_intervals_too_narrow_too_wide_or_off_are_noticed(
    monkeypatch: pytest.MonkeyPatch, change: Callable[[Any], Any]
) -> None:
    from semtheory.measures import sampling

    paths = sampling._paths
    monkeypatch.setattr(sampling, "_paths", lambda *arguments: change(paths(*arguments)))
    coverage = theorem("DI7").claims[-1]
    assert isinstance(coverage, Tested)
    assert coverage.decide().verdict == "refuted"


def test_ties_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("semtheory.measures.best_of._ranks", lambda reward, size: list(range(size)))
    assert refuted("RR6.exact") == [True, False]  # the published values are of answers without ties


def test_an_atom_is_strict_only_for_different_slopes() -> None:
    rr6 = module("RR6")
    A, p, q, d, g, h = rr6.A, rr6.p, rr6.q, rr6.d, rr6.g, rr6.h
    facts = [A > 0, p > 0, q > 0, d >= 0, g >= 0, h >= 0]
    assert Sign("d = 0 allowed", rr6.strictly.function, facts=facts, relation=">").decide().verdict == "refuted"


def test_the_least_flow_is_over_all_times(monkeypatch: pytest.MonkeyPatch) -> None:
    from semtheory.measures.semantic import SemanticFlow

    ville = SemanticFlow.ville
    monkeypatch.setattr(
        SemanticFlow, "ville", lambda self, a: ville(dataclasses.replace(self, flow=self.flow[:, [0, -1]]), a)
    )
    assert refuted("SF3.exact") == [False, True, False]


def test_a_rule_that_looks_ahead_is_no_stopping_time(monkeypatch: pytest.MonkeyPatch) -> None:
    sf4 = module("SF4.exact")
    stopped = sf4.stopped

    def ahead(flow: Any, rule: int) -> Any:
        if rule in (0, -1):
            return stopped(flow, rule)
        return {(s, u): min((u[:t] for t in range(4)), key=lambda v: flow.ratio(s, v)) for s, u in flow.joint}

    monkeypatch.setattr(sf4, "stopped", ahead)
    assert sf4.stopping(sf4.LONGER) is not None


def test_deviations_are_from_the_drift(monkeypatch: pytest.MonkeyPatch) -> None:
    from semtheory.measures.semantic import SemanticFlow

    below = SemanticFlow._below
    monkeypatch.setattr(
        SemanticFlow, "_below", lambda self, x: below(dataclasses.replace(self, drift=0 * self.drift), x)
    )
    assert refuted("SF4.exact") == [False, True, True]
