"""Bounds with a choice in them: McDiarmid's tail from the differences, the bound on the logits with the expected or the empirical complexity."""

from __future__ import annotations

from typing import Any

import numpy as np

from semtheory.bounds.generalisation import logit_bound_empirical, logit_bound_expected, mcdiarmid_tail
from semtheory.errors import InputError
from semtheory.processes._checks import real_array


def mcdiarmid(deviation: Any, differences: Any) -> Any:
    """exp(-2 x^2/sum c_i^2): a bound on P(f - E f >= x) for independent arguments, f changing by at most c_i with the i-th.

    Args:
        deviation: x >= 0, a number or an array. differences: c_1..c_n >= 0, not all 0.

    Raises:
        InputError: something negative, or all differences 0.
    """
    c = real_array("differences", differences, 1)
    if np.any(c < 0) or not np.any(c):
        raise InputError(f"differences {c.tolist()}: expected numbers >= 0, not all of them 0")
    return mcdiarmid_tail(deviation=deviation, squares=float(c @ c))


def logit_generalization_bound(
    rademacher: Any, logit_norm: Any, vocabulary: Any, n: Any, delta: Any, *, empirical: bool = False
) -> Any:
    """The largest risk - empirical risk of a class of softmax models under cross-entropy, with probability >= 1 - delta.

        4 Rad_n + (log V + Lambda) sqrt(log(1/delta)/(2n));   empirical: 4 Rad_n + 3 (log V + Lambda) sqrt(log(2/delta)/(2n))

    Args:
        rademacher: doubly indexed complexity of the logits (`semtheory.bounds.rademacher` on an array with three axes), expected over samples,
            or on the sample with `empirical`.
        logit_norm: Lambda, a bound on the sum over v of |logit_v| that holds for the whole class.
        vocabulary: V. n: independent examples (sequences). delta: in (0, 1).

    Returns:
        Nats; a float, or an array when some argument is one.

    Raises:
        InputError: outside the domain, named.
    """
    formula = logit_bound_empirical if empirical else logit_bound_expected
    return formula(rademacher=rademacher, logit_norm=logit_norm, vocabulary=vocabulary, n=n, delta=delta)
