"""What people of the demo's footwear centre noted: why machines stood still, and the services that were done.

Invented with the same seed as the machines' past, so that the stops and what was said of them belong together.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from domain.machine import StopRecord
from domain.ports_alerts import Maintenance
from domain.ports_machines import StopLog
from domain.reading import Millis
from domain.report_period import local_day, midnight
from domain.rule_record import ServiceRecord
from domain.shift import Span
from simulators.local_time import DAY, HOUR, MINUTE, day_of, weekday
from simulators.local_time import midnight as midnight_of
from simulators.machines import MACHINES, Machine
from simulators.randomness import stream
from simulators.shifts import Calendar, running_spans

SAID_OF: Final[Millis] = 8 * DAY  # before now: what operators said reaches so far back
UNSAID: Final[Millis] = 3 * HOUR  # before now: what still waits for a reason on the tablet
WORTH_SAYING: Final[Millis] = 5 * MINUTE
SEEN: Final[Millis] = 90_000  # by how much a stop looks longer: its machine tells every minute whether it runs
TOLD_OF: Final = 0.85  # the share of stops that somebody explained
REASONS: Final = {
    "potong": ("pisau-cetakan", "bahan-kulit", "setup", "operator"),
    "jahit": ("jarum-benang", "jarum-benang", "setup", "mutu", "tunggu-bahan"),
    "lasting": ("bahan-sol", "setup", "rusak-angin", "bahan-lem"),
    "press": ("setup", "rusak-pemanas", "bahan-sol", "mutu"),
    "mixing": ("bahan-lem", "setup", "rusak-mekanik", "tidak-ada-order"),
}
"""By the first word of a machine's name; a reason given twice is twice as likely."""

SERVICED: Final = {
    "press-1": (27, "Ganti oli hidrolik dan filter"),
    "mixing-1": (9, "Pelumasan roda gigi"),
    "lasting-1": (12, "Servis berkala"),
    "jahit-1": (28, "Oli dan bersihkan, sekoci diganti"),
    "potong-1": (16, "Cek oli, pisau diasah"),
}
"""How many days ago, and what was done: some are due soon, most are not."""


def note_the_past(
    stops: StopLog, maintenance: Maintenance, seed: int, start: Millis, now: Millis, zone: ZoneInfo
) -> None:
    """Write what was noted from `start` until `now`. Services only where none was ever noted."""
    if not maintenance.last():
        for record in services(seed, local_day(now, zone), zone):
            if record.at >= start:
                maintenance.add(record)
    for said in reasons(seed, max(start, now - SAID_OF), now - UNSAID):
        stops.add(said, said.at)


def services(seed: int, today: date, zone: ZoneInfo) -> Iterator[ServiceRecord]:
    """One for each machine of the list, at half past nine, with what its meter said."""
    for name, (ago, note) in SERVICED.items():
        at = midnight(today - timedelta(days=ago), zone) + 9 * HOUR + 30 * MINUTE
        [meter] = Machine(seed, name).columns(np.array([at]), ())[name]["run_hours"].tolist()
        yield ServiceRecord(name, at, "teknisi", note, meter)


def reasons(seed: int, start: Millis, stop: Millis) -> Iterator[StopRecord]:
    """Of most stops that ended in [start, stop); said a few minutes after they ended."""
    for name, (_, kind) in MACHINES.items():
        for day in range(day_of(start), day_of(stop) + 1):
            random = stream(seed, f"{name}/reasons", day)
            for begin, end in stops_of(kind.calendar, seed, name, day):
                reason = _reason(random, name)
                if reason is not None and start <= begin and end + 4 * MINUTE < stop:
                    key = f"demo-{name}-{begin}"
                    seen = (begin - SEEN, end + SEEN)
                    yield StopRecord(name, *seen, reason, "operator", end + 4 * MINUTE, key=key)


def stops_of(calendar: Calendar, seed: int, name: str, day: int) -> list[Span]:
    """When a machine of the demo stood still on a local day within its working hours, long enough to be asked why."""
    runs, base = running_spans(calendar, seed, name, day), midnight_of(day)
    working = [(base + start, base + stop) for start, stop in calendar.windows(weekday(day))]
    gaps = [(before[1], after[0]) for before, after in pairwise(runs)]
    return [
        gap
        for gap in gaps
        if gap[1] - gap[0] >= WORTH_SAYING and any(a <= gap[0] and gap[1] <= b for a, b in working)
    ]


def _reason(random: Random, name: str) -> str | None:
    """None where nobody said why."""
    told, choice = random.random() < TOLD_OF, random.choice(REASONS[name.split("-")[0]])
    return choice if told else None
