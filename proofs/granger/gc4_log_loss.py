"""Log-loss Granger causality: what the other stream's past takes off the best next-token loss is transfer entropy.

The least mean log-loss of predicting Y_t from what is known, K, is H(Y_t | K): a prediction q costs D(p||q) more (second claim,
for every kernel q, equality iff q = p). So the best loss without X's past, minus the best loss with it, is
H(Y_t|Y^{t-1}) - H(Y_t|Y^{t-1},X^{t-1}); summed, transfer entropy, for every n.

*Trained models* miss the best by divergences of their own: the measured difference is TE + KL_without - KL_with, of either sign (third
claim). A negative one is no negative information, but a worse fit of the larger model.

*Seen:* X is a sticky chain, and Y copies the last X with probability 0.9 ("driven"), or the last Y ("deaf", TE = 0). One Transformer reads Y
alone, one the pairs (X, Y). TE and both divergences are computed exactly on the test sequences, the loss difference from the tokens
drawn; they agree to four standard errors, whatever was learnt. Well trained, the difference is near TE; for a deaf Y and a model of
pairs that has barely begun it is negative.

*False:* that the measured difference is never negative; that it is TE itself, whatever was learnt; that it is directed information, which also counts the present of X.

Granger 1969 in log-loss; Barnett and Bossomaier 2012.
"""

from functools import lru_cache, partial
from typing import Any

import sympy

from semtheory import Fidelity, Theorem, Variant
from semtheory.logic.calculus import Identity, Sign
from semtheory.logic.expectation import Equality, Expectation
from semtheory.logic.observed import Observation, Observed, Setting

p, q = sympy.symbols("p q")
less, more, DL, DM = sympy.symbols("less more DL DM")

TRAINED, BARELY, ERRORS, NEAR = 250, 3, 4.0, 0.02
STICKY, COPIES = 0.2, 0.9


def configure(source: str, steps: int, setting: Setting) -> dict[str, Any]:
    full = setting.profile == "full"
    return {
        "source": source, "architecture": "Transformer", "context": 8, "width": 32 if full else 16, "layers": 2 if full else 1,
        "steps": [TRAINED * (4 if full else 1), steps * (4 if full and steps == TRAINED else 1)], "learning_rate": 1e-2,
        "batch": 64, "sequences": 4000, "seeds": [setting.seed],
    }  # fmt: skip


@lru_cache(maxsize=4)  # two claims look at one training
def losses(source: str, steps: int, setting: Setting) -> Observation:
    """Loss of Y without X's past minus with it, nats a token; the second model of (X, Y) is trained `steps` steps."""
    import numpy as np

    from semtheory.experiments.evaluation import divergences, exact_log_probabilities, model_log_probabilities
    from semtheory.experiments.runs import usable
    from semtheory.models import build, train
    from semtheory.processes import HiddenMarkov, MarkovChain

    made, device = configure(source, steps, setting), usable(setting.device)
    move = np.zeros((4, 4))  # pairs 2x + y
    for pair in range(4):
        for x in (0, 1):
            for y in (0, 1):
                parent = pair // 2 if source == "driven" else pair % 2
                keep, copy = 1 - STICKY if x == pair // 2 else STICKY, COPIES if y == parent else 1 - COPIES
                move[pair, 2 * x + y] = keep * copy
    both = MarkovChain(move, name="pairs")
    alone = HiddenMarkov([np.where(np.arange(4) % 2 == y, move, 0.0) for y in (0, 1)], name="Y alone")
    seed = made["seeds"][0]
    models = []
    for process, count in ((alone, made["steps"][0]), (both, made["steps"][1])):
        shape = {"vocabulary": process.symbols, "context": 8, "width": made["width"], "layers": made["layers"]}
        model = build({"architecture": "Transformer", **shape}, seed=seed)
        train(model, process, steps=count, learning_rate=made["learning_rate"], seed=seed, device=device)
        models.append(model)
    pairs = both.sample(8, seed + 1_000_003, made["sequences"])
    ys = pairs % 2

    def of_y(log_pairs: Any) -> Any:
        """Law of Y from that of the pair."""
        return np.logaddexp(log_pairs[..., :2], log_pairs[..., 2:])

    def own(logs: Any) -> Any:
        return np.take_along_axis(logs, ys[..., None], 2)[..., 0]

    exact_without, exact_with = exact_log_probabilities(alone, ys), of_y(exact_log_probabilities(both, pairs))
    without, knowing = model_log_probabilities(models[0], ys), of_y(model_log_probabilities(models[1], pairs))
    flow = divergences(exact_with, exact_without)  # its mean is TE: E D(P(Y|both pasts) || P(Y|own past))
    short = divergences(exact_without, without) - divergences(exact_with, knowing)
    measured = (own(knowing) - own(without)).mean(axis=1)
    gap = measured - (flow + short).mean(axis=1)
    count = len(gap)
    half = ERRORS * float(measured.std(ddof=1)) / count**0.5
    details = {
        "device": device, "transfer entropy": float(flow.mean()), "KL_without - KL_with": float(short.mean()),
        "gap": float(gap.mean()), "standard error of the gap": float(gap.std(ddof=1)) / count**0.5,
    }  # fmt: skip
    value = float(measured.mean())
    return Observation(value, value - half, value + half, "nats", (seed,), made, details)


