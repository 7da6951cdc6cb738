"""Prediction is not intervention: transfer entropy neither shows nor misses an effect.

*A hidden common cause.* Z is a stream of fair bits, X_t = Z_t, Y_{t+1} = Z_t. X's past tells Y's next bit entirely: transfer entropy
and directed information are H(Y^n), (n - 1) log 2. But Y is made of Z: when X is replaced by a W drawn without a look at Z, Y does
not change, and W tells nothing of it.

*The other way.* X_t = Y_{t-1} and Y_{t+1} = X_t: X is known from Y's past, so both transfer entropy and directed information are 0
for every n, and yet Y_{t+1} is whatever X_t is set to: with W in place of X and V the output then, V_{t+1} = W_t, and W tells all of V but V_1.

*What is computed.* GC5 holds for every n, from the mechanisms alone. GC5.exact writes the two processes out, errors in the copies
allowed, as kernels over a few steps with rational probabilities; do(x) replaces the kernel of X, by a coin or by a set sequence, and
leaves the others. Transfer entropy, directed information and the laws of Y^n under every set sequence are exact.

*False:* "transfer entropy above 0 implies that setting x changes y", and its converse: each is refuted by one of the two processes.
Pearl 2009, chapter 1; Ay and Polani 2008.
"""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from semtheory import Distribution, Fidelity, Given, Theorem, Variant
from semtheory.logic.claim import InformationClaim
from semtheory.logic.counterexample import ClaimCounterexample
from semtheory.logic.exact import ExactLog, evaluate
from semtheory.logic.result import Deadline, Result
from semtheory.logic.tested import Tested
from semtheory.notation.linear import entropy

Past = dict[str, int]  # "X_2" -> its value
Kernel = Callable[[Past, int], Fraction]  # the past and the time -> P(value = 1)
ZERO, HALF = Fraction(0), Fraction(1, 2)


@dataclass(frozen=True)
class Process:
    """Streams of bits, drawn one after the other at every step, each from its kernel; X causes or does not, Y is looked at."""

    name: str
    kernels: dict[str, Kernel]

    def do(self, x: Kernel) -> "Process":
        """The same process with the kernel of X replaced, the others as they are."""
        return Process(f"{self.name} with X set", {**self.kernels, "X": x})

    def law(self, n: int) -> Distribution:
        """The law of the first n steps, all paths written out."""
        paths: list[tuple[Past, Fraction]] = [({}, Fraction(1))]
        for t in range(1, n + 1):
            for stream, kernel in self.kernels.items():
                after = []
                for past, mass in paths:
                    one = kernel(past, t)
                    after += [({**past, f"{stream}_{t}": v}, mass * p) for v, p in ((0, 1 - one), (1, one)) if p]
                paths = after
        names = list(paths[0][0])
        return Distribution(names, {tuple(past[name] for name in names): mass for past, mass in paths})


def copy(stream: str, lag: int, error: Fraction, first: Fraction = ZERO) -> Kernel:
    """The bit of `stream` `lag` steps ago, flipped with probability `error`; before there is one, 1 with probability `first`."""

    def kernel(past: Past, t: int) -> Fraction:
        return first if t <= lag else (1 - error if past[f"{stream}_{t - lag}"] else error)

    return kernel


def coin(one: Fraction) -> Kernel:
    return lambda past, t: one


def common_cause(bias: Fraction, seen: Fraction, made: Fraction) -> Process:
    """Z of independent bits, X_t = Z_t but for errors `seen`, Y_{t+1} = Z_t but for errors `made`, Y_1 = 0."""
    kernels = {"Z": coin(bias), "X": copy("Z", 0, seen), "Y": copy("Z", 1, made)}
    return Process(f"hidden cause, P(Z=1) = {bias}, errors {seen} in X, {made} in Y", kernels)


def echo(made: Fraction) -> Process:
    """X_1 = 0, Y_1 a fair bit, then X_t = Y_{t-1} and Y_{t+1} = X_t but for errors `made`."""
    kernels = {"X": copy("Y", 1, ZERO), "Y": copy("X", 1, made, first=HALF)}
    return Process(f"echo, errors {made} in Y", kernels)


