"""Random variables and pieces of processes as bits, so that sets are integers and blocks can be cut at chosen times.

A grid cuts the time axis 0 < ... < n at `points`; each process falls into one piece between neighbouring points, a
plain variable is one piece. A concrete problem cuts at every time; a step of an induction cuts at t-1 and t.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction

from semtheory.errors import ClaimError
from semtheory.notation.canonical import Index, SymbolicLinear, Term

Piece = tuple[str, int | None]
MaskAtom = tuple[str, str, int]  # (p, q, set): -E_p log q(set); the constant is ("", "", 0)
MaskForm = dict[MaskAtom, Fraction]


class Grid:
    """The pieces of the given terms between `points`: plain variables first (in `order`, then by name), then by time."""

    def __init__(self, points: list[Index], terms: Iterable[Term], order: Sequence[str] = ()) -> None:
        self.points = points
        rank = {name: k for k, name in enumerate(order)}
        self._place = {point: k for k, point in enumerate(points)}
        pieces: set[Piece] = set()
        for term in terms:
            if term[1] is None:
                pieces.add((term[0], None))
            else:
                pieces.update((term[0], k) for k in range(len(points) - 1))
        self.pieces = sorted(pieces, key=lambda piece: (-1 if piece[1] is None else piece[1], rank.get(piece[0], len(rank)), _natural(piece[0])))
        self._bit = {piece: 1 << k for k, piece in enumerate(self.pieces)}

    def fits(self, index: Index) -> bool:
        """Whether the time axis is cut at `index`."""
        return index in self._place

    def mask(self, terms: Iterable[Term]) -> int:
        """The set as bits. Raises `ClaimError` when a block does not end at a cut."""
        total = 0
        for name, lo, hi in terms:
            if lo is None or hi is None:
                total |= self._bit[name, None]
                continue
            start = (lo[0], lo[1] - 1)
            if not lo[0] and lo[1] < 1:
                raise ClaimError(f"{name}_{lo[1]} is spoken of, and time starts at 1", expected="a range of times that starts later")
            if start not in self._place or hi not in self._place:
                raise ClaimError(f"{name} from {write_index(lo)} to {write_index(hi)} does not fit the cuts of the time axis")
            for k in range(self._place[start], self._place[hi]):
                total |= self._bit[name, k]
        return total

    def form(self, body: SymbolicLinear) -> MaskForm:
        """A linear form over sets of bits; the empty set has entropy zero."""
        form: MaskForm = {}
        for (p, q, terms), value in body.items():
            mask = self.mask(terms)
            if mask or not p:
                key = (p, q, mask)
                form[key] = form.get(key, Fraction(0)) + value
        return {key: value for key, value in form.items() if value}

    def names(self, mask: int) -> list[str]:
        """The set in the spelling of certificates: "S", "X[1:t-1]"; neighbouring pieces are joined."""
        runs: dict[str, list[list[int]]] = {}
        names = []
        for name, k in self.members(mask):
            if k is None:
                names.append(name)
                continue
            ends = runs.setdefault(name, [])
            if ends and ends[-1][1] == k:
                ends[-1][1] = k + 1
            else:
                ends.append([k, k + 1])
        for name, ends in runs.items():
            for start, stop in ends:
                symbol, offset = self.points[start]
                names.append(f"{name}[{write_index((symbol, offset + 1))}:{write_index(self.points[stop])}]")
        return sorted(names)

    def members(self, mask: int) -> list[Piece]:
        return [piece for piece in self.pieces if mask & self._bit[piece]]

    def concrete_names(self, mask: int) -> frozenset[str]:
        """Names such as "X_3", when the grid cuts at every time 0, 1, 2, ..."""
        return frozenset(name if k is None else f"{name}_{k + 1}" for name, k in self.members(mask))


def _natural(name: str) -> tuple[str, int, str]:
    """X2 before X10."""
    match = re.fullmatch(r"(\D*)(\d*)(.*)", name)
    assert match is not None
    return match[1], int(match[2] or 0), match[3]


def write_index(index: Index) -> str:
    """`t-1`, `n`, `3`."""
    symbol, offset = index
    return symbol + (f"{offset:+d}" if offset else "") if symbol else str(offset)


def merge(into: dict, other: dict, factor: Fraction = Fraction(1)) -> dict:  # type: ignore[type-arg]
    """Add `factor * other` to `into` in place, dropping zeros."""
    for key, value in other.items():
        total = into.get(key, 0) + factor * value
        if total:
            into[key] = total
        else:
            into.pop(key, None)
    return into
