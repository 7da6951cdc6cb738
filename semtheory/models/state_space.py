"""State-space layers without the network around them: holds, scans, and the three forms of state-space duality.

    h_t = A_t h_{t-1} + B_t x_t,    y_t = C_t . h_t,    h_0 = 0

Conventions: time is the last axis of `a`; `b` and `c` have one more axis, the N states, and `x` one more, its P channels;
axes before time are batches and may be 1 where others are larger. The first multiplier never appears, since h_0 = 0.
Everything takes arrays or tensors, and returns an array when it was given no tensor.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from semtheory.errors import InputError
from semtheory.models.scans import TINY, Scan, compilable

FORMS = ("recurrent", "quadratic", "chunked")
SCANS = ("fused", "sequential", "associative")


def phi(z: Any) -> Any:
    """(e^z - 1)/z, and its limit 1 at z = 0; accurate to a few units of the last digit for every z."""
    (tensor,), finish = tensors(z=z)
    return finish(phi_of(tensor))


def phi_of(z: Tensor) -> Tensor:
    """`phi` of a tensor, unchecked."""
    near = z.abs() < 0.1  # there the slope of the quotient would be a difference of nearly equal numbers
    safe, small = torch.where(near, torch.ones_like(z), z), torch.where(near, z, torch.zeros_like(z))
    series = torch.ones_like(z)
    for k in range(11, 1, -1):  # 1 + z/2 (1 + z/3 (1 + ...)), to 1e-19
        series = 1 + small / k * series
    return torch.where(near, series, torch.expm1(safe) / safe)


def zero_order_hold(delta: Any, a: Any, b: Any) -> tuple[Any, Any]:
    """The exact discretisation of dh/dt = a h + b x over a step of length delta with x held, a diagonal or a number.

    Args:
        delta, a, b: step, rates and input weights, of shapes that broadcast against each other.

    Returns:
        (e^{delta a}, delta phi(delta a) b): the second is (e^{delta a} - 1)/a b, with its limit delta b at a = 0.

    Raises:
        InputError: numbers that are not finite, a step below 0.
    """
    (delta, a, b), finish = tensors(delta=delta, a=a, b=b)
    _require_steps(delta)
    return finish(torch.exp(delta * a)), finish(delta * phi_of(delta * a) * b)


def matrix_zero_order_hold(delta: float, a: Any, b: Any) -> tuple[Any, Any]:
    """The same for a full matrix a (n, n), singular ones too, and b (n, m): read off exp(delta [[a, b], [0, 0]]).

    Van Loan 1978. Raises `InputError` for shapes that do not fit, numbers that are not finite, a step below 0.
    """
    (a, b), finish = tensors(a=a, b=b)
    (steps,), _ = tensors(delta=delta)
    _require_steps(steps)
    if a.ndim != 2 or a.shape[0] != a.shape[1] or b.ndim != 2 or b.shape[0] != a.shape[0]:
        raise InputError(f"a {tuple(a.shape)}, b {tuple(b.shape)}: expected (n, n) and (n, m)")
    n, m = b.shape
    whole = torch.matrix_exp(delta * F.pad(torch.cat([a, b], 1), (0, 0, 0, m)))
    return finish(whole[:n, :n]), finish(whole[:n, n:])


def _require_steps(delta: Tensor) -> None:
    if bool((delta < 0).any()):
        raise InputError(f"delta holds {float(delta.min()):.6g}: expected steps >= 0")


def segment_sums(log_a: Tensor) -> Tensor:
    """S[..., t, j] = sum of log_a over j < s <= t, shape (..., T, T), 0 for t <= j.

    Each sum adds its own terms and no others: a difference of two running sums would lose what they share.
    """
    length = log_a.shape[-1]
    within = torch.ones(length, length, dtype=torch.bool, device=log_a.device).tril(-1)  # [s, j]: j < s
    return log_a[..., None].expand(*log_a.shape, length).masked_fill(~within, 0).cumsum(-2).tril(-1)


def segment_products(a: Tensor) -> Tensor:
    """L[..., t, j] = product of a over j < s <= t for t >= j, 1 on the diagonal, 0 above: a 1-semiseparable matrix.

    Products, not exponentials of sums of logarithms: negative and zero multipliers are welcome.
    """
    length = a.shape[-1]
    within = torch.ones(length, length, dtype=torch.bool, device=a.device).tril(-1)
    return a[..., None].expand(*a.shape, length).masked_fill(~within, 1).cumprod(-2).tril()


def ssd(a: Any, b: Any, c: Any, x: Any, form: str = "recurrent", chunk: int = 16) -> Any:
    """Structured state-space duality (Dao and Gu 2024): y_t of h_t = a_t h_{t-1} + b_t x_t^T, y_t = c_t . h_t, h_0 = 0.

    Args:
        a: (..., T), the scalar multipliers; a[..., 0] has no effect.
        b, c: (..., T, N); or (..., T) for a state of size 1.
        x: (..., T, P); or (..., T) for one channel, y is then (..., T) too.
        form: "recurrent", one step after the other; "quadratic", y = (L o C B^T) x with L 1-semiseparable, that is masked
            attention; "chunked", quadratic within chunks and recurrent between them.
        chunk: length of a chunk; T need not be a multiple.

    Returns:
        y, of the shape of x (leading axes broadcast). The three forms differ by rounding only.

    Raises:
        InputError: another form, shapes that do not fit each other, chunk < 1, numbers that are not finite.
    """
    if form not in FORMS:
        raise InputError(f"form={form!r}: expected one of {', '.join(FORMS)}")
    if isinstance(chunk, bool) or not isinstance(chunk, int) or chunk < 1:
        raise InputError(f"chunk={chunk!r}: expected a whole number, at least 1")
    (a, b, c, x), finish = tensors(a=a, b=b, c=c, x=x)
    one_channel = x.ndim == a.ndim
    b, c = (value[..., None] if value.ndim == a.ndim else value for value in (b, c))
    x = x[..., None] if one_channel else x
    _check_shapes(a, b, c, x)
    run = {"recurrent": _recurrent, "quadratic": _quadratic}.get(form)
    y = _chunked(a, b, c, x, chunk) if run is None else run(a, b, c, x)
    return finish(y[..., 0] if one_channel else y)


def _recurrent(a: Tensor, b: Tensor, c: Tensor, x: Tensor) -> Tensor:
    h = b[..., 0, :, None] * x[..., 0, None, :]  # (..., N, P)
    ys = [(c[..., 0, :, None] * h).sum(-2)]
    for t in range(1, a.shape[-1]):
        h = a[..., t, None, None] * h + b[..., t, :, None] * x[..., t, None, :]
        ys.append((c[..., t, :, None] * h).sum(-2))
    return torch.stack(ys, -2)


def _quadratic(a: Tensor, b: Tensor, c: Tensor, x: Tensor) -> Tensor:
    return (segment_products(a) * (c @ b.transpose(-1, -2))) @ x


def _chunked(a: Tensor, b: Tensor, c: Tensor, x: Tensor, chunk: int) -> Tensor:
    length = a.shape[-1]
    h, ys = None, []
    for start in range(0, length, chunk):
        part = slice(start, start + chunk)
        a_, b_, c_, x_ = a[..., part], b[..., part, :], c[..., part, :], x[..., part, :]
        inside = segment_products(a_)  # (..., Q, Q)
        y = (inside * (c_ @ b_.transpose(-1, -2))) @ x_
        left = (b_ * inside[..., -1, :, None]).transpose(-1, -2) @ x_  # (..., N, P): what the chunk leaves behind
        if h is not None:  # what came before, carried by a_{start} ... a_t
            carried = a_.cumprod(-1)[..., None]
            y = y + carried * (c_ @ h)
            left = left + carried[..., -1:, :] * h
        h = left
        ys.append(y)
    return torch.cat(ys, -2)


def _check_shapes(a: Tensor, b: Tensor, c: Tensor, x: Tensor) -> None:
    found = ", ".join(f"{name} {tuple(value.shape)}" for name, value in (("a", a), ("b", b), ("c", c), ("x", x)))
    if a.ndim < 1 or a.shape[-1] < 1 or any(value.ndim != a.ndim + 1 for value in (b, c, x)):
        raise InputError(f"{found}: expected a (..., T), b and c (..., T, N) or (..., T), x (..., T, P) or (..., T)")
    if any(value.shape[-2] != a.shape[-1] for value in (b, c, x)) or b.shape[-1] != c.shape[-1]:
        raise InputError(f"{found}: time must be equally long in all, and b and c must have equally many states")
    try:
        np.broadcast_shapes(a.shape[:-1], *(value.shape[:-2] for value in (b, c, x)))
    except ValueError:
        raise InputError(f"{found}: the axes before time must be equal or 1") from None


def selective_scan(delta: Any, a: Any, b: Any, c: Any, x: Any, hold: str = "exact", form: str = "fused") -> Any:
    """The selective state-space layer of Mamba (Gu and Dao 2023), before gate and skip.

    y_t[d] = sum_n c_t[n] h_t[d, n], h_t = e^{delta_t[d] a[d, n]} h_{t-1} + Bbar_t[d, n] x_t[d], h_0 = 0.

    Args:
        delta, x: (B, T, D). a: (D, N), rates <= 0. b, c: (B, T, N).
        hold: "exact", Bbar = (e^{delta a} - 1)/a b; or "euler", Bbar = delta b, as most code has it.
        form: "fused" (compiled, on the CPU; no second derivative; elsewhere "associative", and where the slope in a rate near 0
            is asked for, which the loops divide by), "sequential", or "associative" (log2 T parallel sweeps).

    Raises:
        InputError: another hold or form, shapes that do not fit, a rate above 0, a step below 0.
    """
    for name, value, known in (("hold", hold, ("exact", "euler")), ("form", form, SCANS)):
        if value not in known:
            raise InputError(f"{name}={value!r}: expected one of {', '.join(known)}")
    (delta, a, b, c, x), finish = tensors(delta=delta, a=a, b=b, c=c, x=x)
    shapes = ", ".join(f"{n} {tuple(v.shape)}" for n, v in (("delta", delta), ("a", a), ("b", b), ("c", c), ("x", x)))
    fits = x.ndim == 3 and a.ndim == 2 and b.ndim == 3 and delta.shape == x.shape and b.shape == c.shape
    if not fits or b.shape[:2] != x.shape[:2] or a.shape != (x.shape[-1], b.shape[-1]) or x.shape[1] < 1:
        raise InputError(f"{shapes}: expected delta and x (B, T, D), a (D, N), b and c (B, T, N), T >= 1")
    if bool((a > 0).any()):
        raise InputError(f"a holds {float(a.max()):.6g}: expected rates <= 0, so that the state does not grow")
    _require_steps(delta)
    steep = not a.requires_grad or float((-a.detach()).min() * delta.detach().max()) > torch.finfo(a.dtype).eps ** 0.5
    if form == "fused" and compilable(x) and steep:
        rate, bc = (-a).clamp(min=TINY).T, torch.cat([b, c], -1)
        return finish(Scan.apply(delta, rate, bc, x, hold == "exact"))  # type: ignore[no-untyped-call]
    decay, weight = discretised(delta, a, b, hold)
    hidden = scan(decay, weight * x[..., None], "sequential" if form == "sequential" else "associative")
    return finish((hidden * c[:, :, None, :]).sum(-1))


def discretised(delta: Tensor, a: Tensor, b: Tensor, hold: str) -> tuple[Tensor, Tensor]:
    """Abar and Bbar, both (B, T, D, N), for delta (B, T, D), a (D, N), b (B, T, N)."""
    step, source = delta[..., None], b[:, :, None]
    return torch.exp(step * a), step * source * (phi_of(step * a) if hold == "exact" else 1.0)


def scan(decay: Tensor, source: Tensor, form: str = "sequential") -> Tensor:
    """h_t = decay_t h_{t-1} + source_t with h_0 = 0 along axis 1: one after the other, or by the associative law

        (a, u) then (a', u') = (a' a, a' u + u')

    in ceil(log2 T) sweeps over the whole sequence (Hillis and Steele 1986; Blelloch 1990).
    """
    if form == "sequential":
        h, all_h = torch.zeros_like(source[:, 0]), []
        for t in range(source.shape[1]):
            h = decay[:, t] * h + source[:, t]
            all_h.append(h)
        return torch.stack(all_h, 1)
    reach = 1
    while reach < source.shape[1]:  # after each sweep, position t holds the last `reach` steps combined
        earlier, kept = source[:, :-reach], source[:, :reach]
        source = torch.cat([kept, decay[:, reach:] * earlier + source[:, reach:]], 1)
        decay = torch.cat([decay[:, :reach], decay[:, reach:] * decay[:, :-reach]], 1)
        reach *= 2
    return source


def tensors(**values: Any) -> tuple[list[Tensor], Any]:
    """The values as floating tensors of one precision and device, and what turns a result back into what was given.

    Arrays count as double precision unless they say otherwise; beside a tensor they take its precision and device.
    Raises `InputError` for what is not real numbers, or not finite, naming it.
    """
    given = [value for value in values.values() if isinstance(value, Tensor)]
    made = []
    for name, value in values.items():
        try:
            tensor = value if isinstance(value, Tensor) else torch.as_tensor(np.asarray(value))
        except (TypeError, ValueError) as error:
            raise InputError(f"{name}: {error}; expected an array or a tensor of numbers") from None
        if tensor.is_complex() or tensor.dtype == torch.bool:
            raise InputError(f"{name} is {tensor.dtype}: expected real numbers")
        if not bool(torch.isfinite(tensor).all()):
            raise InputError(f"{name} holds {float(tensor[~torch.isfinite(tensor)][0])}: expected finite numbers")
        made.append(tensor)
    kinds = [value.dtype for value in (given or made) if value.is_floating_point()] or [torch.float64]
    widest = kinds[0]
    for kind in kinds:
        widest = torch.promote_types(widest, kind)
    device = given[0].device if given else torch.device("cpu")
    return [tensor.to(device, widest) for tensor in made], (lambda y: y) if given else (lambda y: y.numpy())
