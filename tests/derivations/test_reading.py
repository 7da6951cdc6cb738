"""What is read from a file, where it is said to stand, and what becomes of the rest."""

from __future__ import annotations

import pytest

from semtheory.derivations.checking import check, check_source
from semtheory.derivations.judging import Judge
from semtheory.derivations.source import Source, decode
from semtheory.errors import SemtheoryError


def run(text, name="a.tex"):
    return check_source(Source(name, text), Judge(timeout=5.0))


def found(text, name="a.tex"):
    return [(r.place.line, r.verdict, r.relation) for r in run(text, name).relations]


def block(*lines):
    return "\n".join(["```proof", *lines, "```", ""])


def test_a_blank_line_starts_a_new_chain_and_a_comment_does_not():
    text = block("I(X;Y) <= H(X)", "# a remark", "  <= H(X,Y)", "", "<= H(X)")
    assert [(line, verdict) for line, verdict, _ in found(text, "a.md")] == [(2, "proved"), (4, "proved"), (6, "not read")]


def test_only_proof_blocks_are_read():
    text = "```python\nH(X) <= 0\n```\n\n````md\n```proof\nH(X) <= 0\n```\n````\n\n~~~proof\nH(X) >= 0\n~~~\n"
    assert found(text, "a.md") == [(12, "proved", "H(X) >= 0")]


def test_a_line_outside_the_language_spoils_itself_alone():
    text = "\\begin{align}\nH(X) &= -\\sum_x p(x) \\log p(x) \\\\\nI(X;Y) &\\le H(X) \\\\\nH(Y) &\\le \\int f \\\\\n H(X) &\\ge 0\n\\end{align}\n"
    assert [(line, verdict) for line, verdict, _ in found(text)] == [(2, "not read"), (3, "proved"), (4, "not read"), (5, "proved")]
    assert run(text).exit_code == 3


def test_an_unknown_macro_is_named_with_its_place():
    relation = run("\\[\n H(X) \\le \\foo{X}\n\\]\n").relations[0]
    assert "\\foo" in relation.method
    assert (relation.at.line, relation.at.column) == (2, 11)


def test_lines_and_columns_are_those_of_the_file():
    checked = run("text\n\\[ 0 \\le I(X;Y) \\le H(X) \\]\n")
    assert [(r.place.line, r.place.column) for r in checked.relations] == [(2, 6), (2, 17)]


@pytest.mark.parametrize(
    "body",
    [
        r"H(X,Y) &= H(X) \\ &\quad + H(Y|X)",
        r"H(X,Y) &= \bigl( H(X) \\ & + H(Y|X) \bigr)",
        r"H(X,Y) \\ &= H(X) + H(Y|X)",
        r"H(X,Y) = {}& H(X) + \\[3pt] & H(Y|X)",
        r"H(X,Y) &\overset{(a)}{=} H(X) + H(Y|X), \label{x} \tag{3}",
        r"H(X,Y) &=^{(a)} H(X) + H(Y|X) && \text{(chain rule)} \\",
        r"H(X,Y) &\stackrel{\text{chain}}{=} \underbrace{H(X)}_{=A} + H(Y\bigm|X). \notag",
        r"\mathbb{H}(X,Y) &= \operatorname*{H}(X) + \mathrm{H}\left( Y \,\middle|\, X \right) % why",
        r"\left. H(X,\/Y) \right. &=\! H(X)\,+\;H(Y\:|\ X)",
        r"H(X^n_1) &= \sum\nolimits_{t=1}^n H(X_t|X^{t-1}_1)",
    ],
)
def test_layout_is_harmless(body):
    assert [verdict for _line, verdict, _ in found(f"\\begin{{align}}\n{body}\n\\end{{align}}\n")] == ["proved"]


def test_two_formulas_in_a_row():
    text = "\\begin{align}\nI(X;Y) &\\le H(X) & I(X;Y) &\\le H(Y) \\\\\nH(X) &\\ge 0, \\quad H(Y) \\le 0 \\text{ holds}\n\\end{align}\n"
    assert [(line, verdict) for line, verdict, _ in found(text)] == [(2, "proved"), (2, "proved"), (3, "proved"), (3, "refuted")]


