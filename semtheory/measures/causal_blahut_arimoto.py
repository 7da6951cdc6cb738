"""Causal Blahut-Arimoto: one slope of the directed rate-distortion function over T steps (THEORY RD7).

L = I(X^T -> U^T) + s sum_t E d(X_t, U_t), over causal kernels. Given a law r of U^T the best kernel is a soft Bellman recursion on
(node of the source, u^{t-1}), backwards:

    V_t(n, u^{t-1}) = -log sum_u r(u | u^{t-1}) exp(-s d(n, u) - E[V_{t+1}(n', u^t) | n]),     L(r) = E V_1.

L(r) is convex in r, with slope -r+/r, where r+ is the law of U^T under that kernel. Hence r <- r+ never goes up, and

    L(r) - log max r+/r  <=  min L  <=  L(r).

The same with a law r(. | k) for each value k of something that the end of the source decides (here the node at time T+1) gives a
lower bound of the stationary value (see `stationary_rate`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from semtheory.errors import InputError
from semtheory.measures._arrays import Array
from semtheory.measures.source_trees import Levels

ROUNDS = 3000
PATIENCE = 150  # rounds without a better certificate: what is left is rounding
TINY = 1e-300
WARM = 1e-6  # of the uniform law, so that a sequence dropped at one slope can come back at the next
MOST = 4_000_000  # entries of the largest table (nodes x output sequences)


@dataclass(frozen=True)
class Causal:
    """A law of U^T, the causal kernel that answers it, and what they certify (nats, over all T steps).

    Attributes:
        law: (K, U^T), r(u^T | k). value, lower: of min L. distortion: total. rate: of that kernel, at most.
        kernels: one (n_t, U^{t-1}, U) array per step, P(u_t | node, u^{t-1}).
    """

    law: Array
    value: float
    lower: float
    distortion: float
    rate: float
    kernels: tuple[Array, ...]


class CausalProblem:
    """Nodes of a source over T steps and their distortions.

    Args:
        levels: the source. distortions: (letters, U).
        end: (n_T, K) law of k given the last node, and nothing for the plain problem.

    Raises:
        InputError: |U|^T times the nodes is more than fits.
    """

    def __init__(self, levels: Levels, distortions: Array, end: Array | None = None) -> None:
        self.levels, self.horizon, self.letters = levels, len(levels.symbols), distortions.shape[1]
        self.distortions = [distortions[symbols] for symbols in levels.symbols]
        self.end = np.ones((len(levels.symbols[-1]), 1)) if end is None else end
        size = max(len(symbols) * self.letters ** (t + 1) for t, symbols in enumerate(levels.symbols))
        if size > MOST:
            raise InputError(
                f"horizon={self.horizon}: {self.letters}^{self.horizon} output sequences make a table of {size} entries, more than {MOST}; "
                "ask for a shorter horizon, or for the stationary value"
            )
        self.last = np.array(levels.first)
        for step in levels.steps:
            self.last = self.last @ step
        self.keys = self.last @ self.end

    def uniform(self) -> Array:
        """A law to start from."""
        count = self.letters**self.horizon
        return np.full((self.end.shape[1], count), 1.0 / count)

    def respond(self, s: float, law: Array) -> tuple[float, tuple[Array, ...]]:
        """L(r) and the best kernel given r."""
        ahead = self.end @ -np.log(np.maximum(law, TINY))  # (n_T, U^T)
        kernels = []
        for t in range(self.horizon - 1, -1, -1):
            cost = ahead.reshape(len(ahead), -1, self.letters) + s * self.distortions[t][:, None, :]
            low = cost.min(axis=2, keepdims=True)
            low = np.where(np.isfinite(low), low, 0.0)
            weight = np.exp(low - cost)
            total = weight.sum(axis=2, keepdims=True)
            with np.errstate(divide="ignore", invalid="ignore"):
                kernels.append(np.where(total > 0, weight / total, 1.0 / self.letters))
                value = (low - np.log(total))[:, :, 0]
            ahead = self.levels.steps[t - 1] @ value if t else value
        return float(self.levels.first @ ahead[:, 0]), tuple(reversed(kernels))

    def forward(self, kernels: tuple[Array, ...]) -> tuple[Array, float]:
        """The law of U^T given k under a kernel, and its total distortion."""
        mass = self.levels.first[:, None]
        total = 0.0
        for t, kernel in enumerate(kernels):
            joint = mass[:, :, None] * kernel
            total += float((joint.sum(axis=1) * np.where(joint.sum(axis=1) > 0, self.distortions[t], 0.0)).sum())
            mass = joint.reshape(len(joint), -1)
            if t < self.horizon - 1:
                mass = self.levels.steps[t].T @ mass
        return (self.end.T @ mass) / np.maximum(self.keys, TINY)[:, None], total

    def least(self, s: float, start: Array | None = None, tolerance: float = 1e-11, rounds: int = ROUNDS) -> Causal:
        """Minimise L at slope s until the certified gap is at most `tolerance` (nats, over all T steps)."""
        law = self.uniform() if start is None else (1 - WARM) * start + WARM * self.uniform()
        best: Causal | None = None
        power = 1.0
        before = np.inf
        safe = law
        waited = 0
        for _ in range(rounds):
            value, kernels = self.respond(s, law)
            if value > before + 1e-15 * (1 + abs(before)) and power > 1:  # the longer step went too far
                law, power = safe, 1.0
                continue
            after, distortion = self.forward(kernels)
            ratio = np.divide(after, law, out=np.ones_like(law), where=law > 0)
            top = ratio.max(axis=1)
            lower = value - float(self.keys @ np.log(np.maximum(top, TINY)))
            if best is None or value - lower < best.value - best.lower:
                waited = 0 if best is None or value - lower < 0.9 * (best.value - best.lower) else waited + 1
                best = Causal(law, value, lower, distortion, self._rate(value, s, distortion, after, law), kernels)
            else:
                waited += 1
            if best.value - best.lower <= tolerance or waited > PATIENCE:
                break
            before, safe = value, after
            power = min(power * 1.3, 40.0)
            logs = np.log(np.maximum(law, TINY)) + power * np.log(np.maximum(ratio, TINY))
            law = np.exp(logs - logs.max(axis=1, keepdims=True))
            law /= law.sum(axis=1, keepdims=True)
        assert best is not None
        return best

    def _rate(self, value: float, s: float, distortion: float, after: Array, law: Array) -> float:
        """L(r) - s D - D(r+||r): the directed information of the kernel itself (given k)."""
        logs = np.log(np.divide(after, law, out=np.ones_like(law), where=(after > 0) & (law > 0)))
        return value - s * distortion - float(self.keys @ (after * logs).sum(axis=1))
