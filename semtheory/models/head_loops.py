"""The head of a state-space model with its loss and the gradient of that, in a compiled loop over rows.

    n = s / rms(s)      logits = W n      loss = mean of log(sum_v e^logits_v) - logits_token

dL/dlogits = (softmax(logits) - [v = token]) / rows. Backward of the norm: ds = (dn - n mean(dn n)) / rms(s).
"""

from __future__ import annotations

import math

from semtheory.models.compiled import EPSILON, compiled
from semtheory.models.scan_loops import Array


@compiled
def head_loss(s: Array, weight: Array, tokens: Array, d_s: Array, d_weight: Array, logits: Array, n: Array) -> float:
    """s (rows, d), weight (V, d); adds to the gradients of the loss. logits (V,), n (d,): working memory."""
    loss, width, zero = 0.0, s.dtype.type(s.shape[1]), s.dtype.type(0)
    share = s.dtype.type(1) / s.dtype.type(len(s))
    for i in range(len(s)):
        row, d_n = s[i], d_s[i]
        squares = zero
        for d in range(len(n)):
            squares += row[d] * row[d]
        scale = s.dtype.type(1) / math.sqrt(squares / width + s.dtype.type(EPSILON))
        for d in range(len(n)):
            n[d] = row[d] * scale
        for v in range(len(weight)):
            to = weight[v]
            dot = zero
            for d in range(len(n)):
                dot += to[d] * n[d]
            logits[v] = dot
        top = logits.max()
        total = zero
        for v in range(len(logits)):
            total += math.exp(logits[v] - top)
        loss += math.log(total) - (logits[tokens[i]] - top)
        for v in range(len(weight)):
            chance = s.dtype.type(math.exp(logits[v] - top)) / total
            slope = (chance - s.dtype.type(v == tokens[i])) * share
            to, d_to = weight[v], d_weight[v]
            for d in range(len(n)):
                d_n[d] += slope * to[d]
            for d in range(len(n)):
                d_to[d] += slope * n[d]
        along = zero
        for d in range(len(n)):
            along += d_n[d] * n[d]
        along /= width
        for d in range(len(n)):
            d_n[d] = (d_n[d] - n[d] * along) * scale
    return loss / len(s)
