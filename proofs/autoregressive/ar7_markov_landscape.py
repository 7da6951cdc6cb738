"""Learning a binary Markov chain with one layer: where the unigram solution is a local minimum, and what training does about it.

The chain on {0, 1} moves 0 -> 1 with probability p, 1 -> 0 with q; pi_1 = p/(p+q), H(pi) its unigram entropy. The simplified one-layer
architecture has an embedding e of the symbol 1 (0 is embedded as zero), a residual gain g of attention and feed-forward together, an output
vector a and a bias b:

    logit of "next is 1" after x  =  b + c x,   c = (1 + g) <a, e>;   tied: a = e, so c = (1 + g) |e|^2.

At e = a = 0, b = log(p/q) the model says pi always; its loss is H(pi). *There* the gradient is zero, dL/dc = pi_0 pi_1 (p + q - 1), and tied the
Hessian is 2 (1 + g) pi_0 pi_1 (p + q - 1) in e, pi_0 pi_1 in b, 0 in g. L is convex in (b, c), so for p + q > 1 and g > -1, where c >= 0,
L >= H(pi) + c dL/dc >= H(pi): a local minimum, above the entropy rate, which needs c = log((1-p)(1-q)/(pq)) < 0. With p + q < 1, or untied
(c of either sign), it is a saddle.

*Training* the full architecture (one layer, tied, width 8, p = 0.5, q = 0.8) from a small start passes a plateau: at least 50 steps in a row whose loss, a mean over
20 steps, is within 0.01 nats of H(pi), and then leaves it for the entropy rate (presumably by a gain that changes sign: not looked at). So the minimum shows
as a plateau, not as a trap.

*Limits.* The architecture, with one gain in place of attention and feed-forward, is this page's; the paper's theorem is stated for its own
and was not available here. Plateaus are seen for one chain, size and step size.

*False:* a local minimum untied, or for p + q < 1; that tied training ends at H(pi); a plateau without tying. Makkuva et al. 2024.
"""

import math
from functools import cache, lru_cache, partial
from typing import Any

import numpy as np
import sympy
from scipy.special import stdtrit

from semtheory import Fidelity, Step, Theorem, Variant
from semtheory.logic.calculus import Derivative, Identity, Sign
from semtheory.logic.observed import Observation, Observed, Setting
from semtheory.logic.tested import Tested

p, q, b, c = sympy.symbols("p q b c")
exp, log = sympy.exp, sympy.log
share1, share0 = p / (p + q), q / (p + q)
CHAIN = [p > 0, q > 0, 1 - p > 0, 1 - q > 0]
LOSS = share0 * (log(1 + exp(b)) - p * b) + share1 * (log(1 + exp(b + c)) - (1 - q) * (b + c))


@cache
def derivatives(tied: bool) -> Any:
    """Gradient and Hessian of the loss in the embedding e (two numbers), the output a if it is free, b and g, exactly."""
    e, a, g = sympy.symbols("e1 e2"), sympy.symbols("a1 a2"), sympy.Symbol("g")
    free = [*e, *(() if tied else a), b, g]
    product = sum(x * y for x, y in zip(e, e if tied else a, strict=True))
    loss = LOSS.subs(c, (1 + g) * product)
    gradient = [sympy.diff(loss, v) for v in free]
    return sympy.lambdify([free, p, q], [loss, gradient, sympy.hessian(loss, free)], "numpy")


def landscape(case: tuple[float, float, float], tied: bool = True) -> str | None:
    """At the constructed point: value H(pi), gradient 0, the Hessian as stated; untied, <a, e> has it off the diagonal."""
    up, down, gain = case
    one = up / (up + down)
    spot = [0.0] * (2 if tied else 4) + [math.log(up / down), gain]
    loss, gradient, hessian = (np.array(part, dtype=float) for part in derivatives(tied)(spot, up, down))
    entropy = -one * math.log(one) - (1 - one) * math.log(1 - one)
    curve = (1 + gain) * one * (1 - one) * (up + down - 1)
    wanted = np.zeros_like(hessian)
    if tied:
        wanted[0, 0] = wanted[1, 1] = 2 * curve
    else:
        wanted[0, 2] = wanted[2, 0] = wanted[1, 3] = wanted[3, 1] = curve
    wanted[-2, -2] = one * (1 - one)
    if not (abs(loss - entropy) <= 1e-12 and np.abs(gradient).max() <= 1e-12):
        return f"loss {float(loss):.12g}, H(pi) {entropy:.12g}; gradient up to {np.abs(gradient).max():.3g}"
    return None if np.abs(hessian - wanted).max() < 1e-10 else f"Hessian off by {np.abs(hessian - wanted).max():.3g}"


