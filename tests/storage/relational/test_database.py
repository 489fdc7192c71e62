"""The database: durable writes, errors of our own, servers and disks that are away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from domain.errors import ConfigurationError, DiskFull, Unavailable
from storage.audit import SqlAuditLog
from storage.database import Database
from storage.heartbeats import SqlHeartbeats
from storage.models import heartbeat
from storage.upserts import add_to_counter, read_counter
from support.servers import free_port

NOON = 1_795_240_800_000


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://root@localhost/x", "sqlite://", "sqlite:///:memory:"])
def test_a_url_that_cannot_be_used_is_a_configuration_error(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"database\.url"):
        Database(url)


def test_the_password_never_stands_in_a_message() -> None:
    with pytest.raises(ConfigurationError) as refused:
        Database("mysql://root:geheim@localhost/x")
    assert "geheim" not in str(refused.value)


def test_the_short_name_of_postgresql_is_understood() -> None:
    assert Database("postgresql://pantau:geheim@db/pantau").name == "postgresql+psycopg://pantau:***@db/pantau"


def test_a_server_that_is_away_is_unavailable() -> None:
    away = Database(f"postgresql+psycopg://pantau@127.0.0.1:{free_port()}/pantau")
    with pytest.raises(Unavailable):
        away.migrate()


def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable):
        Database(f"sqlite:///{tmp_path}/file/pantau.db").migrate()


def test_a_database_without_tables_is_unavailable(tmp_path: Path) -> None:
    empty = Database(f"sqlite:///{tmp_path}/pantau.db")
    with pytest.raises(Unavailable, match="no such table"):
        SqlAuditLog(empty).page(None, 1)
    empty.close()


def test_a_full_disk_is_told_and_keeps_nothing_of_the_write(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/pantau.db")
    database.migrate()
    with database.reading() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    hearts = SqlHeartbeats(database)
    with pytest.raises(DiskFull):
        hearts.beat("alerts", NOON, {"text": "x" * 100_000})
    assert hearts.all() == []
    database.close()


def test_a_block_that_fails_keeps_nothing(db: Database) -> None:
    row = {"part": "alerts", "at": NOON, "detail": "{}"}

    def fail() -> None:
        with db.writing() as connection:
            connection.execute(insert(heartbeat), row)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert SqlHeartbeats(db).all() == []


def test_a_reading_block_sees_one_state(db: Database) -> None:
    with db.reading() as connection:
        before = connection.execute(select(heartbeat.c.part)).all()
        SqlHeartbeats(db).beat("alerts", NOON, {})
        assert connection.execute(select(heartbeat.c.part)).all() == before


def test_writers_in_many_threads_and_programs_all_get_their_turn(db: Database, beside) -> None:
    def count(database: Database) -> None:
        for _ in range(10):
            with database.writing() as connection:
                add_to_counter(connection, "test", 1)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, [db, db, db, db, beside(), beside(), beside(), beside()]))
    with db.reading() as connection:
        assert read_counter(connection, "test") == 80


def test_sqlite_writes_are_durable_and_checked(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/pantau.db")
    database.migrate()
    with database.reading() as connection:
        names = ("journal_mode", "synchronous", "foreign_keys")
        found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in names]
    database.close()
    assert found == ["wal", 2, 1]  # 2: FULL
