import json
import subprocess
import sys

import pytest

torch = pytest.importorskip("torch")

SMALL = ["--context", "8", "--width", "8", "--layers", "1", "--steps", "30", "--batch", "8", "--sequences", "64"]


def test_a_run_ends_with_the_excess_and_its_interval(run, tmp_path):
    target = tmp_path / "r.json"
    result = run("train", "golden_mean", "-a", "mamba", *SMALL, "--json", str(target), "--device", "cpu")
    assert result.exit_code == 0, result.output
    assert "Mamba, " in result.stdout
    assert "excess over the exact optimum at context 8:" in result.stdout
    assert "95 % interval [" in result.stdout
    assert "[30/30] loss" in result.stderr
    assert ", optimum 0." in result.stderr
    record = json.loads(target.read_text())
    assert record["configuration"]["source"] == "golden_mean(0.5)"
    assert record["excess"]["lower"] <= record["excess"]["value"] <= record["excess"]["upper"]


def test_within_decides_the_exit_code(run):
    """The same check passes a run that learns and fails one that does not."""
    learns = ["--steps", "200", "--learning-rate", "0.01", "--batch", "64"]
    result = run("train", "-a", "Mamba2", *SMALL, *learns, "--within", "0.02")
    assert (result.exit_code, "within 0.02 nats" in result.stdout) == (0, True), result.output
    result = run("train", "-a", "Mamba2", *SMALL, "--steps", "1", "--learning-rate", "1e-9", "--within", "0.02")
    assert result.exit_code == 1
    assert "NOT within 0.02 nats" in result.stdout


def test_resume_gives_the_same_bits(run, tmp_path):
    from semtheory.models import load

    whole, half, resumed = (str(tmp_path / name) for name in ("whole", "half", "resumed"))
    checkpoint = ["--checkpoint", str(tmp_path / "c")]
    assert run("train", *SMALL, "--save", whole).exit_code == 0
    assert run("train", *SMALL, "--save", half, *checkpoint).exit_code == 0
    assert run("train", *SMALL, "--save", resumed, *checkpoint, "--resume").exit_code == 0
    states = [load(path).state_dict() for path in (whole, half, resumed)]
    for name, value in states[0].items():
        assert torch.equal(value, states[1][name])
        assert torch.equal(value, states[2][name])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["mes3"], "did you mean mess3"),
        (["-a", "Transfomer"], "did you mean Transformer"),
        (["--resume"], "say what to go on from"),
        (["--device", "cuda"], "use device='cpu'"),
        (["--save", "no/such/place"], "there is no directory"),
        (["--save", "one", "--checkpoint", "./one"], "give one another file"),
        (["--learning-rate", "7"], "between 0 and 1"),
    ],
)
def test_wrong_usage_exits_2(run, arguments, message, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    result = run("train", *arguments, *SMALL)
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.output


def test_a_checkpoint_of_another_run_or_damaged(run, tmp_path):
    file = tmp_path / "c"
    assert run("train", *SMALL, "--checkpoint", str(file)).exit_code == 0
    result = run("train", *SMALL, "--seed", "3", "--checkpoint", str(file), "--resume")
    assert (result.exit_code, "was written with another" in result.stderr) == (2, True)
    file.write_bytes(file.read_bytes()[:100])
    result = run("train", *SMALL, "--checkpoint", str(file), "--resume")
    assert (result.exit_code, "truncated" in result.stderr) == (2, True)


def test_a_loss_that_is_no_number_exits_1(run, monkeypatch):
    from semtheory.errors import TrainingStopped

    def stop(*_arguments, **_settings):
        raise TrainingStopped("the loss is nan at step 3; no checkpoint was kept")

    monkeypatch.setattr("semtheory.experiments.runs.train_run", stop)
    result = run("train", *SMALL)
    assert (result.exit_code, "the loss is nan at step 3" in result.stderr) == (1, True)


@pytest.mark.parametrize("lacking", ["torch", "numba", "safetensors"])
def test_without_an_extra_it_says_what_to_install(lacking):
    script = f"import sys; sys.modules[{lacking!r}] = None; from semtheory.cli import main; main()"
    command = [sys.executable, "-c", script, "train", "mess3", "--steps", "2"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert ended.returncode == 2
    assert ended.stderr.splitlines()[-1].endswith(f"needs {lacking}: pip install 'semtheory[models]'")
    assert "Traceback" not in ended.stderr
