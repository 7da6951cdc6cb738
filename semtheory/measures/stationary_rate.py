"""Two sides of the stationary directed rate: a single-letter (or block) lower bound, and policies that exist.

**Below.** Let X be the encoder's node, X' the next one. For any causal kernel
I(X^T -> U^T) >= sum_t [H(X_t | U^{t-1}) - H(X_t | U^t)], and regrouping, each step costs, up to an end term that vanishes per step,

    H(X_{t+1} | U^t) - H(X_t | U^t) = H(X'|X) - H(X_t | X_{t+1}, U^t) >= H(X'|X) - H(X_t | X_{t+1}, U_t) = I(X_t; U_t | X_{t+1}).

So R(D) >= min over P(u|x) of I(X;U|X'), a convex problem with a certificate of its own. Keeping the last T outputs instead of one gives
the bound (1/T) min [I(X^T -> U^T) - I(X_{T+1}; U^T)] over causal kernels, which is nondecreasing in T.

**Above.** A policy that looks at its node and its last m outputs, P(u | n, z), has rate at most E log P(u | n, z)/r(u | z), r its own law of the
next output given the last m. Soft Bellman steps and r <- r+ improve it in turn; what counts is the policy found, evaluated exactly.

The two meet when distortion is small (the decoder's best belief then depends on the last output alone), for example for the
binary symmetric Markov source under Hamming distortion at every D.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from semtheory.measures._arrays import Array
from semtheory.measures.causal_blahut_arimoto import CausalProblem
from semtheory.measures.slopes import Point
from semtheory.measures.source_trees import Chain, Levels, stationary

ROUNDS = 1500


class LowerBound:
    """Points of the lower bound with `block` outputs kept."""

    def __init__(self, chain: Chain, law: Array, distortions: Array, block: int) -> None:
        levels = Levels(law, (chain.transition,) * (block - 1), (chain.symbols,) * block)
        self.block = block
        self.problem = CausalProblem(levels, distortions, chain.transition)

    def point(self, s: float, near: Point | None, tolerance: float) -> Point:
        """The bound at slope s: `dual` is what is certified."""
        start = None if near is None or near.solution is None else near.solution
        found = self.problem.least(s, start, self.block * tolerance)
        return Point(s, found.distortion / self.block, found.rate / self.block, found.lower / self.block, found.law)


@dataclass(frozen=True)
class Policy:
    """A stationary policy with a finite memory.

    Attributes:
        kernel: (n, Z, U), P(u | node, last outputs); outputs are numbered with the newest last. law: (Z, U), of the next output.
        values: (n, Z), relative values, for a warm start.
    """

    kernel: Array
    law: Array
    values: Array


class UpperBound:
    """Points of policies that remember their last `memory` outputs."""

    def __init__(self, chain: Chain, distortions: Array, memory: int) -> None:
        self.transition = chain.transition
        self.d = distortions[chain.symbols]  # (n, U)
        self.letters, self.memory = distortions.shape[1], memory
        self.windows = self.letters**memory
        self.after = (
            np.arange(self.windows)[:, None] * self.letters + np.arange(self.letters)
        ) % self.windows  # (Z, U)

    def point(self, s: float, near: Point | None, tolerance: float) -> Point:
        """A good policy at slope s, evaluated exactly. `dual` says nothing."""
        warm = near.solution if near is not None else None
        r = (
            np.full((self.windows, self.letters), 1 / self.letters)
            if warm is None
            else 0.99 * warm.law + 0.01 / self.letters
        )
        h = np.zeros((len(self.d), self.windows)) if warm is None else warm.values
        mu = np.full((len(self.d), self.windows), 1 / (len(self.d) * self.windows))
        kernel = np.empty(0)
        for _ in range(ROUNDS):
            ahead = self.transition @ h  # (n, Z)
            logits = np.log(np.maximum(r, 1e-300))[None] - s * self.d[:, None, :] - ahead[:, self.after]
            top = logits.max(axis=2, keepdims=True)
            weight = np.exp(logits - top)
            total = weight.sum(axis=2, keepdims=True)
            kernel = weight / total
            new = -(top + np.log(total))[:, :, 0]
            new -= new.flat[0]
            mu = 0.5 * mu + 0.5 * self._move(mu, kernel)
            out = np.einsum("nz,nzu->zu", mu, kernel)
            better = out / np.maximum(out.sum(axis=1, keepdims=True), 1e-300)
            change = max(float(np.abs(better - r).max()), float(np.abs(new - h).max()))
            h, r = 0.5 * (h + new), better  # damped: a periodic source must not swing for ever
            if change < max(1e-12, tolerance * 1e-2):
                break
        return self._evaluate(s, kernel, h)

    def _move(self, mu: Array, kernel: Array) -> Array:
        flow = mu[:, :, None] * kernel  # (n, Z, U)
        # The oldest output drops out of the window, the new one comes last.
        spread = flow.reshape(len(mu), self.letters, -1, self.letters).sum(axis=1).reshape(mu.shape)
        return np.asarray(self.transition.T @ spread)

    def _evaluate(self, s: float, kernel: Array, h: Array) -> Point:
        n, windows = h.shape
        whole = np.zeros((n * windows, n * windows))
        for z in range(windows):
            for u in range(self.letters):
                rows, column = np.arange(n) * windows + z, int(self.after[z, u])
                whole[np.ix_(rows, np.arange(n) * windows + column)] += kernel[:, z, u][:, None] * self.transition
        whole /= whole.sum(axis=1, keepdims=True)
        mu = stationary(whole).reshape(n, windows)
        joint = mu[:, :, None] * kernel
        out = joint.sum(axis=0)
        r = out / np.maximum(out.sum(axis=1, keepdims=True), 1e-300)
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.where(joint > 0, np.log(kernel) - np.log(r)[None], 0.0)
        rate = max(0.0, float((joint * logs).sum()))
        distortion = float(np.where(joint > 0, joint * self.d[:, None, :], 0.0).sum())
        return Point(s, distortion, rate, -np.inf, Policy(kernel, np.where(r > 0, r, 1e-300), h))
