"""The torch layers compute what SS1, SS2, SS3 and SS4 state, in double precision.

The zero-order hold agrees with 40-digit arithmetic at every rate, 0 and tiny ones included, and with the power series for full matrices, singular
ones too. The coefficients A[t, j], made of products over time with no scan, give back the output of Mamba and Mamba-2 to 1e-6
relative (1e-10 is met). Recurrent, quadratic and chunked forms of the duality agree to 1e-10, with negative and zero decays; the
sequential, associative and fused scans agree to 1e-10, and so do the compiled layers and the plain ones. Blocks have rank N.

*False:* that coefficients of Euler's B rebuild a layer with the exact hold; that differences of one running sum give the decays of a segment
(in float32, steep decay: the error is thousands of times that of the stable sums). Needs `pip install 'semtheory[models]'`.
"""

from typing import Any

import numpy as np

from semtheory import Fidelity, Theorem, Variant
from semtheory.logic.tested import Tested

AGREE, REBUILT = 1e-10, 1e-6


def agree(errors: list[float], allowed: float) -> str | None:
    """Whether each is below; the largest of Python would lose a NaN, this does not."""
    worst = float(np.max(errors))
    return None if worst < allowed else f"error {worst:.3g}"


def hold_is_exact(case: tuple[float, float, float]) -> str | None:
    import mpmath

    from semtheory.models.state_space import zero_order_hold

    delta, a, b = case
    found = [float(value) for value in zero_order_hold(delta, a, b)]
    with mpmath.workdps(40):
        z = mpmath.mpf(delta) * mpmath.mpf(a)
        wanted = mpmath.exp(z), delta * (mpmath.expm1(z) / z if z else mpmath.mpf(1)) * b
        errors = [abs(f - w) / max(abs(w), mpmath.mpf(10) ** -300) for f, w in zip(found, wanted, strict=True)]
    return agree([float(error) for error in errors], 1e-12)


def matrix_hold_is_series(seed: int) -> str | None:
    from semtheory.models.state_space import matrix_zero_order_hold

    chance = np.random.default_rng(seed)
    n, delta = int(chance.integers(1, 5)), float(chance.uniform(0.1, 1))
    a, b = chance.normal(size=(n, n)), chance.normal(size=(n, 2))
    if seed % 2:
        a = np.triu(a, 1)  # singular, nilpotent
    power, whole, integral = np.eye(n), np.zeros((n, n)), np.zeros((n, n))
    for k in range(60):
        whole, integral = whole + power, integral + power * delta / (k + 1)
        power = power @ a * delta / (k + 1)
    for name, found, wanted in zip("AB", matrix_zero_order_hold(delta, a, b), (whole, integral @ b), strict=True):
        error = np.abs(found - wanted).max() / max(1, np.abs(wanted).max())
        if not error <= 1e-12:
            return f"{name}bar is off by {error:.3g}"
    return None


def model_of(case: tuple[str, str, int]) -> tuple[Any, Any]:
    """A small model with weights far from their start, in double precision, and tokens."""
    import torch

    from semtheory.models import build

    name, hold, seed = case
    sizes = {"width": 8, "layers": 2, "state": 3, "hold": hold} | ({"head": 4, "chunk": 5} if name == "Mamba2" else {})
    model = build({"architecture": name, "vocabulary": 3, "context": 12, **sizes}, seed=seed).double()
    chance = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.3 * torch.randn(parameter.shape, generator=chance, dtype=torch.float64))
    return model, torch.randint(3, (2, 12), generator=chance)


def coefficients_rebuild(case: tuple[str, str, int]) -> str | None:
    model, tokens = model_of(case)
    return agree([layer.error() for layer in model.coefficients(tokens)], REBUILT)


