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
        return f"1 * I(X;Y) >= 0 ({unit})"

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
    assert run("prove", CLAIM, "--unit", "bits").stdout == "proved\n\n1 * I(X;Y) >= 0 (bits)\n"
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


def test_a_cited_lemma_is_said(run):
    zhang_yeung = "2 I(C;D) <= I(A;B) + I(A;C,D) + 3I(C;D|A) + I(C;D|B)"
    result = run("prove", zhang_yeung, "--axiom", "zhang-yeung")
    assert result.exit_code == 0
    assert result.stdout.startswith("proved, resting on the cited lemma zhang-yeung\n")


@pytest.mark.parametrize(
    ("arguments", "code", "part"),
    [
        (["I(X;Z) <= I(X;Y)", "--given", "X->Y->Z"], 0, "I(X;Y|Z) >= 0"),
        (["I(X;Z) <= I(X;Y)", "--unit", "bits"], 1, "violation:  [1.000000000 +/- 1e-14] bits"),
        (["H(X) >= 1.0000000001*H(X)"], 1, "1/10000000000 log 2"),
        (["DI(X^n->Y^n) <= I(X^n;Y^n)"], 0, "for every n"),
        (["DI(X^n->Y^n) = I(X^n;Y^n)"], 1, "n = 2"),
        (["DI(X^n->Y^n) = I(X^n;Y^n)", "--given", "I(Y^{t-1};X_t|X^{t-1}) = 0 for t=1..n"], 0, "for every n"),
    ],
)
def test_the_real_prover_from_the_command_line(run, tmp_path, arguments, code, part):
    target = tmp_path / "certificate.json"
    result = run("prove", *arguments, "--certificate", str(target))
    assert result.exit_code == code, result.output
    assert part in result.stdout
    assert run("recheck", str(target)).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["I(X;"], "the claim ends too early"),
        (["H(X)/0 >= 1"], "division by zero"),
        (["H(X) >= 0", "--axiom", "nonsense"], "unknown axiom 'nonsense'"),
        (["H(X) >= 1", "--given", "H(X) = 0", "--given", "H(X) >= 2"], "the assumptions contradict each other"),
        (["H(X) >= 0", "--given", "H(Q) = 0"], "speaks of Q"),
    ],
)
def test_bad_input_exits_2_with_a_sentence(run, arguments, message):
    result = run("prove", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.output
