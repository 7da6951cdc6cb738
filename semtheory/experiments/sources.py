"""Sources by name, as the command line and configurations write them: "mess3(0.05,0.85)", "golden_mean", "rrxor(0.5,0.5)"."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from typing import Any

from semtheory.errors import InputError
from semtheory.processes import HiddenMarkov

DEFAULT = "mess3(0.05,0.85)"
_PARAMETERS: dict[str, tuple[float, ...]] = {
    "binary_markov": (0.2, 0.3),
    "binary_symmetric_markov": (0.1,),
    "even_process": (0.5,),
    "golden_mean": (0.5,),
    "mess3": (0.05, 0.85),
    "rrxor": (0.5, 0.5),
    "simple_nonunifilar": (0.5, 0.5),
    "zero_one_random": (0.5,),
}
SOURCES = tuple(_PARAMETERS)
_SPELLING = re.compile(r"\s*([A-Za-z_0-9]+)\s*(?:\(([^()]*)\))?\s*")


def canonical(name: str) -> str:
    """The one spelling of a source, all parameters given: "mess3" is "mess3(0.05,0.85)".

    Raises:
        InputError: an unknown source (with near matches), or parameters that are too many or no numbers.
    """
    kind, values = _read(name)
    return f"{kind}({','.join(repr(value).removesuffix('.0') for value in values)})"


def named_source(name: str = DEFAULT) -> HiddenMarkov:
    """The process of that name.

    Args:
        name: one of `SOURCES`, alone for its usual parameters or with them in brackets.

    Raises:
        InputError: as `canonical`, or a parameter out of its domain.
    """
    kind, values = _read(name)
    return _maker(kind)(*values)


def _read(name: str) -> tuple[str, tuple[float, ...]]:
    match = _SPELLING.fullmatch(name) if isinstance(name, str) else None
    if match is None:
        raise InputError(f"source {name!r}: expected a name with numbers in brackets, such as {DEFAULT!r}")
    kind = match[1].casefold()
    if kind not in _PARAMETERS:
        near = difflib.get_close_matches(kind, SOURCES, n=2, cutoff=0.5)
        hint = f"did you mean {' or '.join(near)}? " if near else ""
        raise InputError(f"source {match[1]!r}: {hint}expected one of {', '.join(SOURCES)}")
    usual = _PARAMETERS[kind]
    if match[2] is None:
        return kind, usual
    try:
        values = tuple(float(part) for part in match[2].split(",")) if match[2].strip() else ()
    except ValueError:
        raise InputError(f"source {name!r}: expected numbers in the brackets, such as {_example(kind)}") from None
    if len(values) != len(usual):
        raise InputError(f"source {name!r}: {len(values)} parameters, expected {len(usual)}, such as {_example(kind)}")
    return kind, values


def _example(kind: str) -> str:
    return f"{kind}({','.join(f'{value:g}' for value in _PARAMETERS[kind])})"


def _binary_markov(p: float, q: float) -> HiddenMarkov:
    """Two symbols, 0 to 1 with probability p, 1 to 0 with probability q."""
    from semtheory.processes import MarkovChain

    return MarkovChain([[1 - p, p], [q, 1 - q]], name=f"binary Markov chain({p:g}, {q:g})")


def _maker(kind: str) -> Callable[..., Any]:
    import semtheory.processes as processes

    return _binary_markov if kind == "binary_markov" else getattr(processes, kind)
