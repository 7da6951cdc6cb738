"""LaTeX as MathML: every statement of every theorem, and the refusal of what is not known."""

from __future__ import annotations

import re
from xml.etree import ElementTree as Xml

import pytest

from semtheory.logic.registry import Registry
from semtheory.logic.theorem import Claim
from semtheory.notation.latex_formulas import LatexError, latex_to_mathml

CORE = {
    "math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msub", "msup", "msubsup", "munder",
    "mover", "munderover", "mtable", "mtr", "mtd", "mstyle",
}  # fmt: skip
CHILDREN = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3}


def shape(latex: str) -> str:
    """The MathML without its namespace and the outer element."""
    text = latex_to_mathml(latex)
    return re.sub(r"^<math[^>]*>|</math>$", "", text)


def test_every_statement_of_the_registry_is_typeset(registry: Registry) -> None:
    refused, seen = [], 0
    for entry in registry:
        theorem = entry.theorem
        stated = [*(step.claim for step in theorem.steps), *theorem.claims, *(v.statement for v in theorem.variants)]
        for claim in stated:
            latex = (claim.statement() if isinstance(claim, Claim) else claim).latex
            if not latex:
                continue
            try:
                made = Xml.fromstring(latex_to_mathml(latex))
            except LatexError as error:
                refused.append(f"{theorem.id}: {error}")
                continue
            seen += 1
            for element in made.iter():
                tag = element.tag.rpartition("}")[2]
                assert tag in CORE
                assert len(element) == CHILDREN.get(tag, len(element)), f"{theorem.id}: <{tag}> in {latex}"
                assert "\\" not in (element.text or ""), f"{theorem.id}: {latex}"
    assert refused == []
    assert seen >= 400


@pytest.mark.parametrize(
    ("latex", "mathml"),
    [
        (r"\frac{a}{2}", "<mfrac><mi>a</mi><mn>2</mn></mfrac>"),
        (r"\frac12", "<mfrac><mn>1</mn><mn>2</mn></mfrac>"),
        ("x_1^{2}", "<msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup>"),
        ("x^{2}_1", "<msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup>"),
        ("X^n", "<msup><mi>X</mi><mi>n</mi></msup>"),
        (r"a \le b", "<mi>a</mi><mo>≤</mo><mi>b</mi>"),
        (r"\mathbb{E}", "<mi>𝔼</mi>"),
        (r"\mathrm{TV}", "<mi>TV</mi>"),
        (r"\mathcal L", "<mi>ℒ</mi>"),
        ("lam", "<mi>λ</mi>"),
        ("x'", '<msup><mi>x</mi><mo lspace="0" rspace="0">′</mo></msup>'),
        (r"\sqrt[3]{x}", "<mroot><mi>x</mi><mn>3</mn></mroot>"),
        (r"\sum_{t=1}^{n}", "<munderover><mo>∑</mo><mrow><mi>t</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover>"),
        (r"\text{for all } n", "<mtext>for\u00a0all\u00a0</mtext><mi>n</mi>"),
        ("a < b", "<mi>a</mi><mo>&lt;</mo><mi>b</mi>"),
    ],
)
def test_shapes(latex: str, mathml: str) -> None:
    assert shape(latex) == mathml


@pytest.mark.parametrize(
    "latex",
    [r"\foo", r"\frac{a}", "a_1_2", r"\left( x", "x)}", "}", "a & b", "x^", r"\begin{cases} a", r"\begin{foo}a\end{foo}",
     r"\left x \right)", r"\text{\foo}", "#", r"\mathbb{\alpha}", "{" * 2000, r"\right)", r"\big x"],
)  # fmt: skip
def test_what_is_not_known_is_refused(latex: str) -> None:
    with pytest.raises(LatexError):
        latex_to_mathml(latex)


def test_the_message_names_the_command() -> None:
    with pytest.raises(LatexError, match=r"\\unheardof is not known"):
        latex_to_mathml(r"1 + \unheardof{x}")
