"""Directed information of a joint law of X_1, Y_1, X_2, Y_2, ..., by marginal entropies.

I(X^n -> Y^n) = sum_t I(X^t; Y_t | Y^{t-1}) (Massey 1990). The array has |X|^n |Y|^n entries: for long horizons use a source and a
channel (`recursion`), which never build it.
"""

from __future__ import annotations

from typing import Any

from semtheory.errors import InputError
from semtheory.measures._arrays import Array, as_pmf, exact
from semtheory.measures.entropies import marginal, nats
from semtheory.values import Value


def as_joint(joint: Any) -> tuple[Array, int]:
    """The law and its horizon n; the array must have 2n axes."""
    law = as_pmf(joint, "joint")
    if law.ndim % 2 or law.ndim == 0:
        raise InputError(
            f"joint has {law.ndim} axes: expected 2n of them, in the order X_1, Y_1, X_2, Y_2, ..., X_n, Y_n"
        )
    return law, law.ndim // 2


def block_entropy(law: Array, x: int, y: int) -> float:
    """H(X^x, Y^y) in nats."""
    return nats(marginal(law, [*range(0, 2 * x, 2), *range(1, 2 * y, 2)]))


def joint_directed_information(joint: Any, unit: str = "nats") -> Value:
    """I(X^n -> Y^n) = H(Y^n) - H(Y^n || X^n)."""
    law, n = as_joint(joint)
    return exact(block_entropy(law, 0, n) - _causal(law, n), unit)


def causal_conditional_entropy(joint: Any, *, unit: str = "nats") -> Value:
    """H(Y^n || X^n) = sum_t H(Y_t | Y^{t-1}, X^t) (Kramer 1998)."""
    law, n = as_joint(joint)
    return exact(_causal(law, n), unit)


def _causal(law: Array, n: int) -> float:
    return sum(block_entropy(law, t, t) - block_entropy(law, t, t - 1) for t in range(1, n + 1))


def joint_reverse_directed_information(joint: Any, unit: str = "nats") -> Value:
    """I(0 Y^{n-1} -> X^n) = sum_t I(Y^{t-1}; X_t | X^{t-1}): what Y's past tells X, delayed by one step.

    With I(X^n -> Y^n) it adds up to I(X^n; Y^n) (Massey and Massey 2005); undelayed it would not.
    """
    law, n = as_joint(joint)
    forward = sum(block_entropy(law, t, t - 1) - block_entropy(law, t - 1, t - 1) for t in range(1, n + 1))
    return exact(block_entropy(law, n, 0) - forward, unit)


def joint_transfer_entropy(joint: Any, unit: str = "nats") -> Value:
    """sum_t I(X^{t-1}; Y_t | Y^{t-1}) (Schreiber 2000, with the whole past)."""
    law, n = as_joint(joint)
    given = sum(block_entropy(law, t - 1, t) - block_entropy(law, t - 1, t - 1) for t in range(1, n + 1))
    return exact(block_entropy(law, 0, n) - given, unit)


def instantaneous_information(joint: Any, *, unit: str = "nats") -> Value:
    """sum_t I(X_t; Y_t | X^{t-1}, Y^{t-1}): directed information less transfer entropy."""
    law, n = as_joint(joint)
    total = 0.0
    for t in range(1, n + 1):
        total += block_entropy(law, t, t - 1) + block_entropy(law, t - 1, t)
        total -= block_entropy(law, t - 1, t - 1) + block_entropy(law, t, t)
    return exact(total, unit)