def adds_up(seen: Observation) -> str | None:
    gap, allowed = seen.details["gap"], ERRORS * seen.details["standard error of the gap"]
    if allowed > NEAR:
        return f"standard errors of {allowed / ERRORS:.3g} nats: nothing can be told"
    return None if abs(gap) <= allowed else f"{gap:.4f} nats apart, more than {allowed:.4f}"


def near_flow(seen: Observation) -> str | None:
    flow = seen.details["transfer entropy"]
    return None if abs(seen.value - flow) <= NEAR else f"{seen.value:.4f} nats measured, transfer entropy {flow:.4f}"


def not_negative(seen: Observation) -> str | None:
    return None if seen.upper >= 0 else f"measured {seen.value:.4f} in [{seen.lower:.4f}, {seen.upper:.4f}] nats"


def seen(text: str, source: str, steps: int, check: Any, recorded: str | None = None) -> Observed:
    latex = r"\hat L_{\setminus X} - \hat L_X = \mathrm{TE} + \mathrm{KL}_{\setminus X} - \mathrm{KL}_X"
    configured = partial(configure, source, steps)
    return Observed(text, latex, partial(losses, source, steps), check, recorded, configured)


GC4 = Theorem(
    "GC4",
    title="Best next-token loss without minus with the other stream = transfer entropy",
    target="observed",
    depends=["F1", "DI6"],
    claims=[
        "TE(X^n->Y^n) = sum(t=1..n) H(Y_t|Y^{t-1}) - sum(t=1..n) H(Y_t|Y^{t-1},X^{t-1})",
        Expectation(
            "E[-log q(Y|K)] >= H(Y|K) for every kernel q, with equality only at q = p",
            sympy.log(p) - sympy.log(q),
            laws={"p": "Y|K", "q": "Y|K"},
            equality=Equality(p, q, {"p": q}),
            latex=r"\mathbb{E}[-\log q(Y|K)] \ge H(Y|K)",
        ),
        Identity(
            "(less + DL) - (more + DM) = (less - more) + DL - DM: measured = TE + KL_without - KL_with",
            (less + DL) - (more + DM),
            (less - more) + DL - DM,
            latex=r"\hat L_{\setminus X} - \hat L_X = \mathrm{TE} + \mathrm{KL}_{\setminus X} - \mathrm{KL}_X",
        ),
        seen("trained models: measured loss difference = TE + KL_without - KL_with", "driven", TRAINED, adds_up, "GC4/driven"),
        seen("barely trained models: measured loss difference = TE + KL_without - KL_with", "deaf", BARELY, adds_up, "GC4/deaf"),
        seen(f"trained models: the measured loss difference is within {NEAR} nats of TE", "driven", TRAINED, near_flow, "GC4/near"),
    ],
    variants=[
        Variant(
            Sign(
                "the measured difference (less - more) + DL - DM is >= 0 for less >= more",
                (less - more) + DL - DM,
                facts=[less - more >= 0, more >= 0, DL >= 0, DM >= 0],
            ),
            why="a larger model that fits worse",
        ),
        Variant(
            "DI(X^n->Y^n) = sum(t=1..n) H(Y_t|Y^{t-1}) - sum(t=1..n) H(Y_t|Y^{t-1},X^{t-1})",
            why="directed information also counts what X_t tells Y_t within the step",
        ),
        Variant(
            seen("the measured loss difference of two Transformers is never negative", "deaf", BARELY, not_negative),
            why="Y ignores X, and the model of pairs has barely begun",
        ),
        Variant(
            seen(
                f"learnt or not, the measured loss difference is within {NEAR} nats of TE", "driven", BARELY, near_flow
            ),
            why="the model of pairs has barely begun",
        ),
    ],
    fidelity=Fidelity(
        "variant",
        source="Barnett and Bossomaier 2012",
        paper="next-token prediction measures Granger causality between token streams",
        differences="best predictors, exactly; trained models add divergences of either sign, and are tiny Transformers",
    ),
)
