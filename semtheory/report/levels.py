"""How each level looks: one table from which the graph, the badges, the legend and the style sheet are made.

The hues are those of Okabe and Ito (2008), told apart by colour-blind readers too; a letter says the same again.
"""

from __future__ import annotations

from dataclasses import dataclass

from semtheory.logic.evidence import LEVELS, MEANING, Level


@dataclass(frozen=True)
class Look:
    """Letter and colours of a level: `line` and `fill` by day, `line_dark` and `fill_dark` by night."""

    letter: str
    line: str
    fill: str
    line_dark: str
    fill_dark: str


LOOKS: dict[Level, Look] = {
    "proved": Look("P", "#00704f", "#d5efe5", "#35c298", "#0c3a2d"),
    "enclosed": Look("E", "#005a96", "#d6e8f7", "#5fb2ea", "#0d3352"),
    "tested": Look("T", "#2c7896", "#e2f4fc", "#86cdf0", "#173d4e"),
    "observed": Look("O", "#96487a", "#f7e1ee", "#e39cc6", "#49223b"),
    "cited": Look("C", "#8a5a00", "#fbe9c6", "#efb13c", "#46320c"),
    "undecided": Look("?", "#5f5f5f", "#e9e9e9", "#b5b5b5", "#3a3a3a"),
    "refuted": Look("✗", "#b03a00", "#fbded0", "#ff8a55", "#55240e"),
}


def legend() -> list[dict[str, str]]:
    """The levels, strongest first, with letter and meaning."""
    return [{"level": level, "letter": LOOKS[level].letter, "meaning": MEANING[level]} for level in LEVELS]


def style() -> str:
    """The colours as custom properties of the page, by day and by night, and the classes that use them."""
    day = "".join(f"--{level}-line:{look.line};--{level}-fill:{look.fill};" for level, look in LOOKS.items())
    night = "".join(
        f"--{level}-line:{look.line_dark};--{level}-fill:{look.fill_dark};" for level, look in LOOKS.items()
    )
    classes = "".join(
        f".level-{level}{{--line:var(--{level}-line);--fill:var(--{level}-fill)}}\n"
        f".own-{level}{{--own:var(--{level}-line)}}\n"
        for level in LEVELS
    )
    return (
        f":root{{{day}}}\n@media screen and (prefers-color-scheme: dark){{:root:not([data-theme=light]){{{night}}}}}\n"
        f"@media screen{{:root[data-theme=dark]{{{night}}}}}\n{classes}"
    )
