from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from semtheory.cli.app import app

GOOD = '''
"""A good module."""
from semtheory import Citation, Step
from tests.logic.fakes import Fake, Shadowed, theorem

A = theorem("QA1", Shadowed(), steps=[Step(Fake(), "a reason")])
B = theorem("QA2", Fake(cited=("Lemma B",)), target="cited", depends=["QA1"])
'''
BAD = '''
"""A bad module."""
from tests.logic.fakes import FALSE, Fake, theorem

C = theorem("QB1", FALSE)
D = theorem("QB2", Fake(raises=ZeroDivisionError("oh")))
E = theorem("QB3", depends=["QB1"])
'''


@pytest.fixture
def run():
    """Run the command line in this process: result.exit_code, .stdout, .stderr."""
    return lambda *arguments: CliRunner().invoke(app, list(arguments), prog_name="semtheory")


@pytest.fixture
def good(tmp_path):
    return _module(tmp_path / "good.py", GOOD)


@pytest.fixture
def bad(tmp_path):
    return _module(tmp_path / "bad.py", BAD)


def _module(path: Path, source: str) -> str:
    path.write_text(source, encoding="utf-8")
    return str(path)


@pytest.fixture
def certificate(tmp_path):
    """Writes a certificate file, changed as asked; returns its path."""
    from tests.logic.fakes import shannon_certificate

    def write(name: str = "proof.json", **changes: object) -> str:
        path = tmp_path / name
        path.write_text(json.dumps({**shannon_certificate("I(X;Y) >= 0"), **changes}), encoding="utf-8")
        return str(path)

    return write
