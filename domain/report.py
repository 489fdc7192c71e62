"""The compliance report of one point and period: pure data, from which every format is rendered.

Figures are made of good readings only (QARTOD 1 and 2), are rounded to six decimals so that equal data give equal
bytes from any store, and are None where nothing was measured. Moments are ms UTC, days are local days of the site.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final

from msgspec import Struct

from domain.alert import Priority
from domain.company import Company, Signature
from domain.reading import Millis
from domain.report_edits import Corrections, HandJudgements
from domain.report_period import PeriodKind
from domain.report_records import (
    AbnormalCondition,
    CalibrationRecord,
    LabResult,
    LogbookDay,
    Operator,
)

SCHEMA: Final = 2


class Judgement(StrEnum):
    """What can be said of a figure beside its limit."""

    WITHIN = "within"
    BEYOND = "beyond"
    TOO_LITTLE_DATA = "too_little_data"  # nothing beyond was found, in fewer slots or days than the policy asks for
    NOT_MEASURED = "not_measured"  # no good reading, no result
    NO_LIMIT_SET = "no_limit_set"  # no limit set held on that day: not judged
    UNIT_DIFFERS = "unit_differs"  # measured in another unit than the limit's: not judged
    UNDECIDED = "undecided"  # "< 1" against a limit of 0.5: the figure does not tell


class GapCause(StrEnum):
    """Why a slot holds no good reading. A cause that people wrote down goes before what the readings say."""

    PAUSE = "pause"  # out of operation on purpose: maintenance
    CALIBRATION = "calibration"
    BY_HAND = "by_hand"  # a person judged the readings
    POWER_CUT = "power_cut"
    CONDITION = "condition"  # another abnormal condition of the plant, in the portal's words
    BAD_QUALITY = "bad_quality"
    DEVICE_SILENT = "device_silent"  # others of the site were heard when it fell silent
    NOBODY_HEARD = "nobody_heard"  # no device of the site was: Pantau, its network or the power was away
    NO_DATA = "no_data"  # silent, and nobody knows why
    SHORT = "short"  # between two readings that are no further apart than the device is allowed


class VolumeMethod(StrEnum):
    """How a day's volume was found."""

    TOTALISER = "totaliser"
    INTEGRAL = "integral"


class Label(Struct, frozen=True):
    """One phrase in both languages."""

    id: str
    en: str

    def in_language(self, language: str) -> str:
        """Indonesian for any language but English."""
        return self.en if language == "en" else self.id


class DeviceUsed(Struct, frozen=True):
    """One device of the compliance point."""

    id: str
    name: Label
    profile: str


class Place(Struct, frozen=True):
    """The compliance point."""

    id: str
    name: Label
    site: str
    site_name: Label
    stage: str
    stage_name: Label
    timezone: str
    devices: tuple[DeviceUsed, ...]


class Span(Struct, frozen=True):
    """The period. `until` is the last day counted, earlier than `last` where the period was not over; [start, stop)
    are the days from `first` to it in ms UTC.
    """

    kind: PeriodKind
    name: str
    first: date
    last: date
    until: date
    start: Millis
    stop: Millis


class Policy(Struct, frozen=True):
    """The installation's own choices ("kebijakan internal"), none of them law.

    `slot`: s, the unit of completeness. `day_share`: what share of a day's slots must hold a good reading for the
    day to count as well covered. `join`: exceedances that lie at most so far apart (s) are one episode. `max_gap`:
    s, a flow is not integrated over a longer silence. `outage`: a silence is an outage where it lasts longer than so
    many times the interval in which the device's readings come.
    """

    slot: int = 120
    day_share: float = 0.75
    join: int = 600
    max_gap: int = 600
    outage: float = 3.0


class LimitSetUsed(Struct, frozen=True):
    """A limit set in force on days of the period, with the dates it says of itself; `version` is of its content."""

    id: str
    name: Label
    source: str
    valid_from: date
    valid_until: date | None
    first: date
    last: date
    version: str


class Days(Struct, frozen=True):
    """From one day to another, both inclusive."""

    first: date
    last: date


class LimitInForce(Struct, frozen=True):
    """One limit of one parameter, on days of the period."""

    limit_set: str
    unit: str
    min: float | None
    max: float | None
    first: date
    last: date


class ParameterDay(Struct, frozen=True):
    """One local day. `mean` is the mean of the hourly means of the slots' means, as the ministry's portal averages
    (regulations.md 1.5); `min` and `max` are of single good readings. `beyond`: good readings beyond a bound.
    `valid` of `expected` slots hold a good reading. The mean is what `judgement` is about.
    """

    day: date
    min: float | None
    mean: float | None
    max: float | None
    good: int
    bad: int
    beyond: int
    valid: int
    expected: int
    judgement: Judgement


class Gap(Struct, frozen=True):
    """Consecutive slots without a good reading that share one cause. `reason`: of the bad readings; of calibration
    mode with who switched it on, as `function_check:siti`.
    """

    start: Millis
    stop: Millis
    slots: int
    cause: GapCause
    reason: str | None = None


class GapTotal(Struct, frozen=True):
    """All gaps of one cause."""

    cause: GapCause
    reason: str | None
    gaps: int
    slots: int


class Thin(Struct, frozen=True):
    """On `days` days the readings came further apart than a slot: `least` to `most` seconds, each day by its median.
    Of all slots of the period about `attainable` could then hold a reading.
    """

    days: int
    least: int
    most: int
    attainable: int


