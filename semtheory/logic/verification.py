"""Run one theorem: decide every statement, have the small checker accept every certificate, and try to break it.

Nothing here takes a prover's word. "Proved" needs a certificate that the checker accepts and that speaks of the very
statement asked; every variant must be refuted; every assumption must be needed (without it the claim is refuted) and
satisfiable by a law that is not trivial; every axiom must be needed; and the numbers, where a statement can compute
them by another path, must agree on random instances.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from semtheory.errors import CertificateError, SemtheoryError, TheoremError, TimedOut
from semtheory.logic.evidence import Level, at_least, level_of, weakest
from semtheory.logic.records import StepReport, TheoremReport, VariantReport
from semtheory.logic.result import Counterexample, Deadline, Result, Statement
from semtheory.logic.theorem import Claim, Given, Instance, Theorem

Report = TypeVar("Report", StepReport, VariantReport)


@dataclass(frozen=True)
class Profile:
    """How much work a run does: random instances for each statement, seconds of work allowed for each answer."""

    name: str
    examples: int
    work: float


PROFILES = {"quick": Profile("quick", 20, 60.0), "full": Profile("full", 500, 600.0)}


@dataclass(frozen=True)
class Options:
    """What a run was asked to do: the profile, the seed of every random choice, the unit in which numbers are shown.

    `device`, `fresh` and `record` are for what is observed in trained models: see `Observed.with_setting`.
    """

    profile: Profile = PROFILES["quick"]
    seed: int = 0
    unit: str = "nats"
    strict: bool = False
    device: str = "auto"
    fresh: bool = False
    record: str = ""


def accept_proof(certificate: dict[str, Any], statement: Statement) -> tuple[str, ...]:
    """The cited lemmas of a proof of `statement`; raises `CertificateError` unless the small checker accepts it.

    The checker judges the certificate; that it is about this statement, every relation and no other assumption, is
    judged here.
    """
    from semtheory.logic.checker import check, cited

    check(certificate)
    _same(certificate.get("statement"), statement.text)
    parts = certificate["parts"] if certificate["kind"] == "conjunction" else [certificate]
    relations, givens = _relations(statement)
    if relations is None and any(part.get("kind") in ("shannon", "horizon") for part in parts):
        raise CertificateError(
            "a proof on information measures goes with a claim in text, whose relations can be compared"
        )
    if relations is not None:
        _same([part.get("claim") for part in parts], relations)
        for part in parts:
            _same(part.get("givens"), givens)
    return tuple(dict.fromkeys(lemma for part in parts for lemma in cited(part)))


def accept_refutation(certificate: dict[str, Any], statement: Statement) -> None:
    """Raise `CertificateError` unless the checker accepts a law or a point that violates a relation of `statement`."""
    from semtheory.logic.checker import check

    check(certificate)
    if certificate["kind"] not in ("counterexample", "point"):
        raise CertificateError(f"kind {certificate['kind']!r} is no counterexample")
    relations, givens = _relations(statement)
    if relations is None:
        _same(certificate.get("statement"), statement.text)
        return
    _same(certificate.get("givens"), givens)
    if certificate.get("claim") not in relations:
        raise CertificateError(f"the law is about {certificate.get('claim')}, which is not in {statement.text}")


def _relations(statement: Statement) -> tuple[list[dict[str, Any]] | None, list[dict[str, Any]]]:
    """The relations and the assumptions of a claim on information measures, as certificates write them."""
    relations = getattr(statement, "relations", None)  # of an InformationClaim
    if relations is None:
        return None, []
    from semtheory.logic.certificates import relation_json

    return [relation_json(r) for r in relations], [relation_json(r) for r in getattr(statement, "givens", [])]


def _same(found: Any, wanted: Any) -> None:
    if found != wanted:
        raise CertificateError(f"the certificate is about {found!r}, the statement is {wanted!r}")


def verify_theorem(theorem: Theorem, options: Options = Options()) -> TheoremReport:
    """Run `theorem` by itself. Ancestors are not looked at: `level` is its own, to be combined later."""
    start = time.perf_counter()
    steps = [_step(step.claim, step.reason, options) for step in theorem.steps]
    steps += [_step(claim, "", options) for claim in theorem.claims]
    variants = [
        _refute(_statement(v.statement), v.why, "variant", options, _shown(v.statement)) for v in theorem.variants
    ]
    for claim in [*(step.claim for step in theorem.steps), *theorem.claims]:
        if isinstance(claim, Claim):
            variants += _break(claim, options)
    cited = tuple(dict.fromkeys([c.text for c in theorem.cites] + [lemma for step in steps for lemma in step.cited]))
    levels: list[Level] = [step.level for step in steps] + (["cited"] if theorem.cites else [])
    level = weakest(levels)
    report = TheoremReport(
        id=theorem.id,
        title=theorem.title,
        chapter=theorem.chapter,
        target=theorem.target,
        own=level,
        level=level,
        ok=False,
        seconds=time.perf_counter() - start,
        cited=cited,
        depends=theorem.depends,
        steps=tuple(steps),
        variants=tuple(variants),
        fidelity=theorem.fidelity.to_json(),
        examples=sum(step.examples for step in steps),
    )
    return judge(report, level, "", options.strict)


def judge(report: TheoremReport, level: Level, culprit: str, strict: bool) -> TheoremReport:
    """`report` at `level`, with everything that stands against it; `culprit` is the ancestor that holds it down.

    `strict` also asks that a level above the target be claimed, and that proofs be compared with numbers.
    """
    problems = [f"{step.claim}: {step.problem}" for step in report.steps if step.problem]
    problems += [f"{variant.statement}: {variant.problem}" for variant in report.variants if variant.problem]
    if not at_least(level, report.target):
        below = f"rests on {culprit}" if culprit else "by its own steps"
        problems.append(f"{level}, below its target {report.target} ({below})")
    if strict and level != report.target and at_least(level, report.target):
        problems.append(f"{level}, above its target {report.target}: raise the target (--strict)")
    if strict:
        unseen = [s.claim for s in report.steps if not (s.problem or s.examples or s.observations)]
        problems += [f"{claim}: never compared with numbers on random instances (--strict)" for claim in unseen]
    return replace(report, level=level, ok=not problems, problems=tuple(problems))


def failed(theorem: Theorem, problem: str) -> TheoremReport:
    """The report of a theorem that could not be run at all."""
    step = StepReport(claim="(not run)", method="", level="undecided", problem=problem)
    report = TheoremReport(
        theorem.id, theorem.title, theorem.chapter, theorem.target, "undecided", "undecided", False, 0.0, (),
        theorem.depends, (step,), (), theorem.fidelity.to_json(), 0,
    )  # fmt: skip
    return judge(report, "undecided", "", False)


def _statement(claim: Claim | Statement) -> Callable[[], Statement]:
    return claim.statement if isinstance(claim, Claim) else lambda: claim


def _shown(claim: Claim | Statement) -> str:
    return claim.shown if isinstance(claim, Claim) else claim.text


def _step(claim: Claim | Statement, reason: str, options: Options) -> StepReport:
    shown = _shown(claim)

    def run() -> StepReport:
        statement = _at_length(_statement(claim)(), options)
        result = statement.decide(seed=options.seed, deadline=Deadline(work=options.profile.work))
        step = StepReport(claim=shown, latex=statement.latex, reason=reason, method=result.method, level="undecided")
        if result.tested:
            return replace(step, level=level_of(result), examples=result.tested)
        if result.observed:
            return replace(step, level=level_of(result), observations=result.observed)
        if result.verdict != "proved":
            detail = result.counterexample.describe(options.unit) if result.counterexample else ""
            problem = (
                "false: a counterexample was found" if detail else result.note or "neither proof nor counterexample"
            )
            return replace(step, level=level_of(result), problem=problem, detail=detail)
        assert result.certificate is not None  # Result has refused anything else
        lemmas = accept_proof(result.certificate, statement)
        result = replace(result, cited=tuple(dict.fromkeys(result.cited + lemmas)))
        step = replace(step, level=level_of(result), certificate=result.certificate, cited=result.cited)
        return _shadow(statement, step, options)

    return _guarded(run, lambda problem: StepReport(shown, "", "undecided", reason=reason, problem=problem))


def _at_length(statement: Statement, options: Options) -> Statement:
    """A statement that is compared with instances, or seen in trained models, as far as the profile asks for."""
    lengthen = getattr(statement, "with_examples", None)
    train = getattr(statement, "with_setting", None)
    if train is not None:
        return train(options.profile.name, options.device, fresh=options.fresh, record=options.record)
    return statement if lengthen is None else lengthen(options.profile.examples)


def _shadow(statement: Statement, step: StepReport, options: Options) -> StepReport:
    """Compare with numbers found by another path, where the statement offers it. Agreement never raises a level."""
    shadow = getattr(statement, "shadow", None)
    if shadow is None:
        return step
    outcome = shadow(seed=options.seed, examples=options.profile.examples)
    if type(outcome) is int:
        return replace(step, examples=outcome)
    detail = outcome.describe(options.unit) if hasattr(outcome, "describe") else str(outcome)
    problem = "the proof was accepted, yet a random instance contradicts it; one of the two is wrong"
    return replace(step, level="refuted", problem=problem, detail=detail)


def _refute(make: Callable[[], Statement], why: str, kind: str, options: Options, shown: str) -> VariantReport:
    """Decide a statement that must be false."""

    def run() -> VariantReport:
        statement = _at_length(make(), options)
        result = statement.decide(seed=options.seed, deadline=Deadline(work=options.profile.work))
        if result.counterexample is None:
            return _not_refuted(shown, why, kind, result)
        return _refuted(shown, why, kind, result.counterexample, statement, options)

    return _guarded(run, lambda problem: VariantReport(shown, why, "undecided", kind, problem=problem))


def _refuted(
    shown: str, why: str, kind: str, found: Counterexample, statement: Statement, options: Options
) -> VariantReport:
    data = found.to_json()
    if "kind" in data:
        accept_refutation(data, statement)
    return VariantReport(shown, why, "refuted", kind, counterexample=data, detail=found.describe(options.unit))


_SHOULD = {
    "variant": "this variant is false by its own word, but came out",
    "assumption": "the assumption is not shown to be needed: without it the claim came out",
    "instance": "no law but a trivial one is known to meet the assumptions: under them, that all is constant came out",
}


def _not_refuted(shown: str, why: str, kind: str, result: Result) -> VariantReport:
    problem = f"{_SHOULD[kind]} {result.verdict}" + (f" ({result.note})" if result.note else "")
    return VariantReport(shown, why, level_of(result), kind, problem=problem)


def _break(claim: Claim, options: Options) -> list[VariantReport]:
    """Try each assumption and the axioms: is each needed, and do the assumptions hold for some law that is not trivial?"""
    reports = []
    for given in claim.given:
        shown = f"{claim.text} without {given.text}"
        why = given.broken_by if isinstance(given.broken_by, str) else "the assumption is needed"
        if given.broken_by is None or isinstance(given.broken_by, str):
            reports.append(_refute(lambda given=given: claim.statement(given), why, "assumption", options, shown))  # type: ignore[misc]
        else:
            reports.append(_by_hand(claim.statement(given), given.broken_by, why, "assumption", options, shown))
    if claim.given:
        reports += _instances(claim, options)
    if claim.axioms:
        reports.append(_without_axioms(claim, options))
    return reports


def _instances(claim: Claim, options: Options) -> list[VariantReport]:
    shown = "some law, not all constant, meets " + ", ".join(given.text for given in claim.given)
    by_hand = [given for given in claim.given if given.met_by is not None and not isinstance(given.met_by, str)]
    reports = [
        _by_hand(_constant(claim, [given]), given.met_by, "met by", "instance", options, shown) for given in by_hand
    ]
    words = "; ".join(given.met_by for given in claim.given if isinstance(given.met_by, str))
    reports.append(_refute(lambda: _constant(claim, claim.given), words, "instance", options, shown))
    return reports


def _constant(claim: Claim, given: tuple[Given, ...] | list[Given]) -> Statement:
    """That every variable of `claim` is constant, under `given`: refuted by exactly the laws that meet it and are not trivial."""
    from semtheory.notation.parser import parse_claim
    from semtheory.notation.variables import Block, RandomVariable, index_text

    relations = [r for text in [claim.text, *(g.text for g in claim.given)] for r in parse_claim(text)]
    horizon = next((str(s) for r in relations for s in sorted(r.free_symbols, key=str)), "")
    names: dict[str, None] = {}
    for relation in relations:
        for term in sorted(relation.sympy.atoms(RandomVariable, Block), key=str):
            if isinstance(term, RandomVariable):
                names[term.name] = None
            elif horizon:
                names[f"{term.name}^{horizon}"] = None
            else:
                names[f"{term.name}_{{{index_text(term.lo)}:{index_text(term.hi)}}}"] = None
    return Claim(f"H({','.join(names)}) = 0", given=tuple(given)).statement()


def _by_hand(
    statement: Statement, instance: Instance, why: str, kind: str, options: Options, shown: str
) -> VariantReport:
    """An instance given in the theorem module: believed only after the checker has."""

    def run() -> VariantReport:
        found: Any = instance() if callable(instance) else instance
        if not (hasattr(found, "to_json") and hasattr(found, "describe")) or "kind" not in found.to_json():
            raise TheoremError(f"{instance!r}: expected words, or a law as a counterexample object")
        return _refuted(shown, why, kind, found, statement, options)

    return _guarded(run, lambda problem: VariantReport(shown, why, "undecided", kind, problem=problem))


def _without_axioms(claim: Claim, options: Options) -> VariantReport:
    shown = f"{claim.text} without {', '.join(claim.axioms)}"
    why = "undecided without the cited lemma"

    def run() -> VariantReport:
        result = claim.statement(axioms=False).decide(seed=options.seed, deadline=Deadline(work=options.profile.work))
        problem = {
            "proved": "the cited lemma is not needed: the claim is proved without it",
            "refuted": "the claim is refuted without the cited lemma, so the lemma itself would be false",
            "undecided": "",
        }[result.verdict]
        return VariantReport(shown, why, level_of(result), "axiom", problem=problem)

    return _guarded(run, lambda problem: VariantReport(shown, why, "undecided", "axiom", problem=problem))


def _guarded(run: Callable[[], Report], report: Callable[[str], Report]) -> Report:
    """`run()`, timed; whatever it raises becomes the problem of a report, never silence."""
    start = time.perf_counter()
    try:
        made = run()
    except TimedOut as error:
        made = report(str(error))
    except CertificateError as error:
        made = report(f"the checker does not accept the evidence: {error}")
    except SemtheoryError as error:
        made = report(str(error))
    except (Exception, SystemExit) as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        made = report(f"raised {type(error).__name__}: {error} ({Path(last.filename).name}:{last.lineno})")
    return replace(made, seconds=time.perf_counter() - start)