COMMON, ECHO = common_cause(HALF, ZERO, ZERO), echo(ZERO)


def names(stream: str, last: int) -> set[str]:
    return {f"{stream}_{t}" for t in range(1, last + 1)}


def information(law: Distribution, a: Iterable[str], b: Iterable[str], c: Iterable[str] = ()) -> ExactLog:
    """I(a;b|c), exactly."""
    given = frozenset(c)
    total = dict(entropy(frozenset(a), given))
    for key, value in entropy(frozenset(a), given | frozenset(b)).items():
        total[key] = total.get(key, ZERO) - value
    return evaluate(total, {"p": law})


def flow(law: Distribution, n: int, present: bool) -> ExactLog:
    """sum_t I(X^t;Y_t|Y^{t-1}), or with X^{t-1} when the present is left out: directed information, transfer entropy."""
    total = ExactLog()
    for t in range(1, n + 1):
        total += information(law, names("X", t if present else t - 1), {f"Y_{t}"}, names("Y", t - 1))
    return total


def set_laws(process: Process, n: int) -> list[dict[tuple[int, ...], Fraction]]:
    """The law of Y^n under do(X^n = x), for every x."""
    every = itertools.product((0, 1), repeat=n)
    return [process.do(lambda past, t, x=x: Fraction(x[t - 1])).law(n).marginal(names("Y", n)) for x in every]  # type: ignore[misc]


def has_effect(process: Process, n: int) -> bool:
    laws = set_laws(process, n)
    return any(law != laws[0] for law in laws)


def pair(bias: Fraction, seen: Fraction, made: Fraction) -> ExactLog:
    """I(X_t;Y_{t+1}) of one bit seen twice: the table of four probabilities, written out."""
    table: dict[tuple[int, ...], Fraction] = {
        (x, y): sum(
            (p * (1 - seen if x == z else seen) * (1 - made if y == z else made) for z, p in ((0, 1 - bias), (1, bias))),
            ZERO,
        )
        for x in (0, 1)
        for y in (0, 1)
    }
    return information(Distribution(["x", "y"], table), {"x"}, {"y"})


def times(value: ExactLog, count: int) -> ExactLog:
    return ExactLog.build({base: count * c for base, c in value.terms}, count * value.constant)


Case = tuple[int, list[Fraction]]


def cause_without_effect(case: Case) -> str | None:
    """Transfer entropy and directed information are n - 1 times that of one pair; no set x changes the law of Y^n."""
    n, (bias, seen, made) = case
    process, one = common_cause(bias, seen, made), pair(bias, seen, made)
    law = process.law(n)
    for name, found in (("TE", flow(law, n, False)), ("DI", flow(law, n, True))):
        if not (found - times(one, n - 1)).is_zero:
            return f"{name} = {found}, not {n - 1} ({one})"
        informed = n > 1 and bias not in (0, 1) and HALF not in (seen, made)
        if found.sign() != (1 if informed else 0):
            return f"{name} = {found}: expected {'above 0' if informed else '0'}"
    if has_effect(process, n):
        return "setting x changes the law of Y^n"
    return None


def effect_without_cause(case: Case) -> str | None:
    """Both flows are 0; with X a fair coin they are (n - 1)(log 2 - h(error)), and the law of Y^n follows the set x."""
    n, (made, *_) = case
    process, coined = echo(made), echo(made).do(coin(HALF))
    one = pair(HALF, ZERO, made)  # a fair bit through a symmetric channel
    for present in (False, True):
        seen, done = flow(process.law(n), n, present), flow(coined.law(n), n, present)
        if not seen.is_zero or not (done - times(one, n - 1)).is_zero:
            return f"as observed {seen}, with a coin {done}, not 0 and {n - 1} ({one})"
    if has_effect(process, n) != (n > 1 and made != HALF):
        return f"has_effect: {has_effect(process, n)}"
    return None


