"""Why a relation holds, in one phrase, read off the lines of its certificate."""

from __future__ import annotations

from typing import Any

from semtheory.notation.claims import Relation
from semtheory.notation.measures import DI, TE, CausalH, H, HorizonSum, I

_DIRECTED = (DI, TE, CausalH)


def _lines(certificate: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for part in certificate["proof"].values():
        if isinstance(part, list):
            found += part
        else:
            found += [*part["global"], *part["step"], *part["boundary"]]
            found += [line for small in part.get("small", []) for line in small["lines"]]
    return found


def _assumptions(certificate: dict[str, Any], lines: list[dict[str, Any]]) -> list[str]:
    texts = []
    for number in dict.fromkeys(line["assumption"] for line in lines if "assumption" in line):
        text = certificate["givens"][number - 1]["text"]
        kind = "Markov " if "->" in text and "(" not in text else "function " if text.startswith("H(") and " = 0" in text else ""
        kind = "independence " if text.startswith("I(") and " = 0" in text and "|" not in text else kind
        texts.append(kind + text)
    return texts


def _identity(relation: Relation) -> str:
    if relation.left == relation.right:
        return "both sides are the same"
    if relation.left.has(*_DIRECTED) or relation.right.has(*_DIRECTED):
        return "definition of directed information"
    entropies = [side.has(H) for side in (relation.left, relation.right)]
    informations = [side.has(I) for side in (relation.left, relation.right)]
    if informations != entropies and any(informations) and any(entropies):
        return "definition of mutual information"
    return "chain rule"


def _inequality(relation: Relation, lines: list[dict[str, Any]], assumed: bool) -> str:
    kinds = {"D" if "D" in line else "constant" if line.get("constant") else "H" if line["I"][0] == line["I"][1] else "I" for line in lines}
    if "D" in kinds:
        return "Gibbs' inequality"
    if kinds == {"H"}:
        return "entropy is non-negative"
    small, large = (relation.left, relation.right) if relation.op != ">=" else (relation.right, relation.left)
    if kinds == {"I"}:
        if assumed and small.has(I) and large.has(I):
            return "data processing"
        if small != 0 and small.has(H) and large.has(H) and not small.has(I) and not large.has(I):
            return "conditioning reduces entropy"
        if small != 0 and small.has(I) and large.has(I):
            return "more variables, more information"
        return "information is non-negative"
    return "information and entropy are non-negative" if kinds else ""


def phrase(relation: Relation, certificate: dict[str, Any]) -> str:
    """The reason in a phrase: chain rule, conditioning reduces entropy, Markov X -> Y -> Z, induction on n, ..."""
    if certificate.get("kind") not in ("shannon", "horizon"):
        return str(certificate.get("kind", ""))
    lines = _lines(certificate)
    assumed = _assumptions(certificate, lines)
    rest = [line for line in lines if "assumption" not in line and "axiom" not in line]
    parts = [_inequality(relation, rest, bool(assumed))] if rest else []
    parts += assumed
    parts += [f"cited lemma {name}" for name in dict.fromkeys(line["axiom"] for line in lines if "axiom" in line)]
    if not lines:
        parts.append(_identity(relation))
    if certificate["kind"] == "horizon" and (relation.left.has(HorizonSum, *_DIRECTED) or relation.right.has(HorizonSum, *_DIRECTED)):
        telescopes = any(part["potential"] for part in certificate["proof"].values())
        parts.append(f"induction on {certificate['horizon']}" if telescopes else "term by term")
    return "; ".join(part for part in parts if part)
