"""Results of runs in one SQLite file: each known by the hash of its full configuration, written once, for good.

Write-ahead log and full synchronisation: what was added is there after a kill or a crash, and several processes may add at once.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import sqlite3
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

from semtheory.errors import StoreError
from semtheory.experiments.runs import key_of

_SCHEMA = 1
_APPLICATION = 0x53454D54  # "SEMT": whose file it is
_TABLE = "CREATE TABLE IF NOT EXISTS runs (key TEXT PRIMARY KEY, configuration TEXT NOT NULL, result TEXT NOT NULL) WITHOUT ROWID"
_CLAIMS = "CREATE TABLE IF NOT EXISTS claims (key TEXT PRIMARY KEY, owner TEXT NOT NULL, until REAL NOT NULL) WITHOUT ROWID"
LEASE = 30.0  # seconds for which a claim holds, unless it is renewed


class Store:
    """A file of results; a context manager.

    Args:
        path: made when it is not there. patience: seconds to wait for another process that writes.

    Raises:
        StoreError: not a store of results, damaged, of a newer version, or not to be written.
    """

    def __init__(self, path: str | Path, patience: float = 60.0) -> None:
        self.path, self._patience = Path(path), patience
        self._owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(8)}"
        if not self.path.parent.is_dir():
            raise StoreError(f"store {path}: there is no directory {self.path.parent}; make it first")
        with self._told():
            self._connection = sqlite3.connect(self.path, timeout=patience, isolation_level=None)
        try:
            with self._told():
                self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def _prepare(self) -> None:
        ask = self._connection.execute
        ask("BEGIN IMMEDIATE")  # another process may be making the same store: the four looks must see one state of it
        owner, version = ask("PRAGMA application_id").fetchone()[0], ask("PRAGMA user_version").fetchone()[0]
        tables = [row[0] for row in ask("SELECT name FROM sqlite_master WHERE type = 'table'")]
        if tables and owner != _APPLICATION:
            raise StoreError(f"store {self.path}: an SQLite file of another program; give another path")
        if version > _SCHEMA:
            raise StoreError(
                f"store {self.path}: written by a newer semtheory (schema {version}, this one knows {_SCHEMA})"
            )
        if not tables:
            ask(_TABLE)
            ask(f"PRAGMA application_id = {_APPLICATION}")
            ask(f"PRAGMA user_version = {_SCHEMA}")
        ask(_CLAIMS)
        ask("COMMIT")
        self._write_ahead()
        ask("PRAGMA synchronous = FULL")
        found = ask("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise self._damaged(found)

    def _write_ahead(self) -> None:
        """Journal ahead of the data. SQLite itself does not wait here when another process holds the file: so this does."""
        until = time.monotonic() + self._patience
        while True:
            try:
                self._connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
                time.sleep(0.01)
            else:
                return

    def add(self, configuration: Mapping[str, Any], result: Mapping[str, Any]) -> bool:
        """Keep a result; False when that configuration had one already, which then stays."""
        row = (
            key_of(configuration),
            json.dumps(dict(configuration), sort_keys=True),
            json.dumps(dict(result), sort_keys=True),
        )
        with self._told():
            added = self._connection.execute("INSERT OR IGNORE INTO runs VALUES (?, ?, ?)", row).rowcount == 1
            self._connection.execute("DELETE FROM claims WHERE key = ?", row[:1])
            return added

    def claim(self, configuration: Mapping[str, Any]) -> bool:
        """Whether this run is ours to make, for `LEASE` seconds from now: no result yet, and no other process at it.

        A claim that was not renewed, or whose process on this machine is gone, is free again.
        """
        key, now = key_of(configuration), time.time()
        with self._told():
            ask = self._connection.execute
            ask("BEGIN IMMEDIATE")
            try:
                taken = ask("SELECT owner FROM claims WHERE key = ? AND until > ?", (key, now)).fetchone()
                free = taken is None or taken[0] == self._owner or not _alive(taken[0])
                free = free and ask("SELECT 1 FROM runs WHERE key = ?", (key,)).fetchone() is None
                if free:
                    ask("INSERT OR REPLACE INTO claims VALUES (?, ?, ?)", (key, self._owner, now + LEASE))
            finally:
                ask("COMMIT")
            return free

    def release(self, configuration: Mapping[str, Any]) -> None:
        """Give a claim of ours back."""
        with self._told():
            self._connection.execute("DELETE FROM claims WHERE key = ? AND owner = ?", (key_of(configuration), self._owner))

    def get(self, configuration: Mapping[str, Any]) -> dict[str, Any] | None:
        """The result of a configuration, or None."""
        with self._told():
            ask = self._connection.execute("SELECT result FROM runs WHERE key = ?", (key_of(configuration),))
            row = ask.fetchone()
            return None if row is None else self._result(row[0])

    def __iter__(self) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Every (configuration, result), in the order of the keys. Raises `StoreError` for a row that does not fit its key."""
        with self._told():
            rows = self._connection.execute("SELECT key, configuration, result FROM runs ORDER BY key").fetchall()
            for key, configuration, result in rows:
                known = json.loads(configuration)
                if key_of(known) != key:
                    raise self._damaged(f"the configuration under {key[:12]} has another hash")
                yield known, self._result(result)

    def __len__(self) -> int:
        with self._told():
            return int(self._connection.execute("SELECT count(*) FROM runs").fetchone()[0])

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """What SQLite raises, in words."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise StoreError(
                f"store {self.path}: {error}; is the place writable, with room, and no other program holding it?"
            ) from error
        except (sqlite3.DatabaseError, ValueError) as error:
            raise self._damaged(str(error)) from error

    def _result(self, text: str) -> dict[str, Any]:
        result = json.loads(text)
        if not isinstance(result, dict):
            raise self._damaged(f"a result is {text[:40]}, not an object")
        return result

    def _damaged(self, why: str) -> StoreError:
        return StoreError(
            f"store {self.path} is damaged or no store: {why}; move it away and run the sweep again, which makes a new one"
        )


def _alive(owner: str) -> bool:
    """Whether the process that claimed a run may still be at it; of another machine nothing is known."""
    machine, process, _ = owner.rsplit(":", 2)
    if machine != socket.gethostname() or os.name != "posix":
        return True
    with contextlib.suppress(PermissionError):  # another user's
        try:
            os.kill(int(process), 0)
        except ProcessLookupError:
            return False
    return True
