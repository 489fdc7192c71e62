"""From a raw value to a reading with its quality: sentinel, physical range, the device's own word, the clock.

The worst quality wins; of equals the one found first. The value itself is never changed for being bad.
"""

from __future__ import annotations

import math
from typing import Any

from device_profiles.clock import Stamp
from device_profiles.item import Item
from device_profiles.numbers import NONE, Missing, NumberReader, Wrong, word
from device_profiles.path import ABSENT
from device_profiles.profile_metric import Metric
from device_profiles.profile_topic import QualityMark
from device_profiles.quality_codes import SCHEMES
from domain.message import Rejection, RejectReason
from domain.reading import FAIL, GOOD, MISSING, SUSPECT, Millis, Reading, Reason, Series

_QUALITY = {"good": GOOD, "suspect": SUSPECT, "bad": FAIL}


class FlagReader:
    """Reads the device's own word on how good a value is."""

    def __init__(self, mark: QualityMark) -> None:
        self._known = {word(raw): FAIL for raw in mark.bad}
        self._known |= {word(raw): SUSPECT for raw in mark.suspect}
        self._known |= {word(raw): GOOD for raw in mark.good}
        self._scheme = SCHEMES[mark.scheme] if mark.scheme is not None else None
        self._otherwise = _QUALITY[mark.otherwise]

    def quality(self, raw: Any) -> int:
        """QARTOD quality; good where the device said nothing."""
        if raw is ABSENT or raw is None:
            return GOOD
        known = self._known.get(word(raw))
        if known is None and self._scheme is not None:
            known = self._scheme(raw)
        return self._otherwise if known is None else known


class Judge:
    """Judges the values of one metric, for all devices of a profile."""

    def __init__(self, name: str, metric: Metric) -> None:
        self.name = name
        self._numbers = NumberReader(
            metric.unit if metric.above is None else metric.above_unit,
            kind=metric.kind,
            words=metric.words,
            missing=metric.missing,
            units=metric.units,
            decimal_comma=metric.decimal_comma,
        )
        self._scale, self._offset = metric.scale, metric.offset
        self._above = metric.above
        self._sentinels = frozenset(metric.sentinels)
        low, high = metric.bounds
        self._low = -math.inf if low is None else low
        self._high = math.inf if high is None else high
        unscaled = self._scale == 1.0 and self._offset == 0.0
        self._plain = unscaled and self._above is None and not self._sentinels and not self._numbers.words

    def judge(self, series: Series, item: Item, flag: int, stamp: Stamp, received_at: Millis) -> Reading | Rejection:
        """One value of a series, with the quality the device gave it and its time."""
        raw = item.raw
        if (
            type(raw) is float
            and self._plain
            and self._low <= raw <= self._high
            and item.unit is None
            and flag == GOOD
            and raw - raw == 0.0
        ):
            return Reading(series, stamp.time, raw, stamp.quality, stamp.reason, received_at)
        mapped = self._numbers.word(raw)
        if mapped is not None:
            return self._in_range(series, mapped, flag, stamp, received_at)
        number = self._numbers.read(raw, item.unit)
        if isinstance(number, Wrong):
            if flag == FAIL and type(raw) is dict:  # the fault itself stands in the place of the value
                return _missing(series, NONE, flag, stamp, received_at)
            return self._refuse(number.reason, number.detail)
        if isinstance(number, Missing):
            return _missing(series, number, flag, stamp, received_at)
        if number in self._sentinels:
            return _reading(series, number, FAIL, Reason.SENTINEL, flag, stamp, received_at)
        value = number * self._scale + self._offset
        if value - value != 0.0:
            return self._refuse(RejectReason.NOT_FINITE, "beyond any number that can be kept, once scaled")
        if self._above is not None:
            value = 1.0 if value > self._above else 0.0
        return self._in_range(series, value, flag, stamp, received_at)

    def _in_range(self, series: Series, value: float, flag: int, stamp: Stamp, received_at: Millis) -> Reading:
        if self._low <= value <= self._high:
            return _reading(series, value, GOOD, None, flag, stamp, received_at)
        return _reading(series, value, FAIL, Reason.OUT_OF_RANGE, flag, stamp, received_at)

    def _refuse(self, reason: RejectReason, detail: str) -> Rejection:
        return Rejection(reason, f"{self.name}: {detail}", self.name)


def _reading(
    series: Series, value: float, quality: int, reason: str | None, flag: int, stamp: Stamp, received_at: Millis
) -> Reading:
    """A reading with the worst of the three verdicts: on the value, of the device, on the time."""
    if flag > quality:
        quality, reason = flag, Reason.DEVICE_FLAGGED
    if stamp.quality > quality:
        quality, reason = stamp.quality, stamp.reason
    return Reading(series, stamp.time, value, quality, reason, received_at)


def _missing(series: Series, missing: Missing, flag: int, stamp: Stamp, received_at: Millis) -> Reading:
    reason = Reason.UNMAPPED_WORD if missing.unmapped else Reason.NO_VALUE
    if flag != GOOD and not missing.unmapped:
        reason = Reason.DEVICE_FLAGGED
    return Reading(series, stamp.time, None, MISSING, reason, received_at)


def too_far_ahead(stamp: Stamp, received_at: Millis, metric: str | None = None) -> Rejection:
    """The refusal of a time in the future: quarantined, because it would hide everything after it."""
    seconds = (stamp.time - received_at) / 1000
    return Rejection(RejectReason.CLOCK, f"the device's time is {seconds:,.0f} s ahead of receipt", metric)
