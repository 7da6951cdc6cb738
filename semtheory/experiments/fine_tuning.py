"""Fine-tuning a tiny Transformer where everything can be enumerated: m prompts, k answers, a reward for each pair.

The policy pi(u | s) is a Transformer's law of the answer's token after the prompt's. Expectations are sums over all pairs, so the
gradients are exact and no sampling stands between a policy and its objective:

    reward         E r                                        (policy gradient in expectation)
    rate           E r - I(S;U)/beta                          (its optimum lies on the frontier R(W))
    rlhf           E r - E D(pi(.|S) || ref(.|S))/beta        (its optimum is the Gibbs policy ref e^{beta r}/Z)
    dpo            E log sigmoid(h_a - h_b), h = log(pi/ref)/beta, over pairs a, b of the reference, a preferred to b with
                   probability sigmoid(r_a - r_b)             (Rafailov et al. 2023; the same optimum as rlhf)
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from semtheory.errors import InputError, MissingExtra

if TYPE_CHECKING:
    from torch import Tensor

Array = NDArray[np.float64]
METHODS = ("reward", "rate", "rlhf", "dpo")


@dataclass(frozen=True)
class Point:
    """A policy on the way: rate I(S;U) and divergence E D(pi || ref) in nats, expected reward."""

    step: int
    rate: float
    reward: float
    divergence: float


@dataclass(frozen=True)
class FineTuning:
    """How a fine-tuning went.

    Attributes:
        points: of the policies met on the way, the reference first, the trained one last.
        policy, reference: (m, k), rows of sum 1, in float64. optimum: the Gibbs policy of "rlhf" and "dpo", else None.
        model: the trained Transformer.
    """

    points: tuple[Point, ...]
    policy: Array
    reference: Array
    optimum: Array | None
    model: Any


def fine_tune(
    method: str,
    reward: ArrayLike,
    law: ArrayLike | None = None,
    *,
    beta: float = 1.0,
    steps: int = 200,
    every: int = 10,
    learning_rate: float = 0.01,
    width: int = 16,
    seed: int = 0,
) -> FineTuning:
    """Fine-tune a fresh Transformer, which is also the reference.

    Args:
        method: one of `METHODS`. reward: (m, k). law: (m,) of the prompts, positive; None for uniform.
        beta: nats per unit of reward, above 0. every: a point is kept every so many steps.

    Raises:
        InputError: an unknown method, shapes that do not fit, numbers that are not finite or out of range.
        MissingExtra: torch is not installed.
    """
    table, prompts = _checked(method, reward, law, beta)
    for name, value, least in (("steps", steps, 0), ("every", every, 1), ("width", width, 1)):
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise InputError(f"{name}={value!r}: expected a whole number, at least {least}")
    if not 0 < learning_rate < math.inf:
        raise InputError(f"learning_rate={learning_rate!r}: expected a number above 0")
    try:
        import torch
    except ModuleNotFoundError as error:
        raise MissingExtra(f"fine_tune needs {error.name}: pip install 'semtheory[models]'") from None
    from semtheory.models import Transformer
    from semtheory.models.training import one_thread

    m, k = table.shape
    model = Transformer(max(m, k, 2), 2, width=width, layers=1, heads=1, seed=seed).double()
    asked = torch.stack([torch.arange(m), torch.zeros(m, dtype=torch.int64)], dim=1)
    gain, weights = torch.tensor(table), torch.tensor(prompts)

    def policy() -> Tensor:
        """log pi, (m, k): the answers are the first k tokens."""
        return torch.log_softmax(model(asked)[:, 1, :k], dim=-1)

    with one_thread():
        reference = policy().detach()
        optimiser = torch.optim.Adam(model.parameters(), learning_rate)
        points = []
        for step in range(steps + 1):
            current = policy()
            if step % every == 0 or step == steps:
                points.append(point(step, current.detach().exp().numpy(), reference.exp().numpy(), table, prompts))
            if step == steps:
                break
            optimiser.zero_grad()
            loss = -objective(method, current, reference, gain, weights, beta)
            loss.backward()  # type: ignore[no-untyped-call,unused-ignore]
            optimiser.step()
        trained = policy().detach().exp().numpy()
    before = np.asarray(reference.exp().numpy())
    return FineTuning(
        tuple(points), trained, before, gibbs(before, table, beta) if method in ("rlhf", "dpo") else None, model
    )


def objective(method: str, policy: Tensor, reference: Tensor, reward: Tensor, law: Tensor, beta: float) -> Tensor:
    """What is raised; `policy` and `reference` are logs, (m, k)."""
    import torch.nn.functional as F

    chosen = policy.exp()
    earned = (law[:, None] * chosen * reward).sum()
    if method == "reward":
        return earned
    if method == "rate":
        answers = (law[:, None] * chosen).sum(dim=0, keepdim=True).log()
        return earned - (law[:, None] * chosen * (policy - answers)).sum() / beta
    if method == "rlhf":
        return earned - (law[:, None] * chosen * (policy - reference)).sum() / beta
    implied = (policy - reference) / beta
    prefer = (reward[:, :, None] - reward[:, None, :]).sigmoid()
    pairs = law[:, None, None] * reference.exp()[:, :, None] * reference.exp()[:, None, :]
    return 2 * (pairs * prefer * F.logsigmoid(implied[:, :, None] - implied[:, None, :])).sum()


def point(step: int, policy: Array, reference: Array, reward: Array, law: Array) -> Point:
    """Where a policy stands, from (m, k) tables."""
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(policy > 0, policy * np.log(policy / (law @ policy)), 0.0)
        divergence = np.where(policy > 0, policy * np.log(policy / reference), 0.0)
    return Point(
        step, float((law @ rate).sum()), float((law @ (policy * reward)).sum()), float((law @ divergence).sum())
    )


def gibbs(reference: Array, reward: Array, beta: float) -> Array:
    """ref e^{beta r}/Z, (m, k)."""
    weights = reference * np.exp(beta * (reward - reward.max(axis=1, keepdims=True)))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _checked(method: str, reward: ArrayLike, law: ArrayLike | None, beta: float) -> tuple[Array, Array]:
    if method not in METHODS:
        raise InputError(f"method {method!r}: expected one of {', '.join(METHODS)}")
    table = np.asarray(reward, dtype=float)
    if table.ndim != 2 or not np.isfinite(table).all() or table.shape[1] < 2:
        raise InputError(
            f"reward of shape {table.shape}: expected finite numbers, (prompts, answers), at least two answers"
        )
    prompts = np.full(len(table), 1 / len(table)) if law is None else np.asarray(law, dtype=float)
    if prompts.shape != (len(table),) or not (prompts > 0).all() or abs(prompts.sum() - 1) > 1e-9:
        raise InputError(f"law {prompts}: expected {len(table)} positive numbers of sum 1")
    if not 0 < beta < math.inf:
        raise InputError(f"beta={beta!r}: expected a number above 0")
    return table, prompts
