"""Chapters EL and SE (2, 5, 6, 7, 9): proved claims with certificates that the checker reads, variants refuted, ids and targets."""

from __future__ import annotations

import importlib
import json

import pytest

from semtheory import Claim, Theorem
from semtheory.logic.calculus import Identity
from semtheory.logic.checker import check
from semtheory.logic.tested import Tested

MODULES = {
    "EL1": "elbo.el1_evidence_bound",
    "EL2": "elbo.el2_importance_weights",
    "EL3": "elbo.el3_latent_alignment",
    "EL4": "elbo.el4_rate_distortion",
    "EL5": "elbo.el5_expectation_maximisation",
    "EL6": "elbo.el6_any_order",
    "SE2": "embedding.se2_gromov_wasserstein",
    "SE5": "embedding.se5_contrastive_prediction",
    "SE6": "embedding.se6_word2vec",
    "SE7": "embedding.se7_softmax_bottleneck",
    "SE9": "embedding.se9_token_and_bit",
}
COMPANIONS = {name: MODULES[name] for name in ("EL2", "SE5", "SE7", "SE9")} | {
    "SE1": "embedding.se1_johnson_lindenstrauss"
}


def theorem(name: str) -> Theorem:
    found = getattr(importlib.import_module(f"proofs.{MODULES[name]}"), name)
    assert isinstance(found, Theorem)
    return found


@pytest.mark.parametrize("name", MODULES)
def test_steps_and_claims(name: str) -> None:
    if name == "SE2":
        pytest.importorskip("ot", reason="pip install 'semtheory[embedding]'")
    stated = theorem(name)
    for claim in [*(step.claim for step in stated.steps), *stated.claims]:
        statement = claim.statement() if isinstance(claim, Claim) else claim
        result = statement.decide(seed=0)
        if isinstance(statement, Tested):
            assert (name, result.verdict) == ("SE2", "undecided"), result.counterexample
            assert stated.target == "tested"
            continue
        assert result.verdict == "proved", f"{statement.text}: {result.note}"
        assert result.certificate is not None
        assert check(json.loads(json.dumps(result.certificate)))
        compared = statement.shadow(seed=1, examples=20)  # type: ignore[attr-defined]
        assert isinstance(compared, int), statement.text


@pytest.mark.parametrize("name", MODULES)
def test_every_variant_is_refuted(name: str) -> None:
    if name == "SE2":
        pytest.importorskip("ot", reason="pip install 'semtheory[embedding]'")
    for variant in theorem(name).variants:
        statement = variant.statement.statement() if isinstance(variant.statement, Claim) else variant.statement
        result = statement.decide(seed=0)
        assert result.verdict == "refuted", f"{statement.text}: {result.verdict}"
        assert result.counterexample is not None
        if not isinstance(statement, Tested):
            assert check(json.loads(json.dumps(result.counterexample.to_json())))


@pytest.mark.parametrize("name", COMPANIONS)
def test_companions_compare_and_refute(name: str) -> None:
    stated = getattr(importlib.import_module(f"proofs.{COMPANIONS[name]}"), f"{name}_EXACT")
    assert (stated.id, stated.target, stated.depends) == (f"{name}.exact", "tested", (name,))
    for claim in stated.claims:
        result = claim.decide(seed=1)
        assert (result.verdict, result.tested > 0) == ("undecided", True), result.counterexample
    for variant in stated.variants:
        assert variant.statement.decide(seed=0).verdict == "refuted", variant.why


@pytest.mark.parametrize("name", [*MODULES, "SE1", "SE8"])
def test_the_checker_does_the_algebra(name: str) -> None:
    """No identity reaches the checker with both sides written alike."""
    more = {"SE1": COMPANIONS["SE1"], "SE8": "embedding.se8_unit_sphere"}
    stated = getattr(importlib.import_module(f"proofs.{(MODULES | more)[name]}"), name)
    for claim in [*(step.claim for step in stated.steps), *stated.claims]:
        if isinstance(claim, Identity):
            certificate = claim.decide(seed=0).certificate
            assert certificate is not None
            assert certificate["left"] != certificate["right"], claim.text


def test_se7_a_rank_that_is_off_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Must fail: a rank one too large or too small; and a minor without its signs, or of too small an order with a bias."""
    import sympy

    from proofs.embedding.se7_softmax_bottleneck import SE7_EXACT, minor
    from semtheory.measures import word_vectors

    right = word_vectors.exact_rank
    for off in (-1, 1):
        monkeypatch.setattr(word_vectors, "exact_rank", lambda matrix, off=off: right(matrix) + off)
        for claim in SE7_EXACT.claims:
            assert claim.decide(seed=0).verdict == "refuted"  # type: ignore[union-attr]
    zero = sympy.Integer(0)
    unsigned = [sympy.Mul(*(a for a in term.args if a != -1), evaluate=False) for term in minor(3, 1).args]
    assert Identity("permanent", sympy.Add(*unsigned, evaluate=False), zero).decide(seed=0).verdict == "refuted"
    assert Identity("order d + 2 with a bias", minor(3, 1, bias=True), zero).decide(seed=0).verdict == "refuted"


def test_ground_truth_0_17_is_shown() -> None:
    words = [v.statement.decide(seed=0).counterexample.describe() for v in theorem("SE5").variants[:2]]  # type: ignore[union-attr]
    assert "0.6255253 < I = 0.6931472" in words[0]
    assert "0.4158883 > I = 0.1927448" in words[1]


def test_a_polymatroid_proof_says_the_same_of_ranks() -> None:
    """SE7 reads Shannon proofs as proofs on ranks: random column families, the claim's inequality with rank for H."""
    import numpy as np

    chance = np.random.default_rng(0)
    for _ in range(50):
        n = int(chance.integers(1, 5))
        basis = chance.integers(-2, 3, (6, n + 1)).astype(float)  # columns R_1..R_n and Z
        family = basis @ chance.integers(-2, 3, (n + 1, 7))
        singles = sum(np.linalg.matrix_rank(basis[:, [k]]) for k in range(n + 1))
        assert np.linalg.matrix_rank(family) <= np.linalg.matrix_rank(basis) <= singles <= n + 1
