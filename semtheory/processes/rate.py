"""A certified bracket for the entropy rate of a hidden Markov process, narrower than Birch's at the same depth.

Let b be the belief about the state before a word w, given everything earlier; its law mu is not known, its mean is
the stationary law pi. With w the last symbols seen, U = H(next | w) is an upper bound, and what it lacks is
exactly the information that the earlier past still has about the next symbol:

    U - h = sum_w E_mu[ p_w(b) D(next | b, w || next | pi, w) ] = sum_w sum_k q_k E_mu[ p_w(b) phi(1 + x_k(b)) ],

phi(1+x) = (1+x) log(1+x) - x and 1 + x_k(b) = P(k | b, w) / q_k, q_k = P(k | pi, w). Two facts bound it:

1. phi(1+x) = psi(x) x^2/2 with psi decreasing, psi(-1) = 2; and x_k(b) is a quotient of linear functions of b, so it
   lies between its values at the known states. Long words leave little of the state: x is small, psi nearly 1.
2. p_w(b) x_k(b)^2 = (b.d)^2/(b.t), t and d vectors of the word, is convex in b. Its mean under mu is hence at least that under
   the law of any coarser belief (only so many symbols seen), and at most that under any finer one (the state before them told).

So both ends follow from finite sums. The words are the leaves of a tree that grows at the old end, each until its own error is small.
Birch 1962 is the same with phi bounded at the known states alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from semtheory.processes._checks import Array
from semtheory.processes.beliefs import Cloud, plogp_sum

UNIT_ROUNDOFF = 2.0**-53
PAST_BELIEFS = 1000  # beliefs in the finer of the two laws that stand for mu
MOST_WORDS = 200_000
CHUNK = 1_000


@dataclass(frozen=True)
class Bracket:
    """[lower, upper] in nats, rounding included."""

    lower: float
    upper: float

    @property
    def width(self) -> float:
        return self.upper - self.lower

    def meet(self, other: Bracket) -> Bracket:
        """What lies in both."""
        return Bracket(max(self.lower, other.lower), min(self.upper, other.upper))


def rounding(depth: int, symbols: int, states: int) -> float:
    """Nats by which an expected entropy may be off after `depth` products of non-negative matrices.

    Each entry is right to a relative (states + 2) u per product, with no cancellation; so is the stationary law, to about
    2 states^2 u. An entropy of probabilities off by a relative r is off by at most 2 r (1 + log symbols).
    """
    relative = (depth + 2) * (states + 4) + 2 * states**2 + 64
    return 2 * relative * UNIT_ROUNDOFF * (2 + math.log(symbols))


def word_bracket(kernel: Array, law: Array, tolerance: float) -> Bracket:
    """A bracket for the entropy rate; wider than `tolerance` when `MOST_WORDS` words do not suffice.

    Args:
        kernel: (symbols, states, states), irreducible. law: its stationary law, nothing zero.
    """
    past = _Past.of(kernel, law)
    threshold = tolerance / 50
    while True:
        tree = _grow(kernel, law, past, threshold)
        if tree.error <= 0.75 * tolerance or tree.full:
            found = _evaluate(tree, law, past, len(kernel))
            if found.width <= tolerance or tree.full:
                return found
        threshold *= max(0.1, min(0.5, 0.4 * tolerance / tree.error))


def cloud_bracket(kernel: Array, law: Array, tolerance: float, work: int = 20_000_000) -> Bracket:
    """The same by clouds of beliefs on grids (see `beliefs`): better for two states where memory is long.

    Each end holds after any number of symbols and with any grid, so the grid is refined as long as that helps, until
    `work` beliefs have been handled.
    """
    above, below = Cloud.at(law), Cloud.known(law)
    best = Bracket(-math.inf, math.inf)
    spacing, steps, stalled = 1 / 64, 0, 0
    while work > 0 and best.width > tolerance:
        above, below = above.children(kernel).average(spacing), below.children(kernel).split(spacing)
        work -= (len(above) + len(below)) * len(kernel)
        steps += 1
        slack = rounding(steps, len(kernel), len(law)) + 8 * steps * UNIT_ROUNDOFF * 40
        now = Bracket(below.symbol_entropy(kernel) - slack, above.symbol_entropy(kernel) + slack)
        met = best.meet(now)
        stalled = 0 if met.width < 0.97 * best.width else stalled + 1
        best = met
        if stalled >= 3:
            spacing, stalled = spacing / 2, 0
            if spacing < 2.0**-30:
                break
    return best


def rate_bracket(kernel: Array, law: Array, tolerance: float) -> Bracket:
    """The entropy rate of an irreducible hidden Markov process: as narrow as `tolerance`, or as time allows."""
    found = word_bracket(kernel, law, tolerance)
    if found.width > tolerance and len(law) == 2:  # on a line grids are cheap; in the plane words do better
        found = found.meet(cloud_bracket(kernel, law, tolerance))
    return found


def _evaluate(tree: _Tree, law: Array, past: _Past, symbols: int) -> Bracket:
    lower = upper = 0.0
    for words in tree.leaves:
        for start in range(0, len(words), CHUNK):
            low, high = _leaves(words[start : start + CHUNK], law, past)
            lower, upper = lower + low, upper + high
    slack = rounding(tree.depth + past.depth, symbols, len(law))
    return Bracket(lower - slack, upper + slack)


@dataclass(frozen=True)
class _Past:
    """Two laws of the belief before a word, one coarser and one finer than mu in the convex order."""

    coarse: Cloud
    fine: Cloud
    depth: int
    spread: Array  # covariance of the coarse one
    doubt: float  # relative difference of the two, roughly

    @classmethod
    def of(cls, kernel: Array, law: Array) -> _Past:
        coarse, fine = Cloud.at(law), Cloud.known(law)
        depth = 0
        while depth < 30 and len(fine) * len(kernel) <= PAST_BELIEFS:
            coarse, fine = (cloud.children(kernel).average(2.0**-46) for cloud in (coarse, fine))
            depth += 1
        spread, wider = (
            (cloud.beliefs.T * cloud.weights) @ cloud.beliefs - np.outer(law, law) for cloud in (coarse, fine)
        )
        doubt = min(1.0, float(np.trace(wider) / max(np.trace(spread), 1e-300)) - 1)
        return cls(coarse, fine, depth, spread, doubt)


@dataclass(frozen=True)
class _Tree:
    leaves: list[Array]  # each (words, states, symbols): P(word, then symbol | state before)
    error: float  # estimated
    depth: int
    full: bool


def _grow(kernel: Array, law: Array, past: _Past, threshold: float) -> _Tree:
    """The tree whose leaves are each estimated to be wrong by at most `threshold`."""
    open_words = kernel.sum(axis=2).T[None]
    leaves: list[Array] = []
    error, count, depth, full = 0.0, 0, 0, False
    while len(open_words):
        guess = _estimate(open_words, law, past)
        done = guess <= threshold
        if count + int(done.sum()) + int((~done).sum()) * len(kernel) > MOST_WORDS or depth > 2000:
            done[:], full = True, True
        leaves.append(open_words[done])
        count, error = count + int(done.sum()), error + float(guess[done].sum())
        rest = open_words[~done]
        open_words = np.concatenate([np.matmul(matrix, rest) for matrix in kernel])
        open_words = open_words[np.tensordot(open_words, law, axes=([1], [0])).sum(axis=1) > 0]
        depth += 1
    return _Tree(leaves, error, depth, full)


def _parts(words: Array, law: Array) -> tuple[Array, Array, Array, Array, Array, Array]:
    """t, P(word), q, d, and the least and greatest x over states and symbols."""
    t = words.sum(axis=2)
    mass = t @ law
    q = np.tensordot(words, law, axes=([1], [0])) / mass[:, None]
    over = np.divide(
        words, q[:, None, :], out=np.repeat(t[:, :, None], words.shape[2], axis=2), where=q[:, None, :] > 0
    )
    d = over - t[:, :, None]
    x = np.divide(d, t[:, :, None], out=np.zeros_like(d), where=t[:, :, None] > 0)
    return t, mass, q, d, x.min(axis=(1, 2)), x.max(axis=(1, 2))


def psi(x: Array) -> Array:
    """2 phi(1+x)/x^2 for x >= -1, where phi(1+x) = (1+x) log(1+x) - x; decreasing from 2, equal to 1 at 0."""
    near = np.abs(x) < 1e-3
    with np.errstate(divide="ignore", invalid="ignore"):
        far = 2 * ((1 + x) * np.log1p(np.maximum(x, -1)) - x) / np.where(near, 1.0, x) ** 2
    far = np.where(x <= -1, 2.0, far)
    # Within 1e-3 the next term of the series is below 1e-10, which the caller's slack on psi covers.
    return np.asarray(np.where(near, 1 - x / 3 + x**2 / 6, far))


def _estimate(words: Array, law: Array, past: _Past) -> Array:
    _, mass, q, d, least, most = _parts(words, law)
    form = 0.5 * (d * np.matmul(past.spread, d) * q[:, None, :]).sum(axis=(1, 2)) / mass
    return np.asarray(form * (psi(least) - psi(most) + past.doubt) + 1e-30)


def _leaves(words: Array, law: Array, past: _Past) -> tuple[float, float]:
    """The part of these words in the lower and in the upper end."""
    t, mass, q, d, least, most = _parts(words, law)
    first = float(mass @ plogp_sum(q))
    squares = np.matmul(d * q[:, None, :], d.transpose(0, 2, 1))
    at_least = 0.5 * (psi(most) - 1e-9) * np.maximum(_mean_square(past.coarse, t, squares) * (1 - 1e-9), 0)
    at_most = 0.5 * (psi(least) + 1e-9) * _mean_square(past.fine, t, squares) * (1 + 1e-9)
    known = np.where(words > 0, words, 1.0) / np.where(t > 0, t, 1.0)[:, :, None]
    ratio = np.where(q > 0, q, 1.0)[:, None, :]
    birch = np.einsum("nik,i->n", np.where(words > 0, words * np.log(known / ratio), 0.0), law)
    return first - float(np.minimum(at_most, np.maximum(birch, 0)).sum()), first - float(at_least.sum())


def _mean_square(cloud: Cloud, t: Array, squares: Array) -> Array:
    """The mean of sum_ij squares_ij b_i b_j / (b.t) over the cloud, for each row of t and squares."""
    below = t @ cloud.beliefs.T
    inverse = np.divide(1.0, below, out=np.zeros_like(below), where=below > 0)
    i, j = np.triu_indices(t.shape[1])
    pairs = cloud.beliefs[:, i] * cloud.beliefs[:, j] * cloud.weights[:, None] * np.where(i == j, 1.0, 2.0)
    return np.asarray(np.einsum("np,np->n", inverse @ pairs, squares[:, i, j]))
