import json
from dataclasses import dataclass, field
from typing import Any

import pytest

import semtheory
from semtheory.errors import ClaimError
from semtheory.logic.result import Result
from tests.logic.fakes import Law, shannon_certificate

CLAIM = "I(X;Y) >= 0"


@dataclass
class Outcome:
    verdict: str
    results: list[Result] = field(default_factory=list)
    certificate: Any = None
    counterexample: Any = None

    def proof_text(self, unit: str) -> str:
        return f"proved: 1 * I(X;Y) >= 0 ({unit})"

    def proof_latex(self) -> str:
        return r"1 \cdot I(X;Y) \ge 0"


OUTCOMES = {
    "proved": Outcome(
        "proved", [Result("proved", CLAIM, "LP", shannon_certificate(CLAIM))], shannon_certificate(CLAIM)
    ),
    "refuted": Outcome(
        "refuted", [Result("refuted", "H(X) <= 0", "search", None, Law("H(X) <= 0"))], None, Law("H(X) <= 0")
    ),
    "undecided": Outcome("undecided", [Result("undecided", CLAIM, note="a polymatroid violates it")]),
}


@pytest.fixture
def answers(monkeypatch):
    """Replace the prover; returns the list of what it was asked."""
    asked: list[Any] = []

    def answer(verdict: str) -> list[Any]:
        monkeypatch.setitem(
            vars(semtheory), "prove", lambda claim, **how: asked.append((claim, how)) or OUTCOMES[verdict]
        )
        return asked

    return answer


@pytest.mark.parametrize(("verdict", "code"), [("proved", 0), ("refuted", 1), ("undecided", 3)])
def test_the_exit_code_tells_the_verdict(run, answers, verdict, code):
    answers(verdict)
    result = run("prove", CLAIM)
    assert result.exit_code == code, result.output
    assert verdict in result.stdout


def test_everything_asked_reaches_the_prover(run, answers):
    asked = answers("proved")
    run(
        "prove",
        CLAIM,
        "--given",
        "X->Y->Z",
        "--given",
        "H(X) = 0",
        "--axiom",
        "zhang-yeung",
        "--timeout",
        "2.5",
        "--seed",
        "3",
    )
    assert asked == [(CLAIM, {"given": ["X->Y->Z", "H(X) = 0"], "axioms": ["zhang-yeung"], "timeout": 2.5, "seed": 3})]


def test_a_proof_as_text_and_as_latex(run, answers):
    answers("proved")
    assert run("prove", CLAIM, "--unit", "bits").stdout == "proved: 1 * I(X;Y) >= 0 (bits)\n"
    assert run("prove", CLAIM, "--latex").stdout == "1 \\cdot I(X;Y) \\ge 0\n"


def test_a_counterexample_is_shown_in_the_unit_asked(run, answers):
    answers("refuted")
    assert "X is a coin of 1/2 (bits)" in run("prove", CLAIM, "--unit", "bits").stdout


def test_an_open_answer_says_what_is_known(run, answers):
    answers("undecided")
    assert "a polymatroid violates it" in run("prove", CLAIM).stdout


def test_json(run, answers, tmp_path):
    answers("refuted")
    result = run("prove", CLAIM, "--given", "X->Y->Z", "--json", "-")
    record = json.loads(result.stdout)
    assert (record["verdict"], record["given"], result.exit_code) == ("refuted", ["X->Y->Z"], 1)
    assert record["relations"][0]["counterexample"]["kind"] == "counterexample"
    assert "refuted" in result.stderr
    target = tmp_path / "answer.json"
    answers("proved")
    run("prove", CLAIM, "--json", str(target))
    assert json.loads(target.read_text(encoding="utf-8"))["certificate"]["kind"] == "shannon"


@pytest.mark.parametrize("verdict", ["proved", "refuted"])
def test_a_written_certificate_can_be_rechecked(run, answers, tmp_path, verdict):
    answers(verdict)
    target = tmp_path / "certificate.json"
    run("prove", CLAIM, "--certificate", str(target))
    assert run("recheck", str(target)).exit_code == 0


def test_nothing_known_writes_no_certificate(run, answers, tmp_path):
    answers("undecided")
    target = tmp_path / "certificate.json"
    result = run("prove", CLAIM, "--certificate", str(target))
    assert result.exit_code == 3
    assert "undecided: no certificate" in result.stderr
    assert not target.exists()


def test_a_claim_that_cannot_be_read_exits_2_with_a_caret(run, monkeypatch):
    def refuse(claim, **_how):
        raise ClaimError("a measure ends here", claim, 4, "a variable")

    monkeypatch.setitem(vars(semtheory), "prove", refuse)
    result = run("prove", "I(X;) >= 0")
    assert result.exit_code == 2
    assert result.stderr == "semtheory: a measure ends here\n  I(X;) >= 0\n      ^\nexpected a variable\n"


def test_one_standard_output_for_one_document(run, answers):
    answers("proved")
    assert run("prove", CLAIM, "--json", "-", "--certificate", "-").exit_code == 2
