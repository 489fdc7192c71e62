"""The relational database: SQLite or PostgreSQL, one engine, transactions that mean what they say.

SQLite runs in WAL mode with `synchronous=FULL`, so what is committed survives a power cut. Python's
driver opens transactions late and on its own; here it is switched to autocommit and SQLAlchemy's
`begin` says `BEGIN IMMEDIATE` for a writing transaction, so two writers queue instead of deadlocking.
Vendor exceptions end in `storage.database_errors.translated`.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from domain.errors import ConfigurationError
from storage.database_errors import translated

BUSY_TIMEOUT: Final = 15_000  # ms a SQLite writer waits for another one
CONNECT_TIMEOUT: Final = 5  # s PostgreSQL may take to answer
_KEY: Final = "database.url"


class Database:
    """One database. Opens nothing until it is first used; may be shared by threads."""

    def __init__(self, url: str) -> None:
        """`sqlite:///path` or `postgresql+psycopg://…`; raises ConfigurationError for any other."""
        self.url = _checked(url)
        self.engine = _postgresql(self.url) if self.is_postgresql else _sqlite(self.url)
        self._writer = self.engine.execution_options(pantau_writes=True)
        self._reader = self.engine
        if self.is_postgresql:  # a transaction of SQLite sees one state by itself
            self._reader = self.engine.execution_options(isolation_level="REPEATABLE READ")

    @property
    def is_postgresql(self) -> bool:
        """Whether a server is behind it; SQLite otherwise."""
        return self.url.get_backend_name() == "postgresql"

    @property
    def name(self) -> str:
        """The URL without its password, for messages."""
        return self.url.render_as_string(hide_password=True)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads, on one consistent state. Raises Unavailable."""
        with translated(self.name), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is durable when the block ends without an exception. Raises Unavailable, DiskFull."""
        with translated(self.name), self._writer.begin() as connection:
            yield connection

    def migrate(self) -> None:
        """Bring the tables to this program's version; safe when several processes do it at once.

        Raises ConfigurationError for a database written by a newer program, Unavailable while it is away.
        """
        from storage.schema_version import upgrade  # alembic is needed only here

        if not self.is_postgresql:
            with translated(self.name):
                Path(str(self.url.database)).parent.mkdir(parents=True, exist_ok=True)
        with translated(self.name):
            upgrade(self._writer, self.name)

    def close(self) -> None:
        """Close every connection; the database may be used again afterwards."""
        self.engine.dispose()


def _checked(text: str) -> URL:
    try:
        url = make_url(text)
    except ArgumentError:
        raise ConfigurationError.one("settings", _KEY, "this is no database URL") from None
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername == "sqlite" and url.database not in (None, "", ":memory:"):
        return url
    if url.drivername == "postgresql+psycopg":
        return url
    raise ConfigurationError.one(
        "settings",
        _KEY,
        f"{url.render_as_string(hide_password=True)} cannot be used; "
        "write sqlite:///path/to/file or postgresql+psycopg://user@host/name",
    )


def _postgresql(url: URL) -> Engine:
    return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": CONNECT_TIMEOUT})


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT / 1000})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # the driver no longer opens transactions of its own
    connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT}")
    _use_wal(connection)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _use_wal(connection: sqlite3.Connection) -> None:
    """SQLite does not wait for others when a file changes to the log, so programs that start at once wait here."""
    until = time.monotonic() + BUSY_TIMEOUT / 1000
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("pantau_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
