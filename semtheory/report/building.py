"""From the record of a run and the theorem modules to the data of the pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from semtheory.errors import SemtheoryError
from semtheory.logic.evidence import LEVELS, Level, at_least, weakest
from semtheory.logic.registry import Registered, Registry
from semtheory.logic.theorem import Claim, Given, Theorem
from semtheory.report.model import Assumed, Line, Page, Picture, Refuted, Site


def build_site(record: Mapping[str, Any], registry: Registry, pictures: Sequence[Picture] = ()) -> Site:
    """The data of all pages.

    Levels are combined here once more: a theorem is shown at the weakest of its statements, of the lemmas it cites, of
    its ancestors in the record, and of what the record says of it.

    Args:
        record: see `semtheory.report.record`.
        registry: the theorem modules, for what a record leaves out; a theorem that is not in it is shown all the same.
        pictures: figures, each naming the theorems that it draws.
    """
    stated = {entry.theorem.id: entry for entry in registry}
    ran = {str(item["id"]): item for item in record["theorems"]}
    order = [name for name in stated if name in ran] + [name for name in ran if name not in stated]
    pages = {name: _page(ran[name], stated.get(name)) for name in order}
    _combine(pages)
    for name, page in pages.items():
        children = tuple(other.id for other in pages.values() if name in other.depends)
        pages[name] = replace(page, dependants=children, blamed=_blame(name, pages))
    marked = tuple(_marked(picture, pages) for picture in pictures)
    shown = {name: tuple(picture for picture in marked if name in picture.theorems) for name in pages}
    return Site(
        pages=tuple(replace(page, pictures=shown[name]) for name, page in pages.items()),
        environment=dict(record["environment"]),
        command=_command(record["environment"]),
        pictures=marked,
    )


def _marked(picture: Picture, pages: Mapping[str, Page]) -> Picture:
    """A figure with the theorems behind it that fail, or that were not run: it is not shown as if they held."""
    return replace(picture, failing=tuple(n for n in picture.theorems if n not in pages or not pages[n].ok))


def _command(environment: Mapping[str, Any]) -> str:
    parts = ["semtheory verify"]
    for name in ("profile", "seed", "device", "unit"):
        if name in environment:
            parts.append(f"--{name} {environment[name]}")
    return " ".join(parts)


def _page(ran: Mapping[str, Any], entry: Registered | None) -> Page:
    theorem = entry.theorem if entry else None
    name = str(ran["id"])
    steps, claims = _lines(ran, theorem)
    refuted = _all_refuted(ran, theorem)
    levels: list[Level] = [line.level for line in (*steps, *claims)]
    own = weakest([*levels, "cited"] if theorem and theorem.cites else levels)
    variants = tuple(item for item in refuted if item.kind == "variant")
    ok = bool(ran["ok"]) and all(item.ok for item in refuted if item.kind in ("variant", "assumption"))
    level = weakest([own, ran["level"]])
    return Page(
        id=name,
        title=ran["title"],
        chapter=ran["chapter"],
        target=ran["target"],
        own=own,
        level=level,
        ok=ok,
        seconds=float(ran.get("seconds", 0.0)),
        doc=entry.doc if entry else "",
        origin=_module(entry) if entry else "",
        claims=claims,
        steps=steps,
        assumptions=_assumptions(theorem, refuted) if theorem else (),
        variants=variants,
        fidelity={key: str(value) for key, value in ran["fidelity"].items()},
        cited=tuple(map(str, ran["cited"])),
        depends=tuple(map(str, ran["depends"])),
        dependants=(),
        examples=int(ran.get("examples", 0)),
        problems=tuple(map(str, ran["problems"])) if "problems" in ran else _problems(steps, claims, refuted),
    )


def _module(entry: Registered) -> str:
    """The module of a theorem, without the folder in which it lies on the machine of the run."""
    return entry.origin.replace("\\", "/").rpartition("/")[2]


def _lines(ran: Mapping[str, Any], theorem: Theorem | None) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """The proof steps and the claims; all are claims where no module tells them apart."""
    recorded = ran["steps"]
    said: list[tuple[Any, str]] = []
    if theorem is not None:
        said = [(step.claim, step.reason) for step in theorem.steps] + [(claim, "") for claim in theorem.claims]
    matched = len(said) == len(recorded) and all(
        _shown(claim) == part["claim"] for (claim, _), part in zip(said, recorded, strict=True)
    )
    number = len(theorem.steps) if theorem and matched else 0
    lines = []
    for k, part in enumerate(recorded):
        claim, reason = said[k] if matched else (None, "")
        certificate = part.get("certificate")
        lines.append(
            Line(
                number=k + 1 if k < number else k + 1 - number,
                text=part["claim"],
                latex=part.get("latex") or _latex(claim),
                level=part["level"],
                method=str(part.get("method") or ""),
                reason=str(part.get("reason") or reason),
                problem=str(part.get("problem") or ""),
                detail=str(part.get("detail") or ""),
                seconds=part.get("seconds"),
                examples=part.get("examples"),
                certificate=certificate,
                observations=tuple(part.get("observations") or ()),
                file=_file(ran["id"], "step" if k < number else "claim", k + 1 if k < number else k + 1 - number)
                if certificate
                else "",
            )
        )
    return tuple(lines[:number]), tuple(lines[number:])


def _file(name: str, kind: str, number: int) -> str:
    return f"{name}-{kind}-{number}.json"


def _shown(claim: Any) -> str:
    return claim.shown if isinstance(claim, Claim) else claim.text


def _latex(claim: Any) -> str:
    """The statement in LaTeX; empty where there is none, and its text is shown instead."""
    if claim is None:
        return ""
    try:
        return str((claim.statement() if isinstance(claim, Claim) else claim).latex or "")
    except SemtheoryError:  # a claim that cannot be read; the run has said so already
        return ""


def _all_refuted(ran: Mapping[str, Any], theorem: Theorem | None) -> tuple[Refuted, ...]:
    words = {_shown(v.statement): v for v in theorem.variants} if theorem else {}
    dropped = {shown: (claim, given) for shown, claim, given in _dropped(theorem)} if theorem else {}
    made: list[Refuted] = []
    for part in ran["variants"]:
        text = part["statement"]
        variant = words.get(text)
        kind = part.get("kind") or ("variant" if variant or text not in dropped else "assumption")
        latex = _latex(variant.statement) if variant else ""
        why = part.get("why") or (variant.why if variant else "")
        if not why and text in dropped:
            broken = dropped[text][1].broken_by
            why = broken if isinstance(broken, str) else "the assumption is needed"
        found = part.get("counterexample")
        made.append(
            Refuted(
                text=text,
                latex=latex,
                why=str(why),
                level=part["level"],
                kind=kind,
                counterexample=found,
                detail=str(part.get("detail") or ""),
                problem=str(part.get("problem") or ""),
                file=_file(ran["id"], kind, sum(item.kind == kind for item in made) + 1) if found else "",
            )
        )
    return tuple(made)


def _claims(theorem: Theorem) -> list[Claim]:
    stated = [*(step.claim for step in theorem.steps), *theorem.claims]
    return [claim for claim in stated if isinstance(claim, Claim)]


def _dropped(theorem: Theorem) -> Iterable[tuple[str, Claim, Given]]:
    for claim in _claims(theorem):
        for given in claim.given:
            yield f"{claim.text} without {given.text}", claim, given


def _assumptions(theorem: Theorem, refuted: Sequence[Refuted]) -> tuple[Assumed, ...]:
    """Each assumption once, with the claims that use it."""
    by_text: dict[str, list[tuple[Claim, Given]]] = {}
    for claim in _claims(theorem):
        for given in claim.given:
            by_text.setdefault(given.text, []).append((claim, given))
    made = []
    for text, uses in by_text.items():
        shown = {f"{claim.text} without {text}" for claim, _ in uses}
        met = [item for item in refuted if item.kind == "instance" and text in _listed(item.text)]
        met.sort(key=lambda item: (item.counterexample is None, len(_listed(item.text))))
        words = dict.fromkeys(given.met_by for _, given in uses if isinstance(given.met_by, str))
        made.append(
            Assumed(
                text=text,
                latex=_assumption_latex(text),
                claims=tuple(dict.fromkeys(claim.text for claim, _ in uses)),
                met_words="; ".join(words),
                met=met[0] if met else None,
                broken=tuple(item for item in refuted if item.kind == "assumption" and item.text in shown),
            )
        )
    return tuple(made)


def _assumption_latex(text: str) -> str:
    from semtheory.notation.parser import parse_claim

    try:
        return r",\; ".join(relation.latex for relation in parse_claim(text))
    except SemtheoryError:  # the run has said so already
        return ""


def _listed(text: str) -> list[str]:
    return text.partition(" meets ")[2].split(", ")


def _problems(steps: Sequence[Line], claims: Sequence[Line], refuted: Sequence[Refuted]) -> tuple[str, ...]:
    """What a bare record lets one say against a theorem."""
    found = [f"{line.text}: {line.problem}" for line in (*steps, *claims) if line.problem]
    found += [
        f"{line.text}: {line.level}" + (f" ({line.method})" if line.method else "")
        for line in (*steps, *claims)
        if line.level in ("undecided", "refuted") and not line.problem
    ]
    found += [
        f"{item.text}: {item.problem or f'this variant is false by its own word, but came out {item.level}'}"
        for item in refuted
        if item.kind in ("variant", "assumption") and not item.ok
    ]
    return tuple(found)


def _combine(pages: dict[str, Page]) -> None:
    """Weakest link over the graph, in place."""
    done: set[str] = set()

    def visit(name: str) -> Level:
        page = pages[name]
        if name in done:
            return page.level
        done.add(name)
        parents = {parent: visit(parent) for parent in page.depends if parent in pages}
        level = weakest([page.level, *parents.values()])
        problems = page.problems
        if not at_least(level, page.target) and not any("below its target" in problem for problem in problems):
            worst = [parent for parent, found in parents.items() if found == level]
            why = f"rests on {worst[0]}, which is {level}" if worst and page.own != level else "by its own statements"
            problems = (*problems, f"{level}, below its target {page.target} ({why})")
        ok = page.ok and not problems and at_least(level, page.target)
        if not ok and not problems:
            problems = ("the record of the run marks it as failing",)
        pages[name] = replace(page, level=level, ok=ok, problems=problems)
        return level

    for name in list(pages):
        visit(name)


def _blame(name: str, pages: Mapping[str, Page]) -> tuple[str, ...]:
    """The shortest path to the ancestor that holds a theorem down; empty when it is at the level of its own steps."""
    paths: dict[str, tuple[str, ...]] = {name: (name,)}
    queue = [name]
    for current in queue:
        for parent in pages[current].depends:
            if parent in pages and parent not in paths:
                paths[parent] = (*paths[current], parent)
                queue.append(parent)
    culprit = max(queue, key=lambda key: (LEVELS.index(pages[key].own), -len(paths[key])))
    return paths[culprit] if culprit != name else ()


def paragraphs(doc: str) -> list[str]:
    """The docstring of a module, in paragraphs; a literal block stays one."""
    return [part.strip("\n") for part in re.split(r"\n\s*\n", doc) if part.strip()]
