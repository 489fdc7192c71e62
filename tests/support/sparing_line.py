"""The connector over a real journal, store and queue, with a clock that moves only when told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from domain.quality import QualityInterval
from domain.reading import GOOD, Reading, Series
from domain.sparing import HOUR, Package, PackageState, Parameter, Receipt
from reports.sparing.config import Sensor, SparingConfig, SparingPoint
from reports.sparing.ministry import Ministry
from reports.sparing.missing import MissingSlot, missing_slots
from reports.sparing.package import PackageMaker
from reports.sparing.sender import PointReport, Sender
from storage.chunk_store import SqliteReadingStore
from storage.database import Database
from storage.journal import SqliteJournal
from storage.readings import MergedReadings
from storage.sparing_queue import SqlSparingQueue
from support.cast import nothing

UID = "ABC3fe3fa2366e1acce66XYZ"
POINT = "outlet-ipal"
NINE = 1_737_968_400_000  # 2025-01-27T09:00:00Z, the first slot of the letter's sample
MINUTE = 60_000
UNITS = {"ph": "pH", "cod": "mg/L", "tss": "mg/L", "nh3n": "mg/L", "flow_rate": "m3/h"}
METRICS = dict(zip(Parameter, UNITS, strict=True))


def point(*parameters: Parameter) -> SparingPoint:
    """The outlet, sending these parameters or all."""
    chosen = parameters or tuple(Parameter)
    sensors = {parameter: Sensor(device="ipal-outlet", metric=METRICS[parameter]) for parameter in chosen}
    return SparingPoint(point=POINT, uid=UID, sensors=sensors)


class Line:
    """One installation's connector. `now` is the clock."""

    def __init__(self, folder: Path, stack: ExitStack, url: str, now: int, **settings: Any) -> None:
        self.now = now
        self.config = SparingConfig(
            **{
                "enabled": True,
                "base_url": url,
                "points": (point(),),
                "timeout": 1.0,
                "settle_seconds": 0,
                **settings,
            }
        )
        self._journal = stack.enter_context(closing(SqliteJournal(folder / "journal.db")))
        store = stack.enter_context(closing(SqliteReadingStore(folder / "readings.db")))
        self.readings = MergedReadings(store, self._journal)
        database = stack.enter_context(closing(Database(f"sqlite:///{folder}/pantau.db")))
        database.migrate()
        self.queue = SqlSparingQueue(database)
        self.intervals: list[QualityInterval] = []
        self._stack = stack
        self.sender = self.another()

    def another(self, grace: int = 0) -> Sender:
        """A sender of another process, over the same queue."""
        client = self._stack.enter_context(closing(Ministry(self.config)))
        maker = PackageMaker(self.config, self.readings, self._overlapping)
        return Sender(self.config, self.queue, maker, client, lambda: self.now, grace)

    def measure(self, start: int, stop: int, every: int = 2 * MINUTE, **values: float) -> None:
        """Good readings of the metrics named, or of all five."""
        wanted = values or {"ph": 7.2, "cod": 80.0, "tss": 30.0, "nh3n": 1.5, "flow_rate": 3.0}
        for metric, value in wanted.items():
            self.add([(at, value) for at in range(start, stop, every)], metric)

    def add(
        self, taken: list[tuple[int, float]], metric: str = "ph", quality: int = GOOD, unit: str | None = None
    ) -> None:
        """Readings as they came."""
        series = Series("batik", "ipal-outlet", metric, unit or UNITS[metric], "outlet")
        self._journal.append([Reading(series, at, value, quality, None, at) for at, value in taken], nothing())

    def passed_test(self) -> Receipt:
        """Measure a slot and pass the connectivity test with it."""
        self.measure(self.now - 4 * MINUTE, self.now)
        return self.sender.test(POINT)

    def run(self) -> PointReport:
        """One run of the connector."""
        return self.sender.run_once()[0]

    def hours(self, count: int) -> list[PointReport]:
        """So many hours pass, each measured, each with a run at its border."""
        reports = []
        for _ in range(count):
            self.measure(self.now, self.now + HOUR)
            self.now += HOUR
            reports.append(self.run())
        return reports

    def receipts(self) -> list[Receipt]:
        """The send log without tests, oldest first."""
        found = self.queue.receipts(None, 1000, None).items
        return [receipt for receipt in reversed(found) if receipt.package]

    def missing(self, start: int, stop: int) -> list[MissingSlot]:
        """The slots that the ministry does not have."""
        return missing_slots(self.queue, self.readings, self.config, self.config.points[0], start, stop)

    def states(self) -> list[PackageState]:
        """Of every package, oldest first."""
        return [package.state for package in self.packages()]

    def packages(self) -> list[Package]:
        """All, oldest first."""
        return self.queue.periods(POINT, 0, 2**52)

    def _overlapping(self, device: str, metric: str, start: int, stop: int) -> list[QualityInterval]:
        return [i for i in self.intervals if i.metric == metric and i.start < stop and start < i.stop]


@contextmanager
def line(folder: Path, url: str, now: int = NINE, **settings: Any) -> Iterator[Line]:
    """A connector whose parts are closed afterwards."""
    with ExitStack() as stack:
        yield Line(folder, stack, url, now, **settings)
