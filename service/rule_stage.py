"""An empty stage for stories about rules: journal, database and engine in a temporary folder, gone afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from alerts.desk import Desk
from alerts.engine import AlertEngine
from alerts.work import TickReport
from domain.ports import AlertBook, AlertDesk, Journal, ProfileBook, Registry
from domain.reading import Millis
from storage.alert_book import SqlAlertBook
from storage.audit import SqlAuditLog
from storage.database import Database
from storage.journal import SqliteJournal
from storage.registry import SqlRegistry


@dataclass(frozen=True)
class RuleStage:
    """Implements `alerts.rule_tests.Opened`."""

    journal: Journal
    book: AlertBook
    registry: Registry
    desk: AlertDesk
    engine: AlertEngine

    def tick(self, now: Millis) -> TickReport:
        """One tick of the engine."""
        return self.engine.tick(now)


@contextmanager
def rule_stage(profiles: ProfileBook) -> Iterator[RuleStage]:
    """Nothing of it reaches the installation, and nobody is told."""
    with (
        TemporaryDirectory(prefix="pantau-story-") as folder,
        closing(Database(f"sqlite:///{Path(folder) / 'pantau.db'}")) as database,
        closing(SqliteJournal(Path(folder) / "journal.db")) as journal,
    ):
        database.migrate()
        book, registry = SqlAlertBook(database), SqlRegistry(database)
        desk = Desk(book, registry, SqlAuditLog(database))
        yield RuleStage(journal, book, registry, desk, AlertEngine(journal, book, registry, profiles))
