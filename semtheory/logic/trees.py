"""SymPy expressions to checker trees and back, and the search for evident signs.

The provers think in SymPy; the checker reads trees (`checker_algebra`). Nothing here is trusted: a wrong translation shows up
as a certificate that says something else, which is why every certificate is printed from its trees.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from semtheory.errors import CertificateError, TheoremError
from semtheory.logic.checker_algebra import SYMBOL, Algebra, Tree, exact

if TYPE_CHECKING:
    import sympy

Fact = tuple[Tree, str]
MOST_POWER = 60  # SymPy takes exp(p/q) as a power p of exp(1/q): its polynomials have degree p


def read(expression: Any) -> Any:
    """The SymPy form of an expression, a number or a text. Raises `TheoremError` for what cannot be read."""
    import sympy

    try:
        return sympy.sympify(expression)
    except (sympy.SympifyError, TypeError, SyntaxError, AttributeError) as error:
        raise TheoremError(f"{expression!r} is no formula ({type(error).__name__}); expected for instance 'x - 1 - log(x)'") from None


def to_tree(expression: Any) -> Tree:
    """The tree of a SymPy expression (or number).

    Raises:
        TheoremError: a function or power that trees do not have, or a symbol whose name is not letters, digits, `_` and `'`.
    """
    import sympy

    e = read(expression)
    if not isinstance(e, sympy.Expr):
        raise TheoremError(f"{e}: expected a formula with a value, not {type(e).__name__}")
    if e.is_Rational:
        return str(Fraction(int(e.p), int(e.q)))
    if e.is_Symbol:
        if not SYMBOL.fullmatch(e.name):
            raise TheoremError(
                f"symbol {e.name!r}: names here are letters, digits, _ and primes, for instance 'mean_E'"
            )
        return str(e.name)
    if e.is_Add or e.is_Mul:
        return ["+" if e.is_Add else "*", *(to_tree(part) for part in e.args)]
    if isinstance(e, sympy.exp):
        return ["exp", to_tree(e.args[0])]
    if e == sympy.E:
        return ["exp", "1"]
    if isinstance(e, sympy.log):
        return ["log", to_tree(e.args[0])]
    if e.is_Pow and e.exp.is_Integer:
        return ["^", to_tree(e.base), int(e.exp)]
    if e.is_Pow:  # a^b = exp(b log a)
        return ["exp", ["*", to_tree(e.exp), ["log", to_tree(e.base)]]]
    raise TheoremError(
        f"{e}: expected a number, a symbol, a sum, a product, a power, log or exp, not {type(e).__name__}"
    )


def from_tree(tree: Tree) -> sympy.Expr:
    """The SymPy expression of a tree."""
    import sympy

    if isinstance(tree, str):
        return sympy.Symbol(tree) if SYMBOL.fullmatch(tree) else sympy.Rational(tree)
    if tree[0] == "^":
        return from_tree(tree[1]) ** tree[2]
    parts = [from_tree(part) for part in tree[1:]]
    make = {"+": sympy.Add, "*": sympy.Mul, "log": sympy.log, "exp": sympy.exp}[tree[0]]
    return make(*parts)


def facts_of(relations: Iterable[Any]) -> list[Fact]:
    """Facts from SymPy relations `a > b`, `a >= b`, `a < b`, `a <= b`; a bare expression means `> 0`.

    Raises:
        TheoremError: another relation, or a log or exp in it: facts are compared exactly at rational points.
    """
    import sympy

    facts: list[Fact] = []
    for relation in relations:
        if isinstance(relation, sympy.Basic) and getattr(relation, "is_Relational", False):
            if relation.rel_op not in (">", ">=", "<", "<="):
                raise TheoremError(f"fact {relation}: expected >, >=, < or <=")
            facts.append((to_tree(relation.gts - relation.lts), ">" if relation.rel_op in (">", "<") else ">="))
        else:
            facts.append((to_tree(relation), ">"))
        if not _rational(facts[-1][0]):
            raise TheoremError(f"fact {relation}: expected polynomials or their ratios, without log or exp; name such a part, or state it as a lemma")
    return facts


def _rational(tree: Tree) -> bool:
    return isinstance(tree, str) or (tree[0] not in ("log", "exp") and all(_rational(part) for part in tree[1:] if not isinstance(part, int)))


class Known(Algebra):
    """The checker's own algebra, so that what is found evident is what will be accepted; it also remembers its facts."""

    def __init__(self) -> None:
        super().__init__()
        self.remembered: list[Tree] = []

    def assume(self, tree: Tree, sign: str) -> None:
        """As in the checker."""
        super().assume(tree, sign)
        self.remembered.append(tree)


