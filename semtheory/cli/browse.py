"""`semtheory list`, `show` and `blame`: what is stated, on what it rests, and how strongly it holds."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import typer

from semtheory.cli.output import SeedOption, UnitOption, indent

if TYPE_CHECKING:
    from semtheory.logic.records import TheoremReport, VariantReport
    from semtheory.logic.registry import Registered

Name = Annotated[str, typer.Argument(metavar="ID", help="A theorem, such as DI2, or a theorem module ending in .py.")]


def list_theorems(
    patterns: Annotated[
        list[str] | None, typer.Argument(metavar="[ID|GLOB|FILE.py]...", help="All when left out.")
    ] = None,
) -> None:
    """List the theorems by chapter, with the level each must reach. Runs nothing."""
    from semtheory.logic.running import choose

    entries, _ = choose(patterns or ())
    width = max([len(entry.theorem.id) for entry in entries], default=2)
    for chapter, group in groupby(entries, key=lambda entry: entry.theorem.chapter):
        typer.echo(chapter)
        for entry in group:
            typer.echo(f"  {entry.theorem.id:<{width}}  {entry.theorem.target:<8}  {entry.theorem.title}")


def show(name: Name, unit: UnitOption = "nats", seed: SeedOption = 0) -> None:
    """Show a theorem: statement, assumptions, steps with reasons, fidelity, evidence from a run made now, variants."""
    from semtheory.logic.running import choose
    from semtheory.logic.running import verify as run

    entries, registry = choose([name])
    for entry in entries:
        made = run(entry.theorem.id, unit=unit, seed=seed, registry=registry)
        for report in made.theorems:
            typer.echo(describe(entry, report))


def describe(entry: Registered, report: TheoremReport) -> str:
    """A theorem and its evidence, as a page of text."""
    theorem = entry.theorem
    lines = [f"{theorem.id}  {theorem.title}", f"{theorem.chapter}; {entry.origin}", ""]
    if entry.doc:
        lines += [entry.doc, ""]
    number = len(theorem.steps)
    for head, steps in (("Steps", report.steps[:number]), ("Claims", report.steps[number:])):
        if steps:
            lines.append(head)
        for step in steps:
            lines.append(f"  {step.claim}" + (f"    # {step.reason}" if step.reason else ""))
            method = f": {step.method}" if step.method else ""
            lines.append(f"      {step.level}{method} ({step.seconds:.2f} s)")
            if step.problem:
                lines.append(indent(step.problem, "      "))
            if step.detail:
                lines.append(indent(step.detail, "        "))
            lines += [indent(_observation(seen), "      ") for seen in step.observations]
    dropped = [variant for variant in report.variants if variant.kind != "variant"]
    if dropped:
        lines += ["", "Assumptions: each needed, and each satisfied by a law that is not trivial"]
        lines += [_variant(variant) for variant in dropped]
    lines += ["", "False variants"]
    lines += [_variant(variant) for variant in report.variants if variant.kind == "variant"]
    lines += ["", "Fidelity", f"  {theorem.fidelity.kind} of {theorem.fidelity.source}"]
    lines.append(f"  the paper: {theorem.fidelity.paper}")
    if theorem.fidelity.differences:
        lines.append(f"  differences: {theorem.fidelity.differences}")
    if theorem.depends:
        lines.append(f"  depends on {', '.join(theorem.depends)}")
    for lemma in report.cited:
        lines.append(f"  cites {lemma}")
    lines += ["", f"Evidence: {report.level}, target {report.target}; {report.examples} random instances compared"]
    lines += [f"  {problem}" for problem in report.problems]
    return "\n".join(lines)


def _observation(seen: dict[str, Any]) -> str:
    """What was seen in trained models: the settings, and of a record where and how it was made."""
    inner = seen.get("observation", seen)
    lines = [f"{seen['from']}: {inner['value']:.5g} in [{inner['lower']:.5g}, {inner['upper']:.5g}] {inner['unit']}"]
    lines.append("  configuration " + ", ".join(f"{key}={value}" for key, value in inner["configuration"].items()))
    if "command" in seen:
        versions = ", ".join(f"{name} {version}" for name, version in seen["versions"].items())
        hardware = ", ".join(f"{key} {value}" for key, value in seen["hardware"].items())
        lines += [f"  made by {seen['command']} at commit {seen['commit'][:12]}", f"  on {hardware}; {versions}"]
    return "\n".join(lines)


def _variant(variant: VariantReport) -> str:
    lines = [f"  {variant.statement}    # {variant.why}" if variant.why else f"  {variant.statement}"]
    found = "found" if variant.kind == "instance" and not variant.problem else variant.level
    lines.append(f"      {found}" + (f": {variant.problem}" if variant.problem else ""))
    if variant.detail:
        lines.append(indent(variant.detail, "        "))
    return "\n".join(lines)


def blame(name: Name, seed: SeedOption = 0) -> None:
    """Show the path from a theorem to its weakest ancestor, and every cited lemma that it rests on."""
    from semtheory.logic.blame import blame as find
    from semtheory.logic.running import choose
    from semtheory.logic.running import verify as run

    entries, registry = choose([name])
    for entry in entries:
        made = run(entry.theorem.id, seed=seed, registry=registry)
        reports = {report.id: report for report in (*made.ancestors, *made.theorems)}
        found = find(entry.theorem.id, reports)
        level = reports[entry.theorem.id].level
        if level == "proved":
            above = [report.id for report in made.ancestors]
            also = f", and so is all that it depends on: {', '.join(above)}" if above else "; it depends on no other"
            typer.echo(f"{entry.theorem.id} is proved{also}")
        else:
            typer.echo(f"{entry.theorem.id} is {level}")
            typer.echo("weakest: " + " -> ".join(f"{key} ({own})" for key, own in found.path))
            for step in found.weakest:
                typer.echo(f"    {step}")
        if not found.cited:
            typer.echo("it rests on no cited lemma")
        for lemma, citing in found.cited:
            typer.echo(f"cited: {lemma}, by {citing}")
