"""Make figures: from the cache or anew, in several processes, each file written whole."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass
from pathlib import Path

from semtheory.drawing.cache import key_of, read_entry, write_entry
from semtheory.drawing.catalogue import Listed, load_listed
from semtheory.drawing.contact import contact_page, contact_sheet
from semtheory.drawing.rendering import FORMATS, Standing, render, require_formats
from semtheory.errors import SemtheoryError
from semtheory.files import write_whole
from semtheory.workers import process_pool


@dataclass(frozen=True)
class Made:
    """A figure made: its files by name, whether they were kept from before, the seconds it took, and what is marked."""

    name: str
    title: str
    files: tuple[str, ...]
    cached: bool
    seconds: float
    not_verified: tuple[str, ...]
    picture: bytes  # PNG, for the contact sheet; empty where that format was not asked for


Progress = Callable[[Made, int, int], None]


def make_figures(
    entries: Sequence[Listed],
    out: Path,
    *,
    formats: Sequence[str] = FORMATS,
    profile: str = "quick",
    seed: int = 0,
    standing: Standing | None = None,
    cache: Path | None = None,
    jobs: int = 1,
    progress: Progress | None = None,
) -> list[Made]:
    """Write the files of `entries` and a contact sheet (contact.html, contact.png) to the folder `out`.

    Args:
        entries: of a `Catalogue`. out: made when it does not exist. formats: some of "svg", "pdf", "png".
        profile: "quick", "full" or "smoke". standing: of a run of verify; marks what it does not support.
        cache: a folder of figures made before; None to make all anew. jobs: processes.

    Raises:
        InputError: unknown formats or profile. SemtheoryError: a figure that cannot be made (named), or written.
    """
    chosen = require_formats(formats)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SemtheoryError(f"cannot write {out}: {error.strerror or error}; give another directory") from error
    made: list[Made] = []

    def done(one: Made) -> None:
        made.append(one)
        if progress:
            progress(one, len(made), len(entries))

    if jobs == 1 or len(entries) < 2:
        for entry in entries:
            done(make_one(entry, out, chosen, profile, seed, standing, cache))
    else:
        with process_pool(min(jobs, len(entries))) as pool:
            waiting = [pool.submit(_in_worker, e.origin, out, chosen, profile, seed, standing, cache) for e in entries]
            for future in as_completed(waiting):
                done(future.result())
    made.sort(key=lambda one: one.name)
    if made:
        write_whole(out / "contact.html", contact_page(made).encode())
        if all(one.picture for one in made):
            write_whole(out / "contact.png", contact_sheet([one.picture for one in made]))
    return made


def make_one(
    entry: Listed,
    out: Path,
    formats: Sequence[str],
    profile: str,
    seed: int,
    standing: Standing | None,
    cache: Path | None,
) -> Made:
    """One figure, from the cache where what it depends on is the same."""
    start = time.perf_counter()
    figure = entry.figure
    setting = figure.setting(profile, seed)
    key = key_of(entry, setting, formats, standing)
    files = read_entry(cache, key) if cache else None
    kept = files is not None
    if files is None:
        try:
            files = render(figure, setting, figure.data(setting), formats, standing)
        except SemtheoryError as error:
            raise type(error)(f"figure {figure.name}: {error}") from error
        if cache:
            _keep(cache, key, files)
    for name, content in files.items():
        write_whole(out / name, content)
    doubtful = standing.not_verified(figure.theorems) if standing else ()
    picture = files.get(f"{figure.name}.png", b"")
    return Made(figure.name, figure.title, tuple(files), kept, time.perf_counter() - start, doubtful, picture)


def _in_worker(
    origin: str,
    out: Path,
    formats: Sequence[str],
    profile: str,
    seed: int,
    standing: Standing | None,
    cache: Path | None,
) -> Made:
    return make_one(load_listed(origin), out, formats, profile, seed, standing, cache)


def _keep(cache: Path, key: str, files: dict[str, bytes]) -> None:
    try:
        write_entry(cache, key, files)
    except (OSError, SemtheoryError) as error:
        raise SemtheoryError(f"cannot keep figures in {cache}: {error}; use --no-cache") from error
