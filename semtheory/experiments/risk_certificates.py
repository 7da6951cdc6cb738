"""Trained models with a guaranteed risk: Occam's bound, empirical risk and true risk side by side, on a source that is ours.

A sample of n independent sequences is drawn, a model is trained on that sample alone, and its weights are rounded to a few bits. The code was
fixed before: 3 bits name the precision b, 4 bits a tensor its step 2^-e, b bits each weight. Loss: nats a token of the rounded model,
mixed with a little of the uniform law so that it is bounded. Every sequence of the short context can be written down, so the true risk
is a finite sum, not an estimate. After Lotfi et al. 2024, who have no true risk to compare with.
"""

from __future__ import annotations

import copy
import itertools
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from semtheory.bounds import occam, pac_bayes_kl
from semtheory.errors import InputError
from semtheory.experiments.evaluation import model_log_probabilities
from semtheory.experiments.sources import canonical, named_source
from semtheory.processes import HiddenMarkov

if TYPE_CHECKING:
    from semtheory.models.base import SequenceModel

MOST_SEQUENCES = 100_000
STEP_BITS, NAME_BITS = 4, 3
Array = NDArray[np.float64]


@dataclass(frozen=True)
class RiskCertificate:
    """One trained model and what is known of its risk; nats a token.

    Attributes:
        bound: Occam's; the risk is at most this with probability >= 1 - delta over the sample. empirical_risk: on the sample.
        pac_bayes_bound: by kl inversion, the prior 2^-bits, the posterior at the model: KL = bits ln 2; likewise, but not both at once.
        true_risk: exact. guess: log V, the risk of knowing nothing: a bound above it is vacuous. optimum: entropy of the source, a token.
        parameters, bits: of the model; length of its codeword. precision: bits a weight. sample: sequences seen. span: range of the loss.
        unrounded_risk: the true risk before rounding.
    """

    architecture: str
    source: str
    bound: float
    pac_bayes_bound: float
    empirical_risk: float
    true_risk: float
    guess: float
    optimum: float
    parameters: int
    precision: int
    bits: int
    sample: int
    delta: float
    span: float
    unrounded_risk: float
    seed: int

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON."""
        return asdict(self)


def certified_risk(
    architecture: str,
    source: str = "mess3",
    *,
    context: int = 6,
    sample: int = 1_000_000,
    steps: int = 400,
    batch: int = 64,
    delta: float = 0.05,
    smoothing: float = 0.05,
    precisions: Sequence[int] = (2, 3, 4, 5, 6),
    learning_rate: float = 1e-2,
    seed: int = 0,
    **sizes: Any,
) -> RiskCertificate:
    """Train a model on a sample and bound its risk by the length of its code.

    Args:
        architecture: "Transformer", "Mamba" or "Mamba2". source: a named source. context: tokens a sequence.
        sample: independent sequences, n of the bound; the model sees nothing else.
        delta: of failure. smoothing: share of the uniform law in what is scored, in (0, 1).
        precisions: bits a weight to try, 1 to 8: all are in one code, so the best may be taken.
        sizes: of the model.

    Raises:
        InputError: something out of range; too many sequences to write down.
        MissingExtra or ModuleNotFoundError: torch is missing.
    """
    from semtheory.models import build, train

    if isinstance(sample, bool) or not isinstance(sample, int) or sample < 1:
        raise InputError(f"sample={sample!r}: expected a whole number, at least 1")
    if not 0 < smoothing < 1:
        raise InputError(f"smoothing={smoothing!r}: expected a share between 0 and 1")
    if not precisions or any(bits not in range(1, 9) for bits in precisions):
        raise InputError(f"precisions={tuple(precisions)}: expected bits from 1 to 8")
    process = named_source(source)
    sequences, law = sequence_law(process, context)
    rng = np.random.default_rng([seed, 1])
    counts = rng.multinomial(sample, law)
    seen = counts / sample

    def drawn(generator: np.random.Generator, runs: int, length: int) -> NDArray[np.int64]:
        return sequences[generator.choice(len(sequences), size=runs, p=seen), :length]

    model = build({"architecture": architecture, "vocabulary": process.symbols, "context": context, **sizes}, seed=seed)
    train(model, drawn, steps=steps, batch=batch, learning_rate=learning_rate, seed=seed)
    span = math.log(1 - smoothing + smoothing / process.symbols) - math.log(smoothing / process.symbols)
    least = -math.log(1 - smoothing + smoothing / process.symbols)  # of the loss: what is bounded is loss - least
    found = []
    for precision in precisions:
        rounded, bits = round_weights(model, precision)
        losses = smoothed_losses(rounded, sequences, smoothing)
        empirical = float(seen @ losses)
        gap = float(occam(bits, sample, delta, span))
        found.append((empirical + gap, empirical, float(law @ losses), precision, bits))
    bound, empirical, true, precision, bits = min(found)
    assert least <= empirical <= least + span
    pac_bayes = least + pac_bayes_kl(empirical - least, bits * math.log(2), sample, delta, span=span)
    with np.errstate(divide="ignore"):
        entropy = -float(np.sum(np.where(law > 0, law * np.log(np.where(law > 0, law, 1)), 0))) / context
    return RiskCertificate(
        architecture, canonical(source), bound, pac_bayes, empirical, true, math.log(process.symbols), entropy,
        model.parameter_count, precision, bits, sample, delta, span,
        float(law @ smoothed_losses(model, sequences, smoothing)), seed,
    )  # fmt: skip


def sequence_law(process: HiddenMarkov, length: int) -> tuple[NDArray[np.int64], Array]:
    """Every sequence of that length, and its exact probability. Raises `InputError` when there are more than 100000."""
    if process.symbols**length > MOST_SEQUENCES:
        raise InputError(f"{process.symbols}^{length} sequences: at most {MOST_SEQUENCES}; take a shorter context")
    sequences = np.array(list(itertools.product(range(process.symbols), repeat=length)), dtype=np.int64)
    start = process.stationary() if process.initial is None else process.initial
    belief = np.tile(np.asarray(start).ravel(), (len(sequences), 1))
    for t in range(length):
        belief = np.einsum("bi,bij->bj", belief, process.kernel[sequences[:, t]])
    law = belief.sum(axis=1)
    return sequences, np.asarray(law / law.sum())


def smoothed_losses(model: SequenceModel, sequences: NDArray[np.int64], smoothing: float) -> Array:
    """Mean over the tokens of -log((1 - a) p + a/V), nats, for each sequence."""
    logs = model_log_probabilities(model, sequences)
    chosen = np.exp(np.take_along_axis(logs, sequences[..., None], axis=2)[..., 0])
    return np.asarray(-np.log((1 - smoothing) * chosen + smoothing / model.vocabulary).mean(axis=1))


def round_weights(model: SequenceModel, precision: int) -> tuple[SequenceModel, int]:
    """A copy with each weight a multiple k 2^-e of the step of its tensor, -2^(b-1) <= k < 2^(b-1), and its length in bits."""
    import torch

    rounded = copy.deepcopy(model)
    low, high, bits = -(2 ** (precision - 1)), 2 ** (precision - 1) - 1, NAME_BITS
    with torch.no_grad():
        for tensor in rounded.parameters():
            tries = []
            for exponent in range(2**STEP_BITS):
                step = 2.0**-exponent
                made = torch.clamp(torch.round(tensor / step), low, high) * step
                tries.append((float(((made - tensor) ** 2).sum()), exponent, made))
            tensor.copy_(min(tries, key=lambda found: found[:2])[2])
            bits += STEP_BITS + precision * tensor.numel()
    return rounded, bits
