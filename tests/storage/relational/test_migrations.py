"""Migrations: up from empty, twice, at once; equal to the models; never down."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from domain.errors import ConfigurationError
from storage.database import Database
from storage.models import metadata
from storage.schema_version import MIGRATIONS
from storage.upserts import add_to_counter, read_counter


@pytest.fixture
def empty(empty_url: str) -> Iterator[Database]:
    """A database without tables."""
    with closing(Database(empty_url)) as database:
        yield database


def test_the_migrations_make_what_the_models_say(empty: Database) -> None:
    empty.migrate()
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_migrating_again_keeps_what_is_there(empty: Database) -> None:
    empty.migrate()
    with empty.writing() as connection:
        add_to_counter(connection, "test", 5)
    empty.migrate()
    with empty.reading() as connection:
        assert read_counter(connection, "test") == 5


def test_programs_that_start_at_once_migrate_once(empty_url: str) -> None:
    with ExitStack() as stack, ThreadPoolExecutor(4) as pool:
        databases = [stack.enter_context(closing(Database(empty_url))) for _ in range(4)]
        list(pool.map(Database.migrate, databases))
        with databases[0].reading() as connection:
            assert len(connection.execute(text("SELECT version_num FROM alembic_version")).all()) == 1


def test_a_database_of_a_newer_program_is_refused(empty: Database) -> None:
    empty.migrate()
    with empty.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigurationError, match="revision 9999"):
        empty.migrate()


def test_foreign_keys_are_checked_again_after_migrating(empty: Database) -> None:
    empty.migrate()
    with empty.reading() as connection:
        if not empty.is_postgresql:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1


def test_each_step_is_numbered_in_its_file_name() -> None:
    for path in (MIGRATIONS / "versions").glob("[0-9]*.py"):
        revision = re.search(r'^revision = "(\d+)"$', path.read_text("utf-8"), re.MULTILINE)
        assert revision is not None
        assert path.name.startswith(f"{revision[1]}_")
