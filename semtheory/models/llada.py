"""LLaDA: masked diffusion on a Transformer that sees both ways (Nie et al. 2025; Sahoo et al. 2024; Ou et al. 2024).

Some tokens are hidden behind MASK (letter number V), the model gives the law of each hidden one given the rest. Two losses,
equal in expectation, bound -log p of the sampler that unmasks in a uniformly random order, L = T tokens:

    continuous time   E_{t ~ U(0,1)} (1/t) sum_{i masked} -log p(x_i | seen), each token masked with probability t
    uniform count     E_{l ~ U{1..L}} (L/l) sum_{i masked} -log p(x_i | seen), l tokens masked, uniformly chosen

since int t^(l-1) (1-t)^(L-l) dt = 1 / (l C(L, l)). Both equal the average over all orders of the left-to-right loss.
Not causal: `coefficients` has A[t, j] != 0 for j > t, and `forward` is not a law of whole sequences; `log_probabilities` is,
with the tokens unmasked from left to right.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import torch
from scipy import stats
from torch import Tensor

from semtheory.errors import InputError
from semtheory.models.base import whole
from semtheory.models.transformer import Stack
from semtheory.values import Value

EXACT_UP_TO = 12  # tokens: 4096 masks
ROWS = 4096  # sequences in one forward pass


class LLaDA(Stack):
    """Arguments as `Stack`; MASK is letter number V."""

    causal = False

    @property
    def mask(self) -> int:
        """The letter that hides a token."""
        return self.vocabulary

    def seen(self, tokens: Tensor) -> Tensor:
        """The tokens themselves."""
        return tokens

    def check(self, tokens: Tensor) -> Tensor:
        """As in the base; MASK has no place in whole sequences: see `forward` and `conditionals`."""
        return super().check(tokens)

    def forward(self, tokens: Tensor) -> Tensor:
        """(B, T), values 0..V with V = MASK -> logits (B, T, V), the law of each masked token given the others."""
        return self.logits(tokens)

    def conditionals(self, tokens: Tensor, revealed: Tensor) -> Tensor:
        """log p(token i = v | the revealed tokens), (B, T, V); `revealed` (B, T) or (T,) booleans."""
        hidden = self.check(tokens).masked_fill(~revealed, self.mask)
        return self(hidden).log_softmax(-1)

    def log_probabilities(self, tokens: Tensor) -> Tensor:
        """(B, T, V): tokens unmasked one at a time from left to right. T passes."""
        length = self.check(tokens).shape[1]
        steps = []
        for t in range(length):
            revealed = torch.arange(length, device=tokens.device) < t
            steps.append(self.conditionals(tokens, revealed)[:, t])
        return torch.stack(steps, 1)

    def order_log_probability(self, tokens: Tensor, order: Sequence[int]) -> Tensor:
        """log of the probability of unmasking `tokens` in that order of positions, (B,)."""
        length = self.check(tokens).shape[1]
        if sorted(order) != list(range(length)):
            raise InputError(f"order={list(order)}: expected a permutation of 0 to {length - 1}")
        revealed = torch.zeros(length, dtype=torch.bool, device=tokens.device)
        total = tokens.new_zeros(tokens.shape[0], dtype=self.embedding.dtype)
        for position in order:
            logs = self.conditionals(tokens, revealed)[:, position]
            total = total + logs.gather(1, tokens[:, position, None])[:, 0]
            revealed = revealed.clone()
            revealed[position] = True
        return total

    def draw(
        self, tokens: Tensor, generator: torch.Generator | None = None, form: str = "count"
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Masked symbols, targets, weights (0 where seen) for one draw of the loss; form "count" or "time".

        Counts and times are spread evenly over the batch (one uniform shift), which leaves each row's law as it is.
        """
        batch, length = tokens.shape
        shift = torch.rand((), generator=generator, dtype=torch.float64)
        place = (shift + torch.arange(batch, dtype=torch.float64) / batch) % 1.0  # (B,), each uniform on [0, 1)
        noise = torch.rand(batch, length, generator=generator, dtype=torch.float64)
        if form == "count":
            number = (place * length).floor().clamp(max=length - 1) + 1  # 1..L
            hidden = noise.argsort(1).argsort(1) < number[:, None]
            weight = hidden / number[:, None] / batch  # (L / l) / (B L)
        elif form == "time":
            time = 1 - place  # (0, 1]
            hidden = noise < time[:, None]
            weight = hidden / time[:, None] / (batch * length)
        else:
            raise InputError(f"form={form!r}: expected 'count' or 'time'")
        hidden = hidden.to(tokens.device)
        return tokens.masked_fill(hidden, self.mask), tokens, weight.to(tokens.device, self.embedding.dtype)

    @torch.no_grad()
    def likelihood_bound(
        self,
        tokens: Tensor,
        samples: int | None = None,
        seed: int = 0,
        confidence: float = 0.95,
        unit: str = "nats",
    ) -> Value:
        """The upper bound on -log p(tokens) of one sequence (T,): sum over masks M of 1/(l C(L,l)) sum_{i in M} -log p(x_i | rest).

        Exact, over all 2^L - 1 masks, when `samples` is None and L <= 12. Else `samples` (default 64) masks of each size l
        are drawn, and the result is an estimate with a Student interval; sizes with no more masks than that are summed whole.

        Raises:
            InputError: not one sequence; samples below 2 or a confidence outside (0, 1).
        """
        if tokens.ndim != 1 or not len(tokens):
            raise InputError(f"tokens of shape {tuple(tokens.shape)}: expected one sequence, (T,)")
        self.check(tokens[None])
        length = len(tokens)
        if samples is None and length <= EXACT_UP_TO:
            number = torch.arange(1, 2**length)
            masks = (number[:, None] >> torch.arange(length)) % 2 == 1  # (2^L - 1, L)
            sizes = masks.sum(1)
            weights = torch.tensor(
                [1 / (size * math.comb(length, size)) for size in sizes.tolist()], dtype=torch.float64
            )
            return Value.exact(float(weights @ self._hidden_loss(tokens, masks)), unit, rounding=self._rounding())
        count = whole("samples", 64 if samples is None else samples, 2)
        if not 0 < confidence < 1:
            raise InputError(f"confidence={confidence!r}: expected a number between 0 and 1")
        generator, total, variances = torch.Generator().manual_seed(seed), 0.0, []
        for size in range(1, length + 1):
            if math.comb(length, size) <= count:
                rows = torch.tensor(list(itertools.combinations(range(length), size)))
                losses = self._hidden_loss(
                    tokens, torch.zeros(len(rows), length, dtype=torch.bool).scatter_(1, rows, True)
                )
            else:
                noise = torch.rand(count, length, generator=generator, dtype=torch.float64)
                losses = self._hidden_loss(tokens, noise.argsort(1).argsort(1) < size)
                variances.append(float(losses.var()) / count / size**2)
            total += float(losses.mean()) / size
        spread = sum(variances)
        if not spread:
            return Value.exact(total, unit, rounding=self._rounding())
        freedom = spread**2 / sum(v**2 / (count - 1) for v in variances)  # Welch and Satterthwaite
        half = float(stats.t.ppf((1 + confidence) / 2, freedom)) * math.sqrt(spread)
        why = f"{count} masks of each size"
        return Value.sampled(total, total - half, total + half, confidence, unit, why=why)

    def _hidden_loss(self, tokens: Tensor, masks: Tensor) -> Tensor:
        """sum over hidden i of -log p(x_i | seen), for each of the masks (M, L): (M,) in float64."""
        found = []
        for part in torch.split(masks.to(tokens.device), ROWS):  # type: ignore[no-untyped-call,unused-ignore]
            logs = self(tokens.masked_fill(part, self.mask)).log_softmax(-1)
            picked = logs.gather(-1, tokens.expand(part.shape)[..., None])[..., 0]
            found.append(-(picked.double() * part).sum(1))
        return torch.cat(found).cpu()

    def _rounding(self) -> float:
        return 1e-12 if self.embedding.dtype == torch.float64 else 1e-5
