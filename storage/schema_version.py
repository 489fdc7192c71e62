"""Migrations, run by the program itself from `storage/migrations`; no alembic.ini is needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from domain.errors import ConfigurationError

MIGRATIONS: Final = Path(__file__).parent / "migrations"
_LOCK: Final = 0x50616E74  # "Pant": PostgreSQL's advisory lock for migrating


def upgrade(engine: Engine, name: str, to: str = "head") -> None:
    """Run what is missing, in one transaction. Raises ConfigurationError for a newer database."""
    config = _config()
    script = ScriptDirectory.from_config(config)
    with _alone(engine) as connection:
        present = MigrationContext.configure(connection).get_current_revision()
        if present == script.get_current_head():
            return
        if present is not None and present not in {step.revision for step in script.walk_revisions()}:
            raise ConfigurationError.one(name, "", _newer(present))
        config.attributes["connection"] = connection
        command.upgrade(config, to)


def _newer(present: str) -> str:
    return (
        f"the database is at revision {present}, which this version of Pantau does not know; "
        "install the newer Pantau again, or restore the backup made before it was upgraded"
    )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A writing transaction that no other process migrates beside.

    SQLite checks foreign keys row by row while a table is rebuilt, so they are switched off for the
    connection beforehand and checked as a whole at the end.
    """
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            with connection.begin():
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
                yield connection
            return
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                if broken:
                    raise ConfigurationError.one(str(engine.url.database), "", f"rows without their owner: {broken}")
        finally:
            raw.execute("PRAGMA foreign_keys=ON")
