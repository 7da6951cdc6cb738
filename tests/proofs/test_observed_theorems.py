"""Statements about trained models: their checks can fail, and the records that are shipped are about them as they stand."""

from dataclasses import replace

import pytest

from proofs.autoregressive.ar7_markov_landscape import AR7, landscape, minimum, passes, stays
from proofs.autoregressive.ar8_reaching_the_optimum import AR8, ENOUGH, reached
from proofs.generalisation.ge5b_trained_models import GE5B
from proofs.granger.gc4_log_loss import GC4, adds_up, near_flow, not_negative
from proofs.inference.sf6_filtering import SF6, tracks
from proofs.posttraining.rr7_solver import RR7, all_on_it, not_beyond, on_it
from semtheory.logic.observations import RECORDED, load_record
from semtheory.logic.observed import Observation, Observed, Setting

THEOREMS = [AR7, AR8, GC4, SF6, RR7, GE5B]
OBSERVED = [claim for theorem in THEOREMS for claim in theorem.claims if isinstance(claim, Observed)]


def seen(value, width=0.0, **details):
    return Observation(value, value - width, value + width, "nats", (0,), {}, details)


def spoiled(name, observation):
    """The same observation with a number that no claim could bear."""
    details = {
        "AR7": {"excess at the end, upper ends": [1.0]},
        "GC4": {"gap": 1.0, "standard error of the gap": 1e-3, "transfer entropy": 0.0},
        "GE5b": {"table": [{**row, "true_risk": 1e9} for row in observation.details.get("table", [])]},
    }.get(name.partition("/")[0], {})
    value = -1e9 if name == "RR7/frontier" else 1e9
    return replace(observation, value=value, lower=value, upper=value, details=details)


@pytest.mark.parametrize("claim", [c for c in OBSERVED if c.recorded], ids=lambda c: c.recorded)
def test_a_record_is_there_and_is_about_todays_code(claim):
    record = load_record(claim.recorded)
    record.require_current(claim.text, claim.configure(Setting("full", seed=record.seed)))
    assert claim.check(record.observation) is None
    assert claim.check(spoiled(claim.recorded, record.observation))
    assert len(record.observation.seeds) >= (1 if claim.recorded.startswith("GC4") else 3)  # GC4: its interval is over sequences
    assert all((record.command, record.commit, record.versions["torch"], record.hardware["processor"]))


def test_every_shipped_record_belongs_to_a_claim():
    names = {file.relative_to(RECORDED).with_suffix("").as_posix() for file in RECORDED.rglob("*.json")}
    for name in names:
        assert load_record(name).claim
    assert {claim.recorded for claim in OBSERVED if claim.recorded} <= names


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (reached, seen(ENOUGH - 0.001), seen(ENOUGH - 0.001, 0.002)),
        (tracks, seen(0.05), seen(0.09, 0.02)),
        (not_beyond, seen(0.0), seen(-1e-6)),
        (on_it, seen(0.001), seen(0.003)),
        (all_on_it, seen(0.0, largest=0.001), seen(0.0, largest=0.1)),
        (not_negative, seen(-0.01, 0.02), seen(-0.01, 0.005)),
        (near_flow, seen(0.25, **{"transfer entropy": 0.26}), seen(0.25, **{"transfer entropy": 0.28})),
        (
            adds_up,
            seen(0.0, gap=0.003, **{"standard error of the gap": 0.001}),
            seen(0.0, gap=0.005, **{"standard error of the gap": 0.001}),
        ),
        (adds_up, seen(0.0, gap=0.0, **{"standard error of the gap": 0.001}), seen(0.0, gap=0.0, **{"standard error of the gap": 1.0})),
        (
            passes,
            seen(60, **{"excess at the end, upper ends": [0.001], "each seed": [60]}),
            seen(60, **{"excess at the end, upper ends": [0.001, 0.02], "each seed": [60]}),
        ),
        (
            passes,
            seen(60, **{"excess at the end, upper ends": [0.001], "each seed": [60, 50]}),
            seen(60, **{"excess at the end, upper ends": [0.001], "each seed": [80, 40]}),
        ),
        (stays, seen(60, **{"excess at the end, upper ends": [0.04]}), seen(60, **{"excess at the end, upper ends": [0.04, 0.001]})),
    ],
)  # fmt: skip
def test_each_check_passes_and_fails(check, good, bad):
    assert check(good) is None
    assert check(bad)


def test_the_landscape_is_checked_where_it_is_stated():
    assert landscape((0.5, 0.8, 0.3)) is None
    assert landscape((0.2, 0.3, 0.0), tied=False) is None
    assert minimum((0.5, 0.8, 3)) is None
    assert "below H(pi)" in minimum((0.3, 0.3, 3))
    assert "below H(pi)" in minimum((0.5, 0.8, 3), tied=False)


@pytest.mark.parametrize("claim", OBSERVED, ids=lambda c: c.text[:40])
def test_without_torch_it_says_what_to_install(claim, monkeypatch):
    import sys

    for name in [name for name in sys.modules if name.startswith("semtheory.models")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "torch", None)
    result = replace(claim, recorded=None, quick=True).decide(seed=123)
    assert result.verdict == "undecided"
    assert not result.observed
    assert "pip install 'semtheory[models]'" in result.note
