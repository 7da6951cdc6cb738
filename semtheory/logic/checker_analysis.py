"""The small checker for analytic certificates: identities, expectations, signs by calculus, enclosures.

Standard library only; it imports none of the provers. What you trust when it accepts a certificate: the algebra of trees in
`checker_algebra` (normal forms, evident signs, derivatives), the rules below, each with its reason, and that the *declarations*
(facts, laws, sums, means) say what you mean. They are part of the answer, so read them. Facts must have a common point
(`witness`), those on means a law with such means (`instance`), and laws, normalisers and sums are what they are declared to be:
no fact speaks of them. So nothing holds for want of instances. A wrong line raises `CertificateError` and is named.
Balls (`checker_balls`) need python-flint; without it `NotRedone` is raised: such a certificate is neither accepted nor wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from semtheory.errors import CertificateError
from semtheory.logic.checker_algebra import (
    NUMBER,
    Algebra,
    Tree,
    differentiate,
    exact,
    line,
    minus,
    named,
    require,
    show,
    substitute,
    symbols,
    well_formed,
)
from semtheory.logic.checker_balls import enclosure, point

KINDS = ("identity", "expectation", "calculus", "enclosure", "point")
Certificate = dict[str, Any]
Conclusion = tuple[Tree, str]  # tree ">" 0, ">=" 0 or "=" 0


def check_analysis(certificate: Certificate) -> list[str]:
    """Check one certificate of a kind in `KINDS`; returns what was checked, one line each.

    Raises:
        CertificateError: the first wrong line, named.
        NotRedone: a ball enclosure, and python-flint is not installed.
    """
    lines: list[str] = []
    with line("certificate"):
        require(certificate["schema"] == 1, f"schema {certificate['schema']!r}, expected 1")
    try:
        _conclude(certificate, lines)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as error:
        raise CertificateError(f"not of the expected form ({type(error).__name__}: {error})") from None
    return lines


def _conclude(certificate: Certificate, lines: list[str]) -> Conclusion:
    with line("certificate"):
        kind = certificate["kind"]
        require(kind in KINDS, f"kind {kind!r}, expected one of {', '.join(KINDS)}")
        _declared(certificate)
    algebra = Algebra()
    _facts(certificate, algebra, lines)
    rule = {
        "identity": _identity,
        "expectation": _expectation,
        "calculus": _calculus,
        "enclosure": enclosure,
        "point": point,
    }[kind]
    tree, sign = rule(certificate, algebra, lines)
    return tree, sign


def _declared(certificate: Certificate) -> None:
    """Trees are trees, whatever is declared or replaced has a name, and nothing stands for two things."""
    for name, tree in _trees(certificate):
        with line(name):
            well_formed(tree)
    for value in [*certificate.get("witness", {}).values(), *certificate.get("values", {}).values()]:
        require(isinstance(value, str) and NUMBER.fullmatch(value), f"{value!r} is not a number such as 3/4")
    cells = [part["values"] for cell in certificate.get("cells", {}).values() for part in cell["parts"]]
    kinds = ("sums", "laws", "normalisers", "means", "cells", "derivatives", "box")
    for names in [certificate.get(kind, {}) for kind in kinds] + [certificate.get("point", []), certificate.get("values", {}), *cells]:
        named(names)
    if "variable" in certificate:
        named([certificate["variable"]])
        require(certificate["variable"] not in certificate.get("point", []), "the variable is not what varies with the point")
    # An assumption about a law, a normaliser or a sum could contradict what it is; what they are is said by their declarations.
    own = set(certificate.get("laws", {})) | set(certificate.get("normalisers", {})) | set(certificate.get("sums", {}))
    for tree, _sign in certificate.get("facts", []):
        require(not symbols(tree) & own, f"{show(tree)} assumes something of {', '.join(sorted(symbols(tree) & own))}")


def _trees(certificate: Certificate) -> Iterator[tuple[str, Tree]]:
    """Every tree of a certificate, named, but those of its lemmas' own certificates, which are looked at in their turn."""
    single = ("left", "right", "function", "shown", "result", "at", "factor", "start", "slope", "integrand", "tree")
    places = [("", certificate, single), ("isolated ", certificate.get("isolated", {}), ("unit", "square"))]
    places.append(("equality ", certificate.get("equality", {}), ("left", "right", "unit")))
    for i, row in enumerate(certificate.get("rows", [])):
        places.append((f"rows[{i}] ", row, ("multiplier", "ratio", "tree")))
        places.append((f"rows[{i}] reference ", row.get("reference", {}), ("factor",)))
    places += [(f"{name} ", certificate.get(name, {}), tuple(certificate.get(name, {}))) for name in ("sums", "means", "derivatives")]
    attained = certificate.get("equality", {}).get("attained", {})
    places.append(("equality attained ", attained, tuple(attained)))
    for i, lemma in enumerate(certificate.get("lemmas", [])):
        places.append((f"lemmas[{i}] at ", lemma.get("at", {}), tuple(lemma.get("at", {}))))
    for name, cells in certificate.get("cells", {}).items():
        for part in cells["parts"]:
            places += [(f"cells[{name}] ", part["values"], tuple(part["values"])), (f"cells[{name}] ", part, ("weight",))]
    for where, part, names in places:
        yield from ((f"{where}{name}", part[name]) for name in names if name in part)
    yield from ((f"facts[{i}]", tree) for i, (tree, _sign) in enumerate(certificate.get("facts", [])))
    yield from ((f"normalisers[{name}]", weight) for name, (weight, _of) in certificate.get("normalisers", {}).items())


