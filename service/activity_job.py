"""The month on one page, made by the clock: kept for download, and mailed to whoever gets the reports of every site.

Only the last month that is over is made: what was open in an earlier one cannot be asked any more. That it was made
is its file, and when is the file's time.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

import structlog

from alerts.report_post import Letter
from domain.activity import ActivityDesk
from domain.errors import PantauError, Unavailable
from domain.reading import Millis
from domain.report_period import Period, PeriodKind, local_day, midnight, period_with
from domain.text import Language
from reports.compliance import zone_of
from reports.config import ReportsConfig
from service.report_calendar import HOUR
from service.report_desk import Compliance

log = structlog.get_logger()

PLACE: Final = "_activity"  # no compliance point is called so
AGAIN: Final[Millis] = HOUR  # after a month that could not be made, or had no readings


class ActivityJob:
    """Call it every minute under the lease."""

    def __init__(self, activity: ActivityDesk, desk: Compliance, config: ReportsConfig, base_url: str) -> None:
        self._activity = activity
        self._desk = desk
        self._config = config
        self._base_url = base_url.rstrip("/")
        self._not_before: Millis = 0

    def run_once(self, now: Millis) -> Path | None:
        """Make the last month where it is due and was not made. Raises Unavailable."""
        month, due = self._last(now)
        if month is None or now < max(due, self._not_before) or self._desk.filling() or self._file(month).exists():
            return None
        self._not_before = now + AGAIN
        if not any(self._desk.calendar.has_readings(point, month, now) for point in self._desk.calendar.points()):
            return None
        try:
            name, content = self._activity.pdf(month.name, self._config.language, now)
        except Unavailable:
            raise
        except PantauError as error:
            log.warning("activity_not_made", month=month.name, error=str(error))
            return None
        self._desk.folder.keep(self._desk.folder.place(PLACE, month.name), name, "pdf", content)
        os.utime(self._file(month), ns=(now * 1_000_000, now * 1_000_000))
        log.info("activity_made", month=month.name)
        return self._file(month)

    def letters(self, now: Millis) -> Sequence[Letter]:
        """Of the last month, where it was made and fell due after the installation began."""
        month, due = self._last(now)
        began = self._desk.book.began()
        if month is None or began is None or due < began or not self._file(month).exists():
            return ()
        made_at = self._file(month).stat().st_mtime_ns // 1_000_000
        return (Letter(f"activity:{month.name}", "", made_at, (str(self._file(month)),)),)

    def words(self, letter: Letter, language: str) -> tuple[str, str]:
        """Subject and body, with the link to the page."""
        month = letter.key.partition(":")[2]
        link = f"{self._base_url}/activity?month={month}"
        if language == Language.EN:
            return f"Activity in {month}", f"The month at every site on one page.\n{link}"
        return f"Ringkasan kegiatan {month}", f"Kegiatan bulan ini di semua lokasi dalam satu halaman.\n{link}"

    def _last(self, now: Millis) -> tuple[Period | None, Millis]:
        """The last month that is over by the zone of the first point, and when it is due."""
        points = self._desk.calendar.points()
        if not points:
            return None, 0
        zone = zone_of(self._desk.calendar.installation(), points[0])
        running = period_with(PeriodKind.MONTH, local_day(now, zone))
        month = period_with(PeriodKind.MONTH, running.first - timedelta(days=1))
        return month, midnight(running.first, zone) + round(self._config.wait_hours * HOUR)

    def _file(self, month: Period) -> Path:
        return self._desk.folder.place(PLACE, month.name) / f"kegiatan-{month.name}.pdf"
