"""A file as text, where its lines are, and text whose every character remembers its place in the file."""

from __future__ import annotations

import codecs
from array import array
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from semtheory.errors import SemtheoryError

MOST_BYTES = 64 * 2**20
# Marks between the parts of a cleaned text, of the private use area. They cannot come from a file: `printable` replaces them there.
ROW, COLUMN, BREAK, REMARK = "\ue000", "\ue001", "\ue002", "\ue003"
ENDS = " \t\n\r\f,;" + REMARK  # what may stand around a formula
_CONTROL = {code: "\ufffd" for code in [*range(32), 0x7F, *range(0xE000, 0xE010)] if chr(code) not in "\t\n\r\f"}
_BLANK_MARKS = str.maketrans({ROW: " ", COLUMN: " ", BREAK: " "})


@dataclass(frozen=True)
class Source:
    """The text of a file; places in it are counted from 1."""

    name: str
    text: str

    @cached_property
    def _starts(self) -> array[int]:
        starts, at = array("q", [0]), self.text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = self.text.find("\n", at + 1)
        return starts

    def place(self, offset: int) -> tuple[int, int]:
        """(line, column) of a character."""
        line = bisect_right(self._starts, max(0, offset))
        return line, offset - self._starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line, without its end."""
        start, end = self.span(number)
        return self.text[start:end]

    def span(self, number: int) -> tuple[int, int]:
        """Where a line starts and ends."""
        start = self._starts[number - 1]
        end = self._starts[number] - 1 if number < len(self._starts) else len(self.text)
        return start, end

    @property
    def lines(self) -> int:
        return len(self._starts)


def read_source(path: str | Path) -> Source:
    """The text of a file in UTF-8, or UTF-16 with a mark. Raises `SemtheoryError` that says what is wrong with it."""
    try:
        size = Path(path).stat().st_size
        if size > MOST_BYTES:
            raise SemtheoryError(f"{path} has {size} bytes; at most {MOST_BYTES} are read. Check a part of it")
        data = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SemtheoryError(f"cannot read {path}: {reason}") from None
    return Source(str(path), decode(data, str(path)))


def decode(data: bytes, name: str) -> str:
    """Bytes as text with line ends `\\n`. Raises `SemtheoryError` with the place of the first byte that is no text."""
    encoding = "utf-8"
    for mark, marked in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if data.startswith(mark):
            data, encoding = data[len(mark) :], marked
            break
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SemtheoryError(
            f"{name}:{line}: byte {error.start} (0x{data[error.start]:02x}) is not {encoding.upper()}; save the file as UTF-8"
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def printable(text: str) -> str:
    """`text` without control characters, one for one."""
    return text.translate(_CONTROL)


@dataclass
class Clean:
    """Text to be parsed; character k comes from offset `origin[k]` of the file."""

    parts: list[str] = field(default_factory=list)
    last: str = ""  # the last character that is not blank
    origin: array[int] = field(default_factory=lambda: array("q"))

    def add(self, text: str, offset: int) -> None:
        """Text that stands in the file as it is here."""
        self._append(text)
        self.origin.extend(range(offset, offset + len(text)))

    def put(self, text: str, offset: int) -> None:
        """Text that one place of the file stands for."""
        self._append(text)
        self.origin.extend([offset] * len(text))

    def _append(self, text: str) -> None:
        self.parts.append(text)
        stripped = text.rstrip()
        if stripped:
            self.last = stripped[-1]

    @cached_property
    def text(self) -> str:
        """All of it; nothing may be added afterwards."""
        return "".join(self.parts)

    def offset(self, position: int) -> int:
        """The place in the file of a character of `text`."""
        if not self.origin:
            return 0
        return self.origin[position] if position < len(self.origin) else self.origin[-1] + 1


def without_marks(text: str) -> str:
    """`text` with a blank for each mark, the same length."""
    return text.translate(_BLANK_MARKS)
