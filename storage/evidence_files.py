"""Attached files in a folder, by what they contain; their names stand in the database."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec
from sqlalchemy import insert, select

from domain.account import AuditEntry
from domain.attachment import FileType, StoredFile, checked_type
from domain.errors import Conflict, Invalid, NotFound, Unavailable
from domain.reading import Millis
from storage.audit import write_entries
from storage.database import Database
from storage.database_errors import translated
from storage.models import attachment as table
from storage.whole_file import write_whole

NAME: Final = 200  # characters


class FileFolder:
    """`data_dir/files/ab/abcd….pdf`. A file is there, whole, before the database knows of it."""

    def __init__(self, folder: Path, db: Database) -> None:
        self._folder = folder
        self._db = db

    def put(self, name: str, content: bytes, who: str, now: Millis) -> StoredFile:
        """Keep it, durable on return, and audited; the same content is kept once, under its first name.

        Raises Invalid for another type, an empty or too large file, DiskFull, Unavailable.
        """
        kind = checked_type(content)
        shown = Path(name.replace("\\", "/")).name.strip()[:NAME]
        if not shown:
            raise Invalid("has no name", "file")
        file = StoredFile(sha256(content).hexdigest(), shown, kind, len(content))
        with translated(str(self._folder)):
            write_whole(self._path(file.digest, kind), content)
        try:
            with self._db.writing() as connection:
                values = {"digest": file.digest, "name": shown, "type": kind.value, "size": file.size}
                connection.execute(insert(table), [{**values, "who": who, "at": now}])
                told = msgspec.json.encode(file).decode()
                write_entries(connection, [AuditEntry(now, who, "add", f"file/{file.digest}", None, told)])
        except Conflict:
            return self.file(file.digest)
        return file

    def file(self, digest: str) -> StoredFile:
        """What is known of a file. Raises NotFound."""
        c = table.c
        with self._db.reading() as connection:
            query = select(c.digest, c.name, c.type, c.size).where(c.digest == digest)
            found = connection.execute(query).one_or_none()
        if found is None:
            raise NotFound(f"there is no file {digest}")
        return StoredFile(found.digest, found.name, FileType(found.type), found.size)

    def get(self, digest: str) -> bytes:
        """Its content. Raises NotFound, Unavailable where it is damaged or gone from the disk."""
        file = self.file(digest)
        with translated(str(self._folder)):
            content = self._path(digest, file.type).read_bytes()
        if sha256(content).hexdigest() != digest:
            raise Unavailable(f"the file {file.name} was damaged on the disk; bring it back from a backup")
        return content

    def _path(self, digest: str, kind: FileType) -> Path:
        return self._folder / digest[:2] / f"{digest}.{kind.value.rpartition('/')[2]}"
