"""The same numbers from other packages, where they are installed: pip install 'semtheory[peers]'."""

import numpy as np
import pytest

from semtheory.measures import (
    directed_information,
    entropy,
    estimate_transfer_entropy,
    granger_causality,
    mutual_information,
)
from semtheory.processes import VectorAutoregression, binary_symmetric_markov, bsc, joint_process

WHY = "a peer, for cross-checks only: pip install 'semtheory[peers]'"


@pytest.mark.filterwarnings("ignore")
def test_dit_agrees_on_directed_information():
    dit = pytest.importorskip("dit", reason=WHY, exc_type=ImportError)
    n = 4
    pair = joint_process(binary_symmetric_markov(0.1), bsc(0.2))
    law = pair.stationary()[None, :]
    for _ in range(n):
        law = np.einsum("ws,ksz->wkz", law, pair.kernel).reshape(-1, pair.states)
    joint = law.sum(axis=1).reshape((2, 2) * n)
    words = ["".join(map(str, word)) for word in np.ndindex(joint.shape)]
    peer = dit.Distribution(words, joint.ravel().tolist())
    x, y = [list(range(k, 2 * n, 2)) for k in (0, 1)]
    total = sum(
        dit.shannon.conditional_entropy(peer, [y[t]], y[:t])
        - dit.shannon.conditional_entropy(peer, [y[t]], y[:t] + x[: t + 1])
        for t in range(n)
    )
    found = directed_information(binary_symmetric_markov(0.1), bsc(0.2), n, unit="bits")
    assert found == pytest.approx(total, abs=1e-9)
    assert entropy(joint, unit="bits") == pytest.approx(dit.shannon.entropy(peer), abs=1e-9)
    assert mutual_information(joint, x=x, y=y, unit="bits") == pytest.approx(
        dit.shannon.mutual_information(peer, x, y), abs=1e-9
    )


@pytest.mark.filterwarnings("ignore")
def test_statsmodels_sees_what_the_riccati_equation_says():
    api = pytest.importorskip("statsmodels.tsa.api", reason=WHY, exc_type=ImportError)
    var = VectorAutoregression([[0.5, 0.4], [0.2, 0.6]], [[1, 0.5], [0.5, 1]])
    data = var.sample(40000, seed=1)
    lags = 10
    full = api.VAR(data).fit(lags, trend="n").sigma_u[0, 0]
    alone = api.AutoReg(data[:, 0], lags, trend="n").fit().sigma2
    assert np.log(alone / full) == pytest.approx(float(granger_causality(var, 1, 0)), abs=0.01)


@pytest.mark.filterwarnings("ignore")
def test_pyinform_gives_the_same_plug_in_transfer_entropy():
    pyinform = pytest.importorskip("pyinform", reason=WHY, exc_type=ImportError)
    chance = np.random.default_rng(2)
    x = chance.integers(0, 2, 5000)
    y = np.roll(x, 1) ^ (chance.random(5000) < 0.2)
    # pyinform conditions on k letters of the target and one of the source: history 1 is the same measure.
    peer = pyinform.transfer_entropy(x, y.astype(int), k=1)
    found = estimate_transfer_entropy(x, y.astype(int), history=1, unit="bits")
    assert float(found) + found.bias == pytest.approx(peer, abs=1e-9)