class Completeness(Struct, frozen=True):
    """Valid of expected slots of `slot` seconds. `totals` count all slots without a good reading, so that they and
    the valid ones add up to `expected`. `gaps` are the longest, by time, without the short ones between two readings.
    """

    slot: int
    valid: int
    expected: int
    days_covered: int  # days with at least the policy's share of slots
    totals: tuple[GapTotal, ...]
    gaps: tuple[Gap, ...]
    gaps_left_out: int
    thin: Thin | None = None


class Parameter(Struct, frozen=True):
    """One limited parameter as one device measured it.

    `mean` is the mean of the daily means. `days_judged` of the days had a limit and a figure, on `days_beyond` the
    daily mean was beyond it. `device` None: no device of the point measures it. `joined`: the devices that followed
    each other, whose days were judged together; `judgement` and `days_judged` are then theirs.
    """

    metric: str
    name: Label
    unit: str
    decimals: int
    device: str | None
    limits: tuple[LimitInForce, ...]
    days: tuple[ParameterDay, ...]
    min: float | None
    mean: float | None
    max: float | None
    good: int
    bad: int
    judged_readings: int
    beyond: int
    days_judged: int
    days_beyond: int
    episodes: int
    beyond_time: Millis  # of all its episodes
    judgement: Judgement
    completeness: Completeness | None
    joined: tuple[str, ...] = ()


class Episode(Struct, frozen=True):
    """An exceedance: consecutive slots whose mean of good readings is beyond the limit.

    `peak` is the worst single good reading. `stop` is the end of the last slot beyond. `volume` (m3) is what the
    flow integrates to meanwhile, over `volume_covered` (0 to 1) of the time; None without flow. `found_late`,
    `alert` and what people wrote come from the alert of the same time; None where there was none.
    """

    device: str
    metric: str
    unit: str
    limit: float
    above: bool
    start: Millis
    stop: Millis
    peak: float
    mean: float
    volume: float | None
    volume_covered: float
    open: bool  # it reached the end of the period; what came after is not asked
    cause: str | None = None
    response: str | None = None
    alert: str | None = None
    found_late: bool | None = None
    acknowledged_by: str | None = None


class VolumeDay(Struct, frozen=True):
    """A day's volume in m3, and the share of the day it rests on (0 to 1).

    `carried`: m3 beside it that the totaliser counted over a silence up to this day: no day's own, but the period's.
    `device`: the meter that was used.
    """

    day: date
    volume: float | None
    covered: float
    method: VolumeMethod | None
    carried: float = 0.0
    resets: int = 0
    device: str | None = None


class Volume(Struct, frozen=True):
    """Debit (m3). `device` is the meter, None where the point has none; `devices` are all that were used, in time.
    `covered` is of all days counted. `total` is the sum of the days and of what was `carried` over silences.
    """

    device: str | None
    days: tuple[VolumeDay, ...]
    total: float | None
    days_measured: int
    covered: float
    carried: float = 0.0
    devices: tuple[str, ...] = ()


class LoadDay(Struct, frozen=True):
    """kg on one day, kg per ton where the production was noted."""

    day: date
    kilograms: float | None
    per_ton: float | None


class LoadBasis(StrEnum):
    """Where the concentration came from."""

    SENSOR = "sensor"
    LABORATORY = "laboratory"


class Load(Struct, frozen=True):
    """Beban pencemaran of one parameter. Sums are over days that have both figures, and say over how many; on
    `days_thin` both were measured, but for too small a part of the day to speak for it.

    `operator`: "<" where the laboratory's concentration is an upper bound, ">" where it is a lower one.
    """

    metric: str
    name: Label
    basis: LoadBasis
    days: tuple[LoadDay, ...]
    days_computed: int
    kilograms: float | None
    per_day: float | None
    per_ton: float | None
    operator: Operator = Operator.EQUAL
    days_thin: int = 0


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


class Product(Struct, frozen=True):
    """Production of the period and the water it took. `judgement` is of m3 per ton against `max`; both are of the
    `days_both` that have a volume and tons.
    """

    days_noted: int
    tons: float | None
    pieces: float | None
    volume_per_ton: float | None
    max: float | None
    judgement: Judgement
    days_both: int = 0


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


class Versions(Struct, frozen=True):
    """What the report was made from: digests of the content of limit sets, calibrations, corrections, judgements by
    hand and readings, and how many readings they were. The same readings give the same `data` from any store.
    """

    limits: str
    calibrations: str
    data: str
    readings: int
    corrections: str = ""
    judgements: str = ""


class ComplianceReport(Struct, frozen=True):
    """Everything a compliance report says."""

    schema: int
    company: Company
    place: Place
    period: Span
    policy: Policy
    limit_sets: tuple[LimitSetUsed, ...]
    without_limits: tuple[Days, ...]
    parameters: tuple[Parameter, ...]
    volume: Volume
    episodes: tuple[Episode, ...]
    loads: tuple[Load, ...]
    product: Product
    laboratory: Laboratory
    calibrations: Calibrations
    alerts: Alerts
    conditions: tuple[AbnormalCondition, ...]
    logbook: LogbookKept
    signatures: tuple[Signature, ...]
    versions: Versions
    corrections: Corrections = Corrections()
    judgements: HandJudgements = HandJudgements()
