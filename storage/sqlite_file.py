"""An SQLite file in WAL mode: one writer at a time, any number of readers, errors in our own words."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from domain.errors import ConfigurationError, DiskFull, PantauError, Unavailable

BUSY_TIMEOUT = 10_000  # ms a writer waits for the writer of another process
OPEN_TRIES = 40
IDLE_KEPT = 16  # connections; each may hold `cache_kib` of pages
ROOM_NEEDED = 1 << 20  # bytes; an I/O error with less room than this is a full disk
_PRIMARY = 0xFF  # the low byte of an extended SQLite result code


@dataclass(frozen=True)
class Layout:
    """What a file must look like. `version` is its format; a newer one is refused, never guessed at.

    `page_size` in bytes and `wal_pages` (pages between checkpoints) decide how much is written to the disk.
    """

    schema: str
    application_id: int
    version: int
    page_size: int = 4096
    wal_pages: int = 1000
    cache_kib: int = 8192
    max_pages: int | None = None


class SqliteFile:
    """Connections to one file. Connections are lent out, so threads may come and go."""

    def __init__(self, path: Path, layout: Layout) -> None:
        self.path = Path(path)
        self._layout = layout
        self._idle: list[sqlite3.Connection] = []
        self._guard = threading.Lock()
        self._write_lock = threading.Lock()
        self._closed = False
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._writer = self._open_first()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, committed at the end or wholly undone. Raises DiskFull or Unavailable."""
        with self._write_lock:
            self._refuse_when_closed()
            connection = self._writer
            try:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
            except BaseException as error:
                self._undo(connection)
                if isinstance(error, sqlite3.Error):
                    raise self.explain(error) from error
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A consistent view of the file; never waits for the writer."""
        connection = self._borrow()
        try:
            connection.execute("BEGIN")
            yield connection
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._undo(connection)
            raise self.explain(error) from error
        except BaseException:
            self._undo(connection)
            raise
        finally:
            self._give_back(connection)

    def close(self) -> None:
        """Close every connection. Safe to call twice."""
        with self._write_lock, self._guard:
            if self._closed:
                return
            self._closed = True
            for connection in [*self._idle, self._writer]:
                connection.close()
            self._idle.clear()

    def explain(self, error: sqlite3.Error) -> PantauError:
        """SQLite's error in our own terms, naming the file."""
        code = getattr(error, "sqlite_errorcode", None)
        primary = None if code is None else code & _PRIMARY
        if primary == sqlite3.SQLITE_FULL or (primary == sqlite3.SQLITE_IOERR and self._no_room()):
            return DiskFull(f"{self.path}: no space left on the disk; nothing was kept of the last write")
        if primary in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            return Unavailable(f"{self.path}: the file is damaged ({error}); restore it from a backup")
        return Unavailable(f"{self.path}: {error}")

    def _no_room(self) -> bool:
        state = os.statvfs(self.path.parent)
        return state.f_bavail * state.f_frsize < ROOM_NEEDED

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise Unavailable(f"{self.path}: closed")

    def _borrow(self) -> sqlite3.Connection:
        with self._guard:
            self._refuse_when_closed()
            if self._idle:
                return self._idle.pop()
        try:
            return self._connect()
        except sqlite3.Error as error:
            raise self.explain(error) from error

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._guard:
            if self._closed or len(self._idle) >= IDLE_KEPT:
                connection.close()
            else:
                self._idle.append(connection)

    @staticmethod
    def _undo(connection: sqlite3.Connection) -> None:
        """Roll back if SQLite has not done so itself; what went wrong is already being told."""
        try:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        except sqlite3.Error:
            return

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT}",
            f"page_size={self._layout.page_size}",
            "journal_mode=WAL",
            "synchronous=FULL",
            f"wal_autocheckpoint={self._layout.wal_pages}",
            f"cache_size=-{self._layout.cache_kib}",
            f"journal_size_limit={64 << 20}",
            "temp_store=MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")
        if self._layout.max_pages is not None:
            connection.execute(f"PRAGMA max_page_count={self._layout.max_pages}")
        return connection

    def _open_first(self) -> sqlite3.Connection:
        """Open, and make the tables in a new file. Two processes may do so at the same moment."""
        for attempt in range(OPEN_TRIES):
            try:
                connection = self._connect()
                self._prepare(connection)
                return connection
            except sqlite3.Error as error:
                primary = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
                if primary == sqlite3.SQLITE_NOTADB:
                    raise ConfigurationError.one(
                        self.path, "", "is not a Pantau file: it is no SQLite database; move it away"
                    ) from error
                if primary != sqlite3.SQLITE_BUSY or attempt == OPEN_TRIES - 1:
                    raise self.explain(error) from error
                time.sleep(0.05)
        raise AssertionError("unreachable")

    def _prepare(self, connection: sqlite3.Connection) -> None:
        layout = self._layout
        mark = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if mark == layout.application_id and version == layout.version:
            return
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if mark != layout.application_id and (tables or mark):
            raise ConfigurationError.one(self.path, "", "is another program's database; name another file")
        if version > layout.version:
            raise ConfigurationError.one(
                self.path, "", f"has format {version}, this Pantau knows up to {layout.version}; install a newer one"
            )
        connection.executescript(
            f"BEGIN IMMEDIATE; {layout.schema}; PRAGMA application_id={layout.application_id};"
            f" PRAGMA user_version={layout.version}; COMMIT;"
        )
