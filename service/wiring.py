"""The whole service in one straight line: what is opened, in which order, and what is given to whom.

Everything opened is entered on the caller's ExitStack, so a failed start closes what stands already.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace

from fastapi import FastAPI

from alerts.engine import AlertEngine
from alerts.links import link_key
from api.app import create_api
from api.auth import SessionAuthenticator
from collector.pipeline import Collector
from dashboard.app import mount_dashboard
from device_profiles.newcomers import NewcomerDesk
from domain.evidence_books import Evidence
from domain.ports import Clock, ReadingStore
from domain.services import Services
from reports.machines.floor import Floor
from service import VERSION
from service.activity_desk import MonthlyActivity, activity_sources
from service.alerting import Alerting, connect_alerting
from service.books import Books, open_books
from service.clock import now as wall_clock
from service.collecting import Collecting, connect_collecting
from service.devices import LiveDevices
from service.evidence import connect_evidence
from service.kiosk_links import SignedKiosks
from service.live_profiles import LiveProfiles
from service.quality_job import QualityJob
from service.rebirths import Rebirths
from service.report_desk import Compliance
from service.reporting import sources_of
from service.settings import Settings
from service.sparing import Sparing, installed_sparing
from service.sparing_desk import SparingCounter
from service.telling import Telling
from storage.alarm_performance import SqlPerformance
from storage.finished_reports import SqlFinishedReports
from storage.forwarder import Forwarder
from storage.kiosk_links import SqlKioskLinks
from storage.readings import MergedReadings
from storage.report_files import ReportFolder
from storage.sealer import Sealer
from storage.status_book import SqlStatusBook

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
    """Open the data folder and databases, and connect the parts. Opens no network connection of its own.

    What was opened stays open as long as `stack`; nothing does where this fails, so that it may be tried again.
    """
    with ExitStack() as opening:
        application = _connected(settings, opening, clock, demo=demo)
        stack.push(opening.pop_all())
    return application


def _connected(settings: Settings, stack: ExitStack, clock: Clock, *, demo: bool) -> Application:
    books = open_books(settings, stack)
    key = link_key(settings.data_dir / LINK_KEY)
    profiles = LiveProfiles(settings.profiles_dir)
    collecting = connect_collecting(settings, books, clock)
    policy = settings.reports.policy
    evidence = connect_evidence(books.database, books.registry, profiles, books.readings, settings.data_dir, policy)
    alerting = connect_alerting(settings, stack, books, profiles, evidence, key, clock)
    sparing = _sparing(settings, stack, books, evidence, clock)
    services = _services(settings, books, profiles, collecting, alerting, evidence, clock)
    services = replace(
        services,
        sparing=SparingCounter(sparing),
        kiosks=SignedKiosks(SqlKioskLinks(books.database), key, settings.http.base_url),
        base_url=settings.http.base_url if "base_url" in settings.http.model_fields_set else "",
        demo=demo,
    )
    services, reports = _with_reports(settings, books, services)
    return Application(
        settings=settings,
        services=services,
        store=books.store,
        devices=collecting.devices,
        collector=collecting.collector,
        writer=books.writer,
        engine=alerting.engine,
        telling=alerting.telling,
        checks=_checks(settings, books, profiles),
        rebirths=collecting.rebirths,
        sparing=sparing,
        reports=reports,
    )


def build_http(services: Services) -> FastAPI:
    """The API and the pages over the same services."""
    http = create_api(services)
    mount_dashboard(http, services)
    return http


def _checks(settings: Settings, books: Books, profiles: LiveProfiles) -> QualityJob:
    return QualityJob(
        books.journal,
        MergedReadings(books.store, books.journal),  # as they came: the checks do not judge by their own verdicts
        books.quality,
        books.registry,
        profiles.catalogue,
        books.dead_letters,
        clock_skew=round(settings.quality.clock_skew_seconds * 1000),
    )


def _floor(settings: Settings, books: Books, profiles: LiveProfiles) -> Floor:
    explain_after = round(settings.machines.explain_after_minutes * 60_000)
    return Floor(
        books.registry, profiles, books.readings, books.stops, books.maintenance, books.pauses,
        SqlStatusBook(books.database), explain_after,
    )  # fmt: skip


def _sparing(settings: Settings, stack: ExitStack, books: Books, evidence: Evidence, clock: Clock) -> Sparing:
    return installed_sparing(
        settings.sparing, stack, books.database, books.registry, books.quality.overlapping, evidence.corrected, clock
    )


def _services(
    settings: Settings,
    books: Books,
    profiles: LiveProfiles,
    collecting: Collecting,
    alerting: Alerting,
    evidence: Evidence,
    clock: Clock,
) -> Services:
    """What the pages and the API are given, but for what is itself made of it."""
    replayer = collecting.replayer
    return Services(
        registry=books.registry,
        profiles=profiles,
        rules=alerting.rules,
        readings=books.readings,
        quality=books.quality,
        journal=books.journal,
        book=books.alerts,
        desk=alerting.desk,
        links=alerting.links,
        trials=alerting.trials,
        performance=SqlPerformance(books.database, alerting.rules),
        pauses=books.pauses,
        maintenance=books.maintenance,
        machines=_floor(settings, books, profiles),
        stops=books.stops,
        evidence=evidence,
        dead_letters=books.dead_letters,
        replayer=replayer,
        newcomers=NewcomerDesk(books.registry, books.dead_letters, replayer, profiles.catalogue),
        accounts=books.accounts,
        authenticator=SessionAuthenticator(books.accounts, books.audit, session_hours=settings.http.session_hours),
        audit=books.audit,
        heartbeats=books.heartbeats,
        clock=clock,
        version=VERSION,
        secure_cookies=settings.http.secure_cookies,
    )


def _with_reports(settings: Settings, books: Books, services: Services) -> tuple[Services, Compliance]:
    """The services with the reports that are made from them."""
    reports = Compliance(
        lambda: sources_of(services),
        SqlFinishedReports(books.database),
        ReportFolder(settings.data_dir / "reports"),
        settings.reports,
        books.accounts,
    )
    reporting = replace(services, reports=reports)
    activity = MonthlyActivity(lambda: activity_sources(reporting), settings.reports.policy)
    return replace(reporting, activity=activity), reports