def _facts(certificate: Certificate, algebra: Algebra, lines: list[str]) -> None:
    """Facts hold together at a rational point, the witness."""
    witness = certificate.get("witness", {})
    for i, fact in enumerate(certificate.get("facts", [])):
        with line(f"facts[{i}]"):
            tree, sign = fact
            value = exact(tree, witness)
            require(
                value > 0 or (sign == ">=" and value == 0),
                f"{show(tree)} {sign} 0 fails at the witness, where it is {value}",
            )
            algebra.assume(tree, sign)
            lines.append(f"given {show(tree)} {sign} 0")


def _lemmas(certificate: Certificate, algebra: Algebra, lines: list[str]) -> None:
    """A lemma is a certificate of its own, used at a point of its domain; sums in it are the same sums here."""
    for i, lemma in enumerate(certificate.get("lemmas", [])):
        with line(f"lemmas[{i}]"):
            inner, at = lemma["certificate"], lemma.get("at", {})
            require(inner["kind"] in ("calculus", "enclosure"), "a lemma is a statement about a function")
            named(at)
            if inner.get("sums"):  # what is constant under its sums must be constant here
                moving = set(certificate.get("point", [])) | set(certificate.get("laws", {})) | set(certificate.get("normalisers", {}))
                moving |= {name for cell in certificate.get("cells", {}).values() for part in cell["parts"] for name in part["values"]}
                used = set().union(*(symbols(value) for value in at.values()))
                require(not used & moving, f"{', '.join(sorted(used & moving))} varies here and not in the lemma")
            tree, sign = _conclude(inner, lines)
            require(sign in (">", ">="), "a lemma used as a fact must state a sign")
            for name, term in inner.get("sums", {}).items():
                same = name not in at and substitute(term, at) == certificate.get("sums", {}).get(name)
                require(same, f"{name} is not declared here as the sum of {show(substitute(term, at))}")
            for name in inner.get("point", []):
                require(
                    name not in at and name in certificate.get("point", []), f"{name} does not vary with the point here"
                )
            for domain, strict in inner.get("facts", []):
                _known(algebra, substitute(domain, at), strict)
            box = inner.get("box", {}).items()
            for name, (low, high) in box:
                _known(algebra, minus(substitute(name, at), low), ">=")
                _known(algebra, minus(high, substitute(name, at)), ">=")
            algebra.assume(substitute(tree, at), sign)
            lines.append(f"lemma {show(substitute(tree, at))} {sign} 0")


def _known(algebra: Algebra, tree: Tree, wanted: str) -> str:
    """The evident sign of the tree, which must be at least the wanted one; the tree must be well defined."""
    algebra.normal(tree)
    sign = algebra.sign(tree)
    require(sign == ">" or sign == wanted == ">=", f"{show(tree)} is not shown to be {wanted} 0")
    return str(sign)


def _identity(c: Certificate, algebra: Algebra, lines: list[str]) -> Conclusion:
    _lemmas(c, algebra, lines)
    with line("identity"):
        require(algebra.equal(c["left"], c["right"]), f"{show(c['left'])} = {show(c['right'])} is not an identity")
    lines.append(f"identity {show(c['left'])} = {show(c['right'])}")
    return minus(c["left"], c["right"]), "="


# ---- expectations over a law on a finite set


