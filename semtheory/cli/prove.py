"""`semtheory prove`: one claim; a proof with its multipliers, a counterexample with both sides, or an open answer."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from semtheory.cli.output import SeedOption, UnitOption, indent, require_writable, write_json
from semtheory.errors import SemtheoryError


def prove(
    claim: Annotated[str, typer.Argument(metavar="CLAIM", help="Such as 'I(X;Z) <= I(X;Y)'; text or LaTeX.")],
    given: Annotated[
        list[str] | None, typer.Option("--given", metavar="C", help="An assumption, such as 'X->Y->Z'; repeatable.")
    ] = None,
    axiom: Annotated[
        list[str] | None,
        typer.Option("--axiom", metavar="NAME", help="A cited lemma, such as zhang-yeung; repeatable."),
    ] = None,
    json: Annotated[str | None, typer.Option("--json", metavar="FILE", help="Write the answer; - for stdout.")] = None,
    certificate: Annotated[
        str | None, typer.Option("--certificate", metavar="FILE", help="Write the certificate, for `recheck`.")
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option("--timeout", metavar="SECONDS", min=0.0, help="Undecided after this long; by default 60."),
    ] = None,
    latex: Annotated[bool, typer.Option("--latex", help="Print the proof as LaTeX.")] = False,
    seed: SeedOption = 0,
    unit: UnitOption = "nats",
) -> None:
    """Prove a claim, or refute it with a joint distribution.

    A claim with a free n is proved for every n, or refuted at a small one. Exit code 0: proved; 1: refuted;
    3: undecided; 2: not understood.
    """
    import semtheory

    if certificate == json == "-":
        raise SemtheoryError("--json - and --certificate - would both write to standard output; give one a file")
    require_writable(json, certificate)
    limit = {} if timeout is None else {"timeout": timeout}
    outcome = semtheory.prove(claim, given=given or [], axioms=axiom or [], seed=seed, **limit)
    to_stderr = "-" in (json, certificate)
    typer.echo(text(outcome, unit, latex=latex), err=to_stderr)
    if json:
        write_json(json, record(outcome, claim, given or [], axiom or [], unit))
    if certificate:
        evidence = certificate_of(outcome)
        if evidence is None:
            typer.echo(f"undecided: no certificate, so {certificate} is not written", err=True)
        else:
            write_json(certificate, evidence)
    raise typer.Exit({"proved": 0, "refuted": 1, "undecided": 3}[outcome.verdict])


def text(outcome: Any, unit: str, *, latex: bool = False) -> str:
    """The answer for people: verdict, then the proof, or each relation that fails with its counterexample."""
    if outcome.verdict == "proved":
        cited = dict.fromkeys(lemma for result in outcome.results for lemma in result.cited)
        head = f"proved, resting on the cited lemma {', '.join(cited)}" if cited else "proved"
        return str(outcome.proof_latex()) if latex else f"{head}\n\n{outcome.proof_text(unit)}"
    lines = [outcome.verdict]
    for result in outcome.results:
        lines.append(f"{result.statement}: {result.verdict}" + (f" by {result.method}" if result.method else ""))
        if result.counterexample is not None:
            lines.append(indent(result.counterexample.describe(unit)))
        if result.note:
            lines.append(indent(result.note))
    return "\n".join(lines)


def certificate_of(outcome: Any) -> Any:
    """What `recheck` accepts for this answer: the proof, or the law that refutes; None when undecided."""
    if outcome.verdict == "refuted":
        return outcome.counterexample.to_json()
    return outcome.certificate


def record(outcome: Any, claim: str, given: list[str], axioms: list[str], unit: str) -> dict[str, Any]:
    """The answer as plain JSON."""
    return {
        "schema": 1,
        "claim": claim,
        "given": given,
        "axioms": axioms,
        "verdict": outcome.verdict,
        "unit": unit,
        "relations": [
            {
                "statement": result.statement,
                "verdict": result.verdict,
                "method": result.method,
                "certificate": result.certificate,
                "counterexample": result.counterexample.to_json() if result.counterexample else None,
                "description": result.counterexample.describe(unit) if result.counterexample else "",
                "cited": list(result.cited),
                "note": result.note,
                "seconds": round(result.seconds, 4),
            }
            for result in outcome.results
        ],
        "certificate": outcome.certificate,
        "counterexample": outcome.counterexample.to_json() if outcome.counterexample else None,
    }
