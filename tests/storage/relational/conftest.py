"""Every test that asks for `db` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.database import Database
from storage.models import metadata
from support.servers import Postgres

KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def _postgresql(request: pytest.FixtureRequest) -> Iterator[Database]:
    server: Postgres = request.getfixturevalue("postgres")
    with closing(Database(server.create_database("relational"))) as database:
        database.migrate()
        yield database


@pytest.fixture(params=KINDS)
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A migrated, empty database."""
    if request.param == "postgresql":
        database: Database = request.getfixturevalue("_postgresql")
        with database.writing() as connection:
            names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
            connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
        yield database
        return
    with closing(Database(f"sqlite:///{tmp_path}/pantau.db")) as database:
        database.migrate()
        yield database


@pytest.fixture
def beside(db: Database) -> Iterator[Callable[[], Database]]:
    """More programs on the same database."""
    with ExitStack() as stack:
        url = db.url.render_as_string(hide_password=False)
        yield lambda: stack.enter_context(closing(Database(url)))


@pytest.fixture(params=KINDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without tables."""
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        name = "empty_" + "".join(letter for letter in tmp_path.name if letter.isalnum())
        return server.create_database(name[:60].lower())
    return f"sqlite:///{tmp_path}/new/pantau.db"
