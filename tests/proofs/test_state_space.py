"""Chapter SS: every step and claim proved, every variant refuted, certificates accepted, and the numbers of the false forms."""

from __future__ import annotations

import importlib
import json
import math

import pytest

from semtheory import Claim, Theorem
from semtheory.logic.checker import check

MODULES = {
    "SS1": "ss1_zero_order_hold",
    "SS2": "ss2_unrolled",
    "SS3": "ss3_duality",
    "SS4": "ss4_scan",
    "SS5": "ss5_memory",
}


def theorem(name: str, module: str) -> Theorem:
    found = getattr(importlib.import_module(f"proofs.state_space.{module}"), name)
    assert isinstance(found, Theorem)
    return found


@pytest.mark.parametrize("name", MODULES)
def test_every_step_and_claim_is_proved(name: str) -> None:
    found = theorem(name, MODULES[name])
    for claim in [*(step.claim for step in found.steps), *found.claims]:
        statement = claim.statement() if isinstance(claim, Claim) else claim
        result = statement.decide(seed=0)
        assert result.verdict == "proved", f"{statement.text}: {result.note}"
        assert check(json.loads(json.dumps(result.certificate)))


@pytest.mark.parametrize("name", MODULES)
def test_every_variant_is_refuted(name: str) -> None:
    for variant in theorem(name, MODULES[name]).variants:
        statement = variant.statement
        result = (statement.statement() if isinstance(statement, Claim) else statement).decide(seed=0)
        assert result.verdict == "refuted", f"{variant.why}: {result.verdict}"
        assert result.counterexample is not None
        assert check(json.loads(json.dumps(result.counterexample.to_json())))


@pytest.mark.parametrize("name", MODULES)
def test_assumptions_are_needed(name: str) -> None:
    for claim in theorem(name, MODULES[name]).claims:
        for given in claim.given if isinstance(claim, Claim) else ():
            assert claim.statement(dropped=given).decide(seed=0).verdict == "refuted", given.text  # type: ignore[union-attr]


def test_the_code_agrees() -> None:
    pytest.importorskip("torch")
    found = theorem("SS3B", "ss3b_code")
    assert found.target == "tested"
    for claim in found.claims:
        assert not isinstance(claim, Claim)
        result = claim.decide(seed=1)
        assert (result.verdict, "instances compared" in result.method) == ("undecided", True), claim.text
    for variant in found.variants:
        assert not isinstance(variant.statement, Claim)
        assert variant.statement.decide(seed=0).verdict == "refuted", variant.why


def test_ss5_companion(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch")
    found = theorem("SS5_EXACT", "ss5_memory")
    assert (found.id, found.target, found.depends) == ("SS5.exact", "tested", ("SS5",))
    for claim in found.claims:
        result = claim.decide(seed=1)  # type: ignore[union-attr]
        assert (result.verdict, result.tested > 0) == ("undecided", True), result.counterexample
    for variant in found.variants:
        assert variant.statement.decide(seed=0).verdict == "refuted", variant.why  # type: ignore[union-attr]
    from semtheory.models import state_space

    right = state_space.scan
    monkeypatch.setattr(state_space, "scan", lambda decay, *a: right(decay**1.01, *a))
    assert found.claims[0].decide(seed=1).verdict == "refuted"  # type: ignore[union-attr]


def test_ss3_the_checker_does_the_algebra() -> None:
    """No identity reaches the checker with both sides written alike."""
    from semtheory.logic.calculus import Identity

    for claim in theorem("SS3", MODULES["SS3"]).claims:
        if isinstance(claim, Identity):
            certificate = claim.decide(seed=0).certificate
            assert certificate is not None
            assert certificate["left"] != certificate["right"], claim.text


def test_number_of_ss5_slope_under_selection() -> None:
    step = 1e-6

    def state(x: float) -> float:  # h_{j-1} = 10, Abar = sigmoid, Bbar = 1
        return 10 / (1 + math.exp(-x)) + x

    assert (state(step) - state(-step)) / (2 * step) == pytest.approx(3.5, abs=1e-8)


def test_a_permanent_is_not_a_minor() -> None:
    """Must fail: with the signs of Leibniz's sum dropped, minors of order N + 1 do not cancel."""
    import sympy

    from proofs.state_space.ss3_duality import minor
    from semtheory.logic.calculus import Identity

    terms = minor(3, 2).as_ordered_terms()
    unsigned = sum((-term if term.could_extract_minus_sign() else term for term in terms), sympy.Integer(0))
    assert Identity("permanent", unsigned, sympy.Integer(0)).decide(seed=0).verdict == "refuted"
    assert len(terms) == 6


def test_the_code_fails_on_numbers_that_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """A NaN is smaller than nothing and larger than nothing: no comparison may take it for agreement."""
    pytest.importorskip("torch")
    from proofs.state_space import ss3b_code as code

    # As the claims find them: a test that hides torch may have left another module as an attribute of the package.
    names = ("semtheory.models", "semtheory.models.layers", "semtheory.models.state_space", "semtheory.models.base")
    models, layers, state_space, base = (importlib.import_module(name) for name in names)
    case = ("Mamba2", "exact", 3)
    ssd, scan, hold = models.ssd, models.selective_scan, state_space.zero_order_hold
    matrix = state_space.matrix_zero_order_hold

    def last(form: str) -> object:
        return lambda *args, **named: (math.nan if named["form"] == form else 1.0) * ssd(*args, **named)

    with monkeypatch.context() as patch:
        patch.setattr(models, "ssd", last("chunked"))
        assert code.forms_agree(0)
    with monkeypatch.context() as patch:
        patch.setattr(
            models,
            "selective_scan",
            lambda *args, **named: (math.nan if named["form"] == "associative" else 1.0) * scan(*args, **named),
        )
        assert code.scans_agree((0, "exact"))
    with monkeypatch.context() as patch:
        patch.setattr(state_space, "zero_order_hold", lambda *args: (hold(*args)[0], math.nan))
        assert code.hold_is_exact((0.5, -1.0, 2.0))
    with monkeypatch.context() as patch:
        patch.setattr(state_space, "matrix_zero_order_hold", lambda *args: [math.nan * part for part in matrix(*args)])
        assert code.matrix_hold_is_series(0)
    with monkeypatch.context() as patch:
        errors = iter([0.0, math.nan])
        patch.setattr(base.Coefficients, "error", lambda _self: next(errors))
        assert code.coefficients_rebuild(case)
    for wrong in (lambda y: y * math.nan, lambda y: y + 1e-6 * y.flip(1)):
        with monkeypatch.context() as patch:
            right = layers.Block.apply
            patch.setattr(layers.Block, "apply", lambda *args, right=right, wrong=wrong: wrong(right(*args)))
            assert code.compiled_agrees(case)


def test_ar2_looks_at_the_compiled_form(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch")
    from proofs.autoregressive import ar2_causality

    layers = importlib.import_module("semtheory.models.layers")
    right = layers.Block.apply
    monkeypatch.setattr(layers.Block, "apply", lambda *args: right(*args) + 1e-6 * right(*args).flip(1))
    assert "compiled" in str(ar2_causality.causal(("Mamba", 0, 6)))
