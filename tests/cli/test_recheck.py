import json

import pytest


def test_accepted(run, certificate):
    result = run("recheck", certificate(), certificate("again.json"))
    assert result.exit_code == 0
    assert "proof.json: accepted" in result.stdout
    assert "again.json: accepted" in result.stdout


@pytest.mark.parametrize("times", ["-1", "2", "1/2", "0", "1/0", "x"])
def test_a_changed_multiplier_is_rejected_and_its_line_named(run, certificate, times):
    proof = {">=": [{"times": times, "I": [["X"], ["Y"]], "given": []}]}
    result = run("recheck", certificate(proof=proof), certificate("good.json"))
    assert result.exit_code == 1
    assert "REJECTED" in result.stdout
    assert "good.json: accepted" in result.stdout


def test_the_wrong_line_is_named(run, certificate):
    proof = {">=": [{"times": "2", "I": [["X"], ["Y"]], "given": []}]}
    assert "line 1" in run("recheck", certificate(proof=proof)).stdout


@pytest.mark.parametrize("content", ["", "{", "\udcff", "[1"])
def test_unreadable_files_exit_2(run, tmp_path, certificate, content):
    file = tmp_path / "broken.json"
    file.write_bytes(content.encode("utf-8", "surrogateescape"))
    result = run("recheck", certificate(), str(file), str(tmp_path / "missing.json"))
    assert result.exit_code == 2
    assert "proof.json: accepted" in result.stdout
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "content", [3, [], {}, {"schema": 2}, {"schema": 1, "kind": "magic"}, {"schema": 1}, None, "x"]
)
def test_json_that_is_no_certificate_is_rejected(run, tmp_path, content):
    file = tmp_path / "other.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    result = run("recheck", str(file))
    assert result.exit_code == 1
    assert "REJECTED" in result.stdout


def test_a_key_that_stands_twice_is_not_read(run, tmp_path):
    path = tmp_path / "twice.json"
    path.write_text('{"schema": 1, "kind": "conjunction", "parts": [], "parts": []}')
    result = run("recheck", str(path))
    assert result.exit_code == 2
    assert "stands twice" in result.output
