"""Many readers at once leave few connections behind: each may hold megabytes of pages."""

from __future__ import annotations

import threading
from pathlib import Path

from storage.journal_schema import layout
from storage.sqlite_file import IDLE_KEPT, SqliteFile


def test_after_a_rush_of_readers_few_connections_stay_open(tmp_path: Path) -> None:
    file = SqliteFile(tmp_path / "journal.db", layout())
    together = threading.Barrier(2 * IDLE_KEPT)

    def read() -> None:
        with file.reading():
            together.wait(10)

    threads = [threading.Thread(target=read) for _ in range(together.parties)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(file._idle) == IDLE_KEPT
    file.close()
