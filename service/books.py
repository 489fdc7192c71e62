"""Everything an installation keeps: its databases, opened, and a book for each noun."""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import dataclass

from domain.ports import ReadingStore
from service.settings import Settings
from storage.accounts import SqlAccounts
from storage.alert_book import SqlAlertBook
from storage.audit import SqlAuditLog
from storage.chunk_store import SqliteReadingStore
from storage.config import StoreKind
from storage.database import Database
from storage.dead_letters import SqlDeadLetterBox
from storage.forwarder import Forwarder
from storage.heartbeats import SqlHeartbeats
from storage.journal import SqliteJournal
from storage.maintenance import SqlMaintenance
from storage.pauses import SqlPauses
from storage.quality_book import SqlQualityBook
from storage.readings import MergedReadings
from storage.registry import SqlRegistry
from storage.sealer import Sealer
from storage.stop_log import SqlStopLog

STORE_READER = "store"
ALERTS_READER = "alerts"
QUALITY_READER = "quality"


@dataclass(frozen=True)
class Books:
    """Opened and at this program's version. `writer` moves readings from the journal into `store`."""

    database: Database
    journal: SqliteJournal
    store: ReadingStore
    writer: Sealer | Forwarder
    readings: MergedReadings
    registry: SqlRegistry
    alerts: SqlAlertBook
    quality: SqlQualityBook
    pauses: SqlPauses
    maintenance: SqlMaintenance
    stops: SqlStopLog
    accounts: SqlAccounts
    audit: SqlAuditLog
    dead_letters: SqlDeadLetterBox
    heartbeats: SqlHeartbeats


def open_books(settings: Settings, stack: ExitStack) -> Books:
    """Make the data folder, open what is in it, and bring the database up to date."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = stack.enter_context(closing(Database(settings.database_url)))
    database.migrate()
    journal = _journal(settings, stack)
    dead_letters = SqlDeadLetterBox(database)
    store, writer = _store(settings, stack, journal, dead_letters)
    quality = SqlQualityBook(database)
    return Books(
        database=database,
        journal=journal,
        store=store,
        writer=writer,
        readings=MergedReadings(store, journal, quality),
        registry=SqlRegistry(database),
        alerts=SqlAlertBook(database),
        quality=quality,
        pauses=SqlPauses(database),
        maintenance=SqlMaintenance(database),
        stops=SqlStopLog(database),
        accounts=SqlAccounts(database),
        audit=SqlAuditLog(database),
        dead_letters=dead_letters,
        heartbeats=SqlHeartbeats(database),
    )


def _journal(settings: Settings, stack: ExitStack) -> SqliteJournal:
    """The journal, known to all its readers: it keeps what one of them has not seen."""
    journal = stack.enter_context(closing(SqliteJournal(settings.data_dir / "journal.db")))
    for reader in (STORE_READER, ALERTS_READER, QUALITY_READER):
        journal.advance(reader, 0)
    return journal


def _store(
    settings: Settings, stack: ExitStack, journal: SqliteJournal, dead_letters: SqlDeadLetterBox
) -> tuple[ReadingStore, Sealer | Forwarder]:
    """The reading store of the settings, with what moves readings into it."""
    if settings.store.kind == StoreKind.SQLITE:
        chunks = stack.enter_context(closing(SqliteReadingStore(settings.data_dir / "readings.db")))
        return chunks, Sealer(journal, chunks, reader=STORE_READER)
    from storage.influx_store import InfluxReadingStore  # its client library is only paid for where it is used

    influx = stack.enter_context(closing(InfluxReadingStore(settings.store)))
    return influx, Forwarder(journal, influx, dead_letters, reader=STORE_READER)
