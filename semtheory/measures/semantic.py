"""The semantic information flow of inference, along paths: i_t = sum over k <= t of log p(u_k|s,u^{k-1})/q(u_k|u^{k-1}).

With tokens drawn from p it is a sub-martingale, i_t = (sum of drifts D(p||q)) + martingale; with tokens drawn from another law (temperature,
top-k, top-p, a mismatched model) the drift may be negative, and is reported. Exact models: all paths are enumerated, so that means
and tails are exact beside their bounds (Ville 1939, Azuma 1967, Freedman 1975). Long horizons: sampled paths, with confidence intervals.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semtheory.errors import InputError
from semtheory.measures._arrays import Array, as_pmf
from semtheory.measures.token_models import TokenModel, Tokens, as_blind_model, as_model, decoded
from semtheory.processes._checks import count
from semtheory.values import ROUNDING, Value, require_unit

MOST_NODES = 4_000_000  # prefixes times prompts that an enumeration may hold


@dataclass(frozen=True)
class Tail:
    """A tail probability beside the bound on it; `float()` gives the probability.

    Attributes:
        probability: exact up to rounding, or the share of the sampled paths. lower, upper: around it, a Clopper-Pearson interval when sampled.
        bound: what it should not exceed. why: what the bound rests on.
    """

    probability: float
    lower: float
    upper: float
    bound: float
    why: str

    def __float__(self) -> float:
        return self.probability

    @property
    def holds(self) -> bool:
        """Whether the probability (its lower end) is within the bound."""
        return self.lower <= self.bound


@dataclass(frozen=True)
class SemanticFlow:
    """Paths of the flow; `float()` gives E i_T. All arrays are in nats, one row a path.

    Attributes:
        prompt, tokens: of each path, shapes (paths,) and (paths, T). weight: its probability, or 1/paths when sampled.
        flow: i_0, ..., i_T, shape (paths, T + 1). drift: E[i_t - i_{t-1} | past] under the sampling law, shape (paths, T).
        variance, spread, fall: of the increment given the past: variance, max - min, and drift - min. Shape (paths, T).
        gain: D(p(.|s, past)||marginal of p), whose sum has mean I(S;U^T) when tokens are drawn from p. Shape (paths, T).
        logit_range: largest max - min of log p(.|s, past) met, over all prompts; inf when some token is impossible.
        faithful: tokens were drawn from the numerator p. marginal: q was the marginal of p.
        sampled: whether the paths were drawn. confidence: of sampled intervals. unit: of the values.
    """

    prompt: Tokens
    tokens: Tokens
    weight: Array
    flow: Array
    drift: Array
    variance: Array
    spread: Array
    fall: Array
    gain: Array
    logit_range: float
    faithful: bool
    marginal: bool
    sampled: bool
    confidence: float
    unit: str

    def __float__(self) -> float:
        return float(self.mean)

    @property
    def horizon(self) -> int:
        return int(self.tokens.shape[1])

    @property
    def mean(self) -> Value:
        """E i_T; when sampled, from the drifts, which leave less variance than the flow itself."""
        return self._mean(self.drift.sum(axis=1) if self.sampled else self.flow[:, -1])

    @property
    def information(self) -> Value:
        """I(S;U^T) under the model.

        Raises:
            InputError: tokens were not drawn from the model, so that these paths do not tell.
        """
        if not self.faithful:
            raise InputError(
                "information: the tokens were not drawn from the model; run semantic_flow without a decoder or sampler"
            )
        return self._mean(self.gain.sum(axis=1))

    @property
    def smallest_drift(self) -> float:
        """The least conditional drift met, in nats; negative shows that i_t is no sub-martingale."""
        return float(self.drift.min())

    @property
    def compensator(self) -> Array:
        """A_t of Doob's decomposition i = A + M: the drifts added up, A_0 = 0. Shape (paths, T + 1)."""
        return np.concatenate([np.zeros((len(self.drift), 1)), np.cumsum(self.drift, axis=1)], axis=1)

    @property
    def martingale(self) -> Array:
        """M_t = i_t - A_t, shape (paths, T + 1)."""
        return np.asarray(self.flow - self.compensator)

    def ville(self, a: float) -> Tail:
        """P(min over t of i_t <= -a) beside e^{-a}, for the worst prompt (over all prompts, when sampled).

        The bound is a theorem when tokens are drawn from p, whatever q; otherwise it may fail.
        """
        if not a >= 0:
            raise InputError(f"a={a!r}: expected a number >= 0")
        hit = self.flow.min(axis=1) <= -a + 1e-12
        if self.sampled:
            return Tail(*self._probability(hit), math.exp(-a), "over all prompts")
        size = int(self.prompt.max()) + 1
        total = np.bincount(self.prompt, self.weight, size)
        given = np.bincount(self.prompt, self.weight * hit, size) / np.where(total > 0, total, 1.0)
        return Tail(*_certain(float(given.max())), math.exp(-a), f"prompt {int(given.argmax())}")

    def azuma(self, x: float, *, spread: float | None = None) -> Tail:
        """P(M_T <= -x) beside exp(-2 x^2 / sum R_t^2), R_t the largest conditional range of an increment at time t.

        Args:
            spread: a bound on every range, known beforehand, such as 2 * logit_range; by default the ranges met, which are all of
                them when paths are enumerated, and only those seen when sampled.
        """
        below = self._below(x)
        ranges = self.spread.max(axis=0) if spread is None else np.full(self.horizon, float(spread))
        squares = float((ranges**2).sum())
        bound = 1.0 if x == 0 else math.exp(-2 * x * x / squares) if squares else 0.0
        seen = (
            "ranges seen on these paths, no guarantee"
            if self.sampled and spread is None
            else "largest range at each time"
        )
        return Tail(*below, bound, seen)

    def freedman(self, x: float) -> Tail:
        """P(M_T <= -x) beside exp(-x^2/(2 (v + b x/3))): v the largest sum of conditional variances, b the largest fall."""
        below = self._below(x)
        v, b = float(self.variance.sum(axis=1).max()), float(self.fall.max())
        scale = 2 * (v + b * x / 3)
        bound = 1.0 if x == 0 else math.exp(-x * x / scale) if scale else 0.0
        seen = ", on the paths seen: no guarantee" if self.sampled else ""
        return Tail(*below, bound, f"v = {v:.6g}, b = {b:.6g}{seen}")

    def stopped(self, rule: Callable[[int, tuple[int, ...], float], bool]) -> Value:
        """E i_tau for tau = the first t in 0..T with rule(prompt, tokens so far, i_t), else T.

        The rule sees the past only, so tau is a stopping time, and 0 <= E i_tau <= E i_T when tokens are drawn from p.
        """
        at = np.full(len(self.flow), np.nan)
        answers: dict[tuple[int, tuple[int, ...]], bool] = {}
        for row in range(len(self.flow)):
            s = int(self.prompt[row])
            for t in range(self.horizon + 1):
                key = (s, tuple(int(u) for u in self.tokens[row, :t]))
                if key not in answers:
                    answers[key] = bool(rule(*key, float(self.flow[row, t])))
                if answers[key] or t == self.horizon:
                    at[row] = self.flow[row, t]
                    break
        return self._mean(at)

    def at_minimum(self) -> Value:
        """E of the least i_t: stopping by looking ahead, which is no stopping time; never above 0, since i_0 = 0."""
        return self._mean(self.flow.min(axis=1))

    def _below(self, x: float) -> tuple[float, float, float]:
        if not x >= 0:
            raise InputError(f"x={x!r}: expected a number >= 0")
        return self._probability(self.martingale[:, -1] <= -x + 1e-12)

    def _mean(self, values: Array) -> Value:
        if np.isposinf(values).any() and np.isneginf(values).any():
            raise InputError("the mean is infinity minus infinity: both laws exclude tokens that are drawn")
        if not np.isfinite(values).all():
            return Value.exact(
                float(values[~np.isfinite(values)][0]), self.unit, why="a token that one of the laws excludes is drawn"
            )
        mean = float(self.weight @ values)
        if not self.sampled:
            return Value.exact(mean, self.unit)
        from scipy.stats import t as student

        half = float(
            student.ppf((1 + self.confidence) / 2, len(values) - 1) * values.std(ddof=1) / math.sqrt(len(values))
        )
        return Value.sampled(mean, mean - half, mean + half, self.confidence, self.unit)

    def _probability(self, hit: NDArray[np.bool_]) -> tuple[float, float, float]:
        if not self.sampled:
            return _certain(float(self.weight[hit].sum()))
        from scipy.stats import beta

        k, n, tail = int(hit.sum()), len(hit), (1 - self.confidence) / 2
        low = float(beta.ppf(tail, k, n - k + 1)) if k else 0.0
        high = float(beta.ppf(1 - tail, k + 1, n - k)) if k < n else 1.0
        return k / n, low, high


