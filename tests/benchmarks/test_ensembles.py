"""Training many tiny models together on a GPU, beside one by one on the same GPU. Not part of the default run; skipped without CUDA.

    pytest tests/benchmarks/test_ensembles.py -s

256 Transformers of 1 layer, d = 16, context 16, batch 16 on Mess3; model-steps a second of both, and how far a member ends from the model
trained alone. Nothing is asserted about time; that they agree is.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="pip install 'semtheory[models]'")

from semtheory.models import build, train, train_ensemble  # noqa: E402
from semtheory.processes import mess3  # noqa: E402

CONFIGURATION = {"architecture": "Transformer", "vocabulary": 3, "context": 16, "width": 16, "layers": 1, "heads": 2}
SETTINGS: dict[str, Any] = {"steps": 200, "batch": 16, "device": "cuda"}
MEMBERS, ALONE = 256, 3


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU that torch can use")
def test_together_and_one_by_one() -> None:
    source = mess3(0.05, 0.85)
    train(build(CONFIGURATION), source, **SETTINGS)  # the first use of a GPU loads its libraries
    together = train_ensemble(CONFIGURATION, source, seeds=range(MEMBERS), method="batched", **SETTINGS)
    alone = [train(build(CONFIGURATION, seed=seed), source, seed=seed, **SETTINGS) for seed in range(ALONE)]
    for one, member in zip(alone, together, strict=False):
        np.testing.assert_allclose(member.losses, one.losses, rtol=1e-3)
    rates = [
        MEMBERS * SETTINGS["steps"] / together[0].seconds,
        ALONE * SETTINGS["steps"] / sum(each.seconds for each in alone),
    ]
    print(  # noqa: T201
        f"\n{torch.cuda.get_device_name()}: {rates[0]:,.0f} model-steps/s together, {rates[1]:,.0f} one by one, "
        f"ratio {rates[0] / rates[1]:.1f}"
    )
