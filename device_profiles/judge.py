"""From a raw value to a reading with its quality: sentinel, physical range, the device's own word, the clock.

The worst quality wins; of equals the one found first. The value itself is never changed for being bad.
"""

from __future__ import annotations

import math
from typing import Any

from device_profiles.clock import Stamp
from device_profiles.numbers import Missing, NumberReader, Wrong, word
from device_profiles.path import ABSENT
from device_profiles.profile import Metric, QualityMark
from domain.message import Rejection, RejectReason
from domain.reading import FAIL, GOOD, MISSING, SUSPECT, Millis, Reading, Reason, Series

_QUALITY = {"good": GOOD, "suspect": SUSPECT, "bad": FAIL}


class FlagReader:
    """Reads the device's own word on how good a value is."""

    def __init__(self, mark: QualityMark) -> None:
        self._known = {word(raw): FAIL for raw in mark.bad}
        self._known |= {word(raw): SUSPECT for raw in mark.suspect}
        self._known |= {word(raw): GOOD for raw in mark.good}
        self._otherwise = _QUALITY[mark.otherwise]

    def quality(self, raw: Any) -> int:
        """QARTOD quality; good where the device said nothing."""
        if raw is ABSENT or raw is None:
            return GOOD
        return self._known.get(word(raw), self._otherwise)


class Judge:
    """Judges the values of one metric of one device."""

    def __init__(self, series: Series, metric: Metric) -> None:
        self.series = series
        self._numbers = NumberReader(
            metric.unit,
            kind=metric.kind,
            words=metric.words,
            missing=metric.missing,
            units=metric.units,
            decimal_comma=metric.decimal_comma,
        )
        self._scale, self._offset = metric.scale, metric.offset
        self._sentinels = frozenset(metric.sentinels)
        low, high = metric.bounds
        self._low = -math.inf if low is None else low
        self._high = math.inf if high is None else high
        self._plain = self._scale == 1.0 and self._offset == 0.0 and not self._numbers.words
        self._unmarked = not self._sentinels and self._plain

    def judge(self, raw: Any, unit: Any, flag: int, stamp: Stamp, received_at: Millis) -> Reading | Rejection:
        """One value with the quality the device gave it and its time."""
        if (
            type(raw) is float
            and self._unmarked
            and self._low <= raw <= self._high
            and unit is None
            and flag == GOOD
            and raw - raw == 0.0
        ):
            return Reading(self.series, stamp.time, raw, stamp.quality, stamp.reason, received_at)
        number = self._numbers.read(raw, unit)
        if isinstance(number, float):
            return self._judge_number(number, flag, stamp, received_at)
        if isinstance(number, Wrong):
            return Rejection(number.reason, self._located(number.detail), self.series.metric)
        return self._missing(number, flag, stamp, received_at)

    def _judge_number(self, number: float, flag: int, stamp: Stamp, received_at: Millis) -> Reading | Rejection:
        quality, reason, value = GOOD, None, number
        if number in self._sentinels:
            quality, reason = FAIL, Reason.SENTINEL
        else:
            value = number if self._plain else number * self._scale + self._offset
            if value - value != 0.0:
                detail = f"{number:g} is beyond any number that can be kept, once scaled"
                return Rejection(RejectReason.NOT_FINITE, self._located(detail), self.series.metric)
            if not self._low <= value <= self._high:
                quality, reason = FAIL, Reason.OUT_OF_RANGE
        if flag > quality:
            quality, reason = flag, Reason.DEVICE_FLAGGED
        if stamp.quality > quality:
            return Reading(self.series, stamp.time, value, stamp.quality, stamp.reason, received_at)
        return Reading(self.series, stamp.time, value, quality, reason, received_at)

    def _missing(self, missing: Missing, flag: int, stamp: Stamp, received_at: Millis) -> Reading:
        reason = Reason.UNMAPPED_WORD if missing.unmapped else Reason.NO_VALUE
        if flag != GOOD and not missing.unmapped:
            reason = Reason.DEVICE_FLAGGED
        return Reading(self.series, stamp.time, None, MISSING, reason, received_at)

    def _located(self, detail: str) -> str:
        return f"{self.series.metric}: {detail}"


def too_far_ahead(stamp: Stamp, received_at: Millis, metric: str | None = None) -> Rejection:
    """The refusal of a time in the future: quarantined, because it would hide everything after it."""
    seconds = (stamp.time - received_at) / 1000
    return Rejection(RejectReason.CLOCK, f"the device's time is {seconds:,.0f} s ahead of receipt", metric)
