"""Chapters MC and SE (1, 8): proved claims with certificates that the checker reads, variants refuted, targets; what observations must show."""

from __future__ import annotations

import importlib
import json
from typing import Any

import numpy as np
import pytest

from semtheory import Claim, Theorem
from semtheory.errors import InputError
from semtheory.logic.checker import check
from semtheory.logic.tested import Tested

MODULES = {
    "MC1": "memory.mc1_cover",
    "MC2": "memory.mc2_gardner",
    "MC3": "memory.mc3_hopfield",
    "MC4": "memory.mc4_attention_memory",
    "MC5": "memory.mc5_exponential_capacity",
    "MC6": "memory.mc6_two_counts",
    "MC7": "memory.mc7_bits_per_parameter",
    "SE1": "embedding.se1_johnson_lindenstrauss",
    "SE8": "embedding.se8_unit_sphere",
}


def theorem(name: str) -> Theorem:
    found = getattr(importlib.import_module(f"proofs.{MODULES[name]}"), name)
    assert isinstance(found, Theorem)
    return found


@pytest.mark.parametrize("name", MODULES)
def test_steps_and_claims(name: str) -> None:
    stated = theorem(name)
    assert stated.target == ("tested" if name == "MC3" else "proved")
    for claim in [*(step.claim for step in stated.steps), *stated.claims]:
        statement = claim.statement() if isinstance(claim, Claim) else claim
        result = statement.decide(seed=0)
        if isinstance(statement, Tested):
            assert (name, result.verdict) == ("MC3", "undecided"), result.counterexample
            continue
        assert result.verdict == "proved", f"{statement.text}: {result.note}"
        assert result.certificate is not None
        assert check(json.loads(json.dumps(result.certificate)))


@pytest.mark.parametrize("name", MODULES)
def test_every_variant_is_refuted(name: str) -> None:
    for variant in theorem(name).variants:
        statement = variant.statement.statement() if isinstance(variant.statement, Claim) else variant.statement
        result = statement.decide(seed=0)
        assert result.verdict == "refuted", f"{statement.text}: {result.note}"


COMPANIONS = {
    "MC1": {"MC1_EXACT": "tested"},
    "MC2": {"MC2_TABLE": "enclosed", "MC2_EXACT": "tested", "MC2_CAPACITY": "cited"},
    "MC4": {"MC4_EXACT": "tested"},
    "MC5": {"MC5_EXACT": "tested"},
}


@pytest.mark.parametrize(("name", "companion"), [(name, one) for name, found in COMPANIONS.items() for one in found])
def test_companions(name: str, companion: str) -> None:
    """They rest on the theorem, reach their own level, and refute their variants."""
    stated = getattr(importlib.import_module(f"proofs.{MODULES[name]}"), companion)
    target = COMPANIONS[name][companion]
    assert (stated.id, stated.target, stated.depends) == (f"{name}.{companion.split('_')[1].lower()}", target, (name,))
    assert bool(stated.cites) == (target == "cited")
    for claim in [*(step.claim for step in stated.steps), *stated.claims]:
        result = claim.decide(seed=0)
        if target == "tested":
            assert isinstance(claim, Tested)
            assert result.verdict == "undecided", f"{claim.text}: {result.counterexample}"
            assert result.tested > 0
        else:
            assert result.verdict == "proved", f"{claim.text}: {result.note}"
            assert check(json.loads(json.dumps(result.certificate)))
    for variant in stated.variants:
        assert variant.statement.decide(seed=0).verdict == "refuted", variant.statement.text


def test_the_table_fails_one_digit_off_or_with_too_few_terms(monkeypatch: pytest.MonkeyPatch) -> None:
    from proofs.memory import mc2_gardner

    assert mc2_gardner.row("2", "0.2002311", 1).decide().verdict == "refuted"
    assert mc2_gardner.row("2", "0.2002309", -1).decide().verdict == "refuted"
    monkeypatch.setattr(mc2_gardner, "TERMS", 6)
    assert mc2_gardner.row("2", "0.2002310", 1).decide().verdict == "refuted"


def test_capacities_off_by_more_than_is_claimed_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    import semtheory.bounds as bounds
    from proofs.memory.mc4_attention_memory import MC4_EXACT
    from proofs.memory.mc5_exponential_capacity import MC5_EXACT

    sphere, packing = bounds.spherical_memory_capacity, bounds.spherical_packing_bound
    for off in (-0.12, 0.12):
        monkeypatch.setattr(bounds, "spherical_memory_capacity", lambda lam, off=off: float(sphere(lam)) + off)
        assert MC5_EXACT.claims[0].decide().verdict == "refuted"  # type: ignore[union-attr]
    monkeypatch.setattr(bounds, "spherical_packing_bound", lambda d, c: 12 * float(packing(d, c)))
    assert [claim.decide().verdict for claim in MC4_EXACT.claims[2:]] == ["refuted", "refuted"]  # type: ignore[union-attr]


def observation(rows: list[tuple[int, int, int, float]]) -> Any:
    """An observation with rows (width, parameters, strings, bits), 64 bits a string."""
    from semtheory.logic.observed import Observation

    details = {
        "rows": [
            dict(zip(("width", "parameters", "strings", "bits"), row, strict=True)) | {"data_bits": 64.0 * row[2]}
            for row in rows
        ]
    }
    return Observation(1.0, 1.0, 1.0, "bits per parameter", (0,), {}, details)


def test_the_plateau_check_can_fail() -> None:
    from proofs.memory.mc7b_trained_memories import grows_with_data, plateau, within_the_counts

    small = [(8, 1000, 32, 1500.0), (8, 1000, 128, 2000.0), (8, 1000, 512, 2100.0)]
    large = [(16, 3000, 32, 1880.0), (16, 3000, 128, 5000.0), (16, 3000, 512, 6000.0)]
    assert plateau(observation(small + large)) is None
    assert grows_with_data(observation(small)) is not None
    assert "no plateau" in str(plateau(observation([*small[:2], (8, 1000, 512, 9000.0)])))
    assert "hold less" in str(plateau(observation([*small, *((16, p, n, b / 2) for _, p, n, b in small)])))
    assert within_the_counts(observation([(8, 1000, 32, 1887.0)])) is None
    assert "at most 1888" in str(within_the_counts(observation([(8, 1000, 32, 1889.0)])))  # 32 (64 - log2 32)
    assert within_the_counts(observation([(8, 10, 32, 400.0)])) is not None
    assert within_the_counts(observation([(8, 1000, 32, -1.0)])) is not None


def test_memorised_bits() -> None:
    """An untrained model remembers nothing; a few strings are learnt almost whole; other strings are not."""
    pytest.importorskip("torch", reason="pip install 'semtheory[models]'")
    from semtheory.experiments.memorisation import memorise, memorised_bits
    from semtheory.models import Transformer

    found = memorise("transformer", 8, 4, steps=150)
    assert 0.7 * found.data_bits < found.bits <= found.data_bits
    assert found.per_parameter == found.bits / found.parameters
    blank = Transformer(16, 16, width=8, layers=1, heads=1)
    strings = np.random.default_rng(0).integers(16, size=(50, 16))
    assert memorised_bits(blank, strings) < 0.02 * strings.size * 4
    with pytest.raises(InputError, match="architecture='gru'"):
        memorise("gru", 8, 4)
    with pytest.raises(InputError, match="strings=0"):
        memorise("mamba", 8, 0)
    with pytest.raises(InputError, match="shape"):
        memorised_bits(blank, strings[0])