def witness(facts: Sequence[Fact], names: Iterable[str], seed: int = 0) -> dict[str, str]:
    """A rational point at which all facts hold.

    Raises:
        TheoremError: none was found, so the facts may contradict each other.
    """
    chance, names = random.Random(seed), sorted(names)
    for i in range(4000):
        size = 1 + i % 6
        point = {
            name: str(Fraction(chance.randint(-size * (i % 3 == 2), 6 * size), chance.choice((1, 2, 4, 8, 12))))
            for name in names
        }
        if holds(facts, point):
            return point
    for i in range(2000):  # far away, or close to 0
        scale = Fraction(10) ** (1 + i % 9) if i % 2 else Fraction(1, 10 ** (1 + i % 9))
        point = {name: str(scale * chance.randint(-3 * (i % 3 == 2), 20)) for name in names}
        if holds(facts, point):
            return point
    raise TheoremError(
        "no rational point was found that satisfies all facts: " + "; ".join(f"{from_tree(tree)} {sign} 0" for tree, sign in facts)
    )


def holds(facts: Iterable[Fact], point: Mapping[str, str]) -> bool:
    """Whether every fact holds exactly at a rational point."""
    try:
        values = [(exact(tree, dict(point)), sign) for tree, sign in facts]
    except CertificateError:
        return False
    return all(value > 0 or (sign == ">=" and value == 0) for value, sign in values)


def masked(e: Any) -> tuple[Any, dict[Any, Any]]:
    """The expression with positive symbols for its powers of large or finely divided exponents, and what they stand for."""
    import sympy

    names: dict[Any, Any] = {}

    def heavy(term: Any) -> bool:
        if not isinstance(term, (sympy.Pow, sympy.exp)) or (term.exp.is_Integer and not isinstance(term, sympy.exp)):
            return False
        times = term.exp.as_coeff_Mul()[0]
        return bool(times.is_Rational and max(abs(times.p), times.q) > MOST_POWER)

    light = e.replace(heavy, lambda term: names.setdefault(term, sympy.Dummy("power", positive=True)))
    return light, {name: term for term, name in names.items()}


def light(rewrite: Callable[[Any], Any], e: Any) -> Any:
    """`rewrite(e)`, for a rewriting of SymPy that works with polynomials and would take hours for exp(314159/100000)."""
    made, back = masked(e)
    return rewrite(made).xreplace(back)


def exhibit(expression: Any, known: Known, sign: str = ">=", depth: int = 2) -> Tree | None:
    """A way to write the expression so that its sign is evident, or None.

    Tried: as it stands, factored, expanded, factors turned round, a square completed, and multiples of facts taken out of the
    expression or of its factors, `depth` times over.
    """
    import sympy

    e = read(expression)
    rewrites: tuple[Callable[[Any], Any], ...] = (
        lambda x: x,
        lambda x: light(sympy.factor, x),
        lambda x: light(sympy.expand, x),
        lambda x: _signed(x, known),
        lambda x: light(_squares, x),
    )
    for rewrite in rewrites:
        try:
            tree = to_tree(rewrite(e))
        except (CertificateError, TheoremError, sympy.PolynomialError):
            continue
        if _evident(tree, known, sign):
            return tree
    try:
        return _covered(e, known, sign, depth) if depth else None
    except CertificateError:  # a log or quotient outside what is known to be its domain
        return None


