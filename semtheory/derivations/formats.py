"""Answers for machines: JUnit for test reports, SARIF for editors and code review."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as tree

import semtheory
from semtheory.derivations.checking import FileCheck
from semtheory.derivations.judging import Verdict
from semtheory.derivations.source import printable

_LEVELS = {"refuted": "error", "gap": "error", "undecided": "warning", "not read": "note"}
_RULES = {
    "refuted": "A relation is false: a joint distribution violates it.",
    "gap": "A claim is not what the chains yield.",
    "undecided": "A relation was neither proved nor refuted.",
    "not read": "A relation is outside the claim language.",
}


def explain(relation: Verdict, unit: str) -> str:
    """What is wrong with a relation, as text."""
    parts = [f"{relation.relation}: {relation.verdict}", relation.method]
    if relation.counterexample is not None:
        parts.append(relation.counterexample.describe(unit))
    parts += relation.suggestions
    return "\n".join(part for part in parts if part)


def junit(files: list[FileCheck], unit: str = "nats") -> str:
    """JUnit XML: a suite a file, a case a relation. Refuted and gap fail; undecided and not read are skipped, not passed."""
    root = tree.Element("testsuites", name="semtheory check")
    for file in files:
        failures = file.count("refuted") + file.count("gap")
        skipped = file.count("undecided") + file.count("not read")
        suite = tree.SubElement(root, "testsuite", name=file.file, tests=str(len(file.relations) + bool(file.problem)), failures=str(failures))
        suite.set("skipped", str(skipped))
        suite.set("errors", str(int(bool(file.problem))))
        suite.set("time", f"{file.seconds:.3f}")
        if file.problem:
            case = tree.SubElement(suite, "testcase", classname=file.file, name="file")
            tree.SubElement(case, "error", message=printable(file.problem))
        for relation in file.relations:
            name = printable(f"{relation.place.line}:{relation.place.column} {relation.relation}")
            case = tree.SubElement(suite, "testcase", classname=file.file, name=name, time=f"{relation.seconds:.3f}")
            if relation.verdict in ("refuted", "gap"):
                element = tree.SubElement(case, "failure", message=printable(f"{relation.verdict}: {relation.method}"))
                element.text = printable(explain(relation, unit))
            elif relation.verdict != "proved":
                tree.SubElement(case, "skipped", message=printable(f"{relation.verdict}: {relation.method}"))
    tree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tree.tostring(root, encoding="unicode") + "\n"


def sarif(files: list[FileCheck], unit: str = "nats") -> dict[str, Any]:
    """SARIF 2.1.0: a result for each relation that is not proved, and a notification for a file that could not be read."""
    results = [_result(file, relation, unit) for file in files for relation in file.relations if relation.verdict != "proved"]
    problems = [
        {"level": "error", "message": {"text": file.problem}, "locations": [{"physicalLocation": {"artifactLocation": {"uri": _uri(file.file)}}}]}
        for file in files
        if file.problem
    ]
    rules = [{"id": rule.replace(" ", "-"), "shortDescription": {"text": text}} for rule, text in _RULES.items()]
    driver = {"name": "semtheory", "version": semtheory.__version__, "rules": rules}
    invocation = {"executionSuccessful": not problems, "toolExecutionNotifications": problems}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "invocations": [invocation], "results": results}],
    }


def _uri(file: str) -> str:
    from urllib.parse import quote

    return quote(Path(file).as_posix())


def _result(file: FileCheck, relation: Verdict, unit: str) -> dict[str, Any]:
    place = relation.place
    region = {"startLine": place.line, "startColumn": place.column, "endColumn": place.column + place.length}
    return {
        "ruleId": relation.verdict.replace(" ", "-"),
        "level": _LEVELS[relation.verdict],
        "message": {"text": explain(relation, unit)},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": _uri(file.file)}, "region": region}}],
    }
