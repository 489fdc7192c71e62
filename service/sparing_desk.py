"""The SPARING connector as pages and API see it (`domain.sparing_desk.SparingDesk`)."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from domain.ports_readings import Page
from domain.reading import Millis
from domain.sparing import Package, Receipt
from domain.sparing_desk import SparingPointStatus, SparingStatus
from service.sparing import PointStatus, Sparing


class SparingCounter:
    """Over the connector of this process. Its queue is shared with the process that sends."""

    def __init__(self, sparing: Sparing) -> None:
        self._sparing = sparing

    def status(self) -> SparingStatus:
        """See the port."""
        config = self._sparing.config
        points = tuple(_point(one) for one in self._sparing.status())
        return SparingStatus(config.enabled, config.base_url, config.mode.value, config.retry_days, points)

    def receipts(self, after: str | None, limit: int, point: str | None) -> Page[Receipt]:
        """See the port."""
        return self._sparing.queue.receipts(after, limit, point)

    def packages(self, point: str, start: Millis, stop: Millis) -> list[Package]:
        """See the port. Raises NotFound for a point without settings."""
        name = self._sparing.chosen(point).point
        return self._sparing.queue.periods(name, start, stop)[::-1]

    def form(self, point: str, month: str, *, complete: bool) -> bytes:
        """See the port."""
        with TemporaryDirectory(prefix="pantau-") as folder:
            file = Path(folder) / "form.xlsx"
            self._sparing.missing(month, point, file, complete=complete)
            return file.read_bytes()


def _point(one: PointStatus) -> SparingPointStatus:
    skipped = None if one.skipped is None else one.skipped.value
    return SparingPointStatus(
        one.point, one.uid, tuple(one.parameters), skipped, one.tested_at, one.waiting, one.oldest, one.last
    )
