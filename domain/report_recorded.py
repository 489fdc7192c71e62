"""What a report says of what people and laboratories recorded, and of the alerts."""

from __future__ import annotations

from msgspec import Struct

from domain.alert import Priority
from domain.reading import Millis
from domain.report_head import Label
from domain.report_measured import Judgement
from domain.report_records import CalibrationRecord, LabResult, LogbookDay


class LabLine(Struct, frozen=True):
    """A laboratory result judged by the limit set in force on the day of sampling."""

    result: LabResult
    name: Label
    limit_set: str | None
    min: float | None
    max: float | None
    judgement: Judgement


class LabMissing(Struct, frozen=True):
    """A laboratory parameter of the limit set without a result in the period."""

    metric: str
    name: Label
    unit: str
    min: float | None
    max: float | None


class Laboratory(Struct, frozen=True):
    """Results of the period, and the parameters that lack one."""

    lines: tuple[LabLine, ...]
    missing: tuple[LabMissing, ...]


class Calibrations(Struct, frozen=True):
    """Those of the period, and of each sensor the one in force when it began."""

    records: tuple[CalibrationRecord, ...]
    in_force: tuple[CalibrationRecord, ...]


class AlertLine(Struct, frozen=True):
    """The alerts of one rule on one series that began in the period. `active`: ms in all, within the period.

    `name` is the rule's; None where there is no such rule any more. `kind`: what sort of rule it is.
    """

    rule: str
    device: str
    metric: str
    priority: Priority
    raised: int
    found_late: int
    acknowledged: int
    active: Millis
    kind: str = ""
    name: Label | None = None


class Alerts(Struct, frozen=True):
    """Alerts of the point's devices that began in the period."""

    raised: int
    found_late: int
    acknowledged: int
    open: int  # not over yet
    lines: tuple[AlertLine, ...]


class LogbookKept(Struct, frozen=True):
    """Days with an entry, and those somebody signed."""

    days_kept: int
    days_signed: int
    days: tuple[LogbookDay, ...]
