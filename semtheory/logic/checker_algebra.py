"""Exact algebra of small expression trees, for the checker of analytic certificates. Standard library only.

A tree is `"3/4"` (a number), `"p"` (a symbol), or `["+", ...]`, `["*", ...]`, `["^", tree, n]`, `["log", tree]`, `["exp", tree]`.

* `Algebra.normal`: a tree as a ratio of polynomials over the rationals in its atoms (symbols, and opaque log and exp), with
  log(ab) = log a + log b and log a^n = n log a for factors shown positive, exp(a + b) = exp a exp b, and log, exp inverse.
  Whatever is divided by, or put under a log, must be shown positive. Equal normal forms are equal numbers; the converse can fail.
* `Algebra.sign`: products, sums and even powers of what is known to be positive; nothing else is ever believed positive.
* `differentiate`: school calculus. A function written as a tree is real-analytic wherever it is defined.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

from semtheory.errors import CertificateError

Tree = Any  # str | list
Monomial = tuple[tuple[str, int], ...]
Polynomial = dict[Monomial, Fraction]
Ratio = tuple[Polynomial, Polynomial]
ONE: Polynomial = {(): Fraction(1)}
MOST_TERMS = 250_000  # of one product: a certificate that needs more is refused, not computed for hours
OPERATIONS = ("+", "*", "^", "log", "exp")
NUMBER, SYMBOL = re.compile(r"-?[0-9]+(/0*[1-9][0-9]*)?"), re.compile(r"[A-Za-z][A-Za-z0-9_']*")


def require(condition: object, message: str) -> None:
    if not condition:
        raise CertificateError(message)


@contextmanager
def line(name: str) -> Iterator[None]:
    """Errors inside are reported as errors of the certificate's line `name`."""
    try:
        yield
    except CertificateError as error:
        raise type(error)(f"{name}: {error}") from None
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, ZeroDivisionError, RecursionError) as error:
        raise CertificateError(f"{name}: not of the expected form ({type(error).__name__}: {error})") from None


# ---- polynomials and trees


def product(a: Polynomial, b: Polynomial) -> Polynomial:
    require(len(a) * len(b) <= MOST_TERMS, f"a product of {len(a)} and {len(b)} terms is more than a check should take")
    out: Polynomial = {}
    for left, x in a.items():
        for right, y in b.items():
            powers = dict(left)
            for atom, power in right:
                powers[atom] = powers.get(atom, 0) + power
            key = tuple(sorted((atom, power) for atom, power in powers.items() if power))
            out[key] = out.get(key, Fraction(0)) + x * y
    return {key: value for key, value in out.items() if value}


def combine(a: Polynomial, b: Polynomial, factor: Fraction = Fraction(1)) -> Polynomial:
    out = {key: a.get(key, Fraction(0)) + factor * b.get(key, Fraction(0)) for key in a.keys() | b.keys()}
    return {key: value for key, value in out.items() if value}


def written(a: Polynomial) -> str:
    """The one text of a polynomial: equal polynomials have equal texts and different ones different texts."""
    return " + ".join(f"{a[key]}" + "".join(f"*{atom}^{power}" for atom, power in key) for key in sorted(a)) or "0"


def substitute(tree: Tree, values: dict[str, Tree]) -> Tree:
    if isinstance(tree, str):
        return values.get(tree, tree)
    return [tree[0], *(part if isinstance(part, int) else substitute(part, values) for part in tree[1:])]


def symbols(tree: Tree) -> set[str]:
    if isinstance(tree, str):
        return set() if NUMBER.fullmatch(tree) else {tree}
    return set().union(*(symbols(part) for part in tree[1:] if not isinstance(part, int)))


def named(names: Any) -> None:
    """Every name must be a symbol: a "name" such as 1 or -1 would change what numbers mean."""
    for name in names:
        require(isinstance(name, str) and SYMBOL.fullmatch(name) is not None, f"{name!r} is not a symbol")


