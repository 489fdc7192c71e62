"""The whole service in one straight line: what is opened, in which order, and what is given to whom.

Everything opened is entered on the caller's ExitStack, so a failed start closes what stands already.
"""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import dataclass, replace

from fastapi import FastAPI

from alerts.causes import Causes
from alerts.desk import Desk
from alerts.engine import AlertEngine
from alerts.links import SignedLinks, link_key
from alerts.rulebook import CompiledRuleBook
from alerts.trials import Trials
from api.app import create_api
from api.auth import SessionAuthenticator
from collector.mqtt import MqttSource
from collector.pipeline import Collector
from collector.replayer import DeadLetterReplayer
from dashboard.app import mount_dashboard
from device_profiles.newcomers import NewcomerDesk
from domain.ports import Clock, ReadingStore
from domain.series import Selection
from domain.services import Services
from reports.daily_summary import DailySummaries
from reports.machines.floor import Floor
from reports.summary_message import SummaryMessages
from service import VERSION
from service.activity_desk import MonthlyActivity, activity_sources
from service.calibration_due import DueCalibrations
from service.clock import now as wall_clock
from service.devices import LiveDevices
from service.evidence import connect_evidence
from service.free_space import free_share
from service.kiosk_links import SignedKiosks
from service.live_profiles import LiveProfiles
from service.quality_job import QualityJob
from service.rebirths import Rebirths
from service.report_desk import Compliance
from service.reporting import sources_of
from service.rule_stage import rule_stage
from service.service_due import DueServices
from service.settings import Settings
from service.sparing import Sparing, connect_sparing, known_conditions
from service.sparing_desk import SparingCounter
from service.telling import Telling, connect_telling
from storage.accounts import SqlAccounts
from storage.alarm_performance import SqlPerformance
from storage.alert_book import SqlAlertBook
from storage.audit import SqlAuditLog
from storage.chunk_store import SqliteReadingStore
from storage.config import StoreKind
from storage.database import Database
from storage.dead_letters import SqlDeadLetterBox
from storage.finished_reports import SqlFinishedReports
from storage.forwarder import Forwarder
from storage.heartbeats import SqlHeartbeats
from storage.journal import SqliteJournal
from storage.kiosk_links import SqlKioskLinks
from storage.maintenance import SqlMaintenance
from storage.pauses import SqlPauses
from storage.quality_book import SqlQualityBook
from storage.readings import MergedReadings
from storage.registry import SqlRegistry
from storage.report_files import ReportFolder
from storage.sealer import Sealer
from storage.stop_log import SqlStopLog

STORE_READER = "store"
ALERTS_READER = "alerts"
QUALITY_READER = "quality"
LINK_KEY = "links.key"


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
    telling: Telling
    checks: QualityJob
    rebirths: Rebirths
    sparing: Sparing
    reports: Compliance


