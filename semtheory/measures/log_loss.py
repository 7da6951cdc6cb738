"""Rate-distortion under log loss, d(x, q) = -log q(x): reproductions are laws, so their alphabet is a simplex.

Seen directly: R(D) = max(H(X) - D, 0) (Courtade and Weissman 2014). Seen through A, with Z made from A alone, it is the information
bottleneck: least I(A;Z) with I(Z;X) >= H(X) - D (Harremoes and Tishby 2007); see `bottleneck`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from semtheory.measures._arrays import as_pmf
from semtheory.measures.classical_rate import number
from semtheory.values import UNITS, Value, require_unit


def log_loss_rate_distortion(pmf: ArrayLike, distortion: float, *, unit: str = "nats") -> Value:
    """R(D) = max(H(X) - D, 0); D and the rate both in `unit`.

    Raises:
        InputError: a law that is none, a negative D.
    """
    p = as_pmf(pmf)
    d = number("distortion", distortion, 0.0) * UNITS[require_unit(unit)]
    p = p[p > 0]
    return Value.exact(max(0.0, float(-(p * np.log(p)).sum()) - d), unit)
