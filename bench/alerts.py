"""What one alerts tick costs: real journal and book (SQLite), each series under three rules and its device's silence.

CPU of this process, median of `ROUNDS` ticks of `READINGS` new readings, each tick ten seconds after the one before,
with what is written down of evaluators' memory now and then. Two sets of three rules: limit, rate of change and
stuck; limit, quality and state. Silent devices are registered, expected and already raised as silent or still
awaited; they must cost nothing. `longest_tick_s` is the longest tick while 100,000 devices are met for the first
time and fall silent at once.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from alerts.engine import AlertEngine
from domain.counters import Tally
from domain.metrics import MetricInfo, ProfileInfo
from domain.reading import Reading, Series
from domain.registry import Device, Installation, Site, SiteKind, Stage
from domain.rule import LimitRule, QualityRule, RateOfChangeRule, Rule, Scope, StateRule, StuckRule
from domain.text import Text
from storage.alert_book import SqlAlertBook
from storage.database import Database
from storage.journal import SqliteJournal
from storage.quality_book import SqlQualityBook
from storage.registry import SqlRegistry

READINGS = 20_000
ROUNDS = 7
SETTLING = 25  # ticks before: series are met, the silent fall due part by part, memory is written down once
START = 1_795_219_200_000
NAME = Text(id="Alat", en="Device")


class Probes:
    """One profile: pH every ten seconds, fifty of grace (so that a no-data rule derives for each device)."""

    def profiles(self) -> list[ProfileInfo]:
        """The one there is."""
        return [self.profile("probe")]

    def profile(self, name: str) -> ProfileInfo:
        """That one."""
        return ProfileInfo(name, NAME, "json", (), (MetricInfo("ph", "pH", NAME, interval=10, grace=50),))


PH = Scope(metric="ph")
LIMIT = LimitRule(id="ph", name=NAME, action=NAME, scope=PH, above=9.0, below=6.0, deadband=0.1)
RULES: dict[str, tuple[Rule, ...]] = {
    "rates": (
        LIMIT,
        RateOfChangeRule(id="rate", name=NAME, action=NAME, scope=PH, rise=60.0, fall=60.0, over=600.0),
        StuckRule(id="stuck", name=NAME, action=NAME, scope=PH, after=3600.0, tolerance=0.001),
    ),
    "quality": (
        LIMIT,
        QualityRule(id="quality", name=NAME, action=NAME, scope=PH, share=0.5),
        StateRule(id="state", name=NAME, action=NAME, scope=PH, equals=(14.0,)),
    ),
}


def installation(devices: int, rules: tuple[Rule, ...]) -> Installation:
    """Devices with one metric each, and three rules for all of them."""
    site = Site(id="batik", name=NAME, kind=SiteKind.IPAL, stages=(Stage(id="outlet", name=NAME),))
    made = tuple(
        Device(id=f"d{number}", site="batik", stage="outlet", profile="probe", name=NAME) for number in range(devices)
    )
    return Installation(sites=(site,), devices=made, rules=rules)


def readings(series: list[Series], now: int) -> Iterator[Reading]:
    """`READINGS` calm readings spread over the series, in the ten seconds before `now`."""
    rounds = READINGS // len(series)
    for turn in range(rounds):
        at = now - 10_000 + (turn + 1) * 10_000 // rounds
        for one in series:
            yield Reading(one, at, 7.0 + turn % 7 / 10, received_at=at)


def run(folder: Path, talking: int, registered: int, rules: tuple[Rule, ...]) -> tuple[float, float]:
    """Median CPU in ms of a tick that judges `READINGS` readings of `talking` series, and the longest tick in s."""
    db = Database(f"sqlite:///{folder}/pantau.sqlite")
    db.migrate()
    registry = SqlRegistry(db)
    registry.apply(installation(registered, rules), "bench", START)
    with SqliteJournal(folder / "journal.sqlite") as journal:
        checks = SqlQualityBook(db).function_checks  # as the service asks: once a slice
        engine = AlertEngine(journal, SqlAlertBook(db), registry, Probes(), checks=checks)
        series = [Series("batik", f"d{number}", "ph", "pH", "outlet") for number in range(talking)]
        costs, longest = [], 0.0
        for turn in range(ROUNDS + SETTLING):
            now = START + turn * 10_000
            journal.append(list(readings(series, now)), Tally())
            began, started = time.process_time(), time.monotonic()
            report = engine.tick(now)
            costs.append((time.process_time() - began) * 1000)
            longest = max(longest, time.monotonic() - started)
            if report.judged != READINGS:
                raise AssertionError(f"judged {report.judged} of {READINGS}")
    db.close()
    return median(costs[-ROUNDS:]), longest


def tick_cost(talking: int, registered: int, rules: str = "rates") -> tuple[float, float]:
    """The same in a folder of its own."""
    with TemporaryDirectory() as folder:
        return run(Path(folder), talking, registered, RULES[rules])


def measure() -> dict[str, float]:
    """CPU in ms per tick at 100, 1,000 and 10,000 talking series, and with ten times as many devices silent."""
    found: dict[str, float] = {}
    for talking in (100, 1_000, 10_000):
        found[f"tick_ms_{talking}_series"] = round(tick_cost(talking, talking)[0], 1)
    found["tick_ms_10000_series_quality_state"] = round(tick_cost(10_000, 10_000, "quality")[0], 1)
    cost, longest = tick_cost(10_000, 110_000)
    found["tick_ms_10000_series_100000_silent"] = round(cost, 1)
    found["longest_tick_s_100000_silent"] = round(longest, 2)
    found["silent_ratio"] = round(cost / found["tick_ms_10000_series"], 2)
    return found


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name:40} {value}")
