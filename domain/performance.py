"""How the alarm system itself is doing (ISA-18.2 monitoring and assessment; ANSI/ISA TR18.2.5 counts)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from msgspec import Struct

from domain.reading import Millis

CHATTERING: Final = 3  # raised so often within a minute (standards.md 1)
FLOOD_STARTS: Final = 10  # more than so many alerts in ten minutes
FLOOD_ENDS: Final = 5  # fewer than so many
FLOOD_WINDOW: Final[Millis] = 600_000
STALE: Final[Millis] = 86_400_000  # active for longer than a day


class Actor(Struct, frozen=True):
    """One rule on one device and how often it rang."""

    rule: str
    site: str
    device: str
    metric: str
    rang: int
    share: float  # of all
    chattering: int
    median_active: Millis | None  # how long an alert of it lasted


class AdviceReason(StrEnum):
    """Why a rule should be looked at."""

    CHATTERS = "chatters"  # a deadband, or delays
    SHORT = "short"  # most alerts end before anybody can act: an on-delay
    FREQUENT = "frequent"  # one of few that ring most
    STALE = "stale"  # stands for days: repair, shelve or retire
    NEVER_ACTED_ON = "never_acted_on"  # nobody ever acknowledged one


class Advice(Struct, frozen=True):
    """What could be retuned. `change`: fields of the rule to try, for a what-if."""

    rule: str
    device: str
    reason: AdviceReason
    count: int
    change: dict[str, float]


class Flood(Struct, frozen=True):
    """More alerts than people can follow, at one site."""

    site: str
    start: Millis
    stop: Millis | None
    alerts: int


class AlarmPerformance(Struct, frozen=True):
    """Counts of [start, stop). `per_hour`, `per_day`: (start of the hour or local day, priority, how many rang).

    `acknowledged_median` and `acknowledged_p90`: time from raised to acknowledged (ms), None without any.
    """

    start: Millis
    stop: Millis
    rang: int
    by_priority: dict[str, int]
    per_hour: list[tuple[Millis, str, int]]
    per_day: list[tuple[Millis, str, int]]
    actors: list[Actor]  # ten at most, worst first
    chattering: list[str]  # open alerts that chatter now
    stale: list[str]  # open alerts that are active for longer than a day
    floods: list[Flood]
    flood_share: float  # of the time
    acknowledged: int
    never_acknowledged: int
    acknowledged_median: Millis | None
    acknowledged_p90: Millis | None
    notifications: dict[str, int]  # by state
    advice: list[Advice]
