"""The whole service in one straight line: what is opened, in which order, and what is given to whom.

Everything opened is entered on the caller's ExitStack, so a failed start closes what stands already.
"""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import dataclass

from fastapi import FastAPI

from alerts.desk import Desk
from alerts.dispatch import Dispatcher
from alerts.engine import AlertEngine
from alerts.notifiers import make_notifiers
from alerts.rulebook import CompiledRuleBook
from api.app import create_api
from api.auth import SessionAuthenticator
from collector.mqtt import MqttSource
from collector.pipeline import Collector
from collector.replayer import DeadLetterReplayer
from dashboard.app import mount_dashboard
from device_profiles.catalogue import Catalogue
from domain.ports import Clock, ReadingStore
from domain.services import Services
from service import VERSION
from service.clock import now as wall_clock
from service.devices import LiveDevices
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
from storage.readings import MergedReadings
from storage.registry import SqlRegistry
from storage.sealer import Sealer

STORE_READER = "store"
ALERTS_READER = "alerts"


@dataclass(frozen=True)
class Application:
    """Every part of one installation but its pages, connected. Nothing runs yet."""

    settings: Settings
    services: Services
    store: ReadingStore
    devices: LiveDevices
    collector: Collector
    writer: Sealer | Forwarder
    engine: AlertEngine
    dispatcher: Dispatcher


def build(settings: Settings, stack: ExitStack, clock: Clock = wall_clock, *, demo: bool = False) -> Application:
    """Open the data folder and databases, and connect the parts. Opens no network connection of its own."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = stack.enter_context(closing(Database(settings.database_url)))
    database.migrate()
    journal = stack.enter_context(closing(SqliteJournal(settings.data_dir / "journal.db")))
    journal.advance(STORE_READER, 0)
    journal.advance(ALERTS_READER, 0)

    registry = SqlRegistry(database)
    book = SqlAlertBook(database)
    audit = SqlAuditLog(database)
    accounts = SqlAccounts(database)
    dead_letters = SqlDeadLetterBox(database)
    heartbeats = SqlHeartbeats(database)

    store, writer = _store(settings, stack, journal, dead_letters)
    readings = MergedReadings(store, journal)

    catalogue = Catalogue.load(*([settings.profiles_dir] if settings.profiles_dir else []))
    rules = CompiledRuleBook(registry, catalogue, clock)
    devices = LiveDevices(registry, settings)
    source = MqttSource(settings.mqtt, settings.batch, devices.filters, clock)
    collector = Collector(source, devices.interpret, journal, dead_letters, clock)

    engine = AlertEngine(journal, book, registry, catalogue)
    desk = Desk(book, registry, audit)
    dispatcher = Dispatcher(book, registry, make_notifiers(), base_url=settings.http.base_url, rules=rules)

    services = Services(
        registry=registry,
        profiles=catalogue,
        rules=rules,
        readings=readings,
        journal=journal,
        book=book,
        desk=desk,
        dead_letters=dead_letters,
        replayer=DeadLetterReplayer(devices.fresh, journal, dead_letters, clock),
        accounts=accounts,
        authenticator=SessionAuthenticator(accounts, audit, session_hours=settings.http.session_hours),
        audit=audit,
        heartbeats=heartbeats,
        clock=clock,
        version=VERSION,
        secure_cookies=settings.http.secure_cookies,
        demo=demo,
    )
    return Application(settings, services, store, devices, collector, writer, engine, dispatcher)


def build_http(services: Services) -> FastAPI:
    """The API and the pages over the same services."""
    http = create_api(services)
    mount_dashboard(http, services)
    return http


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
