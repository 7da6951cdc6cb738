"""AdamW on one flat buffer for one model or many: a step is a handful of passes over contiguous memory."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from semtheory.errors import InputError


class FlatAdamW:
    """AdamW (Loshchilov and Hutter 2019) of M models of one shape; row i of every buffer is model i.

    Matrices are decayed, vectors (gains, biases) are not.

    Args:
        models: M >= 1 models with the same parameters by name and shape. decay: weight decay. betas, epsilon: Adam's.
        clip: largest Euclidean norm of a model's gradient, None for no limit.

    Attributes:
        values, gradient, first, second: (M, n), parameters, gradient, and Adam's moments. parameters: name -> (M, *shape),
            leaves that share memory with `values`.

    Raises:
        InputError: parameters of different shapes, or one parameter under two names.
    """

    def __init__(
        self,
        models: Sequence[nn.Module],
        decay: float = 0.1,
        betas: tuple[float, float] = (0.9, 0.95),
        epsilon: float = 1e-8,
        clip: float | None = 1.0,
    ) -> None:
        self.decay, self.betas, self.epsilon, self.clip, self.steps = decay, betas, epsilon, clip, 0
        own = [dict(model.named_parameters()) for model in models]
        for model, named in zip(models, own, strict=True):
            if len(list(model.named_parameters(remove_duplicate=False))) != len(named):
                raise InputError(
                    "a parameter has two names (tied weights): replacing one by name leaves the other behind, and the "
                    "result is silently wrong; give it one name, as semtheory's models do"
                )
            if {k: v.shape for k, v in named.items()} != {k: v.shape for k, v in own[0].items()}:
                raise InputError("the models have different parameters: expected one shape for all")
        names = sorted(own[0], key=lambda name: own[0][name].ndim < 2)  # the decayed ones first; stable
        self.decayed = sum(own[0][name].numel() for name in names if own[0][name].ndim >= 2)
        self.values = torch.stack([torch.cat([each[name].detach().reshape(-1) for name in names]) for each in own])
        self.gradient, self.first, self.second = (torch.zeros_like(self.values) for _ in range(3))
        self.parameters: dict[str, Tensor] = {}
        self._gradients: dict[str, Tensor] = {}  # views of `gradient`
        at = 0
        for name in names:
            shape, size = own[0][name].shape, own[0][name].numel()
            self.parameters[name] = self.values[:, at : at + size].view(len(own), *shape).requires_grad_()
            self._gradients[name] = self.gradient[:, at : at + size].view(len(own), *shape)
            at += size

    def attach(self, models: Sequence[nn.Module]) -> None:
        """Model i's parameters become views of row i, its gradients too."""
        for name, stacked in self.parameters.items():
            for row, model in enumerate(models):
                parameter = model.get_parameter(name)
                parameter.data = stacked.data[row]
                parameter.grad = self._gradients[name][row]

    def receive(self, gradients: Mapping[str, Tensor]) -> None:
        """Gradients by name, (M, *shape), from where no `backward` puts them."""
        for name, gradient in gradients.items():
            self._gradients[name].copy_(gradient)

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """One step along `gradient`, which is then zero."""
        self.steps += 1
        g, (b1, b2) = self.gradient, self.betas
        if self.clip is not None:
            g.mul_((self.clip / (torch.linalg.vector_norm(g, dim=1, keepdim=True) + 1e-6)).clamp_(max=1.0))
        self.values[:, : self.decayed].mul_(1 - rate * self.decay)
        self.first.lerp_(g, 1 - b1)
        self.second.mul_(b2).addcmul_(g, g, value=1 - b2)
        size = self.second.sqrt().div_(math.sqrt(1 - b2**self.steps)).add_(self.epsilon)
        self.values.addcdiv_(self.first, size, value=-rate / (1 - b1**self.steps))
        g.zero_()

    def state(self) -> dict[str, Tensor]:
        """What a checkpoint needs: values and moments."""
        return {"values": self.values, "first": self.first, "second": self.second}

    def restore(self, state: dict[str, Tensor], steps: int) -> None:
        """Puts back what `state` gave after so many steps, in place."""
        self.steps = steps
        for name, buffer in self.state().items():
            buffer.data.copy_(state[name])