def in_floats(case: Case) -> str | None:
    """The package's flows of the joint law of both processes, observed and with X a coin, agree with the exact ones."""
    import numpy as np

    from semtheory.measures import directed_information, transfer_entropy

    n, (bias, seen, made) = case
    for start in (common_cause(bias, seen, made), echo(made)):
        for process in (start, start.do(coin(HALF))):
            law = process.law(n)
            order = [f"{stream}_{t}" for t in range(1, n + 1) for stream in "XY"]
            joint = np.zeros((2,) * (2 * n))
            for outcome, mass in law.pmf.items():
                at = dict(zip(law.variables, outcome, strict=True))
                joint[tuple(at[name] for name in order)] += float(mass)
            for measure, present in ((directed_information, True), (transfer_entropy, False)):
                wanted, found = float(flow(law, n, present)), float(measure(joint))
                if abs(found - wanted) > 1e-12:
                    return f"{process.name}: {measure.__name__} {found!r}, exactly {wanted!r}"
    return None


def flow_implies_effect(process: Process) -> str | None:
    """The false form, and the exact numbers that break it."""
    n, law = 3, process.law(3)
    found = flow(law, n, False)
    if found.sign() > 0 and not has_effect(process, n):
        return f"n = 3: TE = {found}, DI = {flow(law, n, True)}; the law of Y^3 is the same under all 8 set sequences"
    return None


def effect_implies_flow(process: Process) -> str | None:
    """The false converse."""
    n, law = 3, process.law(3)
    found = flow(law, n, False)
    if has_effect(process, n) and found.is_zero:
        coined = flow(process.do(coin(HALF)).law(n), n, False)
        return f"n = 3: TE = {found}, DI = {flow(law, n, True)}; with x set by a fair coin TE = {coined}"
    return None


def draw() -> Any:
    from hypothesis import strategies as st

    chance = st.integers(0, 4).map(lambda k: Fraction(k, 4))
    return st.tuples(st.integers(1, 3), st.lists(chance, min_size=3, max_size=3))


class OnProcess(InformationClaim):
    """A claim that one process, written out at n = 3, makes false; the small checker judges that law like any other."""

    def __init__(self, claim: str, given: Iterable[str], law: Callable[[], Distribution]) -> None:
        super().__init__(claim, given)
        self.law = law

    def decide(self, *, seed: int = 0, deadline: Deadline | None = None) -> Result:
        from semtheory.logic.checker import check

        (relation,) = self.relations
        found = ClaimCounterexample(self.text, relation, tuple(self.givens), {"p": self.law()}, 3, self.horizon)
        check(found.to_json())
        return Result("refuted", self.text, "a process written out", counterexample=found)


def both(observed: Process, names_of: dict[str, str]) -> Distribution:
    """The process as observed beside an independent run of it with X a fair coin, its streams renamed."""
    first, second = observed.law(3), observed.do(coin(HALF)).law(3)
    renamed = [names_of.get(name[0], name[0] * 2) + name[1:] for name in second.variables]
    return Distribution(
        [*first.variables, *renamed],
        {a + b: p * q for a, p in first.pmf.items() for b, q in second.pmf.items()},
    )


def set_beside_cause() -> Distribution:
    """The hidden cause with X as observed and W a coin of its own: Y, made of Z, is the same in both worlds."""
    return Process("", {**COMMON.kernels, "W": coin(HALF)}).law(3)


MADE = "H(Y_t|Z^{t-1}) = 0 for t=1..n"
SHOWN = "H(Z_t|X_t) = 0 for t=1..n"
BY_HAND = "I(W^n;Z^n) = 0"
HEARD = "H(X_t|Y^{t-1}) = 0 for t=1..n"
OBEYS = "H(V_t|W^{t-1}) = 0 for t=2..n"
made = Given(MADE, met_by="Y_1 = 0, Y_{t+1} = Z_t", broken_by="Y_{t+1} is a coin, or made of W")
shown = Given(SHOWN, met_by="X_t = Z_t", broken_by="X is a constant")
by_hand = Given(BY_HAND, met_by="W drawn by a coin of its own", broken_by="W = Z: not set but observed")
heard = Given(HEARD, met_by="X_t = Y_{t-1}", broken_by="X a source of its own, Y_t = X_{t-1}")
obeys = Given(OBEYS, met_by="V_{t+1} = W_t: Y's kernel, with X set to W", broken_by="V is noise")

