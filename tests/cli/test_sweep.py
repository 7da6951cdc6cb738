import json
import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import Executor, Future
from contextlib import nullcontext

import pytest

from semtheory.errors import TrainingStopped

pytest.importorskip("torch")

TINY = [
    "--context",
    "4",
    "--width",
    "4",
    "--width",
    "8",
    "--layers",
    "1",
    "--steps",
    "2",
    "--batch",
    "4",
    "--sequences",
    "8",
]


def start(*arguments):
    command = [sys.executable, "-m", "semtheory", "sweep", *TINY, "--jobs", "1", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def results(path):
    rows = json.loads(path.read_text())["runs"]
    return {json.dumps(row["configuration"], sort_keys=True): row["result"] for row in rows}


def test_killed_and_begun_again_it_ends_as_undisturbed(tmp_path):
    """Real trainings, killed once or twice with SIGKILL; five times with a stand-in in tests/experiments."""
    store, calm = str(tmp_path / "s"), tmp_path / "calm.json"
    with start("--seeds", "3", "--store", store) as process:
        line = process.stderr.readline()
        while line and not line.startswith("[1/"):
            line = process.stderr.readline()
        time.sleep(random.Random(3).uniform(0, 0.02))
        process.send_signal(signal.SIGKILL)
    again, target = tmp_path / "again.json", tmp_path / "t"
    with start("--seeds", "3", "--store", store, "--json", str(again)) as process:
        out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    found = int(out.split(" made now, ")[1].split()[0])
    assert found >= 1
    assert f"6 runs: {6 - found} made now, {found} found" in out
    with start("--seeds", "3", "--store", str(target), "--json", str(calm)) as process:
        process.communicate(timeout=300)
    assert results(again) == results(calm)
    assert len(results(calm)) == 6


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--source", "mes3"], "did you mean mess3"),
        (["-a", "Mambo"], "did you mean Mamba"),
        (["--store", "no/such/place.sqlite"], "there is no directory"),
        (["--width", "3"], "heads=2 does not divide width=3"),
        (["--cluster", "nonsense://x"], "expected the address of a Dask scheduler"),
    ],
)
def test_wrong_usage_exits_2(run, tmp_path, arguments, message):
    if "--cluster" in arguments:
        pytest.importorskip("distributed")
    store = [] if "--store" in arguments else ["--store", str(tmp_path / "s")]
    result = run("sweep", *TINY, *store, *arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_corrupt_store_exits_2(run, tmp_path):
    file = tmp_path / "s"
    file.write_bytes(os.urandom(5000))
    result = run("sweep", *TINY, "--store", str(file))
    assert result.exit_code == 2
    assert "damaged or no store" in result.stderr


def test_a_failing_run_exits_1(run, tmp_path, monkeypatch):
    class Failing(Executor):
        def submit(self, _call, configuration):
            ended = Future()
            if configuration["seed"] == 1:
                ended.set_exception(TrainingStopped("the loss is nan at step 2"))
            else:
                ended.set_result({"excess": 0.5, "lower": 0.25, "upper": 0.75, "loss": 1.0, "parameters": 7})
            return ended

    monkeypatch.setattr("semtheory.experiments.sweeping.workers", lambda _count: nullcontext(Failing()))
    file = tmp_path / "j.json"
    store = ["--store", str(tmp_path / "s")]
    result = run("sweep", *TINY, "--seeds", "2", *store, "--unit", "bits", "--json", str(file))
    assert result.exit_code == 1
    assert "the loss is nan at step 2" in result.stderr
    assert "4 runs: 2 made now, 0 found" in result.stdout
    assert "2 failed" in result.stdout
    assert "excess 0.721348 bits [0.360674, 1.082021]" in result.stdout  # the store has nats
    said = json.loads(file.read_text())
    assert said["unit"] == "bits"
    assert [row["result"] is None for row in said["runs"]] == [False, True] * 2


def test_interrupted_it_says_what_is_kept(run, tmp_path, monkeypatch):
    class Interrupted(Executor):
        def submit(self, *_):
            raise KeyboardInterrupt

    monkeypatch.setattr("semtheory.experiments.sweeping.workers", lambda _count: nullcontext(Interrupted()))
    result = run("sweep", *TINY, "--store", str(tmp_path / "s"))
    assert result.exit_code == 130
    assert "holds 0 of" in result.stderr
    assert "the same command makes the others" in result.stderr
