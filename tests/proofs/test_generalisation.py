"""Chapter GE: every statement proved or compared with instances, every variant refuted, and the statement left open stays open."""

from __future__ import annotations

import importlib
import json

import pytest

from semtheory import Claim, Theorem
from semtheory.logic.checker import check
from semtheory.logic.tested import Tested

MODULES = {
    "GE1": "ge1_loss_constants",
    "GE2": "ge2_concentration",
    "GE2b": "ge2b_contraction",
    "GE2c": "ge2c_symmetrisation",
    "GE3": "ge3_logit_bound",
    "GE4": "ge4_dependent_tokens",
    "GE5": "ge5_pac_bayes",
    "GE6": "ge6_information",
    "GE7": "ge7_occam",
}


def theorems(name: str) -> list[Theorem]:
    found = importlib.import_module(f"proofs.generalisation.{MODULES[name]}")
    return [value for value in vars(found).values() if isinstance(value, Theorem)]


@pytest.mark.parametrize("name", MODULES)
def test_steps_and_claims(name: str) -> None:
    assert [theorem.id for theorem in theorems(name)] == [name, f"{name}.exact"][: 1 if name == "GE1" else 2]
    for theorem in theorems(name):
        assert theorem.target == ("tested" if theorem.id.endswith("exact") else "proved")
        for claim in [*(step.claim for step in theorem.steps), *theorem.claims]:
            assert not isinstance(claim, Claim)
            result = claim.decide(seed=0)
            if theorem.target == "tested":
                assert isinstance(claim, Tested)
                assert result.verdict == "undecided", f"{claim.text}: {result.counterexample}"
                assert result.tested > 0, claim.text
                continue
            assert result.verdict == "proved", f"{claim.text}: {result.note}"
            assert result.certificate is not None
            assert check(json.loads(json.dumps(result.certificate)))
            assert claim.shadow(seed=1, examples=10) > 0, claim.text  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", MODULES)
def test_every_variant_is_refuted(name: str) -> None:
    for variant in (variant for theorem in theorems(name) for variant in theorem.variants):
        assert not isinstance(variant.statement, Claim)
        result = variant.statement.decide(seed=0)
        assert result.verdict == "refuted", f"{variant.statement.text}: {result.note}"
        assert result.counterexample is not None


def test_the_constant_two_root_two_stays_undecided() -> None:
    from proofs.generalisation.ge3_logit_bound import GE3, open_constant

    result = open_constant.decide(seed=0)
    assert (result.verdict, result.certificate, result.counterexample) == ("undecided", None, None)
    assert result.tested > 0
    assert open_constant not in GE3.claims


def test_published_numbers_in_the_counterexamples() -> None:
    from proofs.generalisation.ge3_logit_bound import failures_with, memorisers
    from proofs.generalisation.ge4_dependent_tokens import sticky_mean

    assert sticky_mean(0.0) == "probability 0.436, bound 0.0006"
    assert "with probability 1" in str(failures_with(0, 0.2)(memorisers(8, 4)))


def test_the_gibbs_identity_needs_its_kernel_and_equal_marginals() -> None:
    from proofs.generalisation.ge6_information import GE6_EXACT, VALUES, gibbs_identity, published

    for side in (1, -1):
        claim = gibbs_identity("equal", side, "")
        assert claim.decide().verdict == "proved"
        claim.facts = claim.facts[:-2]  # without E_WS = E_W E_S of the part in w and the part in s
        assert claim.decide().verdict != "proved"
    assert all(published((name, value + 2e-7)) for name, value in VALUES)
    assert GE6_EXACT.claims[2].decide().tested == len(VALUES)  # type: ignore[union-attr]


def test_certificates_of_trained_models() -> None:
    pytest.importorskip("torch")
    from proofs.generalisation.ge5b_trained_models import GE5B, configure, fixed_gap_holds, holds, trained

    false = GE5B.variants[0].statement
    assert not isinstance(false, Claim)
    assert false.decide(seed=0).verdict == "refuted"
    trained.cache_clear()
    tables = []
    for claim in GE5B.claims:
        assert not isinstance(claim, Claim)
        result = claim.decide(seed=0)
        assert result.verdict == "undecided", result.counterexample
        tables.append(result.observed[-1]["details"]["table"])
    assert trained.cache_info().misses == 1  # the two claims look at one training
    table = tables[0]
    assert table == tables[1]
    assert {row["architecture"] for row in table} == {"Transformer", "Mamba", "Mamba2"}
    for row in table:
        assert row["optimum"] <= row["true_risk"] <= row["pac_bayes_bound"] < row["bound"] < row["guess"]
    from semtheory.logic.observed import Observation, Setting

    made = configure(Setting())
    for name in ("bound", "pac_bayes_bound"):
        for change, word in (({name: 0.5}, "true risk"), ({name: 1.2}, "vacuous"), ({"optimum": 0.99}, "entropy")):
            wrong = Observation(0.1, 0.1, 0.1, "nats", (0,), made, {"table": [{**table[0], **change}]})
            assert word in str(holds(wrong, name))
    # The empirical risk in place of the bound is caught on a model that fits its sample better than the source.
    short = [{**row, "pac_bayes_bound": row["empirical_risk"]} for row in table]
    assert "true risk" in str(holds(Observation(0.1, 0.1, 0.1, "nats", (0,), made, {"table": short}), "pac_bayes_bound"))
    assert fixed_gap_holds(Observation(-0.1, -0.1, 0.1, "nats", (0,), made)) is None
