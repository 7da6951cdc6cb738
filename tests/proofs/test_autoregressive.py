"""Chapter AR, first part: every theorem at its target, every variant refuted; each check must fail on what is broken."""

from __future__ import annotations

import importlib
import json
from typing import Any

import numpy as np
import pytest

from proofs.autoregressive import ar6_expressivity as ar6
from proofs.autoregressive.ar3_energy import descends, free_values
from proofs.autoregressive.ar4_nearest_pattern import AR4
from semtheory import Theorem
from semtheory.logic.checker import check
from semtheory.logic.verification import verify_theorem

MODULES = {
    "AR1": "ar1_attention",
    "AR2": "ar2_causality",
    "AR3": "ar3_energy",
    "AR4": "ar4_nearest_pattern",
    "AR5": "ar5_memory",
    "AR6": "ar6_expressivity",
}
PROVED = {"AR4", "AR5"}
NEED_TORCH = {"AR1", "AR2", "AR6"}


@pytest.mark.parametrize("name", MODULES)
def test_at_its_target(name: str) -> None:
    if name in NEED_TORCH:
        pytest.importorskip("torch")
    theorem = getattr(importlib.import_module(f"proofs.autoregressive.{MODULES[name]}"), name)
    assert isinstance(theorem, Theorem)
    report = verify_theorem(theorem)
    assert report.problems == ()
    assert report.level == report.target == ("proved" if name in PROVED else "tested")
    for step in report.steps:
        assert step.examples > 0, step.claim
        if step.certificate is not None:
            assert check(json.loads(json.dumps(step.certificate)))
    assert all(variant.level == "refuted" for variant in report.variants)


def test_ar4_numbers() -> None:
    found = " ".join(
        variant.statement.decide().counterexample.describe()  # type: ignore[union-attr]
        for variant in AR4.variants
    )
    for number in ("-8.61", "-5.30", "L = -0.0008", "L = 0.0008"):
        assert number in found


def test_ar1_fails_on_coefficients_that_are_off(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch")
    from proofs.autoregressive.ar1_attention import rebuilt
    from semtheory.models.transformer import Block

    case = (0, 3, 8, 2, 0)
    assert rebuilt(case) is None
    right = Block.coefficients

    def wrong(self: Any, s: Any, residual: bool) -> Any:
        found = right(self, s, residual)
        return type(found)(found.matrix * (1 + 1e-5), found.inputs, found.outputs)

    monkeypatch.setattr(Block, "coefficients", wrong)
    assert "relative difference" in str(rebuilt(case))


def test_ar2_fails_on_a_transformer_that_sees_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = pytest.importorskip("torch")
    from proofs.autoregressive.ar2_causality import causal
    from semtheory.models import transformer

    assert causal(("Transformer", 3, 4)) is None
    monkeypatch.setattr(
        transformer, "visible", lambda length, causal, like: torch.zeros(length, length, dtype=like.dtype)
    )
    assert "layer 1" in str(causal(("Transformer", 3, 4)))


def test_ar3_tied_values_do_not_cycle(monkeypatch: pytest.MonkeyPatch) -> None:
    import semtheory.measures

    assert "back at the start" in str(free_values((4, 10.0)))
    right = semtheory.measures.attention_update
    monkeypatch.setattr(semtheory.measures, "attention_update", lambda *args, values=None: right(*args))
    assert free_values((4, 10.0)) is None
    monkeypatch.setattr(semtheory.measures, "attention_update", lambda point, stored, beta, **_: 3 * point)
    assert descends((0, 3, 2, 1.0, 0.5)) is not None


def test_ar6_fails_with_the_wrong_offset() -> None:
    kernel = np.array([[[0.9, 0.1], [0.2, 0.8]], [[0.3, 0.7], [0.6, 0.4]]])
    tokens = [0, 1, 1, 0]
    laws = ar6.explicit(kernel, tokens)
    assert np.allclose(laws, [kernel[0, 1], kernel[1, 1], kernel[1, 0]], atol=1e-14)
    assert not np.allclose(laws, [kernel[1, 0], kernel[1, 1], kernel[0, 1]], atol=1e-3)


def test_ar6_a_zero_is_not_representable() -> None:
    with np.errstate(divide="ignore", invalid="ignore"):
        laws = ar6.explicit(np.array([[1.0, 0.0], [0.5, 0.5]]), [0, 1])
    assert not np.isfinite(laws).all()


def test_ar7_counts_steps_in_a_row() -> None:
    import numpy as np

    from proofs.autoregressive.ar7_markov_landscape import longest

    assert [longest(np.array(row, dtype=bool)) for row in ([], [0, 0], [1, 1, 0, 1], [0, 1, 1, 1], [1] * 5)] == [0, 0, 2, 3, 5]
