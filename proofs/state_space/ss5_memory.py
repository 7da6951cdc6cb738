"""What a state-space layer remembers is what its state holds.

(a) One layer with Abar_s, Bbar_s set by x_s alone. For t >= j, h_t = P h_j + R with P = Abar_t ... Abar_{j+1} and R free of x_j. So a change
of x_j moves h_t by P times what it moves h_j: |dh_t/dx_j| <= prod_{s=j+1..t} |Abar_s| |dh_j/dx_j|, and at most rho^{t-j} of it when all |Abar| <= rho < 1.
(b) Whatever the layers: outputs after j depend on the past only through the state, so I(X^j; Y_{j+1:T}|X_{j+1:T}) <= H(h_j) <= its bits; to copy n
uniform tokens from before j takes H(h_j) >= n log V.

*Why.* (a) Abar (P h + R) + u = (Abar P) h + (Abar R + u), by induction on t; differences of states at two values of x_j multiply, exactly; the
derivative is their limit. For a diagonal Abar, state by state, and the norm by the largest |Abar|. (b) The state and the inputs give the
next state and the output (X^n below is the input after j, S = h_j, P the past X^j): by induction over n, H(Y^n|S, X^n) = 0, and
I(P;Y^n|X^n) <= I(P;S|X^n) <= H(S).

*False:* |Bbar_j| as the last factor under selection: Abar_j moves with x_j and acts on h_{j-1} (sigmoid, h_{j-1} = 10, Bbar = 1: 3.5 > 1 at x = 0). The
bound with one layer's decays for two layers: the first layer's memory is a way around. Polynomial forgetting for constant |Abar| < 1.
Attention is not bounded like this: it reads the past itself. Jelassi et al. 2024 (copying); Dao and Gu 2024.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from typing import Any

import sympy

from semtheory import Fidelity, Given, Theorem, Variant
from semtheory.logic.calculus import Derivative, Identity, Sign, Termwise
from semtheory.logic.tested import Tested

A, P, R, u, h, k, g, M, S, Q = sympy.symbols("A P R u h k g M S Q")
x, b, w, v, H, G, rho, n, p, q = sympy.symbols("x b w v H G rho n p q")
exp, log = sympy.exp, sympy.log
gate = 1 / (1 + exp(-x))

state = Given(
    "H(Z_t|S,Z^{t-1},X^t) = 0 for t=1..n",
    met_by="any recurrent layer or stack of layers: Z_1 = Abar(X_1) S + Bbar(X_1) X_1, Z_t from Z_{t-1} and X_t",
    broken_by="Z_1 is the past itself and S a constant: a state that is refilled",
)
output = Given(
    "H(Y_t|Z_t) = 0 for t=1..n",
    met_by="Y_t = C Z_t",
    broken_by="attention: Y_1 looks at the past, S a constant",
)
unrolled = Given(
    "H(Y|S,X) = 0", met_by="the line above: Y = Y^n, X = X^n, any n", broken_by="attention: Y is the past, S a constant"
)
copied = Given("H(P|Y,X) = 0", met_by="the outputs repeat the past", broken_by="outputs that are constant")
fresh = Given(
    "I(P;X) = 0", met_by="what follows is independent of the past", broken_by="the inputs repeat the past themselves"
)

def layer_slopes(case: tuple[int, str, str]) -> str | None:
    """A selective layer of three states and six tokens: slopes by autograd against differences of a plain recurrence, then against the product of decays."""
    import numpy as np
    import torch

    from semtheory.models.state_space import discretised, scan

    seed, hold, form = case
    chance = np.random.default_rng(seed)
    xs, rates, weights = chance.normal(size=6), -np.exp(chance.normal(size=3)), chance.normal(size=3)
    gain, shift = chance.normal(size=2)

    def by_scan(x: torch.Tensor) -> torch.Tensor:
        delta = torch.nn.functional.softplus(gain * x + shift)[None, :, None]
        b = torch.cos(x)[None, :, None] * torch.as_tensor(weights)
        decay, weight = discretised(delta, torch.as_tensor(rates)[None], b, hold)
        return scan(decay, weight * x[None, :, None, None], form)[0, :, 0]

    def step(x: float) -> Any:
        """Delta of one token, from x alone."""
        return math.log1p(math.exp(gain * x + shift))

    def plain(x: Any) -> Any:
        state, states = np.zeros(3), []
        for value in x:
            kept = np.exp(step(value) * rates)
            held = (kept - 1) / rates if hold == "exact" else step(value)
            state = kept * state + held * math.cos(value) * weights * value
            states.append(state)
        return np.array(states)

    jacobian: Any = torch.autograd.functional.jacobian
    slopes = jacobian(by_scan, torch.as_tensor(xs)).numpy()  # (t, state, j)
    around = [(plain(xs + d) - plain(xs - d)) / 2e-6 for d in 1e-6 * np.eye(6)]
    off = float(np.abs(slopes - np.stack(around, axis=-1)).max())
    if off > 1e-6 * max(1.0, float(np.abs(slopes).max())):
        return f"slopes off by {off:.3g} from differences"
    for t, j in itertools.product(range(6), repeat=2):
        if t < j:
            if np.any(slopes[t, :, j] != 0):
                return f"h_{t + 1} moves with x_{j + 1}"
            continue
        decays = [np.exp(step(xs[s]) * rates) for s in range(j + 1, t + 1)]
        wanted = np.prod([np.ones(3), *decays], axis=0) * slopes[j, :, j]
        bound = math.prod(float(decay.max()) for decay in decays) * float(np.linalg.norm(slopes[j, :, j]))
        if np.abs(slopes[t, :, j] - wanted).max() > 1e-12 * max(1.0, float(np.abs(wanted).max())):
            return f"dh_{t + 1}/dx_{j + 1} = {slopes[t, :, j]}, product of decays times dh_{j + 1}/dx_{j + 1} = {wanted}"
        if np.linalg.norm(slopes[t, :, j]) > bound * (1 + 1e-12):
            return f"|dh_{t + 1}/dx_{j + 1}| = {np.linalg.norm(slopes[t, :, j]):.12g} > {bound:.12g}"
    return None


def gate_and_input(before: float) -> str | None:
    """|dh_2/dx_2| at x_2 = 0 by autograd, h_1 = `before`, Abar the sigmoid of x_2, Bbar = 1, against |Bbar|."""
    import torch

    from semtheory.models.state_space import scan

    x = torch.zeros((), dtype=torch.float64, requires_grad=True)
    zero = torch.zeros_like(x)
    decay, source = torch.stack([zero, torch.sigmoid(x)]), torch.stack([zero + before, x])
    last = scan(decay[None, :, None, None], source[None, :, None, None])[0, 1, 0, 0]
    slope = float(torch.autograd.grad(last, x)[0])
    return None if abs(slope) <= 1 + 1e-12 else f"{slope:g} > |Bbar| = 1"


def remembered(states: Any, move: Any, say: Any, tokens: list[float], past: int, ahead: int) -> tuple[Any, float]:
    """The law of (past, inputs ahead, outputs ahead) of a machine read from its first state, tokens drawn independently, and H(state)."""
    law: dict[tuple[Any, Any, Any], float] = defaultdict(float)
    held: dict[Any, float] = defaultdict(float)
    letters = range(len(tokens))
    for before in itertools.product(letters, repeat=past):
        state = states[0]
        for x in before:
            state = move(state, x)
        mass = math.prod(tokens[x] for x in before)
        held[state] += mass
        for inputs in itertools.product(letters, repeat=ahead):
            now, outputs = state, []
            for x in inputs:
                outputs.append(say(now, x))
                now = move(now, x)
            law[before, inputs, tuple(outputs)] += mass * math.prod(tokens[x] for x in inputs)
    return law, -math.fsum(p * math.log(p) for p in held.values() if p)


def told(law: Any) -> tuple[float, float]:
    """I(past; outputs | inputs) of such a law: from four entropies, and by the package."""
    import numpy as np

    from semtheory.measures import mutual_information

    def entropy(*kept: int) -> float:
        masses: dict[Any, float] = defaultdict(float)
        for key, p in law.items():
            masses[tuple(key[k] for k in kept)] += p
        return -math.fsum(p * math.log(p) for p in masses.values() if p)

    places = [{value: k for k, value in enumerate(sorted({key[axis] for key in law}))} for axis in range(3)]
    joint = np.zeros([len(place) for place in places])
    for key, p in law.items():
        joint[tuple(place[part] for place, part in zip(places, key, strict=True))] += p
    return entropy(0, 1) + entropy(1, 2) - entropy(1) - entropy(0, 1, 2), float(mutual_information(joint, 0, 2, given=1))


def state_bounds_memory(case: tuple[list[tuple[int, int, int, int]], int]) -> str | None:
    """A machine of bits: rows (next on 0, next on 1, output on 0, output on 1), and the odds of a 1 in ten; three bits before and three after."""
    rows, odds = case
    size = len(rows)
    law, held = remembered(
        range(size), lambda s, x: rows[s][x] % size, lambda s, x: rows[s][2 + x], [1 - odds / 10, odds / 10], 3, 3
    )
    plain, found = told(law)
    if abs(plain - found) > 1e-10:
        return f"I = {found:.12f}, from four entropies {plain:.12f}"
    if plain > held + 1e-10 or held > math.log(size) + 1e-12:
        return f"I = {plain:.9f}, H(h_3) = {held:.9f}, log of {size} states {math.log(size):.9f}"
    return None


def queue(vocabulary: int, length: int, copied: int) -> tuple[float, float, float]:
    """What a queue of `length` tokens tells of the last `copied` in as many steps, in two ways, and the entropy of its state."""
    law, held = remembered(
        [(0,) * length], lambda s, x: (*s[1:], x), lambda s, _x: s[0], [1 / vocabulary] * vocabulary, copied, copied
    )
    return *told(law), held


def queue_copies(case: tuple[int, int]) -> str | None:
    """A queue of n tokens repeats the last n: I = H(state) = n log V exactly."""
    vocabulary, length = case
    plain, found, held = queue(vocabulary, length, length)
    wanted = length * math.log(vocabulary)
    near = max(abs(value - wanted) for value in (plain, found, held)) < 1e-10
    return None if near else f"I = {found:.9f} ({plain:.9f}), H = {held:.9f}, n log V = {wanted:.9f}"


def short_queue_copies(case: tuple[int, int]) -> str | None:
    """A queue of n - 1 tokens against n log V."""
    vocabulary, length = case
    _, found, _ = queue(vocabulary, length - 1, length)
    wanted = length * math.log(vocabulary)
    return None if found >= wanted - 1e-10 else f"I = {found:.6f} < n log V = {wanted:.6f} nats"


def draw_layer() -> Any:
    from hypothesis import strategies as st

    return st.tuples(
        st.integers(0, 10**6), st.sampled_from(["exact", "euler"]), st.sampled_from(["sequential", "associative"])
    )


def draw_machine() -> Any:
    from hypothesis import strategies as st

    row = st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 1), st.integers(0, 1))
    return st.tuples(st.lists(row, min_size=1, max_size=4), st.integers(1, 9))


SS5 = Theorem(
    "SS5",
    title="Memory: |dh_t/dx_j| <= prod |Abar_s| |dh_j/dx_j|; I(past; outputs|inputs) <= H(h_j)",
    depends=["SS2", "F3"],
    claims=[
        Identity(
            "step, any t: Abar (P h + R) + u = (Abar P) h + (Abar R + u), u = Bbar_t x_t",
            A * (P * h + R) + u,
            (A * P) * h + (A * R + u),
            latex=r"h_t = (\bar A_t \cdots \bar A_{j+1})\, h_j + R_t",
        ),
        Identity(
            "two values of x_j: (P h + R) - (P k + R) = P (h - k), exactly",
            (P * h + R) - (P * k + R),
            P * (h - k),
            latex=r"h_t - h_t' = \bar A_t\cdots\bar A_{j+1}\,(h_j - h_j')",
        ),
        Derivative(
            "dh_t/dx_j = P dh_j/dx_j, for h_j any sum of exponentials of x_j (H, with slope G)",
            P * H + R,
            "x",
            P * G,
            sums={"H": w * exp(v * x), "G": v * w * exp(v * x)},
            point=["w", "v"],
            latex=r"\frac{\partial h_t}{\partial x_j} = \bar A_t\cdots\bar A_{j+1}\, \frac{\partial h_j}{\partial x_j}",
        ),
        Termwise(
            "norm, diagonal Abar: sum over states of (P g)^2 <= M sum of g^2 when P^2 <= M",
            M * S - Q,
            sums={"S": g**2, "Q": P**2 * g**2},
            point=["g", "P"],
            facts=[M - P**2 >= 0],
            shown=(M - P**2) * g**2,
            latex=r"|\partial h_t/\partial x_j| \le \prod_{s=j+1}^t |\bar A_s|\; |\partial h_j/\partial x_j|",
        ),
        Sign(
            "forgetting is exponential: (rho P)^2 - (Abar P)^2 >= 0 for Abar^2 <= rho^2: one more token, one more factor rho",
            (rho * P) ** 2 - (A * P) ** 2,
            facts=[rho**2 - A**2 >= 0],
            shown=(rho**2 - A**2) * P**2,
            latex=r"\prod |\bar A_s| \le \rho^{\,t-j}",
        ),
        Derivative(
            "under selection the last factor has two parts: d/dx (Abar(x) h + b x) = Abar'(x) h + b, Abar the sigmoid",
            gate * h + b * x,
            "x",
            gate * (1 - gate) * h + b,
            latex=r"\partial h_j/\partial x_j = \bar A'(x_j)\, h_{j-1} + \bar B_j",
        ),
        ("I(P;Y^n|X^n) <= H(S)", state, output),
        ("H(P) <= H(S)", unrolled, copied, fresh),
    ],
    variants=[
        Variant(
            Sign(
                "under selection |dh_j/dx_j| <= |Bbar_j| = 1: 1 - (Abar' h + 1) >= 0 at x = 0, Abar' = 1/4",
                1 - (h / 4 + 1),
                facts=[h > 0],
            ),
            why="the gate moves with x_j and lets more of h_{j-1} = 10 through: 3.5 > 1",
        ),
        Variant(
            Sign(
                "two layers, the second layer's decay q: |dh_2/dx_1| <= q |dh_1/dx_1|: q - (q + p) >= 0, p the first layer's decay",
                q - (q + p),
                facts=[q > 0, p > 0],
            ),
            why="h_2 of the second layer is q h_1 + p x_1: the first layer still remembers",
        ),
        Variant(
            Sign(
                "polynomial decay for constant |Abar| = rho < 1: rho^n >= 1/n^2",
                exp(n * log(rho)) - 1 / n**2,
                facts=[rho > 0, 1 - rho > 0, n - 1 >= 0],
            ),
            why="a constant decay forgets exponentially; slower needs decays that tend to 1",
        ),
        Variant(
            "I(P;Y^n|X^n) <= H(S)",
            given=(state,),
            why="attention: outputs that look at the past itself are not bounded by any state",
        ),
        Variant(
            "I(P;Y^n|X^n) <= H(Y_1)",
            given=(state, output),
            why="the state may be read out over many tokens",
        ),
    ],
    fidelity=Fidelity(
        "variant",
        source="Dao and Gu 2024; Jelassi et al. 2024",
        paper="the memory of Mamba against that of the Transformer",
        differences="the derivative bound is for one layer; the information bound is for any recurrent state, with its entropy in place of its bits",
    ),
)

SS5_EXACT = Theorem(
    "SS5.exact",
    title="Memory in numbers: slopes of a selective layer by autograd, and what finite machines tell of their past, enumerated",
    target="tested",
    depends=["SS5"],
    claims=[
        Tested(
            "one layer, Abar_s and Bbar_s set by x_s alone: dh_t/dx_j by autograd = product of the decays times dh_j/dx_j, state by state, and its norm <= prod max |Abar_s| |dh_j/dx_j|",
            r"|\partial h_t/\partial x_j| \le \prod_{s=j+1}^t |\bar A_s|\; |\partial h_j/\partial x_j|",
            layer_slopes,
            draw=draw_layer,
            instances=[(0, "exact", "associative"), (1, "euler", "sequential")],
            examples=8,
            most=200,
        ),
        Tested(
            "machines of up to four states, three bits before and three after, all enumerated: I(X^3; Y_{4:6}|X_{4:6}) <= H(h_3) <= log of the number of states",
            r"I(X^j;Y_{j+1:T}|X_{j+1:T}) \le H(h_j)",
            state_bounds_memory,
            draw=draw_machine,
            instances=[([(0, 1, 0, 0), (0, 1, 1, 1)], 5)],
            examples=15,
            most=200,
        ),
        Tested(
            "a queue of n uniform tokens copies them and meets the bound: I = H(h_j) = n log V",
            r"H(h_j) = n \log V",
            queue_copies,
            instances=[(2, 1), (2, 3), (3, 2)],
        ),
    ],
    variants=[
        Variant(
            Tested(
                "under selection |dh_j/dx_j| <= |Bbar_j| = 1: Abar the sigmoid, h_{j-1} = 10, x_j = 0",
                r"|\partial h_j/\partial x_j| \le |\bar B_j|",
                gate_and_input,
                instances=[10.0],
            ),
            why="3.5 > 1: the gate moves with x_j",
        ),
        Variant(
            Tested(
                "a queue of n - 1 tokens copies n",
                r"I(X^n;Y^n|\cdot) = n \log V",
                short_queue_copies,
                instances=[(2, 3), (3, 2)],
            ),
            why="the oldest token is gone: (n - 1) log V",
        ),
    ],
    fidelity=Fidelity(
        "specialisation",
        source="Dao and Gu 2024; Jelassi et al. 2024",
        paper="the memory of Mamba against that of the Transformer, in numbers",
        differences="a layer of three states over six tokens, double precision; machines of at most four states, and queues",
    ),
)
