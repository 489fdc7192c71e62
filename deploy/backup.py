"""Copy Pantau's SQLite files while it runs: backup.py DATA_DIR FOLDER (standard library only).

All are copied as they stood at one moment: however long copying the store takes, what is sealed into it and purged
from the journal meanwhile is in one of the copies. Each copy is whole and checked; an interrupted backup leaves a
folder named `….part`.
"""

from __future__ import annotations

import sqlite3
import sys
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

FILES = ("pantau.db", "journal.db", "readings.db")


def held(source: Path) -> sqlite3.Connection:
    """A connection that sees the database as it stands now, until it is closed."""
    try:
        live = sqlite3.connect(f"file:{source}?mode=ro", uri=True, isolation_level=None)
        live.execute("BEGIN")
        live.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error as error:
        raise SystemExit(f"{source} cannot be copied: {error}") from error
    return live


def copy(live: sqlite3.Connection, source: Path, target: Path) -> None:
    """One consistent, checked copy of a database in use."""
    try:
        with closing(sqlite3.connect(target)) as kept:
            live.backup(kept)
            answer = kept.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        answer = str(error)
    if answer != "ok":
        raise SystemExit(f"{source} cannot be copied: {answer}")


def back_up(data: Path, folder: Path, name: str) -> Path:
    """Copy every database there is into a new folder; its path."""
    present = [file for file in FILES if (data / file).exists()]
    if not present:
        raise SystemExit(f"{data} holds none of {', '.join(FILES)}")
    part = folder / f"{name}.part"
    part.mkdir(parents=True)
    with ExitStack() as stack:
        lives = {file: stack.enter_context(closing(held(data / file))) for file in present}
        for file, live in lives.items():
            copy(live, data / file, part / file)
    return part.rename(folder / name)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit("Usage: backup.py DATA_DIR FOLDER")
    print(back_up(Path(sys.argv[1]), Path(sys.argv[2]), datetime.now(UTC).strftime("pantau-%Y%m%dT%H%M%SZ")))
