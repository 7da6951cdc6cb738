"""Linear algebra over the field of constants: which combination of rows is the claim?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from semtheory.logic.checker_algebra import Algebra, Polynomial, Tree
from semtheory.logic.trees import light

Form = dict[Any, Any]


class LinearForms:
    """Rows as linear forms in varying monomials with coefficients in the field of constants."""

    def __init__(self, varying: Iterable[str], algebra: Algebra) -> None:
        self.algebra, self.varying = algebra, set(varying)

    def form(self, tree: Tree) -> Form | None:
        """{varying monomial: constant coefficient}, or None when the denominator varies."""
        import sympy

        n, d = self.algebra.normal(tree)
        if any(self._varies(atom) for key in d for atom, _ in key):
            return None
        form: Form = {}
        for key, value in n.items():
            moving = tuple(part for part in key if self._varies(part[0]))
            still = sympy.Rational(value.numerator, value.denominator)
            for atom, power in key:
                if not self._varies(atom):
                    still *= self._back(atom) ** power
            form[moving] = form.get(moving, 0) + still
        bottom = self._polynomial(d)
        return {key: value / bottom for key, value in form.items()}

    def solve(self, target: Form, rows: list[Form]) -> tuple[list[Any], Any] | None:
        """Multipliers that match every varying monomial, and the constant that is then left over."""
        import sympy

        unknown = sympy.symbols(f"lambda_0:{len(rows)}") if rows else ()
        keys = sorted({key for form in [target, *rows] for key in form if key}, key=str)
        zero = sympy.Integer(0)
        equations = [
            sum((u * row.get(key, 0) for u, row in zip(unknown, rows, strict=True)), -target.get(key, zero))
            for key in keys
        ]
        equations = [e for e in (light(sympy.expand, e) for e in equations) if e != 0]
        if equations and not unknown:
            return None
        solutions = sympy.linsolve(equations, *unknown) if equations else {tuple(0 for _ in unknown)}
        if not solutions:
            return None
        values = [light(sympy.factor, sympy.sympify(v).subs(dict.fromkeys(unknown, 0))) for v in next(iter(solutions))]
        left = target.get((), zero) - sum((v * row.get((), 0) for v, row in zip(values, rows, strict=True)), zero)
        return values, light(lambda x: sympy.factor(sympy.expand(x)), left)

    def _varies(self, atom: str) -> bool:
        return bool(set(re.findall(r"[A-Za-z][A-Za-z0-9_']*", atom)) & self.varying)

    def _back(self, atom: str) -> Any:
        import sympy

        if atom not in self.algebra.inside:
            return sympy.Symbol(atom)
        n, d = self.algebra.inside[atom]
        inner = self._polynomial(n) / self._polynomial(d)
        return sympy.log(inner) if atom.startswith("log(") else sympy.exp(inner)

    def _polynomial(self, polynomial: Polynomial) -> Any:
        import sympy

        total = sympy.Integer(0)
        for key, value in polynomial.items():
            total += sympy.Rational(value.numerator, value.denominator) * sympy.Mul(
                *(self._back(atom) ** k for atom, k in key)
            )
        return total
