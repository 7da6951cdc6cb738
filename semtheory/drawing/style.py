"""One style for all figures: sizes for a two-column paper, colours that colour-blind readers tell apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe and Ito (2008), Color Universal Design.
BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
GREY = "#767676"
TRUTH: dict[str, Any] = {"color": BLUE, "lw": 1.4}  # a closed form or an exact curve
FALSE: dict[str, Any] = {"color": VERMILION, "lw": 1.2, "ls": (0, (4, 2))}  # a popular form that is wrong
BOUND: dict[str, Any] = {"color": BLACK, "lw": 1.0, "ls": (0, (1, 1.2))}
POINTS: dict[str, Any] = {"color": ORANGE, "marker": "o", "ms": 3.2, "ls": "none", "mec": BLACK, "mew": 0.4}
BAND: dict[str, Any] = {"alpha": 0.3, "lw": 0}

PARAMETERS: dict[str, Any] = {
    "font.family": "STIXGeneral",  # shipped with matplotlib, so that every machine draws the same
    "mathtext.fontset": "stix",
    "font.size": 8.5,
    "axes.titlesize": 8.5,
    "axes.labelsize": 8.5,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "legend.fontsize": 7.2,
    "legend.frameon": False,
    "legend.handlelength": 1.9,
    "legend.labelspacing": 0.3,
    "legend.borderaxespad": 0.3,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "lines.linewidth": 1.2,
    "lines.markersize": 3.2,
    "errorbar.capsize": 1.8,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "image.cmap": "cividis",
    "pdf.fonttype": 42,  # TrueType, embedded
    "svg.fonttype": "path",  # outlines: no reader lacks the font
    "svg.hashsalt": "semtheory",
    "path.simplify": False,
    "text.usetex": False,
}


def letter(axes: Axes, text: str, title: str = "") -> None:
    """Name a panel in its upper left corner, above the axes: "(a) title"."""
    axes.set_title(f"({text}) {title}".rstrip(), loc="left", pad=4)
