"""Claims as presentation MathML, and back: what is written here reads as the same claim."""

from __future__ import annotations

import re
from xml.etree import ElementTree as Xml

import sympy

from semtheory.errors import ClaimError
from semtheory.notation.claims import Relation
from semtheory.notation.measures import DI, TE, CausalH, D, H, HorizonSum, I, Law
from semtheory.notation.parser import parse_claim
from semtheory.notation.variables import ACCENTS, Block, VariableSet, index_text

NAMESPACE = "http://www.w3.org/1998/Math/MathML"
_RELATIONS = {"<=": "≤", ">=": "≥", "=": "="}
_ACCENT_SIGNS = dict(zip(ACCENTS, "^~¯", strict=True))
_INVISIBLE = "\u2062"  # invisible times


def to_mathml(claim: Relation | sympy.Expr) -> str:
    """A relation, or a linear combination of measures, as a `<math>` element."""
    math = Xml.Element("math", {"xmlns": NAMESPACE})
    if not isinstance(claim, Relation):
        math.append(_expression(claim))
    elif claim.chain:
        _join(math, [_set(part) for part in claim.chain], "→")
    else:
        math.extend([_expression(claim.left), _token("mo", _RELATIONS[claim.op]), _expression(claim.right)])
    if isinstance(claim, Relation) and claim.quantifier:
        q = claim.quantifier
        math.append(_token("mtext", f" for {q.index}={index_text(q.lo)}..{index_text(q.hi)}"))
    return Xml.tostring(math, encoding="unicode")


def from_mathml(text: str) -> list[Relation]:
    """The relations of a claim in presentation MathML. Raises `ClaimError` for what is not one."""
    try:
        root = Xml.fromstring(text)
    except Xml.ParseError as error:
        raise ClaimError(f"not well-formed MathML: {error}", expected="a <math> element") from None
    return parse_claim(_flatten(root))


def _token(tag: str, text: str) -> Xml.Element:
    element = Xml.Element(tag)
    element.text = text
    return element


def _row(*children: Xml.Element) -> Xml.Element:
    row = Xml.Element("mrow")
    row.extend(children)
    return row


def _join(into: Xml.Element, parts: list[Xml.Element], sign: str) -> Xml.Element:
    for k, part in enumerate(parts):
        if k:
            into.append(_token("mo", sign))
        into.append(part)
    return into


def _name(name: str) -> Xml.Element:
    stem = name.rstrip("'")
    for accent, sign in _ACCENT_SIGNS.items():
        if stem.endswith(accent) and len(stem) == len(accent) + 1:
            over = Xml.Element("mover", {"accent": "true"})
            over.extend([_token("mi", stem[0] + name[len(stem) :]), _token("mo", sign)])
            return over
    return _token("mi", name)


def _index(index: sympy.Expr) -> Xml.Element:
    text = index_text(index)
    match = re.fullmatch(r"([A-Za-z])([+-])(\d+)", text)
    if match:
        return _row(_token("mi", match[1]), _token("mo", match[2]), _token("mn", match[3]))
    return _token("mn" if text.isdigit() else "mi", text)


def _variable(term: sympy.Basic) -> Xml.Element:
    stem, _, label = term.name.partition("_")
    lower: list[Xml.Element] = [_token("mtext", label)] if label else []
    upper: Xml.Element | None = None
    if isinstance(term, Block):
        if term.lo == term.hi or term.lo != 1:
            lower.append(_index(term.lo))
        if term.lo != term.hi:
            upper = _index(term.hi)
    base = _name(stem)
    if not lower and upper is None:
        return base
    subscript = lower[0] if len(lower) == 1 else _join(Xml.Element("mrow"), lower, ",")
    element = Xml.Element("msubsup" if lower and upper is not None else "msub" if lower else "msup")
    element.extend([base, *([subscript] if lower else []), *([upper] if upper is not None else [])])
    return element


def _set(variables: VariableSet) -> Xml.Element:
    return _join(Xml.Element("mrow"), [_variable(term) for term in variables.args], ",")


def _law(law: Law) -> Xml.Element:
    name, variables, given = law.args
    if not variables.args:
        return _token("mi", str(name))
    inside = [_set(variables)] + ([_token("mo", "|"), _set(given)] if given.args else [])
    return _row(_token("mi", str(name)), _token("mo", "("), *inside, _token("mo", ")"))


def _call(name: str, *inside: Xml.Element) -> Xml.Element:
    return _row(_token("mi", name), _token("mo", "("), *inside, _token("mo", ")"))