def minimum(case: tuple[float, float, int], tied: bool = True) -> str | None:
    """No point near by (nor, tied with g > -1, anywhere drawn) has a smaller loss than the constructed one."""
    up, down, seed = case
    chance, one = np.random.default_rng(seed), up / (up + down)
    entropy = -one * math.log(one) - (1 - one) * math.log(1 - one)
    for k in range(60):
        size = 10.0 ** chance.uniform(-3, 0 if tied and k % 2 else -2)
        e, a = size * chance.normal(size=3), size * chance.normal(size=3)
        bias, gain = math.log(up / down) + (size**2) * chance.normal(), chance.uniform(-0.9, 3)
        slope = (1 + gain) * float(e @ (e if tied else a))
        after0, after1 = bias, bias + slope
        loss = (1 - one) * (math.log1p(math.exp(after0)) - up * after0)
        loss += one * (math.log1p(math.exp(after1)) - (1 - down) * after1)
        if not loss >= entropy - 1e-13:
            return f"loss {entropy - loss:.3g} nats below H(pi) at distance {size:.2g}: c = {slope:.3g}"
    return None


def draw(above: bool) -> Any:
    from hypothesis import strategies as st

    chains = st.tuples(st.floats(0.05, 0.95), st.floats(0.05, 0.95))
    return chains.filter(lambda pair: pair[0] + pair[1] > 1.05 if above else pair[0] + pair[1] < 0.95)


def draw_points() -> Any:
    from hypothesis import strategies as st

    return st.tuples(st.floats(0.05, 0.95), st.floats(0.05, 0.95), st.floats(-0.9, 3))


def draw_minima() -> Any:
    from hypothesis import strategies as st

    return st.builds(lambda pair, seed: (*pair, seed), draw(True), st.integers(0, 10**6))


UNIGRAM = -(5 * math.log(5 / 13) + 8 * math.log(8 / 13)) / 13  # H(pi) of p = 0.5, q = 0.8
WINDOW, CLOSE, LEAST = 20, 0.01, 50


def configure(tied: bool, learning_rate: float, setting: Setting) -> dict[str, Any]:
    return {
        "source": "binary_markov(0.5,0.8)",
        "architecture": "Transformer",
        "sizes": {"vocabulary": 2, "context": 32, "width": 8, "layers": 1, "heads": 1, "tied": tied, "bias": True},
        "steps": 600,
        "batch": 32,
        "learning_rate": learning_rate,
        "seeds": [setting.seed + k for k in range(8 if setting.profile == "full" else 3)],
    }


@lru_cache(maxsize=4)  # two statements look at one training
def plateau(tied: bool, learning_rate: float, setting: Setting) -> Observation:
    """The longest run of steps with a loss, averaged over `WINDOW`, within `CLOSE` of H(pi); and the excess at the end.

    Mean over seeds with a 95 % interval, Student's t.
    """
    from semtheory.experiments.evaluation import excess
    from semtheory.experiments.runs import usable
    from semtheory.experiments.sources import named_source
    from semtheory.models import build, train

    made, device = configure(tied, learning_rate, setting), usable(setting.device)
    source = named_source(made["source"])
    lengths, ends = [], []
    for seed in made["seeds"]:
        model = build({"architecture": "Transformer", **made["sizes"]}, seed=seed)
        shape = {"steps": made["steps"], "batch": made["batch"], "learning_rate": learning_rate, "warmup": 0}
        trained = train(model, source, seed=seed, device=device, **shape)
        smooth = np.convolve(trained.losses, np.ones(WINDOW) / WINDOW, "valid")
        lengths.append(longest(np.abs(smooth - UNIGRAM) <= CLOSE))
        ends.append(float(excess(model, source, sequences=256).upper))
    details = {"device": device, "each seed": lengths, "excess at the end, upper ends": ends}
    mean = float(np.mean(lengths))
    half = float(stdtrit(len(lengths) - 1, 0.975) * np.std(lengths, ddof=1)) / math.sqrt(len(lengths))
    return Observation(mean, mean - half, mean + half, "steps", tuple(made["seeds"]), made, details)


def longest(near: Any) -> int:
    """The length of the longest run of true."""
    ends = np.flatnonzero(~np.concatenate([[False], near, [False]]))
    return int(np.diff(ends).max()) - 1


def passes(seen: Observation) -> str | None:
    """A plateau for every seed, and an end at the rate."""
    worst = max(seen.details["excess at the end, upper ends"])
    if not worst <= CLOSE:
        return f"ends up to {worst:.4f} nats above the exact optimum"
    shortest = min(seen.details["each seed"])
    return None if shortest >= LEAST else f"a plateau of {shortest} steps, not {LEAST}"


