"""How many bits tiny models memorise: trained on n strings of T uniform random tokens, memorised = n T log2 V - sum of the NLL.

There is nothing to learn in such strings but the strings, so what is below n T log2 V is memory. On average it is at most I(data; theta) (MC7).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from semtheory.errors import InputError
from semtheory.processes._checks import count


@dataclass(frozen=True)
class Memorised:
    """Of one trained model.

    Attributes:
        bits: memorised, in bits; may be a little below 0. data_bits: n T log2 V, all there was. parameters: how many.
        per_parameter: bits / parameters. strings: n.
    """

    architecture: str
    width: int
    parameters: int
    strings: int
    bits: float
    data_bits: float
    per_parameter: float
    seed: int

    def to_json(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)


def memorised_bits(model: Any, strings: Any) -> float:
    """n T log2 V minus the model's code length of the strings in bits.

    Args:
        model: a model of `semtheory.models`, on the CPU. strings: (n, T) tokens from 0 to V - 1.
    """
    import torch

    tokens = torch.as_tensor(np.asarray(strings), dtype=torch.long)
    if tokens.ndim != 2 or not tokens.numel():
        raise InputError(f"strings of shape {tuple(tokens.shape)}: expected (n, T), neither 0")
    model.eval()
    with torch.no_grad():
        parts = (tokens[k : k + 256] for k in range(0, len(tokens), 256))
        nats: float = sum(model.sequence_log_probability(part).double().sum().item() for part in parts)
    return float(tokens.numel() * np.log2(model.vocabulary) + nats / np.log(2))


def memorise(
    architecture: str,
    width: int,
    strings: int,
    *,
    vocabulary: int = 16,
    length: int = 16,
    steps: int = 2000,
    learning_rate: float = 1e-2,
    batch: int = 64,
    seed: int = 0,
) -> Memorised:
    """Train a one-layer model on `strings` uniform random strings and count what it remembers of them.

    Args:
        architecture: "transformer" or "mamba". batch: strings a step, drawn with replacement from all.
    """
    from semtheory.models import Mamba, Transformer, train

    makers: dict[str, Any] = {"transformer": Transformer, "mamba": Mamba}
    if architecture not in makers:
        raise InputError(f"architecture={architecture!r}: expected 'transformer' or 'mamba'")
    data = np.random.default_rng([seed, strings]).integers(vocabulary, size=(count("strings", strings, 1), length))

    def draw(rng: Any, sequences: int, tokens: int) -> Any:
        return data[rng.integers(len(data), size=sequences), :tokens]

    extra = {"heads": 1} if architecture == "transformer" else {"state": 4}
    model = makers[architecture](vocabulary, length, width=width, layers=1, seed=seed, **extra)
    train(model, draw, steps=steps, batch=batch, learning_rate=learning_rate, decay=0.0, seed=seed)
    parameters = sum(p.numel() for p in model.parameters())
    bits = memorised_bits(model, data)
    total = float(data.size * np.log2(vocabulary))
    return Memorised(architecture, width, parameters, strings, bits, total, bits / parameters, seed)


def memorisation_table(
    architectures: Sequence[str] = ("transformer", "mamba"),
    widths: Sequence[int] = (8, 12, 16),
    strings: Sequence[int] = (16, 64, 256),
    **settings: Any,
) -> list[Memorised]:
    """`memorise` for every architecture, width and number of strings: the plateau is where bits stop growing with the strings."""
    return [memorise(a, w, n, **settings) for a in architectures for w in widths for n in strings]
