"""Files that appear under their name only when complete."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from semtheory.errors import SemtheoryError


def write_whole(path: str | Path, content: bytes) -> None:
    """The file holds either what it held before or all of `content`, whenever the process or the machine stops.

    Raises:
        SemtheoryError: it cannot be written, with the reason.
    """
    target = Path(os.path.realpath(path))
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)  # a temporary file is private; the result is as any other file
        os.replace(temporary, target)
    except BaseException as error:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)
        if isinstance(error, OSError):
            raise SemtheoryError(f"cannot write {path}: {error.strerror or error}; what was there is unchanged") from error
        raise
