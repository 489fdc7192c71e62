"""Quality intervals without those of some reasons: readings as they would be had nobody judged them so."""

from __future__ import annotations

from domain.ports import Page, QualityIntervals
from domain.quality import QualityInterval
from domain.reading import Millis


class QualityLeftOut:
    """`domain.ports.QualityIntervals` over another one."""

    def __init__(self, intervals: QualityIntervals, reasons: frozenset[str]) -> None:
        self._intervals, self._reasons = intervals, reasons

    def overlapping(self, device: str, metric: str, start: Millis, stop: Millis) -> list[QualityInterval]:
        """Those of one series that share a moment with [start, stop), by start."""
        return self._kept(self._intervals.overlapping(device, metric, start, stop))

    def since(self, at: Millis) -> list[QualityInterval]:
        """Those of all series that end after `at`."""
        return self._kept(self._intervals.since(at))

    def page(
        self,
        after: str | None,
        limit: int,
        device: str | None,
        metric: str | None,
        start: Millis | None,
        stop: Millis | None,
    ) -> Page[QualityInterval]:
        """A page may hold fewer than it was asked for."""
        found = self._intervals.page(after, limit, device, metric, start, stop)
        return Page(self._kept(found.items), found.next)

    def _kept(self, found: list[QualityInterval]) -> list[QualityInterval]:
        return [one for one in found if one.reason not in self._reasons]
