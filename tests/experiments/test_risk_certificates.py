"""Certificates of risk: the law of all sequences, the length of the code, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from semtheory.errors import InputError
from semtheory.experiments.risk_certificates import certified_risk, sequence_law

torch = pytest.importorskip("torch")


def test_the_law_of_all_sequences() -> None:
    from semtheory.experiments import named_source

    source = named_source("mess3")
    sequences, law = sequence_law(source, 4)
    assert sequences.shape == (81, 4)
    assert law.sum() == pytest.approx(1, abs=1e-12)
    assert -(law @ np.log(law)) == pytest.approx(float(source.block_entropy(4)), abs=1e-9)
    golden, chance = sequence_law(named_source("golden_mean"), 3)
    at = {tuple(row): float(p) for row, p in zip(golden.tolist(), chance, strict=True)}
    assert at[0, 0, 1] == 0
    assert at[1, 1, 0] == pytest.approx(1 / 6, abs=1e-12)
    with pytest.raises(InputError, match="shorter context"):
        sequence_law(source, 12)


def test_rounding_is_what_its_code_says() -> None:
    from semtheory.experiments.risk_certificates import round_weights
    from semtheory.models import build

    model = build(
        {"architecture": "Transformer", "vocabulary": 3, "context": 4, "width": 4, "layers": 1, "heads": 1}, seed=3
    )
    before = [tensor.detach().clone() for tensor in model.parameters()]
    coarse, bits = round_weights(model, 2)
    tensors = [tensor.detach() for tensor in coarse.parameters()]
    assert bits == 3 + sum(4 + 2 * tensor.numel() for tensor in tensors)
    for tensor in tensors:
        assert len(torch.unique(tensor)) <= 4  # two bits
    assert all(
        torch.equal(old, new) for old, new in zip(before, model.parameters(), strict=True)
    )  # the model is left alone
    fine = [tensor.detach() for tensor in round_weights(model, 8)[0].parameters()]
    error = [sum(float(((a - b) ** 2).sum()) for a, b in zip(before, made, strict=True)) for made in (tensors, fine)]
    assert error[1] < error[0] / 50


def test_what_is_refused() -> None:
    for options, message in (
        ({"smoothing": 0.0}, "smoothing"),
        ({"precisions": (9,)}, "precisions"),
        ({"precisions": ()}, "precisions"),
    ):
        with pytest.raises(InputError, match=message):
            certified_risk("Transformer", **options)
    with pytest.raises(InputError, match="architecture"):
        certified_risk("Transfomer", context=3)


def test_a_certificate_by_hand() -> None:
    from semtheory.bounds import occam

    found = certified_risk(
        "Transformer", context=3, sample=10_000, steps=20, width=4, layers=1, heads=1, precisions=(3,)
    )
    gap = float(occam(found.bits, found.sample, found.delta, found.span))
    assert found.bound == pytest.approx(found.empirical_risk + gap, abs=1e-12)
    assert found.optimum <= found.true_risk
    assert abs(found.true_risk - found.empirical_risk) < 0.05
    assert found == certified_risk(
        "Transformer", context=3, sample=10_000, steps=20, width=4, layers=1, heads=1, precisions=(3,)
    )