def build(settings: Settings, stack: ExitStack, clock: Clock = wall_clock, *, demo: bool = False) -> Application:
    """Open the data folder and databases, and connect the parts. Opens no network connection of its own."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = stack.enter_context(closing(Database(settings.database_url)))
    database.migrate()
    journal = stack.enter_context(closing(SqliteJournal(settings.data_dir / "journal.db")))
    journal.advance(STORE_READER, 0)
    journal.advance(ALERTS_READER, 0)
    journal.advance(QUALITY_READER, 0)

    registry = SqlRegistry(database)
    book = SqlAlertBook(database)
    audit = SqlAuditLog(database)
    accounts = SqlAccounts(database)
    dead_letters = SqlDeadLetterBox(database)
    heartbeats = SqlHeartbeats(database)

    store, writer = _store(settings, stack, journal, dead_letters)
    quality = SqlQualityBook(database)
    readings = MergedReadings(store, journal, quality)

    catalogue = LiveProfiles(settings.profiles_dir)
    rules = CompiledRuleBook(registry, catalogue, clock)
    devices = LiveDevices(registry, settings, lambda: [newest.series for newest in journal.latest(Selection())])
    source = MqttSource(settings.mqtt, settings.batch, devices.filters, clock)
    if settings.mqtt.rebirth and not settings.mqtt.share_group:
        devices.sparkplug.publisher = source
    collector = Collector(source, devices.interpret, journal, dead_letters, clock)

    pauses, maintenance = SqlPauses(database), SqlMaintenance(database)
    stops = SqlStopLog(database)
    explain_after = round(settings.machines.explain_after_minutes * 60_000)
    machines = Floor(registry, catalogue, readings, stops, maintenance, pauses, explain_after)
    evidence = connect_evidence(database, registry, catalogue, readings, settings.data_dir)
    causes = Causes(
        book,
        journal,
        pauses,
        heartbeats,
        lambda: free_share(settings.data_dir),
        registry,
        due=DueCalibrations(evidence.calibrations, registry),
        services=DueServices(maintenance, registry),
    )
    engine = AlertEngine(
        journal,
        book,
        registry,
        catalogue,
        causes=causes,
        maintenance=maintenance,
        checks=quality.function_checks,
    )
    desk = Desk(book, registry, audit)
    key = link_key(settings.data_dir / LINK_KEY)
    links = SignedLinks(book, desk, key, base_url=settings.http.base_url, days=settings.alerts.link_days)
    words = SummaryMessages(DailySummaries(registry, catalogue, readings, book), registry, book)
    telling = connect_telling(settings, stack, book, registry, rules, links, words)

    trials = Trials(registry, rules, catalogue, readings, maintenance, rule_stage)
    stack.callback(trials.cancel)

    replayer = DeadLetterReplayer(devices.fresh, journal, dead_letters, clock)

    checks = QualityJob(
        journal,
        MergedReadings(store, journal),  # as they came: the checks do not judge by their own verdicts
        quality,
        registry,
        catalogue.catalogue,
        dead_letters,
        clock_skew=round(settings.quality.clock_skew_seconds * 1000),
    )

    services = Services(
        registry=registry,
        profiles=catalogue,
        rules=rules,
        readings=readings,
        quality=quality,
        journal=journal,
        book=book,
        desk=desk,
        links=links,
        trials=trials,
        performance=SqlPerformance(database, rules),
        pauses=pauses,
        maintenance=maintenance,
        machines=machines,
        stops=stops,
        evidence=evidence,
        dead_letters=dead_letters,
        replayer=replayer,
        newcomers=NewcomerDesk(registry, dead_letters, replayer, catalogue.catalogue),
        accounts=accounts,
        authenticator=SessionAuthenticator(accounts, audit, session_hours=settings.http.session_hours),
        audit=audit,
        heartbeats=heartbeats,
        clock=clock,
        version=VERSION,
        secure_cookies=settings.http.secure_cookies,
        demo=demo,
    )
    rebirths = Rebirths(devices.sparkplug, collector, replayer)
    sparing = connect_sparing(
        settings.sparing,
        stack,
        database,
        services.evidence.corrected,
        known_conditions(quality.overlapping, registry, services.evidence.conditions, services.evidence.pauses),
        clock,
    )
    books = services
    reports = Compliance(
        lambda: sources_of(books),
        SqlFinishedReports(database),
        ReportFolder(settings.data_dir / "reports"),
        settings.reports,
        accounts,
    )
    kiosks = SignedKiosks(SqlKioskLinks(database), key, settings.http.base_url)
    services = replace(services, sparing=SparingCounter(sparing), reports=reports, kiosks=kiosks)
    reported = services
    activity = MonthlyActivity(lambda: activity_sources(reported), settings.reports.policy)
    services = replace(services, activity=activity)
    return Application(
        settings, services, store, devices, collector, writer, engine, telling, checks, rebirths, sparing, reports
    )


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
