"""InfluxDB as the reading store (port `ReadingStore`): line protocol in, InfluxQL out."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any, Self

import structlog

from domain.errors import NotPermitted
from domain.reading import MISSING, Millis, Reading
from domain.series import Bucket, Selection
from storage import influx_v1, influx_v2, influx_v3
from storage.buckets import HOUR
from storage.influx_config import InfluxPlace
from storage.influx_flavour import Flavour, detect
from storage.influx_lines import lines, readings_of
from storage.influx_query import Answer, InfluxHttp, identifier, text
from storage.influx_writer import MAX_LINES, LineWriter

NAMED_DEVICES = 200  # more are sorted out here rather than in the statement
CORE_WINDOW: Millis = 48 * HOUR  # InfluxDB 3 Core refuses queries over more files than about 72 h make

_CLASSES = ("quality <= 2", "quality = 3", "quality > 3 AND quality < 9")
_log = structlog.get_logger()


class InfluxReadingStore:
    """Opens no connection until it is first used; safe across threads."""

    def __init__(self, config: InfluxPlace) -> None:
        self._config = config
        self._secret = config.token.get_secret_value() if config.token else ""
        self._http = InfluxHttp(config.url or "", self._secret, config.timeout)
        self._guard = threading.Lock()
        self._writer: LineWriter | None = None
        self._flavour: Flavour | None = None
        self._prepared = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        if self._writer is not None:
            self._writer.close()
        self._http.close()

    @property
    def bucket(self) -> str:
        """Where it writes."""
        return self._config.bucket

    # ── writing ─────────────────────────────────────────────────────────────────────────────────

    def write(self, readings: Sequence[Reading]) -> None:
        """Make them durable."""
        made = lines(readings)
        for start in range(0, len(made), MAX_LINES):
            self.send(made[start : start + MAX_LINES])

    def send(self, made: Sequence[str]) -> None:
        """Write ready-made lines in one request: all of them, or an error. Writing them again is harmless."""
        with self._guard:
            flavour = self._ready()
            if self._writer is None:
                self._writer = LineWriter(
                    self._http, self._secret, self._config.org, self._config.bucket, self._config.timeout
                )
        try:
            self._writer.send(made, flavour)
        except NotPermitted:
            self._prepared = False  # the bucket may have been removed: look again at the next attempt
            raise

    def _ready(self) -> Flavour:
        """Find out who answers and make the bucket, once. A token that may only write is no obstacle."""
        flavour = self._known_flavour()
        if not self._prepared:
            try:
                self._prepare(flavour)
            except NotPermitted as error:
                _log.warning("influxdb_bucket_not_prepared", bucket=self._config.bucket, error=str(error))
            self._prepared = True
        return flavour

    def _known_flavour(self) -> Flavour:
        if self._flavour is None:
            self._flavour = detect(self._http)
        return self._flavour

    def _prepare(self, flavour: Flavour) -> None:
        bucket, keep = self._config.bucket, self._config.keep_days
        if flavour is Flavour.V2:
            influx_v2.prepare(self._http, bucket, keep, self._config.org)
        elif flavour is Flavour.V3:
            influx_v3.prepare(self._http, bucket, keep)
        else:
            influx_v1.prepare(self._http, bucket, keep)

    def expire(self, before: Millis) -> int:
        """Remove readings older than `before`; how many. InfluxDB 3 does so by itself: 0."""
        flavour = self._known_flavour()
        if flavour is Flavour.V3:
            return 0
        hour = before - before % HOUR
        counted = self._query(f"SELECT count(quality) FROM /.*/ WHERE time < {hour}ms")
        if flavour is Flavour.V2:
            influx_v2.delete_before(self._http, self._config.bucket, hour, self._config.org)
        else:
            influx_v1.delete_before(self._http, self._config.bucket, hour)
        return sum(int(row[1]) for answer in counted for row in answer.values)

    # ── reading ─────────────────────────────────────────────────────────────────────────────────

    def latest(self, selection: Selection) -> list[Reading]:
        """The newest reading by time of each matching series. `received_at` is not kept here and is 0."""
        conditions = []
        if selection.site is not None:
            conditions.append(f"site = {text(selection.site)}")
        devices = selection.devices
        if devices is not None and len(devices) <= NAMED_DEVICES:
            if not devices:
                return []
            conditions.append("(" + " OR ".join(f"device = {text(name)}" for name in sorted(devices)) + ")")
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        source = "/.*/" if selection.metric is None else identifier(selection.metric)
        found = self._query(f"SELECT last(quality), value, reason FROM {source}{where} GROUP BY *")
        newest: dict[tuple[str, str], Reading] = {}
        for reading in readings_of(found):
            key = (reading.series.device, reading.series.metric)
            if (devices is None or key[0] in devices) and (key not in newest or newest[key].time < reading.time):
                newest[key] = reading
        return list(newest.values())

    def raw(self, device: str, metric: str, start: Millis, stop: Millis) -> list[Reading]:
        """Every reading with start <= time < stop, by time. `received_at` is not kept here and is 0."""
        found: dict[Millis, Reading] = {}
        for low, high in self._windows(start, stop, 1):
            where = self._where(device, low, high)
            answers = self._query(f"SELECT quality, value, reason FROM {identifier(metric)} WHERE {where} GROUP BY *")
            found |= {reading.time: reading for reading in readings_of(answers)}
        return [found[time] for time in sorted(found)]

    def buckets(self, device: str, metric: str, start: Millis, stop: Millis, width: Millis) -> list[Bucket]:
        """Buckets of `width`, made by the server: one statement for each class of quality."""
        buckets: list[Bucket] = []
        for low, high in self._windows(start, stop, width):
            tail = f"{self._where(device, low, high)} GROUP BY time({width}ms) fill(none)"
            table = identifier(metric)
            figures = "min(value), mean(value), max(value), count(value), min(quality)"
            statements = [f"SELECT {figures} FROM {table} WHERE {which} AND {tail}" for which in _CLASSES]
            statements.append(f"SELECT count(quality) FROM {table} WHERE quality = {MISSING} AND {tail}")
            *classes, missing = self._results(*statements)
            buckets += _buckets_of([_rows(result) for result in classes], _rows(missing))
        return buckets

    @staticmethod
    def _where(device: str, start: Millis, stop: Millis) -> str:
        return f"device = {text(device)} AND time >= {start}ms AND time < {stop}ms"

    def _windows(self, start: Millis, stop: Millis, width: Millis) -> Iterator[tuple[Millis, Millis]]:
        """The range in pieces that the server accepts, cut at multiples of `width`."""
        if self._known_flavour() is not Flavour.V3:
            yield start, stop
            return
        step = max(width, CORE_WINDOW - CORE_WINDOW % width)
        while start < stop:
            end = min(stop, start - start % step + step)
            yield start, end
            start = end

    def _query(self, statement: str) -> list[Answer]:
        return self._results(statement)[0]

    def _results(self, *statements: str) -> list[list[Answer]]:
        """A bucket that nothing was ever written to is empty, not an error."""
        try:
            return self._http.query(*statements, db=self._config.bucket)
        except NotPermitted as error:
            if "database not found" not in str(error):
                raise
            return [[] for _ in statements]


def _rows(answers: list[Answer]) -> list[list[Any]]:
    return [row for answer in answers for row in answer.values]


def _buckets_of(classes: list[list[list[Any]]], missing: list[list[Any]]) -> list[Bucket]:
    """Best class first: the first that has readings in a bucket gives its figures, the others are counted as bad."""
    chosen: dict[Millis, Bucket] = {int(row[0]): Bucket(int(row[0]), None, None, None, 0, MISSING) for row in missing}
    bad: dict[Millis, int] = {int(row[0]): int(row[1]) for row in missing}
    for rank, rows in reversed(list(enumerate(classes))):
        for time, low, mean, high, count, quality in rows:
            at = int(time)
            bad[at] = bad.get(at, 0) + (int(count) if rank else 0)
            chosen[at] = Bucket(at, float(low), float(mean), float(high), int(count), int(quality))
    return [Bucket(at, b.min, b.mean, b.max, b.count, b.quality, bad.get(at, 0)) for at, b in sorted(chosen.items())]