def check_instance(c: Certificate, lines: list[str]) -> None:
    """Facts on means are met by some law: by weights of finitely many points, and values of every symbol at them.

    With one point every law is 1 and every normaliser its weight; with several, no mean may speak of laws or normalisers.
    A point lies in one cell of each partition; cells of a law have its mass when it is the law of the point.
    """
    means, facts = c.get("means", {}), c.get("facts", [])
    if not any(symbols(tree) & set(means) for tree, _sign in facts):
        return
    with line("instance"):
        require("instance" in c, "facts on a mean need an instance: weights and values at which they hold")
        masses = [exact(weight, {}) for weight in c["instance"]["weights"]]
        values = [dict(value) for value in c["instance"]["values"]]
        require(len(masses) == len(values) and min(masses) > 0 and sum(masses) == 1, f"{masses} are not the weights of {len(values)} points")
        laws, normalisers, cells = c.get("laws", {}), c.get("normalisers", {}), c.get("cells", {})
        varying = set(c.get("point", [])) | {name for cell in cells.values() for part in cell["parts"] for name in part["values"]}
        for at in values:
            named(at)
            require(all(isinstance(number, str) and NUMBER.fullmatch(number) for number in at.values()), f"{at} are not numbers")
            require(not set(at) & (set(laws) | set(normalisers) | set(means)), "laws, normalisers and means have the values that follow")
            moved = [name for name in set(at) - varying if at[name] != values[0].get(name)]
            require(not moved, f"{', '.join(sorted(moved))} does not vary with the point")
        for cell in cells.values():
            _in_cells(cell, values, masses, c.get("true", []))
        alone = len(values) == 1 and not cells
        for at in values if alone else []:
            at.update(dict.fromkeys(laws, "1"))
            for name, (weight, _of) in normalisers.items():
                at[name] = str(_number(weight, at))
        for name, tree in means.items():
            require(alone or not symbols(tree) & (set(laws) | set(normalisers)), f"the mean {name} of laws needs an instance of one point, without cells")
            mean = sum(mass * _number(tree, at) for mass, at in zip(masses, values, strict=True))
            for at in values:
                at[name] = str(mean)
        for tree, sign in facts:
            for at in values:
                value = exact(tree, at)
                require(value > 0 or (sign == ">=" and value == 0), f"{show(tree)} {sign} 0 fails, where it is {value}")
        lines.append(f"the facts on means hold for the weights {', '.join(map(str, masses))}")


def _in_cells(cell: dict[str, Any], values: list[dict[str, str]], masses: list[Any], true: list[str]) -> None:
    """Each point lies in one cell, and the cells have the masses, or the room, that they are said to have."""
    inside = [[k for k, part in enumerate(cell["parts"]) if all(_number(tree, at) == exact(at[name], {}) for name, tree in part["values"].items())] for at in values]
    require(all(len(found) == 1 for found in inside), "a point in no cell, or in several")
    for k, part in enumerate(cell["parts"]):
        here = [mass for mass, found in zip(masses, inside, strict=True) if found == [k]]
        weight = _number(part["weight"], values[0])
        fits = weight.denominator == 1 and weight >= len(here) if cell["base"] == "1" else weight == sum(here) if cell["base"] in true else 0 <= weight <= 1
        require(fits, f"a cell of {len(here)} points and weight {weight}")


def _number(tree: Tree, values: dict[str, str]) -> Fraction:
    """The rational value of a tree at rational values of its symbols, where logs and exps cancel."""
    n, d = Algebra().normal(substitute(tree, values))
    require(d == {(): 1} and set(n) <= {()}, f"{show(tree)} is not rational at {values}")
    return n.get((), Fraction(0))


