"""What people and programs may ask of the SPARING connector; sending itself is a job of the service."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from domain.ports_readings import Page
from domain.reading import Millis
from domain.sparing import Package, Receipt


class SparingPointStatus(Struct, frozen=True):
    """How sending stands at one compliance point. Times are ms UTC.

    `skipped`: "off" or "untested", None where packages are sent. `oldest`: start of the oldest package that waits.
    """

    point: str
    uid: str
    parameters: tuple[str, ...]
    skipped: str | None
    tested_at: Millis | None
    waiting: int
    oldest: Millis | None
    last: Receipt | None


class SparingStatus(Struct, frozen=True):
    """The connector as it is set up, and each of its points. `retry_days`: how long a package is tried."""

    enabled: bool
    base_url: str
    mode: str
    retry_days: int
    points: tuple[SparingPointStatus, ...]


class SparingDesk(Protocol):
    """Looks at the queue and the send log; changes nothing and sends nothing."""

    def status(self) -> SparingStatus:
        """As it stands."""
        ...

    def receipts(self, after: str | None, limit: int, point: str | None) -> Page[Receipt]:
        """Every attempt, newest first."""
        ...

    def packages(self, point: str, start: Millis, stop: Millis) -> list[Package]:
        """The packages of a point that begin in [start, stop), latest first, whatever became of them."""
        ...

    def form(self, point: str, month: str, *, complete: bool) -> bytes:
        """The portal's form (XLSX) of the slots the ministry lacks of a local month; `complete`: every measured slot
        of the affected stretch. Raises Invalid for a month that is none or has not begun, NotFound for a point.
        """
        ...