def compiled_agrees(case: tuple[str, str, int]) -> str | None:
    """What trains and scores, against the plain form: the last layer's output, and every gradient of a random mix of it."""
    import torch

    model, tokens = model_of(case)
    mix = torch.randn(2, 12, 8, generator=torch.Generator().manual_seed(case[2] + 1), dtype=torch.float64)
    found = []
    for compiled in (False, True):
        stream = model.stream(tokens, compiled)
        slopes = torch.autograd.grad((stream * mix).sum(), list(model.parameters()), allow_unused=True)
        found.append([stream.detach(), *(slope for slope in slopes if slope is not None)])
    if len(found[0]) != len(found[1]):
        return f"{len(found[1]) - 1} gradients, {len(found[0]) - 1} in the plain form"
    errors = [float((a - b).abs().max() / a.abs().max().clamp(min=1)) for a, b in zip(*found, strict=True)]
    return agree(errors, AGREE)


def euler_rebuilds_exact(seed: int) -> str | None:
    """The false form: A[t, j] with Delta_j B_j, outputs of the layer with the exact hold."""
    exact, tokens = model_of(("Mamba", "exact", seed))
    euler, _ = model_of(("Mamba", "euler", seed))
    first, wrong = exact.coefficients(tokens)[0], euler.coefficients(tokens)[0]
    error = float((wrong.rebuilt() - first.outputs).detach().abs().max() / first.outputs.detach().abs().max())
    return None if error < REBUILT else f"relative error {error:.3g}"


def draw_ssd(seed: int) -> tuple[Any, ...]:
    chance = np.random.default_rng(seed)
    length, states, channels = (int(chance.integers(1, top)) for top in (40, 5, 4))
    a = chance.uniform(-1, 1, (2, length)) * (chance.random((2, length)) > 0.1)
    b, c = chance.normal(size=(2, 2, length, states))
    return a, b, c, chance.normal(size=(2, length, channels)), int(chance.integers(1, 12))


def forms_agree(seed: int) -> str | None:
    from semtheory.models import ssd

    a, b, c, x, chunk = draw_ssd(seed)
    one, two, three = (ssd(a, b, c, x, form=form, chunk=chunk) for form in ("recurrent", "quadratic", "chunked"))
    return agree([np.abs(one - two).max(), np.abs(one - three).max()], AGREE)


def blocks_have_rank(seed: int) -> str | None:
    """rank of rows 8.., columns ..7 of the matrix of y = M x, which `ssd` gives column by column."""
    from semtheory.models import ssd

    chance = np.random.default_rng(seed)
    states = int(chance.integers(1, 4))
    a = chance.uniform(0.7, 1, 16)
    b, c = chance.normal(size=(2, 16, states))
    whole = ssd(a, b, c, np.eye(16), form="recurrent")
    rank = int(np.linalg.matrix_rank(whole[8:, :9], tol=1e-10))
    if np.triu(whole, 1).any():
        return "a later input changes an earlier output"
    return None if rank == states else f"rank {rank} with {states} states"


def scans_agree(case: tuple[int, str]) -> str | None:
    from semtheory.models import selective_scan

    seed, hold = case
    chance = np.random.default_rng(seed)
    length, channels, states = (int(chance.integers(1, top)) for top in (40, 4, 5))
    delta, x = np.exp(chance.normal(-1, 1, (2, length, channels))), chance.normal(size=(2, length, channels))
    a = -np.exp(chance.normal(0, 2, (channels, states)))
    a[0, 0] = 0.0
    b, c = chance.normal(size=(2, 2, length, states))
    one, *others = (
        selective_scan(delta, a, b, c, x, hold=hold, form=f) for f in ("sequential", "associative", "fused")
    )
    return agree([np.abs(one - other).max() / max(1.0, np.abs(one).max()) for other in others], AGREE)


