"""Chapter LD: every theorem at its target, every variant refuted; numbers by another path than the provers'."""

from __future__ import annotations

import importlib
import itertools
import json
import math
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs.masked_diffusion.ld2_any_order import LD2, cost, enumerated, over_masks, over_orders
from proofs.masked_diffusion.ld3_steps_and_orders import LD3, LD3_EXACT, mds_share
from proofs.masked_diffusion.ld5_flow_along_an_order import flow, mass
from semtheory import Theorem
from semtheory.bounds import expected_masked_bound
from semtheory.logic.calculus import Identity
from semtheory.logic.checker import check
from semtheory.logic.verification import verify_theorem

MODULES = {
    "LD1": "ld1_elbo",
    "LD2": "ld2_any_order",
    "LD3": "ld3_steps_and_orders",
    "LD4": "ld4_parallel_unmasking",
    "LD5": "ld5_flow_along_an_order",
}


@pytest.mark.parametrize("name", MODULES)
def test_at_its_target(name: str) -> None:
    theorem = getattr(importlib.import_module(f"proofs.masked_diffusion.{MODULES[name]}"), name)
    assert isinstance(theorem, Theorem)
    report = verify_theorem(theorem)
    assert report.problems == ()
    assert report.level == report.target == "proved"
    for step in report.steps:
        assert check(json.loads(json.dumps(step.certificate)))
        assert step.examples > 0, step.claim
    assert all(variant.level == "refuted" for variant in report.variants)


def test_ld2_one_wrong_weight_is_refuted() -> None:
    wrong = over_masks(3) + cost(0, frozenset({1, 2})) / 1000
    assert Identity("one weight off by 1/1000", over_orders(3), wrong).decide().verdict == "refuted"
    assert enumerated(3).decide().verdict == "proved"
    assert any("L = 4" in claim.text for claim in LD2.claims)


def test_ld2_the_checker_does_the_algebra() -> None:
    """But for L = 1, which says c = c, no identity reaches the checker with both sides written alike."""
    for claim in [*(step.claim for step in LD2.steps), *LD2.claims]:
        if isinstance(claim, Identity):
            certificate = claim.decide().certificate
            assert certificate is not None
            alike = certificate["left"] == certificate["right"]
            assert alike == claim.text.startswith("L = 1:"), claim.text


