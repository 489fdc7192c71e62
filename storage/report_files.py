"""The files of finished reports: `data_dir/reports/<point>/<period>/…`, as people would file them."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from domain.errors import Unavailable
from domain.finished_report import FinishedReport, KeptFile
from storage.database_errors import translated
from storage.whole_file import write_whole


class ReportFolder:
    """Written once; a file whose bytes are not those that were written is refused."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, place: str, period: str, name: str, form: str, content: bytes) -> KeptFile:
        """Durable on return. Raises DiskFull, Unavailable."""
        with translated(str(self._folder)):
            write_whole(self.place(place, period) / name, content)
        return KeptFile(form, name, sha256(content).hexdigest(), len(content))

    def place(self, place: str, period: str) -> Path:
        """Where the files of a period lie."""
        return self._folder / place / period

    def path(self, report: FinishedReport, file: KeptFile) -> Path:
        """Where a file lies."""
        return self.place(report.place, report.period) / file.name

    def read(self, report: FinishedReport, file: KeptFile) -> bytes:
        """Its content. Raises Unavailable where it is gone or damaged."""
        with translated(str(self._folder)):
            content = self.path(report, file).read_bytes()
        if sha256(content).hexdigest() != file.sha256:
            raise Unavailable(f"the file {file.name} was damaged on the disk; bring it back from a backup")
        return content
