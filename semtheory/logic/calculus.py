"""Statements on functions: identities, derivatives, signs of one variable with parameters, and sums over finite alphabets.

Each finds its own proof in one of a few shapes (factor out the minimum, evident sign, monotone from an end, term by term), which
the checker redoes, or a rational point where the statement fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from semtheory.errors import CertificateError, TheoremError
from semtheory.logic.analytic import Analytic, Instance, Lemmas, use_lemmas
from semtheory.logic.checker_algebra import Tree, differentiate, minus, substitute, symbols
from semtheory.logic.forms import LinearForms
from semtheory.logic.result import Deadline
from semtheory.logic.trees import Fact, Known, exhibit, facts_of, light, masked, read, to_tree, witness

Names = Mapping[str, Any]


def as_written(make: Callable[[], Any]) -> Any:
    """What `make` builds while SymPy evaluates nothing, so that the sides of a statement reach the checker as they are written."""
    import sympy

    with sympy.evaluate(False):
        return make()


class _Function(Analytic):
    """A statement on a tree, under facts, possibly in sums (`sums[name]` is the term, `point` what varies in it)."""

    def __init__(
        self,
        text: str,
        function: Any,
        facts: Sequence[Any] = (),
        lemmas: Lemmas = (),
        sums: Names | None = None,
        point: Sequence[str] = (),
        latex: str | None = None,
    ) -> None:
        import sympy

        self.text, self.function = text, read(function)
        self.latex = latex or sympy.latex(self.function) + r" \ge 0"
        self.facts, self.lemmas, self.point = facts_of(facts), list(lemmas), tuple(point)
        self.sums = {name: to_tree(term) for name, term in (sums or {}).items()}
        self._tree = to_tree(self.function)
        for tree, _ in self.facts:
            if symbols(tree) & set(self.sums):
                raise TheoremError(f"{text!r}: a fact on {', '.join(sorted(symbols(tree) & set(self.sums)))}, which is what its term makes it; state facts on the symbols of the term")

    def _start(self, kind: str, seed: int, deadline: Deadline) -> tuple[dict[str, Any], Known] | None:
        """The head of a certificate, and the algebra that its facts and lemmas make; None when a lemma has no proof."""
        known = Known()
        for tree, sign in self.facts:
            known.assume(tree, sign)
        for name, term in self.sums.items():
            known.normal(term)
            if known.sign(term) == ">":
                known.assume(name, ">")
        lemmas = use_lemmas(self.lemmas, known, seed, deadline)
        if lemmas is None:
            return None
        names = set().union(*(symbols(tree) for tree, _ in self.facts)) if self.facts else set()
        head: dict[str, Any] = {
            "schema": 1,
            "kind": kind,
            "statement": self.text,
            "facts": [list(fact) for fact in self.facts],
        }
        head["witness"] = witness(self.facts, names, seed)
        if lemmas:
            head["lemmas"] = lemmas
        if self.sums:
            head |= {"sums": self.sums, "point": list(self.point)}
        return head, known

    def _explicit(self, trees: Sequence[Tree], relation: str) -> Iterator[Instance]:
        """trees[0] `relation` 0 with every sum written out over one, two and three points; plain when there are no sums."""
        for size in (1, 2, 3) if self.sums else (1,):
            points = [{name: f"{name}_{i + 1}" for name in self.point} for i in range(size)]
            whole: dict[str, Tree] = {
                name: ["+", "0", *(substitute(term, at) for at in points)] for name, term in self.sums.items()
            }
            facts: list[Fact] = []
            for tree, sign in self.facts:
                for at in points if symbols(tree) & set(self.point) else [{}]:
                    facts.append((substitute(tree, at), sign))
            layout = f"sums run over {size} points, NAME_i is NAME at point i" if self.sums else ""
            yield Instance(
                self._combine([substitute(tree, whole) for tree in trees]), relation, tuple(facts), layout=layout
            )

    def _combine(self, trees: list[Tree]) -> Tree:
        return trees[0]


class Identity(_Function):
    """`left == right` wherever the facts hold."""

    def __init__(
        self, text: str, left: Any, right: Any, *, facts: Sequence[Any] = (), latex: str | None = None
    ) -> None:
        import sympy

        super().__init__(text, left, facts, latex=latex or f"{sympy.latex(read(left))} = {sympy.latex(read(right))}")
        self._right = to_tree(right)

    def _certificate(self, seed: int, deadline: Deadline) -> dict[str, Any] | None:
        head, algebra = self._start("identity", seed, deadline) or ({}, Known())
        try:
            same = algebra.equal(self._tree, self._right)
        except CertificateError:
            return None
        return {**head, "left": self._tree, "right": self._right} if same else None

    def _instances(self) -> Iterator[Instance]:
        yield from self._explicit([minus(self._tree, self._right)], "=")


class Derivative(_Function):
    """`d function / d variable == result`; a finite sum is differentiated term by term."""

    def __init__(
        self,
        text: str,
        function: Any,
        variable: str,
        result: Any,
        *,
        facts: Sequence[Any] = (),
        sums: Names | None = None,
        point: Sequence[str] = (),
        latex: str | None = None,
    ) -> None:
        import sympy

        shown = (
            rf"\frac{{d}}{{d{variable}}} {sympy.latex(read(function))} = {sympy.latex(read(result))}"
        )
        super().__init__(text, function, facts, sums=sums, point=point, latex=latex or shown)
        self.variable, self._result = variable, to_tree(result)

    def _certificate(self, seed: int, deadline: Deadline) -> dict[str, Any] | None:
        head, algebra = self._start("calculus", seed, deadline) or ({}, Known())
        try:
            slopes = self._slopes(algebra)
            if slopes is None or not algebra.equal(differentiate(self._tree, self.variable, slopes), self._result):
                return None
        except CertificateError:
            return None
        return {
            **head,
            "rule": "derivative",
            "variable": self.variable,
            "function": self._tree,
            "derivatives": slopes,
            "result": self._result,
        }

    def _slopes(self, algebra: Known) -> dict[str, Tree] | None:
        """The derivative of each sum as a linear combination of the sums."""
        forms = LinearForms(self.point, algebra)
        rows = [forms.form(term) for term in self.sums.values()]
        slopes: dict[str, Tree] = {}
        for name, term in self.sums.items():
            if self.variable not in symbols(term) or name not in symbols(self._tree):
                continue
            target = forms.form(differentiate(term, self.variable, {}))
            known = [row for row in rows if row is not None]
            solution = None if target is None or len(known) < len(rows) else forms.solve(target, known)
            if solution is None or solution[1] != 0:
                return None
            slopes[name] = [
                "+",
                "0",
                *(["*", to_tree(c), other] for c, other in zip(solution[0], self.sums, strict=True) if c != 0),
            ]
        return slopes

    def _instances(self) -> Iterator[Instance]:
        yield from self._explicit([self._tree, self._result], "=")

    def _combine(self, trees: list[Tree]) -> Tree:
        return minus(differentiate(trees[0], self.variable, {}), trees[1])


class Sign(_Function):
    """`function >= 0` (or `> 0`) wherever the facts hold.

    Args:
        variable: the variable of calculus; the other symbols are parameters. None: only an evident sign is sought.
        at: where the minimum 0 lies, or the end from which the function rises; searched when left out.
        strict: a proof must also show that the minimum is attained at one point only.
        shown: the function written so that its sign is evident, when the search needs the hint.
    """

    def __init__(
        self,
        text: str,
        function: Any,
        variable: str | None = None,
        *,
        facts: Sequence[Any] = (),
        lemmas: Lemmas = (),
        sums: Names | None = None,
        point: Sequence[str] = (),
        at: Any = None,
        strict: bool = False,
        relation: str = ">=",
        shown: Any = None,
        latex: str | None = None,
    ) -> None:
        import sympy

        latex = latex or sympy.latex(read(function)) + (" > 0" if relation == ">" else r" \ge 0")
        super().__init__(text, function, facts, lemmas, sums, point, latex)
        self.variable, self.at, self.strict, self.relation = variable, at, strict, relation
        self.shown = function if shown is None else shown

    def _certificate(self, seed: int, deadline: Deadline) -> dict[str, Any] | None:
        start = self._start("calculus", seed, deadline)
        if start is None:
            return None
        head, algebra = start
        head["function"] = self._tree
        shown = None if self.strict else exhibit(self.shown, algebra, self.relation)
        if shown is not None:
            return {**head, "rule": "evident", "shown": shown, "relation": self.relation}
        if self.variable is None or self.relation != ">=":
            return None
        head["variable"] = self.variable
        for at in self._places():
            deadline.check()
            for attempt in (self._minimum, self._monotone):
                try:
                    found = attempt(at, algebra)
                except (CertificateError, TheoremError):  # not defined there
                    continue
                if found is not None:
                    return {**head, "at": to_tree(at), **found}
        return None

    def _places(self) -> Iterator[Any]:
        """Where the minimum may lie: as told, zeros of the slope, ends of the domain."""
        import sympy

        from semtheory.logic.trees import from_tree

        if self.at is not None:
            yield read(self.at)
            return
        x = sympy.Symbol(str(self.variable))
        slope, back = masked(sympy.diff(self.function, x))
        numerator = sympy.numer(sympy.together(slope))
        ends = [from_tree(tree) for tree, _ in self.facts if self.variable in symbols(tree)]
        seen: set[Any] = set()
        for factor in [*(f.xreplace(back) for f, _ in sympy.factor_list(numerator)[1]), *ends] if numerator != 0 else ends:
            if factor.is_polynomial(x) and sympy.degree(factor, x) == 1:
                root = sympy.solve(factor, x)[0]
                if root not in seen:
                    seen.add(root)
                    yield root

    def _minimum(self, at: Any, algebra: Known) -> dict[str, Any] | None:
        import sympy

        x = sympy.Symbol(str(self.variable))
        if not algebra.equal(substitute(self._tree, {str(x): to_tree(at)}), "0"):
            return None
        factor = light(lambda slope: sympy.factor(sympy.together(slope) / (x - at)), sympy.diff(self.function, x))
        shown = exhibit(factor, algebra)
        if shown is None:
            return None
        found: dict[str, Any] = {"rule": "minimum", "factor": shown}
        if algebra.sign(shown) == ">":
            return found
        square = sympy.Mul(
            *(base for base, power in (f.as_base_exp() for f in sympy.Mul.make_args(factor)) if power == 2)
        )
        unit = exhibit(light(sympy.factor, factor / square**2), algebra, ">")
        slope = sympy.diff(square, x)
        if unit is not None and (exhibit(slope, algebra, ">") or exhibit(-slope, algebra, ">")):
            return {**found, "isolated": {"unit": unit, "square": to_tree(square)}}
        return None if self.strict else found

    def _monotone(self, at: Any, algebra: Known) -> dict[str, Any] | None:
        import sympy

        if self.strict:
            return None
        x = sympy.Symbol(str(self.variable))
        slope = sympy.diff(self.function, x)
        for direction, sign in (("up", 1), ("down", -1)):
            toward = algebra.sign(to_tree(sign * (x - at)))
            start = exhibit(self.function.subs(x, at), algebra) if toward else None
            shown = exhibit(sign * slope, algebra) if toward and start else None
            if shown is not None:
                return {"rule": "monotone", "direction": direction, "start": start, "slope": shown}
        return None

    def _instances(self) -> Iterator[Instance]:
        yield from self._explicit([self._tree], self.relation)


class Termwise(_Function):
    """`function >= 0` for a linear combination of finite sums, because the combined term is >= 0 at every point.

    Args:
        sums: name -> term; the term of a plain count is 1.
        point: the symbols that vary with the point.
        shown: the combined term, written so that its sign is evident, when the search needs the hint.
    """

    def __init__(
        self,
        text: str,
        function: Any,
        *,
        sums: Names,
        point: Sequence[str],
        facts: Sequence[Any] = (),
        lemmas: Lemmas = (),
        shown: Any = None,
        latex: str | None = None,
    ) -> None:
        super().__init__(text, function, facts, lemmas, sums, point, latex)
        self.shown = shown

    def _certificate(self, seed: int, deadline: Deadline) -> dict[str, Any] | None:
        from semtheory.logic.trees import from_tree

        start = self._start("calculus", seed, deadline)
        if start is None:
            return None
        head, algebra = start
        term = from_tree(substitute(self._tree, self.sums)) if self.shown is None else self.shown
        shown = exhibit(term, algebra)
        return None if shown is None else {**head, "rule": "termwise", "function": self._tree, "shown": shown}

    def _instances(self) -> Iterator[Instance]:
        yield from self._explicit([self._tree], ">=")
