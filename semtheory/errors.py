"""What goes wrong, said so that the reader can mend it: the value, what was expected, what to do."""

from __future__ import annotations


class SemtheoryError(Exception):
    """Base of every error that a user can cause; the command line prints it without a traceback and exits 2."""


class ClaimError(SemtheoryError):
    """A claim or an assumption that cannot be read, with the place in the text.

    Args:
        message: what is wrong.
        text: the whole source text.
        position: offset of the offending character in `text`, or None when no single place is to blame.
        expected: what would have been accepted there.
    """

    def __init__(self, message: str, text: str = "", position: int | None = None, expected: str = "") -> None:
        self.message, self.text, self.position, self.expected = message, text, position, expected
        super().__init__(str(self))

    def __str__(self) -> str:
        lines = [self.message]
        if self.text and self.position is not None:
            before = self.text[: self.position]
            start = before.rfind("\n") + 1
            end = self.text.find("\n", self.position)
            line = self.text[start : end if end >= 0 else len(self.text)]
            lines += [f"  {line}", "  " + " " * (self.position - start) + "^"]
        if self.expected:
            lines.append(f"expected {self.expected}")
        return "\n".join(lines)


class GivenError(SemtheoryError):
    """Assumptions that contradict each other, or name something that does not occur in the claim."""


class CertificateError(SemtheoryError):
    """A certificate that the checker does not accept, with the line that is wrong."""


class NotRedone(CertificateError):
    """A ball computation that cannot be repeated here because python-flint is missing; neither accepted nor wrong."""


class UnknownTheorem(SemtheoryError):
    """No theorem of that name; carries the nearest names."""


class TheoremError(SemtheoryError):
    """A theorem module that does not say what a theorem must say."""


class TimedOut(SemtheoryError):
    """The time allowed for an answer is over; never an answer by itself."""


class InputError(SemtheoryError, ValueError):
    """An array or a number that is not what it should be: its name, its value, what was expected, what to do."""


class MissingExtra(SemtheoryError):
    """Something optional that is not installed; the message has the command that installs it."""


class RecordError(SemtheoryError):
    """An observation, or a record of one, that is damaged or cannot be kept; what is wrong and how to make it again."""


class StoreError(SemtheoryError):
    """A store of results that cannot be opened, read or written; its path and what to do."""


class TrainingStopped(SemtheoryError):
    """The loss is no longer a number: at which step, and where the last good checkpoint is."""
