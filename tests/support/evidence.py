"""A registry of one batik site in Jakarta's zone, and records of its people."""

from __future__ import annotations

from datetime import date

from domain.condition import Category, Condition, HandJudgement
from domain.errors import NotFound
from domain.lab import LabSample, LabValue
from domain.logbook import LogbookEntry, Noted
from domain.places import Places
from domain.registry import CompliancePoint, Device, Installation, Site, SiteKind, Stage
from domain.report_records import CalibrationRecord, Operator
from domain.text import Text
from support.cast import HOUR, NOON

WHO = "budi"
DAY = 24 * HOUR
TODAY = date(2025, 10, 9)  # of NOON in WIB


class StandingRegistry:
    """The part of `domain.ports.Registry` that places are looked up in."""

    def __init__(self, installation: Installation) -> None:
        self._all = installation

    def installation(self) -> Installation:
        """All of it."""
        return self._all

    def device(self, device: str) -> Device:
        """One device. Raises NotFound."""
        for one in self._all.devices:
            if one.id == device:
                return one
        raise NotFound(device)


def places() -> Places:
    """Of a site `batik` with the device and the compliance point `outlet`."""
    name = Text(id="x", en="x")
    site = Site(id="batik", name=name, kind=SiteKind.IPAL, stages=(Stage(id="outlet", name=name),))
    device = Device(id="outlet", site="batik", stage="outlet", profile="plain-json", name=name)
    point = CompliancePoint(
        id="outlet", site="batik", stage="outlet", name=name, limit_set="set", devices=("outlet",)
    )
    registry = StandingRegistry(Installation(sites=(site,), devices=(device,), compliance_points=(point,)))
    return Places(registry)


def calibration(start: int = 0, stop: int | None = 30, metric: str = "ph") -> CalibrationRecord:
    """From so many minutes after noon to so many."""
    end = None if stop is None else NOON + stop * 60_000
    return CalibrationRecord("", "outlet", metric, NOON + start * 60_000, end, WHO, (7.0,), (7.2,), (7.0,))


def sample(code: str = "A-1", at: int = NOON) -> LabSample:
    """BOD and pH of the outlet."""
    values = (LabValue("bod", Operator.BELOW, 2.0, "mg/L"), LabValue("ph", Operator.EQUAL, 7.1, "pH"))
    return LabSample("outlet", code, at, values, "Lab DLH", "LP-123-IDN")


def condition(start: int = NOON, stop: int | None = NOON + HOUR) -> Condition:
    """A power cut."""
    return Condition("batik", Category.POWER_CUT, start, stop, description="PLN padam")


def judgement(start: int = NOON, stop: int = NOON + HOUR) -> HandJudgement:
    """The outlet's pH sensor hung in the air."""
    return HandJudgement("outlet", "ph", start, stop, Category.SENSOR_IN_AIR)


def entry(shift: str = "pagi", day: date = TODAY, ph: float = 7.2) -> LogbookEntry:
    """One shift's page."""
    return LogbookEntry("batik", day, shift, "Siti", ph_outlet=Noted(ph))
