"""What a figure is: the theorems it shows, a function that computes its data, and one that draws them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

from semtheory.drawing.tables import Tables
from semtheory.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

Profile = Literal["smoke", "quick", "full"]
PROFILES: tuple[str, ...] = get_args(Profile)
WIDTHS = {"column": 3.35, "page": 6.9}  # inches, of a two-column paper
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Setting:
    """How much to compute: `setting["points"]` is the value that the figure's configuration gives in this profile.

    Attributes:
        profile: "quick" (the default of the command), "full" (of the paper), or "smoke" (as little as still draws; for tests).
        seed: of every random choice. values: the configuration.
    """

    profile: Profile
    seed: int
    values: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        if name not in self.values:
            raise InputError(f"no {name!r} in the configuration of the figure; it has {', '.join(self.values)}")
        return self.values[name]


@dataclass(frozen=True)
class Figure:
    """A figure of the paper.

    Args:
        name: of the files; that of its module. title: one line.
        theorems: ids of the theorems it shows; when one fails the figure is marked.
        data: computes the tables, whose names and columns are the figure's own.
        draw: draws them on an empty matplotlib figure of the right size. It computes nothing: what is seen is in the tables.
        configuration: JSON-able values for `data`. full, smoke: what differs in these profiles.
        width: "column" (3.35 in) or "page" (6.9 in). height: inches.
        caption: what is seen, in a few sentences.

    Raises:
        InputError: a name that is no file name, an unknown width, a profile that names what the configuration has not.
    """

    name: str
    title: str
    theorems: tuple[str, ...]
    data: Callable[[Setting], Tables]
    draw: Callable[[Canvas, Tables], None]
    configuration: Mapping[str, Any] = field(default_factory=dict)
    full: Mapping[str, Any] = field(default_factory=dict)
    smoke: Mapping[str, Any] = field(default_factory=dict)
    width: str = "column"
    height: float = 2.4
    caption: str = ""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise InputError(f"figure {self.name!r}: expected a name of small letters, digits and underscores")
        if self.width not in WIDTHS:
            raise InputError(f"figure {self.name}: width {self.width!r}, expected one of {', '.join(WIDTHS)}")
        for extra in (self.full, self.smoke):
            for name in extra:
                if name not in self.configuration:
                    raise InputError(f"figure {self.name}: {name!r} of a profile is not in its configuration")

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in inches."""
        return WIDTHS[self.width], self.height

    def setting(self, profile: str = "quick", seed: int = 0) -> Setting:
        """The setting of a profile. Raises `InputError` for an unknown one."""
        if profile not in PROFILES:
            raise InputError(f"profile {profile!r}: expected one of {', '.join(PROFILES)}")
        changes = {"smoke": self.smoke, "full": self.full}.get(profile, {})
        return Setting(cast(Profile, profile), seed, {**self.configuration, **changes})
