"""Nothing looks ahead: the state at t does not depend on the inputs after t.

d h_t/d x_j = 0 for j > t in the Transformer, Mamba and Mamba-2: x_j the embedded input at place j (of the token before), h_t what each layer has at place t, and the
logits at the end. By reverse-mode differentiation, exactly 0 and not nearly, at random weights and random tokens; and some d h_t/d x_j with j < t is not 0, so that the
comparison is of models that do look back. Mamba and Mamba-2 in the plain form and in the compiled one, which trains and scores.

*False:* the same of LLaDA, whose attention sees both ways: it is no autoregressive model in the order of the text (its law of whole texts goes through unmasking, LD1).
Vaswani et al. 2017; Gu and Dao 2023; Dao and Gu 2024; Nie et al. 2025.
"""

from __future__ import annotations

from typing import Any

from semtheory import Fidelity, Theorem, Variant
from semtheory.logic.tested import Tested

SIZES: dict[str, dict[str, int]] = {
    "Transformer": {"width": 8, "heads": 2},
    "LLaDA": {"width": 8, "heads": 2},
    "Mamba": {"width": 8, "state": 4},
    "Mamba2": {"width": 8, "state": 4, "head": 4},
}


def influence(name: str, seed: int, length: int, compiled: bool = False) -> list[Any]:
    """For each layer, and the logits: (T, T), row t column j the largest entry of the slope of a random mix of h_t in x_j.

    `compiled`: by the loops in which Mamba and Mamba-2 train and score, instead of the plain form.
    """
    import semtheory.models

    architecture = getattr(semtheory.models, name)  # first: without torch it says what to install
    import torch

    chance = torch.Generator().manual_seed(seed)
    model = architecture(3, length, layers=2, **SIZES[name]).double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.3 * torch.randn(parameter.shape, generator=chance, dtype=torch.float64))
    inputs: list[Any] = []
    states: list[Any] = []

    def start(_module: Any, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        inputs.append(arguments[0].detach().requires_grad_())
        return (inputs[0], *arguments[1:])

    handles = [model.blocks[0].register_forward_pre_hook(start)]
    handles += [block.register_forward_hook(lambda _m, _i, out: states.append(out)) for block in model.blocks]
    tokens = torch.randint(3, (1, length), generator=chance)
    states.append(model.logits(model.stream(tokens, True)) if compiled else model(tokens))
    for handle in handles:
        handle.remove()
    found = []
    for state in states:  # (1, T, d) or (T, 1, d)
        rows = state.reshape(length, -1)
        probe = torch.randn(rows.shape[1], generator=chance, dtype=torch.float64)
        slopes = [torch.autograd.grad(rows[t] @ probe, inputs[0], retain_graph=True)[0] for t in range(length)]
        found.append(torch.stack([slope.reshape(length, -1).abs().amax(1) for slope in slopes]))
    return found


def causal(case: tuple[str, int, int]) -> str | None:
    name, seed, length = case
    found = [(name, influence(name, seed, length))]
    if name in ("Mamba", "Mamba2"):
        found.append((f"{name}, compiled", influence(name, seed, length, True)))
    import torch

    for form, layers in found:
        for layer, slopes in enumerate(layers):
            where = f"{form}, layer {layer + 1}" if layer < 2 else f"{form}, logits"
            ahead = torch.triu(slopes, 1)
            if float(ahead.max()) != 0:
                t, j = divmod(int(ahead.argmax()), length)
                return f"{where}: |d h_{t + 1}/d x_{j + 1}| = {float(ahead.max()):.3g}"
            if not float(torch.tril(slopes, -1).max()) > 0:
                return f"{where}: nothing depends on the past, so nothing was compared"
    return None


def draw() -> Any:
    from hypothesis import strategies as st

    return st.tuples(st.sampled_from(["Transformer", "Mamba", "Mamba2"]), st.integers(0, 999), st.integers(2, 7))


AR2 = Theorem(
    "AR2",
    title="Causality: d h_t/d x_j = 0 for j > t in Transformer, Mamba and Mamba-2",
    target="tested",
    claims=[
        Tested(
            "d h_t/d x_j = 0 exactly for j > t, every layer and the logits, and not 0 for some j < t",
            r"\partial h_t/\partial x_j = 0 \text{ for } j > t",
            causal,
            draw=draw,
            instances=[("Transformer", 0, 6), ("Mamba", 0, 6), ("Mamba2", 0, 6)],
            most=100,
        ),
    ],
    variants=[
        Variant(
            Tested(
                "LLaDA is causal",
                r"\partial h_t/\partial x_j = 0 \text{ for } j > t \text{, LLaDA}",
                causal,
                instances=[("LLaDA", 0, 6)],
            ),
            why="its attention sees both ways, as filling in masks needs",
        ),
    ],
    fidelity=Fidelity(
        "reproduction",
        source="Vaswani et al. 2017; Gu and Dao 2023; Dao and Gu 2024",
        paper="autoregressive models: A_tj = 0 for j > t",
    ),
)
