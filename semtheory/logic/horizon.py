"""Claims for every n: a step that holds at every time, a potential that telescopes, and a boundary.

A claim is plain + sum over t of g(t), to be shown non-negative. If some phi has g(t) >= phi(t) - phi(t-1) for every t,
then the sum is at least phi(n) - phi(0), and plain + phi(n) - phi(0) >= 0 settles the claim. Step and boundary are
Shannon statements about composite variables such as X^{t-1}, X_t, X_{t+1:n}; phi is an unknown combination of
entropies of composites, found by the same linear programme that finds the multipliers. Induction on n is the case
where phi is the claim itself; the sum identity of Csiszar needs a phi that looks both ways.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from semtheory.errors import ClaimError
from semtheory.logic.assumptions import Assumption, Instance, instance
from semtheory.logic.certificates import lines
from semtheory.logic.cone import Column, Combination, decompose
from semtheory.logic.grid import Grid, MaskForm, merge, write_index
from semtheory.logic.result import Deadline
from semtheory.logic.shannon import SMALL_LATTICE, _lattice, cone_columns
from semtheory.notation.canonical import HorizonForm, Index, SymbolicLinear, Term, substitute
from semtheory.notation.linear import LAW

MOST_POTENTIALS = 300
MOST_CUTS = 20


@dataclass(frozen=True)
class Cuts:
    """Where time is cut: 0..first, t-1-before..t+after, n-last..n. The step holds for t in low..n+high."""

    first: int
    before: int
    after: int
    last: int

    @property
    def low(self) -> int:
        return self.first + self.before + 1

    @property
    def high(self) -> int:
        return -self.last - self.after

    @property
    def smallest(self) -> int:
        """The general proof covers n from here on."""
        return self.first + self.last + 2 * (self.before + self.after)

    def step_points(self, horizon: str) -> list[Index]:
        return [*self._head(self.first), *(("t", k) for k in range(-1 - self.before, self.after + 1)), *self._tail(horizon, self.last)]

    def edge_points(self, horizon: str) -> list[Index]:
        width = self.before + self.after
        return [*self._head(self.first + width), *self._tail(horizon, self.last + width)]

    @staticmethod
    def _head(end: int) -> list[Index]:
        return [("", k) for k in range(end + 1)]

    @staticmethod
    def _tail(horizon: str, start: int) -> list[Index]:
        return [(horizon, k) for k in range(-start, 1)]

    @classmethod
    def read(cls, cuts: dict[str, int]) -> Cuts:
        """The cuts of a certificate."""
        return cls(cuts["first"], cuts["before"], cuts["after"], cuts["last"])

    def json(self) -> dict[str, int]:
        return {"first": self.first, "before": self.before, "after": self.after, "last": self.last}


@dataclass
class HorizonTask:
    """`claim >= 0` (or `== 0` by equalities alone) for every value of `horizon`, under `assumptions`."""

    claim: HorizonForm
    horizon: str
    assumptions: list[Assumption]
    laws: tuple[str, ...]
    equality: bool = False
    written: Collection[Term] = ()  # also what cancels in `claim`: the checker reads it all


def find_cuts(task: HorizonTask) -> Cuts:
    """The coarsest cuts at which every block of the claim and of the assumptions ends.

    Raises `ClaimError` when an index does not fit a step (an index of a second time, say).
    """
    head, before, after, tail = 0, 0, 0, 0
    starts: list[int] = []
    ends: list[int] = []

    def see(index: Index, running: str, *, lower: bool) -> None:
        nonlocal head, before, after, tail
        symbol, offset = index
        offset -= 1 if lower else 0
        if symbol == "":
            head = max(head, offset)
        elif symbol == task.horizon:
            if offset > 0:
                raise ClaimError(f"{write_index(index)} lies beyond the horizon {task.horizon}")
            tail = max(tail, -offset)
        elif symbol == running:
            before, after = max(before, -1 - offset), max(after, offset)
        else:
            raise ClaimError(f"index {symbol} does not run here")

    def see_body(body: SymbolicLinear, running: str) -> None:
        for _p, _q, terms in body:
            for _name, lo, hi in terms:
                if lo is not None and hi is not None:
                    see(lo, running, lower=True)
                    see(hi, running, lower=False)

    forms = [task.claim, *(given.constraint.form for given in task.assumptions if not given.relation.quantifier)]
    for form in forms:
        see_body(form.plain, "")
        for part in form.sums:
            if part.lo[0] != "" or part.hi[0] != task.horizon:
                raise ClaimError(f"a sum from {write_index(part.lo)} to {write_index(part.hi)}; expected from a number to {task.horizon}")
            beyond = max((hi[1] for _p, _q, terms in part.body for _name, _lo, hi in terms if hi and hi[0] == part.index), default=0)
            if part.hi[1] + beyond > 0:
                raise ClaimError(
                    f"a sum up to {write_index(part.hi)} speaks of time {write_index((task.horizon, part.hi[1] + beyond))}, beyond the horizon {task.horizon}",
                    expected=f"a sum that ends earlier, such as t=1..{write_index((task.horizon, -beyond))}",
                )
            see_body(part.body, part.index)
            see(part.hi, part.index, lower=False)
            starts.append(part.lo[1])
            ends.append(part.hi[1])
    for _name, low, high in task.written:
        for index, lower in ((low, True), (high, False)):
            if index is not None:
                see(index, index[0], lower=lower)
    for given in task.assumptions:
        quantifier = given.relation.quantifier
        if quantifier is None:
            continue
        see_body(given.constraint.form.plain, quantifier.index.name)
        lo, hi = _ends(given)
        if lo[0] == "" and hi[0] == task.horizon:
            starts.append(lo[1])
            ends.append(hi[1])
    head = max(head, max(starts, default=1) - before - 1)
    tail = max(tail, -min(ends, default=0) - after)
    if max(head, before, after, tail) > MOST_CUTS:
        raise ClaimError(f"a claim for every {task.horizon} that sets more than {MOST_CUTS} times apart is not supported")
    return Cuts(head, before, after, tail)


def _ends(given: Assumption) -> tuple[Index, Index]:
    from semtheory.notation.variables import split_index

    assert given.relation.quantifier is not None
    return split_index(given.relation.quantifier.lo), split_index(given.relation.quantifier.hi)


def _terms(task: HorizonTask) -> set[Term]:
    return task.claim.terms().union(*(given.constraint.form.terms() for given in task.assumptions))


def prove_for_all(task: HorizonTask, deadline: Deadline) -> dict[str, Any] | None:
    """The parts of a horizon certificate (without the small n), or None when none was found.

    When the coarsest cuts do not do, the first and the last time are set apart: a potential may jump there.
    """
    coarse = find_cuts(task)
    for first, last in ((0, 0), (1, 0), (0, 1), (1, 1)):
        deadline.check()
        found = _prove_at(task, replace(coarse, first=coarse.first + first, last=coarse.last + last), deadline)
        if found is not None:
            return found
        if task.equality:
            break  # equalities are tried before inequalities, and cheaply
    return None


def _prove_at(task: HorizonTask, cuts: Cuts, deadline: Deadline) -> dict[str, Any] | None:
    terms = _terms(task)
    horizon = task.horizon
    step_grid, edge_grid = Grid(cuts.step_points(horizon), terms), Grid(cuts.edge_points(horizon), terms)
    step_given = _instances(task, step_grid, cuts, at_step=True)
    edge_given = _instances(task, edge_grid, cuts, at_step=False)
    step_target, edge_target = _split(task.claim, cuts, horizon, step_grid, edge_grid)
    potentials = _potentials(task, cuts)
    moves = [_move(atom, cuts, horizon, step_grid, edge_grid) for atom in potentials]
    step_sets = {mask for _p, _q, mask in step_target} | {mask for given in step_given for mask in given.sets}
    edge_sets = {mask for _p, _q, mask in edge_target} | {mask for given in edge_given for mask in given.sets}
    for step_move, edge_move in moves:
        step_sets |= {mask for _p, _q, mask in step_move}
        edge_sets |= {mask for _p, _q, mask in edge_move}
    wholes = [given for given in task.assumptions if given.is_sum and not given.relation.quantifier]
    splits = [_split(given.constraint.form, cuts, horizon, step_grid, edge_grid) for given in wholes]
    for step_part, edge_part in splits:
        step_sets |= {mask for _p, _q, mask in step_part}
        edge_sets |= {mask for _p, _q, mask in edge_part}
    columns = [
        *_part_columns("step", step_sets, step_given, task),
        *_part_columns("boundary", edge_sets, edge_given, task),
    ]
    for atom, (step_move, edge_move) in zip(potentials, moves, strict=True):
        # The step is g - (phi(t) - phi(t-1)); moved to the right-hand side its sign flips, as the boundary's does not.
        entries = {("step", *key): value for key, value in step_move.items()}
        entries |= {("boundary", *key): -value for key, value in edge_move.items()}
        columns.append(Column(("potential", atom), entries, True, 0.05))  # type: ignore[arg-type]
    for given, (step_part, edge_part) in zip(wholes, splits, strict=True):
        entries = {("step", *key): value for key, value in step_part.items()}
        entries |= {("boundary", *key): value for key, value in edge_part.items()}
        if given.constraint.equality or not task.equality:
            columns.append(Column(("global", given.number), entries, given.constraint.equality, 0.2))  # type: ignore[arg-type]
    target = {("step", *key): value for key, value in step_target.items()}
    target |= {("boundary", *key): value for key, value in edge_target.items()}
    answer = decompose(columns, target, deadline)  # type: ignore[arg-type]
    if not isinstance(answer, Combination):
        return None
    return _certificate(answer, cuts, step_grid, edge_grid)


def _part_columns(part: str, sets: set[int], given: list[Instance], task: HorizonTask) -> list[Column]:
    family = _lattice(sets - {0}, SMALL_LATTICE * 4) or sets | {0}
    columns = cone_columns(family, given, task.laws, task.equality, sparse=len(family) > 64, prefix=(part,))
    return [Column((part, column.tag), column.entries, column.free, column.weight) for column in columns]


def _instances(task: HorizonTask, grid: Grid, cuts: Cuts, *, at_step: bool) -> list[Instance]:
    """The assumptions on this grid: plain ones as they are, quantified ones at every time that is surely in range."""
    made = []
    for given in task.assumptions:
        if given.relation.quantifier is None:
            if not given.is_sum:
                made.append(instance(given, grid, {}))
            continue
        lo, hi = _ends(given)
        index = given.relation.quantifier.index.name
        times: list[Index] = []
        if at_step and lo[0] == "" and hi[0] == task.horizon:
            shifts = range(-cuts.before, cuts.after + 1)
            times += [("t", k) for k in shifts if cuts.low + k >= lo[1] and cuts.high + k <= hi[1]]
        times += [point for point in grid.points if point[0] != "t" and _within(point, lo, hi, task.horizon, grid)]
        for time in times:
            try:
                made.append(instance(given, grid, {index: time}, write_index(time)))
            except ClaimError:
                # At this time the assumption speaks of blocks finer than the cuts; it is not needed everywhere.
                continue
    return made


def _within(point: Index, lo: Index, hi: Index, horizon: str, grid: Grid) -> bool:
    """Whether lo <= point <= hi for every large n, judged by the order of the cuts."""
    if lo[0] != "" or hi[0] != horizon:
        return False
    places = {index: k for k, index in enumerate(grid.points)}

    def before(small: Index, large: Index) -> bool:
        if small[0] == large[0]:
            return small[1] <= large[1]
        return small in places and large in places and places[small] <= places[large]

    return before(lo, point) and before(point, hi)


def _split(form: HorizonForm, cuts: Cuts, horizon: str, step: Grid, edge: Grid) -> tuple[MaskForm, MaskForm]:
    """The summand at a general t, and the boundary: plain terms and what the sums have outside low..n+high."""
    inner: MaskForm = {}
    outer: MaskForm = dict(edge.form(form.plain))
    for part in form.sums:
        merge(inner, step.form(substitute(part.body, part.index, ("t", 0))))
        outside = [("", k) for k in range(part.lo[1], cuts.low)] + [(horizon, k) for k in range(cuts.high + 1, part.hi[1] + 1)]
        for point in outside:
            merge(outer, edge.form(substitute(part.body, part.index, point)))
    return inner, outer


def _potentials(task: HorizonTask, cuts: Cuts) -> list[tuple[str, str, frozenset[Term]]]:
    """Entropies that may make up phi(t): sets of pasts X^t, futures X_{t+1:n} where the claim looks ahead, and statics."""
    forms = [task.claim, *(given.constraint.form for given in task.assumptions)]
    bodies = [part.body for form in forms for part in form.sums]
    bodies += [given.constraint.form.plain for given in task.assumptions if given.relation.quantifier]
    # A process looks ahead when a summand or a quantified assumption speaks of it up to the horizon.
    ahead = {name for body in bodies for _p, _q, terms in body for name, _lo, hi in terms if hi and hi[0] == task.horizon}
    pieces: list[Term] = []
    for name, static in sorted({(name, lo is None) for name, lo, _hi in _terms(task)}):
        if static:
            pieces.append((name, None, None))
            continue
        pieces.append((name, ("", 1), ("t", 0)))
        if name in ahead:
            pieces.append((name, ("t", 1), (task.horizon, 0)))
    if 2 ** len(pieces) > MOST_POTENTIALS:
        pieces = [piece for piece in pieces if piece[1] != ("t", 1)]
    if 2 ** len(pieces) > MOST_POTENTIALS:
        raise ClaimError(f"{len(pieces)} processes and variables in a claim with a horizon; at most {MOST_POTENTIALS.bit_length() - 1}")
    sets = [frozenset(piece for k, piece in enumerate(pieces) if chosen >> k & 1) for chosen in range(1, 2 ** len(pieces))]
    moving = [chosen for chosen in sets if any(piece[1] is not None for piece in chosen)]
    pairs = [(p, q) for p in task.laws for q in task.laws]
    return [(p, q, chosen) for p, q in pairs for chosen in moving if p == q or len(task.laws) > 1]


def _move(atom: tuple[str, str, frozenset[Term]], cuts: Cuts, horizon: str, step: Grid, edge: Grid) -> tuple[MaskForm, MaskForm]:
    """phi(t) - phi(t-1) on the step's grid and phi(n+high) - phi(low-1) on the boundary's."""
    body: SymbolicLinear = {atom: Fraction(1)}
    inner = merge(step.form(substitute(body, "t", ("t", 0))), step.form(substitute(body, "t", ("t", -1))), Fraction(-1))
    outer = merge(edge.form(substitute(body, "t", (horizon, cuts.high))), edge.form(substitute(body, "t", ("", cuts.low - 1))), Fraction(-1))
    return inner, outer


def _certificate(answer: Combination, cuts: Cuts, step: Grid, edge: Grid) -> dict[str, Any]:
    parts: dict[str, Any] = {"cuts": cuts.json(), "potential": [], "global": [], "step": [], "boundary": []}
    for column, times in answer.terms:
        kind, tag = column.tag
        if kind == "potential":
            p, q, terms = tag
            sets = sorted(name if lo is None else f"{name}[{write_index(lo)}:{write_index(hi)}]" for name, lo, hi in terms)
            parts["potential"] += _potential(p, q, sets, times)
        elif kind == "global":
            parts["global"].append({"times": str(times), "assumption": tag})
        else:
            parts[kind] += lines([(tag, times)], step if kind == "step" else edge)
    return parts


def _potential(p: str, q: str, sets: list[str], times: Fraction) -> list[dict[str, Any]]:
    """times * H(sets) under p, or the cross entropy of q under p, which is H plus D."""
    entropy: dict[str, Any] = {"times": str(times), "H": sets, "given": [], **({"law": p} if p != LAW else {})}
    return [entropy] if p == q else [entropy, {"times": str(times), "D": [p, q], "of": sets, "given": []}]