def _expectation(c: Certificate, algebra: Algebra, lines: list[str]) -> Conclusion:
    """E[integrand] >= 0 (or = 0), as integrand = sum of multiplier * row, every row with mean >= 0 (or = 0).

    The mean is over the points of positive probability. `laws` gives each law its type ("X", or "Y|X" for a kernel); those in
    `true` are laws of the random point itself, the others have total mass <= 1 for each value of the condition. `normalisers`:
    Z is the sum over all values of the type of a weight >= 0. `means`: U is the mean of a tree. `cells`: the total mass (or,
    for base "1", number of values) of a base law on each cell, on which the listed symbols are constant; every point of positive
    probability lies in a cell.
    """
    laws, true, relation = c.get("laws", {}), c.get("true", []), c["relation"]
    with line("declarations"):
        require(relation in (">=", "="), f"relation {relation!r}")
        require(all(name in laws for name in true), "a law in `true` without a type")
        require(len({laws[name] for name in true}) == len(true), "two laws of the random point of one type")
        names = [*laws, *c.get("point", []), *c.get("normalisers", {}), *c.get("means", {})]
        require(len(names) == len(set(names)), "a name is declared twice")
        for name in laws:
            algebra.assume(name, ">")
    unknown = set(c.get("normalisers", {})) | set(c.get("means", {}))

    def fresh(name: str, tree: Tree) -> None:
        require(
            not symbols(tree) & unknown, f"{name} is declared by {show(tree)}, which needs {name} or what comes later"
        )
        unknown.remove(name)

    for name, (weight, of) in c.get("normalisers", {}).items():
        with line(f"normalisers[{name}]"):
            fresh(name, weight)
            foreign = {law for law in symbols(weight) & set(laws) if laws[law] != of}
            require(not foreign, f"{', '.join(sorted(foreign))} is no function on {of}")
            moves = symbols(weight) & set(c.get("point", []))
            require(not moves or {laws[law] for law in true} == {of}, f"{', '.join(sorted(moves))} may vary with more than {of}")
            algebra.assume(name, _known(algebra, weight, ">="))
            lines.append(f"{name} is the sum of {show(weight)} over {of}")
    lines.append(f"mean under {', '.join(true)}; laws {laws}; varying with the point: {', '.join(c.get('point', []))}")
    varying = set(laws) | set(c.get("point", [])) | {z for z, (_, of) in c.get("normalisers", {}).items() if "|" in of}
    for name, cells in c.get("cells", {}).items():
        with line(f"cells[{name}]"):
            varying |= set().union(*(part["values"].keys() for part in cells["parts"]))
            shown = "; ".join(f"{show(part['weight'])} where {part['values']}" for part in cells["parts"])
            lines.append(
                f"cells {name} of {cells['of']}, {'numbers' if cells['base'] == '1' else 'mass under ' + cells['base']}: {shown}"
            )

    _lemmas(c, algebra, lines)

    def constant(tree: Tree) -> None:
        require(
            not symbols(tree) & varying, f"{show(tree)} varies with the random point, so it is no multiplier of a mean"
        )

    for name, tree in c.get("means", {}).items():
        with line(f"means[{name}]"):
            fresh(name, tree)
            lines.append(f"{name} is the mean of {show(tree)}")

    def reference(row: dict[str, Any]) -> Tree:
        """A law or kernel of total mass <= 1, of the same type as the true law `of`."""
        require(row["of"] in true, f"{row['of']!r} is not declared a law of the random point")
        of, given = laws[row["of"]], row["reference"]
        if "law" in given:
            require(laws[given["law"]] == of, f"{given['law']} is a law of {laws[given['law']]}, not of {of}")
            return given["law"]
        if "normaliser" in given:
            weight, total = c["normalisers"][given["normaliser"]]
            require(total == of, f"{given['normaliser']} is a sum over {total}, not over {of}")
            return ["*", weight, ["^", given["normaliser"], -1]]
        cells = c["cells"][given["cells"]]
        require(cells["of"] == of, f"cells of {cells['of']}, not of {of}")
        base, factor = cells["base"], given["factor"]
        require(base == "1" or laws[base] == of, f"the base {base} is not a law of {of}")
        inside = set().union(*(part["values"].keys() for part in cells["parts"]))
        require(not symbols(factor) & (varying - inside), f"{show(factor)} varies within a cell")
        parts = cells["parts"]
        require(all(part["values"].keys() == inside for part in parts), "cells that do not fix the same symbols")
        for part in parts:
            _known(algebra, part["weight"], ">=")
            _known(algebra, substitute(factor, part["values"]), ">=")
        mass: Tree = ["+", *(["*", part["weight"], substitute(factor, part["values"])] for part in parts)]
        require(algebra.equal(mass, "1"), f"the reference has total mass {show(mass)}, which is not 1")
        whole: Tree = ["+", *(part["weight"] for part in parts)]
        require(
            base == "1" or algebra.sign(minus("1", whole)) is not None, f"the cells of {base} have more mass than 1"
        )
        return ["*", base, given["factor"]]

    total: Tree = ["+", "0"]
    zero_means: list[Tree] = []
    zeros: dict[int, tuple[Tree, bool]] = {}
    for i, row in enumerate(c["rows"]):
        rule, multiplier = row["rule"], row.get("multiplier", "1")
        with line(f"rows[{i}] ({rule})"):
            if rule == "zero-mean":  # E[tree - U] = 0 when U is the mean of the tree
                constant(multiplier)
                tree = minus(c["means"][row["mean"]], row["mean"])
                zero_means.append(["*", "-1", multiplier, tree])
            else:
                require(relation == ">=", "an inequality cannot prove an equality")
                strict = _known(algebra, multiplier, ">=") == ">"
                if rule == "tangent":  # log r <= r - 1, with equality at r = 1 alone
                    ratio = row["ratio"]
                    _known(algebra, ratio, ">")
                    tree, zeros[i] = minus(minus(ratio, "1"), ["log", ratio]), (minus(ratio, "1"), strict)
                elif rule == "mass":  # the sum over the support of `of` of the reference is at most 1
                    constant(multiplier)
                    tree = minus("1", ["*", reference(row), ["^", row["of"], -1]])
                elif rule == "gibbs":  # tangent at r = reference/of, plus mass; equality: the two agree
                    constant(multiplier)
                    of, other = row["of"], reference(row)
                    tree, zeros[i] = minus(["log", of], ["log", other]), (minus(of, other), strict)
                elif rule == "pointwise":  # what is >= 0 at every point has mean >= 0
                    tree = row["tree"]
                    _known(algebra, tree, ">=")
                    square = isinstance(tree, list) and tree[0] == "^" and tree[2] == 2
                    zeros[i] = (tree[1] if square else tree, strict)
                else:
                    raise CertificateError(f"unknown rule {rule!r}")
            total = [*total, ["*", multiplier, tree]]
            lines.append(
                f"row {rule}: {show(multiplier)} * {show(tree)} has mean {'=' if rule == 'zero-mean' else '>='} 0"
            )
    integrand = c["integrand"]
    with line("sum of the rows"):
        require(algebra.equal(integrand, total), f"the rows do not add up to {show(integrand)}")
    check_instance(c, lines)
    lines.append(f"E[{show(integrand)}] {relation} 0")
    if "equality" in c:
        with line("equality"):
            tree, strict = zeros[c["equality"]["row"]]
            left, right, unit = (c["equality"][key] for key in ("left", "right", "unit"))
            require(strict, "the multiplier of the row may vanish")
            _known(algebra, unit, ">")
            require(
                any(algebra.equal(minus(left, right), ["*", sign, unit, tree]) for sign in ("1", "-1")),
                f"{show(left)} = {show(right)} is not where the row vanishes",
            )
            lines.append(f"E[...] = 0 only when {show(left)} = {show(right)} at every point of positive probability")
            at = c["equality"]["attained"]
            require([left, right] in [[key, value] for key, value in at.items()] and len(at) == 1, f"{at} is not {show(left)} = {show(right)}")
            left_over = substitute(["+", integrand, *zero_means], at)
            require(algebra.equal(left_over, "0"), "the mean does not vanish there")
            lines.append("and then E[...] = 0")
    return integrand, relation