def test_assumptions_hold_for_their_display_alone():
    text = "% given: X -> Y -> Z\n\\[ I(X;Z) \\le I(X;Y) \\]\n\\[ I(X;Z) \\le I(X;Y) \\]\n"
    assert [verdict for _line, verdict, _ in found(text)] == ["proved", "refuted"]
    text = "% given: X -> Y -> Z\n\n\\[ I(X;Z) \\le I(X;Y) \\]\n"
    assert [verdict for _line, verdict, _ in found(text)] == ["refuted"]


def test_skip_leaves_a_display_out():
    assert found("% semtheory: skip\n\\[ H(X) \\le 0 \\]\n") == []


def test_a_definition_is_no_relation_unless_its_symbol_is_known():
    text = "\\begin{align} R &\\triangleq I(X;Y) \\\\ R &\\le H(X) \\\\ R &\\triangleq H(X) \\end{align}"
    assert [verdict for _line, verdict, _ in found(text)] == ["proved", "refuted"]


def test_an_assumption_that_was_not_read_takes_refutations_back():
    text = "% given: X ~> Y\n\\begin{align} I(X;Z) &\\le I(X;Y) \\\\ H(X) &\\ge 0 \\end{align}"
    assert [verdict for _line, verdict, _ in found(text)] == ["not read", "undecided", "proved"]


def test_contradictory_assumptions_prove_nothing():
    checked = run("% given: H(X) >= 1\n% given: H(X) <= 1/2\n\\[ H(X) \\ge 2 \\]\n")
    assert [relation.verdict for relation in checked.relations] == ["undecided"]
    assert "contradict" in checked.relations[0].method


@pytest.mark.parametrize(
    ("lines", "verdict"),
    [
        (["claim: I(X;Y) <= H(X)", "I(X;Y) <= H(X,Y)"], "gap"),
        (["claim: I(X;Y) <= H(X)", "I(X;Y) = H(X) - H(X|Y)", "  <= H(X)"], "proved"),
        (["claim: H(X) <= I(X;Y)", "I(X;Y) <= H(X)"], "refuted"),
        (["claim: I(X;Y) <= H(X)", "I(X;Y) <= H(X)", "  >= I(X;Y)"], "gap"),
        (["claim: 2*I(X;Y) <= H(X) + H(Y)", "I(X;Y) <= H(X)", "I(X;Y) <= H(Y)"], "proved"),
        (["claim: I(X;Y) = H(X)", "given: H(X|Y) = 0", "I(X;Y) <= H(X)", "I(X;Y) >= H(X)"], "proved"),
        (["claim: H(X|Y) <= H(X)", "H(X) = I(X;Y) + H(X|Y)"], "gap"),
    ],
)
def test_a_claim_is_judged_by_itself_and_as_what_the_chains_yield(lines, verdict):
    (claim,) = [relation for relation in run(block(*lines), "a.md").relations if relation.is_claim]
    assert claim.verdict == verdict


def test_open_and_stray_environments_are_named():
    text = "\\begin{align}\nH(X) &\\ge 0 \\\\\n\n\\end{align}\n"
    assert [(line, verdict) for line, verdict, _ in found(text)] == [(1, "not read"), (2, "proved"), (4, "not read")]


def test_suggestions_are_proved():
    relation = run("\\[ I(X;Z) \\le I(X;Y) \\]").relations[0]
    assert "given X -> Y -> Z: proved" in relation.suggestions
    relation = run("\\[ I(X^n \\to Y^n) = I(X^n;Y^n) \\]").relations[0]
    assert any("Y^{t-1} -> X^{t-1} -> X_t" in sentence for sentence in relation.suggestions)
    relation = run("\\[ \\sum_{t=1}^n H(Y_t|Y^{t}) = H(Y^n) \\]").relations[0]
    assert any("with Y^{t-1} for Y^t" in sentence for sentence in relation.suggestions)
    relation = run("\\[ H(X,Y) = H(X) + H(Y) \\]").relations[0]
    assert any("H(Y|X)" in sentence for sentence in relation.suggestions)


def test_what_cannot_be_read_at_all(tmp_path):
    latin = tmp_path / "a.tex"
    latin.write_bytes(b"\nd\xe9j\xe0 vu")
    checked = check(latin)
    assert checked.exit_code == 2
    assert ":2: byte 2 (0xe9) is not UTF-8" in checked.problem
    assert check(tmp_path / "none.tex").exit_code == 2
    assert check(tmp_path).exit_code == 2
    assert decode("\ufeffé\r\n".encode("utf-16"), "x") == "\ufeffé\n"
    with pytest.raises(SemtheoryError):
        decode(b"\xff\xfe\x00", "x")