def _evident(tree: Tree, known: Known, sign: str) -> bool:
    try:
        known.normal(tree)
        found = known.sign(tree)
    except CertificateError:
        return False
    return found == ">" or found == sign == ">="


def _covered(e: Any, known: Known, sign: str, depth: int) -> Tree | None:
    """Each factor, when its sign is not evident, as multiple * fact + rest with an evident rest."""
    import sympy

    parts: list[Tree] = []
    for factor in sympy.Mul.make_args(_signed(e, known)):
        base, power = factor.as_base_exp()
        shown = to_tree(factor) if _evident(to_tree(factor), known, sign) else None
        if shown is None and base.is_Add and power == 1:
            shown = _take_out(base, known, sign, depth)
        if shown is None:
            return None
        parts.append(shown)
    tree = ["*", *parts]
    return tree if _evident(tree, known, sign) else None


def _take_out(e: Any, known: Known, sign: str, depth: int) -> Tree | None:
    import sympy

    e = light(sympy.expand, e)
    for fact in known.remembered:
        f = light(sympy.expand, from_tree(fact).replace(_is_log_exp, lambda term: term.args[0].args[0]))
        if not f.is_Add or (e.has(sympy.log) and not f.has(sympy.log)):
            continue
        longest = max(sympy.count_ops(term) for term in f.args)
        ends = [term for term in f.args if not term.is_number and sympy.count_ops(term) in (longest, 0)]
        ratios = {light(sympy.cancel, term / end) for term in sympy.Add.make_args(e) for end in ends}
        for ratio in sorted(ratios, key=str):
            rest = light(sympy.expand, e - ratio * f)
            if len(sympy.Add.make_args(rest)) > len(e.args) + 2 or not _evident(to_tree(ratio), known, ">="):
                continue
            shown = exhibit(rest, known, ">=", depth - 1)
            tree = None if shown is None else ["+", ["*", to_tree(ratio), fact], shown]
            if tree is not None and _evident(tree, known, sign):
                return tree
    return None


def _signed(e: Any, known: Known) -> Any:
    """Factored, each factor turned to the side on which it is known to be positive: -(x - 1)*y becomes (1 - x)*y."""
    import sympy

    number, unclear = sympy.Integer(1), None
    parts: list[Any] = []
    for factor in sympy.Mul.make_args(light(lambda x: sympy.factor(sympy.together(x)), e)):
        base, power = factor.as_base_exp()
        if factor.is_number:
            number *= factor
            continue
        if base.is_Add and power.is_Integer and power % 2 and known.sign(to_tree(base)) is None:
            if known.sign(to_tree(_turned(base))) is not None:
                number, factor = -number, _turned(base) ** power
            else:
                unclear = len(parts)
        parts.append(factor)
    if number.is_negative and unclear is not None:
        base, power = parts[unclear].as_base_exp()
        number, parts[unclear] = -number, _turned(base) ** power
    return sympy.Mul(number, *parts, evaluate=False) if number != 1 else sympy.Mul(*parts, evaluate=False)


def _is_log_exp(e: Any) -> bool:
    import sympy

    return isinstance(e, sympy.log) and isinstance(e.args[0], sympy.exp)


def _turned(e: Any) -> Any:
    import sympy

    return sympy.Add(*(-term for term in e.args))


def _squares(e: Any) -> Any:
    """A quadratic in one of its symbols with its square completed."""
    import sympy

    e = sympy.expand(e)
    for x in sorted(e.free_symbols, key=str):
        if e.is_polynomial(x) and sympy.degree(e, x) == 2:
            a, b, c = sympy.Poly(e, x).all_coeffs()
            return sympy.factor(a) * (x + sympy.factor(b / (2 * a))) ** 2 + sympy.factor(
                sympy.together(c - b**2 / (4 * a))
            )
    return e
