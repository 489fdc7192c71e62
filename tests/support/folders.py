"""Folders in memory where the machine has such, and an empty database that was migrated once.

What is tested here is decisions and kills of processes, which files in memory survive as those on a disk do; only a
power cut needs the disk.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from storage.database import Database

SHM = Path("/dev/shm")
MEMORY = SHM if SHM.is_dir() else None  # elsewhere the folder for temporary files
NAME = "pantau.sqlite"


def new_folder(prefix: str) -> Path:
    """An empty folder, removed when the tests end."""
    folder = Path(tempfile.mkdtemp(prefix=f"pantau-{prefix}-", dir=MEMORY))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def migrated() -> Path:
    """An empty, migrated database, made once."""
    file = new_folder("migrated") / NAME
    db = Database(f"sqlite:///{file}")
    db.migrate()
    db.close()
    return file


def with_database(folder: Path) -> Path:
    """The folder's database; where there is none yet, an empty one, migrated."""
    file = folder / NAME
    if not file.exists():
        shutil.copy(migrated(), file)
    return file
