"""The information bottleneck, with a certificate: rate-distortion under log loss of a token seen through its past.

min over encoders P(z|a) of I(A;Z) - beta I(Z;X) (Tishby, Pereira and Bialek 1999) is rate-distortion at slope beta with the distortion
d(a, q) = D(P(X|a)||q), the reproductions being laws q of X (Harremoes and Tishby 2007). The problem is not convex in the encoder, but it
is in the law of q: for any r, with Z(a) = E_r e^{-beta d(a,q)},

    -sum_a P(a) log Z(a) - log max_q c(q)  <=  min  <=  -sum_a P(a) log Z(a),    c(q) = sum_a P(a)/Z(a) e^{-beta d(a,q)}  (Blahut 1972).

The largest c(q) is taken over the whole simplex by branch and bound: every term of c is log-concave in q, so on a cell it lies below the
exponential of its tangent at the centre, and a sum of such exponentials is largest at a corner.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from semtheory.errors import InputError
from semtheory.measures._arrays import Array, as_pmf
from semtheory.measures.blahut_arimoto import least_output
from semtheory.measures.classical_rate import mutual_information_of, number
from semtheory.values import UNITS, Value, require_unit

ROUNDS = 24  # of new reproductions
MOST_CELLS = 120000  # examined in one search for the largest c(q)
BATCH = 2000
FINE = 1e-12  # relative, of that search


class Bottleneck(Value):
    """A bracket, and an encoder that attains its upper end.

    Attributes:
        encoder: (A, Z), rows P(z|a). compression, relevance: I(A;Z) and I(Z;X) of it, in `unit`.
    """

    encoder: Array
    compression: float
    relevance: float

    def __reduce__(self) -> tuple[Any, ...]:
        return *super().__reduce__()[:2], dict(self.__dict__)


def information_bottleneck(joint: ArrayLike, beta: float, *, unit: str = "nats") -> Bottleneck:
    """min over encoders P(z|a) of I(A;Z) - beta I(Z;X), as a certified bracket with an encoder.

    Args:
        joint: (A, X), P(a, x). beta: >= 0. With three and more letters of X the bracket may stay wide where the optimum is nearly
            flat; it says so in `.why`.

    Raises:
        InputError: not a law of two variables; beta negative or not finite.
    """
    require_unit(unit)
    p = as_pmf(joint, "joint")
    if p.ndim != 2:
        raise InputError(f"joint has shape {p.shape}: expected two axes, (A, X)")
    return _Problem(p).at(number("beta", beta, 0.0)).value(unit)


def bottleneck_rate_distortion(joint: ArrayLike, distortion: float, *, unit: str = "nats") -> Bottleneck:
    """R(D) under log loss of X seen through A: the least I(A;Z) with H(X|Z) <= D; a bracket with an encoder (Z may hold a shared coin).

    Args:
        joint: (A, X), P(a, x). distortion: D, in `unit`; at least H(X|A).

    Raises:
        InputError: not a law of two variables; D below H(X|A), the least that A allows.
    """
    scale = UNITS[require_unit(unit)]
    p = as_pmf(joint, "joint")
    if p.ndim != 2:
        raise InputError(f"joint has shape {p.shape}: expected two axes, (A, X)")
    problem = _Problem(p)
    d = number("distortion", distortion, 0.0) * scale
    if d < problem.least - 1e-12:
        raise InputError(
            f"distortion={distortion!r} {unit}: below H(X|A) = {problem.least / scale:.9g} {unit}, the least that A allows"
        )
    wanted = problem.entropy - d  # of relevance
    if wanted <= 0:
        return _attained(p, np.ones((len(p), 1)), 0.0, unit)
    low, high = problem.at(0.0), problem.at(1.0)
    while high.relevance < wanted and high.beta < 1e6:
        low, high = high, problem.at(4 * high.beta)
    if high.relevance < wanted:  # at the very end of the curve: what A tells about X
        high = _Found(p, problem.told(), high.beta, high.lower)
    # The first: I(A;Z) >= I(Z;X).
    found = max(wanted, low.lower + low.beta * wanted, high.lower + high.beta * wanted)
    for _ in range(60):
        mixed = _shared_coin(low, high, wanted)
        if mixed.compression - found < 1e-10 or high.beta - low.beta < 1e-9 * high.beta:
            break
        # Where the lines of the two ends meet is the only slope at which the gap can close at once.
        rise = high.relevance - low.relevance
        slope = (high.compression - low.compression) / rise if rise > 0 else 0.0
        inside = low.beta < slope < high.beta
        middle = problem.at(slope if inside else (low.beta + high.beta) / 2)
        found = max(found, middle.lower + middle.beta * wanted)
        low, high = (middle, high) if middle.relevance < wanted else (low, middle)
    return _attained(p, _shared_coin(low, high, wanted).encoder, max(found, 0.0), unit)


class _Found:
    """What one beta gave: an encoder, its informations, and a lower bound of the Lagrangian, in nats."""

    def __init__(self, joint: Array, encoder: Array, beta: float, lower: float) -> None:
        self.joint, self.encoder, self.beta, self.lower = joint, encoder, beta, lower
        self.compression, self.relevance = _informations(joint, encoder)

    def value(self, unit: str) -> Bottleneck:
        upper = self.compression - self.beta * self.relevance
        slack = 1e-13 * (1 + abs(upper))
        low, high = (min(self.lower, upper) - slack) / UNITS[unit], (upper + slack) / UNITS[unit]
        why = f"the optimum is nearly flat: gap {high - low:.2g} {unit}" if high - low > 1e-6 else ""
        result = Bottleneck((low + high) / 2, low, high, unit, "bracket", why)
        result.encoder = self.encoder
        result.compression, result.relevance = self.compression / UNITS[unit], self.relevance / UNITS[unit]
        return result


def _attained(joint: Array, encoder: Array, lower: float, unit: str) -> Bottleneck:
    """A bracket of the rate: from `lower` (nats) to what the encoder spends."""
    found = _Found(joint, encoder, 0.0, lower)
    return found.value(unit)


def _shared_coin(low: _Found, high: _Found, wanted: float) -> _Found:
    """One encoder or the other by a coin that Z shows: informations are averages; the relevance wanted is met."""
    rise = high.relevance - low.relevance
    share = 1.0 if rise <= 0 else min(1.0, max(0.0, (wanted - low.relevance) / rise))
    parts = [high.encoder] if share == 1.0 else [(1 - share) * low.encoder, share * high.encoder]
    return _Found(high.joint, np.hstack(parts), high.beta, -np.inf)


def _informations(joint: Array, encoder: Array) -> tuple[float, float]:
    """I(A;Z) and I(Z;X)."""
    law, after = joint.sum(axis=1), encoder.T @ joint
    used = after.sum(axis=1) > 0
    after = after[used]
    seen = law > 0
    compression = mutual_information_of(law[seen], encoder[seen][:, used])
    return compression, mutual_information_of(after.sum(axis=1), after / after.sum(axis=1, keepdims=True))


class _Problem:
    """A joint law without its impossible letters."""

    def __init__(self, joint: Array) -> None:
        self.joint = joint
        self.rows = joint.sum(axis=1) > 0
        p = joint[self.rows][:, joint.sum(axis=0) > 0]
        self.law = p.sum(axis=1)
        self.given = p / self.law[:, None]
        self.average = p.sum(axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            self.own = -np.where(self.given > 0, self.given * np.log(self.given), 0.0).sum(axis=1)
        self.entropy = -float(self.average @ np.log(self.average))
        self.least = float(self.law @ self.own)  # H(X|A)
        chance = np.random.default_rng(0)
        self._starts = np.concatenate([self.average[None], self.given, chance.dirichlet(np.ones(p.shape[1]), 30)])
        self._known = [self.average[None], self.given]  # reproductions that served before

    def told(self) -> Array:
        """The encoder that tells A but for letters with the same P(X|a), which it takes together."""
        alike = np.unique(np.round(self.given, 13), axis=0, return_inverse=True)[1].ravel()
        encoder = np.full((len(self.joint), int(alike.max()) + 1), 1 / (int(alike.max()) + 1))
        encoder[self.rows] = np.eye(encoder.shape[1])[alike]
        return encoder

    def at(self, beta: float) -> _Found:
        """The best encoder found at this beta, and the certified lower bound."""
        laws = _apart(np.concatenate(self._known))
        best, channel = -np.inf, np.ones((len(self.law), 1))
        for step in range(ROUNDS):
            weight = self._weight(beta, laws)
            out = least_output(self.law, weight, None, 1e-13)
            pulled = self.law / out.partition
            channel = weight * out.law / out.partition[:, None]
            used = self.law @ channel > 1e-13
            after = (
                channel[:, used] * self.law[:, None]
            ).T @ self.given  # the true posteriors of X do at least as well
            posteriors = after / after.sum(axis=1, keepdims=True)
            peaks = self._climbed(pulled, beta, np.concatenate([posteriors, laws[used], self._starts]))
            if self._value(pulled, beta, peaks).max() > 1 + 1e-12 and step < ROUNDS - 1:
                laws = _apart(np.concatenate([posteriors, laws[used], peaks]))
                continue  # not yet worth a search of the whole simplex
            top, where = self._largest(pulled, beta, peaks)
            best = max(best, out.value - max(0.0, float(np.log(top))))
            if best >= out.value - 1e-12 or self._value(pulled, beta, where[None])[0] <= 1 + 1e-12:
                break
            laws = _apart(np.concatenate([posteriors, laws[used], where[None]]))
        self._known = [self.average[None], self.given, laws[:200]]
        encoder = np.full((len(self.joint), int(used.sum())), 1 / int(used.sum()))
        encoder[self.rows] = channel[:, used] / channel[:, used].sum(axis=1, keepdims=True)
        # -beta I(Z;X) = beta (E d + H(X|A) - H(X)); and I(A;Z) >= I(Z;X) <= I(A;X) bounds it whatever the search found.
        plain = min(0.0, (1 - beta) * (self.entropy - self.least))
        return _Found(self.joint, encoder, beta, max(plain, best + beta * (self.least - self.entropy)))

    def _climbed(self, weights: Array, beta: float, laws: Array) -> Array:
        """Local maxima of c(q): each step replaces q by the average of P(X|a) weighted with its own terms, and never falls."""
        for _ in range(60):
            terms = weights[:, None] * self._weight(beta, laws)
            moved = terms.T @ self.given
            laws = moved[moved.sum(axis=1) > 0]  # c(q) = 0 in floats: far from every law
            laws = laws / laws.sum(axis=1, keepdims=True)
        return laws

    def _value(self, weights: Array, beta: float, laws: Array) -> Array:
        """c(q) of each q."""
        return np.asarray(weights @ self._weight(beta, laws))

    def _weight(self, beta: float, laws: Array) -> Array:
        """e^{-beta d}, (A, laws): at beta = 0 it is 1, also where d is infinite."""
        cost = self._cost(laws)
        return np.exp(-beta * cost) if beta > 0 else np.ones_like(cost)

    def _cost(self, laws: Array) -> Array:
        """D(P(X|a)||q), (A, laws)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            terms = np.where(self.given[:, None, :] > 0, self.given[:, None, :] * np.log(laws)[None], 0.0)
        return np.asarray(-terms.sum(axis=2) - self.own[:, None])

    def _largest(self, weights: Array, beta: float, peaks: Array) -> tuple[float, Array]:
        """An upper bound of max c(q), and the best q seen; cells of the highest bound first, in batches."""
        values = self._value(weights, beta, peaks)
        best, where = float(values.max()), peaks[int(values.argmax())]
        cells = np.eye(len(self.average))[None]  # (cells, corners, letters)
        bound, seen, closed = np.full(1, np.inf), 0, 0.0
        while len(cells):
            if seen >= MOST_CELLS:
                return max(best, closed, float(bound.max())), where
            first = np.argsort(-bound)[:BATCH]
            rest = np.ones(len(bound), bool)
            rest[first] = False
            new = _halved(cells[first]) if seen else cells
            centre = new.mean(axis=1)
            values = self._value(weights, beta, centre)
            if values.max() > best:
                best, where = float(values.max()), centre[int(values.argmax())]
            above = self._above(weights, beta, new, centre)
            seen += len(new)
            cells, bound = np.concatenate([cells[rest], new]), np.concatenate([bound[rest], above])
            open_ = bound > best * (1 + FINE)
            if not np.all(open_):
                closed = max(closed, float(bound[~open_].max()))
            cells, bound = cells[open_], bound[open_]
        return max(best, closed), where

    def _above(self, weights: Array, beta: float, cells: Array, centre: Array) -> Array:
        """At least c(q) for every q of each cell."""
        with np.errstate(divide="ignore", over="ignore"):  # an infinite bound is one too
            height = -beta * self._cost(centre)  # (A, cells)
            tilt = beta * self.given[:, None, :] / centre[None]  # (A, cells, letters)
            tangent = np.einsum("ack,cvk->acv", tilt, cells - centre[:, None, :])
            corners = np.einsum("a,acv->cv", weights, np.exp(height[:, :, None] + tangent)).max(axis=1)
            # Near the edge of the simplex tangents are steep; there each letter by itself is a better bound.
            peak = np.log(cells.max(axis=1))
            apart = np.where(self.given[:, None, :] > 0, self.given[:, None, :] * peak[None], 0.0).sum(axis=2)
            letters = weights @ np.exp(beta * (apart + self.own[:, None]))
        return np.asarray(np.minimum(corners, letters))


def _apart(laws: Array) -> Array:
    """Different laws, those within rounding put together."""
    laws = np.unique(np.round(laws, 13), axis=0)
    return np.asarray(laws / laws.sum(axis=1, keepdims=True))


def _halved(cells: Array) -> Array:
    """Each simplex cut in two at the middle of its longest edge."""
    pairs = np.array(list(combinations(range(cells.shape[1]), 2)))
    edges = np.linalg.norm(cells[:, pairs[:, 0]] - cells[:, pairs[:, 1]], axis=2)
    chosen = pairs[edges.argmax(axis=1)]
    index = np.arange(len(cells))
    middle = (cells[index, chosen[:, 0]] + cells[index, chosen[:, 1]]) / 2
    left, right = cells.copy(), cells.copy()
    left[index, chosen[:, 0]] = middle
    right[index, chosen[:, 1]] = middle
    return np.concatenate([left, right])
