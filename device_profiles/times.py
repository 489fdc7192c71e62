"""The time of a reading, from what the device wrote: one parser per format, in `PARSERS`.

A parser returns milliseconds UTC, or None where the text or number is no time. Nothing here raises.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parsedate_tz
from typing import Any, Final

from domain.reading import Millis

EARLIEST: Final = 946_684_800_000  # 2000-01-01: before it a clock was never set
_LATEST: Final = 4_102_444_800_000  # 2100-01-01: beyond it a number was not meant as this kind of time
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_HALF_DAY: Final = 43_200_000
_DAY: Final = 86_400_000
_RELATIVE_BELOW: Final = 2**28
_MAX_TEXT = 64
# Indonesia's zones have no summer time; other abbreviations mean several zones and are not believed
_ZONES = {"UTC": "+00:00", "GMT": "+00:00", "WIB": "+07:00", "WITA": "+08:00", "WIT": "+09:00"}
_DOTNET = re.compile(r"/Date\((-?[0-9]{1,16})([+-][0-9]{4})?\)/")
_OFFSET_BEHIND = re.compile(r"(GMT|UTC|UT|[+-][0-9]{4})$")
_ASCTIME = re.compile(r"[A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} [0-9]{4}")
_ZONE_NAME = re.compile(r"\[[A-Z_/+-]{1,32}\]$")  # Java writes 2025-06-15T15:06:40Z[UTC]
_LEAP_SECOND = re.compile(r"(T\d\d:?\d\d:?)60")
_NUMBER = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{1,12})?([eE]\+?[0-9]{1,2})?")
_PER_MILLISECOND = {"epoch_s": 0.001, "epoch_ms": 1, "epoch_us": 1_000, "epoch_ns": 1_000_000}


class Doubtful(int):
    """Milliseconds of a local time that the clocks of its zone skipped or showed twice."""


class Relative(int):
    """Milliseconds of a time that was told as so long before or after now: no proof that the value is fresh."""


Parse = Callable[[Any, tzinfo, Millis], Millis | None]
"""(what the device wrote, the zone of a time without one, the time of receipt) to the time, or None."""


def parse_rfc3339(raw: Any, zone: tzinfo, received_at: Millis) -> Millis | None:
    """A date and time with an offset or Z; without one it is not this format."""
    try:
        return (datetime.fromisoformat(raw) - _EPOCH) // _MILLISECOND if raw[10] in "Tt " else None
    except (TypeError, ValueError, LookupError, OverflowError):
        moment = _moment(raw)
        return (moment - _EPOCH) // _MILLISECOND if moment is not None and moment.tzinfo else None


def parse_local(raw: Any, zone: tzinfo, received_at: Millis) -> Millis | None:
    """A date and time in the device's zone; one that carries an offset is taken at its word."""
    moment = _moment(raw)
    return _in_zone(moment, zone) if moment is not None else None


def parse_auto(raw: Any, zone: tzinfo, received_at: Millis) -> Millis | None:
    """Whatever is unmistakable: a text with or without offset, or an epoch recognised by its magnitude."""
    if type(raw) is not str or _NUMBER.fullmatch(raw):
        return parse_epoch(raw, zone, received_at)
    millis = parse_local(raw, zone, received_at)
    return millis if millis is not None else _parse_other(raw, zone)


def _parse_other(text: str, zone: tzinfo) -> Millis | None:
    """`/Date(1750000000000)/` of .NET, `Sun, 15 Jun 2025 15:06:40 GMT` (RFC 5322), `Sun Jun 15 22:06:40 2025` (C)."""
    dotnet = _DOTNET.fullmatch(text)
    if dotnet:
        return int(dotnet[1])
    parsed = parsedate_tz(text) if 20 <= len(text) <= _MAX_TEXT else None
    if parsed is None:
        return None
    try:
        moment = datetime(*parsed[:6])  # noqa: DTZ001 (the zone comes next)
    except ValueError:
        return None
    if _OFFSET_BEHIND.search(text) and parsed[9] is not None:
        return _in_zone(moment.replace(tzinfo=UTC) - timedelta(seconds=parsed[9]), zone)
    return _in_zone(moment, zone) if _ASCTIME.fullmatch(text) else None


def parse_epoch(raw: Any, zone: tzinfo, received_at: Millis) -> Millis | None:
    """Seconds, ms, us or ns since 1970: the one that falls between 2000 and 2100. The four ranges never meet."""
    number = number_of(raw)
    if number is not None:
        for per_millisecond in _PER_MILLISECOND.values():
            millis = _scaled(number, per_millisecond)
            if EARLIEST <= millis < _LATEST:
                return millis
    return None


