"""Copy Pantau's SQLite files while it runs: backup.py DATA_DIR FOLDER (standard library only).

The order matters: the journal comes last, so that it still holds whatever the copies of its readers have not read.
Each copy is whole and checked; an interrupted backup leaves a folder named `….part`.
"""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

FILES = ("pantau.db", "readings.db", "journal.db")


def copy(source: Path, target: Path) -> None:
    """One consistent, checked copy of a database in use."""
    address = f"file:{source}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True)) as live, closing(sqlite3.connect(target)) as kept:
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
    for file in present:
        copy(data / file, part / file)
    return part.rename(folder / name)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit("Usage: backup.py DATA_DIR FOLDER")
    print(back_up(Path(sys.argv[1]), Path(sys.argv[2]), datetime.now(UTC).strftime("pantau-%Y%m%dT%H%M%SZ")))