def semantic_flow(
    prompts: Any,
    model: Any,
    *,
    horizon: int | None = None,
    reference: Any = None,
    sampler: Any = None,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float = 1.0,
    samples: int | None = None,
    seed: int = 0,
    confidence: float = 0.95,
    unit: str = "nats",
) -> SemanticFlow:
    """The flow i_t over all paths of an exact model, or over sampled paths.

    Args:
        prompts: law of the prompt S.
        model: p, the numerator: an array with axes (prompt, u_1, ..., u_T) and laws p(u^T|s), a callable (prompt, prefix) -> law of the next
            token, or a `TokenModel` such as `MarkovPrompts`.
        horizon: T; that of the array by default.
        reference: q, blind to the prompt: an array with axes (u_1, ..., u_T), a callable of the prefix, or None for the marginal of p.
        sampler: what tokens are drawn from, when it is not the model; the same forms as `model`.
        temperature, top_k, top_p: how the decoder changes the sampling law.
        samples: draw so many paths instead of enumerating all. seed: of the draws. confidence: of the intervals then.

    Raises:
        InputError: no laws, shapes that differ, no horizon, or more paths than can be enumerated.
    """
    require_unit(unit)
    start = as_pmf(prompts, "prompts").reshape(-1)
    p = as_model("model", model, len(start))
    q = None if reference is None else as_blind_model("reference", reference)
    w = p if sampler is None else as_model("sampler", sampler, len(start))
    if horizon is None and p.horizon is None:
        raise InputError("horizon: a model without an end needs one, as in semantic_flow(prompts, model, horizon=10)")
    steps = count("horizon", horizon if horizon is not None else p.horizon, 1)
    for name, other in (("model", p), ("reference", q), ("sampler", w)):
        if other is not None and other.horizon is not None and other.horizon < steps:
            raise InputError(f"{name} ends after {other.horizon} tokens: expected at least horizon={steps}")
    if not 0 < confidence < 1:
        raise InputError(f"confidence={confidence!r}: expected a number between 0 and 1")
    chance = None if samples is None else np.random.default_rng(seed)
    if chance is None:
        prompt = np.flatnonzero(start > 0)
        weight = start[prompt]
    else:
        drawn = count("samples", samples, 2)
        prompt = chance.choice(len(start), size=drawn, p=start)
        weight = np.full(drawn, 1 / drawn)
    tree = _Tree(prompt, weight, np.where(start > 0, np.log(np.where(start > 0, start, 1.0)), -np.inf))
    changed = (float(temperature), top_k, float(top_p))
    for _ in range(steps):
        tree.step(p, q, w, changed, chance)
    paths = tree.paths()
    plain = changed == (1.0, None, 1.0) and w is p
    return SemanticFlow(
        **paths, logit_range=tree.logit_range, faithful=plain, marginal=q is None, sampled=chance is not None,
        confidence=confidence, unit=unit,
    )  # fmt: skip