def running_sums_serve(length: int) -> str | None:
    """The false form: S[t, j] = cumsum_t - cumsum_j in float32, against float64, for steep decay; allowed 4 times the stable error."""
    import torch

    from semtheory.models.state_space import segment_sums

    log_a = -10 * torch.rand(length, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    exact = segment_sums(log_a).exp().tril()
    total = log_a.float().cumsum(0)
    naive = (total[:, None] - total[None, :]).exp().tril()
    stable = segment_sums(log_a.float()).exp().tril()
    error, allowed = float((naive - exact).abs().max()), 4 * float((stable - exact).abs().max())
    return None if error <= allowed else f"error {error:.2g}; the stable sums' is {allowed / 4:.2g}"


def draw_hold() -> Any:
    from hypothesis import strategies as st

    return st.tuples(st.floats(1e-6, 20), st.floats(-30, 0), st.floats(-5, 5).filter(lambda b: abs(b) > 1e-6))


def draw_seed() -> Any:
    from hypothesis import strategies as st

    return st.integers(0, 10**6)


def draw_models() -> Any:
    from hypothesis import strategies as st

    return st.tuples(st.sampled_from(["Mamba", "Mamba2"]), st.sampled_from(["exact", "euler"]), st.integers(0, 10**6))


def draw_scans() -> Any:
    from hypothesis import strategies as st

    return st.tuples(st.integers(0, 10**6), st.sampled_from(["exact", "euler"]))


SS3B = Theorem(
    "SS3b",
    title="The torch layers agree with the hold, the coefficients, the duality and the scan",
    target="tested",
    depends=["SS1", "SS2", "SS3", "SS4"],
    claims=[
        Tested(
            "zero_order_hold is e^{Delta a}, Delta phi(Delta a) b to 1e-12 relative, a = 0 included",
            r"\bar A = e^{\Delta a},\ \bar B = \Delta\varphi(\Delta a) b",
            hold_is_exact,
            draw=draw_hold,
            instances=[(0.5, 0.0, 2.0), (0.5, -1e-300, 2.0), (1e-3, -1e-9, 1.0), (1.0, -700.0, 1.0)],
        ),
        Tested(
            "matrix_zero_order_hold is the power series, singular A included",
            r"\bar B = \Delta\varphi(\Delta A)B",
            matrix_hold_is_series,
            draw=draw_seed,
            instances=[0, 1],
            examples=10,
        ),
        Tested(
            "coefficients A[t, j] of Mamba and Mamba-2 rebuild their outputs to 1e-6 relative",
            r"y_t = \sum_{j\le t} A_{tj} u_j",
            coefficients_rebuild,
            draw=draw_models,
            instances=[("Mamba", "exact", 0), ("Mamba", "euler", 1), ("Mamba2", "euler", 2), ("Mamba2", "exact", 3)],
            examples=8,
        ),
        Tested(
            "the compiled layers, which train and score, agree with the plain ones and their gradients to 1e-10",
            r"y^{\mathrm{compiled}} = y,\ \nabla y^{\mathrm{compiled}} = \nabla y",
            compiled_agrees,
            draw=draw_models,
            instances=[("Mamba", "exact", 0), ("Mamba", "euler", 1), ("Mamba2", "euler", 2), ("Mamba2", "exact", 3)],
            examples=8,
        ),
        Tested(
            "recurrent, quadratic and chunked forms of ssd agree to 1e-10, zero and negative decays included",
            r"\text{recurrent} = \text{quadratic} = \text{chunked}",
            forms_agree,
            draw=draw_seed,
        ),
        Tested(
            "blocks of the matrix of ssd have rank N, and it is causal",
            r"\mathrm{rank} = N",
            blocks_have_rank,
            draw=draw_seed,
            examples=10,
        ),
        Tested(
            "sequential, associative and fused scans agree to 1e-10, rate 0 included",
            r"\text{sequential} = \text{associative} = \text{fused}",
            scans_agree,
            draw=draw_scans,
        ),
    ],
    variants=[
        Variant(
            Tested(
                "A[t, j] with Euler's Delta_j B_j rebuilds the exact hold",
                r"\bar B_j = \Delta_j B_j",
                euler_rebuilds_exact,
                instances=[0],
            ),
            why="SS1: the two differ",
        ),
        Variant(
            Tested(
                "differences of a running sum serve as well as segment sums, float32, steep decay",
                r"\mathrm{segsum}_{tj} = \mathrm{cumsum}_t - \mathrm{cumsum}_j",
                running_sums_serve,
                instances=[64],
            ),
            why="large running sums lose what small differences need",
        ),
    ],
    fidelity=Fidelity(
        "specialisation",
        source="Gu and Dao 2023; Dao and Gu 2024",
        paper="Mamba and Mamba-2, run",
        differences="small models with random weights, double precision",
    ),
)
