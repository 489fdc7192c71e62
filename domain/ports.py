"""The contracts between packages. Siblings meet only here; `service/wiring.py` connects them.

Those of readings are in `domain.ports_readings`, those of registry and records in `domain.ports_records`, those of
the alerts in `domain.ports_alerts`, those of people and programs in `domain.ports_edges`; everybody imports them
from here.

Unless a method says otherwise it may block for as long as its disk or server takes, raises
`Unavailable` while that is away, never keeps or changes a list it was given, and hands over the lists it returns.
Times are milliseconds UTC; `now` is always an argument.
"""

from __future__ import annotations

from domain.ports_alerts import AlertBook, Maintenance, Pauses, Performance, TickChange
from domain.ports_edges import (
    Address,
    AlertDesk,
    Authenticator,
    Links,
    Newcomers,
    Notice,
    Notifier,
    Replayer,
    RuleTrials,
)
from domain.ports_readings import (
    Clock,
    DeadLetterBox,
    Entry,
    Journal,
    MessageSource,
    Page,
    Publisher,
    ReadingQuery,
    ReadingStore,
)
from domain.ports_records import (
    Accounts,
    AuditLog,
    Heartbeat,
    Heartbeats,
    ProfileBook,
    QualityBook,
    QualityIntervals,
    Registry,
    RuleBook,
)

__all__ = [
    "Accounts",
    "Address",
    "AlertBook",
    "AlertDesk",
    "AuditLog",
    "Authenticator",
    "Clock",
    "DeadLetterBox",
    "Entry",
    "Heartbeat",
    "Heartbeats",
    "Journal",
    "Links",
    "Maintenance",
    "MessageSource",
    "Newcomers",
    "Notice",
    "Notifier",
    "Page",
    "Pauses",
    "Performance",
    "ProfileBook",
    "Publisher",
    "QualityBook",
    "QualityIntervals",
    "ReadingQuery",
    "ReadingStore",
    "Registry",
    "Replayer",
    "RuleBook",
    "RuleTrials",
    "TickChange",
]
