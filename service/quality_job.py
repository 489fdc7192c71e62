"""The checks on stored readings, run by the clock: what arrived since the last run, exactly once.

Each slice of journal rows ends in one transaction of the book that moves the intervals, the memory and the cursor
together; only then is the journal told. Killed anywhere, the next run reads the same rows and finds the same. Late
readings are rows like any other: what they change is judged again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import numpy as np
import structlog
from msgspec import Struct

from device_profiles.catalogue import Catalogue
from device_profiles.checks.plan import Plan, plan_of
from device_profiles.checks.rejudge import clusters, rejudge, view_of
from domain.errors import NotFound, PantauError
from domain.ports import DeadLetterBox, Entry, Journal, QualityBook, ReadingQuery, Registry
from domain.quality import QualityChange, QualityInterval, Replacement
from domain.reading import Millis
from service.quality_clocks import ClockWatch
from service.quality_gaps import GapWatch

READER: Final = "quality"
LETTERS: Final = 500

log = structlog.get_logger()

Key = tuple[str, str]


class QualityReport(Struct):
    """What a run did: rows judged, rows known to wait, and how far the clocks are off (ms, ahead positive)."""

    judged: int = 0
    behind: int = 0
    clocks: dict[str, Millis] = {}


class QualityJob:
    """One for an installation at a time; the service holds a lock."""

    def __init__(
        self,
        journal: Journal,
        readings: ReadingQuery,
        book: QualityBook,
        registry: Registry,
        catalogue: Callable[[], Catalogue],
        dead_letters: DeadLetterBox,
        *,
        clock_skew: Millis = 120_000,
        slice_rows: int = 20_000,
        slices: int = 10,
    ) -> None:
        """`readings` must give them as they came, without intervals: a verdict is never made of other verdicts.
        `catalogue` gives the device profiles as they are now.
        """
        self._journal = journal
        self._readings = readings
        self._book = book
        self._registry = registry
        self._catalogue = catalogue
        self._dead_letters = dead_letters
        self._slice_rows = slice_rows
        self._slices = slices
        self._clocks = ClockWatch(book, clock_skew)
        self._gaps = GapWatch(book)
        self._seen: tuple[int, Catalogue] | None = None
        self._profiles: dict[str, str] = {}
        self._plans: dict[Key, Plan | None] = {}

    def run_once(self, now: Millis) -> QualityReport:
        """Judge what arrived, a bounded amount of it. Raises Unavailable when journal, store or book are away."""
        self._compile()
        report = QualityReport()
        for _ in range(self._slices):
            cursor, letters = self._book.cursors()
            entries = self._journal.read(cursor, self._slice_rows)
            waiting = self._dead_letters.waiting(letters, LETTERS, "clock", None)
            if not entries and not waiting:
                break
            change = QualityChange(
                cursor=entries[-1].seq if entries else cursor, letters=waiting[-1].id if waiting else letters
            )
            self._judge(entries, change)
            self._clocks.judge([entry.reading for entry in entries], waiting, change)
            self._book.commit(change)
            self._journal.advance(READER, change.cursor)
            report.judged += len(entries)
            if len(entries) < self._slice_rows:
                break
        report.behind = self._journal.depth(READER, now).rows
        report.clocks = self._clocks.off()
        return report

    def _compile(self) -> None:
        """Plans are made anew when the registry or the profiles changed."""
        revision, catalogue = self._registry.revision(), self._catalogue()
        if self._seen is not None and self._seen[0] == revision and self._seen[1] is catalogue:
            return
        self._profiles = {device.id: device.profile for device in self._registry.installation().devices}
        self._plans.clear()
        self._clocks.recall(list(self._profiles))
        self._seen = (revision, catalogue)

    def _plan(self, device: str, metric: str) -> Plan | None:
        key = (device, metric)
        if key not in self._plans:
            self._plans[key] = self._made(device, metric)
        return self._plans[key]

    def _made(self, device: str, metric: str) -> Plan | None:
        try:
            profile = self._catalogue().get(self._profiles.get(device, ""))
        except NotFound:
            return None
        return plan_of(profile, metric) if metric in profile.metrics else None

    def _judge(self, entries: Sequence[Entry], change: QualityChange) -> None:
        arrived: dict[Key, set[Millis]] = {}
        for entry in entries:
            series = entry.reading.series
            arrived.setdefault((series.device, series.metric), set()).add(entry.reading.time)
        planned = {key: plan for key in arrived if (plan := self._plan(*key)) is not None}
        memory = self._book.memory([key for key, plan in planned.items() if plan.gap is not None])
        for key, plan in planned.items():
            times = np.array(sorted(arrived[key]), dtype=np.int64)
            try:
                if plan.gap is not None:
                    self._gaps.judge(*key, times, plan.gap, memory.get(key), change)
                if plan.judges_values:
                    change.replacements += self._values(*key, plan, clusters(times, plan.context))
            except PantauError:
                raise
            except Exception:  # one series must not hold the cursor, and with it the journal, for good
                log.exception("series_not_judged", device=key[0], metric=key[1])

    def _values(
        self, device: str, metric: str, plan: Plan, arrived: Iterable[tuple[Millis, Millis]]
    ) -> list[Replacement]:
        found: list[Replacement] = []
        for low, high in arrived:
            start, stop = view_of(low, high, plan.context)
            readings = self._readings.raw(device, metric, start, stop)
            said: dict[str, list[QualityInterval]] = {}
            for one in _standing(self._book.overlapping(device, metric, start, stop), found, start, stop):
                said.setdefault(one.who, []).append(one)
            found += rejudge(plan, readings, low, high, said)
        return found


def _standing(
    said: list[QualityInterval], changed: Iterable[Replacement], start: Millis, stop: Millis
) -> list[QualityInterval]:
    """What holds in [start, stop) once the changes found so far, not yet committed, are made."""
    for new in changed:
        said = [one for one in said if one.who != new.who or one.stop <= new.start or new.stop <= one.start]
        said += [one for one in new.intervals if one.stop > start and one.start < stop]
    return said
