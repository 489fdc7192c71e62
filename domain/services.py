"""The ports that the API and the pages are given."""

from __future__ import annotations

from dataclasses import dataclass

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
    ProfileBook,
    ReadingQuery,
    Registry,
    Replayer,
    RuleBook,
)


@dataclass(frozen=True)
class Services:
    """Everything a request may use. `secure_cookies` is off only where the server speaks plain HTTP."""

    registry: Registry
    profiles: ProfileBook
    rules: RuleBook
    readings: ReadingQuery
    journal: Journal
    book: AlertBook
    desk: AlertDesk
    dead_letters: DeadLetterBox
    replayer: Replayer
    accounts: Accounts
    authenticator: Authenticator
    audit: AuditLog
    heartbeats: Heartbeats
    clock: Clock
    version: str
    secure_cookies: bool = False
    demo: bool = False
