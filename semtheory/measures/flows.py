"""Directed information, its reverse and transfer entropy, of a joint law or of a source through a channel.

With a source and a channel nothing of size |X|^n is built: two filters run side by side (THEORY DI7). The answer says which of
three it is: exact, a bracket that holds for certain, or sampled with a confidence interval.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from semtheory.errors import InputError
from semtheory.measures import directed, systems
from semtheory.measures.adapters import as_system
from semtheory.measures.filters import Filter
from semtheory.measures.recursion import BRACKET, EXACT, Bracket, Updates, block, rate
from semtheory.measures.systems import System
from semtheory.processes._checks import count
from semtheory.values import Value

Part = tuple[Callable[[System], Filter], int | None]  # a filter, and which axis of (source, channel) state is its mode
Y: Part = (systems.of_outputs, None)
X: Part = (systems.of_inputs, None)
Y_CAUSAL: Part = (systems.of_outputs_given_inputs, 0)
X_CAUSAL: Part = (systems.of_inputs_given_outputs, 1)
Y_PAST: Part = (systems.of_outputs_given_past, None)
FLOWS: dict[str, tuple[Part, Part]] = {
    "directed": (Y, Y_CAUSAL),  # I(X^n -> Y^n) = H(Y^n) - H(Y^n || X^n)
    "reverse": (X, X_CAUSAL),  # I(0 Y^{n-1} -> X^n) = H(X^n) - H(X^n || 0 Y^{n-1})
    "transfer": (Y, Y_PAST),
}
UPDATES = 1 << 23  # of beliefs, unless asked otherwise: some ten seconds
MOST = 4096  # beliefs kept, unless asked otherwise: a step then takes about a millisecond
MIXED = 1e-13  # total variation from the stationary law at which the start is forgotten


def directed_information(
    source: Any,
    channel: Any = None,
    n: int | None = None,
    *,
    unit: str = "nats",
    method: str = "auto",
    beliefs: int = MOST,
    samples: int = 400,
    seed: int = 0,
    confidence: float = 0.95,
) -> Value:
    """I(X^n -> Y^n) = sum_t I(X^t; Y_t | Y^{t-1}) (Massey 1990).

    Args:
        source: a joint law with axes X_1, Y_1, X_2, Y_2, ...; or, with `channel` and `n`, a MarkovChain, HiddenMarkov or
            FeedbackSource.
        channel: a Channel or FiniteStateChannel; its `initial` law is used.
        method: "auto" (exact where the beliefs are finitely many, at most `beliefs` at a time; else a bracket) or "sampled".
        beliefs: how many are kept at a time; the width of a bracket falls as their number grows.
        samples, seed, confidence: for method "sampled".

    Raises:
        InputError: what is wrong with the law, the alphabets or an argument, named.
    """
    if channel is None:
        return directed.joint_directed_information(source, unit)
    system = as_system(source, channel, initial=True)
    steps = _horizon(n)
    if method == "sampled":
        from semtheory.measures.sampling import sampled_directed_information

        return sampled_directed_information(system, steps, samples, seed, confidence).to(unit)
    return _block("directed", system, steps, method, beliefs, unit)


def reverse_directed_information(
    source: Any,
    channel: Any = None,
    n: int | None = None,
    *,
    unit: str = "nats",
    method: str = "auto",
    beliefs: int = MOST,
) -> Value:
    """I(0 Y^{n-1} -> X^n) = sum_t I(Y^{t-1}; X_t | X^{t-1}): what is fed back. Zero without feedback.

    With I(X^n -> Y^n) it adds up to I(X^n; Y^n) (Massey and Massey 2005). Arguments as for `directed_information`.
    """
    if channel is None:
        return directed.joint_reverse_directed_information(source, unit)
    return _block("reverse", as_system(source, channel, initial=True), _horizon(n), method, beliefs, unit)


def transfer_entropy(
    source: Any,
    channel: Any = None,
    n: int | None = None,
    *,
    target: Any = None,
    unit: str = "nats",
    method: str = "auto",
    beliefs: int = MOST,
) -> Value:
    """sum_t I(X^{t-1}; Y_t | Y^{t-1}) (Schreiber 2000, with the whole past); of a VAR, the rate F/2.

    Args:
        source: a joint law with axes X_1, Y_1, ...; a source, with `channel` and `n`; or a VectorAutoregression, with
            `channel` the index (or indices) of the cause and `target` that of the effect.
    """
    if hasattr(source, "coefficients"):
        from semtheory.measures.granger import granger_causality

        found = granger_causality(source, channel, target)
        return Value(found / 2, found.lower / 2, found.upper / 2, "nats", found.method).to(unit)
    if channel is None:
        return directed.joint_transfer_entropy(source, unit)
    return _block("transfer", as_system(source, channel, initial=True), _horizon(n), method, beliefs, unit)


def directed_information_rate(
    source: Any,
    channel: Any,
    *,
    unit: str = "nats",
    width: float = 1e-9,
    beliefs: int = 16 * MOST,
    updates: int = UPDATES,
) -> Value:
    """lim (1/n) I(X^n -> Y^n) per use, as a bracket.

    Args:
        width: of the bracket asked for, in nats; more beliefs are kept until it is met.
        beliefs: the most that are kept at a time.
        updates: of beliefs, in all. When they are over, a wider bracket is returned; its `why` says so.

    Raises:
        InputError: source and channel together have several stationary laws, so that there is no single rate.
    """
    return _rate("directed", as_system(source, channel, initial=False), width, beliefs, updates, unit)


def reverse_directed_information_rate(
    source: Any, channel: Any, *, unit: str = "nats", width: float = 1e-9, beliefs: int = 16 * MOST, updates: int = UPDATES
) -> Value:
    """lim (1/n) I(0 Y^{n-1} -> X^n) per use. Arguments as for `directed_information_rate`."""
    return _rate("reverse", as_system(source, channel, initial=False), width, beliefs, updates, unit)


def transfer_entropy_rate(
    source: Any, channel: Any, *, unit: str = "nats", width: float = 1e-9, beliefs: int = 16 * MOST, updates: int = UPDATES
) -> Value:
    """lim (1/n) sum_t I(X^{t-1}; Y_t | Y^{t-1}) per use. Arguments as for `directed_information_rate`."""
    return _rate("transfer", as_system(source, channel, initial=False), width, beliefs, updates, unit)


def _horizon(n: int | None) -> int:
    if n is None:
        raise InputError("n is missing: directed_information(source, channel, n), the number of uses")
    return count("n", n, 1)


def _value(found: Bracket, unit: str, why: str = "") -> Value:
    lower, upper = max(0.0, found.lower), max(0.0, found.upper)
    middle = min(max((found.lower + found.upper) / 2, lower), upper)
    return Value(middle, lower, upper, "nats", "exact" if found.method == EXACT else "bracket", why).to(unit)


def _block(flow: str, system: System, n: int, method: str, beliefs: int, unit: str) -> Value:
    if method != "auto":
        raise InputError(f"method {method!r}: expected 'auto'" + (" or 'sampled'" if flow == "directed" else ""))
    first, second = (_part(part, system, n, count("beliefs", beliefs, 2)) for part in FLOWS[flow])
    return _value(first.minus(second), unit)


def _part(part: Part, system: System, n: int, most: int) -> Bracket:
    """A block entropy; once the start is forgotten, the remaining terms lie in the bracket of the rate."""
    make, axis = part
    filter, law = make(system), system.before()
    head = n
    if n > 64:
        stationary = _stationary(system)
        forgotten = None if stationary is None else _forgotten(system, stationary, n)
        if stationary is not None and forgotten is not None:
            ends = systems.starts(stationary, axis), systems.knowing(stationary, axis)
            tail, needed = rate(filter, *ends, width=1e-8, most=min(most, 2048), updates=Updates())
            head = min(n, forgotten + needed)
            # After `head` steps the last `needed` of them start within MIXED of the stationary law.
            slack = 8 * MIXED * (1 - np.log(MIXED))
            rest = n - head
            few = tail.method == EXACT and tail.points <= 256 and n <= 20000  # then every step can be taken
            if rest and not few:
                near = block(filter, systems.starts(law, axis), head, min(most, 1024))
                return Bracket(
                    near.lower + rest * (tail.lower - slack),
                    near.upper + rest * (tail.upper + slack),
                    BRACKET,
                    max(near.points, tail.points),
                )
    return block(filter, systems.starts(law, axis), n, most if n <= 64 else min(most, 1024))


def _stationary(system: System) -> Any:
    try:
        return system.stationary()
    except InputError:
        return None  # several closed classes: the start is never forgotten


def _forgotten(system: System, stationary: Any, n: int) -> int | None:
    """The first t < n at which the law of the states is stationary up to MIXED in total variation, or None."""
    law, now, target = system.joint.sum(axis=(1, 2)), system.before().reshape(-1), stationary.reshape(-1)
    for t in range(n):
        if np.abs(now - target).sum() <= MIXED:
            return t
        now = now @ law
    return None


def _rate(flow: str, system: System, width: float, beliefs: int, updates: int, unit: str) -> Value:
    if not width > 0:
        raise InputError(f"width={width!r}: expected a positive number of nats")
    law = system.stationary()
    most = count("beliefs", beliefs, 2)

    def half(part: Part, allowed: float, limit: Updates) -> Bracket:
        make, axis = part
        ends = systems.starts(law, axis), systems.knowing(law, axis)
        return rate(make(system), *ends, width=allowed, most=most, updates=limit)[0]

    # The conditioned entropy is often exact: what it leaves of the width and of the updates goes to the other.
    first = Updates(count("updates", updates, 2) / 2)
    given = half(FLOWS[flow][1], width / 2, first)
    second = Updates(updates / 2 + max(0.0, first.left))
    found = half(FLOWS[flow][0], max(width / 2, width - given.width), second).minus(given)
    reached = found.width <= width or found.method == EXACT
    return _value(found, unit, "" if reached else f"width {found.width:.1e} nats, not {width:.1e}: allow more beliefs or updates")
