"""The normal law as SymPy functions: Phi(x) = P(Z <= x) keeps its accuracy in both tails, where 1 - erfc(...)/2 loses it."""

from __future__ import annotations

from typing import Any

import sympy


class Phi(sympy.Function):
    r"""P(Z <= x) for a standard normal Z; its slope is `density(x)`. In balls erfc(-x/sqrt 2)/2, in floats `scipy.special.ndtr`."""

    @classmethod
    def eval(cls, x: Any) -> Any:
        return sympy.Rational(1, 2) if x == 0 else None

    def fdiff(self, argindex: int = 1) -> Any:
        return density(self.args[0])

    def _eval_rewrite_as_erf(self, x: Any, **hints: Any) -> Any:
        return (1 + sympy.erf(x / sympy.sqrt(2))) / 2

    def _latex(self, printer: Any, exp: str = "") -> str:
        power = f"^{{{exp}}}" if exp else ""
        return rf"\Phi{power}\left({printer._print(self.args[0])}\right)"


def density(x: Any) -> Any:
    """The standard normal density at x."""
    return sympy.exp(-(sympy.sympify(x) ** 2) / 2) / sympy.sqrt(2 * sympy.pi)