def parse_senml(raw: Any, zone: tzinfo, received_at: Millis) -> Millis | None:
    """RFC 8428 4.5.3: seconds since 1970; below 2**28, seconds from now (negative: before)."""
    number = number_of(raw)
    if number is None or number != number:
        return None
    if number >= _RELATIVE_BELOW:
        return _scaled(number, 0.001)
    return Relative(received_at + round(number * 1000)) if number > -_RELATIVE_BELOW else None


def parse_time_of_day(raw: Any, zone: tzinfo, received_at: Millis) -> Millis | None:
    """`22:06:35`: the local day is the one that brings it within twelve hours of the receipt."""
    if type(raw) is not str or len(raw) > _MAX_TEXT:
        return None
    day = datetime.fromtimestamp(received_at / 1000, zone).date().isoformat()
    moment = _moment(f"{day}T{raw.strip()}")
    millis = _in_zone(moment, zone) if moment is not None else None
    if millis is None:
        return None
    behind = received_at - millis
    return millis + (_DAY if behind > _HALF_DAY else -_DAY if behind < -_HALF_DAY else 0)


def pattern_parser(pattern: str) -> Parse:
    """A parser for one strptime pattern; without %z the time is in the device's zone."""

    def parse(raw: Any, zone: tzinfo, received_at: Millis) -> Millis | None:
        if type(raw) not in (str, int) or len(str(raw)) > _MAX_TEXT:
            return None
        try:
            moment = datetime.strptime(str(raw).strip(), pattern)  # noqa: DTZ007 (the zone comes next)
        except ValueError:
            return None
        return _in_zone(moment, zone)

    return parse


def _epoch_parser(per_millisecond: float) -> Parse:
    def parse(raw: Any, zone: tzinfo, received_at: Millis) -> Millis | None:
        number = number_of(raw)
        return _scaled(number, per_millisecond) if number is not None else None

    return parse


PARSERS: dict[str, Parse] = {
    "auto": parse_auto,
    "rfc3339": parse_rfc3339,
    "local": parse_local,
    "epoch": parse_epoch,
    "time_of_day": parse_time_of_day,
    "senml": parse_senml,
    **{name: _epoch_parser(per_millisecond) for name, per_millisecond in _PER_MILLISECOND.items()},
}


def _moment(raw: Any) -> datetime | None:
    """ISO 8601 date and time, with what devices do to it: a small z, spaces, a leap second."""
    if type(raw) is not str or not 16 <= len(raw) <= _MAX_TEXT:
        return None
    text = _plain(raw.strip().upper())
    leap = _LEAP_SECOND.search(text)
    if leap:
        text = text[: leap.start()] + leap[1] + "59" + text[leap.end() :]
    try:
        moment = datetime.fromisoformat(text) + timedelta(seconds=1 if leap else 0)
    except (ValueError, OverflowError):
        return None
    return moment if "T" in text else None


def _plain(text: str) -> str:
    """What `fromisoformat` reads: `2025/06/15 22:06:40 WIB` is `2025-06-15T22:06:40+07:00`."""
    text = _ZONE_NAME.sub("", text)
    if text[4:5] == "/" == text[7:8]:
        text = text.replace("/", "-", 2)
    for name, offset in _ZONES.items():
        if text.endswith(name):
            text = text[: -len(name)].rstrip() + offset
            break
    return text.replace(" ", "T", 1).replace(" ", "").replace(",", ".")


def _in_zone(moment: datetime, zone: tzinfo) -> Millis | None:
    """The earlier reading of a local time that was shown twice, one hour on for one that was skipped."""
    try:
        if moment.tzinfo:
            return (moment - _EPOCH) // _MILLISECOND
        first = moment.replace(tzinfo=zone)
        millis = (first - _EPOCH) // _MILLISECOND
        twice_or_never = first.utcoffset() != first.replace(fold=1).utcoffset()
    except (OverflowError, ValueError):
        return None
    return Doubtful(millis) if twice_or_never else millis


def number_of(raw: Any) -> float | int | None:
    """A number, or one written as text."""
    if type(raw) is int or type(raw) is float:
        return raw
    if type(raw) is str and _NUMBER.fullmatch(raw):
        return int(raw) if raw.lstrip("+-").isdecimal() else float(raw)
    return None


def _scaled(number: float, per_millisecond: float) -> Millis:
    """Milliseconds; -1 (before any usable time) for what is beyond the year 9999 or no number."""
    if not -1e20 < number < 1e20:
        return -1
    if per_millisecond < 1:
        millis = number * 1000
        return round(millis) if millis < 253_402_300_800_000 else -1
    millis = int(number // per_millisecond)
    return millis if millis < 253_402_300_800_000 else -1