def _given(given: VariableSet) -> list[Xml.Element]:
    return [_token("mo", "|"), _set(given)] if given.args else []


def _measure(measure: sympy.Expr) -> Xml.Element:
    if isinstance(measure, H):
        return _call("H", _set(measure.args[0]), *_given(measure.args[1]))
    if isinstance(measure, I):
        parts = _join(Xml.Element("mrow"), [_set(part) for part in measure.args[0].args], ";")
        return _call("I", parts, *_given(measure.args[1]))
    if isinstance(measure, D):
        return _call("D", _law(measure.args[0]), _token("mo", "∥"), _law(measure.args[1]))
    if isinstance(measure, DI):
        source, target, causal, given = measure.args
        bars = [_token("mo", "∥"), _set(causal)] if causal.args else []
        return _call("I", _set(source), _token("mo", "→"), _set(target), *bars, *_given(given))
    if isinstance(measure, TE):
        return _call("TE", _set(measure.args[0]), _token("mo", "→"), _set(measure.args[1]), *_given(measure.args[2]))
    if isinstance(measure, CausalH):
        return _call("H", _set(measure.args[1]), _token("mo", "∥"), _set(measure.args[0]), *_given(measure.args[2]))
    if isinstance(measure, HorizonSum):
        body, index, lo, hi = measure.args
        sign = Xml.Element("munderover")
        sign.extend([_token("mo", "∑"), _row(_token("mi", str(index)), _token("mo", "="), _index(lo)), _index(hi)])
        return _row(sign, _fenced(body) if body.is_Add else _expression(body))
    raise ClaimError(f"{measure} is not a measure of the claim language")


def _fenced(expression: sympy.Expr) -> Xml.Element:
    return _row(_token("mo", "["), _expression(expression), _token("mo", "]"))


def _number(value: sympy.Rational) -> Xml.Element:
    if value.q == 1:
        return _token("mn", str(value.p))
    fraction = Xml.Element("mfrac")
    fraction.extend([_token("mn", str(value.p)), _token("mn", str(value.q))])
    return fraction


def _expression(expression: sympy.Expr) -> Xml.Element:
    row = Xml.Element("mrow")
    for k, term in enumerate(sympy.Add.make_args(sympy.sympify(expression))):
        coefficient, rest = term.as_coeff_Mul(rational=True)
        if coefficient < 0:
            row.append(_token("mo", "-"))
        elif k:
            row.append(_token("mo", "+"))
        size = abs(coefficient)
        if size != 1 or rest == 1:
            row.append(_number(size))
        if rest != 1:
            if size != 1:
                row.append(_token("mo", _INVISIBLE))
            row.append(_fenced(rest) if rest.is_Add else _measure(rest))
    return row


def _flatten(element: Xml.Element) -> str:
    """Presentation MathML as the text of the claim language."""
    tag = element.tag.rpartition("}")[2]
    children = [_flatten(child) for child in element if child.tag.rpartition("}")[2] not in ("annotation", "annotation-xml")]
    if tag in ("mi", "mn", "mo", "mtext"):
        return (element.text or "").replace(_INVISIBLE, "*")
    shapes = {"msub": 2, "msup": 2, "msubsup": 3, "munderover": 3, "mfrac": 2, "mover": 2}
    if tag in shapes and len(children) != shapes[tag]:
        raise ClaimError(f"<{tag}> with {len(children)} children", expected=f"{shapes[tag]}")
    if tag == "msub":
        return f"{children[0]}_{{{children[1]}}}"
    if tag == "msup":
        return f"{children[0]}^{{{children[1]}}}"
    if tag == "msubsup":
        return f"{children[0]}_{{{children[1]}}}^{{{children[2]}}}"
    if tag == "munderover":
        return f"sum({children[1]}..{children[2]}) "
    if tag == "mfrac":
        return f"({children[0]}/{children[1]})"
    if tag == "mover":
        accent = next((name for name, sign in _ACCENT_SIGNS.items() if sign == children[1].strip()), None)
        if accent is None:
            raise ClaimError(f"unknown accent {children[1]!r}", expected=" ".join(_ACCENT_SIGNS.values()))
        stem = children[0].rstrip("'")
        return stem + accent + children[0][len(stem) :]
    if tag in ("math", "mrow", "mstyle", "semantics", "mpadded"):
        return "".join(children)
    raise ClaimError(f"<{tag}> is not part of a claim", expected="presentation MathML of a claim")
