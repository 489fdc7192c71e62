"""What tests of reports by the clock share: a mail server, and a plant measured for an hour of October."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from storage.chunk_store import SqliteReadingStore
from storage.database import Database
from storage.journal import SqliteJournal
from support.report_scene import Scene


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """Empty, of the newest schema."""
    with closing(Database(f"sqlite:///{tmp_path / 'pantau.db'}")) as found:
        found.migrate()
        yield found


@pytest.fixture
def october(tmp_path: Path) -> Iterator[Scene]:
    """An hour of pH on the fifth."""
    with SqliteReadingStore(tmp_path / "r.db") as store, SqliteJournal(tmp_path / "j.db") as journal:
        scene = Scene(store, journal)
        scene.measured("ph", date(2026, 10, 5), 0, [7.2] * 60)
        yield scene