def stays(seen: Observation) -> str | None:
    """An end at H(pi), which is 0.047 nats above the optimum: never nearer to the optimum than 0.03."""
    nearest = min(seen.details["excess at the end, upper ends"])
    return None if nearest >= 0.03 else f"ends at most {nearest:.4f} nats above the exact optimum, H(pi) is 0.047 above"


def seen(text: str, check: Any, tied: bool = True, learning_rate: float = 1e-3, record: str | None = None) -> Observed:
    measure, configured = partial(plateau, tied, learning_rate), partial(configure, tied, learning_rate)
    return Observed(text, r"\hat L_k \approx H(\pi)\text{, then }H", measure, check, record, configured)


AR7 = Theorem(
    "AR7",
    title="One tied layer on a binary chain with p + q > 1: unigram a local minimum; training passes a plateau there",
    target="observed",
    steps=[
        Step(
            Derivative(
                "dL/dc, the slope in the coefficient of the last symbol",
                LOSS,
                "c",
                share1 * (exp(b + c) / (1 + exp(b + c)) - (1 - q)),
                facts=[p > 0, q > 0],
                latex=r"\partial_c L",
            ),
            "softmax minus what follows a 1",
        ),
    ],
    claims=[
        Identity(
            "dL/db = 0 at e^b = p/q, c = 0",
            share0 * (share1 - p) + share1 * (share1 - (1 - q)),
            sympy.Integer(0),
            facts=[p > 0, q > 0],
            latex=r"\partial_b L = 0",
        ),
        Identity(
            "dL/dc = pi_0 pi_1 (p + q - 1) at e^b = p/q, c = 0",
            share1 * (share1 - (1 - q)),
            share0 * share1 * (p + q - 1),
            facts=[p > 0, q > 0],
            latex=r"\partial_c L = \pi_0\pi_1(p+q-1)",
        ),
        Sign(
            "p + q > 1: c dL/dc >= 0 there for c >= 0, so no tied point of g > -1 lies below H(pi), L being convex in (b, c)",
            c * share0 * share1 * (p + q - 1),
            facts=[*CHAIN, p + q - 1 > 0, c >= 0],
            latex=r"L \ge H(\pi) + c\,\partial_c L \ge H(\pi)",
        ),
        Tested(
            "tied: at the constructed point the loss is H(pi), its gradient 0, its Hessian as stated",
            r"\nabla L = 0,\ \nabla_e^2 L = 2(1+g)\pi_0\pi_1(p+q-1)",
            landscape,
            draw=draw_points,
            instances=[(0.5, 0.8, 0.0)],
        ),
        Tested(
            "tied, p + q > 1, g > -1: no point drawn has a loss below H(pi)",
            r"L \ge H(\pi)",
            minimum,
            draw=draw_minima,
            instances=[(0.5, 0.8, 0), (0.9, 0.9, 1)],
        ),
        seen(
            f"tied, p + q > 1: training stays near H(pi) for {LEAST} steps or more, then ends within {CLOSE} nats of the optimum",
            passes,
            record="AR7/plateau",
        ),
    ],
    variants=[
        Variant(
            Tested(
                "tied, p + q < 1: no point drawn has a loss below H(pi)",
                r"p+q<1:\ L \ge H(\pi)",
                minimum,
                instances=[(0.2, 0.3, 0), (0.1, 0.2, 1)],
            ),
            why="the embedding then grows the right way: a saddle",
        ),
        Variant(
            Tested(
                "untied, p + q > 1: no point near by has a loss below H(pi)",
                r"a \ne e:\ L \ge H(\pi)",
                partial(minimum, tied=False),
                instances=[(0.5, 0.8, 0), (0.9, 0.9, 1)],
            ),
            why="<a, e> may be negative: a saddle",
        ),
        Variant(seen("tied, p + q > 1: training ends at H(pi)", stays), why="the minimum is a plateau, not a trap"),
        Variant(
            seen(
                f"untied: training stays near H(pi) for {LEAST} steps or more, then ends at the optimum",
                passes,
                tied=False,
            ),
            why="no plateau without tying",
        ),
        Variant(
            seen("tied, hardly any step: a plateau, then the optimum", passes, learning_rate=1e-7),
            why="nothing is learnt: it stays where it began",
        ),
    ],
    fidelity=Fidelity(
        "variant",
        source="Makkuva et al. 2024",
        paper="training dynamics of next-token prediction on Markov sources",
        differences="one gain in place of attention and feed-forward; the full architecture's training is observed, not proved",
    ),
)
