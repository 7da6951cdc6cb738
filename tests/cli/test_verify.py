import errno
import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from xml.etree import ElementTree

import pytest

import semtheory


def test_good_theorems_exit_0_with_a_table(run, good):
    result = run("verify", good, "--jobs", "1")
    assert result.exit_code == 0, result.output
    assert "[1/2] QA1 proved" in result.stdout
    assert "✓ QA1  proved   1/1  refuted     20 compared" in result.stdout
    assert "2 of 2 theorems at target; 2 of 2 false variants refuted; 20 random instances compared" in result.stdout


def test_bad_theorems_exit_1_and_say_why(run, bad):
    result = run("verify", bad, "--jobs", "1", "--unit", "bits")
    assert result.exit_code == 1
    assert "✗ QB1  refuted (target proved)" in result.stdout
    assert "H(X) <= 0 fails here:\n        X is a coin of 1/2 (bits)" in result.stdout
    assert "raised ZeroDivisionError: oh" in result.stdout
    assert "refuted, below its target proved (rests on QB1, which is refuted)" in result.stdout
    assert "0 of 3 theorems at target" in result.stdout


def test_one_theorem_and_what_it_needs(run, good):
    result = run("verify", good, "QA9")
    assert result.exit_code == 2
    assert "semtheory: no theorem QA9; near: QA" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "arguments",
    [["--profile", "fast"], ["--jobs", "0"], ["--jobs", "x"], ["--unit", "dits"], ["--device", "tpu"], ["--nonsense"]],
)
def test_wrong_usage_exits_2(run, good, arguments):
    assert run("verify", good, *arguments).exit_code == 2


def test_the_record_follows_the_fixed_schema(run, good, tmp_path):
    target = tmp_path / "record.json"
    assert run("verify", good, "--jobs", "1", "--json", str(target)).exit_code == 0
    record = json.loads(target.read_text(encoding="utf-8"))
    assert list(record) == ["schema", "semtheory", "environment", "theorems"]
    assert (record["schema"], record["semtheory"]) == (1, semtheory.__version__)
    first, second = record["theorems"]
    assert (first["id"], first["level"], first["target"], first["ok"], first["examples"]) == (
        "QA1",
        "proved",
        "proved",
        True,
        20,
    )
    assert [step["claim"] for step in first["steps"]] == ["I(X;Y) >= 0"] * 2
    assert first["variants"][0]["counterexample"]["laws"] == {"p": [[[0], "1/2"], [[1], "1/2"]]}
    assert (second["depends"], second["cited"], second["level"]) == (["QA1"], ["Lemma B"], "cited")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".record")] == []


def test_a_record_on_standard_output_is_alone_there(run, good):
    result = run("verify", good, "--jobs", "1", "--json", "-")
    assert json.loads(result.stdout)["theorems"][0]["id"] == "QA1"
    assert "theorems at target" in result.stderr


def test_junit(run, bad, tmp_path):
    target = tmp_path / "junit.xml"
    assert run("verify", bad, "--jobs", "1", "--junit", str(target)).exit_code == 1
    suite = ElementTree.parse(target).getroot()[0]
    assert (suite.get("name"), suite.get("tests"), suite.get("failures")) == ("QB", "3", "3")
    assert "a counterexample was found" in suite[0][0].text


def test_strict_wants_numbers(run, bad, good):
    result = run("verify", good, "--jobs", "1", "--strict")
    assert result.exit_code == 1
    assert "QA2: no" not in result.stdout
    assert "never compared with numbers" in result.stdout


@pytest.mark.parametrize(
    ("target", "message"),
    [("no/such/place/r.json", "there is no directory no/such/place; make it first"), (".", "it is a directory")],
)
def test_a_record_that_cannot_be_written(run, good, target, message):
    result = run("verify", good, "--jobs", "1", "--json", target)
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.output


def test_a_full_disk_keeps_what_was_there(run, good, tmp_path, monkeypatch):
    target = tmp_path / "record.json"
    target.write_text("before", encoding="utf-8")

    def full(_handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("semtheory.cli.output.os.fsync", full)
    result = run("verify", good, "--jobs", "1", "--json", str(target))
    assert result.exit_code == 2
    assert "No space left on device; what was there is unchanged" in result.stderr
    assert target.read_text(encoding="utf-8") == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["good.py", "record.json"]


def test_ctrl_c_shows_and_writes_what_was_done(tmp_path):
    module = tmp_path / "slow.py"
    fakes = "from tests.logic.fakes import Fake, theorem\n"
    module.write_text(fakes + 'A = theorem("QA1")\nB = theorem("QA2", Fake(pause=60.0))\n', encoding="utf-8")
    target = tmp_path / "record.json"
    command = [sys.executable, "-m", "semtheory", "verify", str(module), "--jobs", "1", "--json", str(target)]
    env = {**os.environ, "PYTHONPATH": os.getcwd(), "PYTHONUNBUFFERED": "1"}
    # A shell in the background hands down an ignored interrupt.
    heed = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env, preexec_fn=heed
    ) as process:
        assert process.stdout is not None
        while "QA1" not in process.stdout.readline():
            assert process.poll() is None
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    assert "interrupted: 1 not finished (QA2)" in out
    assert "Traceback" not in err
    assert [record["id"] for record in json.loads(target.read_text(encoding="utf-8"))["theorems"]] == ["QA1"]
