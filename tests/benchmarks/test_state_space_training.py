"""Training Mamba and Mamba-2 on one thread beside straightforward implementations of the same layers. Not part of the default run.

    OMP_NUM_THREADS=1 pytest tests/benchmarks/test_state_space_training.py --benchmark-columns=min,median,rounds

2 layers, d = 32, state 16, context 32, batch 64, vocabulary 3; forward, backward and AdamW; tokens a second from the minimum are in
`extra_info`. The peer rows are written here the usual way: a Python loop over time with Euler's B (Mamba), a chunk of masked attention
by einsum with running sums of an expanded matrix (Mamba-2). To time the reference repositories themselves, set

    MAMBA_MINIMAL=.../model.py       (johnma2006/mamba-minimal)
    MAMBA2_MINIMAL=.../mamba2.py     (tommyip/mamba2-minimal)

with their dependency einops installed. Time is that of the processor, so that other jobs disturb it less.
Nothing is asserted about it; that the loss is finite is.
"""

from __future__ import annotations

import importlib.util
import math
import os
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402

from semtheory.models import Mamba, Mamba2  # noqa: E402

Benchmark = Any
BATCH, LENGTH, VOCABULARY, WIDTH, STATE, HEAD = 64, 32, 3, 32, 16, 16


class PlainMamba(nn.Module):
    """One block: projections, convolution, and the recurrence as a loop over time on (B, D, N)."""

    def __init__(self) -> None:
        super().__init__()
        inner, rank = 2 * WIDTH, math.ceil(WIDTH / 16)
        self.rank = rank
        self.norm = nn.RMSNorm(WIDTH)
        self.inside, self.outside = nn.Linear(WIDTH, 2 * inner, bias=False), nn.Linear(inner, WIDTH, bias=False)
        self.convolution = nn.Conv1d(inner, inner, 4, groups=inner, padding=3)
        self.select, self.step = nn.Linear(inner, rank + 2 * STATE, bias=False), nn.Linear(rank, inner)
        self.log_rate = nn.Parameter(torch.arange(1.0, STATE + 1).repeat(inner, 1).log())
        self.skip = nn.Parameter(torch.ones(inner))

    def forward(self, s: Any) -> Any:
        u, z = self.inside(self.norm(s)).chunk(2, -1)
        u = F.silu(self.convolution(u.transpose(1, 2))[..., :LENGTH].transpose(1, 2))
        step, b, c = self.select(u).split([self.rank, STATE, STATE], -1)
        delta = F.softplus(self.step(step))
        decay = torch.exp(torch.einsum("btd,dn->btdn", delta, -self.log_rate.exp()))
        source = torch.einsum("btd,btn,btd->btdn", delta, b, u)
        h, ys = torch.zeros_like(source[:, 0]), []
        for t in range(LENGTH):
            h = decay[:, t] * h + source[:, t]
            ys.append(torch.einsum("bdn,bn->bd", h, c[:, t]))
        return s + self.outside((torch.stack(ys, 1) + self.skip * u) * F.silu(z))


class PlainMamba2(nn.Module):
    """One block: one chunk of masked attention, the mask from a running sum of an expanded matrix."""

    def __init__(self) -> None:
        super().__init__()
        inner = 2 * WIDTH
        self.sizes, self.heads = [inner, inner + 2 * STATE, inner // HEAD], inner // HEAD
        self.norm, self.inner_norm = nn.RMSNorm(WIDTH), nn.RMSNorm(inner)
        self.inside, self.outside = nn.Linear(WIDTH, sum(self.sizes), bias=False), nn.Linear(inner, WIDTH, bias=False)
        self.convolution = nn.Conv1d(self.sizes[1], self.sizes[1], 4, groups=self.sizes[1], padding=3)
        self.step_bias, self.log_rate = nn.Parameter(torch.zeros(self.heads)), nn.Parameter(torch.zeros(self.heads))
        self.skip = nn.Parameter(torch.ones(self.heads))

    def forward(self, s: Any) -> Any:
        z, xbc, step = self.inside(self.norm(s)).split(self.sizes, -1)
        xbc = F.silu(self.convolution(xbc.transpose(1, 2))[..., :LENGTH].transpose(1, 2))
        x, b, c = xbc.split([self.sizes[0], STATE, STATE], -1)
        x = x.unflatten(-1, (self.heads, HEAD))
        delta = F.softplus(step + self.step_bias)
        log_a = (-self.log_rate.exp() * delta).permute(0, 2, 1)
        lower = torch.ones(LENGTH, LENGTH, dtype=torch.bool).tril(-1)
        sums = log_a[..., None].expand(*log_a.shape, LENGTH).masked_fill(~lower, 0).cumsum(-2)
        mask = sums.masked_fill(~torch.ones_like(lower).tril(), -math.inf).exp()
        y = torch.einsum("btn,bjn,bhtj,bjhp->bthp", c, b, mask, x * delta[..., None]) + self.skip[:, None] * x
        return s + self.outside(self.inner_norm(y.flatten(-2) * F.silu(z)))


class Plain(nn.Module):
    """Embedding, two blocks, norm, tied head; logits of the next token."""

    def __init__(self, block: Callable[[], nn.Module]) -> None:
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, WIDTH)
        self.blocks, self.norm = nn.Sequential(block(), block()), nn.RMSNorm(WIDTH)

    def forward(self, tokens: Any) -> Any:
        return F.linear(self.norm(self.blocks(self.embedding(tokens))), self.embedding.weight)


