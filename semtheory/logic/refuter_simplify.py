"""Make a counterexample easier to read, as long as it stays one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from semtheory.logic.distribution import Distribution
from semtheory.logic.result import Deadline

Laws = dict[str, Distribution]

LARGEST = 300  # outcomes; beyond that only the symbols are renamed
ROUNDS = 60


def simplify(laws: Laws, valid: Callable[[Laws], bool], deadline: Deadline) -> Laws:
    """Greedy: variables made constant, symbols merged, outcomes dropped, probabilities made equal or coarse."""
    laws = {name: law.compact() for name, law in _aligned(laws).items()} if len(laws) == 1 else _aligned(laws)
    if sum(len(law.pmf) for law in laws.values()) > LARGEST:
        return laws
    for _ in range(ROUNDS):
        for proposal in _simpler(laws):
            deadline.check()
            if valid(proposal):
                laws = proposal
                break
        else:
            break
    return {name: law.compact() for name, law in laws.items()} if len(laws) == 1 else laws


def _aligned(laws: Laws) -> Laws:
    """All laws on the same variables in the order of the first."""
    variables = next(iter(laws.values())).variables
    result = {}
    for name, law in laws.items():
        places = [law.variables.index(v) for v in variables]
        result[name] = Distribution(variables, {tuple(o[i] for i in places): m for o, m in law.pmf.items()})
    return result


def _simpler(laws: Laws) -> Iterator[Laws]:
    """Proposals, the greatest simplification first; each is strictly simpler, so that the search ends."""
    variables = next(iter(laws.values())).variables
    alphabets = {v: sorted({value for law in laws.values() for value in law.alphabet(v)}) for v in variables}
    for v, symbols in alphabets.items():
        if len(symbols) > 1:
            yield {name: law.map({v: dict.fromkeys(symbols, symbols[0])}) for name, law in laws.items()}
    for v, symbols in alphabets.items():
        if 2 < len(symbols) <= 6:
            for i, kept in enumerate(symbols):
                for merged in symbols[i + 1 :]:
                    yield {name: law.map({v: {merged: kept}}) for name, law in laws.items()}
    for name, law in laws.items():
        if 1 < len(law.pmf) <= 40 and len(set(law.pmf.values())) > 1:  # fair XORs read better whole
            for outcome in law.pmf:
                rest = {o: m for o, m in law.pmf.items() if o != outcome}
                total = sum(rest.values(), Fraction(0))
                yield {**laws, name: Distribution(law.variables, {o: m / total for o, m in rest.items()})}
    for name, law in laws.items():
        yield from ({**laws, name: other} for other in _coarser(law))


def _coarser(law: Distribution) -> Iterator[Distribution]:
    """Uniform on the support, or probabilities with a smaller common denominator."""
    now = max(m.denominator for m in law.pmf.values())
    if len(law.pmf) < now:
        yield Distribution(law.variables, dict.fromkeys(law.pmf, Fraction(1, len(law.pmf))))
    for denominator in (2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64, 100, 1000, 10_000):
        if denominator >= now:
            return
        floors = {o: int(m * denominator) for o, m in law.pmf.items()}
        order = sorted(law.pmf, key=lambda o: floors[o] - law.pmf[o] * denominator)
        for outcome in order[: denominator - sum(floors.values())]:
            floors[outcome] += 1
        if all(floors.values()):
            yield Distribution(law.variables, {o: Fraction(c, denominator) for o, c in floors.items()})
