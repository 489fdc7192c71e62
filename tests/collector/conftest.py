"""What a collector writes to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from storage.database import Database
from storage.dead_letters import SqlDeadLetterBox
from storage.journal import SqliteJournal


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    """A real journal on disk."""
    with closing(SqliteJournal(tmp_path / "journal.db")) as opened:
        yield opened


@pytest.fixture
def letters(tmp_path: Path) -> Iterator[SqlDeadLetterBox]:
    """A real dead-letter box on disk."""
    with closing(Database(f"sqlite:///{tmp_path}/pantau.db")) as database:
        database.migrate()
        yield SqlDeadLetterBox(database)