class _Tree:
    """The prefixes of length t with their weights; grows by one token a step. Enumerated: every child; sampled: one each."""

    def __init__(self, prompt: Any, weight: Array, log_prior: Array) -> None:
        n = len(prompt)
        self.prompt, self.weight, self.log_prior = prompt.astype(np.int64), weight, log_prior
        self.tokens = np.zeros((n, 0), dtype=np.int64)
        self.posterior = np.repeat(
            log_prior[None], n, axis=0
        )  # log P(prompt, prefix) under the model, up to a constant
        self.now = np.zeros(n)
        self.logit_range = 0.0
        self.levels: list[tuple[Any, dict[str, Array]]] = []
        self.first = np.zeros(n)

    def step(self, p: TokenModel, q: TokenModel | None, w: TokenModel, changed: Any, chance: Any) -> None:
        rows = np.arange(len(self.prompt))
        laws = p.laws(self.tokens)
        own = laws[rows, self.prompt]
        mixed = np.einsum("ns,nsv->nv", self._belief(), laws)
        blind = mixed if q is None else q.laws(self.tokens)[:, 0]
        source = own if w is p else w.laws(self.tokens)[rows, self.prompt]
        if blind.shape != own.shape or source.shape != own.shape:
            raise InputError(
                f"vocabularies differ: model {own.shape[1]}, reference {blind.shape[1]}, sampler {source.shape[1]}"
            )
        drawn = decoded(source, *changed)
        step = np.where(np.isfinite(self.now)[:, None], _log_ratio(own, blind), 0.0)
        used = drawn > 0
        with np.errstate(invalid="ignore"):
            drift = np.where(used, drawn * np.where(used, step, 0.0), 0.0).sum(axis=1)
            centred = np.where(used, np.where(used, step, 0.0) - drift[:, None], 0.0)
            variance = np.where(np.isfinite(drift), (drawn * centred**2).sum(axis=1), np.inf)
            least, most = np.where(used, step, np.inf).min(axis=1), np.where(used, step, -np.inf).max(axis=1)
            spread, fall = most - least, drift - least
        gain = np.where(own > 0, own * np.where(own > 0, _log_ratio(own, mixed), 0.0), 0.0).sum(axis=1)
        self.logit_range = max(self.logit_range, _widest(laws, self.log_prior))
        if chance is None:
            parent, token = np.nonzero(used)
            if len(parent) * len(self.log_prior) > MOST_NODES:
                raise InputError(
                    f"{len(parent)} prefixes of length {self.tokens.shape[1] + 1} to enumerate: give samples= to draw paths instead"
                )
            self.weight = self.weight[parent] * drawn[parent, token]
        else:
            parent = rows
            cumulative = drawn.cumsum(axis=1)
            token = (cumulative <= chance.random(len(rows))[:, None] * cumulative[:, -1:]).sum(axis=1)
        with np.errstate(divide="ignore"):
            self.posterior = self.posterior[parent] + np.log(laws[parent, :, token])
        self.tokens = np.concatenate([self.tokens[parent], token[:, None].astype(np.int64)], axis=1)
        self.prompt = self.prompt[parent]
        self.now = self.now[parent] + step[parent, token]
        facts = {"drift": drift, "variance": variance, "spread": spread, "fall": fall, "gain": np.maximum(gain, 0.0)}
        self.levels.append((parent, {**facts, "flow": self.now}))

    def _belief(self) -> Array:
        """P(prompt | prefix) under the model; the prior where the model excludes the prefix."""
        top = self.posterior.max(axis=1, keepdims=True)
        log = np.where(np.isfinite(top), self.posterior - np.where(np.isfinite(top), top, 0.0), self.log_prior)
        likely = np.exp(log)
        return np.asarray(likely / likely.sum(axis=1, keepdims=True))

    def paths(self) -> dict[str, Any]:
        """What every path met on its way, by walking back from its end."""
        n = len(self.prompt)
        out = {name: np.zeros((n, len(self.levels))) for name in self.levels[0][1]}
        node = np.arange(n)
        for t in range(len(self.levels) - 1, -1, -1):
            parent, facts = self.levels[t]
            out["flow"][:, t] = facts["flow"][node]
            node = parent[node]
            for name in facts:
                if name != "flow":
                    out[name][:, t] = facts[name][node]
        flow = np.concatenate([np.zeros((n, 1)), out.pop("flow")], axis=1)
        return {"prompt": self.prompt, "tokens": self.tokens, "weight": self.weight, "flow": flow, **out}


def _log_ratio(p: Array, q: Array) -> Array:
    """log p/q; -inf where p excludes the token, +inf where only q does."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(p > 0, np.log(p) - np.log(q), -np.inf)


def _widest(laws: Array, log_prior: Array) -> float:
    used = laws[:, np.isfinite(log_prior)]
    low = float(used.min())
    return math.inf if low == 0 else float(np.log(used.max(axis=-1) / used.min(axis=-1)).max())


def _certain(probability: float) -> tuple[float, float, float]:
    clipped = min(max(probability, 0.0), 1.0)
    return clipped, max(clipped - ROUNDING, 0.0), min(clipped + ROUNDING, 1.0)
