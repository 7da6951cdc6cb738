"""Training: it learns, resumes to the same bits, and says what is wrong. Storage of models."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="pip install 'semtheory[models]'")

from safetensors.torch import save as to_bytes  # noqa: E402

from semtheory.errors import InputError, SemtheoryError, TrainingStopped  # noqa: E402
from semtheory.models import LLaDA, Transformer, build, load, train  # noqa: E402
from semtheory.models.base import read_tensors  # noqa: E402
from semtheory.models.training import exact_optimum  # noqa: E402
from semtheory.processes import HiddenMarkov, MarkovChain, binary_symmetric_markov, mess3  # noqa: E402

SIZES = {"vocabulary": 3, "context": 8, "width": 8, "layers": 1, "heads": 2}
SETTINGS = {"steps": 24, "batch": 4, "every": 7}
SOURCE = mess3(0.05, 0.85)


def bits(model):
    return {name: value.numpy().tobytes() for name, value in model.state_dict().items()}


def test_it_learns_and_a_model_that_does_not_is_seen():
    source = binary_symmetric_markov(0.1)
    optimum = exact_optimum(source, 8)
    assert optimum == pytest.approx((math.log(2) + 7 * 0.325083) / 8, abs=1e-6)
    arguments = {"steps": 250, "batch": 32, "learning_rate": 1e-2}
    trained = train(Transformer(2, 8, width=16, layers=1), source, **arguments).losses[-50:].mean()
    idle = (
        train(Transformer(2, 8, width=16, layers=1), source, **arguments | {"learning_rate": 1e-9}).losses[-50:].mean()
    )
    assert optimum - 0.01 < trained < optimum + 0.02
    assert idle > optimum + 0.2


@pytest.mark.parametrize("kind", [Transformer, LLaDA])
def test_resumed_is_uninterrupted_bit_for_bit(kind, tmp_path):
    whole = train(kind(**SIZES), SOURCE, seed=3, **SETTINGS)
    file = tmp_path / "run.safetensors"

    def stop(progress):
        if progress.step == 18:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(kind(**SIZES), SOURCE, seed=3, checkpoint=file, progress=stop, **SETTINGS)
    steps = []
    resumed = train(
        kind(**SIZES, seed=9),
        SOURCE,
        seed=3,
        checkpoint=file,
        resume=True,
        progress=lambda p: steps.append(p.step),
        **SETTINGS,
    )
    assert steps == list(range(15, 25))  # the last checkpoint was after step 14
    assert bits(resumed.model) == bits(whole.model)
    assert np.array_equal(resumed.losses, whole.losses)
    again = train(kind(**SIZES, seed=9), SOURCE, seed=3, checkpoint=file, resume=True, **SETTINGS)
    assert bits(again.model) == bits(whole.model)  # nothing left to do
    assert bits(train(kind(**SIZES), SOURCE, seed=4, **SETTINGS).model) != bits(whole.model)


def test_threads_are_put_back_and_models_are_their_own():
    before = torch.get_num_threads()
    model = train(Transformer(**SIZES), SOURCE, **SETTINGS).model
    assert torch.get_num_threads() == before
    assert len({p.untyped_storage().data_ptr() for p in model.parameters()}) == len(list(model.parameters()))
    assert all(p.grad is None for p in model.parameters())


def test_progress_shows_the_exact_optimum():
    shown = []
    train(Transformer(**SIZES), SOURCE, progress=shown.append, **SETTINGS)
    assert [p.step for p in shown] == list(range(1, 25))
    assert {p.optimum for p in shown} == {exact_optimum(SOURCE, 8)}
    assert exact_optimum(SOURCE, 8) == pytest.approx(float(SOURCE.block_entropy(8)) / 8, abs=2e-4)


def test_float64_and_callables():
    def alternating(rng, sequences, length):
        return (rng.integers(0, 2, (sequences, 1)) + np.arange(length)) % 2

    found = train(Transformer(2, 8, width=8, layers=1).double(), alternating, steps=200, learning_rate=1e-2)
    assert found.model.embedding.dtype == torch.float64
    assert found.losses[-1] == pytest.approx(math.log(2) / 8, abs=0.02)


@pytest.mark.parametrize(("poisoned", "said"), [(15, "the loss is nan at step 16"), (14, "not finite after step 14")])
def test_not_a_number_stops_and_keeps_the_last_good_checkpoint(poisoned, said, tmp_path):
    file = tmp_path / "run.safetensors"
    model = Transformer(**SIZES)
    good = []

    def poison(progress):
        if progress.step == poisoned:
            good.append(file.read_bytes())
            model.gain.data.fill_(math.nan)

    with pytest.raises(TrainingStopped, match=said + r"; .*run\.safetensors holds the last good step"):
        train(model, SOURCE, checkpoint=file, progress=poison, **SETTINGS)
    assert good == [file.read_bytes()]
    resumed = train(Transformer(**SIZES), SOURCE, checkpoint=file, resume=True, **SETTINGS)
    assert bits(resumed.model) == bits(train(Transformer(**SIZES), SOURCE, **SETTINGS).model)


def test_a_truncated_checkpoint_is_refused_at_every_length(tmp_path):
    file = tmp_path / "run.safetensors"
    train(Transformer(**SIZES), SOURCE, checkpoint=file, **SETTINGS)
    whole = file.read_bytes()
    for kept in (0, 4, 100, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole[:kept])
        with pytest.raises(InputError, match="truncated"):
            train(Transformer(**SIZES), SOURCE, checkpoint=file, resume=True, **SETTINGS)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"model": Transformer(**SIZES | {"width": 16})}, "another configuration: width 8, now 16"),
        ({"model": LLaDA(**SIZES)}, "architecture 'Transformer', now 'LLaDA'"),
        ({"seed": 1}, "another settings: seed 0, now 1"),
        ({"source": mess3(0.15, 0.6)}, "another source"),
    ],
)
def test_a_checkpoint_of_something_else_is_refused(change, said, tmp_path):
    file = tmp_path / "run.safetensors"
    train(Transformer(**SIZES), SOURCE, checkpoint=file, **SETTINGS)
    arguments = {"model": Transformer(**SIZES), "source": SOURCE, **SETTINGS} | change
    with pytest.raises(InputError, match=said):
        train(checkpoint=file, resume=True, **arguments)


def test_a_checkpoint_of_another_precision_or_with_a_damaged_header(tmp_path):
    file = tmp_path / "run.safetensors"
    train(Transformer(**SIZES), SOURCE, checkpoint=file, **SETTINGS)
    with pytest.raises(InputError, match="of another shape or precision"):
        train(Transformer(**SIZES).double(), SOURCE, checkpoint=file, resume=True, **SETTINGS)
    tensors, metadata = read_tensors(file)
    for change in ({"identity": "nonsense"}, {"step": "-3"}, {"step": "999"}):
        file.write_bytes(to_bytes(tensors, metadata | change))
        with pytest.raises(InputError, match="its header is damaged"):
            train(Transformer(**SIZES), SOURCE, checkpoint=file, resume=True, **SETTINGS)


def test_weights_that_are_no_numbers_are_not_returned():
    model = Transformer(**SIZES)

    def poison(progress):
        if progress.step == SETTINGS["steps"]:
            model.gain.data.fill_(math.nan)

    with pytest.raises(TrainingStopped, match="weights are not finite"):
        train(model, SOURCE, progress=poison, **SETTINGS)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"length": 9}, "9 tokens are more than the model's context, 8"),
        ({"steps": 0}, "steps=0"),
        ({"steps": 0, "warmup": 0}, "steps=0"),
        ({"steps": 2.5, "warmup": 0}, "steps=2.5"),
        ({"every": 0}, "every=0"),
        ({"decay": math.nan}, "decay=nan"),
        ({"batch": 2.5}, "batch=2.5"),
        ({"learning_rate": -1.0}, "learning_rate=-1.0"),
        ({"clip": 0.0}, "clip=0.0"),
        ({"device": "tpu"}, "device='tpu'"),
        ({"threads": 0}, "threads=0"),
        ({"source": MarkovChain(np.full((4, 4), 0.25))}, "4 letters, the model 3"),
        ({"source": "mess3"}, "expected a process or sampler"),
        ({"source": lambda rng, runs, length: np.zeros((1, 1), int)}, "the sampler gave shape"),
        ({"source": lambda rng, runs, length: np.zeros((runs, length))}, "gave float64: expected whole numbers"),
        ({"source": lambda rng, runs, length: np.full((runs, length), 7)}, "gave a token 7: expected 0 to"),
        ({"source": lambda rng, runs, length: np.full((runs, length), -1)}, "gave a token -1"),
    ],
)
def test_bad_input(change, said):
    arguments = {"source": SOURCE, **SETTINGS} | change
    with pytest.raises(InputError, match=said):
        train(Transformer(**SIZES), **arguments)


def test_no_gpu_is_said(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(InputError, match="device='cuda': .*use device='cpu'"):
        train(Transformer(**SIZES), SOURCE, device="cuda", **SETTINGS)


@pytest.mark.parametrize("kind", [Transformer, LLaDA])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_saved_and_loaded(kind, dtype, tmp_path):
    model = kind(**SIZES, seed=5).to(dtype)
    model.save(tmp_path / "model.safetensors")
    for found in (load(tmp_path / "model.safetensors"), kind.load(tmp_path / "model.safetensors")):
        assert type(found) is kind
        assert found.configuration == model.configuration
        assert bits(found) == bits(model)
    assert json.loads(json.dumps(model.configuration)) == model.configuration
    assert bits(build(model.configuration, seed=5).to(dtype)) == bits(model)


def test_what_cannot_be_loaded(tmp_path):
    file = tmp_path / "model.safetensors"
    with pytest.raises(InputError, match="no such file"):
        load(file)
    model = Transformer(**SIZES)
    model.save(file)
    with pytest.raises(InputError, match="holds a Transformer, not a LLaDA"):
        LLaDA.load(file)
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(InputError, match="truncated"):
        load(file)
    with pytest.raises(SemtheoryError, match="cannot write .*what was there is unchanged"):
        model.save(tmp_path / "no" / "place")
    for header in ("{", "[]"):
        file.write_bytes(to_bytes(model.state_dict(), {"configuration": header}))
        with pytest.raises(InputError, match="its header is damaged"):
            load(file)
    model._arguments["width"] = 16
    model.save(file)
    with pytest.raises(InputError, match=r"does not fit this model: .*\(4, 8\), the model's \(4, 16\)"):
        load(file)


@pytest.mark.parametrize(
    ("configuration", "said"),
    [
        ({"architecture": "transfomer"}, "did you mean Transformer"),
        ({"architecture": "Mamba3"}, "did you mean Mamba"),
        ({"architecture": "xyz"}, "expected one of Transformer, LLaDA, Mamba, Mamba2"),
        ({}, "architecture None"),
        ({"architecture": "Transformer", "vocabulary": 3, "context": 4, "depth": 2}, "depth"),
    ],
)
def test_configurations_that_are_none(configuration, said):
    with pytest.raises(InputError, match=said):
        build(configuration)


def test_a_source_is_told_by_its_numbers():
    kernel = SOURCE.kernel
    one, same = HiddenMarkov(kernel), HiddenMarkov(kernel, name="other")
    from semtheory.models.training import fingerprint

    assert fingerprint(one) == fingerprint(same) == fingerprint(SOURCE)
    assert fingerprint(one) != fingerprint(mess3(0.05, 0.86))
