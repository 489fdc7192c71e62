"""What a report says of the parameters measured: days, gaps, completeness, exceedances, judgement."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from msgspec import Struct

from domain.reading import Millis
from domain.report_head import Label


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
