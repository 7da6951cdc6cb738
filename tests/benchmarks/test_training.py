"""Training a small Transformer, beside a peer of the same shape in one run. Not part of the default run.

    pytest tests/benchmarks/test_training.py --benchmark-columns=min,median,rounds -s

The peer is a GPT-2-like block restated here in plain torch, as nanoGPT and others have it: layer norm, fused attention, tanh-free
GELU, tied head, torch's fused AdamW. To time nanoGPT itself as well, set NANOGPT=.../model.py (karpathy/nanoGPT). All: 2 layers, d = 32, 2 heads, context 32, batch 64, 3 letters, float32, one thread,
sampling left out. Nothing is asserted about time: read the table, and the line with the ratios, whose sides take turns and are
counted in processor time, since other work on the machine slows whichever happens to run.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import time
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="pip install 'semtheory[models]'")
from torch import nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402

from semtheory.models import LLaDA, Transformer, train  # noqa: E402
from semtheory.models.optimiser import FlatAdamW  # noqa: E402
from semtheory.processes import mess3  # noqa: E402

Benchmark = Any
LAYERS, WIDTH, HEADS, CONTEXT, BATCH, LETTERS = 2, 32, 2, 32, 64, 3
TOKENS = BATCH * CONTEXT


class PeerBlock(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.before_attention, self.before_memory = nn.LayerNorm(WIDTH, bias=False), nn.LayerNorm(WIDTH, bias=False)
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH, bias=False), nn.Linear(WIDTH, WIDTH, bias=False)
        self.up, self.down = nn.Linear(WIDTH, 4 * WIDTH, bias=False), nn.Linear(4 * WIDTH, WIDTH, bias=False)

    def forward(self, s: torch.Tensor) -> torch.Tensor:
        batch, length, width = s.shape
        parts = self.qkv(self.before_attention(s)).view(batch, length, 3, HEADS, width // HEADS)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(query, key, value, is_causal=True)
        s = s + self.out(mixed.transpose(1, 2).reshape(batch, length, width))
        return s + self.down(F.gelu(self.up(self.before_memory(s))))


class Peer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.letters, self.places = nn.Embedding(LETTERS, WIDTH), nn.Embedding(CONTEXT, WIDTH)
        self.blocks, self.norm = nn.Sequential(*(PeerBlock() for _ in range(LAYERS))), nn.LayerNorm(WIDTH, bias=False)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        s = self.blocks(self.letters(tokens[:, :-1]) + self.places(torch.arange(tokens.shape[1] - 1)))
        logits = F.linear(self.norm(s), self.letters.weight)
        return F.cross_entropy(logits.reshape(-1, LETTERS), tokens[:, 1:].reshape(-1))


def data(length: int) -> torch.Tensor:
    return torch.from_numpy(mess3(0.05, 0.85).sample(length, 0, BATCH))


def usual_step(model: nn.Module, loss: Any) -> Any:
    tokens = data(CONTEXT + 1)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-4, betas=(0.9, 0.95), weight_decay=0.1, fused=True)

    def step() -> None:
        optimiser.zero_grad(set_to_none=True)
        loss(model, tokens).backward()
        optimiser.step()

    return step


def peer_step() -> Any:
    torch.manual_seed(0)
    return usual_step(Peer(), lambda model, tokens: model(tokens))


def nanogpt_step() -> Any:
    spec = importlib.util.spec_from_file_location("nanogpt", os.environ["NANOGPT"])
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    sizes = {"block_size": CONTEXT, "vocab_size": LETTERS, "n_layer": LAYERS, "n_head": HEADS, "n_embd": WIDTH}
    torch.manual_seed(0)
    model = module.GPT(module.GPTConfig(**sizes, dropout=0.0, bias=False))
    return usual_step(model, lambda model, tokens: model(tokens[:, :-1], tokens[:, 1:].contiguous())[1])


def our_step(kind: Any) -> Any:
    model, tokens, generator = kind(LETTERS, CONTEXT, WIDTH, LAYERS, HEADS), data(CONTEXT), torch.Generator()
    optimiser = FlatAdamW([model], clip=None)
    optimiser.attach([model])

    def step() -> None:
        model.fast_objective(*model.draw(tokens, generator)).backward()
        optimiser.step(1e-4)

    return step


STEPS = {"peer": peer_step, "transformer": lambda: our_step(Transformer), "llada": lambda: our_step(LLaDA)}
if "NANOGPT" in os.environ:
    STEPS["nanoGPT"] = nanogpt_step


@pytest.mark.parametrize("name", STEPS)
def test_one_step(benchmark: Benchmark, name: str) -> None:
    torch.set_num_threads(1)
    step = STEPS[name]()
    benchmark.pedantic(step, rounds=15, iterations=10, warmup_rounds=2)
    benchmark.extra_info["tokens/s"] = round(TOKENS / benchmark.stats["min"])


def test_ratio_in_turns(benchmark: Benchmark) -> None:
    torch.set_num_threads(1)
    steps = {name: make() for name, make in STEPS.items() if name != "llada"}
    best = dict.fromkeys(steps, float("inf"))

    def turns() -> None:
        for name, step in steps.items():
            began = time.thread_time()
            for _ in range(10):
                step()
            best[name] = min(best[name], (time.thread_time() - began) / 10)

    benchmark.pedantic(turns, rounds=25, warmup_rounds=1)
    rates = {name: TOKENS / seconds for name, seconds in best.items()}
    benchmark.extra_info["tokens/s"] = rates
    print(  # noqa: T201
        "\n" + "  ".join(f"{name} {rate:,.0f} tokens/s" for name, rate in rates.items()),
        *(f"ratio to {name} {best[name] / best['transformer']:.2f}" for name in best if name != "transformer"),
    )


def test_whole_training(benchmark: Benchmark) -> None:
    """`train`, sampling and bookkeeping included."""
    run = benchmark.pedantic(
        lambda: train(Transformer(LETTERS, CONTEXT), mess3(0.05, 0.85), steps=100, batch=BATCH), rounds=3
    )
    benchmark.extra_info["tokens/s"] = run.tokens_per_second
    assert run.losses[-1] < run.losses[0]