def well_formed(tree: Any) -> None:
    """A tree is a number, a symbol, or one of the five operations with as many parts as it has, and nothing else."""
    if isinstance(tree, str):
        require(NUMBER.fullmatch(tree) or SYMBOL.fullmatch(tree), f"{tree!r} is neither a number nor a symbol")
        return
    require(isinstance(tree, list) and len(tree) > 1, f"{tree!r} is not a tree")
    operation, parts = tree[0], tree[1:]
    require(operation in OPERATIONS, f"unknown operation {operation!r}, expected one of {', '.join(OPERATIONS)}")
    if operation == "^":
        require(len(parts) == 2, "a power has a base and an exponent")
        small_power(parts.pop())
    require(operation in ("+", "*") or len(parts) == 1, f"{operation} has one part, not {len(parts)}")
    for part in parts:
        well_formed(part)


def show(tree: Tree) -> str:
    if isinstance(tree, str):
        return tree if "/" not in tree and not tree.startswith("-") else f"({tree})"
    if tree[0] in ("log", "exp"):
        return f"{tree[0]}({show(tree[1])})"
    if tree[0] == "^":
        return f"{show(tree[1])}^{tree[2]}" if tree[2] >= 0 else f"{show(tree[1])}^({tree[2]})"
    return "(" + f" {tree[0]} ".join(show(part) for part in tree[1:]) + ")"


def small_power(exponent: Any) -> int:
    """The exponent, which must be an integer of modest size: longer computations are no certificates."""
    require(type(exponent) is int and abs(exponent) <= 60, f"power {exponent!r} is not an integer between -60 and 60")
    return int(exponent)


def minus(a: Tree, b: Tree) -> Tree:
    return ["+", a, ["*", "-1", b]]


def exact(tree: Tree, values: dict[str, str]) -> Fraction:
    """The value of a tree without log and exp at rational values of its symbols."""
    if isinstance(tree, str):
        return Fraction(tree if NUMBER.fullmatch(tree) else values[tree])
    require(tree[0] in ("+", "*", "^"), "a fact is a polynomial or a ratio of polynomials, without log or exp")
    if tree[0] == "^":
        base = exact(tree[1], values)
        require(base != 0 or tree[2] >= 0, "division by zero")
        return Fraction(base ** small_power(tree[2]))
    total = Fraction(0) if tree[0] == "+" else Fraction(1)
    for part in tree[1:]:
        total = total + exact(part, values) if tree[0] == "+" else total * exact(part, values)
    return total


def differentiate(tree: Tree, variable: str, known: dict[str, Tree]) -> Tree:
    """The derivative; `known` holds those of symbols that depend on the variable, all others are constants."""
    if isinstance(tree, str):
        return "1" if tree == variable else known.get(tree, "0")
    op, parts = tree[0], tree[1:]
    if op == "+":
        return ["+", *(differentiate(part, variable, known) for part in parts)]
    if op == "*":
        return [
            "+",
            *(["*", *parts[:i], differentiate(part, variable, known), *parts[i + 1 :]] for i, part in enumerate(parts)),
        ]
    inner = differentiate(parts[0], variable, known)
    if op == "^":
        return "0" if parts[1] == 0 else ["*", str(parts[1]), ["^", parts[0], parts[1] - 1], inner]
    require(op in ("log", "exp"), f"unknown operation {op!r}")
    return ["*", ["^", parts[0], -1], inner] if op == "log" else ["*", tree, inner]


