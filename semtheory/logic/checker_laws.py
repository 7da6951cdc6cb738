"""The small checker, counterexamples: a law with rational entries evaluated exactly. Standard library only."""

from __future__ import annotations

from fractions import Fraction
from math import gcd
from typing import Any

from semtheory.errors import CertificateError
from semtheory.logic.checker import (
    Cells,
    add,
    concrete_points,
    expanded,
    fraction,
    heading,
    index_of,
    moved,
    signed,
    statement_well_formed,
    total_of,
)


def check_counterexample(certificate: dict[str, Any]) -> list[str]:
    """A law with rational entries that satisfies every assumption exactly and violates the claim.

    Entropies of rational laws are rational combinations of logarithms of whole numbers: zero is decided exactly, and a
    sign by enclosing the logarithms in rationals.
    """
    n, horizon = certificate.get("n"), certificate.get("horizon")
    if (n is None) != (horizon is None) or (n is not None and (type(n) is not int or not 1 <= n <= 1000)):
        raise CertificateError(f"n = {n!r} at the horizon {horizon!r}: expected both or neither, and n a whole number from 1 on")
    statement_well_formed(certificate, horizon)
    names = certificate["variables"]
    if not isinstance(names, list) or len(set(names)) != len(names) or not certificate["laws"]:
        raise CertificateError(f"{names!r} are not the distinct names of a law")
    laws = {name: _law(name, rows, len(names)) for name, rows in certificate["laws"].items()}
    claim = certificate["claim"]
    for k, given in enumerate(certificate["givens"], 1):
        for relation in _all_times(given, n, horizon):
            value = _value(signed(relation), names, laws, n, horizon)
            if value is None or (relation["op"] == "=" and value) or (relation["op"] != "=" and _sign(value) < 0):
                raise CertificateError(f"the law does not satisfy assumption {k}")
    value = _value(signed(claim), names, laws, n, horizon)
    if value is None:
        raise CertificateError("the claim has no finite value under this law")
    if (not value) if claim["op"] == "=" else _sign(value) >= 0:
        raise CertificateError("the law does not violate the claim")
    size = len(next(iter(laws.values())))
    return [
        *heading(certificate, "refuted"),
        f"a law with {size} outcomes satisfies {len(certificate['givens'])} assumptions exactly and violates the claim",
    ]


def _law(name: str, rows: list[Any], width: int) -> dict[tuple[Any, ...], Fraction]:
    law: dict[tuple[Any, ...], Fraction] = {}
    for outcome, probability in rows:
        key = tuple(outcome)
        mass = fraction(probability)
        if len(key) != width or key in law or mass < 0:
            raise CertificateError(f"law {name}: outcome {outcome} with probability {probability} is not valid")
        law[key] = mass
    if sum(law.values()) != 1:
        raise CertificateError(f"law {name}: the probabilities sum to {sum(law.values())}, not 1")
    return law


def _all_times(given: dict[str, Any], n: int | None, horizon: str | None) -> list[dict[str, Any]]:
    if not given.get("for"):
        return [given]
    index, lo, hi = given["for"]
    at = {} if n is None or horizon is None else {horizon: ("", n)}
    (_, first), (_, last) = index_of(lo, at), index_of(hi, at)
    return [{**given, **{s: [moved(item, {index: ("", t)}) for item in given[s]] for s in ("left", "right")}} for t in range(first, last + 1)]


def _value(items: list[dict[str, Any]], names: list[str], laws: Any, n: int | None, horizon: str | None) -> dict[int, Fraction] | None:
    """Exact value as {whole number: coefficient of its logarithm}, {0: constant}, independent; None when infinite."""
    items = expanded(items, {} if n is None or horizon is None else {horizon: ("", n)})
    cells = Cells(concrete_points([{"left": items, "right": []}]))
    total: dict[int, Fraction] = {}
    for (p, q, pieces), coefficient in total_of(items, cells, {}).items():
        if not p:
            add(total, 0, coefficient)
            continue
        wanted = {piece if isinstance(piece, str) else f"{piece[0]}_{piece[1] + 1}" for piece in pieces}
        columns = [k for k, name in enumerate(names) if name in wanted]
        if len(columns) != len(wanted):
            raise CertificateError(f"the law does not speak of {', '.join(sorted(wanted - set(names)))}")
        marginals: list[dict[tuple[Any, ...], Fraction]] = []
        for law in (laws[p], laws[q]):
            marginal: dict[tuple[Any, ...], Fraction] = {}
            for outcome, mass in law.items():
                add(marginal, tuple(outcome[k] for k in columns), mass)
            marginals.append(marginal)
        for outcome, mass in marginals[0].items():
            if outcome not in marginals[1]:
                return None
            weight = -coefficient * mass
            for number, sign in ((marginals[1][outcome].numerator, 1), (marginals[1][outcome].denominator, -1)):
                if number > 1:
                    add(total, number, weight * sign)
    return _independent(total)


def _independent(total: dict[int, Fraction]) -> dict[int, Fraction]:
    """Logarithms of whole numbers, rewritten over numbers that have no factor in common.

    Their logarithms are linearly independent over the rationals (factorisation is unique), so the value is zero exactly
    when nothing is left. Nothing is factorised: common divisors are split off until none are left.
    """
    bases: list[int] = []
    pending = [number for number in total if number > 1]
    while pending:
        new = pending.pop()
        for place, base in enumerate(bases):
            common = gcd(new, base)
            if common > 1:
                # The product of all numbers here falls by `common`, so this ends.
                del bases[place]
                pending += [part for part in (common, new // common, base // common) if part > 1]
                break
        else:
            bases.append(new)
    result: dict[int, Fraction] = {0: total[0]} if 0 in total else {}
    for number, coefficient in total.items():
        for base in bases:
            while number > 1 and number % base == 0:
                number //= base
                add(result, base, coefficient)
    return result


def _sign(value: dict[int, Fraction]) -> int:
    """-1, 0 or 1. A combination of independent logarithms, with or without a constant, is zero only when empty."""
    if not value:
        return 0
    terms = 20
    while True:
        low = high = value.get(0, Fraction(0))
        for number, coefficient in value.items():
            if number:
                ends = sorted(coefficient * end for end in _log_bounds(number, terms))
                low, high = low + ends[0], high + ends[1]
        if low > 0 or high < 0:
            return 1 if low > 0 else -1
        terms *= 2


def _log_bounds(number: int, terms: int) -> tuple[Fraction, Fraction]:
    """Rationals around log(number): number = 2^k m, 1 <= m < 2, and log m = 2 artanh((m-1)/(m+1)) by its series."""

    def series(m: Fraction) -> tuple[Fraction, Fraction]:
        z = (m - 1) / (m + 1)
        low, power = Fraction(0), z
        for k in range(terms):
            low += 2 * power / (2 * k + 1)
            power *= z * z
        return low, low + 2 * power / (2 * terms + 1) / (1 - z * z)

    k = number.bit_length() - 1
    two, rest = series(Fraction(2)), series(Fraction(number, 2**k))
    return k * two[0] + rest[0], k * two[1] + rest[1]
