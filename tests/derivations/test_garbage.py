"""Arbitrary text never crashes or hangs the reader, and scanning is linear."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from semtheory.derivations.checking import check_source, read_derivations
from semtheory.derivations.judging import Judge
from semtheory.derivations.source import Source, decode
from semtheory.errors import SemtheoryError

PIECES = st.sampled_from(
    [r"\begin{align}", r"\end{align}", r"\[", r"\]", r"$$", r"\\", r"\\[3pt]", r"&", r"%", r"{", r"}", r"(", r")", r"[", r"]", r"\left(", r"\right)", r"\left.", r"\bigl(", r"|", r"\|", r"\mid", r",", r";", r".", r"+", r"-", r"*", r"/", r"=", r"\le", r"\ge", r"\triangleq", r":=", r"->", r"\to", r"<=", r">=", r"\overset{(a)}{\le}", r"\stackrel", r"\underbrace", r"\text{if}", r"\mathrm{H}", r"\hat", r"\hat{X}", r"\frac", r"\frac12", r"\sum_{t=1}^n", r"^", r"_", r"^n", r"_t", r"^{t-1}", r"X", r"Y^n", r"I(", r"H(", r"D(", r"I(X;Y)", r"H(X|Y)", r"\label{a}", r"\tag", r"\newcommand{\a}[1]{#1\a}", r"\def\b{\b}", r"\a", r"\b", r"\verb|x|", r"\iffalse", r"\fi", r"```proof", r"```", r"~~~", r"given:", r"claim:", r"let:", r"#", r"\begin{cases}", r"\end{cases}", r"\begin", r"\end", r"for", r"t=1..n", r"1", r"2.5", r"1/0", r"0", r"\foo", r"\int", r"~", r"'", r"\prime", r"^\prime", r"^*", r"é", r"≤", r"\quad", "\n", "\n\n", " ", "% given: ", "% claim: ", "\x00", "\ue000", "\ue002"]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join), st.sampled_from([".tex", ".md", ".txt"]))
@example("\\begin{align}\\underbrace", ".tex")
def test_pieces_of_derivations(text, suffix):
    for body in (text, f"\\begin{{align}}{text}\\end{{align}}", f"```proof\n{text}\n```"):
        source = Source("a" + suffix, body)
        for derivation in read_derivations(source):
            for item in [*derivation.relations, *derivation.claims, *derivation.troubles]:
                assert 1 <= item.place.line <= source.lines
                assert item.place.column >= 1


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_bytes(data):
    try:
        text = decode(data, "a.tex")
    except SemtheoryError:
        return
    read_derivations(Source("a.tex", text))
    read_derivations(Source("a.md", "```proof\n" + text))


@pytest.mark.parametrize(
    "text",
    [
        "{" * 50_000,
        "\\[" + "(" * 50_000,
        "\\begin{align}" * 10_000,
        "\\[" + "\\overset{" * 20_000,
        "$$" * 40_000,
        "\\[" + "\\text{" * 20_000,
        "\\[" + "&," * 20_000 + "\\]",
        "\\[" + "\\left(" * 20_000 + "\\]",
        "\\newcommand{\\a}{\\a\\a}\\[ \\a \\]",
        "\\begin{verbatim}" * 20_000,
        "\\verb|" * 20_000,
        "%\n" * 20_000 + "\\[a=b\\]" * 1000,
        "% given: H(X)\n" * 2000 + "\\[ H(X) \\ge 0 \\]",
    ],
    ids=lambda text: repr(text[:20]),
)
def test_traps_for_scanners(text):
    start = time.process_time()
    check_source(Source("a.tex", text), Judge(timeout=1.0))
    assert time.process_time() - start < 10.0


def test_five_megabytes_of_prose():
    prose = "Lorem \\emph{ipsum} dolor $a_{1}+b$ sit \\cite{abc} 50\\% of the \\textbf{time} (see \\eqref{x}) -- [1].\n% remark\n\n"
    start = time.process_time()
    assert check_source(Source("a.tex", prose * (5_000_000 // len(prose))), Judge()).relations == ()
    assert time.process_time() - start < 5.0


def test_a_definition_of_an_empty_block_is_not_read():
    """Found by fuzzing: `X^0 := ...` names no variable, and raised IndexError."""
    (derivation,) = read_derivations(Source("a.tex", r"\begin{align}X^0 := H(X)\end{align}"))
    (relation,) = derivation.relations
    assert relation.relation is None
    assert relation.problem
