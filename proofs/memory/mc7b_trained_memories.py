"""Bits that tiny trained models memorise, a Transformer and a Mamba of three sizes each, and their plateau.

Trained on n strings of 16 uniform random tokens of 16 (`semtheory.experiments.memorisation`), one layer, Adam. Recorded: 32, 128 and 512 strings. With few strings nearly all is memorised;
with more the bits stop growing while the data grow fourfold, and the plateau grows with the number of parameters: 1.3 to 1.9 bits each at 512 strings (up to 2.2 at 128). Of n different strings at most
n (T log2 V - log2 n) bits can be memorised, since their probabilities under one law add up to at most 1, so the mean of -log2 of them is at least log2 n: 1888 of 2048 for n = 32, of which the larger models
reach all but 2. Every row is held to that count; where it is nearly reached, probabilities that add up to more than 1 would show.

Beside it, from the literature and not measured here: 2 bits per parameter for facts (Allen-Zhu and Li 2024), 3.6 for random strings (Morris et al. 2025), both after far longer training of far
larger models. Ours are lower bounds on what these architectures can hold: training stops after a fixed number of steps.

*Limits.* One seed a size; the interval is the range over the sizes. *False:* memorised bits grow with the data; they exceed the data.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

from semtheory import Fidelity, Theorem, Variant
from semtheory.logic.observed import Observation, Observed, Setting

PLATEAU = r"\text{memorised bits} \to \text{a plateau that grows with the parameters}"
TITLES = {"transformer": "a Transformer", "mamba": "a Mamba"}


def configuration(architecture: str) -> Callable[[Setting], dict[str, Any]]:
    """What a run uses: the full one is recorded, the quick one takes a few seconds."""

    def configure(setting: Setting) -> dict[str, Any]:
        full = setting.profile == "full"
        return {
            "architecture": architecture,
            "widths": [8, 12, 16] if full else [8],
            "strings": [32, 128, 512] if full else [8, 32],
            "steps": 2500 if full else 120,
            "vocabulary": 16,
            "length": 16,
            "seed": setting.seed,
        }

    return configure


@cache
def table(architecture: str, profile: str, seed: int) -> tuple[Any, ...]:
    """The trained models of a setting; the claim and the variant look at the same ones."""
    from semtheory.experiments.memorisation import memorisation_table

    wanted = configuration(architecture)(Setting(profile, seed=seed))
    sizes = {name: wanted[name] for name in ("steps", "vocabulary", "length", "seed")}
    return tuple(memorisation_table([architecture], wanted["widths"], wanted["strings"], **sizes))


def measure(architecture: str) -> Callable[[Setting], Observation]:
    """Bits per parameter at the largest number of strings: mean over the sizes, and their range."""

    def run(setting: Setting) -> Observation:
        wanted = configuration(architecture)(setting)
        rows = table(architecture, setting.profile, setting.seed)
        last = [row.per_parameter for row in rows if row.strings == wanted["strings"][-1]]
        return Observation(
            sum(last) / len(last), min(last), max(last), "bits per parameter", (setting.seed,), wanted,
            {"rows": [row.to_json() for row in rows], "device": "cpu"},
        )  # fmt: skip

    return run


def curves(observation: Observation) -> dict[int, list[dict[str, Any]]]:
    """The rows of each width, by rising number of strings."""
    found: dict[int, list[dict[str, Any]]] = {}
    for row in observation.details["rows"]:
        found.setdefault(row["width"], []).append(row)
    return {width: sorted(rows, key=lambda row: row["strings"]) for width, rows in sorted(found.items())}


def within_the_counts(observation: Observation) -> str | None:
    """Some memory, not more than one law can hold of n different strings, nor than 32-bit parameters hold."""
    for row in observation.details["rows"]:
        most = row["data_bits"] - row["strings"] * math.log2(row["strings"])
        if not 0 < row["bits"] <= min(most, 32 * row["parameters"]):
            return f"width {row['width']}, {row['strings']} strings: {row['bits']:.1f} bits, at most {most:.1f} in {row['strings']} different strings; {row['parameters']} parameters"
    return None


def plateau(observation: Observation) -> str | None:
    """From the second to the last number of strings the data grow fourfold, the bits by less than a half; larger models hold more."""
    found = within_the_counts(observation)
    if found is not None:
        return found
    ends = []
    for width, rows in curves(observation).items():
        if len(rows) < 3:
            return f"width {width}: {len(rows)} numbers of strings, a plateau needs three"
        before, after = rows[-2]["bits"], rows[-1]["bits"]
        if after > 1.5 * before:
            return f"width {width}: {before:.0f} bits of {rows[-2]['strings']} strings, {after:.0f} of {rows[-1]['strings']}: no plateau"
        ends.append(max(row["bits"] for row in rows))
    return None if ends == sorted(ends) else f"larger models hold less: {[round(bits) for bits in ends]} bits"


def grows_with_data(observation: Observation) -> str | None:
    """The share of the data that is memorised stays the same as the data grow."""
    for width, rows in curves(observation).items():
        first, last = (rows[k]["bits"] / rows[k]["data_bits"] for k in (0, -1))
        if last < 0.8 * first:
            return f"width {width}: {first:.0%} of {rows[0]['strings']} strings, {last:.0%} of {rows[-1]['strings']}"
    return None


def recorded(architecture: str) -> Observed:
    """The plateau needs three numbers of strings and long training: from the record, or a fresh run."""
    text = f"bits memorised by {TITLES[architecture]} reach a plateau as the data grow; larger ones hold more"
    configure = configuration(architecture)
    return Observed(
        text, PLATEAU, measure(architecture), plateau, recorded=f"MC7b/{architecture}", configure=configure, quick=False
    )


def small(architecture: str, text: str, latex: str, check: Callable[[Observation], object | None]) -> Observed:
    """Trained now, in a few seconds, in every profile."""
    return Observed(text, latex, lambda setting: measure(architecture)(Setting("quick", "cpu", setting.seed)), check)


MC7b = Theorem(
    "MC7b",
    title="Bits per parameter of tiny Transformers and Mambas on random tokens, and their plateau",
    target="observed",
    depends=["MC7"],
    claims=[
        *(recorded(name) for name in TITLES),
        *(
            small(
                name,
                f"{title} of width 8 memorises some bits, no more than n (T log2 V - log2 n) of n different strings, nor 32 a parameter",
                r"0 < \text{bits} \le \min(n(T\log_2 V - \log_2 n), 32 k)",
                within_the_counts,
            )
            for name, title in TITLES.items()
        ),
    ],
    variants=[
        Variant(
            small("mamba", "a Mamba memorises the same share of its data however much there is", r"\text{bits} \propto n", grows_with_data),
            why="32 strings are more than it takes in",
        ),
    ],
    fidelity=Fidelity("variant", source="Morris et al. 2025; Allen-Zhu and Li 2024", paper="memory capacity of language models", differences="models of about a thousand parameters, 16 tokens; fixed number of steps, so a lower bound on what they can hold"),
)  # fmt: skip
