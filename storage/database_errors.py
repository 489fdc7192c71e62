"""What drivers raise, said in Pantau's own errors. Nothing of SQLAlchemy leaves `storage`."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError

from domain.errors import Conflict, DiskFull, Invalid, PantauError, Unavailable

PG_DISK_FULL: Final = "53100"  # PostgreSQL appendix A, class 53


@contextmanager
def translated(name: str) -> Iterator[None]:
    """Turn a driver's exception into ours; `name` is the database without its password."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise _ours(error, name) from error
    except UnicodeEncodeError as error:
        raise Invalid(f"text that cannot be stored: {error.reason}") from error
    except OSError as error:
        full = error.errno == errno.ENOSPC
        raise (DiskFull if full else Unavailable)(f"{name}: {error.strerror or error}") from error


def _ours(error: SQLAlchemyError | sqlite3.Error, name: str) -> PantauError:
    cause = error.orig if isinstance(error, DBAPIError) else error
    said = f"{name}: {cause or error}".strip()
    if _is_full(cause):
        return DiskFull(said)
    if isinstance(error, IntegrityError):
        return Conflict(said, present="changed by somebody else")
    if isinstance(error, DataError):
        return Invalid(said)
    return Unavailable(said)


def _is_full(cause: BaseException | None) -> bool:
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return getattr(cause, "sqlstate", None) == PG_DISK_FULL
