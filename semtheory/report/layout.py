"""Where the theorems stand in the picture of what depends on what: a band a chapter, a column a depth.

A theorem stands to the right of all that it rests on, so every arrow points right. Nothing is random: the same graph
gives the same picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 68, 30  # of a node
GAP_X, GAP_Y = 14, 12
COLUMN_GAP = 46
BAND_HEAD, BAND_GAP = 24, 10
MARGIN = 14
SIDE_BY_SIDE = 2  # nodes of one chapter and one depth, before a new row


@dataclass(frozen=True)
class Node:
    """Left upper corner of a node."""

    id: str
    x: float
    y: float


@dataclass(frozen=True)
class Edge:
    """An arrow from what is used to what uses it, as an SVG path."""

    source: str
    target: str
    path: str


@dataclass(frozen=True)
class Band:
    """The strip of a chapter."""

    title: str
    y: float
    height: float


@dataclass(frozen=True)
class Layout:
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    bands: tuple[Band, ...]
    width: float
    height: float


def depths(depends: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """The length of the longest chain below each theorem; dependencies that are not in the graph count for nothing."""
    found: dict[str, int] = {}

    def visit(name: str) -> int:
        if name not in found:
            found[name] = -1  # a circle, which a registry refuses, would end here
            found[name] = 1 + max((visit(parent) for parent in depends[name] if parent in depends), default=-1)
        return found[name]

    for name in depends:
        visit(name)
    return found


def lay_out(chapters: Sequence[tuple[str, Sequence[str]]], depends: Mapping[str, Sequence[str]]) -> Layout:
    """Place the theorems.

    Args:
        chapters: title and theorem ids of each chapter, in order.
        depends: what each theorem uses.
    """
    depth = depths(depends)
    deepest = max(depth.values(), default=0)
    lanes = [1] * (deepest + 1)  # nodes side by side in each column, at most
    for _, names in chapters:
        for d in range(deepest + 1):
            count = sum(depth[name] == d for name in names)
            lanes[d] = max(lanes[d], min(SIDE_BY_SIDE, count))
    left = [float(MARGIN)]
    for d in range(deepest):
        left.append(left[-1] + lanes[d] * (WIDTH + GAP_X) - GAP_X + COLUMN_GAP)
    width = left[-1] + lanes[-1] * (WIDTH + GAP_X) - GAP_X + MARGIN
    places: dict[str, Node] = {}
    bands: list[Band] = []
    y = float(MARGIN)
    for title, names in chapters:
        rows = 1
        for d in range(deepest + 1):
            here = _order([name for name in names if depth[name] == d], depends, places)
            for k, name in enumerate(here):
                row, lane = divmod(k, lanes[d])
                rows = max(rows, row + 1)
                places[name] = Node(name, left[d] + lane * (WIDTH + GAP_X), y + BAND_HEAD + row * (HEIGHT + GAP_Y))
        height = BAND_HEAD + rows * (HEIGHT + GAP_Y)
        bands.append(Band(title, y, height))
        y += height + BAND_GAP
    edges = [
        Edge(parent, name, _curve(places[parent], places[name]))
        for _, names in chapters
        for name in names
        for parent in depends[name]
        if parent in places
    ]
    nodes = [places[name] for _, names in chapters for name in names]
    return Layout(tuple(nodes), tuple(edges), tuple(bands), width, y - BAND_GAP + MARGIN)


def _order(names: list[str], depends: Mapping[str, Sequence[str]], places: Mapping[str, Node]) -> list[str]:
    """Those whose parents stand higher come first; otherwise the order of the theory."""

    def middle(name: str) -> float:
        heights = [places[parent].y for parent in depends[name] if parent in places]
        return sum(heights) / len(heights) if heights else float("inf")

    return sorted(names, key=middle)


def _curve(source: Node, target: Node) -> str:
    x1, y1 = source.x + WIDTH, source.y + HEIGHT / 2
    x2, y2 = target.x, target.y + HEIGHT / 2
    bend = max(24.0, (x2 - x1) / 2)
    return f"M{x1:g} {y1:g}C{x1 + bend:g} {y1:g} {x2 - bend:g} {y2:g} {x2:g} {y2:g}"
