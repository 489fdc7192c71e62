"""Writes numbers and times as a profile reads them: the other direction of the decoder."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from device_profiles.numbers import word
from device_profiles.profile_metric import Bits, Metric
from device_profiles.profile_topic import TimeSource
from domain.metrics import MetricKind
from domain.reading import Millis

_DIVISORS = {"epoch_s": 1_000, "senml": 1_000, "epoch_ms": 1, "epoch": 1}


def raw_of(metric: Metric, value: float) -> Any:
    """What a device writes for a value of a metric."""
    known = next((text for text, number in metric.words.items() if number == value), None)
    if known is not None and (metric.kind is MetricKind.STATE or metric.bits is None):
        return known
    raw = float(f"{(value - metric.offset) / metric.scale:.12g}")
    if metric.bits is not None:
        return _hexadecimal(metric.bits, round(raw))
    if word(raw) in {word(text) for text in metric.words} or raw in metric.sentinels:
        raw += 0.25  # such a number would mean something else
    if metric.decimal_comma:
        return f"{raw:.12g}".replace(".", ",")
    return int(raw) if raw.is_integer() else raw


def _hexadecimal(bits: Bits, number: int) -> str:
    """A text of whole bytes, 0 but for the number."""
    last = -(-(bits.first + bits.count) // 8) * 8
    field = number % (1 << bits.count) << (last - bits.first - bits.count)
    return f"{field:0{last // 4}X}"


def can_write(source: TimeSource) -> bool:
    """Whether the time stands in one place."""
    return source.path is not None and source.plus is None and source.step is None and source.step_path is None


def time_text(source: TimeSource, time: Millis, zone: tzinfo) -> str | int | float:
    """A time as the source reads it; `zone` is that of the device."""
    if source.format in _DIVISORS:
        divisor = _DIVISORS[source.format]
        return time // divisor if time % divisor == 0 else time / divisor
    if source.format in ("epoch_us", "epoch_ns"):
        return time * (1_000 if source.format == "epoch_us" else 1_000_000)
    moment = datetime.fromtimestamp(time / 1000, UTC)
    local = moment.astimezone(ZoneInfo(source.zone) if source.zone else zone)
    if source.pattern is not None:
        return (moment if "%z" in source.pattern and source.zone is None else local).strftime(source.pattern)
    if source.format == "local":
        return local.replace(tzinfo=None).isoformat(timespec="milliseconds")
    if source.format == "time_of_day":
        return local.strftime("%H:%M:%S.%f")[:12]
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
