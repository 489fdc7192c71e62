"""The ports that the API and the pages are given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from domain.activity import ActivityDesk
from domain.evidence_books import Evidence
from domain.finished_report import ReportDesk
from domain.kiosk import KioskLinks
from domain.ports import (
    Accounts,
    AlertBook,
    AlertDesk,
    AuditLog,
    Authenticator,
    Clock,
    DeadLetterBox,
    Heartbeats,
    Journal,
    Links,
    Maintenance,
    Newcomers,
    Pauses,
    Performance,
    ProfileBook,
    QualityIntervals,
    ReadingQuery,
    Registry,
    Replayer,
    RuleBook,
    RuleTrials,
)
from domain.ports_machines import Machines, StopLog
from domain.sparing_desk import SparingDesk

SESSION_COOKIE: Final = "pantau_session"  # the cookie that holds a person's session, for API and pages alike


@dataclass(frozen=True)
class Services:
    """Everything a request may use. `secure_cookies` is off only where the server speaks plain HTTP."""

    registry: Registry
    profiles: ProfileBook
    rules: RuleBook
    readings: ReadingQuery
    quality: QualityIntervals
    journal: Journal
    book: AlertBook
    desk: AlertDesk
    links: Links
    trials: RuleTrials
    performance: Performance
    pauses: Pauses
    maintenance: Maintenance
    machines: Machines
    stops: StopLog
    evidence: Evidence
    dead_letters: DeadLetterBox
    replayer: Replayer
    newcomers: Newcomers
    accounts: Accounts
    authenticator: Authenticator
    audit: AuditLog
    heartbeats: Heartbeats
    clock: Clock
    version: str
    sparing: SparingDesk | None = None
    reports: ReportDesk | None = None
    kiosks: KioskLinks | None = None
    activity: ActivityDesk | None = None
    base_url: str = ""  # how people reach the pages, where the settings say it
    secure_cookies: bool = False
    demo: bool = False
