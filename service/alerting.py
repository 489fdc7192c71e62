"""The alerts, connected: the engine that judges, the desk people act at, trials of rules, and what tells people."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass

from alerts.causes import Causes
from alerts.desk import Desk
from alerts.engine import AlertEngine
from alerts.links import SignedLinks
from alerts.rulebook import CompiledRuleBook
from alerts.trials import Trials
from domain.evidence_books import Calibrations, Evidence
from domain.ports import Clock
from reports.daily_summary import DailySummaries
from reports.summary_message import SummaryMessages
from service.books import Books
from service.calibration_due import DueCalibrations
from service.free_space import free_share
from service.live_profiles import LiveProfiles
from service.rule_stage import rule_stage
from service.service_due import DueServices
from service.settings import Settings
from service.telling import Telling, connect_telling


@dataclass(frozen=True)
class Alerting:
    """Used by whoever leads the alerts, and by the pages."""

    rules: CompiledRuleBook
    engine: AlertEngine
    desk: Desk
    links: SignedLinks
    trials: Trials
    telling: Telling


def connect_alerting(
    settings: Settings,
    stack: ExitStack,
    books: Books,
    profiles: LiveProfiles,
    evidence: Evidence,
    key: bytes,
    clock: Clock,
) -> Alerting:
    """`key` signs the links in messages. Opens no connection yet."""
    rules = CompiledRuleBook(books.registry, profiles, clock)
    desk = Desk(books.alerts, books.registry, books.audit)
    base_url = settings.http.base_url
    links = SignedLinks(books.alerts, desk, key, base_url=base_url, days=settings.alerts.link_days)
    summaries = DailySummaries(books.registry, profiles, evidence.corrected, books.alerts, settings.reports.policy)
    words = SummaryMessages(summaries, books.registry, books.alerts)
    trials = Trials(books.registry, rules, profiles, books.readings, books.maintenance, rule_stage)
    stack.callback(trials.cancel)
    return Alerting(
        rules=rules,
        engine=_engine(settings, books, profiles, evidence.calibrations),
        desk=desk,
        links=links,
        trials=trials,
        telling=connect_telling(settings, stack, books.alerts, books.registry, rules, links, words),
    )


def _engine(settings: Settings, books: Books, profiles: LiveProfiles, calibrations: Calibrations) -> AlertEngine:
    causes = Causes(
        books.alerts,
        books.journal,
        books.pauses,
        books.heartbeats,
        lambda: free_share(settings.data_dir),
        books.registry,
        due=DueCalibrations(calibrations, books.registry, settings.alerts.calibration_days),
        services=DueServices(books.maintenance, books.registry),
    )
    return AlertEngine(
        books.journal,
        books.alerts,
        books.registry,
        profiles,
        causes=causes,
        maintenance=books.maintenance,
        checks=books.quality.function_checks,
    )
