"""deploy/backup.py copies a running installation whole."""

from __future__ import annotations

import importlib.util
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from support.compose import ROOT

FILES = ("journal.db", "pantau.db", "readings.db")


def run(data: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the script with no packages but Python's own."""
    command = [sys.executable, "-I", ROOT / "deploy/backup.py", data, folder]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """Three databases in use: committed rows still in the write-ahead log, and a writer in the middle of its work."""
    folder = tmp_path / "data"
    folder.mkdir()
    connections = [sqlite3.connect(folder / name, isolation_level=None) for name in FILES]
    for connection in connections:
        connection.executescript("PRAGMA journal_mode=WAL; CREATE TABLE t(n); INSERT INTO t VALUES (1), (2);")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO t VALUES (3)")
    yield folder
    for connection in connections:
        connection.close()


def rows(file: Path) -> list[int]:
    with closing(sqlite3.connect(file)) as connection:
        return [n for (n,) in connection.execute("SELECT n FROM t ORDER BY n")]


def test_it_copies_what_was_committed_and_nothing_else(data: Path, tmp_path: Path) -> None:
    done = run(data, tmp_path / "usb")
    kept = Path(done.stdout.strip())
    assert {file.name: rows(file) for file in kept.iterdir()} == {name: [1, 2] for name in FILES}


def test_a_damaged_file_is_no_backup(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "pantau.db")) as connection:
        connection.executescript("CREATE TABLE t(n); CREATE INDEX i ON t(n);")
        connection.executemany("INSERT INTO t VALUES (?)", ((n,) for n in range(5000)))
        connection.commit()
    with (tmp_path / "pantau.db").open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * 4096)
    done = run(tmp_path, tmp_path / "usb")
    assert done.returncode == 1
    assert "pantau.db cannot be copied" in done.stderr
    assert not [folder for folder in (tmp_path / "usb").iterdir() if not folder.name.endswith(".part")]


def test_an_empty_folder_is_said_to_be_empty(tmp_path: Path) -> None:
    done = run(tmp_path, tmp_path / "usb")
    assert done.returncode == 1
    assert "holds none of" in done.stderr


def test_all_databases_are_copied_as_they_stood_at_one_moment(data: Path, tmp_path: Path) -> None:
    """Copying a large store takes minutes, in which rows move from the journal into it and out of the journal."""
    spec = importlib.util.spec_from_file_location("backup", ROOT / "deploy/backup.py")
    assert spec is not None
    assert spec.loader is not None
    backup = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(backup)
    journal = data / "quiet.db"
    with closing(sqlite3.connect(journal, isolation_level=None)) as writer:
        writer.executescript("PRAGMA journal_mode=WAL; CREATE TABLE t(n); INSERT INTO t VALUES (1), (2)")
        with closing(backup.held(journal)) as live:
            writer.execute("DELETE FROM t")
            backup.copy(live, journal, tmp_path / "kept.db")
    assert rows(tmp_path / "kept.db") == [1, 2]
