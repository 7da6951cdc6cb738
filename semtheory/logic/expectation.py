"""Claims on a mean over a law on any finite alphabet, proved by adding Gibbs rows and the like with constant multipliers.

    E_p[log p - log q] >= 0                      (laws p and q of X)

The multipliers are found by exact linear algebra over the constants (temperatures, normalisers, means) and, where something is
left over, by showing that what is left is a constant >= 0. The checker then re-adds the rows.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from semtheory.errors import CertificateError, TheoremError
from semtheory.logic.analytic import Analytic, Instance, use_lemmas
from semtheory.logic.checker_algebra import Tree, exact, minus, substitute, symbols
from semtheory.logic.checker_analysis import check_instance
from semtheory.logic.forms import LinearForms
from semtheory.logic.result import Deadline
from semtheory.logic.trees import Fact, Known, exhibit, facts_of, from_tree, holds, light, read, to_tree, witness

INSTANCES = 6000  # tried, of facts on means
SIMPLE = ("0", "1", "1", "2", "3", "5", "10", "1/2", "1/4", "1/10", "-1")  # values in them
Names = Mapping[str, Any]
Numbers = Callable[[Any], tuple[Any, Names]]  # NumPy generator -> (weights of the points, value of each symbol at them)


@dataclass(frozen=True)
class Equality:
    """Equality holds exactly when `left == right` at every point; `attained` substitutes values that make it so."""

    left: Any
    right: Any
    attained: Names


@dataclass(frozen=True)
class Cells:
    """A partition of the alphabet of `of` on which some symbols are constant.

    Args:
        of: the type, such as "X" or "X|Y".
        base: "1" (counting) or the name of a law.
        parts: (values of the symbols, mass or number of points) of each cell; the mass of a cell may be a symbol.
        factors: reference laws to try: factor * base, constant on cells.
    """

    of: str
    base: str
    parts: Sequence[tuple[Names, Any]]
    factors: Sequence[Any] = ()


class Expectation(Analytic):
    """`E[integrand] >= 0` (or `= 0`), over the points of positive probability of the law of the random point.

    Args:
        text: the claim for a person; say there what the symbols mean.
        integrand: a SymPy expression in laws, point symbols and constants.
        laws: type of each law or kernel at the random point, for instance {"p": "X", "q": "X"} or {"p": "X|Y"}.
        true: the laws that are those of the random point itself; the others only have total mass at most 1.
        point: other symbols that vary with the point.
        normalisers: Z: (weight, type), Z the sum of the weight over all values.
        means: U: expression, U its mean.
        cells: named partitions.
        facts: SymPy relations known to hold.
        lemmas: (statement, {symbol: expression}) pairs: conclusions of calculus used at a point.
        elementary: use log r <= r - 1 and total masses in place of the Gibbs rows that they make.
        hints: expressions >= 0 at every point worth trying as rows, beside the facts, their products and squares.
        relation: ">=" or "=".
        equality: the case of equality, proved with the claim.
        numbers: makes a random instance to compare with, for laws of several types, of which none are made here.
    """

    def __init__(
        self,
        text: str,
        integrand: Any,
        *,
        laws: Mapping[str, str],
        true: Sequence[str] = ("p",),
        point: Sequence[str] = (),
        normalisers: Mapping[str, tuple[Any, str]] | None = None,
        means: Names | None = None,
        cells: Mapping[str, Cells] | None = None,
        facts: Sequence[Any] = (),
        lemmas: Sequence[tuple[Analytic, Names]] = (),
        hints: Sequence[Any] = (),
        elementary: bool = False,
        relation: str = ">=",
        equality: Equality | None = None,
        latex: str | None = None,
        numbers: Numbers | None = None,
    ) -> None:
        import sympy

        self.numbers = numbers
        self.text, self.integrand, self.relation = text, read(integrand), relation
        sign = "=" if relation == "=" else r"\ge"
        self.latex = latex or rf"\mathbb{{E}}\left[{sympy.latex(self.integrand)}\right] {sign} 0"
        self.laws, self.true, self.point = dict(laws), tuple(true), tuple(point)
        self.normalisers = {name: (to_tree(w), of) for name, (w, of) in (normalisers or {}).items()}
        self.means = {name: to_tree(tree) for name, tree in (means or {}).items()}
        self.cells, self.facts = dict(cells or {}), facts_of(facts)
        self.lemmas, self.hints, self.equality, self.elementary = list(lemmas), list(hints), equality, elementary
        self._tree = to_tree(self.integrand)
        if relation not in (">=", "="):
            raise TheoremError(f"Expectation({text!r}): relation {relation!r}, expected '>=' or '='")

    # ---- comparison

    def shadow(self, *, seed: int = 0, examples: int = 20) -> Any:
        """Compare with numbers, as `Analytic.shadow`; by `numbers` where laws of several types leave no instances."""
        if self.numbers is None:
            return super().shadow(seed=seed, examples=examples)
        import numpy as np
        import sympy

        names = sorted(str(symbol) for symbol in self.integrand.free_symbols)
        value = sympy.lambdify([sympy.Symbol(name) for name in names], self.integrand, "numpy")
        chance = np.random.default_rng(seed)
        for _ in range(examples):
            weights, values = self.numbers(chance)
            found = float((weights * value(*(values[name] for name in names))).sum())
            if found < -1e-9 or (self.relation == "=" and found > 1e-9):
                shown = "; ".join(f"{name} = {np.asarray(values[name]).tolist()}" for name in names)
                return f"E[...] = {found:.12g} with weights {np.asarray(weights).tolist()}; {shown}"
        return examples

    # ---- proof

    def _certificate(self, seed: int, deadline: Deadline) -> dict[str, Any] | None:
        algebra = Known()
        for tree, sign in self.facts:
            algebra.assume(tree, sign)
        for name in self.laws:
            algebra.assume(name, ">")
        for name, (weight, _) in self.normalisers.items():
            algebra.normal(weight)
            algebra.assume(name, algebra.sign(weight) or ">=")
        lemmas = use_lemmas(self.lemmas, algebra, seed, deadline)
        if lemmas is None:
            return None
        try:
            rows = self._rows(algebra, deadline)
        except CertificateError:  # a log or quotient outside its domain: no proof in this form
            return None
        if rows is None:
            return None
        names = set().union(*(symbols(tree) for tree, _ in self.facts)) if self.facts else set()
        found = witness(self.facts, names, seed)
        certificate: dict[str, Any] = {
            "schema": 1,
            "kind": "expectation",
            "statement": self.text,
            "facts": [list(fact) for fact in self.facts],
            "witness": found,
            "lemmas": lemmas,
            "laws": self.laws,
            "true": list(self.true),
            "point": list(self.point),
            "normalisers": {name: list(value) for name, value in self.normalisers.items()},
            "means": self.means,
            "cells": {name: _cells_json(cells) for name, cells in self.cells.items()},
            "integrand": self._tree,
            "relation": self.relation,
            "rows": rows,
        }
        if names & set(self.means):
            certificate["instance"] = self._instance_of_facts(certificate, seed, deadline)
        if self.equality is None:
            return certificate
        return self._with_equality(certificate, algebra)

    def _instance_of_facts(self, certificate: dict[str, Any], seed: int, deadline: Deadline) -> dict[str, Any]:
        """Weights and values at which the facts on means hold, so that they are no assumption that nothing meets.

        Raises:
            CertificateError: none was found; the facts may contradict what the means are.
        """
        chance = random.Random(seed)
        trees = [tree for tree, _ in self.facts] + list(self.means.values()) + [weight for weight, _ in self.normalisers.values()]
        for cells in certificate["cells"].values():
            trees += [tree for part in cells["parts"] for tree in (part["weight"], *part["values"].values())]
        names = sorted(set().union(*map(symbols, trees)) - set(self.laws) - set(self.normalisers) - set(self.means))
        varying = [name for name in names if name in self._varying()]
        for i in range(INSTANCES):
            deadline.check()
            size = 1 + i % 3
            known = certificate["witness"] if i // 3 % 2 else {}
            constants = {name: known.get(name) or chance.choice(SIMPLE) for name in names if name not in varying}
            values = []
            for _ in range(size):
                at = constants | {name: chance.choice(SIMPLE) for name in varying}
                for cells in certificate["cells"].values():
                    for name, tree in chance.choice(cells["parts"])["values"].items():
                        at[name] = str(exact(tree, constants))
                values.append(at)
            instance = {"weights": [f"1/{size}"] * size, "values": values}
            try:
                check_instance({**certificate, "instance": instance}, [])
            except CertificateError:
                continue
            return instance
        raise CertificateError(f"no law was found that meets the facts on {', '.join(self.means)}")

    def _candidates(self) -> Iterator[tuple[dict[str, Any], Tree]]:
        """Rows without their multipliers, and their trees; zero-mean rows first."""
        for name, tree in self.means.items():
            yield {"rule": "zero-mean", "mean": name}, minus(tree, name)
        if self.relation == "=":
            return
        for of in self.true:
            for row, reference in self._references(self.laws[of], of):
                if not self.elementary:
                    yield {"rule": "gibbs", "of": of, "reference": row}, minus(["log", of], ["log", reference])
                    continue
                ratio = ["*", reference, ["^", of, -1]]
                yield {"rule": "tangent", "ratio": ratio}, minus(minus(ratio, "1"), ["log", ratio])
                yield {"rule": "mass", "of": of, "reference": row}, minus("1", ratio)
        varying = [tree for tree, _ in self.facts if symbols(tree) & (set(self.point) | set(self.laws))]
        centred = [minus(tree, name) for name, tree in self.means.items()]
        trees = (
            [to_tree(hint) for hint in self.hints]
            + varying
            + [["*", a, b] for a, b in itertools.combinations(varying, 2)]
        )
        for tree in [*trees, *(["^", tree, 2] for tree in centred)]:
            yield {"rule": "pointwise", "tree": tree}, tree

    def _references(self, of: str, law: str) -> Iterator[tuple[dict[str, Any], Tree]]:
        for name, kind in self.laws.items():
            if kind == of and name != law:
                yield {"law": name}, name
        for name, (weight, kind) in self.normalisers.items():
            if kind == of:
                yield {"weight": weight, "normaliser": name}, ["*", weight, ["^", name, -1]]
        for name, cells in self.cells.items():
            if cells.of == of:
                for factor in cells.factors:
                    yield {"cells": name, "factor": to_tree(factor)}, ["*", cells.base, to_tree(factor)]

    def _rows(self, algebra: Known, deadline: Deadline) -> list[dict[str, Any]] | None:
        system = LinearForms(self._varying(), algebra)
        shown = exhibit(self.integrand, algebra, depth=0) if self.relation == ">=" else None
        if shown is not None:
            return [{"rule": "pointwise", "tree": shown}]
        candidates = [(row, form) for row, tree in self._candidates() if (form := system.form(tree)) is not None]
        equal = [c for c in candidates if c[0]["rule"] == "zero-mean"]
        unequal = [c for c in candidates if c[0]["rule"] != "zero-mean"]
        for size in range(min(3, len(unequal)) + 1):
            for chosen in itertools.combinations(unequal, size):
                deadline.check()
                rows = self._solve(system, [*equal, *chosen], algebra)
                if rows is not None:
                    return rows
        return None

    def _solve(
        self, system: LinearForms, chosen: list[tuple[dict[str, Any], Any]], algebra: Known
    ) -> list[dict[str, Any]] | None:
        target = system.form(self._tree)
        if target is None:
            return None
        solution = system.solve(target, [form for _, form in chosen])
        if solution is None:
            return None
        multipliers, left = solution
        rows = []
        for (row, _), multiplier in zip(chosen, multipliers, strict=True):
            if multiplier == 0:
                continue
            tree = to_tree(multiplier) if row["rule"] == "zero-mean" else exhibit(multiplier, algebra, depth=0)
            if tree is None:
                return None
            rows.append({**row, "multiplier": tree})
        if left != 0:
            tree = exhibit(left, algebra) if self.relation == ">=" else None
            if tree is None:
                return None
            rows.append({"rule": "pointwise", "tree": tree})
        return rows

    def _with_equality(self, certificate: dict[str, Any], algebra: Known) -> dict[str, Any] | None:
        import sympy

        assert self.equality is not None
        left, right = read(self.equality.left), read(self.equality.right)
        for i, row in enumerate(certificate["rows"]):
            if row["rule"] == "gibbs":
                zero = from_tree(row["of"]) - from_tree(
                    dict(_by_key(self._references(self.laws[row["of"]], row["of"])))[str(row["reference"])]
                )
            elif row["rule"] == "tangent":
                zero = from_tree(row["ratio"]) - 1
            elif row["rule"] == "pointwise":
                tree = row["tree"]
                zero = from_tree(tree[1] if tree[0] == "^" and tree[2] == 2 else tree)
            else:
                continue
            ratio = light(lambda x: sympy.factor(sympy.simplify(x)), (left - right) / zero)
            for unit in (ratio, -ratio):
                shown = exhibit(unit, algebra, ">")
                if shown is not None:
                    attained = {name: to_tree(value) for name, value in self.equality.attained.items()}
                    equality = {
                        "row": i,
                        "left": to_tree(left),
                        "right": to_tree(right),
                        "unit": shown,
                        "attained": attained,
                    }
                    return {**certificate, "equality": equality}
        return None

    def _varying(self) -> set[str]:
        conditional = {name for name, (_, of) in self.normalisers.items() if "|" in of}
        cell_symbols = {name for cells in self.cells.values() for values, _ in cells.parts for name in values}
        return set(self.laws) | set(self.point) | conditional | cell_symbols

    # ---- refutation: the same claim on explicit alphabets

    def _instances(self) -> Iterator[Instance]:
        types = set(self.laws.values())
        if len(types) != 1 or len(self.true) != 1:
            return  # several types: no search is offered, so such a claim stays undecided
        for size in (2, 3, 1):
            for cell in self._assignments(size):
                for unseen in (0, 1) if self.cells else (0,):
                    instance = self._instance(size, cell, unseen)
                    if instance is not None:
                        yield instance

    def _assignments(self, size: int) -> Iterator[list[int]]:
        if not self.cells:
            yield [0] * size
            return
        count = max(len(cells.parts) for cells in self.cells.values())
        yield from (list(c) for c in itertools.product(range(count), repeat=size) if list(c) == sorted(c))

    def _instance(self, size: int, cell: Sequence[int], unseen: int) -> Instance | None:
        """The claim with `size` letters of positive probability, each in its cell, and `unseen` letters of probability 0."""
        laws: dict[str, list[Tree]] = {}
        for law in self.laws:
            free = [f"{law}_{i + 1}" for i in range(size - 1)]
            laws[law] = [*free, ["+", "1", *(["*", "-1", name] for name in free)]]
        fixed: dict[str, Tree] = {}
        at: list[dict[str, Tree]] = []
        for i in range(size):
            here = {law: values[i] for law, values in laws.items()} | {name: f"{name}_{i + 1}" for name in self.point}
            for cells in self.cells.values():
                if cell[i] >= len(cells.parts):
                    return None
                here |= {name: to_tree(value) for name, value in cells.parts[cell[i]][0].items()}
            at.append(here)
        for cells in self.cells.values():
            for k, (_, weight) in enumerate(cells.parts):
                tree, members = to_tree(weight), [i for i in range(size) if cell[i] == k]
                if cells.base == "1":
                    sizes = {name: str(size + unseen) for name in symbols(tree)}
                    if exact(tree, sizes) != len(members):
                        return None
                    fixed |= sizes
                elif unseen:
                    return None  # a law has no letters of mass 0 to hide
                elif isinstance(tree, str) and symbols(tree):
                    fixed[tree] = ["+", "0", *(at[i][cells.base] for i in members)]
        true = self.true[0]
        for name, (weight, _) in self.normalisers.items():
            fixed[name] = ["+", "0", *(substitute(weight, here) for here in at)]
        for name, tree in self.means.items():
            fixed[name] = ["+", "0", *(["*", here[true], substitute(tree, here)] for here in at)]

        def make(tree: Tree, here: dict[str, Tree]) -> Tree:
            for _ in range(len(fixed) + 1):
                tree = substitute(tree, fixed)
            return substitute(tree, here)

        facts: list[Fact] = [(values[i], ">") for values in laws.values() for i in range(size)]
        facts += [(make(tree, here), sign) for tree, sign in self.facts for here in at]
        mean = ["+", "0", *(["*", here[true], make(self._tree, here)] for here in at)]
        probabilities = frozenset(name for values in laws.values() for name in values if isinstance(name, str))
        layout = f"the alphabet has {size} letters, NAME_i is NAME at letter i, the last probability of a law completes it to 1"
        if self.cells:
            layout += f", letters 1..{size} lie in cells {', '.join(str(k + 1) for k in cell)}"
        if not holds([fact for fact in facts if not symbols(fact[0])], {}):
            return None  # such an alphabet is excluded
        flat = [(tree, sign) for tree, sign in facts if symbols(tree)]
        return Instance(mean, self.relation, tuple(flat), probabilities, layout)


def _by_key(references: Iterator[tuple[dict[str, Any], Tree]]) -> Iterator[tuple[str, Tree]]:
    for row, tree in references:
        yield str(row), tree


def _cells_json(cells: Cells) -> dict[str, Any]:
    parts = [
        {"values": {n: to_tree(v) for n, v in values.items()}, "weight": to_tree(weight)}
        for values, weight in cells.parts
    ]
    return {"of": cells.of, "base": cells.base, "parts": parts}