GC5 = Theorem(
    "GC5",
    title="Ladder of causation: transfer entropy without effect, effect without transfer entropy",
    depends=["DI6"],
    claims=[
        ("TE(X^n->Y^n) = DI(X^n->Y^n) = H(Y^n)", made, shown),
        ("I(W^n;Y^n) = 0", made, by_hand),
        ("TE(X^n->Y^n) = DI(X^n->Y^n) = 0", heard),
        ("TE(W^n->V^n) = H(V^n|V_1) <= DI(W^n->V^n)", obeys),
    ],
    variants=[
        Variant(
            OnProcess("TE(X^n->Y^n) <= I(W^n;Y^n)", (MADE, SHOWN, BY_HAND), set_beside_cause),
            why="transfer entropy above 0 would imply an effect: a hidden cause, n = 3: 2 log 2, and nothing with W in place of X",
        ),
        Variant(
            OnProcess(
                "TE(W^n->V^n) <= TE(X^n->Y^n)", (HEARD, OBEYS), lambda: both(ECHO, {"X": "W", "Y": "V"})
            ),
            why="an effect would imply transfer entropy: an echo, n = 3: 0 as observed, 2 log 2 with W in place of X",
        ),
    ],
    fidelity=Fidelity(
        "correction",
        source="Pearl 2009; Ay and Polani 2008",
        paper="Granger causality between tokens as causation",
        differences="prediction only; neither implication to an effect of setting a token holds. The claims assume the mechanisms, the kernel of X "
        "replaced, as equations; GC5.exact replaces the kernel itself",
    ),
)

GC5_EXACT = Theorem(
    "GC5.exact",
    title="Ladder of causation: both processes written out, the kernel of X replaced, all in exact numbers",
    target="tested",
    depends=["GC5"],
    claims=[
        Tested(
            "hidden cause, n <= 3: TE = DI = (n-1) I(X_t;Y_{t+1}) exactly, above 0 where the bit is seen; Y^n's law is the same under every do(x^n)",
            r"\mathrm{TE} = I(X^n \to Y^n) = (n-1)\, I(X_t;Y_{t+1}),\quad P(y^n \mid do(x^n)) = P(y^n)",
            cause_without_effect,
            draw,
            [(3, [HALF, ZERO, ZERO]), (4, [Fraction(1, 3), Fraction(1, 10), Fraction(1, 5)])],
        ),
        Tested(
            "echo, n <= 3: TE = DI = 0 exactly; with X a fair coin (n-1)(log 2 - h(error)); Y^n's law follows do(x^n) unless the error is 1/2",
            r"\mathrm{TE} = I(X^n \to Y^n) = 0,\quad do(\mathrm{coin}): (n-1)(\log 2 - h(e))",
            effect_without_cause,
            draw,
            [(3, [ZERO]), (4, [Fraction(1, 10)])],
        ),
        Tested(
            "the package's transfer entropy and directed information of these joint laws, observed and set, are the exact ones to 1e-12",
            r"\mathrm{TE},\; I(X^n \to Y^n)",
            in_floats,
            draw,
            [(3, [HALF, ZERO, ZERO])],
            examples=10,
        ),
    ],
    variants=[
        Variant(
            Tested(
                "transfer entropy above 0 implies that some do(x) changes the law of y",
                r"\mathrm{TE} > 0 \Rightarrow P(y \mid do(x)) \ne P(y \mid do(x'))",
                flow_implies_effect,
                instances=[ECHO, COMMON],
                show=lambda process: process.name,
            ),
            why="a hidden common cause",
        ),
        Variant(
            Tested(
                "a do(x) that changes the law of y implies transfer entropy above 0",
                r"P(y \mid do(x)) \ne P(y \mid do(x')) \Rightarrow \mathrm{TE} > 0",
                effect_implies_flow,
                instances=[COMMON, ECHO],
                show=lambda process: process.name,
            ),
            why="a copy of the past: X adds nothing to Y's past, until it is set",
        ),
    ],
    fidelity=GC5.fidelity,
)