def next_token_loss(logits: Any, tokens: Any) -> Any:
    return F.cross_entropy(logits.reshape(-1, VOCABULARY), tokens.reshape(-1))


def reference(variable: str) -> Any:
    """The module at the path that the environment variable names; the row is skipped when it names none."""
    path = os.environ.get(variable)
    if not path:
        pytest.skip(f"set {variable} to time the reference repository")
    spec = importlib.util.spec_from_file_location(variable.lower(), path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def minimal() -> tuple[Any, Callable[[Any, Any], Any]]:
    module = reference("MAMBA_MINIMAL")
    arguments = module.ModelArgs(
        d_model=WIDTH, n_layer=2, vocab_size=VOCABULARY, d_state=STATE, pad_vocab_size_multiple=1
    )
    return module.Mamba(arguments), lambda model, tokens: next_token_loss(model(tokens), tokens)


def minimal2() -> tuple[Any, Callable[[Any, Any], Any]]:
    module = reference("MAMBA2_MINIMAL")
    sizes = {"d_model": WIDTH, "n_layer": 2, "d_state": STATE, "headdim": HEAD, "vocab_size": VOCABULARY}
    model = module.Mamba2LMHeadModel(module.Mamba2Config(**sizes, chunk_size=LENGTH, pad_vocab_size_multiple=1))
    for parameter in model.parameters():  # some of its parameters come uninitialised
        nn.init.normal_(parameter, std=0.1)
    return model, lambda model, tokens: next_token_loss(model(tokens)[0], tokens)


MAKERS: dict[str, Callable[[], tuple[Any, Callable[[Any, Any], Any]]]] = {
    "Mamba": lambda: (Mamba(VOCABULARY, LENGTH), lambda model, tokens: model.fast_objective(tokens)),
    "Mamba, usual loop": lambda: (Plain(PlainMamba), lambda model, tokens: next_token_loss(model(tokens), tokens)),
    "mamba-minimal": minimal,
    "Mamba2": lambda: (Mamba2(VOCABULARY, LENGTH), lambda model, tokens: model.fast_objective(tokens)),
    "Mamba2, usual einsum": lambda: (Plain(PlainMamba2), lambda model, tokens: next_token_loss(model(tokens), tokens)),
    "mamba2-minimal": minimal2,
}


@pytest.mark.benchmark(timer=time.process_time)
@pytest.mark.filterwarnings("default")  # those of the references are theirs
@pytest.mark.parametrize("name", MAKERS)
def test_training_step(benchmark: Benchmark, name: str) -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    model, loss = MAKERS[name]()
    tokens = torch.randint(VOCABULARY, (BATCH, LENGTH))
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3, fused=True)

    def step() -> float:
        optimiser.zero_grad()
        value = loss(model, tokens)
        value.backward()
        optimiser.step()
        return float(value.detach())

    assert math.isfinite(benchmark.pedantic(step, rounds=15, iterations=1, warmup_rounds=3))
    benchmark.extra_info["tokens a second"] = round(BATCH * LENGTH / benchmark.stats.stats.min)
