"""Proofs as people read them: which inequality, how many times, and why; as text and as LaTeX."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

import sympy

from semtheory.logic.checker import FINITE, LEMMAS, filled, has_divergences
from semtheory.notation.canonical import UNNAMED
from semtheory.notation.measures import D, H, HorizonSum, I, Law
from semtheory.notation.variables import Block, RandomVariable, VariableSet, index_symbol

Writer = Callable[[sympy.Basic], str]


def proof_text(certificate: dict[str, Any]) -> str:
    """The proof in a certificate, a line for each inequality used."""
    return "\n".join(_Text(certificate).write())


def proof_latex(certificate: dict[str, Any]) -> str:
    """The proof in a certificate as LaTeX (amsmath)."""
    return "\n".join(_Latex(certificate).write())


def measure(item: dict[str, Any]) -> sympy.Expr:
    """A measure of a certificate, without its multiplier, as SymPy."""
    given = _set(item.get("given", []))
    if item.get("constant"):
        made: sympy.Expr = sympy.S.One
    elif "I" in item:
        parts = [_set(part) for part in item["I"]]
        made = H(parts[0], given=given) if len(parts) == 2 and parts[0] == parts[1] else I(*parts, given=given)
    elif "H" in item:
        made = H(_set(item["H"]), given=given)
    else:
        p, q = item["D"]
        of = [name for name in item["of"] if name != UNNAMED[0]]
        made = D(Law(p, _set(of), given), Law(q, _set(of), given))
    if "sum" in item:
        index, lo, hi = item["sum"]
        made = HorizonSum(made, index_symbol(index), _index(lo), _index(hi))
    return made


def _set(names: Iterable[str]) -> VariableSet:
    terms: list[Any] = []
    for name in names:
        match = re.fullmatch(r"(.*)\[(.*):(.*)\]", name)
        terms.append(Block(match[1], _index(match[2]), _index(match[3])) if match else RandomVariable(name))
    return VariableSet(*terms)


def _index(text: str) -> sympy.Expr:
    match = re.fullmatch(r"([A-Za-z]?)([+-]?\d*)", text)
    assert match is not None, text
    return (index_symbol(match[1]) if match[1] else sympy.S.Zero) + int(match[2] or 0)


def total(items: list[dict[str, Any]]) -> sympy.Expr:
    """A list of measures with multipliers, added up."""
    terms = [sympy.Rational(item["times"]) * measure(item) for item in items]
    return sympy.Add(*terms)


def reason(line: dict[str, Any], givens: list[dict[str, Any]]) -> str:
    """Why a proof line holds, in a phrase."""
    if "assumption" in line:
        given = givens[line["assumption"] - 1]
        at = f" at {line['at']}" if "at" in line else ""
        return f"by {given['text']}{at}"
    if "axiom" in line:
        return f"cited lemma {line['axiom']}"
    if "D" in line:
        return "Gibbs' inequality"
    if line.get("constant"):
        return "one is positive"
    return "entropy is non-negative" if line["I"][0] == line["I"][1] else "information is non-negative"


class _Text:
    """Writes a certificate as plain text; subclasses change the spelling only."""

    def __init__(self, certificate: dict[str, Any]) -> None:
        self.certificate = certificate

    def show(self, expression: sympy.Basic) -> str:
        return sympy.sstr(expression)

    def write(self) -> list[str]:
        certificate = self.certificate
        kind = certificate.get("kind")
        if kind == "conjunction":
            return [line for part in certificate["parts"] for line in [*type(self)(part).write(), ""]][:-1]
        if kind not in ("shannon", "horizon"):
            return [f"{certificate.get('statement', '')}: certificate of kind {kind}, see its JSON"]
        out = [f"{certificate['claim']['text']}" + ("   for every " + certificate["horizon"] if kind == "horizon" else "")]
        out += [f"  given  {given['text']}" for given in certificate["givens"]]
        out += [f"  {FINITE}"] if has_divergences(certificate) else []
        for direction, proof in sorted(certificate["proof"].items(), reverse=True):
            out += self.horizon(direction, proof) if kind == "horizon" else self.shannon(direction, proof)
        return out

    def difference(self, direction: str) -> str:
        claim = self.certificate["claim"]
        left, right = total(claim["left"]), total(claim["right"])
        if claim["op"] == "<=" or direction == "<=":
            left, right = right, left
        return self.show(left - right)

    def shannon(self, direction: str, proof: list[dict[str, Any]]) -> list[str]:
        if not proof:
            return [f"  {self.difference(direction)} = 0: both sides are the same joint entropies"]
        sign = "= 0" if direction == "=" else ">= 0"
        return [f"  {self.difference(direction)} {sign}, being the sum of", *self.lines(proof, "    ")]

    def horizon(self, direction: str, proof: dict[str, Any]) -> list[str]:
        out = [f"  {self.difference(direction)} {'= 0' if direction == '=' else '>= 0'}:"]
        cuts, horizon = proof["cuts"], self.certificate["horizon"]
        low, high = cuts["first"] + cuts["before"] + 1, -cuts["last"] - cuts["after"]
        potential = self.show(total(proof["potential"]))
        for item in proof["global"]:
            out.append(f"    {item['times']} times the assumption {self.certificate['givens'][item['assumption'] - 1]['text']}")
        until = horizon + (f"{high:+d}" if high else "")
        out.append(f"    phi(t) = {potential}" if potential != "0" else "    term by term")
        out.append(f"    step, t = {low}..{until}: the summand" + (" less phi(t) - phi(t-1)" if potential != "0" else "") + " is")
        out += self.lines(proof["step"], "      ") or ["      zero: the same joint entropies"]
        out.append("    boundary: what is outside the sums" + (f" plus phi({until}) - phi({low - 1})" if potential != "0" else "") + " is")
        out += self.lines(proof["boundary"], "      ") or ["      zero: the same joint entropies"]
        for part in proof.get("small", []):
            out.append(f"    {horizon} = {part['n']}:")
            out += self.lines(part["lines"], "      ") or ["      zero: the same joint entropies"]
        return out

    def lines(self, items: list[dict[str, Any]], indent: str) -> list[str]:
        rows = []
        for item in items:
            sign = ">=" if "assumption" not in item else self.sign(item)
            rows.append((item["times"], f"{self.known(item)} {sign} 0", reason(item, self.certificate["givens"])))
        width = max((len(times) for times, _body, _why in rows), default=0)
        body = max((len(text) for _times, text, _why in rows), default=0)
        return [f"{indent}{times.rjust(width)} * [ {text.ljust(body)} ]   {why}" for times, text, why in rows]

    def sign(self, item: dict[str, Any]) -> str:
        op: str = self.certificate["givens"][item["assumption"] - 1]["op"]
        return "=" if op == "=" or "I" in item or "H" in item else ">="

    def known(self, item: dict[str, Any]) -> str:
        """What a line says is non-negative or zero."""
        if "axiom" in item:
            lemma = {**self.certificate.get("lemmas", {}), **LEMMAS}[item["axiom"]]
            return self.show(total([filled(part, item["with"]) for part in lemma]))
        if "assumption" in item and "I" not in item and "H" not in item:
            given = self.certificate["givens"][item["assumption"] - 1]
            left, right = total(given["left"]), total(given["right"])
            if "at" in item and given.get("for"):
                moved = {index_symbol(given["for"][0]): _index(item["at"])}
                left, right = left.subs(moved), right.subs(moved)
            return self.show(right - left if given["op"] == "<=" else left - right)
        return self.show(measure(item))


class _Latex(_Text):
    """The same, in LaTeX."""

    def show(self, expression: sympy.Basic) -> str:
        return sympy.latex(expression)

    def write(self) -> list[str]:
        certificate = self.certificate
        if certificate.get("kind") == "conjunction":
            return [line for part in certificate["parts"] for line in type(self)(part).write()]
        if certificate.get("kind") not in ("shannon", "horizon"):
            return [f"% {line}" for line in super().write()]
        out = [r"\begin{align*}", rf"\text{{claim:}}\quad & {self.relation(certificate['claim'])} \\"]
        out += [rf"\text{{given:}}\quad & {self.relation(given)} && ({k}) \\" for k, given in enumerate(certificate["givens"], 1)]
        out += [r"\text{assuming:}\quad & \text{every } D \text{ here is finite } (p \ll q) \\"] if has_divergences(certificate) else []
        for direction, proof in sorted(certificate["proof"].items(), reverse=True):
            sign = "= 0" if direction == "=" else r"\ge 0"
            if certificate["kind"] == "shannon":
                out.append(rf"{self.difference(direction)} &= {self.sum(proof)} {sign} \\")
                continue
            phi = self.show(total(proof["potential"]))
            out.append(rf"{self.difference(direction)} &{sign}, \qquad \varphi(t) = {phi} \\")
            out.append(rf"\text{{step:}}\quad & {self.sum(proof['step'])} {sign} \\")
            out.append(rf"\text{{boundary:}}\quad & {self.sum(proof['boundary'])} {sign} \\")
            for part in proof.get("small", []):
                out.append(rf"{certificate['horizon']} = {part['n']}:\quad & {self.sum(part['lines'])} {sign} \\")
        out[-1] = out[-1].removesuffix(r" \\")
        return [*out, r"\end{align*}"]

    def relation(self, relation: dict[str, Any]) -> str:
        """A claim or an assumption, as it was read."""
        sign = {"<=": r"\le", ">=": r"\ge", "=": "="}[relation["op"]]
        body = f"{self.show(total(relation['left']))} {sign} {self.show(total(relation['right']))}"
        return body + (r",\quad {} = {}, \ldots, {}".format(*relation["for"]) if relation.get("for") else "")

    def sum(self, items: list[dict[str, Any]]) -> str:
        """A signed sum with the reason under each term that is zero by assumption."""
        parts: list[str] = []
        for item in items:
            times, body = Fraction(item["times"]), self.known(item)
            if "assumption" in item and self.sign(item) == "=":
                body = rf"\underbrace{{{body}}}_{{=0\ \text{{by ({item['assumption']})}}}}"
            size = "" if abs(times) == 1 else sympy.latex(sympy.Rational(abs(times).numerator, abs(times).denominator)) + r"\,"
            wrap = f"({body})" if size and (" + " in body or " - " in body) else body
            parts.append(("- " if times < 0 else "+ " if parts else "") + size + wrap)
        return " ".join(parts) or "0"
