"""Context-tree weighting: sequential probabilities of a sequence given contexts, averaged over all trees up to a depth.

Each node of the tree of contexts predicts by the Krichevsky-Trofimov rule (count + 1/2) / (total + letters/2); a node's weight mixes
its own prediction half and half with its children's (Willems, Shtarkov and Tjalkens 1995).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from semtheory.measures._arrays import Array

Letters = NDArray[np.int64]


class _Node:
    __slots__ = ("children", "counts", "log_ratio")

    def __init__(self, letters: int) -> None:
        self.counts = [0] * letters
        self.children: dict[int, _Node] = {}
        self.log_ratio = 0.0  # log of own block probability over the children's mixed one


def log_losses(targets: Letters, contexts: Letters, letters: int) -> Array:
    """-log P(target_t | targets before, contexts up to t) in nats.

    Args:
        targets: (N,). contexts: (N, depth), nearest first; each column an alphabet of its own.
        letters: size of the target alphabet.
    """
    root = _Node(letters)
    losses = np.empty(len(targets))
    for t, (target, context) in enumerate(zip(targets.tolist(), contexts.tolist(), strict=True)):
        path = [root]
        for symbol in context:
            node = path[-1].children.get(symbol)
            if node is None:
                node = path[-1].children[symbol] = _Node(letters)
            path.append(node)
        mixed = 0.0
        for depth in range(len(path) - 1, -1, -1):
            node = path[depth]
            own = (node.counts[target] + 0.5) / (sum(node.counts) + 0.5 * letters)
            if depth == len(path) - 1:
                mixed = own
            else:
                share = 1 / (1 + math.exp(-max(-700.0, min(700.0, node.log_ratio))))  # of the node's own prediction
                blend = share * own + (1 - share) * mixed
                node.log_ratio += math.log(own) - math.log(mixed)
                mixed = blend
            node.counts[target] += 1
        losses[t] = -math.log(mixed)
    return losses