# ---- functions of one variable


def _calculus(c: Certificate, algebra: Algebra, lines: list[str]) -> Conclusion:
    """`sums`: each symbol is a sum, over finitely many points, of its term; symbols in `point` vary with the point."""
    sums, point, rule, f = c.get("sums", {}), set(c.get("point", [])), c["rule"], c["function"]
    with line("declarations"):
        require(rule in ("derivative", "evident", "termwise", "minimum", "monotone"), f"unknown rule {rule!r}")
        require(not point & set(sums), "a sum varies with no point")
        for name, term in sums.items():
            require(not symbols(term) & sums.keys(), f"{name} is declared by sums")
            lines.append(f"{name} is a finite sum of {show(term)}")
            algebra.normal(term)  # a term that may be undefined has no sum
            if algebra.sign(term) == ">":
                algebra.assume(name, ">")  # of positive terms, over a non-empty set

    _lemmas(c, algebra, lines)

    def termwise(tree: Tree) -> Tree:
        """A linear combination of the sums, as the term that it is the sum of."""
        require(not symbols(tree) & point, f"{show(tree)} varies with the point")
        slope = {name: differentiate(tree, name, {}) for name in sums}
        bent = [differentiate(part, name, {}) for part in slope.values() for name in sums]
        whole: Tree = ["+", "0", *(["*", part, name] for name, part in slope.items())]
        linear = algebra.equal(tree, whole) and all(algebra.equal(part, "0") for part in bent)
        require(linear, f"{show(tree)} is not a linear combination of the sums {', '.join(sums)}")
        return substitute(tree, sums)

    slopes = c.get("derivatives", {})
    if rule in ("derivative", "minimum", "monotone"):
        x = c["variable"]
        for name, slope in slopes.items():  # the derivative of a finite sum is the sum of the derivatives
            with line(f"derivatives[{name}]"):
                require(name in sums, f"{name} is not declared as a sum")
                require(
                    algebra.equal(differentiate(sums[name], x, {}), termwise(slope)),
                    f"{show(slope)} is not its derivative",
                )
                lines.append(f"d{name}/d{x} = {show(slope)}")
        free = [name for name in sums if name in symbols(f) and name not in slopes and x in symbols(sums[name])]
        require(not free, f"no derivative is given for {', '.join(free)}")

    def slope_is(tree: Tree) -> None:
        algebra.normal(f)
        require(algebra.equal(differentiate(f, x, slopes), tree), f"the derivative of {show(f)} is not {show(tree)}")

    def interval(at: Tree) -> None:
        """The facts cut out an interval of x (each is affine in x), and `at` lies in it."""
        require(x not in symbols(at), f"{show(at)} depends on {x}")
        for tree, sign in c.get("facts", []):
            bend = differentiate(differentiate(tree, x, {}), x, {})
            require(
                algebra.equal(bend, "0"), f"{show(tree)} is not affine in {x}, so the domain may not be an interval"
            )
            if x in symbols(tree):
                _known(algebra, substitute(tree, {x: at}), sign)

    with line(rule):
        if rule == "derivative":
            slope_is(c["result"])
            lines.append(f"d/d{x} {show(f)} = {show(c['result'])}")
            return minus(f, f), "="
        if rule == "evident":  # the function, rewritten so that its sign can be read off
            require(c["relation"] in (">", ">="), f"relation {c['relation']!r}")
            require(algebra.equal(f, c["shown"]), f"{show(f)} is not {show(c['shown'])}")
            sign = _known(algebra, c["shown"], c["relation"])
            lines.append(f"{show(f)} = {show(c['shown'])} {sign} 0")
            return f, c["relation"]
        if rule == "termwise":  # a sum of terms >= 0 is >= 0
            require(algebra.equal(termwise(f), c["shown"]), f"the term {show(termwise(f))} is not {show(c['shown'])}")
            _known(algebra, c["shown"], ">=")
            lines.append(f"{show(f)} >= 0: it is a sum of {show(c['shown'])} >= 0")
            return f, ">="
        at = c["at"]
        interval(at)
        start = substitute(f, {x: at})
        require(not set(sums) & symbols(f), "sums change with the variable: state the sign by other rules")
        if rule == "minimum":  # f falls before `at`, where it is 0, and rises after it
            require(algebra.equal(start, "0"), f"{show(f)} is not 0 at {x} = {show(at)}")
            slope_is(["*", minus(x, at), c["factor"]])
            strict = _known(algebra, c["factor"], ">=") == ">"
            if "isolated" in c:  # factor = unit * g^2 with unit > 0 and g strictly monotone: it vanishes at most once
                unit, g = c["isolated"]["unit"], c["isolated"]["square"]
                require(algebra.equal(c["factor"], ["*", unit, ["^", g, 2]]), "the factor is not unit * square^2")
                slope = differentiate(g, x, {})
                strict = _known(algebra, unit, ">") == ">" and ">" in (
                    algebra.sign(slope),
                    algebra.sign(["*", "-1", slope]),
                )
                require(strict, f"{show(g)} is not shown strictly monotone")
            lines.append(f"{show(f)} >= 0, with equality {'only ' if strict else ''}at {x} = {show(at)}")
            return f, ">="
        # monotone: f starts >= 0 at the end `at` of the domain and moves up from there
        _known(algebra, c["start"], ">=")
        require(algebra.equal(start, c["start"]), f"the value at {x} = {show(at)} is not {show(c['start'])}")
        direction = minus(x, at) if c["direction"] == "up" else minus(at, x)
        _known(algebra, direction, ">=")
        slope_is(c["slope"] if c["direction"] == "up" else ["*", "-1", c["slope"]])
        _known(algebra, c["slope"], ">=")
        lines.append(f"{show(f)} >= 0: {show(c['start'])} at {x} = {show(at)}, slope {show(c['slope'])}")
        return f, ">="
