"""Block entropies, rates and excess entropies, by whichever of the ways is exact; otherwise a certified bracket."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from semtheory.processes import causal
from semtheory.processes._checks import Array
from semtheory.processes.beliefs import Cloud
from semtheory.processes.rate import rate_bracket
from semtheory.values import Value

EQUAL = 2.0**-46  # beliefs so near are one: a change of at most 1e-12 nats
MOST_BELIEFS = 100_000
DUST = 1e-20  # a hundred thousand beliefs this rare are below rounding
EXACT = 1e-12  # relative rounding allowance for recursions that bring equal beliefs together


def is_unifilar(kernel: Array) -> bool:
    """Whether state and symbol fix the next state."""
    return bool(np.all((kernel > 0).sum(axis=2) <= 1))


def backwards(kernel: Array, law: Array) -> Array:
    """The kernel of the stationary process read backwards: P(symbol, state before | state)."""
    return np.asarray(kernel.transpose(0, 2, 1) * law[None, None, :] / law[None, :, None])


def machine(kernel: Array, law: Array) -> causal.Machine | None:
    """The causal states of an irreducible process, where they are found to be finitely many."""
    if is_unifilar(kernel):
        return causal.unifilar_machine(kernel, law)
    return None if causal.uncountable(kernel, law) else causal.belief_machine(kernel, law)


def rate(kernel: Array, law: Array, tolerance: float) -> Value:
    """The entropy rate of an irreducible process.

    For a unifilar one H(Y^n | S_0) = n H(Y_1 | S_0) exactly, and H(Y^n) differs from it by at most log(states). Time may
    also run backwards.
    """
    for one in (kernel, backwards(kernel, law)):
        if is_unifilar(one):
            return Value.exact(Cloud.known(law).symbol_entropy(one))
    found = machine(kernel, law)
    if found is not None:
        return Value.exact(Cloud.known(found.law).symbol_entropy(found.kernel), rounding=EXACT)
    bracket = rate_bracket(kernel, law, tolerance)
    missed = f"the width asked, {tolerance:g} nats, was not reached" if bracket.width > tolerance else ""
    return Value.bracket(max(bracket.lower, 0.0), bracket.upper, why=missed)


def mixture(parts: Sequence[tuple[float, Value]]) -> Value:
    """The average of rates in nats, by shares: the rate of a process that ends in one of several classes."""
    middle, lower, upper = (
        math.fsum(share * number for share, number in column)
        for column in (
            [(share, float(value)) for share, value in parts],
            [(share, value.lower) for share, value in parts],
            [(share, value.upper) for share, value in parts],
        )
    )
    exact = all(value.method == "exact" for _, value in parts)
    why = "; ".join(dict.fromkeys(value.why for _, value in parts if value.why))
    return Value(middle, lower, upper, method="exact" if exact else "bracket", why=why)


def total(terms: Sequence[Value]) -> Value:
    """The sum of values in nats; exact when all are."""
    middle, lower, upper = (
        math.fsum(ends) for ends in ([float(v) for v in terms], [v.lower for v in terms], [v.upper for v in terms])
    )
    exact = all(value.method == "exact" for value in terms)
    return Value(min(max(middle, lower), upper), lower, upper, method="exact" if exact else "bracket")


def conditional(kernel: Array, start: Array, n: int, stationary: bool, tolerance: float) -> list[Value]:
    """H(Y_t | Y^{t-1}), t = 1..n, from the law `start`, in nats.

    Exact while equal beliefs are at most `MOST_BELIEFS`. Then clouds on a grid bound both sides; from the stationary law these
    entropies also fall, and stay above the rate.
    """
    above = below = Cloud.at(start)
    exact, few = True, len(start) <= 2
    spacing = 2.0**-10 if few else 2.0**-6  # grids grow with the states
    floor, ceiling, dust = 0.0, math.inf, 0.0
    found: list[Value] = []
    for t in range(n):
        if exact:
            found.append(Value.exact(above.symbol_entropy(kernel), rounding=EXACT + dust))
        elif floor > 0 and (ceiling - floor <= tolerance or not few):
            found.append(Value.bracket(floor, ceiling))
            continue
        else:
            high, low = above.symbol_entropy(kernel) + 1e-12, max(below.symbol_entropy(kernel) - 1e-12, 0.0)
            if stationary:
                high, low = min(high, ceiling), max(low, floor)
            found.append(Value.bracket(min(low, high), high))
        ceiling = found[-1].upper
        if t == n - 1:
            break
        if exact and len(above) * len(kernel) > MOST_BELIEFS:
            after = above.children(kernel).average(EQUAL) if len(above) * len(kernel) <= 4 * MOST_BELIEFS else None
            exact = after is not None and len(after) <= MOST_BELIEFS
            above = below = above if after is None else after
            if not exact:
                if stationary:
                    rates = rate_bracket(kernel[:, start > 0][:, :, start > 0], start[start > 0], tolerance)
                    floor = max(rates.lower, 0.0)
                if after is None:
                    above, below = above.children(kernel), below.children(kernel)
                above, below = above.average(spacing), below.split(spacing)
        elif exact:
            above, mass = above.children(kernel).average(EQUAL).without_dust(DUST)
            dust += mass * math.log(len(kernel))
            below = above
        else:
            above, below = above.children(kernel).average(spacing), below.children(kernel).split(spacing)
    return found


def excess(kernel: Array, law: Array, tolerance: float) -> Value:
    """I(past; future) of an irreducible process, in nats.

    With finitely many causal states c of the process and d of its reverse, past and future meet in the state:
    I = E[phi(x)], phi(x) = x log x, x = sum_s P(s | c) P(s | d) / P(s) under independent c and d.
    Otherwise, with h the rate, I = sum_t (H(Y_t | Y^{t-1}) - h), and what comes after t = n is at most
    I(S_0; Y_{n+1}, ... | Y^n) <= H(S_n | Y^n) - H(S_n | Y^n, S_0).
    """
    ahead = machine(kernel, law)
    behind = machine(backwards(kernel, law), law) if ahead is not None else None
    if ahead is not None and behind is not None:
        x = (ahead.beliefs / law) @ behind.beliefs.T
        logs = np.log(np.where(x > 0, x, 1.0))
        return Value.exact(max(0.0, float(ahead.law @ (x * logs) @ behind.law)), rounding=EXACT)
    above, below = Cloud.at(law), Cloud.known(law)
    blocks = slack = 0.0
    best_low, best_high = 0.0, math.inf
    rates = rate(kernel, law, min(1e-9, tolerance / 30))
    for n in range(1, 1001):
        blocks, slack = blocks + above.symbol_entropy(kernel), slack + EXACT
        above, below = (cloud.children(kernel).average(EQUAL) for cloud in (above, below))
        rest = max(0.0, above.state_entropy() - below.state_entropy())
        best_low = max(best_low, blocks - slack - n * rates.upper)
        best_high = min(best_high, blocks + slack - n * rates.lower + rest)
        if best_high - best_low <= tolerance or len(below) * len(kernel) > 4 * MOST_BELIEFS:
            break
    missed = f"the width asked, {tolerance:g} nats, was not reached" if best_high - best_low > tolerance else ""
    return Value.bracket(best_low, best_high, why=missed)
