"""What a shift report is made of, and its fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct
from pydantic import BaseModel

from domain.errors import Invalid
from domain.machine import StopReason
from domain.ports_machines import Machines, ShiftOverview
from domain.reading import Millis
from domain.registry import Device
from domain.report_period import local_day
from domain.shift import ShiftWindow, window


class ShiftReport(Struct, frozen=True):
    """One day of a site, one shift of it or all. `until`: the moment it was made, where a shift was not over yet."""

    overview: ShiftOverview
    devices: tuple[Device, ...]
    reasons: tuple[StopReason, ...]
    shift: str | None = None
    until: Millis | None = None


def make_report(machines: Machines, site: str, day: date, shift: str | None, now: Millis) -> ShiftReport:
    """The report of a day as it stands at `now`. Raises NotFound for a site or shift there is none of, Invalid for a
    day whose shifts have not begun yet.
    """
    overview = machines.overview(site, day, day, now, shift)
    devices = tuple(device for device, _ in machines.of_site(site))
    zone = ZoneInfo(overview.site.timezone)
    planned = [made for one in overview.shifts if (made := window(one, zone, day)) is not None]
    if (planned and all(now <= made.start for made in planned)) or local_day(now, zone) < day:
        raise Invalid(_ahead(planned, day, zone), "day")
    over = all(made.stop <= now for made in planned)
    return ShiftReport(overview, devices, tuple(machines.reasons()), shift, None if over else now)


def _ahead(planned: Sequence[ShiftWindow], day: date, zone: ZoneInfo) -> str:
    if not planned:
        return f"{day} has not come yet, so there is nothing to report"
    first = datetime.fromtimestamp(min(made.start for made in planned) / 1000, zone)
    return f"no shift of {day} has begun yet (the first begins {first:%Y-%m-%d %H:%M}), so there is nothing to report"


def written(report: ShiftReport) -> bytes:
    """As JSON: the figures, in ms and shares, with the reasons' and machines' ids."""
    return msgspec.json.encode(report, order="sorted", enc_hook=_noun)


def sha256_of(report: ShiftReport) -> str:
    """The fingerprint that every format carries."""
    return hashlib.sha256(written(report)).hexdigest()


def _noun(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise NotImplementedError
