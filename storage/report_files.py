"""The files of finished reports: `data_dir/reports/<point>/<period>/…`, as people would file them.

What differs lies in different folders, named after the report's fingerprint: two processes that make a revision of
the same number from different data never write to one name.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Final

from domain.errors import Unavailable
from domain.finished_report import FinishedReport, KeptFile
from storage.database_errors import translated
from storage.whole_file import write_whole

FINGERPRINT: Final = 16  # hex digits of the SHA-256 that name a folder


class ReportFolder:
    """Written once; a file whose bytes are not those that were written is refused."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, folder: Path, name: str, form: str, content: bytes) -> KeptFile:
        """Durable on return. Raises DiskFull, Unavailable."""
        with translated(str(self._folder)):
            write_whole(folder / name, content)
        return KeptFile(form, name, sha256(content).hexdigest(), len(content))

    def place(self, place: str, period: str) -> Path:
        """Where the files of a period lie."""
        return self._folder / place / period

    def of(self, report: FinishedReport) -> Path:
        """Where the files of a revision lie."""
        return self.place(report.place, report.period) / report.sha256[:FINGERPRINT]

    def path(self, report: FinishedReport, file: KeptFile) -> Path:
        """Where a file lies."""
        return self.of(report) / file.name

    def read(self, report: FinishedReport, file: KeptFile) -> bytes:
        """Its content. Raises Unavailable where it is gone or damaged."""
        with translated(str(self._folder)):
            content = self.path(report, file).read_bytes()
        if sha256(content).hexdigest() != file.sha256:
            raise Unavailable(f"the file {file.name} was damaged on the disk; bring it back from a backup")
        return content
