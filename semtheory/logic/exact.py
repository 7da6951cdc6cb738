"""Exact entropies of laws with rational entries.

Every entropy or cross entropy of such a law is a rational combination of logarithms of integers. Over pairwise coprime
integers the logarithms are linearly independent over the rationals (unique factorisation), and with the constant 1 nat
added too (a logarithm of an algebraic number other than 1 is transcendental, Lindemann 1882). So a value is zero exactly
when all coefficients vanish, and the sign of any other value is found by Arb balls of growing precision.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import gcd, inf, isnan, nan
from typing import TYPE_CHECKING, Any, Protocol

from semtheory.notation.linear import CONSTANT, Linear

if TYPE_CHECKING:
    from flint import arb

_SMALL_PRIMES = tuple(n for n in range(2, 212) if all(n % d for d in range(2, n)))


class Law(Protocol):
    """What `evaluate` needs of a law: exact marginals of sets of named variables."""

    def marginal(self, variables: Iterable[str]) -> Mapping[tuple[int, ...], Fraction]:
        """Probabilities of the outcomes of `variables`, in the order of their sorted names; no zero entries."""
        ...


@dataclass(frozen=True)
class ExactLog:
    """constant + sum of coefficient * log(base), in nats; bases are pairwise coprime and coefficients non-zero.

    `infinity` is 0.0 for a finite value, else inf, -inf, or nan for the undefined inf - inf.
    """

    terms: tuple[tuple[int, Fraction], ...] = ()
    constant: Fraction = Fraction(0)
    infinity: float = field(default=0.0)

    @classmethod
    def build(cls, terms: Mapping[int, Fraction], constant: Fraction = Fraction(0), infinity: float = 0.0) -> ExactLog:
        """The value of a sum over any positive integers, coprime or not."""
        if infinity:
            return cls(infinity=infinity)
        return cls(tuple(sorted(_coprime(terms).items())), constant)

    @property
    def is_finite(self) -> bool:
        return self.infinity == 0.0

    @property
    def is_zero(self) -> bool:
        """Exactly zero; an undefined value is not."""
        return self.is_finite and not self.terms and not self.constant

    def sign(self) -> int:
        """-1, 0 or 1, rigorously. Raises `ArithmeticError` for inf - inf, which has no sign."""
        return self._sign

    @cached_property
    def _sign(self) -> int:
        if isnan(self.infinity):
            raise ArithmeticError("infinity minus infinity has no sign: p is not absolutely continuous in two terms")
        if self.infinity:
            return 1 if self.infinity > 0 else -1
        if self.is_zero:
            return 0
        precision = 64
        while True:  # ends: the value is known to differ from zero
            ball = self.ball(precision)
            if ball > 0:
                return 1
            if ball < 0:
                return -1
            precision *= 2

    def ball(self, precision: int = 64, unit: str = "nats") -> arb:
        """An Arb ball that contains the value, computed with `precision` bits; `unit` is "nats" or "bits"."""
        from flint import arb, ctx, fmpq

        with ctx.workprec(precision):
            if self.infinity:
                return arb(str(self.infinity))
            total = arb(fmpq(self.constant.numerator, self.constant.denominator))
            for base, coefficient in self.terms:
                total += arb(fmpq(coefficient.numerator, coefficient.denominator)) * arb(base).log()
            return total / arb(2).log() if unit == "bits" else total

    def enclosure(self, unit: str = "nats", digits: int = 10) -> str:
        """Text such as "[0.6931471806 +/- 5.7e-11]"; all digits shown are right up to the radius. "0" is exact."""
        if unit not in ("nats", "bits"):
            raise ValueError(f"unit {unit!r}: expected 'nats' or 'bits'")
        if self.infinity:
            return "undefined" if isnan(self.infinity) else ("+inf" if self.infinity > 0 else "-inf")
        if self.is_zero:
            return "0"
        precision = 64
        # A tiny non-zero value deserves significant digits of its own.
        while (ball := self.ball(precision, unit)).rel_accuracy_bits() < 4 * digits:
            precision *= 2
        return str(ball.str(digits))

    def __float__(self) -> float:
        """Nearest float, or one beside it, also after cancellation."""
        if self.infinity or self.is_zero:
            return self.infinity
        precision = 64
        while (ball := self.ball(precision)).rel_accuracy_bits() < 60:
            precision *= 2
        return float(ball)

    def __str__(self) -> str:
        """The exact value, such as "3/4 log 2 - 1/2 log 3"."""
        if self.infinity:
            return self.enclosure()
        parts = [(self.constant, "")] if self.constant else []
        parts += [(coefficient, f"log {base}") for base, coefficient in self.terms]
        text = ""
        for value, log in parts:
            text += (" - " if value < 0 else " + ") if text else ("-" if value < 0 else "")
            text += " ".join(([] if log and abs(value) == 1 else [str(abs(value))]) + ([log] if log else []))
        return text or "0"

    def __add__(self, other: ExactLog) -> ExactLog:
        terms = dict(self.terms)
        for base, coefficient in other.terms:
            terms[base] = terms.get(base, Fraction(0)) + coefficient
        return ExactLog.build(terms, self.constant + other.constant, self.infinity + other.infinity)

    def __neg__(self) -> ExactLog:
        return ExactLog(tuple((b, -c) for b, c in self.terms), -self.constant, -self.infinity if self.infinity else 0.0)

    def __sub__(self, other: ExactLog) -> ExactLog:
        return self + -other

    def to_json(self) -> dict[str, Any]:
        """{"exact": {"logs": [[2, "3/4"]], "constant": "0"}, "nats": "[...]", "bits": "[...]"}."""
        value: dict[str, Any] = {"nats": self.enclosure("nats"), "bits": self.enclosure("bits")}
        if self.is_finite:
            value["exact"] = {"logs": [[b, str(c)] for b, c in self.terms], "constant": str(self.constant)}
        return value


def evaluate(linear: Linear, laws: Mapping[str, Law]) -> ExactLog:
    """The exact value of a linear combination of entropies and cross entropies under `laws`, in nats.

    -E_p log q is +inf when p is not absolutely continuous with respect to q; terms of both signs that are infinite make
    the value undefined. Raises `KeyError` for a law that is not given.
    """
    terms: dict[int, Fraction] = {}
    constant, infinity = Fraction(0), 0.0
    for atom, factor in linear.items():
        if atom == CONSTANT:
            constant += factor
            continue
        law, reference, variables = atom
        weights = laws[law].marginal(variables)
        logs = weights if law == reference else laws[reference].marginal(variables)
        for outcome, weight in weights.items():
            probability = logs.get(outcome)
            if not probability:
                infinity += inf if factor > 0 else -inf  # inf - inf gives nan, which then stays
                break
            if probability != 1:
                part = factor * weight
                terms[probability.denominator] = terms.get(probability.denominator, Fraction(0)) + part
                terms[probability.numerator] = terms.get(probability.numerator, Fraction(0)) - part
    return ExactLog.build(terms, constant, infinity if not isnan(infinity) else nan)


def _coprime(terms: Mapping[int, Fraction]) -> dict[int, Fraction]:
    """The same sum of logarithms over pairwise coprime bases; small primes are split off, large integers by gcd alone."""
    result: dict[int, Fraction] = {}
    todo: list[tuple[int, Fraction]] = []
    for number, coefficient in terms.items():
        if not coefficient:
            continue
        for prime in _SMALL_PRIMES:
            if number == 1:
                break
            power = 0
            while number % prime == 0:
                number //= prime
                power += 1
            if power:
                result[prime] = result.get(prime, Fraction(0)) + power * coefficient
        if number > 1:
            todo.append((number, coefficient))
    large: dict[int, Fraction] = {}
    while todo:
        number, coefficient = todo.pop()
        if number == 1:
            continue
        for base in large:
            common = gcd(number, base)
            if common > 1:
                other = large.pop(base)
                todo += [(common, coefficient + other), (number // common, coefficient), (base // common, other)]
                break
        else:
            large[number] = coefficient
    return {base: value for base, value in (result | large).items() if value}