class Algebra:
    """Normal forms and evident signs under facts `tree > 0` or `tree >= 0`.

    Only `normal` shows that a tree is defined: the sign of one that may not be defined means nothing.
    """

    def __init__(self) -> None:
        self.facts: dict[str, str] = {}
        self.inside: dict[str, Ratio] = {}  # what an opaque log or exp is the log or exp of

    def assume(self, tree: Tree, sign: str) -> None:
        require(sign in (">", ">="), f"a fact has sign > or >=, not {sign!r}")
        key = self._up_to_scale(tree)
        self.facts[key] = ">" if ">" in (sign, self.facts.get(key)) else ">="

    def normal(self, tree: Tree) -> Ratio:
        """Numerator and denominator; the denominator is a product of things shown positive."""
        if isinstance(tree, str):
            if NUMBER.fullmatch(tree):
                value = Fraction(tree)
                return ({(): value} if value else {}), ONE
            require(SYMBOL.fullmatch(tree) is not None, f"{tree!r} is neither a number nor a symbol")
            return {((tree, 1),): Fraction(1)}, ONE
        require(isinstance(tree, list) and len(tree) > 1, f"{tree!r} is not a tree")
        if tree[0] == "+":
            total: Ratio = ({}, ONE)
            for part in tree[1:]:
                total = self._sum(total, self.normal(part))
            return total
        if tree[0] == "*":
            total = (ONE, ONE)
            for part in tree[1:]:
                n, d = self.normal(part)
                total = self._tidy(product(total[0], n), product(total[1], d))
            return total
        if tree[0] == "^":
            require(len(tree) == 3, "a power has a base and an exponent")
            small_power(tree[2])
            require(
                tree[2] >= 0 or self.sign(tree[1]) == ">", f"the denominator {show(tree[1])} is not shown to be > 0"
            )
            return self._power(self.normal(tree[1]), tree[2])
        require(tree[0] in ("log", "exp") and len(tree) == 2, f"unknown operation {tree[0]!r}")
        return self._log(tree[1]) if tree[0] == "log" else self._exp(self.normal(tree[1]))

    def equal(self, left: Tree, right: Tree) -> bool:
        return not self.normal(minus(left, right))[0]

    def sign(self, tree: Tree) -> str | None:
        """ ">" or ">=" when that is evident from the facts and the shape of the tree, else None."""
        if not isinstance(tree, str):
            op, parts = tree[0], tree[1:]
            if op == "exp":
                return ">"
            if op == "log":  # log a > 0 when a > 1
                return self.sign(minus(parts[0], "1"))
            if op == "^":
                inner = self.sign(parts[0])
                return inner if inner == ">" or parts[1] % 2 else ">=" if parts[1] > 0 else None
            require(op in ("+", "*"), f"unknown operation {op!r}")
            signs = [self.sign(part) for part in parts]
            if None not in signs:
                return ">" if (">" in signs if op == "+" else ">=" not in signs) else ">="
        elif NUMBER.fullmatch(tree):
            return ">" if Fraction(tree) > 0 else ">=" if Fraction(tree) == 0 else None
        key = self._up_to_scale(tree)
        return ">=" if key == "0" else self.facts.get(key) or self._expanded_sign(self.normal(tree)[0])

    def _expanded_sign(self, n: Polynomial) -> str | None:
        """A sum of monomials, each with a coefficient > 0 and each atom of known sign or to an even power."""
        signs = [
            self.facts.get(f"1*{atom}^1") or (">" if self._positive(atom) else None) for key in n for atom, _ in key
        ]
        powers = [power for key in n for _, power in key]
        if any(value < 0 for value in n.values()) or any(
            s is None and k % 2 for s, k in zip(signs, powers, strict=True)
        ):
            return None
        return ">" if any(all(self._positive(atom) for atom, _ in key) for key in n) else ">="

    def _up_to_scale(self, tree: Tree) -> str:
        """One text for the numerator up to a positive number and a positive monomial; denominators are positive anyway."""
        n, _ = self.normal(tree)
        rest = self._without_content(n)[0]
        return written(rest)

    def _without_content(self, n: Polynomial) -> tuple[Polynomial, Fraction, Monomial]:
        """n = rest * content * monomial, the content a positive number, the monomial positive and common to all terms."""
        if not n:
            return n, Fraction(1), ()
        powers = [dict(key) for key in n]
        shared = {atom: min(p.get(atom, 0) for p in powers) for p in powers for atom in p if self._positive(atom)}
        inverse = tuple(sorted((atom, -power) for atom, power in shared.items() if power))
        rest = product(n, {inverse: Fraction(1)})
        content = abs(rest[min(rest)])
        common = tuple((atom, -power) for atom, power in inverse)
        return {key: value / content for key, value in rest.items()}, content, common

    def _tidy(self, n: Polynomial, d: Polynomial) -> Ratio:
        if len(d) == 1:
            ((key, value),) = d.items()
            return product(n, {tuple((atom, -power) for atom, power in key): 1 / value}), ONE
        scale: Polynomial = {(): 1 / abs(d[min(d)])}  # a positive number: denominators are positive and stay so
        return product(n, scale), product(d, scale)

    def _sum(self, a: Ratio, b: Ratio, factor: Fraction = Fraction(1)) -> Ratio:
        if a[1] == b[1]:
            return combine(a[0], b[0], factor), a[1]
        return self._tidy(combine(product(a[0], b[1]), product(b[0], a[1]), factor), product(a[1], b[1]))

    def _power(self, a: Ratio, exponent: int) -> Ratio:
        n, d = a if exponent >= 0 else (a[1], a[0])
        total: Ratio = (ONE, ONE)
        for _ in range(abs(small_power(exponent))):
            total = product(total[0], n), product(total[1], d)
        return self._tidy(*total)

    def _exp(self, argument: Ratio) -> Ratio:
        """exp of a sum, as the product over its terms c*m/d of exp(m/d/denominator of c)^(numerator of c)."""
        total: Ratio = (ONE, ONE)
        n, d = argument
        for key, value in n.items():
            if (
                d == ONE
                and value.denominator == 1
                and len(key) == 1
                and key[0][1] == 1
                and key[0][0].startswith("log(")
            ):
                factor = self._power(self.inside[key[0][0]], value.numerator)
            else:
                atom = f"exp({written({key: Fraction(1, value.denominator)})} over {written(d)})"
                self.inside[atom] = ({key: Fraction(1, value.denominator)}, d)
                factor = {((atom, value.numerator),): Fraction(1)}, ONE
            total = self._tidy(product(total[0], factor[0]), product(total[1], factor[1]))
        return total

    def _log(self, tree: Tree) -> Ratio:
        require(self.sign(tree) == ">", f"log of {show(tree)}, which is not shown to be > 0")
        if isinstance(tree, list) and tree[0] == "*" and all(self.sign(part) == ">" for part in tree[1:]):
            return self.normal(["+", *(["log", part] for part in tree[1:])])
        if isinstance(tree, list) and tree[0] == "^" and self.sign(tree[1]) == ">":
            return self.normal(["*", str(tree[2]), ["log", tree[1]]])
        if isinstance(tree, list) and tree[0] == "exp":
            return self.normal(tree[1])
        n, d = self.normal(tree)
        return self._sum(self._log_polynomial(n), self._log_polynomial(d), Fraction(-1))

    def _log_polynomial(self, a: Polynomial) -> Ratio:
        """log of content * common positive monomial * rest, for a > 0; the rest, unless 1, stays inside an opaque log."""
        rest, content, common = self._without_content(a)
        total: Ratio = (self._log_number(content.numerator), ONE)
        total = self._sum(total, (self._log_number(content.denominator), ONE), Fraction(-1))
        for atom, power in common:
            inner: Ratio = ({((atom, 1),): Fraction(1)}, ONE)
            term = self.inside[atom] if atom.startswith("exp(") else self._atom(f"log({atom})", inner)
            total = self._sum(total, term, Fraction(power))
        return total if rest == ONE else self._sum(total, self._atom(f"log({written(rest)})", (rest, ONE)))

    def _positive(self, atom: str) -> bool:
        return atom.startswith("exp(") or self.facts.get(f"1*{atom}^1") == ">"

    def _log_number(self, number: int) -> Polynomial:
        total: Polynomial = {}
        factor = 2
        while number > 1:
            if factor > 1000:
                factor = number  # left whole: log of it is an atom of its own
            while number % factor == 0:
                number //= factor
                total = combine(total, self._atom(f"log({factor})", ({(): Fraction(factor)}, ONE))[0])
            factor += 1
        return total

    def _atom(self, name: str, inside: Ratio) -> Ratio:
        self.inside[name] = inside
        return {((name, 1),): Fraction(1)}, ONE
