"""Chapter F, analytic part: every theorem at its target, every variant refuted, and numbers found by another path.

The numeric half is plain numpy from the definitions, on random laws; it shares no code with the provers.
"""

from __future__ import annotations

import importlib
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from semtheory import Claim, Theorem
from semtheory.logic.checker import check

MODULES = {
    "F1": "f1_gibbs_inequality",
    "F2": "f2_gibbs_variational",
    "F5": "f5_fano",
    "F6": "f6_pinsker",
    "F7": "f7_boltzmann_thermodynamics",
    "F8": "f8_log_sum_exp",
}
Law = NDArray[np.float64]


def theorem(name: str) -> Theorem:
    found = getattr(importlib.import_module(f"proofs.foundations.{MODULES[name]}"), name)
    assert isinstance(found, Theorem)
    return found


@pytest.mark.parametrize("name", MODULES)
def test_every_step_and_claim_is_proved_and_not_contradicted(name: str) -> None:
    for claim in [*(step.claim for step in theorem(name).steps), *theorem(name).claims]:
        assert not isinstance(claim, Claim)
        result = claim.decide(seed=0)
        assert result.verdict == "proved", f"{claim.text}: {result.note}"
        assert result.certificate is not None
        assert check(json.loads(json.dumps(result.certificate)))
        assert claim.shadow(seed=1, examples=30) > 0, claim.text  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", MODULES)
def test_every_variant_is_refuted(name: str) -> None:
    assert theorem(name).variants
    for variant in theorem(name).variants:
        assert not isinstance(variant.statement, Claim)
        result = variant.statement.decide(seed=0)
        assert result.verdict == "refuted", f"{variant.statement.text}: {result.verdict}"
        assert result.counterexample is not None
        assert check(json.loads(json.dumps(result.counterexample.to_json())))


# ---- numbers by another path


@st.composite
def laws(draw: st.DrawFn, count: int = 1, zeros: bool = False) -> list[Law]:
    """`count` laws on one alphabet of 2 to 7 letters; the first may have zeros."""
    size = draw(st.integers(2, 7))
    out = []
    for i in range(count):
        low = 0.0 if zeros and i == 0 else 1e-3
        weights = np.array(draw(st.lists(st.floats(low, 1.0), min_size=size, max_size=size)))
        weights[draw(st.integers(0, size - 1))] += 0.1
        out.append(weights / weights.sum())
    return out


numbers = st.lists(st.floats(-4, 4), min_size=7, max_size=7)
SLACK = 1e-9


def divergence(p: Law, q: Law) -> float:
    return float(sum(a * np.log(a / b) for a, b in zip(p, q, strict=True) if a > 0))


def entropy(p: Law) -> float:
    return float(-sum(a * np.log(a) for a in p if a > 0))


def softmax(logits: Law) -> Law:
    weights = np.exp(logits - logits.max())
    return np.asarray(weights / weights.sum())


@settings(deadline=None)
@given(laws(2, zeros=True))
def test_f1_and_f6(pair: list[Law]) -> None:
    p, q = pair
    d = divergence(p, q)
    assert d >= -SLACK
    assert divergence(p, p) == 0
    assert abs(p - q).sum() / 2 <= np.sqrt(max(d, 0) / 2) + SLACK
    event = p > q
    if event.any():
        assert d >= p[event].sum() * np.log(1 / q[event].sum()) - 1 - SLACK


@settings(deadline=None)
@given(laws(1, zeros=True), numbers, st.floats(0.2, 5))
def test_f2(one: list[Law], energies: list[float], T: float) -> None:
    (q,) = one
    E = np.array(energies[: q.size])
    log_z = np.log(np.exp(-E / T).sum())
    free = q @ E - T * entropy(q)
    assert free >= -T * log_z - SLACK
    assert abs(free + T * log_z - T * divergence(q, softmax(-E / T))) < 1e-7


@settings(deadline=None)
@given(st.lists(laws(1, zeros=True), min_size=1, max_size=4), st.data())
def test_f5(rows: list[list[Law]], data: st.DataObject) -> None:
    size = min(row[0].size for row in rows)
    channel = np.array([row[0][:size] + 1e-12 for row in rows])
    channel /= channel.sum(axis=1, keepdims=True)
    weight = np.full(len(rows), 1 / len(rows))
    guess = [data.draw(st.integers(0, size - 1)) for _ in rows]
    error = 1 - sum(w * row[g] for w, row, g in zip(weight, channel, guess, strict=True))
    bound = entropy(np.array([error, 1 - error])) + error * np.log(size - 1)
    assert sum(w * entropy(row) for w, row in zip(weight, channel, strict=True)) <= bound + 1e-7


@settings(deadline=None)
@given(numbers, st.floats(0.3, 4))
def test_f7_derivatives_by_differences(energies: list[float], T: float) -> None:
    E, step = np.array(energies), 1e-5
    p = softmax(-E / T)
    variance = p @ E**2 - (p @ E) ** 2

    def heat(beta: float) -> float:
        return float(softmax(-beta * E) @ E)

    assert abs((heat(1 / T + step) - heat(1 / T - step)) / (2 * step) + variance) < 1e-4
    slope = (entropy(softmax(-E / (T + step))) - entropy(softmax(-E / (T - step)))) / (2 * step)
    assert abs(slope - variance / T**3) < 1e-3


@settings(deadline=None)
@given(st.integers(1, 4), st.lists(st.floats(0.5, 3), min_size=1, max_size=4), st.floats(0.1, 50))
def test_f7_cold_limit(m: int, above: list[float], beta: float) -> None:
    delta = min(above)
    p = softmax(-beta * np.array([0.0] * m + above))
    rate = 1 + beta * delta
    assert -SLACK <= 1 / m - p[0] <= len(above) / (m**2 * rate) + SLACK
    assert p[m:].max() <= 1 / (m * rate) + SLACK


@settings(deadline=None)
@given(numbers, st.integers(2, 7))
def test_f8(logits: list[float], size: int) -> None:
    theta = np.array(logits[:size])
    p, step = softmax(theta), 1e-6
    lse = np.log(np.exp(theta).sum())
    assert theta.max() - SLACK <= lse <= theta.max() + np.log(size) + SLACK
    eigenvalues = np.linalg.eigvalsh(np.diag(p) - np.outer(p, p))
    assert eigenvalues[0] >= -SLACK
    assert eigenvalues[-1] <= 0.5 + SLACK
    for i, e in enumerate(np.eye(size)):
        slope = (np.log(np.exp(theta + step * e).sum()) - np.log(np.exp(theta - step * e).sum())) / (2 * step)
        assert abs(slope - p[i]) < 1e-6


def test_ground_truth_0_13_the_softmax_constant() -> None:
    def norm(p: Law) -> float:
        return float(np.linalg.eigvalsh(np.diag(p) - np.outer(p, p))[-1])

    assert norm(np.array([0.5, 0.5])) == pytest.approx(0.5, abs=1e-12)
    assert norm(np.array([0.7, 0.2, 0.1])) == pytest.approx(0.33440, abs=5e-6)
