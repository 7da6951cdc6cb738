"""Chapter RD: the checks must fail on what is broken, the solvers and closed forms among them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sympy import Rational, log

import semtheory.measures
from proofs.pretraining import rd3_closed_forms as rd3
from proofs.pretraining import rd5_log_loss as rd5
from proofs.pretraining import rd7_causal_blahut_arimoto as rd7
from proofs.pretraining import rd8_compression as rd8
from proofs.pretraining import rd9_free_running as rd9
from semtheory.logic.calculus import Termwise
from semtheory.logic.expectation import Expectation
from semtheory.values import Value


def test_a_wrong_gauss_markov_value_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when the matrix solver is wrong by as much: the channel has the right rate."""
    right = semtheory.measures.gauss_markov_rate_distortion

    def wrong(*args: Any, **more: Any) -> Value:
        found = right(*args, **more)
        return Value.bracket(found.lower + 1e-5, found.upper + 1e-5)

    case = (0.9, 0.19, 0.05)
    assert rd3.gauss_by_other_routes(case) is None
    monkeypatch.setattr(semtheory.measures, "gauss_markov_rate_distortion", wrong)
    assert "channel" in str(rd3.gauss_by_other_routes(case))


def test_the_formula_over_two_steps_ends_where_it_says() -> None:
    assert rd3.equal_where_reachable((0.25, 0.03821, 2)) is None
    assert not rd3.reachable((0.05, 0.3, 2))
    assert rd3.below_everywhere((0.05, 0.3, 2)) is None
    assert "0.0457337" in str(rd3.equal_at((0.05, 0.3, 2)))


def test_gray_beyond_the_critical_distortion_is_noticed() -> None:
    """At n = 6 the block threshold is .03601, 1.2593 times D_c = .0285955."""
    assert "block solver" in str(rd3.gray_below_critical((0.25, 1.3, 6)))
    assert rd3.gray_below_critical((0.25, 1.0, 6)) is None


def test_an_encoder_that_misses_the_upper_end_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    right = semtheory.measures.information_bottleneck

    def blind(*args: Any, **more: Any) -> Any:
        found = right(*args, **more)
        found.encoder = np.full_like(found.encoder, 1 / found.encoder.shape[1])
        return found

    case = ([0.9, 0.1, 0.1, 0.9, 0.5, 0.5], 10.0, 0)
    assert rd5.bottleneck(case) is None
    monkeypatch.setattr(semtheory.measures, "information_bottleneck", blind)
    assert "encoder returned" in str(rd5.bottleneck(case))


@pytest.mark.parametrize(("divergence", "kernels", "holds"), [(1, 1, True), (2, 1, False), (1, 0, False)])
def test_the_fall_of_causal_blahut_arimoto(divergence: int, kernels: int, holds: bool) -> None:
    outputs = log(rd7.after) - log(rd7.r)
    rest = rd7.L - rd7.L2 - divergence * outputs - kernels * (log(rd7.q) - log(rd7.q2))
    stated = Expectation("fall", rest, relation="=", numbers=rd7.updated, **rd7.UPDATE)
    assert (stated.decide(seed=0).verdict == "proved") == holds
    assert isinstance(stated.shadow(seed=1), int) == holds


def test_a_wrong_model_pays_the_divergence() -> None:
    case = ([98, 1, 1, 1, 1, 98], [1, 1, 98, 98, 1, 1], 4)
    assert rd8.coder(case) is None
    assert rd8.any_model(case) is not None


@pytest.mark.parametrize(("past", "verdict"), [(Rational(1), "proved"), (Rational(1, 100), "refuted")])
def test_the_error_of_the_past_cannot_be_cut(past: Rational, verdict: str) -> None:
    (claim,) = (claim for claim in rd9.RD9.claims if isinstance(claim, Termwise))
    p, q, a, b, m, n, e = rd9.p, rd9.q, rd9.a, rd9.b, rd9.m, rd9.n, rd9.e
    cut = Termwise(
        "cut",
        rd9.A + rd9.B - rd9.S,
        sums={"A": p * m, "B": past * n * b, "S": e * (p * a - q * b)},
        point=["p", "q", "a", "b", "m", "n", "e"],
        facts=[*rd9.SIZES, 1 - e >= 0, 1 + e >= 0],
        shown=claim.shown,
    )
    assert cut.decide(seed=0).verdict == verdict
