"""What the compiled loops are made of: exponentials, products of padded matrices, and machine code that is not out of date."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="pip install 'semtheory[models]'")

from semtheory.models import compiled as module
from semtheory.models.compiled import compiled, exp, expm1
from semtheory.models.powers import exp2m1, log1p
from semtheory.models.tiles import ROWS, lanes, product, round_up


@compiled
def all_exp(x, y):
    for i in range(len(x)):
        y[i] = exp(x[i])


@compiled
def all_expm1(x, y):
    for i in range(len(x)):
        y[i] = expm1(x[i])


@pytest.mark.parametrize(("loop", "known"), [(all_exp, np.exp), (all_expm1, np.expm1)])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("reach", [1e-6, 1e-2, 1.0, 86.0])
def test_exponentials_to_the_last_digit(loop, known, kind, reach):
    x = np.linspace(-reach, reach, 4001, dtype=kind)
    y = np.empty_like(x)
    loop(x, y)
    exact = known(x.astype(np.longdouble))
    off = np.abs(y - exact)[exact != 0] / np.abs(exact[exact != 0])
    assert off.max() < 1.5 * np.finfo(kind).eps
    assert y[2000] == known(0.0)


def test_outside_a_loop_they_are_pythons_own():
    assert [exp(0.3), expm1(0.3), exp2m1(0.3), log1p(0.3)] == [
        math.exp(0.3),
        math.expm1(0.3),
        math.expm1(0.3 * math.log(2)),
        math.log1p(0.3),
    ]


@pytest.mark.parametrize("loop", [all_exp, all_expm1])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_no_number_stays_none(loop, kind):
    x, y = np.array([0.0, np.nan], kind), np.zeros(2, kind)
    loop(x, y)
    assert np.isnan(y[1])
    assert not np.isnan(y[0])


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("registers", [1, 2, 3])
@pytest.mark.parametrize("rows", [ROWS, 3 * ROWS])
@pytest.mark.parametrize("depth", [1, 7])
@pytest.mark.parametrize("turned", [False, True])
def test_product(kind, registers, rows, depth, turned):
    rng, columns = np.random.default_rng(0), registers * lanes(kind)
    a, b, c = (
        rng.normal(size=shape).astype(kind) for shape in ((rows, depth), (depth, columns + 3), (rows, columns + 5))
    )
    given, steps = (np.ascontiguousarray(a.T), (1, rows)) if turned else (a, (depth, 1))
    expected, before = a @ b[:, 2 : columns + 2], c.copy()
    product(given, 0, *steps, b, 2, columns + 3, c, 1, columns + 5, rows, columns, depth, False)
    np.testing.assert_allclose(c[:, 1 : columns + 1], expected, rtol=1e-5, atol=1e-6)
    product(given, 0, *steps, b, 2, columns + 3, c, 1, columns + 5, rows, columns, depth, True)
    np.testing.assert_allclose(c[:, 1 : columns + 1], 2 * expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(np.delete(c, range(1, columns + 1), 1), np.delete(before, range(1, columns + 1), 1))


def test_sizes_are_rounded_up():
    assert [round_up(n, 16) for n in (1, 16, 17)] == [16, 16, 32]


def test_kept_machine_code_is_made_anew_when_what_it_calls_has_changed(tmp_path: Path):
    folder = tmp_path / "loops"
    folder.mkdir()
    for name in ("compiled.py", "tiles.py"):
        text = Path(module.__file__).with_name(name).read_text()
        (folder / name).write_text(text.replace("semtheory.models.compiled", "loops.compiled"))
    (folder / "called.py").write_text(
        "from loops.compiled import compiled, exp\n@compiled\ndef of(z):\n    return exp(z)\n"
    )
    (folder / "caller.py").write_text(
        "import numpy as np\n"
        "from loops.compiled import compiled\nfrom loops.called import of\n"
        "@compiled\ndef of_one(x):\n    return of(x[0])\n"
        "print(of_one(np.ones(1, np.float32)), sum(of_one.stats.cache_hits.values()))\n"
    )

    def run() -> tuple[float, int]:
        command = [sys.executable, "-B", "-c", "import loops.caller"]
        said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=600).stdout
        return float(said.split()[0]), int(said.split()[1])

    assert run() == (pytest.approx(np.e), 0)
    assert run() == (pytest.approx(np.e), 1)
    called = folder / "called.py"
    called.write_text(called.read_text().replace("exp(z)", "exp(z) + exp(z)"))
    assert run() == (pytest.approx(2 * np.e), 0)


def test_results_are_the_same_bits_whatever_was_compiled_or_called_before(tmp_path: Path):
    script = (
        "import hashlib, sys, numpy as np\n"
        "from semtheory.models import LLaDA, train\n"
        "from semtheory.models.tiles import product\n"
        "from semtheory.processes import golden_mean\n"
        "square = np.ones((16, 16), np.float32)\n"
        "if sys.argv[1] == 'after':\n"
        "    product(square, 0, 16, 1, square, 0, 16, square.copy(), 0, 16, 16, 16, 16, True)\n"
        "model = LLaDA(2, 8, width=16, layers=1)\n"
        "train(model, golden_mean(0.5), steps=3, learning_rate=0.02)\n"
        "print(hashlib.sha256(b''.join(p.detach().numpy().tobytes() for p in model.parameters())).hexdigest())\n"
    )
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}

    def bits(when: str) -> str:
        command = [sys.executable, "-c", script, when]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=600, env=environment).stdout

    assert bits("first") == bits("again") == bits("after")