def test_ld3_companion(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (LD3_EXACT.id, LD3_EXACT.target, LD3_EXACT.depends) == ("LD3.exact", "tested", ("LD3",))
    for claim in LD3_EXACT.claims:
        result = claim.decide(seed=1)  # type: ignore[union-attr]
        assert (result.verdict, result.tested > 0) == ("undecided", True), result.counterexample
    for variant in LD3_EXACT.variants:
        assert variant.statement.decide(seed=0).verdict == "refuted"  # type: ignore[union-attr]
    from semtheory.bounds import masked_diffusion

    right = masked_diffusion.mask_weight
    monkeypatch.setattr(
        masked_diffusion, "mask_weight", lambda length, masked, *a, **k: right(length, masked, *a, **k) * (1 + (masked == 1))
    )
    for claim in LD3_EXACT.claims:
        assert claim.decide(seed=1).verdict == "refuted"  # type: ignore[union-attr]


def test_ld3_numbers_of_the_code_and_of_the_network() -> None:
    assert float(mds_share(1)) == 1
    assert float(mds_share(2)) == pytest.approx(0.5769, abs=5e-5)
    assert float(mds_share(3)) == pytest.approx(0.5831, abs=5e-5)
    details = [variant.statement.decide().counterexample.describe() for variant in LD3.variants]  # type: ignore[union-attr]
    for number in ("2.39855", "2.16443", "2.08416"):
        assert number in details[0]
    assert "-2.197" in details[1]  # .211 - 2.408


def test_ld3_a_small_mds_code_through_the_public_function() -> None:
    """[4,2] code over 3 letters: any two tokens tell the rest; H = 2 log 3, and the share of the maximum 4 log 3."""
    joint = np.zeros((3,) * 4)
    for a, b in itertools.product(range(3), repeat=2):
        joint[a, b, (a + b) % 3, (a + 2 * b) % 3] = 1 / 9
    for steps in (1, 2, 3, 7):
        share = float(mds_share(steps, 4, 2))
        assert float(expected_masked_bound(joint, steps)) == pytest.approx(share * 4 * math.log(3), rel=1e-12)
    assert float(expected_masked_bound(joint)) == pytest.approx(2 * math.log(3), rel=1e-12)


@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(1, 9), min_size=16, max_size=16))
def test_ld4_and_ld5_by_enumeration(weights: list[int]) -> None:
    """S and three tokens, all bits: the cost of unmasking two at once, and the flow along every order."""
    total = sum(weights)
    joint = {key: Fraction(w, total) for key, w in zip(itertools.product((0, 1), repeat=4), weights, strict=True)}

    def law(axes: tuple[int, ...], at: tuple[int, ...]) -> Fraction:
        return sum((p for key, p in joint.items() if all(key[a] == at[a] for a in axes)), Fraction(0))

    def entropy(axes: tuple[int, ...]) -> float:
        cells = {tuple(key[a] for a in axes): law(axes, key) for key in joint}
        return -sum(float(p) * math.log(p) for p in cells.values())

    cost_now = sum(
        float(p) * math.log(law((0, 1, 2), key) * law((0,), key) / (law((0, 1), key) * law((0, 2), key)))
        for key, p in joint.items()
    )
    assert cost_now == pytest.approx(entropy((0, 1)) + entropy((0, 2)) - entropy((0, 1, 2)) - entropy((0,)), abs=1e-12)
    mean = []
    for order in itertools.permutations((1, 2, 3)):
        value = 0.0
        for key, p in joint.items():
            steps = [
                math.log(law((0, *order[: k + 1]), key) / law((0, *order[:k]), key))
                - math.log(law(order[: k + 1], key) / law(order[:k], key))
                for k in range(3)
            ]
            assert sum(steps) == pytest.approx(math.log(p / law((0,), key) / law((1, 2, 3), key)), abs=1e-11)
            value += float(p) * sum(steps)
        mean.append(value)
    assert max(mean) - min(mean) < 1e-11


def test_ld5_a_wrong_order_of_conditionals_is_refuted() -> None:
    facts = [mass(law, s) > 0 for law in "PQ" for s in ((0,), (1,), (0, 1))]
    broken = flow((0, 1)).subs(mass("P", (0,)), mass("P", (1,)) / 2)
    statement = Identity(
        "conditionals of another joint", broken, sympy.log(mass("P", (0, 1)) / mass("Q", (0, 1))), facts=facts
    )
    assert statement.decide().verdict == "proved"  # a marginal that cancels may be anything
    half = flow((0, 1)) - sympy.log(mass("P", (0,)))
    statement = Identity("a step left out", half, sympy.log(mass("P", (0, 1)) / mass("Q", (0, 1))), facts=facts)
    assert statement.decide().verdict == "refuted"


def test_the_model_and_the_bound_agree() -> None:
    """LLaDA's own exact bound, and that of its conditionals mask by mask."""
    torch = pytest.importorskip("torch")
    from semtheory.bounds import masked_diffusion_bound
    from semtheory.models import LLaDA

    model = LLaDA(3, 4, width=8, layers=1, heads=2, seed=1).double()
    tokens = (0, 2, 1, 1)

    def predict(revealed: tuple[int | None, ...]) -> list[list[float]]:
        symbols = torch.tensor([[model.mask if token is None else token for token in revealed]])
        with torch.no_grad():
            return model(symbols)[0].softmax(-1).tolist()  # type: ignore[no-any-return]

    found = model.likelihood_bound(torch.tensor(tokens))
    assert float(masked_diffusion_bound(predict, tokens)) == pytest.approx(float(found), rel=1e-9)
