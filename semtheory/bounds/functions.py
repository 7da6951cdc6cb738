"""Functions that SymPy lacks: Phi(x) = P(Z <= x), accurate in both tails where 1 - erfc(...)/2 is not, and x log x with 0 log 0 = 0."""

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


class XLogX(sympy.Function):
    r"""x log x for x >= 0, 0 at 0."""

    @classmethod
    def eval(cls, x: Any) -> Any:
        if x == 0:
            return sympy.Integer(0)
        return x * sympy.log(x) if x.is_Rational and x.is_positive else None

    def fdiff(self, argindex: int = 1) -> Any:
        return sympy.log(self.args[0]) + 1

    def _latex(self, printer: Any, exp: str = "") -> str:
        x = printer._print(self.args[0])
        return rf"\left({x} \log\left({x}\right)\right)" + (f"^{{{exp}}}" if exp else "")
