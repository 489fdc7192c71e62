"""The SPARING connector over the parts of an installation, for the jobs and the command line."""

from __future__ import annotations

import re
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from msgspec import Struct, to_builtins

from domain.errors import Invalid, NotFound
from domain.places import Installed, Places
from domain.ports_evidence import ConditionBook, PauseBook
from domain.ports_readings import Clock, ReadingQuery
from domain.ports_records import ProfileBook
from domain.reading import Millis
from domain.sparing import Receipt, SparingQueue
from reports.sparing.conditions import Intervals, with_stops
from reports.sparing.config import SparingConfig, SparingPoint
from reports.sparing.ministry import Ministry
from reports.sparing.missing import MissingReason, every_slot, missing_slots, write_form
from reports.sparing.package import PackageMaker
from reports.sparing.sender import Sender, SkipReason
from storage.database import Database
from storage.evidence_daily import SqlConditions
from storage.pauses import SqlPauses
from storage.sparing_queue import SqlSparingQueue

START_GRACE: Final[Millis] = 600_000


class PointStatus(Struct, frozen=True):
    """How sending stands at one point. Times are ms UTC."""

    point: str
    uid: str
    parameters: list[str]
    skipped: SkipReason | None
    tested_at: Millis | None
    waiting: int
    oldest: Millis | None  # start of the oldest package that waits
    last: Receipt | None


@dataclass(frozen=True)
class Sparing:
    """Everything the jobs, the commands and the pages need."""

    config: SparingConfig
    queue: SparingQueue
    readings: ReadingQuery
    sender: Sender
    clock: Clock

    def status(self) -> list[PointStatus]:
        """Of every point."""
        return [self._status(point) for point in self.config.points]

    def _status(self, point: SparingPoint) -> PointStatus:
        waiting, oldest = self.queue.waiting(point.point)
        newest = self.queue.receipts(None, 1, point.point).items
        return PointStatus(
            point=point.point,
            uid=point.uid,
            parameters=[parameter.value for parameter in point.sensors],
            skipped=self.sender.skipped(point),
            tested_at=self.queue.tested(point.point, point.uid),
            waiting=waiting,
            oldest=oldest,
            last=newest[0] if newest else None,
        )

    def missing(self, month: str, point: str | None, file: Path | None, *, complete: bool) -> dict[str, Any]:
        """What the ministry lacks of a local month, counted by reason; written as the portal's form to `file`.

        Raises Invalid for a month that is none or has not begun, NotFound for a point without settings.
        """
        chosen = self.chosen(point)
        start, end = month_span(month, ZoneInfo(self.config.form_timezone))
        stop = min(end, self.clock())
        if stop <= start:
            raise Invalid(f"{month} has not begun", "month")
        found = missing_slots(self.queue, self.readings, self.config, chosen, start, stop)
        counts = {reason.value: sum(slot.reason is reason for slot in found) for reason in MissingReason}
        rows = every_slot(self.readings, chosen, found) if complete else [(slot.time, slot.values) for slot in found]
        written = write_form(file, self.config, rows, end) if file is not None else 0
        return {"point": chosen.point, "month": month, "missing": len(found), "reasons": counts, "rows": written}

    def chosen(self, name: str | None) -> SparingPoint:
        """The point of that name, or the only one. Raises NotFound."""
        if name is None and len(self.config.points) == 1:
            return self.config.points[0]
        found = None if name is None else self.config.point(name)
        if found is None:
            names = ", ".join(point.point for point in self.config.points) or "none"
            raise NotFound(f"sparing.points has no point {name or '(give --point)'}; there are: {names}")
        return found


def connect_sparing(
    config: SparingConfig,
    stack: ExitStack,
    database: Database,
    readings: ReadingQuery,
    intervals: Intervals,
    clock: Clock,
    grace: Millis = START_GRACE,
) -> Sparing:
    """Connect the parts. Opens no connection to the ministry before the first send. `grace` as `Sender`."""
    queue = SqlSparingQueue(database)
    ministry = stack.enter_context(closing(Ministry(config)))
    sender = Sender(config, queue, PackageMaker(config, readings, intervals), ministry, clock, grace)
    return Sparing(config, queue, readings, sender, clock)


def installed_sparing(
    config: SparingConfig,
    stack: ExitStack,
    database: Database,
    registry: Installed,
    intervals: Intervals,
    readings: ReadingQuery,
    clock: Clock,
    grace: Millis = START_GRACE,
) -> Sparing:
    """The connector with all that is known in the installation's database: the service and the command send the same
    codes. `readings` are corrected ones.
    """
    conditions, pauses = SqlConditions(database, Places(registry)), SqlPauses(database)
    known = known_conditions(intervals, registry, conditions, pauses)
    return connect_sparing(config, stack, database, readings, known, clock, grace)


def known_conditions(
    intervals: Intervals, registry: Installed, conditions: ConditionBook, pauses: PauseBook
) -> Intervals:
    """What may be said with a condition code: of the sensors, and of the plant."""

    def place_of(device: str) -> tuple[str, str]:
        found = registry.device(device)
        return found.site, found.stage

    return with_stops(intervals, place_of, pauses, conditions)


def wrong_sensors(config: SparingConfig, registry: Installed, profiles: ProfileBook) -> dict[str, str]:
    """What is wrong with the settings of each point: devices and metrics that this installation has not."""
    found = {point.point: _wrong(point, registry, profiles) for point in config.points}
    return {point: "; ".join(wrong) for point, wrong in found.items() if wrong}


def _wrong(point: SparingPoint, registry: Installed, profiles: ProfileBook) -> list[str]:
    wrong = []
    for parameter, sensor in point.sensors.items():
        try:
            profile = profiles.profile(registry.device(sensor.device).profile)
        except NotFound as error:
            wrong.append(f"{parameter.value}: {error}")
            continue
        if sensor.metric not in {info.metric for info in profile.metrics}:
            wrong.append(f"{parameter.value}: {sensor.device} has no {sensor.metric}")
    return wrong


def month_span(month: str, zone: ZoneInfo) -> tuple[Millis, Millis]:
    """A local month such as 2026-10, in ms UTC. Raises Invalid."""
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", month) or month.startswith("0000"):
        raise Invalid(f"{month} is not a month; write it as 2026-10", "month")
    year, number = int(month[:4]), int(month[5:])
    following = (year + 1, 1) if number == 12 else (year, number + 1)
    first, last = (datetime(*begin, 1, tzinfo=zone) for begin in ((year, number), following))
    return round(first.timestamp() * 1000), round(last.timestamp() * 1000)


def receipt_json(receipt: Receipt) -> dict[str, Any]:
    """A receipt for programs, with its times in RFC 3339 beside the milliseconds."""
    shown = {name: datetime.fromtimestamp(getattr(receipt, name) / 1000, UTC).isoformat() for name in ("at", "start")}
    found: dict[str, Any] = to_builtins(receipt)
    return {**found, "at_utc": shown["at"], "start_utc": shown["start"]}
